import logging
from collections import defaultdict
from typing import Any, NamedTuple

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.channel_base.lib.errors import Rejected, Retryable, reason
from odoo.addons.channel_base.tools.bisect import bisect_in_savepoints
from odoo.addons.channel_base.tools.conflicts import CONFLICTS

_logger = logging.getLogger(__name__)

# How soon an order that somebody works on is looked at again.
BUSY_SECONDS = 60


class Verdict(NamedTuple):
    """What is to become of a row.

    :param state: ``ready`` to be invoiced, ``invoiced`` already by this row, or the
        state in which it stays: ``waiting``, ``held`` or ``done``
    :param code: reason, a code of ``sale.channel.text``
    :param outcome: of a row that is done
    """

    state: str
    code: str | bool = False
    params: dict[str, Any] | bool = False
    outcome: str | bool = False


class SaleChannelOrderInvoicer(models.AbstractModel):
    """Decides about the invoices of channel orders, makes and posts them."""

    _name = "sale.channel.order.invoicer"
    _description = "Channel Orders: invoice"

    def _process(self):
        """Invoice claimed rows, or note what they wait for.

        Does not commit; every error ends on its own row. The sale orders stay locked
        until the end of the transaction, so that nobody else invoices them meanwhile.
        """
        rows = self.filtered(lambda row: row.sync_state == "pending")
        # Another worker took those whose lease was over.
        rows = rows.try_lock_for_update(allow_referencing=True)
        if not rows:
            return
        channel = rows.channel_id
        channel.ensure_one()
        # The day of the invoice is the channel's.
        rows = rows.with_company(channel.company_id).with_context(tz=channel.tz)
        orders = rows.sale_order_id.try_lock_for_update(allow_referencing=True)
        free = rows.filtered(lambda row: row.sale_order_id in orders)
        for row in rows - free:
            row._mark_failed(Retryable("locked", BUSY_SECONDS, code="order_busy"))
        if free:
            free._process_together()

    def _process_together(self):
        """Process the rows at once; without the guilty one when something breaks."""
        bisect_in_savepoints(
            self.env.cr,
            self,
            lambda rows: rows._process_batch(),
            lambda row, error: row._fail(error),
        )

    def _fail(self, error):
        if isinstance(error, UserError):
            error = Rejected("invoice_refused", detail=str(error)[:300])
        else:
            _logger.error("invoice of order %s", self.sale_order_id.id, exc_info=error)
        self._mark_failed(error)

    def _process_batch(self):
        ready, invoiced = self.browse(), self.browse()
        for row in self:
            verdict = row._assess()
            if verdict.state == "ready":
                ready |= row
            elif verdict.state == "invoiced":
                invoiced |= row
            else:
                row._settle(verdict)
        made = ready._make_invoices()
        for row in ready.filtered(lambda row: row not in made):
            row._settle(Verdict("held", "nothing_to_invoice"))
        # What Odoo once refused to post is here because a person tries it again.
        for row in invoiced.filtered(lambda row: row.outcome == "refused"):
            made[row] = row._get_drafts()
        (invoiced | ready)._conclude_batch(made)

    def _assess(self):
        """What is to become of the row now; changes nothing.

        :return: a :class:`Verdict`
        """
        self.ensure_one()
        order, channel = self.sale_order_id, self.channel_id
        taken_over = self._get_taken_over()
        if taken_over:
            return Verdict("done", outcome=taken_over)
        if not channel._makes_invoices():
            return Verdict("held", "invoicing_off")
        if order._is_cancelled_anywhere():
            return Verdict("held", "order_cancelled")
        if self.invoice_ids and not order._has_to_invoice():
            return self._assess_rest()
        if not order._is_invoicing_moment(channel.invoicing_moment):
            return Verdict("waiting", f"awaits_{channel.invoicing_moment}")
        obstacle = order._get_invoicing_obstacle()
        return Verdict("held", *obstacle) if obstacle else Verdict("ready")

    def _assess_rest(self):
        """The verdict when the row has invoiced all that can be invoiced now."""
        posting = self.outcome == "refused" and self._get_drafts()
        if self.sale_order_id._expects_delivery() and not posting:
            return Verdict("waiting", "rest_undelivered")
        return Verdict("invoiced")

    def _get_drafts(self):
        return self.invoice_ids.filtered(lambda move: move.state == "draft")

    def _get_taken_over(self):
        """The outcome when people look after the order's invoices, else False."""
        invoices = self.sale_order_id.invoice_ids
        if "cancel" in self.invoice_ids.mapped("state") or invoices.filtered(
            lambda move: move.move_type == "out_refund" and move.state != "cancel"
        ):
            return "taken_back"
        others = (invoices - self.invoice_ids).filtered(
            lambda move: move.state != "cancel"
        )
        return bool(others) and "by_hand"

    def _settle(self, verdict):
        if verdict.state == "done":
            self._mark_done(outcome=verdict.outcome)
            return
        self.write(
            {
                "sync_state": verdict.state,
                "attempts": 0,
                "error_code": verdict.code,
                "error_params": verdict.params,
                "error_detail": False,
            }
        )

    def _make_invoices(self):
        """Draft invoices, one for each row's order.

        :return: dict row → its new invoice; rows with nothing to invoice are missing
        """
        if not self:
            return {}
        orders = self.sale_order_id.with_context(raise_if_nothing_to_invoice=False)
        by_order = {
            move.line_ids.sale_line_ids.order_id: move
            for move in orders._create_invoices(grouped=True)
        }
        made = {}
        for row in self:
            invoice = by_order.get(row.sale_order_id)
            if invoice:
                row.invoice_ids |= invoice
                made[row] = invoice
        return made

    def _conclude_batch(self, made):
        """Post what was made, where the channel wants it, and end the rows.

        :param made: dict row → invoices
        """
        results = {}
        if self.channel_id.invoicing == "post":
            invoices = self.env["account.move"].union(*made.values())
            results = self._post_invoices(invoices)
        sentences = defaultdict(list)
        for row in self:
            invoices = made.get(row, self.env["account.move"])
            worst = [results[move] for move in invoices if results.get(move)]
            if worst:
                row._conclude(*worst[0])
                sentences[row].append(worst[0][1:])
            elif invoices:
                posted = set(invoices.mapped("state")) == {"posted"}
                row._conclude("posted" if posted else "draft")
            else:
                row._conclude(row.outcome)
        self._tell_made(made, sentences)

    def _tell_made(self, made, sentences):
        """Tell the orders' stories.

        :param made: dict row → invoices
        :param sentences: dict row → list of (code, params) told after the invoices
        """
        told = []
        for row, invoices in made.items():
            told_row = [
                ("invoice_posted", {"invoice": move.name})
                if move.state == "posted"
                else ("invoice_drafted", {"order": row.sale_order_id.name})
                for move in invoices
            ]
            told_row += sentences[row]
            told += [
                (inbox, "decided", code, params)
                for inbox in row.sale_order_id.channel_order_ids
                for code, params in told_row
            ]
        self.env["sale.channel.order"]._tell_all(told)

    def _post_invoices(self, invoices):
        """Post drafts; one that is not posted stays a draft.

        :return: dict invoice → (outcome, code, params) when it stays a draft, else
            None
        """
        results = {}
        clear = invoices.browse()
        for move in invoices:
            obstacle = move._get_posting_obstacle()
            if obstacle:
                results[move] = ("held_draft", *obstacle)
            else:
                clear |= move
        for move, error in self._post_together(clear).items():
            results[move] = error and ("refused", *reason(error))
        return results

    def _post_together(self, invoices):
        """Post invoices at once; bisect them when one of them is refused.

        :return: dict invoice → exception, or None for those that were posted
        """
        results = {}
        for part in bisect_in_savepoints(
            self.env.cr, invoices, self._post_batch, self._keep_draft
        ):
            results.update(part)
        return results

    def _post_batch(self, invoices):
        invoices.action_post()
        return dict.fromkeys(invoices)

    def _keep_draft(self, invoice, error):
        """The draft stays, and its row tells."""
        if isinstance(error, UserError):
            error = Rejected("posting_refused", detail=str(error)[:300])
        else:
            _logger.error("posting of invoice %s", invoice.id, exc_info=error)
        return {invoice: error}

    def _conclude(self, outcome, code=False, params=False):
        """End a row that has invoiced what can be invoiced now.

        :param code: why its invoice stays a draft
        """
        self.ensure_one()
        reasons = {"error_code": code, "error_params": params}
        if outcome == "refused":
            self.write({"sync_state": "error", "outcome": outcome, **reasons})
        elif self.sale_order_id._expects_rest():
            self.outcome = outcome
            self._settle(Verdict("waiting", "rest_undelivered"))
        else:
            self._mark_done(outcome=outcome, **reasons)

    def _follow_posting(self):
        """Somebody posted what was a draft."""
        if self._get_drafts():
            return
        if self.sync_state == "pending":
            # The flow is about to end it.
            self.outcome = "posted"
        else:
            self._conclude("posted")

    def _note_receivable(self):
        """Tell what the posted invoices charge besides what the channel collected."""
        self.ensure_one()
        order = self.sale_order_id
        amount = order._get_channel_receivable()
        if order.currency_id.compare_amounts(amount, self.receivable):
            self.receivable = amount
            if amount:
                order.channel_order_ids._tell(
                    "decided", "receivable", amount=order.currency_id.format(amount)
                )

    def _review(self):
        """Make those rows due whose verdict is another one by now."""
        try:
            with self.env.cr.savepoint():
                changed = self.filtered(lambda row: row._is_behind())
        except CONFLICTS:
            raise
        except Exception:  # noqa: BLE001 - processing them finds the guilty one
            changed = self
        changed._make_due()

    def _is_behind(self):
        """Whether what the row shows is no longer true."""
        verdict = self._assess()
        shown = (self.sync_state, self.error_code, self.error_params or {})
        return shown != (verdict.state, verdict.code, verdict.params or {})

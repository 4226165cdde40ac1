import logging
from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.channel_base.lib.errors import Rejected, Retryable, reason
from odoo.addons.channel_base.tools.bisect import bisect_in_savepoints
from odoo.addons.channel_base.tools.conflicts import CONFLICTS

from ..lib.invoicing import Verdict

_logger = logging.getLogger(__name__)

# How soon an order that somebody works on is looked at again.
BUSY_SECONDS = 60


class SaleChannelOrderInvoicer(models.AbstractModel):
    """Makes and posts the invoices of channel orders whose moment has come."""

    _name = "sale.channel.order.invoicer"
    _description = "Channel Orders: invoice"

    @api.model
    def _invoice(self, rows):
        """Invoice claimed rows, or note what they wait for.

        Does not commit; every error ends on its own row. The sale orders stay locked
        until the end of the transaction, so that nobody else invoices them meanwhile.

        :param rows: ``sale.channel.order.invoicing`` of one channel
        """
        rows = rows.filtered(lambda row: row.sync_state == "pending")
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
        invoicer = self.with_env(rows.env)
        bisect_in_savepoints(
            self.env.cr, free, invoicer._invoice_together, invoicer._fail
        )

    @api.model
    def _fail(self, row, error):
        if isinstance(error, UserError):
            error = Rejected("invoice_refused", detail=str(error)[:300])
        else:
            _logger.error("invoice of order %s", row.sale_order_id.id, exc_info=error)
        row._mark_failed(error)

    @api.model
    def _invoice_together(self, rows):
        """The rows at once; see :meth:`_invoice`."""
        ready, invoiced = rows.browse(), rows.browse()
        for row in rows:
            verdict = row._assess()
            if verdict.state == "ready":
                ready |= row
            elif verdict.state == "invoiced":
                invoiced |= row
            else:
                row._settle(verdict)
        made = self._make_invoices(ready)
        for row in ready.filtered(lambda row: row not in made):
            row._settle(Verdict("held", "nothing_to_invoice"))
        # What Odoo once refused to post is here because a person tries it again.
        for row in invoiced.filtered(lambda row: row.outcome == "refused"):
            made[row] = row._get_drafts()
        self._conclude_all(invoiced | ready, made)

    @api.model
    def _make_invoices(self, rows):
        """Draft invoices, one for each row's order.

        :return: dict row → its new invoice; rows with nothing to invoice are missing
        """
        if not rows:
            return {}
        orders = rows.sale_order_id.with_context(raise_if_nothing_to_invoice=False)
        by_order = {
            move.line_ids.sale_line_ids.order_id: move
            for move in orders._create_invoices(grouped=True)
        }
        made = {}
        for row in rows:
            invoice = by_order.get(row.sale_order_id)
            if invoice:
                row.invoice_ids |= invoice
                made[row] = invoice
        return made

    @api.model
    def _conclude_all(self, rows, made):
        """Post what was made, where the channel wants it, and end the rows.

        :param made: dict row → invoices
        """
        results = {}
        if rows.channel_id.invoicing == "post":
            invoices = self.env["account.move"].union(*made.values())
            results = self._post_invoices(invoices)
        sentences = defaultdict(list)
        for row in rows:
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

    @api.model
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
        self.env["sale.channel.order.event"]._tell(told)

    @api.model
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

    @api.model
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

    @api.model
    def _post_batch(self, invoices):
        invoices.action_post()
        return dict.fromkeys(invoices)

    @api.model
    def _keep_draft(self, invoice, error):
        """The draft stays, and its row tells."""
        if isinstance(error, UserError):
            error = Rejected("posting_refused", detail=str(error)[:300])
        else:
            _logger.error("posting of invoice %s", invoice.id, exc_info=error)
        return {invoice: error}

    @api.model
    def _review(self, rows):
        """Make those rows due whose verdict is another one by now."""
        try:
            with self.env.cr.savepoint():
                changed = rows.filtered(lambda row: row._is_behind())
        except CONFLICTS:
            raise
        except Exception:  # noqa: BLE001 - processing them finds the guilty one
            changed = rows
        changed._make_due()

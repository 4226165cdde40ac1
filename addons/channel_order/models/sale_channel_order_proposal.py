from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.channel_base.lib.text import clean


class SaleChannelOrderProposal(models.Model):
    """What a person should do about an order that the channel changed too late.

    What was delivered, invoiced or locked is never changed by itself: the channel's
    news becomes a proposal, which a person carries out with one click or dismisses.
    """

    _name = "sale.channel.order.proposal"
    _description = "Proposal for a Channel Order"
    _order = "id desc"
    _rec_name = "message"

    order_id = fields.Many2one(
        "sale.channel.order", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="order_id.company_id")
    sale_order_id = fields.Many2one(related="order_id.sale_order_id")
    code = fields.Char(required=True)
    params = fields.Json()
    message = fields.Char("What Happened", compute="_compute_message")
    action = fields.Selection(
        [
            ("cancel", "Cancel the order"),
            ("return", "Take the goods back"),
            ("credit_note", "Make a credit note"),
            ("none", "Decide by hand"),
        ],
        "Proposed",
        required=True,
    )
    currency_id = fields.Many2one(related="order_id.currency_id")
    amount = fields.Monetary(help="Of the credit note; 0 for the whole invoice.")
    state = fields.Selection(
        [
            ("open", "Open"),
            ("applied", "Carried out"),
            ("dismissed", "Dismissed"),
            ("withdrawn", "No longer true"),
        ],
        default="open",
        required=True,
        index=True,
    )
    closed_at = fields.Datetime("Closed")
    closed_by_id = fields.Many2one("res.users")
    result_ref = fields.Reference(
        [("account.move", "Credit Note"), ("stock.picking", "Return")], "Result"
    )

    # Who may see the list need not be allowed to read credit notes.
    result_name = fields.Char("Made", compute="_compute_result_name", compute_sudo=True)

    _open_uniq = models.UniqueIndex(
        "(order_id, code) WHERE state = 'open'", "This is already proposed."
    )

    @api.depends("code", "params")
    @api.depends_context("lang")
    def _compute_message(self):
        rows = self.env["sale.channel.order"]
        texts = self.env["sale.channel.order.event"]._get_messages()
        for proposal in self:
            proposal.message = rows._format_reason(
                texts, proposal.code, proposal.params or {}
            )

    @api.depends("result_ref")
    def _compute_result_name(self):
        for proposal in self:
            result = proposal.result_ref
            proposal.result_name = result and result.exists().display_name

    def action_apply(self):
        """Do what is proposed, with the user's own rights; open the result."""
        self.ensure_one()
        self.order_id._check_operator()
        if self.state != "open":
            raise UserError(self.env._("This proposal is closed."))
        # In the user's environment: it needs the right to cancel, return or credit.
        result = getattr(self, f"_apply_{self.action}")()
        self._close("applied", result)
        return result and result.get_formview_action()

    def action_dismiss(self):
        """A person has settled it otherwise."""
        for order in self.order_id:
            order._check_operator()
        self.filtered(lambda proposal: proposal.state == "open")._close("dismissed")

    def _close(self, state, result=None):
        for proposal in self.sudo():
            proposal.write(
                {
                    "state": state,
                    "closed_at": fields.Datetime.now(),
                    "closed_by_id": self.env.user.id,
                    "result_ref": result and f"{result._name},{result.id}",
                }
            )
            proposal.order_id._tell(
                "decided",
                f"proposal_{state}",
                user=self.env.user.name,
                result=result.display_name if result else "",
            )
            proposal.order_id._on_proposal_closed(proposal)

    def _apply_none(self):
        raise UserError(self.env._("Nothing can be done by itself here: decide."))

    def _apply_cancel(self):
        """Cancel the sale order, with its draft invoices."""
        order = self.order_id.sale_order_id.with_env(self.env)
        drafts = order.invoice_ids.filtered(lambda move: move.state == "draft")
        drafts.button_cancel()
        if order.locked:
            order.action_unlock()
        order._cancel_for_channel()

    def _apply_return(self):
        """A return of everything that was delivered and has not come back."""
        pickings = self.order_id.sale_order_id.with_env(self.env)._get_returnable()
        if not pickings:
            raise UserError(self.env._("There is nothing (left) to take back."))
        returned = self.env["stock.picking"]
        for picking in pickings:
            wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
            action = wizard.action_create_returns_all()
            returned |= returned.browse(action["res_id"])
        return returned[:1]

    def _apply_credit_note(self):
        """Draft credit notes of what the posted invoices still charge, or of the
        proposal's amount."""
        invoices = self.order_id.sale_order_id.with_env(self.env)._get_creditable()
        if not invoices:
            raise UserError(
                self.env._(
                    "There is no posted invoice (left) to make a credit note of."
                )
            )
        if self.amount:
            return self._credit(invoices[:1], self.amount)
        notes = self.env["account.move"]
        for invoice in invoices:
            notes |= self._credit(invoice, invoice._get_uncredited())
        return notes[:1]

    def _credit(self, invoice, amount):
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create(
                {
                    "journal_id": invoice.journal_id.id,
                    "reason": clean(self.message, 120),
                }
            )
        )
        wizard.refund_moves()
        note = wizard.new_move_ids[:1]
        if note.currency_id.compare_amounts(amount, note.amount_total):
            self._scale(note, amount)
        return note

    def _scale(self, note, amount):
        """Bring a draft credit note to an amount, every line by the same share.

        The goods stay sold: only money goes back, so the note no longer counts as
        less invoiced on the sale order.
        """
        currency = note.currency_id
        if currency.compare_amounts(amount, note.amount_total) > 0:
            raise UserError(
                self.env._(
                    "The invoice is lower than the %(amount)s to be credited.",
                    amount=currency.format(amount),
                )
            )
        share = amount / note.amount_total
        lines = note.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        )
        for line in lines:
            line.write(
                {
                    "quantity": 1,
                    "price_unit": line.quantity * line.price_unit * share,
                    "sale_line_ids": [Command.clear()],
                }
            )
        # What rounding leaves goes to the largest line.
        rest = amount - note.amount_total
        if not currency.is_zero(rest):
            largest = max(lines, key=lambda line: abs(line.price_total))
            # The rest contains taxes and discount; the unit price may not.
            largest.price_unit *= 1 + rest / largest.price_total

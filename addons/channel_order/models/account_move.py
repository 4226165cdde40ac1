from odoo import models
from odoo.fields import Command
from odoo.tools import format_date

# How often an amount is approached; taxes that are no share of the price need more.
SCALE_TURNS = 5


class AccountMove(models.Model):
    """With ``sudo``: a channel's orders and payments follow an invoice, whoever posts
    it."""

    _inherit = "account.move"

    def _get_uncredited(self):
        """What no credit note has taken back of the invoice, drafts included."""
        self.ensure_one()
        notes = self.reversal_move_ids.filtered(lambda note: note.state != "cancel")
        return self.amount_total - sum(notes.mapped("amount_total"))

    def _get_credited_text(self):
        """Number and date of the invoice that a credit note credits, else "".

        Argentina's numbers begin with the kind of voucher, its letter and the point
        of sale.
        """
        self.ensure_one()
        credited = self.reversed_entry_id
        if self.move_type != "out_refund" or not credited:
            return ""
        return self.env._(
            "%(number)s of %(date)s",
            number=credited.name,
            date=format_date(self.env, credited.invoice_date or credited.date),
        )

    def button_cancel(self):
        """Undoing a sale (``channel_undoing``) keeps drafts of credit notes."""
        if self.env.context.get("channel_undoing"):
            self = self.filtered(lambda move: move.move_type != "out_refund")
            if not self:
                return None
        return super().button_cancel()

    def _is_part_paid(self):
        """Whether money was paid on the invoice, besides what credit notes took."""
        self.ensure_one()
        if self.payment_state in ("in_payment", "paid"):
            return True
        notes = self.reversal_move_ids.filtered(lambda note: note.state == "posted")
        paid = self.amount_total - self.amount_residual
        rest = paid - sum(notes.mapped("amount_total"))
        return self.currency_id.compare_amounts(rest, 0) > 0

    def _credit(self, amount, reason, money=False):
        """A draft credit note of an amount of the invoice.

        :param reason: why, in the customer's language
        :param money: only money goes back; the goods stay sold
        """
        self.ensure_one()
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=self.ids)
            .create({"journal_id": self.journal_id.id})
        )
        wizard.refund_moves()
        note = wizard.new_move_ids[:1]
        if money or note.currency_id.compare_amounts(amount, note.amount_total):
            note._scale(amount, money)
        translated = note.with_context(lang=note.partner_id.lang or self.env.lang)
        note.ref = translated.env._(
            "Credits %(invoice)s: %(reason)s",
            invoice=translated._get_credited_text(),
            reason=reason,
        )
        return note

    def _scale(self, amount, money):
        """Bring a draft credit note to an amount, every line by the same share.

        It no longer counts as less invoiced on the sale order.

        :param money: only money goes back: taxes of a fixed amount a unit stay owed
        """
        lines = self.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        )
        for line in lines:
            values = {"sale_line_ids": [Command.clear()]}
            if money:
                values |= {
                    "quantity": 1,
                    "price_unit": line.quantity * line.price_unit,
                    "tax_ids": [Command.set(line.tax_ids._get_proportional().ids)],
                }
            line.write(values)
        share = amount / self.amount_total
        for line in lines:
            line.price_unit *= share
        largest = max(lines, key=lambda line: abs(line.price_total))
        # What rounding, and what is no share of the price, leaves goes to the largest
        # line. The rest contains taxes and discount; the unit price may not.
        for _turn in range(SCALE_TURNS):
            rest = amount - self.amount_total
            if self.currency_id.is_zero(rest) or not largest.price_total:
                break
            largest.price_unit *= 1 + rest / largest.price_total

    def _set_reversed_entry(self, credit_note):
        """Also: a credit note that Odoo makes of a channel's order names the invoice
        whose lines it takes back."""
        result = super()._set_reversed_entry(credit_note)
        for note in credit_note:
            sold = note.invoice_line_ids.sale_line_ids
            if note.reversed_entry_id or not sold.order_id.sale_channel_id:
                continue
            invoices = self.filtered(
                lambda move, sold=sold: (
                    move.move_type == "out_invoice"
                    and move.state == "posted"
                    and sold & move.invoice_line_ids.sale_line_ids
                )
            )
            enough = invoices.filtered(
                lambda move, note=note: (
                    move.currency_id.compare_amounts(
                        move._get_uncredited(), abs(note.amount_total)
                    )
                    >= 0
                )
            )
            note.reversed_entry_id = (enough or invoices)[:1]
        return result

    def _post(self, soft=True):
        posted = super()._post(soft)
        posted._register_channel_payments()
        invoices = posted.sudo().filtered(
            lambda move: move.move_type == "out_invoice" and move.state == "posted"
        )
        self.env["sale.channel.order.invoicing"]._on_posted(invoices)
        return posted

    def _get_posting_obstacle(self):
        """Why an automatic invoice must stay a draft, although it could be posted.

        Addons extend it. Whoever removes the obstacle posts the invoice.

        :return: None, or a code of ``sale.channel.text`` and the dict of its
            parameters
        """
        self.ensure_one()
        return None

    def _register_channel_payments(self):
        """Register what channels collected, where the channel's setting asks for it."""
        for move in self.filtered(lambda m: m.move_type == "out_invoice"):
            if move.state != "posted":
                continue
            # Who posts invoices need not be allowed to see channels.
            orders = move.sudo().line_ids.sale_line_ids.order_id.filtered(
                lambda order: order.sale_channel_id.payment_registration == "invoice"
            )
            orders.channel_order_ids.payment_ids._register_on(move.sudo())

from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _get_uncredited(self):
        """What no credit note has taken back of the invoice, drafts included."""
        self.ensure_one()
        notes = self.reversal_move_ids.filtered(lambda note: note.state != "cancel")
        return self.amount_total - sum(notes.mapped("amount_total"))

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

        :return: None, or a key of ``sale.channel.order.invoicing._get_error_reasons``
            and the dict of its parameters
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

from odoo import api, fields, models

from ..lib.invoicing import Progress, expects_delivery, is_reached
from .sale_order_line import FREIGHT_REF
from .stock_picking import LEAVING


class SaleOrder(models.Model):
    _inherit = "sale.order"

    channel_order_ids = fields.One2many(
        "sale.channel.order",
        "sale_order_id",
        "Inbox Rows",
        groups="channel_base.group_channel_user",
    )
    channel_order_id = fields.Many2one(
        "sale.channel.order",
        compute="_compute_channel_order_id",
        compute_sudo=True,
        groups="channel_base.group_channel_user",
    )
    channel_fee_total = fields.Monetary(
        "Channel Fees",
        compute="_compute_channel_fee_total",
        help="What the channel charges for the sale, by its own account.",
    )

    channel_hold = fields.Selection(
        [
            ("reserved", "Waits for the channel's approval"),
            ("fraud", "The channel warns of fraud"),
        ],
        "Held Back",
        copy=False,
        readonly=True,
        help="Nothing of the order is delivered while it is held back.",
    )
    channel_fulfilled = fields.Boolean(
        "Shipped by the Channel",
        copy=False,
        readonly=True,
        help="The channel ships it from its own warehouse: no delivery is made here.",
    )
    channel_shipped = fields.Boolean(copy=False, readonly=True)

    channel_invoicing_ids = fields.One2many(
        "sale.channel.order.invoicing",
        "sale_order_id",
        "Automatic Invoice",
        groups="channel_base.group_channel_user",
    )

    @api.depends("channel_order_ids")
    def _compute_channel_order_id(self):
        for order in self:
            order.channel_order_id = order.channel_order_ids[:1]

    @api.depends("order_line.channel_fee", "order_line.product_uom_qty")
    def _compute_channel_fee_total(self):
        for order in self:
            order.channel_fee_total = sum(
                line.channel_fee * line.product_uom_qty for line in order.order_line
            )

    def _compute_pricelist_id(self):
        # The channel's prices and currency do not follow the customer's list.
        orders = self.filtered(lambda order: not order._is_channel_order())
        return super(SaleOrder, orders)._compute_pricelist_id()

    def action_confirm(self):
        """Confirm; an order of a channel keeps the channel's date."""
        dates = {order: order.date_order for order in self if order._is_channel_order()}
        result = super().action_confirm()
        for order, date in dates.items():
            if order.date_order != date:
                order.date_order = date
        self.sudo().channel_order_ids._on_confirmed()
        return result

    def write(self, vals):
        """Write; ask at once what shall become of a cancelled order that the channel
        still sells."""
        if "state" not in vals:
            return super().write(vals)
        cancelled = self.filtered(lambda order: order.state == "cancel")
        result = super().write(vals)
        if vals["state"] != "cancel":
            rows = cancelled.sudo().channel_order_ids
            rows._withdraw_losses()
        elif not self.env.context.get("channel_cancels"):
            for order in self - cancelled:
                rows = order.sudo().channel_order_ids
                rows._review_loss("order_cancelled_here", order.name)
        return result

    def unlink(self):
        """Delete; ask at once what shall become of orders that the channel still
        sells."""
        rows = [(row, row.sale_order_id.name) for row in self.sudo().channel_order_ids]
        result = super().unlink()
        for row, name in rows:
            row._review_loss("order_deleted", name)
        return result

    def _cancel_for_channel(self):
        """Cancel what the channel does not sell any more, or not as this order."""
        return self.with_context(channel_cancels=True)._action_cancel()

    def _prepare_confirmation_values(self):
        values = super()._prepare_confirmation_values()
        if self and all(order._is_channel_order() for order in self):
            values.pop("date_order", None)
        return values

    def _should_be_locked(self):
        return super()._should_be_locked() and not self._is_channel_order()

    def _get_update_prices_lines(self):
        lines = super()._get_update_prices_lines()
        return lines.filtered(lambda line: not line.channel_line_ref)

    def _is_channel_order(self):
        self.ensure_one()
        return any(line.channel_line_ref for line in self.order_line)

    def _can_follow(self):
        """Whether nothing has been delivered, invoiced or locked yet."""
        self.ensure_one()
        return (
            not self.locked
            and not self.channel_shipped
            and not self.invoice_ids.filtered(lambda move: move.state != "cancel")
            and not self.picking_ids.filtered(lambda picking: picking.state == "done")
        )

    def _get_returnable(self):
        """Deliveries that were made and have no return yet."""
        return self.picking_ids.filtered(
            lambda picking: (
                picking.state == "done"
                and picking.picking_type_code == "outgoing"
                and not picking.return_ids.filtered(lambda back: back.state != "cancel")
            )
        )

    def _get_creditable(self):
        """Posted invoices that no credit note takes back completely."""
        return self.invoice_ids.filtered(
            lambda move: (
                move.state == "posted"
                and move.move_type == "out_invoice"
                and move.currency_id.compare_amounts(move._get_uncredited(), 0) > 0
            )
        )

    def _get_hold_reason(self):
        """Why nothing of the order is delivered, in the user's language."""
        self.ensure_one()
        if self.channel_hold == "fraud":
            return self.env._(
                "%(order)s: the channel warns of fraud. Do not ship; cancel the sale.",
                order=self.name,
            )
        return self.env._(
            "%(order)s is only reserved: the channel has not approved it yet.",
            order=self.name,
        )

    def _reserve_stock(self):
        """Reserve the deliveries of orders that were confirmed without doing so.

        Apart from confirming, because parallel confirmations meet on the quants.
        """
        pickings = self.picking_ids.filtered(
            lambda picking: (
                picking.state == "confirmed"
                and picking.picking_type_id.reservation_method == "at_confirm"
            )
        )
        if pickings:
            # Odoo would read these one move after the other.
            moves = pickings.move_ids
            moves.sale_line_id.fetch(["order_id"])
            moves.mapped("move_dest_ids")
            moves.product_id.mapped("orderpoint_ids")
            pickings.action_assign()

    def action_view_on_channel(self):
        """Open the order's page on the channel."""
        self.ensure_one()
        self.check_access("read")
        return self.sudo().channel_order_id.action_view_on_channel()

    def action_open_channel_order(self):
        self.ensure_one()
        return self.channel_order_id.get_formview_action()

    # Automatic invoices

    def action_open_channel_invoicing(self):
        """Open what becomes of the order's automatic invoice."""
        self.ensure_one()
        return self.channel_invoicing_ids.get_formview_action()

    def _get_invoicing_obstacle(self):
        """What keeps the order from being invoiced automatically.

        Addons extend it for what they need, and call
        :meth:`sale.channel.order.invoicing._wake` once it is solved.

        :return: None, or a key of ``sale.channel.order.invoicing._get_error_reasons``
            and the dict of its parameters
        """
        self.ensure_one()
        if self._is_cancelled_anywhere():
            return "order_cancelled", {}
        if self.state != "sale":
            return "order_unconfirmed", {}
        if self.channel_hold:
            return f"order_{self.channel_hold}", {}
        if any(self.channel_order_ids.mapped("needs_review")):
            return "proposal_open", {}
        if any(row._is_read_again() for row in self.channel_order_ids):
            return "order_incomplete", {}
        if not self._has_to_invoice():
            return "nothing_to_invoice", {}
        return None

    def _is_cancelled_anywhere(self):
        """Whether it was cancelled here, or on the channel."""
        self.ensure_one()
        rows = self.channel_order_ids
        return self.state == "cancel" or "cancelled" in rows.mapped("state")

    def _has_to_invoice(self):
        return self.invoice_status == "to invoice"

    def _is_invoicing_moment(self, moment):
        """Whether a moment of the channel's ``invoicing_moment`` has come."""
        self.ensure_one()
        return is_reached(moment, self._get_channel_progress())

    def _expects_delivery(self):
        """Whether something is still to be delivered."""
        return expects_delivery(self._get_channel_progress())

    def _expects_rest(self):
        """Whether a delivery is still to bring what is not invoiced yet."""
        lines = self.order_line.filtered(
            lambda line: line.product_uom_qty > line.qty_invoiced
        )
        return bool(lines) and self._expects_delivery()

    def _get_channel_progress(self):
        """How far the order has come: a :class:`..lib.invoicing.Progress`."""
        self.ensure_one()
        payments = self.channel_order_ids.payment_ids.filtered("collected")
        # What was given back is a person's decision, by a proposal: it was paid.
        paid = sum(payment._get_collected() + payment.refunded for payment in payments)
        statuses = self.channel_order_ids.mapped("external_status")
        return Progress(
            covered=bool(payments)
            and self.currency_id.compare_amounts(paid, self.amount_total) >= 0,
            said_paid=bool(
                set(statuses) & set(self.sale_channel_id._get_paid_statuses())
            ),
            by_channel=self.channel_fulfilled,
            shipped=self.channel_shipped,
            goods=any(
                line.product_id.type == "consu" and line.product_uom_qty > 0
                for line in self.order_line
            ),
            deliveries=tuple(
                picking._get_delivery_progress()
                for picking in self.picking_ids
                if picking.picking_type_code in LEAVING
            ),
        )

    def _sells_freight(self):
        """Whether the buyer's freight is the seller's money."""
        return FREIGHT_REF in self.order_line.mapped("channel_line_ref")

    def _get_channel_receivable(self):
        """What posted invoices charge besides what the channel collected, in the
        order's currency; 0 when the channel tells no payments."""
        payments = self.channel_order_ids.payment_ids
        if not payments:
            return 0.0
        invoices = self.invoice_ids.filtered(
            lambda move: move.state == "posted" and move.move_type == "out_invoice"
        )
        collected = sum(
            payment._get_collected() for payment in payments.filtered("collected")
        )
        return max(0.0, sum(invoices.mapped("amount_total")) - collected)

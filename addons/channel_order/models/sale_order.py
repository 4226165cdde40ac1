from odoo import api, fields, models


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
        self.sudo().channel_order_ids._answer_confirmed()
        return result

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

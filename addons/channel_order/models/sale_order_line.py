from odoo import api, fields, models

from .stock_picking import LEAVING

DISCOUNT_REF = "discount"
FREIGHT_REF = "freight"
# Lines that are ours, not the channel's
OWN_REFS = (DISCOUNT_REF, FREIGHT_REF)


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = ["sale.order.line", "field.guard.mixin"]

    channel_line_ref = fields.Char(
        "Channel Line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The channel's id of the line; its price is the channel's.",
        guard="server",
    )
    channel_fee = fields.Monetary(
        "Channel Fee per Unit",
        readonly=True,
        copy=False,
        groups="base.group_user",
        guard="server",
    )
    channel_tax_source_ids = fields.Many2many(
        "account.tax",
        "sale_order_line_channel_tax_rel",
        copy=False,
        groups="base.group_user",
        help="Taxes of the products that a discount reduces.",
        guard="server",
    )

    def write(self, vals):
        """Write; ask about confirmed lines that sell less than the channel does."""
        if "product_uom_qty" not in vals:
            return super().write(vals)
        bought = self.filtered(
            lambda line: line.channel_line_ref and line.state == "sale"
        )
        before = {line: line.product_uom_qty for line in bought}
        result = super().write(vals)
        changed = bought.filtered(lambda line: line.product_uom_qty != before[line])
        self.env["sale.channel.order.proposal"]._look_at_reduced(changed.order_id)
        return result

    def _get_leaving_quantity(self):
        """How much of it leaves or has left, in its unit."""
        self.ensure_one()
        moves = self.move_ids.filtered(
            lambda move: move.picking_type_id.code in LEAVING
        )
        left = moves.filtered(lambda move: move.state != "cancel")
        if moves and not left:
            return 0.0
        if not moves or moves.product_id != self.product_id:
            # Nothing is kept in stock of it, or it leaves as its components.
            return self.product_uom_qty
        units = sum(
            move.product_uom._compute_quantity(
                move.quantity if move.state == "done" else move.product_uom_qty,
                self.product_uom_id,
            )
            for move in left
        )
        return min(self.product_uom_qty, units)

    def _compute_price_unit(self):
        return super(
            SaleOrderLine, self.filtered(lambda line: not line.channel_line_ref)
        )._compute_price_unit()

    def _compute_discount(self):
        return super(
            SaleOrderLine, self.filtered(lambda line: not line.channel_line_ref)
        )._compute_discount()

    def _compute_tax_ids(self):
        """Fiscal position first, then the taxes' price-included twins."""
        result = super()._compute_tax_ids()
        for line in self.filtered("channel_line_ref"):
            mode = line.order_id.sale_channel_id.price_tax_mode
            taxes = line._get_channel_taxes() if mode != "none" else False
            if mode == "included":
                taxes = taxes._get_included_twins()
            line.tax_ids = taxes
        return result

    def _get_channel_taxes(self):
        """The line's taxes; a discount has those of the goods that it reduces."""
        if self.channel_line_ref != DISCOUNT_REF:
            return self.tax_ids
        taxes = self.order_id.fiscal_position_id.map_tax(self.channel_tax_source_ids)
        # A fixed amount a unit is owed by the units, which are sold all the same.
        return taxes._get_proportional()

    def _action_launch_stock_rule(self, *, previous_product_uom_qty=False):
        """What the channel ships makes no delivery of ours."""
        ours = self.filtered(lambda line: not line.order_id.channel_fulfilled)
        return super(SaleOrderLine, ours)._action_launch_stock_rule(
            previous_product_uom_qty=previous_product_uom_qty
        )

    @api.depends("order_id.channel_shipped")
    def _compute_qty_delivered(self):
        return super()._compute_qty_delivered()

    def _prepare_qty_delivered(self):
        """What the channel ships is delivered when the channel says so."""
        delivered = super()._prepare_qty_delivered()
        for line in self:
            if line.order_id.channel_fulfilled and line in delivered:
                shipped = line.order_id.channel_shipped
                delivered[line] = line.product_uom_qty if shipped else 0.0
        return delivered

    def _get_left_before(self, later):
        """Units that have left, without what some deliveries hold. Of a kit whose parts
        leave apart there are none before the last one.

        :param later: deliveries that are done
        """
        self.ensure_one()
        moves = later.move_ids.filtered(
            lambda move: move.sale_line_id == self and move.state == "done"
        )
        if moves.product_id - self.product_id:
            return 0.0
        return self.qty_delivered - sum(
            move.product_uom._compute_quantity(move.quantity, self.product_uom_id)
            for move in moves
        )

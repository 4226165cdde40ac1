from odoo import fields, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    channel_line_ref = fields.Char(
        "Channel Line",
        readonly=True,
        copy=False,
        help="The channel's id of the line; its price is the channel's.",
    )
    channel_fee = fields.Monetary("Channel Fee per Unit", readonly=True, copy=False)
    channel_tax_source_ids = fields.Many2many(
        "account.tax",
        "sale_order_line_channel_tax_rel",
        copy=False,
        help="Taxes of the products that a discount reduces.",
    )

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
            if mode == "none":
                line.tax_ids = False
            elif mode == "included":
                line.tax_ids = line._get_channel_taxes()._get_included_twins()
        return result

    def _get_channel_taxes(self):
        source = self.channel_tax_source_ids
        if source:
            return self.order_id.fiscal_position_id.map_tax(source)
        return self.tax_ids

from odoo import api, fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    is_mercadolibre_order = fields.Boolean(
        "Is MercadoLibre Order",
        compute="_compute_is_mercadolibre_order",
        compute_sudo=True,
    )

    @api.depends("sale_channel_id.channel_type", "channel_order_id")
    def _compute_is_mercadolibre_order(self):
        for order in self:
            order.is_mercadolibre_order = bool(
                order.sale_channel_id.channel_type == "mercadolibre"
                and order.channel_order_id
            )

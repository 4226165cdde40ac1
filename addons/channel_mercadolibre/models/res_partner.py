from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    is_mercadolibre_buyer = fields.Boolean(
        "Is MercadoLibre Buyer", compute="_compute_is_mercadolibre_buyer"
    )

    @api.depends("buyer_ids.channel_id")
    def _compute_is_mercadolibre_buyer(self):
        for partner in self:
            partner.is_mercadolibre_buyer = bool(partner._get_mercadolibre_buyers())

    def _get_mercadolibre_buyers(self):
        self.ensure_one()
        return self._get_channel_buyers().filtered(
            lambda buyer: buyer.channel_id.channel_type == "mercadolibre"
        )

    def action_view_in_mercadolibre(self):
        """Open the customer's profile on MercadoLibre."""
        self.ensure_one()
        self.check_access("read")
        buyer = self._get_mercadolibre_buyers()[:1]
        return {
            "type": "ir.actions.act_url",
            "url": buyer.profile_url,
            "target": "new",
        }

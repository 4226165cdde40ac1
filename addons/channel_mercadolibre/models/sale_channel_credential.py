from odoo import api, fields, models

from ..lib.sites import API_BASE, get_site


class SaleChannelCredential(models.Model):
    _inherit = "sale.channel.credential"

    mercadolibre_notification_url = fields.Char(
        related="channel_id.mercadolibre_notification_url"
    )

    @api.model_create_multi
    def create(self, vals_list):
        credentials = super().create(vals_list)
        for credential in credentials:
            channel = credential.channel_id
            if channel.channel_type != "mercadolibre":
                continue
            credential.api_url = credential.api_url or API_BASE
            credential.auth_url = (
                credential.auth_url or get_site(channel.mercadolibre_site).auth_base
            )
        return credentials

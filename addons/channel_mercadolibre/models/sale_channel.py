from odoo import api, fields, models

from ..lib.sites import CHOICES, SITES, get_site, site_of_country


class SaleChannel(models.Model):
    _inherit = "sale.channel"

    channel_type = fields.Selection(
        selection_add=[("mercadolibre", "MercadoLibre")],
        ondelete={"mercadolibre": "set null"},
    )
    mercadolibre_site = fields.Selection(
        CHOICES,
        "MercadoLibre Site",
        compute="_compute_mercadolibre_site",
        store=True,
        readonly=False,
    )

    @api.depends("company_id.country_code", "channel_type")
    def _compute_mercadolibre_site(self):
        for channel in self:
            country = channel.company_id.country_code
            channel.mercadolibre_site = channel.channel_type == "mercadolibre" and (
                channel.mercadolibre_site or site_of_country(country) or "MLA"
            )

    def write(self, vals):
        result = super().write(vals)
        if "mercadolibre_site" in vals:
            # Access is granted on the site's own host; a test environment's one stays.
            hosts = [site.auth_base for site in SITES.values()]
            for credential in self.sudo().credential_ids:
                if vals["mercadolibre_site"] and credential.auth_url in hosts:
                    credential.auth_url = get_site(vals["mercadolibre_site"]).auth_base
        return result

from odoo import api, models

from odoo.addons.channel_catalog.models.sale_channel_mapping import CATEGORY_KIND

from .mercadolibre_attributes import ATTRIBUTE_KIND, VALUE_KIND

# They are only ever sent; several records may have one value there.
SENT = (CATEGORY_KIND, ATTRIBUTE_KIND, VALUE_KIND)


class SaleChannelMapping(models.Model):
    """Categories, attributes and their values on MercadoLibre.

    With ``sudo``: what a channel is does not depend on who maps.
    """

    _inherit = "sale.channel.mapping"

    @api.model_create_multi
    def create(self, vals_list):
        kinds = self._get_sent_kinds()
        channels = self.env["sale.channel"]
        for vals in vals_list:
            channel = channels.browse(vals.get("channel_id"))
            if (
                vals.get("kind_id") in kinds.ids
                and vals.get("direction", "in") == "in"
                and channel.sudo().channel_type == "mercadolibre"
            ):
                # What is received is a form's default.
                vals["direction"] = "out"
        rows = super().create(vals_list)
        rows._look_at_listings_again()
        return rows

    def write(self, vals):
        result = super().write(vals)
        if {"res_id", "record_ref", "record_name", "external_value"} & vals.keys():
            self._look_at_listings_again()
        return result

    def unlink(self):
        channels = self._get_worded_channels()
        result = super().unlink()
        channels._request_catalog(("listings_out",))
        return result

    @api.model
    def _get_sent_kinds(self):
        return self.env["sale.channel.mapping.kind"].search([("code", "in", SENT)])

    def _look_at_listings_again(self):
        """Categories may have to be read first; what attributes are called there can
        concern every listing."""
        of_categories = self.filtered(lambda row: row.kind_id.code == CATEGORY_KIND)
        of_mercadolibre = of_categories.channel_id.filtered("mercadolibre_site")
        of_mercadolibre._request_mercadolibre_categories()
        self._get_worded_channels()._request_catalog(("listings_out",))

    def _get_worded_channels(self):
        worded = self.filtered(
            lambda row: row.kind_id.code in (ATTRIBUTE_KIND, VALUE_KIND)
        )
        return worded.channel_id

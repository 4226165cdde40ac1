from odoo import api, models

from ..lib.attributes import tell

# Values of attributes and terms of sale, by id
VALUES = ("attributes", "sale_terms")


class SaleChannelListingContent(models.Model):
    """With ``sudo``: definitions are the marketplace's, the same for everybody."""

    _inherit = "sale.channel.listing.content"

    @api.model
    def _tell(self, name, value):
        if name in VALUES and isinstance(value, dict):
            labels = self._get_attribute_names(value)
            return ", ".join(
                f"{labels[id_]}: {tell(one)}" for id_, one in value.items()
            )
        if name == "shipping" and isinstance(value, dict):
            labels = self._get_shipping_labels()
            value = {labels.get(key, key): one for key, one in value.items()}
            return ", ".join(
                f"{label}: {self._format_value('listing', name, one)}"
                for label, one in value.items()
            )
        if name == "condition":
            return self._get_condition_labels().get(value, value)
        return super()._tell(name, value)

    @api.model
    def _get_attribute_names(self, codes):
        """What attributes are called: dict id → name."""
        rows = self.env["mercadolibre.attribute"].sudo()
        rows = rows.search_fetch([("code", "in", list(codes))], ["code", "name"])
        names = {row.code: row.name for row in rows}
        return {code: names.get(code, code) for code in codes}

    @api.model
    def _get_shipping_labels(self):
        return {
            "mode": self.env._("Mode"),
            "free_shipping": self.env._("Free Shipping"),
            "local_pick_up": self.env._("Pick-Up at the Seller's"),
        }

    @api.model
    def _get_condition_labels(self):
        return {
            "new": self.env._("New"),
            "used": self.env._("Used"),
            "refurbished": self.env._("Refurbished"),
        }

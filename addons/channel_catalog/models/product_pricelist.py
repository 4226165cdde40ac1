from odoo import models

from ..lib.price import SCOPE

CONTENT = {"active", "company_id", "currency_id"}


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    def write(self, vals):
        """What is in its rules leaves changes there."""
        result = super().write(vals)
        if CONTENT & vals.keys():
            self.env["sale.channel.change"]._add(
                {(SCOPE, f"{self._name},{id_}") for id_ in self.ids}
            )
        return result

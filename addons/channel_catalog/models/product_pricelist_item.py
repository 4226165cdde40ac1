from odoo import models

from ..lib.price import SCOPE


class ProductPricelistItem(models.Model):
    _name = "product.pricelist.item"
    _inherit = ["sale.channel.change.mixin", "product.pricelist.item"]

    def _get_changes(self):
        return super()._get_changes() | {
            (SCOPE, item._get_channel_reference()) for item in self
        }

    def _get_channel_reference(self):
        """What the rule is about, as narrow as can be: "model,id"."""
        targets = {
            "0_product_variant": self.product_id,
            "1_product": self.product_tmpl_id,
            "2_product_category": self.categ_id,
        }
        target = targets.get(self.applied_on) or self.pricelist_id
        return f"{target._name},{target.id}"

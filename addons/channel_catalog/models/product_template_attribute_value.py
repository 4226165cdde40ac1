from odoo import models

from ..lib.price import SCOPE


class ProductTemplateAttributeValue(models.Model):
    _name = "product.template.attribute.value"
    _inherit = ["product.template.attribute.value", "sale.channel.change.mixin"]

    _change_fields = {"price_extra"}

    def _get_changes(self):
        return {(SCOPE, f"product.template,{id_}") for id_ in self.product_tmpl_id.ids}

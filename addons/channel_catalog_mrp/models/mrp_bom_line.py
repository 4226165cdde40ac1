from odoo import models


class MrpBomLine(models.Model):
    _name = "mrp.bom.line"
    _inherit = ["mrp.bom.line", "sale.channel.change.mixin"]

    _change_fields = {
        "bom_id",
        "bom_product_template_attribute_value_ids",
        "product_id",
        "product_qty",
        "product_uom_id",
    }

    def _get_changes(self):
        return self.bom_id._get_changes()

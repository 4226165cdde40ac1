from odoo import api, models


class IrQwebFieldContact(models.AbstractModel):
    _inherit = "ir.qweb.field.contact"

    @api.model
    def value_to_html(self, value, options):
        """Option ``without_remarks``: leave out a buyer's words to couriers."""
        if value and options.get("without_remarks"):
            value = value.with_context(without_remarks=True)
        return super().value_to_html(value, options)

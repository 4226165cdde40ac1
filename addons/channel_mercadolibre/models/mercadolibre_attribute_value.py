from odoo import fields, models


class MercadolibreAttributeValue(models.Model):
    """A value that an attribute may have; others may be allowed beside it."""

    _name = "mercadolibre.attribute.value"
    _description = "Value of an Attribute of MercadoLibre"
    _order = "attribute_id, id"

    attribute_id = fields.Many2one(
        "mercadolibre.attribute", required=True, index=True, ondelete="cascade"
    )
    code = fields.Char()
    name = fields.Char(required=True)

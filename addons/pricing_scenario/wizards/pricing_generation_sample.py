from odoo import fields, models


class PricingGenerationSample(models.TransientModel):
    """The price of a product before and after generating."""

    _name = "pricing.generation.sample"
    _description = "Example of a Generated Price"

    wizard_id = fields.Many2one("pricing.generation", required=True, ondelete="cascade")
    product_id = fields.Many2one("product.product", readonly=True)
    place = fields.Char("Where", readonly=True)
    before = fields.Char(readonly=True)
    after = fields.Char(readonly=True)
    changed = fields.Boolean(readonly=True)

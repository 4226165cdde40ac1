from odoo import fields, models


class MercadolibreSuggestionLine(models.TransientModel):
    """What a category is asked for: a product with its listings, or a category."""

    _name = "mercadolibre.suggestion.line"
    _description = "Category That Is Asked For"
    _order = "id"

    suggestion_id = fields.Many2one(
        "mercadolibre.suggestion", required=True, ondelete="cascade"
    )
    name = fields.Char("Asked For", required=True)
    product_tmpl_id = fields.Many2one("product.template", "Product", readonly=True)
    categ_id = fields.Many2one("product.category", "Product Category", readonly=True)
    listing_ids = fields.Many2many("sale.channel.listing", readonly=True)
    candidate_ids = fields.Many2many("mercadolibre.category", readonly=True)
    category_id = fields.Many2one("mercadolibre.category", "Category on MercadoLibre")

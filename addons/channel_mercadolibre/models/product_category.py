from odoo import models


class ProductCategory(models.Model):
    _inherit = "product.category"

    def action_mercadolibre_category(self):
        """Ask MercadoLibre which of its categories they are, for the de-para."""
        return self.env["mercadolibre.suggestion"]._open_categories(self)

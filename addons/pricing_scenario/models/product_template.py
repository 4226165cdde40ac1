from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    pricing_imported = fields.Boolean(
        "Imported",
        help="Goods from abroad, or with an import content above 40 %: between "
        "Brazilian states their ICMS rate is 4 % (Resolução do Senado Federal "
        "13/2012).",
    )

    def action_explain_price(self):
        """Explain which price a customer pays for the product."""
        self.ensure_one()
        return self.env["pricing.explanation"]._open(
            {"product_id": self.product_variant_id.id}
        )

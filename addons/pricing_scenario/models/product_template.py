from odoo import api, fields, models
from odoo.fields import Domain


class ProductTemplate(models.Model):
    """With ``sudo``: taxes of parent companies count."""

    _name = "product.template"
    _inherit = ["product.template", "pricing.visible.mixin"]

    pricing_imported = fields.Boolean(
        "Imported",
        help="Goods from abroad, or with an import content above 40 %: between "
        "Brazilian states their ICMS rate is 4 % (Resolução do Senado Federal "
        "13/2012).",
    )

    pricing_tax_warning = fields.Char(
        "Tax on Top",
        compute="_compute_pricing_tax_warning",
        groups="base.group_user",
    )

    @api.depends("taxes_id")
    @api.depends_context("allowed_company_ids", "lang")
    def _compute_pricing_tax_warning(self):
        companies = self.env.companies
        with_tax = self.env["pricing.scenario"]._has_tax_inside(companies)
        for template in self:
            template.pricing_tax_warning = with_tax and template._get_tax_warning(
                template._get_taxes_on_top(companies)
            )

    @api.model
    def _get_on_top_domain(self, companies):
        """Taxes of companies that are added to a price."""
        owners = companies.sudo().parent_ids.ids
        return (
            Domain("price_include", "=", False)
            & Domain("amount", ">", 0)
            & Domain("company_id", "in", owners)
        )

    def _get_taxes_on_top(self, companies):
        """What is added to the products' price, as sudoed taxes."""
        taxes = self.sudo().taxes_id
        return taxes.filtered_domain(self._get_on_top_domain(companies))

    @api.model
    def _get_tax_warning(self, taxes):
        """That a tax may be paid twice, in the reader's language."""
        return bool(taxes) and self.env._(
            "Prices by scenario have tax inside, and %(taxes)s is added on top. If it "
            "is the same tax, customers pay it twice.",
            taxes=", ".join(taxes.mapped("name")),
        )

    def action_explain_price(self):
        """Explain which price a customer pays for the product."""
        self.ensure_one()
        return self.env["pricing.explanation"]._open(
            {"product_id": self.product_variant_id.id}
        )

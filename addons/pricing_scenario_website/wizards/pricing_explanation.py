from odoo import models

from odoo.addons.pricing_scenario.wizards.pricing_explanation import Section


class PricingExplanation(models.TransientModel):
    """With ``sudo``: who may ask why a price is what it is need not see all that it is
    made of."""

    _inherit = "pricing.explanation"

    def _get_sections(self, found):
        sections = super()._get_sections(found)
        if not self.product_id:
            return sections
        websites = self.env["website"].sudo()
        for website in websites.search([("pricing_shop", "=", True)]):
            sections.append(self._explain_website(website, found))
        return sections

    def _explain_website(self, website, found):
        """Whether the customer sees the product and its price in a web shop."""
        title = self.env._("Web shop %(website)s", website=website.name)
        product = self.product_id.sudo()
        problems = []
        if not product.is_published:
            problems.append(self.env._("The product is not published."))
        if product.website_id and product.website_id != website:
            problems.append(
                self.env._(
                    "The product is for sale on %(website)s alone.",
                    website=product.website_id.name,
                )
            )
        users = self.partner_id.commercial_partner_id.sudo()
        users = users.search([("id", "child_of", users.id)]).user_ids
        if not users.filtered("share"):
            problems.append(
                self.env._("Nobody of the customer has access to the portal.")
            )
        if website._needs_contract() and not found.decision.contract:
            problems.append(
                self.env._("There, prices are for customers with a contract.")
            )
        company = self.origin_id.sudo().company_id
        if company and website.company_id not in company.parent_ids:
            problems.append(
                self.env._(
                    "Goods of %(origin)s are not sold there.",
                    origin=self.origin_id.name,
                )
            )
        if problems:
            return Section(title, "problem", problems)
        return Section(title, "ok", [self.env._("The customer sees the product.")])

from odoo import models
from odoo.http import request


class PricingContract(models.Model):
    _inherit = "pricing.contract"

    def _explain_in_shop(self, product):
        """The price of a product under the contract, and the tax inside it.

        :param product: a product template
        :return: dict of the contract, price in the shop's currency, rule and rate
        """
        self.ensure_one()
        website, pricelist = request.website, self.pricelist_id
        price, rule = pricelist._get_product_price_rule(
            product, 1.0, currency=website.currency_id
        )
        taxes = product.sudo().taxes_id._filter_taxes_by_company(self.env.company)
        return {
            "contract": self,
            "price": product._apply_taxes_to_price(
                price,
                website.currency_id,
                taxes,
                request.fiscal_position.map_tax(taxes),
                product,
                website=website,
            ),
            "rule": self.env["product.pricelist.item"].browse(rule or ()),
        }

from odoo import api, models
from odoo.http import request


class PricingContract(models.Model):
    """With ``sudo``: customers see a contract's prices, not the contract."""

    _inherit = "pricing.contract"

    @api.model_create_multi
    def create(self, vals_list):
        contracts = super().create(vals_list)
        contracts._withdraw_lists()
        return contracts

    def write(self, vals):
        result = super().write(vals)
        if "pricelist_id" in vals:
            self._withdraw_lists()
        return result

    def _withdraw_lists(self):
        """Lists of contracts are for their customers, not for visitors of a website."""
        lists = self.sudo().pricelist_id
        lists.filtered("website_id").website_id = False

    def _explain_in_shop(self, product):
        """The price of a product under the contract, and the tax inside it.

        :param product: a product, or a template that has none yet
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
            "price": self.env["product.template"]._apply_taxes_to_price(
                price,
                website.currency_id,
                taxes,
                request.fiscal_position.map_tax(taxes),
                product,
                website=website,
            ),
            "rule": self.env["product.pricelist.item"].browse(rule or ()),
        }

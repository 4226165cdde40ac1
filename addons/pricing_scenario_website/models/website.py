from odoo import fields, models
from odoo.http import request

from odoo.addons.pricing_scenario.models.pricing_contract import Request

ORIGIN_SESSION_KEY = "pricing_origin_id"


class Website(models.Model):
    _inherit = "website"

    pricing_shop = fields.Boolean(
        "Prices by Scenario",
        help="Customers who sign in buy under their contract and choose the origin of "
        "shipment.",
    )
    pricing_after_login = fields.Boolean(
        "Prices Only After Login",
        default=True,
        help="Visitors see the products without prices and cannot buy.",
    )

    def _hides_prices(self):
        """Whether the user of the environment is a visitor who sees no prices."""
        self.ensure_one()
        return (
            self.pricing_shop
            and self.pricing_after_login
            and self.env.user._is_public()
        )

    def is_view_active(self, key):
        # It filters by sales prices, which customers with a contract do not pay and
        # visitors are not to know.
        if key == "website_sale.filter_products_price" and (
            self._hides_prices() or getattr(request, "pricing_offers", None)
        ):
            return False
        return super().is_view_active(key)

    def _search_with_fuzzy(self, search_type, search, limit, order, options):
        # Who can sort and filter by price finds out prices.
        if self._hides_prices():
            terms = [term for term in (order or "").split(",") if "price" not in term]
            order = ",".join(terms) or None
            options = {**options, "min_price": 0, "max_price": 0}
        return super()._search_with_fuzzy(search_type, search, limit, order, options)

    def _get_pricing_offers(self):
        """What the signed-in customer can choose from.

        :return: contracts by origin, both regardless of access rights; in the order of
            the origins
        """
        self.ensure_one()
        user = self.env.user
        if not self.pricing_shop or user._is_public():
            return {}
        customer = request.cart.partner_id or user.partner_id.sudo()
        address = self._get_pricing_address()
        origins = self.env["pricing.origin"].sudo()
        origins = origins.search([("company_id", "child_of", self.company_id.id)])
        requests = {
            origin: Request(
                customer.with_company(origin.company_id)._get_pricing_buyer(address),
                origin.id,
            )
            for origin in origins
        }
        contracts = self.env["pricing.contract"].sudo()
        return {
            origin: contracts.browse(decision.contract)
            for origin, decision in contracts._decide(requests).items()
            if decision.contract
        }

    def _get_pricing_address(self):
        """Where the goods for the signed-in customer go."""
        customer = self.env.user.partner_id.sudo()
        return request.cart.partner_shipping_id or customer.browse(
            customer.address_get(["delivery"])["delivery"]
        )

    def _get_pricing_offer(self):
        """The contract whose prices the shop shows now; empty where Odoo's count."""
        self.ensure_one()
        nothing = self.env["pricing.contract"].sudo()
        offers = request.pricing_offers
        if not offers:
            return nothing
        if cart := request.cart:
            return offers.get(cart.pricing_origin_id, nothing)
        chosen = self.env["pricing.origin"].sudo()
        chosen = chosen.browse(request.session.get(ORIGIN_SESSION_KEY))
        usual = self.env["sale.order"].sudo()
        usual = usual.new(
            {
                "partner_id": self.env.user.partner_id.id,
                "company_id": self.company_id.id,
            }
        ).pricing_origin_id._origin
        return offers.get(chosen) or offers.get(usual) or next(iter(offers.values()))

    def _get_and_cache_current_pricelist(self):
        if request.pricing_offers:
            cart = request.cart
            if cart.pricing_list_manual:
                return cart.pricelist_id
            if offer := self._get_pricing_offer():
                return offer.pricelist_id
        return super()._get_and_cache_current_pricelist()

    def get_pricelist_available(self, show_visible=False):
        # A contract leaves nothing to choose, neither lists nor codes.
        if request and getattr(request, "pricing_offers", None):
            if offer := self._get_pricing_offer():
                return offer.pricelist_id.with_env(self.env)
        return super().get_pricelist_available(show_visible=show_visible)

    def _prepare_sale_order_values(self, partner_sudo):
        values = super()._prepare_sale_order_values(partner_sudo)
        if self._get_pricing_offer():
            values.pop("pricelist_id")
        return values

    def _create_cart(self):
        offer = self._get_pricing_offer()
        cart = super()._create_cart()
        if offer and cart.pricing_origin_id != offer.origin_id:
            cart._ship_from(offer.origin_id)
        return cart

    def _get_product_available_qty(self, product, **kwargs):
        if request and getattr(request, "pricing_offers", None):
            if offer := self._get_pricing_offer():
                warehouse = offer.origin_id.warehouse_id
                return product.with_context(warehouse_id=warehouse.id).free_qty
        return super()._get_product_available_qty(product, **kwargs)

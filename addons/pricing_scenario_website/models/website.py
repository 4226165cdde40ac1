from odoo import api, fields, models
from odoo.http import request

from ..tools.offers import Offers

ORIGIN_SESSION_KEY = "pricing_origin_id"


class Website(models.Model):
    """With ``sudo``: customers see a contract's prices, not the contract."""

    _inherit = "website"

    pricing_shop = fields.Boolean(
        "Prices by Scenario",
        help="Customers who sign in buy under their contract and choose the origin of "
        "shipment.",
    )
    pricing_after_login = fields.Boolean(
        "Prices Only After Login",
        default=True,
        help="Visitors see the products without prices and cannot buy, and so do "
        "people who sign in without a contract, unless they are admitted.",
    )
    pricing_without_contract = fields.Boolean(
        "Also Without a Contract",
        help="Whoever signs in sees Odoo's own prices where no contract gives one.",
    )
    pricing_sign_up_open = fields.Boolean(
        "Sign-up Open",
        compute="_compute_pricing_sign_up_open",
        help="Prices are meant for people who sign in, and anybody can sign up.",
    )

    @api.depends(
        "pricing_shop",
        "pricing_after_login",
        "pricing_without_contract",
        "auth_signup_uninvited",
    )
    def _compute_pricing_sign_up_open(self):
        for website in self:
            website.pricing_sign_up_open = (
                website.pricing_shop
                and website.pricing_after_login
                and website.pricing_without_contract
                and website.auth_signup_uninvited == "b2c"
            )

    def _hides_prices(self):
        """Whether the user of the environment is to see no prices in this shop.

        Visitors, and people who signed in but have no contract.
        """
        self.ensure_one()
        if not self.pricing_shop or not self.pricing_after_login:
            return False
        user = self.env.user
        if user._is_public():
            return True
        if not self._needs_contract() or user._is_internal():
            return False
        return not self._get_offers()

    def _needs_contract(self):
        """Whether customers without a contract see no prices."""
        self.ensure_one()
        return (
            self.pricing_shop
            and self.pricing_after_login
            and not self.pricing_without_contract
        )

    @api.model
    def _denies_prices(self):
        """Whether who asks by RPC, or any other way, is to read no prices.

        Visitors have no RPC; pages read for them what they then do not show.
        """
        user = self.env.user
        if not request or user._is_internal() or user._is_public():
            return False
        website = getattr(request, "website", None) or self.get_current_website()
        return website.with_env(self.env)._hides_prices()

    @api.model
    def _keep_prices_without_contract(self):
        """Where nobody can sign up uninvited, those who saw prices still do."""
        shops = self.search(
            [
                ("pricing_shop", "=", True),
                ("pricing_after_login", "=", True),
                ("auth_signup_uninvited", "!=", "b2c"),
            ]
        )
        shops.pricing_without_contract = True

    def is_view_active(self, key):
        # It filters by sales prices, which customers with a contract do not pay and
        # visitors are not to know.
        if key == "website_sale.filter_products_price" and (
            self._hides_prices() or self._get_offers()
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

    def _find_offers(self, customer, address):
        """What a customer can buy under in this shop.

        :param customer: sudoed partner
        :param address: sudoed partner, where the goods go
        :return: contracts by origin, both sudoed, in the order of the origins
        """
        self.ensure_one()
        origins = self.env["pricing.origin"].sudo()
        origins = origins.search([("company_id", "child_of", self.company_id.id)])
        requests = customer._get_pricing_requests(address, origins)
        contracts = self.env["pricing.contract"].sudo()
        return {
            origin: contracts.browse(decision.contract)
            for origin, decision in contracts._decide(requests).items()
            if decision.contract
        }

    def _get_usual_offer(self, contracts):
        """The contract of the origin chosen last, of the usual one, or the first.

        :param contracts: contracts by origin, not empty
        """
        self.ensure_one()
        chosen = self.env["pricing.origin"].sudo()
        if request:
            chosen = chosen.browse(request.session.get(ORIGIN_SESSION_KEY))
        if chosen in contracts:
            return contracts[chosen]
        order = self.env["sale.order"].sudo()
        order = order.new(
            {
                "partner_id": self.env.user.partner_id.id,
                "company_id": self.company_id.id,
            }
        )
        usual = order.pricing_origin_id._origin
        return contracts.get(usual) or next(iter(contracts.values()))

    def _get_shop_customer(self):
        """Who buys in this request, and where the goods go; both sudoed."""
        cart = request.cart
        customer = cart.partner_id or self.env.user.partner_id.sudo()
        delivery = customer.address_get(["delivery"])["delivery"]
        return customer, cart.partner_shipping_id or customer.browse(delivery)

    def _get_offers(self):
        """Contracts by origin that the user of the request can choose from.

        :return: as :meth:`_find_offers`; nothing where the shop has ordinary prices
        """
        self.ensure_one()
        if not self.pricing_shop or self.env.user._is_public() or not request:
            return {}
        # Pages of Odoo's back end, among others, have none.
        offers = getattr(request, "pricing_offers", None)
        return offers.contracts if isinstance(offers, Offers) else {}

    def _get_offer(self):
        """The contract whose prices the shop shows now; empty where Odoo's count."""
        self.ensure_one()
        nothing = self.env["pricing.contract"].sudo()
        contracts = self._get_offers()
        if not contracts:
            return nothing
        cart = request.cart
        if cart:
            return contracts.get(cart.pricing_origin_id, nothing)
        return request.pricing_offers.usual

    def _forget_offers(self):
        """Look prices up again in this request, after customer or address changed."""
        self.ensure_one()
        request.pricing_offers = Offers(self)

    def _get_and_cache_current_cart(self):
        cart = super()._get_and_cache_current_cart()
        if cart and not request.env.cr.readonly:
            cart._follow_offers()
        return cart

    def _get_and_cache_current_pricelist(self):
        if self._get_offers():
            cart = request.cart
            if cart.pricing_list_manual:
                return cart.pricelist_id
            if offer := self._get_offer():
                return offer.pricelist_id
        return super()._get_and_cache_current_pricelist()

    def get_pricelist_available(self, show_visible=False):
        # A contract leaves nothing to choose, neither lists nor codes.
        if self._get_offer():
            return self.env["product.pricelist"]
        return super().get_pricelist_available(show_visible=show_visible)

    def _prepare_sale_order_values(self, partner_sudo):
        values = super()._prepare_sale_order_values(partner_sudo)
        if self._get_offer():
            values.pop("pricelist_id")
        return values

    def _create_cart(self):
        offer = self._get_offer()
        cart = super()._create_cart()
        if offer and cart.pricing_origin_id != offer.origin_id:
            cart._ship_from(offer.origin_id)
        return cart

    def _get_product_available_qty(self, product, **kwargs):
        if offer := self._get_offer():
            warehouse = offer.origin_id.warehouse_id
            return product.with_context(warehouse_id=warehouse.id).free_qty
        return super()._get_product_available_qty(product, **kwargs)

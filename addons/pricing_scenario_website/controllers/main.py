from werkzeug.exceptions import NotFound

from odoo.exceptions import AccessError, UserError
from odoo.http import request, route

from odoo.addons.website_sale.controllers.main import WebsiteSale
from odoo.addons.website_sale.models.website import PRICELIST_SESSION_CACHE_KEY

from ..models.website import ORIGIN_SESSION_KEY


class PricingWebsiteSale(WebsiteSale):
    @staticmethod
    def _populate_currency_and_pricelist(kwargs):
        # The dialogs that configure a product are full of prices.
        if request.website._hides_prices():
            raise AccessError(request.env._("Log in to see prices."))
        WebsiteSale._populate_currency_and_pricelist(kwargs)

    @route(
        "/shop/origin",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        sitemap=False,
    )
    def pricing_choose_origin(self, origin_id, r="/shop", **_kwargs):
        """Let goods leave from another origin; catalogue and cart show its prices.

        :param origin_id: one of the origins that the customer is offered
        :param r: path to go back to
        :raises UserError: goods do not leave from there for this customer, or no more
        """
        offers = {str(origin.id): origin for origin in request.pricing_offers}
        if origin_id not in offers:
            raise UserError(
                request.env._("Goods do not leave from there. Choose another origin.")
            )
        origin = offers[origin_id]
        request.session[ORIGIN_SESSION_KEY] = origin.id
        request.session.pop(PRICELIST_SESSION_CACHE_KEY, None)
        if (cart := request.cart) and cart.pricing_origin_id != origin:
            cart._ship_from(origin)
        return request.redirect(r)

    @route(
        '/shop/price/<model("product.template"):product>',
        type="http",
        auth="user",
        website=True,
        sitemap=False,
        readonly=True,
    )
    def pricing_why(self, product, **_kwargs):
        """The page that says where a price comes from, and what it is elsewhere."""
        chosen = request.website._get_pricing_offer()
        if not chosen or not product.filtered_domain(
            request.website.sale_product_domain()
        ):
            raise NotFound()
        return request.render(
            "pricing_scenario_website.price",
            {
                "product": product,
                "chosen": chosen,
                "address": request.website._get_pricing_address(),
                "rows": [
                    contract._explain_in_shop(product)
                    for contract in request.pricing_offers.values()
                ],
            },
        )

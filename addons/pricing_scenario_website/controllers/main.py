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
            raise AccessError(
                request.env._("Log in to see prices.")
                if request.env.user._is_public()
                else request.env._("Prices are for customers with a contract.")
            )
        WebsiteSale._populate_currency_and_pricelist(kwargs)

    @route(
        "/shop/origin",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
    )
    def pricing_choose_origin(self, origin_id=None, r="/shop", **_kwargs):
        """Let goods leave from another origin; catalogue and cart show its prices.

        Who is not signed in any more is asked to, and comes back to the page.

        :param origin_id: one of the origins that the customer is offered
        :param r: path to go back to
        :raises UserError: goods do not leave from there for this customer, or no more
        """
        if request.env.user._is_public():
            return request.redirect_query("/web/login", {"redirect": r})
        offers = {str(origin.id): origin for origin in request.website._get_offers()}
        if origin_id not in offers:
            raise UserError(
                request.env._("Goods do not leave from there. Choose another origin.")
            )
        origin = offers[origin_id]
        request.session[ORIGIN_SESSION_KEY] = origin.id
        request.session.pop(PRICELIST_SESSION_CACHE_KEY, None)
        if cart := request.cart:
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
    def pricing_why(self, product, variant=None, **_kwargs):
        """The page that says where a price comes from, and what it is elsewhere.

        :param variant: id of the product's variant; the first one if it is left out
        """
        website = request.website
        offers = website._get_offers()
        if not offers or not product.filtered_domain(website.sale_product_domain()):
            raise NotFound()
        variants = product.product_variant_ids
        chosen = variants.filtered(lambda p: str(p.id) == variant) or variants[:1]
        return request.render(
            "pricing_scenario_website.price",
            {
                "product": product,
                "variant": chosen or product,
                "chosen": website._get_offer(),
                "address": website._get_shop_customer()[1],
                "rows": [
                    contract._explain_in_shop(chosen or product)
                    for contract in offers.values()
                ],
            },
        )

from odoo import models
from odoo.fields import Command
from odoo.http import request
from odoo.tools import lazy

from odoo.addons.website_sale.models.website import (
    PRICELIST_SELECTED_SESSION_CACHE_KEY,
)


class SaleOrder(models.Model):
    """With ``sudo``: customers may read neither origins nor users."""

    _inherit = "sale.order"

    def _is_sold_by_scenario(self):
        """Whether this is a cart of a customer, in a shop with prices by scenario."""
        self.ensure_one()
        website = self.website_id
        return (
            website.pricing_shop
            and self.state == "draft"
            and self.partner_id != website.user_id.partner_id
        )

    def _uses_pricing_contract(self):
        website = self.website_id
        return super()._uses_pricing_contract() and (
            not website or website.pricing_shop
        )

    def _is_pricelist_chosen(self):
        # What customers choose in a shop is no decision of a salesperson.
        website = self.website_id
        in_shop = bool(request) and getattr(request, "is_frontend", False)
        if website and (in_shop or not website.pricing_shop):
            return self.pricing_list_manual
        return super()._is_pricelist_chosen()

    def _compute_warehouse_id(self):
        # The website's own warehouse would count.
        ours = self.filtered(
            lambda order: order.pricing_origin_id and order._is_sold_by_scenario()
        )
        for order in ours:
            order.warehouse_id = order.pricing_origin_id.sudo().warehouse_id
        return super(SaleOrder, self - ours)._compute_warehouse_id()

    def _ship_from(self, origin):
        """Let the goods of a cart leave from another origin, at its prices.

        The cart moves to the company of the origin, without what belongs to the former
        one alone.
        """
        self.ensure_one()
        values = {"pricing_origin_id": origin.id}
        if origin.company_id != self.company_id:
            self._remove_delivery_line()
            self._admit_customer(origin.company_id)
            values["carrier_id"] = False
            for name in ("team_id", "payment_term_id", "pricelist_id"):
                if self[name].company_id:
                    values[name] = False
            if "pricelist_id" in values:
                values["pricing_list_manual"] = False
        self.write(values)
        self._reprice()
        self._verify_cart_after_update()

    def _admit_customer(self, company):
        """Let the customer's portal users see documents of a company they buy from."""
        customer = self.partner_id.commercial_partner_id
        users = self.env["res.users"].sudo()
        users = users.search([("partner_id", "child_of", customer.id)])
        users = users.filtered(lambda u: u.share and company not in u.company_ids)
        users.company_ids = [Command.link(company.id)]

    def _reprice(self):
        """Decide about contract, pricelist, taxes and prices of a cart anew."""
        for name in ("pricing_contract_id", "pricelist_id"):
            self.env.add_to_compute(self._fields[name], self)
        self._recompute_cart()

    def _follow_offers(self):
        """Reprice a cart whose prices are not the customer's any more.

        While a cart waits, scenarios, contracts, addresses and origins change.
        """
        self.ensure_one()
        if not self._is_sold_by_scenario() or self.pricing_list_manual:
            return
        offers = self.website_id._find_offers(self.partner_id, self.partner_shipping_id)
        if not offers and self.website_id._needs_contract():
            # It keeps what the customer has seen; there is nothing to see now.
            if self.order_line and not self.shop_warning:
                self.shop_warning = self.env._(
                    "Prices are for customers with a contract: you cannot buy now."
                )
            return
        if offers and request:
            request.session.pop(PRICELIST_SELECTED_SESSION_CACHE_KEY, None)
        origin = self.pricing_origin_id
        if offers and origin not in offers:
            now = self.website_id._get_usual_offer(offers).origin_id
            self._ship_from(now)
            self.shop_warning = origin and self.env._(
                "Goods do not leave from %(before)s for you any more. Prices and stock "
                "are those of %(now)s.",
                before=origin.name,
                now=now.name,
            )
        elif self._is_outdated(offers.get(origin)):
            self._reprice()

    def _is_outdated(self, offer):
        """Whether the cart has other prices than an offer, or than none."""
        if not offer:
            return bool(self.pricing_contract_id)
        return (
            self.pricing_contract_id != offer or self.pricelist_id != offer.pricelist_id
        )

    def _update_address(self, partner_id, fnames=None):
        result = super()._update_address(partner_id, fnames)
        if fnames and self._is_sold_by_scenario():
            # Odoo takes a list that was selected before, whatever the contract is now.
            self._follow_offers()
            website = request.website
            website._forget_offers()
            request.pricelist = lazy(website._get_and_cache_current_pricelist)
        return result

    def _waits_for_contract(self):
        """Whether the customer of this cart is to see no prices any more."""
        self.ensure_one()
        website = self.website_id
        return (
            self._is_sold_by_scenario()
            and website._needs_contract()
            and not self.pricing_list_manual
            and not website._find_offers(self.partner_id, self.partner_shipping_id)
        )

    def _is_cart_ready(self):
        return super()._is_cart_ready() and not self._waits_for_contract()

    def _check_cart_is_ready_to_be_paid(self):
        # An amount that changes here is refused by the payment.
        self._follow_offers()
        return super()._check_cart_is_ready_to_be_paid()

    def _get_shop_warehouse_id(self):
        if self.pricing_contract_id and self._is_sold_by_scenario():
            return self.pricing_origin_id.warehouse_id.id
        return super()._get_shop_warehouse_id()

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.channel_outgoing.lib.content import Refused, Wanted
from odoo.addons.channel_outgoing.lib.part import Part

from ..lib.price import SCOPE, Problem, format_moment

PAGE = 1000
LISTING = "sale.channel.listing"
PRODUCT, TEMPLATE = "product.product", "product.template"


class SaleChannelListingPricePlanner(models.AbstractModel):
    _name = "sale.channel.listing.price.planner"
    _inherit = "sale.channel.outgoing.planner"
    _description = "Plan: What a listing shall cost on a channel"

    _outgoing_model = "sale.channel.listing.price"
    _outgoing_scopes = frozenset({LISTING, PRODUCT, TEMPLATE, SCOPE})

    @api.model
    def _get_parts(self):
        return (Part("price", ("price",), page=PAGE),)

    @api.model
    def _get_domain(self, channel):
        """The listings that have a price of ours: there, and ours to change."""
        if not channel.send_price:
            return Domain.FALSE
        return (
            Domain("channel_id", "=", channel.id)
            & Domain("external_id", "!=", False)
            & Domain("approved", "=", True)
            & Domain("missing_since", "=", False)
        )

    @api.model
    def _get_wanted(self, channel, part, ids):
        listings = self._get_priced(channel, Domain("id", "in", ids))
        prices = self.env["sale.channel.price"]._get_prices(channel, listings)
        return {
            ("price", listing.id): self._get_content(listing, price)
            for listing, price in prices.items()
        }

    @api.model
    def _get_priced(self, channel, domain=Domain.TRUE):
        """The listings of a domain whose prices are ours."""
        listings = self.env[LISTING].search(domain & self._get_domain(channel))
        # A person may have left the channel its price.
        return listings.filtered(lambda one: "price" not in (one.kept_fields or ()))

    @api.model
    def _get_content(self, listing, price):
        name = listing.display_name
        if isinstance(price, Problem):
            return Refused(name, price.code, price.params)
        promoted = price.promotional is not None
        content = {
            "item": listing.external_id,
            "amount": float(price.amount),
            "currency": price.currency,
            "promotion_amount": float(price.promotional) if promoted else None,
            "promotion_from": format_moment(price.begins),
            "promotion_until": format_moment(price.ends),
        }
        return Wanted(name, content, listing.external_id)

    @api.model
    def _get_ids(self, channel, part, last):
        domain = self._get_domain(channel) & Domain("id", ">", last)
        return self.env[LISTING].search(domain, order="id", limit=part.page).ids

    # Changes

    @api.model
    def _expand(self, channel, taken):
        """The listings that changed, and those of products that did."""
        concerned = self._read_references(taken)
        found = set(concerned.get(LISTING, ()))
        products = Domain("id", "in", list(concerned.get(PRODUCT, ())))
        templates = list(concerned.get(TEMPLATE, ()))
        products |= Domain("product_tmpl_id", "in", templates)
        if not products.is_false():
            domain = self._get_domain(channel) & self._get_selling(products)
            found.update(self.env[LISTING].sudo()._search(domain))
        return {"price": found}

    @api.model
    def _get_selling(self, products):
        """A domain of listings, also of kits, for one of products."""
        products = self.env[PRODUCT].with_context(active_test=False)._search(products)
        return Domain("product_id", "in", products) | Domain(
            "component_ids.product_id", "in", products
        )

    @api.model
    def _spread(self, flow, taken):
        """Mark the listings whose price rules, taxes or settings decide."""
        concerned = self._read_references(taken)
        channel = flow.channel_id
        found = self._get_concerned(channel, concerned)
        if found.is_false():
            return
        self.env["sale.channel.change.mark"]._spread(
            flow, LISTING, self.env[LISTING], self._get_domain(channel) & found
        )

    @api.model
    def _get_concerned(self, channel, concerned):
        """A domain of the channel's listings for what concerns very many.

        :param concerned: dict name of a model → ids
        """
        if channel.company_id.id in concerned.get("res.company", ()):
            return Domain.TRUE
        lists = concerned.get("product.pricelist", set())
        if lists.intersection(self.env["sale.channel.price"]._get_lists(channel).ids):
            return Domain.TRUE
        categories = list(concerned.get("product.category", ()))
        taxes = list(concerned.get("account.tax", ()))
        found = Domain.FALSE
        if categories:
            found |= Domain("categ_id", "child_of", categories)
        if taxes:
            taxes = Domain("id", "in", taxes) | Domain("children_tax_ids", "in", taxes)
            found |= Domain("taxes_id", "any!", taxes)
        return found if found.is_false() else self._get_selling(found)

    @api.model
    def _read_references(self, taken):
        """The ids that changes concern, by model.

        :param taken: dict scope → set of ids, or of references of prices
        """
        concerned = {scope: set(ids) for scope, ids in taken.items() if scope != SCOPE}
        for reference in taken.get(SCOPE, ()):
            model, _comma, id_ = reference.partition(",")
            concerned.setdefault(model, set()).add(int(id_))
        return concerned

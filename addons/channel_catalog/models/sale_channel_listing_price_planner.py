from odoo import api, models
from odoo.fields import Domain

from odoo.addons.channel_outgoing.lib.content import Refused, Wanted
from odoo.addons.channel_outgoing.lib.part import Part

from ..lib.price import SCOPE, Problem, format_moment
from ..lib.remote import get_item

PAGE = 1000
# Items whose variations are looked for one by one
FEW = 50
# How many are named
NAMED = 5
LISTING = "sale.channel.listing"
PRODUCT, TEMPLATE = "product.product", "product.template"


class SaleChannelListingPricePlanner(models.AbstractModel):
    """With ``sudo``: the plan is the same whoever made the change."""

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
        prices |= self._check_shared(channel, prices)
        return {
            ("price", listing.id): self._get_content(listing, price)
            for listing, price in prices.items()
        }

    @api.model
    def _check_shared(self, channel, prices):
        """What keeps listings from having their prices, of a channel whose items have
        one price for all variations: those of one item differ.

        :return: dict listing → ``lib.price.Problem``
        """
        groups = self._get_sharing(channel, self.env[LISTING].concat(*prices))
        others = (
            self.env[LISTING]
            .concat(*groups.values())
            .filtered(lambda listing: listing not in prices)
        )
        service = self.env["sale.channel.price"]
        known = {**prices, **service._get_prices(channel, others)}
        problems = {}
        for group in groups.values():
            differing = {
                known[listing].paid: listing
                for listing in group
                if not isinstance(known[listing], Problem)
            }
            if len(differing) < 2:
                continue
            told = ", ".join(
                f"{differing[amount].display_name}: {amount:f}"
                for amount in sorted(differing)
            )
            problem = Problem("price_shared", {"prices": told})
            problems |= dict.fromkeys((one for one in group if one in prices), problem)
        return problems

    @api.model
    def _get_sharing(self, channel, listings):
        """The listings that have one price with some others: dict item → listings, of
        those that are several."""
        if not channel._get_catalog_traits().shared_prices:
            return {}
        items = {
            get_item(listing.external_id)
            for listing in listings
            if "/" in (listing.external_id or "")
        }
        if not items:
            return {}
        groups = self._get_priced(channel, self._get_variations(items)).grouped(
            lambda listing: get_item(listing.external_id)
        )
        return {
            item: group
            for item, group in groups.items()
            if item in items and len(group) > 1
        }

    @api.model
    def _get_variations(self, items):
        """A domain of listings for the variations of items, and maybe of others."""
        # One by one no more than it pays
        patterns = [f"{item}/%" for item in items] if len(items) <= FEW else ["%/%"]
        return Domain.OR(Domain("external_id", "=like", like) for like in patterns)

    @api.model
    def _get_shared(self, channel, external_ids):
        """What has the price of some listings and is not Odoo's to change: what is not
        approved, what a person left the channel, what is not linked.

        :param external_ids: of listings
        :return: dict item → names, as a text
        """
        items = {get_item(one) for one in external_ids if "/" in (one or "")}
        if not items or not channel._get_catalog_traits().shared_prices:
            return {}
        there = Domain("channel_id", "=", channel.id)
        there &= Domain("missing_since", "=", False) & self._get_variations(items)
        listings = self.env[LISTING].search(there)
        others = listings - self._get_priced(channel, there)
        names = [(one.external_id, one.display_name) for one in others]
        known = set(listings.mapped("external_id"))
        unlinked = self.env["sale.channel.remote.listing"].search(
            [
                ("channel_id", "=", channel.id),
                ("external_product_id", "in", list(items)),
                ("listing_id", "=", False),
                ("gone_at", "=", False),
            ]
        )
        names += [
            (row.external_id, row.options_text or row.title or row.external_id)
            for row in unlinked
            if row.external_id not in known
        ]
        shared = {}
        for external_id, name in sorted(names):
            shared.setdefault(get_item(external_id), []).append(name)
        return {
            item: ", ".join(some[:NAMED] + ["…"] * (len(some) > NAMED))
            for item, some in shared.items()
            if item in items
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
        listings = self.env[LISTING].sudo().search([("id", "in", list(found))])
        sharing = self._get_sharing(channel, listings)
        return {"price": found.union(*(group.ids for group in sharing.values()))}

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

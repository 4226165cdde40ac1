import json
from collections import namedtuple
from dataclasses import replace
from decimal import Decimal

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.channel_base.lib.errors import Rejected
from odoo.addons.channel_outgoing.lib.content import Refused, Wanted
from odoo.addons.channel_outgoing.lib.part import Part

from ..lib.contents import format_levels
from ..lib.stock import MOST, STOCK_KEPT, offer, stock

PAGE = 1000
# Of what the channel has sold itself, whatever was wanted before
SOLD = Part("sold", ("stock",), page=PAGE)
# All that is read of products and their templates: of very many, a query for each field
# takes long, and so do the fields that nobody asks for.
PRODUCT_FIELDS = (
    "active",
    "channel_variant_show",
    "channel_variant_sync_stock",
    "default_code",
    "product_tmpl_id",
)
TEMPLATE_FIELDS = (
    "channel_ids",
    "channel_show",
    "channel_sync_stock",
    "company_id",
    "is_storable",
    "name",
    "product_brand_id",
    "sale_ok",
    "type",
    "uom_id",
)
# What a line of an order names
Bought = namedtuple("Bought", ["product_key", "item_id", "variation_id"])


class SaleChannelListingStockPlanner(models.AbstractModel):
    _name = "sale.channel.listing.stock.planner"
    _inherit = "sale.channel.outgoing.planner"
    _description = "Plan: How much of a listing a channel shall offer"

    _outgoing_model = "sale.channel.listing.stock"
    _outgoing_scopes = frozenset(
        {
            "product.brand",
            "product.pledged",
            "product.product",
            "product.sold",
            "product.stock",
            "product.stock.all",
            "product.template",
            "sale.channel.listing",
        }
    )

    @api.model
    def _get_parts(self):
        return Part("stock", ("stock",), page=PAGE), SOLD

    @api.model
    def _get_wanted(self, channel, part, ids):
        sent = self._get_sent(channel, ids)
        wanted = {}
        for listing, (offered, _told) in self._get_offers(channel, sent).items():
            name = self._get_name(listing)
            try:
                content = self._get_content(listing, offered)
            except Rejected as error:
                item = Refused(name, error.code, error.params)
            else:
                item = Wanted(name, content, self._get_item(listing))
            wanted["stock", listing.id] = item
        return wanted

    @api.model
    def _get_name(self, listing):
        """As its display name, without what very many of them would take to compute."""
        product = listing.product_id
        if not product:
            return listing.display_name
        code = f"[{product.default_code}] " if product.default_code else ""
        return f"{code}{product.product_tmpl_id.name}"

    @api.model
    def _get_sent(self, channel, ids):
        """Those of some listings whose stock the channel is told.

        :return: dict listing → dict product → units in one listing
        """
        listings = self.env["sale.channel.listing"].with_context(prefetch_fields=False)
        listings = listings.search_fetch(
            [
                ("id", "in", ids),
                ("external_id", "!=", False),
                ("approved", "=", True),
                ("missing_since", "=", False),
                ("stock_kept", "=", False),
            ],
            [
                "channel_id",
                "product_id",
                "quantity",
                "external_id",
                "external_stock_id",
            ],
        )
        # Asked for it, the database reads all listings of the channel.
        listings = listings.filtered(lambda listing: listing.channel_id == channel)
        listings.product_id.fetch(PRODUCT_FIELDS)
        listings.product_id.product_tmpl_id.fetch(TEMPLATE_FIELDS)
        components = self.env["sale.channel.stock"]._get_components(listings)
        return {
            listing: parts
            for listing, parts in components.items()
            if parts
            and all(
                product._get_channel_sync(channel)
                for product in listing.product_id or parts
            )
        }

    @api.model
    def _get_offers(self, channel, sent, reservations=None):
        """What buyers may buy of listings, and what the channel has to be told.

        :param sent: see :meth:`_get_sent`
        :param reservations: dict item → list of ``lib.stock.Reservation``: what a
            *physical* channel keeps for orders
        :return: dict listing → both levels
        """
        service, reservations = self.env["sale.channel.stock"], reservations or {}
        terms = service._get_terms(channel)
        counted = service._get_counted(
            channel, [kept for some in reservations.values() for kept in some]
        )
        listings = self.env["sale.channel.listing"].with_context(prefetch_fields=False)
        listings = listings.union(*sent)
        offers, shown = {}, set(self._get_sellable(channel, listings).ids)
        for listing, some in service._get_parts(channel, sent).items():
            kept = reservations.get(self._get_item(listing), ())
            parts = [part for _id, part in some]
            offered = told = offer(terms, parts)
            if kept:
                told = stock(terms, parts, kept, self._count(counted, some))
            if listing.id not in shown:
                offered, told = self._close(offered), self._close(told, kept)
            offers[listing] = (offered, told)
        return offers

    @api.model
    def _get_sellable(self, channel, listings):
        """Those of some listings that may have stock: where the channel hides whole
        products only, a hidden variant of one that is shown has none, and neither has
        one that Odoo cannot hide."""
        finder = self.env["sale.channel.listing.finder"]
        offered = finder._find_offered(listings)
        if channel._get_catalog_traits().hides_variants:
            return offered
        hidden = offered.filtered(lambda one: one.visibility == "hidden")
        others = hidden.channel_product_id.listing_ids
        others = others.filtered(lambda one: one.visibility != "hidden")
        shown = finder._find_offered(others).channel_product_id
        return offered - hidden.filtered(
            lambda one: (
                one.channel_product_id in shown
                or "visibility" in (one.kept_fields or ())
            )
        )

    @api.model
    def _count(self, counted, parts):
        """How many listings Odoo counts, by key of the reservation: as many as all
        components are there."""
        return {
            key: min(units.get(id_, 0.0) / part.need for id_, part in parts)
            for key, units in counted.items()
        }

    @api.model
    def _close(self, levels, reservations=()):
        """Nothing is sold of what somebody decided not to offer."""
        kept = dict.fromkeys(levels, 0.0)
        for reservation in reservations:
            if reservation.location in kept:
                kept[reservation.location] += reservation.quantity
        return kept

    @api.model
    def _get_item(self, listing):
        return listing.external_stock_id or listing.external_id

    @api.model
    def _get_content(self, listing, levels):
        """:raises Rejected: nobody has as much, or no warehouse is at a location of the
        channel: nothing is known then, which is not none"""
        if not levels:
            raise Rejected("stock_places_missing")
        total = sum(levels.values())
        if total > MOST:
            raise Rejected("stock_implausible", quantity=f"{total:.0f}")
        return self._prepare_levels(self._get_item(listing), levels)

    @api.model
    def _prepare_levels(self, item, levels):
        placed = {place: Decimal(int(n)) for place, n in levels.items() if place}
        return {
            "item": item,
            "quantity": sum(levels.values()),
            "levels": format_levels(placed) or None,
        }

    @api.model
    def _get_ids(self, channel, part, last):
        listings = self.env["sale.channel.listing"]
        domain = [
            ("channel_id", "=", channel.id),
            ("external_id", "!=", False),
            ("id", ">", last),
        ]
        return list(listings._search(domain, order="id", limit=part.page))

    @api.model
    def _get_page(self, channel, part, last):
        """What the channel has sold is among all that a full run looks at."""
        return [] if part == SOLD else super()._get_page(channel, part, last)

    @api.model
    def _plan_part(self, channel, part, ids=None):
        if part == SOLD and channel.stock_kind == "physical":
            # It takes its orders off by itself.
            part = self._get_parts()[0]
        planner = self.with_context(stock_sold=part == SOLD)
        return super(SaleChannelListingStockPlanner, planner)._plan_part(
            channel, part, ids
        )

    @api.model
    def _get_noted(self, channel, domain):
        """What was sent is not there any more once the channel has sold of it."""
        noted = super()._get_noted(channel, domain)
        if not self.env.context.get("stock_sold"):
            return noted
        return {key: replace(row, sent_hash=None) for key, row in noted.items()}

    @api.model
    def _expand(self, channel, taken):
        changed = self._get_changed_products(taken)
        sold = self._get_sold_products(taken.get("product.sold", ()))
        pledged = self._get_pledged_products(taken.get("product.pledged", ()))
        own = sold.pop(channel, changed[:0]) | pledged.pop(channel, changed[:0])
        # What others have sold may be offered less, but is here as it was told.
        others = changed.union(*sold.values(), *pledged.values())
        listings = self._find_listings(channel, others | own)
        listings |= set(taken.get("sale.channel.listing", ()))
        listings |= self._get_neighbours(channel, taken)
        ours = self._find_listings(channel, own)
        concerned = {"stock": listings - ours, "sold": ours}
        return {part: ids for part, ids in concerned.items() if ids}

    @api.model
    def _get_neighbours(self, channel, taken):
        """Ids of the listings whose product may be shown or hidden by a change; see
        ``_get_sellable``."""
        if channel._get_catalog_traits().hides_variants:
            return set()
        listings = self.env["sale.channel.listing"]
        domain = Domain("id", "in", list(taken.get(listings._name, ())))
        domain |= Domain("product_id", "in", list(taken.get("product.product", ())))
        found = listings.search(domain & Domain("channel_id", "=", channel.id))
        return set(found.channel_product_id.listing_ids.ids)

    @api.model
    def _get_changed_products(self, taken):
        products = self.env["product.product"].with_context(active_test=False)
        ids = {
            *taken.get("product.stock", ()),
            *taken.get("product.product", ()),
        }
        templates = list(taken.get("product.template", ()))
        found = templates and products._search([("product_tmpl_id", "in", templates)])
        return products.browse([*ids, *(found or ())])

    @api.model
    def _get_sold_products(self, texts):
        """Products that channels have sold: dict channel → ``product.product``."""
        products = {}
        for seller, product in map(json.loads, texts):
            seller = self.env["sale.channel"].browse(seller)
            known = products.get(seller, self.env["product.product"])
            products[seller] = known | known.browse(product)
        return products

    @api.model
    def _get_pledged_products(self, texts):
        """Products of lines of orders, which may be gone by now, by channel."""
        products = {}
        for text in texts:
            seller, *names = json.loads(text)
            seller = self.env["sale.channel"].browse(seller)
            line = Bought(*names)
            found = self.env["sale.channel.stock"]._resolve(seller, [line])
            known = products.get(seller, self.env["product.product"])
            products[seller] = known.union(*(one for one, _units in found[line]))
        return products

    @api.model
    def _find_listings(self, channel, products):
        """Ids of the channel's listings of products, or of what is made of them."""
        if not products:
            return set()
        products = self.env["sale.channel.stock"]._get_containing(products)
        sold = Domain("product_id", "in", products.ids)
        listings = self.env["sale.channel.listing"].with_context(prefetch_fields=False)
        parts = self.env["sale.channel.listing.component"]
        # Asked for the channel, or for both at once, the database reads all listings of
        # the channel.
        listings = listings.search_fetch(sold, ["channel_id"])
        listings |= parts.search_fetch(sold, ["listing_id"]).listing_id
        return {listing.id for listing in listings if listing.channel_id == channel}

    @api.model
    def _spread(self, flow, taken):
        """Mark the listings of all products, or of changed brands: those of a hidden
        brand have no stock."""
        brands = list(taken.get("product.brand", ()))
        domain = Domain("product_id.product_brand_id", "in", brands)
        if "product.stock.all" in taken:
            domain = Domain.TRUE
        elif not brands:
            return
        self.env["sale.channel.change.mark"]._spread(
            flow,
            "sale.channel.listing",
            self.env["sale.channel.listing"],
            domain & Domain("channel_id", "=", flow.channel_id.id),
        )

    @api.model
    def _get_skipped(self, channel, part, ids):
        """Products of which Odoo keeps no stock, or the channel itself does."""
        if part == SOLD:
            return []
        listings = self.env["sale.channel.listing"].browse(ids).exists()
        components = self.env["sale.channel.stock"]._get_components(listings)
        reasons = {
            listing: STOCK_KEPT
            if listing.stock_kept
            else not components[listing] and "stock_untracked"
            for listing in listings
        }
        return [
            (listing.display_name, listing.id, reason, {})
            for listing, reason in reasons.items()
            if reason
        ]

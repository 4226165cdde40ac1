from collections import Counter

from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.channel_base.lib.text import clean

from ..lib.matching import (
    SURE,
    Claims,
    Item,
    Match,
    Products,
    barcode_key,
    barcode_spellings,
    name_key,
    sku_key,
)
from .sale_channel_remote_listing import OPEN_STATES


class SaleChannelRemoteMatcher(models.AbstractModel):
    """Finds out which products the listings of a channel are.

    See :mod:`..lib.matching` for what is certain.

    With ``sudo``: all products that may be sold there are candidates, whoever links.
    """

    _name = "sale.channel.remote.matcher"
    _description = "Finds the Products of a Sales Channel's Listings"

    @api.model
    def _get_open_domain(self, channel):
        """What somebody has still to decide, or a machine if it is certain."""
        return (
            Domain("channel_id", "=", channel.id)
            & Domain("state", "in", OPEN_STATES)
            & Domain("gone_at", "=", False)
        )

    @api.model
    def _propose(self, channel, rows):
        """Write down what rows seem to be, whatever other rows are."""
        products = self._load_products(channel, rows)
        groups = self._count_variants(channel, rows)
        for row in rows:
            match = products.match(self._get_item(row, groups))
            self._note(row, match)

    @api.model
    def _note(self, row, match):
        values = {
            "state": match.state,
            "matched_by": match.by or False,
            "match_reason": match.reason or False,
            "product_id": match.product or False,
            "candidates": sorted(match.candidates) or False,
        }
        changed = {
            name: value
            for name, value in values.items()
            if (row[name].id if name == "product_id" else row[name]) != value
        }
        if changed:
            row.write(changed)

    @api.model
    def _settle(self, channel):
        """Take the certainty from rows that want the same product."""
        counts = self._count_claims(channel)
        contested = {product for strong in counts.values() for product, _ in strong}
        rows = self.env["sale.channel.remote.listing"].search(
            self._get_open_domain(channel)
            & Domain("product_id", "in", sorted(contested))
        )
        claims = Claims(strong=counts[True], weak=counts[False])
        for row in rows:
            item = Item(row.id, listing_type=row.listing_type or "")
            found = Match(
                row.state,
                row.product_id.id,
                row.matched_by,
                frozenset(row.candidates or ()),
                row.match_reason or "",
            )
            self._note(row, claims.settle(item, found))

    @api.model
    def _count_claims(self, channel):
        """How many rows want the products that any rows compete for.

        :return: dict of whether the claims are strong → Counter of pairs of product
            and type of listing; see ``lib.matching.Claims``
        """
        self.env["sale.channel.remote.listing"].flush_model()
        found = self.env.execute_query(
            SQL(
                """
                SELECT product.id::integer, COALESCE(listing_type, ''),
                       count(*) FILTER (WHERE matched_by = ANY(%(sure)s)),
                       count(*) FILTER (WHERE matched_by != ALL(%(sure)s))
                  FROM sale_channel_remote_listing,
                       jsonb_array_elements_text(candidates) AS product (id)
                 WHERE channel_id = %(channel)s AND state = ANY(%(states)s)
                   AND gone_at IS NULL
                 GROUP BY 1, 2
                HAVING count(*) > 1
                """,
                sure=list(SURE),
                channel=channel.id,
                states=list(OPEN_STATES),
            )
        )
        strong, weak = Counter(), Counter()
        for product, type_, sure, others in found:
            strong[product, type_], weak[product, type_] = sure, others
        return {True: strong, False: weak}

    @api.model
    def _link_sure(self, channel, rows):
        """Link rows of which it is certain what they are. One that cannot be linked is
        a person's.

        :return: how many were linked
        """
        linked = 0
        for row in rows.filtered(lambda row: row.state == "sure"):
            try:
                with self.env.cr.savepoint():
                    row._link(row.product_id)
            except (UserError, ValidationError):
                row.write({"state": "ambiguous", "match_reason": "taken"})
            else:
                linked += 1
        return linked

    @api.model
    def _match_rows(self, channel, rows):
        """Compare some rows anew, and link those that are certain."""
        rows = rows.filtered_domain(self._get_open_domain(channel))
        self._propose(channel, rows)
        self._settle(channel)
        return self._link_sure(channel, rows)

    @api.model
    def _match_products(self, channel, products):
        """Link what the channel has of products, before they are made there.

        :param products: ``product.product``
        """
        open_ = self._get_open_domain(channel)
        rows = products and self._find_like(channel, products, open_)
        if rows:
            self._match_rows(channel, rows)

    @api.model
    def _get_item(self, row, groups):
        options = row.options if groups.get(row.external_product_id, 0) > 1 else None
        title = options and row.product_title or row.title
        return Item(
            row.id,
            row.sku or "",
            row.barcode_key or "",
            name_key(title, (options or {}).values()),
            row.listing_type or "",
        )

    @api.model
    def _get_product_item(self, product):
        template = product.product_tmpl_id
        values = product.product_template_attribute_value_ids
        several = template.product_variant_count > 1
        return Item(
            product.id,
            product.default_code or "",
            barcode_key(product.barcode),
            name_key(template.name, values.mapped("name") if several else ()),
        )

    @api.model
    def _count_variants(self, channel, rows):
        """Rows of each product there that the rows belong to."""
        groups = self.env["sale.channel.remote.listing"]._read_group(
            [
                ("channel_id", "=", channel.id),
                ("gone_at", "=", False),
                ("external_product_id", "in", rows.mapped("external_product_id")),
            ],
            ["external_product_id"],
            ["__count"],
        )
        return {key: count for key, count in groups if key}

    @api.model
    def _load_products(self, channel, rows):
        """The products that rows can be: :class:`..lib.matching.Products`."""
        spellings = {
            text
            for row in rows
            if row.barcode_key
            for text in (row.barcode, *barcode_spellings(row.barcode_key))
        }
        skus = {*rows.mapped("sku"), *rows.mapped("sku_key")}
        titles = {*rows.mapped("title"), *rows.mapped("product_title")}
        domain = Domain("barcode", "in", sorted(spellings - {False}))
        domain |= Domain("default_code", "in", sorted(skus - {False}))
        domain |= Domain("product_tmpl_id.name", "in", sorted(titles - {False}))
        products = self._get_products(channel).search(
            domain & self._get_product_domain(channel)
        )
        return Products(
            map(self._get_product_item, products), self._get_taken(channel, products)
        )

    @api.model
    def _get_products(self, channel):
        """Products, in the channel's company and language."""
        return (
            self.env["product.product"]
            .sudo()
            .with_company(channel.company_id)
            .with_context(lang=channel._get_catalog_lang())
        )

    @api.model
    def _get_product_domain(self, channel):
        return Domain("company_id", "in", [False, channel.company_id.id]) & Domain(
            "type", "=", "consu"
        )

    @api.model
    def _get_taken(self, channel, products):
        """Pairs of a product and a type, of listings that are there."""
        listings = self.env["sale.channel.listing"].search_fetch(
            [
                ("channel_id", "=", channel.id),
                ("product_id", "in", products.ids),
                ("quantity", "=", 1),
                ("external_id", "!=", False),
            ],
            ["product_id", "listing_type"],
        )
        return {(one.product_id.id, one.listing_type or "") for one in listings}

    @api.model
    def _find_like(self, channel, products, domain):
        """Rows that have the barcode, SKU or name of one of the products."""
        products = self._get_products(channel).browse(products.ids)
        keys = {barcode_key(product.barcode) for product in products}
        skus = {product.default_code for product in products} - {False}
        names = {clean(product.name) for product in products}
        like = Domain("barcode_key", "in", sorted(keys - {""}))
        like |= Domain("sku", "in", sorted(skus))
        like |= Domain("sku_key", "in", sorted({sku_key(sku) for sku in skus} - {""}))
        like |= Domain("title", "in", sorted(names - {""})) & Domain(
            "state", "in", OPEN_STATES
        )
        return self.env["sale.channel.remote.listing"].search(like & Domain(domain))

    @api.model
    def _get_holds(self, channel, products):
        """Why products must not be made on the channel yet: they may be there.

        What somebody ignored, or linked to another product, holds by its barcode and
        SKU alone.

        :param products: ``product.product`` without a listing that is there, or without
            one of a type; what has another type holds none of those
        :return: dict product → code of a reason and its parameters; without those that
            nothing holds
        """
        if not products:
            return {}
        if not self.env["sale.channel.flow"]._is_list_read(channel):
            return {product: ("list_unread", {}) for product in products}
        by_key, taken = self._load_present(channel, products), {}
        for product, listing_type in self._get_taken(channel, products):
            taken.setdefault(product, set()).add(listing_type)
        published = set(channel._get_published_types())
        holds = {}
        for product in self._get_products(channel).browse(products.ids):
            keys = (
                ("barcode", barcode_key(product.barcode)),
                ("sku", sku_key(product.default_code or "")),
                ("name", clean(product.name)),
            )
            like = [row for key in keys for row in by_key.get(key, ())]
            there = taken.get(product.id)
            others = [
                row
                for row in like
                if row.listing_id.product_id != product
                and (not there or (row.listing_type or "") in published - there)
            ]
            if others:
                row = others[0]
                code = "list_open" if row.state in OPEN_STATES else "list_taken"
                params = {"title": row.display_name, "sku": row.sku or ""}
                holds[product.id] = (code, params)
        return {
            product: holds[product.id] for product in products if product.id in holds
        }

    @api.model
    def _load_present(self, channel, products):
        """What the channel has that may be some products: dict kind and value of what
        is compared → list of rows."""
        present = Domain("channel_id", "=", channel.id) & Domain("gone_at", "=", False)
        by_key = {}
        for row in self._find_like(channel, products, present):
            keys = {("barcode", row.barcode_key), ("sku", row.sku_key)}
            if row.state in OPEN_STATES:
                keys.add(("name", row.title))
            for key in keys:
                if key[1]:
                    by_key.setdefault(key, []).append(row)
        return by_key

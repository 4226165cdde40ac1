from odoo import api, models
from odoo.tools import LazyTranslate

from ..lib.price import Problem
from ..lib.reasons import withdraws

_lt = LazyTranslate(__name__)

# Fields of contents as people call them
LABELS = {
    "title": _lt("Name"),
    "family": _lt("Name of the Family"),
    "sku": _lt("Internal Reference"),
    "barcode": _lt("Barcode"),
    "brand": _lt("Brand"),
    "category": _lt("Category"),
    "options": _lt("Options"),
    "visibility": _lt("Visibility"),
    "images": _lt("Images"),
    "weight": _lt("Weight"),
    "description": _lt("Description"),
    "attributes": _lt("Attributes"),
    "sale_terms": _lt("Terms of Sale"),
    "condition": _lt("Condition"),
    "shipping": _lt("Shipping"),
    "listing_type": _lt("Listing Type"),
    "closed": _lt("Closed for Good"),
    "price": _lt("Price"),
    "quantity": _lt("Quantity"),
}
# Fields of contents that go out with another one
GOVERNED = {"family": "title"}
# What has a sentence of its own when it lacks
LACKS = {"brand": "catalog_no_brand", "barcode": "catalog_no_barcode"}
AMBIGUOUS = {"barcode": "catalog_barcode_twice", "default_code": "catalog_sku_twice"}


class SaleChannelCatalog(models.AbstractModel):
    """Which products a channel offers, and why others are not offered.

    What it asks of the database does not grow with the number of products.

    With ``sudo``: the outcome is the same whoever asks, whatever they may see of its
    parts.
    """

    _name = "sale.channel.catalog"
    _description = "Catalogue of a Sales Channel"

    @api.model
    def _get_obstacles(self, channel, products):
        """What keeps products from the channel.

        :param products: ``product.product``
        :return: dict product → list of pairs of a code of ``sale.channel.text`` and its
            parameters; empty for one that is offered
        """
        catalog, products = self._prepare(channel, products)
        found = {product.id: [] for product in products}
        for check in catalog._get_checks():
            for product, code, params in check(channel, products):
                found[product.id].append((code, params))
        return {product: found[product.id] for product in products}

    @api.model
    def _get_reasons(self, channel, products):
        """The same for people, with what the channel refused of a listing."""
        catalog, products = self._prepare(channel, products)
        found = catalog._get_obstacles(channel, products)
        for product, code, params in catalog._check_answers(channel, products):
            found[product].append((code, params))
        return found

    @api.model
    def _get_withdrawn(self, channel, products):
        """Products whose listings shall be hidden and have no stock.

        :return: ``product.product``
        """
        catalog, products = self._prepare(channel, products)
        found = set()
        for product, code, _params in catalog._check_wanted(channel, products):
            if withdraws([(code, {})]):
                found.add(product.id)
        return products.browse(found)

    @api.model
    def _get_synced(self, channel, products):
        """Products whose stock the channel is told.

        :return: ``product.product``
        """
        _catalog, products = self._prepare(channel, products)
        return products.filtered(lambda product: product._get_channel_sync(channel))

    @api.model
    def _ensure_listings(self, channel, products):
        """Make the listings of products that shall be on the channel and have none.

        A product that is listed there in another way, as a pack or of another listing
        type, gets none by itself; on a channel whose products have listings of several
        types it gets those that it lacks beside one of them.

        :return: ``sale.channel.listing``, the new ones
        """
        # What is there already is linked, not made.
        catalog, _products = self._prepare(channel, products)
        matcher = catalog.env["sale.channel.remote.matcher"]
        matcher._match_products(channel, catalog._get_unlisted(channel, products))
        lacking = catalog._get_lacking_types(channel, products)
        new = products.filtered(lambda product: lacking.get(product.id))
        obstacles = self._get_obstacles(channel, new)
        return catalog.env["sale.channel.listing"].create(
            [
                {
                    "channel_id": channel.id,
                    "product_id": product.id,
                    "listing_type": listing_type,
                }
                for product, reasons in obstacles.items()
                if not reasons
                for listing_type in lacking[product.id]
            ]
        )

    @api.model
    def _get_lacking_types(self, channel, products):
        """Types of the listings that products lack: dict id of the product → codes."""
        published = channel._get_published_types()
        listings = self.env["sale.channel.listing"].search_fetch(
            [("channel_id", "=", channel.id), ("product_id", "in", products.ids)],
            ["product_id", "listing_type", "quantity"],
        )
        known = {}
        for listing in listings:
            there = known.setdefault(listing.product_id.id, set())
            if listing.quantity == 1:
                there.add(listing.listing_type)
        lacking = {}
        for product in products:
            there = known.get(product.id)
            if there is None:
                lacking[product.id] = published
            elif len(published) > 1 and there & set(published):
                lacking[product.id] = [code for code in published if code not in there]
        return lacking

    @api.model
    def _get_sent(self, channel, listings):
        """What a channel is told of its listings.

        One that is not there yet and has an obstacle is not made; while its making is
        under way it is told of, or else nobody would know what became of it.

        :return: those that it is told of, and those that it shall show
        """
        sent = listings.filtered(
            lambda listing: (
                listing.approved and listing.product_id and not listing.missing_since
            )
        )
        new = sent.filtered(lambda listing: not listing.external_id)
        if new:
            obstacles = self._get_obstacles(channel, new.product_id)
            held = {product.id for product, found in obstacles.items() if found}
            held = new.filtered(lambda listing: listing.product_id.id in held)
            sent -= held - self._get_in_flight(held)
        return sent, self.env["sale.channel.listing.finder"]._find_offered(listings)

    @api.model
    def _get_in_flight(self, listings):
        """Those that the channel may know although nothing was heard of it."""
        rows = self.env["sale.channel.listing.content"].sudo()
        rows = rows.search_fetch(
            [
                ("kind", "=", "listing"),
                ("res_id", "in", listings.ids),
                ("operation", "=", "put"),
                "|",
                ("attempts", ">", 0),
                ("external_id", "!=", False),
            ],
            ["res_id"],
        )
        known = set(rows.mapped("res_id"))
        return listings.filtered(lambda listing: listing.id in known)

    # Checks: each gives triples of a product, a code and parameters

    @api.model
    def _get_checks(self):
        return (
            self._check_wanted,
            self._check_trial,
            self._check_filled,
            self._check_lengths,
            self._check_codes,
            self._check_variants,
            self._check_prices,
            self._check_there,
        )

    @api.model
    def _prepare(self, channel, products):
        """Itself and the products, with ``sudo`` and in the company and language of the
        channel: whether something is sold there is the same for everybody."""
        products = products.sudo().with_company(channel.company_id)
        products = products.with_context(
            lang=channel._get_catalog_lang(), active_test=False
        )
        sentences = self.sudo().with_company(channel.company_id)
        return sentences, products

    @api.model
    def _check_wanted(self, channel, products):
        """What somebody decided: the only checks that withdraw a listing."""
        linked = self._get_linked(channel, products)
        for product in products:
            template = product.product_tmpl_id
            brand = template.product_brand_id
            places = template.channel_ids
            if not product.active:
                yield product, "catalog_archived", {}
            if not template.sale_ok:
                yield product, "catalog_not_sold", {}
            if template.type != "consu":
                yield product, "catalog_type", {}
            if template.company_id and template.company_id != channel.company_id:
                yield product, "catalog_company", {}
            if places and channel.id not in places.ids:
                yield product, "catalog_not_here", {}
            if code := self._find_flag_off(channel, product, product in linked):
                yield product, code, {}
            if brand and not brand.channel_shown:
                yield product, "catalog_brand_hidden", {"brand": brand.name}

    @api.model
    def _find_flag_off(self, channel, product, linked):
        """Who says that a product is not shown, as a code; None if it is.

        What was there before and is linked stays while no product says No.
        """
        if product.channel_variant_show != "default":
            off = product.channel_variant_show == "no"
            return "catalog_variant_off" if off else None
        shown = product.product_tmpl_id.channel_show
        if shown != "default":
            return "catalog_product_off" if shown == "no" else None
        return None if channel.catalog_show or linked else "catalog_channel_off"

    @api.model
    def _get_linked(self, channel, products):
        if channel.catalog_show:
            return products.browse()
        listings = self.env["sale.channel.listing"].search_fetch(
            [
                ("channel_id", "=", channel.id),
                ("product_id", "in", products.ids),
                ("origin", "=", "linked"),
            ],
            ["product_id"],
        )
        return products.browse(listings.product_id.ids)

    @api.model
    def _check_trial(self, channel, products):
        tried = channel._get_trial_products()
        if tried is not None:
            for product in products - products.browse(tried.ids):
                yield product, "not_in_trial", {}

    @api.model
    def _check_filled(self, channel, products):
        """Fields that the channel demands, or that the seller sends with each."""
        contents = self.env["sale.channel.content"]
        sent = contents._get_sent_fields(channel)
        names = [n for n in channel._get_catalog_traits().required if n in sent]
        if "brand" in sent and "brand" not in names:
            names.append("brand")
        values = contents._get_values(channel, products, names)
        for product in products:
            for name in names:
                if values[product.id].get(name):
                    continue
                if name in LACKS:
                    yield product, LACKS[name], {}
                else:
                    yield product, "catalog_missing", {"field": self._get_label(name)}

    @api.model
    def _check_lengths(self, channel, products):
        limits = channel._get_catalog_traits().max_lengths
        contents = self.env["sale.channel.content"]
        sent = contents._get_sent_fields(channel)
        names = [n for n in limits if GOVERNED.get(n, n) in sent]
        values = contents._get_values(channel, products, names)
        for product in products:
            for name in names:
                length = len(values[product.id].get(name) or "")
                if length > limits[name]:
                    params = {"length": str(length), "limit": str(limits[name])}
                    params["field"] = self._get_label(name)
                    yield product, "catalog_too_long", params

    @api.model
    def _check_codes(self, channel, products):
        """A code of two products would sell the one for the other."""
        known = self.env["product.product"]
        companies = [False, channel.company_id.id]
        for name, code in AMBIGUOUS.items():
            codes = [value for value in products.mapped(name) if value]
            groups = known._read_group(
                [(name, "in", codes), ("company_id", "in", companies)],
                [name],
                ["id:recordset"],
                having=[("__count", ">", 1)],
            )
            twice = dict(groups)
            for product in products:
                others = twice.get(product[name], known) - product
                if others:
                    names = ", ".join(others[:5].mapped("display_name"))
                    params = {"code": product[name], "names": names}
                    yield product, code, params

    @api.model
    def _check_variants(self, channel, products):
        traits = channel._get_catalog_traits()
        limits = {
            "catalog_variants": traits.max_variants,
            "catalog_options": traits.max_options,
        }
        if not traits.grouped or not any(limits.values()):
            return
        templates = products.product_tmpl_id
        groups = self.env["product.product"]._read_group(
            [("product_tmpl_id", "in", templates.ids)], ["product_tmpl_id"], ["__count"]
        )
        counts = {template.id: count for template, count in groups}
        for product in products:
            template = product.product_tmpl_id
            options = [
                line
                for line in template.attribute_line_ids
                if line.active
                and line.value_count > 1
                and line.attribute_id.create_variant != "no_variant"
            ]
            found = {
                "catalog_variants": counts.get(template.id, 0),
                "catalog_options": len(options),
            }
            for code, limit in limits.items():
                if limit and found[code] > limit:
                    params = {"count": str(found[code]), "limit": str(limit)}
                    yield product, code, params

    @api.model
    def _check_prices(self, channel, products):
        """What has no price is not offered: it would be given away."""
        if not channel._get_catalog_traits().prices or not channel.send_price:
            return
        prices = self.env["sale.channel.price"]._get_product_prices(channel, products)
        for product, price in prices.items():
            if isinstance(price, Problem):
                yield product, price.code, dict(price.params)

    @api.model
    def _check_there(self, channel, products):
        """What the channel may have already is not made a second time."""
        matcher = self.env["sale.channel.remote.matcher"]
        holds = matcher._get_holds(channel, self._get_unlisted(channel, products))
        for product, (code, params) in holds.items():
            yield product, code, params

    @api.model
    def _get_unlisted(self, channel, products):
        """Those that have no listing there, or lack one of a type."""
        published = set(channel._get_published_types())
        listings = self.env["sale.channel.listing"].search_fetch(
            [
                ("channel_id", "=", channel.id),
                ("product_id", "in", products.ids),
                ("external_id", "!=", False),
            ],
            ["product_id", "listing_type"],
        )
        there = {}
        for listing in listings:
            types = there.setdefault(listing.product_id.id, set())
            types.add(listing.listing_type or "")
        return products.filtered(
            lambda product: (
                product.id not in there
                or (published & there[product.id] and published - there[product.id])
            )
        )

    @api.model
    def _check_answers(self, channel, products):
        """What keeps listings from being sent, what the channel says of them, and what
        it refused."""
        listings = self.env["sale.channel.listing"].search_fetch(
            [("channel_id", "=", channel.id), ("product_id", "in", products.ids)],
            ["product_id", "channel_product_id", "channel_status", "missing_since"],
        )
        texts = self.env["sale.channel.text"]
        for listing in listings:
            status = self.env["sale.channel.listing.report"]._get_status(listing)
            if status and not status.sold:
                params = {
                    "status": listing.status_text,
                    "advice": listing.status_advice or "",
                }
                product = products.browse(listing.product_id.id)
                yield product, "catalog_stands", params
        report = self.env["sale.channel.listing.report"]
        held = self._get_held(channel, listings)
        for listing, (code, params) in held.items():
            yield products.browse(listing.product_id.id), code, params
        for listing, rows in report._get_failed(listings).items():
            product = products.browse(listing.product_id.id)
            told = held.get(listing, ("", {}))[0]
            for row in rows:
                if row.error_code == told:
                    continue
                kind = self.env["sale.channel.outgoing"]._get_kind_label(
                    row._name, row.kind
                )
                params = {"kind": kind, "reason": texts._explain(row) or ""}
                yield product, "catalog_refused", params

    @api.model
    def _get_held(self, channel, listings):
        """Listings that are not there yet, and what their contents lack: whether a flow
        has looked at them or not.

        :return: dict listing → code and parameters
        """
        new = listings.filtered(lambda listing: not listing.external_id)
        if not new:
            return {}
        contents = self.env["sale.channel.content"]._get_listing_contents(
            channel, new, new
        )
        provider = channel._get_provider()
        refused = provider._check_listing_contents(channel, new, contents)
        return {
            listing: refused[listing.id] for listing in new if listing.id in refused
        }

    @api.model
    def _get_label(self, name):
        """What people call a field of contents."""
        text = LABELS.get(name)
        return self.env._(text) if text else name

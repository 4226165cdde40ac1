from odoo import api, models
from odoo.tools import html2plaintext

from odoo.addons.channel_base.lib.errors import STUMBLES

from ..lib.price import Problem

# Not of the content: whether they go out is decided elsewhere
VALUES = ("quantity", "price")
# What the product of a shop that groups variants tells, not each variant
OF_GROUPS = (
    "title",
    "description",
    "brand",
    "category",
    "visibility",
    "options",
    "images",
    "weight",
    "length",
    "width",
    "height",
)
# Neither: what names another record, or cannot be compared by what it says
UNCOMPARED = ("product",)
DIGITS = 4
# What the list of the channel does not tell
UNREAD = object()


class SaleChannelListingComparison(models.AbstractModel):
    """What listings that were on a channel before show there, and what Odoo would show
    in its place.

    With ``sudo``: what the channel shall have is found as its flows find it, whoever
    compares.
    """

    _name = "sale.channel.listing.comparison"
    _description = "Compares Listings with Odoo"

    @api.model
    def _compare(self, listings):
        """The differences of linked listings, field by field.

        :param listings: ``sale.channel.listing``
        :return: list of dicts: ``listing``, ``name`` (of the field), ``of_product``
            (whether it is the product's there), ``there``, ``here``
        """
        rows = self.env["sale.channel.remote.listing"].sudo()
        rows = rows.search([("listing_id", "in", listings.ids)])
        found = []
        for channel, some in rows.grouped("channel_id").items():
            linked = some.listing_id.filtered("product_id")
            contents = self._get_contents(channel, linked)
            for row in some.filtered("listing_id.product_id"):
                found += self._compare_row(row, *contents)
        return found

    @api.model
    def _get_contents(self, channel, listings):
        """What Odoo would show of listings and of their products there."""
        service = self.env["sale.channel.content"].sudo()
        finder = self.env["sale.channel.listing.finder"]
        offered, groups = finder._find_offered(listings), listings.channel_product_id
        if not channel._get_catalog_traits().grouped:
            groups = groups.browse()
        return (
            service._get_listing_contents(channel, listings, offered),
            service._get_product_contents(channel, groups, offered),
            self._get_quantities(channel, listings),
            self._get_amounts(channel, listings),
        )

    @api.model
    def _get_quantities(self, channel, listings):
        planner = self.env["sale.channel.listing.stock.planner"].sudo()
        if not channel._get_catalog_traits().stock_kind:
            return {}
        components = self.env["sale.channel.stock"].sudo()._get_components(listings)
        kept = {listing: parts for listing, parts in components.items() if parts}
        offers = planner._get_offers(channel, kept)
        return {one: sum(offer.values()) for one, (offer, _told) in offers.items()}

    @api.model
    def _get_amounts(self, channel, listings):
        """What listings would cost: dict listing → amount and currency."""
        if not channel.send_price:
            return {}
        prices = self.env["sale.channel.price"].sudo()._get_prices(channel, listings)
        return {
            listing: (float(price.amount), price.currency)
            for listing, price in prices.items()
            if not isinstance(price, Problem)
        }

    @api.model
    def _compare_row(self, row, contents, group_contents, quantities, amounts):
        listing = row.listing_id
        group, traits = listing.channel_product_id, row.channel_id._get_catalog_traits()
        # What a product there shows is told of once.
        first = listing == group.listing_ids.sorted("id")[:1]
        here, there = contents.get(listing.id), row.content or {}
        told = row.channel_id._get_provider()._reword_listing_content(
            row.channel_id, here or {}, there
        )
        unread = {name for name in traits.unlisted if name not in there}
        told = {**told, **dict.fromkeys(unread, UNREAD)}
        parts = [(False, here, told)]
        if first and group.id in group_contents:
            parts.append((True, group_contents[group.id], row.product_content))
        found = []
        for grouped, here, there in parts:
            for name, value in (here or {}).items():
                if name in UNCOMPARED or (grouped and name not in OF_GROUPS):
                    continue
                if name in (row.kept_fields or ()):
                    # It is not this listing's own there.
                    continue
                old = (there or {}).get(name)
                if self._to_comparable(old) != self._to_comparable(value):
                    found.append((grouped, name, old, value))
        values = {
            "quantity": (
                row.quantity,
                None if row.stock_kept else quantities.get(listing),
            ),
            "price": ((row.price, row.currency or ""), amounts.get(listing)),
        }
        found += [
            (False, name, old, new)
            for name, (old, new) in values.items()
            if new is not None and old != new
        ]
        return [
            {
                "listing": listing,
                "of_product": grouped,
                "name": name,
                "there": self._tell(name, old),
                "here": self._tell(name, new),
            }
            for grouped, name, old, new in found
        ]

    @api.model
    def _to_comparable(self, value):
        """A form in which equal values are equal; nothing is one nothing."""
        if isinstance(value, float | int) and not isinstance(value, bool):
            return round(float(value), DIGITS)
        if isinstance(value, str):
            return html2plaintext(value).strip() if "<" in value else value.strip()
        return value or None if value != "" else None

    @api.model
    def _tell(self, name, value):
        """A value in words."""
        if value is UNREAD:
            return self.env._("(was not read)")
        if name == "description":
            return html2plaintext(value or "").strip()
        if name == "quantity":
            return f"{value:g}"
        if name == "price":
            amount, currency = value
            return f"{amount:.2f} {currency}".strip()
        try:
            return self.env["sale.channel.listing.content"]._tell(name, value)
        except STUMBLES:
            # The channel has it in another shape than Odoo writes it.
            return str(value)

    @api.model
    def _get_writable(self, listing, name, grouped):
        """Whether a field of the product may take what the channel shows.

        A name that tells a variant apart as well is none of a product's fields.
        """
        if name in listing.channel_id._get_catalog_traits().unlisted:
            return False
        single = listing.product_tmpl_id.product_variant_count == 1
        has_groups = listing.channel_id._get_catalog_traits().grouped
        if name == "title":
            return grouped or (single and not has_groups)
        if name == "weight":
            return single or not grouped
        return name in ("description", "barcode")

    @api.model
    def _write_product(self, listing, name, grouped):
        """Give the product what the channel shows, with the user's own rights."""
        row = self.env["sale.channel.remote.listing"].sudo()
        row = row.search([("listing_id", "=", listing.id)], limit=1)
        value = ((row.product_content if grouped else row.content) or {}).get(name)
        lang = listing.channel_id._get_catalog_lang()
        product = listing.product_id.with_context(lang=lang)
        template = product.product_tmpl_id
        if name == "title" and value:
            template.name = value
        elif name == "barcode":
            product.barcode = value or False
        elif name == "weight" and isinstance(value, int | float):
            unit = template._get_weight_uom_id_from_ir_config_parameter()
            kilogram = self.env.ref("uom.product_uom_kgm")
            product.weight = kilogram._compute_quantity(value, unit, False)
        elif name == "description":
            if "description_ecommerce" in template._fields:
                template.description_ecommerce = value or False
            else:
                template.description_sale = html2plaintext(value or "") or False

from odoo import api, models

from odoo.addons.channel_base.lib.text import normalise

from ..lib import form
from ..lib.attributes import convert_weight, find_value, tell

# Attributes of the package, in the words of MercadoLibre
WEIGHTS = ("SELLER_PACKAGE_WEIGHT", "PACKAGE_WEIGHT")
SIZES = ("SIZE", "MANUFACTURER_SIZE")
ATTRIBUTE_KIND = "mercadolibre_attribute"
VALUE_KIND = "mercadolibre_value"


class MercadolibreAttributes(models.AbstractModel):
    """What listings say of the attributes of their categories, and who says it.

    What it asks of the database does not grow with the number of listings.

    With ``sudo``: what is told of a listing is the same, whoever lets it be sent.
    """

    _name = "mercadolibre.attributes"
    _description = "Attributes of Listings on MercadoLibre"

    @api.model
    def _get_categories(self, channel, listings):
        """The category of each listing: the one that a person chose for it; of one that
        was there before, where it is; else that of its product's category.

        :return: dict id of the listing → ``mercadolibre.category`` (sudo)
        """
        listings = listings.sudo()
        others = listings.filtered(lambda listing: not listing.mercadolibre_category_id)
        codes = self._get_codes(channel, others)
        none = self.env["mercadolibre.category"].sudo()
        known = {
            category.code: category
            for category in none.search([("code", "in", list(set(codes.values())))])
        }
        return {
            listing.id: listing.mercadolibre_category_id
            or known.get(codes.get(listing.id), none)
            for listing in listings
        }

    @api.model
    def _get_codes(self, channel, listings):
        """Ids of categories that nobody has chosen: dict id of the listing → id."""
        told = self.env["sale.channel.content"]._read_categories(
            channel, listings.product_id
        )
        linked = listings.filtered(lambda listing: listing.origin == "linked")
        there = self.env["sale.channel.remote.listing"]._get_categories(linked)
        return {
            listing.id: there.get(listing.id) or told.get(listing.product_id.id)
            for listing in listings
        }

    @api.model
    def _get_lines(self, channel, listings, contents=None, categories=None):
        """What listings say: dict id of the listing → dict id of an attribute, or of a
        term of sale → :class:`..lib.form.Line`.

        :param contents: of the listings; read when None
        :param categories: see :meth:`_get_categories`
        """
        contents = contents or self._get_base(channel, listings)
        categories = categories or self._get_categories(channel, listings)
        wanted = self.env["mercadolibre.category"].union(*categories.values())
        definitions = self.env["mercadolibre.attribute"]._get_definitions(wanted)
        said = self._get_said(channel, listings)
        known = self._get_known(channel, listings, categories, definitions, contents)
        lines = {}
        for listing in listings:
            asked = definitions.get(categories[listing.id].id, ())
            found = lines[listing.id] = {}
            for attribute, term in asked:
                texts = [
                    *said[listing.id].get(attribute.id, ()),
                    *known[listing.id].get(attribute.id, ()),
                ]
                found[attribute.id] = form.build(attribute, texts, term)
            self._add_size_row(channel, found)
        return lines

    @api.model
    def _get_base(self, channel, listings):
        """The fields of contents that attributes have as well."""
        content = self.env["sale.channel.content"]
        values = content._get_values(
            channel, listings.product_id, {"brand", "barcode", "sku", "title"}
        )
        return {listing.id: values[listing.product_id.id] for listing in listings}

    @api.model
    def _get_said(self, channel, listings):
        """dict id of the listing → dict attribute → pairs of source and text."""
        listings = listings.sudo()
        rows = self.env["mercadolibre.product.attribute"].sudo()
        rows = rows.search_fetch(
            [
                ("site", "=", channel.mercadolibre_site),
                ("product_tmpl_id", "in", listings.product_id.product_tmpl_id.ids),
                ("listing_id", "in", [False, *listings.ids]),
            ],
            ["code", "value", "product_tmpl_id", "product_id", "listing_id"],
        )
        places = {}
        for row in rows:
            for source, record in (
                ("listing", row.listing_id),
                ("variant", row.product_id),
                ("product", row.product_tmpl_id),
            ):
                if record:
                    there = places.setdefault((source, record.id), {})
                    there[row.code] = row.value
                    break
        found = {}
        for listing in listings:
            product = listing.product_id
            texts = found[listing.id] = {}
            for source, record in (
                ("listing", listing),
                ("variant", product),
                ("product", product.product_tmpl_id),
            ):
                for code, value in places.get((source, record.id), {}).items():
                    texts.setdefault(code, []).append((source, value))
        return found

    @api.model
    def _get_asked(self, rows):
        """The attributes that what people say may be about.

        :param rows: ``mercadolibre.product.attribute``
        :return: dict row → list of :class:`..lib.category.Attribute`
        """
        listings = self.env["sale.channel.listing"].sudo()
        listings = listings.search(
            [
                ("product_id.product_tmpl_id", "in", rows.product_tmpl_id.ids),
                ("channel_id.mercadolibre_site", "in", rows.mapped("site")),
            ]
        )
        asked, places = {}, {}
        for channel, some in listings.grouped("channel_id").items():
            categories = self._get_categories(channel, some)
            wanted = self.env["mercadolibre.category"].union(*categories.values())
            definitions = self.env["mercadolibre.attribute"]._get_definitions(wanted)
            for listing in some:
                template = listing.product_id.product_tmpl_id.id
                key = (channel.mercadolibre_site, template)
                places.setdefault(key, []).append((listing, categories[listing.id].id))
            asked.update(definitions)
        found = {}
        for row in rows:
            there = places.get((row.site, row.product_tmpl_id.id), ())
            ids = {
                category
                for listing, category in there
                if not row.listing_id or row.listing_id == listing
            }
            found[row] = [
                attribute
                for id_ in sorted(ids)
                for attribute, _term in asked.get(id_, ())
                if attribute.id == row.code
            ]
        return found

    @api.model
    def _get_known(self, channel, listings, categories, definitions, contents):
        """dict id of the listing → dict attribute → pairs of source and text."""
        content = self.env["sale.channel.content"]
        products = content._localise(channel, listings.product_id)
        weights = content._read_weights(channel, products)
        names = {product.id: product.name for product in products}
        of_attributes = self._get_values(channel, products, categories, definitions)
        defaults = channel._get_mercadolibre_defaults()
        found = {}
        for listing in listings:
            product, category = listing.product_id.id, categories[listing.id].id
            texts = found[listing.id] = {}
            asked = {one.id: one for one, _term in definitions.get(category, ())}
            base = contents.get(listing.id, {})
            for code, name in form.OWN.items():
                texts[code] = [("odoo", base.get(name) or "")]
            for code, text in of_attributes.get((category, product), {}).items():
                texts.setdefault(code, []).insert(0, ("attribute", text))
            texts.setdefault("MODEL", []).append(("odoo", names[product] or ""))
            for code in WEIGHTS:
                if code in asked and weights[product]:
                    text = convert_weight(asked[code], weights[product])
                    texts.setdefault(code, []).append(("odoo", text))
            for code, ids in defaults.items():
                if code in asked:
                    text = self._pick(asked[code], ids)
                    texts.setdefault(code, []).append(("channel", text))
        return found

    @api.model
    def _pick(self, attribute, text):
        """A default as the attribute takes it: what is the id of a value is one of its
        list, or nothing."""
        if text.isdigit() and attribute.value_type == "number_unit":
            return f"{text} {attribute.default_unit}".strip()
        return "" if text.isdigit() and not find_value(attribute, text) else text

    @api.model
    def _get_values(self, channel, products, categories, definitions):
        """What the attributes of products are there.

        :return: dict ids of a category and a product → dict attribute → text
        """
        attributes = self._get_table(channel, ATTRIBUTE_KIND)
        words = self._get_table(channel, VALUE_KIND)
        chosen = {product.id: self._get_choices(product) for product in products}
        found = {}
        for id_ in {category.id for category in categories.values() if category}:
            asked = [attribute for attribute, term in definitions[id_] if not term]
            codes = {normalise(one.name): one.id for one in reversed(asked)}
            codes |= {normalise(one.id): one.id for one in asked}
            for product in products:
                texts = found[id_, product.id] = {}
                for value in chosen[product.id]:
                    attribute = value.attribute_id
                    code = attributes.get(attribute.id) or codes.get(
                        normalise(attribute.name)
                    )
                    if code:
                        word = words.get(value.id) or value.name
                        texts.setdefault(code, word)
        return found

    @api.model
    def _get_choices(self, product):
        """The values of a variant, and those of attributes that all variants share."""
        values = product.product_template_attribute_value_ids
        chosen = values.product_attribute_value_id
        lines = product.product_tmpl_id.attribute_line_ids
        lines -= values.attribute_line_id
        single = lines.filtered(lambda line: line.active and line.value_count == 1)
        return chosen | single.value_ids

    @api.model
    def _get_table(self, channel, kind):
        """What the de-para says for sending: dict id of the record → value."""
        rows = self.env["sale.channel.mapping"].sudo()
        rows = rows.search_fetch(
            [
                ("channel_id", "=", channel.id),
                ("kind_id.code", "=", kind),
                ("direction", "!=", "in"),
                ("is_mapped", "=", True),
            ],
            ["res_id", "external_value"],
        )
        return {row.res_id: row.external_value for row in rows}

    @api.model
    def _add_size_row(self, channel, lines):
        """The row of the size chart that has the listing's size, unless told."""
        row, grid = lines.get(form.GRID_ROW), lines.get(form.GRID)
        if not row or not grid or row.text or not grid.text:
            return
        charts = self.env["mercadolibre.chart"].sudo()._get_sizes(channel)
        sizes = charts.get(grid.text, {})
        for code in SIZES:
            size = lines.get(code)
            found = size and sizes.get(normalise(tell(size.value)))
            if found:
                lines[form.GRID_ROW] = form.build(row.attribute, [("odoo", found)])
                return

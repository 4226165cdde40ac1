from odoo import api, models

from odoo.addons.channel_base.lib.text import clean

from ..lib.html import clean_html, text_to_html
from ..lib.options import Choice, get_options
from ..lib.traits import SWITCHED
from ..lib.visibility import choose_visibility, join_visibilities
from .sale_channel_image import PICTURES

TITLE_LIMIT = 1000


class SaleChannelContent(models.AbstractModel):
    """What a channel shows of products and listings, see :mod:`..lib.contents`.

    What it asks of the database does not grow with the number of products.

    With ``sudo``: what is sent is the same, whoever lets it be sent.
    """

    _name = "sale.channel.content"
    _description = "Content of Listings"

    @api.model
    def _get_product_contents(self, channel, groups, offered):
        """Of products with variants.

        :param groups: ``sale.channel.product``
        :param offered: the ``sale.channel.listing`` that shall be shown
        :return: dict id of the group → content
        """
        templates = self._localise(channel, groups.product_tmpl_id)
        values = self._get_template_values(channel, templates)
        options = self._get_options(channel, groups)
        sent = self._get_sent_fields(channel)
        shared = groups._get_shared()
        contents = {}
        for group in groups:
            shown = group.listing_ids & offered
            visibility = join_visibilities(shown.mapped("visibility"))
            found = {
                **values[group.product_tmpl_id.id],
                "options": [
                    {"name": name, "values": list(values_)}
                    for name, values_ in options[group.id].names
                ],
                "visibility": self._get_visibility(channel, visibility),
            }
            kept = {name for one in group.listing_ids for name in one.kept_fields or ()}
            if group in shared:
                kept.add("options")
            contents[group.id] = self._reduce(channel, found, sent - kept)
        return contents

    @api.model
    def _get_listing_contents(self, channel, listings, offered):
        """Of listings of products.

        :param listings: ``sale.channel.listing``
        :param offered: those of them that shall be shown
        :return: dict id of the listing → content
        """
        grouped = channel._get_catalog_traits().grouped
        products = self._localise(channel, listings.product_id)
        sent = self._get_sent_fields(channel)
        names = sent - {"options"}
        if grouped:
            # Of these the product has those of all its variants.
            names -= {"description", "brand", "category"}
        values = self._get_values(channel, products, names)
        groups = listings.channel_product_id
        options, shared = self._get_options(channel, groups), groups._get_shared()
        contents = {}
        for listing in listings:
            visibility = listing.visibility if listing in offered else "hidden"
            found = {
                **values[listing.product_id.id],
                "visibility": self._get_visibility(channel, visibility),
            }
            if grouped:
                group = listing.channel_product_id.id
                chosen = options[group].variants.get(listing.product_id.id, {})
                found["product"] = group
                found["options"] = dict(chosen)
            kept = {"options"} if listing.channel_product_id in shared else set()
            contents[listing.id] = self._reduce(channel, found, sent - kept)
        channel._get_provider()._complete_listing_contents(channel, listings, contents)
        for listing in listings:
            # What nobody sends for it, whoever has added it
            for name in listing.kept_fields or ():
                contents[listing.id].pop(name, None)
        return contents

    @api.model
    def _get_sent_fields(self, channel):
        """Fields of contents that the provider takes and the seller has switched on."""
        traits = channel._get_catalog_traits()
        sent = {"sku", "product", "options", "visibility"}
        for switch in traits.fields:
            if channel[f"send_{switch}"]:
                sent.update(SWITCHED.get(switch, (switch,)))
        return sent

    @api.model
    def _reduce(self, channel, values, sent):
        """A content with what is sent; what is demanded and empty stays as it is."""
        required = channel._get_catalog_traits().required
        return {
            name: value
            for name, value in values.items()
            if name in sent and (value or name not in required)
        }

    @api.model
    def _get_visibility(self, channel, visibility):
        return choose_visibility(visibility, channel._get_catalog_traits().visibilities)

    @api.model
    def _localise(self, channel, records):
        """Records in the company and language of the channel."""
        records = records.sudo().with_company(channel.company_id)
        lang = channel._get_catalog_lang()
        return records.with_context(lang=lang, active_test=False)

    @api.model
    def _get_values(self, channel, products, names):
        """Values of variants as a listing without group has them.

        :param products: ``product.product``
        :param names: fields of contents
        :return: dict id of the product → field → value; empty is None
        """
        products = self._localise(channel, products)
        grouped = channel._get_catalog_traits().grouped
        readers = {
            "title": self._read_variant_titles if grouped else self._read_titles,
            "family": self._read_families,
            "sku": lambda _channel, some: {p.id: p.default_code for p in some},
            "barcode": lambda _channel, some: {p.id: p.barcode for p in some},
            "weight": self._read_weights,
            "brand": self._read_brands,
            "description": self._read_descriptions,
            "category": self._read_categories,
            "images": self._read_variant_images if grouped else self._read_images,
        }
        values = {product.id: {} for product in products}
        for name in names:
            if reader := readers.get(name):
                for product, value in reader(channel, products).items():
                    values[product][name] = value or None
        return values

    @api.model
    def _get_template_values(self, channel, templates):
        """Values of products with variants: dict id → field → value."""
        readers = {
            "title": lambda _channel, some: {
                template.id: clean(template.name, TITLE_LIMIT) for template in some
            },
            "weight": self._read_weights,
            "brand": self._read_brands,
            "description": self._read_descriptions,
            "category": self._read_categories,
            "images": self._read_template_images,
        }
        values = {template.id: {} for template in templates}
        for name in readers.keys() & self._get_sent_fields(channel):
            for template, value in readers[name](channel, templates).items():
                values[template][name] = value or None
        return values

    @api.model
    def _read_titles(self, _channel, products):
        """The product's name and what tells the variant apart."""
        found = {}
        for product in products:
            name = clean(product.name, TITLE_LIMIT)
            values = product.product_template_attribute_value_ids
            variant = clean(values._get_combination_name(), TITLE_LIMIT)
            found[product.id] = f"{name} ({variant})" if variant else name
        return found

    @api.model
    def _read_families(self, _channel, products):
        """What all variants of a product are called."""
        return {product.id: clean(product.name, TITLE_LIMIT) for product in products}

    @api.model
    def _read_variant_titles(self, _channel, products):
        """What tells a variant apart in its product."""
        found = {}
        for product in products:
            values = product.product_template_attribute_value_ids
            variant = clean(values._get_combination_name(), TITLE_LIMIT)
            found[product.id] = variant or clean(product.name, TITLE_LIMIT)
        return found

    @api.model
    def _read_weights(self, _channel, records):
        """In kilograms; nothing is said of what weighs nothing."""
        unit = self.env[
            "product.template"
        ]._get_weight_uom_id_from_ir_config_parameter()
        kilogram = self.env.ref("uom.product_uom_kgm")
        return {
            record.id: round(unit._compute_quantity(record.weight, kilogram, False), 4)
            for record in records
        }

    @api.model
    def _read_brands(self, _channel, records):
        return {r.id: clean(r.product_brand_id.name) for r in records}

    @api.model
    def _read_descriptions(self, _channel, records):
        """The shop's description, or else the one for quotations."""
        rich = "description_ecommerce" in records._fields
        found = {}
        for record in records:
            text = clean_html(record.description_ecommerce) if rich else ""
            found[record.id] = text or text_to_html(record.description_sale)
        return found

    @api.model
    def _read_categories(self, channel, records):
        """What the channel calls the category, or the nearest one above it."""
        mappings = self.env["sale.channel.mapping"].sudo()
        mappings = mappings.search_fetch(
            [
                ("channel_id", "=", channel.id),
                ("kind_id.code", "=", "category"),
                ("direction", "!=", "in"),
                ("is_mapped", "=", True),
            ],
            ["res_id", "external_value"],
        )
        known = {mapping.res_id: mapping.external_value for mapping in mappings}
        found = {}
        for record in records:
            path = (record.categ_id.parent_path or "").split("/")
            above = [int(id_) for id_ in reversed(path) if id_]
            found[record.id] = next((known[id_] for id_ in above if id_ in known), None)
        return found

    @api.model
    def _read_images(self, channel, products):
        """The variant's own picture or else the product's, then the others."""
        own = self._read_variant_images(channel, products)
        general = self._read_template_images(channel, products.product_tmpl_id)
        main = self._get_checksums("product.template", products.product_tmpl_id.ids)
        found = {}
        for product in products:
            template = product.product_tmpl_id.id
            shared = list(general[template])
            if own[product.id]:
                # It stands in the place of the product's.
                shared = [c for c in shared if c not in main.get(template, ())]
            found[product.id] = list(dict.fromkeys(own[product.id] + shared))
        return found

    @api.model
    def _read_variant_images(self, _channel, products):
        own = self._get_checksums("product.product", products.ids)
        more = self._get_more_images("product_variant_id", products)
        return {p.id: own.get(p.id, []) + more.get(p.id, []) for p in products}

    @api.model
    def _read_template_images(self, _channel, templates):
        main = self._get_checksums("product.template", templates.ids)
        more = self._get_more_images("product_tmpl_id", templates)
        return {
            t.id: list(dict.fromkeys(main.get(t.id, []) + more.get(t.id, [])))
            for t in templates
        }

    @api.model
    def _get_more_images(self, link, records):
        """Pictures of the web shop, if that is installed: dict id → checksums."""
        images = self.env.get("product.image")
        if images is None:
            return {}
        images = images.sudo().search_fetch([(link, "in", records.ids)], [link])
        checksums = self._get_checksums("product.image", images.ids)
        found = {}
        for image in images:
            found.setdefault(image[link].id, []).extend(checksums.get(image.id, []))
        return found

    @api.model
    def _get_checksums(self, model, ids):
        """Of the pictures in the field of a model: dict id → list of one checksum."""
        attachments = self.env["ir.attachment"].sudo()
        attachments = attachments.search_fetch(
            [
                ("res_model", "=", model),
                ("res_field", "=", PICTURES[model]),
                ("res_id", "in", ids),
            ],
            ["res_id", "checksum"],
        )
        return {one.res_id: [one.checksum] for one in attachments if one.checksum}

    @api.model
    def _get_options(self, channel, groups):
        """What tells the variants of products apart that are on the channel.

        :param groups: ``sale.channel.product``
        :return: dict id of the group → ``lib.options.Options``, by id of the variant
        """
        products = self._localise(channel, groups.listing_ids.product_id)
        lines = products.product_tmpl_id.attribute_line_ids
        varying = {}
        for line in lines:
            if line.active and line.value_count > 1:
                template = line.product_tmpl_id.id
                varying.setdefault(template, set()).add(line.attribute_id.id)
        choices = {
            product.id: [
                Choice(
                    value.attribute_id.id,
                    clean(value.attribute_id.name),
                    value.product_attribute_value_id.id,
                    clean(value.name),
                    (
                        value.attribute_id.sequence,
                        value.attribute_id.id,
                        value.product_attribute_value_id.sequence,
                    ),
                )
                for value in product.product_template_attribute_value_ids
            ]
            for product in products
        }
        return {
            group.id: get_options(
                {id_: choices[id_] for id_ in group.listing_ids.product_id.ids},
                varying.get(group.product_tmpl_id.id, ()),
            )
            for group in groups
        }

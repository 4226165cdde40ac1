from odoo import api, models
from odoo.tools.mail import html_to_inner_content

from odoo.addons.channel_base.lib.errors import Rejected, split_reason

from ..lib.contents import LISTINGS
from ..tools.images import ChannelImages
from .sale_channel_catalog import LABELS


class SaleChannelListingContent(models.Model):
    """What a channel shall show of products and listings.

    With ``sudo``: what the channel answered is noted where only the server writes.
    """

    _name = "sale.channel.listing.content"
    _inherit = "sale.channel.outgoing.mixin"
    _description = "What a channel shall show of products and listings"

    _outgoing_family = LISTINGS
    _outgoing_flow = "listings_out"
    _outgoing_planner = "sale.channel.listing.content.planner"

    @api.model
    def _selection_kind(self):
        return [
            ("product", self.env._("Product")),
            ("listing", self.env._("Listing")),
        ]

    @api.model
    def _get_services(self, channel):
        traits = channel._get_catalog_traits()
        if traits is None:
            return ()
        return ("product", "listing") if traits.grouped else ("listing",)

    @api.model
    def _get_writer(self, channel):
        return channel._get_provider()._get_listing_writer(
            channel, self._get_images(channel)
        )

    @api.model
    def _get_images(self, channel):
        """The channel's :class:`..lib.images.ImageStore`."""
        return ChannelImages(self.env.registry, channel.id)

    @api.model
    def _get_external_ids(self, channel, named):
        """Products that were linked have an id before, and without, a row."""
        groups = self.env["sale.channel.product"].sudo()
        groups = groups.search_fetch(
            [
                ("channel_id", "=", channel.id),
                ("id", "in", [id_ for kind, id_ in named if kind == "product"]),
                ("external_id", "!=", False),
            ],
            ["external_id"],
        )
        linked = {("product", group.id): group.external_id for group in groups}
        return {**super()._get_external_ids(channel, named), **linked}

    @api.model
    def _get_taken_over(self, channel):
        traits = channel._get_catalog_traits()
        return traits.taken_over if traits else ()

    def _take_over(self, values):
        result = super()._take_over(values)
        listing = self.env[self._get_kind().model].sudo().browse(self.res_id).exists()
        if "visibility" in values and "visibility" in listing._fields:
            listing.visibility = values["visibility"]
        return result

    def _store_sent(self, content, external_id, details=None):
        record = self.env[self._get_kind().model].sudo().browse(self.res_id).exists()
        if record and content is not None:
            places = self.env["sale.channel.listing.place"]
            other = places._find_other(record, external_id)
            if other:
                # Two records of one id would never again be told apart.
                self._mark_failed(Rejected("catalog_id_taken", name=other.display_name))
                return
            record._note_there(external_id, details or {})
        super()._store_sent(content, external_id, details)

    @api.model
    def _try_unpriced(self, channels):
        """Look again at the listings of :meth:`_find_unpriced`."""
        listings = self._find_unpriced(channels).mapped("res_id")
        changes = {("sale.channel.listing", id_) for id_ in listings}
        self.env["sale.channel.change"]._add(changes)

    @api.model
    def _find_unpriced(self, channels):
        """Rows of listings that were not made because nobody knew what they cost."""
        return self.search(
            [
                ("channel_id", "in", channels.ids),
                ("kind", "=", "listing"),
                ("sync_state", "=", "error"),
                # The codes of ``lib.price.Problem``
                ("error_code", "=like", "price%"),
                ("external_id", "=", False),
            ]
        )

    def _retry(self):
        """What a price waits for is asked for as well."""
        listings = self.env["sale.channel.listing"].browse(
            self.filtered(lambda row: row.kind == "listing").mapped("res_id")
        )
        self.env["sale.channel.fee"].sudo()._ask_failed(listings)
        return super()._retry()

    @api.model
    def _get_dry_run_action(self, kind, action, before, after):
        shown = before and before.get("visibility") != "hidden"
        if shown and after.get("visibility") == "hidden":
            return "hide"
        return super()._get_dry_run_action(kind, action, before, after)

    @api.model
    def _describe(self, kind, content, names):
        if content and content.get("visibility"):
            shown = self._tell("visibility", content["visibility"])
            content = {**content, "visibility": shown}
        return super()._describe(kind, content, names)

    @api.model
    def _format_value(self, kind, key, value):
        if key == "visibility" and value:
            return self._tell(key, value)
        if key == "images" and isinstance(value, str):
            # The beginning tells one checksum from another.
            return value[:8]
        return super()._format_value(kind, key, value)

    @api.model
    def _get_compared(self, kind, before, after):
        """Of the many fields of a listing, those that differ."""
        if not (before and after):
            return before, after
        differing = [
            name for name in {**after, **before} if before.get(name) != after.get(name)
        ]
        return tuple(
            {name: self._format_value(kind, name, one.get(name)) for name in differing}
            for one in (before, after)
        )

    @api.model
    def _get_label(self, kind, key):
        catalog = self.env["sale.channel.catalog"]
        label = catalog._get_label(key)
        return label if label != key else super()._get_label(kind, key)

    def _get_table(self):
        """What is shown, field by field, with what the channel refused of it.

        :return: HTML
        """
        self.ensure_one()
        translator = self.env["sale.channel.outgoing.translator"]
        wanted = translator._get_contents(self).get(self.id) or {}
        seen = self.seen or {}
        catalog = self.env["sale.channel.catalog"]
        problems = self._get_field_problems()
        # JSON keeps no order, the labels do.
        shown = {*wanted, *seen}
        names = [name for name in LABELS if name in shown]
        names += [name for name in problems if name and name not in names]
        lines = [
            {
                "label": catalog._get_label(name),
                "wanted": self._tell(name, wanted.get(name)),
                "seen": self._tell(name, seen.get(name)),
                "problem": problems.get(name, False),
            }
            for name in names
        ]
        return self.env["ir.qweb"]._render(
            "channel_catalog.content_table",
            {"lines": lines, "problem": problems.get("")},
        )

    def _get_field_problems(self):
        """What was refused: dict field → text; that of no field is under ``""``."""
        texts, found = self.env["sale.channel.text"], {}
        if len(split_reason(self.error_code, self.error_params)) < 2:
            field = (self.error_params or {}).get("field") or ""
            problem = texts._explain(self)
            return {field: problem} if problem else {}
        for code, params in split_reason(self.error_code, self.error_params):
            sentence = texts._format(code, params)
            found.setdefault(params.get("field") or "", []).append(sentence)
        return {field: " ".join(sentences) for field, sentences in found.items()}

    @api.model
    def _tell(self, name, value):
        """A value of a content in words."""
        if value in (None, False, "", [], {}):
            return ""
        if name == "description":
            return html_to_inner_content(value)
        if name == "visibility":
            field = self.env["sale.channel.listing"]._fields[name]
            return dict(field._description_selection(self.env)).get(value, value)
        if name == "images":
            return str(len(value))
        if isinstance(value, list):
            # The options of a product
            value = {one["name"]: " / ".join(one["values"]) for one in value}
        if isinstance(value, dict):
            return ", ".join(f"{key}: {one}" for key, one in value.items())
        return str(value)

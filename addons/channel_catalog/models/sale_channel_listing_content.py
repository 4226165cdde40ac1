from odoo import api, models
from odoo.tools.mail import html_to_inner_content

from odoo.addons.channel_base.lib.errors import Rejected

from ..lib.contents import LISTINGS
from ..tools.images import ChannelImages
from .sale_channel_catalog import LABELS


class SaleChannelListingContent(models.Model):
    """What a channel shall show of products and listings."""

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

    def _store_sent(self, content, external_id, details=None):
        record = self.env[self._get_kind().model].sudo().browse(self.res_id).exists()
        if record and content is not None:
            other = record._find_other(external_id)
            if other:
                # Two records of one id would never again be told apart.
                self._mark_failed(Rejected("catalog_id_taken", name=other.display_name))
                return
            record._note_there(external_id, details or {})
        super()._store_sent(content, external_id, details)

    # For people

    @api.model
    def _get_dry_run_action(self, kind, action, before, after):
        shown = before and before.get("visibility") != "hidden"
        if shown and after.get("visibility") == "hidden":
            return "hide"
        return super()._get_dry_run_action(kind, action, before, after)

    @api.model
    def _format_value(self, kind, key, value):
        if key == "images" and isinstance(value, str):
            # The beginning tells one checksum from another.
            return value[:8]
        return super()._format_value(kind, key, value)

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
        wanted = self._get_contents().get(self.id) or {}
        seen = self.seen or {}
        catalog = self.env["sale.channel.catalog"]
        refused = (self.error_params or {}).get("field")
        problem = self.env["sale.channel.text"]._explain(self)
        # JSON keeps no order, the labels do.
        names = [name for name in LABELS if name in wanted or name in seen]
        lines = [
            {
                "label": catalog._get_label(name),
                "wanted": self._tell(name, wanted.get(name)),
                "seen": self._tell(name, seen.get(name)),
                "problem": problem if name == refused else False,
            }
            for name in (names if refused in {*names, None} else [*names, refused])
        ]
        return self.env["ir.qweb"]._render(
            "channel_catalog.content_table",
            {"lines": lines, "problem": not refused and problem},
        )

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

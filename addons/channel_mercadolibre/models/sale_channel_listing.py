from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.channel_base.tools.client import notification, telling
from odoo.addons.channel_catalog.lib.price import Problem

from ..lib import form
from ..lib.attributes import tell
from ..lib.item import CLOSED, split_status
from ..lib.items import split_place


class SaleChannelListing(models.Model):
    """With ``sudo``: listings of one item go together, also those that the user does
    not see."""

    _inherit = "sale.channel.listing"

    mercadolibre_site = fields.Selection(related="channel_id.mercadolibre_site")
    mercadolibre_category_id = fields.Many2one(
        "mercadolibre.category",
        "Category on MercadoLibre",
        index="btree_not_null",
        ondelete="restrict",
        help="Empty: what the de-para says for the product's category.",
    )
    mercadolibre_closing = fields.Boolean(
        "Closed in Odoo",
        copy=False,
        readonly=True,
        guard="server",
        help="Somebody has closed it: it ends on MercadoLibre for good.",
    )
    mercadolibre_table = fields.Html(
        "Attributes on MercadoLibre",
        compute="_compute_mercadolibre_table",
        sanitize=False,
    )

    @api.depends("mercadolibre_category_id", "product_id", "channel_id")
    @api.depends_context("lang")
    def _compute_mercadolibre_table(self):
        self.mercadolibre_table = False
        listings = self.filtered(
            lambda listing: listing.mercadolibre_site and listing.product_id
        )
        for channel, some in listings.grouped("channel_id").items():
            service = self.env["mercadolibre.attributes"]
            # A form that is not saved yet has the ids of what it shows.
            categories = service._get_categories(channel, some)
            lines = service._get_lines(channel, some, categories=categories)
            for listing in some:
                listing.mercadolibre_table = listing._render_mercadolibre_table(
                    categories[listing.id], lines[listing.id]
                )

    def _render_mercadolibre_table(self, category, lines):
        texts = self.env["sale.channel.text"]
        sources = self._get_mercadolibre_sources()
        charts = self.env["mercadolibre.chart"]._get_names(self.channel_id)
        lacking = form.get_lacking(lines)
        rows = [
            {
                "name": line.attribute.name,
                "required": line.attribute.requirement == "required",
                "conditional": line.attribute.requirement == "conditional",
                "value": (line.attribute.id == form.GRID and charts.get(line.text))
                or tell(line.value)
                or line.text,
                "source": sources.get(line.source, ""),
                "lacks": line.attribute.name in lacking,
                "problem": line.problem
                and texts._format(line.problem.code, line.problem.params),
            }
            for line in lines.values()
            if line.value or line.problem or form.is_asked(line.attribute)
        ]
        return self.env["ir.qweb"]._render(
            "channel_mercadolibre.attributes_table",
            {
                "category": category,
                "rows": rows,
                "hidden": len(lines) - len(rows),
                "lacking": ", ".join(lacking),
            },
        )

    @api.model
    def _get_mercadolibre_sources(self):
        """Who says a value, for people."""
        return {
            "listing": self.env._("This listing"),
            "variant": self.env._("The variant"),
            "product": self.env._("The product"),
            "attribute": self.env._("Odoo: attribute"),
            "odoo": self.env._("Odoo"),
            "channel": self.env._("The channel's default"),
        }

    @api.constrains("mercadolibre_category_id", "channel_id")
    def _check_mercadolibre_category(self):
        for listing in self:
            category = listing.mercadolibre_category_id
            site = listing.channel_id.mercadolibre_site
            if category and not (site and category.code.startswith(site)):
                raise ValidationError(
                    self.env._(
                        "The category %(category)s is of another site.",
                        category=category.path,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        listings = super().create(vals_list)
        lacking = listings.sudo().filtered(
            lambda listing: (
                listing.mercadolibre_site
                and listing.product_id
                and not listing.mercadolibre_category_id
            )
        )
        for channel, some in lacking.grouped("channel_id").items():
            some._follow_siblings(channel)
        return listings

    def _follow_siblings(self, channel):
        """A new variant comes where somebody put the others of its product."""
        known = self.sudo().search(
            [
                ("channel_id", "=", channel.id),
                ("mercadolibre_category_id", "!=", False),
                (
                    "product_id.product_tmpl_id",
                    "in",
                    self.product_id.product_tmpl_id.ids,
                ),
            ]
        )
        chosen = {
            listing.product_id.product_tmpl_id: listing.mercadolibre_category_id
            for listing in reversed(known)
        }
        for listing in self:
            category = chosen.get(listing.product_id.product_tmpl_id)
            if category:
                listing.mercadolibre_category_id = category

    def write(self, vals):
        result = super().write(vals)
        if "mercadolibre_closing" in vals:
            self.env["sale.channel.change"]._add(self._get_changes())
        if "mercadolibre_category_id" in vals:
            # A user product is in one category.
            others = (
                self.sudo()
                ._get_mercadolibre_twins()
                .filtered(
                    lambda one: (
                        one.mercadolibre_category_id.id
                        != vals["mercadolibre_category_id"]
                    )
                )
            )
            others.mercadolibre_category_id = vals["mercadolibre_category_id"]
            self.env["sale.channel.change"]._add(self._get_changes())
            self.channel_id._request_mercadolibre_categories()
        return result

    def _get_mercadolibre_twins(self):
        """Those that are the same user product on MercadoLibre as one of these, which
        are not among them."""
        ours = self.filtered(
            lambda one: one.product_id and one.channel_id.mercadolibre_user_products
        )
        twins = self.browse()
        for channel, some in ours.grouped("channel_id").items():
            twins |= self.search(
                [
                    ("channel_id", "=", channel.id),
                    ("product_id", "in", some.product_id.ids),
                    ("id", "not in", self.ids),
                ]
            )
        return twins

    def _note_there(self, external_id, details):
        result = super()._note_there(external_id, details)
        ended = split_status(self.channel_status or "")[0] == CLOSED
        if self.mercadolibre_closing and ended and not self.missing_since:
            self.missing_since = fields.Datetime.now()
        return result

    def action_mercadolibre_close(self):
        """Have listings end on MercadoLibre for good, with the next sending.

        :raises AccessError: the user may not see them, or is no channel user
        :raises UserError: one cannot be closed
        """
        self.check_access("read")
        if not self.env.user.has_group("channel_base.group_channel_user"):
            raise AccessError(self.env._("Only channel users close listings."))
        self._get_mercadolibre_channel()
        for listing in self:
            if reason := listing._find_closing_obstacle():
                raise UserError(
                    self.env._(
                        "%(listing)s: %(reason)s",
                        listing=listing.display_name,
                        reason=reason,
                    )
                )
        self.sudo().mercadolibre_closing = True

    def _find_closing_obstacle(self):
        """Why a listing cannot be closed, for people; None if it can."""
        if not self.external_id or self.missing_since:
            return self.env._("MercadoLibre does not have it.")
        if not self.approved:
            return self.env._("Nothing is sent to it before it is approved.")
        if not self.product_id or split_place(self.external_id)[1]:
            return self.env._(
                "It is one of several that MercadoLibre can only close together. Hide "
                "it instead."
            )
        return None

    def _get_mercadolibre_channel(self):
        """The account that all of these are of.

        :raises UserError: they are of several, or of none
        """
        channel = self.channel_id
        if len(channel) != 1 or not channel.mercadolibre_site:
            raise UserError(
                self.env._("Choose listings of one account of MercadoLibre.")
            )
        return channel

    def action_mercadolibre_attributes(self):
        """Fill in what the category asks for."""
        self.check_access("write")
        return self.env["mercadolibre.form"]._open(self)

    def action_mercadolibre_check(self):
        """Ask MercadoLibre whether it would take the listing; nothing is published.

        :raises UserError: what lacks in Odoo, or why MercadoLibre would refuse it
        """
        self.ensure_one()
        self.check_access("write")
        channel = self._get_mercadolibre_channel()
        if self.external_id:
            raise UserError(
                self.env._(
                    "It is there already: what is wrong is told when it is sent."
                )
            )
        contents = self.env["sale.channel.content"]._get_listing_contents(
            channel, self, self.browse()
        )
        texts = self.env["sale.channel.text"]
        provider = channel._get_provider()
        refused = provider._check_listing_contents(channel, self, contents)
        if self.id in refused:
            raise UserError(texts._format(*refused[self.id]))
        price = self.env["sale.channel.price"]._get_prices(channel, self)[self]
        if isinstance(price, Problem):
            raise UserError(texts._format(price.code, dict(price.params)))
        images = self.env["sale.channel.listing.content"]._get_images(channel)
        with telling(self.env):
            writer = provider._get_listing_writer(channel, images)
            writer.check(contents[self.id], price.amount, price.currency)
        return notification(
            self.env._("MercadoLibre would take the listing."), "success"
        )

    def action_mercadolibre_category(self):
        """Ask MercadoLibre which categories fit, and choose."""
        self.check_access("write")
        return self.env["mercadolibre.suggestion"]._open_listings(self)

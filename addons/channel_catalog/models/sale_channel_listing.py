from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import float_compare

from .sale_channel_listing_report import FAMILIES

VISIBILITIES = [
    ("visible", "Catalogue and search"),
    ("catalog", "Catalogue"),
    ("search", "Search"),
    ("hidden", "Hidden"),
]


class SaleChannelListing(models.Model):
    """A product variant on a channel.

    One product may have several: of other listing types, or in packs.
    """

    _name = "sale.channel.listing"
    _inherit = [
        "sale.channel.listing.status",
        "sale.channel.listing.pricing",
        "sale.channel.change.mixin",
        "field.guard.mixin",
    ]
    _description = "Listing on a Sales Channel"
    _order = "channel_id, product_id, id"
    _rec_name = "product_id"

    _change_fields = {
        "product_id",
        "quantity",
        "listing_type",
        "channel_product_id",
        "external_id",
        "external_stock_id",
        "visibility",
        "approved",
        "missing_since",
        "kept_fields",
        "stock_kept",
        "own_freight",
        "freight",
    }

    channel_id = fields.Many2one(
        "sale.channel", required=True, index=True, ondelete="cascade", guard="once"
    )
    company_id = fields.Many2one(
        related="channel_id.company_id", store=True, guard="server"
    )
    product_id = fields.Many2one(
        "product.product",
        index=True,
        ondelete="restrict",
        guard="once",
        domain="[('company_id', 'in', [False, company_id])]",
        help="What is sold; of a kit its components say that.",
    )
    component_ids = fields.One2many(
        "sale.channel.listing.component",
        "listing_id",
        "Components",
        help="What one piece of the listing holds, if that is several products.",
    )
    product_tmpl_id = fields.Many2one(related="product_id.product_tmpl_id")
    quantity = fields.Float(
        "Units",
        default=1,
        required=True,
        digits="Product Unit",
        help="How many units of the product one piece of the listing is.",
    )
    listing_type = fields.Char(
        required=True,
        compute="_compute_listing_type",
        store=True,
        readonly=False,
        precompute=True,
        help="As the channel calls it, if it has several.",
    )
    listing_type_name = fields.Char(
        "Type", compute="_compute_listing_type_name", help="Of what type it is there."
    )
    channel_product_id = fields.Many2one(
        "sale.channel.product",
        "Product There",
        index="btree_not_null",
        guard="server",
        ondelete="restrict",
    )
    external_id = fields.Char("External ID", copy=False, guard="server")
    external_stock_id = fields.Char(
        "External ID of Stock",
        copy=False,
        guard="server",
        help="What stock is written to, if that is another record of the channel.",
    )
    former_external_ids = fields.Json(copy=False, guard="server")
    url_id = fields.Char("ID of the Page", copy=False, guard="server")
    page_url = fields.Char("Page on the Channel", compute="_compute_page_url")
    provider_name = fields.Char(related="channel_id.provider_name")
    visibility = fields.Selection(
        VISIBILITIES,
        default="hidden",
        required=True,
        help="Where buyers find it while Odoo offers the product there. New listings "
        "arrive hidden.",
    )
    channel_status = fields.Char("Status There", copy=False, guard="server")
    origin = fields.Selection(
        [("created", "Created by Odoo"), ("linked", "Was there")],
        default="created",
        required=True,
        guard="server",
    )
    missing_since = fields.Datetime(
        "Not There Since",
        copy=False,
        readonly=True,
        guard="server",
        help="It was not among the channel's listings when they were last read: "
        "nothing is sent to it.",
    )
    kept_fields = fields.Json(
        copy=False,
        guard="server",
        help="What of the content stays as it is there.",
    )
    stock_kept = fields.Boolean(
        "Stock Kept There",
        copy=False,
        guard="server",
        help="The channel keeps the goods in its own warehouse: its stock is read, "
        "never written.",
    )
    stock_there = fields.Float(
        digits="Product Unit",
        copy=False,
        guard="server",
        help="What the channel had in its own warehouse when it was last read.",
    )
    stock_there_at = fields.Datetime(
        "Stock Told", compute="_compute_stock_there_at", store=True, guard="server"
    )
    stock_counted = fields.Float(
        "Counted in Odoo",
        digits="Product Unit",
        copy=False,
        guard="server",
        help="What of it Odoo's warehouse was last told.",
    )
    stock_uncounted = fields.Boolean(
        compute="_compute_stock_uncounted", store=True, guard="server"
    )
    approved = fields.Boolean(
        "Odoo Wins",
        default=True,
        help="What Odoo has may overwrite what was on the channel before.",
    )
    offered = fields.Boolean(
        compute="_compute_offered",
        help="Nobody decided against the product on this channel. Otherwise its "
        "listing is hidden and has no stock.",
    )
    margin_ids = fields.One2many(
        "sale.channel.listing.margin", "listing_id", "Margins", readonly=True
    )

    _external_uniq = models.UniqueIndex(
        "(channel_id, external_id) WHERE external_id IS NOT NULL",
        "This listing of the channel is linked already.",
    )
    _product_uniq = models.Constraint(
        "UNIQUE (channel_id, product_id, quantity, listing_type, number)",
        "The product has such a listing on the channel already.",
    )
    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "A listing is at least a part of a unit."
    )
    _uncounted_idx = models.Index("(channel_id) WHERE stock_uncounted")

    _former_idx = models.Index(
        "USING gin (former_external_ids) WHERE former_external_ids IS NOT NULL"
    )

    @api.depends("product_id", "quantity", "component_ids.product_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for listing in self:
            held = listing._get_components()
            listing.display_name = " + ".join(
                product.display_name
                if units == 1
                else f"{units:g} × {product.display_name}"
                for product, units in held
            )

    @api.depends("channel_id")
    def _compute_listing_type(self):
        for channel, listings in self.grouped("channel_id").items():
            sells = channel and channel._get_catalog_traits()
            listings.listing_type = sells and channel._get_published_types()[0] or ""

    @api.depends("channel_id", "listing_type")
    @api.depends_context("lang")
    def _compute_listing_type_name(self):
        for channel, listings in self.grouped("channel_id").items():
            names = channel and channel._get_provider()._get_listing_type_names(channel)
            for listing in listings:
                code = listing.listing_type
                listing.listing_type_name = (names or {}).get(code) or code

    @api.depends("channel_id", "product_id", "quantity", "component_ids")
    @api.depends_context("lang")
    def _compute_prices(self):
        there = self.env["sale.channel.listing.price"]._get_there(self)
        for channel, listings in self.grouped("channel_id").items():
            told = self.env["sale.channel.charge"]._tell(channel, listings)
            for listing in listings:
                listing.price_there = there.get(listing.id)
                listing.update(told[listing])

    @api.constrains("product_id", "component_ids", "channel_id")
    def _check_components(self):
        """It sells a product or several, of the channel's company or of all."""
        for listing in self:
            if bool(listing.product_id) == bool(listing.component_ids):
                raise ValidationError(
                    self.env._("A listing sells one product, or is a kit of several.")
                )
            sold = listing.product_id | listing.component_ids.product_id
            company = listing.channel_id.company_id
            if sold.company_id - company:
                # Without names: whoever writes need not be allowed to see them.
                raise ValidationError(
                    self.env._(
                        "The product belongs to another company than the channel."
                    )
                )

    @api.constrains("channel_id", "listing_type")
    def _check_listing_type(self):
        for listing in self:
            traits = listing.channel_id._get_catalog_traits()
            if traits is None:
                raise ValidationError(
                    self.env._(
                        "%(channel)s has no catalogue.", channel=listing.channel_id.name
                    )
                )
            # What was there before may have a type of former times.
            if listing.origin == "created" and (
                listing.listing_type not in traits.listing_types
            ):
                raise ValidationError(
                    self.env._(
                        "The channel has no such type of listings: %(type)s",
                        type=listing.listing_type or "-",
                    )
                )

    # Life

    @api.model_create_multi
    def create(self, vals_list):
        listings = super().create(vals_list)
        for channel, made in listings.sudo().grouped("channel_id").items():
            traits = channel._get_catalog_traits()
            lacking = made.filtered(
                lambda listing: listing.product_id and not listing.channel_product_id
            )
            if not traits or not traits.grouped or not lacking:
                continue
            groups = self.env["sale.channel.product"]._ensure(
                channel, lacking.product_tmpl_id
            )
            for listing in lacking:
                listing.channel_product_id = groups[listing.product_tmpl_id.id]
        return listings

    @api.ondelete(at_uninstall=False)
    def _unlink_except_there(self):
        """What Odoo made there would be made again, and nobody would know the first."""
        made = self.sudo().filtered(
            lambda listing: listing.origin == "created" and not listing.missing_since
        )
        there = made.filtered("external_id") | self.env[
            "sale.channel.catalog"
        ]._get_in_flight(made)
        if there:
            raise UserError(
                self.env._(
                    "%(listings)s: on the channel already. Hide it, or say on the "
                    "product that it is not shown.",
                    listings=", ".join(there[:5].mapped("display_name")),
                )
            )

    # What goes out

    def _get_offered(self):
        """Those that shall be shown and have stock, as far as people decided."""
        catalog, gone = self.env["sale.channel.catalog"], set()
        listings = self.sudo()
        for channel, some in listings.grouped("channel_id").items():
            if not channel:
                # A form that is not filled in yet
                continue
            products = catalog._get_withdrawn(channel, some.product_id)
            gone.update((channel.id, product.id) for product in products)
        return listings.filtered(
            lambda listing: (
                (listing.channel_id.id, listing.product_id.id) not in gone
                and (
                    listing.product_id
                    or all(listing.component_ids.product_id.mapped("active"))
                )
            )
        ).with_env(self.env)

    @api.depends("product_id", "channel_id")
    def _compute_offered(self):
        offered = self._get_offered()
        for listing in self:
            listing.offered = listing in offered

    # What orders name

    def _get_components(self):
        """What one piece of the listing holds.

        :return: list of pairs of a product and its units; empty for a kit whose
            components were all removed
        """
        self.ensure_one()
        if self.product_id:
            return [(self.product_id, self.quantity)]
        return [(part.product_id, part.quantity) for part in self.component_ids]

    @api.depends("stock_there")
    def _compute_stock_there_at(self):
        self.stock_there_at = fields.Datetime.now()

    @api.depends("stock_there", "stock_counted")
    def _compute_stock_uncounted(self):
        for listing in self:
            there, counted = listing.stock_there, listing.stock_counted
            listing.stock_uncounted = float_compare(there, counted, 6) != 0

    # Buttons

    @api.depends("channel_id", "external_id", "url_id")
    def _compute_page_url(self):
        for listing in self:
            provider = listing.channel_id._get_provider()
            listing.page_url = bool(listing.external_id and listing.channel_id) and (
                provider._get_listing_url(listing.channel_id, listing)
            )

    def action_view_on_channel(self):
        """Open the listing's page on the channel.

        :raises UserError: there is none
        """
        self.ensure_one()
        if not self.page_url:
            raise UserError(self.env._("The channel has no page of this listing."))
        return {"type": "ir.actions.act_url", "url": self.page_url, "target": "new"}

    def action_compare(self):
        """Show what differs between listings that were there and Odoo, and choose what
        counts."""
        self.check_access("write")
        return self.env["sale.channel.listing.difference"]._open(self)

    def action_approve(self):
        """What Odoo has may overwrite what was there."""
        self.filtered(lambda listing: not listing.approved).approved = True

    def action_retry(self):
        """Try again what failed of it.

        :raises AccessError: the user may not see them, or is no channel user
        """
        failed = self.env["sale.channel.listing.report"]._get_failed(self)
        for row in [row for rows in failed.values() for row in rows]:
            row.sudo(False).action_retry()
        return True

    def action_open_outgoing(self):
        """Open all that goes out of it."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_outgoing.sale_channel_outgoing_action"
        )
        domain = [
            "|",
            "&",
            ("record_id", "in", self.ids),
            ("row_model", "in", [model for model, _kind in FAMILIES.values()]),
            "&",
            ("record_id", "in", self.channel_product_id.ids),
            ("row_model", "=", FAMILIES["content"][0]),
        ]
        return {**action, "domain": domain, "context": {}}

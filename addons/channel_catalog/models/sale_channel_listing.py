from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..lib.price import Problem
from .sale_channel_listing_report import FAMILIES

VISIBILITIES = [
    ("visible", "Catalogue and search"),
    ("catalog", "Catalogue"),
    ("search", "Search"),
    ("hidden", "Hidden"),
]
# What a writer tells → field
DETAILS = {
    "stock_id": "external_stock_id",
    "url_id": "url_id",
    "status": "channel_status",
}


class SaleChannelListing(models.Model):
    """A product variant on a channel.

    One product may have several: of other listing types, or in packs.
    """

    _name = "sale.channel.listing"
    _inherit = ["sale.channel.change.mixin", "field.guard.mixin"]
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
        required=True, default="", help="As the channel calls it, if it has several."
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
    content_state = fields.Selection(
        "_selection_state",
        "State of Content",
        compute="_compute_states",
        search=lambda self, *args: self._search_state("content", *args),
    )
    stock_state = fields.Selection(
        "_selection_state",
        "State of Stock",
        compute="_compute_states",
        search=lambda self, *args: self._search_state("stock", *args),
    )
    price_state = fields.Selection(
        "_selection_state",
        "State of Price",
        compute="_compute_states",
        search=lambda self, *args: self._search_state("price", *args),
    )
    content_synced_at = fields.Datetime("Content Sent", compute="_compute_states")
    stock_synced_at = fields.Datetime("Stock Sent", compute="_compute_states")
    price_synced_at = fields.Datetime("Price Sent", compute="_compute_states")
    stock_sent = fields.Char("Last Stock", compute="_compute_report")
    price_sent = fields.Char("Last Price", compute="_compute_report")
    problem = fields.Text(compute="_compute_report")
    content_table = fields.Html(
        "What Is Shown", compute="_compute_report", sanitize=False
    )

    price_wanted = fields.Float(
        "Price in Odoo",
        digits="Product Price",
        compute="_compute_prices",
        compute_sudo=True,
        help="What it shall cost on the channel, as the channel shows it.",
    )
    price_there = fields.Float(
        digits="Product Price",
        compute="_compute_prices",
        compute_sudo=True,
        help="What the channel took the last time.",
    )
    price_margin = fields.Float(
        "Margin (%)",
        digits=(16, 1),
        compute="_compute_prices",
        compute_sudo=True,
        help="What is paid for it over the cost of the product, without taxes.",
    )
    price_problem = fields.Char(compute="_compute_prices", compute_sudo=True)

    _external_uniq = models.UniqueIndex(
        "(channel_id, external_id) WHERE external_id IS NOT NULL",
        "This listing of the channel is linked already.",
    )
    _product_uniq = models.Constraint(
        "UNIQUE (channel_id, product_id, quantity, listing_type)",
        "The product has such a listing on the channel already.",
    )
    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "A listing is at least a part of a unit."
    )

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

    @api.depends("channel_id", "product_id", "quantity", "component_ids")
    @api.depends_context("lang")
    def _compute_prices(self):
        service, texts = self.env["sale.channel.price"], self.env["sale.channel.text"]
        there = self.env["sale.channel.listing.price"]._get_there(self)
        for channel, listings in self.grouped("channel_id").items():
            prices = service._get_prices(channel, listings)
            for listing in listings:
                price = prices[listing]
                wrong = isinstance(price, Problem)
                listing.price_there = there.get(listing.id)
                listing.price_wanted = not wrong and float(price.amount)
                listing.price_margin = not wrong and float(price.margin or 0)
                listing.price_problem = wrong and texts._format(
                    price.code, price.params
                )

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
            if listing.listing_type not in traits.listing_types:
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

    def write(self, vals):
        if vals.get("listing_type") is not None:
            for listing in self.filtered("external_id"):
                if listing.listing_type != vals["listing_type"]:
                    raise UserError(
                        self.env._("The type of a listing cannot change any more.")
                    )
        if "external_id" in vals:
            # Orders may still name what the channel called it before.
            for listing in self:
                before = listing.external_id
                known = listing.former_external_ids or []
                if before and before != vals["external_id"] and before not in known:
                    listing.former_external_ids = [*known, before]
        return super().write(vals)

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

    def _find_other(self, external_id):
        """Another one of the channel that has an external id."""
        return self.search(
            [
                ("channel_id", "=", self.channel_id.id),
                ("external_id", "=", external_id),
                ("id", "!=", self.id),
            ],
            limit=1,
        )

    def _note_there(self, external_id, details):
        """Keep what the channel calls it, and what it was called before.

        :param details: of the writer, see :mod:`..lib.contents`
        """
        values = {"external_id": external_id}
        for name, field in DETAILS.items():
            if name in details:
                values[field] = details[name] or False
        values = {name: v for name, v in values.items() if self[name] != v}
        if values:
            self.write(values)

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

    # What became of it

    @api.model
    def _selection_state(self):
        return self.env["sale.channel.outgoing.mixin"]._selection_sync_state()

    def _compute_states(self):
        report = self.env["sale.channel.listing.report"]
        for name in FAMILIES:
            rows = report._get_rows(self, name)
            for listing in self:
                row = rows.get(listing.id)
                listing[f"{name}_state"] = row and row.sync_state
                listing[f"{name}_synced_at"] = row and row.last_synced_at

    @api.model
    def _search_state(self, name, operator, value):
        if operator != "in":
            return NotImplemented
        return self.env["sale.channel.listing.report"]._get_domain(name, value)

    @api.depends_context("lang")
    def _compute_report(self):
        report = self.env["sale.channel.listing.report"]
        problems = report._get_problems(self)
        texts = {name: report._get_sent_texts(self, name) for name in FAMILIES}
        for listing in self:
            listing.problem = problems.get(listing)
            listing.content_table = texts["content"].get(listing.id)
            listing.stock_sent = texts["stock"].get(listing.id)
            listing.price_sent = texts["price"].get(listing.id)

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

    def action_make_again(self):
        """Have what the channel does not have any more made there anew.

        :raises UserError: none of them is gone
        """
        self.check_access("write")
        gone = self.filtered("missing_since")
        if not gone:
            raise UserError(self.env._("The channel still has all of these."))
        gone.sudo()._leave_place()

    def _leave_place(self):
        """Forget where the listings were on the channel; orders may still name it."""
        self.env["sale.channel.remote.listing"].search(
            [("listing_id", "in", self.ids)]
        ).write({"listing_id": False, "state": "new"})
        report = self.env["sale.channel.listing.report"]
        for name in FAMILIES:
            for row in report._get_rows(self, name).values():
                row.sudo().unlink()
        self.write(
            {
                "external_id": False,
                "external_stock_id": False,
                "url_id": False,
                "channel_status": False,
                "missing_since": False,
                "origin": "created",
                "approved": True,
            }
        )
        self.channel_product_id._leave_place()

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

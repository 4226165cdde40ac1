from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

from odoo.addons.channel_base.lib.errors import parse_problems

# What a writer tells → field
DETAILS = {
    "stock_id": "external_stock_id",
    "url_id": "url_id",
    "status": "channel_status",
    "warnings": "warnings",
}
VISIBILITIES = [
    ("visible", "Catalogue and search"),
    ("catalog", "Catalogue"),
    ("search", "Search"),
    ("hidden", "Hidden"),
]


class SaleChannelListing(models.Model):
    """A product variant on a channel.

    One product may have several: of other listing types, or in packs.

    With ``sudo``: what follows from a listing is the server's, whoever makes it.
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
    number = fields.Integer(
        default=0,
        copy=False,
        readonly=True,
        required=True,
        guard="server",
        help="A product may be sold there several times: 0 is the first listing of its "
        "type, others were linked by somebody.",
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

    status_text = fields.Char("How It Stands There", compute="_compute_status_text")
    status_advice = fields.Char("What to Do", compute="_compute_status_text")
    attention = fields.Boolean(
        "Needs Attention",
        compute="_compute_attention",
        store=True,
        help="The channel does not sell it, and somebody has to do something about it.",
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
    price_reason = fields.Char(
        "Why the Price Differs",
        compute="_compute_report",
        help="Why the channel keeps its own price.",
    )
    price_paid = fields.Char(
        "Buyers Pay",
        compute="_compute_report",
        help="While a promotion of the channel's own runs, as far as it was seen.",
    )
    # Whether the price goes out if somebody wants it in spite of the reason
    price_asked = fields.Boolean(compute="_compute_report")
    problem = fields.Text(compute="_compute_report")
    warnings = fields.Text(copy=False, guard="server")
    remarks = fields.Text(
        compute="_compute_remarks",
        help="What the channel remarked of the content that it took.",
    )
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
        help="What is left of the price over the cost of the product: without taxes, "
        "fee and freight, as far as they are known.",
    )
    price_left = fields.Char(
        "Left",
        compute="_compute_prices",
        compute_sudo=True,
        help="What is left of the price, without taxes, fee, freight and cost.",
    )
    price_promotion_left = fields.Char(
        "Left in the Promotion",
        compute="_compute_prices",
        compute_sudo=True,
        help="What is left of what buyers pay while the channel's own promotion runs.",
    )
    price_problem = fields.Char(compute="_compute_prices", compute_sudo=True)
    own_freight = fields.Boolean(
        "Freight of Its Own",
        help="Sending it costs the company something else than the channel says.",
    )
    freight = fields.Float(
        digits="Product Price",
        help="What sending one piece costs the company, in its currency.",
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
    _freight_positive = models.Constraint(
        "CHECK (freight >= 0)", "A freight is not negative."
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
        for listing in self:
            channel, code = listing.channel_id, listing.listing_type
            listing.listing_type_name = channel._get_listing_type_name(code)

    @api.depends("channel_id", "product_id", "quantity", "component_ids")
    @api.depends_context("lang")
    def _compute_prices(self):
        self.env["sale.channel.charge"]._fill(self)

    @api.depends("channel_id", "external_id", "channel_status", "missing_since")
    @api.depends_context("lang")
    def _compute_status_text(self):
        report = self.env["sale.channel.listing.report"]
        for listing in self:
            listing.status_text, listing.status_advice = report._tell_status(listing)

    @api.depends("channel_id", "external_id", "channel_status", "missing_since")
    def _compute_attention(self):
        report = self.env["sale.channel.listing.report"]
        for listing in self:
            status = report._get_status(listing)
            listing.attention = bool(status and status.attention)

    @api.model
    def _selection_state(self):
        return self.env["sale.channel.outgoing.mixin"]._selection_sync_state()

    def _compute_states(self):
        self.env["sale.channel.listing.report"]._fill_states(self)

    @api.model
    def _search_state(self, name, operator, value):
        if operator != "in":
            return NotImplemented
        return self.env["sale.channel.listing.report"]._get_domain(name, value)

    @api.depends_context("lang")
    def _compute_report(self):
        self.env["sale.channel.listing.report"]._fill(self)

    @api.depends("warnings")
    @api.depends_context("lang")
    def _compute_remarks(self):
        tell = self.env["sale.channel.listing.report"]._tell_problems
        for listing in self:
            listing.remarks = tell(parse_problems(listing.warnings))

    @api.constrains("product_id", "component_ids", "channel_id")
    def _check_components(self):
        self.env["sale.channel.listing.component"]._check_sold(self)

    @api.constrains("channel_id", "listing_type")
    def _check_listing_type(self):
        self.env["sale.channel.listing.type"]._check_listings(self)

    @api.model_create_multi
    def create(self, vals_list):
        listings = super().create(vals_list)
        self.env["sale.channel.product"]._group(listings.sudo())
        return listings

    def write(self, vals):
        places = self.env["sale.channel.listing.place"]
        # Nobody but the server writes the number: it follows what somebody did there.
        if vals.get("listing_type") is not None and "number" not in vals:
            places._check_type_stays(self, vals["listing_type"])
        if "external_id" in vals:
            places._keep_former(self, vals["external_id"])
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_there(self):
        self.env["sale.channel.listing.place"]._check_left(self)

    @api.depends("product_id", "channel_id")
    def _compute_offered(self):
        offered = self.env["sale.channel.listing.finder"]._find_offered(self)
        for listing in self:
            listing.offered = listing in offered

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
        return self.env["sale.channel.listing.report"]._open_outgoing(self)

    def action_make_again(self):
        """Have what the channel does not have any more made there anew.

        :raises UserError: none of them is gone
        """
        self.check_access("write")
        self.env["sale.channel.listing.place"]._make_again(self)

    def action_send_anyway(self):
        """Send the prices whatever they would change there, once.

        :raises AccessError: the user may not see them, or is no channel user
        """
        report = self.env["sale.channel.listing.report"]
        return report._get_price_rows(self).action_send_anyway()

    def action_leave_price(self):
        """Leave the channel its prices until nothing is to be asked any more.

        :raises AccessError: the user may not see them, or is no channel user
        """
        report = self.env["sale.channel.listing.report"]
        return report._get_price_rows(self).action_leave()

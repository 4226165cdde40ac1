from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.channel_base.lib.errors import parse_problems

from ..lib.status import ListingStatus
from .sale_channel_listing_report import FAMILIES

# What a writer tells → field
DETAILS = {
    "stock_id": "external_stock_id",
    "url_id": "url_id",
    "status": "channel_status",
    "warnings": "warnings",
}
GONE = ListingStatus("listing_gone", advice="listing_gone_advice", attention=True)


class SaleChannelListingStatus(models.AbstractModel):
    """Where listings are on the channel, how they stand there, and what became of what
    was sent."""

    _name = "sale.channel.listing.status"
    _inherit = "field.guard.mixin"
    _description = "How Listings Stand on a Channel"

    number = fields.Integer(
        default=0,
        copy=False,
        readonly=True,
        required=True,
        guard="server",
        help="A product may be sold there several times: 0 is the first listing of its "
        "type, others were linked by somebody.",
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

    def _get_status(self):
        """How the listing stands: :class:`..lib.status.ListingStatus`; None when the
        channel has no more to say than its own word."""
        self.ensure_one()
        if not self.external_id or not self.channel_id:
            return None
        provider, word = self.channel_id._get_provider(), self.channel_status or ""
        found = word and provider._describe_listing_status(self.channel_id, word)
        if self.missing_since and not (found and found.attention):
            return GONE
        return found or None

    @api.depends("channel_id", "external_id", "channel_status", "missing_since")
    @api.depends_context("lang")
    def _compute_status_text(self):
        texts = self.env["sale.channel.text"]
        for listing in self:
            status = listing._get_status()
            listing.status_text = listing.channel_status
            listing.status_advice = False
            if status:
                listing.status_text = texts._format(status.code, status.params)
            if status and status.advice:
                listing.status_advice = texts._format(status.advice, status.params)

    @api.depends("channel_id", "external_id", "channel_status", "missing_since")
    def _compute_attention(self):
        for listing in self:
            status = listing._get_status()
            listing.attention = bool(status and status.attention)

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
        prices = report._get_price_notes(self)
        texts = {name: report._get_sent_texts(self, name) for name in FAMILIES}
        for listing in self:
            listing.problem = problems.get(listing)
            listing.content_table = texts["content"].get(listing.id)
            listing.stock_sent = texts["stock"].get(listing.id)
            listing.price_sent = texts["price"].get(listing.id)
            reason, paid, asked = prices.get(listing.id, (False, False, False))
            listing.price_reason, listing.price_paid = reason, paid
            listing.price_asked = asked

    @api.depends("warnings")
    @api.depends_context("lang")
    def _compute_remarks(self):
        tell = self.env["sale.channel.listing.report"]._tell_problems
        for listing in self:
            listing.remarks = tell(parse_problems(listing.warnings))

    # Where it is there

    def write(self, vals):
        # Nobody but the server writes the number: it follows what somebody did there.
        if vals.get("listing_type") is not None and "number" not in vals:
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

    def _follow_type(self, listing_type):
        """Keep the type that somebody gave the listing on the channel."""
        self.ensure_one()
        if listing_type == self.listing_type:
            return
        others = self.search(
            [
                ("channel_id", "=", self.channel_id.id),
                ("product_id", "=", self.product_id.id),
                ("product_id", "!=", False),
                ("quantity", "=", self.quantity),
                ("listing_type", "=", listing_type),
            ]
        )
        number = others._get_free_number()
        self.write({"listing_type": listing_type, "number": number})

    def _get_free_number(self):
        """The first number that none of these has."""
        taken = set(self.mapped("number"))
        return next(n for n in range(len(taken) + 1) if n not in taken)

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

    def action_make_again(self):
        """Have what the channel does not have any more made there anew.

        :raises UserError: none of them is gone
        """
        self.check_access("write")
        gone = self.filtered("missing_since")
        if not gone:
            raise UserError(self.env._("The channel still has all of these."))
        for listing in gone:
            made = listing.channel_id._get_catalog_traits().made_types
            if made is not None and listing.listing_type not in made:
                raise UserError(
                    self.env._(
                        "%(listing)s: Odoo makes no listings of its type. Make it on "
                        "the channel; it is then linked.",
                        listing=listing.display_name,
                    )
                )
        gone.sudo()._leave_place()

    def _leave_place(self):
        """Forget where the listings were on the channel; orders may still name it."""
        rows = self.env["sale.channel.remote.listing"].search(
            [("listing_id", "in", self.ids)]
        )
        for row in rows:
            # What was somebody else's there is its own when it is made.
            kept = set(row.listing_id.kept_fields or ()) - set(row.kept_fields or ())
            row.listing_id.kept_fields = sorted(kept) or False
        rows.write({"listing_id": False, "state": "new"})
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
                "stock_kept": False,
                "stock_there": 0,
                "warnings": False,
            }
        )
        self.channel_product_id._leave_place()

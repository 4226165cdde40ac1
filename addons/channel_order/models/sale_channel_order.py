import json
from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.channel_base.lib.errors import Retryable
from odoo.addons.channel_partner.lib.urls import is_web_page

from ..lib.amounts import whole_units
from .sale_channel_order_importer import IMPORTED_STATES

PURGE_LIMIT = 2000
AMBIGUOUS = "customer_ambiguous"
# Nothing is wrong with the order: the channel is not told that it was rejected.
OUR_OWN_PROBLEMS = (AMBIGUOUS, "attempts_exhausted", "unexpected")


class SaleChannelOrder(models.Model):
    """Order inbox: what a channel sent, and what became of it.

    Written before anything is decided, so that no order is ever lost; unique per
    channel and external id, so that none is imported twice.
    """

    _name = "sale.channel.order"
    _inherit = [
        # First: it extends what the mixins of every addon do.
        "sale.channel.order.settle",
        "sale.channel.binding.mixin",
        "sale.channel.sync.mixin",
        "sale.channel.order.reason",
        "sale.channel.order.hints",
        "sale.channel.order.receiver",
        "sale.channel.order.importer",
        "sale.channel.order.follower",
        "sale.channel.order.builder",
    ]
    _description = "Channel Order"
    _order = "placed_at desc, id desc"
    _rec_name = "number"

    number = fields.Char(index="trigram", readonly=True)
    order_numbers = fields.Char(
        "Orders of the Cart",
        compute="_compute_order_numbers",
        store=True,
        index="trigram",
    )
    state = fields.Selection(
        [
            ("received", "Received"),
            ("reserved", "Reserved"),
            ("imported", "Imported"),
            ("rejected", "Rejected"),
            ("ignored", "Ignored"),
            ("cancelled", "Cancelled"),
            ("moved", "Moved to another cart"),
            ("dismissed", "Dismissed"),
        ],
        default="received",
        required=True,
        index=True,
        readonly=True,
    )
    provider_name = fields.Char(related="channel_id.provider_name")
    page_url = fields.Char("Page on the Channel", compute="_compute_page_url")
    external_status = fields.Char("Channel Status", readonly=True)
    placed_at = fields.Datetime("Placed", index=True, readonly=True)
    site = fields.Char(readonly=True)
    tags = fields.Char(readonly=True)
    shipping_status = fields.Char(readonly=True)
    logistic_type = fields.Char(readonly=True)
    tracking_number = fields.Char(index="btree_not_null", readonly=True)
    url_id = fields.Char(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    currency_code = fields.Char("Channel Currency", readonly=True)
    goods_total = fields.Monetary(readonly=True)
    buyer_id = fields.Many2one(
        "sale.channel.partner", index="btree_not_null", readonly=True
    )
    identity_id = fields.Many2one(
        "sale.channel.identity",
        "Bought as",
        index="btree_not_null",
        readonly=True,
        ondelete="set null",
        help="The fiscal identity that the buyer used.",
    )
    nickname = fields.Char(related="buyer_id.nickname")
    partner_id = fields.Many2one(
        "res.partner", "Customer", index="btree_not_null", readonly=True
    )
    sale_order_id = fields.Many2one(
        "sale.order", copy=False, index="btree_not_null", readonly=True
    )
    invoicing_id = fields.Many2one(
        "sale.channel.order.invoicing",
        "Automatic Invoice",
        compute="_compute_invoicing_id",
        compute_sudo=True,
    )
    used_defaults = fields.Char(
        readonly=True,
        help="Values that are not mapped, for which the channel's default was used.",
    )
    proposal_ids = fields.One2many(
        "sale.channel.order.proposal", "order_id", "Proposals"
    )
    needs_review = fields.Boolean(
        compute="_compute_needs_review", store=True, index=True
    )
    answer_ids = fields.One2many("sale.channel.order.answer", "order_id", "Answers")
    line_ids = fields.One2many(
        "sale.channel.order.line", "order_id", "What Was Bought", readonly=True
    )
    payment_ids = fields.One2many("sale.channel.order.payment", "order_id", "Payments")
    requested = fields.Boolean(
        readonly=True,
        help="Somebody asked for it, whatever the channel's orders-from date.",
    )
    event_ids = fields.One2many("sale.channel.order.event", "order_id", "Story")
    payload = fields.Text(
        copy=False, readonly=True, groups="channel_base.group_channel_manager"
    )
    payload_text = fields.Text(
        "Raw Data",
        compute="_compute_payload_text",
        groups="channel_base.group_channel_manager",
    )
    payload_schema = fields.Integer(readonly=True)
    payload_at = fields.Datetime("Raw Data of", readonly=True)
    needs_fetch = fields.Boolean(default=True, readonly=True)
    first_read_at = fields.Datetime(
        copy=False,
        readonly=True,
        help="When the channel first gave its data: what lacks is waited for from then "
        "on.",
    )
    incomplete = fields.Boolean(
        copy=False,
        readonly=True,
        help="The channel has not given all of its data yet.",
    )
    processed_hash = fields.Char(
        copy=False, readonly=True, help="Of the content that was last processed."
    )
    seen_versions = fields.Json()
    versions = fields.Json()
    imported_print = fields.Json(help="What the order was when it was imported.")

    can_retry = fields.Boolean(compute="_compute_can_retry")

    _external_uniq = models.Constraint(
        "UNIQUE (channel_id, external_id)", "This order is already in the inbox."
    )
    _due_idx = models.Index(
        "(channel_id, next_attempt_at) WHERE sync_state = 'pending'"
    )

    @api.depends("payload")
    def _compute_payload_text(self):
        for order in self:
            text = order.payload
            order.payload_text = text and json.dumps(
                json.loads(text), indent=2, ensure_ascii=False
            )

    @api.depends("channel_id", "url_id", "site")
    def _compute_page_url(self):
        for order in self:
            channel = order.channel_id
            url = channel._get_provider()._get_order_url(channel, order)
            order.page_url = is_web_page(url) and url

    @api.depends("seen_versions")
    def _compute_order_numbers(self):
        for order in self:
            order.order_numbers = " ".join(sorted(order.seen_versions or {}))

    @api.depends("sale_order_id.channel_invoicing_ids")
    def _compute_invoicing_id(self):
        for order in self:
            order.invoicing_id = order.sale_order_id.channel_invoicing_ids[:1]

    @api.depends("proposal_ids.state")
    def _compute_needs_review(self):
        for order in self:
            order.needs_review = "open" in order.proposal_ids.mapped("state")

    @api.depends("sync_state", "state", "sale_order_id.state", "proposal_ids.state")
    def _compute_can_retry(self):
        retryable = self._get_retryable()
        for order in self:
            order.can_retry = order in retryable

    @api.depends("number", "external_id")
    def _compute_display_name(self):
        for order in self:
            order.display_name = order.number or order.external_id

    @api.model
    def _get_flow_kinds(self):
        return ["orders_in"]

    @api.model
    def _get_lag_domain(self):
        # What the channel itself is still preparing does not wait for Odoo.
        return [*super()._get_lag_domain(), ("error_code", "!=", "incomplete")]

    def action_fetch_again(self):
        """Ask the channel for the rows' data again, then process them.

        :return: a notification that tells what follows, and reloads the page
        """
        self._check_operator()
        rows = self.sudo()
        rows.write(
            {
                "needs_fetch": True,
                "content_hash": False,
                "processed_hash": False,
                **self._prepare_retry_values(),
            }
        )
        unsold = rows.filtered(lambda row: not row.sale_order_id)
        unsold.state = "received"
        unsold._withdraw_all()
        self.channel_id._wake_flows(self._get_flow_kinds())
        return self._get_retry_answer()

    def action_reviewed(self):
        """A person has settled what the rows asked for."""
        self.proposal_ids.action_dismiss()

    def action_enter_by_hand(self):
        """Make the quotation of a rejected order by hand."""
        self.ensure_one()
        self._check_operator()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_order.sale_channel_order_manual_action"
        )
        action["context"] = {"default_order_id": self.id}
        return action

    def action_open_sale_order(self):
        self.ensure_one()
        return self.sale_order_id.get_formview_action()

    def action_open_invoicing(self):
        """Open what becomes of the order's automatic invoice."""
        self.ensure_one()
        return self.invoicing_id.get_formview_action()

    @api.model
    def _retry_settled(self, channel):
        """Try again what waits for a choice that was made while it was imported."""
        rows = self.search(
            [
                ("channel_id", "=", channel.id),
                ("sync_state", "=", "error"),
                ("error_code", "=", AMBIGUOUS),
                ("identity_id.needs_choice", "=", False),
                ("identity_id", "!=", False),
            ]
        )
        if rows:
            rows.write({"state": "received", **self._prepare_retry_values()})

    def action_choose_customer(self):
        """Choose whom of several customers the order is for."""
        self.ensure_one()
        return self.identity_id.action_open_choice()

    def action_open_mapping(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_base.sale_channel_mapping_action"
        )
        action["domain"] = [("id", "=", self.blocked_mapping_id.id)]
        return action

    def action_view_on_channel(self):
        """Open the order's page on the channel."""
        self.ensure_one()
        if not self.page_url:
            raise UserError(self.env._("The channel has no page for this order."))
        return {"type": "ir.actions.act_url", "url": self.page_url, "target": "new"}

    def _tell(self, kind, code, **params):
        """Add a sentence to the story of each row.

        :param kind: received, decided, sent or answered
        :param code: key of a message or of an error reason
        :param params: what the sentence interpolates
        """
        self._tell_all([(row, kind, code, params) for row in self])

    @api.model
    def _tell_all(self, sentences):
        """Add sentences to the stories of many rows at once.

        :param sentences: list of (row, kind, code, params); see :meth:`_tell`
        """
        self.env["sale.channel.order.event"].sudo().create(
            [
                {
                    "order_id": row.id,
                    "kind": kind,
                    "code": code,
                    "params": {key: str(value) for key, value in params.items()},
                }
                for row, kind, code, params in sentences
            ]
        )

    def _mark_done(self, **values):
        result = super()._mark_done(**values)
        for row in self:
            row.processed_hash = row.content_hash
            row._read_again()
        return result

    def _reject(self, error):
        """Bring the row into the state of its error and tell why."""
        self.ensure_one()
        self._mark_failed(error)
        if self.sync_state != "pending":
            if self.state == "dismissed":
                # What cannot be read of it changes nothing.
                self._mark_done(needs_fetch=False)
                return
            if self.state not in IMPORTED_STATES:
                self.state = "rejected"
                self._keep_lines()
            self._tell("decided", self.error_code, **(self.error_params or {}))
        failed = self.sync_state == "error" and self.state == "rejected"
        if failed and self.error_code not in OUR_OWN_PROBLEMS:
            self._answer("rejected")

    def _answer(self, slot):
        """Have the status of a slot written back, once per order.

        :param slot: received, return or rejected
        """
        self.env["sale.channel.order.answer"]._queue(self, slot)

    def _tells_deliveries(self):
        """Whether its channel wants to be told of what leaves for it."""
        self.ensure_one()
        return self.state == "imported" and self.channel_id._tells_deliveries()

    def _get_parcel_lines(self, later):
        """What has left of the order and no answer tells yet.

        Counted in whole units that the channel sold: of a pack of six, or a kit, that
        has left in part nothing is told before the rest follows.

        :param later: deliveries that have left as well and are told of next
        :return: dict external id of the line → units as text
        """
        self.ensure_one()
        told, shares = {}, {}
        for answer in self.answer_ids:
            for ref, units in (answer.parcel_lines or {}).items():
                told[ref] = told.get(ref, 0) + Decimal(units)
        bought = (self.imported_print or {}).get("lines", {})
        for line in self.sale_order_id.order_line.filtered("channel_line_ref"):
            ref = line.channel_line_ref
            if ref not in bought:
                # What a kit consists of has lines of its own.
                ref = ref.rpartition("#")[0]
            if ref in bought and line.product_uom_qty > 0:
                left = line._get_left_before(later) / line.product_uom_qty
                shares[ref] = min(left, shares.get(ref, left))
        found = {}
        for ref, share in shares.items():
            units = whole_units(Decimal(bought[ref][0]), share) - told.get(ref, 0)
            if units > 0:
                found[ref] = str(units)
        return found

    def _on_confirmed(self):
        """Write back and invoice what is confirmed in Odoo and approved by the
        channel."""
        confirmed = self.filtered(
            lambda row: row.state == "imported" and row.sale_order_id.state == "sale"
        )
        confirmed._answer("return")
        self.env["sale.channel.order.invoicing"]._ensure(confirmed.sale_order_id)

    def _give_up(self):
        for row in self:
            row._reject(Retryable("no worker came back with it"))

    @api.autovacuum
    def _gc_payloads(self):
        """Delete raw data, which is personal data, after the channel's retention."""
        purged = 0
        channels = (
            self.env["sale.channel"]
            .with_context(active_test=False)
            .search([("payload_retention_days", ">", 0)])
        )
        for channel in channels:
            limit = fields.Datetime.now() - timedelta(
                days=channel.payload_retention_days
            )
            rows = self.search(
                [
                    ("channel_id", "=", channel.id),
                    ("payload_at", "<", limit),
                    ("payload", "!=", False),
                    ("sync_state", "!=", "pending"),
                ],
                limit=PURGE_LIMIT,
            )
            # A retry asks the channel again.
            rows.write({"payload": False, "content_hash": False, "needs_fetch": True})
            purged += len(rows)
        return purged, purged >= PURGE_LIMIT

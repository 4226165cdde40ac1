import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.channel_base.lib.errors import Retryable
from odoo.addons.channel_base.tools.conflicts import CONFLICTS
from odoo.addons.channel_partner.lib.urls import is_web_page

from ..lib.lifecycle import BY_PERSON, IMPORTED, PENDING, STUCK

# How long after it was first read an order that was imported without some of its data
# is read again.
REREADING = timedelta(hours=12)


class SaleChannelOrder(models.Model):
    """Order inbox: what a channel sent, and what became of it.

    Written before anything is decided, so that no order is ever lost; unique per
    channel and external id, so that none is imported twice.

    With ``sudo``: payload, story and place are the server's; a button checks first who
    presses it.
    """

    _name = "sale.channel.order"
    _inherit = [
        "sale.channel.binding.mixin",
        "sale.channel.sync.mixin",
        "sale.channel.order.reason",
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
            ("early", "Too early"),
            ("reserved", "Reserved"),
            ("imported", "Imported"),
            ("rejected", "Rejected"),
            ("ignored", "Ignored"),
            ("cancelled", "Cancelled"),
            ("moved", "Moved to another cart"),
        ],
        default="received",
        required=True,
        index=True,
        readonly=True,
    )
    sync_state = fields.Selection(default="fetch")
    ignored_code = fields.Selection(
        [
            ("before_start", "Placed too early"),
            ("ignore", "By its status"),
            ("dismissed", "Dismissed"),
            ("deletion_accepted", "Deleted in Odoo"),
        ],
        "Left Alone",
        copy=False,
        index="btree_not_null",
        readonly=True,
    )
    ignored_params = fields.Json(copy=False)
    ignored_reason = fields.Char(
        "Why It Is Left Alone", compute="_compute_ignored_reason"
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
    awaits_data = fields.Boolean(
        copy=False,
        readonly=True,
        help="It is read again only because the channel is still preparing some of its "
        "data.",
    )
    processed_hash = fields.Char(
        copy=False, readonly=True, help="Of the content that was last processed."
    )
    seen_versions = fields.Json()
    versions = fields.Json()
    imported_print = fields.Json(help="What the order was when it was imported.")
    shipment_ref = fields.Char(
        "Shipment", index="btree_not_null", copy=False, readonly=True
    )
    asked_at = fields.Datetime(
        copy=False, help="When the last reading of the channel's data began."
    )
    announced_at = fields.Datetime(
        copy=False,
        help="The channel's moment of the last announcement that led to a reading.",
    )
    changed_at = fields.Datetime(
        copy=False,
        readonly=True,
        help="When the channel had last changed what was imported.",
    )
    imported_at = fields.Datetime(copy=False, readonly=True)

    can_retry = fields.Boolean(compute="_compute_can_retry")

    _external_uniq = models.Constraint(
        "UNIQUE (channel_id, external_id)", "This order is already in the inbox."
    )
    _due_idx = models.Index(
        "(channel_id, next_attempt_at) WHERE sync_state IN ('fetch', 'process')"
    )
    # Which order a notification speaks of is looked up among the keys.
    _seen_versions_idx = models.Index("USING gin (seen_versions)")
    _imported_idx = models.Index(
        "(channel_id, imported_at) WHERE imported_at IS NOT NULL"
    )

    @api.model
    def _selection_sync_state(self):
        labels = {
            "fetch": self.env._("To read"),
            "process": self.env._("To process"),
            **dict(super()._selection_sync_state()),
        }
        del labels["pending"]
        return list(labels.items())

    @api.model
    def _get_pending_states(self):
        return list(PENDING)

    @api.depends("ignored_code", "ignored_params")
    @api.depends_context("lang")
    def _compute_ignored_reason(self):
        texts = self.env["sale.channel.text"]
        for order in self:
            order.ignored_reason = texts._format(
                order.ignored_code, order.ignored_params
            )

    @api.depends("awaits_data")
    def _compute_error_message(self):
        result = super()._compute_error_message()
        texts = self.env["sale.channel.text"]
        for order in self.filtered("awaits_data"):
            order.error_message = texts._format("incomplete")
        return result

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

    @api.depends(
        "sync_state",
        "state",
        "ignored_code",
        "sale_order_id.state",
        "proposal_ids.state",
    )
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
        return super()._get_lag_domain() & Domain("awaits_data", "=", False)

    def action_fetch_again(self):
        """Ask the channel for the rows' data again, then process them.

        :return: a notification that tells what follows, and reloads the page
        """
        self._check_operator()
        rows = self.sudo()
        rows._apply("asked_again", {"content_hash": False, "processed_hash": False})
        unsold = rows.filtered(lambda row: not row.sale_order_id)
        self.env["sale.channel.order.proposal"]._withdraw_all(unsold)
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
        events = self.env["sale.channel.order.event"]
        events._tell([(row, kind, code, params) for row in self])

    def _read_order(self):
        """The row's stored bundle in the shared words.

        :return: :class:`..lib.schema.Order`
        :raises ChannelError: it is not readable
        :raises Exception: the parser stumbled
        """
        self.ensure_one()
        bundle = json.loads(self.sudo().payload or "{}")
        return self.channel_id._get_provider()._parse_order(self.channel_id, bundle)

    def _read_if_readable(self):
        """The row's stored bundle in the shared words; None when nobody can read it."""
        try:
            return self._read_order()
        except CONFLICTS:
            raise
        except Exception:  # noqa: BLE001 - whatever a parser stumbles over
            return None

    def _get_lease(self):
        # An announcement may tell of something later than what is being read.
        return *super()._get_lease(), self.announced_at

    def _get_waited(self):
        """How long the channel has had to give all of its data.

        By our clock, not since the purchase: that may be long ago when a history is
        imported, or Odoo was down.
        """
        now = fields.Datetime.now()
        return now - (self.first_read_at or self.payload_at or now)

    def _is_read_again(self):
        """Whether it was imported without some of its data, which may still come."""
        self.ensure_one()
        return (
            self.incomplete
            and self.state in IMPORTED
            and self._get_waited() < REREADING
        )

    def _answer(self, slot):
        """Have the status of a slot written back, once per order.

        :param slot: received, return or rejected
        """
        self.env["sale.channel.order.answer"]._queue(self, slot)

    def _on_confirmed(self):
        """Write back and invoice what is confirmed in Odoo and approved by the
        channel."""
        confirmed = self.filtered(
            lambda row: row.state == "imported" and row.sale_order_id.state == "sale"
        )
        confirmed._answer("return")
        self.env["sale.channel.order.invoicing"]._ensure(confirmed.sale_order_id)

    def _apply(self, event, values=None, **params):
        """Let something happen to each of the rows.

        :param event: of :data:`..lib.lifecycle.TABLE`
        :param values: further values that are written
        :param params: what its sentence in the story interpolates
        :raises IllegalEvent: it cannot happen where a row is
        """
        values = values or {}
        life = self.env["sale.channel.order.life"]
        life._apply(event, [(row, values, params) for row in self])

    def _refuse(self, error):
        """Bring the row where an error leads, and tell why."""
        self.ensure_one()
        self.env["sale.channel.order.life"]._refuse(self, error)

    def _give_up(self):
        for row in self:
            row._refuse(Retryable("no worker came back with it"))

    def _mark_failed(self, error):
        self._refuse(error)

    def _mark_done(self, **values):
        raise NotImplementedError("what goes through says by which event")

    def _make_due(self):
        self._apply("released")

    def _is_dismissed(self):
        """Whether a person has said that it need not be imported."""
        self.ensure_one()
        return self.state == "ignored" and self.ignored_code in BY_PERSON

    def _is_lost(self):
        """Whether it was imported, but its sale order was deleted, or cancelled and
        nobody has decided yet that this is right. What was delivered or invoiced is
        not lost: another order would do both again."""
        self.ensure_one()
        row = self.sudo()
        return row.state in IMPORTED and (
            not row.sale_order_id
            or row.sale_order_id.state == "cancel"
            and row.sale_order_id._get_standing().undone
            and bool(row.proposal_ids._get_open_losses())
        )

    def _get_retryable(self):
        return self.filtered(
            lambda row: (
                row.sync_state != "done" or row._is_dismissed() or row._is_lost()
            )
        )

    def _retry(self):
        """Process the rows again with what Odoo knows now; lost ones anew."""
        lost = self.filtered(lambda row: row._is_lost())
        self.env["sale.channel.order.proposal"]._withdraw_all(lost)
        user = self.env.user.name
        lost._apply("reopened", {"processed_hash": False}, user=user)
        (self - lost)._apply("retried", user=user)

    def action_dismiss(self):
        """Ask for the reason why the rows need not be imported."""
        self._check_operator()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_order.sale_channel_order_dismiss_action"
        )
        action["context"] = {"default_order_ids": self.ids}
        return action

    def _dismiss(self, reason):
        """Settle rows that failed; an imported one keeps its sale order.

        :param reason: a person's sentence, told in the story
        :raises UserError: a row did not fail, or is being worked on right now
        """
        self._check_operator()
        rows = self.sudo()
        rows.lock_for_update(allow_referencing=True)
        if any(row.sync_state not in STUCK for row in rows):
            raise UserError(
                self.env._("Only orders that did not go through can be dismissed.")
            )
        rows._apply("dismissed", user=self.env.user.name, reason=reason)
        self.env["sale.channel.order.line"].sudo()._renew(rows)

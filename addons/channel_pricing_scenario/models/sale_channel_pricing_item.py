import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.channel_base.lib.errors import Retryable

from ..lib.content import Translator, fingerprint
from ..lib.sending import Entry
from ..lib.writer import Target

KIND_LABELS = [
    ("group", "Channel Group"),
    ("list", "Pricelist"),
    ("contract", "Contract"),
    ("customer", "Customer"),
]
OPERATIONS = [("put", "Send"), ("delete", "Remove")]
MODELS = {
    "group": "pricing.channel.group",
    "list": "product.pricelist",
    "contract": "pricing.contract",
    "customer": "sale.channel.partner",
}
# A row that names a group or list which is not there is woken when it is; this is the
# safety net.
AWAITS_SECONDS = 24 * 60 * 60
NOTE_LIMIT = 20000


class SaleChannelPricingItem(models.Model):
    """A group, list or contract on a channel, or the group of a customer there.

    The row is the intent, committed before the channel is called. ``wanted`` holds ids
    of Odoo; ``content_hash`` is that of what the channel took, in its own ids.
    """

    _name = "sale.channel.pricing.item"
    _inherit = "sale.channel.sync.mixin"
    _description = "Prices Sent to a Sales Channel"
    _order = "id"

    channel_id = fields.Many2one(
        "sale.channel", required=True, index=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="channel_id.company_id", store=True)
    kind = fields.Selection(KIND_LABELS, required=True, readonly=True)
    # Not a reference of the database: what is deleted here is removed there.
    res_id = fields.Many2oneReference(
        "Record ID", model_field="res_model", required=True, readonly=True
    )
    res_model = fields.Char(compute="_compute_res_model")
    name = fields.Char(readonly=True)
    reference = fields.Char(
        required=True,
        readonly=True,
        help="Kept on the channel, so that what was created there is found again.",
    )
    external_id = fields.Char("External ID", readonly=True)
    operation = fields.Selection(OPERATIONS, required=True, readonly=True)
    wanted = fields.Json(readonly=True)
    wanted_hash = fields.Char(readonly=True)
    wanted_text = fields.Char("Shall Be", compute="_compute_texts")
    seen = fields.Json(readonly=True)
    seen_text = fields.Char(
        "Last Seen",
        compute="_compute_texts",
        help="What the channel had when it was last read or written.",
    )
    difference_ids = fields.One2many(
        "sale.channel.pricing.difference", "item_id", "Differences"
    )

    _record_uniq = models.Constraint(
        "UNIQUE (channel_id, kind, res_id)", "The channel has a row for this record."
    )
    _reference_uniq = models.Constraint(
        "UNIQUE (reference)", "Another row has this reference."
    )
    _due_idx = models.Index(
        "(channel_id, next_attempt_at) WHERE sync_state = 'pending'"
    )

    @api.model
    def _selection_sync_state(self):
        labels = dict(super()._selection_sync_state())
        return list({**labels, "by_hand": self.env._("To do by hand")}.items())

    @api.model
    def _get_error_reasons(self):
        return {
            **super()._get_error_reasons(),
            "pricing_awaits": self.env._(
                "Waits until the group or list that it names is on the channel."
            ),
            "pricing_unanswered": self.env._(
                "The channel did not say what became of it."
            ),
        }

    @api.model
    def _get_flow_kinds(self):
        return ["pricing_out"]

    @api.depends("kind")
    def _compute_res_model(self):
        for item in self:
            item.res_model = MODELS.get(item.kind)

    @api.depends("wanted", "seen", "operation")
    @api.depends_context("lang")
    def _compute_texts(self):
        for channel, items in self.grouped("channel_id").items():
            external_ids = items._get_external_ids(channel)
            translator = Translator(external_ids)
            contents = {}
            for item in items:
                content = translator.translate(item.kind, item.wanted or {})
                contents[item] = content if item.operation == "put" else None
            names = items._get_names(channel)
            for item in items:
                item.wanted_text = item._describe(contents[item], names)
                item.seen_text = item._describe(item.seen, names)

    @api.model
    def _get_names(self, channel):
        """Names of groups and lists, by kind and the channel's id."""
        rows = self.sudo().search_fetch(
            [
                ("channel_id", "=", channel.id),
                ("kind", "in", ("group", "list")),
                ("external_id", "!=", False),
            ],
            ["kind", "external_id", "name"],
        )
        return {(row.kind, row.external_id): row.name for row in rows}

    @api.model
    def _describe(self, content, names):
        """A content in words, for people.

        :param names: see :meth:`_get_names`
        """
        if not content:
            return False
        parts = []
        for key in ("name", "currency", "group", "origin", "list"):
            value = content.get(key)
            if value:
                parts.append(names.get((key, value), value))
        if "items" in content:
            count = len(content["items"])
            parts.append(self.env._("rules: %(count)s", count=count))
        return ", ".join(parts) or self.env._("No group")

    @api.model
    def _get_external_ids(self, channel):
        """The channel's ids of groups and lists, by kind and id of the record."""
        self.flush_model(["channel_id", "kind", "res_id", "external_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT kind, res_id, external_id FROM sale_channel_pricing_item
                 WHERE channel_id = %s AND kind IN ('group', 'list')
                   AND external_id IS NOT NULL
                """,
                channel.id,
            )
        )
        return {(kind, record): external_id for kind, record, external_id in rows}

    @api.model
    def _note(self, channel, changes):
        """Keep the intent of changes, in one statement.

        :param changes: list of ``lib.content.Change``, at most ``NOTE_LIMIT``
        """
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO sale_channel_pricing_item AS item (
                    channel_id, company_id, kind, res_id, operation, name, wanted,
                    wanted_hash, external_id, sync_state, reference, attempts,
                    next_attempt_at, waiting_since, create_uid, create_date,
                    write_uid, write_date)
                SELECT %(channel)s, %(company)s, kind, res_id, operation, name, wanted,
                       wanted_hash, external_id, sync_state, gen_random_uuid()::text,
                       0, %(now)s, %(now)s, %(user)s, %(now)s, %(user)s, %(now)s
                  FROM jsonb_to_recordset(%(rows)s::jsonb) AS new (
                       kind text, res_id integer, operation text, name text,
                       wanted jsonb, wanted_hash text, external_id text,
                       sync_state text)
                ON CONFLICT (channel_id, kind, res_id) DO UPDATE
                   SET operation = EXCLUDED.operation, name = EXCLUDED.name,
                       wanted = EXCLUDED.wanted, wanted_hash = EXCLUDED.wanted_hash,
                       external_id = COALESCE(EXCLUDED.external_id, item.external_id),
                       sync_state = EXCLUDED.sync_state, attempts = 0,
                       next_attempt_at = EXCLUDED.next_attempt_at,
                       waiting_since = EXCLUDED.waiting_since, error_code = NULL,
                       error_params = NULL, error_detail = NULL
                """,
                channel=channel.id,
                company=channel.company_id.id or None,
                now=fields.Datetime.now(),
                user=self.env.uid,
                rows=json.dumps(self._prepare_notes(channel, changes)),
            )
        )
        self.invalidate_model(flush=False)

    @api.model
    def _prepare_notes(self, channel, changes):
        services = channel._get_provider()._get_pricing_kinds(channel)
        return [
            {
                "kind": change.kind,
                "res_id": change.record,
                "operation": change.operation,
                "name": change.name,
                "wanted": change.content,
                "wanted_hash": change.wanted_hash,
                "external_id": change.external_id,
                "sync_state": "pending" if change.kind in services else "by_hand",
            }
            for change in changes
        ]

    def _get_entries(self):
        """What is sent for claimed rows; a row that names what is not there is absent.

        :return: dict reference → ``lib.sending.Entry``
        """
        translator = Translator(self._get_external_ids(self.channel_id))
        entries = {}
        for item in self:
            content = None
            if item.operation == "put":
                content = translator.translate(item.kind, item.wanted)
                if content is None:
                    continue
            target = Target(item.reference, item.external_id or None)
            entries[item.reference] = Entry(target, content, item.content_hash or None)
        return entries

    def _get_targets(self):
        """How the channel finds the rows' records."""
        return [Target(item.reference, item.external_id or None) for item in self]

    def _store_results(self, entries, results, run):
        """Keep what became of claimed rows, and what was different on the channel.

        :param entries: see :meth:`_get_entries`
        :param results: see ``lib.sending.send``
        """
        found = []
        for item in self:
            result = results.get(item.reference)
            if result is None:
                # It could not be sent, which is no attempt.
                item._mark_failed(
                    Retryable("not there yet", AWAITS_SECONDS, "pricing_awaits")
                )
                item.attempts = 0
            elif isinstance(result, Exception):
                item._mark_failed(result)
            else:
                content = entries[item.reference].content
                known = item.external_id
                item._store_sent(content, result.external_id)
                if known and known != item.external_id and content is not None:
                    item._resend_naming()
                if result.differed:
                    found.append(
                        {
                            "item_id": item.id,
                            "run_id": run.id,
                            "before": result.before,
                            "after": content,
                        }
                    )
        self.env["sale.channel.pricing.difference"].create(found)
        if any(i.kind in ("group", "list") and i.sync_state == "done" for i in self):
            self._release_waiting(self.channel_id)

    def _store_sent(self, content, external_id):
        self.ensure_one()
        values = {"seen": content, "content_hash": False}
        if content is not None:
            values["content_hash"] = fingerprint(content)
        if self.kind != "customer":
            values["external_id"] = external_id
        self._mark_done(**values)

    def _resend_naming(self):
        """Send what names a group or list again that the channel had to make anew."""
        self.ensure_one()
        if self.kind not in ("group", "list"):
            return
        # What is made by hand is seen by the next full run.
        channel = self.channel_id
        services = set(channel._get_provider()._get_pricing_kinds(channel))
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE sale_channel_pricing_item
                   SET sync_state = 'pending', attempts = 0, next_attempt_at = %(now)s
                 WHERE channel_id = %(channel)s AND sync_state = 'done'
                   AND operation = 'put' AND kind = ANY(%(kinds)s)
                   AND wanted @> %(named)s::jsonb
                """,
                now=fields.Datetime.now(),
                channel=self.channel_id.id,
                kinds=list(services & {"contract", "customer"}),
                named=json.dumps({self.kind: self.res_id}),
            )
        )
        self.invalidate_model(flush=False)

    @api.model
    def _release_waiting(self, channel):
        """Let rows go on whose group or list may be there now."""
        self.search(
            [
                ("channel_id", "=", channel.id),
                ("error_code", "=", "pricing_awaits"),
                ("sync_state", "=", "pending"),
            ]
        ).write({"next_attempt_at": fields.Datetime.now(), "attempts": 0})

    def _note_seen(self, found):
        """Send rows again that are not on the channel as they were sent.

        :param found: what the channel has: dict reference → ``lib.writer.Found``
        :return: the rows that differ
        """
        differing = self.browse()
        for item in self:
            there = found.get(item.reference)
            known = there and fingerprint(there.content)
            if known != (item.content_hash or None):
                differing |= item
        differing.write(self._prepare_retry_values())
        return differing

    def action_retry(self):
        """Try the rows again now; what is done by hand stays so."""
        rows = self.filtered(lambda item: item.sync_state != "by_hand")
        return super(SaleChannelPricingItem, rows).action_retry()

    def action_done_by_hand(self):
        """Note that a person has made the channel so.

        :raises UserError: the group or list that a row names is not there yet
        """
        self._check_operator()
        for item in self.sudo().filtered(lambda item: item.sync_state == "by_hand"):
            entry = item._get_entries().get(item.reference)
            if entry is None:
                raise UserError(
                    self.env._(
                        "The group or list of %(name)s is not on the channel yet.",
                        name=item.name,
                    )
                )
            item._store_sent(entry.content, item.external_id)
        return True

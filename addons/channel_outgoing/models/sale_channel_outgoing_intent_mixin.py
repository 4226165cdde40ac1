import json
import uuid

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL, groupby
from odoo.tools.sql import table_exists

from odoo.addons.channel_base.lib.errors import reason

from ..lib.content import Translator
from ..lib.dry_run import AWAITS, UNTRIED
from ..tools.vacuum import vacuum_early
from .sale_channel_outgoing_planner import GUILTY_LIMIT

OPERATIONS = [("put", "Send"), ("delete", "Remove")]
EXHAUSTED = "attempts_exhausted"
NOTE_LIMIT = 20000
# Where a million rows wait, nobody counts them for a card.
COUNT_LIMIT = 10_000
# Word by word as in the index
WAITING = (
    "sync_state = 'pending'"
    f" AND (error_code IS NULL OR error_code NOT IN ('{AWAITS}', '{UNTRIED}'))"
)
# What a row keeps when a change of it is noted; the reference is the first one's.
UPSERT = """
    INSERT INTO %(table)s AS noted (
        channel_id, company_id, kind, res_id, operation, name, wanted, wanted_hash,
        external_id, sync_state, error_code, error_params, reference, attempts,
        next_attempt_at, waiting_since, create_uid, create_date, write_uid,
        write_date%(names)s)
    SELECT %(channel)s, %(company)s, kind, res_id, operation, name, wanted, wanted_hash,
           external_id, sync_state, error_code, error_params, gen_random_uuid()::text,
           0, %(now)s, %(now)s, %(user)s, %(now)s, %(user)s, %(now)s%(names)s
      FROM jsonb_to_recordset(%(rows)s::jsonb) AS new (
           kind text, res_id integer, operation text, name text, wanted jsonb,
           wanted_hash text, external_id text, sync_state text, error_code text,
           error_params jsonb%(types)s)
    ON CONFLICT (channel_id, kind, res_id) DO UPDATE
       SET operation = EXCLUDED.operation, name = EXCLUDED.name,
           wanted = EXCLUDED.wanted, wanted_hash = EXCLUDED.wanted_hash,
           external_id = COALESCE(EXCLUDED.external_id, noted.external_id),
           sync_state = EXCLUDED.sync_state,
           attempts = CASE WHEN EXCLUDED.wanted_hash IS NULL THEN noted.attempts
                           ELSE 0 END,
           next_attempt_at = EXCLUDED.next_attempt_at,
           waiting_since = CASE WHEN noted.sync_state = 'pending'
                                  OR noted.error_code = 'attempts_exhausted'
                                THEN noted.waiting_since
                                ELSE EXCLUDED.waiting_since END,
           error_code = EXCLUDED.error_code, error_params = EXCLUDED.error_params,
           error_detail = NULL%(updates)s
"""


class SaleChannelOutgoingIntentMixin(models.AbstractModel):
    """What a channel shall have of a record.

    ``wanted`` holds ids of Odoo; ``content_hash`` is of what the channel took, in its
    own ids. Kinds with columns keep what is wanted there, and what was taken in
    ``content_hash``.
    """

    _name = "sale.channel.outgoing.intent.mixin"
    _inherit = "sale.channel.sync.mixin"
    _description = "What a Sales Channel Shall Have"
    _order = "id"

    _outgoing_family = None

    channel_id = fields.Many2one(
        "sale.channel", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="channel_id.company_id", store=True)
    kind = fields.Selection("_selection_kind", required=True, readonly=True)
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
    seen = fields.Json(readonly=True)
    # What the channel made of what it took, see ``lib.writer.Written``
    rewritten = fields.Json(readonly=True)
    # Partial ones instead: nobody looks for the rows that are done.
    sync_state = fields.Selection(index=False)

    _record_uniq = models.Constraint(
        "UNIQUE (channel_id, kind, res_id)", "The channel has a row for this record."
    )
    # Rows are claimed by kind and operation, and nobody else's backlog is walked.
    _due_idx = models.Index(
        "(channel_id, kind, operation, next_attempt_at) WHERE sync_state = 'pending'"
    )
    _open_idx = models.Index(
        "(channel_id, id) "
        "WHERE sync_state IN ('error', 'blocked', 'by_hand', 'asks', 'kept')"
    )

    # Since when something waits for Odoo, neither for others nor for the trial's end
    _waiting_idx = models.Index(f"(channel_id, waiting_since) WHERE {WAITING}")

    def init(self):
        # Odoo also asks models whose addon is not updated yet.
        if not self._abstract and table_exists(self.env.cr, self._table):
            # The indexes as well: the state is in their predicates, so no update is
            # heap-only, whatever the fillfactor.
            vacuum_early(self.env.cr, self._table, "vacuum_index_cleanup = on")
        return super().init()

    # What a family declares

    @api.model
    def _get_services(self, channel):
        """Codes of the kinds that the provider writes; others are made by hand."""
        return tuple(self._outgoing_family.kinds)

    @api.model
    def _selection_kind(self):
        """The kinds and their labels, which are terms of the family's addon."""
        return []

    @api.depends("kind")
    def _compute_res_model(self):
        family = self._outgoing_family
        for row in self:
            row.res_model = row.kind and family[row.kind].model

    def _get_kind(self):
        return self._outgoing_family[self.kind]

    # Contents

    def _get_contents(self):
        """What the channel shall have, in ids of Odoo.

        :return: dict id of the row → content
        """
        contents = {}
        for code, rows in self.grouped("kind").items():
            columns = self._outgoing_family[code].columns
            if not columns:
                contents.update((row.id, row.wanted or {}) for row in rows)
                continue
            # A field would tell 0 of an empty integer, and False of an empty text.
            self.flush_model(columns)
            found = self.env.execute_query(
                SQL(
                    "SELECT id, %s FROM %s WHERE id = ANY(%s)",
                    SQL(", ").join(map(SQL.identifier, columns)),
                    SQL.identifier(self._table),
                    rows.ids,
                )
            )
            for id_, *values in found:
                contents[id_] = dict(zip(columns, values, strict=True))
        return contents

    def _get_translated(self, channel):
        """What a channel shall have of its rows, in its own ids.

        :return: dict id of the row → content; None if it is to be removed, names what
            is not there yet, or could not be planned
        """
        planned = self.filtered(lambda row: row.operation == "put" and row.wanted_hash)
        contents = planned._get_contents()
        named = {
            pair
            for row in planned
            for pair in row._get_kind().get_named(contents[row.id])
        }
        translator = Translator(self._get_external_ids(channel, named))
        return dict.fromkeys(self.ids) | {
            row.id: translator.translate(row._get_kind(), contents[row.id])
            for row in planned
        }

    @api.model
    def _get_external_ids(self, channel, named):
        """The channel's ids of records that others name.

        :param named: pairs of a kind's code and an id of a record
        :return: dict of such pairs; what is not there is absent
        """
        if not named:
            return {}
        self.flush_model(["channel_id", "kind", "res_id", "external_id"])
        kinds, ids = zip(*named, strict=True)
        found = self.env.execute_query(
            SQL(
                """
                SELECT kind, res_id, external_id
                  FROM %s
                  JOIN unnest(%s::varchar[], %s::integer[]) AS named (kind, res_id)
                 USING (kind, res_id)
                 WHERE channel_id = %s AND external_id IS NOT NULL
                """,
                SQL.identifier(self._table),
                list(kinds),
                list(ids),
                channel.id,
            )
        )
        return {(kind, record): external_id for kind, record, external_id in found}

    # Counting

    @api.model
    def _count_open(self, channels):
        """As it is counted for cards: in the partial indexes, not beyond the limit."""
        counts = {
            (channel.id, "pending"): self._count_pending(channel)
            for channel in channels
        }
        stopped = self._read_group(
            [
                ("channel_id", "in", channels.ids),
                ("sync_state", "in", ("error", "blocked", "by_hand", "asks")),
            ],
            ["channel_id", "sync_state"],
            ["__count"],
        )
        counts.update(((c.id, state), count) for c, state, count in stopped)
        return counts

    @api.model
    def _count_pending(self, channel, condition="sync_state = 'pending'"):
        """How many rows of a channel are to be sent, at most ``COUNT_LIMIT``."""
        self.flush_model(["channel_id", "sync_state", "error_code"])
        found = self.env.execute_query(
            SQL(
                """
                SELECT count(*)
                  FROM (SELECT 1 FROM %s WHERE channel_id = %s AND %s LIMIT %s) AS found
                """,
                SQL.identifier(self._table),
                channel.id,
                SQL(condition),
                COUNT_LIMIT,
            )
        )
        return found[0][0]

    @api.model
    def _get_waiting_since(self, channels):
        self.flush_model(["channel_id", "sync_state", "error_code", "waiting_since"])
        found = self.env.execute_query(
            SQL(
                """
                SELECT channel, oldest.waiting_since
                  FROM unnest(%s::integer[]) AS channel
                 CROSS JOIN LATERAL (
                       SELECT waiting_since FROM %s
                        WHERE channel_id = channel AND %s
                        ORDER BY waiting_since LIMIT 1) AS oldest
                """,
                channels.ids,
                SQL.identifier(self._table),
                SQL(WAITING),
            )
        )
        return dict(found)

    # What was given up

    @api.model
    def _find_given_up(self, channel, **options):
        """Rows that were tried so often that only a full run begins with them anew."""
        domain = [
            ("channel_id", "=", channel.id),
            ("sync_state", "=", "error"),
            ("error_code", "=", EXHAUSTED),
        ]
        return self.sudo().search(domain, **options)

    @api.model
    def _get_given_up_since(self, channel):
        """Since when the oldest of them waits (naive UTC); False for none."""
        return self._find_given_up(
            channel, order="waiting_since", limit=1
        ).waiting_since

    @api.model
    def _try_given_up(self, channel):
        """Begin with them anew; they are as late as before."""
        rows = self._find_given_up(channel)
        values = rows._prepare_retry_values()
        del values["waiting_since"]
        rows.write(values)

    # Noting

    @api.model
    def _get_columns(self):
        """The columns that hold contents: name → type in the database."""
        names = {name: None for kind in self._outgoing_family for name in kind.columns}
        return {name: self._fields[name].column_type[1] for name in names}

    @api.model
    def _note(self, channel, changes):
        """Keep the intent of changes, in one statement; forget what is left as it is.

        :param changes: list of ``lib.content.Change``, at most ``NOTE_LIMIT``
        """
        self._forget_left(channel, [c for c in changes if c.operation == "forget"])
        changes = [change for change in changes if change.operation != "forget"]
        if not changes:
            return
        self.flush_model()
        columns = self._get_columns()
        names = [SQL.identifier(name) for name in columns]
        types = [SQL("%s %s", SQL.identifier(n), SQL(t)) for n, t in columns.items()]
        updates = [SQL("%s = EXCLUDED.%s", name, name) for name in names]

        def more(parts):
            return SQL("").join(SQL(", %s", part) for part in parts)

        self.env.cr.execute(
            SQL(
                UPSERT,
                table=SQL.identifier(self._table),
                names=more(names),
                types=more(types),
                updates=more(updates),
                channel=channel.id,
                company=channel.company_id.id or None,
                now=fields.Datetime.now(),
                user=self.env.uid,
                rows=json.dumps(self._prepare_notes(channel, changes)),
            )
        )
        self.invalidate_model(flush=False)

    @api.model
    def _forget_left(self, channel, changes):
        """Delete the rows of records that the channel keeps as they are."""
        for kind, records in groupby(changes, lambda change: change.kind):
            self.search(
                [
                    ("channel_id", "=", channel.id),
                    ("kind", "=", kind),
                    ("res_id", "in", [change.record for change in records]),
                ]
            ).unlink()

    @api.model
    def _prepare_notes(self, channel, changes):
        services = self._get_services(channel)
        return [
            {
                "kind": change.kind,
                "res_id": change.record,
                "name": change.name,
                "external_id": change.external_id,
                **self._prepare_intent(change, services),
            }
            # In the order of the index, whose pages are then read once
            for change in sorted(changes, key=lambda c: (c.kind, c.record))
        ]

    @api.model
    def _prepare_intent(self, change, services):
        """What shall happen to a record; of one that is refused why nothing does."""
        if change.refused:
            return {
                "operation": "put",
                "sync_state": "error",
                "error_code": change.refused.code,
                "error_params": dict(change.refused.params),
            }
        return {
            "operation": change.operation,
            "wanted_hash": change.wanted_hash,
            "sync_state": "pending" if change.kind in services else "by_hand",
            **self._prepare_content(self._outgoing_family[change.kind], change.content),
        }

    @api.model
    def _prepare_content(self, kind, content):
        content = kind.normalise(content)
        if not kind.columns:
            return {"wanted": content}
        return {
            name: None
            if value is False and self._fields[name].type != "boolean"
            else value
            for name, value in content.items()
        }

    @api.model
    def _note_unplanned(self, channel, part, record, error):
        """Show that a record cannot be planned. It is planned anew whenever it changes
        and by each full run, and what was noted before waits until then.

        :param part: the :class:`..lib.part.Part` that it belongs to
        :param error: why
        """
        rows = self.search(
            [
                ("channel_id", "=", channel.id),
                ("kind", "in", part.kinds),
                ("res_id", "=", record),
            ]
        )
        if not rows and part.kinds:
            family = self._outgoing_family[part.kinds[0]]
            rows = self.create(
                {
                    "channel_id": channel.id,
                    "kind": family.code,
                    "res_id": record,
                    "name": f"{family.model},{record}",
                    "reference": str(uuid.uuid4()),
                    "operation": "put",
                }
            )
        # A removal that is under way goes on.
        rows = rows.filtered(
            lambda row: row.operation == "put" or row.sync_state == "done"
        )
        code, params = reason(error)
        rows.write(
            {
                "operation": "put",
                "wanted_hash": False,
                "sync_state": "error",
                "error_code": code,
                "error_params": params,
                "error_detail": str(error)[:500],
                "blocked_mapping_id": False,
            }
        )

    def _plan_anew(self, channel):
        """Plan a channel's records again. What is not wanted any more is forgotten; of
        very many the next full run does it."""
        if len(self) > GUILTY_LIMIT:
            channel._wake_flows(self._get_flow_kinds())
            return
        # In nobody's language, like a run
        env = self.env(user=SUPERUSER_ID, context={})
        flows = channel.sudo().flow_ids.filtered(
            lambda flow: flow.kind in self._get_flow_kinds()
        )
        for flow in flows.with_env(env).with_company(channel.company_id):
            concerned = {}
            for part in flow._get_planner()._get_parts():
                rows = self.filtered(lambda row, part=part: row.kind in part.kinds)
                if rows:
                    concerned[part.name] = rows.mapped("res_id")
            flow._plan_concerned(concerned)
            flow._wake()

import json
import uuid

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.sql import table_exists

from odoo.addons.channel_base.lib.errors import reason

from ..lib.content import Translator
from ..tools.vacuum import vacuum_early

OPERATIONS = [("put", "Send"), ("delete", "Remove")]
NOTE_LIMIT = 20000
# What a row keeps when a change of it is noted; the reference is the first one's.
UPSERT = """
    INSERT INTO %(table)s AS noted (
        channel_id, company_id, kind, res_id, operation, name, wanted, wanted_hash,
        external_id, sync_state, reference, attempts, next_attempt_at, waiting_since,
        create_uid, create_date, write_uid, write_date%(names)s)
    SELECT %(channel)s, %(company)s, kind, res_id, operation, name, wanted, wanted_hash,
           external_id, sync_state, gen_random_uuid()::text, 0, %(now)s, %(now)s,
           %(user)s, %(now)s, %(user)s, %(now)s%(names)s
      FROM jsonb_to_recordset(%(rows)s::jsonb) AS new (
           kind text, res_id integer, operation text, name text, wanted jsonb,
           wanted_hash text, external_id text, sync_state text%(types)s)
    ON CONFLICT (channel_id, kind, res_id) DO UPDATE
       SET operation = EXCLUDED.operation, name = EXCLUDED.name,
           wanted = EXCLUDED.wanted, wanted_hash = EXCLUDED.wanted_hash,
           external_id = COALESCE(EXCLUDED.external_id, noted.external_id),
           sync_state = EXCLUDED.sync_state, attempts = 0,
           next_attempt_at = EXCLUDED.next_attempt_at,
           waiting_since = EXCLUDED.waiting_since, error_code = NULL,
           error_params = NULL, error_detail = NULL%(updates)s
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
        "(channel_id, id) WHERE sync_state IN ('error', 'blocked', 'by_hand')"
    )

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

    # Noting

    @api.model
    def _get_columns(self):
        """The columns that hold contents: name → type in the database."""
        names = {name: None for kind in self._outgoing_family for name in kind.columns}
        return {name: self._fields[name].column_type[1] for name in names}

    @api.model
    def _note(self, channel, changes):
        """Keep the intent of changes, in one statement.

        :param changes: list of ``lib.content.Change``, at most ``NOTE_LIMIT``
        """
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
    def _prepare_notes(self, channel, changes):
        services = self._get_services(channel)
        family = self._outgoing_family
        return [
            {
                "kind": change.kind,
                "res_id": change.record,
                "operation": change.operation,
                "name": change.name,
                "wanted_hash": change.wanted_hash,
                "external_id": change.external_id,
                "sync_state": "pending" if change.kind in services else "by_hand",
                **self._prepare_content(family[change.kind], change.content),
            }
            # In the order of the index, whose pages are then read once
            for change in sorted(changes, key=lambda c: (c.kind, c.record))
        ]

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
    def _forget_unplanned(self, channel, part, records):
        """Delete rows that only say that records could not be planned."""
        self.search(
            [
                ("channel_id", "=", channel.id),
                ("sync_state", "=", "error"),
                ("kind", "in", part.kinds),
                ("res_id", "in", records),
                ("wanted_hash", "=", False),
                ("content_hash", "=", False),
                ("external_id", "=", False),
                ("attempts", "=", 0),
            ]
        ).unlink()

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
        if not rows:
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

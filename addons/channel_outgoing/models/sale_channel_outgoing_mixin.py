import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.sql import table_exists

from odoo.addons.channel_base.lib.errors import Retryable

from ..lib.content import Translator
from ..lib.sending import Entry
from ..lib.writer import Target

OPERATIONS = [("put", "Send"), ("delete", "Remove")]
# A row that names a record which is not there is woken when it is; this is the safety
# net.
AWAITS_SECONDS = 24 * 60 * 60
NOTE_LIMIT = 20000


class SaleChannelOutgoingMixin(models.AbstractModel):
    """What a channel shall have of a record, and what it took.

    The row is the intent, committed before the channel is called. ``wanted`` holds ids
    of Odoo; ``content_hash`` is of what the channel took, in its own ids. Kinds with
    columns keep what is wanted there, and what was taken in ``content_hash``.

    An heir is a *family*: ``_outgoing_family`` (:class:`..lib.kind.Family`) are its
    kinds, each a value of ``kind``; ``_outgoing_flow`` is the kind of flow that sends
    them and ``_outgoing_planner`` the model that plans them.
    """

    _name = "sale.channel.outgoing.mixin"
    _inherit = "sale.channel.sync.mixin"
    _description = "Something That Goes Out to a Sales Channel"
    _order = "id"

    _outgoing_family = None
    _outgoing_flow = None
    _outgoing_planner = None

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
    wanted_text = fields.Char("Shall Be", compute="_compute_texts")
    seen = fields.Json(readonly=True)
    seen_text = fields.Char(
        "Last Seen",
        compute="_compute_texts",
        help="What the channel had when it was last read or written.",
    )
    # Partial ones instead: nobody looks for the rows that are done.
    sync_state = fields.Selection(index=False)

    _record_uniq = models.Constraint(
        "UNIQUE (channel_id, kind, res_id)", "The channel has a row for this record."
    )
    _reference_uniq = models.Constraint(
        "UNIQUE (reference)", "Another row has this reference."
    )
    _due_idx = models.Index(
        "(channel_id, next_attempt_at) WHERE sync_state = 'pending'"
    )
    _open_idx = models.Index(
        "(channel_id, id) WHERE sync_state IN ('error', 'blocked', 'by_hand')"
    )

    def init(self):
        """Vacuum before a fifth of the rows is dead. The state is in the predicate of
        indexes: no update is heap-only, whatever the fillfactor."""
        # Odoo also asks models whose addon is not updated yet.
        if not self._abstract and table_exists(self.env.cr, self._table):
            self.env.cr.execute(
                SQL(
                    "ALTER TABLE %s SET (autovacuum_vacuum_scale_factor = 0.02)",
                    SQL.identifier(self._table),
                )
            )
        return super().init()

    def unlink(self):
        """Differences have no key of the database to their row."""
        self.env["sale.channel.difference"].sudo().search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        ).unlink()
        return super().unlink()

    # What a family declares

    @api.model
    def _get_services(self, channel):
        """Codes of the kinds that the provider writes; others are made by hand."""
        return tuple(self._outgoing_family.kinds)

    @api.model
    def _get_writer(self, channel):
        """The provider's :class:`..lib.writer.Writer` for the channel's account."""
        raise NotImplementedError(self._name)

    @api.model
    def _selection_kind(self):
        """The kinds and their labels, which are terms of the family's addon."""
        return []

    # States and texts

    @api.model
    def _selection_sync_state(self):
        labels = dict(super()._selection_sync_state())
        return list({**labels, "by_hand": self.env._("To do by hand")}.items())

    @api.model
    def _get_flow_kinds(self):
        return [self._outgoing_flow] if self._outgoing_flow else []

    @api.depends("kind")
    def _compute_res_model(self):
        family = self._outgoing_family
        for row in self:
            row.res_model = row.kind and family[row.kind].model

    @api.depends("wanted", "seen", "operation")
    @api.depends_context("lang")
    def _compute_texts(self):
        for channel, rows in self.grouped("channel_id").items():
            names = rows._get_names(channel)
            translator = Translator(rows._get_external_ids(channel))
            for row in rows:
                kind, wanted = row._get_kind(), None
                if row.operation == "put":
                    wanted = translator.translate(kind, row._get_wanted())
                seen = row.seen or kind.parse(row.content_hash)
                row.wanted_text = self._describe(row.kind, wanted, names)
                row.seen_text = self._describe(row.kind, seen, names)

    @api.model
    def _get_names(self, channel):
        """Names of the records that others name, by kind and the channel's id."""
        named = self._outgoing_family.named
        if not named:
            return {}
        rows = self.sudo().search_fetch(
            [
                ("channel_id", "=", channel.id),
                ("kind", "in", list(named)),
                ("external_id", "!=", False),
            ],
            ["kind", "external_id", "name"],
        )
        return {(row.kind, row.external_id): row.name for row in rows}

    @api.model
    def _describe(self, kind, content, names):
        """A content in words, for people.

        :param names: see :meth:`_get_names`
        """
        if not content:
            return False
        named = self._outgoing_family[kind].names
        values = {
            key: names.get((named.get(key), value), value)
            for key, value in content.items()
            if value is not None and not isinstance(value, list | dict)
        }
        return ", ".join(f"{key}: {value}" for key, value in values.items())

    def _get_kind(self):
        return self._outgoing_family[self.kind]

    def _get_wanted(self):
        """What the channel shall have, in ids of Odoo."""
        if columns := self._get_kind().columns:
            return {column: self[column] for column in columns}
        return self.wanted or {}

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
                """
                INSERT INTO %(table)s AS noted (
                    channel_id, company_id, kind, res_id, operation, name, wanted,
                    wanted_hash, external_id, sync_state, reference, attempts,
                    next_attempt_at, waiting_since, create_uid, create_date,
                    write_uid, write_date%(names)s)
                SELECT %(channel)s, %(company)s, kind, res_id, operation, name, wanted,
                       wanted_hash, external_id, sync_state, gen_random_uuid()::text,
                       0, %(now)s, %(now)s, %(user)s, %(now)s, %(user)s, %(now)s
                       %(names)s
                  FROM jsonb_to_recordset(%(rows)s::jsonb) AS new (
                       kind text, res_id integer, operation text, name text,
                       wanted jsonb, wanted_hash text, external_id text,
                       sync_state text%(types)s)
                ON CONFLICT (channel_id, kind, res_id) DO UPDATE
                   SET operation = EXCLUDED.operation, name = EXCLUDED.name,
                       wanted = EXCLUDED.wanted, wanted_hash = EXCLUDED.wanted_hash,
                       external_id = COALESCE(EXCLUDED.external_id, noted.external_id),
                       sync_state = EXCLUDED.sync_state, attempts = 0,
                       next_attempt_at = EXCLUDED.next_attempt_at,
                       waiting_since = EXCLUDED.waiting_since, error_code = NULL,
                       error_params = NULL, error_detail = NULL%(updates)s
                """,
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
                **(
                    change.content
                    if family[change.kind].columns
                    else {"wanted": change.content}
                ),
            }
            for change in changes
        ]

    # Sending

    @api.model
    def _get_external_ids(self, channel):
        """The channel's ids of what others name, by kind and id of the record."""
        named = self._outgoing_family.named
        if not named:
            return {}
        self.flush_model(["channel_id", "kind", "res_id", "external_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT kind, res_id, external_id FROM %s
                 WHERE channel_id = %s AND kind = ANY(%s) AND external_id IS NOT NULL
                """,
                SQL.identifier(self._table),
                channel.id,
                list(named),
            )
        )
        return {(kind, record): external_id for kind, record, external_id in rows}

    def _get_entries(self):
        """What is sent for claimed rows; a row that names what is not there is absent.

        :return: dict reference → ``lib.sending.Entry``
        """
        translator = Translator(self._get_external_ids(self.channel_id))
        entries = {}
        for row in self:
            content = None
            if row.operation == "put":
                content = translator.translate(row._get_kind(), row._get_wanted())
                if content is None:
                    continue
            target = Target(row.reference, row.external_id or None)
            entries[row.reference] = Entry(target, content, row.content_hash or None)
        return entries

    def _get_targets(self):
        """How the channel finds the rows' records."""
        return [Target(row.reference, row.external_id or None) for row in self]

    def _store_results(self, entries, results, run):
        """Keep what became of claimed rows, and what was different on the channel.

        :param entries: see :meth:`_get_entries`
        :param results: see ``lib.sending.send``
        """
        found = []
        for row in self:
            result = results.get(row.reference)
            if result is None:
                # It could not be sent, which is no attempt.
                row._mark_failed(
                    Retryable("not there yet", AWAITS_SECONDS, "outgoing_awaits")
                )
                row.attempts = 0
            elif isinstance(result, Exception):
                row._mark_failed(result)
            else:
                content = entries[row.reference].content
                known = row.external_id
                row._store_sent(content, result.external_id)
                if known and known != row.external_id and content is not None:
                    row._resend_naming()
                if result.differed:
                    found.append(row._prepare_difference(result.before, content, run))
        self.env["sale.channel.difference"].create(found)
        named = self._outgoing_family.named
        if any(row.kind in named and row.sync_state == "done" for row in self):
            self._release_waiting(self.channel_id)

    def _prepare_difference(self, before, after, run):
        return {
            "res_model": self._name,
            "res_id": self.id,
            "channel_id": self.channel_id.id,
            "kind": self.kind,
            "name": self.name,
            "run_id": run.id,
            "before": before,
            "after": after,
        }

    def _store_sent(self, content, external_id):
        self.ensure_one()
        kind = self._get_kind()
        values = {"content_hash": content is not None and kind.sign(content)}
        if not kind.columns:
            values["seen"] = content
        if kind.created:
            values["external_id"] = external_id
        self._mark_done(**values)

    def _resend_naming(self):
        """Send what names a record again that the channel had to make anew."""
        self.ensure_one()
        # What is made by hand is seen by the next full run.
        services = self._get_services(self.channel_id)
        named = [
            SQL("(kind = %s AND %s)", kind.code, self._get_naming(kind, field))
            for kind in self._outgoing_family
            for field, code in kind.names.items()
            if code == self.kind and kind.code in services
        ]
        if not named:
            return
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE %(table)s
                   SET sync_state = 'pending', attempts = 0, next_attempt_at = %(now)s
                 WHERE channel_id = %(channel)s AND sync_state = 'done'
                   AND operation = 'put' AND (%(named)s)
                """,
                table=SQL.identifier(self._table),
                now=fields.Datetime.now(),
                channel=self.channel_id.id,
                named=SQL(" OR ").join(named),
            )
        )
        self.invalidate_model(flush=False)

    def _get_naming(self, kind, field):
        """Whether a row of a kind names this record in a field, in SQL."""
        if kind.columns:
            return SQL("%s = %s", SQL.identifier(field), self.res_id)
        return SQL("wanted @> %s::jsonb", json.dumps({field: self.res_id}))

    @api.model
    def _release_waiting(self, channel):
        """Let rows go on whose records that they name may be there now."""
        self.search(
            [
                ("channel_id", "=", channel.id),
                ("error_code", "=", "outgoing_awaits"),
                ("sync_state", "=", "pending"),
            ]
        ).write({"next_attempt_at": fields.Datetime.now(), "attempts": 0})

    def _note_seen(self, found, run):
        """Send rows again that are not on the channel as they were sent.

        What is written without reading is read here alone, so the difference is kept.

        :param found: what the channel has: dict reference → ``lib.writer.Found``
        :return: the rows that differ
        """
        differing, differences = self.browse(), []
        for row in self:
            kind, there = row._get_kind(), found.get(row.reference)
            before = there and there.content
            if (there and kind.sign(before)) == (row.content_hash or None):
                continue
            differing |= row
            if kind.absolute:
                after = kind.parse(row.content_hash)
                differences.append(row._prepare_difference(before, after, run))
        self.env["sale.channel.difference"].create(differences)
        differing.write(self._prepare_retry_values())
        return differing

    # Buttons

    def _get_retryable(self):
        """What is done by hand stays so."""
        rows = super()._get_retryable()
        return rows.filtered(lambda row: row.sync_state != "by_hand")

    def action_done_by_hand(self):
        """Note that a person has made the channel so.

        :raises UserError: what a row names is not there yet
        """
        self._check_operator()
        for row in self.sudo().filtered(lambda row: row.sync_state == "by_hand"):
            entry = row._get_entries().get(row.reference)
            if entry is None:
                raise UserError(
                    self.env._(
                        "What %(name)s names is not on the channel yet.",
                        name=row.name,
                    )
                )
            row._store_sent(entry.content, row.external_id)
        return True

    def _open_row(self):
        """Open the rows in the list of their family."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env["ir.model"]._get(self._name).name,
            "res_model": self._name,
            "view_mode": "list",
            "domain": [("id", "in", self.ids)],
        }

    def _open_record(self):
        """Open the record that the channel is told of, with the user's own rights.

        :raises UserError: it is not there any more
        """
        self.ensure_one()
        record = self.env[self.res_model].browse(self.res_id).exists()
        if not record:
            raise UserError(
                self.env._("%(name)s is not in Odoo any more.", name=self.name or "")
            )
        return record.get_formview_action()

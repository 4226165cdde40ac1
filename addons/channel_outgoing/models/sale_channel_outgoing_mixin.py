from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.sql import table_exists

from odoo.addons.channel_base.lib.errors import Retryable
from odoo.addons.channel_base.tools.client import RELOAD, notification

from ..lib.dry_run import AWAITS, UNTRIED
from ..lib.sending import Entry, find_taken_over
from ..lib.writer import UNREAD, NotTaken, Target
from ..tools.vacuum import vacuum_early
from .sale_channel_outgoing_queue import LOOKED_AT, WAITING

OPERATIONS = [("put", "Send"), ("delete", "Remove")]
# A row that names a record which is not there is woken when it is; this is the safety
# net.
AWAITS_SECONDS = 24 * 60 * 60
# Until what lacks of a record that is there is sent
REST_SECONDS = 60
# How soon a row that the channel did not take is looked at again, at the earliest
LOOK_SECONDS = 15 * 60


class SaleChannelOutgoingMixin(models.AbstractModel):
    """What a channel shall have of a record, and what it took.

    The row is the intent, committed before the channel is called. ``wanted`` holds ids
    of Odoo; ``content_hash`` is of what the channel took, in its own ids. Kinds with
    columns keep what is wanted there, and what was taken in ``content_hash``.

    An heir is a *family*: ``_outgoing_family`` (:class:`..lib.kind.Family`) are its
    kinds, each a value of ``kind``; ``_outgoing_flow`` is the kind of flow that sends
    them and ``_outgoing_planner`` the model that plans them.

    With ``sudo``: rows of the outbox are the server's; a button checks first who
    presses it.
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

    wanted_text = fields.Char("Shall Be", compute="_compute_texts")
    seen_text = fields.Char(
        "Last Seen",
        compute="_compute_texts",
        help="What the channel had when it was last read or written.",
    )

    def init(self):
        # Odoo also asks models whose addon is not updated yet.
        if not self._abstract and table_exists(self.env.cr, self._table):
            # The indexes as well: the state is in their predicates, so no update is
            # heap-only, whatever the fillfactor.
            vacuum_early(self.env.cr, self._table, "vacuum_index_cleanup = on")
        return super().init()

    def unlink(self):
        """Differences have no key of the database to their row."""
        self.env["sale.channel.difference"].sudo().search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        ).unlink()
        return super().unlink()

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

    @api.model
    def _selection_sync_state(self):
        labels = dict(super()._selection_sync_state())
        labels |= {
            "by_hand": self.env._("To do by hand"),
            "asks": self.env._("Waits for an answer"),
            "kept": self.env._("Left to the channel"),
        }
        return list(labels.items())

    @api.model
    def _get_flow_kinds(self):
        return [self._outgoing_flow] if self._outgoing_flow else []

    @api.model
    def _get_taken_over(self, channel):
        """Fields of contents in which a change that somebody makes on the channel
        counts: it is not overwritten. None of them names a record."""
        return ()

    @api.depends("kind")
    def _compute_res_model(self):
        family = self._outgoing_family
        for row in self:
            row.res_model = row.kind and family[row.kind].model

    def _get_kind(self):
        return self._outgoing_family[self.kind]

    @api.depends("wanted", "seen", "operation")
    @api.depends_context("lang")
    def _compute_texts(self):
        translator = self.env["sale.channel.outgoing.translator"]
        for channel, rows in self.grouped("channel_id").items():
            wanted = translator._translate(rows, channel)
            seen = {
                row: row.seen or row._get_kind().parse(row.content_hash) for row in rows
            }
            shown = [
                (row.kind, text) for row in rows for text in (wanted[row.id], seen[row])
            ]
            names = translator._get_names(rows, channel, shown)
            for row in rows:
                row.wanted_text = self._describe(row.kind, wanted[row.id], names)
                row.seen_text = self._describe(row.kind, seen[row], names)

    @api.model
    def _describe(self, kind, content, names):
        """A content in words, for people.

        :param names: of the records that it names, see the translator's ``_get_names``
        """
        if not content:
            return False
        named = self._outgoing_family[kind].names
        values = {
            key: names.get((named.get(key), value), value)
            for key, value in content.items()
            if value is not None and not isinstance(value, list | dict)
        }
        return ", ".join(
            f"{self._get_label(kind, key)}: {value}" for key, value in values.items()
        )

    @api.model
    def _get_compared(self, kind, before, after):
        """What people are shown of two contents of which one replaced the other."""
        return before, after

    @api.model
    def _get_label(self, kind, key):
        """What people call a key of a content: the field of that name, or the kind that
        it names."""
        if key in self._fields:
            return self._fields[key]._description_string(self.env)
        labels = dict(self._fields["kind"]._description_selection(self.env))
        named = self._outgoing_family[kind].names.get(key)
        return labels.get(named) or key.replace("_", " ").capitalize()

    @api.model
    def _format_value(self, kind, key, value):
        """A value of a content in words; nothing is a dash."""
        if value is None or value is False or value == "" or value == []:
            return "–"
        if value is True:
            return self.env._("Yes")
        if isinstance(value, dict):
            pairs = (
                (name, self._format_value(kind, key, v)) for name, v in value.items()
            )
            return ", ".join(f"{name}: {text}" for name, text in pairs)
        if isinstance(value, list):
            mark = "; " if isinstance(value[0], dict) else ", "
            return mark.join(self._format_value(kind, key, item) for item in value)
        if isinstance(value, float):
            # No price is written with an exponent.
            return f"{value:.6f}".rstrip("0").rstrip(".")
        return str(value)

    @api.model
    def _get_dry_run_action(self, kind, action, before, after):
        """What people call it when a record is put on the channel.

        :param kind: code of a kind
        :param action: ``create`` or ``change``
        :param before: what the channel took the last time, None for nothing
        :param after: what it would be sent
        :return: the action, ``hide`` or ``unavailable``
        """
        return action

    @api.model
    def _add_dry_run_notes(self, channel, lines):
        """Say more of records than what becomes of them.

        :param lines: values of ``sale.channel.dry.run.line``; those to be remarked on
            get a ``note_code`` of ``sale.channel.text`` and ``note_params``
        """

    @api.model
    def _get_external_ids(self, channel, named):
        """The channel's ids of records that others name.

        :param named: pairs of a kind's code and an id of a record
        :return: dict of such pairs; what is not there is absent
        """
        translator = self.env["sale.channel.outgoing.translator"]
        return translator._find_external_ids(self, channel, named)

    def _get_untried(self):
        """Those of the channel's rows that its trial list leaves out."""
        planner = self.env[self._outgoing_planner]
        keys = {(row.kind, row.res_id): row.id for row in self}
        untried = planner._get_untried(self.channel_id, keys) if keys else ()
        return self.browse(keys[key] for key in untried)

    def _hold_untried(self):
        """Put off claimed rows that the trial list leaves out, which is no attempt.

        :return: the others
        """
        held = self._get_untried()
        if held:
            until = fields.Datetime.now() + timedelta(seconds=AWAITS_SECONDS)
            held.write({"error_code": UNTRIED, "next_attempt_at": until, "attempts": 0})
        return self - held

    def _get_entries(self):
        """What is sent for claimed rows; a row that names what is not there is absent.

        :return: dict reference → ``lib.sending.Entry``
        """
        translator = self.env["sale.channel.outgoing.translator"]
        contents = translator._translate(self, self.channel_id)
        names = self._get_taken_over(self.channel_id)
        entries = {}
        for row, target in zip(self, self._get_targets(), strict=True):
            content = contents[row.id]
            if content is None and row.operation == "put":
                continue
            sent_hash = row.content_hash or None
            entries[row.reference] = Entry(target, content, sent_hash, names)
        return entries

    def _get_targets(self):
        """How the channel finds the rows' records."""
        return [
            Target(
                row.reference,
                row.external_id or None,
                row.seen or None,
                row.last_synced_at or None,
                row.rewritten or None,
            )
            for row in self
        ]

    def _store_results(self, entries, results, run):
        """Keep what became of claimed rows, and what was different on the channel.

        :param entries: see :meth:`_get_entries`
        :param results: see ``lib.sending.send``
        """
        differences = self.env["sale.channel.difference"]
        found, remade = [], self.browse()
        for row in self:
            result = results.get(row.reference)
            if result is None:
                # It could not be sent, which is no attempt.
                row._mark_failed(Retryable("not there yet", AWAITS_SECONDS, AWAITS))
                row.attempts = 0
            elif isinstance(result, Exception):
                row._mark_failed(result)
            else:
                content = entries[row.reference].content
                known = row.external_id
                if result.taken_over:
                    taken = differences._prepare_taken_over(row, result.taken_over, run)
                    found.append(taken)
                    row._take_over(result.taken_over)
                    content = {**content, **result.taken_over}
                took = content if result.taken is None else result.taken
                row._store_sent(took, result.external_id, result.details)
                if result.rewritten is not None:
                    row.rewritten = result.rewritten or False
                if result.taken is not None:
                    row._send_rest()
                if known and known != row.external_id and content is not None:
                    remade |= row
                if result.differed:
                    before = result.before
                    found.append(differences._prepare(row, before, content, run))
        differences.create(found)
        queue = self.env["sale.channel.outgoing.queue"]
        queue._resend_naming(remade)
        queue._release_waiting(self)

    def _store_sent(self, content, external_id, details=None):
        """Keep what the channel has now.

        :param content: as it was sent; None for a record that was removed
        :param details: what else the channel calls it: dict, see ``lib.writer.Found``
        """
        self.ensure_one()
        kind = self._get_kind()
        values = {"content_hash": content is not None and kind.sign(content)}
        if not kind.columns:
            values["seen"] = content
        if kind.created:
            values["external_id"] = external_id
        self._mark_done(**values)

    def _send_rest(self):
        """Send soon what the channel did not take of a record that it has."""
        if self.sync_state == "done":
            due = fields.Datetime.now() + timedelta(seconds=REST_SECONDS)
            self.write({**self._prepare_retry_values(), "next_attempt_at": due})

    def _get_retryable(self):
        """What is done by hand stays so."""
        rows = super()._get_retryable()
        return rows.filtered(lambda row: row.sync_state != "by_hand")

    def _make_due(self):
        """What could not be planned has nothing to send: it is planned anew."""
        unplanned = self.filtered(
            lambda row: row.operation == "put" and not row.wanted_hash
        )
        others = self - unplanned
        for channel, rows in unplanned.grouped("channel_id").items():
            self.env["sale.channel.outgoing.noter"]._plan_anew(rows, channel)
        return super(SaleChannelOutgoingMixin, others)._make_due()

    def _get_retry_answer(self):
        """What is refused once more is not tried again."""
        refused = self.filtered(lambda row: row.sync_state == "error")
        if not refused:
            return super()._get_retry_answer()
        message = self.env._(
            "%(name)s still cannot go out: %(reason)s",
            name=refused[0].name,
            reason=refused[0].error_message or "",
        )
        return notification(message, "warning", RELOAD)

    def action_done_by_hand(self):
        """Note that a person has made the channel so.

        :return: a dialog if the channel's id of the record has to be told
        :raises UserError: what a row names is not there yet, or several ids are missing
        """
        self._check_operator()
        rows = self.filtered(lambda row: row.sync_state == "by_hand")
        return self.env["sale.channel.outgoing.by.hand"]._settle(rows)

    def _take_over(self, values):
        """Want what somebody changed on the channel. Heirs have it in Odoo as well, or
        the next plan takes it back.

        :param values: fields of the content, see :meth:`_get_taken_over`
        """
        self.ensure_one()
        wanted = {**(self.wanted or {}), **values}
        self.write({"wanted": wanted, "wanted_hash": self._get_kind().sign(wanted)})

    def _note_seen(self, found, run):
        """Send rows again that are not on the channel as they were sent, but for what
        is taken over.

        What is written without reading is read here alone, so the difference is kept.

        :param found: what the channel has: dict reference → ``lib.writer.Found``
        :return: the rows that differ
        """
        differences = self.env["sale.channel.difference"]
        differing, noted = self.browse(), []
        names = self._get_taken_over(self.channel_id)
        for row in self:
            kind, there = row._get_kind(), found.get(row.reference)
            if there and UNREAD in there.details:
                continue
            before = there and there.content
            if (there and kind.sign(before)) == (row.content_hash or None):
                continue
            if values := find_taken_over(names, row.seen, before, row.seen):
                noted.append(differences._prepare_taken_over(row, values, run))
                row._note_taken_over(values)
                if kind.sign(before) == row.content_hash:
                    continue
            differing |= row
            if kind.absolute:
                after = kind.parse(row.content_hash)
                noted.append(differences._prepare(row, before, after, run))
        differences.create(noted)
        differing.write(self._prepare_retry_values())
        return differing

    def _note_taken_over(self, values):
        """Keep what the channel has and Odoo takes over; nothing is sent."""
        self._take_over(values)
        seen = {**self.seen, **values}
        self.write({"seen": seen, "content_hash": self._get_kind().sign(seen)})

    def _prepare_failure(self, error):
        values = super()._prepare_failure(error)
        if not isinstance(error, NotTaken):
            return values
        values["sync_state"] = error.state
        if error.found is not None:
            kind = self._get_kind()
            values["content_hash"] = kind.sign(error.found)
            if not kind.columns:
                values["seen"] = error.found
        if error.state in LOOKED_AT:
            # A moment that is past was no end.
            soonest = fields.Datetime.now() + timedelta(seconds=LOOK_SECONDS)
            until = error.until and max(error.until, soonest)
            values.update(attempts=0, next_attempt_at=until or False)
        return values

    def _look(self):
        """Try rows now that the channel did not take."""
        now = fields.Datetime.now()
        self.write(
            {
                "sync_state": "pending",
                "attempts": 0,
                "next_attempt_at": now,
                "waiting_since": now,
            }
        )

    @api.model
    def _count_open(self, channels):
        return self.env["sale.channel.outgoing.queue"]._count_open(self, channels)

    @api.model
    def _get_waiting_since(self, channels):
        queue = self.env["sale.channel.outgoing.queue"]
        return queue._get_waiting_since(self, channels)

    @api.model
    def _get_next_due(self, channel):
        return self.env["sale.channel.outgoing.queue"]._get_next_due(self, channel)

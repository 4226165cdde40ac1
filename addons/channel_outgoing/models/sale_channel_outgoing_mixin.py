from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.channel_base.lib.errors import Retryable
from odoo.addons.channel_base.tools.client import RELOAD, notification

from ..lib.dry_run import AWAITS, UNTRIED
from ..lib.sending import Entry
from ..lib.writer import Target

# A row that names a record which is not there is woken when it is; this is the safety
# net.
AWAITS_SECONDS = 24 * 60 * 60
# Until what lacks of a record that is there is sent
REST_SECONDS = 60


class SaleChannelOutgoingMixin(models.AbstractModel):
    """What a channel shall have of a record, and what it took.

    The row is the intent, committed before the channel is called.

    An heir is a *family*: ``_outgoing_family`` (:class:`..lib.kind.Family`) are its
    kinds, each a value of ``kind``; ``_outgoing_flow`` is the kind of flow that sends
    them and ``_outgoing_planner`` the model that plans them.
    """

    _name = "sale.channel.outgoing.mixin"
    _inherit = "sale.channel.outgoing.difference.mixin"
    _description = "Something That Goes Out to a Sales Channel"

    _outgoing_flow = None
    _outgoing_planner = None

    wanted_text = fields.Char("Shall Be", compute="_compute_texts")
    seen_text = fields.Char(
        "Last Seen",
        compute="_compute_texts",
        help="What the channel had when it was last read or written.",
    )

    # What a family declares

    @api.model
    def _get_writer(self, channel):
        """The provider's :class:`..lib.writer.Writer` for the channel's account."""
        raise NotImplementedError(self._name)

    # States and texts

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

    @api.depends("wanted", "seen", "operation")
    @api.depends_context("lang")
    def _compute_texts(self):
        for channel, rows in self.grouped("channel_id").items():
            wanted = rows._get_translated(channel)
            seen = {
                row: row.seen or row._get_kind().parse(row.content_hash) for row in rows
            }
            shown = [
                (row.kind, text) for row in rows for text in (wanted[row.id], seen[row])
            ]
            names = rows._get_names(channel, shown)
            for row in rows:
                row.wanted_text = self._describe(row.kind, wanted[row.id], names)
                row.seen_text = self._describe(row.kind, seen[row], names)

    @api.model
    def _get_names(self, channel, shown):
        """Names of the records that contents name.

        :param shown: pairs of a kind's code and a content in the channel's ids, or None
        :return: dict of kind and the channel's id → name
        """
        family = self._outgoing_family
        named = {
            (code, content[name])
            for kind, content in shown
            if content
            for name, code in family[kind].names.items()
            if content.get(name)
        }
        if not named:
            return {}
        kinds, external_ids = zip(*named, strict=True)
        rows = self.sudo().search_fetch(
            [
                ("channel_id", "=", channel.id),
                ("kind", "in", list(set(kinds))),
                ("external_id", "in", list(set(external_ids))),
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

    # Trial

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

    @api.model
    def _release_held(self, channel):
        """Let rows go on that the trial list left out."""
        rows = self.sudo().search(
            [
                ("channel_id", "=", channel.id),
                ("sync_state", "=", "pending"),
                ("error_code", "=", UNTRIED),
            ]
        )
        rows.write(self._prepare_retry_values())

    # Dry run

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

    # Sending

    def _get_entries(self):
        """What is sent for claimed rows; a row that names what is not there is absent.

        :return: dict reference → ``lib.sending.Entry``
        """
        contents = self._get_translated(self.channel_id)
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
                    found.append(row._prepare_taken_over(result.taken_over, run))
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
                    found.append(row._prepare_difference(result.before, content, run))
        self.env["sale.channel.difference"].create(found)
        remade._resend_naming()
        self._release_waiting()

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

    def _resend_naming(self):
        """Send what names records again that the channel had to make anew."""
        # What is made by hand is seen by the next full run.
        services = self and self._get_services(self.channel_id)
        self._wake_naming(
            SQL("sync_state = 'done' AND operation = 'put'"),
            [kind for kind in self._outgoing_family if kind.code in services],
        )

    def _release_waiting(self):
        """Let rows go on that wait for these, of which some are there now."""
        done = self.filtered(lambda row: row.sync_state == "done")
        done._wake_naming(
            SQL("sync_state = 'pending' AND error_code = 'outgoing_awaits'"),
            self._outgoing_family,
        )

    def _wake_naming(self, condition, kinds):
        """Send the channel's rows that name these records, in one statement.

        :param condition: which of them, in SQL
        :param kinds: of which kinds
        """
        ids = {
            kind: rows.mapped("res_id") for kind, rows in self.grouped("kind").items()
        }
        naming = [
            SQL(
                "(kind = %s AND %s)",
                kind.code,
                self._get_naming(kind, field, ids[code]),
            )
            for kind in kinds
            for field, code in kind.names.items()
            if code in ids
        ]
        if not naming:
            return
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE %(table)s
                   SET sync_state = 'pending', attempts = 0, next_attempt_at = %(now)s
                 WHERE channel_id = %(channel)s AND %(condition)s AND (%(naming)s)
                """,
                table=SQL.identifier(self._table),
                now=fields.Datetime.now(),
                channel=self.channel_id.id,
                condition=condition,
                naming=SQL(" OR ").join(naming),
            )
        )
        self.invalidate_model(flush=False)

    @api.model
    def _get_naming(self, kind, field, ids):
        """Whether a row of a kind names one of some records in a field, in SQL."""
        if kind.columns:
            return SQL("%s = ANY(%s)", SQL.identifier(field), ids)
        return SQL("wanted ->> %s = ANY(%s)", field, [str(id_) for id_ in ids])

    @api.model
    def _get_next_due(self, channel):
        """As the rows are claimed: by kind and operation, each in its index."""
        kinds, operations = zip(
            *(
                (kind.code, operation)
                for operation, kind in self._outgoing_family.order
            ),
            strict=True,
        )
        self.flush_model()
        found = self.env.execute_query(
            SQL(
                """
                SELECT min(due.next_attempt_at)
                  FROM unnest(%(kinds)s::varchar[], %(operations)s::varchar[])
                       AS pair (kind, operation)
                 CROSS JOIN LATERAL (
                       SELECT next_attempt_at FROM %(table)s AS waiting
                        WHERE channel_id = %(channel)s AND waiting.kind = pair.kind
                          AND waiting.operation = pair.operation
                          AND sync_state = 'pending'
                        ORDER BY next_attempt_at LIMIT 1) AS due
                """,
                kinds=list(kinds),
                operations=list(operations),
                table=SQL.identifier(self._table),
                channel=channel.id,
            )
        )
        return found[0][0] or False

    # Buttons

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
            rows._plan_anew(channel)
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
        asked = rows.filtered(lambda row: row._lacks_external_id())
        if not asked:
            rows.sudo()._store_by_hand()
            return True
        if len(rows) > 1:
            raise UserError(
                self.env._(
                    "The channel's ID is needed, one by one, of %(names)s.",
                    names=", ".join(name or "" for name in asked.mapped("name")),
                )
            )
        return self.env["sale.channel.outgoing.by.hand"]._open(asked)

    def _lacks_external_id(self):
        """Whether others name the record, and nobody knows the channel's id of it."""
        kind = self._get_kind()
        named = kind.created and kind.code in self._outgoing_family.named
        return named and self.operation == "put" and not self.external_id

    def _store_by_hand(self):
        for channel, rows in self.grouped("channel_id").items():
            entries = rows._get_entries()
            for row in rows:
                if row.reference not in entries:
                    raise UserError(
                        self.env._(
                            "What %(name)s names is not on the channel yet.",
                            name=row.name,
                        )
                    )
                row._store_sent(entries[row.reference].content, row.external_id)
            rows._release_waiting()
            channel._wake_flows(self._get_flow_kinds())

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
        record = self.env.get(self.res_model)
        record = record is not None and record.browse(self.res_id).exists()
        if not record:
            raise UserError(
                self.env._("%(name)s is not in Odoo any more.", name=self.name or "")
            )
        return record.get_formview_action()

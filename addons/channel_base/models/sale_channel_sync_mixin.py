import logging
from collections import Counter
from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..lib import backoff
from ..lib.errors import (
    AuthRequired,
    MappingMissing,
    Retryable,
    Suspended,
    Unresolved,
    reason,
)
from ..tools.client import RELOAD, notification
from .sale_channel_flow_state import CLOCK_TOLERANCE

_logger = logging.getLogger(__name__)

LEASE_SECONDS = 300
MAX_ATTEMPTS = 15
CLAIM_TRIES = 8


class SaleChannelSyncMixin(models.AbstractModel):
    """A row that must reach the other side, or came from it.

    ``next_attempt_at`` is both the moment of the next try and the lease: who claims
    a row moves it into the future, in a transaction of its own, so that no other
    worker takes the row while the network is awaited and a killed worker's row
    comes back by itself.

    With ``sudo``: the columns of the queue are the server's; a button checks first who
    presses it.
    """

    _name = "sale.channel.sync.mixin"
    _inherit = ["field.guard.mixin", "sale.channel.operator.mixin"]
    _description = "Row of a synchronisation"

    sync_state = fields.Selection(
        "_selection_sync_state",
        string="Synchronisation",
        default="pending",
        required=True,
        index=True,
        copy=False,
        guard="server",
    )
    attempts = fields.Integer(
        copy=False, aggregator=None, readonly=True, guard="server"
    )
    next_attempt_at = fields.Datetime(
        "Next Attempt",
        default=fields.Datetime.now,
        copy=False,
        readonly=True,
        guard="server",
    )
    waiting_since = fields.Datetime(
        default=fields.Datetime.now,
        copy=False,
        readonly=True,
        guard="server",
        help="When the row began to wait, for the last time.",
    )
    error_code = fields.Char(
        copy=False, index="btree_not_null", readonly=True, guard="server"
    )
    error_params = fields.Json(copy=False, guard="server")
    error_message = fields.Char(
        "Reason",
        compute="_compute_error_message",
        help="Why the row did not go through",
    )
    error_detail = fields.Char(
        copy=False,
        readonly=True,
        guard="server",
        groups="channel_base.group_channel_manager",
    )
    blocked_mapping_id = fields.Many2one(
        "sale.channel.mapping",
        string="Missing Mapping",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        readonly=True,
        guard="server",
    )
    content_hash = fields.Char(copy=False, readonly=True, guard="server")
    last_synced_at = fields.Datetime(
        "Last Synchronised", copy=False, readonly=True, guard="server"
    )

    @api.model
    def _selection_sync_state(self):
        # Not a list: the heirs' labels would belong to no addon's translations.
        labels = {
            "pending": self.env._("Waiting"),
            "done": self.env._("Done"),
            "error": self.env._("Failed"),
            "blocked": self.env._("Waiting for a mapping"),
        }
        return list(labels.items())

    @api.model
    def _get_pending_states(self):
        """States of rows that a flow has something to do about."""
        return ["pending"]

    @api.model
    def _get_pending_domain(self):
        return Domain("sync_state", "in", self._get_pending_states())

    @api.depends("error_code", "error_params", "blocked_mapping_id")
    @api.depends_context("lang")
    def _compute_error_message(self):
        texts = self.env["sale.channel.text"]
        for row in self:
            row.error_message = texts._explain(row)

    @api.model
    def _claim(self, domain, limit, lease=LEASE_SECONDS, order="next_attempt_at, id"):
        """Lease due pending rows to this worker.

        One UPDATE in a fresh transaction, which the caller must commit before it
        talks to the network. Nothing may be pending in the current transaction: a
        conflict with another worker rolls it back and tries again.

        :param domain: further conditions on the rows
        :param limit: most rows to take
        :param lease: seconds until an unfinished row becomes due again
        :return: the claimed rows, their attempt already counted
        """
        now = fields.Datetime.now()
        due = Domain(domain) & self._get_pending_domain()
        due &= Domain("next_attempt_at", "<=", now)
        for attempt in range(CLAIM_TRIES):
            query = self.sudo()._search(due, limit=limit, order=order)
            statement = SQL(
                """
                UPDATE %(table)s
                   SET attempts = COALESCE(attempts, 0) + 1,
                       next_attempt_at = %(until)s
                 WHERE id = ANY(ARRAY(%(due)s FOR UPDATE SKIP LOCKED))
             RETURNING id, attempts
                """,
                table=SQL.identifier(self._table),
                until=now + timedelta(seconds=lease),
                due=query.select(),
            )
            try:
                self.env.cr.execute(statement, log_exceptions=False)
                counts = dict(self.env.cr.fetchall())
            except SerializationFailure:
                self.env.cr.rollback()
                if attempt + 1 == CLAIM_TRIES:
                    _logger.info("no %s claimed: too many conflicts", self._name)
                    return self.browse()
                continue
            rows = self.browse(sorted(counts))
            rows.invalidate_recordset(["attempts", "next_attempt_at"], flush=False)
            # Rows are returned unread: who claims them reads what it needs.
            spent = self.browse(id_ for id_ in rows.ids if counts[id_] > MAX_ATTEMPTS)
            spent._give_up()
            if spent == rows and spent:
                return self._claim(domain, limit, lease, order)
            return rows - spent
        return self.browse()

    def _get_lease(self):
        """What changes when anybody settles the row, puts it off or takes it."""
        self.ensure_one()
        return self.attempts, self.next_attempt_at

    def _give_back(self):
        """End the lease of rows on which nothing was tried: they are due again, where
        they stood in the queue."""
        now = fields.Datetime.now()
        for row in self:
            row.write(
                {
                    "attempts": row.attempts - 1,
                    "next_attempt_at": min(row.waiting_since or now, now),
                }
            )

    def _give_up(self):
        """End rows whose workers died every time: none lived to write an error."""
        for row in self:
            row._mark_failed(Retryable("no worker came back with it"))

    def _mark_done(self, **values):
        """The rows went through."""
        self.write(
            {
                "sync_state": "done",
                "attempts": 0,
                "error_code": False,
                "error_params": False,
                "error_detail": False,
                "blocked_mapping_id": False,
                "last_synced_at": fields.Datetime.now(),
                **values,
            }
        )

    def _mark_failed(self, error):
        """Bring the row into the state that its error leads to.

        :param error: an exception; anything but a ChannelError is unexpected
        """
        self.ensure_one()
        self.write(
            {
                "error_params": False,
                "error_detail": str(error)[:500],
                "blocked_mapping_id": False,
                **self._prepare_failure(error),
            }
        )

    def _prepare_failure(self, error):
        """State and reason of an error; the table of :mod:`..lib.errors`."""
        if isinstance(error, Retryable | AuthRequired):
            return self._prepare_postponed(error)
        if isinstance(error, MappingMissing):
            return self._prepare_blocked(error)
        code, params = reason(error)
        values = {"sync_state": "error", "error_code": code, "error_params": params}
        if isinstance(error, Unresolved):
            values["blocked_mapping_id"] = self._ensure_mapping(error).id
        return values

    def _ensure_mapping(self, error):
        """The de-para row of a value that an error names."""
        return self.env["sale.channel.mapping"]._ensure(
            self.channel_id, error.kind, error.value, error.label
        )

    def _prepare_postponed(self, error):
        passing = isinstance(error, Retryable)
        suspended = isinstance(error, Suspended)
        if passing and not suspended and self.attempts >= MAX_ATTEMPTS:
            return {
                "sync_state": "error",
                "error_code": "attempts_exhausted",
                "error_params": {"attempts": str(self.attempts)},
            }
        wait = backoff.delay(self.attempts or 1, getattr(error, "after", None))
        return {
            "sync_state": "pending",
            "error_code": reason(error)[0],
            "next_attempt_at": fields.Datetime.now() + timedelta(seconds=wait),
            # It is not the record's fault.
            **({"attempts": 0} if suspended else {}),
        }

    def _prepare_blocked(self, error):
        mapping = self._ensure_mapping(error)
        code, params = reason(error)
        return {
            "sync_state": "blocked",
            "error_code": code,
            "error_params": {**params, "kind_name": mapping.kind_id.name},
            "blocked_mapping_id": mapping.id,
        }

    def action_retry(self):
        """Try the rows again now; their attempts start anew.

        :return: a notification that tells what follows, and reloads the page
        """
        self._check_operator()
        rows = self._get_retryable()
        channels = rows.channel_id
        rows.sudo()._retry()
        channels._wake_flows(self._get_flow_kinds())
        # Some were perhaps not wanted any more.
        return rows.exists()._get_retry_answer()

    def _retry(self):
        """Begin anew with the rows (sudo), because the user wants it."""
        self._make_due()

    def _get_retryable(self):
        """Those of the rows for which there is something left to try."""
        return self.filtered(lambda row: row.sync_state != "done")

    def _get_retry_answer(self):
        """Tell the user what becomes of rows that were retried."""
        flows = self.channel_id.sudo().flow_ids.filtered(
            lambda flow: flow.kind in self._get_flow_kinds()
        )
        asleep = flows.filtered(lambda flow: flow._get_due(flow._get_state()) is None)
        if not self:
            message = self.env._("There is nothing to try again.")
        elif asleep:
            message = self.env._(
                "It is tried again as soon as %(flow)s of %(channel)s runs, which is "
                "switched off at the moment.",
                flow=asleep[0].display_name,
                channel=asleep[0].channel_id.name,
            )
        else:
            message = self.env._("It is tried again within a minute.")
        kind = "success" if self and not asleep else "warning"
        return notification(message, kind, RELOAD)

    def _prepare_retry_values(self):
        return {
            "sync_state": "pending",
            "attempts": 0,
            "next_attempt_at": fields.Datetime.now(),
            "waiting_since": fields.Datetime.now(),
            "error_code": False,
            "error_params": False,
            "error_detail": False,
            "blocked_mapping_id": False,
        }

    def _make_due(self):
        """Have the rows tried now, without the rest of a full run (sudo)."""
        if not self:
            return
        self.write(self._prepare_retry_values())
        self._wake_flow()

    def _wake_flow(self):
        """Have the enabled flows of the rows look at them now."""
        self.channel_id.sudo().flow_ids.filtered(
            lambda flow: flow.enabled and flow.kind in self._get_flow_kinds()
        )._wake()

    @api.model
    def _get_next_due(self, channel):
        """When the channel's next row is due (naive UTC); False if none waits."""
        row = self.sudo().search_fetch(
            Domain("channel_id", "=", channel.id) & self._get_pending_domain(),
            ["next_attempt_at"],
            order="next_attempt_at",
            limit=1,
        )
        return row.next_attempt_at

    @api.model
    def _recall_all(self, channel, kind):
        """See :meth:`_recall`; all rows that a kind of flow works on."""
        for name in self.env.registry.descendants([self._name], "_inherit"):
            rows = self.env[name]
            if not rows._abstract and kind in rows._get_flow_kinds():
                rows._recall(channel)

    @api.model
    def _recall(self, channel):
        """Rows that a clock which was ahead has put off are due now."""
        now = fields.Datetime.now()
        self.sudo().search(
            Domain("channel_id", "=", channel.id)
            & self._get_pending_domain()
            & Domain("next_attempt_at", ">", now + CLOCK_TOLERANCE)
        ).write({"next_attempt_at": now})

    @api.model
    def _count_open(self, channels):
        """How many rows are not done: dict of channel's id and state → count, those
        that a flow works on all as ``pending``."""
        groups = self._read_group(
            [("channel_id", "in", channels.ids), ("sync_state", "!=", "done")],
            ["channel_id", "sync_state"],
            ["__count"],
        )
        found, pending = Counter(), self._get_pending_states()
        for channel, state, count in groups:
            found[channel.id, "pending" if state in pending else state] += count
        return found

    @api.model
    def _get_waiting_since(self, channels):
        """Since when the oldest row of each channel waits for Odoo: dict channel's id →
        moment (naive UTC); channels without such rows may be absent."""
        groups = self._read_group(
            Domain("channel_id", "in", channels.ids) & Domain(self._get_lag_domain()),
            ["channel_id"],
            ["waiting_since:min"],
        )
        return {channel.id: since for channel, since in groups}

    @api.model
    def _get_lag_domain(self):
        """The rows that wait for Odoo, not for a person or for the channel."""
        return self._get_pending_domain()

    @api.model
    def _get_flow_kinds(self):
        """The kinds of flow that work on these rows."""
        return []

    @api.model
    def _release_blocked(self, mappings):
        """Retry the rows that waited for these mappings, or were refused for them."""
        rows = self.sudo().search(
            [("blocked_mapping_id", "in", mappings.ids), ("sync_state", "!=", "done")]
        )
        rows._make_due()
        return rows

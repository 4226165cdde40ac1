import logging
import time
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..lib import backoff, window
from ..lib.errors import AuthRequired, ChannelError, Retryable, reason
from ..lib.spec import FlowSpec
from ..lib.steps import Step, stop
from ..tools.conflicts import retry_conflicts
from .sale_channel import RUNNING_STATES

_logger = logging.getLogger(__name__)

# All ready flows of a cron pass share limit_time_real_cron, so one flow must be
# short and come back; see docs/architecture.md.
SLICE_SECONDS = 5.0
ALARM_FAILURES = 3
TIMING_FIELDS = {"interval_minutes", "window_start", "window_end"}


class SaleChannelFlow(models.Model):
    """With ``sudo``: who may start a flow need not see its scheduled action and its
    state."""

    _name = "sale.channel.flow"
    _inherit = "field.guard.mixin"
    _description = "Flow of a Sales Channel"
    _order = "channel_id, sequence, id"
    _rec_name = "kind"

    channel_id = fields.Many2one(
        "sale.channel", required=True, index=True, ondelete="cascade", guard="once"
    )
    company_id = fields.Many2one(
        related="channel_id.company_id", store=True, guard="server"
    )
    kind = fields.Selection([], required=True, guard="once")
    sequence = fields.Integer(default=10)
    enabled = fields.Boolean(
        help="Switching a kind of data off takes effect before its next batch."
    )
    interval_minutes = fields.Integer("Every (minutes)", default=5, required=True)
    batch_size = fields.Integer(default=100, required=True)
    window_start = fields.Float(
        "From", help="It only runs within these hours of the channel's time zone."
    )
    window_end = fields.Float("To", help="Equal to From: the whole day.")
    run_requests = fields.Integer(
        copy=False,
        readonly=True,
        guard="server",
        help="How often somebody asked for a run at once.",
    )
    cron_id = fields.Many2one(
        "ir.cron",
        ondelete="set null",
        copy=False,
        readonly=True,
        index=True,
        guard="server",
    )
    state_ids = fields.One2many("sale.channel.flow.state", "flow_id", copy=False)
    last_run_at = fields.Datetime("Last Run", compute="_compute_state")
    next_run_at = fields.Datetime("Next Run", compute="_compute_state")
    failures = fields.Integer(compute="_compute_state")
    last_error = fields.Char(compute="_compute_state")
    progress = fields.Char(
        compute="_compute_progress", help="How far it is, and what is left to do."
    )
    warning = fields.Char(compute="_compute_progress")

    _kind_uniq = models.Constraint(
        "UNIQUE (channel_id, kind)", "The channel already has this flow."
    )
    _interval_positive = models.Constraint(
        "CHECK (interval_minutes > 0)", "The interval is at least one minute."
    )
    _batch_positive = models.Constraint(
        "CHECK (batch_size > 0)", "A batch holds at least one row."
    )
    _window_hours = models.Constraint(
        "CHECK (window_start BETWEEN 0 AND 24 AND window_end BETWEEN 0 AND 24)",
        "The time window lies between 0:00 and 24:00.",
    )

    @api.depends("kind")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for flow in self:
            flow.display_name = labels.get(flow.kind, flow.kind)

    @api.depends("state_ids", "enabled", "channel_id.state")
    @api.depends_context("lang")
    def _compute_state(self):
        texts = self.env["sale.channel.text"]
        for flow in self:
            state = flow.sudo().state_ids[:1]
            runs = flow.enabled and flow.channel_id.state in RUNNING_STATES
            flow.last_run_at = state.last_run_at
            flow.next_run_at = runs and flow._get_due(state)
            flow.failures = state.failures
            flow.last_error = texts._format(
                state.last_error_code, state.last_error_params
            )

    @api.depends_context("lang")
    def _compute_progress(self):
        for flow in self:
            flow.progress = flow._get_progress()
            flow.warning = flow._get_warning()

    def _get_progress(self):
        """How far a long run is, in words; False when there is nothing to tell. Addons
        that add a kind override it, guarded by ``kind``."""
        return False

    def _get_warning(self):
        """What is wrong besides a run that failed; False for nothing. Overridden as
        :meth:`_get_progress` is."""
        return False

    @api.constrains("interval_minutes", "batch_size", "enabled", "kind")
    def _check_spec(self):
        for flow in self:
            spec = flow._get_spec()
            if flow.interval_minutes < spec.min_interval:
                raise ValidationError(
                    self.env._(
                        "%(channel)s allows %(flow)s at most every %(minutes)s "
                        "minutes.",
                        channel=flow.channel_id.name,
                        flow=flow.display_name,
                        minutes=spec.min_interval,
                    )
                )
            if flow.batch_size > spec.max_batch:
                raise ValidationError(
                    self.env._(
                        "%(channel)s allows at most %(limit)s rows in a batch of "
                        "%(flow)s.",
                        channel=flow.channel_id.name,
                        flow=flow.display_name,
                        limit=spec.max_batch,
                    )
                )
            if flow.enabled:
                flow._check_required_kinds(spec)

    def _check_required_kinds(self, spec):
        mappings = self.channel_id.mapping_ids.filtered("is_mapped")
        missing = set(spec.required_kinds) - set(mappings.kind_id.mapped("code"))
        if missing:
            kinds = self.env["sale.channel.mapping.kind"].search(
                [("code", "in", list(missing))]
            )
            raise ValidationError(
                self.env._(
                    "%(channel)s needs a de-para of %(kinds)s before %(flow)s can run.",
                    channel=self.channel_id.name,
                    kinds=", ".join(kinds.mapped("name")),
                    flow=self.display_name,
                )
            )

    def _get_spec(self):
        self.ensure_one()
        specs = self.channel_id._get_flow_specs() if self.channel_id else {}
        return specs.get(self.kind, FlowSpec())

    @api.model_create_multi
    def create(self, vals_list):
        flows = super().create(vals_list)
        self.env["sale.channel.flow.state"].sudo().create(
            [{"flow_id": flow.id} for flow in flows]
        )
        for flow in flows:
            flow._create_cron()
        return flows

    def write(self, vals):
        result = super().write(vals)
        if vals.get("enabled") or TIMING_FIELDS & vals.keys():
            self._wake()
        return result

    def unlink(self):
        # First: without its flow a scheduled action is not known as a flow's, and
        # would leave its server action behind.
        self.sudo().cron_id._filter_own(self).unlink()
        return super().unlink()

    def _create_cron(self):
        """A scheduled action that only wakes the flow.

        When to run is decided here, from the flow's own fields: a scheduled action
        cannot be written while it runs.
        """
        self.sudo().cron_id = self.env["ir.cron"]._create_for_flow(self)

    def _get_priority(self):
        """Priority of the scheduled action: 0 goes first."""
        return 5

    def _wake(self, at=None):
        for flow in self.sudo().filtered("cron_id"):
            if at and flow.cron_id._is_triggered_by(at):
                continue
            flow.cron_id._trigger(at)

    def action_run_now(self):
        self.check_access("write")
        self._request_run()

    def _request_run(self):
        """Look for work as soon as possible, whatever the interval says."""
        for flow in self.sudo():
            flow.run_requests += 1
        self._wake()

    def action_toggle(self):
        """Switch the flow on or off; one click, never waits for a run."""
        for flow in self:
            flow.enabled = not flow.enabled

    @api.model
    def _cron_run(self, flow_id):
        """Work of the scheduled action: one slice. Never raises."""
        flow = self.sudo().browse(flow_id).exists()
        if not flow:
            return
        state = flow._get_state()
        due = flow._get_due(state)
        now = fields.Datetime.now()
        if due is None:
            return
        if due > now:
            flow._wake(due)
            return
        flow._run_slice(state)

    def _get_state(self):
        state = self.sudo().state_ids[:1]
        return state or self.env["sale.channel.flow.state"].sudo().create(
            {"flow_id": self.id}
        )

    def _get_due(self, state):
        """When the flow may run next (naive UTC); None while it must not at all."""
        channel = self.channel_id
        if not self.enabled or channel.state not in RUNNING_STATES:
            return None
        if not channel.active or self._is_neutralized():
            return None
        now = fields.Datetime.now()
        if self._is_requested(state):
            return now
        due = not state._is_ahead() and state.retry_at
        if not due:
            due = self._get_full_due(state)
            if due and due > now:
                due = now if self._has_work() else min([due, *self._get_rows_due()])
        leases = self.env["sale.channel.lease"]
        if self._needs_lease() and (busy := leases._get_busy_until(self)):
            due = max(due or busy, busy)
        return window.next_opening(
            max(due or now, now), self.window_start, self.window_end, channel.tz
        )

    def _is_requested(self, state):
        """Whether somebody asked for a run that has not begun."""
        return self.run_requests != state.requests_seen

    def _get_full_due(self, state):
        """When the interval is over; None when the flow has never run, or a clock that
        was ahead says when."""
        last = not state._is_ahead() and state.last_run_at
        return last and last + timedelta(minutes=self.interval_minutes)

    def _has_work(self):
        """Whether there is something to do now that does not wait for the interval,
        besides rows that are due. Addons that add a kind override it, guarded by
        ``kind``.
        """
        return self.env["sale.channel.hint"]._is_waiting(self.channel_id, self.kind)

    def _get_rows_due(self):
        """When the rows that the flow works on are due, the earliest of each model."""
        moments = []
        for name in self.channel_id._get_sync_models():
            rows = self.env[name]
            if self.kind in rows._get_flow_kinds():
                moments.append(rows._get_next_due(self.channel_id))
        return [moment for moment in moments if moment]

    def _needs_lease(self):
        """Whether its calls change what the channel keeps of its goods, and another
        flow's do as well. Addons that add such a kind override it, guarded by ``kind``.
        """
        return False

    @api.model
    def _is_neutralized(self):
        get_param = self.env["ir.config_parameter"].sudo().get_param
        return get_param("database.is_neutralized") == "true"

    def _run_slice(self, state):
        """Batches until the slice's time is over, each committed."""
        self.ensure_one()
        commit = self.env["ir.cron"]._commit_progress
        flow = self.with_company(self.channel_id.company_id).with_context(
            tracking_disable=True,
            mail_create_nolog=True,
            mail_create_nosubscribe=True,
            mail_notrack=True,
        )
        if state._is_ahead():
            flow.env["sale.channel.sync.mixin"]._recall_all(self.channel_id, self.kind)
        full_due = flow._get_full_due(state) or fields.Datetime.now()
        state.write(
            {
                "full_run": state.full_run
                or flow._is_requested(state)
                or full_due <= fields.Datetime.now(),
                # What is requested from now on may find this run past it: it needs
                # another.
                "requests_seen": self.run_requests,
                "slice_at": self.env.cr.now(),
            }
        )
        run = flow._open_run(state)
        commit(remaining=0)
        more, error = False, None
        # Read now: what fails may leave a transaction that reads nothing any more.
        names = flow.kind, flow.channel_id.id
        deadline = time.monotonic() + SLICE_SECONDS
        try:
            flow._check_account()
            more = flow._drive(flow._run_steps(run), deadline)
        except ChannelError as caught:
            error = caught
        except psycopg2.OperationalError as caught:
            error = Retryable(str(caught).splitlines()[0])
        except Exception as caught:
            _logger.exception("flow %s of channel %s", *names)
            error = caught
        if error:
            self.env.cr.rollback()
        flow._close_slice(run, state, more, error)
        commit(remaining=0)

    def _drive(self, steps, deadline):
        """Commit after each step, until nothing is left or the slice is over.

        :param deadline: of ``time.monotonic``
        :return: whether there is more to do
        """
        commit = self.env["ir.cron"]._commit_progress
        for step in steps:
            commit(1, remaining=0)
            if step is not Step.BATCH_END:
                continue
            if time.monotonic() >= deadline or not self._is_wanted():
                # Whether it is wanted was read; what is stopped may await calls.
                commit(remaining=0)
                stop(steps)
                return True
        return False

    def _check_account(self):
        """Whether the flow may work at all.

        A provider with keys alone has no token whose lack would stop it.

        :raises Rejected: the database is a copy
        :raises AuthRequired: nobody has connected the account that it calls
        """
        credential = self.channel_id._get_credential()
        credential._check_database()
        if (
            self._calls_service()
            and self.channel_id.needs_connection
            and credential.state != "connected"
        ):
            raise AuthRequired("the account is not connected")

    def _calls_service(self):
        """Whether it needs the account. Addons that add a kind that works within Odoo
        override it, guarded by ``kind``."""
        return True

    def _is_wanted(self):
        """Whether nobody paused the flow since the last batch."""
        self.invalidate_recordset(["enabled"])
        self.channel_id.invalidate_recordset(["state"])
        return self.enabled and self.channel_id.state in RUNNING_STATES

    def _run_steps(self, run):
        """Generator of the flow's work, which never commits itself.

        It yields a :class:`Step` wherever the driver is to commit, and ends when
        nothing is left to do. Addons that add a kind override it, guarded by ``kind``.

        :param run: ``sale.channel.run`` whose counters the steps raise
        :raises ChannelError: when the flow as a whole cannot go on
        """
        raise NotImplementedError(self.kind)

    def _retry_conflicts(self, function, *args):
        """See :func:`..tools.conflicts.retry_conflicts`."""
        return retry_conflicts(self.env, function, *args)

    def _register_hook(self):
        """Wake such flows when Odoo starts: their scheduled actions were put off by the
        same clock, and nothing else would."""
        self.env["sale.channel.flow.state"]._find_ahead().flow_id._wake()
        return super()._register_hook()

    def _open_run(self, state):
        """The run that goes on from the last slice, or a new one."""
        if state.run_id.state == "running":
            if state.retry_at:
                return state.run_id
            state.run_id.write(
                {"state": "interrupted", "ended_at": fields.Datetime.now()}
            )
        state.run_id = self.env["sale.channel.run"].create(
            {
                "flow_id": self.id,
                "channel_id": self.channel_id.id,
                "kind": self.kind,
            }
        )
        return state.run_id

    def _close_slice(self, run, state, more, error):
        now = fields.Datetime.now()
        # A run that only looked at hints does not put off the one that is due.
        values = {"last_run_at": now} if state.full_run else {}
        if error:
            code, params = reason(error)
            failures = state.failures + 1
            wait = backoff.delay(failures, getattr(error, "after", None))
            values.update(
                failures=failures,
                last_error_code=code,
                last_error_params=params,
                retry_at=now + timedelta(seconds=wait),
                run_id=False,
            )
            run.write(
                {
                    "state": "failed",
                    "ended_at": now,
                    "error_code": code,
                    "error_params": params,
                }
            )
            if isinstance(error, AuthRequired):
                self.channel_id._get_credential()._refuse_keys()
            self._alarm(failures, error)
        else:
            values.update(
                failures=0,
                last_error_code=False,
                last_error_params=False,
                last_success_at=now,
                retry_at=more and now,
            )
            if not more:
                run.write({"state": "done", "ended_at": now})
                values.update(run_id=False, full_run=False)
        state.write(values)
        due = self._get_due(state)
        if due:
            self._wake(None if due <= now else due)

    def _alarm(self, failures, error):
        """Tell a person when the flow will not get well by itself."""
        if isinstance(error, Retryable) and failures != ALARM_FAILURES:
            return
        channel = self.channel_id._for_responsible()
        if isinstance(error, AuthRequired) and (
            channel._get_credential().state == "reauthorise"
        ):
            # The credential has told them what to do.
            return
        channel._alert(
            channel.env._(
                "%(flow)s does not work",
                flow=self.with_env(channel.env).display_name,
            ),
            channel.env["sale.channel.text"]._describe(error),
        )

import logging
from itertools import chain

from odoo import api, fields, models

from odoo.addons.channel_base.lib.errors import AuthRequired, is_unreachable
from odoo.addons.channel_base.lib.steps import Step
from odoo.addons.channel_base.tools.conflicts import CONFLICTS

from ..lib.part import COMPARE
from ..lib.sending import send
from .sale_channel_outgoing_noter import NOTE_LIMIT

_logger = logging.getLogger(__name__)


class SaleChannelFlow(models.Model):
    """Flows of kinds that a family of rows belongs to: plan what changed, send it.

    With ``sudo``: changes and marks are the server's.
    """

    _inherit = "sale.channel.flow"

    confirmed = fields.Boolean(
        "Sending Confirmed",
        copy=False,
        readonly=True,
        help="A person looked at the dry run and let it go out.",
        guard="server",
    )
    outgoing = fields.Boolean(compute="_compute_outgoing")
    stale_minutes = fields.Integer(
        "Alarm After (minutes)",
        help="The responsible is told when something waits longer than that to be "
        "sent; 0: never.",
    )

    _stale_positive = models.Constraint(
        "CHECK (stale_minutes >= 0)", "The minutes until an alarm cannot be negative."
    )

    @api.depends("kind")
    def _compute_outgoing(self):
        for flow in self:
            flow.outgoing = flow._get_outgoing() is not None

    def _get_progress(self):
        if not self.outgoing:
            return super()._get_progress()
        return self.env["sale.channel.outgoing.progress"]._describe(self)

    def _get_warning(self):
        since = self.env["sale.channel.outgoing.progress"]._get_stale_since(self)
        if not since:
            return super()._get_warning()
        waited = fields.Datetime.now() - since
        minutes = int(waited.total_seconds() // 60)
        return self.env._("Something waits for %(minutes)s min", minutes=minutes)

    @api.model
    def _cron_check_stale(self):
        self.env["sale.channel.outgoing.progress"]._check_stale()

    @api.model_create_multi
    def create(self, vals_list):
        flows = super().create(vals_list)
        self._forget_listened()
        return flows

    def write(self, vals):
        result = super().write(vals)
        if vals.get("enabled"):
            # What changed while it was off left no change.
            self.filtered("outgoing")._request_run()
        return result

    def unlink(self):
        result = super().unlink()
        self._forget_listened()
        return result

    def _forget_listened(self):
        """Also after the commit: others may have remembered what was before it."""
        self.env.registry.clear_cache()
        self.env.cr.postcommit.add(self.env.registry.clear_cache)

    def _get_outgoing(self):
        """The rows that the flow sends, an empty recordset; None for other flows."""
        families = self.env["sale.channel.outgoing"]._get_families()
        for name in families if self.kind else ():
            if self.env[name]._outgoing_flow == self.kind:
                return self.env[name]
        return None

    def _get_planner(self):
        """The model that plans what the flow sends; None for other flows."""
        rows = self._get_outgoing()
        return None if rows is None else self.env[rows._outgoing_planner]

    def action_dry_run(self):
        """Show what would be sent."""
        self.ensure_one()
        return self.env["sale.channel.dry.run"]._open(self.channel_id, self)

    def _confirm(self):
        """Let what the flow sends go out, now and whenever it changes."""
        self.sudo().confirmed = True
        if self.enabled:
            self._request_run()
        else:
            self.enabled = True

    def _has_work(self):
        """Changes do not wait for the interval."""
        planner = self._get_planner()
        if planner is None:
            return super()._has_work()
        if not self.confirmed:
            return False
        changes = self.env["sale.channel.change"].sudo()
        scopes = list(planner._outgoing_scopes)
        return self._has_marks() or bool(
            changes.search_count([("scope", "in", scopes)], limit=1)
        )

    def _has_marks(self):
        """Whether changes wait to be planned."""
        marks = self.env["sale.channel.change.mark"].sudo()
        return bool(marks.search_count([("flow_id", "=", self.id)], limit=1))

    def _get_rows_due(self):
        if not self.outgoing:
            return super()._get_rows_due()
        if not self.confirmed:
            return []
        queue = self.env["sale.channel.outgoing.queue"]
        look = queue._get_next_look(self._get_outgoing(), self.channel_id)
        return [*super()._get_rows_due(), *([look] if look else [])]

    def _run_steps(self, run):
        if not self.outgoing:
            yield from super()._run_steps(run)
            return
        if not self.confirmed:
            return
        rows, channel = self._get_outgoing(), self.channel_id
        writer = rows._get_writer(channel)
        yield from self._hand_over_steps()
        queue = self.env["sale.channel.outgoing.queue"]
        self._retry_conflicts(queue._look_again, rows, channel)
        full = self._get_state().full_run
        if full:
            self._begin_pass()
            # A conflict of what follows must not take it back.
            yield Step.COMMIT
        # What is due goes before what may fail: a plan, or a reading. Within a plan a
        # record would be removed before those that name it.
        planned = not full or not self._is_between_pages()
        yield from self._send_steps(run, writer, planned and not self._has_marks())
        if (yield from self._mark_steps()):
            yield from self._send_steps(run, writer, planned)
        if full:
            yield from self._plan_steps()
            yield from self._compare_steps(run, writer)
            yield from self._send_steps(run, writer)
            self._get_state().cursor = False

    def _hand_over_steps(self):
        """Give what changed to all whom it concerns."""
        changes = self.env["sale.channel.change"]
        try:
            while self._retry_conflicts(changes._hand_over, self):
                yield Step.BATCH_END
        except CONFLICTS as error:
            # Another one does it at this moment.
            _logger.info("nothing handed over: %s", error)

    def _mark_steps(self):
        """Plan what changed since the last run; whether there was something."""
        planned = False
        while self._retry_conflicts(self._plan_marked):
            planned = True
            yield Step.BATCH_END
        return planned

    def _plan_marked(self):
        """Plan what the oldest marks concern; whether there were any."""
        taken = self.env["sale.channel.change.mark"]._take(self)
        if not taken:
            return False
        planner, channel = self._get_planner(), self.channel_id
        self._plan_concerned(planner._expand(channel, taken))
        planner._spread(self, taken)
        return True

    def _plan_concerned(self, concerned):
        """Plan some records, and those that are made for them.

        :param concerned: see ``planner._expand``
        """
        for part in self._get_planner()._get_parts():
            if part.name not in concerned:
                continue
            if not part.page:
                made = [self._plan_whole(part)]
            else:
                made = self._plan_pages(part, concerned[part.name] or ())
            for name, ids in chain.from_iterable(map(dict.items, made)):
                concerned[name] = {*(concerned.get(name) or ()), *ids}

    def _plan_pages(self, part, ids):
        """Plan records of a part, however many; see :meth:`_plan_ids`."""
        ids, made = sorted(ids), []
        for start in range(0, len(ids), part.page):
            made += self._plan_ids(part, ids[start : start + part.page])
        return made

    def _plan_ids(self, part, ids):
        """Plan some records of a part. One whose planning fails is shown as failed, and
        keeps no other waiting.

        :return: what was made for it, see ``planner._prepare``
        :raises Exception: of a failure that many of them have
        """
        planner, rows = self._get_planner(), self._get_outgoing()
        noter = self.env["sale.channel.outgoing.noter"]

        def plan(some):
            made = planner._prepare(self.channel_id, part, some)
            self._note_changes(planner._plan_part(self.channel_id, part, some))
            return made

        def keep(record, error):
            noter._note_unplanned(rows, self.channel_id, part, record, error)
            return {}

        return planner._bisect(part, ids, plan, keep)

    def _note_changes(self, changes):
        noter = self.env["sale.channel.outgoing.noter"]
        rows, channel = self._get_outgoing(), self.channel_id
        for start in range(0, len(changes), NOTE_LIMIT):
            noter._note(rows, channel, changes[start : start + NOTE_LIMIT])

    def _get_phases(self):
        """What a full run does before it sends: the parts are planned, then the kinds
        are compared."""
        parts = [part.name for part in self._get_planner()._get_parts()]
        kinds = self._get_outgoing()._outgoing_family.kinds
        return [*parts, *(f"{COMPARE}{kind}" for kind in kinds), "done"]

    def _begin_pass(self):
        """Go on with the full run that failed or was killed, or begin it anew.

        The cursor holds what the run does, one of the phases, and the last id that this
        is done for. What is requested meanwhile begins anew, and so does another day,
        on which something else may be valid.
        """
        state = self._get_state()
        today = self._get_planner()._get_today(self.channel_id)
        begun = {"request": state.requests_seen, "day": today.isoformat()}
        position = state.cursor or {}
        if any(position.get(name, "") != value for name, value in begun.items()):
            state.cursor = begun
            queue, rows = self.env["sale.channel.outgoing.queue"], self._get_outgoing()
            queue._try_given_up(rows, self.channel_id)
            queue._look_again(rows, self.channel_id, everything=True)
            self._enter(self._get_phases()[0])

    def _get_position(self):
        """The cursor of the pass that has begun, whatever day it is by now."""
        return self._get_state().cursor

    def _is_between_pages(self):
        """Whether the pass has planned some records, and not yet all parts."""
        position = self._get_position()
        parts = self._get_planner()._get_parts()
        begun = position["id"] or position["phase"] != parts[0].name
        return bool(begun) and position["phase"] in [part.name for part in parts]

    def _enter(self, phase):
        """Begin a phase."""
        counts = {"done": 0, "total": self._count_phase(phase)}
        position = {**self._get_position(), "phase": phase, "id": 0, **counts}
        self._get_state().cursor = position

    def _count_phase(self, phase):
        """About how many records a phase goes through; 0 if that is not known."""
        rows, planner = self._get_outgoing(), self._get_planner()
        if phase.startswith(COMPARE):
            kind = rows._outgoing_family[phase.removeprefix(COMPARE)]
            return rows.search_count(self._get_compared_domain(kind, 0))
        parts = {part.name: part for part in planner._get_parts() if part.page}
        if phase not in parts:
            return 0
        told = rows.search_count(
            [
                ("channel_id", "=", self.channel_id.id),
                ("kind", "in", parts[phase].kinds),
            ]
        )
        return max(told, planner._count_records(self.channel_id, parts[phase]))

    def _move(self, ids):
        """Note that some records of the phase are done with."""
        position = self._get_position()
        done = position.get("done", 0) + len(ids)
        self._get_state().cursor = {**position, "id": ids[-1], "done": done}

    def _move_on(self):
        phases = self._get_phases()
        self._enter(phases[phases.index(self._get_position()["phase"]) + 1])

    def _plan_steps(self):
        """Plan everything, part by part and page by page.

        What changes meanwhile leaves changes.
        """
        for part in self._get_planner()._get_parts():
            if self._get_position()["phase"] != part.name:
                continue
            while part.page and (ids := self._retry_conflicts(self._plan_page, part)):
                self._move(ids)
                yield Step.BATCH_END
            if not part.page:
                self._retry_conflicts(self._plan_whole, part)
            self._move_on()
            yield Step.BATCH_END

    def _plan_whole(self, part):
        planner = self._get_planner()
        made = planner._prepare(self.channel_id, part, None)
        self._note_changes(planner._plan_part(self.channel_id, part))
        return made

    def _plan_page(self, part):
        """Plan the next records; their ids, none when there are no more."""
        planner, channel = self._get_planner(), self.channel_id
        ids = planner._get_page(channel, part, self._get_position()["id"])
        if ids:
            self._plan_ids(part, ids)
        return ids

    def _compare_steps(self, run, writer):
        """Read what the channel has; what differs is sent again."""
        rows = self._get_outgoing()
        services = rows._get_services(self.channel_id)
        for kind in rows._outgoing_family:
            position, phase = self._get_position(), f"{COMPARE}{kind.code}"
            if position["phase"] != phase:
                continue
            last = position["id"]
            while kind.code in services and (
                page := rows.search(
                    self._get_compared_domain(kind, last),
                    order="res_id",
                    limit=self.batch_size,
                )
            ):
                looked = page.mapped("res_id")
                last = looked[-1]
                page -= page._get_untried()
                targets = page._get_targets()
                # No transaction is open while the network is awaited.
                yield Step.COMMIT
                found = writer.find(kind.code, targets) if targets else {}
                self._retry_conflicts(page._note_seen, found, run)
                run._count(received=len(page), call=writer.take_calls())
                self._move(looked)
                yield Step.BATCH_END
            self._move_on()
            yield Step.BATCH_END

    def _get_compared_domain(self, kind, last):
        return [
            ("channel_id", "=", self.channel_id.id),
            ("kind", "=", kind.code),
            ("sync_state", "=", "done"),
            ("operation", "=", "put"),
            ("res_id", ">", last),
        ]

    def _send_steps(self, run, writer, removing=True):
        """Send what is due, kind by kind and batch by batch.

        :param removing: whether to delete as well
        """
        outgoing, channel = self._get_outgoing(), self.channel_id
        for operation, kind in outgoing._outgoing_family.order:
            if operation == "delete" and not removing:
                continue
            domain = [
                ("channel_id", "=", channel.id),
                ("operation", "=", operation),
                ("kind", "=", kind.code),
            ]
            while rows := outgoing._claim(
                domain, self.batch_size, order="next_attempt_at"
            ):
                if not (rows := rows._hold_untried()):
                    yield Step.BATCH_END
                    continue
                rows, entries = yield from self._entry_steps(run, writer, kind, rows)
                results = send(writer, kind, list(entries.values()))
                self._retry_conflicts(rows._store_results, entries, results, run)
                self.env["sale.channel.lease"]._end(self)
                # Some may not be wanted any more.
                failed = rows.exists().filtered(lambda row: row.sync_state == "error")
                run._count(
                    processed=len(rows), failed=len(failed), call=writer.take_calls()
                )
                yield Step.BATCH_END
                self._check_reachable(results)

    def _entry_steps(self, run, writer, kind, rows):
        """What is sent for claimed rows.

        What has to be looked at once more before it is sent extends it: it yields, so
        that the intent is committed and no transaction is open during the calls.

        :param kind: :class:`..lib.kind.Kind` of the rows
        :return: the rows that are sent, the others being settled or put off, and their
            entries by reference
        """
        entries = rows._get_entries()
        yield Step.COMMIT
        return rows, entries

    def _check_reachable(self, results):
        """Let the flow wait when the channel takes no batch at all.

        :raises Retryable: it cannot be reached
        :raises AuthRequired: it refuses the credentials
        """
        errors = list(results.values())
        for error in errors:
            if isinstance(error, AuthRequired):
                raise error
        # One alone may be its record's problem.
        if len(errors) > 1 and all(map(is_unreachable, errors)):
            raise errors[0]

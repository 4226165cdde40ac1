from odoo import fields, models

from odoo.addons.channel_base.lib.errors import AuthRequired, Retryable

from ..lib.sending import send
from ..lib.writer import KINDS
from .sale_channel_pricing_item import NOTE_LIMIT

# Customers last, after the groups that they are put in. Records are deleted in the
# opposite order, when nothing names them any more.
ORDER = (
    *(("put", kind) for kind in KINDS),
    *(("delete", kind) for kind in reversed(KINDS[:-1])),
)
# What a full run does before it sends
PHASES = ("structure", "buyers", *KINDS, "done")


class SaleChannelFlow(models.Model):
    _inherit = "sale.channel.flow"

    kind = fields.Selection(
        selection_add=[("pricing_out", "Pricing Out")],
        ondelete={"pricing_out": "cascade"},
    )

    def write(self, vals):
        result = super().write(vals)
        if vals.get("enabled"):
            # What changed while it was off left no mark.
            self.filtered(lambda flow: flow.kind == "pricing_out")._request_run()
        return result

    def _has_hints(self):
        """Changes do not wait for the interval."""
        if self.kind != "pricing_out":
            return super()._has_hints()
        channel = self.channel_id
        if not channel.pricing_confirmed:
            return False
        marks = self.env["sale.channel.pricing.mark"].sudo()
        return bool(marks.search_count([("channel_id", "=", channel.id)], limit=1))

    def _get_rows_due(self):
        if self.kind == "pricing_out" and not self.channel_id.pricing_confirmed:
            return []
        return super()._get_rows_due()

    def _run_steps(self, run):
        if self.kind != "pricing_out":
            yield from super()._run_steps(run)
            return
        if not self.channel_id.pricing_confirmed:
            return
        channel = self.channel_id
        writer = channel._get_provider()._get_pricing_writer(channel)
        yield from self._pricing_mark_steps()
        full = self._get_state().full_run
        if full:
            self._begin_pass()
        # What is due goes first: a reading that fails must not keep it waiting. Between
        # two pages of a plan a group would be removed before its customers have left.
        if not full or self._get_position()["phase"] != "buyers":
            yield from self._pricing_send_steps(run, writer)
        if full:
            yield from self._pricing_plan_steps()
            yield from self._pricing_compare_steps(run, writer)
            yield from self._pricing_send_steps(run, writer)
            self._get_state().cursor = False

    def _pricing_mark_steps(self):
        """Plan what changed since the last run."""
        while self._retry_conflicts(self._plan_marked):
            yield True

    def _plan_marked(self):
        """Plan what the oldest marks concern; whether there were any."""
        channel, marks = self.channel_id, self.env["sale.channel.pricing.mark"]
        taken = marks._take(channel)
        if not taken:
            return False
        planner = self.env["sale.channel.pricing.planner"]
        if "structure" in taken:
            self._note_changes(planner._plan_structure(channel))
        buyers = [int(value) for value in taken.get("buyer", ())]
        self._note_changes(planner._plan_buyers(channel, buyers))
        marks._spread(channel, taken)
        return True

    def _note_changes(self, changes):
        items = self.env["sale.channel.pricing.item"]
        for start in range(0, len(changes), NOTE_LIMIT):
            items._note(self.channel_id, changes[start : start + NOTE_LIMIT])

    def _begin_pass(self):
        """Go on with the full run that failed or was killed, or begin it anew.

        The cursor holds what the run does, one of ``PHASES``, and the last id that
        this is done for. What is requested meanwhile begins anew, and so does another
        day, on which other scenarios are valid.
        """
        state = self._get_state()
        seen = state.request_seen_at
        planner = self.env["sale.channel.pricing.planner"]
        begun = {
            "request": seen and seen.isoformat(),
            "day": planner._get_today(self.channel_id).isoformat(),
        }
        position = state.cursor or {}
        if any(position.get(name, "") != value for name, value in begun.items()):
            state.cursor = {**begun, "phase": PHASES[0], "id": 0}

    def _get_position(self):
        """The cursor of the pass that has begun, whatever day it is by now."""
        return self._get_state().cursor

    def _move(self, phase, last=0):
        self._get_state().cursor = {**self._get_position(), "phase": phase, "id": last}

    def _pricing_plan_steps(self):
        """Plan everything: first groups, lists and contracts, then page by page buyers.

        What changes meanwhile leaves marks.
        """
        if self._get_position()["phase"] == "structure":
            self._retry_conflicts(self._plan_structure)
            self._move("buyers")
            yield True
        if self._get_position()["phase"] == "buyers":
            while last := self._retry_conflicts(self._plan_page):
                self._move("buyers", last)
                yield True
            self._move(KINDS[0])

    def _plan_structure(self):
        planner = self.env["sale.channel.pricing.planner"]
        self._note_changes(planner._plan_structure(self.channel_id))

    def _plan_page(self):
        """Plan the next buyers; the last one's id, None when there are no more."""
        planner = self.env["sale.channel.pricing.planner"]
        buyers = planner._get_page(self.channel_id, self._get_position()["id"])
        if not buyers:
            return None
        self._note_changes(planner._plan_buyers(self.channel_id, buyers))
        return buyers[-1]

    def _pricing_compare_steps(self, run, writer):
        """Read what the channel has; what differs is sent again."""
        items = self.env["sale.channel.pricing.item"]
        channel = self.channel_id
        services = channel._get_provider()._get_pricing_kinds(channel)
        for kind in KINDS:
            position = self._get_position()
            if position["phase"] != kind:
                continue
            last = position["id"]
            while kind in services and (
                rows := items.search(
                    self._get_compared_domain(kind, last),
                    order="id",
                    limit=self.batch_size,
                )
            ):
                targets, last = rows._get_targets(), rows[-1].id
                # No transaction is open while the network is awaited.
                yield False
                found = writer.find(kind, targets)
                self._retry_conflicts(lambda r=rows, f=found: r._note_seen(f))
                run._count(received=len(rows), call=writer.take_calls())
                self._move(kind, last)
                yield True
            self._move(PHASES[PHASES.index(kind) + 1])
            yield True

    def _get_compared_domain(self, kind, last):
        return [
            ("channel_id", "=", self.channel_id.id),
            ("kind", "=", kind),
            ("sync_state", "=", "done"),
            ("operation", "=", "put"),
            ("id", ">", last),
        ]

    def _pricing_send_steps(self, run, writer):
        """Send what is due, kind by kind and batch by batch."""
        items, channel = self.env["sale.channel.pricing.item"], self.channel_id
        for operation, kind in ORDER:
            domain = [
                ("channel_id", "=", channel.id),
                ("operation", "=", operation),
                ("kind", "=", kind),
            ]
            while rows := items._claim(domain, self.batch_size, order="id"):
                entries = rows._get_entries()
                # The intent is committed; no transaction is open during the calls.
                yield False
                results = send(writer, kind, list(entries.values()))
                self._retry_conflicts(
                    lambda b=rows, e=entries, r=results: b._store_results(e, r, run)
                )
                failed = rows.filtered(lambda row: row.sync_state == "error")
                run._count(
                    processed=len(rows), failed=len(failed), call=writer.take_calls()
                )
                yield True
                self._check_reachable(results)

    def _check_reachable(self, results):
        """Let the flow wait when the channel takes no batch at all.

        :raises Retryable: it cannot be reached
        :raises AuthRequired: it refuses the credentials
        """
        errors = list(results.values())
        # One alone may be its record's problem.
        if len(errors) < 2 or any(error is not errors[0] for error in errors):
            return
        if isinstance(errors[0], Retryable | AuthRequired):
            raise errors[0]

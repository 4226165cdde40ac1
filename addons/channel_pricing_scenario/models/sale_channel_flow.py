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
        """Changes, and rows to be tried again, do not wait for the interval."""
        if self.kind != "pricing_out":
            return super()._has_hints()
        channel = self.channel_id
        marks = self.env["sale.channel.pricing.mark"].sudo()
        if marks.search_count([("channel_id", "=", channel.id)], limit=1):
            return True
        due = self.env["sale.channel.pricing.item"]._get_next_due(channel)
        return bool(due) and due <= fields.Datetime.now()

    def _run_steps(self, run):
        if self.kind != "pricing_out":
            yield from super()._run_steps(run)
            return
        if not self.channel_id.pricing_confirmed:
            return
        writer = self.channel_id._get_pricing_writer()
        yield from self._pricing_mark_steps()
        # What is due goes first: a reading that fails must not keep it waiting.
        yield from self._pricing_send_steps(run, writer)
        if self._get_state().full_run:
            yield from self._pricing_plan_steps(run)
            yield from self._pricing_compare_steps(run, writer)
            yield from self._pricing_send_steps(run, writer)
        due = self.env["sale.channel.pricing.item"]._get_next_due(self.channel_id)
        if due:
            self._wake(max(due, fields.Datetime.now()))

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
        changes = self.env["sale.channel.pricing.planner"]._plan(
            channel,
            structure="structure" in taken,
            buyers=marks._find_buyers(channel, taken),
        )
        self._note_changes(changes)
        return True

    def _note_changes(self, changes):
        items = self.env["sale.channel.pricing.item"]
        for start in range(0, len(changes), NOTE_LIMIT):
            items._note(self.channel_id, changes[start : start + NOTE_LIMIT])

    def _pricing_plan_steps(self, run):
        """Plan everything, once in a run."""
        state = self._get_state()
        if (state.cursor or {}).get("run") == run.id:
            return
        self._retry_conflicts(self._plan_all)
        state.cursor = {"run": run.id, "kind": KINDS[0], "id": 0}
        yield True

    def _plan_all(self):
        planner = self.env["sale.channel.pricing.planner"]
        self._note_changes(planner._plan(self.channel_id))

    def _pricing_compare_steps(self, run, writer):
        """Read what the channel has; what differs is sent again."""
        state, items = self._get_state(), self.env["sale.channel.pricing.item"]
        services = self.channel_id._get_pricing_kinds()
        position = state.cursor
        first = KINDS.index(position["kind"]) if position["kind"] else len(KINDS)
        for kind in KINDS[first:]:
            last = position["id"] if kind == position["kind"] else 0
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
                state.cursor = {"run": run.id, "kind": kind, "id": last}
                yield True
        state.cursor = {"run": run.id, "kind": False, "id": 0}
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

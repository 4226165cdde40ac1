from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.channel_base.models.sale_channel import RUNNING_STATES

from ..lib.part import COMPARE
from .sale_channel_outgoing_queue import COUNT_LIMIT, WAITING


class SaleChannelOutgoingProgress(models.AbstractModel):
    """How far the flows are that send something, and whether they are late.

    With ``sudo``: states of flows are the server's notes.
    """

    _name = "sale.channel.outgoing.progress"
    _description = "Progress of What Goes Out"

    @api.model
    def _describe(self, flow):
        """How far a flow is, in words; False when there is nothing to tell."""
        texts = [self._describe_phase(flow), self._describe_rest(flow)]
        return " · ".join(text for text in texts if text) or False

    @api.model
    def _describe_phase(self, flow):
        """How far a full run is; False when none goes on."""
        position = flow._get_position() or {}
        done, total = position.get("done"), position.get("total")
        if not total:
            return False
        counts = {"done": done, "total": max(done, total)}
        if position["phase"].startswith(COMPARE):
            return self.env._("Compared: %(done)s of %(total)s", **counts)
        return self.env._("Looked at: %(done)s of about %(total)s", **counts)

    @api.model
    def _describe_rest(self, flow):
        """How many rows are to be sent; False for none."""
        queue, rows = self.env["sale.channel.outgoing.queue"], flow._get_outgoing()
        count = queue._count_pending(rows, flow.channel_id, WAITING)
        if not count:
            return False
        more = "+" if count == COUNT_LIMIT else ""
        return self.env._("To send: %(count)s", count=f"{count}{more}")

    @api.model
    def _get_stale_since(self, flow):
        """Since when something waits that should have been sent by now; False for
        nothing, and while it is somebody's wish that nothing is sent."""
        wanted = flow.outgoing and flow.enabled and flow.confirmed
        channel = flow.channel_id
        if not wanted or not flow.stale_minutes or not channel.active:
            return False
        # A flow with hours of its own is late because somebody wants it so.
        if channel.state not in RUNNING_STATES or flow.window_start != flow.window_end:
            return False
        return self._get_overdue_since(flow)

    @api.model
    def _get_overdue_since(self, flow):
        """Since when something waits longer than it may, or was given up; False for
        nothing."""
        queue = self.env["sale.channel.outgoing.queue"]
        rows, channel = flow._get_outgoing(), flow.channel_id
        moments = [
            rows._get_waiting_since(channel).get(channel.id),
            queue._get_given_up_since(rows, channel),
        ]
        since = min(filter(None, moments), default=False)
        limit = fields.Datetime.now() - timedelta(minutes=flow.stale_minutes)
        return since and since <= limit and since

    @api.model
    def _propose_stale(self):
        """What is proposed for new flows, for those that were made before it was."""
        unset = SQL("SELECT id FROM sale_channel_flow WHERE stale_minutes IS NULL")
        for (id_,) in self.env.execute_query(unset):
            flow = self.env["sale.channel.flow"].sudo().browse(id_)
            flow.stale_minutes = flow._get_spec().stale

    @api.model
    def _check_stale(self):
        """Tell the responsible once when something is late, and when it is over."""
        flows = self.env["sale.channel.flow"].with_context(active_test=False)
        if flows._is_neutralized():
            return
        families = self.env["sale.channel.outgoing"]._get_families()
        kinds = [self.env[name]._outgoing_flow for name in families]
        for flow in flows.search([("kind", "in", kinds)]):
            state, since = flow._get_state(), self._get_stale_since(flow)
            over = not since and not self._get_overdue_since(flow)
            # Who lets nothing go out does not make it true again.
            if since if not state.stale_since else over:
                state.stale_since = since
                self._tell_stale(flow, since)
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _tell_stale(self, flow, since):
        channel = flow.channel_id._for_responsible()
        flow = flow.with_env(channel.env)
        summary = channel.env._("%(flow)s is late", flow=flow.display_name)
        if not since:
            channel._calm(summary)
            return
        channel._alert(
            summary,
            channel.env._(
                "Something waits longer than %(minutes)s minutes to be sent, since "
                "%(since)s (UTC). The channel may show what is not true any more.",
                minutes=flow.stale_minutes,
                since=since,
            ),
        )

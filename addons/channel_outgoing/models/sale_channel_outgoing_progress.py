from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.channel_base.models.sale_channel import RUNNING_STATES

from ..lib.part import COMPARE
from .sale_channel_outgoing_intent_mixin import COUNT_LIMIT, WAITING


class SaleChannelOutgoingProgress(models.AbstractModel):
    """How far what goes out is, and whether it is late."""

    _name = "sale.channel.outgoing.progress"
    _description = "Flows: progress of what goes out"

    # Progress

    def _get_progress(self):
        if not self.outgoing:
            return super()._get_progress()
        texts = [self._describe_phase(), self._describe_rest()]
        return " · ".join(text for text in texts if text) or False

    def _describe_phase(self):
        """How far a full run is; False when none goes on."""
        position = self._get_position() or {}
        done, total = position.get("done"), position.get("total")
        if not total:
            return False
        counts = {"done": done, "total": max(done, total)}
        if position["phase"].startswith(COMPARE):
            return self.env._("Compared: %(done)s of %(total)s", **counts)
        return self.env._("Looked at: %(done)s of about %(total)s", **counts)

    def _describe_rest(self):
        """How many rows are to be sent; False for none."""
        count = self._get_outgoing()._count_pending(self.channel_id, WAITING)
        if not count:
            return False
        more = "+" if count == COUNT_LIMIT else ""
        return self.env._("To send: %(count)s", count=f"{count}{more}")

    # Alarm

    def _get_warning(self):
        since = self._get_stale_since()
        if not since:
            return super()._get_warning()
        waited = fields.Datetime.now() - since
        minutes = int(waited.total_seconds() // 60)
        return self.env._("Something waits for %(minutes)s min", minutes=minutes)

    def _get_stale_since(self):
        """Since when something waits that should have been sent by now; False for
        nothing, and while it is somebody's wish that nothing is sent."""
        wanted = self.outgoing and self.enabled and self.confirmed
        channel = self.channel_id
        if not wanted or not self.stale_minutes or not channel.active:
            return False
        # A flow with hours of its own is late because somebody wants it so.
        if channel.state not in RUNNING_STATES or self.window_start != self.window_end:
            return False
        return self._get_overdue_since()

    def _get_overdue_since(self):
        """Since when something waits longer than it may, or was given up; False for
        nothing."""
        rows, channel = self._get_outgoing(), self.channel_id
        moments = [
            rows._get_waiting_since(channel).get(channel.id),
            rows._get_given_up_since(channel),
        ]
        since = min(filter(None, moments), default=False)
        limit = fields.Datetime.now() - timedelta(minutes=self.stale_minutes)
        return since and since <= limit and since

    @api.model
    def _propose_stale(self):
        """What is proposed for new flows, for those that were made before it was."""
        unset = SQL("SELECT id FROM sale_channel_flow WHERE stale_minutes IS NULL")
        for (id_,) in self.env.execute_query(unset):
            flow = self.sudo().browse(id_)
            flow.stale_minutes = flow._get_spec().stale

    @api.model
    def _cron_check_stale(self):
        """Tell the responsible once when something is late, and when it is over."""
        if self._is_neutralized():
            return
        families = self.env["sale.channel.outgoing"]._get_families()
        kinds = [self.env[name]._outgoing_flow for name in families]
        for flow in self.with_context(active_test=False).search(
            [("kind", "in", kinds)]
        ):
            state, since = flow._get_state(), flow._get_stale_since()
            over = not since and not flow._get_overdue_since()
            # Who lets nothing go out does not make it true again.
            if since if not state.stale_since else over:
                state.stale_since = since
                flow._tell_stale(since)
            self.env["ir.cron"]._commit_progress(1)

    def _tell_stale(self, since):
        channel = self.channel_id._for_responsible()
        flow = self.with_env(channel.env)
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

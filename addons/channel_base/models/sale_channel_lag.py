from datetime import timedelta

from odoo import api, fields, models

from .sale_channel import RUNNING_STATES

# What waits for less is being worked on.
UP_TO_DATE_MINUTES = 2
# A scheduler that is busy with others is not yet one that stands still.
OVERDUE_MINUTES = 15


class SaleChannel(models.Model):
    """How far Odoo is behind the channel, in words for shop owners."""

    _inherit = "sale.channel"

    lag_minutes = fields.Integer(
        "Behind (minutes)",
        compute="_compute_lag",
        groups="channel_base.group_channel_user",
    )
    lag_text = fields.Char(
        "Delay", compute="_compute_lag", groups="channel_base.group_channel_user"
    )
    usual_delay_text = fields.Char(
        "Usual Delay",
        compute="_compute_usual_delay_text",
        groups="channel_base.group_channel_user",
        help="From the change on the channel to the import, half of the last day's "
        "rows took less.",
    )

    @api.depends("flow_ids.enabled", "flow_ids.state_ids", "state")
    @api.depends_context("lang")
    def _compute_lag(self):
        waiting = self._get_oldest_waiting()
        now = fields.Datetime.now()
        for channel in self:
            channel.lag_minutes, channel.lag_text = 0, False
            if channel.state not in RUNNING_STATES:
                continue
            since = [waiting.get(channel.id), *channel._get_standstills(now)]
            oldest = min((moment for moment in since if moment), default=now)
            channel.lag_minutes = max(0, (now - oldest).total_seconds() // 60)
            channel.lag_text = channel._format_lag(channel.lag_minutes)

    def _compute_usual_delay_text(self):
        delays = self._get_usual_delays()
        for channel in self:
            seconds = delays.get(channel.id)
            channel.usual_delay_text = seconds is not None and (
                self.env._("usually after %(seconds)s s", seconds=round(seconds))
                if seconds < 120
                else self.env._(
                    "usually after %(minutes)s min", minutes=round(seconds / 60)
                )
            )

    def _get_oldest_waiting(self):
        """Channel id → since when its oldest row waits for Odoo (naive UTC)."""
        found = {}
        for name in self._get_sync_models():
            for channel, since in self.env[name]._get_waiting_since(self).items():
                if since:
                    found[channel] = min(since, found.get(channel, since))
        return found

    def _get_standstills(self, now):
        """Since when each enabled flow fails, or has not run although it should."""
        self.ensure_one()
        for flow in self.flow_ids.filtered("enabled"):
            state = flow.sudo().state_ids[:1]
            if state.failures:
                yield state.last_success_at or state.last_run_at
                continue
            due = flow._get_full_due(state)
            overdue = due and due < now - timedelta(minutes=OVERDUE_MINUTES)
            # A flow with hours of its own is late because somebody wants it so.
            if overdue and flow.window_start == flow.window_end:
                yield due

    def _get_usual_delays(self):
        """Channel id → median seconds from a change on the channel to its import, of
        the last day. Addons with such rows extend it."""
        return {}

    def _format_lag(self, minutes):
        if minutes < UP_TO_DATE_MINUTES:
            return self.env._("Up to date")
        if minutes < 60:
            return self.env._("%(minutes)s min behind", minutes=minutes)
        if minutes < 48 * 60:
            return self.env._("%(hours)s h behind", hours=minutes // 60)
        return self.env._("%(days)s days behind", days=minutes // (24 * 60))

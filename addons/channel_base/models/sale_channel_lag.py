from datetime import timedelta

from odoo import api, fields, models

from .sale_channel import RUNNING_STATES

# What waits for less is being worked on.
UP_TO_DATE_MINUTES = 2
# A scheduler that is busy with others is not yet one that stands still.
OVERDUE_MINUTES = 15


class SaleChannelLag(models.AbstractModel):
    """How far Odoo is behind its channels, in words for shop owners.

    With ``sudo``: states of flows are the server's notes.
    """

    _name = "sale.channel.lag"
    _description = "Delay of Sales Channels"

    @api.model
    def _measure(self, channels):
        """Channel id → minutes that Odoo is behind; only channels that run."""
        waiting = self._get_oldest_waiting(channels)
        now = fields.Datetime.now()
        minutes = {}
        for channel in channels.filtered(lambda one: one.state in RUNNING_STATES):
            since = [waiting.get(channel.id), *self._get_standstills(channel, now)]
            oldest = min((moment for moment in since if moment), default=now)
            minutes[channel.id] = max(0, int((now - oldest).total_seconds() // 60))
        return minutes

    @api.model
    def _get_oldest_waiting(self, channels):
        """Channel id → since when its oldest row waits for Odoo (naive UTC)."""
        found = {}
        for name in channels._get_sync_models():
            for channel, since in self.env[name]._get_waiting_since(channels).items():
                if since:
                    found[channel] = min(since, found.get(channel, since))
        return found

    @api.model
    def _get_standstills(self, channel, now):
        """Since when each enabled flow fails, or has not run although it should."""
        for flow in channel.flow_ids.filtered("enabled"):
            state = flow.sudo().state_ids[:1]
            if state.failures:
                yield state.last_success_at or state.last_run_at
                continue
            due = flow._get_full_due(state)
            overdue = due and due < now - timedelta(minutes=OVERDUE_MINUTES)
            # A flow with hours of its own is late because somebody wants it so.
            if overdue and flow.window_start == flow.window_end:
                yield due

    @api.model
    def _get_usual_delays(self, channels):
        """Channel id → median seconds from a change on the channel to its import, of
        the last day. Addons with such rows extend it."""
        return {}

    @api.model
    def _format(self, minutes):
        """:param minutes: None of a channel that does not run"""
        if minutes is None:
            return False
        if minutes < UP_TO_DATE_MINUTES:
            return self.env._("Up to date")
        if minutes < 60:
            return self.env._("%(minutes)s min behind", minutes=minutes)
        if minutes < 48 * 60:
            return self.env._("%(hours)s h behind", hours=minutes // 60)
        return self.env._("%(days)s days behind", days=minutes // (24 * 60))

    @api.model
    def _format_usual(self, seconds):
        """:param seconds: None where nothing came in lately"""
        if seconds is None:
            return False
        if seconds < 120:
            return self.env._("usually after %(seconds)s s", seconds=round(seconds))
        return self.env._("usually after %(minutes)s min", minutes=round(seconds / 60))

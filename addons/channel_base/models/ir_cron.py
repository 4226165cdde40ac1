from datetime import timedelta

from odoo import api, fields, models

from .sale_channel_flow import FLOW_CODE

# Longer than a scheduled action may take when all workers are busy with such.
STANDSTILL_MINUTES = 15


class IrCron(models.Model):
    _inherit = "ir.cron"

    channel_flow_ids = fields.One2many("sale.channel.flow", "cron_id")

    def _filter_flows(self):
        """Those that wake a flow, be it still there or not."""
        return self.filtered(
            lambda cron: (
                cron.model_id.model == "sale.channel.flow"
                and (cron.code or "").startswith(FLOW_CODE)
            )
        )

    def unlink(self):
        """Take the server action along: nothing else would ever remove it."""
        actions = self._filter_flows().ir_actions_server_id
        result = super().unlink()
        actions.unlink()
        return result

    @api.model
    def _find_standstill(self):
        """Why scheduled actions do not run; None while they do.

        :return: ``scheduled_actions``: one has been due for a while, and in that time
            no worker has begun or ended any. ``clock``: a clock that was ahead has put
            flows off.
        """
        now = fields.Datetime.now()
        limit = now - timedelta(minutes=STANDSTILL_MINUTES)
        if self._is_one_due(limit) and not self._has_worked(limit, now):
            return "scheduled_actions"
        return "clock" if self.env["sale.channel.flow.state"]._find_ahead() else None

    def _is_one_due(self, limit):
        called = [("call_at", "<=", limit), ("cron_id.active", "=", True)]
        triggers = self.env["ir.cron.trigger"]
        return bool(
            self.search_count([("nextcall", "<=", limit)], limit=1)
            or triggers.search_count(called, limit=1)
        )

    def _has_worked(self, limit, now):
        """Whether an action ended (``lastcall``) or began (a row of its progress)."""
        since = [("lastcall", ">", limit), ("lastcall", "<=", now)]
        begun = [("create_date", ">", limit), ("create_date", "<=", now)]
        return bool(
            self.search_count(since, limit=1)
            or self.env["ir.cron.progress"].search_count(begun, limit=1)
        )

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

# Followed by the flow's id.
FLOW_CODE = "model._cron_run("
SAFETY_NET_HOURS = 1
# Odoo takes the triggers away that have passed when a scheduled action ends.
USED_UP_SECONDS = 60
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

    @api.model
    def _get_flow_code(self, flow):
        return f"{FLOW_CODE}{flow.id})"

    @api.model
    def _create_for_flow(self, flow):
        """The scheduled action (sudo) of a flow. Its own interval is the safety net;
        the moments that matter come by ``_trigger``."""
        return self.sudo().create(
            {
                "name": f"{flow.channel_id.name}: {flow.kind}",
                "model_id": self.env["ir.model"]._get_id(flow._name),
                "state": "code",
                "code": self._get_flow_code(flow),
                "user_id": self.env.ref("base.user_root").id,
                "interval_number": SAFETY_NET_HOURS,
                "interval_type": "hours",
                "priority": flow._get_priority(),
            }
        )

    def _filter_own(self, flows):
        """Those that wake these flows and do nothing else."""
        own = {self._get_flow_code(flow) for flow in flows}
        return self.filtered(lambda cron: cron.code in own)

    def _is_triggered_by(self, at):
        """Whether a trigger comes at that moment, or earlier: the flow then looks again
        and leaves the next one. Hints and rows that are put off would leave one more
        each. One that comes too soon may be used up by the run that is going on.
        """
        soon = fields.Datetime.now() + timedelta(seconds=USED_UP_SECONDS)
        moment = Domain("call_at", "=", at)
        moment |= Domain("call_at", "<", at) & Domain("call_at", ">", soon)
        return self.env["ir.cron.trigger"].search_count(
            Domain("cron_id", "=", self.id) & moment, limit=1
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

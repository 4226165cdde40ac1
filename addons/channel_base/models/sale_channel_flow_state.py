from datetime import timedelta

from odoo import api, fields, models

from .sale_channel import RUNNING_STATES

# Clocks of machines that share the database may differ by as much.
CLOCK_TOLERANCE = timedelta(minutes=5)


class SaleChannelFlowState(models.Model):
    """What a running flow remembers, apart from the row that people edit.

    A run writes here all the time; were it the flow's own row, every click of a
    user on the flow would meet a serialisation failure.

    With ``sudo``: the clock is the machine's, whoever asks.
    """

    _name = "sale.channel.flow.state"
    _description = "Memory of a Flow"
    _rec_name = "flow_id"

    flow_id = fields.Many2one(
        "sale.channel.flow", required=True, index=True, ondelete="cascade"
    )
    cursor = fields.Json(help="Where the provider's search goes on.")
    retry_at = fields.Datetime(
        help="When to go on after a failure or an unfinished slice; empty when the "
        "flow's interval decides."
    )
    last_run_at = fields.Datetime(help="End of the last run that looked everywhere.")
    full_run = fields.Boolean(
        help="The interval is over or somebody asked: the run looks everywhere, not "
        "only at what the channel announced."
    )
    slice_at = fields.Datetime(help="When the last slice began, to the microsecond.")
    requests_seen = fields.Integer(
        help="The flow's requests to run at once when the last run began."
    )
    last_success_at = fields.Datetime()
    failures = fields.Integer(help="Failed runs since the last one that worked.")
    last_error_code = fields.Char()
    last_error_params = fields.Json()
    run_id = fields.Many2one("sale.channel.run", ondelete="set null")

    _flow_uniq = models.Constraint("UNIQUE (flow_id)", "A flow has one memory.")

    @api.model
    def _get_ahead_domain(self):
        """States that a clock which was ahead has written."""
        limit = fields.Datetime.now() + CLOCK_TOLERANCE
        return ["|", ("last_run_at", ">", limit), ("slice_at", ">", limit)]

    @api.model
    def _find_ahead(self):
        """Those of flows that stand still because a clock was ahead when they ran."""
        running = [
            ("flow_id.enabled", "=", True),
            ("flow_id.channel_id.active", "=", True),
            ("flow_id.channel_id.state", "in", RUNNING_STATES),
        ]
        return self.sudo().search([*running, *self._get_ahead_domain()])

    def _is_ahead(self):
        """Whether the last slice lies in the future: no moment of it can be believed,
        and waiting for it would mean to stand still."""
        return bool(self.sudo().filtered_domain(self._get_ahead_domain()))

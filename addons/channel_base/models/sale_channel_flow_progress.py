from odoo import api, fields, models

from ..lib.errors import AuthRequired, Retryable

ALARM_FAILURES = 3


class SaleChannelFlowProgress(models.AbstractModel):
    """What people are told of a flow besides its runs. Addons that add a kind override
    it, guarded by ``kind``."""

    _name = "sale.channel.flow.progress"
    _description = "Flows: progress"

    progress = fields.Char(
        compute="_compute_progress", help="How far it is, and what is left to do."
    )
    warning = fields.Char(compute="_compute_progress")

    @api.depends_context("lang")
    def _compute_progress(self):
        for flow in self:
            flow.progress = flow._get_progress()
            flow.warning = flow._get_warning()

    def _get_progress(self):
        """How far a long run is, in words; False when there is nothing to tell."""
        return False

    def _get_warning(self):
        """What is wrong besides a run that failed; False for nothing."""
        return False

    def _alarm(self, failures, error):
        """Tell a person when the flow will not get well by itself."""
        if isinstance(error, Retryable) and failures != ALARM_FAILURES:
            return
        channel = self.channel_id._for_responsible()
        if isinstance(error, AuthRequired) and (
            channel._get_credential().state == "reauthorise"
        ):
            # The credential has told them what to do.
            return
        channel._alert(
            channel.env._(
                "%(flow)s does not work",
                flow=self.with_env(channel.env).display_name,
            ),
            channel.env["sale.channel.text"]._describe(error),
        )

import time

from odoo import fields, models

from odoo.addons.channel_base.lib.steps import Step

STEP_SECONDS = 0.2


class SaleChannelFlow(models.Model):
    _inherit = "sale.channel.flow"

    kind = fields.Selection(
        selection_add=[("busy", "Never Done"), ("shelves_out", "Shelves Out")],
        ondelete={"busy": "cascade", "shelves_out": "cascade"},
    )

    def _run_steps(self, run):
        """A flow that always has more to do."""
        if self.kind != "busy":
            yield from super()._run_steps(run)
            return
        while True:
            time.sleep(STEP_SECONDS)
            run._count(processed=1)
            yield Step.BATCH_END

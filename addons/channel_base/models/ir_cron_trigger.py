from odoo import fields, models


class IrCronTrigger(models.Model):
    _inherit = "ir.cron.trigger"

    hinted_at = fields.Datetime(
        help="When the hint came that left it, to the microsecond; empty for all other "
        "triggers."
    )

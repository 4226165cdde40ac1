from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL


class SaleChannelLag(models.AbstractModel):
    _inherit = "sale.channel.lag"

    @api.model
    def _get_usual_delays(self, channels):
        since = fields.Datetime.now() - timedelta(days=1)
        self.env["sale.channel.order"].flush_model(["imported_at", "changed_at"])
        self.env.cr.execute(
            SQL(
                """
                SELECT channel_id,
                       percentile_cont(0.5) WITHIN GROUP (
                           ORDER BY extract(epoch FROM imported_at - changed_at))
                  FROM sale_channel_order
                 WHERE channel_id = ANY(%(channels)s) AND imported_at >= %(since)s
                   AND changed_at BETWEEN %(since)s AND imported_at
                 GROUP BY channel_id
                """,
                channels=channels.ids,
                since=since,
            )
        )
        return {**super()._get_usual_delays(channels), **dict(self.env.cr.fetchall())}

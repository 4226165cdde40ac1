from odoo import api, models
from odoo.tools import SQL


class SaleChannelHint(models.Model):
    _inherit = "sale.channel.hint"

    @api.model
    def _keep_mercadolibre(self, notification):
        """Keep a notification for the channel that it belongs to.

        One statement more than the hint itself: see :meth:`_record` about haste.

        :param notification: :class:`..lib.notifications.Notification`, forged or not
        :return: whether it belongs to a channel of this database
        """
        if not notification.hint:
            return False
        self.env.cr.execute(
            SQL(
                """
                SELECT c.id
                  FROM sale_channel_credential k
                  JOIN sale_channel c
                    ON c.id = k.channel_id AND c.environment = k.environment
                 WHERE k.client_id = %(application)s AND k.account_id = %(account)s
                   AND k.state = 'connected' AND c.channel_type = 'mercadolibre'
                   AND c.active AND c.state IN ('trial', 'live', 'paused')
                """,
                application=notification.application_id,
                account=notification.user_id,
            )
        )
        channels = [row[0] for row in self.env.cr.fetchall()]
        for channel_id in channels:
            self._record(channel_id, notification.hint)
        return bool(channels)

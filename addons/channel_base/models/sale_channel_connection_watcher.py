from datetime import timedelta
from urllib.parse import urlsplit

from odoo import api, fields, http, models


class SaleChannelConnectionWatcher(models.AbstractModel):
    """What people should know of the accounts that channels are connected with."""

    _name = "sale.channel.connection.watcher"
    _description = "Watches Connections of Sales Channels"

    @api.model
    def _get_notices(self, credential):
        """What a person should know about a connection: sentences.

        :param credential: maybe none
        """
        if not credential:
            return []
        credential.ensure_one()
        found = []
        if credential._is_of_another_database():
            found.append(
                credential.env._(
                    "This database is a copy or a restored backup, so nothing is sent "
                    "or fetched. If the original is not used any more, press “Use "
                    "here” on the credential."
                )
            )
        if credential.registered_url and credential.state == "connected":
            found += self._get_address_notices(credential)
        return found

    @api.model
    def _get_address_notices(self, credential):
        url = credential.channel_id.get_base_url()
        if url != credential.registered_url:
            return [
                credential.env._(
                    "Odoo's address is now %(url)s, and the account was connected at "
                    "%(registered)s. If it has moved, register the new one on the "
                    "channel and connect again; if not, correct the system parameter "
                    "web.base.url.",
                    url=url,
                    registered=credential.registered_url,
                )
            ]
        databases = http.db_list(force=True, host=urlsplit(url).netloc)
        if databases and databases != [self.env.cr.dbname]:
            return [
                credential.env._(
                    "Not only this database answers at %(url)s, so the channel's "
                    "notifications do not reach it. Give each database an address of "
                    "its own (dbfilter in Odoo's configuration).",
                    url=url,
                )
            ]
        return []

    @api.model
    def _warn(self, credentials):
        """Make activities of what these connections will be lost for, or miss."""
        now = fields.Datetime.now()
        for credential in credentials:
            channel = credential.channel_id._for_responsible()
            days = channel._get_provider()._get_idle_days(channel)
            since = credential.refresh_token and credential.renewed_at
            if days and since and since < now - timedelta(days=days):
                channel._alert(
                    channel.env._(
                        "The access of %(channel)s will expire", channel=channel.name
                    ),
                    channel.env._(
                        "It has not been renewed for %(days)s days.", days=days
                    ),
                )
            notices = self._get_notices(credential.with_env(channel.env))
            if notices:
                channel._alert(
                    channel.env._(
                        "The connection of %(channel)s needs attention",
                        channel=channel.name,
                    ),
                    "\n".join(notices),
                )

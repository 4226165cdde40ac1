import json

from odoo import models

from odoo.addons.channel_base.lib.account import Account
from odoo.addons.channel_base.lib.auth import Basic
from odoo.addons.channel_base.lib.hint import Hint, Notification
from odoo.addons.channel_base.lib.http import HttpClient
from odoo.addons.channel_base.lib.signature import is_signed
from odoo.addons.channel_base.lib.spec import FlowSpec


class SaleChannelProviderFakeKeys(models.AbstractModel):
    """Connects with keys (HTTP Basic) and signs its notifications."""

    _name = "sale.channel.provider.fake_keys"
    _inherit = "sale.channel.provider"
    _description = "Fake Provider with Keys"

    def _get_flow_specs(self, channel):
        return {"orders_in": FlowSpec()}

    def _get_credential_defaults(self, channel):
        return {"api_url": "https://keys.example.com"}

    def _fetch_account(self, channel, credential, token):
        keys = Basic(credential.client_id or "", credential.client_secret)
        me = HttpClient(credential.api_url, auth=keys).get("/me").body
        return Account(me["id"], me["name"])

    def _get_notification_help(self, channel):
        return "Enter it there."

    def _read_notification(self, headers, body):
        content = json.loads(body)
        hint = Hint("orders", content["order"], kind="orders_in")
        return Notification(content["shop"], hint)

    def _check_notification(self, channel, headers, body):
        secret = channel._get_credential().client_secret or ""
        return is_signed(body, secret, headers.get("X-Signature", ""))

from odoo import models

from odoo.addons.channel_base.lib.account import Account
from odoo.addons.channel_base.lib.auth import ApiKey
from odoo.addons.channel_base.lib.http import HttpClient


class SaleChannelProviderFakeOauth(models.AbstractModel):
    """Gives a token that lives until it is revoked, and none to renew it."""

    _name = "sale.channel.provider.fake_oauth"
    _inherit = "sale.channel.provider.oauth"
    _description = "Fake Provider with OAuth"

    def _get_credential_defaults(self, channel):
        return {"api_url": "https://oauth.example.com"}

    def _get_authorization_page(self, channel, credential):
        return f"{credential.api_url}/apps/{credential.client_id}/authorize"

    def _get_authorization_parameters(self, channel, credential):
        return {"scope": "read"}

    def _fetch_account(self, channel, credential, token):
        auth = ApiKey(token(None), "X-Token")
        me = HttpClient(credential.api_url, auth=auth).get("/me").body
        return Account(me["id"], me["name"])

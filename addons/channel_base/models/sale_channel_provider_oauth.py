from odoo import fields, models
from odoo.exceptions import UserError

from ..lib import oauth
from ..lib.address import is_safe
from ..lib.errors import Rejected
from ..lib.token import TokenProvider


class SaleChannelProviderOauth(models.AbstractModel):
    """A provider whose accounts are connected by OAuth 2's authorisation code.

    Its children say where the page is, how tokens are asked for and whose they are;
    state, PKCE, the callback and the storage are here and in the credential.

    With ``sudo``: only the server may write tokens.
    """

    _name = "sale.channel.provider.oauth"
    _inherit = "sale.channel.provider"
    _description = "Provider of Sales Channels with OAuth 2"
    # The service's own way to word tokens and refusals
    _token_client = oauth.TokenClient

    def _get_redirect_url(self, channel):
        return channel._get_route("callback")

    def _get_authorization_page(self, channel, credential):
        """Address, without a query, of the page where the account's owner grants
        access."""
        raise NotImplementedError(self._name)

    def _get_authorization_parameters(self, channel, credential):
        """What that page wants beyond RFC 6749 and PKCE, such as ``scope``: a dict."""
        return {}

    def _get_token_client(self, channel, values):
        """The :class:`..lib.oauth.TokenClient` of the application.

        :param values: dict of the credential's fields
        """
        return self._token_client(
            values["api_url"] or "",
            values["client_id"] or "",
            values["client_secret"] or "",
        )

    def _explain_denial(self, channel, error):
        """Why nothing was granted, in the user's language.

        :param error: the service's word in the redirect, untrusted, or None
        """
        return self.env._(
            "%(provider)s did not grant access.", provider=channel.provider_name
        )

    def _renew_token(self, channel, values):
        client = self._get_token_client(channel, values)
        return client.refresh(values["refresh_token"]).values()

    def _start_connection(self, channel):
        """Send the administrator to the page where the owner grants access."""
        credential = channel._get_credential()
        self._check_keys(channel, "client_id", "client_secret")
        page = self._get_authorization_page(channel, credential)
        if not is_safe(page):
            raise UserError(self.env._("Enter the addresses in the credential first."))
        verifier, state = oauth.pkce_verifier(), oauth.fresh_state()
        credential.write(
            {
                "oauth_state": state,
                "oauth_verifier": verifier,
                "oauth_started_at": fields.Datetime.now(),
            }
        )
        url = oauth.authorization_url(
            page,
            credential.client_id,
            self._get_redirect_url(channel),
            state,
            oauth.pkce_challenge(verifier),
            self._get_authorization_parameters(channel, credential),
        )
        return {"type": "ir.actions.act_url", "target": "self", "url": url}

    def _finish_connection(self, channel, credential, code):
        """Trade the code of the authorisation and keep the account.

        :param credential: whose ``oauth_state`` has been checked
        :raises ChannelError: the code is refused, the account is not one for this
            channel, or another channel has it
        """
        secrets = credential.sudo()
        client = self._get_token_client(channel, secrets.read(load=False)[0])
        tokens = client.exchange(
            code, self._get_redirect_url(channel), secrets.oauth_verifier
        )
        token = TokenProvider(lambda _stale: tokens.access_token, tokens.account_id)
        account = self._fetch_account(channel, secrets, token)
        if tokens.account_id and tokens.account_id != account.external_id:
            raise Rejected("account_mismatch", account=account.external_id)
        credential._connect(tokens.values(), account.external_id, account.name)
        channel.flow_ids.filtered("enabled").action_run_now()

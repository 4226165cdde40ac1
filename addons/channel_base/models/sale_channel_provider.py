from odoo import models
from odoo.exceptions import UserError

from ..lib.errors import AuthRequired
from ..tools.client import RELOAD


class SaleChannelProvider(models.AbstractModel):
    """All that one kind of external system needs, in one place: the provider contract.

    A provider is a child named ``sale.channel.provider.<channel_type>`` (name one
    parent, the most specific); ``channel._get_provider()`` gives it. It has no record
    and keeps no state. This model itself serves channels without a provider: it knows
    nothing, so nobody has to ask for the type.

    Each layer extends this model with its part of the contract: hooks begin with ``_``
    (public methods answer RPC) and take the channel first. A layer gives defaults and
    never wraps what a provider answers: a child's method comes before every extension
    of its parent, whatever the order of the addons. What a layer adds to an answer is
    added by a method of ``sale.channel`` that asks the provider, as
    ``sale.channel._get_flow_specs`` does. The page that tells how to write a provider
    is docs/provider.md.
    """

    _name = "sale.channel.provider"
    _description = "Provider of Sales Channels"

    def _get_flow_specs(self, channel):
        """What the provider can do: flow kind → :class:`..lib.spec.FlowSpec`."""
        return {}

    def _get_calls_per_minute(self, channel):
        """Calls a minute that the service allows to one account."""
        return 600.0

    def _get_credential_defaults(self, channel):
        """The service's own addresses for a new credential: dict of ``api_url``,
        ``auth_url``, ``web_url``; what the administrator has to enter is left out.

        :return: None when the provider needs no credential; else each environment in
            use has a row
        """
        return None

    def _get_credential_help(self, channel):
        """Where the keys come from and where the addresses that the credential shows
        are registered: a sentence in the user's language, or False."""
        return False

    def _fetch_account(self, channel, credential, token):
        """Ask the service whose the access is, with a harmless authenticated call.

        :param credential: ``sale.channel.credential`` (sudo) with addresses and keys,
            maybe empty
        :param token: gives the access token, as
            :class:`..lib.token.TokenProvider`, and the ``account`` that the service
            named with it; of no use to a provider with keys
        :return: :class:`..lib.account.Account`
        :raises ChannelError: it does not work, or the account is not one for this
            channel
        """
        raise UserError(
            self.env._(
                "%(channel)s has no provider to connect to.", channel=channel.name
            )
        )

    def _check_connection(self, channel):
        """Try what is stored.

        :return: a sentence in the user's language about who is connected
        :raises ChannelError: it does not work
        """
        credential = channel._get_credential()
        token = credential and credential._get_token_provider()
        account = self._fetch_account(channel, credential, token)
        return self.env._(
            "Connected as %(nickname)s (account %(account)s).",
            nickname=account.name,
            account=account.external_id,
        )

    def _start_connection(self, channel):
        """What *Connect* does: without tokens, the keys are tried and kept.

        :return: an action to follow
        :raises ChannelError: the service refuses them
        """
        credential = channel._get_credential()
        self._check_keys(channel, "client_secret")
        account = self._fetch_account(channel, credential, None)
        credential._connect({}, account.external_id, account.name)
        channel._wake_flows()
        return RELOAD

    def _check_keys(self, channel, *names):
        """:raises UserError: the administrator has not entered these fields"""
        credential = channel._get_credential()
        if not all(credential[name] for name in names):
            told = self.env._("Enter the application's ID and secret key first.")
            text = [told, self._get_credential_help(channel)]
            raise UserError("\n".join(filter(None, text)))

    def _renew_token(self, channel, values):
        """Exchange a refresh token.

        :param values: dict of the credential's fields
        :return: dict with access_token and, where the service gives them,
            refresh_token and expires_in (seconds)
        :raises ChannelError: AuthRequired when a person has to connect again
        """
        raise AuthRequired("nothing renews the access")

    def _get_idle_days(self, channel):
        """After so many days without a renewal the responsible is warned that the
        access will be lost; None when it is not lost for not being used."""
        return None

    def _get_redirect_url(self, channel):
        """Where the service sends a browser back to; False for a provider without an
        authorisation page."""
        return False

    def _get_notification_help(self, channel):
        """Where the notification address is entered and what else is chosen there: a
        sentence in the user's language; False: the service notifies nobody."""
        return False

    def _read_notification(self, headers, body):
        """What a request to the notification address says. No channel is known yet;
        must be pure and fast, since anybody may send anything.

        :param headers: of the request, names whatever their case
        :param body: raw bytes, at most 64 KB
        :return: :class:`..lib.hint.Notification`; None: the service notifies nobody
        :raises Rejected: it is no notification
        """
        return None

    def _check_notification(self, channel, headers, body):
        """Whether a notification may be believed to be of the channel's service: the
        place to check a signature, with ``channel._get_credential().client_secret``.

        Must not write, nor wait for anything.
        """
        return True

    def _get_quiet_topic_help(self, channel, topic):
        """What the responsible does when a topic is not announced any more."""
        return self.env._("Orders still arrive by the search, only later.")

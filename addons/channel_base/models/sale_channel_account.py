from odoo import api, models
from odoo.exceptions import ValidationError

from ..lib.account import account_key
from ..lib.errors import Rejected


class SaleChannelAccount(models.AbstractModel):
    """Which channel an account on an external system belongs to.

    Two channels with the same account would import each purchase twice.

    With ``sudo``: an account is one channel's, also among companies that do not see
    each other.
    """

    _name = "sale.channel.account"
    _description = "Accounts of Sales Channels"

    @api.model
    def _get_rivals(self, credentials, account_id=None):
        """Credentials of other channels, archived and paused ones too, that have the
        same account (sudo).

        :param account_id: instead of the credentials' own
        """
        credentials = credentials.sudo()
        keys = {
            account_key(
                one.channel_type or "",
                one.api_url or "",
                account_id or one.account_id or "",
            ): one.channel_id
            for one in credentials
        }
        keys.pop("", None)
        if not keys:
            return credentials.browse()
        accounts = [account_id] if account_id else credentials.mapped("account_id")
        rows = credentials.with_context(active_test=False)
        return rows.search(
            [("account_id", "in", accounts), ("account_claim", "!=", "released")]
        ).filtered(
            lambda other: (
                other._get_account_key() in keys
                and other.channel_id != keys[other._get_account_key()]
            )
        )

    @api.model
    def _get_refusal(self, credential, account_id=None):
        """Why the account cannot be this channel's, for who may read the reason.

        :param account_id: instead of the credential's own
        :return: a :class:`Rejected`, or None when no other channel has it
        """
        other = self._get_rivals(credential, account_id).channel_id[:1]
        if not other:
            return None
        reader = other.with_env(credential.env).sudo(False)
        if not reader._filtered_access("read"):
            return Rejected("account_taken_elsewhere")
        return Rejected("account_taken", channel=other.name)

    @api.model
    def _check_free(self, credentials):
        """:raises ValidationError: another channel has the account"""
        texts = self.env["sale.channel.text"]
        for credential in credentials.filtered(
            lambda one: one.account_id and one.account_claim == "held"
        ):
            refusal = self._get_refusal(credential)
            if refusal:
                raise ValidationError(texts._describe(refusal))

    @api.model
    def _get_claims(self, credentials):
        """What :meth:`_follow_claims` has to know from before a change."""
        keys = {credential: credential._get_account_key() for credential in credentials}
        return keys, self._get_rivals(credentials)

    @api.model
    def _follow_claims(self, credentials, keys, rivals):
        """Accounts may have been given up, or taken.

        :raises ValidationError: another channel has the new account
        """
        moved = credentials.filtered(
            lambda one: (
                one.account_claim == "doubled" and one._get_account_key() != keys[one]
            )
        )
        moved.sudo().account_claim = "held"
        self._settle_claims(rivals - credentials)
        self._settle_claims(credentials)
        self._check_free(credentials)

    @api.model
    def _settle_claims(self, credentials):
        """Take away the mark of a double that no other channel shares any more."""
        for credential in credentials.filtered(
            lambda one: one.account_claim == "doubled"
        ):
            if not self._get_rivals(credential):
                credential.sudo().account_claim = "held"

    @api.model
    def _describe_conflict(self, channel):
        """Who else has the channel's account, for who may know it; False for nobody."""
        doubles = channel.sudo().credential_ids.filtered(
            lambda credential: credential.account_claim == "doubled"
        )
        other = self._get_rivals(doubles).channel_id[:1]
        if not other:
            return False
        if not other.with_env(channel.env)._filtered_access("read"):
            return channel.env._(
                "Another channel, of another company, has the same account: each "
                "purchase comes in twice. An administrator has to release the account "
                "in the credential of one of them."
            )
        return channel.env._(
            "%(channel)s has the same account: each purchase comes in twice. An "
            "administrator has to release the account in the credential of one of "
            "them.",
            channel=other.name,
        )

    @api.model
    def _report_doubles(self, credentials):
        """Tell the responsibles of channels that share an account.

        :param credentials: those that are ``doubled``
        """
        for credential in credentials:
            channel = credential.channel_id._for_responsible()
            reader = channel.with_user(channel.user_id or channel.env.user)
            channel._alert(
                channel.env._(
                    "The account of %(channel)s is connected twice",
                    channel=channel.name,
                ),
                self._describe_conflict(reader) or "",
            )

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..lib.account import account_key
from ..lib.errors import Rejected


class SaleChannelAccountMixin(models.AbstractModel):
    """An account on an external system belongs to one channel.

    Two channels with the same account would import each purchase twice.
    """

    _name = "sale.channel.account.mixin"
    _inherit = "field.guard.mixin"
    _description = "Account of a Sales Channel"

    account_id = fields.Char("Account ID", readonly=True, copy=False, guard="server")
    account_name = fields.Char("Account", readonly=True, copy=False, guard="server")
    account_claim = fields.Selection(
        [
            ("held", "This channel's"),
            ("released", "Released"),
            ("doubled", "Also another channel's"),
        ],
        default="held",
        required=True,
        readonly=True,
        copy=False,
        guard="server",
        help="An account belongs to one channel: two would import each order twice.",
    )
    # Of the first credential of a channel that has the account: both of a channel's
    # environments may. Empty while two channels have it, from before this was refused.
    account_key = fields.Char(
        compute="_compute_account_key",
        store=True,
        readonly=True,
        copy=False,
        guard="server",
    )

    @api.depends(
        "account_id",
        "account_claim",
        "api_url",
        "channel_id.channel_type",
        "channel_id.credential_ids.account_id",
        "channel_id.credential_ids.account_claim",
        "channel_id.credential_ids.api_url",
    )
    def _compute_account_key(self):
        for credential in self:
            siblings = credential.channel_id.with_context(
                active_test=False
            ).credential_ids
            key = credential._get_account_key()
            first = siblings.filtered(
                lambda one, key=key: (
                    one.account_claim == "held" and one._get_account_key() == key
                )
            ).sorted("id")[:1]
            credential.account_key = first == credential and key or False

    def _get_account_key(self):
        self.ensure_one()
        return account_key(
            self.channel_type or "", self.api_url or "", self.account_id or ""
        )

    def _get_rivals(self, account_id=None):
        """Credentials of other channels, archived and paused ones too, that have the
        same account (sudo).

        :param account_id: instead of the credentials' own
        """
        keys = {
            account_key(
                one.channel_type or "",
                one.api_url or "",
                account_id or one.account_id or "",
            ): one.channel_id
            for one in self.sudo()
        }
        keys.pop("", None)
        if not keys:
            return self.sudo().browse()
        accounts = [account_id] if account_id else self.sudo().mapped("account_id")
        rows = self.sudo().with_context(active_test=False)
        return rows.search(
            [("account_id", "in", accounts), ("account_claim", "!=", "released")]
        ).filtered(
            lambda other: (
                other._get_account_key() in keys
                and other.channel_id != keys[other._get_account_key()]
            )
        )

    def _get_refusal(self, account_id=None):
        """Why the account cannot be this channel's, for who may read the reason.

        :param account_id: instead of the credential's own
        :return: a :class:`Rejected`, or None when no other channel has it
        """
        self.ensure_one()
        other = self._get_rivals(account_id).channel_id[:1]
        if not other:
            return None
        reader = other.with_env(self.env).sudo(False)
        if not reader._filtered_access("read"):
            return Rejected("account_taken_elsewhere")
        return Rejected("account_taken", channel=other.name)

    def _check_account_free(self):
        """:raises ValidationError: another channel has the account"""
        texts = self.env["sale.channel.text"]
        for credential in self.filtered(
            lambda one: one.account_id and one.account_claim == "held"
        ):
            refusal = credential._get_refusal()
            if refusal:
                raise ValidationError(texts._describe(refusal))

    @api.model
    def _check_claim(self, vals):
        """:raises ValidationError: only an upgrade finds an account that is doubled"""
        if vals.get("account_claim") == "doubled":
            raise ValidationError(self.env._("An account belongs to one channel."))

    def _get_claims(self):
        """What :meth:`_follow_claims` has to know from before a change."""
        keys = {credential: credential._get_account_key() for credential in self}
        return keys, self._get_rivals()

    def _follow_claims(self, keys, rivals):
        """Accounts may have been given up, or taken.

        :raises ValidationError: another channel has the new account
        """
        moved = self.filtered(
            lambda one: (
                one.account_claim == "doubled" and one._get_account_key() != keys[one]
            )
        )
        moved.sudo().account_claim = "held"
        (rivals - self)._settle_claim()
        self._settle_claim()
        self._check_account_free()

    def _settle_claim(self):
        """Take away the mark of a double that no other channel shares any more."""
        for credential in self.filtered(lambda one: one.account_claim == "doubled"):
            if not credential._get_rivals():
                credential.sudo().account_claim = "held"

    def action_release(self):
        """Give the account up: another channel may connect it from now on."""
        self.check_access("write")
        self.sudo().account_claim = "released"

    @api.model
    def _report_doubles(self):
        """Tell the responsibles of channels that share an account."""
        doubles = self.sudo().search([("account_claim", "=", "doubled")])
        for credential in doubles:
            channel = credential.channel_id._for_responsible()
            reader = channel.with_user(channel.user_id or channel.env.user)
            channel._alert(
                channel.env._(
                    "The account of %(channel)s is connected twice",
                    channel=channel.name,
                ),
                reader._get_account_conflict() or "",
            )

import logging
from datetime import timedelta
from urllib.parse import urlsplit

from psycopg2.errors import LockNotAvailable, SerializationFailure, UniqueViolation

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ValidationError
from odoo.modules.registry import Registry
from odoo.tools import SQL

from ..lib.account import account_key
from ..lib.errors import AuthRequired, Rejected, Retryable
from ..lib.token import TokenProvider

_logger = logging.getLogger(__name__)

EXPIRY_MARGIN = timedelta(seconds=60)
LOCK_SECONDS = 45
LOCK_TRIES = 10
# Plain http only where no network is crossed: the machine itself, or the sandbox
# service beside Odoo.
PLAIN_HOSTS = {"127.0.0.1", "localhost", "sandbox"}
# What tells whose the account is
ACCOUNT_FIELDS = {"account_id", "account_claim", "api_url", "channel_id"}
# Changing any of these would send the old tokens to somebody else.
IDENTITY_FIELDS = {"api_url", "auth_url", "client_id"}


def is_safe(url):
    """Whether tokens may be sent to an address."""
    parts = urlsplit(url)
    if parts.username or parts.password or not parts.hostname:
        return False
    return parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in PLAIN_HOSTS
    )


class SaleChannelCredential(models.Model):
    """Secrets, tokens and addresses of one account; system administrators only.

    Tokens are written only by :meth:`_store_tokens`, through a cursor of its own,
    so that nothing that happens later can roll a renewed token back.
    """

    _name = "sale.channel.credential"
    _description = "Credential of a Sales Channel"
    _rec_name = "environment"

    channel_id = fields.Many2one(
        "sale.channel", required=True, index=True, ondelete="cascade"
    )
    channel_type = fields.Selection(related="channel_id.channel_type")
    environment = fields.Selection(
        [("production", "Production"), ("test", "Test")],
        default="production",
        required=True,
    )
    state = fields.Selection(
        [
            ("none", "Not connected"),
            ("connected", "Connected"),
            ("reauthorise", "Needs reauthorisation"),
        ],
        default="none",
        required=True,
        readonly=True,
        copy=False,
    )
    api_url = fields.Char("API Address")
    auth_url = fields.Char("Authorisation Address")
    web_url = fields.Char("Site Address")
    client_id = fields.Char("Application ID", copy=False)
    client_secret = fields.Char("Secret Key", copy=False)
    account_id = fields.Char("Account ID", readonly=True, copy=False)
    account_name = fields.Char("Account", readonly=True, copy=False)
    access_token = fields.Char(readonly=True, copy=False)
    refresh_token = fields.Char(readonly=True, copy=False)
    expires_at = fields.Datetime("Token Expires", readonly=True, copy=False)
    renewed_at = fields.Datetime("Last Renewal", readonly=True, copy=False)
    renewal_count = fields.Integer(readonly=True, copy=False)
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
        help="An account belongs to one channel: two would import each order twice.",
    )
    # Of the first credential of a channel that has the account: both of a channel's
    # environments may. Empty while two channels have it, from before this was refused.
    account_key = fields.Char(
        compute="_compute_account_key", store=True, readonly=True, copy=False
    )
    database_uuid = fields.Char(readonly=True, copy=False)
    oauth_state = fields.Char(copy=False)
    oauth_verifier = fields.Char(copy=False)
    oauth_started_at = fields.Datetime(copy=False)

    _environment_uniq = models.Constraint(
        "UNIQUE (channel_id, environment)",
        "The channel already has a credential for this environment.",
    )

    _account_uniq = models.UniqueIndex(
        "(account_key)", "Another channel has this account already."
    )
    _released_silent = models.Constraint(
        "CHECK (account_claim != 'released' OR access_token IS NULL)",
        "A released account must be connected again before it is used.",
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

    @api.constrains("api_url", "auth_url", "web_url")
    def _check_urls(self):
        for credential in self:
            for url in (credential.api_url, credential.auth_url, credential.web_url):
                if url and not is_safe(url):
                    raise ValidationError(
                        self.env._("%(url)s: only https addresses are safe.", url=url)
                    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_claim(vals)
        credentials = super().create(vals_list)
        credentials._check_account_free()
        return credentials

    def unlink(self):
        rivals = self._get_rivals()
        result = super().unlink()
        rivals.exists()._settle_claim()
        return result

    def write(self, vals):
        """Write; another address or application makes the old tokens useless."""
        self._check_claim(vals)
        claims = self._get_claims() if ACCOUNT_FIELDS & vals.keys() else None
        if IDENTITY_FIELDS & vals.keys():
            changed = self.filtered(
                lambda c: any(
                    c[name] and c[name] != vals[name]
                    for name in IDENTITY_FIELDS & vals.keys()
                )
            )
            changed._reset_tokens()
        if vals.get("account_claim") == "released":
            self._reset_tokens()
        result = super().write(vals)
        if claims:
            self._follow_claims(*claims)
        return result

    # One account, one channel

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
        for credential in self.filtered(
            lambda one: one.account_id and one.account_claim == "held"
        ):
            refusal = credential._get_refusal()
            if refusal:
                raise ValidationError(credential.channel_id._describe_error(refusal))

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
        moved.account_claim = "held"
        (rivals - self)._settle_claim()
        self._settle_claim()
        self._check_account_free()

    def _settle_claim(self):
        """Take away the mark of a double that no other channel shares any more."""
        for credential in self.filtered(lambda one: one.account_claim == "doubled"):
            if not credential._get_rivals():
                credential.account_claim = "held"

    def action_release(self):
        """Give the account up: another channel may connect it from now on."""
        self.write({"account_claim": "released"})

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

    def _reset_tokens(self):
        """Forget the tokens. Whose they were stays: see the provider's checks."""
        self.write(
            {
                "state": "none",
                "access_token": False,
                "refresh_token": False,
                "expires_at": False,
            }
        )

    def action_disconnect(self):
        """Forget the tokens; the account must be connected again."""
        self._reset_tokens()

    @api.model
    def _get_database_uuid(self):
        return self.env["ir.config_parameter"].sudo().get_param("database.uuid")

    def _check_database(self):
        """Refuse to work in a copy: it would use up the original's token.

        :raises Rejected: ``database_copied``
        """
        if self.database_uuid and self.database_uuid != self._get_database_uuid():
            raise Rejected("database_copied")

    def _get_token_provider(self):
        """A :class:`TokenProvider` for API clients.

        It uses a cursor of its own and may be called from any thread.

        :raises AuthRequired: a person has to connect again
        """
        self.ensure_one()
        dbname, credential_id = self.env.cr.dbname, self.id

        def read(stale):
            with Registry(dbname).cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                return env[self._name].browse(credential_id)._get_token(stale)

        return TokenProvider(read)

    def _get_token(self, stale=None):
        """The access token in force, renewed when needed.

        Must run in a cursor of its own: it locks, commits and rolls back.

        :param stale: token that the channel has just refused
        """
        self.ensure_one()
        for _attempt in range(LOCK_TRIES):
            token = self._read_token(stale)
            if token:
                return token
            self.env.cr.rollback()
            self.env.invalidate_all()
            try:
                self._lock()
            except (SerializationFailure, LockNotAvailable):
                # Somebody else renewed it meanwhile: read again.
                self.env.cr.rollback()
                self.env.invalidate_all()
                continue
            self.env.invalidate_all()
            token = self._read_token(stale)
            return token or self._renew()
        raise Retryable("the credential is locked by another process")

    def _read_token(self, stale):
        self._check_database()
        if self.state == "reauthorise":
            raise AuthRequired("the account must be connected again")
        if not self.access_token:
            raise AuthRequired("the account is not connected")
        alive = not self.expires_at or (
            self.expires_at > fields.Datetime.now() + EXPIRY_MARGIN
        )
        return self.access_token if alive and self.access_token != stale else None

    def _lock(self):
        self.env.cr.execute(SQL("SET LOCAL lock_timeout = %s", f"{LOCK_SECONDS}s"))
        self.env.cr.execute(
            SQL(
                "SELECT id FROM sale_channel_credential WHERE id = %s "
                "FOR NO KEY UPDATE",
                self.id,
            ),
            log_exceptions=False,
        )

    def _renew(self):
        """Exchange the refresh token and commit the new pair before anybody uses it.

        The row is locked. A process killed between the remote rotation and this
        commit loses a single-use token; the next renewal then ends in "needs
        reauthorisation".
        """
        if not self.refresh_token:
            raise self._refuse(AuthRequired("there is no refresh token"))
        try:
            tokens = self.channel_id._renew_token(self.read(load=False)[0])
        except AuthRequired as error:
            raise self._refuse(error) from None
        self._store_tokens(tokens)
        return tokens["access_token"]

    def _refuse(self, error):
        self.write({"state": "reauthorise"})
        channel = self.channel_id._for_responsible()
        channel._alert(
            channel.env._("Connect %(channel)s again", channel=channel.name),
            channel.env._("The channel refused to renew the access of this account."),
        )
        self._commit()
        return error

    def _store_tokens(self, tokens, **values):
        """Write a token set and commit it; only in a cursor of its own."""
        now = fields.Datetime.now()
        self.write(
            {
                "state": "connected",
                "access_token": tokens["access_token"],
                "refresh_token": tokens["refresh_token"],
                "expires_at": now + timedelta(seconds=tokens["expires_in"]),
                "renewed_at": now,
                "renewal_count": self.renewal_count + 1,
                "database_uuid": self._get_database_uuid(),
                **values,
            }
        )
        self._commit()

    def _commit(self):
        # The cursor was opened for this alone: see _get_token_provider.
        self.env.cr.commit()  # pylint: disable=invalid-commit

    def _connect(self, tokens, account_id, account_name=None):
        """Keep the tokens of an authorisation that a person has just granted.

        :raises Rejected: another channel has the account, or this one had another
        """
        self.ensure_one()
        if self.account_id and self.account_id != account_id:
            raise Rejected("account_changed", account=self.account_name)
        refusal = self._get_refusal(account_id)
        if refusal:
            raise refusal
        try:
            with Registry(self.env.cr.dbname).cursor() as cr:
                own = self.with_env(self.env(cr=cr, su=True))
                own._store_tokens(
                    tokens,
                    account_id=account_id,
                    account_name=account_name or account_id,
                    account_claim="held",
                    oauth_state=False,
                    oauth_verifier=False,
                )
        except UniqueViolation:
            # Another channel was connected at the same moment.
            raise Rejected("account_taken_elsewhere") from None
        self.invalidate_recordset()

    @api.model
    def _cron_check_expiry(self):
        """Warn before an account is lost for not having been used."""
        limit = fields.Datetime.now() - timedelta(days=90)
        forgotten = self.sudo().search(
            [("state", "=", "connected"), ("renewed_at", "<", limit)]
        )
        for credential in forgotten:
            channel = credential.channel_id._for_responsible()
            channel._alert(
                channel.env._(
                    "The access of %(channel)s will expire", channel=channel.name
                ),
                channel.env._("It has not been renewed for 90 days."),
            )

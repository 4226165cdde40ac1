import logging
from datetime import timedelta

from psycopg2.errors import LockNotAvailable, SerializationFailure, UniqueViolation

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ValidationError
from odoo.modules.registry import Registry
from odoo.tools import SQL, ormcache

from ..lib.account import account_key
from ..lib.address import is_safe
from ..lib.errors import AuthRequired, Rejected, Retryable
from ..lib.oauth import lifetime
from ..lib.token import TokenProvider
from ..tools.database import find_place, keep_base_url

_logger = logging.getLogger(__name__)

EXPIRY_MARGIN = timedelta(seconds=60)
LOCK_SECONDS = 45
LOCK_TRIES = 10
# What tells whose the account is
ACCOUNT_FIELDS = {"account_id", "account_claim", "api_url", "channel_id"}
# Changing any of these would send the old tokens to somebody else.
IDENTITY_FIELDS = {"api_url", "auth_url", "client_id"}


class SaleChannelCredential(models.Model):
    """Secrets, tokens and addresses of one account; system administrators only.

    Tokens are written only by :meth:`_store_tokens`, through a cursor of its own,
    so that nothing that happens later can roll a renewed token back.

    With ``sudo``: tokens and claims are the server's; a button checks first who presses
    it.
    """

    _name = "sale.channel.credential"
    _inherit = "field.guard.mixin"
    _description = "Credential of a Sales Channel"
    _rec_name = "environment"

    channel_id = fields.Many2one(
        "sale.channel", required=True, index=True, ondelete="cascade", guard="once"
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
        guard="server",
    )
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
    api_url = fields.Char("API Address")
    auth_url = fields.Char("Authorisation Address")
    web_url = fields.Char("Site Address")
    client_id = fields.Char("Application ID", copy=False)
    client_secret = fields.Char("Secret Key", copy=False)
    access_token = fields.Char(readonly=True, copy=False, guard="server")
    refresh_token = fields.Char(readonly=True, copy=False, guard="server")
    expires_at = fields.Datetime(
        "Token Expires", readonly=True, copy=False, guard="server"
    )
    renewed_at = fields.Datetime(
        "Last Renewal", readonly=True, copy=False, guard="server"
    )
    renewal_count = fields.Integer(readonly=True, copy=False, guard="server")
    database_uuid = fields.Char(readonly=True, copy=False, guard="server")
    database_place = fields.Char(
        readonly=True,
        copy=False,
        guard="server",
        help="The server and the database in it that the account was connected on.",
    )
    is_copied = fields.Boolean(compute="_compute_is_copied")
    registered_url = fields.Char(
        "Registered Address",
        readonly=True,
        copy=False,
        guard="server",
        help="Odoo's address when the account was connected: the one that the channel "
        "knows.",
    )
    redirect_url = fields.Char(
        "Redirect Address",
        compute="_compute_addresses",
        help="Where the channel sends the administrator back after the authorisation.",
    )
    notification_url = fields.Char(related="channel_id.notification_url")
    provider_help = fields.Text(compute="_compute_addresses")
    oauth_state = fields.Char(copy=False, guard="server")
    oauth_verifier = fields.Char(copy=False, guard="server")
    oauth_started_at = fields.Datetime(copy=False, guard="server")

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

    def _get_account_key(self):
        self.ensure_one()
        return account_key(
            self.channel_type or "", self.api_url or "", self.account_id or ""
        )

    @api.constrains("api_url", "auth_url", "web_url")
    def _check_urls(self):
        for credential in self:
            for url in (credential.api_url, credential.auth_url, credential.web_url):
                if url and not is_safe(url):
                    raise ValidationError(
                        self.env._("%(url)s: only https addresses are safe.", url=url)
                    )

    @api.depends("channel_id")
    @api.depends_context("lang")
    def _compute_addresses(self):
        for credential in self:
            channel = credential.channel_id
            provider = channel._get_provider()
            credential.redirect_url = provider._get_redirect_url(channel)
            credential.provider_help = provider._get_credential_help(channel)

    @api.model
    def _check_claim(self, vals):
        """:raises ValidationError: only an upgrade finds an account that is doubled"""
        if vals.get("account_claim") == "doubled":
            raise ValidationError(self.env._("An account belongs to one channel."))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_claim(vals)
        credentials = super().create(vals_list)
        for credential in credentials:
            credential._fill_addresses()
        self.env["sale.channel.account"]._check_free(credentials)
        return credentials

    def unlink(self):
        accounts = self.env["sale.channel.account"]
        rivals = accounts._get_rivals(self)
        result = super().unlink()
        accounts._settle_claims(rivals.exists())
        return result

    def write(self, vals):
        """Write; another address or application makes the old tokens useless."""
        self._check_claim(vals)
        accounts = self.env["sale.channel.account"]
        claims = ACCOUNT_FIELDS & vals.keys() and accounts._get_claims(self)
        if IDENTITY_FIELDS & vals.keys():
            changed = self.filtered(
                lambda c: any(
                    c[name] and c[name] != vals[name]
                    for name in IDENTITY_FIELDS & vals.keys()
                )
            )
            changed._reset_tokens()
        if "client_secret" in vals:
            # Without tokens the secret is what the service knows the account by.
            self.filtered(
                lambda c: (
                    not c.access_token and c.client_secret != vals["client_secret"]
                )
            )._reset_tokens()
        if vals.get("account_claim") == "released":
            self._reset_tokens()
        result = super().write(vals)
        if claims:
            accounts._follow_claims(self, *claims)
        return result

    @api.model
    def _ensure(self, channels):
        """A row where the administrator enters the keys, for the environment in use."""
        self.sudo().create(
            [
                {"channel_id": channel.id, "environment": channel.environment}
                for channel in channels
                if channel._get_provider()._get_credential_defaults(channel) is not None
                and not channel._get_credential()
            ]
        )

    def _fill_addresses(self):
        """Take the service's own addresses where none are told."""
        self.ensure_one()
        channel = self.channel_id
        known = channel._get_provider()._get_credential_defaults(channel) or {}
        self.write({name: url for name, url in known.items() if url and not self[name]})

    def _reset_tokens(self):
        """Forget the tokens. Whose they were stays: see the provider's checks."""
        self.sudo().write(
            {
                "state": "none",
                "access_token": False,
                "refresh_token": False,
                "expires_at": False,
            }
        )

    def action_release(self):
        """Give the account up: another channel may connect it from now on."""
        self.check_access("write")
        self.sudo().account_claim = "released"

    def action_disconnect(self):
        """Forget the tokens; the account must be connected again."""
        self.check_access("write")
        self._reset_tokens()

    @api.model
    def _get_database_uuid(self):
        return self.env["ir.config_parameter"].sudo().get_param("database.uuid")

    @api.model
    @ormcache()
    def _get_database_place(self):
        """See :func:`..tools.database.find_place`."""
        return find_place(self.env.cr)

    def _compute_is_copied(self):
        for credential in self:
            credential.is_copied = credential._is_of_another_database()

    def _is_of_another_database(self):
        if not self.database_uuid:
            return False
        place = self._get_database_place()
        return self.database_uuid != self._get_database_uuid() or bool(
            self.database_place and place and self.database_place != place
        )

    def _check_database(self):
        """Refuse to work in a copy: it would use up the original's token, and import
        and invoice the same orders again.

        :raises Rejected: ``database_copied``
        """
        if self._is_of_another_database():
            raise Rejected("database_copied")

    def action_use_here(self):
        """An administrator says that the original of this database is not used any
        more, such as after a backup was restored."""
        self.check_access("write")
        for credential in self:
            credential.sudo().write(self._prepare_database())
            credential.channel_id._wake_flows()

    @api.model
    def _prepare_database(self):
        return {
            "database_uuid": self._get_database_uuid(),
            "database_place": self._get_database_place(),
        }

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

        return TokenProvider(read, self.account_id or "")

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
            tokens = self.channel_id._get_provider()._renew_token(
                self.channel_id, self.read(load=False)[0]
            )
        except AuthRequired as error:
            raise self._refuse(error) from None
        # Who sends no new one leaves the former in force (RFC 6749 §6).
        renewal = tokens.get("refresh_token") or self.refresh_token
        self._store_tokens({**tokens, "refresh_token": renewal})
        return tokens["access_token"]

    def _refuse(self, error):
        self._ask_again(
            self.channel_id._for_responsible().env._(
                "The channel refused to renew the access of this account."
            )
        )
        self._commit()
        return error

    def _refuse_keys(self):
        """The service refuses keys that it took before: a person has to look."""
        if self.state == "connected" and not self.access_token:
            text = self.env["sale.channel.text"]
            text = text.with_env(self.channel_id._for_responsible().env)
            self._ask_again(text._format("auth_required"))

    def _ask_again(self, note):
        self.write({"state": "reauthorise"})
        channel = self.channel_id._for_responsible()
        summary = channel.env._("Connect %(channel)s again", channel=channel.name)
        channel._alert(summary, note)

    def _store_tokens(self, tokens, **values):
        """Write a token set and commit it; only in a cursor of its own.

        :param tokens: dict with access_token, refresh_token, expires_in (seconds; see
            :func:`..lib.oauth.lifetime`), each where the service gives it
        """
        now, lives = fields.Datetime.now(), lifetime(tokens.get("expires_in"))
        self.write(
            {
                "state": "connected",
                "access_token": tokens.get("access_token") or False,
                "refresh_token": tokens.get("refresh_token") or False,
                "expires_at": bool(lives) and now + timedelta(seconds=lives),
                "renewed_at": now,
                "renewal_count": self.renewal_count + 1,
                **self._prepare_database(),
                **values,
            }
        )
        self._commit()

    def _commit(self):
        # The cursor was opened for this alone: see _get_token_provider.
        self.env.cr.commit()  # pylint: disable=invalid-commit

    def _connect(self, tokens, account_id, account_name=None):
        """Keep the tokens of an authorisation that a person has just granted.

        :param tokens: see :meth:`_store_tokens`; empty for a service with keys only
        :raises Rejected: another channel has the account, or this one had another
        """
        self.ensure_one()
        if self.account_id and self.account_id != account_id:
            raise Rejected("account_changed", account=self.account_name)
        refusal = self.env["sale.channel.account"]._get_refusal(self, account_id)
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
                    registered_url=own._get_registered_url(),
                )
        except UniqueViolation:
            # Another channel was connected at the same moment.
            raise Rejected("account_taken_elsewhere") from None
        self.invalidate_recordset()
        if self.registered_url:
            keep_base_url(self.env)

    def _get_registered_url(self):
        """Odoo's address, if something of it is entered on the channel; else False."""
        known = self.redirect_url or self.notification_url
        return bool(known) and self.channel_id.get_base_url()

    @api.model
    def _cron_check_expiry(self):
        """Warn before an account is lost for not having been used, and of what keeps
        its notifications away."""
        connected = self.sudo().search([("state", "=", "connected")])
        self.env["sale.channel.connection.watcher"]._warn(connected)

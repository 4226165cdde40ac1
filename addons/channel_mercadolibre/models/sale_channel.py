import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.channel_base.lib.errors import AuthRequired, Rejected
from odoo.addons.channel_base.lib.spec import FlowSpec
from odoo.addons.channel_order.lib.source import OrderStatus

from ..lib import notifications, oauth
from ..lib.client import MAX_PAGE, RATE_PER_MINUTE, MercadoLibreClient
from ..lib.orders import MercadoLibreOrders
from ..lib.parser import parse
from ..lib.sites import (
    SITES,
    country_of_site,
    get_site,
    order_url,
    profile_url,
    site_of_country,
)

CALLBACK_PATH = "/channel/mercadolibre/callback"
NOTIFICATION_PATH = "/channel/mercadolibre/notifications"

# MercadoLibre developers, "Orders": the statuses of an order. The vocabulary is
# open; a status that is not here asks for a de-para row.
STATUS_DECISIONS = {
    "paid": "import",
    "partially_refunded": "import",
    "confirmed": "wait",
    "payment_required": "wait",
    "payment_in_process": "wait",
    "partially_paid": "wait",
    "pending_cancel": "wait",
    "cancelled": "cancel",
    "invalid": "cancel",
}
# Of these, those of an order whose payments were approved for its whole amount.
PAID_STATUSES = ("paid",)


class SaleChannel(models.Model):
    _inherit = "sale.channel"

    channel_type = fields.Selection(
        selection_add=[("mercadolibre", "MercadoLibre")],
        ondelete={"mercadolibre": "set null"},
    )
    mercadolibre_site = fields.Selection(
        [
            ("MLA", "Argentina (MLA)"),
            ("MLB", "Brazil (MLB)"),
            ("MLC", "Chile (MLC)"),
            ("MCO", "Colombia (MCO)"),
            ("MLM", "Mexico (MLM)"),
            ("MLU", "Uruguay (MLU)"),
        ],
        "MercadoLibre Site",
        compute="_compute_mercadolibre_site",
        store=True,
        readonly=False,
    )

    mercadolibre_notification_url = fields.Char(
        "Notification Address", compute="_compute_mercadolibre_notification_url"
    )

    def _compute_mercadolibre_notification_url(self):
        for channel in self:
            channel.mercadolibre_notification_url = (
                channel.channel_type == "mercadolibre"
                and channel.get_base_url() + NOTIFICATION_PATH
            )

    @api.depends("company_id.country_code", "channel_type")
    def _compute_mercadolibre_site(self):
        for channel in self:
            if channel.channel_type != "mercadolibre":
                channel.mercadolibre_site = False
            elif not channel.mercadolibre_site:
                channel.mercadolibre_site = (
                    site_of_country(channel.company_id.country_code) or "MLA"
                )

    @api.model_create_multi
    def create(self, vals_list):
        channels = super().create(vals_list)
        channels._ensure_mercadolibre_credential()
        return channels

    def write(self, vals):
        result = super().write(vals)
        if {"channel_type", "environment"} & vals.keys():
            self._ensure_mercadolibre_credential()
        if "mercadolibre_site" in vals:
            self._follow_mercadolibre_site()
        return result

    def _follow_mercadolibre_site(self):
        """Access is granted on the site's own host; a test environment's one stays."""
        hosts = [site.auth_base for site in SITES.values()]
        for channel in self.filtered("mercadolibre_site"):
            wanted = get_site(channel.mercadolibre_site).auth_base
            channel.sudo().credential_ids.filtered(
                lambda credential, wanted=wanted: (
                    credential.auth_url in hosts and credential.auth_url != wanted
                )
            ).auth_url = wanted

    def _ensure_mercadolibre_credential(self):
        """A row where the administrator enters the application's keys."""
        missing = self.filtered(
            lambda channel: (
                channel.channel_type == "mercadolibre" and not channel._get_credential()
            )
        )
        self.env["sale.channel.credential"].sudo().create(
            [
                {"channel_id": channel.id, "environment": channel.environment}
                for channel in missing
            ]
        )

    def _get_flow_specs(self):
        if self.channel_type != "mercadolibre":
            return super()._get_flow_specs()
        return {
            **super()._get_flow_specs(),
            "orders_in": FlowSpec(
                min_interval=1, max_batch=MAX_PAGE, interval=5, batch=MAX_PAGE
            ),
            "missed_feeds": FlowSpec(min_interval=15, interval=60),
        }

    def _get_calls_per_minute(self):
        if self.channel_type != "mercadolibre":
            return super()._get_calls_per_minute()
        return RATE_PER_MINUTE

    def _get_mercadolibre_client(self):
        """A client of the account in use.

        :raises AuthRequired: the account is not connected
        """
        credential = self._get_credential()
        if not credential.api_url:
            raise AuthRequired("there are no credentials for this environment")
        provide = credential._get_token_provider()
        # The first token is read here, in the caller's thread: an account that is
        # not connected shows before any thread starts.
        provide()
        return MercadoLibreClient(
            credential.api_url,
            provide,
            limiter=self._get_limiter(),
            secrets=(credential.client_secret,),
        )

    def _check_connection(self):
        if self.channel_type != "mercadolibre":
            return super()._check_connection()
        me = self._get_mercadolibre_client().me()
        site = me.body.get("site_id")
        if site != self.mercadolibre_site:
            raise Rejected("site_mismatch", site=site, expected=self.mercadolibre_site)
        return self.env._(
            "Connected as %(nickname)s (account %(account)s).",
            nickname=me.body.get("nickname"),
            account=me.body.get("id"),
        )

    def _renew_token(self, values):
        if self.channel_type != "mercadolibre":
            return super()._renew_token(values)
        client = oauth.OAuthClient(
            values["api_url"], values["client_id"] or "", values["client_secret"] or ""
        )
        tokens = client.refresh(values["refresh_token"])
        return self._mercadolibre_tokens(tokens)

    @api.model
    def _mercadolibre_tokens(self, tokens):
        return {
            "access_token": tokens.access_token,
            "refresh_token": tokens.refresh_token,
            "expires_in": tokens.expires_in,
        }

    def _get_order_source(self):
        if self.channel_type != "mercadolibre":
            return super()._get_order_source()
        credential = self._get_credential()
        return MercadoLibreOrders(
            self._get_mercadolibre_client(),
            credential.account_id,
            get_site(self.mercadolibre_site),
        )

    def _parse_order(self, bundle):
        if self.channel_type != "mercadolibre":
            return super()._parse_order(bundle)
        return parse(bundle)

    def _read_hint(self, topic, resource):
        if self.channel_type != "mercadolibre":
            return super()._read_hint(topic, resource)
        return notifications.concern(topic, resource)

    def _get_search_topic(self):
        if self.channel_type != "mercadolibre":
            return super()._get_search_topic()
        return notifications.SEARCH_TOPIC

    def _get_quiet_topic_help(self, topic):
        if self.channel_type != "mercadolibre":
            return super()._get_quiet_topic_help(topic)
        return self.env._(
            "MercadoLibre switches a topic off when its notifications are refused for "
            "a while. Tick “%(topic)s” again on the developers' site, in the "
            "notifications of your application; the address is %(url)s. Until then "
            "orders arrive by the search, only later.",
            topic=topic,
            url=self.mercadolibre_notification_url,
        )

    def _get_status_decisions(self):
        if self.channel_type != "mercadolibre":
            return super()._get_status_decisions()
        return STATUS_DECISIONS

    def _get_paid_statuses(self):
        if self.channel_type != "mercadolibre":
            return super()._get_paid_statuses()
        return PAID_STATUSES

    def _get_order_slots(self):
        if self.channel_type != "mercadolibre":
            return super()._get_order_slots()
        # An order's status is MercadoLibre's own; nobody else can write it.
        return ("fetch", "reservation")

    def _fetch_order_statuses(self):
        if self.channel_type != "mercadolibre":
            return super()._fetch_order_statuses()
        # The API has no list of them; these are the documented ones.
        return [OrderStatus(status) for status in STATUS_DECISIONS]

    def _get_order_url(self, order):
        if self.channel_type != "mercadolibre":
            return super()._get_order_url(order)
        site = get_site(order.site or self.mercadolibre_site)
        return order_url(site, order.url_id or "", self._get_credential().web_url)

    def _get_default_country(self):
        """A site sells in one country, whatever company the channel is of."""
        if self.channel_type != "mercadolibre" or self.country_id:
            return super()._get_default_country()
        code = country_of_site(self.mercadolibre_site)
        country = self.env["res.country"].search([("code", "=", code)], limit=1)
        return country or super()._get_default_country()

    def _get_buyer_profile_url(self, buyer):
        if self.channel_type != "mercadolibre":
            return super()._get_buyer_profile_url(buyer)
        site = get_site(self.mercadolibre_site)
        return profile_url(site, buyer.nickname or "", self._get_credential().web_url)

    def action_connect(self):
        """Send the administrator to MercadoLibre's authorisation page."""
        self.ensure_one()
        if self.channel_type != "mercadolibre":
            return super().action_connect()
        credential = self._get_credential().sudo(False)
        credential.check_access("write")
        if not credential.client_id or not credential.client_secret:
            raise UserError(
                self.env._(
                    "Enter the application's ID and secret key first (MercadoLibre, "
                    "developers' site, “My applications”)."
                )
            )
        verifier = oauth.pkce_verifier()
        state = secrets.token_urlsafe(32)
        credential.write(
            {
                "oauth_state": state,
                "oauth_verifier": verifier,
                "oauth_started_at": fields.Datetime.now(),
            }
        )
        return {
            "type": "ir.actions.act_url",
            "target": "self",
            "url": oauth.authorization_url(
                credential.auth_url,
                credential.client_id,
                self._get_mercadolibre_redirect_uri(),
                state,
                oauth.pkce_challenge(verifier),
            ),
        }

    @api.model
    def _get_mercadolibre_redirect_uri(self):
        return self.get_base_url() + CALLBACK_PATH

    def _finish_mercadolibre_connection(self, credential, code):
        """Trade the code of the authorisation and keep the account.

        :param credential: whose ``oauth_state`` has been checked
        :raises ChannelError: the code is refused, the account is of another site, or
            another channel has it
        """
        self.ensure_one()
        client = oauth.OAuthClient(
            credential.api_url, credential.client_id, credential.client_secret
        )
        tokens = client.exchange(
            code, self._get_mercadolibre_redirect_uri(), credential.oauth_verifier
        )
        me = MercadoLibreClient(
            credential.api_url, lambda _stale=None: tokens.access_token
        ).me()
        if me.body.get("site_id") != self.mercadolibre_site:
            raise Rejected(
                "site_mismatch",
                site=me.body.get("site_id"),
                expected=self.mercadolibre_site,
            )
        credential._connect(
            self._mercadolibre_tokens(tokens), tokens.user_id, me.body.get("nickname")
        )
        self.flow_ids.filtered("enabled").action_run_now()

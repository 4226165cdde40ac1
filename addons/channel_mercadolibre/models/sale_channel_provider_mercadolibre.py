from odoo import models

from odoo.addons.channel_base.lib.account import Account
from odoo.addons.channel_base.lib.errors import AuthRequired, Rejected
from odoo.addons.channel_base.lib.reader import mapping, required_identifier
from odoo.addons.channel_base.lib.spec import FlowSpec
from odoo.addons.channel_order.lib.source import OrderStatus

from ..lib import notifications, sites, statuses
from ..lib.client import MAX_PAGE, RATE_PER_MINUTE, MercadoLibreClient
from ..lib.oauth import IDLE_DAYS, OAuthClient
from ..lib.orders import MercadoLibreOrders
from ..lib.parser import parse


class SaleChannelProviderMercadolibre(models.AbstractModel):
    _name = "sale.channel.provider.mercadolibre"
    _inherit = "sale.channel.provider.oauth"
    _description = "MercadoLibre"
    _token_client = OAuthClient

    def _get_flow_specs(self, channel):
        return {
            "orders_in": FlowSpec(max_batch=MAX_PAGE, batch=MAX_PAGE),
            "missed_feeds": FlowSpec(min_interval=15, interval=60),
        }

    def _get_calls_per_minute(self, channel):
        return RATE_PER_MINUTE

    def _get_credential_defaults(self, channel):
        site = sites.SITES.get(channel.mercadolibre_site)
        return {"api_url": sites.API_BASE, "auth_url": site and site.auth_base}

    def _get_credential_help(self, channel):
        return self.env._(
            "The application is made on MercadoLibre's developers' site, “My "
            "applications”, with the redirect address that is shown here."
        )

    def _get_idle_days(self, channel):
        return IDLE_DAYS

    def _get_authorization_page(self, channel, credential):
        return f"{(credential.auth_url or '').rstrip('/')}/authorization"

    def _explain_denial(self, channel, error):
        if error == "invalid_operator_user_id":
            return self.env._(
                "A collaborator cannot grant access: log in to MercadoLibre as the "
                "owner of the account."
            )
        return super()._explain_denial(channel, error)

    def _fetch_account(self, channel, credential, token):
        me = mapping(self._make_client(channel, credential, token).me().body, "me")
        site, expected = me.get("site_id"), channel.mercadolibre_site
        if site != expected:
            raise Rejected("site_mismatch", site=site, expected=expected)
        return Account(required_identifier(me.get("id"), "id"), me.get("nickname"))

    def _make_client(self, channel, credential, token):
        if not credential.api_url:
            raise AuthRequired("there are no credentials for this environment")
        return MercadoLibreClient(
            credential.api_url,
            token,
            limiter=channel._get_limiter(),
            secrets=(credential.client_secret,),
        )

    def _get_client(self, channel):
        """A client of the account in use.

        :raises AuthRequired: the account is not connected
        """
        credential = channel._get_credential()
        token = credential and credential._get_token_provider()
        client = self._make_client(channel, credential, token)
        # The first token is read here, in the caller's thread: an account that is
        # not connected shows before any thread starts.
        token()
        return client

    def _get_notification_help(self, channel):
        return self.env._(
            "On MercadoLibre's developers' site, in the notifications of your "
            "application, enter this address and tick the topics orders_v2, shipments "
            "and payments. Without them orders arrive by the search, a few minutes "
            "later."
        )

    def _read_notification(self, headers, body):
        return notifications.parse_body(body)

    def _get_quiet_topic_help(self, channel, topic):
        return self.env._(
            "MercadoLibre switches a topic off when its notifications are refused for "
            "a while. Tick “%(topic)s” again on the developers' site, in the "
            "notifications of your application; the address is %(url)s. Until then "
            "orders arrive by the search, only later.",
            topic=topic,
            url=channel.notification_url,
        )

    def _get_order_source(self, channel):
        return MercadoLibreOrders(
            self._get_client(channel),
            channel._get_credential().account_id,
            sites.get_site(channel.mercadolibre_site),
        )

    def _parse_order(self, channel, bundle):
        return parse(bundle)

    def _read_hint(self, channel, topic, resource):
        return notifications.concern(topic, resource)

    def _get_search_topic(self, channel):
        return notifications.SEARCH_TOPIC

    def _get_status_decisions(self, channel):
        return statuses.DECISIONS

    def _get_paid_statuses(self, channel):
        return statuses.PAID

    def _get_order_slots(self, channel):
        # An order's status is MercadoLibre's own; nobody else can write it.
        return ("fetch", "reservation")

    def _fetch_order_statuses(self, channel):
        # The API has no list of them; these are the documented ones.
        return [OrderStatus(status) for status in statuses.DECISIONS]

    def _get_order_url(self, channel, order):
        site = sites.SITES.get(order.site or channel.mercadolibre_site)
        web_url = channel._get_credential().web_url
        return site and sites.order_url(site, order.url_id or "", web_url)

    def _get_default_country(self, channel):
        # A site sells in one country, whatever company the channel is of.
        code = sites.country_of_site(channel.mercadolibre_site)
        return self.env["res.country"].search([("code", "=", code)], limit=1)

    def _get_buyer_profile_url(self, channel, buyer):
        site = sites.SITES.get(channel.mercadolibre_site)
        web_url = channel._get_credential().web_url
        return site and sites.profile_url(site, buyer.nickname or "", web_url)

from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain

from odoo.addons.channel_base.lib.account import Account
from odoo.addons.channel_base.lib.errors import AuthRequired
from odoo.addons.channel_base.lib.signature import is_signed
from odoo.addons.channel_base.lib.spec import FlowSpec
from odoo.addons.channel_catalog.lib.traits import CatalogTraits

from ..lib import notifications, statuses
from ..lib.answers import MedusaAnswers
from ..lib.client import MAX_PAGE, MedusaClient, read_values
from ..lib.listings import MedusaCatalog, MedusaListings
from ..lib.orders import MedusaOrders
from ..lib.parser import parse
from ..lib.prices import MedusaPrices
from ..lib.stock import MedusaStock
from ..tools.orders import get_order_finder

# Orders whose payment is open are asked for again for so long.
OPEN_DAYS = 60
TRAITS = CatalogTraits(
    stock_kind="physical",
    grouped=True,
    hides_variants=False,
    promotions=True,
    locations=True,
    fields=("title", "description", "images", "brand", "barcode", "dimensions"),
)
# Kind of de-para → list of the shop
VALUES_BY_KIND = {"stock_location": "stock_locations", "team": "sales_channels"}


class SaleChannelProviderMedusa(models.AbstractModel):
    _name = "sale.channel.provider.medusa"
    _inherit = "sale.channel.provider"
    _description = "Medusa"

    def _get_flow_specs(self, channel):
        return {
            "orders_in": FlowSpec(max_batch=MAX_PAGE, batch=MAX_PAGE),
            "orders_answer": FlowSpec(),
            "listings_out": FlowSpec(interval=24 * 60, max_batch=50, batch=50),
            "stock_out": FlowSpec(interval=24 * 60, max_batch=MAX_PAGE, batch=MAX_PAGE),
            "price_out": FlowSpec(interval=24 * 60, max_batch=MAX_PAGE, batch=MAX_PAGE),
        }

    def _get_credential_defaults(self, channel):
        return {}  # Each shop has its own address.

    def _get_credential_help(self, channel):
        return self.env._(
            "API address: where the shop's server answers. Secret key: made in the "
            "shop's admin, Settings, Secret API Keys (sk_…)."
        )

    def _start_connection(self, channel):
        self._check_keys(channel, "api_url")
        action = super()._start_connection(channel)
        self._load_sales_channels(channel)
        return action

    def _load_sales_channels(self, channel):
        """Offer the shop's sales channels, which also stand for sales teams."""
        found = read_values(self._get_client(channel), "sales_channels")
        mappings = self.env["sale.channel.mapping"]
        for value, label in found:
            mappings._ensure(channel, "team", value, label)

    def _fetch_account(self, channel, credential, token):
        store = self._make_client(channel, credential).store()
        return Account(store.get("id"), store.get("name"))

    def _make_client(self, channel, credential, client_class=MedusaClient):
        if not credential.api_url or not credential.client_secret:
            raise AuthRequired("there are no credentials for this environment")
        return client_class(
            credential.api_url,
            credential.client_secret,
            limiter=channel._get_limiter(),
            secrets=(credential.client_secret,),
        )

    def _get_client(self, channel, client_class=MedusaClient):
        """A client of the shop.

        :param client_class: one that may write more
        :raises AuthRequired: it is not connected
        """
        return self._make_client(channel, channel._get_credential(), client_class)

    def _get_notification_help(self, channel):
        return self.env._(
            "Add the subscriber of the documentation to the shop's server, with this "
            "address and the secret key. Without it orders arrive by the search, a few "
            "minutes later."
        )

    def _read_notification(self, headers, body):
        return notifications.parse(body)

    def _check_notification(self, channel, headers, body):
        secret = channel._get_credential().client_secret or ""
        signature = headers.get(notifications.SIGNATURE_HEADER, "")
        return is_signed(body, secret, signature) and notifications.is_fresh(
            body, fields.Datetime.now()
        )

    def _get_order_source(self, channel):
        return MedusaOrders(
            self._get_client(channel),
            channel.medusa_sales_channel_id.external_value or "",
            self._get_open_ids(channel),
        )

    def _get_open_ids(self, channel):
        """Orders that may be paid for without their date in the shop moving."""
        since = fields.Datetime.now() - timedelta(days=OPEN_DAYS)
        payments = Domain.OR(
            Domain("external_status", "like", value) for value in statuses.OPEN
        )
        rows = self.env["sale.channel.order"].search_fetch(
            Domain("channel_id", "=", channel.id)
            & Domain("placed_at", ">=", since)
            & Domain("state", "!=", "cancelled")
            & payments,
            ["external_id"],
        )
        return rows.mapped("external_id")

    def _parse_order(self, channel, bundle):
        return parse(
            bundle,
            net=channel.price_tax_mode == "excluded",
            document_key=channel.medusa_document_key or "",
        )

    def _read_hint(self, channel, topic, resource):
        return notifications.concern(topic, resource)

    def _get_search_topic(self, channel):
        return notifications.ORDER

    def _get_status_decisions(self, channel):
        return statuses.DECISIONS

    def _get_paid_statuses(self, channel):
        return statuses.PAID

    def _get_freight_owner(self, channel):
        return "seller"

    def _get_order_slots(self, channel):
        return ("fetch", "reservation", "received", "return", "rejected")

    def _fetch_order_statuses(self, channel):
        return statuses.vocabulary()

    def _get_delivery_statuses(self, channel):
        return statuses.DELIVERY

    def _get_status_writer(self, channel):
        quiet = not channel.medusa_notify_buyers
        return MedusaAnswers(self._get_client(channel), quiet)

    def _get_order_url(self, channel, order):
        return self._get_admin_url(channel, f"orders/{order.url_id}")

    def _get_admin_url(self, channel, path):
        """A page of the shop's admin; False without an address."""
        credential = channel._get_credential()
        base = credential.web_url or credential.api_url
        return bool(base) and f"{base.rstrip('/')}/app/{path}"

    def _get_catalog_traits(self, channel):
        return TRAITS

    def _fetch_catalog_values(self, channel):
        client = self._get_client(channel)
        found = {kind: read_values(client, key) for kind, key in VALUES_BY_KIND.items()}
        # Prices in any other are refused before they go out.
        codes = sorted(client.read_currencies())
        return {**found, "currency": [(code, code.upper()) for code in codes]}

    def _get_listing_writer(self, channel, images):
        return MedusaListings(
            self._get_client(channel),
            images,
            self.env["sale.channel.content"]._get_sent_fields(channel),
            channel.medusa_sales_channel_id.external_value or "",
        )

    def _get_stock_writer(self, channel):
        return MedusaStock(self._get_client(channel), get_order_finder(channel))

    def _get_price_writer(self, channel):
        return MedusaPrices(self._get_client(channel), self._get_currency(channel))

    def _get_remote_catalog(self, channel):
        return MedusaCatalog(
            self._get_client(channel),
            self._get_currency(channel),
            channel.medusa_sales_channel_id.external_value or "",
        )

    def _get_currency(self, channel):
        company = channel.company_id or self.env.company
        return (channel.pricelist_id.currency_id or company.currency_id).name

    def _get_listing_url(self, channel, listing):
        product = listing.channel_product_id.external_id
        return bool(product) and self._get_admin_url(channel, f"products/{product}")

from decimal import Decimal

from odoo import models

from odoo.addons.channel_base.lib.account import Account
from odoo.addons.channel_base.lib.errors import AuthRequired, Rejected
from odoo.addons.channel_base.lib.spec import FlowSpec
from odoo.addons.channel_catalog.lib.traits import CatalogTraits
from odoo.addons.channel_catalog.models.sale_channel_stock import LOCATION_KIND
from odoo.addons.channel_catalog.tools.opening import ChannelOpening
from odoo.addons.channel_order.lib.source import OrderStatus

from ..lib import item_status, notifications, sites, statuses
from ..lib.account import Seller, read_seller
from ..lib.body import CLOSING, tell
from ..lib.catalog import MercadoLibreCatalog
from ..lib.client import MAX_PAGE, RATE_PER_MINUTE
from ..lib.fees import MercadoLibreFees
from ..lib.item import CATALOG
from ..lib.items import split_place
from ..lib.items_client import ItemsClient
from ..lib.listings import LISTING_TYPES, MADE_TYPES, MercadoLibreListings
from ..lib.oauth import IDLE_DAYS, OAuthClient
from ..lib.orders import MercadoLibreOrders
from ..lib.parser import parse
from ..lib.prices import MercadoLibrePrices
from ..lib.shipment import BY_CHANNEL
from ..lib.stock import MercadoLibreStock
from ..lib.stores import read_stores
from ..tools.seller import SellerNote

# Characters, of nearly all categories; the others refuse it themselves
TITLE_LIMIT = 60

DAY = 24 * 60


class SaleChannelProviderMercadolibre(models.AbstractModel):
    _name = "sale.channel.provider.mercadolibre"
    _inherit = "sale.channel.provider.oauth"
    _description = "MercadoLibre"
    _token_client = OAuthClient

    def _get_flow_specs(self, channel):
        return {
            "orders_in": FlowSpec(max_batch=MAX_PAGE, batch=MAX_PAGE),
            "missed_feeds": FlowSpec(min_interval=15, interval=60),
            "categories_in": FlowSpec(min_interval=60, interval=DAY),
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
        seller = read_seller(self._make_client(channel, credential, token).me().body)
        expected = channel.mercadolibre_site
        if seller.site != expected:
            raise Rejected("site_mismatch", site=seller.site, expected=expected)
        channel._note_seller(seller)
        return Account(seller.id, seller.nickname)

    def _make_client(self, channel, credential, token):
        if not credential.api_url:
            raise AuthRequired("there are no credentials for this environment")
        return ItemsClient(
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
            "and payments, and to sell from Odoo also items, items_prices, "
            "stock-location and user_products. Without them orders arrive by the "
            "search, a few minutes later, and what changes on listings is seen by the "
            "next night."
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

    def _get_catalog_traits(self, channel):
        # Of user products the service writes the title.
        name = "family" if channel.mercadolibre_user_products else "title"
        site = sites.SITES.get(channel.mercadolibre_site)
        return CatalogTraits(
            stock_kind="sellable",
            hides_variants=False,
            price_unit=site.price_unit if site else Decimal(0),
            currencies=(site.currency,) if site else (),
            shared_prices=True,
            fees=True,
            locations=channel.mercadolibre_multi_origin,
            kept_logistics=tuple(BY_CHANNEL),
            listing_types=LISTING_TYPES,
            made_types=MADE_TYPES,
            fields=("title", "description", "images", "brand", "category", "barcode"),
            # What the seller pauses there stays paused.
            taken_over=("visibility",),
            # Each is a call of its own.
            unlisted=("description",),
            max_lengths={name: TITLE_LIMIT},
        )

    def _get_listing_type_names(self, channel):
        names = {
            "gold_special": self.env._("Classic"),
            "gold_pro": self.env._("Premium"),
            "free": self.env._("Free"),
        }
        catalog = {
            f"{code}{CATALOG}": self.env._("%(type)s, in the catalogue", type=name)
            for code, name in names.items()
        }
        return {**names, **catalog}

    def _complete_listing_contents(self, channel, listings, contents):
        self.env["mercadolibre.content"]._complete(channel, listings, contents)
        for listing in listings.filtered("mercadolibre_closing"):
            contents[listing.id] = dict(CLOSING)

    def _check_listing_contents(self, channel, listings, contents):
        # What ends need not be right.
        listings = listings.filtered(lambda listing: not listing.mercadolibre_closing)
        found = self.env["mercadolibre.content"]._check(channel, listings, contents)
        return {**found, **self._check_packs(channel, listings)}

    def _check_packs(self, channel, listings):
        """Packs that would be the user product of the single pieces, whose stock would
        be theirs."""
        packs = listings.filtered(
            lambda one: one.product_id and one.quantity != 1 and not one.external_id
        )
        if not packs or not channel.mercadolibre_user_products:
            return {}
        others = packs.search(
            [
                ("channel_id", "=", channel.id),
                ("product_id", "in", packs.product_id.ids),
            ]
        ).grouped("product_id")
        return {
            pack.id: ("meli_pack_shares", {})
            for pack in packs
            if any(one.quantity != pack.quantity for one in others[pack.product_id])
        }

    def _get_listing_writer(self, channel, images):
        registry = self.env.registry
        return MercadoLibreListings(
            self._get_client(channel),
            self._get_seller(channel),
            images,
            ChannelOpening(registry, channel.id),
            SellerNote(registry, channel.id),
        )

    def _get_seller(self, channel):
        """What is known of the account: :class:`..lib.account.Seller`."""
        return Seller(
            channel._get_credential().account_id,
            site=channel.mercadolibre_site,
            user_products=channel.mercadolibre_user_products,
            multi_origin=channel.mercadolibre_multi_origin,
        )

    def _get_stock_writer(self, channel):
        return MercadoLibreStock(
            self._get_client(channel),
            channel.stock_by_location,
            SellerNote(self.env.registry, channel.id),
        )

    def _fetch_catalog_values(self, channel):
        if not channel.stock_by_location:
            return {LOCATION_KIND: []}
        seller = channel._get_credential().account_id
        return {LOCATION_KIND: read_stores(self._get_client(channel), seller)}

    def _get_price_writer(self, channel):
        return MercadoLibrePrices(
            self._get_client(channel), SellerNote(self.env.registry, channel.id)
        )

    def _reword_listing_content(self, channel, wanted, there):
        return tell(wanted, there)

    def _read_listing_hint(self, channel, topic, resource):
        return notifications.listing_hint(topic, resource)

    def _describe_listing_status(self, channel, status):
        return item_status.describe(status)

    def _get_listing_url(self, channel, listing):
        site = sites.SITES.get(channel.mercadolibre_site)
        item_id = listing.url_id or split_place(listing.external_id or "")[0]
        web_url = channel._get_credential().web_url
        return site and sites.item_url(site, item_id, web_url)

    def _get_fee_reader(self, channel):
        return MercadoLibreFees(self._get_client(channel), channel.mercadolibre_site)

    def _get_fee_classes(self, channel, listings):
        categories = self.env["sale.channel.charge"]._get_categories(channel, listings)
        # Where nothing was sent yet, nor can be
        others = listings.filtered(lambda listing: listing not in categories)
        chosen = self.env["mercadolibre.attributes"]._get_categories(channel, others)
        categories |= {one: chosen[one.id].code for one in others if chosen[one.id]}
        return {
            listing: (category, listing.listing_type.removesuffix(CATALOG))
            for listing, category in categories.items()
            if listing.listing_type
        }

    def _get_remote_catalog(self, channel):
        return MercadoLibreCatalog(
            self._get_client(channel), channel._get_credential().account_id
        )

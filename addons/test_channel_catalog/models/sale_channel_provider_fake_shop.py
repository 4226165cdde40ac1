from odoo import models

from odoo.addons.channel_catalog.lib.remote import ListingHint
from odoo.addons.channel_catalog.lib.status import ListingStatus

from ..lib.fake_shop import SHOPS, FakeCatalog, FakeFees, FakeShop, FakeShopWriter


class SaleChannelProviderFakeShop(models.AbstractModel):
    """The fake provider with a catalogue: the smallest one."""

    _name = "sale.channel.provider.fake_shop"
    _inherit = "sale.channel.provider.fake"
    _description = "Fake Shop"

    def _get_shop(self, channel):
        """The channel's remote side."""
        return SHOPS.setdefault(channel.id, FakeShop())

    def _get_catalog_traits(self, channel):
        return self._get_shop(channel).traits

    def _get_listing_writer(self, channel, images):
        return FakeShopWriter(self._get_shop(channel), images)

    def _get_stock_writer(self, channel):
        return FakeShopWriter(self._get_shop(channel))

    def _get_price_writer(self, channel):
        return FakeShopWriter(self._get_shop(channel))

    def _get_fee_reader(self, channel):
        return FakeFees(self._get_shop(channel))

    def _get_fee_classes(self, channel, listings):
        categories = self.env["sale.channel.charge"]._get_categories(channel, listings)
        return {
            listing: (categories.get(listing, "C0"), listing.listing_type)
            for listing in listings
        }

    def _get_remote_catalog(self, channel):
        return FakeCatalog(self._get_shop(channel))

    def _get_listing_url(self, channel, listing):
        return f"https://fake.example.com/products/{listing.url_id}"

    def _read_listing_hint(self, channel, topic, resource):
        if topic == "listings":
            return ListingHint(external_id=resource)
        return ListingHint(stock_group=resource) if topic == "stock" else None

    def _describe_listing_status(self, channel, status):
        if status == "active":
            return ListingStatus("fake_active", sold=True)
        if status == "banned":
            return ListingStatus("fake_banned", advice="fake_appeal", attention=True)
        return None

from odoo import models

from ..lib.fake_shop import SHOPS, FakeCatalog, FakeShop, FakeShopWriter


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

    def _get_remote_catalog(self, channel):
        return FakeCatalog(self._get_shop(channel))

    def _get_listing_url(self, channel, listing):
        return f"https://fake.example.com/products/{listing.url_id}"

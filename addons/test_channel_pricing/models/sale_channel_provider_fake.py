from odoo import models

from ..lib.fake import ORIGINS, FakePricing, FakePricingWriter

# The remote side lives in the process, like a server would live elsewhere.
REMOTES: dict[int, FakePricing] = {}


class SaleChannelProviderFake(models.AbstractModel):
    """Prices by group of the fake provider."""

    _inherit = "sale.channel.provider.fake"

    def _get_pricing_remote(self, channel):
        """The channel's remote side."""
        return REMOTES.setdefault(channel.id, FakePricing())

    def _get_pricing_kinds(self, channel):
        return self._get_pricing_remote(channel).kinds

    def _get_pricing_writer(self, channel):
        return FakePricingWriter(self._get_pricing_remote(channel))

    def _fetch_pricing_origins(self, channel):
        return ORIGINS

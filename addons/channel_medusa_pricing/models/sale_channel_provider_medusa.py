from odoo import models

from odoo.addons.channel_medusa.lib.client import read_values
from odoo.addons.channel_pricing_scenario.lib.family import KINDS

from ..lib.client import PricingClient
from ..lib.pricing import MedusaPricing
from ..tools.prices import get_price_finder


class SaleChannelProviderMedusa(models.AbstractModel):
    """Prices by group of shops on Medusa."""

    _inherit = "sale.channel.provider.medusa"

    def _get_pricing_kinds(self, channel):
        return KINDS

    def _get_pricing_writer(self, channel):
        client = self._get_client(channel, PricingClient)
        return MedusaPricing(client, get_price_finder(channel))

    def _fetch_pricing_origins(self, channel):
        # Goods leave from the shop's stock locations.
        return read_values(self._get_client(channel), "stock_locations")

from odoo import models

from ..lib.fake import ORIGINS, FakePricing, FakePricingWriter

# The remote side lives in the process, like a server would live elsewhere.
REMOTES: dict[int, FakePricing] = {}


class SaleChannel(models.Model):
    _inherit = "sale.channel"

    def _get_fake_pricing(self):
        """The channel's remote side."""
        self.ensure_one()
        return REMOTES.setdefault(self.id, FakePricing())

    def _get_pricing_kinds(self):
        if self.channel_type != "fake":
            return super()._get_pricing_kinds()
        return self._get_fake_pricing().kinds

    def _get_pricing_writer(self):
        if self.channel_type != "fake":
            return super()._get_pricing_writer()
        return FakePricingWriter(self._get_fake_pricing())

    def _fetch_pricing_origins(self):
        if self.channel_type != "fake":
            return super()._fetch_pricing_origins()
        return ORIGINS

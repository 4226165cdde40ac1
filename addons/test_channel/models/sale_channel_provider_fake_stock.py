from odoo import models

from odoo.addons.channel_base.lib.spec import FlowSpec


class SaleChannelProviderFake(models.AbstractModel):
    """Stock of the fake provider."""

    _inherit = "sale.channel.provider.fake"

    def _get_flow_specs(self, channel):
        specs = super()._get_flow_specs(channel)
        return {**specs, "shelves_out": FlowSpec(interval=24 * 60, batch=100, stale=30)}

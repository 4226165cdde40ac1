from odoo import api, models

from ..lib.family import FAMILY


class SaleChannelPricingItem(models.Model):
    """A group, list or contract on a channel, or the group of a customer there."""

    _name = "sale.channel.pricing.item"
    _inherit = "sale.channel.outgoing.mixin"
    _description = "Prices Sent to a Sales Channel"

    _outgoing_family = FAMILY
    _outgoing_flow = "pricing_out"
    _outgoing_planner = "sale.channel.pricing.planner"

    @api.model
    def _selection_kind(self):
        return [
            ("group", self.env._("Channel Group")),
            ("list", self.env._("Pricelist")),
            ("contract", self.env._("Contract")),
            ("customer", self.env._("Customer")),
        ]

    @api.model
    def _get_services(self, channel):
        return channel._get_provider()._get_pricing_kinds(channel)

    @api.model
    def _get_writer(self, channel):
        return channel._get_provider()._get_pricing_writer(channel)

    @api.model
    def _describe(self, kind, content, names):
        if not content:
            return False
        parts = []
        for key in ("name", "currency", "group", "origin", "list"):
            value = content.get(key)
            if value:
                parts.append(names.get((key, value), value))
        if "items" in content:
            count = len(content["items"])
            parts.append(self.env._("rules: %(count)s", count=count))
        return ", ".join(parts) or self.env._("No group")

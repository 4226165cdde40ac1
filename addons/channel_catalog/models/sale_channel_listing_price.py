from odoo import api, fields, models

from ..lib.contents import PRICES


class SaleChannelListingPrice(models.Model):
    """What a listing shall cost on a channel."""

    _name = "sale.channel.listing.price"
    _inherit = "sale.channel.outgoing.mixin"
    _description = "What a listing shall cost on a channel"

    _outgoing_family = PRICES
    _outgoing_flow = "price_out"
    _outgoing_planner = "sale.channel.listing.price.planner"

    item = fields.Char("External ID of Price", readonly=True)
    amount = fields.Float(readonly=True)
    currency = fields.Char(readonly=True)
    promotion_amount = fields.Float("Promotional Price", readonly=True)
    promotion_from = fields.Char(readonly=True)
    promotion_until = fields.Char(readonly=True)

    @api.model
    def _selection_kind(self):
        return [("price", self.env._("Price"))]

    @api.model
    def _get_writer(self, channel):
        return channel._get_provider()._get_price_writer(channel)

    @api.model
    def _get_there(self, listings):
        """What channels took the last time: dict id of a listing → price."""
        rows = self.search_fetch(
            [
                ("channel_id", "in", listings.channel_id.ids),
                ("kind", "=", "price"),
                ("res_id", "in", listings.ids),
            ],
            ["res_id", "content_hash"],
        )
        kind = self._outgoing_family["price"]
        contents = {row.res_id: kind.parse(row.content_hash) for row in rows}
        return {id_: content["amount"] for id_, content in contents.items() if content}

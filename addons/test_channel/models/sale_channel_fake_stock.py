from odoo import api, fields, models

from odoo.addons.channel_outgoing.lib.kind import Family, Kind

from ..lib.fake_stock import FakeStock, FakeStockWriter

# The remote side lives in the process, like a server would live elsewhere.
STOCKS: dict[int, FakeStock] = {}
FAMILY = Family(
    Kind("shelf", "product.category"),
    Kind(
        "stock",
        "product.product",
        {"shelf": "shelf"},
        absolute=True,
        columns=("shelf", "quantity", "code"),
    ),
)


class SaleChannelFakeStock(models.Model):
    """A family of many rows in columns: how many of a product are on which shelf."""

    _name = "sale.channel.fake.stock"
    _inherit = "sale.channel.outgoing.mixin"
    _description = "Stock of the Fake Channel"

    _outgoing_family = FAMILY
    _outgoing_flow = "shelves_out"
    _outgoing_planner = "sale.channel.fake.stock.planner"

    shelf = fields.Integer(readonly=True)
    quantity = fields.Integer(readonly=True)
    code = fields.Char(readonly=True)

    @api.model
    def _selection_kind(self):
        return [("shelf", "Shelf"), ("stock", "Stock")]

    @api.model
    def _get_services(self, channel):
        return self._get_stock(channel).kinds

    @api.model
    def _get_writer(self, channel):
        return FakeStockWriter(self._get_stock(channel))

    @api.model
    def _get_stock(self, channel):
        """The channel's remote side."""
        return STOCKS.setdefault(channel.id, FakeStock())

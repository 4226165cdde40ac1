from odoo import api, models

from .sale_channel_stock import LOCATION_KIND

CATEGORY_KIND = "category"


class SaleChannelMapping(models.Model):
    """Warehouses at the channel's locations, and its categories.

    With ``sudo``: where stock lies is asked by whoever counts it.
    """

    _name = "sale.channel.mapping"
    _inherit = ["sale.channel.mapping", "sale.channel.change.mixin"]

    _change_fields = {"res_id", "external_value", "direction"}

    def _get_changes(self):
        """A category of the channel is part of what listings show."""
        rows = self.filtered(lambda row: row.kind_id.code == CATEGORY_KIND)
        return super(SaleChannelMapping, rows)._get_changes()

    @api.model_create_multi
    def create(self, vals_list):
        kind = self.env["sale.channel.mapping.kind"]._get_by_code(LOCATION_KIND)
        for vals in vals_list:
            if vals.get("kind_id") == kind.id and vals.get("direction", "in") == "in":
                # Stock is only ever sent; what is received is a form's default.
                vals["direction"] = "both"
        mappings = super().create(vals_list)
        mappings.filtered("res_id")._look_at_stock_again()
        return mappings

    def write(self, vals):
        result = super().write(vals)
        if {"res_id", "direction"} & vals.keys():
            self._look_at_stock_again()
        return result

    def unlink(self):
        channels = self.filtered("res_id")._get_placed_channels()
        result = super().unlink()
        channels._request_catalog(("stock_out",))
        return result

    def _look_at_stock_again(self):
        """Another warehouse may lie at a location of the channel."""
        self._get_placed_channels()._request_catalog(("stock_out",))

    @api.model
    def _get_stock_places(self, channel):
        """:return: dict location of the channel → the ``stock.warehouse`` whose stock
        is told there"""
        rows = self.sudo().search(
            [
                ("channel_id", "=", channel.id),
                ("kind_id.code", "=", LOCATION_KIND),
                ("direction", "!=", "in"),
            ],
            order="external_value",
        )
        found = {row.external_value: row._get_record() for row in rows}
        return {place: warehouse for place, warehouse in found.items() if warehouse}

    def _get_placed_channels(self):
        placed = self.filtered(lambda row: row.kind_id.code == LOCATION_KIND)
        return placed.channel_id

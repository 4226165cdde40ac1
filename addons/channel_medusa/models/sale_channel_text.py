from odoo import api, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

ERRORS = {
    "shop_refused": _lt("The shop refuses it: %(detail)s"),
    "other_sales_channel": _lt(
        "It is of another sales channel of the shop (%(sales_channel)s)."
    ),
    "total_unexplained": _lt(
        "The shop's total is %(total)s, but its lines come to %(lines)s."
    ),
    "sku_taken": _lt("Another product of the shop has the SKU %(sku)s already."),
    "currency_missing": _lt("The shop does not sell in %(currency)s."),
    "location_unknown": _lt("The shop has no stock location %(location)s."),
    "location_missing": _lt(
        "The shop has several stock locations: map them to warehouses."
    ),
    "not_deleted": _lt("Nothing is deleted in the shop."),
    "status_unknown": _lt("The shop has no status “%(value)s” that can be written."),
}


class SaleChannelText(models.AbstractModel):
    _inherit = "sale.channel.text"

    @api.model
    def _get_errors(self):
        return {**super()._get_errors(), **ERRORS}

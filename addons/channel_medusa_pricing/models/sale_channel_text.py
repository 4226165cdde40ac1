from odoo import api, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

ERRORS = {
    "prices_refused": _lt("The shop refuses %(count)s of its prices: %(detail)s"),
    "group_has_list": _lt(
        "The group has the price list “%(list)s” already; in the shop all lists of a "
        "group count at once."
    ),
}


class SaleChannelText(models.AbstractModel):
    _inherit = "sale.channel.text"

    @api.model
    def _get_errors(self):
        return {**super()._get_errors(), **ERRORS}

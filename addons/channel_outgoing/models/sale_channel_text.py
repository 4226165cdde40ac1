from odoo import api, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

ERRORS = {
    "outgoing_awaits": _lt("Waits until what it names is on the channel."),
    "outgoing_unanswered": _lt("The channel did not say what became of it."),
}


class SaleChannelText(models.AbstractModel):
    _inherit = "sale.channel.text"

    @api.model
    def _get_errors(self):
        return {**super()._get_errors(), **ERRORS}

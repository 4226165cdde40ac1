from odoo import api, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

ERRORS = {
    "dry_run_outdated": _lt("The channel was changed meanwhile: look again."),
    "not_in_trial": _lt("It is not in the trial list."),
    "outgoing_awaits": _lt("Waits until what it names is on the channel."),
    "outgoing_by_hand": _lt("To do by hand: the channel has no service for it."),
    "outgoing_left": _lt("Not wanted any more: the channel keeps it as it is."),
    "outgoing_unanswered": _lt("The channel did not say what became of it."),
}


class SaleChannelText(models.AbstractModel):
    _inherit = "sale.channel.text"

    @api.model
    def _get_errors(self):
        return {**super()._get_errors(), **ERRORS}

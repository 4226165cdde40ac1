from odoo import api, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

ERRORS = {
    "fiscal_pending": _lt(
        "The fiscal data of %(customer)s are not settled: ARCA is asked again, "
        "or an accountant confirms them on the customer."
    ),
    "billing_pending": _lt(
        "The channel is still preparing the billing data of %(customer)s: "
        "who it is could change."
    ),
    "fiscal_old": _lt(
        "ARCA is asked again about %(customer)s: the last answer is old."
    ),
    "identification_needed": _lt(
        "%(customer)s has no document, and from %(amount)s ARS on a final "
        "consumer has to be identified."
    ),
    "cae_outside": _lt(
        "Vouchers of %(journal)s are authorised outside of Odoo: enter the "
        "invoice there, or install an addon for electronic invoices."
    ),
    "cai_missing": _lt(
        "%(journal)s is a point of sale for printed forms, and nothing "
        "authorises its invoices. Choose a point of sale for electronic "
        "invoices, or enter the CAI of the forms on the journal."
    ),
    "cai_expired": _lt("The CAI of the forms of %(journal)s is no longer in force."),
}


class SaleChannelText(models.AbstractModel):
    _inherit = "sale.channel.text"

    @api.model
    def _get_errors(self):
        return {**super()._get_errors(), **ERRORS}

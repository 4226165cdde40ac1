from odoo import api, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

ERRORS = {
    "customer_ambiguous": _lt(
        "Several customers have the buyer's document, or the one who has it is "
        "called otherwise: say who it is, under Customers to Choose."
    ),
}

# What the import of a buyer noticed
NOTES = {
    "buyer_without_id": _lt("The channel did not say who bought."),
    "customer_archived": _lt("The customer %(name)s is archived."),
    "invoice_not_requested": _lt(
        "The buyer asked for no invoice of their own (%(number)s)."
    ),
    "document_placeholder": _lt(
        "%(type)s %(number)s is a number that identifies nobody and was not "
        "written on the customer."
    ),
    "document_invalid": _lt(
        "%(type)s %(number)s is not valid and was not written on the customer."
    ),
    "document_refused": _lt(
        "Odoo did not accept %(type)s %(number)s on the customer: %(detail)s"
    ),
    "document_differs": _lt(
        "The channel says %(type)s %(number)s; the customer has another "
        "document, which stays."
    ),
    "document_elsewhere": _lt(
        "%(type)s %(number)s was not written: the customer is a contact of "
        "%(company)s, whose document counts."
    ),
    "customer_matched": _lt(
        "%(name)s has %(type)s %(number)s already and was taken for the buyer."
    ),
    "customer_second": _lt(
        "The buyer's first customer has another document: %(name)s was made "
        "for %(type)s %(number)s."
    ),
    "document_type_unmapped": _lt(
        "Nobody has mapped the document type “%(value)s” in the de-para."
    ),
    "state_unknown": _lt("The state “%(value)s” is not known; map it."),
    "address_hidden": _lt("The channel does not show the delivery address yet."),
    "billing_waits": _lt(
        "The billing address was not written on %(name)s: something is still "
        "to be sent to the address that is there."
    ),
    "delivery_archived": _lt("The delivery address %(name)s is archived."),
}


class SaleChannelText(models.AbstractModel):
    _inherit = "sale.channel.text"

    @api.model
    def _get_errors(self):
        return {**super()._get_errors(), **ERRORS}

    @api.model
    def _get_texts(self):
        return {**super()._get_texts(), **NOTES}

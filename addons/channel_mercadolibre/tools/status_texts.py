"""What people read about the states of items, see ``lib.item_status``."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

STATUS_TEXTS = {
    "meli_active": _lt("For sale"),
    "meli_paused": _lt("Paused by the seller"),
    "meli_paused_advice": _lt("Make the listing visible to sell it again."),
    "meli_paused_out_of_stock": _lt("Paused: out of stock"),
    "meli_paused_out_of_stock_advice": _lt(
        "It is sold again as soon as it has stock there."
    ),
    "meli_paused_moderated": _lt("Paused by MercadoLibre (%(reasons)s)"),
    "meli_paused_moderated_advice": _lt(
        "MercadoLibre says on the listing's page, or in a mail, what to correct. Then "
        "it is sold again."
    ),
    "meli_under_review": _lt("Under review"),
    "meli_under_review_advice": _lt(
        "MercadoLibre looks at it and decides. Until then it is not sold."
    ),
    "meli_under_review_waiting_for_patch": _lt(
        "Under review: MercadoLibre asks for a correction"
    ),
    "meli_under_review_waiting_for_patch_advice": _lt(
        "Correct what MercadoLibre names on the listing's page: often the pictures, "
        "the title or the category."
    ),
    "meli_under_review_forbidden": _lt("Taken down: MercadoLibre does not allow it"),
    "meli_under_review_forbidden_advice": _lt(
        "The rules of MercadoLibre forbid the product, or how it is shown. The "
        "listing's page says which rule; it does not come back by itself."
    ),
    "meli_under_review_pending_documentation": _lt(
        "Under review: documents are missing"
    ),
    "meli_under_review_pending_documentation_advice": _lt(
        "Send MercadoLibre the documents that it asks for on the listing's page."
    ),
    "meli_under_review_suspended": _lt("Suspended by MercadoLibre"),
    "meli_under_review_suspended_advice": _lt(
        "See in the account's summary on MercadoLibre why it is suspended."
    ),
    "meli_payment_required": _lt("Waits for a payment to MercadoLibre"),
    "meli_payment_required_advice": _lt(
        "Pay what the account owes; the listing then goes on sale by itself."
    ),
    "meli_inactive": _lt("Inactive"),
    "meli_inactive_advice": _lt(
        "MercadoLibre does not show it. The listing's page says what is missing."
    ),
    "meli_inactive_suspended": _lt("Suspended by MercadoLibre"),
    "meli_inactive_suspended_advice": _lt(
        "See in the account's summary on MercadoLibre why it is suspended."
    ),
    "meli_not_yet": _lt("Not for sale yet"),
    "meli_not_yet_advice": _lt("MercadoLibre puts it on sale by itself."),
    "meli_closed": _lt("Closed"),
    "meli_closed_advice": _lt(
        "A closed listing is never sold again. “Make again” makes a new one."
    ),
    "meli_closed_here": _lt("Closed in Odoo"),
    "meli_closed_here_advice": _lt(
        "A closed listing is never sold again. “Make again” makes a new one."
    ),
    "meli_closed_expired": _lt("Closed: its time is over"),
    "meli_closed_expired_advice": _lt(
        "A closed listing is never sold again. “Make again” makes a new one."
    ),
    "meli_closed_deleted": _lt("Deleted"),
    "meli_closed_deleted_advice": _lt(
        "A deleted listing is never sold again. “Make again” makes a new one."
    ),
    "meli_other": _lt("MercadoLibre says: %(status)s"),
}

from odoo import api, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

ORDER_ERRORS = {
    "stale": _lt("The channel answered with an older state; it is asked again."),
    "moving": _lt("Part of it belonged to another cart, which has to let it go first."),
    "also_in": _lt(
        "%(order)s already sells part of it and cannot change any more: settle "
        "that first."
    ),
    "former_stands": _lt(
        "%(order)s was cancelled in Odoo after it was delivered or invoiced: "
        "take that back first, or confirm it again."
    ),
    "product_changed": _lt("The channel changed a line's product."),
    "wrong_account": _lt(
        "The order belongs to account %(seller)s, not to this channel's."
    ),
    "buyer_missing": _lt("The channel did not say who bought."),
    "no_lines": _lt("The order has no products."),
    "sku_missing": _lt("“%(title)s” (%(item)s) has no SKU on the channel."),
    "product_unknown": _lt(
        "No product has the SKU “%(sku)s”. Link a product to it, or create "
        "it: the order then goes on by itself."
    ),
    "product_ambiguous": _lt("Several products have the SKU “%(sku)s”."),
    "amount_invalid": _lt("An amount or quantity is not possible (%(field)s)."),
    "amount_mismatch": _lt(
        "The order comes to %(got)s in Odoo, but to %(expected)s on the "
        "channel. Check the taxes of the products."
    ),
    "currency_unknown": _lt("The currency %(currency)s is not active in Odoo."),
    "currency_unexpected": _lt(
        "The order is in %(currency)s, the channel's pricelist in %(expected)s."
    ),
    "mixed_currencies": _lt("The order mixes currencies (%(values)s)."),
    "mixed_buyers": _lt("The order mixes buyers."),
    "mixed_sellers": _lt("The order is not (only) this account's."),
    "warehouse_missing": _lt("%(company)s has no warehouse."),
    "company_missing": _lt("The channel has no company."),
    "shipping_product_missing": _lt(
        "The buyer pays freight to the seller: choose the channel's shipping product."
    ),
    "discount_product_missing": _lt(
        "The seller funds a discount: choose the channel's discount product."
    ),
    "fraud_risk": _lt(
        "The channel reports a risk of fraud: do not ship, cancel the sale."
    ),
    "test_purchase": _lt("A test purchase; only test environments import them."),
    "order_refused": _lt("Odoo refuses the order: %(detail)s"),
}

# Why an order is not invoiced, or what that waits for
INVOICING_ERRORS = {
    "awaits_paid": _lt("Waits until what the channel collected covers the order."),
    "awaits_ready": _lt("Waits until it is ready to ship."),
    "awaits_delivered": _lt("Waits until it is delivered."),
    "rest_undelivered": _lt("A part is invoiced; the rest waits for its delivery."),
    "invoicing_off": _lt("The channel makes no automatic invoices any more."),
    "order_cancelled": _lt("The order is cancelled."),
    "order_unconfirmed": _lt("The order is not confirmed."),
    "order_reserved": _lt("The channel has not approved the order yet."),
    "order_fraud": _lt("The channel warns of fraud."),
    "order_refunded": _lt("The channel gave all money back."),
    "order_changed": _lt("The channel changed what was bought."),
    "order_incomplete": _lt(
        "The channel has not given all of the buyer's data yet; it is asked "
        "again for some hours."
    ),
    "proposal_open": _lt(
        "A proposal about the order is open: carry it out or dismiss it."
    ),
    "nothing_to_invoice": _lt(
        "There is nothing to invoice yet: what is sold is invoiced when it "
        "is delivered."
    ),
    "order_busy": _lt("Somebody is working on the order; it is tried again."),
    "invoice_refused": _lt("Odoo refuses the invoice: %(detail)s"),
    "posting_refused": _lt("Odoo refuses to post it: %(detail)s"),
}

STORIES = {
    "incomplete": _lt(
        "The channel has not given all of its data yet; it is asked again."
    ),
    "before_start": _lt("Placed before the channel's orders-from date."),
    "new": _lt("Received from the channel."),
    "changed": _lt("The channel changed it."),
    "imported": _lt("Imported as %(order)s."),
    "wait": _lt("Waits: its status is “%(status)s”."),
    "ignore": _lt("Left alone: its status is “%(status)s”."),
    "cancel": _lt("Cancelled on the channel (status “%(status)s”)."),
    "cancelled_order": _lt("%(order)s was cancelled."),
    "proposal_applied": _lt("%(user)s carried out the proposal: %(result)s"),
    "proposal_partly": _lt("%(user)s carried out a part of the proposal: %(steps)s"),
    "proposal_dismissed": _lt("%(user)s dismissed the proposal."),
    "requested": _lt("%(user)s asked for it."),
    "by_hand": _lt("%(user)s entered it by hand as %(order)s."),
    "payment_method_missing": _lt(
        "Payment %(payment)s was not registered: no payment method is mapped."
    ),
    "payment_refused": _lt("Payment %(payment)s was not registered: %(detail)s"),
    "default_used": _lt(
        "“%(label)s” is not mapped: the channel's default %(default)s was used."
    ),
    "moved": _lt("The channel put it into cart %(cart)s."),
    "retried": _lt("Retried by %(user)s."),
    "dismissed": _lt("%(user)s dismissed it: %(reason)s"),
    "deletion_accepted": _lt(
        "Its sale order was deleted in Odoo, which is right as it is."
    ),
    "still_dismissed": _lt(
        "It was dismissed: the change was not imported. “Retry” takes it up again."
    ),
    "updated": _lt("Its data on the channel changed; the order was left as it is."),
    "approved": _lt("The channel approved it: %(order)s may leave."),
    "resumed": _lt("The channel took the cancellation of %(order)s back."),
    "customer_followed": _lt("Data that came late: %(order)s is for %(customer)s."),
    "logistics_followed": _lt("Data that came late changed who ships %(order)s."),
    "warning_withdrawn": _lt(
        "The channel no longer warns of fraud: %(order)s may leave."
    ),
    "reserved": _lt(
        "%(order)s reserves its stock until the channel approves or cancels it."
    ),
    "followed": _lt(
        "The channel changed it: %(order)s followed, from %(before)s to %(total)s."
    ),
    "adopted": _lt("%(order)s, which sells part of it, is its order now."),
    "answer_written": _lt("The channel was told “%(status)s”."),
    "answer_already": _lt("The channel already said “%(status)s”."),
    "answer_cancelled": _lt("“%(status)s” was not sent: the channel has cancelled it."),
    "invoice_posted": _lt("Invoice %(invoice)s was made and posted."),
    "invoice_drafted": _lt("A draft invoice was made of %(order)s."),
    "receivable": _lt("Receivable besides what the channel collected: %(amount)s"),
}

PROPOSALS = {
    "cancel_return": _lt(
        "%(order)s was cancelled on the channel after its delivery: take the "
        "goods back."
    ),
    "cancel_credit_note": _lt(
        "%(order)s was cancelled on the channel after it was invoiced: make "
        "the credit note."
    ),
    "cancel_order": _lt(
        "%(order)s was cancelled on the channel after it was delivered, "
        "invoiced or locked: nothing leaves any more; cancel it here as well."
    ),
    "review_lines": _lt(
        "The channel changed %(order)s, which comes to %(total)s now, but it "
        "was edited, delivered or invoiced: take it over, or decide."
    ),
    "review_customer": _lt(
        "The channel says that %(order)s is for %(customer)s, but it was "
        "edited, delivered or invoiced: decide what to do."
    ),
    "review_logistics": _lt(
        "The channel changed who ships %(order)s after its delivery or "
        "invoice: decide what to do."
    ),
    "review_fraud": _lt(
        "The channel warns of fraud: do not ship %(order)s, cancel the sale."
    ),
    "review_refund": _lt(
        "The channel gave %(refund)s of %(order)s back to the buyer: make a "
        "credit note of that amount."
    ),
    "review_refund_all": _lt(
        "The channel gave %(refund)s of %(order)s back to the buyer, which is "
        "all, but did not cancel it: nothing leaves until you decide."
    ),
    "review_refund_uninvoiced": _lt(
        "The channel gave %(refund)s of %(order)s back to the buyer: invoice "
        "that much less."
    ),
    "order_cancelled_here": _lt(
        "%(user)s cancelled %(order)s in Odoo, but the channel still sells it: "
        "cancel it on the channel as well, or confirm it again; “Retry” "
        "imports it anew."
    ),
    "order_reduced_here": _lt(
        "%(user)s changed %(order)s in Odoo: it sells or ships less than the channel "
        "does. Change it on the channel as well; until then, or until this is "
        "dismissed, the difference is offered to nobody."
    ),
    "order_deleted": _lt(
        "%(user)s deleted %(order)s, but the channel still sells it: cancel it "
        "on the channel as well, or import it anew with “Retry”."
    ),
    "review_deleted": _lt(
        "Its sale order was deleted in Odoo, but the channel still sells it: "
        "cancel it on the channel as well, or import it anew with “Retry”."
    ),
}

# Why nothing of an order is delivered
HOLDS = {
    "hold_cancelled": _lt("%(order)s was cancelled on the channel. Do not ship."),
    "hold_fraud": _lt(
        "%(order)s: the channel warns of fraud. Do not ship; cancel the sale."
    ),
    "hold_refunded": _lt(
        "%(order)s: the channel gave all money back to the buyer. Do not ship "
        "before somebody has decided about it."
    ),
    "hold_changed": _lt(
        "%(order)s: the channel changed what was bought. Do not ship before "
        "somebody has decided about it."
    ),
    "hold_reserved": _lt(
        "%(order)s is only reserved: the channel has not approved it yet."
    ),
}


class SaleChannelText(models.AbstractModel):
    _inherit = "sale.channel.text"

    @api.model
    def _get_errors(self):
        return {**super()._get_errors(), **ORDER_ERRORS, **INVOICING_ERRORS}

    @api.model
    def _get_texts(self):
        return {**super()._get_texts(), **STORIES, **PROPOSALS, **HOLDS}

    @api.model
    def _get_stores(self):
        return [
            *super()._get_stores(),
            ("sale.channel.order", "reason"),
            ("sale.channel.order.invoicing", "reason"),
            ("sale.channel.order.event", "code"),
            ("sale.channel.order.request", "error_code"),
        ]

from odoo import api, fields, models


class SaleChannelOrderEvent(models.Model):
    """One sentence of an order's story, told in the reader's language."""

    _name = "sale.channel.order.event"
    _description = "Story of a Channel Order"
    _order = "id"
    _rec_name = "code"

    order_id = fields.Many2one(
        "sale.channel.order", required=True, index=True, ondelete="cascade"
    )
    date = fields.Datetime(default=fields.Datetime.now, required=True)
    kind = fields.Selection(
        [
            ("received", "Received"),
            ("decided", "Decided"),
            ("sent", "Sent"),
            ("answered", "Answered"),
        ],
        required=True,
    )
    code = fields.Char(required=True)
    params = fields.Json()
    message = fields.Char(compute="_compute_message")

    @api.depends("code", "params")
    @api.depends_context("lang")
    def _compute_message(self):
        rows = self.env["sale.channel.order"]
        texts = {
            **self.env["sale.channel.order.invoicing"]._get_error_reasons(),
            **rows._get_error_reasons(),
            **self.env["sale.channel.partner"]._get_note_texts(),
            **self._get_messages(),
        }
        for event in self:
            event.message = rows._format_reason(texts, event.code, event.params or {})

    @api.model
    def _get_messages(self):
        """Event code → sentence with ``%(name)s`` parameters."""
        return {
            "new": self.env._("Received from the channel."),
            "changed": self.env._("The channel changed it."),
            "imported": self.env._("Imported as %(order)s."),
            "wait": self.env._("Waits: its status is “%(status)s”."),
            "ignore": self.env._("Left alone: its status is “%(status)s”."),
            "cancel": self.env._("Cancelled on the channel (status “%(status)s”)."),
            "cancelled_order": self.env._("%(order)s was cancelled."),
            **self._get_proposal_texts(),
            **self._get_loss_texts(),
            **self._get_follow_texts(),
            "proposal_applied": self.env._(
                "%(user)s carried out the proposal: %(result)s"
            ),
            "proposal_dismissed": self.env._("%(user)s dismissed the proposal."),
            **self._get_answer_texts(),
            **self._get_invoicing_texts(),
            "requested": self.env._("%(user)s asked for it."),
            "by_hand": self.env._("%(user)s entered it by hand as %(order)s."),
            "payment_method_missing": self.env._(
                "Payment %(payment)s was not registered: no payment method is mapped."
            ),
            "payment_refused": self.env._(
                "Payment %(payment)s was not registered: %(detail)s"
            ),
            "default_used": self.env._(
                "“%(label)s” is not mapped: the channel's default %(default)s was used."
            ),
            "moved": self.env._("The channel put it into cart %(cart)s."),
            "retried": self.env._("Retried by %(user)s."),
            "dismissed": self.env._("%(user)s dismissed it: %(reason)s"),
            "still_dismissed": self.env._(
                "It was dismissed: the change was not imported. “Retry” takes it up "
                "again."
            ),
            "updated": self.env._(
                "Its data on the channel changed; the order was left as it is."
            ),
        }

    @api.model
    def _get_follow_texts(self):
        return {
            "approved": self.env._("The channel approved it: %(order)s may leave."),
            "resumed": self.env._(
                "The channel took the cancellation of %(order)s back."
            ),
            "customer_followed": self.env._(
                "Data that came late: %(order)s is for %(customer)s."
            ),
            "logistics_followed": self.env._(
                "Data that came late changed who ships %(order)s."
            ),
            "warning_withdrawn": self.env._(
                "The channel no longer warns of fraud: %(order)s may leave."
            ),
            "reserved": self.env._(
                "%(order)s reserves its stock until the channel approves or cancels it."
            ),
            "followed": self.env._(
                "The channel changed it: %(order)s followed, from %(before)s to "
                "%(total)s."
            ),
            "adopted": self.env._(
                "%(order)s, which sells part of it, is its order now."
            ),
        }

    @api.model
    def _get_answer_texts(self):
        return {
            "answer_written": self.env._("The channel was told “%(status)s”."),
            "answer_already": self.env._("The channel already said “%(status)s”."),
            "answer_cancelled": self.env._(
                "“%(status)s” was not sent: the channel has cancelled it."
            ),
        }

    @api.model
    def _get_invoicing_texts(self):
        return {
            "invoice_posted": self.env._("Invoice %(invoice)s was made and posted."),
            "invoice_drafted": self.env._("A draft invoice was made of %(order)s."),
            "receivable": self.env._(
                "Receivable besides what the channel collected: %(amount)s"
            ),
        }

    @api.model
    def _get_proposal_texts(self):
        return {
            "cancel_return": self.env._(
                "%(order)s was cancelled on the channel after its delivery: take the "
                "goods back."
            ),
            "cancel_credit_note": self.env._(
                "%(order)s was cancelled on the channel after it was invoiced: make "
                "the credit note."
            ),
            "cancel_order": self.env._(
                "%(order)s was cancelled on the channel, but it is locked or has a "
                "draft invoice: cancel it here as well."
            ),
            "review_lines": self.env._(
                "The channel changed %(order)s, which comes to %(total)s now, but it "
                "was edited, delivered or invoiced: decide what to do."
            ),
            "review_customer": self.env._(
                "The channel says that %(order)s is for %(customer)s, but it was "
                "edited, delivered or invoiced: decide what to do."
            ),
            "review_logistics": self.env._(
                "The channel changed who ships %(order)s after its delivery or "
                "invoice: decide what to do."
            ),
            "review_fraud": self.env._(
                "The channel warns of fraud: do not ship %(order)s, cancel the sale."
            ),
            "review_refund": self.env._(
                "The channel gave %(refund)s of %(order)s back to the buyer: make a "
                "credit note of that amount."
            ),
            "review_refund_uninvoiced": self.env._(
                "The channel gave %(refund)s of %(order)s back to the buyer: invoice "
                "that much less."
            ),
        }

    @api.model
    def _get_loss_texts(self):
        return {
            "order_cancelled_here": self.env._(
                "%(user)s cancelled %(order)s in Odoo, but the channel still sells it: "
                "cancel it on the channel as well, or confirm it again; “Retry” "
                "imports it anew."
            ),
            "order_deleted": self.env._(
                "%(user)s deleted %(order)s, but the channel still sells it: cancel it "
                "on the channel as well, or import it anew with “Retry”."
            ),
            "review_deleted": self.env._(
                "Its sale order was deleted in Odoo, but the channel still sells it: "
                "cancel it on the channel as well, or import it anew with “Retry”."
            ),
        }

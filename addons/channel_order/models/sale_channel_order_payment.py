from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleChannelOrderPayment(models.Model):
    """Money that a channel collected for an order."""

    _name = "sale.channel.order.payment"
    _description = "Payment Collected by a Sales Channel"
    _order = "order_id, approved_at, id"
    _rec_name = "external_id"

    order_id = fields.Many2one(
        "sale.channel.order", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="order_id.company_id")
    external_id = fields.Char("External ID", required=True, readonly=True)
    method = fields.Char("Channel's Method", readonly=True)
    payment_method_line_id = fields.Many2one(
        "account.payment.method.line",
        "Payment Method",
        readonly=True,
        help="By the de-para.",
    )
    status = fields.Char(readonly=True)
    collected = fields.Boolean(readonly=True)
    approved_at = fields.Datetime("Approved", readonly=True)
    installments = fields.Integer(readonly=True, aggregator=None)
    currency_id = fields.Many2one(related="order_id.currency_id")
    amount = fields.Monetary(readonly=True, help="Of the goods, without freight.")
    shipping = fields.Monetary("Freight", readonly=True)
    refunded = fields.Monetary(readonly=True)
    payment_ids = fields.Many2many(
        "account.payment",
        "sale_channel_order_payment_rel",
        string="Registered as",
        readonly=True,
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    registered = fields.Monetary(readonly=True, help="On invoices, so far.")

    _external_uniq = models.Constraint(
        "UNIQUE (order_id, external_id)", "The order already has this payment."
    )

    @api.model
    def _sync(self, batch, pairs):
        """Keep the payments of a batch as the channel tells them.

        A payment that the channel no longer shows stays on the order, but its order
        of the cart was cancelled: it no longer pays for what is sold.

        :param batch: :class:`..lib.batch.OrderBatch`
        :param pairs: list of (inbox row, schema order)
        """
        wanted = {}
        for row, order in pairs:
            for payment in order.payments:
                values = self._prepare(batch, row, payment)
                known = wanted.setdefault((row.id, payment.external_id), values)
                if known is not values:
                    # One payment of several orders of the cart.
                    for name in ("amount", "shipping", "refunded"):
                        known[name] += values[name]
        rows = self.search([("order_id", "in", [row.id for row, _order in pairs])])
        for payment in rows:
            key = (payment.order_id.id, payment.external_id)
            values = wanted.pop(key, {"collected": False})
            changed = {
                name: value
                for name, value in values.items()
                if payment._fields[name].convert_to_write(payment[name], payment)
                != value
            }
            if changed:
                payment.write(changed)
        self.create(list(wanted.values()))

    @api.model
    def _prepare(self, batch, row, payment):
        lookup = self.env["sale.channel.order.lookup"]
        method = lookup._find_payment_method(batch, payment.method)
        method = method or row.channel_id.payment_method_line_id
        return {
            "order_id": row.id,
            "external_id": payment.external_id,
            "method": payment.method,
            "payment_method_line_id": method.id,
            "status": payment.status,
            "collected": payment.collected,
            "approved_at": payment.approved_at or False,
            "installments": payment.installments,
            "amount": float(payment.amount),
            "shipping": float(payment.shipping),
            "refunded": float(payment.refunded),
        }

    def _get_collected(self):
        """What the channel holds for what the order sells, in the order's currency.

        Freight counts where it is the seller's: else taxes that an invoice puts on top
        would be paid with the carrier's money.
        """
        self.ensure_one()
        freight = self.shipping if self.order_id.sale_order_id._sells_freight() else 0.0
        return self.amount + freight - self.refunded

    def _register_on(self, invoice):
        """Register what the channel collected on a posted invoice.

        What cannot be registered never stops the invoice: the order's story tells.
        """
        for payment in self.filtered("collected"):
            amount = payment._get_collected() - payment.registered
            amount = min(amount, invoice.amount_residual)
            if invoice.currency_id.compare_amounts(amount, 0) <= 0:
                continue
            if not payment.payment_method_line_id:
                payment.order_id._tell(
                    "decided", "payment_method_missing", payment=payment.external_id
                )
                continue
            try:
                with self.env.cr.savepoint():
                    created = payment._create_payment(invoice, amount)
                    payment.payment_ids |= created
                    payment.registered += amount
            except UserError as error:
                payment.order_id._tell(
                    "decided",
                    "payment_refused",
                    payment=payment.external_id,
                    detail=str(error)[:200],
                )

    def _create_payment(self, invoice, amount):
        """:raises UserError: Odoo refuses it"""
        channel = self.order_id.channel_id
        moment = fields.Datetime.context_timestamp(
            channel.with_context(tz=channel.tz),
            self.approved_at or fields.Datetime.now(),
        )
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create(
                {
                    "journal_id": self.payment_method_line_id.journal_id.id,
                    "payment_method_line_id": self.payment_method_line_id.id,
                    "payment_date": moment.date(),
                    "amount": amount,
                    # A journal of another currency would change what it means.
                    "currency_id": invoice.currency_id.id,
                    "communication": f"{channel.name} {self.external_id}",
                }
            )
        )
        return wizard._create_payments()

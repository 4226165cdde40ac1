from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..lib.invoicing import Progress, expects_delivery, is_reached
from ..lib.reaction import Standing, delivery_standing, hold
from ..lib.statuses import split
from .sale_order_line import FREIGHT_REF, OWN_REFS
from .stock_picking import LEAVING

# In the context while the channel's own cancellation is followed. An object, because no
# caller over RPC can name it.
BY_CHANNEL = object()


class SaleOrder(models.Model):
    """With ``sudo``: the channel's order follows what people do with the sale order;
    they need not see it."""

    _name = "sale.order"
    _inherit = ["sale.order", "field.guard.mixin"]

    channel_order_ids = fields.One2many(
        "sale.channel.order",
        "sale_order_id",
        "Inbox Rows",
        groups="channel_base.group_channel_user",
    )
    channel_order_id = fields.Many2one(
        "sale.channel.order",
        compute="_compute_channel_order_id",
        compute_sudo=True,
        groups="channel_base.group_channel_user",
    )
    channel_fee_total = fields.Monetary(
        "Channel Fees",
        compute="_compute_channel_fee_total",
        groups="base.group_user",
        help="What the channel charges for the sale, by its own account.",
    )

    channel_hold = fields.Selection(
        [
            ("cancelled", "Cancelled on the channel"),
            ("fraud", "The channel warns of fraud"),
            ("refunded", "The channel gave all money back"),
            ("changed", "Changed on the channel"),
            ("reserved", "Waits for the channel's approval"),
        ],
        "Held Back",
        compute="_compute_channel_hold",
        store=True,
        copy=False,
        groups="base.group_user",
        help="Nothing of the order is delivered while it is held back.",
        guard="server",
    )
    channel_provider_name = fields.Char(related="sale_channel_id.provider_name")
    channel_page_url = fields.Char(
        "Page on the Channel", compute="_compute_channel_page_url", compute_sudo=True
    )
    channel_fulfilled = fields.Boolean(
        "Shipped by the Channel",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="The channel ships it from its own warehouse: no delivery is made here.",
        guard="server",
    )
    channel_shipped = fields.Boolean(
        copy=False, readonly=True, groups="base.group_user", guard="server"
    )

    channel_invoicing_ids = fields.One2many(
        "sale.channel.order.invoicing",
        "sale_order_id",
        "Automatic Invoice",
        groups="channel_base.group_channel_user",
    )

    @api.constrains("sale_channel_id", "company_id")
    def _check_channel(self):
        """The channel is the company's own, and stays that of an imported order."""
        for order in self:
            channel = order.sudo().sale_channel_id
            if channel.company_id and channel.company_id != order.company_id:
                raise ValidationError(
                    self.env._(
                        "%(order)s belongs to %(company)s, its channel to another "
                        "company.",
                        order=order.name,
                        company=order.company_id.name,
                    )
                )
            rows = order.sudo().channel_order_ids
            if rows and channel not in rows.channel_id:
                raise ValidationError(
                    self.env._("%(order)s stays with its channel.", order=order.name)
                )

    @api.depends("channel_order_ids")
    def _compute_channel_order_id(self):
        for order in self:
            order.channel_order_id = order.channel_order_ids[:1]

    @api.depends("channel_order_ids.url_id", "channel_order_ids.site")
    def _compute_channel_page_url(self):
        for order in self:
            order.channel_page_url = order.channel_order_id.page_url

    @api.depends(
        "channel_order_ids.state",
        "channel_order_ids.proposal_ids.state",
        "channel_order_ids.proposal_ids.holds",
    )
    def _compute_channel_hold(self):
        for order in self:
            rows = order.channel_order_ids
            if not rows:
                # Before its row knows it, an order is held as the import made it.
                order.channel_hold = order.channel_hold
                continue
            states = rows.mapped("state")
            asked = rows.proposal_ids.filtered(lambda p: p.state == "open" and p.holds)
            order.channel_hold = hold(
                "cancelled" in states, "reserved" in states, asked.mapped("code")
            )

    @api.depends("order_line.channel_fee", "order_line.product_uom_qty")
    def _compute_channel_fee_total(self):
        for order in self:
            order.channel_fee_total = sum(
                line.channel_fee * line.product_uom_qty for line in order.order_line
            )

    def _compute_pricelist_id(self):
        # The channel's prices and currency do not follow the customer's list.
        orders = self.filtered(lambda order: not order._is_channel_order())
        return super(SaleOrder, orders)._compute_pricelist_id()

    def action_confirm(self):
        """Confirm; an order of a channel keeps the channel's date."""
        dates = {order: order.date_order for order in self if order._is_channel_order()}
        result = super().action_confirm()
        for order, date in dates.items():
            if order.date_order != date:
                order.date_order = date
        self.sudo().channel_order_ids._on_confirmed()
        return result

    def write(self, vals):
        """Write; ask at once what shall become of a cancelled order that the channel
        still sells."""
        if "state" not in vals:
            return super().write(vals)
        cancelled = self.filtered(lambda order: order.state == "cancel")
        result = super().write(vals)
        proposals = self.env["sale.channel.order.proposal"].sudo()
        if vals["state"] != "cancel":
            cancelled._check_not_replaced()
            proposals._withdraw_losses(cancelled.sudo().channel_order_ids)
        elif self.env.context.get("channel_cancels") is not BY_CHANNEL:
            for order in self - cancelled:
                rows = order.sudo().channel_order_ids
                proposals._review_loss(rows, "order_cancelled_here", order.name)
        lines = self.env["sale.channel.order.line"].sudo()
        lines._renew(self.sudo().channel_order_ids)
        return result

    def _check_not_replaced(self):
        """:raises UserError: another order sells what these once sold"""
        for order in self:
            refs = order.order_line.filtered("product_uom_qty").mapped(
                "channel_line_ref"
            )
            refs = [ref for ref in refs if ref not in (False, *OWN_REFS)]
            others = self.env["sale.order.line"].sudo()
            other = refs and others.search(
                [
                    ("channel_line_ref", "in", refs),
                    ("order_id", "!=", order.id),
                    ("order_id.sale_channel_id", "=", order.sale_channel_id.id),
                    ("order_id.state", "!=", "cancel"),
                    ("product_uom_qty", ">", 0),
                ],
                limit=1,
            )
            if other:
                raise UserError(
                    self.env._(
                        "%(other)s has taken the place of %(order)s.",
                        other=other.order_id.name,
                        order=order.name,
                    )
                )

    def unlink(self):
        """Delete; ask at once what shall become of orders that the channel still
        sells."""
        rows = [(row, row.sale_order_id.name) for row in self.sudo().channel_order_ids]
        result = super().unlink()
        proposals = self.env["sale.channel.order.proposal"].sudo()
        for row, name in rows:
            proposals._review_loss(row, "order_deleted", name)
        return result

    def _cancel_for_channel(self):
        """Cancel what the channel does not sell any more, or not as this order."""
        return self.with_context(channel_cancels=BY_CHANNEL)._action_cancel()

    def _prepare_confirmation_values(self):
        values = super()._prepare_confirmation_values()
        if self and all(order._is_channel_order() for order in self):
            values.pop("date_order", None)
        return values

    def _should_be_locked(self):
        return super()._should_be_locked() and not self._is_channel_order()

    def _get_update_prices_lines(self):
        lines = super()._get_update_prices_lines()
        return lines.filtered(lambda line: not line.channel_line_ref)

    def _is_channel_order(self):
        self.ensure_one()
        return any(line.channel_line_ref for line in self.order_line)

    def _can_follow(self):
        """Whether nothing has been delivered, invoiced or locked yet."""
        return self._get_standing().untouched

    def _get_standing(self):
        """How far the order has come: a :class:`..lib.reaction.Standing`."""
        self.ensure_one()
        invoices = self.invoice_ids.filtered(lambda move: move.state != "cancel")
        charged = self._get_creditable()
        if charged:
            paid = any(move._is_part_paid() for move in charged)
            invoice = "part_paid" if paid else "posted"
        else:
            drafts = invoices.filtered(
                lambda move: move.state == "draft" and move.move_type == "out_invoice"
            )
            invoice = "draft" if drafts else "none"
        delivery = self._get_delivery_standing()
        by_hand = delivery in ("nothing", "ready") and (
            self.channel_shipped or "done" in self.picking_ids.mapped("state")
        )
        return Standing(
            invoice=invoice,
            delivery=delivery,
            frozen=self.locked or by_hand or (invoice == "none" and bool(invoices)),
            by_channel=self.channel_fulfilled,
        )

    def _get_delivery_standing(self):
        if self.channel_fulfilled:
            return "delivered" if self.channel_shipped else "nothing"
        pickings = self.picking_ids.filtered(
            lambda picking: picking.picking_type_code in LEAVING
        )
        moves = pickings.move_ids.filtered(lambda move: move.state == "done")
        return delivery_standing(
            [picking._get_delivery_progress() for picking in pickings],
            sum(moves.mapped("quantity")),
            sum(move._get_returned_quantity() for move in moves),
        )

    def _redirect_delivery(self, address_id):
        """Send what has not left to another address of the customer.

        An order that was invoiced is not changed in any other way.
        """
        self.ensure_one()
        if self.locked or self.channel_shipped:
            return
        if self.picking_ids.filtered(lambda picking: picking.state == "done"):
            return
        self.with_context(update_delivery_shipping_partner=True).write(
            {
                "partner_shipping_id": address_id,
                # Odoo would choose another one for the new address.
                "fiscal_position_id": self.fiscal_position_id.id,
            }
        )

    def _get_returnable(self):
        """Deliveries that were made and of which something has not come back."""
        return self.picking_ids.filtered(
            lambda picking: (
                picking.state == "done"
                and picking.picking_type_code == "outgoing"
                and any(
                    move.quantity > move._get_returned_quantity()
                    for move in picking.move_ids.filtered(lambda m: m.state == "done")
                )
            )
        )

    def _get_creditable(self):
        """Posted invoices that no credit note takes back completely."""
        return self.invoice_ids.filtered(
            lambda move: (
                move.state == "posted"
                and move.move_type == "out_invoice"
                and move.currency_id.compare_amounts(move._get_uncredited(), 0) > 0
            )
        )

    def _split_credit(self, amount=0.0):
        """Which invoices an amount is credited on, the latest first.

        :param amount: in the order's currency; 0 for all that they still charge
        :return: dict invoice → amount
        :raises UserError: the invoices charge less than that
        """
        self.ensure_one()
        open_amounts = {
            invoice: invoice._get_uncredited()
            for invoice in self._get_creditable().sorted("id", reverse=True)
        }
        if not amount:
            return open_amounts
        wanted, left = {}, amount
        for invoice, most in open_amounts.items():
            part = min(left, most)
            if invoice.currency_id.compare_amounts(part, 0) > 0:
                wanted[invoice] = part
                left -= part
        if self.currency_id.compare_amounts(left, 0) > 0:
            raise UserError(
                self.env._(
                    "The invoices charge less than the %(amount)s to be credited.",
                    amount=self.currency_id.format(amount),
                )
            )
        return wanted

    def _get_hold_reason(self):
        """Why nothing of the order is delivered, in the user's language."""
        self.ensure_one()
        return self.env["sale.channel.text"]._format(
            f"hold_{self.channel_hold}", {"order": self.name}
        )

    def _reserve_stock(self):
        """Reserve the deliveries of orders that were confirmed without doing so.

        Apart from confirming, because parallel confirmations meet on the quants.
        """
        pickings = self.picking_ids.filtered(
            lambda picking: (
                picking.state == "confirmed"
                and picking.picking_type_id.reservation_method == "at_confirm"
            )
        )
        if pickings:
            # Odoo would read these one move after the other.
            moves = pickings.move_ids
            moves.sale_line_id.fetch(["order_id"])
            moves.mapped("move_dest_ids")
            moves.product_id.mapped("orderpoint_ids")
            with self.env.protecting(self._get_deliveries_only()):
                pickings.action_assign()

    def _get_deliveries_only(self):
        """What depends on the moves' quantities and is not changed by reserving: what
        was delivered, and all that is computed from it, down to what is to be invoiced.

        :return: list of (fields, records) for ``env.protecting``
        """
        delivered = self.order_line._fields["qty_delivered"]
        dependent = {delivered, *self.pool.get_dependent_fields(delivered)}
        return [
            ([f for f in dependent if f.store and f.model_name == one._name], one)
            for one in (self, self.order_line)
        ]

    def action_view_on_channel(self):
        """Open the order's page on the channel."""
        self.ensure_one()
        self.check_access("read")
        return self.sudo().channel_order_id.action_view_on_channel()

    def action_open_channel_order(self):
        self.ensure_one()
        return self.channel_order_id.get_formview_action()

    def action_open_channel_invoicing(self):
        """Open what becomes of the order's automatic invoice."""
        self.ensure_one()
        return self.channel_invoicing_ids.get_formview_action()

    def _get_invoicing_obstacle(self):
        """What keeps the order from being invoiced automatically.

        Addons extend it for what they need, and call
        :meth:`sale.channel.order.invoicing._wake` once it is solved.

        :return: None, or a code of ``sale.channel.text``
            and the dict of its parameters
        """
        self.ensure_one()
        if self._is_cancelled_anywhere():
            return "order_cancelled", {}
        if self.state != "sale":
            return "order_unconfirmed", {}
        if self.channel_hold:
            return f"order_{self.channel_hold}", {}
        if any(self.channel_order_ids.mapped("needs_review")):
            return "proposal_open", {}
        if any(row._is_read_again() for row in self.channel_order_ids):
            return "order_incomplete", {}
        if not self._has_to_invoice():
            return "nothing_to_invoice", {}
        return None

    def _is_cancelled_anywhere(self):
        """Whether it was cancelled here, or on the channel."""
        self.ensure_one()
        rows = self.channel_order_ids
        return self.state == "cancel" or "cancelled" in rows.mapped("state")

    def _has_to_invoice(self):
        return self.invoice_status == "to invoice"

    def _is_invoicing_moment(self, moment):
        """Whether a moment of the channel's ``invoicing_moment`` has come."""
        self.ensure_one()
        return is_reached(moment, self._get_channel_progress())

    def _expects_delivery(self):
        """Whether something is still to be delivered."""
        return expects_delivery(self._get_channel_progress())

    def _expects_rest(self):
        """Whether a delivery is still to bring what is not invoiced yet."""
        lines = self.order_line.filtered(
            lambda line: line.product_uom_qty > line.qty_invoiced
        )
        return bool(lines) and self._expects_delivery()

    def _get_channel_progress(self):
        """How far the order has come: a :class:`..lib.invoicing.Progress`."""
        self.ensure_one()
        payments = self.channel_order_ids.payment_ids.filtered("collected")
        # What was given back is a person's decision, by a proposal: it was paid.
        paid = sum(payment._get_collected() + payment.refunded for payment in payments)
        rows = self.channel_order_ids
        statuses = {part for row in rows for part in split(row.external_status)}
        channel = self.sale_channel_id
        paid_statuses = channel._get_provider()._get_paid_statuses(channel)
        return Progress(
            covered=bool(payments)
            and self.currency_id.compare_amounts(paid, self.amount_total) >= 0,
            said_paid=bool(statuses & set(paid_statuses)),
            by_channel=self.channel_fulfilled,
            shipped=self.channel_shipped,
            goods=any(
                line.product_id.type == "consu" and line.product_uom_qty > 0
                for line in self.order_line
            ),
            deliveries=tuple(
                picking._get_delivery_progress()
                for picking in self.picking_ids
                if picking.picking_type_code in LEAVING
            ),
        )

    def _sells_freight(self):
        """Whether the buyer's freight is the seller's money."""
        return FREIGHT_REF in self.order_line.mapped("channel_line_ref")

    def _get_channel_receivable(self):
        """What posted invoices charge besides what the channel collected, in the
        order's currency; 0 when the channel tells no payments."""
        payments = self.channel_order_ids.payment_ids
        if not payments:
            return 0.0
        invoices = self.invoice_ids.filtered(
            lambda move: move.state == "posted" and move.move_type == "out_invoice"
        )
        collected = sum(
            payment._get_collected() for payment in payments.filtered("collected")
        )
        return max(0.0, sum(invoices.mapped("amount_total")) - collected)

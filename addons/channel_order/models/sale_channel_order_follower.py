import logging
from decimal import Decimal

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.channel_base.lib.errors import ChannelError

from ..lib.fingerprint import changed, fingerprint, refunded
from ..lib.reaction import quantities_changed, react

_logger = logging.getLogger(__name__)

KEPT_FIELDS = ("payment_term_id", "user_id", "team_id")
# Questions that a cancellation answers, with one that takes their place.
ANSWERED = (
    "review_lines",
    "review_fraud",
    "review_refund",
    "review_refund_all",
    "review_refund_uninvoiced",
)


class SaleChannelOrderFollower(models.AbstractModel):
    """Follows what the channel changes on orders that were imported.

    As long as nothing was delivered, invoiced or locked and no person edited the
    lines, the sale order follows. Then the news becomes a proposal.
    """

    _name = "sale.channel.order.follower"
    _description = "Channel Orders: follow"

    @api.model
    def _follow(self, batch, row, order, customer, decision):
        """Bring an imported order up to what the channel says now.

        :param customer: a :class:`channel_partner.lib.items.BuyerResult`
        :param decision: what its status means: import, reserve, wait or ignore
        """
        sale_order, told = row.sale_order_id, row.imported_print or {}
        after = {**fingerprint(order), "customer": self._get_parties(row, customer)}
        # How lines were split stays as it is, unless they are made anew.
        sold = {"sold": told["sold"]} if "sold" in told else {}
        parts = changed(told, after)
        if not sale_order:
            # What its deletion asked stands until somebody answers.
            if not row.needs_review:
                self.env["sale.channel.order.proposal"]._propose(row, "review_deleted")
        else:
            if self._resume(row):
                # Warnings of before the cancellation count again.
                parts |= {"fraud"} if after["fraud"] else set()
            self._approve(row, decision)
            self._follow_shipment(row, order)
            if "fraud" in parts:
                self._follow_warning(row, after["fraud"])
            if "customer" in parts:
                self._follow_customer(batch, row, order, after["customer"])
            if "by_channel" in parts:
                self._follow_logistics(batch, row, order)
            if parts & {"lines", "total", "freight"}:
                moved = quantities_changed(told, after)
                sold = self._follow_lines(batch, row, order, moved)
            if "refunded" in parts:
                self._follow_refund(row, order, told.get("refunded", "0"))
            if not parts:
                row._tell("decided", "updated")
        row._apply("followed", {"imported_print": {**after, **sold}})

    @api.model
    def _get_parties(self, row, customer):
        """Whom the order is for, as ids: customer, delivery address."""
        before = (row.imported_print or {}).get("customer")
        partner, delivery = customer.partner, customer.delivery
        if not partner:
            return before
        if before and before[0] == partner.id and delivery in (partner, None):
            # The channel hides the address by now; that erases nothing.
            return before
        return [partner.id, (delivery or partner).id]

    @api.model
    def _resume(self, row):
        """The channel took back a cancellation that was not followed.

        :return: whether it did
        """
        if row.state != "cancelled":
            return False
        row._apply("resumed", order=row.sale_order_id.name)
        self.env["sale.channel.order.proposal"]._withdraw(row, "cancel_order")
        return True

    @api.model
    def _approve(self, row, decision):
        """Let go what was only reserved, once the channel has approved it."""
        if row.state == "reserved" and decision == "import":
            row._apply("approved", order=row.sale_order_id.name)

    @api.model
    def _follow_shipment(self, row, order):
        sale_order, shipment = row.sale_order_id, order.shipment
        if shipment and shipment.shipped and sale_order.channel_fulfilled:
            sale_order.channel_shipped = True

    @api.model
    def _follow_warning(self, row, warned):
        """Hold the order while the channel warns of fraud."""
        proposals, name = (
            self.env["sale.channel.order.proposal"],
            row.sale_order_id.name,
        )
        if warned:
            proposals._propose_news(row, "review_fraud", "fraud", order=name)
            return
        proposals._withdraw(row, "review_fraud")
        row._tell("decided", "warning_withdrawn", order=name)

    @api.model
    def _follow_customer(self, batch, row, order, parties):
        """Data that came late told another customer or delivery address."""
        sale_order = row.sale_order_id
        before = (row.imported_print or {}).get("customer")
        now = [sale_order.partner_id.id, sale_order.partner_shipping_id.id]
        params = {
            "order": sale_order.name,
            "customer": self.env["res.partner"].browse(parties[0]).display_name,
        }
        if sale_order._can_follow() and now == before:
            try:
                with self.env.cr.savepoint():
                    self._change_customer(batch, sale_order, order, *parties)
            except (ChannelError, UserError) as error:
                _logger.info("order %s cannot follow: %s", row.id, error)
            else:
                row._tell("decided", "customer_followed", **params)
                return
        if now[0] != parties[0]:
            proposals = self.env["sale.channel.order.proposal"]
            proposals._propose(row, "review_customer", **params)
        elif now == before:
            sale_order._redirect_delivery(parties[1])

    @api.model
    def _change_customer(self, batch, sale_order, order, partner, delivery):
        """:raises ChannelError: the total is another one for that customer"""
        # Without the context deliveries keep going to the old address.
        sale_order.with_context(update_delivery_shipping_partner=True).write(
            {
                # Odoo would put the customer's own in their place.
                **{name: sale_order[name].id for name in KEPT_FIELDS},
                "partner_id": partner,
                "partner_invoice_id": partner,
                "partner_shipping_id": delivery,
            }
        )
        sale_order._recompute_taxes()
        builder = self.env["sale.channel.order.builder"]
        builder._check_total(batch.channel, order, sale_order)

    @api.model
    def _follow_logistics(self, batch, row, order):
        """Data that came late told who ships."""
        sale_order = row.sale_order_id
        if not sale_order._can_follow():
            proposals = self.env["sale.channel.order.proposal"]
            proposals._propose(row, "review_logistics", order=sale_order.name)
            return
        sale_order.picking_ids.filtered(lambda p: p.state != "done").action_cancel()
        lookup = self.env["sale.channel.order.lookup"]
        sale_order.write(
            {
                "channel_fulfilled": order.shipment.by_channel,
                "warehouse_id": lookup._find_warehouse(batch, order).id,
            }
        )
        if sale_order.state == "sale":
            # Nothing happens for an order that the channel ships.
            sale_order.order_line._action_launch_stock_rule()
        row._tell("decided", "logistics_followed", order=sale_order.name)

    @api.model
    def _follow_lines(self, batch, row, order, moved):
        """Change an untouched sale order; propose when it cannot be changed.

        :param moved: whether other goods are to leave
        :return: what it sells now, as the builder's ``_rebuild_lines`` tells; nothing
            when it was not changed
        """
        sale_order = row.sale_order_id
        builder = self.env["sale.channel.order.builder"]
        before, total = sale_order.amount_total, str(order.goods_total)
        params = {"order": sale_order.name, "total": total}
        if sale_order._can_follow() and builder._is_as_built(row):
            try:
                with self.env.cr.savepoint():
                    sold = builder._rebuild_lines(batch, row, order)
            except (ChannelError, UserError) as error:
                _logger.info("order %s cannot follow: %s", row.id, error)
            else:
                row._tell("decided", "followed", before=before, **params)
                return sold
        reaction = react("changed", sale_order._get_standing())
        # Untouched, but edited here, or the channel's lines do not add up.
        steps = ("lines",) if reaction.at_once == "follow" else reaction.steps
        self.env["sale.channel.order.proposal"]._propose(
            row, "review_lines", steps, holds=moved, **params
        )
        return {}

    @api.model
    def _follow_refund(self, row, order, before="0"):
        """Propose to give back what the channel gave back to the buyer.

        :param before: refunded amount that is known already, as text
        """
        amount = refunded(order) - Decimal(before)
        if amount <= 0:
            return
        sale_order, proposals = (
            row.sale_order_id,
            self.env["sale.channel.order.proposal"],
        )
        params = {"order": sale_order.name, "refund": f"{amount} {order.currency}"}
        total = float(refunded(order))
        if sale_order.currency_id.compare_amounts(total, sale_order.amount_total) >= 0:
            proposals._withdraw(row, "review_refund", "review_refund_uninvoiced")
            proposals._propose_news(row, "review_refund_all", "refunded_all", **params)
            return
        steps = react("refunded", sale_order._get_standing()).steps
        proposals._propose(
            row,
            "review_refund" if steps else "review_refund_uninvoiced",
            steps,
            amount=float(amount),
            **params,
        )

    @api.model
    def _cancel(self, row, order):
        """Follow a cancellation; what went out already is a person's decision."""
        # What a person has decided about it is not asked again.
        asks = row.state != "cancelled"
        told = {**(row.imported_print or {}), **fingerprint(order)}
        row._apply("cancelled", {"imported_print": told}, status=order.status)
        if asks:
            self.env["sale.channel.order.proposal"]._withdraw_losses(row)
            if row.sale_order_id:
                self._cancel_sale_order(row)

    @api.model
    def _cancel_sale_order(self, row):
        sale_order, proposals = (
            row.sale_order_id,
            self.env["sale.channel.order.proposal"],
        )
        params = {"order": sale_order.name}
        reaction = react("cancelled", sale_order._get_standing())
        if reaction.at_once == "follow":
            if sale_order.state != "cancel":
                sale_order._cancel_for_channel()
                row._tell("decided", "cancelled_order", **params)
            return
        proposals._withdraw(row, *ANSWERED)
        if sale_order.state != "cancel" or len(reaction.steps) > 1:
            proposals._propose_news(row, "cancel_order", "cancelled", **params)

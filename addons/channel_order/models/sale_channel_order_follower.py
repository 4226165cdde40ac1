import logging
from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.channel_base.lib.errors import ChannelError, Rejected, Retryable

from ..lib.fingerprint import changed, fingerprint, refunded
from ..lib.reaction import quantities_changed, react
from .sale_order_line import DISCOUNT_REF, OWN_REFS

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
# How soon to look again whether the cart that an order left has let it go.
MOVE_SECONDS = 60


class SaleChannelOrderFollower(models.AbstractModel):
    """Follows what the channel changes on orders that were imported.

    As long as nothing was delivered, invoiced or locked and no person edited the
    lines, the sale order follows. Then the news becomes a proposal.
    """

    _name = "sale.channel.order.follower"
    _description = "Channel Orders: follow"

    def _follow(self, resolver, order, customer, decision):
        """Bring an imported order up to what the channel says now.

        :param customer: result of ``sale.channel.partner._upsert``
        :param decision: what its status means: import, reserve, wait or ignore
        """
        self.ensure_one()
        sale_order = self.sale_order_id
        after = {**fingerprint(order), "customer": self._get_parties(customer)}
        sold = self._get_sold()
        parts = changed(self.imported_print, after)
        if not sale_order:
            # What its deletion asked stands until somebody answers.
            if not self.needs_review:
                self._propose("review_deleted")
        else:
            if self._resume():
                # Warnings of before the cancellation count again.
                parts |= {"fraud"} if after["fraud"] else set()
            self._approve(decision)
            self._follow_shipment(order)
            if "fraud" in parts:
                self._follow_warning(after["fraud"])
            if "customer" in parts:
                self._follow_customer(order, after["customer"])
            if "by_channel" in parts:
                self._follow_logistics(resolver, order)
            if parts & {"lines", "total", "freight"}:
                moved = quantities_changed(self.imported_print, after)
                sold = self._follow_lines(resolver, order, moved)
            if "refunded" in parts:
                known = (self.imported_print or {}).get("refunded", "0")
                self._follow_refund(order, known)
            if not parts:
                self._tell("decided", "updated")
        self._mark_done(imported_print={**after, **sold})

    def _is_sold(self):
        """Whether the row has a sale order that was not cancelled."""
        return bool(self.sale_order_id) and self.sale_order_id.state != "cancel"

    def _get_parties(self, customer):
        """Whom the order is for, as ids: customer, delivery address."""
        before = (self.imported_print or {}).get("customer")
        partner, delivery = customer.partner, customer.delivery
        if not partner:
            return before
        if before and before[0] == partner.id and delivery in (partner, None):
            # The channel hides the address by now; that erases nothing.
            return before
        return [partner.id, (delivery or partner).id]

    def _resume(self):
        """The channel took back a cancellation that was not followed.

        :return: whether it did
        """
        if self.state != "cancelled":
            return False
        self.state = "imported"
        self._withdraw("cancel_order")
        self._tell("decided", "resumed", order=self.sale_order_id.name)
        return True

    def _withdraw(self, *codes):
        """Close open proposals that are no longer true."""
        self.proposal_ids.filtered(
            lambda proposal: proposal.code in codes and proposal.state == "open"
        ).sudo().state = "withdrawn"

    def _follow_customer(self, order, parties):
        """Data that came late told another customer or delivery address."""
        sale_order = self.sale_order_id
        before = (self.imported_print or {}).get("customer")
        now = [sale_order.partner_id.id, sale_order.partner_shipping_id.id]
        params = {
            "order": sale_order.name,
            "customer": self.env["res.partner"].browse(parties[0]).display_name,
        }
        if sale_order._can_follow() and now == before:
            partner, delivery = parties
            values = {
                # Odoo would put the customer's own in their place.
                **{name: sale_order[name].id for name in KEPT_FIELDS},
                "partner_id": partner,
                "partner_invoice_id": partner,
                "partner_shipping_id": delivery,
            }
            try:
                with self.env.cr.savepoint():
                    # Without the context deliveries keep going to the old address.
                    sale_order.with_context(
                        update_delivery_shipping_partner=True
                    ).write(values)
                    sale_order._recompute_taxes()
                    self._check_total(order, sale_order)
            except (ChannelError, UserError) as error:
                _logger.info("order %s cannot follow: %s", self.id, error)
            else:
                self._tell("decided", "customer_followed", **params)
                return
        if now[0] != parties[0]:
            self._propose("review_customer", **params)
        elif now == before:
            sale_order._redirect_delivery(parties[1])

    def _follow_logistics(self, resolver, order):
        """Data that came late told who ships."""
        sale_order, by_channel = self.sale_order_id, order.shipment.by_channel
        if not sale_order._can_follow():
            self._propose("review_logistics", order=sale_order.name)
            return
        sale_order.picking_ids.filtered(lambda p: p.state != "done").action_cancel()
        sale_order.write(
            {
                "channel_fulfilled": by_channel,
                "warehouse_id": self._get_warehouse(resolver, order).id,
            }
        )
        if sale_order.state == "sale":
            # Nothing happens for an order that the channel ships.
            sale_order.order_line._action_launch_stock_rule()
        self._tell("decided", "logistics_followed", order=sale_order.name)

    def _approve(self, decision):
        """Let go what was only reserved, once the channel has approved it."""
        if self.state == "reserved" and decision == "import":
            self.state = "imported"
            self._tell("decided", "approved", order=self.sale_order_id.name)
            self._on_confirmed()

    def _follow_warning(self, warned):
        """Hold the order while the channel warns of fraud."""
        order = self.sale_order_id
        if warned:
            self._propose_news("review_fraud", "fraud", order=order.name)
            return
        self._withdraw("review_fraud")
        self._tell("decided", "warning_withdrawn", order=order.name)

    def _follow_shipment(self, order):
        sale_order, shipment = self.sale_order_id, order.shipment
        if shipment and shipment.shipped and sale_order.channel_fulfilled:
            sale_order.channel_shipped = True

    def _follow_lines(self, resolver, order, moved):
        """Change an untouched sale order; propose when it cannot be changed.

        :param moved: whether other goods are to leave
        :return: see :meth:`_get_sold_print`; nothing when it was not changed
        """
        sale_order = self.sale_order_id
        before, total = sale_order.amount_total, str(order.goods_total)
        params = {"order": sale_order.name, "total": total}
        if sale_order._can_follow() and self._is_as_imported():
            try:
                with self.env.cr.savepoint():
                    sold = self._apply_lines(resolver, order)
            except (ChannelError, UserError) as error:
                _logger.info("order %s cannot follow: %s", self.id, error)
            else:
                self._tell("decided", "followed", before=before, **params)
                return sold
        reaction = react("changed", sale_order._get_standing())
        # Untouched, but edited here, or the channel's lines do not add up.
        steps = ("lines",) if reaction.at_once == "follow" else reaction.steps
        self._propose("review_lines", steps, holds=moved, **params)
        return {}

    def _get_sold(self):
        """The part of the last import's print that tells how lines were split."""
        told = self.imported_print or {}
        return {"sold": told["sold"]} if "sold" in told else {}

    def _is_as_imported(self):
        """Whether the sale order's lines are those of the last import."""
        if not self.imported_print:
            # Entered by hand from data that nobody could read.
            return False
        lines = self.sale_order_id.order_line.filtered(
            lambda line: (
                line.channel_line_ref not in (False, *OWN_REFS) and line.product_uom_qty
            )
        )
        now = {
            line.channel_line_ref: (line.product_uom_qty, line.price_unit)
            for line in lines
        }
        told = self.imported_print
        then = {
            ref: (float(quantity), float(price))
            for ref, (quantity, price, *_sku) in (
                told.get("sold") or told["lines"]
            ).items()
        }
        return now == then

    def _apply_lines(self, resolver, order):
        """Bring the sale order's lines up to the channel's.

        :return: see :meth:`_get_sold_print`
        :raises ChannelError: the lines cannot be made, or do not add up
        """
        sale_order = self.sale_order_id
        wanted = self._prepare_lines(resolver, order)
        known = {line.channel_line_ref: line for line in sale_order.order_line}
        kept = self.env["sale.order.line"]
        commands = []
        for command in wanted:
            values = command[2]
            line = known.get(values["channel_line_ref"])
            if values["channel_line_ref"] == DISCOUNT_REF or not line:
                commands.append(command)
                continue
            if line.product_id.id != values["product_id"]:
                raise Rejected("product_changed")
            kept |= line
            commands.append(
                Command.update(
                    line.id,
                    {
                        "product_uom_qty": values["product_uom_qty"],
                        "price_unit": values["price_unit"],
                        "technical_price_unit": -1,
                    },
                )
            )
        gone = sale_order.order_line.filtered("channel_line_ref") - kept
        # A confirmed order keeps its lines; those that are gone sell nothing.
        commands += [Command.update(line.id, {"product_uom_qty": 0}) for line in gone]
        sale_order.write({"order_line": commands})
        self._check_total(order, sale_order)
        return self._get_sold_print(order, wanted)

    def _follow_refund(self, order, before="0"):
        """Propose to give back what the channel gave back to the buyer.

        :param before: refunded amount that is known already, as text
        """
        amount = refunded(order) - Decimal(before)
        if amount <= 0:
            return
        sale_order, currency = self.sale_order_id, self.sale_order_id.currency_id
        params = {"order": sale_order.name, "refund": f"{amount} {order.currency}"}
        total = float(refunded(order))
        if currency.compare_amounts(total, sale_order.amount_total) >= 0:
            self._withdraw("review_refund", "review_refund_uninvoiced")
            self._propose_news("review_refund_all", "refunded_all", **params)
            return
        steps = react("refunded", sale_order._get_standing()).steps
        self._propose(
            "review_refund" if steps else "review_refund_uninvoiced",
            steps,
            amount=float(amount),
            **params,
        )

    def _cancel(self, order):
        """Follow a cancellation; what went out already is a person's decision."""
        self.ensure_one()
        # What a person has decided about it is not asked again.
        if self.state != "cancelled":
            self._tell("decided", "cancel", status=order.status)
            self._withdraw_losses()
            if self.sale_order_id:
                self._cancel_sale_order(self.sale_order_id)
        told = {**(self.imported_print or {}), **fingerprint(order)}
        self._mark_done(state="cancelled", imported_print=told)

    def _cancel_sale_order(self, sale_order):
        params = {"order": sale_order.name}
        reaction = react("cancelled", sale_order._get_standing())
        if reaction.at_once == "follow":
            if sale_order.state != "cancel":
                sale_order._cancel_for_channel()
                self._tell("decided", "cancelled_order", **params)
            return
        self._withdraw(*ANSWERED)
        if sale_order.state != "cancel" or len(reaction.steps) > 1:
            self._propose_news("cancel_order", "cancelled", **params)

    def _propose_news(self, code, news, **params):
        """Propose, as one piece of work, what follows from news.

        :param news: a :data:`..lib.reaction.News`
        """
        standing = self.sale_order_id._get_standing()
        reaction = react(news, standing)
        if standing.invoice == "part_paid":
            params["paid"] = True
        self._propose(code, reaction.steps, reaction.at_once == "hold", **params)

    def _propose(self, code, steps=(), holds=False, amount=0.0, **params):
        """Ask a person; the same question stands once.

        :param steps: what is proposed, of ``lib/reaction.py``; none: decide by hand
        :param holds: whether nothing leaves while the question is open
        :param amount: of the credit note; 0 for all that is invoiced
        """
        self.ensure_one()
        proposal = self.proposal_ids.filtered(
            lambda p: p.code == code and p.state == "open"
        ).sudo()
        values = {"params": params, "holds": holds or proposal.holds}
        if proposal:
            # Refunds add up; any other question is only asked anew.
            values["amount"] = amount and proposal.amount + amount
            # What was done before the news is to be looked at again.
            proposal.step_ids.filtered(lambda step: step.kind in steps).done = False
            values["step_ids"] = proposal._prepare_steps(steps)
            proposal.write(values)
        else:
            values["step_ids"] = proposal._prepare_steps(steps)
            values |= {"order_id": self.id, "code": code, "amount": amount}
            # One that was withdrawn a moment ago is still open in the database.
            self.proposal_ids.flush_recordset(["state"])
            proposal.create(values)
        self._tell("decided", code, **params)

    def _on_proposal_closed(self, proposal):
        """What follows from a person's decision."""
        self.env["sale.channel.order.invoicing"]._wake(self.sale_order_id)

    # Orders that change their cart

    def _check_fresh(self, resolver):
        """:raises Retryable: another cart has shown one of the orders later"""
        self.ensure_one()
        if resolver.is_behind(self):
            self.needs_fetch = True
            raise Retryable("another cart has it later", code="stale")

    def _adopt(self, resolver, order):
        """Take over the sale order that already sells this cart's lines.

        The channel may put an order that came in alone into a cart later, or split a
        cart. The lines know where they were imported, so that nothing is sold twice.

        :raises Retryable: the other cart has yet to let the lines go
        :raises Rejected: it cannot, because its sale order may not change any more
        """
        self.ensure_one()
        refs = self._get_refs(order)
        for other in resolver.sellers(refs) - self:
            others_refs = set((other.imported_print or {}).get("lines") or {})
            if others_refs <= refs:
                self._take_over(other)
            elif refs & others_refs:
                other._look_again()
                raise Retryable("its former cart is first", MOVE_SECONDS, code="moving")
            else:
                raise Rejected("also_in", order=other.sale_order_id.name)

    def _get_refs(self, order):
        """Lines that the cart holds, and orders that it held before a cancellation."""
        return {line.external_id for line in order.lines} | set(self.versions or {})

    def _take_over(self, other):
        """Make another row's sale order this one's, or end it in favour of this one's.

        :raises Rejected: both have one, and the other's may not change any more
        """
        sale_order = other.sale_order_id
        if not self.sale_order_id:
            self.write(
                {
                    "sale_order_id": sale_order.id,
                    "imported_print": other.imported_print,
                    "state": "reserved" if other.state == "reserved" else "imported",
                }
            )
            other.proposal_ids.sudo().order_id = self
            self._tell("decided", "adopted", order=sale_order.name)
        elif sale_order._can_follow() and other._is_as_imported():
            sale_order._cancel_for_channel()
            self._tell("decided", "cancelled_order", order=sale_order.name)
        else:
            raise Rejected("also_in", order=sale_order.name)
        other._mark_done(state="moved", needs_fetch=False, sale_order_id=False)
        other._tell("decided", "moved", cart=self.external_id)
        other._renew_lines()

    def _look_again(self):
        """Ask the channel for the row's data again, unless that is under way."""
        reads_soon = self.needs_fetch and self.error_code != "incomplete"
        if not reads_soon or self.sync_state != "pending":
            self.write(self._prepare_fetch_values())

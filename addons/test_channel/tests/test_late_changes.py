"""What the channel says after an order went on here: every cell of the table.

The table itself is tested with ``lib/reaction.py``; here its cells meet Odoo.
"""

from contextlib import suppress
from copy import deepcopy

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.channel_order.lib.reaction import (
    DELIVERIES,
    INVOICES,
    NEWS,
    Standing,
    react,
)

from .invoicing import InvoicingCase

LINE = {"id": "L", "sku": "FAKE-1", "quantity": "3", "price": "121.00"}
TOTAL = 363.0
CHANGES = {
    "cancelled": {"status": "cancelled"},
    "refunded_all": {"refunded": "363.00"},
    "refunded": {"refunded": "60.50"},
    "fraud": {"suspicious": True},
    "changed": {"quantity": "2"},
}
CODES = {
    "cancelled": "cancel_order",
    "refunded_all": "review_refund_all",
    "fraud": "review_fraud",
    "changed": "review_lines",
}
HOLDS = {
    "cancelled": "cancelled",
    "refunded_all": "refunded",
    "fraud": "fraud",
    "changed": "changed",
}


class _Undo(Exception):
    """Ends a savepoint."""


@tagged("post_install", "-at_install")
class TestLateChanges(InvoicingCase):
    """One order for each pair of invoice and delivery, made once; each news is told
    to all of them in a savepoint."""

    def setUp(self):
        super().setUp()
        self.channel.invoicing = "none"
        self.make_product("FAKE-0", self.tax_21).invoice_policy = "order"
        self.cells = [
            (invoice, delivery) for invoice in INVOICES for delivery in DELIVERIES
        ]
        for invoice, delivery in self.cells:
            sku = "FAKE-0" if delivery == "nothing" else "FAKE-1"
            reference = f"{invoice}-{delivery}"
            line = {**LINE, "id": f"L-{reference}", "sku": sku}
            self.put(reference, lines=[line])
        self.run_flow()
        self.rows = {cell: self.inbox("-".join(cell)) for cell in self.cells}
        self.orders = {cell: row.sale_order_id for cell, row in self.rows.items()}
        self.make_final(
            self.env["res.partner"].union(
                *(order.partner_id for order in self.orders.values())
            )
        )
        for cell, order in self.orders.items():
            self.deliver_to(order, cell[1])
        self.invoice_all()

    def deliver_to(self, order, delivery):
        if delivery in ("nothing", "ready"):
            return
        picking = order.picking_ids
        picking.move_ids.quantity = 2 if delivery == "partly" else 3
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        if delivery == "returned":
            wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
            action = wizard.action_create_returns_all()
            back = picking.browse(action["res_id"])
            back.move_ids.picked = True
            back.button_validate()

    def invoice_all(self):
        """Make the invoices, post those that are, and pay a part of some."""
        posted = self.env["account.move"]
        for (invoice, delivery), order in self.orders.items():
            if invoice == "none":
                continue
            # What came back by itself would not be invoiced.
            order.order_line.qty_to_invoice = 3
            move = order._create_invoices()
            if invoice != "draft":
                posted |= move
            self.assertAlmostEqual(move.amount_total, TOTAL, msg=delivery)
        posted.invoice_date = fields.Date.today()
        posted.action_post()
        paid = posted.filtered(lambda move: move.ref.startswith("part_paid"))
        for move in paid:
            self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=move.ids
            ).create({"amount": 100.0})._create_payments()

    def tell(self, news):
        """Let the channel tell news about all of the orders, in one batch."""
        rows = self.env["sale.channel.order"].union(*self.rows.values())
        for row in rows:
            changes = dict(CHANGES[news])
            if "quantity" in changes:
                line = self.remote.orders[row.external_id]["lines"][0]
                changes = {"lines": [{**line, **changes}]}
            self.put(row.external_id, **changes)
        self.run_flow()
        return rows

    def check_standings(self):
        for (invoice, delivery), order in self.orders.items():
            with self.subTest(invoice=invoice, delivery=delivery):
                standing = order._get_standing()
                self.assertEqual(
                    (standing.invoice, standing.delivery), (invoice, delivery)
                )

    def test_each_cell(self):
        self.check_standings()
        for news in NEWS:
            orders = deepcopy(self.remote.orders)
            with suppress(_Undo), self.env.cr.savepoint():
                self.check_all(news)
                raise _Undo
            self.remote.orders = orders

    def check_all(self, news):
        self.tell(news)
        for cell, order in self.orders.items():
            with self.subTest(news=news, invoice=cell[0], delivery=cell[1]):
                reaction = react(news, Standing(*cell))
                self.check_at_once(news, reaction, self.rows[cell], order)
        for cell, order in self.orders.items():
            with self.subTest("apply", news=news, invoice=cell[0], delivery=cell[1]):
                reaction = react(news, Standing(*cell))
                if reaction.steps:
                    self.check_applied(news, cell, reaction, order)

    def check_at_once(self, news, reaction, row, order):
        proposal = row.proposal_ids
        if reaction.at_once == "follow":
            self.assertFalse(proposal)
            if news == "cancelled":
                self.assertEqual(order.state, "cancel")
            else:
                self.assertEqual(order.order_line.product_uom_qty, 2)
            return
        self.assertEqual(order.state, "sale")
        kinds = proposal.step_ids.sorted("sequence").mapped("kind")
        self.assertEqual(kinds, list(reaction.steps))
        refund = "review_refund" if kinds else "review_refund_uninvoiced"
        self.assertEqual(proposal.code, CODES.get(news, refund))
        held = HOLDS.get(news, False)
        self.assertEqual(order.channel_hold, held)
        self.check_held(order, held)

    def check_held(self, order, held):
        """Nothing leaves; the delivery says why."""
        for picking in order.picking_ids.filtered(
            lambda p: p.picking_type_code == "outgoing" and p.state == "assigned"
        ):
            self.assertEqual(picking.channel_hold, held)
            if held:
                with self.assertRaisesRegex(UserError, order.name):
                    picking.move_ids.picked = True
                    picking.move_ids._action_done()

    def check_applied(self, news, cell, reaction, order):
        proposal = self.rows[cell].proposal_ids
        invoices = order.invoice_ids
        refuses = news == "changed" and cell[1] == "delivered"
        if refuses:
            # Fewer than were delivered: the goods have to come back first.
            with self.assertRaisesRegex(UserError, "return"):
                proposal.action_apply()
            return
        proposal.action_apply()
        self.assertEqual(proposal.state, "applied", proposal.todo)
        made = {step.kind: step.result_ref for step in proposal.step_ids}
        self.assertEqual(set(made), set(reaction.steps))
        if "cancel" in made:
            self.assertEqual(order.state, "cancel")
            open_pickings = order.picking_ids.filtered(
                lambda p: p.state not in ("done", "cancel")
            )
            self.assertEqual(
                open_pickings, made.get("return") or open_pickings.browse()
            )
        if "return" in made:
            sent = 2 if cell[1] == "partly" else 3
            self.assertEqual(made["return"].move_ids.product_uom_qty, sent)
        self.assertNotIn("draft", (order.invoice_ids & invoices).mapped("state"))
        self.check_money(news, cell, order, made)

    def check_money(self, news, cell, order, made):
        charged = cell[0] in ("posted", "part_paid")
        note = made.get("credit_note") or made.get("invoice")
        if news == "changed":
            self.assertEqual(order.order_line.product_uom_qty, 2)
            if cell[0] == "draft":
                self.assertEqual(
                    (note.move_type, note.amount_total), ("out_invoice", 242.0)
                )
        if not charged or not note:
            return
        amount = {"refunded": 60.5, "changed": 121.0}.get(news, TOTAL)
        self.assertEqual((note.move_type, note.state), ("out_refund", "draft"))
        self.assertAlmostEqual(note.amount_total, amount)
        self.assertEqual(note.reversed_entry_id.ref, order.client_order_ref)
        self.assertEqual(note.partner_id, note.reversed_entry_id.partner_id)

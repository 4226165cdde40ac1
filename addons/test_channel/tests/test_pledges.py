"""What a channel sold and Odoo does not count is kept with the order."""

from unittest.mock import patch

from odoo.modules.module import load_script
from odoo.sql_db import Cursor
from odoo.tests import tagged
from odoo.tools import file_path

from .common import FakeCase

UNKNOWN = {
    "sku": "LATER",
    "title": "Mate de calabaza",
    "quantity": "3",
    "price": "121.00",
}


@tagged("post_install", "-at_install")
class TestPledges(FakeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls.make_user("empleada", "channel_base.group_channel_user")

    def rejected(self, external_id):
        return self.bring(external_id, lines=[UNKNOWN])

    def codes(self, row):
        found = row.proposal_ids.filtered(lambda proposal: proposal.state == "open")
        return found.mapped("code")

    def pledged(self, row):
        """Units that the channel sold and Odoo does not count."""
        return sum(row.line_ids.mapped("quantity"))

    def test_what_odoo_does_not_count_is_kept(self):
        """Until a sale order is confirmed, or the channel does not sell it any more."""
        for number, (status, pledged, state) in enumerate(
            (
                ("paid", 0, "imported"),
                ("pending", 2, "received"),
                ("cancelled", 0, "cancelled"),
            )
        ):
            with self.subTest(status=status):
                row = self.bring(f"P{number}", status=status)
                self.assertEqual(row.state, state)
                self.assertEqual(self.pledged(row), pledged)
        waiting = self.inbox("P1")
        [line] = waiting.line_ids
        self.assertEqual(
            (line.item_id, line.sku, line.by_channel), ("item-P1-0", "FAKE-1", False)
        )
        # What did not change is not written again.
        self.env["sale.channel.order.line"]._renew(waiting)
        self.assertEqual(waiting.line_ids, line)
        self.put("P1", lines=[{**UNKNOWN, "sku": "FAKE-1", "quantity": "5"}])
        self.run_flow()
        self.assertEqual(self.pledged(waiting), 5)
        self.bring("P1", status="paid")
        self.assertEqual((waiting.state, self.pledged(waiting)), ("imported", 0))

    def test_pledges_of_orders_that_arrive_as_quotations(self):
        self.channel.import_as = "quotation"
        row = self.bring("Q1")
        self.assertEqual((row.sale_order_id.state, self.pledged(row)), ("draft", 2))
        row.sale_order_id.action_confirm()
        self.assertEqual(self.pledged(row), 0)
        row.sale_order_id._action_cancel()
        # Who cancelled it is asked whether the channel still sells it.
        self.assertEqual(self.pledged(row), 2)
        row.sale_order_id.action_draft()
        self.assertEqual(self.pledged(row), 2)
        row.sale_order_id._action_cancel()
        row.proposal_ids.filtered(lambda p: p.state == "open").action_dismiss()
        self.assertEqual(self.pledged(row), 0)

    def test_pledges_of_orders_that_people_settle(self):
        deleted = self.bring("D1")
        deleted.sale_order_id._action_cancel()
        deleted.payload = False
        deleted.sale_order_id.unlink()
        self.assertEqual((self.pledged(deleted), deleted.line_ids.sku), (2, "FAKE-1"))
        self.bring("D1", status="cancelled")
        self.assertEqual(self.pledged(deleted), 0)
        refused = self.rejected("D2")
        self.assertEqual(self.pledged(refused), 3)
        refused._dismiss("not ours")
        self.assertEqual(self.pledged(refused), 0)
        refused.with_user(self.clerk).action_retry()
        self.run_flow()
        self.assertEqual(self.pledged(refused), 3)
        by_hand = self.env["sale.channel.order.manual"].create(
            {"order_id": refused.id, "partner_id": refused.partner_id.id}
        )
        by_hand.action_enter()
        self.assertEqual((refused.state, self.pledged(refused)), ("imported", 3))
        refused.sale_order_id.action_confirm()
        self.assertEqual(self.pledged(refused), 0)

    def test_pledges_of_orders_that_the_channel_enlarges(self):
        """More was bought than the sale order sells, and may not follow by itself."""
        line = {"id": "E1-0", "sku": "FAKE-1", "quantity": "2", "price": "121.00"}
        row = self.bring("E1", lines=[line])
        row.sale_order_id.locked = True
        self.assertEqual(self.pledged(row), 0)
        for quantity, pledged in (("5", 3), ("4", 2), ("1", 0)):
            self.bring("E1", lines=[{**line, "quantity": quantity}])
            self.assertEqual(self.codes(row), ["review_lines"])
            self.assertEqual(self.pledged(row), pledged, quantity)
        self.bring("E1", lines=[{**line, "quantity": "5"}])
        self.assertEqual(self.pledged(row), 3)
        row.proposal_ids.filtered(lambda p: p.state == "open").action_dismiss()
        self.assertEqual(self.pledged(row), 0)

    def test_pledges_of_orders_that_people_reduce(self):
        """Whoever lowers a line or cancels a delivery is asked; the channel still
        sells all of it."""

        def lower(order):
            order.order_line.filtered("product_id").product_uom_qty = 1

        def stop(order):
            order.picking_ids.action_cancel()

        for number, (reduce, lacking) in enumerate(((lower, 1), (stop, 2))):
            with self.subTest(reduce.__name__):
                external_id = f"L{number}"
                row = self.bring(external_id)
                reduce(row.sale_order_id)
                self.env.cr.flush()
                self.assertEqual(self.codes(row), ["order_reduced_here"])
                self.assertEqual(self.pledged(row), lacking)
                row.proposal_ids.action_dismiss()
                self.assertEqual(self.pledged(row), 0)
        # Made good again
        row = self.bring("L9")
        goods = row.sale_order_id.order_line.filtered("product_id")
        for quantity, pledged in ((1, 1), (2, 0)):
            goods.product_uom_qty = quantity
            self.env.cr.flush()
            self.assertEqual(self.pledged(row), pledged)
        self.assertEqual(self.codes(row), [])
        # Whoever cancels all of it is asked about that alone.
        row.sale_order_id._action_cancel()
        self.env.cr.flush()
        self.assertEqual(self.codes(row), ["order_cancelled_here"])

    def test_an_import_reads_what_is_kept_once_a_batch(self):
        """An order that goes through has no lines, and costs no query for them."""
        for number in range(8):
            self.put(f"B{number}")
        queries, execute = [], Cursor.execute

        def watch(cursor, query, *args, **kwargs):
            text = str(query)
            if "sale_channel_order_line" in text:
                queries.append(text)
            return execute(cursor, query, *args, **kwargs)

        with patch.object(Cursor, "execute", watch):
            self.run_flow()
        self.assertEqual(self.inbox("B7").state, "imported")
        self.assertLessEqual(len(queries), 1, queries)

    def test_rows_of_an_earlier_version_keep_what_they_sell(self):
        waiting, refused = self.bring("W1", status="pending"), self.rejected("R1")
        sold, cancelled = self.bring("S1"), self.bring("C1", status="cancelled")
        (waiting | refused).line_ids.unlink()
        path = "channel_order/migrations/19.0.1.3.0/end-pledges.py"
        script = load_script(file_path(path), "end_pledges")
        for _turn in range(2):
            script.migrate(self.env.cr, "19.0.1.2.0")
        rows = waiting | refused | sold | cancelled
        self.assertEqual([self.pledged(row) for row in rows], [2, 3, 0, 0])

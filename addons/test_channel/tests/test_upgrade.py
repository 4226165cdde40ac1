"""Databases that were made before: what the upgrade repairs."""

import importlib.util
from pathlib import Path

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons import channel_order

from .test_follow import FollowCase

SCRIPT = Path(channel_order.__file__).parent / "migrations/19.0.1.1.0/post-orders.py"


@tagged("post_install", "-at_install")
class TestUpgrade(FollowCase):
    def migrate(self):
        spec = importlib.util.spec_from_file_location("post_orders", SCRIPT)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        self.env.flush_all()
        for _time in range(2):
            script.migrate(self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()

    def damage(self, *statements):
        self.env.flush_all()
        for statement in statements:
            self.env.cr.execute(statement)
        self.env.invalidate_all()

    def test_proposals_of_before(self):
        """Cancelled after invoice, before it left: nothing held the delivery."""
        order = self.imported("F1")
        invoice = self.invoice(order)
        row = self.change(status="cancelled")
        self.damage(
            SQL("ALTER TABLE sale_channel_order_proposal ADD action varchar"),
            SQL("ALTER TABLE sale_channel_order_proposal ADD result_ref varchar"),
            SQL("DELETE FROM sale_channel_order_proposal_step"),
            SQL(
                "UPDATE sale_channel_order_proposal SET code = 'cancel_credit_note', "
                "action = 'credit_note', holds = NULL"
            ),
            SQL(
                "INSERT INTO sale_channel_order_proposal "
                "(order_id, code, action, state) VALUES (%(row)s, 'cancel_order', "
                "'cancel', 'open'), (%(row)s, 'review_lines', 'none', 'open'), "
                "(%(row)s, 'cancel_return', 'return', 'dismissed')",
                row=row.id,
            ),
            SQL(
                "INSERT INTO sale_channel_order_proposal (order_id, code, action, "
                "state, result_ref) VALUES (%s, 'review_refund', 'credit_note', "
                "'applied', %s)",
                row.id,
                f"account.move,{invoice.id}",
            ),
            SQL("UPDATE sale_order SET channel_hold = NULL WHERE id = %s", order.id),
        )
        self.assertFalse(order.channel_hold)
        self.migrate()
        opened = row.proposal_ids.filtered(lambda p: p.state == "open")
        self.assertEqual(
            sorted(opened.mapped("code")), ["cancel_order", "review_lines"]
        )
        cancelled = opened.filtered(lambda p: p.code == "cancel_order")
        self.assertEqual(
            cancelled.step_ids.sorted("sequence").mapped("kind"),
            ["cancel", "credit_note"],
        )
        self.assertTrue(cancelled.is_applicable)
        applied = row.proposal_ids.filtered(lambda p: p.state == "applied")
        self.assertEqual(applied.step_ids.result_ref, invoice)
        self.assertEqual(applied.result_name, invoice.display_name)
        self.assertEqual(order.channel_hold, "cancelled")
        with self.assertRaises(UserError):
            self.deliver(order)
        cancelled.action_apply()
        self.assertEqual(order.state, "cancel")

    def test_twins_of_before(self):
        twin = self.tax_21._get_included_twins()
        self.env["account.tax"].flush_model()
        taxed = self.tax_21.invoice_repartition_line_ids.filtered("account_id")
        account = self.env["account.account"].search(
            [("company_ids", "in", self.company.ids)], limit=1
        )
        self.assertNotEqual(taxed.account_id, account)
        self.damage(
            SQL(
                "UPDATE account_tax_repartition_line SET account_id = %s WHERE id = %s",
                account.id,
                taxed.id,
            ),
            SQL(
                "UPDATE account_tax SET include_base_amount = TRUE, amount = 22 "
                "WHERE id = %s",
                self.tax_21.id,
            ),
        )
        self.migrate()
        self.assertEqual(self.tax_21.included_twin_id, twin)
        self.assertEqual((twin.amount, twin.include_base_amount), (22, True))
        self.assertIn(account, twin.invoice_repartition_line_ids.account_id)

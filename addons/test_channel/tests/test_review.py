"""What reviewers found: each of these went wrong once."""

from odoo.tests import Form, tagged

from .common import FakeCase


@tagged("post_install", "-at_install")
class TestReview(FakeCase):
    def test_a_twin_is_no_part_of_a_fiscal_position(self):
        """It would be added to every order that is not a channel's."""
        position = self.env["account.fiscal.position"].create(
            {"name": "Exento", "company_id": self.company.id}
        )
        exempt = self.tax_21.copy(
            {
                "name": "Exento de prueba",
                "amount": 5,
                "fiscal_position_ids": [(6, 0, position.ids)],
                "original_tax_ids": [(6, 0, self.tax_21.ids)],
            }
        )
        before = position.map_tax(self.tax_21)
        self.assertEqual(before, exempt)
        exempt._get_included_twins()
        position.invalidate_recordset()
        self.assertEqual(position.map_tax(self.tax_21), before)

    def test_fetch_again_imports_what_was_rejected(self):
        row = self.bring(lines=[{"sku": "LATER", "quantity": "1", "price": "121.00"}])
        self.assertEqual(row.error_code, "product_unknown")
        self.make_product("LATER", self.tax_21)
        row.action_fetch_again()
        self.run_flow()
        self.assertEqual(row.state, "imported", row.error_message)

    def test_a_warning_of_fraud_after_the_import(self):
        order = self.imported("F1")
        row = self.inbox("F1")
        self.put("F1", suspicious=True)
        self.run_flow()
        self.assertTrue(row.needs_review)
        self.assertIn("review_fraud", row.event_ids.mapped("code"))
        self.assertEqual(order.state, "sale")

    def test_an_order_that_a_person_deleted_does_not_come_back(self):
        order = self.imported("F1")
        row = self.inbox("F1")
        order._action_cancel()
        order.unlink()
        self.put("F1", noise="x")
        self.run_flow()
        self.assertFalse(row.sale_order_id)
        self.assertTrue(row.needs_review)
        row.action_fetch_again()
        self.run_flow()
        self.assertTrue(row.sale_order_id)

    def test_who_never_bought_is_no_customer(self):
        before = self.env["res.partner"].search_count([])
        row = self.bring(status="cancelled")
        self.assertEqual(row.state, "cancelled")
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    def test_a_new_start_date_reads_from_there(self):
        self.imported()
        state = self.flow()._get_state()
        scope = state.cursor["scope"]
        self.channel.orders_from = "2026-02-01 00:00:00"
        self.run_flow()
        self.assertNotEqual(state.cursor["scope"], scope)

    def test_people_without_channel_rights_open_the_order(self):
        order = self.imported()
        for login, group in (
            ("accountant", "account.group_account_invoice"),
            ("salesman", "sales_team.group_sale_salesman_all_leads"),
        ):
            user = self.make_user(login, group)
            self.env.invalidate_all()
            with self.subTest(login), Form(order.with_user(user)) as form:
                self.assertEqual(form.name, order.name)

    def test_a_salesman_opens_the_channel(self):
        user = self.make_user("seller", "sales_team.group_sale_salesman_all_leads")
        self.env.invalidate_all()
        with Form(self.channel.with_user(user)) as form:
            self.assertEqual(form.name, self.channel.name)

    def test_nobody_deletes_from_the_inbox(self):
        row = self.bring()
        manager = self.make_user("boss", "channel_base.group_channel_manager")
        self.assertFalse(row.with_user(manager).has_access("unlink"))

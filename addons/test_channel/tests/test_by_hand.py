"""What people do when an order did not come in, or is wanted from another time."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.channel_base.lib.errors import Rejected
from odoo.addons.channel_order.tools import upgrade

from .test_follow import FollowCase

UNKNOWN = {"sku": "NOT-THERE", "quantity": "3", "price": "10.00"}
KNOWN = {"sku": "FAKE-1", "quantity": "2", "price": "121.00"}


@tagged("post_install", "-at_install")
class TestEnterByHand(FollowCase):
    def wizard(self, row, **values):
        return self.env["sale.channel.order.manual"].create(
            {"order_id": row.id, **values}
        )

    def test_the_quotation_settles_the_row(self):
        row = self.bring("F1", lines=[KNOWN, UNKNOWN])
        self.assertEqual(row.state, "rejected")
        wizard = self.wizard(row)
        self.assertEqual(wizard.partner_id, row.partner_id)
        action = wizard.action_enter()
        order = self.env["sale.order"].browse(action["res_id"])
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.client_order_ref, "F1")
        line, note = order.order_line
        self.assertEqual((line.product_uom_qty, line.price_unit), (2, 121.0))
        self.assertIn("NOT-THERE", note.name)
        self.make_product("NOT-THERE", self.tax_21)
        self.assertFalse(row.sale_order_id.channel_hold)
        row.action_retry()
        self.run_flow()
        row.action_fetch_again()
        self.run_flow()
        self.assertEqual((row.state, row.sale_order_id), ("imported", order))
        self.assertEqual(
            self.env["sale.order"].search([("client_order_ref", "=", "F1")]), order
        )

    def test_a_later_change_is_proposed(self):
        row = self.bring("F1", lines=[KNOWN, UNKNOWN])
        self.wizard(row).action_enter()
        row = self.change(lines=[KNOWN])
        self.assertEqual(self.open_codes(row), ["review_lines"])

    def test_only_what_did_not_go_through_is_entered(self):
        """Also over RPC, where no button hides."""
        row = self.bring("F1", status="pending")
        self.assertEqual((row.state, row.sync_state), ("received", "done"))
        with self.assertRaises(UserError):
            self.wizard(row).action_enter()
        cancelled = self.bring("F2", status="cancelled")
        with self.assertRaises(UserError):
            self.wizard(cancelled).action_enter()
        self.assertFalse(row.sale_order_id or cancelled.sale_order_id)

    def test_an_order_that_was_made_already(self):
        row = self.bring("F1", lines=[UNKNOWN])
        order = self.env["sale.order"].create({"partner_id": row.partner_id.id})
        self.wizard(row, sale_order_id=order.id).action_enter()
        self.assertEqual((row.state, row.sale_order_id), ("imported", order))
        self.assertFalse(order.order_line)

    def test_data_that_cannot_be_read(self):
        row = self.bring("F1", lines=None)
        self.assertEqual(row.error_code, "payload_invalid")
        wizard = self.wizard(row)
        with self.assertRaises(UserError):
            wizard.action_enter()
        wizard.partner_id = self.env["res.partner"].create({"name": "Ana Díaz"})
        wizard.action_enter()
        self.assertEqual(row.sale_order_id.partner_id.name, "Ana Díaz")

    def lose_provider(self):
        """What an uninstall leaves."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE sale_channel SET channel_type = NULL WHERE id = %s",
                self.channel.id,
            )
        )
        self.env.invalidate_all()

    def test_an_order_whose_provider_is_gone(self):
        row = self.bring("F1", lines=[KNOWN, UNKNOWN])
        self.lose_provider()
        upgrade.repair_rows(self.env)
        self.wizard(row).action_enter()
        self.assertEqual(row.sale_order_id.partner_id, row.partner_id)

    def test_nothing_works_without_a_provider(self):
        row = self.bring("F1", lines=[KNOWN, UNKNOWN])
        self.lose_provider()
        provider = self.channel._get_provider()
        for ask in (
            lambda: provider._get_order_source(self.channel),
            lambda: provider._get_status_writer(self.channel),
            row._read_order,
        ):
            with self.assertRaisesRegex(Rejected, "no_provider"):
                ask()
        self.run_flow()
        self.assertIn("Nothing is installed", self.flow().last_error)

    def test_not_twice_and_not_while_it_is_tried(self):
        row = self.bring("F1", lines=[UNKNOWN])
        wizard = self.wizard(row)
        row.action_retry()
        with self.assertRaises(UserError):
            wizard.action_enter()
        self.run_flow()
        wizard.action_enter()
        with self.assertRaises(UserError):
            self.wizard(row).action_enter()

    def test_only_channel_users(self):
        row = self.bring("F1", lines=[UNKNOWN])
        stranger = self.make_user("stranger", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            row.with_user(stranger).action_enter_by_hand()


@tagged("post_install", "-at_install")
class TestImportOrders(FollowCase):
    def setUp(self):
        super().setUp()
        self.channel.orders_from = "2026-06-01 00:00:00"

    def old(self, external_id, day):
        return self.put(external_id, placed_at=f"2026-02-{day:02}T12:00:00")

    def ask(self, **values):
        wizard = self.env["sale.channel.order.import"].create(
            {"channel_id": self.channel.id, **values}
        )
        result = wizard.action_import()
        self.run_flow()
        return result

    def test_chosen_numbers(self):
        self.old("OLD-1", 1)
        self.old("OLD-2", 2)
        self.run_flow()
        self.assertEqual(self.inbox("OLD-1").state, "early")
        self.ask(numbers="OLD-1, OLD-1\n NOT-KNOWN;")
        self.assertEqual(self.inbox("OLD-1").state, "imported")
        self.assertEqual(self.inbox("OLD-2").state, "early")
        self.assertEqual(self.inbox("NOT-KNOWN").state, "rejected")

    def test_a_period(self):
        for day in range(1, 11):
            self.old(f"OLD-{day}", day)
        self.run_flow()
        self.ask(
            mode="period",
            date_from="2026-02-03 00:00:00",
            date_to="2026-02-06 00:00:00",
        )
        states = {day: self.inbox(f"OLD-{day}").state for day in range(1, 11)}
        imported = [day for day, state in states.items() if state == "imported"]
        self.assertEqual(imported, [3, 4, 5])
        request = self.env["sale.channel.order.request"].search(
            [("channel_id", "=", self.channel.id)]
        )
        self.assertEqual((request.done, request.found_count), (True, 3))

    def test_bad_wishes(self):
        now = fields.Datetime.now()
        for values in (
            {"numbers": " ,;\n"},
            {"numbers": " ".join(str(number) for number in range(600))},
            {"mode": "period", "date_from": now, "date_to": now - timedelta(days=1)},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                self.ask(**values)
        self.flow().enabled = False
        with self.assertRaises(UserError):
            self.ask(numbers="1")


@tagged("post_install", "-at_install")
class TestPayments(FollowCase):
    def setUp(self):
        super().setUp()
        self.bank = self.env["account.journal"].search(
            [("company_id", "=", self.company.id), ("type", "=", "bank")], limit=1
        )
        self.method = self.bank.inbound_payment_method_line_ids[:1]
        outstanding = self.env["account.account"].search(
            [("company_ids", "in", self.company.ids), ("reconcile", "=", True)], limit=1
        )
        self.method.payment_account_id = outstanding
        self.env["sale.channel.mapping"].create(
            {
                "channel_id": self.channel.id,
                "kind_id": self.env.ref("channel_order.kind_payment_method").id,
                "external_value": "card",
                "res_id": self.method.id,
            }
        )

    def test_what_the_channel_collected_is_on_the_order(self):
        self.imported("F1")
        payment = self.inbox("F1").payment_ids
        self.assertEqual(
            (payment.external_id, payment.method, payment.status, payment.amount),
            ("PF1", "card", "approved", 242.0),
        )
        self.assertEqual(payment.payment_method_line_id, self.method)
        self.change(refunded="10.00")
        self.assertEqual(payment.refunded, 10.0)
        self.assertEqual(len(self.inbox("F1").payment_ids), 1)
        before = payment.write_date
        self.change(noise="x")
        self.assertEqual(payment.write_date, before)

    def test_registered_on_the_invoice(self):
        self.channel.payment_registration = "invoice"
        invoice = self.invoice(self.imported("F1"))
        payment = self.inbox("F1").payment_ids
        self.assertEqual(payment.payment_ids.amount, 242.0)
        self.assertEqual(payment.payment_ids.journal_id, self.bank)
        self.assertEqual(str(payment.payment_ids.date), "2026-11-01")
        self.assertEqual(invoice.amount_residual, 0)
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))

    def test_not_registered_unless_asked(self):
        invoice = self.invoice(self.imported("F1"))
        self.assertEqual(invoice.payment_state, "not_paid")

    def test_what_was_refunded_is_not_registered(self):
        self.channel.payment_registration = "invoice"
        self.put("F1", refunded="42.00")
        invoice = self.invoice(self.imported("F1"))
        self.assertAlmostEqual(invoice.amount_residual, 42.0)

    def test_a_payment_without_method_does_not_stop_the_invoice(self):
        self.channel.payment_registration = "invoice"
        invoice = self.invoice(self.imported("F1", payment="barter"))
        self.assertEqual(invoice.state, "posted")
        codes = self.inbox("F1").event_ids.mapped("code")
        self.assertIn("payment_method_missing", codes)

    def test_a_payment_that_odoo_refuses_does_not_stop_the_invoice(self):
        self.channel.payment_registration = "invoice"
        order = self.imported("F1")
        self.method.payment_account_id = False
        self.bank.active = False
        invoice = self.invoice(order)
        self.assertEqual(invoice.state, "posted")


@tagged("post_install", "-at_install")
class TestReport(FollowCase):
    def test_by_reason(self):
        self.bring("F1", lines=[UNKNOWN])
        self.bring("F2", lines=[{**UNKNOWN, "sku": "NEITHER"}])
        self.imported("F3")
        groups = self.env["sale.channel.order"].formatted_read_group(
            [("channel_id", "=", self.channel.id)],
            ["reason"],
            ["__count", "goods_total:sum"],
        )
        counts = {group["reason"]: group["__count"] for group in groups}
        self.assertEqual(counts, {"product_unknown": 2, False: 1})

    def test_reasons_read_without_their_parameters(self):
        labels = dict(self.env["sale.channel.order"]._selection_reason())
        self.assertEqual(labels["product_unknown"], "No product has the SKU “…”")
        self.assertFalse([label for label in labels.values() if "%(" in label])

    def test_a_code_that_nobody_knows(self):
        row = self.bring("F1", lines=[UNKNOWN])
        row.error_code = "http_418"
        self.assertEqual(row.reason, "http")
        row.error_code = "martian"
        self.assertEqual(row.reason, "other")

    def test_search_from_anything(self):
        self.imported("F1")
        row = self.inbox("F1")
        row.tracking_number = "TRACK-9"
        view = self.env["sale.channel.order"].get_view(view_type="search")
        self.assertIn("nickname, document or tracking", view["arch"])

    def test_five_thousand_rejected_rows_are_retried_at_once(self):
        rows = self.env["sale.channel.order"].create(
            [
                {
                    "channel_id": self.channel.id,
                    "external_id": f"R{number}",
                    "state": "rejected",
                    "sync_state": "error",
                    "error_code": "product_unknown",
                    "payload": "{}",
                }
                for number in range(5000)
            ]
        )
        rows.action_retry()
        self.assertEqual(set(rows.mapped("sync_state")), {"fetch"})
        self.assertEqual(set(rows.mapped("state")), {"received"})
        self.env.flush_all()
        claimed = self.env["sale.channel.order"]._claim(
            [("channel_id", "=", self.channel.id)], 25
        )
        self.assertEqual(len(claimed), 25)

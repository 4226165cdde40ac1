"""What happens to an order after it came in."""

from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.channel_order.lib.source import OrderReference

from .common import FakeCase

HOSTILE = ("a\x00b", "🛎️ \u202e evil", "'; DROP TABLE sale_order; --", "<b>x</b>")


@tagged("post_install", "-at_install")
class TestOrderLife(FakeCase):
    def receive(self, *references):
        return self.env["sale.channel.order.receiver"]._receive(
            self.channel, references
        )

    def test_a_cancellation_cancels_an_untouched_order(self):
        order = self.imported()
        self.put("F1", status="cancelled")
        self.run_flow()
        row = self.inbox("F1")
        self.assertEqual((row.state, order.state), ("cancelled", "cancel"))
        self.assertFalse(row.needs_review)
        self.assertEqual(set(order.picking_ids.mapped("state")), {"cancel"})

    def test_a_neutralised_copy_holds_nothing_of_what_the_channel_sent(self):
        order = self.imported()
        row = self.inbox("F1")
        self.assertTrue(row.payload)
        waiting = self.bring("F2", status="pending")
        waiting.sync_state = "process"
        self.env.flush_all()
        for query in get_neutralization_queries(["channel_order"]):
            self.cr.execute(query)
        self.env.invalidate_all()
        self.assertFalse(row.payload or row.payload_text or row.content_hash)
        self.assertEqual((row.state, row.sale_order_id), ("imported", order))
        # Nothing is processed that is not there.
        self.assertEqual((row.sync_state, waiting.sync_state), ("done", "fetch"))

    def assert_needs_review(self, order):
        self.put("F1", status="cancelled")
        self.run_flow()
        row = self.inbox("F1")
        self.assertEqual((row.state, order.state), ("cancelled", "sale"))
        self.assertTrue(row.needs_review)
        self.channel.invalidate_recordset()
        self.assertEqual(self.channel.review_count, 1)
        user = self.make_user("empleada", "channel_base.group_channel_user")
        row.with_user(user).action_reviewed()
        self.assertFalse(row.needs_review)

    def test_what_was_delivered_is_a_person_s_decision(self):
        order = self.imported()
        picking = order.picking_ids
        picking.move_ids.quantity = 2
        picking.move_ids.picked = True
        picking.button_validate()
        self.assertEqual(picking.state, "done")
        self.assert_needs_review(order)

    def test_what_was_invoiced_is_a_person_s_decision(self):
        self.product.invoice_policy = "order"
        order = self.imported()
        order._create_invoices()
        self.assert_needs_review(order)

    def test_what_was_locked_is_a_person_s_decision(self):
        order = self.imported()
        order.action_lock()
        self.assert_needs_review(order)

    def test_a_cancelled_order_that_never_came_in(self):
        row = self.bring(status="cancelled")
        self.assertEqual((row.state, row.sync_state), ("cancelled", "done"))
        self.assertFalse(row.sale_order_id)

    def test_a_late_change_of_no_consequence_is_only_told(self):
        self.imported()
        self.put("F1", noise="x")
        self.run_flow()
        row = self.inbox("F1")
        self.assertFalse(row.needs_review)
        self.assertIn("updated", row.event_ids.mapped("code"))

    def test_a_page_that_repeats_an_order(self):
        now = fields.Datetime.now()
        first = OrderReference("P1", {"1": "a"}, now)
        second = OrderReference("P1", {"2": "b"}, now)
        rows = self.receive(first, second, first)
        self.assertEqual(len(rows), 1)
        self.assertEqual(rows.seen_versions, {"1": "a", "2": "b"})
        self.assertFalse(self.receive(first))
        self.assertFalse(self.receive(second, first))
        self.assertEqual(len(self.inbox("P1")), 1)

    def test_a_new_version_starts_over(self):
        row = self.bring(lines=[{"sku": "NOT-THERE", "quantity": "1", "price": "1"}])
        self.assertEqual(row.state, "rejected")
        self.put("F1", lines=[{"sku": "FAKE-1", "quantity": "1", "price": "1"}])
        self.run_flow()
        self.assertEqual(row.state, "imported", row.error_message)

    def test_the_same_order_twice_is_refused_by_the_database(self):
        self.bring()
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            self.env["sale.channel.order"].create(
                {"channel_id": self.channel.id, "external_id": "F1"}
            )

    def test_two_channels_may_have_the_same_number(self):
        row = self.bring()
        other = self.make_channel(name="Otro")
        twin = self.env["sale.channel.order"].create(
            {"channel_id": other.id, "external_id": "F1"}
        )
        self.assertNotEqual(row, twin)

    def test_every_story_can_be_told(self):
        rows = self.bring() | self.bring(carrier="pigeon") | self.bring(status="??")
        rows |= self.bring(lines=[{"sku": "X", "quantity": "1", "price": "1"}])
        rows.action_retry()
        self.put("F1", status="cancelled")
        self.run_flow()
        for lang in ("es_AR", "pt_BR", "en_US"):
            self.env["res.lang"]._activate_lang(lang)
            for row in rows.with_context(lang=lang):
                self.assertTrue(all(row.event_ids.mapped("message")))
                self.assertNotIn(
                    "%(",
                    " ".join(
                        [*row.event_ids.mapped("message"), row.error_message or ""]
                    ),
                )

    def test_raw_data_is_for_managers(self):
        row = self.bring()
        manager = self.make_user("gestora", "channel_base.group_channel_manager")
        user = self.make_user("empleada", "channel_base.group_channel_user")
        self.assertIn("LUCIAROJAS", row.with_user(manager).payload_text)
        for name in ("payload", "payload_text", "error_detail"):
            with self.assertRaises(AccessError):
                row.with_user(user).read([name])
        with Form(row.with_user(user)) as form:
            self.assertEqual(form.external_id, "F1")
        seller = self.make_user("vendedora", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            row.with_user(seller).read(["number"])
        with self.assertRaises(AccessError):
            row.with_user(seller).action_retry()
        # The sale order and its customer stay readable.
        with Form(row.sale_order_id.with_user(seller)) as form:
            self.assertEqual(form.client_order_ref, "F1")

    def test_raw_data_is_deleted_after_its_time(self):
        row, waiting = self.bring(), self.bring(carrier="pigeon")
        pending = self.bring()
        pending.sync_state = "process"
        receiver = self.env["sale.channel.order.receiver"]
        rows = row | waiting | pending
        rows.payload_at = fields.Datetime.now() - timedelta(days=91)
        self.channel.payload_retention_days = 0
        receiver._gc_payloads()
        self.assertTrue(all(rows.mapped("payload")))
        self.channel.payload_retention_days = 90
        receiver._gc_payloads()
        self.assertEqual([bool(one.payload) for one in rows], [False, False, True])
        # Nothing is imported twice for having been forgotten.
        self.run_flow()
        self.assertFalse(row.payload)
        row.action_fetch_again()
        self.run_flow()
        self.assertEqual(len(row.sale_order_id), 1)
        orders = self.env["sale.order"].search([("client_order_ref", "=", "F1")])
        self.assertEqual(len(orders), 1)
        # What waited asks the channel again.
        waiting.blocked_mapping_id.res_id = self.carrier.id
        self.run_flow()
        self.assertEqual(waiting.state, "imported", waiting.error_message)

    def test_hostile_text_is_only_text(self):
        for number, value in enumerate(HOSTILE):
            external_id = self.put(
                f"H{number}",
                buyer={
                    "id": f"70{number}",
                    "nickname": value,
                    "name": value,
                    "phone": value,
                    "document": ["DNI", value],
                },
                tags=[value],
                lines=[
                    {
                        "sku": "FAKE-1",
                        "quantity": "1",
                        "price": "1.00",
                        "title": value,
                    }
                ],
            )
            with self.subTest(value=value):
                row = self.inbox(self.run_with(external_id))
                self.assertEqual(row.state, "imported", row.error_message)
                self.assertNotIn("\x00", row.payload)

    def test_hostile_statuses_and_services_end_in_the_inbox(self):
        for number, value in enumerate((*HOSTILE, "x" * 300)):
            row = self.bring(f"S{number}", status=value)
            self.assertEqual(row.sync_state, "blocked", row.error_message)
            row = self.bring(f"C{number}", carrier=value)
            self.assertEqual(row.sync_state, "blocked", row.error_message)

    def test_a_bundle_of_five_megabytes(self):
        row = self.bring(noise="ñ" * (5 * 1024 * 1024))
        self.assertEqual(row.state, "imported", row.error_message)
        self.assertGreater(len(row.payload), 5 * 1024 * 1024)

    def test_the_order_links_back(self):
        order = self.imported()
        row = self.inbox("F1")
        self.assertEqual(order.channel_order_id, row)
        action = order.action_view_on_channel()
        self.assertEqual(action["url"], "https://fake.example.com/orders/F1")
        self.assertEqual(row.action_open_sale_order()["res_id"], order.id)

    # Data that comes late

    def test_an_old_order_is_waited_for_too(self):
        placed = "2026-02-01T12:00:00"
        row = self.bring(complete=False, placed_at=placed)
        self.assertEqual((row.state, row.awaits_data), ("received", True))
        self.assertFalse(row.sale_order_id)
        # However often it is asked for within its hour.
        for _turn in range(20):
            self.make_due(row)
            self.run_flow()
        self.assertEqual(
            (row.state, row.sync_state, row.awaits_data),
            ("received", "fetch", True),
        )
        self.assertFalse(row.sale_order_id)
        self.pass_time(row, minutes=61)
        self.run_flow()
        self.assertEqual(row.state, "imported", row.error_message)
        self.assertEqual(
            fields.Datetime.to_string(row.sale_order_id.date_order),
            "2026-02-01 12:00:00",
        )

    def test_what_came_incomplete_is_read_again_for_some_hours(self):
        buyer = {"id": "501", "nickname": "", "name": "", "phone": "", "document": None}
        row = self.bring(buyer={**buyer, "billing_pending": True}, address=None)
        self.assertTrue(row.awaits_data)
        self.pass_time(row, minutes=61)
        self.run_flow()
        order = row.sale_order_id
        self.assertEqual((row.state, row.sync_state), ("imported", "fetch"))
        self.assertIn("501", order.partner_id.name)
        self.assertTrue(order._get_invoicing_obstacle())
        wait = row.next_attempt_at - fields.Datetime.now()
        self.assertGreater(wait, timedelta(minutes=15))
        self.assertLess(wait, timedelta(minutes=45))
        # The channel says nothing: neither a notification nor another version.
        remote = self.remote.orders["F1"]
        remote["buyer"] = {
            **buyer,
            "nickname": "LUCIAROJAS",
            "name": "Lucía Rojas",
            "document": ["DNI", "30111222"],
        }
        self.pass_time(row, hours=2)
        self.run_flow()
        self.assertEqual((row.state, row.sync_state), ("imported", "done"))
        self.assertEqual(row.sale_order_id, order)
        self.assertEqual(order.partner_id.vat, "30111222")
        self.assertEqual(order.partner_id.name, "LUCIAROJAS")

    def test_what_stays_incomplete_is_left_alone_in_the_end(self):
        row = self.bring(complete=False)
        self.pass_time(row, minutes=61)
        self.run_flow()
        self.assertEqual((row.state, row.sync_state), ("imported", "fetch"))
        order = row.sale_order_id
        self.assertEqual(order._get_invoicing_obstacle(), ("order_incomplete", {}))
        self.pass_time(row, hours=13)
        self.run_flow()
        self.assertNotEqual(order._get_invoicing_obstacle(), ("order_incomplete", {}))
        self.assertEqual((row.state, row.sync_state), ("imported", "done"))
        self.assertFalse(row.error_message)

    def test_what_is_retried_while_it_lacks_data_is_read_anew(self):
        row = self.bring(
            complete=False, lines=[{"sku": "LATER", "quantity": "1", "price": "121.00"}]
        )
        self.pass_time(row, minutes=61)
        self.run_flow()
        self.assertEqual(row.error_code, "product_unknown")
        self.remote.orders["F1"]["complete"] = True
        self.make_product("LATER", self.tax_21)
        self.run_flow()
        self.assertEqual((row.state, row.sync_state), ("imported", "done"))
        self.assertFalse(row.incomplete)

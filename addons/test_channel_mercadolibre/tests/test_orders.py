"""What only MercadoLibre does: carts, partial answers, its own traits, its tokens."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.test_channel.tests.common import FlowCase

from .common import OTHER_SELLER, SELLER, SKU, RemoteOrders

CATALOGUE = ("TERMO-1L", "MATE-CAL", "BOMB-AC", "NOTE-14")


@tagged("post_install", "-at_install")
class TestMercadoLibreOrders(RemoteOrders, FlowCase):
    provider = "mercadolibre"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        reduced = cls.find_tax(10.5)
        for sku in CATALOGUE:
            cls.make_product(sku, reduced if sku == "NOTE-14" else cls.tax_21)

    def setUp(self):
        super().setUp()
        self.remote_rows = {}
        self.start_sandbox()
        self.connect(self.channel)

    def trait(self, name, **values):
        """A purchase that is special in one way; its inbox row after a run."""
        made = self.control(
            "orders",
            {
                "seller_id": SELLER,
                "skus": [SKU],
                "trait": name,
                "shipment": self._patches({})["shipment"],
                **values,
            },
        )[0]
        self.run_flow()
        return self.inbox(str(made["pack_id"] or made["order_id"]))

    def test_a_cart_is_one_order(self):
        made = self.control(
            "orders",
            {
                "seller_id": SELLER,
                "n": 3,
                "pack": True,
                "skus": list(CATALOGUE),
                "shipment": self._patches({})["shipment"],
            },
        )
        self.assertEqual(len(made), 3)
        self.run_flow()
        row = self.inbox(str(made[0]["pack_id"]))
        self.assertEqual(row.state, "imported", row.error_message)
        order = row.sale_order_id
        self.assertEqual(len(order.order_line), 3)
        total = sum(one["goods_total"] for one in made)
        self.assertAlmostEqual(order.amount_total, total, 2)
        self.assertEqual(
            sorted(order.order_line.mapped("channel_line_ref")),
            sorted(str(one["order_id"]) for one in made),
        )
        rows = self.env["sale.channel.order"].search(
            [("channel_id", "=", self.channel.id)]
        )
        self.assertEqual(rows, row)
        self.assertIn(str(made[0]["pack_id"]), row.action_view_on_channel()["url"])

    def test_several_orders_are_read_at_once(self):
        wanted = [self.remote_order() for _number in range(12)]
        self.run_flow()
        rows = [self.inbox(external_id) for external_id in wanted]
        for row in rows:
            self.assertEqual(row.state, "imported", row.error_message)
        run = self.channel.run_ids
        self.assertEqual((run.received_count, run.processed_count), (12, 12))
        # The rest are calls of the connection's test and of the control API.
        self.assertLessEqual(run.call_count, 12 * 4 + 1)

    def test_another_run_of_unchanged_orders_only_searches(self):
        self.remote_order()
        self.run_flow()
        before = self.routes()
        self.run_flow()
        after = self.routes()
        used = [
            route for route, calls in after.items() if calls != before.get(route, 0)
        ]
        self.assertEqual(len(used), 1, used)
        self.assertIn("search", used[0])

    def test_what_must_not_be_imported(self):
        for name, code in (
            ("fraud", "fraud_risk"),
            ("other_currency", "currency_"),
            ("unknown_sku", "product_unknown"),
            ("no_sku", "sku_missing"),
        ):
            with self.subTest(trait=name):
                row = self.trait(name)
                self.assertEqual(row.state, "rejected", row.error_code)
                self.assertTrue(row.error_code.startswith(code), row.error_code)
                self.assertFalse(row.sale_order_id)
                self.assertTrue(row.partner_id)

    def test_what_is_imported_all_the_same(self):
        for name in (
            "test_order",
            "partially_refunded",
            "bad_document",
            "no_billing",
            "legacy_only",
            "missing_zip",
            "missing_city",
            "long_comment",
            "lower_case",
            "partial_feedback",
            "to_be_agreed",
        ):
            with self.subTest(trait=name):
                values = {"shipment": {}} if name == "to_be_agreed" else {}
                row = self.trait(name, **values)
                self.assertEqual(row.state, "imported", row.error_message)
                self.assertTrue(row.partner_id and row.sale_order_id)

    def test_what_waits(self):
        row = self.trait("unknown_status")
        self.assertEqual(row.sync_state, "blocked")
        self.assertEqual(row.blocked_mapping_id.kind_id.code, "order_status")
        row = self.trait("awaiting_payment")
        self.assertEqual((row.state, row.sync_state), ("received", "done"))

    def test_an_order_waits_for_its_shipment_but_not_for_ever(self):
        row = self.trait("shipping_null", shipment={})
        self.assertEqual((row.state, row.awaits_data), ("received", True))
        # An old order, too: a history that is imported, or Odoo that was down.
        placed = fields.Datetime.now() - timedelta(hours=2)
        old = self.trait(
            "shipping_null",
            shipment={},
            order={"date_created": f"{placed.isoformat(timespec='seconds')}.000Z"},
        )
        self.assertEqual((old.state, old.awaits_data), ("received", True))
        for one in (row, old):
            self.pass_time(one, minutes=61)
        self.run_flow()
        self.assertEqual((row | old).mapped("state"), ["imported"] * 2)

    def test_a_document_in_preparation_is_waited_for(self):
        """Told as nulls, or not at all although the billing info has an id."""
        nulls = {"identification": {"type": None, "number": None}}
        for number, told in enumerate((nulls, {"identification": None})):
            billing = {"buyer": {"billing_info": {**told, "taxes": None}}}
            made = self.control(
                "orders",
                {
                    "seller_id": SELLER,
                    "skus": [SKU],
                    "shipment": self._patches({})["shipment"],
                    "billing": billing,
                },
            )[0]
            self.run_flow()
            row = self.inbox(str(made["pack_id"] or made["order_id"]))
            with self.subTest(told=told):
                self.assertEqual((row.state, row.awaits_data), ("received", True))
                self.assertFalse(row.sale_order_id)
                self.assertTrue(row.identity_id.pending)
                if number:
                    # It takes longer than an hour: imported, and read on.
                    self.pass_time(row, minutes=61)
                    self.run_flow()
                    self.assertEqual(row.state, "imported", row.error_message)
                    self.assertEqual(row.sync_state, "fetch")
                document = {"type": "DNI", "number": f"3011122{number}"}
                told = {"buyer": {"billing_info": {"identification": document}}}
                self.control(f"billing/{made['billing_id']}", told)
                self.make_due(row)
                self.run_flow()
                self.assertEqual((row.state, row.sync_state), ("imported", "done"))
                partner = row.sale_order_id.partner_id
                self.assertEqual(partner.vat, document["number"])

    def test_a_buyer_that_came_late_is_no_number_for_ever(self):
        row = self.trait("partial_buyer")
        self.assertEqual((row.state, row.awaits_data), ("received", True))
        self.pass_time(row, minutes=61)
        self.run_flow()
        self.assertEqual((row.state, row.sync_state), ("imported", "fetch"))

    def test_an_incomplete_answer_is_asked_for_again(self):
        row = self.trait("partial_twice")
        self.assertEqual((row.state, row.awaits_data), ("received", True))
        self.assertFalse(row.sale_order_id)
        for _turn in range(2):
            self.make_due(row)
            self.run_flow()
        self.assertEqual(row.state, "imported", row.error_message)

    def test_an_expired_token_is_renewed_before_the_run(self):
        external_id = self.remote_order()
        self.control("tokens/expire", {"seller_id": SELLER})
        credential = self.channel._get_credential()
        self.run_flow()
        row = self.inbox(external_id)
        self.assertEqual(row.state, "imported", row.error_message)
        self.assertEqual(credential.renewal_count, 2)

    def test_a_revoked_access_needs_a_person_and_loses_nothing(self):
        external_id = self.remote_order()
        self.control("tokens/revoke", {"seller_id": SELLER})
        for _turn in range(2):
            self.run_flow()
        self.assertEqual(self.flow().failures, 2)
        run = self.channel.run_ids.sorted("id")[-1]
        self.assertEqual((run.state, run.error_code), ("failed", "auth_required"))
        summaries = self.channel.activity_ids.mapped("summary")
        self.assertEqual(len(summaries), len(set(summaries)))
        self.connect(self.channel)
        self.run_flow()
        self.assertEqual(self.inbox(external_id).state, "imported")
        self.assertEqual(self.flow().failures, 0)

    def test_another_account_s_orders_are_not_seen(self):
        self.control("orders", {"seller_id": OTHER_SELLER, "skus": [SKU]})
        self.run_flow()
        self.assertFalse(self.channel.channel_order_ids)

    def test_no_secret_in_what_is_stored(self):
        credential = self.channel._get_credential()
        secrets = [
            credential.access_token,
            credential.refresh_token,
            credential.client_secret,
        ]
        external_id = self.remote_order()
        self.remote_fault("429")
        self.run_flow()
        row = self.inbox(external_id)
        self.make_due(row)
        self.run_flow()
        run = self.channel.run_ids
        stored = str(row.read()) + str(row.event_ids.read()) + str(run.read())
        for secret in secrets:
            self.assertNotIn(secret, stored)

"""What is particular to orders of a Medusa shop."""

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.test_channel.tests.common import FlowCase

from .common import SKU, RemoteOrders


@tagged("post_install", "-at_install")
class TestMedusaOrders(RemoteOrders, FlowCase):
    provider = "medusa"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.termo = cls.make_product(SKU, cls.tax_21)
        freight = cls.env["product.product"].create(
            {"name": "Envío", "type": "service", "taxes_id": [(6, 0, cls.tax_21.ids)]}
        )
        discount = cls.env["product.product"].create(
            {"name": "Descuento", "type": "service"}
        )
        cls.channel.shipping_product_id = freight
        cls.channel.discount_product_id = discount

    def setUp(self):
        super().setUp()
        self.start_sandbox()
        self.credential = self.connect(self.channel)

    def buy(self, capture=True, **wish):
        wish.setdefault("items", [{"sku": SKU, "quantity": 2, "price": 121}])
        key = self.control("orders", wish)["id"]
        if capture:
            self.control(f"orders/{key}/capture", {})
        return key

    def bring(self, **wish):
        row = self.inbox(self.run_with(self.buy(**wish)))
        self.assertEqual(row.state, "imported", row.error_message)
        return row

    def run_answers(self):
        flow = self.flow("orders_answer")
        flow.enabled = True
        self.env["sale.channel.order.answer"].search(
            [("channel_id", "=", self.channel.id), ("sync_state", "=", "pending")]
        ).next_attempt_at = fields.Datetime.now()
        flow._get_state().write({"last_run_at": False, "retry_at": False})
        with self.enter_registry_test_mode():
            flow.cron_id.method_direct_trigger()
        self.env.invalidate_all()

    def use(self, **slots):
        self.channel.action_load_statuses()
        for slot, code in slots.items():
            self.channel[f"{slot}_status_id"] = self.env["sale.channel.status"].search(
                [("channel_id", "=", self.channel.id), ("code", "=", code)]
            )

    # Connection

    def test_connecting_names_the_shop_and_loads_its_sales_channels(self):
        self.assertEqual(self.credential.account_id, "store_01")
        self.assertEqual(self.credential.account_name, "Tienda Sur")
        sentence = self.channel._get_provider()._check_connection(self.channel)
        self.assertIn("Tienda Sur", sentence)
        teams = self.channel.mapping_ids.filtered(lambda m: m.kind_id.code == "team")
        self.assertEqual(set(teams.mapped("external_value")), {"sc_web", "sc_pos"})

    def test_a_key_that_is_refused(self):
        self.enter_keys(self.channel, client_secret="sk_ffffffffffffffff")
        with self.assertRaises(Exception) as caught:
            self.connect_again()
        self.assertNotIn("sk_ffffffffffffffff", str(caught.exception))
        self.assertNotEqual(self.credential.state, "connected")

    def connect_again(self):
        with self.enter_registry_test_mode():
            self.channel._get_provider()._start_connection(self.channel)

    def test_without_an_address_or_a_key_nothing_is_asked(self):
        for missing in ("api_url", "client_secret"):
            with self.subTest(missing=missing), self.assertRaises(UserError):
                self.enter_keys(self.channel, **{missing: False})
                self.connect_again()

    def test_only_the_shop_s_own_sales_channels_can_be_chosen(self):
        mapping = self.env["sale.channel.mapping"]._ensure(
            self.channel, "carrier", "other"
        )
        with self.assertRaises(ValidationError):
            self.channel.medusa_sales_channel_id = mapping

    # Orders

    def choose_sales_channel(self, value):
        self.channel.medusa_sales_channel_id = self.channel.mapping_ids.filtered(
            lambda m: m.external_value == value
        )

    def test_only_orders_of_the_chosen_sales_channel(self):
        self.choose_sales_channel("sc_web")
        mine, other = self.buy(), self.buy(sales_channel_id="sc_pos")
        self.run_flow()
        self.assertEqual(self.inbox(mine).state, "imported")
        self.assertFalse(self.inbox(other))
        # Somebody who names it gets no further.
        self.assertTrue(self.keep(*self.announce(other)))
        self.run_flow()
        self.assertFalse(self.inbox(other))

    def test_the_total_to_the_cent(self):
        """Promotions, freight, floats that nobody rounded, prices without taxes."""
        self.make_product("MATE", self.tax_21)
        for wish in (
            {"items": [{"sku": SKU, "quantity": 3, "price": 3333.33}]},
            {"items": [{"sku": SKU, "price": 12100.5, "discount": 1210.05}]},
            {
                "items": [
                    {"sku": SKU, "price": 12100.5, "discount": 1210.05},
                    {"sku": "MATE", "quantity": 3, "price": 3333.33, "discount": 1.999},
                ],
                "shipping": {"option": "standard", "amount": 1500.505},
            },
            {
                "items": [{"sku": SKU, "quantity": 7, "price": 14.333}],
                "tax_inclusive": False,
            },
        ):
            for mode in ("included", "excluded"):
                with self.subTest(wish=wish, mode=mode):
                    self.channel.price_tax_mode = mode
                    row = self.bring(**wish)
                    total = self.control(f"orders/{row.external_id}")["total"]
                    got = row.sale_order_id.amount_total
                    slack = 0 if mode == "included" else 0.02
                    self.assertLessEqual(abs(got - round(total, 2)), slack + 1e-6)

    def test_a_capture_without_a_date_is_seen(self):
        row = self.inbox(self.run_with(self.buy(capture=False)))
        order = row.sale_order_id
        self.assertEqual((row.state, order.state), ("reserved", "sale"))
        before = self.control(f"orders/{row.external_id}")["updated_at"]
        self.control(f"orders/{row.external_id}/capture", {})
        after = self.control(f"orders/{row.external_id}")["updated_at"]
        self.assertEqual(before, after)
        self.sandbox.clock.advance(3600)
        self.run_flow()
        self.assertEqual((row.state, row.sale_order_id), ("imported", order))

    def test_what_is_paid_is_not_asked_for_again(self):
        row = self.bring()
        provider = self.channel._get_provider()
        self.assertNotIn(row.external_id, provider._get_open_ids(self.channel))
        waiting = self.inbox(self.run_with(self.buy(capture=False)))
        self.assertEqual(provider._get_open_ids(self.channel), [waiting.external_id])

    def test_however_many_are_open_none_is_forgotten(self):
        self.env["sale.channel.order"].create(
            [
                {
                    "channel_id": self.channel.id,
                    "external_id": f"order_{number}",
                    "external_status": "order:pending | payment:authorized",
                    "placed_at": fields.Datetime.now(),
                }
                for number in range(520)
            ]
        )
        found = self.channel._get_provider()._get_open_ids(self.channel)
        self.assertEqual(len(found), 520)

    def test_an_edited_order_is_followed(self):
        row = self.bring(items=[{"sku": SKU, "quantity": 2, "price": 121}])
        item = self.control(f"orders/{row.external_id}")["items"][0]["id"]
        self.control(f"orders/{row.external_id}/edit", {"items": {item: 5}})
        self.run_flow()
        self.assertEqual(row.sale_order_id.order_line.product_uom_qty, 5)
        self.assertEqual(row.sale_order_id.amount_total, 605)

    def test_store_credit_is_a_discount_and_a_refund_is_none(self):
        credit = {"amount": 42, "reference": "store-credit", "reference_id": "x"}
        row = self.bring(order={"credit_lines": [credit]})
        self.assertEqual(row.sale_order_id.amount_total, 200)
        self.control(f"orders/{row.external_id}/refund", {"amount": 100})
        self.run_flow()
        self.assertEqual(row.sale_order_id.amount_total, 200)
        self.assertTrue(row.needs_review)

    def test_a_guest_is_one_customer(self):
        first = self.bring(customer_id="cus_guest", email="a@example.com")
        second = self.bring(customer_id="cus_guest", email="a@example.com")
        self.assertEqual(first.partner_id, second.partner_id)
        self.assertEqual(self.emails(first), ["a@example.com"])

    def emails(self, row):
        contacts = row.partner_id.child_ids.filtered(lambda c: c.type == "contact")
        return contacts.mapped("email")

    def test_what_only_fills_fields_erases_nothing(self):
        row = self.bring(metadata={"dni": "30111222"})
        self.assertEqual(row.partner_id.vat, "30111222")
        nothing = {"first_name": "No informado", "last_name": "-", "phone": "N/A"}
        again = self.bring(
            metadata={"dni": "00000000"},
            address=nothing,
            email="noinformado@example.com",
        )
        self.assertEqual(again.partner_id, row.partner_id)
        self.assertEqual(row.partner_id.name, "Lucía Rojas")
        self.assertEqual(row.partner_id.vat, "30111222")
        self.assertEqual(self.emails(row), ["lucia@example.com"])

    # Slots

    def test_received_and_rejected_are_marks(self):
        self.use(received="metadata:received", rejected="metadata:rejected")
        row = self.bring(metadata={"note": "kept"})
        refused = self.inbox(
            self.run_with(self.buy(items=[{"sku": "NOT-THERE", "price": 1}]))
        )
        self.run_answers()
        self.run_answers()
        marks = {
            key: self.control(f"orders/{key}")["metadata"]
            for key in (row.external_id, refused.external_id)
        }
        self.assertEqual(
            marks[row.external_id], {"note": "kept", "odoo_status": "received"}
        )
        self.assertEqual(marks[refused.external_id], {"odoo_status": "rejected"})
        # What we wrote ourselves is nothing new.
        self.run_flow()
        self.assertEqual((row.state, row.needs_review), ("imported", False))
        self.run_answers()
        self.assertEqual(row.answer_ids.mapped("outcome"), ["written"])

    def ship(self, order, quantity=None, tracking=False):
        picking = order.picking_ids.filtered(lambda p: p.state != "done")
        for move in picking.move_ids:
            move.quantity = quantity or move.product_uom_qty
        picking.move_ids.picked = True
        picking.carrier_tracking_ref = tracking
        picking.with_context(skip_backorder=True).button_validate()
        return picking

    def test_a_delivery_is_told_with_its_tracking(self):
        self.use(**{"return": "fulfillment:shipped"})
        row = self.bring(items=[{"sku": SKU, "quantity": 5, "price": 121}])
        self.assertFalse(row.answer_ids)
        self.ship(row.sale_order_id, 2, "TR-1")
        self.run_answers()
        order = self.control(f"orders/{row.external_id}")
        self.assertEqual(order["fulfillment_status"], "partially_shipped")
        [first] = order["fulfillments"]
        self.assertEqual(first["labels"][0]["tracking_number"], "TR-1")
        self.assertEqual(first["items"][0]["quantity"], 2)
        self.assertTrue(first["no_notification"])
        self.ship(row.sale_order_id, 3, "TR-2")
        self.run_answers()
        order = self.control(f"orders/{row.external_id}")
        self.assertEqual(order["fulfillment_status"], "shipped")
        self.assertEqual(row.answer_ids.mapped("outcome"), ["written", "written"])
        self.run_flow()
        self.assertEqual((row.state, row.needs_review), ("imported", False))

    def test_deliveries_that_leave_together_are_told_each(self):
        self.use(**{"return": "fulfillment:shipped"})
        row = self.bring(items=[{"sku": SKU, "quantity": 5, "price": 121}])
        whole = row.sale_order_id.picking_ids
        rest = whole.copy({"move_ids": []})
        rest.move_ids = whole.move_ids.copy(
            {"picking_id": rest.id, "product_uom_qty": 3}
        )
        whole.move_ids.product_uom_qty = 2
        rest.action_confirm()
        both = whole | rest
        for picking, name in zip(both, ("TR-1", "TR-2"), strict=True):
            for move in picking.move_ids:
                move.quantity = move.product_uom_qty
            picking.carrier_tracking_ref = name
        both.move_ids.picked = True
        both.with_context(skip_backorder=True).button_validate()
        ref = row.sale_order_id.order_line.channel_line_ref
        self.assertEqual(
            {answer.picking_id: answer.parcel_lines for answer in row.answer_ids},
            {whole: {ref: "2"}, rest: {ref: "3"}},
        )
        for _turn in range(2):
            self.run_answers()
        found = self.control(f"orders/{row.external_id}")["fulfillments"]
        self.assertEqual([one["items"][0]["quantity"] for one in found], [2, 3])

    def test_a_delivery_whose_answer_was_lost_is_told_once(self):
        self.use(**{"return": "fulfillment:delivered"})
        row = self.bring()
        self.ship(row.sale_order_id, tracking="TR-1")
        for path in ("fulfillments", "shipments", "mark-as-delivered"):
            self.control(
                "faults",
                {
                    "match": f"POST .*/{path}$",
                    "kind": "drop",
                    "times": 1,
                    "processed": True,
                },
            )
            self.run_answers()
        self.run_answers()
        order = self.control(f"orders/{row.external_id}")
        self.assertEqual(len(order["fulfillments"]), 1)
        self.assertEqual(order["fulfillment_status"], "delivered")
        self.assertEqual(row.answer_ids.outcome, "already")

    def test_a_delivery_of_what_was_cancelled_is_not_told(self):
        self.use(**{"return": "fulfillment:shipped"})
        row = self.bring()
        self.ship(row.sale_order_id)
        self.control(f"orders/{row.external_id}/cancel", {})
        self.run_answers()
        self.assertEqual(row.answer_ids.outcome, "cancelled")
        self.assertFalse(self.control(f"orders/{row.external_id}")["fulfillments"])

    def test_a_pack_is_told_once_it_has_left_completely(self):
        self.use(**{"return": "fulfillment:fulfilled"})
        row = self.bring()
        line = row.sale_order_id.order_line
        # The channel sold two packs of three.
        line.product_uom_qty = 6
        self.ship(row.sale_order_id, 2)
        self.assertFalse(row.answer_ids)
        self.ship(row.sale_order_id, 2)
        self.assertEqual(row.answer_ids.parcel_lines, {line.channel_line_ref: "1"})
        self.ship(row.sale_order_id, 2)
        self.assertEqual(
            row.answer_ids.mapped("parcel_lines"), [{line.channel_line_ref: "1"}] * 2
        )

    # Hints

    def test_a_notification_is_believed_when_it_is_signed_and_new(self):
        key = self.buy()
        headers, body = self.announce(key)
        self.assertTrue(self.keep(headers, body))
        forged = {"X-Odoo-Signature": "0" * 64}
        self.assertFalse(self.keep(forged, body))
        self.assertFalse(self.keep({}, body))
        self.assertFalse(self.keep(headers, body.replace(b"order.placed", b"x")))
        old = self.announce(key, sent_at="2026-01-01T00:00:00.000Z")
        self.assertFalse(self.keep(*old))
        other = self.announce(key, account="store_02")
        self.assertFalse(self.keep(*other))

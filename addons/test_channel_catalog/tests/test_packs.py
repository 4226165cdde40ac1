"""Orders of listings: packs, kits, former ids, changes that come later."""

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.test_channel.tests.test_follow import FollowCase

from .common import CatalogCase

PACK = {"id": "L1", "sku": "PACK-6", "item": "P1", "variation": "V1", "quantity": "1"}


@tagged("post_install", "-at_install")
class TestPacks(CatalogCase, FollowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cable = cls.make_product("CABLE", cls.tax_21)
        cls.mouse = cls.make_product("MOUSE", cls.find_tax(10.5))
        cls.cable.list_price, cls.mouse.list_price = 100, 50

    def list(self, product, external_id, quantity=1, **values):
        return self.env["sale.channel.listing"].create(
            {
                "channel_id": self.channel.id,
                "product_id": product.id,
                "quantity": quantity,
                "external_id": external_id,
                "origin": "linked",
                **values,
            }
        )

    def list_kit(self, external_id, *held):
        components = [
            Command.create({"product_id": product.id, "quantity": quantity})
            for product, quantity in held
        ]
        nothing = self.env["product.product"]
        return self.list(nothing, external_id, component_ids=components)

    def buy(self, price, **changes):
        return self.imported("F1", lines=[{**PACK, "price": price, **changes}])

    def goods(self, order):
        """SKU, quantity and price of what the order sells."""
        return sorted(
            (line.product_id.default_code or "", line.product_uom_qty, line.price_unit)
            for line in order.order_line
            if line.product_uom_qty
        )

    def test_a_pack_of_six(self):
        self.list(self.cable, "V1", 6)
        for number, (quantity, price, expected) in enumerate(
            [
                ("1", "600.00", [("CABLE", 6, 100.0)]),
                ("2", "600.00", [("CABLE", 12, 100.0)]),
                ("1", "100.00", [("CABLE", 2, 16.66), ("CABLE", 4, 16.67)]),
                ("3", "100.00", [("CABLE", 6, 16.66), ("CABLE", 12, 16.67)]),
                ("1", "0.01", [("CABLE", 1, 0.01), ("CABLE", 5, 0.0)]),
            ]
        ):
            with self.subTest(quantity=quantity, price=price):
                line = {**PACK, "id": f"L{number}", "quantity": quantity}
                order = self.imported(f"F{number}", lines=[{**line, "price": price}])
                self.assertEqual(self.goods(order), expected)
                self.assertAlmostEqual(order.amount_total, int(quantity) * float(price))
                refs = order.order_line.mapped("channel_line_ref")
                self.assertEqual(len(refs), len(set(refs)))
                moves = order.picking_ids.move_ids
                self.assertEqual(
                    sum(moves.mapped("product_uom_qty")), 6 * int(quantity)
                )

    def test_a_kit_with_two_taxes_and_a_discount(self):
        self.channel.discount_product_id = self.env["product.product"].create(
            {"name": "Descuento", "type": "service"}
        )
        self.list_kit("V1", (self.cable, 1), (self.mouse, 3))
        line = {**PACK, "price": "1000.00", "fee": "30.00"}
        order = self.imported("F1", lines=[line], discount="99.99")
        self.assertEqual(
            self.goods(order)[-2:], [("CABLE", 1, 400.0), ("MOUSE", 3, 200.0)]
        )
        self.assertAlmostEqual(order.amount_total, 900.01)
        self.assertEqual(len(order.order_line), 4)
        self.assertAlmostEqual(order.channel_fee_total, 30)

    def test_a_kit_without_prices_is_spread_by_cost(self):
        (self.cable | self.mouse).list_price = 0
        self.cable.with_company(self.company).standard_price = 30
        self.mouse.with_company(self.company).standard_price = 10
        self.list_kit("V1", (self.cable, 1), (self.mouse, 1))
        self.assertEqual(
            self.goods(self.buy("80.00")), [("CABLE", 1, 60.0), ("MOUSE", 1, 20.0)]
        )

    def test_the_listing_tells_the_product_before_the_sku_does(self):
        other = self.make_product("PACK-6", self.tax_21)
        order = self.imported("F1", lines=[{**PACK, "price": "10.00"}])
        self.assertEqual(order.order_line.product_id, other)
        listing = self.list(self.cable, "P1/V1")
        for number, (called, product) in enumerate(
            [
                ({}, self.cable),
                # The listing of the whole item is not that of its variation.
                ({"variation": "V2"}, other),
                ({"item": "P2"}, other),
                ({"item": "", "variation": ""}, other),
            ]
        ):
            with self.subTest(called):
                line = {**PACK, "id": f"M{number}", "price": "10.00", **called}
                order = self.imported(f"M{number}", lines=[line])
                self.assertEqual(order.order_line.product_id, product)
        # What is not sold any more is looked for by its SKU.
        self.cable.active = False
        order = self.imported("N1", lines=[{**PACK, "id": "N1", "price": "10.00"}])
        self.assertEqual(order.order_line.product_id, other)
        self.cable.active = True
        listing.external_id = "MIGRATED-1"
        listing.external_id = "MIGRATED-2"
        for number, called in enumerate(("P1/V1", "MIGRATED-1", "MIGRATED-2")):
            with self.subTest(called):
                line = {**PACK, "id": f"O{number}", "item": called, "variation": ""}
                order = self.imported(f"O{number}", lines=[{**line, "price": "1.00"}])
                self.assertEqual(order.order_line.product_id, self.cable)

    def test_parts_of_a_kit_need_not_be_sold_by_themselves(self):
        self.list_kit("V1", (self.cable, 2), (self.mouse, 1))
        self.cable.sale_ok = False
        order = self.buy("250.00")
        self.assertEqual(
            {(sku, units) for sku, units, _price in self.goods(order)},
            {("CABLE", 2), ("MOUSE", 1)},
        )
        # What is sold by itself is not sold any more.
        self.list(self.cable, "V2")
        line = {**PACK, "id": "L2", "variation": "V2", "price": "10.00"}
        row = self.bring("F2", lines=[line])
        self.assert_rejected(row, "product_unknown", "PACK-6")
        self.mouse.active = False
        row = self.bring("F3", lines=[{**PACK, "id": "L3", "price": "250.00"}])
        self.assert_rejected(row, "product_unknown", "PACK-6")

    def test_another_channel_s_listings_are_not_ours(self):
        other = self.make_channel(name="Otra", environment="test")
        self.list(self.cable, "V1", channel_id=other.id)
        row = self.bring("F1", lines=[{**PACK, "price": "10.00"}])
        self.assert_rejected(row, "product_unknown", "PACK-6")

    def test_what_was_bought_is_shown(self):
        row = self.bring("F1", lines=[{**PACK, "price": "10.00"}])
        self.assertEqual(
            (row.line_ids.found, row.line_ids.variation_id), ("none", "V1")
        )
        kit = self.list_kit("V1", (self.cable, 2), (self.mouse, 1))
        self.env.invalidate_all()
        self.assertEqual(row.line_ids.found, "one")
        self.assertFalse(row.line_ids.product_id)
        self.assertIn("2 × [CABLE]", row.line_ids.components_text)
        self.run_flow()
        self.assertEqual(row.state, "imported", row.error_message)
        self.assertIn("2 × ", kit.display_name)

    def test_an_untouched_order_follows(self):
        self.list(self.cable, "V1", 6)
        order = self.buy("600.00")
        for quantity, price, expected in (
            ("1", "100.00", {"L1": (4, 16.67), "L1#2": (2, 16.66)}),
            ("2", "100.00", {"L1": (8, 16.67), "L1#2": (4, 16.66)}),
            ("1", "600.00", {"L1": (6, 100.0)}),
            ("1", "100.00", {"L1": (4, 16.67), "L1#2": (2, 16.66)}),
        ):
            line = {**PACK, "quantity": quantity, "price": price}
            row = self.change(lines=[line])
            self.assertEqual(self.sold(order), expected)
            self.assertFalse(row.needs_review)
            self.assertAlmostEqual(order.amount_total, int(quantity) * float(price))
        self.assertFalse(self.change(noise="x").needs_review)
        row = self.change(status="cancelled")
        self.assertEqual((order.state, row.needs_review), ("cancel", False))

    def test_what_a_person_edited_is_left_alone(self):
        self.list(self.cable, "V1", 6)
        order = self.buy("100.00")
        first = order.order_line[0]
        first.product_uom_qty += 1
        row = self.change(lines=[{**PACK, "price": "600.00"}])
        self.assertEqual(self.open_codes(row), ["review_lines"])
        self.assertEqual(first.product_uom_qty, 5)
        row.proposal_ids.action_apply()
        self.assertEqual(self.sold(order), {"L1": (6, 100.0)})
        # From now on it is as imported again.
        row = self.change(lines=[{**PACK, "price": "100.00"}])
        self.assertEqual(self.open_codes(row), [])
        self.assertEqual(self.sold(order), {"L1": (4, 16.67), "L1#2": (2, 16.66)})

    def test_a_kit_that_became_another_one_is_a_person_s_decision(self):
        kit = self.list_kit("V1", (self.cable, 1), (self.mouse, 1))
        order = self.buy("90.00")
        kit.component_ids[0].product_id = self.make_product("OTHER", self.tax_21)
        row = self.change(lines=[{**PACK, "price": "180.00"}])
        self.assertEqual(self.open_codes(row), ["review_lines"])
        self.assertAlmostEqual(order.amount_total, 90)

    def test_refunds_and_deliveries(self):
        kit = self.list_kit("V1", (self.cable, 1), (self.mouse, 1))
        order = self.buy("90.01")
        self.assertAlmostEqual(order.amount_total, 90.01)
        self.mouse.invoice_policy = self.cable.invoice_policy = "order"
        self.invoice(order)
        row = self.change(refunded="20.00")
        self.assertEqual(self.open_codes(row), ["review_refund"])
        row.proposal_ids.action_apply()
        note = self.made(row.proposal_ids, "credit_note")
        self.assertAlmostEqual(note.amount_total, 20)
        # What became of the kit changes nothing of what was sold.
        kit.component_ids.quantity = 5
        self.assertFalse(self.change(noise="x").needs_review)
        self.deliver(order)
        row = self.change(refunded="90.01")
        self.assertEqual(self.open_codes(row), ["review_refund_all"])

    def test_an_order_that_changes_its_cart(self):
        self.list(self.cable, "V1", 6)
        order = self.buy("100.00")
        line = {**PACK, "price": "100.00"}
        cart = self.bring("CART", lines=[line, {**line, "id": "L2"}])
        self.assertEqual(cart.sale_order_id, order, cart.error_message)
        self.assertEqual(self.inbox("F1").state, "moved")
        self.assertEqual(
            self.sold(order),
            {
                "L1": (4, 16.67),
                "L1#2": (2, 16.66),
                "L2": (4, 16.67),
                "L2#2": (2, 16.66),
            },
        )

    def test_by_hand(self):
        self.list(self.cable, "V1", 6)
        row = self.bring("F1", lines=[{**PACK, "price": "100.00"}], suspicious=True)
        wizard = self.env["sale.channel.order.manual"].create(
            {"order_id": row.id, "partner_id": row.partner_id.id}
        )
        wizard.action_enter()
        self.assertEqual(
            self.sold(row.sale_order_id), {"L1": (4, 16.67), "L1#2": (2, 16.66)}
        )

    def test_what_a_listing_sells(self):
        listings = self.env["sale.channel.listing"]
        values = {"channel_id": self.channel.id}
        component = Command.create({"product_id": self.cable.id})
        foreign = self.stranger().id
        for wrong in (
            {},
            {"product_id": self.cable.id, "component_ids": [component]},
            {"component_ids": [Command.create({"product_id": foreign})]},
            {"product_id": foreign},
        ):
            with self.subTest(wrong), self.assertRaises(ValidationError):
                listings.create({**values, **wrong})
        pack = self.list(self.cable, "V1", 6)
        self.assertEqual(pack._get_components(), [(self.cable, 6)])
        kit = self.list_kit("V2", (self.cable, 1), (self.mouse, 2))
        self.assertEqual(kit._get_components(), [(self.cable, 1), (self.mouse, 2)])

    def stranger(self):
        """A product of another company."""
        company = self.env["res.company"].create({"name": "Ajena"})
        product = self.env["product.product"].sudo()
        return product.create({"name": "Ajeno", "company_id": company.id})

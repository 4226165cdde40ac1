"""Kits with a bill of materials: as many as their components allow."""

import random

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.test_channel_catalog.tests.stock import StockCase


class KitCase(StockCase):
    """UNO is a kit of two DOS and one TRES; of these there are ten each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kit, cls.two, cls.three = cls.items
        cls.env["stock.quant"].search([("product_id", "=", cls.kit.id)]).unlink()
        cls.kit.is_storable = False
        cls.bom = cls.make_kit(cls.kit, {cls.two: 2, cls.three: 1})

    @classmethod
    def make_kit(cls, product, components, **values):
        return cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": one.id, "product_qty": count})
                    for one, count in components.items()
                ],
                **values,
            }
        )

    def components(self, product, **values):
        listing = (
            self.link(product, **values)
            if values
            else self.listed.filtered(lambda one: one.product_id == product)
        )
        [found] = self.env["sale.channel.stock"]._get_components(listing).values()
        return found


@tagged("post_install", "-at_install")
class TestKits(KitCase):
    def test_a_kit_follows_its_components(self):
        self.push(full=True)
        self.assertEqual(self.there(), [5, 10, 10])
        self.shop.writes()
        self.set_stock(self.two, 7)
        self.push()
        self.assertEqual(self.there(), [3, 7, 10])
        self.set_stock(self.three, 2)
        self.push()
        self.assertEqual(self.there(), [2, 7, 2])
        self.shop.writes()
        # What changes no kit sends none.
        self.set_stock(self.three, 3)
        self.set_stock(self.two, 5)
        self.push()
        self.assertEqual(self.there(), [2, 5, 3])
        self.assertEqual(sum(count for _p, _k, count in self.shop.writes()), 2)
        self.push(full=True)
        self.assertEqual(self.shop.writes(), [])

    def test_it_is_what_odoo_says_of_kits(self):
        dice = random.Random(3)
        for _time in range(6):
            self.set_stock(self.two, dice.randint(0, 30))
            self.set_stock(self.three, dice.randint(0, 12))
            self.push()
            self.assertEqual(self.there()[0], self.kit.free_qty)

    def test_components_that_are_still_to_come_make_no_kit(self):
        """Odoo compares kits that are free with kits that are to come: of a component
        that is promised and one that is awaited it would sell what is not there."""
        customers = self.env.ref("stock.stock_location_customers")
        suppliers = self.env.ref("stock.stock_location_suppliers")
        shelf = self.warehouse.lot_stock_id
        moves = self.env["stock.move"].create(
            [
                {
                    "product_id": self.two.id,
                    "product_uom_qty": count,
                    "location_id": source.id,
                    "location_dest_id": target.id,
                }
                for count, source, target in (
                    (10, shelf, customers),
                    (10, suppliers, shelf),
                )
            ]
        )
        moves[1]._action_confirm()
        moves[0].state = "confirmed"
        self.env.invalidate_all()
        self.push(full=True)
        self.assertEqual(self.there(), [0, 0, 10])

    def test_changes_of_the_bill_of_materials(self):
        self.push(full=True)
        line = self.bom.bom_line_ids[0]
        for name, change, there in (
            ("quantity", lambda: line.write({"product_qty": 5}), 2),
            ("of how many", lambda: self.bom.write({"product_qty": 2}), 4),
            ("as it was", lambda: self.bom.write({"product_qty": 1}), 2),
            ("another", lambda: line.write({"product_id": self.three.id}), 1),
            ("one less", lambda: line.unlink(), 10),
            (
                "one more",
                lambda: self.bom.write(
                    {
                        "bom_line_ids": [
                            Command.create(
                                {"product_id": self.two.id, "product_qty": 10}
                            )
                        ]
                    }
                ),
                1,
            ),
            (
                "a better one",
                lambda: self.make_kit(self.kit, {self.two: 1}, sequence=-1),
                10,
            ),
        ):
            with self.subTest(name):
                change()
                self.push()
                self.assertEqual(self.there()[0], there)

    def test_kits_of_kits_dozens_and_fractions(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        big = self.make_item("BIG", is_storable=False)
        bom = self.make_kit(big, {self.kit: 1, self.three: 1})
        self.assertEqual(
            self.components(big, quantity=1), {self.two: 2.0, self.three: 2.0}
        )
        self.assertEqual(
            self.components(big, quantity=3), {self.two: 6.0, self.three: 6.0}
        )
        bom.bom_line_ids.filtered(
            lambda line: line.product_id == self.three
        ).product_uom_id = dozen
        bom.product_qty = 2
        # Half a kit of two and one, and half a dozen
        self.assertEqual(
            self.components(big, quantity=4, external_id="X"),
            {self.two: 4.0, self.three: 4 * 0.5 + 4 * 6.0},
        )

    def test_a_kit_of_what_is_not_stored_has_no_stock(self):
        service = self.make_item("SER", type="service", is_storable=False)
        empty = self.make_item("EMP", is_storable=False)
        self.make_kit(empty, {service: 1})
        self.assertEqual(self.components(empty, quantity=1), {})

    def test_lines_for_some_variants_only(self):
        attribute = self.env["product.attribute"].create(
            {
                "name": "Color",
                "value_ids": [
                    Command.create({"name": "Rojo"}),
                    Command.create({"name": "Azul"}),
                ],
            }
        )
        template = self.env["product.template"].create(
            {
                "name": "Set",
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": attribute.id,
                            "value_ids": attribute.value_ids.ids,
                        }
                    )
                ],
            }
        )
        red, blue = template.product_variant_ids
        values = template.attribute_line_ids.product_template_value_ids
        self.make_kit(red, {})
        bom = template.bom_ids
        bom.bom_line_ids = [
            Command.create(
                {
                    "product_id": self.two.id,
                    "bom_product_template_attribute_value_ids": values[:1].ids,
                }
            ),
            Command.create({"product_id": self.three.id}),
        ]
        red.default_code, blue.default_code = "RED", "BLUE"
        self.assertEqual(
            self.components(red, quantity=1), {self.two: 1.0, self.three: 1.0}
        )
        self.assertEqual(self.components(blue, quantity=1), {self.three: 1.0})

    def test_what_a_kit_holds_of_a_component_is_kept_back(self):
        """A kit that the channel sold and Odoo does not count takes its components."""
        self.push(full=True)
        self.buy(2, status="pending")
        self.run_flow()
        self.push()
        self.assertEqual(self.two.free_qty, 10)
        self.assertEqual(self.there(), [3, 6, 8])

    def test_a_kit_that_is_confirmed_takes_its_components(self):
        self.push(full=True)
        self.buy(2)
        self.run_flow()
        self.push()
        self.assertEqual(self.two.free_qty, 6)
        self.assertEqual(self.there(), [3, 6, 8])

    def test_another_companys_bill_does_not_count(self):
        other = self.env["res.company"].sudo().create({"name": "Otra"})
        bom = self.bom.sudo()
        self.make_kit(self.kit, {self.two: 1})
        bom.bom_line_ids.unlink()
        bom.write({"active": False})
        foreign = bom.copy({"company_id": other.id, "sequence": -5, "active": True})
        foreign.bom_line_ids = [Command.create({"product_id": self.three.id})]
        self.assertEqual(self.components(self.kit), {self.two: 1.0})

    def test_many_kits_are_taken_apart_at_once(self):
        def count(number):
            kits = self.env["product.product"]
            for n in range(number):
                one = self.make_item(f"K{number}-{n}", is_storable=False)
                self.make_kit(one, {self.kit: 1, self.three: n + 1})
                kits |= one
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = self.env["mrp.bom"]._take_kits_apart(kits)
            self.assertEqual(len(found), number)
            return self.env.cr.sql_log_count - before

        few = count(3)
        self.assertLessEqual(count(15), few + 2)


@tagged("post_install", "-at_install")
class TestPhysicalKits(KitCase):
    kind = "physical"

    def test_what_the_channel_keeps_for_a_kit_comes_back(self):
        """The channel subtracts what it reserves, so that is added where counted."""
        self.push(full=True)
        self.assertEqual(self.there(), [5, 10, 10])
        self.buy(2)
        self.run_flow()
        self.push()
        self.assertEqual(self.there()[0], 3)

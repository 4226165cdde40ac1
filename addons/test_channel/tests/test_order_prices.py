"""The channel's price is the price, whatever Odoo would compute."""

from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import FakeCase


@tagged("post_install", "-at_install")
class TestOrderPrices(FakeCase):
    def price(self, order):
        return order.order_line.filtered("channel_line_ref")[:1].price_unit

    def test_lines_carry_the_price_included_form_of_their_taxes(self):
        order = self.imported()
        tax = order.order_line.tax_ids
        self.assertEqual(tax, self.tax_21.included_twin_id)
        self.assertTrue(tax.price_include)
        self.assertAlmostEqual(order.amount_total, 242, 2)
        self.assertAlmostEqual(order.amount_untaxed, 200, 2)

    def test_another_quantity_keeps_it(self):
        order = self.imported()
        order.action_unlock() if order.locked else None
        line = order.order_line
        line.product_uom_qty = 7
        self.assertEqual(line.price_unit, 121)
        with Form(order) as form, form.order_line.edit(0) as edited:
            edited.product_uom_qty = 3
        self.assertEqual(line.price_unit, 121)
        self.assertAlmostEqual(order.amount_total, 363, 2)

    def test_update_prices_keeps_it(self):
        self.channel.import_as = "quotation"
        order = self.imported()
        order.action_update_prices()
        order._recompute_prices()
        self.assertEqual(self.price(order), 121)
        self.assertFalse(order.order_line.discount)

    def test_a_line_that_a_person_adds_is_priced_by_odoo(self):
        self.channel.import_as = "quotation"
        order = self.imported()
        other = self.make_product("MANUAL", self.tax_21)
        order.order_line = [
            Command.create({"product_id": other.id, "product_uom_qty": 1})
        ]
        line = order.order_line.filtered(lambda ln: ln.product_id == other)
        self.assertEqual(line.price_unit, 100)
        self.assertEqual(line.tax_ids, self.tax_21)
        other.list_price = 150
        order.action_update_prices()
        self.assertEqual(line.price_unit, 150)
        self.assertEqual(self.price(order), 121)

    def test_pricelists_give_no_discount_on_it(self):
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Mitad",
                "currency_id": self.company.currency_id.id,
                "company_id": self.company.id,
                "item_ids": [
                    Command.create(
                        {
                            "compute_price": "percentage",
                            "percent_price": 50,
                            "applied_on": "3_global",
                        }
                    )
                ],
            }
        )
        # Odoo shows pricelist rules as discounts of the lines to who sees discounts.
        group = self.env.ref("sale.group_discount_per_so_line")
        users = self.env.user | self.env.ref("base.user_root")
        users.write({"group_ids": [Command.link(group.id)]})
        self.channel.write({"pricelist_id": pricelist.id, "import_as": "quotation"})
        order = self.imported()
        self.assertEqual(order.pricelist_id, pricelist)
        self.assertFalse(order.order_line.discount)
        order.order_line.product_uom_qty = 9
        order.action_update_prices()
        self.assertEqual((self.price(order), order.order_line.discount), (121, 0))

    def test_another_customer_keeps_price_and_pricelist(self):
        self.channel.import_as = "quotation"
        order = self.imported()
        theirs = self.env["product.pricelist"].create({"name": "Suya"})
        order.partner_id = self.env["res.partner"].create(
            {"name": "Otra", "property_product_pricelist": theirs.id}
        )
        self.env.flush_all()
        self.assertEqual(self.price(order), 121)
        self.assertFalse(order.pricelist_id)
        self.assertEqual(order.order_line.tax_ids, self.tax_21.included_twin_id)
        self.assertAlmostEqual(order.amount_total, 242, 2)

    def test_a_person_s_price_stays(self):
        order = self.imported()
        line = order.order_line
        with Form(order) as form, form.order_line.edit(0) as edited:
            edited.price_unit = 99
        self.assertEqual(line.price_unit, 99)
        line.product_uom_qty = 4
        self.assertEqual(line.price_unit, 99)
        self.put("F1", city="Funes")
        self.run_flow()
        self.assertEqual(line.price_unit, 99)

    def test_the_fee_is_kept_per_unit(self):
        order = self.imported()
        self.assertAlmostEqual(order.order_line.channel_fee, 12.10, 2)
        self.assertAlmostEqual(order.channel_fee_total, 24.20, 2)

    def test_without_taxes(self):
        self.channel.price_tax_mode = "none"
        order = self.imported()
        self.assertFalse(order.order_line.tax_ids)
        self.assertAlmostEqual(order.amount_total, 242, 2)

    def test_prices_without_taxes(self):
        self.channel.price_tax_mode = "excluded"
        order = self.imported()
        self.assertEqual(order.order_line.tax_ids, self.tax_21)
        self.assertAlmostEqual(order.amount_untaxed, 242, 2)

    def test_a_refused_order_takes_no_twin_away(self):
        other = self.find_tax(10.5)
        self.make_product("P2", other)
        self.put(
            "BAD",
            lines=[{"sku": "FAKE-1", "quantity": "1", "price": "10"}],
            goods_total="11",
        )
        self.put("GOOD", lines=[{"sku": "FAKE-1", "quantity": "1", "price": "10"}])
        self.put("ALSO", lines=[{"sku": "P2", "quantity": "1", "price": "10"}])
        self.run_flow()
        self.assert_rejected(self.inbox("BAD"), "amount_mismatch")
        for name, tax in (("GOOD", self.tax_21), ("ALSO", other)):
            row = self.inbox(name)
            self.assertEqual(row.state, "imported", row.error_message)
            self.assertEqual(row.sale_order_id.order_line.tax_ids, tax.included_twin_id)
            self.assertTrue(tax.included_twin_id)
            twins = self.env["account.tax"].search(
                [
                    ("company_id", "=", self.company.id),
                    ("type_tax_use", "=", "sale"),
                    ("amount", "=", tax.amount),
                    ("price_include_override", "=", "tax_included"),
                ]
            )
            self.assertEqual(len(twins), 1)

    def test_fiscal_position_first_then_the_twin(self):
        position = self.env["account.fiscal.position"].create(
            {"name": "Exterior", "company_id": self.company.id}
        )
        exempt = self.find_tax(0).copy(
            {
                "name": "Exento exterior",
                "fiscal_position_ids": [Command.set(position.ids)],
                "original_tax_ids": [Command.set(self.tax_21.ids)],
            }
        )
        reduced = self.find_tax(10.5).copy(
            {
                "name": "Reducido exterior",
                "fiscal_position_ids": [Command.set(position.ids)],
                "original_tax_ids": [Command.set(self.find_tax(27.0).ids)],
            }
        )
        self.make_product("P27", self.find_tax(27.0))
        customer = self.imported().partner_id
        customer.with_company(self.company).property_account_position_id = position
        # The same buyer again; the twin of a mapped tax is not there yet.
        self.assertFalse(exempt.included_twin_id)
        lines = [
            {"sku": sku, "quantity": "1", "price": "121.00"}
            for sku in ("FAKE-1", "P27")
        ]
        order = self.imported(lines=lines)
        self.assertEqual(order.partner_id, customer)
        self.assertEqual(order.fiscal_position_id, position)
        self.assertEqual(
            [line.tax_ids for line in order.order_line],
            [exempt._get_included_twins(), reduced._get_included_twins()],
        )
        self.assertAlmostEqual(order.amount_total, 242, 2)
        self.assertAlmostEqual(order.amount_tax, 121 - 121 / 1.105, 2)

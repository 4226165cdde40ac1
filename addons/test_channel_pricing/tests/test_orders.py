from lxml import etree

from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import PricingOutCase


@tagged("post_install", "-at_install")
class TestOrders(PricingOutCase):
    """What a channel sold keeps the channel's prices, whatever contracts say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        warehouse = cls.env["stock.warehouse"].create(
            {"name": "Filial", "code": "FIL", "company_id": cls.company.id}
        )
        cls.branch = cls.env["pricing.origin"].create(
            {"name": "Filial", "warehouse_id": warehouse.id}
        )
        (cls.resale | cls.retail)._generate()
        cls.channel.import_as = "quotation"

    def assert_untouched(self, order, pricelist):
        self.assertEqual(order.pricelist_id, pricelist)
        self.assertEqual(order.order_line.mapped("price_unit"), [121])
        self.assertAlmostEqual(order.amount_total, 242, 2)
        self.assertFalse(order._uses_pricing_contract())
        # Nothing that the form would say about contracts
        self.assertFalse(order.pricing_contract_id)
        self.assertFalse(order.pricing_problem_text)
        self.assertFalse(order.pricing_list_manual)

    def change_all(self, order):
        """Scenario, address and origin, as people change them; one after the other."""
        customer = order.partner_id
        address = customer.copy({"parent_id": customer.id, "type": "delivery"})
        address.state_id = self.env.ref("base.state_ar_c")
        yield customer.write({"pricing_scenario_id": self.retail.id})
        yield order.write({"partner_shipping_id": address.id})
        with Form(order) as form:
            form.pricing_origin_id = self.branch
        yield
        order.write({"pricing_origin_id": self.origin.id})
        yield order.action_update_prices()

    def test_an_order_without_pricelist(self):
        order = self.imported()
        self.assertTrue(order.pricing_origin_id)
        self.assert_untouched(order, self.env["product.pricelist"])
        for _change in self.change_all(order):
            self.assert_untouched(order, self.env["product.pricelist"])

    def test_an_order_with_the_channels_pricelist(self):
        self.channel.pricelist_id = self.env["product.pricelist"].create(
            {"name": "Canal", "currency_id": self.company.currency_id.id}
        )
        order = self.imported()
        self.assert_untouched(order, self.channel.pricelist_id)
        for _change in self.change_all(order):
            self.assert_untouched(order, self.channel.pricelist_id)

    def test_goods_leave_from_where_the_channel_sells(self):
        elsewhere = self.env["stock.warehouse"].create(
            {"name": "Full", "code": "FULL", "company_id": self.company.id}
        )
        origins = {
            self.branch.warehouse_id: self.branch,
            elsewhere: self.env["pricing.origin"],
        }
        for warehouse, origin in origins.items():
            self.channel.warehouse_id = warehouse
            order = self.imported()
            self.assertEqual(order.warehouse_id, warehouse)
            self.assertEqual(order.pricing_origin_id, origin)
            order.partner_id = order.partner_id.copy()
            self.env.flush_all()
            self.assertEqual(order.warehouse_id, warehouse)
            self.assertEqual(order.pricing_origin_id, origin)

    def test_a_new_line_does_not_decide_about_other_orders(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.buyers[0].partner_id.id,
                "company_id": self.company.id,
                "order_line": [Command.create({"product_id": self.product.id})],
            }
        )
        pricelist = order.pricelist_id
        self.assertEqual(pricelist, order.pricing_contract_id.pricelist_id)
        self.group.pricing_scenario_id = self.retail
        order.order_line = [Command.create({"product_id": self.product.id})]
        self.env.flush_all()
        self.assertEqual(order.pricelist_id, pricelist)

    def test_a_copy_is_an_ordinary_quotation(self):
        order = self.imported()
        order.partner_id.pricing_scenario_id = self.resale
        contract = order.copy().pricing_contract_id
        self.assertEqual(contract.scenario_id, self.resale)

    def test_a_quotation_that_names_a_channel_follows_the_contract(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.buyers[0].partner_id.id,
                "company_id": self.company.id,
                "sale_channel_id": self.channel.id,
                "order_line": [Command.create({"product_id": self.product.id})],
            }
        )
        self.assertEqual(order.pricing_contract_id.scenario_id, self.resale)
        self.assertEqual(order.pricelist_id, order.pricing_contract_id.pricelist_id)

    def test_no_contract_explains_the_channels_price(self):
        arch = etree.fromstring(
            self.env["sale.order"].get_view(view_type="form")["arch"]
        )
        button = arch.find(".//list/button[@name='action_explain_price']")
        self.assertIn("channel_line_ref", button.get("invisible"))

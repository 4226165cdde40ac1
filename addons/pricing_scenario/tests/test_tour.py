from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from .common import PricingCase


@tagged("post_install", "-at_install")
class TestTour(PricingCase, HttpCase):
    def test_another_origin_is_another_price(self):
        self.make_origin("SP", self.company, self.sp)
        scenario = self.make_scenario()
        customer = self.make_customer(state=self.sp, pricing_scenario_id=scenario.id)
        order = self.make_order(
            customer, order_line=[Command.create({"product_id": self.product.id})]
        )
        new_test_user(
            self.env,
            "vendedora",
            "sales_team.group_sale_salesman_all_leads,"
            "pricing_scenario.group_pricing_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.start_tour(f"/odoo/orders/{order.id}", "pricing_origin", login="vendedora")
        self.assertEqual(order.pricing_origin_id.name, "SP")
        self.assertEqual(order.order_line.price_unit, 121.95)

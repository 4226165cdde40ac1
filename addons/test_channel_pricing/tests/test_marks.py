from odoo.tests import tagged

from .common import PricingOutCase


@tagged("post_install", "-at_install")
class TestMarks(PricingOutCase):
    """Who saves marks; whom it concerns is found by the flow."""

    def setUp(self):
        super().setUp()
        self.others = self.env["pricing.customer.group"].create(
            {"name": "Corralones", "pricing_scenario_id": self.retail.id}
        )
        self.stranger = self.make_buyer("B7", pricing_group_id=self.others.id)
        self.confirm()
        self.marks().unlink()
        self.prices.writes()

    def marks(self):
        return self.env["sale.channel.pricing.mark"].search(
            [("channel_id", "=", self.channel.id)]
        )

    def count_queries(self, group, scenario):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        group.pricing_scenario_id = scenario
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_a_groups_scenario_touches_its_customers_only(self):
        self.group.pricing_scenario_id = self.retail
        self.assertEqual(
            [(mark.scope, mark.value) for mark in self.marks()],
            [("customer_group", str(self.group.id))],
        )
        taken = {"customer_group": {str(self.group.id)}}
        found = self.marks()._find_buyers(self.channel, taken)
        self.assertEqual(found.sorted("id"), self.buyers)
        self.run_pricing(full=False)
        self.assertEqual(self.prices.writes(), [("put", "customer", 3)])
        self.assertFalse(self.marks())

    def test_saving_costs_the_same_for_many_customers(self):
        self.count_queries(self.group, self.retail)
        few = self.count_queries(self.group, self.resale)
        for number in range(40):
            self.make_buyer(f"M{number}", pricing_group_id=self.group.id)
        many = self.count_queries(self.group, self.retail)
        self.assertEqual(few, many)

    def test_many_customers_are_marked_by_one_statement(self):
        partners = self.buyers.partner_id
        partners.write({"pricing_use_type": "resale"})
        self.assertEqual(
            sorted(int(mark.value) for mark in self.marks()), sorted(self.buyers.ids)
        )

    def test_a_size(self):
        size = self.env["pricing.company.size"].create({"name": "Grande"})
        partner = self.buyers[0].partner_id
        partner.write({"pricing_group_id": False, "pricing_size_id": size.id})
        self.run_pricing(full=False)
        self.assertEqual(self.groups_there("B1"), [None])
        size.pricing_scenario_id = self.retail
        self.run_pricing(full=False)
        self.assertEqual(self.groups_there("B1"), [self.group_of(self.retail).name])

    def test_an_advanced_configuration(self):
        self.buyers[0].partner_id.pricing_use_type = "consumer"
        self.run_pricing(full=False)
        config = self.env["pricing.advanced.config"].create(
            {
                "company_id": self.company.id,
                "use_type": "consumer",
                "pricing_scenario_id": self.retail.id,
            }
        )
        self.prices.writes()
        self.run_pricing(full=False)
        self.assertEqual(self.prices.writes(), [("put", "customer", 1)])
        self.assertEqual(self.groups_there("B1"), [self.group_of(self.retail).name])
        config.unlink()
        self.run_pricing(full=False)
        self.assertEqual(self.groups_there("B1"), [self.group_of(self.resale).name])

    def test_the_state_of_a_customer(self):
        state = self.env.ref("base.state_ar_c")
        self.resale.write({"national": False, "state_ids": [(6, 0, state.ids)]})
        self.resale._generate()
        self.run_pricing(full=False)
        self.assertEqual(self.groups_there(), [None] * 3)
        self.buyers[2].partner_id.state_id = state
        self.run_pricing(full=False)
        there = self.groups_there()
        self.assertEqual(there[:2], [None, None])
        self.assertIn(state.code, there[2])

    def test_an_ordinary_change_marks_nothing(self):
        self.buyers.partner_id.write({"comment": "Llamar a la tarde"})
        self.env["product.pricelist"].create({"name": "Otra lista"})
        self.assertFalse(self.marks())

    def test_another_customer_of_a_buyer(self):
        self.buyers[0].partner_id = self.stranger.partner_id
        self.run_pricing(full=False)
        self.assertEqual(self.groups_there("B1"), [self.group_of(self.retail).name])

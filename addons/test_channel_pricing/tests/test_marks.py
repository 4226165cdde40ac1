from odoo.fields import Command, Domain
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
        """What waits to be planned, with what was saved until now."""
        self.env.cr.flush()
        while self.env["sale.channel.change"]._drain()[0]:
            pass
        return self.env["sale.channel.change.mark"].search(
            [("flow_id", "=", self.flow("pricing_out").id)]
        )

    def spread(self):
        """The marks of buyers that those of settings and customers become."""
        flow, marks = self.flow("pricing_out"), self.marks()
        taken = marks._take(flow)
        buyers = taken.pop("sale.channel.partner", set())
        self.assertNotIn("structure", self.planner()._expand(self.channel, taken))
        self.planner()._spread(flow, taken)
        partners = self.env["sale.channel.partner"]
        marks._spread(flow, partners._name, partners, Domain("id", "in", buyers))
        return sorted({*buyers, *self.marks().mapped("res_id")})

    def planner(self):
        return self.env["sale.channel.pricing.planner"]

    def count_queries(self, group, scenario):
        self.env.cr.flush()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        group.pricing_scenario_id = scenario
        self.env.cr.flush()
        return self.env.cr.sql_log_count - before

    def test_a_groups_scenario_touches_its_customers_only(self):
        self.group.pricing_scenario_id = self.retail
        self.assertEqual(
            [(mark.scope, mark.res_id) for mark in self.marks()],
            [("pricing.customer.group", self.group.id)],
        )
        self.assertEqual(self.spread(), self.buyers.ids)
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
        self.assertEqual(self.spread(), sorted(self.buyers.ids))

    def get_marked_buyers(self):
        return self.env["sale.channel.partner"].browse(self.spread())

    def test_a_buyer_loses_its_customer(self):
        self.buyers[0].partner_id = False
        self.assertEqual(self.get_marked_buyers(), self.buyers[0])
        self.run_pricing(full=False)
        self.assertEqual(self.groups_there("B1"), [None])

    def test_a_customer_is_a_contact_of_another_now(self):
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        branch = self.buyers[0].partner_id
        branch.write({"parent_id": firm.id, "is_company": True})
        contact = branch.create({"name": "Ana", "parent_id": branch.id})
        self.buyers[0].partner_id = contact
        self.marks().unlink()
        branch.is_company = False
        self.assertEqual(contact.commercial_partner_id, firm)
        self.assertEqual(self.get_marked_buyers(), self.buyers[0])

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
        other = self.env["product.pricelist"].create({"name": "Otra lista"})
        self.assertFalse(self.marks())
        # A list that no contract names concerns nobody.
        other.write({"item_ids": [Command.create({"fixed_price": 5})]})
        self.assertFalse(self.spread())

    def test_what_no_price_depends_on_marks_nothing(self):
        self.group.name = "Pinturerías"
        self.resale.sequence = 5
        self.origin.sequence = 5
        self.channel.mapping_ids.write({"external_label": "Casa central"})
        self.env["pricing.contract"].create([])
        self.env["pricing.contract"].write({"active": True})
        self.assertFalse(self.marks())

    def test_before_and_after_a_change_are_marked(self):
        config = self.env["pricing.advanced.config"].create(
            {"company_id": self.company.id, "use_type": "consumer"}
        )
        self.marks().unlink()
        config.use_type = "industry"
        self.assertEqual(
            {mark.value for mark in self.marks()}, {"consumer", "industry"}
        )

    def test_what_lists_and_contracts_depend_on(self):
        contract = self.env["pricing.contract"].search(
            [("scenario_id", "=", self.resale.id)]
        )
        other = self.env["product.pricelist"].create({"name": "Otra lista"})
        rules, values = contract.pricelist_id.item_ids, {"fixed_price": 5}
        changes = {
            "list": lambda: contract.pricelist_id.write({"name": "Mayorista"}),
            "rule": lambda: rules[0].write(values),
            "rule of another list": lambda: rules[0].write({"pricelist_id": other.id}),
            "new rule": lambda: contract.pricelist_id.write(
                {"item_ids": [Command.create(values)]}
            ),
            "deleted rule": lambda: contract.pricelist_id.item_ids.unlink(),
            "contract": lambda: contract.write({"active": False}),
            "origin": lambda: self.origin.write({"active": False}),
            "mapping": self.channel.mapping_ids.unlink,
            "deleted contract": contract.unlink,
            "deleted origin": self.origin.unlink,
            "deleted group": self.group_of(self.resale).unlink,
        }
        for name, change in changes.items():
            with self.subTest(name):
                change()
                taken = self.marks()._take(self.flow("pricing_out"))
                self.assertIn("structure", self.planner()._expand(self.channel, taken))

    def test_another_customer_of_a_buyer(self):
        self.buyers[0].partner_id = self.stranger.partner_id
        self.run_pricing(full=False)
        self.assertEqual(self.groups_there("B1"), [self.group_of(self.retail).name])

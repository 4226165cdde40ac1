from odoo.fields import Command
from odoo.tests import tagged

from .common import PricingCase


@tagged("post_install", "-at_install")
class TestToGenerate(PricingCase):
    """A scenario is marked when generating it would change its lists."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scenario = cls.make_scenario(rule_ids=[Command.create({"adjustment": -5})])
        cls.rule = cls.scenario.rule_ids
        cls.other = cls.make_company("Outra", cls.sp)
        cls.foreign = cls.make_scenario("Foreign", company_id=cls.other.id)
        cls.table = cls.env["pricing.interstate.rate"]
        cls.rate = cls.table.create(
            {
                "name": "RS → SP",
                "origin_state_ids": [Command.set(cls.rs.ids)],
                "destination_state_ids": [Command.set(cls.sp.ids)],
                "rate": 11,
            }
        )
        cls.scenario._generate()

    def assert_marks(self, change, marks=True):
        """A change marks the scenario, as its plan says, and its prices stay."""
        before = self.price(self.get_list(self.scenario, self.sp))
        change()
        self.assertEqual(self.scenario.to_generate, marks)
        plans = self.env["pricing.generator"]._plan(self.scenario).plans
        self.assertEqual(any(plans.values()), marks)
        self.assertFalse(self.foreign.to_generate)
        self.assertEqual(self.price(self.get_list(self.scenario, self.sp)), before)
        self.scenario._generate()
        self.assertFalse(self.scenario.to_generate)

    def test_new_scenarios_are_generated(self):
        self.assertFalse(self.scenario.to_generate)
        self.assertFalse(self.scenario.copy().to_generate)

    def test_what_the_scenario_says(self):
        base = self.env["product.pricelist"].create({"name": "Base"})
        for values in (
            {"base": "standard_price"},
            {"base": "pricelist", "base_pricelist_id": base.id},
            {"rate_contained": 17},
            {"state_ids": [Command.unlink(self.ba.id)]},
            {"national": True, "state_ids": [Command.clear()]},
        ):
            with self.subTest(values=values):
                self.assert_marks(lambda v=values: self.scenario.write(v))

    def test_what_the_generator_does_not_read(self):
        self.scenario.base_pricelist_id = False
        base = self.env["product.pricelist"].create({"name": "Base"})
        for values in (
            {"name": "Retail", "sequence": 3, "date_end": "2099-01-01"},
            {"base": self.scenario.base, "state_ids": [Command.link(self.rs.id)]},
            {"base_pricelist_id": base.id},
        ):
            with self.subTest(values=values):
                self.assert_marks(lambda v=values: self.scenario.write(v), False)
        self.assert_marks(lambda: self.scenario.message_post(body="Look"), False)
        self.assert_marks(lambda: self.origin.write({"name": "South"}), False)
        self.assert_marks(lambda: self.rate.write({"name": "Other"}), False)

    def test_archiving_marks(self):
        self.scenario.active = False
        self.assertTrue(self.scenario.to_generate)

    def test_adjustments(self):
        self.assert_marks(lambda: self.rule.write({"adjustment": -7}))
        self.assert_marks(lambda: self.rule.write({"adjustment": -7}), False)
        self.assert_marks(lambda: self.rule.write({"date_end": "2090-01-01 00:00:00"}))
        added = {
            "applied_on": "1_product",
            "product_tmpl_id": self.product.product_tmpl_id.id,
            "adjustment": 4,
        }
        add = {"rule_ids": [Command.create(added)]}
        self.assert_marks(lambda: self.scenario.write(add))
        self.assert_marks(lambda: self.rule.unlink())
        self.assert_marks(lambda: self.scenario.write({"rule_ids": [Command.clear()]}))

    def test_a_moved_adjustment_marks_both(self):
        second = self.make_scenario("Second")
        self.rule.scenario_id = second
        self.assertTrue(self.scenario.to_generate)
        self.assertTrue(second.to_generate)

    def test_rates(self):
        self.assert_marks(lambda: self.rate.write({"rate": 10}))
        self.assert_marks(lambda: self.rate.write({"rate": 10}), False)
        self.assert_marks(lambda: self.rate.write({"sequence": 1000}))
        self.assert_marks(lambda: self.rate.write({"sequence": 1}))
        self.assert_marks(lambda: self.rate.write({"company_id": self.other.id}))
        self.assert_marks(lambda: self.rate.write({"company_id": self.company.id}))
        self.assert_marks(lambda: self.rate.write({"active": False}))
        self.assert_marks(lambda: self.rate.write({"rate": 9}), False)
        self.assert_marks(lambda: self.rate.write({"active": True}))
        self.assert_marks(lambda: self.rate.unlink())

    def test_rates_of_other_ways_do_not_mark(self):
        def create(origin, destination, **values):
            self.table.create(
                {
                    "name": "New",
                    "origin_state_ids": [Command.set(origin.ids)],
                    "destination_state_ids": [Command.set(destination.ids)],
                    "rate": 3,
                    "sequence": 1,
                    **values,
                }
            )

        pr = self.env.ref("base.state_br_pr")
        self.assert_marks(lambda: create(self.mg, self.sp), False)
        self.assert_marks(lambda: create(self.rs, pr), False)
        ours = {"company_id": self.other.id}
        self.assert_marks(lambda: create(self.rs, self.sp, **ours), False)
        self.assert_marks(lambda: create(self.rs, self.env["res.country.state"]))

    def test_origins(self):
        self.assert_marks(lambda: self.make_origin("SP", self.company, self.sp))
        origin = self.env["pricing.origin"].search([("name", "=", "SP")])
        self.assert_marks(lambda: origin.write({"state_id": self.mg.id}))
        self.assert_marks(lambda: origin.write({"state_id": self.mg.id}), False)
        self.assert_marks(lambda: origin.write({"active": False}))
        self.assert_marks(lambda: origin.write({"state_id": self.ba.id}), False)
        self.assert_marks(lambda: origin.write({"active": True}))
        self.assert_marks(lambda: origin.unlink())
        self.make_origin("Theirs", self.other, self.sp)
        self.assertTrue(self.foreign.to_generate)
        self.assertFalse(self.scenario.to_generate)

    def test_an_origin_of_a_branch_marks_the_scenarios_of_its_company(self):
        branch = self.make_company("Filial", self.sp, parent_id=self.company.id)
        self.env.user.company_ids = [Command.link(branch.id)]
        self.assert_marks(lambda: self.make_origin("SP", branch, self.sp))

    def test_currency_and_digits(self):
        dollar = self.env.ref("base.USD")
        self.assert_marks(lambda: self.company.write({"currency_id": dollar.id}))
        digits = self.env.ref("product.decimal_price")
        digits.digits = 3
        self.assertTrue(self.scenario.to_generate)
        self.assertTrue(self.foreign.to_generate)

    def test_the_preview_of_nothing_takes_the_mark_away(self):
        self.rule.adjustment = -8
        self.rule.adjustment = -5
        self.assertTrue(self.scenario.to_generate)
        action = self.scenario.action_generate()
        self.assertTrue(self.env["pricing.generation"].browse(action["res_id"]).nothing)
        self.assertFalse(self.scenario.to_generate)

    def test_marking_many_takes_one_update(self):
        def count(scenarios):
            for scenario in scenarios:
                self.assertFalse(scenario.to_generate)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.rate.rate += 0.5
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        alone = count(self.scenario)
        self.scenario._generate()
        more = self.env["pricing.scenario"]
        for number in range(8):
            more |= self.make_scenario(f"More {number}")
        self.assertLessEqual(count(more | self.scenario), alone)
        self.assertEqual(set(more.mapped("to_generate")), {True})

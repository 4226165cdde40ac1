import random
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import PricingCase


@tagged("post_install", "-at_install")
class TestCascade(PricingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own, cls.grouped, cls.sized, cls.advanced = (
            cls.make_scenario(name, states=("rs",))
            for name in ("Own", "Grouped", "Sized", "Advanced")
        )
        cls.group = cls.env["pricing.customer.group"].create(
            {"name": "Resellers", "pricing_scenario_id": cls.grouped.id}
        )
        cls.size = cls.env["pricing.company.size"].create(
            {"name": "Large", "pricing_scenario_id": cls.sized.id}
        )
        cls.customer = cls.make_customer(
            state=cls.rs,
            pricing_scenario_id=cls.own.id,
            pricing_group_id=cls.group.id,
            pricing_size_id=cls.size.id,
            pricing_use_type="resale",
        )

    def configure(self, mode, use_type="resale"):
        return self.env["pricing.advanced.config"].create(
            {
                "company_id": self.company.id,
                "use_type": use_type,
                "mode": mode,
                "pricing_scenario_id": self.advanced.id,
            }
        )

    def test_levels_in_order(self):
        self.assertEqual(self.effective(self.customer), self.own)
        self.customer.pricing_scenario_id = False
        self.assertEqual(self.effective(self.customer), self.grouped)
        self.customer.pricing_group_id = False
        self.assertEqual(self.effective(self.customer), self.sized)
        self.customer.pricing_size_id = False
        self.assertFalse(self.effective(self.customer))
        self.configure("fallback")
        self.assertEqual(self.effective(self.customer), self.advanced)

    def test_an_override_replaces_every_setting(self):
        self.configure("override", "industry")
        self.assertEqual(self.effective(self.customer), self.own)
        config = self.configure("override")
        self.assertEqual(self.effective(self.customer), self.advanced)
        config.mode = "fallback"
        self.assertEqual(self.effective(self.customer), self.own)

    def test_a_changed_group_is_noticed_at_once(self):
        self.customer.pricing_scenario_id = False
        self.assertEqual(self.effective(self.customer), self.grouped)
        self.group.pricing_scenario_id = self.own
        self.assertEqual(self.effective(self.customer), self.own)

    def test_unusable_scenarios_are_skipped(self):
        self.own.date_end = fields.Date.today() - timedelta(days=1)
        self.assertEqual(self.effective(self.customer), self.grouped)
        self.grouped.date_start = fields.Date.today() + timedelta(days=1)
        self.assertEqual(self.effective(self.customer), self.sized)
        other = self.make_company("Filial Norte", self.ba)
        self.sized.company_id = other
        self.assertFalse(self.effective(self.customer))
        self.assertEqual(self.effective(self.customer, other), self.sized)

    def test_a_branch_uses_the_scenarios_of_its_company(self):
        branch = self.make_company("Filial Sul", self.rs, parent_id=self.company.id)
        self.assertEqual(self.effective(self.customer, branch), self.own)

    def test_contacts_count_as_their_company(self):
        contact = self.make_customer("Ana", parent_id=self.customer.id)
        contact.is_company = False
        self.assertEqual(self.effective(contact), self.own)

    def test_an_archived_scenario_is_skipped(self):
        spare = self.make_scenario("Spare", states=("rs",))
        spare.active = False
        self.customer.pricing_scenario_id = spare
        self.assertEqual(self.effective(self.customer), self.grouped)

    def test_archiving_a_used_scenario_is_refused(self):
        with self.assertRaisesRegex(UserError, "customers: 1"):
            self.own.active = False
        with self.assertRaisesRegex(UserError, "customer groups: 1"):
            self.grouped.unlink()

    def test_deleting_a_group_with_customers_is_refused(self):
        with self.assertRaisesRegex(UserError, "1 customers"):
            self.group.unlink()
        self.customer.pricing_group_id = False
        self.group.unlink()

    def test_a_group_takes_only_customers_without_one(self):
        other = self.env["pricing.customer.group"].create({"name": "Others"})
        with self.assertRaisesRegex(UserError, "in group Resellers"):
            other.partner_ids = [Command.link(self.customer.id)]
        free = self.make_customer("Free")
        other.partner_ids = [Command.link(free.id)]
        self.assertEqual(free.pricing_group_id, other)

    def test_an_advanced_configuration_counts_who_is_affected(self):
        self.make_customer("Nothing", pricing_use_type="resale")
        self.make_customer("Other use", pricing_use_type="consumer")
        config = self.configure("fallback")
        self.assertEqual(config.affected_count, 1)
        config.mode = "override"
        self.assertEqual(config.affected_count, 2)
        self.assertIn("2 customers", config._onchange_affected()["warning"]["message"])

    def make_random_customers(self, scenarios):
        choose = random.Random(7)
        maybe = [False, *scenarios.ids]
        groups = self.env["pricing.customer.group"].create(
            [{"name": f"G{i}", "pricing_scenario_id": s} for i, s in enumerate(maybe)]
        )
        sizes = self.env["pricing.company.size"].create(
            [{"name": f"P{i}", "pricing_scenario_id": s} for i, s in enumerate(maybe)]
        )
        return self.env["res.partner"].create(
            [
                {
                    "name": f"Customer {number}",
                    "pricing_scenario_id": choose.choice(maybe),
                    "pricing_group_id": choose.choice([False, *groups.ids]),
                    "pricing_size_id": choose.choice([False, *sizes.ids]),
                    "pricing_use_type": choose.choice(
                        [False, "industry", "resale", "consumer"]
                    ),
                }
                for number in range(120)
            ]
        )

    def test_search_finds_what_is_computed(self):
        scenarios = self.own | self.grouped | self.sized | self.advanced
        expired = self.make_scenario("Expired", states=("rs",))
        expired.date_end = fields.Date.today() - timedelta(days=1)
        customers = self.make_random_customers(scenarios | expired)
        self.configure("override", "industry")
        self.configure("fallback", "consumer")
        for scenario in [*scenarios, expired, self.env["pricing.scenario"]]:
            found = self.env["res.partner"].search(
                [
                    ("id", "in", customers.ids),
                    ("pricing_effective_scenario_id", "=", scenario.id),
                ]
            )
            wanted = customers.filtered(
                lambda c, s=scenario: c.pricing_effective_scenario_id == s
            )
            self.assertEqual(found, wanted, scenario.name)
        excluded = self.env["res.partner"].search(
            [
                ("id", "in", customers.ids),
                ("pricing_effective_scenario_id", "!=", self.own.id),
            ]
        )
        self.assertNotIn(self.own, excluded.pricing_effective_scenario_id)
        self.assertIn(self.own, (customers - excluded).pricing_effective_scenario_id)

    def test_many_customers_take_a_constant_number_of_queries(self):
        values = {"pricing_group_id": self.group.id, "pricing_size_id": self.size.id}
        counts = []
        for size in (5, 300):
            customers = self.env["res.partner"].create(
                [{"name": f"Many {number}", **values} for number in range(size)]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            customers.mapped("pricing_effective_scenario_id")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
        self.assertLess(counts[0], 12)

    def test_one_customer_takes_few_queries(self):
        """Whatever number of scenarios cannot be used."""
        yesterday = fields.Date.today() - timedelta(days=1)
        self.make_scenario("Expired", states=("rs",), date_end=yesterday)
        self.own.date_end = yesterday
        self.customer.pricing_size_id = False
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(5):
            self.customer.mapped("pricing_effective_scenario_id")

    def test_an_import_takes_no_queries_of_its_own_for_each_customer(self):
        def load(columns, rows):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            result = self.env["res.partner"].load(columns, rows)
            self.assertFalse(result["messages"])
            return result["ids"], self.env.cr.sql_log_count - before

        self.env["res.partner.industry"].create({"name": "Retail of Tea"})
        # Odoo looks up each name of a record, whichever field it is for.
        _ids, plain = load(
            ["name", "industry_id", "country_id"],
            [[f"Plain {number}", "Retail of Tea", "Brazil"] for number in range(200)],
        )
        ids, queries = load(
            ["name", "pricing_group_id", "pricing_size_id"],
            [[f"Imported {number}", "Resellers", "Large"] for number in range(200)],
        )
        imported = self.env["res.partner"].browse(ids)
        self.assertEqual(imported.pricing_effective_scenario_id, self.grouped)
        self.assertLess(queries, plain + 50)

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import PricingCase


@tagged("post_install", "-at_install")
class TestSecurity(PricingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scenario = cls.make_scenario()
        cls.customer = cls.make_customer(
            state=cls.sp, pricing_scenario_id=cls.scenario.id
        )
        cls.other = cls.make_company("Outra", cls.sp)

    def make_user(self, group, company=None):
        company = company or self.company
        return new_test_user(
            self.env,
            f"{group}-{company.id}",
            f"base.group_user,{group}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def test_salespeople_read_and_quote(self):
        user = self.make_user("sales_team.group_sale_salesman")
        order = (
            self.env["sale.order"]
            .with_user(user)
            .create({"partner_id": self.customer.id})
        )
        self.assertEqual(order.pricing_contract_id.scenario_id, self.scenario)
        with self.assertRaises(AccessError):
            self.scenario.with_user(user).name = "Mine"

    def test_users_look_after_customer_groups_only(self):
        user = self.make_user("pricing_scenario.group_pricing_user")
        group = self.env["pricing.customer.group"].with_user(user)
        group.create({"name": "Resellers"})
        with self.assertRaises(AccessError):
            self.scenario.with_user(user).base = "standard_price"

    def test_managers_make_scenarios(self):
        user = self.make_user("pricing_scenario.group_pricing_manager")
        scenario = (
            self.env["pricing.scenario"]
            .with_user(user)
            .create({"name": "New", "country_id": self.brazil.id})
        )
        self.assertEqual(scenario.contract_count, 27)
        self.assertEqual(scenario.company_id, self.company)

    def test_searching_tells_no_more_than_reading(self):
        user = self.make_user("base.group_user")
        partners = self.env["res.partner"].with_user(user)
        for path in ("name", "create_uid.login"):
            with self.assertRaises(AccessError):
                partners.search([(f"pricing_effective_scenario_id.{path}", "!=", "x")])
        user = self.make_user("sales_team.group_sale_salesman_all_leads")
        found = self.env["res.partner"].with_user(user)
        found = found.search([("pricing_effective_scenario_id.name", "=", "Resale")])
        self.assertEqual(found, self.customer)

    def test_companies_are_apart(self):
        user = self.make_user("pricing_scenario.group_pricing_manager", self.other)
        owned = [("company_id", "=", self.company.id)]
        for model in (
            "pricing.scenario",
            "pricing.channel.group",
            "pricing.contract",
            "pricing.origin",
        ):
            records = self.env[model].sudo().search(owned)
            model = (
                self.env[model]
                .with_user(user)
                .with_context(allowed_company_ids=self.other.ids)
            )
            mine = model.search(owned)
            self.assertTrue(records)
            self.assertFalse(mine)

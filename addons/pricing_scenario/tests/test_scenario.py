from psycopg2.errors import CheckViolation, UniqueViolation

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import PricingCase


@tagged("post_install", "-at_install")
class TestScenario(PricingCase):
    def test_lists_of_deleted_groups_and_origins_are_nobodys(self):
        origins = [
            self.make_origin(name, self.company, state)
            for name, state in (("SP", self.sp), ("MG", self.mg))
        ]
        lists = self.make_scenario().channel_group_ids.contract_ids.pricelist_id
        of_origins = lists.filtered(lambda li: li.pricing_origin_id in origins)
        origins[0].unlink()
        origins[1].unlink()
        wizard = self.env["pricing.generation"].browse(
            of_origins.pricing_group_id.scenario_id.action_generate()["res_id"]
        )
        self.assertEqual(wizard.line_ids.mapped("count"), [len(of_origins)])
        wizard.action_apply()
        self.assertFalse(any(of_origins.mapped("active")))
        rest = lists - of_origins
        self.assertTrue(all(rest.mapped("active")))
        rest.pricing_group_id.unlink()
        self.assertFalse(any(rest.mapped("active")))

    def test_a_scenario_is_not_based_on_its_own_lists(self):
        scenario = self.make_scenario()
        own = self.get_list(scenario, self.rs)
        with self.assertRaisesRegex(ValidationError, "based on its own prices"):
            scenario.write({"base": "pricelist", "base_pricelist_id": own.id})

    def test_two_scenarios_are_not_based_on_each_other(self):
        first = self.make_scenario("First")
        second = self.make_scenario(
            "Second",
            base="pricelist",
            base_pricelist_id=self.get_list(first, self.rs).id,
        )
        with self.assertRaisesRegex(ValidationError, "Scenario First would be based"):
            first.write(
                {
                    "base": "pricelist",
                    "base_pricelist_id": self.get_list(second, self.rs).id,
                }
            )

    def test_the_base_pricelist_fits_the_company(self):
        other = self.make_company("Outra", self.sp)
        base = self.env["product.pricelist"].create(
            {"name": "Theirs", "company_id": other.id}
        )
        with self.assertRaisesRegex(ValidationError, "belongs to Outra alone"):
            self.make_scenario(base="pricelist", base_pricelist_id=base.id)
        with self.assertRaisesRegex(ValidationError, "Choose the pricelist"):
            self.make_scenario(base="pricelist")

    def test_states_are_of_the_country(self):
        with self.assertRaisesRegex(ValidationError, "not in the scenario's country"):
            self.make_scenario(country_id=self.env.ref("base.ar").id)

    def test_adjustments_do_not_overlap(self):
        early = {"date_end": "2030-01-01 00:00:00"}
        late = {"date_start": "2030-01-01 00:00:00"}
        scenario = self.make_scenario(
            rule_ids=[Command.create(early), Command.create(late)]
        )
        with self.assertRaisesRegex(ValidationError, "two adjustments"):
            scenario.rule_ids = [Command.create({"date_start": "2031-01-01 00:00:00"})]
        with self.assertRaisesRegex(ValidationError, "Choose what"):
            scenario.rule_ids = [Command.create({"applied_on": "2_brand"})]

    @mute_logger("odoo.sql_db")
    def test_constraints_in_the_database(self):
        scenario = self.make_scenario()
        contract = self.env["pricing.contract"].search(
            [("scenario_id", "=", scenario.id)], limit=1
        )
        with self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            self.env["pricing.contract"].create(contract.copy_data()[0])
        with self.assertRaises(CheckViolation), self.env.cr.savepoint():
            self.env["pricing.interstate.rate"].create({"name": "All", "rate": 100})
        second = self.make_origin("SP", self.company, self.sp)
        with self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            second.is_default = True
            second.flush_recordset()

    def test_a_copy_is_generated_too(self):
        copy = self.make_scenario().copy()
        self.assertEqual(copy.name, "Resale (copy)")
        self.assertEqual(copy.contract_count, 4)

    def test_lists_of_a_deleted_scenario_are_nobodys_default(self):
        scenario = self.make_scenario()
        lists = scenario.channel_group_ids.contract_ids.pricelist_id
        others = self.env["product.pricelist"].search([("id", "not in", lists.ids)])
        others.active = False
        customer = self.make_customer(state=self.rs).with_company(self.company)
        scenario.unlink()
        self.env.invalidate_all()
        self.assertFalse(customer.property_product_pricelist)
        self.assertFalse(any(lists.mapped("active")))

    def test_an_origin_takes_the_state_of_its_warehouse(self):
        address = self.make_customer("Depósito", self.mg)
        warehouse = self.env["stock.warehouse"].create(
            {
                "name": "MG",
                "code": "MG",
                "company_id": self.company.id,
                "partner_id": address.id,
            }
        )
        origin = self.env["pricing.origin"].create(
            {"name": "MG", "warehouse_id": warehouse.id}
        )
        self.assertEqual(origin.state_id, self.mg)
        self.assertEqual(origin.company_id, self.company)

    def test_shown_only_where_there_are_scenarios(self):
        scenarios = self.env["pricing.scenario"]
        scenarios.search([("company_id", "=", False)]).company_id = self.make_company(
            "Elsewhere", self.sp
        )
        customer = self.make_customer(state=self.sp)
        order = self.make_order(customer)
        records = (order, customer, self.product.product_tmpl_id)

        def shown():
            self.env.invalidate_all()
            return {record.pricing_in_use for record in records}

        def searched():
            arch = order.get_view(view_type="search")["arch"]
            return "pricing_origin_id" in arch

        self.assertEqual((shown(), searched()), ({False}, False))
        self.assertEqual(order.pricing_origin_id, self.origin)
        self.assertFalse(order.pricing_outdated_text)
        form = Form(order)
        self.assertTrue(form._get_modifier("pricing_origin_id", "invisible"))
        scenario = self.make_scenario()
        self.assertEqual((shown(), searched()), ({True}, True))
        form = Form(order)
        self.assertFalse(form._get_modifier("pricing_origin_id", "invisible"))
        scenario.active = False
        self.assertEqual((shown(), searched()), ({False}, False))
        scenario.write({"active": True, "company_id": False})
        self.assertEqual((shown(), searched()), ({True}, True))
        scenario.unlink()
        self.assertEqual((shown(), searched()), ({False}, False))
        above = self.make_scenario()
        branch = self.make_company("Filial", self.sp, parent_id=self.company.id)
        order.flush_recordset()
        self.assertTrue(above._is_used_by(branch.id))

    def test_asking_whether_there_are_scenarios_is_cheap(self):
        self.make_scenario()
        orders = self.env["sale.order"]
        for number in range(5):
            orders += self.make_order(self.make_customer(f"C{number}", self.sp))
        orders.mapped("pricing_in_use")
        orders.invalidate_recordset(["pricing_in_use"])
        orders.mapped("company_id")
        with self.assertQueryCount(0):
            orders.mapped("pricing_in_use")

    def test_the_first_scenario_can_be_made(self):
        scenarios = self.env["pricing.scenario"].search([])
        menus = self.env["ir.ui.menu"]
        hidden = [self.env.ref(name).id for name in menus._get_pricing_menus()]
        reachable = (
            self.env.ref("pricing_scenario.menu_scenario")
            | self.env.ref("pricing_scenario.menu_origin")
        ).ids
        self.make_scenario()
        self.assertFalse(set(hidden) & set(menus._load_menus_blacklist()))
        (self.env["pricing.scenario"].search([]) | scenarios).write({"active": False})
        blacklist = menus._load_menus_blacklist()
        self.assertLessEqual(set(hidden), set(blacklist))
        self.assertFalse(set(reachable) & set(blacklist))

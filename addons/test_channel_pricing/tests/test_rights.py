from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import PricingOutCase


@tagged("post_install", "-at_install")
class TestRights(PricingOutCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.make_user("gestora", "channel_base.group_channel_manager")
        cls.user = cls.make_user("empleada", "channel_base.group_channel_user")
        cls.seller = cls.make_user("vendedor", "sales_team.group_sale_manager")
        cls.pricer = cls.make_user("precios", "pricing_scenario.group_pricing_manager")

    def test_a_manager_of_channels_lets_prices_go_out(self):
        channel = self.channel.with_user(self.manager)
        action = channel.action_dry_run_pricing()
        preview = self.env[action["res_model"]].with_user(self.manager)
        preview.browse(action["res_id"]).action_send()
        self.run_pricing()
        self.assertEqual(set(self.items().mapped("sync_state")), {"done"})

    def test_a_user_looks_and_retries_only(self):
        action = self.channel.with_user(self.user).action_dry_run_pricing()
        dry_run = self.env[action["res_model"]].with_user(self.user)
        dry_run = dry_run.browse(action["res_id"])
        self.assertTrue(dry_run.line_ids.mapped("changes_text"))
        with self.assertRaises(AccessError):
            dry_run.action_send()
        self.confirm()
        items = self.items().with_user(self.user)
        self.assertTrue(items.mapped("wanted_text"))
        items.sudo().sync_state = "error"
        items.action_retry()
        self.assertEqual(set(items.mapped("sync_state")), {"pending"})
        with self.assertRaises(AccessError):
            items.write({"operation": "delete"})
        with self.assertRaises(AccessError):
            items.unlink()

    def test_prices_by_group_show_only_where_there_are_scenarios(self):
        self.assertTrue(self.channel.with_user(self.user).pricing_in_use)
        menu = self.env.ref("channel_pricing_scenario.menu_pricing_item").id
        menus = self.env["ir.ui.menu"].with_user(self.user)
        self.assertNotIn(menu, menus._load_menus_blacklist())
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        scenarios = self.env["pricing.scenario"].search([])
        scenarios.company_id = elsewhere
        self.channel.invalidate_recordset(["pricing_in_use"])
        self.assertFalse(self.channel.with_user(self.user).pricing_in_use)
        form = Form(self.channel)
        self.assertFalse(form.pricing_in_use)

    def test_others_see_nothing(self):
        self.confirm()
        with self.assertRaises(AccessError):
            self.items().with_user(self.seller).read(["name"])

    def test_who_sets_prices_needs_no_right_on_channels(self):
        self.confirm()
        self.group.with_user(self.pricer).pricing_scenario_id = self.retail
        self.buyers[0].partner_id.with_user(
            self.pricer
        ).pricing_scenario_id = self.resale
        self.run_pricing(full=False)
        resale, retail = (self.group_of(s).name for s in (self.resale, self.retail))
        self.assertEqual(self.groups_there(), [resale, retail, retail])

    def test_companies_see_their_own(self):
        self.confirm()
        self.prices.records["customer"]["B1"] = ("", {"group": None})
        self.run_pricing()
        rows = (self.items(), self.differences())
        company = self.env["res.company"].create({"name": "Ajena"})
        self.user.write(
            {"company_ids": [Command.set(company.ids)], "company_id": company.id}
        )
        for records in rows:
            self.assertTrue(records)
            theirs = self.env(context={})[records._name].with_user(self.user)
            self.assertFalse(theirs.search([("id", "in", records.ids)]))
            with self.assertRaises(AccessError):
                theirs.browse(records.ids).read(["channel_id"])


@tagged("post_install", "-at_install")
class TestCompanies(PricingOutCase):
    def test_another_companys_scenario_is_not_sent(self):
        company = self.make_other_company()
        theirs = self.make_scenario("Ajeno", company_id=company.id)
        shared = self.make_scenario("Común", company_id=False)
        self.buyers[0].partner_id.pricing_scenario_id = theirs
        self.buyers[1].partner_id.pricing_scenario_id = shared
        self.confirm()
        names = [content["name"] for content in self.prices.contents("group")]
        self.assertNotIn(self.group_of(theirs).name, names)
        self.assertIn(self.group_of(shared).name, names)
        resale, common = self.group_of(self.resale).name, self.group_of(shared).name
        self.assertEqual(self.groups_there(), [resale, common, resale])

    def test_the_configuration_of_the_channels_company_counts(self):
        company = self.make_other_company()
        config = self.env["pricing.advanced.config"].create(
            {
                "company_id": company.id,
                "use_type": "consumer",
                "pricing_scenario_id": self.make_scenario("Común", company_id=False).id,
            }
        )
        self.buyers.partner_id.pricing_use_type = "consumer"
        self.confirm()
        self.assertEqual(self.groups_there(), [self.group_of(self.resale).name] * 3)
        config.company_id = self.company
        self.run_pricing(full=False)
        expected = self.group_of(config.pricing_scenario_id).name
        self.assertEqual(self.groups_there(), [expected] * 3)

    def test_two_channels(self):
        """Each one is told its own buyers only."""
        other = self.make_channel(name="Segundo")
        prices = other._get_provider()._get_pricing_remote(other)
        self.make_buyer("C1", channel=other, pricing_group_id=self.group.id)
        self.confirm()
        self.assertFalse(prices.log)
        self.assertNotIn("C1", self.prices.records["customer"])

from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from odoo.addons.channel_pricing_scenario import uninstall_hook

from .common import PricingOutCase


@tagged("post_install", "-at_install")
class TestDifferences(PricingOutCase):
    """What somebody changed on the channel is overwritten and told."""

    def setUp(self):
        super().setUp()
        self.confirm()
        self.resale_name = self.group_of(self.resale).name
        self.retail_name = self.group_of(self.retail).name

    def there(self, name):
        """The channel's id of a group."""
        for external_id, (_reference, content) in self.prices.records["group"].items():
            if content["name"] == name:
                return external_id
        return None

    def change_customer(self, external_id, group):
        self.prices.records["customer"][external_id] = ("", {"group": group})

    def test_a_customers_group_is_overwritten(self):
        self.change_customer("B2", self.there(self.retail_name))
        self.prices.writes()
        flow = self.run_pricing()
        self.assertEqual(self.prices.writes(), [("put", "customer", 1)])
        self.assertEqual(self.groups_there(), [self.resale_name] * 3)
        found = self.differences()
        self.assertEqual(
            (found.name, found.before_text, found.after_text),
            ("B2", self.retail_name, self.resale_name),
        )
        self.assertTrue(found.found_at)
        self.assertEqual(found.run_id.flow_id, flow)
        self.assertEqual(self.channel.pricing_difference_count, 1)

    def test_once_overwritten_it_is_no_difference(self):
        self.change_customer("B2", None)
        self.run_pricing()
        self.run_pricing()
        self.assertEqual(len(self.differences()), 1)
        self.assertEqual(self.differences().before_text, "No group")

    def test_the_group_of_a_new_customer_is_overwritten(self):
        self.change_customer("B9", self.there(self.retail_name))
        self.make_buyer("B9", pricing_group_id=self.group.id)
        self.run_pricing(full=False)
        self.assertEqual(self.groups_there("B9"), [self.resale_name])
        self.assertEqual(self.differences().before_text, self.retail_name)

    def test_our_own_change_is_no_difference(self):
        self.group.pricing_scenario_id = self.retail
        self.run_pricing()
        self.assertFalse(self.differences())

    def test_a_change_there_of_what_also_changed_here(self):
        self.change_customer("B1", None)
        self.group.pricing_scenario_id = self.retail
        self.run_pricing(full=False)
        self.assertEqual(self.groups_there(), [self.retail_name] * 3)
        self.assertEqual(self.differences().name, "B1")

    def test_a_renamed_list_is_overwritten(self):
        first = next(iter(self.prices.records["list"].values()))
        name, first[1]["name"] = first[1]["name"], "Liquidación"
        self.run_pricing()
        names = [content["name"] for content in self.prices.contents("list")]
        self.assertIn(name, names)
        self.assertNotIn("Liquidación", names)
        self.assertIn("Liquidación", self.differences().before_text)

    def test_a_deleted_group_is_made_again_with_what_names_it(self):
        self.prices.records["group"].pop(self.there(self.resale_name))
        self.run_pricing()
        self.assertEqual(self.groups_there(), [self.resale_name] * 3)
        groups = {content["group"] for content in self.prices.contents("contract")}
        self.assertEqual(groups, set(self.prices.records["group"]))
        self.assertIn("Nothing", self.differences().mapped("before_text"))

    def test_what_is_not_ours_stays(self):
        self.prices.records["group"]["X"] = ("", {"name": "De la tienda"})
        self.run_pricing()
        self.assertIn("X", self.prices.records["group"])
        self.assertFalse(self.differences())

    def test_they_are_deleted_after_a_while(self):
        self.change_customer("B1", None)
        self.change_customer("B2", None)
        self.run_pricing()
        old, young = self.differences()
        old.found_at = fields.Datetime.subtract(fields.Datetime.now(), days=91)
        young.found_at = fields.Datetime.subtract(fields.Datetime.now(), days=89)
        self.env["sale.channel.difference"]._gc_differences()
        self.assertEqual(self.differences(), young)
        self.assertIn(young.res_id, self.items().ids)

    def test_another_familys_difference_with_the_same_kind(self):
        self.change_customer("B2", None)
        self.run_pricing()
        ours = self.differences()
        other = ours.copy({"res_model": "sale.channel.fake.stock"})
        self.assertEqual(self.channel.pricing_difference_count, 1)
        domain = self.channel.action_open_pricing_differences()["domain"]
        self.assertEqual(self.env["sale.channel.difference"].search(domain), ours)
        self.assertEqual(ours.kind_name, "Customer")
        uninstall_hook(self.env)
        self.assertFalse(ours.exists())
        self.assertTrue(other.exists())

    def test_the_menu_is_of_no_use_without_a_scenario(self):
        menu = self.env.ref("channel_pricing_scenario.menu_pricing_item")
        menus = self.env["ir.ui.menu"]
        self.assertNotIn(menu.id, menus._load_menus_blacklist())
        scenarios = self.registry["pricing.scenario"]
        with patch.object(scenarios, "_is_used", lambda _self: False):
            self.assertIn(menu.id, menus._load_menus_blacklist())

from odoo.tests import tagged

from .common import ShopCase


@tagged("post_install", "-at_install")
class TestAccess(ShopCase):
    def search(self, user, model, domain=()):
        return self.env[model].with_user(user).search(list(domain))

    def test_a_reseller_reads_the_prices_of_the_own_scenario(self):
        other = self.make_scenario("Friends")
        lists = self.search(
            self.reseller, "product.pricelist", [("pricing_group_id", "!=", False)]
        )
        self.assertEqual(lists.sudo().pricing_group_id.scenario_id, self.scenario)
        items = self.search(
            self.reseller, "product.pricelist.item", [("pricing_generated", "=", True)]
        )
        self.assertEqual(items.pricelist_id, lists)
        hidden = self.get_list(other, self.sp).with_user(self.reseller)
        self.assertFalse(hidden.has_access("read"))
        self.assertTrue(lists[0].pricing_is_own)

    def test_another_scenario_counts_at_once(self):
        other = self.make_scenario("Friends")
        self.search(self.reseller, "product.pricelist")
        self.customer.pricing_scenario_id = other
        lists = self.search(
            self.reseller, "product.pricelist", [("pricing_group_id", "!=", False)]
        )
        self.assertEqual(lists.sudo().pricing_group_id.scenario_id, other)

    def test_visitors_and_customers_without_scenario_read_none(self):
        plain = self.make_portal_user("plain", self.make_customer("Plain", self.sp))
        for user in (plain, self.website.user_id):
            generated = [("pricing_group_id", "!=", False)]
            self.assertFalse(self.search(user, "product.pricelist", generated))
            generated = [("pricing_generated", "=", True)]
            self.assertFalse(self.search(user, "product.pricelist.item", generated))

    def test_ordinary_lists_stay_readable(self):
        plain = self.env["product.pricelist"].create({"name": "Public"})
        self.assertIn(plain, self.search(self.reseller, "product.pricelist"))

    def test_staff_read_all(self):
        self.assertTrue(self.get_list(self.scenario, self.sp).has_access("read"))

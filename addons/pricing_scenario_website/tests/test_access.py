from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ShopCase


@tagged("post_install", "-at_install")
class TestAccess(ShopCase):
    """What portal users and visitors can read besides the pages of the shop."""

    def search(self, user, model, *domain):
        return self.env[model].with_user(user).search(list(domain))

    def test_nobody_reads_lists_of_contracts(self):
        agreed = self.env["product.pricelist"].create(
            {"name": "Agreed", "company_id": self.company.id}
        )
        contracts = self.scenario.channel_group_ids.contract_ids
        contracts[0].pricelist_id = agreed
        contracts[0].active = False
        self.assertFalse(agreed.website_id)
        lists = contracts.pricelist_id
        for user in (self.reseller, self.website.user_id):
            found = self.search(user, "product.pricelist", ("id", "in", lists.ids))
            self.assertFalse(found)
            items = ("pricelist_id", "in", lists.ids)
            self.assertFalse(self.search(user, "product.pricelist.item", items))
            hidden = lists[0].with_user(user)
            self.assertFalse(hidden.has_access("read"))

    def test_ordinary_lists_stay_readable(self):
        plain = self.env["product.pricelist"].create({"name": "Public"})
        self.assertIn(plain, self.search(self.reseller, "product.pricelist"))

    def test_staff_read_all(self):
        self.assertTrue(self.get_list(self.scenario, self.sp).has_access("read"))

    def test_customers_do_not_read_their_scenario(self):
        customer = self.customer.with_user(self.reseller)
        self.assertTrue(customer.read(["name"]))
        for name in ("pricing_scenario_id", "pricing_effective_scenario_id"):
            with self.assertRaises(AccessError):
                customer.read([name])
            # Answers about what is behind a field are as good as reading it.
            for path in (name, f"{name}.create_uid.login", f"{name}.name"):
                with self.assertRaises(AccessError):
                    customer.search_count([(path, "=like", "a%")])

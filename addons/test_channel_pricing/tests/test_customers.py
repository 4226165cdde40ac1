from odoo.fields import Command
from odoo.tests import tagged

from .common import PricingOutCase


@tagged("post_install", "-at_install")
class TestCustomers(PricingOutCase):
    """Of several customers of one account the commercial main customer decides."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.here = cls.env.ref("base.state_ar_c")
        cls.there = cls.env.ref("base.state_ar_s")
        states = cls.here | cls.there
        cls.resale.write({"national": False, "state_ids": [Command.set(states.ids)]})
        cls.resale._generate()
        cls.buyer = cls.buyers[0]
        cls.customer = cls.buyer.partner_id
        cls.customer.state_id = cls.here

    def group_in(self, state):
        groups = self.group_of(self.resale)
        return groups.filtered(lambda group: group.state_id == state).name

    def add_contact(self):
        return self.env["res.partner"].create(
            {
                "parent_id": self.customer.id,
                "type": "delivery",
                "name": "Depósito",
                "country_id": self.company.country_id.id,
                "state_id": self.there.id,
            }
        )

    def test_a_delivery_contact_counts_as_its_company(self):
        self.buyer.partner_id = self.add_contact()
        self.confirm()
        self.assertEqual(self.groups_there("B1"), [self.group_in(self.here)])

    def test_a_company_that_moves_takes_its_contact_along(self):
        self.buyer.partner_id = self.add_contact()
        self.confirm()
        self.customer.state_id = self.there
        self.run_pricing(full=False)
        self.assertEqual(self.groups_there("B1"), [self.group_in(self.there)])

    def test_a_contact_that_moves_changes_nothing(self):
        contact = self.add_contact()
        self.confirm()
        self.prices.writes()
        contact.state_id = self.here
        self.run_pricing(full=False)
        self.assertFalse(self.prices.writes())

    def test_other_fiscal_identities_do_not_count(self):
        other = self.make_buyer("B8").partner_id
        other.pricing_scenario_id = self.retail
        self.env["sale.channel.identity"].create(
            {"buyer_id": self.buyer.id, "key": "AR:1", "partner_id": other.id}
        )
        self.confirm()
        self.assertEqual(self.groups_there("B1"), [self.group_in(self.here)])
        other.state_id = self.here
        self.run_pricing()
        self.assertEqual(self.groups_there("B1"), [self.group_in(self.here)])

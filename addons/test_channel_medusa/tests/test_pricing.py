"""Prices by customer group of a Medusa shop."""

from odoo import fields
from odoo.tests import tagged

from odoo.addons.channel_medusa_pricing.tools.prices import get_prices
from odoo.addons.test_channel_pricing.tests.common import PricingOutCase
from odoo.addons.test_channel_pricing.tests.contract import PricingContract

from .common import SandboxMixin


@tagged("post_install", "-at_install")
class TestMedusaPricing(SandboxMixin, PricingContract, PricingOutCase):
    provider = "medusa"

    def setUp(self):
        super().setUp()
        self.start_sandbox()
        self.connect(self.channel)
        for buyer in self.buyers:
            self.sandbox.shop.customers[buyer.external_id] = set()
        self.confirm()

    def remote_group(self, external_id):
        names = [
            self.sandbox.shop.groups[group]["name"]
            for group in self.sandbox.shop.customers[external_id]
        ]
        return ", ".join(names) or None

    def remote_move(self, external_id, name):
        groups = self.sandbox.shop.groups.values()
        found = [group["id"] for group in groups if group["name"] == name]
        self.sandbox.shop.customers[external_id] = set(found)

    def test_a_group_pays_the_prices_of_its_list(self):
        """A price per variant, for the group alone; a price that changes later arrives
        with the nightly pass."""
        product = self.make_product("TERMO", self.tax_21)
        catalogue = self.sandbox.goods.catalogue
        options = [{"title": "a", "values": ["b"]}]
        there = catalogue.create({"title": "Termo", "options": options})
        body = {"title": "b", "sku": "TERMO", "options": {"a": "b"}, "prices": []}
        variant = catalogue.create_variant(there["id"], body)["variants"][0]
        self.env["sale.channel.listing"].create(
            {"channel_id": self.channel.id, "product_id": product.id}
        ).external_id = variant["id"]
        self.run_pricing()
        lists = list(self.sandbox.shop.price_lists.values())
        groups = {group["name"]: key for key, group in self.sandbox.shop.groups.items()}
        ruled = {tuple(one["rules"]["customer.groups.id"]) for one in lists}
        self.assertEqual(ruled, {(key,) for key in groups.values()})
        self.assertEqual({one["status"] for one in lists}, {"active"})
        self.assertTrue(all(one["type"] == "override" for one in lists))
        self.assertEqual(
            [[price["amount"] for price in one["prices"]] for one in lists],
            [[121.0]] * len(lists),
        )
        product.list_price = 200
        self.run_pricing()
        self.assertEqual(
            [[price["amount"] for price in one["prices"]] for one in lists],
            [[242.0]] * len(lists),
        )

    def test_only_what_is_sent_has_a_price_by_group(self):
        """What is not approved, gone, kept or not tried is in no list."""
        self.env["sale.channel.listing"].search(
            [("channel_id", "=", self.channel.id)]
        ).external_id = False
        listings = self.env["sale.channel.listing"].create(
            [
                {
                    "channel_id": self.channel.id,
                    "product_id": self.make_product(f"P{n}", self.tax_21).id,
                    "external_id": f"variant_{n}",
                }
                for n in range(2)
            ]
        )
        pricelist = self.env["product.pricelist"].create({"name": "Mayorista"})
        first = {"variant_0"}

        def known():
            return set(get_prices(self.channel, pricelist))

        self.assertEqual(known(), {"variant_0", "variant_1"})
        for name, value, back in (
            ("approved", False, True),
            ("missing_since", fields.Datetime.now(), False),
            ("kept_fields", ["price"], False),
        ):
            with self.subTest(field=name):
                listings[1][name] = value
                self.assertEqual(known(), first)
                listings[1][name] = back
        self.channel.write({"state": "trial", "trial_codes": "P0"})
        self.assertEqual(known(), first)

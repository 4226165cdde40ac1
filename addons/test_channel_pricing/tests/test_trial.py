from odoo.fields import Command
from odoo.tests import tagged

from .common import PricingOutCase


@tagged("post_install", "-at_install")
class TestPricingTrial(PricingOutCase):
    """In a trial lists go out that concern its products alone, and their contracts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one, cls.two = cls.env["product.product"].create(
            [{"name": name, "default_code": name} for name in ("T-1", "T-2")]
        )
        cls.channel.state = "trial"

    def lists(self, scenario):
        contracts = self.env["pricing.contract"].search(
            [("group_id", "in", scenario.channel_group_ids.ids)]
        )
        return contracts.pricelist_id

    def set_rules(self, pricelist, *rules):
        pricelist.item_ids = [Command.clear(), *(Command.create(r) for r in rules)]

    def of(self, product, **values):
        return {
            "applied_on": "0_product_variant",
            "product_id": product.id,
            "product_tmpl_id": product.product_tmpl_id.id,
            "compute_price": "fixed",
            "fixed_price": 10,
            **values,
        }

    def out(self, kind):
        rows = self.items(kind).filtered(lambda row: row.sync_state == "done")
        return set(rows.mapped("res_id"))

    def test_lists_of_the_products_alone_and_their_contracts(self):
        tried, mixed = self.lists(self.resale), self.lists(self.retail)
        whole = {"applied_on": "1_product", "product_tmpl_id": self.one.product_tmpl_id}
        whole["product_tmpl_id"] = self.one.product_tmpl_id.id
        self.set_rules(tried, self.of(self.one), {**self.of(self.one), **whole})
        self.set_rules(mixed, self.of(self.one), self.of(self.two))
        self.channel.trial_codes = "T-1"
        self.confirm()
        self.assertEqual(self.out("list"), set(tried.ids))
        contracts = self.env["pricing.contract"].browse(self.out("contract"))
        self.assertEqual(contracts.pricelist_id, tried)
        # Groups and customers concern no product.
        self.assertEqual((len(self.out("group")), len(self.out("customer"))), (2, 3))
        for rules in ((), ({"applied_on": "3_global"},)):
            with self.subTest(rules):
                self.set_rules(mixed, *rules)
                self.run_pricing()
                self.assertEqual(self.out("list"), set(tried.ids))
        self.channel.trial_codes = "T-1, T-2"
        self.set_rules(mixed, self.of(self.one), self.of(self.two))
        self.run_pricing()
        self.assertEqual(self.out("list"), set((tried | mixed).ids))

    def test_what_went_out_before_stays(self):
        self.confirm()
        before = self.items().mapped("content_hash")
        self.channel.trial_codes = "T-1"
        pricelist = self.lists(self.retail)
        self.set_rules(pricelist, {"applied_on": "3_global", "percent_price": 5})
        contract = self.env["pricing.contract"].search(
            [("pricelist_id", "=", self.lists(self.resale).id)]
        )
        contract.unlink()
        self.run_pricing()
        self.assertEqual(self.items().mapped("content_hash"), before)
        self.assertEqual(set(self.items().mapped("operation")), {"put"})

    def test_the_dry_run_is_what_happens(self):
        action = self.channel.action_dry_run_pricing()
        dry_run = self.env[action["res_model"]].browse(action["res_id"])
        told = {
            (line.kind, line.name): {key: new for key, _old, new in line.changes}
            for line in dry_run.line_ids
        }
        self.confirm()
        names = {row.external_id: row.name for row in self.items() if row.external_id}
        happened = {
            (row.kind, row.name): {
                key: names.get(value, value) if key in ("group", "list") else value
                for key, value in row.seen.items()
                if value not in (None, "")
            }
            for row in self.items()
        }
        self.maxDiff = None
        self.assertEqual(told, happened)

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import PricingOutCase


@tagged("post_install", "-at_install")
class TestOrigins(PricingOutCase):
    def setUp(self):
        super().setUp()
        warehouse = self.env["stock.warehouse"].create(
            {"name": "Filial", "code": "FIL", "company_id": self.company.id}
        )
        self.branch = self.env["pricing.origin"].create(
            {"name": "Filial", "warehouse_id": warehouse.id}
        )
        (self.resale | self.retail)._generate()
        self.confirm()

    def test_an_origin_that_the_channel_does_not_have(self):
        self.assertEqual(len(self.prices.contents("list")), 2)

    def test_each_origin_of_the_de_para_has_lists_and_contracts(self):
        self.map_origin(self.channel, self.branch, "filial")
        self.run_pricing(full=False)
        origins = [content["origin"] for content in self.prices.contents("contract")]
        self.assertEqual(sorted(origins), ["filial"] * 2 + ["matriz"] * 2)
        lists = {
            external_id: content["origin"]
            for external_id, (_ref, content) in self.prices.records["list"].items()
        }
        for content in self.prices.contents("contract"):
            self.assertEqual(lists[content["list"]], content["origin"])

    def test_an_origin_that_leaves_the_de_para(self):
        rows = self.channel.mapping_ids
        rows.filtered(lambda r: r.kind_id.code == "pricing_origin").unlink()
        self.run_pricing(full=False)
        self.assertFalse(self.prices.contents("list"))
        self.assertFalse(self.prices.contents("contract"))
        self.assertEqual(len(self.prices.contents("group")), 2)

    def test_an_archived_origin(self):
        self.origin.active = False
        self.run_pricing(full=False)
        self.assertFalse(self.prices.contents("list"))
        self.assertEqual(len(self.prices.contents("group")), 2)

    def test_the_channel_tells_its_origins(self):
        self.channel.action_load_pricing_origins()
        rows = self.channel.mapping_ids.filtered(
            lambda row: row.kind_id.code == "pricing_origin"
        )
        self.assertEqual(
            {row.external_value: row.is_mapped for row in rows},
            {"matriz": True, "filial": False},
        )


@tagged("post_install", "-at_install")
class TestContractsByHand(PricingOutCase):
    """A channel that has no service for contracts."""

    kinds = ("group", "list", "customer")

    def test_contracts_are_listed_to_be_made_by_hand(self):
        self.confirm()
        contracts = self.items("contract")
        self.assertEqual(contracts.mapped("sync_state"), ["by_hand"] * 2)
        self.assertFalse(self.prices.contents("contract"))
        others = self.items() - contracts
        self.assertEqual(set(others.mapped("sync_state")), {"done"})
        text = contracts[0].wanted_text
        contract = self.env["pricing.contract"].browse(contracts[0].res_id)
        self.assertIn(contract.group_id.name, text)
        self.assertIn("matriz", text)

    def test_done_by_hand(self):
        self.confirm()
        contracts = self.items("contract")
        contracts.action_retry()
        self.assertEqual(contracts.mapped("sync_state"), ["by_hand"] * 2)
        contracts.action_done_by_hand()
        self.run_pricing()
        self.assertEqual(contracts.mapped("sync_state"), ["done"] * 2)

    def test_what_changes_has_to_be_done_again(self):
        self.confirm()
        contracts = self.items("contract")
        contracts.action_done_by_hand()
        self.group.pricing_scenario_id = self.retail
        self.resale.active = False
        self.run_pricing(full=False)
        states = {item.operation: item.sync_state for item in contracts}
        self.assertEqual(states, {"put": "done", "delete": "by_hand"})

    def test_not_before_the_group_is_there(self):
        self.confirm()
        contract = self.items("contract")[0]
        group = self.items("group").filtered(
            lambda item: item.res_id == contract.wanted["group"]
        )
        group.external_id = False
        with self.assertRaisesRegex(UserError, "not on the channel yet"):
            contract.action_done_by_hand()

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import PricingOutCase
from .contract import PricingContract


@tagged("post_install", "-at_install")
class TestSending(PricingContract, PricingOutCase):
    def setUp(self):
        super().setUp()
        self.confirm()

    def remote_group(self, external_id):
        return self.prices.customer_group(external_id)

    def remote_move(self, external_id, name):
        groups = self.prices.records["group"]
        names = {content["name"]: key for key, (_ours, content) in groups.items()}
        self.prices.records["customer"][external_id] = ("", {"group": names[name]})

    def test_everything_arrives(self):
        self.assertEqual(set(self.items().mapped("sync_state")), {"done"})
        groups = self.group_of(self.resale) | self.group_of(self.retail)
        self.assertCountEqual(
            [content["name"] for content in self.prices.contents("group")],
            groups.mapped("name"),
        )
        expected = self.group_of(self.resale).name
        self.assertEqual(self.groups_there(), [expected] * 3)
        lists = self.prices.records["list"]
        for content in self.prices.contents("contract"):
            self.assertEqual(content["origin"], "matriz")
            self.assertIn(content["list"], lists)
            self.assertIn(content["group"], self.prices.records["group"])

    def test_customers_go_in_batches(self):
        writes = [call for call in self.prices.log if call[0] == "put"]
        self.assertEqual(
            writes,
            [("put", "group", 2), ("put", "list", 2), ("put", "contract", 2)]
            + [("put", "customer", 3)],
        )

    def test_a_second_time_nothing_is_written(self):
        self.prices.writes()
        self.run_pricing()
        self.assertFalse(self.prices.writes())
        self.assertFalse(self.differences())

    def test_only_what_changed_is_sent(self):
        self.prices.writes()
        self.buyers[1].partner_id.pricing_scenario_id = self.retail
        self.run_pricing(full=False)
        self.assertEqual(self.prices.writes(), [("put", "customer", 1)])
        self.assertEqual(self.groups_there("B2"), [self.group_of(self.retail).name])

    def test_rules_of_a_list_are_sent_again(self):
        self.prices.writes()
        self.resale.rule_ids = [(0, 0, {"adjustment": -10})]
        self.resale._generate()
        self.run_pricing(full=False)
        self.assertEqual(self.prices.writes(), [("put", "list", 1)])
        items = [content["items"] for content in self.prices.contents("list")]
        self.assertIn(["10"], [[i["discount"] for i in rules][:1] for rules in items])

    def test_a_customer_that_leaves_its_group_has_none(self):
        self.buyers[0].partner_id.pricing_group_id = False
        self.run_pricing(full=False)
        self.assertEqual(self.groups_there("B1"), [None])
        self.prices.writes()
        self.run_pricing()
        self.assertFalse(self.prices.writes())

    def test_who_never_had_a_group_is_left_alone(self):
        self.make_buyer("B9")
        self.prices.records["customer"]["B9"] = ("", {"group": "X"})
        self.prices.writes()
        self.run_pricing()
        self.assertFalse(self.prices.writes())

    def test_a_new_buyer_is_sent(self):
        self.make_buyer("B9", pricing_group_id=self.group.id)
        self.run_pricing(full=False)
        self.assertEqual(self.groups_there("B9"), [self.group_of(self.resale).name])

    def test_an_archived_scenario_is_removed(self):
        self.group.pricing_scenario_id = self.retail
        self.resale.active = False
        self.run_pricing(full=False)
        retail = self.group_of(self.retail).name
        self.assertEqual(self.groups_there(), [retail] * 3)
        for kind in ("group", "list", "contract"):
            self.assertEqual(len(self.prices.contents(kind)), 1, kind)
        self.resale.active = True
        self.run_pricing(full=False)
        for kind in ("group", "list", "contract"):
            self.assertEqual(len(self.prices.contents(kind)), 2, kind)

    def test_an_archived_list_is_removed_with_its_contract(self):
        contracts = self.env["pricing.contract"].search(
            [("scenario_id", "=", self.resale.id)]
        )
        contracts.pricelist_id.active = False
        self.prices.writes()
        self.run_pricing(full=False)
        self.assertEqual(
            self.prices.writes(), [("delete", "contract", 1), ("delete", "list", 1)]
        )

    def test_a_deleted_scenario_is_removed(self):
        self.group.pricing_scenario_id = self.retail
        self.run_pricing(full=False)
        lists = self.env["product.pricelist"].search(
            [("pricing_group_id", "in", self.group_of(self.resale).ids)]
        )
        self.resale.unlink()
        self.assertTrue(lists.exists())
        self.run_pricing(full=False)
        self.assertEqual(len(self.prices.contents("group")), 1)
        self.assertEqual(len(self.prices.contents("contract")), 1)

    def test_an_expired_scenario_is_removed_by_the_next_full_run(self):
        yesterday = fields.Date.today() - timedelta(days=2)
        self.env.cr.execute(
            "UPDATE pricing_scenario SET date_end = %s WHERE id = %s",
            (yesterday, self.resale.id),
        )
        self.env.invalidate_all()
        self.run_pricing()
        self.assertEqual(self.groups_there(), [None] * 3)
        self.assertEqual(len(self.prices.contents("group")), 1)

    def test_a_paused_channel_is_not_called(self):
        self.channel.action_pause()
        self.prices.log.clear()
        self.group.pricing_scenario_id = self.retail
        self.run_pricing()
        self.assertFalse(self.prices.log)
        self.channel.action_resume()
        self.run_pricing(full=False)
        self.assertEqual(self.groups_there(), [self.group_of(self.retail).name] * 3)

    def test_a_flow_that_was_off_looks_at_everything(self):
        flow = self.flow("pricing_out")
        flow.enabled = False
        self.group.pricing_scenario_id = self.retail
        self.env.cr.flush()
        self.env["sale.channel.change"]._drain()
        self.assertFalse(self.env["sale.channel.change.mark"].search_count([]))
        flow._get_state().requests_seen = flow.run_requests
        flow.enabled = True
        self.assertTrue(flow._is_requested(flow._get_state()))

from collections import Counter

from odoo.tests import tagged

from .common import PricingOutCase


@tagged("post_install", "-at_install")
class TestDryRun(PricingOutCase):
    def dry_run(self):
        action = self.channel.action_dry_run_pricing()
        return self.env[action["res_model"]].browse(action["res_id"])

    def test_it_shows_what_would_be_sent(self):
        lines = self.dry_run().line_ids
        self.assertEqual(
            Counter((line.kind, line.action) for line in lines),
            {
                ("group", "create"): 2,
                ("list", "create"): 2,
                ("contract", "create"): 2,
                ("customer", "change"): 3,
            },
        )
        customers = lines.filtered(lambda line: line.kind == "customer")
        self.assertEqual(customers.mapped("name"), ["B1", "B2", "B3"])

    def test_nothing_is_sent_before_it_is_confirmed(self):
        self.dry_run()
        self.flow("pricing_out").enabled = True
        self.run_pricing()
        self.assertFalse(self.items())
        self.assertFalse(self.prices.log)

    def test_after_sending_nothing_is_left(self):
        self.confirm()
        self.assertFalse(self.dry_run().line_ids)

    def test_a_change_shows_as_a_difference_alone(self):
        self.confirm()
        self.buyers[0].partner_id.pricing_scenario_id = self.retail
        lines = self.dry_run().line_ids
        self.assertEqual(
            [(line.kind, line.name) for line in lines], [("customer", "B1")]
        )


@tagged("post_install", "-at_install")
class TestCapability(PricingOutCase):
    def test_a_provider_without_prices_has_no_flow(self):
        other = self.env["sale.channel"].create(
            {"name": "Sin precios", "company_id": self.company.id}
        )
        self.assertFalse(other.pricing_kinds)
        self.assertNotIn("pricing_out", other.flow_ids.mapped("kind"))
        self.assertEqual(self.channel.pricing_kinds, "group,list,contract,customer")
        self.assertIn("pricing_out", self.channel.flow_ids.mapped("kind"))

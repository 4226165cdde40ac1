"""Databases whose prices had an outbox of their own."""

import importlib.util
from pathlib import Path

from odoo.tests import tagged

from odoo.addons import channel_pricing_scenario

from .common import PricingOutCase

SCRIPTS = Path(channel_pricing_scenario.__file__).parent / "migrations/19.0.1.2.0"


@tagged("post_install", "-at_install")
class TestUpgrade(PricingOutCase):
    def setUp(self):
        super().setUp()
        self.confirm()
        self.pricing_flow = self.flow("pricing_out")
        self.env.cr.flush()
        self.env.cr.execute(
            """
            ALTER TABLE sale_channel ADD pricing_confirmed boolean;
            UPDATE sale_channel SET pricing_confirmed = true WHERE id = %(channel)s;
            UPDATE sale_channel_flow SET confirmed = NULL;
            ALTER TABLE sale_channel_pricing_item
              ADD CONSTRAINT sale_channel_pricing_item_reference_uniq
                  UNIQUE (reference);
            CREATE TABLE sale_channel_pricing_mark (
                id serial, channel_id integer, scope varchar, value varchar);
            INSERT INTO sale_channel_pricing_mark (channel_id, scope, value)
            VALUES (%(channel)s, 'structure', NULL), (%(channel)s, 'buyer', '7'),
                   (%(channel)s, 'use_type', 'resale'), (%(channel)s, 'size', '3');
            CREATE TABLE sale_channel_pricing_difference (
                id serial PRIMARY KEY, item_id integer, run_id integer,
                found_at timestamp, before jsonb, after jsonb, create_uid integer,
                create_date timestamp, write_uid integer, write_date timestamp);
            INSERT INTO sale_channel_pricing_difference
                   (item_id, found_at, before, after)
            SELECT id, '2026-01-01', '{"group": null}', seen
              FROM sale_channel_pricing_item
             WHERE channel_id = %(channel)s AND kind = 'customer';
            UPDATE sale_channel_pricing_item
               SET error_code = 'pricing_awaits', sync_state = 'pending'
             WHERE channel_id = %(channel)s AND kind = 'contract';
            """,
            {"channel": self.channel.id},
        )
        state = self.pricing_flow._get_state()
        state.cursor = {"phase": "list", "id": 99, "day": "2026-01-01", "request": None}
        self.env.cr.flush()
        self.env.invalidate_all()

    def migrate(self, name):
        spec = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        for _time in range(2):
            script.migrate(self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()

    def test_what_was_sent_and_found_survives(self):
        self.prices.writes()
        self.migrate("post-outgoing")
        self.assertTrue(self.pricing_flow.confirmed)
        self.assertTrue(self.channel.pricing_confirmed)
        others = self.channel.flow_ids - self.pricing_flow
        self.assertFalse(any(others.mapped("confirmed")))
        marks = self.env["sale.channel.change.mark"].search([])
        self.assertEqual(
            sorted((m.flow_id.id, m.scope, m.res_id, m.value) for m in marks),
            sorted(
                (self.pricing_flow.id, *values)
                for values in [
                    ("pricing.structure", 0, False),
                    ("sale.channel.partner", 7, False),
                    ("pricing.use_type", 0, "resale"),
                    ("pricing.company.size", 3, False),
                ]
            ),
        )
        differences = self.differences()
        self.assertEqual(differences.mapped("name"), ["B3", "B2", "B1"])
        self.assertEqual(set(differences.mapped("before_text")), {"No group"})
        self.assertEqual(
            set(differences.mapped("after_text")),
            {self.group_of(self.resale).name},
        )
        waiting = self.items("contract")
        self.assertEqual(set(waiting.mapped("error_code")), {"outgoing_awaits"})
        cursor = self.pricing_flow._get_state().cursor
        self.assertEqual((cursor["phase"], cursor["id"]), ("compare:list", 0))
        self.make_due()
        self.run_pricing()
        self.assertEqual(set(self.items().mapped("sync_state")), {"done"})
        self.assertFalse(self.prices.writes())

    def test_rules_of_models_that_are_gone_do_not_stay(self):
        rule = self.env["ir.rule"].create(
            {"name": "Old", "model_id": self.env["ir.model"]._get_id("sale.channel")}
        )
        self.env["ir.model.data"].create(
            {
                "module": "channel_pricing_scenario",
                "name": "sale_channel_pricing_mark_rule_company",
                "model": "ir.rule",
                "res_id": rule.id,
                "noupdate": True,
            }
        )
        self.env.flush_all()
        self.migrate("pre-outgoing")
        self.assertFalse(rule.exists())
        kept = "channel_pricing_scenario.sale_channel_pricing_item_rule_company"
        self.assertTrue(self.env.ref(kept).exists())

    def test_no_index_of_what_nobody_looks_for(self):
        self.migrate("post-outgoing")
        self.env.cr.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = %s",
            ("sale_channel_pricing_item",),
        )
        found = [row[0] for row in self.env.cr.fetchall()]
        self.assertFalse([line for line in found if "(reference)" in line])
        due = [line for line in found if "next_attempt_at" in line]
        self.assertEqual(len(due), 1)
        self.assertIn("(channel_id, kind, operation, next_attempt_at)", due[0])

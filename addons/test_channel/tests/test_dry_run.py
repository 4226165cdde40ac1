from collections import Counter
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.channel_base.lib.errors import Retryable

from .outgoing import PLANNER, OutgoingCase

DRY_RUN = "odoo.addons.channel_outgoing.models.sale_channel_dry_run"
SKIP = "skip"


@tagged("post_install", "-at_install")
class TestDryRun(OutgoingCase):
    """The dry run says what would be sent; nothing is sent or kept."""

    def lines(self, *actions):
        found = self.dry_run().line_ids
        return found.filtered(lambda line: not actions or line.action in actions)

    def told(self):
        """What the dry run says: action, name and what the fields become."""
        return sorted(
            (line.kind, line.action, line.name, line.changes_text)
            for line in self.lines()
            if line.action != SKIP
        )

    def assert_exact(self):
        """What was told is what then happens on the channel, to the last field."""
        lines = self.lines("create", "change", "remove")
        told = [
            (line.kind, line.name, line.action, [tuple(c) for c in line.changes or ()])
            for line in lines
        ]
        before = self.there()
        self.out.confirmed = True
        self.run_out()
        after, names = self.there(), {row.reference: row.name for row in self.rows()}
        shelves = {external_id: names[ref] for external_id, ref in self.shelf_ids}
        happened = []
        for key in before.keys() | after.keys():
            old, new = before.get(key), after.get(key)
            if old == new:
                continue
            action = "remove" if not new else "change" if old else "create"
            changes = [
                (name, shelves.get(was, was), shelves.get(value, value))
                for name, value in (new or {}).items()
                if ((was := (old or {}).get(name)) or None) != (value or None)
                or was is None is not value
            ]
            happened.append((key[0], names[key[1]], action, changes))
        self.maxDiff = None
        self.assertEqual(sorted(told), sorted(happened))
        self.assertFalse(self.lines())

    def there(self):
        """What the channel has: kind and our reference → content."""
        self.shelf_ids = [
            *getattr(self, "shelf_ids", ()),
            *((id_, ref) for id_, (ref, _c) in self.stock.records["shelf"].items()),
        ]
        return {
            (kind, reference): {
                key: value for key, value in content.items() if value is not False
            }
            for kind, records in self.stock.records.items()
            for reference, content in records.values()
        }

    # Exactness

    def test_it_is_what_then_happens(self):
        self.out.enabled = True
        self.products[0].default_code = "A-1"
        with self.subTest("the first time"):
            self.assert_exact()
        one, two, three, four, five = self.products[:5]
        one.fake_quantity = 0
        two.write({"fake_quantity": -4, "categ_id": self.shelves[1].id})
        three.fake_listed = False
        four.unlink()
        five.write({"categ_id": self.env["product.category"].create({"name": "Nuevo"})})
        self.products[0].default_code = False
        with self.subTest("changes"):
            self.assert_exact()
        self.shelves[1].name = "Pinturería"
        with self.subTest("what others name"):
            self.assert_exact()
        (self.products - four).fake_listed = False
        with self.subTest("the end"):
            self.assert_exact()

    def test_what_waits_to_be_sent_is_told(self):
        self.confirm()
        self.products[0].fake_quantity = 50
        self.products[1].fake_listed = False
        self.stock.faults = [("put", Retryable("503")), ("delete", Retryable("503"))]
        self.run_out(full=False)
        self.assertEqual(len(self.rows().filtered(lambda r: r.sync_state != "done")), 2)
        self.assertEqual(
            self.told(),
            [
                ("stock", "change", "Artículo 1", "Quantity: 1 → 50"),
                ("stock", "remove", "Artículo 2", ""),
            ],
        )
        self.make_due()
        self.assert_exact()

    def test_old_and_new_field_by_field(self):
        self.confirm()
        self.products[4].write(
            {"fake_quantity": 7, "categ_id": self.shelves[0].id, "default_code": "N"}
        )
        lines = self.lines()
        self.assertEqual(
            lines.changes_text,
            "Shelf: Pinturas → Herrajes\nQuantity: 5 → 7\nCode: – → N",
        )
        self.assertEqual(
            (lines.product_id, lines.res_id), (self.products[4], self.products[4].id)
        )
        self.assertTrue(lines.external_id)

    # Nothing is sent or kept

    def test_nothing_is_sent_or_kept(self):
        planner = self.registry["sale.channel.fake.stock.planner"]

        def prepare(model, channel, part, ids):
            products = model.env["product.product"]
            if part.page or products.search_count([("name", "=", "De paso")], limit=1):
                return {}
            values = {"fake_listed": True, "categ_id": self.shelves[0].id}
            return {"stock": products.create({"name": "De paso", **values}).ids}

        self.marks()
        changes = self.env["sale.channel.change"]
        self.out.confirmed = False
        with patch.object(planner, "_prepare", prepare):
            lines = self.lines()
            line = lines.filtered(lambda line: line.name == "De paso")
            self.assertEqual((line.action, line.res_id), ("create", 0))
            self.assertFalse(line.product_id.exists())
            self.assertFalse(
                self.env["product.product"].search([("name", "=", "De paso")])
            )
            self.assertFalse(changes.search([]))
            self.assertFalse(self.rows() or self.stock.log or self.marks())
            # A real run keeps what it makes.
            self.confirm()
        there = self.env["product.product"].search([("name", "=", "De paso")])
        self.assertTrue(there)
        self.assertLessEqual(set(there.ids), set(self.rows("stock").mapped("res_id")))

    def test_at_any_time(self):
        self.out.enabled = False
        for state in ("draft", "trial", "live", "paused"):
            with self.subTest(state):
                self.channel.state = state
                self.assertEqual(len(self.lines()), 11)
        self.assertFalse(self.stock.log)
        action = self.channel.action_dry_run()
        whole = self.env[action["res_model"]].browse(action["res_id"])
        of_flow = whole.line_ids.filtered(lambda line: line.row_model.endswith("stock"))
        self.assertEqual(len(of_flow), 11)
        with self.assertRaises(UserError):
            whole.action_send()

    def test_in_nobody_s_language(self):
        self.env["res.lang"]._activate_lang("es_AR")
        self.products[0].with_context(lang="es_AR").name = "Clavo"
        self.out = self.out.with_context(lang="es_AR")
        self.assertIn("Artículo 1", self.lines().mapped("name"))

    # What is skipped

    def reasons(self):
        return Counter(self.lines(SKIP).mapped("error_code"))

    def test_what_is_done_by_hand_and_what_waits_for_it_are_skipped(self):
        self.stock.kinds = ("stock",)
        expected = {"outgoing_by_hand": 2, "outgoing_awaits": 9}
        self.assertEqual(self.reasons(), expected)
        self.assertFalse(self.lines("create"))
        self.confirm()
        self.assertEqual(self.reasons(), expected)
        self.assertFalse(self.lines("create"))

    def test_what_failed_says_why(self):
        self.stock.poison = {5}
        self.confirm()
        line = self.lines()
        self.assertEqual((line.action, line.name), (SKIP, "Artículo 5"))
        self.assertIn("422", line.error_message)
        self.products[4].fake_quantity = 6
        self.assertEqual(self.lines().action, "create")

    def test_what_is_not_in_the_trial_is_skipped(self):
        self.channel.state = "trial"
        self.products[0].default_code = "A"
        self.channel.trial_codes = "A"
        self.assertEqual(self.reasons(), {"not_in_trial": 8})
        self.assertEqual(len(self.lines("create")), 3)
        line = self.lines(SKIP)[0]
        self.assertTrue(line.error_message and line.product_id)
        self.confirm()
        self.assertFalse(self.lines("create", "change"))

    def test_what_a_family_says_that_it_skips(self):
        planner = self.registry["sale.channel.fake.stock.planner"]
        product = self.products[0]

        def skipped(_model, _channel, part, _ids):
            if not part.page:
                return []
            return [(product.name, product.id, "not_in_trial", {})]

        with patch.object(planner, "_get_skipped", skipped):
            line = self.lines(SKIP)
        self.assertEqual((line.name, line.product_id), (product.name, product))

    def test_a_record_that_cannot_be_planned_is_skipped(self):
        planner = self.registry["sale.channel.fake.stock.planner"]
        original = planner._get_wanted
        bad = self.products[3].id

        def wanted(model, channel, part, ids):
            if ids and bad in ids:
                raise ValueError("broken")
            return original(model, channel, part, ids)

        with (
            patch.object(planner, "_get_wanted", wanted),
            self.assertLogs("odoo.addons.channel_outgoing", "ERROR"),
        ):
            lines = self.lines()
        self.assertEqual(len(lines), 11)
        line = lines.filtered(lambda line: line.action == SKIP)
        self.assertEqual(line.product_id.id, bad)
        self.assertIn("broken", line.error_message)

    def test_a_plan_that_fails_says_so(self):
        planner = self.registry["sale.channel.fake.stock.planner"]
        broken = patch.object(planner, "_get_wanted", side_effect=ValueError("broken"))
        with broken, self.assertLogs("odoo.addons.channel_outgoing", "ERROR"):
            dry_run = self.dry_run()
        self.assertEqual(dry_run.state, "failed")
        self.assertIn("broken", dry_run.error_message)

    def test_words_of_a_family(self):
        rows = self.registry["sale.channel.fake.stock"]

        def name(_model, kind, action, before, after):
            if kind == "stock" and before and not after["quantity"]:
                return "unavailable"
            return action

        self.confirm()
        self.products[0].fake_quantity = 0
        with patch.object(rows, "_get_dry_run_action", name):
            self.assertEqual(self.lines().action, "unavailable")

    # Very many

    def test_it_goes_on_in_the_background(self):
        whole = self.lines().mapped("name")
        self.startPatcher(patch(f"{PLANNER}.PAGE", 4))
        self.startPatcher(patch(f"{DRY_RUN}.REQUEST_SECONDS", 0))
        dry_run = self.dry_run()
        self.assertEqual((dry_run.state, dry_run.line_count), ("running", 2))
        cron = self.env.ref("channel_outgoing.ir_cron_dry_run")
        triggers = self.env["ir.cron.trigger"]
        self.assertTrue(triggers.search([("cron_id", "=", cron.id)]))
        # Who presses again is shown the same one.
        self.assertEqual(self.dry_run(), dry_run)
        self.startPatcher(patch(f"{DRY_RUN}.SLICE_SECONDS", 0))
        for count in (6, 10, 11):
            with self.enter_registry_test_mode():
                cron.method_direct_trigger()
            self.env.invalidate_all()
            self.assertEqual(dry_run.line_count, count)
            self.assertEqual(dry_run.seen_count, count)
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(dry_run.state, "done")
        self.assertEqual(dry_run.line_ids.mapped("name"), whole)
        self.assertNotEqual(self.dry_run(), dry_run)

    def begin_long_ago(self):
        """A dry run that goes on; nothing was changed since it began."""
        self.startPatcher(patch(f"{DRY_RUN}.REQUEST_SECONDS", 0))
        dry_run = self.dry_run()
        self.env.flush_all()
        for table, age in (("sale_channel", "2 h"), ("sale_channel_dry_run", "1 h")):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET create_date = now() - %s::interval,"
                    " write_date = now() - %s::interval",
                    SQL.identifier(table),
                    age,
                    age,
                )
            )
        self.env.invalidate_all()
        return dry_run

    def test_what_was_not_looked_at_to_the_end_is_not_confirmed(self):
        dry_run = self.begin_long_ago()
        for state in ("running", "failed"):
            dry_run.state = state
            with self.subTest(state), self.assertRaises(UserError):
                dry_run.action_send()
        self.assertFalse(self.out.confirmed)
        dry_run.state = "done"
        dry_run.action_send()
        self.assertTrue(self.out.confirmed)

    def test_one_that_began_with_other_settings_is_not_shown_again(self):
        for values in (
            {"state": "trial", "trial_codes": "X"},
            {"tz": "America/Sao_Paulo"},
        ):
            with self.subTest(values):
                dry_run = self.begin_long_ago()
                self.assertEqual(self.dry_run(), dry_run)
                self.channel.write(values)
                self.env.flush_all()
                self.assertNotEqual(self.dry_run(), dry_run)
                self.assertEqual(dry_run.state, "failed")
                self.assertIn("look again", dry_run.error_message)
                self.env["sale.channel.dry.run"].search([]).unlink()

    def test_old_ones_go(self):
        dry_run = self.dry_run()
        lines = dry_run.line_ids
        dry_run._gc_dry_runs()
        self.assertTrue(dry_run.exists())
        long_ago = fields.Datetime.subtract(fields.Datetime.now(), days=8)
        self.env.cr.execute(
            "UPDATE sale_channel_dry_run SET create_date = %s WHERE id = %s",
            [long_ago, dry_run.id],
        )
        dry_run.invalidate_recordset()
        dry_run._gc_dry_runs()
        self.env.invalidate_all()
        self.assertFalse(dry_run.exists() or lines.exists())

    # People

    def test_the_summary_counts_and_names_the_first_ones(self):
        with patch(f"{DRY_RUN}.NAME_LIMIT", 2):
            dry_run = self.dry_run()
            self.assertIn(
                "<td>9</td><td>Artículo 1, Artículo 2, …</td>", dry_run.summary
            )
        self.products[0].name = "<b>x</b>"
        self.assertIn("&lt;b&gt;x", self.dry_run().summary)

    def test_who_may(self):
        groups = ("channel_base.group_channel_user", "base.group_allow_export")
        user = self.make_user("empleada", *groups)
        seller = self.make_user("vendedor", "sales_team.group_sale_manager")
        action = self.out.with_user(user).action_dry_run()
        dry_run = self.env[action["res_model"]].with_user(user).browse(action["res_id"])
        exported = dry_run.line_ids.export_data(
            ["kind_name", "name", "action", "changes_text", "error_message"]
        )["datas"]
        self.assertIn(
            [
                "Stock",
                "Artículo 5",
                "Create",
                "Shelf: – → Pinturas\nQuantity: – → 5",
                "",
            ],
            exported,
        )
        for refused in (
            dry_run.action_send,
            dry_run.unlink,
            lambda: dry_run.write({"state": "running"}),
            lambda: dry_run.line_ids.write({"name": "x"}),
            lambda: dry_run.create({"channel_id": self.channel.id}),
            lambda: self.out.with_user(seller).action_dry_run(),
            lambda: self.channel.with_user(seller).action_dry_run(),
            lambda: dry_run.with_user(seller).read(["state"]),
        ):
            with self.assertRaises(AccessError):
                refused()
        company = self.env["res.company"].create({"name": "Ajena"})
        user.write(
            {"company_ids": [Command.set(company.ids)], "company_id": company.id}
        )
        env = self.env(context={})
        for model in ("sale.channel.dry.run", "sale.channel.dry.run.line"):
            mine = env[model].with_user(user)
            self.assertFalse(mine.search([("channel_id", "=", self.channel.id)]))
        with self.assertRaises(AccessError):
            env[self.channel._name].with_user(user).browse(
                self.channel.id
            ).action_dry_run()

    def test_a_flow_that_sends_nothing_has_none(self):
        with self.assertRaises(UserError):
            self.flow("orders_in").action_dry_run()

    # What nobody gave

    def test_odd_channels(self):
        bare = self.env["sale.channel"].create({"name": "Sin tipo"})
        with self.assertRaises(UserError):
            bare.action_dry_run()
        self.products.fake_listed = False
        dry_run = self.dry_run()
        self.assertEqual((dry_run.state, dry_run.line_count), ("done", 0))
        self.assertFalse(dry_run.summary)
        self.channel.active = False
        self.assertEqual(self.dry_run().state, "done")

    def test_a_value_in_words(self):
        rows = self.env["sale.channel.fake.stock"]
        for value, text in (
            (None, "–"),
            (False, "–"),
            ("", "–"),
            ([], "–"),
            (0, "0"),
            (0.0, "0"),
            (True, "Yes"),
            (12345678.5, "12345678.5"),
            (0.1 + 0.2, "0.3"),
            (["a", "b"], "a, b"),
            ([{"n": "x", "v": [1, 2]}, {"n": None}], "n: x, v: 1, 2; n: –"),
            ({"Talle": "S"}, "Talle: S"),
        ):
            with self.subTest(value):
                self.assertEqual(rows._format_value("stock", "code", value), text)

    def test_a_flow_that_goes_while_it_is_looked_at(self):
        self.startPatcher(patch(f"{DRY_RUN}.REQUEST_SECONDS", 0))
        dry_run = self.channel.action_dry_run()
        dry_run = self.env[dry_run["res_model"]].browse(dry_run["res_id"])
        self.assertEqual(dry_run.state, "running")
        self.channel.flow_ids.filtered("outgoing").unlink()
        for _slice in range(3):
            with self.enter_registry_test_mode():
                self.env.ref("channel_outgoing.ir_cron_dry_run").method_direct_trigger()
            self.env.invalidate_all()
        self.assertEqual(dry_run.state, "done")

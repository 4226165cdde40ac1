"""Databases that were made before: what the upgrade repairs."""

import importlib.util
from itertools import count, product
from pathlib import Path

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons import channel_base, channel_order
from odoo.addons.channel_order.lib.lifecycle import (
    IMPORTED,
    LEFT_ALONE,
    OUTCOMES,
    STUCK,
    WORKS,
)

from .test_follow import FollowCase

SCRIPT = Path(channel_order.__file__).parent / "migrations/19.0.1.1.0/post-orders.py"
REQUESTS = Path(channel_base.__file__).parent / (
    "migrations/19.0.1.2.0/post-requests.py"
)
LIFE = Path(channel_order.__file__).parent / "migrations/19.0.1.5.0/post-life.py"
CODES = "migrations/19.0.1.2.0/end-codes.py"
# How the version before left rows, and what becomes of them
PLACES = (
    # state, sync_state, needs_fetch, error_code, sale order → state,
    # sync_state, ignored_code, awaits_data, error_code
    ("received pending t - -", "received fetch - f -"),
    ("received pending f - -", "received process - f -"),
    ("received pending t retryable -", "received fetch - f retryable"),
    ("received pending f moving -", "received process - f moving"),
    ("received pending t incomplete -", "received fetch - t -"),
    ("received done f - -", "received done - f -"),
    ("received error f no_lines -", "rejected error - f no_lines"),
    ("rejected error f no_lines -", "rejected error - f no_lines"),
    ("rejected error t not_found -", "rejected error - f not_found"),
    (
        "rejected blocked f mapping_missing -",
        "rejected blocked - f mapping_missing",
    ),
    ("rejected pending t no_lines -", "rejected fetch - f no_lines"),
    ("rejected pending f no_lines -", "rejected process - f no_lines"),
    ("rejected error f no_lines ended", "rejected error - f no_lines"),
    ("rejected error t not_found standing", "cancelled error - f not_found"),
    ("rejected pending t not_found standing", "cancelled fetch - f not_found"),
    ("rejected done f - standing", "imported done - f -"),
    ("imported done f - standing", "imported done - f -"),
    ("imported done t - standing", "imported done - f -"),
    ("imported pending t incomplete standing", "imported fetch - t -"),
    ("imported pending t - standing", "imported fetch - f -"),
    ("imported error f no_lines standing", "imported error - f no_lines"),
    ("imported done f - -", "imported done - f -"),
    ("reserved done f - standing", "reserved done - f -"),
    (
        "reserved blocked f mapping_missing standing",
        "reserved blocked - f mapping_missing",
    ),
    ("ignored done f before_start -", "early done before_start f -"),
    ("ignored done t before_start -", "early done before_start f -"),
    ("ignored done f - -", "ignored done ignore f -"),
    ("ignored pending t - -", "ignored fetch ignore f -"),
    ("ignored pending f before_start -", "ignored process ignore f -"),
    ("cancelled done f - ended", "cancelled done - f -"),
    ("cancelled pending t - -", "cancelled fetch - f -"),
    ("moved done f - -", "moved done - f -"),
    ("moved pending t - -", "moved fetch - f -"),
    ("dismissed done f - -", "ignored done deletion_accepted f -"),
    ("dismissed pending t - -", "ignored fetch deletion_accepted f -"),
    ("dismissed pending f - -", "ignored process deletion_accepted f -"),
    ("dismissed error f no_lines -", "ignored done deletion_accepted f -"),
    ("dismissed done f - standing", "cancelled done - f -"),
)


@tagged("post_install", "-at_install")
class TestUpgrade(FollowCase):
    def migrate(self, path=SCRIPT):
        spec = importlib.util.spec_from_file_location("upgrade_script", path)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        self.env.flush_all()
        for _time in range(2):
            script.migrate(self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()

    def damage(self, *statements):
        self.env.flush_all()
        for statement in statements:
            self.env.cr.execute(statement)
        self.env.invalidate_all()

    def test_proposals_of_before(self):
        """Cancelled after invoice, before it left: nothing held the delivery."""
        order = self.imported("F1")
        invoice = self.invoice(order)
        row = self.change(status="cancelled")
        self.damage(
            SQL("ALTER TABLE sale_channel_order_proposal ADD action varchar"),
            SQL("ALTER TABLE sale_channel_order_proposal ADD result_ref varchar"),
            SQL("DELETE FROM sale_channel_order_proposal_step"),
            SQL(
                "UPDATE sale_channel_order_proposal SET code = 'cancel_credit_note', "
                "action = 'credit_note', holds = NULL"
            ),
            SQL(
                "INSERT INTO sale_channel_order_proposal "
                "(order_id, code, action, state) VALUES (%(row)s, 'cancel_order', "
                "'cancel', 'open'), (%(row)s, 'review_lines', 'none', 'open'), "
                "(%(row)s, 'cancel_return', 'return', 'dismissed')",
                row=row.id,
            ),
            SQL(
                "INSERT INTO sale_channel_order_proposal (order_id, code, action, "
                "state, result_ref) VALUES (%s, 'review_refund', 'credit_note', "
                "'applied', %s)",
                row.id,
                f"account.move,{invoice.id}",
            ),
            SQL("UPDATE sale_order SET channel_hold = NULL WHERE id = %s", order.id),
        )
        self.assertFalse(order.channel_hold)
        self.migrate()
        opened = row.proposal_ids.filtered(lambda p: p.state == "open")
        self.assertEqual(
            sorted(opened.mapped("code")), ["cancel_order", "review_lines"]
        )
        cancelled = opened.filtered(lambda p: p.code == "cancel_order")
        self.assertEqual(
            cancelled.step_ids.sorted("sequence").mapped("kind"),
            ["cancel", "credit_note"],
        )
        self.assertTrue(cancelled.is_applicable)
        applied = row.proposal_ids.filtered(lambda p: p.state == "applied")
        self.assertEqual(applied.step_ids.result_ref, invoice)
        self.assertEqual(applied.result_name, invoice.display_name)
        self.assertEqual(order.channel_hold, "cancelled")
        with self.assertRaises(UserError):
            self.deliver(order)
        cancelled.action_apply()
        self.assertEqual(order.state, "cancel")

    def test_twins_of_before(self):
        twin = self.tax_21._get_included_twins()
        self.env["account.tax"].flush_model()
        taxed = self.tax_21.invoice_repartition_line_ids.filtered("account_id")
        account = self.env["account.account"].search(
            [("company_ids", "in", self.company.ids)], limit=1
        )
        self.assertNotEqual(taxed.account_id, account)
        self.damage(
            SQL(
                "UPDATE account_tax_repartition_line SET account_id = %s WHERE id = %s",
                account.id,
                taxed.id,
            ),
            SQL(
                "UPDATE account_tax SET include_base_amount = TRUE, amount = 22 "
                "WHERE id = %s",
                self.tax_21.id,
            ),
        )
        self.migrate()
        self.assertEqual(self.tax_21.included_twin_id, twin)
        self.assertEqual((twin.amount, twin.include_base_amount), (22, True))
        self.assertIn(account, twin.invoice_repartition_line_ids.account_id)

    def test_codes_of_before(self):
        """A provider's word was a code: rows, runs, memories and stories had it."""
        row = self.bring("F1", lines=[])
        self.env["sale.channel.order.request"].create(
            {
                "channel_id": self.channel.id,
                "date_from": "2026-01-01",
                "date_to": "2026-01-02",
            }
        )
        self.env["sale.channel.order.answer"].create(
            {
                "order_id": row.id,
                "channel_id": self.channel.id,
                "status": "x",
                "slot": "received",
            }
        )
        for addon, old, new in (
            (channel_base, "not_owned", "other_account"),
            (channel_order, "test_order", "test_purchase"),
        ):
            found = self.store_code(old)
            self.assertGreater(len(found), 5)
            self.migrate(Path(addon.__file__).parent / CODES)
            for (_model, field), records in found.items():
                self.assertEqual(records[field], new, records)
            self.assertEqual(row.reason, new)
        self.assertIn("test purchase", row.error_message)

    def store_code(self, code):
        """Put a code into a row of each model that stores some."""
        found = {}
        for model, field in self.env["sale.channel.text"]._get_stores():
            records = self.env[model].sudo().search([], limit=1)
            if records:
                found[model, field] = records
                self.damage(
                    SQL(
                        "UPDATE %s SET %s = %s WHERE id = %s",
                        SQL.identifier(records._table),
                        SQL.identifier(field),
                        code,
                        records.id,
                    )
                )
        return found

    def test_fingerprints_of_before(self):
        """What was stored with a provider's words is no change: the same shape."""
        [row] = self.imported("F1").channel_order_ids
        self.assertIs(row.imported_print["fraud"], False)
        self.assertEqual(
            set(row.imported_print),
            {
                "lines",
                "total",
                "refunded",
                "fraud",
                "freight",
                "by_channel",
                "customer",
            },
        )

    def test_requests_of_before(self):
        """They were moments; what no run had seen is still to be done."""
        flow, other = self.flow(), self.flow("busy")
        for each in (flow, other):
            each.run_requests = each._get_state().requests_seen = 3
        self.damage(
            SQL("ALTER TABLE sale_channel_flow ADD run_requested_at timestamp"),
            SQL("ALTER TABLE sale_channel_flow_state ADD request_seen_at timestamp"),
            SQL("UPDATE sale_channel_flow SET run_requested_at = '2026-01-01'"),
            SQL(
                "UPDATE sale_channel_flow_state SET request_seen_at = '2026-01-01' "
                "WHERE flow_id = %s",
                other.id,
            ),
        )
        self.migrate(REQUESTS)
        self.assertTrue(flow._is_requested(flow._get_state()))
        self.assertFalse(other._is_requested(other._get_state()))

    # Places of before

    def put_old(self, **values):
        """A row as an earlier version left it."""
        columns = {
            "channel_id": self.channel.id,
            "external_id": f"OLD-{next(self.numbers)}",
            "payload": "{}",
            "content_hash": "abc",
            "needs_fetch": False,
            **values,
        }
        self.env.cr.execute(
            SQL(
                "INSERT INTO sale_channel_order (%s) VALUES %s RETURNING id",
                SQL(", ").join(map(SQL.identifier, columns)),
                tuple(columns.values()),
            )
        )
        return self.env["sale.channel.order"].browse(self.env.cr.fetchone())

    def go_back(self):
        self.numbers = count()
        self.damage(SQL("ALTER TABLE sale_channel_order ADD needs_fetch boolean"))

    def test_places_of_before(self):
        standing = self.imported("F1")
        ended = self.imported("F2")
        ended._action_cancel()
        self.go_back()
        for old, new in PLACES:
            state, sync_state, fetch, code, order = old.split()
            orders = {"standing": standing.id, "ended": ended.id}
            row = self.put_old(
                state=state,
                sync_state=sync_state,
                needs_fetch=fetch == "t",
                error_code=None if code == "-" else code,
                sale_order_id=orders.get(order),
            )
            self.migrate(LIFE)
            with self.subTest(old=old):
                found = (
                    row.state,
                    row.sync_state,
                    row.ignored_code or "-",
                    "t" if row.awaits_data else "f",
                    row.error_code or "-",
                )
                self.assertEqual(" ".join(found), new)
                failed_reading = sync_state in ("error", "blocked") and fetch == "t"
                self.assertEqual(bool(row.content_hash), not failed_reading)

    def test_any_place_of_before_becomes_one_of_now(self):
        """Whatever else a database holds, no row is left without a place."""
        standing = self.imported("F1")
        self.go_back()
        rows = self.env["sale.channel.order"]
        for state, sync_state, fetch, code, order in product(
            (*set(OUTCOMES) - {"early"}, "dismissed"),
            ("pending", "done", "error", "blocked"),
            (True, False),
            (None, "before_start", "incomplete", "no_lines"),
            (None, standing.id),
        ):
            if state == "rejected" and sync_state == "done" and not order:
                continue  # nothing led there
            rows |= self.put_old(
                state=state,
                sync_state=sync_state,
                needs_fetch=fetch,
                error_code=code,
                sale_order_id=order,
            )
        self.migrate(LIFE)
        for row in rows:
            place = (row.state, row.sync_state)
            self.assertIn(row.state, OUTCOMES)
            self.assertIn(row.sync_state, WORKS)
            self.assertEqual(row.state in LEFT_ALONE, bool(row.ignored_code), place)
            self.assertNotIn(row.error_code, ("before_start", "incomplete"))
            if row.awaits_data:
                self.assertEqual(row.sync_state, "fetch")
            if row.state == "early":
                self.assertEqual(place, ("early", "done"))
            if row.sync_state in STUCK:
                self.assertIn(row.state, ("rejected", "cancelled", *IMPORTED))
            if row.state == "rejected":
                self.assertNotEqual(row.sync_state, "done")

    def test_what_people_said_about_dismissed_rows_stays(self):
        self.go_back()
        row = self.put_old(state="dismissed", sync_state="done")
        row._tell("decided", "dismissed", user="Ana", reason="old")
        row._tell("decided", "retried", user="Ana")
        row._tell("decided", "dismissed", user="Eva", reason="vendida por teléfono")
        self.migrate(LIFE)
        self.assertEqual((row.state, row.ignored_code), ("ignored", "dismissed"))
        self.assertIn("Eva", row.ignored_reason)
        self.assertIn("vendida por teléfono", row.ignored_reason)
        self.assertTrue(row.can_retry)

    def test_a_second_upgrade_without_the_old_column(self):
        order = self.imported("F1")
        row = self.inbox("F1")
        self.migrate(LIFE)
        self.assertEqual((row.state, row.sync_state), ("imported", "done"))
        self.assertEqual(row.sale_order_id, order)

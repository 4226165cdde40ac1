from datetime import timedelta
from unittest.mock import patch

from psycopg2 import IntegrityError
from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.partner_registry.lib.errors import RegistryError
from odoo.addons.partner_registry.models.partner_registration_queue import LEASE

from ..models.partner_registry_test import Taxpayer
from .common import RegistryCase

QUEUE = "odoo.addons.partner_registry.models.partner_registration_queue"


@tagged("post_install", "-at_install")
class TestQueue(RegistryCase):
    def _numbers(self, count):
        return [f"T{index:04}" for index in range(1, count + 1)]

    def test_each_state_has_its_registration(self):
        partner = self.make("T0001")
        self.book["SP", "T0001"] = Taxpayer("T0001", "Cliente T0001", is_active=False)
        rows = self.request(partner)
        self.assertEqual(rows.mapped("scope"), ["RJ", "SP"])
        self.assertEqual(set(rows.mapped("state")), {"pending"})
        self.run_queue()
        self.assertEqual(self.asked, [("RJ", 1), ("SP", 1)])
        self.assertEqual(rows.mapped("state"), ["determined", "conflict"])
        self.assertEqual(rows.mapped("environment"), ["production", "production"])
        first, second = rows.finding_id
        self.assertEqual((first.scope, second.scope), ("RJ", "SP"))
        self.assertEqual((first.verdict, first.reason_text), ("active", "Active."))
        self.assertIn("Not active", rows[1].reason_text)
        self.assertEqual(rows[0].due_at, first.checked_at + timedelta(days=30))
        self.calls.clear()
        self.run_queue()
        self.assertEqual(self.calls, [], "nothing is due")

    def test_key(self):
        row = self.request(self.make("T0001"))[0]
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            row.copy()
        self.assertEqual(self.request(row.partner_id)[0], row)

    def test_batches(self):
        partners = self.make(*self._numbers(25))
        batch = self._open(
            self.env["partner.registration.batch"]._start_about("test", partners)
        )
        self.assertEqual((batch.total, batch.done, batch.progress), (50, 0, 0))
        self.run_queue()
        # Each claim takes what the registry looks up before writing: twenty rows.
        self.assertEqual(sum(count for _scope, count in self.asked), 50)
        batch.invalidate_recordset()
        self.assertEqual((batch.done, batch.failed, batch.to_decide), (50, 0, 0))
        self.assertEqual(batch.progress, 100)
        rows = self.rows.search(batch.action_view_registrations()["domain"])
        self.assertEqual(rows, batch.registration_ids)

    def _open(self, action):
        return self.env[action["res_model"]].browse(action["res_id"])

    def test_batch_counts(self):
        partners = self.make("T0001", "T0002")
        self.book["RJ", "T0002"] = Taxpayer("T0002", "X", is_active=False)
        nobody = self.env["res.partner"].create({"name": "Nobody"})
        batches = self.env["partner.registration.batch"]
        batch = self._open(batches._start_about("test", partners + nobody))
        self.assertEqual((batch.total, batch.skipped), (4, 1))
        self.run_queue()
        batch.invalidate_recordset()
        self.assertEqual((batch.done, batch.to_decide), (4, 1))
        with self.assertRaises(UserError):
            batches._start_about("test", nobody)

    def test_old_batches_go(self):
        batch = self.env["partner.registration.batch"].create({})
        self.env["partner.registration.batch"]._gc_batches()
        self.assertTrue(batch.exists())
        self.cr.execute(
            "UPDATE partner_registration_batch SET create_date = create_date - "
            "interval '40 days' WHERE id = %s",
            [batch.id],
        )
        batch.invalidate_recordset()
        self.env["partner.registration.batch"]._gc_batches()
        self.assertFalse(batch.exists())

    def test_number_on_which_the_registry_fails(self):
        """It is found by halving, waits twice as long each time, and is asked alone."""
        partners = self.make(*self._numbers(8))
        rows = self.request(partners)
        self.poison.add("T0005")
        self.run_queue()
        failed = rows.filtered("failures")
        self.assertEqual(failed.mapped("number"), ["T0005", "T0005"])
        self.assertEqual(set((rows - failed).mapped("state")), {"determined"})
        self.assertIn("fails on this number", failed[0].reason_text)
        waits = []
        for _turn in range(2):
            waits.append(failed[0].due_at - fields.Datetime.now())
            failed.due_at = fields.Datetime.now()
            self.request(self.make("T0101"))
            self.calls.clear()
            self.run_queue()
            self.assertEqual(
                [numbers for _scope, numbers in self.calls if "T0005" in numbers],
                [["T0005"]] * 2,
            )
        waits.append(failed[0].due_at - fields.Datetime.now())
        self.assertEqual([round(w.seconds / 60) for w in waits], [2, 4, 8])
        self.assertEqual(failed.mapped("failures"), [3, 3])
        self.poison.clear()
        failed.due_at = fields.Datetime.now()
        self.run_queue()
        self.assertEqual(failed.mapped("failures"), [0, 0])
        self.assertEqual(set(failed.mapped("state")), {"determined"})

    def test_state_that_is_down_pauses(self):
        """Nobody's attempts are spent, and the other state goes on."""
        rows = self.request(self.make(*self._numbers(45)))
        self.ill["SP"] = RegistryError("unreachable")
        waits = []
        for _turn in range(3):
            self.calls.clear()
            self.run_queue()
            states = [scope for scope, _count in self.asked]
            self.assertEqual(states.count("SP"), 1)
            pause = self.get_pause("SP")
            waits.append(round((pause.until - fields.Datetime.now()).seconds / 60))
            self.calls.clear()
            self.run_queue()
            self.assertEqual(self.calls, [], "it is left alone")
            pause.until = fields.Datetime.now()
        self.assertEqual(waits, [5, 10, 20])
        waiting = rows.filtered(lambda row: row.scope == "SP")
        self.assertEqual(set((rows - waiting).mapped("state")), {"determined"})
        self.assertEqual(set(waiting.mapped("state")), {"pending"})
        self.assertEqual(set(waiting.mapped("failures")), {0})
        pause.until = fields.Datetime.now() + timedelta(minutes=1)
        self.env.invalidate_all()
        self.assertIn("cannot be reached", waiting[-1].reason_text)
        self.ill.clear()
        pause.until = fields.Datetime.now()
        self.run_queue()
        self.assertEqual(set(rows.mapped("state")), {"determined"})
        self.assertFalse(pause.exists())

    def test_credential_that_is_refused_pauses(self):
        rows = self.request(self.make("T0001"))
        self.company.test_registry_environment = "refused"
        self.run_queue()
        self.assertEqual(self.calls, [])
        self.assertEqual(set(rows.mapped("failures")), {0})
        self.assertIn("refuses the credential", rows[0].reason_text)
        triggers = self.env["ir.cron.trigger"].search(
            [("call_at", "=", self.get_pause("RJ").until)]
        )
        self.assertTrue(triggers, "the scheduled action comes back by itself")
        # A person who asks with success ends it.
        self.company.test_registry_environment = "production"
        rows.action_ask()
        self.assertFalse(self.get_pause("RJ"))
        self.assertEqual(set(rows.mapped("state")), {"determined"})

    def test_nobody_can_ask(self):
        self.company.test_registry_environment = False
        expected = self.make("T0001")
        self.rows._expect("test", expected)
        rows = expected.registration_ids
        self.assertFalse(any(rows.mapped("state")), "they wait quietly")
        asked = self.request(self.make("T0002"))
        self.run_queue()
        self.assertEqual((self.calls, set(asked.mapped("failures"))), ([], {0}))
        self.assertIn("Nobody can ask", asked[0].reason_text)
        self.assertFalse(rows[0].reason_text)
        self.company.test_registry_environment = "production"
        self.run_queue()
        self.assertEqual(set((rows | asked).mapped("state")), {"determined"})

    def test_lease(self):
        rows = self.request(self.make("T0001"))
        rows.claimed_until = fields.Datetime.now() + timedelta(minutes=1)
        self.run_queue()
        self.assertEqual(self.calls, [], "somebody else is asking")
        rows.claimed_until = fields.Datetime.now() - timedelta(seconds=1)
        self.run_queue()
        self.assertEqual(len(self.calls), 2)
        self.assertFalse(any(rows.mapped("claimed_until")))

    def test_claimed_while_asked(self):
        rows = self.request(self.make("T0001"))
        seen = []

        def answer(scope, numbers):
            self.env.invalidate_all()
            asked = rows.filtered(lambda row: row.scope == scope)
            seen.extend(asked.mapped("claimed_until"))
            raise KeyboardInterrupt

        with (
            patch.object(self, "_answer", answer),
            self.assertRaises(KeyboardInterrupt),
        ):
            self.run_queue()
        self.assertGreater(min(seen), fields.Datetime.now() + LEASE / 2)

    def test_one_state_is_claimed_at_a_time(self):
        """The others are free meanwhile, for however long it takes."""
        rows = self.request(self.make(*self._numbers(3)))
        seen, real = [], self._answer

        def answer(scope, numbers):
            self.env.invalidate_all()
            seen.append((scope, set(rows.filtered("claimed_until").mapped("scope"))))
            return real(scope, numbers)

        with patch.object(self, "_answer", answer):
            self.run_queue()
        self.assertEqual(seen, [("RJ", {"RJ"}), ("SP", {"SP"})])

    def test_somebody_else_s_lease_stays(self):
        """Who takes too long has lost the claim."""
        rows = self.request(self.make("T0001", "T0002"))
        row = rows[0]
        later = fields.Datetime.now() + 3 * LEASE

        def answer(scope, numbers):
            if scope == "RJ":
                self.env.invalidate_all()
                row.claimed_until = later
                self.env.flush_all()
            raise RegistryError("unreachable")

        with patch.object(self, "_answer", answer):
            self.run_queue()
        self.assertEqual(row.claimed_until, later)
        self.assertFalse(any((rows - row).mapped("claimed_until")))

    def test_customer_that_cannot_be_written(self):
        """What somebody's rule forbids about one does not hold the others."""
        rows = self.request(self.make(*self._numbers(6)))
        guarded = rows[4]
        real = type(rows).write

        def write(records, vals):
            if "finding_id" in vals and guarded.id in records.ids:
                raise ValueError("Not this one")
            return real(records, vals)

        with patch.object(type(rows), "write", write), mute_logger(QUEUE):
            self.run_queue()
        self.assertEqual(rows.filtered("failures"), guarded)
        self.assertIn("Not this one", guarded.reason_text)
        self.assertGreater(guarded.due_at, fields.Datetime.now())
        self.assertEqual(set((rows - guarded).mapped("state")), {"determined"})

    def test_somebody_else_writes(self):
        """A row that another transaction holds costs the others nothing."""
        rows = self.request(self.make(*self._numbers(6)))
        held = rows[3]
        self.env.flush_all()

        def execute(cursor, query, *args, **kwargs):
            text = str(query)
            if "UPDATE" in text and "partner_registration" in text:
                ids = str(getattr(query, "params", args))
                if str(held.id) in ids and "finding_id" in text:
                    raise SerializationFailure("could not serialize access")
            return real(cursor, query, *args, **kwargs)

        cursor_class = type(self.env.cr)
        real = cursor_class.execute
        with patch.object(cursor_class, "execute", execute):
            self.run_queue()
        self.assertEqual(rows.filtered(lambda row: not row.finding_id), held)
        self.assertFalse(held.failures)
        self.run_queue()
        self.assertEqual(held.state, "determined")

    def _renumber_behind(self, row, number):
        """Give a customer another number, of which its registrations do not know."""
        self.env.flush_all()
        self.make(number).unlink()
        self.env.cr.execute(
            "UPDATE res_partner SET company_registry = %s WHERE id = %s",
            [number, row.partner_id.id],
        )
        self.env.invalidate_all()

    def test_somebody_else_writes_another_number(self):
        """Nobody else's look-up waits for it, and no lease is left behind."""
        rows = self.request(self.make(*self._numbers(6)))
        held = rows[2:4]
        self._renumber_behind(held, "T0099")

        def execute(cursor, query, *args, **kwargs):
            text = str(query)
            if 'UPDATE "partner_registration"' in text and '"number"' in text:
                raise SerializationFailure("could not serialize access")
            return real(cursor, query, *args, **kwargs)

        cursor_class = type(self.env.cr)
        real = cursor_class.execute
        with patch.object(cursor_class, "execute", execute):
            self.run_queue()
        self.assertEqual(rows.filtered(lambda row: not row.finding_id), held)
        self.assertFalse(any(held.mapped("failures") + held.mapped("claimed_until")))
        self.run_queue()
        self.assertEqual(held.finding_id.mapped("number"), ["T0099"] * 2)

    def test_number_that_cannot_be_written(self):
        rows = self.request(self.make(*self._numbers(6)))
        held = rows[2:4]
        self._renumber_behind(held, "T0099")
        real = type(rows).write

        def write(records, vals):
            if "number" in vals:
                raise ValueError("Not this one")
            return real(records, vals)

        with patch.object(type(rows), "write", write), mute_logger(QUEUE):
            self.run_queue()
        self.assertEqual(rows.filtered("failures"), held)
        self.assertIn("Not this one", held[0].reason_text)
        asked = {number for _scope, numbers in self.calls for number in numbers}
        self.assertFalse(asked & {"T0002", "T0099"})
        self.assertEqual(set((rows - held).mapped("state")), {"determined"})

    def test_archived_customers_are_left_alone(self):
        rows = self.request(self.make("T0001"))
        self.book["RJ", "T0001"] = Taxpayer("T0001", "X", is_active=False)
        self.run_queue()
        work = self.rows.action_open_work()["domain"]
        self.assertIn(rows[0], self.rows.search(work))
        rows.due_at = fields.Datetime.now()
        rows.partner_id.active = False
        self.calls.clear()
        self.run_queue()
        self.assertEqual(self.calls, [])
        self.assertFalse(rows & self.rows.search(work))
        rows.write({"failures": 1, "due_at": fields.Datetime.now() + LEASE})
        self.run_queue()
        triggers = self.env["ir.cron.trigger"]
        self.assertFalse(triggers.search([("call_at", "=", rows[0].due_at)]))
        rows.due_at = fields.Datetime.now()
        rows.partner_id.active = True
        self.run_queue()
        self.assertEqual(len(self.calls), 2)

    def test_time_is_up(self):
        self.request(self.make(*self._numbers(25)))
        cron = self.env.ref("partner_registry.ir_cron_look_up")
        triggers = self.env["ir.cron.trigger"]
        triggers.search([("cron_id", "=", cron.id)]).unlink()
        with patch.object(type(cron), "_commit_progress", return_value=0):
            self.run_queue()
        self.assertEqual(sum(count for _scope, count in self.asked), 20)
        self.assertTrue(triggers.search([("cron_id", "=", cron.id)]))

    def test_same_number_is_asked_once(self):
        first = self.request(self.make("T0001"))
        self.run_queue()
        self.calls.clear()
        second = self.request(self.make("T0001"))
        self.run_queue()
        self.assertEqual(self.calls, [])
        self.assertEqual(second.finding_id, first.finding_id)
        second._make_due()
        self.run_queue()
        self.assertEqual(len(self.calls), 2, "who asks again is asked about")
        for finding in first.finding_id:
            finding.checked_at -= timedelta(days=2)
        self.calls.clear()
        self.request(self.make("T0001"))
        self.run_queue()
        self.assertEqual(len(self.calls), 2, "the finding is old")

    def test_companies(self):
        """Each company's customers with its account; the others' with one that
        works."""
        other = self.env["res.company"].create(
            {"name": "Other", "test_registry_environment": "homologation"}
        )
        third = self.env["res.company"].create({"name": "Third"})
        rows = self.rows
        for number, company in enumerate((False, self.company, other, third)):
            partner = self.make(f"T000{number + 1}", company_id=company and company.id)
            rows |= self.request(partner)[0]
        rows.search([("scope", "=", "SP"), ("registry", "=", "test")]).unlink()
        self.run_queue()
        self.assertEqual(
            rows.mapped("environment"),
            ["production", "production", "homologation", "production"],
        )

    def test_queries_for_each_row(self):
        rows = self.request(self.make(*self._numbers(40)))
        self.env.flush_all()
        before = self.cr.sql_log_count
        self.run_queue()
        self.assertLess((self.cr.sql_log_count - before) / len(rows), 4)

from contextlib import suppress
from datetime import timedelta
from unittest.mock import patch

import psycopg2
from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.channel_base.lib.errors import AuthRequired, Retryable
from odoo.addons.channel_outgoing.lib.kind import BASE_COLUMNS

from ..lib.fake_stock import FakeStockWriter
from .outgoing import FLOW, PLANNER, OutgoingCase

OUTGOING = "odoo.addons.channel_outgoing.models"
OUT_PLAN = f"{OUTGOING}.sale_channel_outgoing_planner"
WIZARDS = "odoo.addons.channel_outgoing.wizards"


@tagged("post_install", "-at_install")
class TestOutgoing(OutgoingCase):
    """What every family has of the outbox."""

    # Plan and apply

    def test_everything_arrives_once(self):
        self.confirm()
        self.assertEqual(self.states(), {"done"})
        self.assertEqual(self.stock.quantities(), list(range(1, 10)))
        shelves = self.stock.records["shelf"]
        for _reference, content in self.stock.records["stock"].values():
            self.assertIn(content["shelf"], shelves)
        self.assertEqual(
            self.stock.writes(), [("put", "shelf", 2), ("put", "stock", 9)]
        )
        self.run_out()
        self.assertFalse(self.stock.writes())
        self.assertFalse(self.dry_run().line_ids)

    def test_contents_are_in_columns(self):
        self.confirm()
        row = self.rows("stock").filtered(lambda row: row.quantity == 5)
        self.assertEqual((row.name, row.shelf), ("Artículo 5", self.shelves[1].id))
        self.assertFalse(row.wanted or row.seen)
        self.assertEqual(row.wanted_text, "Shelf: Pinturas, Quantity: 5")
        self.assertEqual(row.seen_text, row.wanted_text)
        self.assertEqual(row.res_model, "product.product")

    def test_absolute_values_are_not_read_before(self):
        self.confirm()
        self.stock.log.clear()
        self.products[0].fake_quantity = 50
        self.run_out(full=False)
        self.assertEqual(self.stock.log, [("put", "stock", 1)])
        self.assertIn(50, self.stock.quantities())

    def test_what_is_taken_back(self):
        self.confirm()
        self.products[0].fake_listed = False
        self.products[1].unlink()
        self.run_out(full=False)
        self.assertEqual(self.stock.quantities(), list(range(3, 10)))
        gone = self.rows("stock").filtered(lambda row: row.operation == "delete")
        self.assertEqual(set(gone.mapped("sync_state")), {"done"})
        self.assertFalse(any(gone.mapped("wanted_text")))
        self.products[0].fake_listed = True
        self.run_out(full=False)
        self.assertIn(1, self.stock.quantities())

    def test_a_change_that_is_taken_back_before_it_went_out(self):
        self.confirm()
        self.stock.log.clear()
        self.products[0].fake_quantity = 50
        self.products[0].fake_quantity = 1
        self.run_out(full=False)
        self.assertFalse(self.stock.log)

    def test_shelves_leave_after_what_is_on_them(self):
        self.confirm()
        self.stock.writes()
        self.products.categ_id = self.shelves[0]
        self.run_out(full=False)
        self.assertEqual(
            [call[:2] for call in self.stock.writes()],
            [("put", "stock"), ("delete", "shelf")],
        )

    # Pages, slices, kills

    def in_pages(self):
        """Pages of four, whose ids are kept."""
        pages, planner = [], self.registry["sale.channel.fake.stock.planner"]
        original = planner._plan_part

        def note(model, channel, part, ids=None):
            pages.append(ids and list(ids))
            return original(model, channel, part, ids)

        self.startPatcher(patch.object(planner, "_plan_part", note))
        self.startPatcher(patch(f"{PLANNER}.PAGE", 4))
        return pages

    def begin(self):
        """The steps of a full run."""
        state = self.out._get_state()
        state.write({"full_run": True, "requests_seen": self.out.run_requests})
        return self.out._run_steps(self.out._open_run(state))

    def kill_after(self, pages, count):
        steps = self.begin()
        while len(pages) < count:
            next(steps)
        next(steps)
        steps.close()

    def go_on(self):
        for _step in self.out._run_steps(self.out._get_state().run_id):
            pass

    def test_small_pages_make_the_same_plan(self):
        def plan():
            found = self.planner._plan(self.channel)
            return sorted((c.kind, c.record, c.operation, c.wanted_hash) for c in found)

        whole = plan()
        pages = self.in_pages()
        self.assertEqual(plan(), whole)
        self.assertEqual([ids and len(ids) for ids in pages], [None, 4, 4, 1])

    def test_the_flow_yields_between_pages(self):
        self.start()
        pages = self.in_pages()
        with patch(f"{FLOW}.SLICE_SECONDS", 0):
            slices = self.run_out()
        self.assertGreater(slices, len(pages))
        self.assertEqual(len(self.channel.run_ids), 1)
        self.assertEqual(self.states(), {"done"})

    def test_a_killed_plan_goes_on(self):
        self.start()
        pages = self.in_pages()
        self.kill_after(pages, 2)
        done = pages[1]
        self.assertFalse(self.stock.log)
        pages.clear()
        self.go_on()
        planned = {id_ for ids in pages for id_ in ids or ()}
        self.assertFalse(planned & set(done))
        self.assertEqual(self.stock.quantities(), list(range(1, 10)))
        self.assertFalse(self.out._get_state().cursor)

    def test_another_request_or_day_begins_anew(self):
        self.start()
        pages = self.in_pages()
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        for moment in (None, tomorrow):
            with self.subTest(moment=moment):
                pages.clear()
                self.kill_after(pages, 2)
                pages.clear()
                if moment:
                    with freeze_time(moment):
                        self.go_on()
                else:
                    state = self.out._get_state()
                    state.requests_seen += 1
                    self.go_on()
                planned = [id_ for ids in pages for id_ in ids or ()]
                self.assertEqual(sorted(planned), sorted(self.products.ids))

    def test_changes_behind_the_position_are_not_lost(self):
        self.start()
        pages = self.in_pages()
        steps = self.begin()
        while len(pages) < 3:
            next(steps)
        self.products[0].fake_quantity = 50
        self.products[8].fake_quantity = 90
        self.env.cr.flush()
        for _step in steps:
            pass
        self.run_out(full=False)
        self.assertEqual(self.stock.quantities(), [*range(2, 9), 50, 90])

    def test_many_changes_are_planned_in_slices(self):
        self.confirm()
        pages = self.in_pages()
        self.env["sale.channel.change"]._add({("fake.all", "Herrajes")})
        mark = "odoo.addons.channel_outgoing.models.sale_channel_change_mark"
        with patch(f"{mark}.MARK_LIMIT", 4):
            self.run_out(full=False)
        self.assertEqual([len(ids) for ids in pages], [4, 4, 1])

    def test_nothing_is_removed_while_changes_wait(self):
        """A shelf leaves when all marks are planned, whatever fits into a slice."""
        self.confirm()
        named = []

        def look(method, _kind):
            if method == "delete":
                there = self.stock.records["stock"].values()
                named.append({content["shelf"] for _reference, content in there})

        self.stock.watch = look
        self.products.categ_id = self.shelves[0]
        mark = f"{OUTGOING}.sale_channel_change_mark"
        with patch(f"{mark}.MARK_LIMIT", 2), patch(f"{FLOW}.SLICE_SECONDS", 0):
            self.assertGreater(self.run_out(full=False), 4)
        self.assertEqual([len(shelves) for shelves in named], [1])
        self.assertEqual(len(self.stock.records["shelf"]), 1)

    @mute_logger(FLOW)
    def test_a_process_that_dies_in_the_call(self):
        """The intent is there before the call; an absolute value is written again."""
        seen = []

        def die(method, kind):
            if kind == "stock":
                seen.append(self.rows("stock").mapped("attempts"))
                raise SystemExit

        self.stock.watch = die
        # Not assertRaises, which takes back what was committed.
        with suppress(SystemExit):
            self.confirm()
        self.assertEqual(seen, [[1] * 9])
        self.stock.watch = lambda _method, _kind: None
        self.make_due()
        self.run_out()
        self.assertEqual(self.states(), {"done"})

    def test_a_call_whose_answer_was_lost_is_not_repeated(self):
        self.stock.faults.append(("answer", Retryable("reset")))
        self.confirm()
        self.assertEqual(len(self.stock.records["shelf"]), 2)
        self.assertFalse(any(self.rows("shelf").mapped("external_id")))
        self.stock.writes()
        self.make_due()
        self.run_out(full=False)
        self.assertNotIn("shelf", [kind for _m, kind, _n in self.stock.writes()])
        self.assertEqual(self.states(), {"done"})

    # Faults

    def test_one_bad_record_holds_no_other(self):
        self.stock.poison = {5}
        self.confirm()
        bad = self.rows().filtered(lambda row: row.sync_state == "error")
        self.assertEqual(bad.mapped("quantity"), [5])
        self.assertIn("422", bad.error_message)
        self.assertEqual(len(self.stock.quantities()), 8)
        self.assertFalse(self.out.failures)

    def test_who_names_what_is_refused_waits_for_it(self):
        self.stock.poison = {"Herrajes"}
        self.confirm()
        waiting = self.rows("stock").filtered(lambda row: row.sync_state != "done")
        self.assertEqual(len(waiting), 4)
        self.assertEqual(set(waiting.mapped("error_code")), {"outgoing_awaits"})
        self.assertEqual(set(waiting.mapped("attempts")), {0})
        self.stock.poison = set()
        self.rows("shelf").action_retry()
        self.run_out(full=False)
        self.assertEqual(self.states(), {"done"})
        self.assertEqual(len(self.stock.quantities()), 9)

    def test_a_channel_that_cannot_be_reached_is_left_in_peace(self):
        for error in (Retryable("503"), AuthRequired("401")):
            with self.subTest(error=error):
                self.stock.faults.append(("find", error))
                self.stock.log.clear()
                if self.out.confirmed:
                    self.rows()._make_due()
                    self.run_out(full=False)
                else:
                    self.confirm()
                self.assertEqual(self.out.failures, 1)
                self.assertEqual(len(self.stock.log), 1)
                self.make_due()
                self.run_out(full=False)
                self.assertFalse(self.out.failures)

    def test_what_several_calls_say_of_the_channel(self):
        """Each record has a call and an error of its own."""
        answers = {
            "down": (lambda: Retryable("503"), 1),
            "locked": (lambda: Retryable("409", alone=True), 0),
            "strange": (lambda: KeyError("id"), 0),
        }
        self.confirm()
        for product in self.products:
            product.default_code = f"{product.default_code}-2"
        for name, (make, failures) in answers.items():
            with self.subTest(name):

                def put(_writer, _kind, records, make=make):
                    return {target.reference: make() for target, _content in records}

                self.rows("stock")._make_due()
                with patch.object(FakeStockWriter, "put", put):
                    self.run_out(full=False)
                self.assertEqual(self.out.failures, failures)
        self.rows("stock").action_retry()
        self.run_out(full=False)
        self.assertEqual(self.states(), {"done"})

    # What a row keeps

    def test_nothing_is_kept_as_nothing(self):
        self.products[0].write({"categ_id": False, "default_code": "K-1"})
        self.confirm()
        self.assertEqual(self.states(), {"done"})
        there = [content for _ref, content in self.stock.records["stock"].values()]
        one = next(content for content in there if content["quantity"] == 1)
        self.assertEqual((one["shelf"], one["code"]), (None, "K-1"))
        self.assertEqual({c["code"] for c in there if c is not one}, {None})
        self.stock.writes()
        self.run_out()
        self.assertFalse(self.stock.writes())
        self.assertFalse(self.differences())

    def test_the_columns_that_every_table_has(self):
        names = set(self.env["sale.channel.outgoing.mixin"]._fields)
        self.assertEqual(names - BASE_COLUMNS, set())

    def test_only_what_is_named_is_read(self):
        self.confirm()
        rows = self.env["sale.channel.fake.stock"]
        found = rows._get_external_ids(self.channel, {("shelf", self.shelves[0].id)})
        self.assertEqual([key[1] for key in found], self.shelves[0].ids)
        self.assertFalse(rows._get_external_ids(self.channel, set()))
        content = {"shelf": next(iter(found.values())), "quantity": 1}
        shown = [("stock", content), ("stock", None)]
        translator = self.env["sale.channel.outgoing.translator"]
        names = translator._get_names(rows, self.channel, shown)
        self.assertEqual(list(names.values()), self.shelves[:1].mapped("name"))

    # A plan that fails

    def refuse_planning(self, *bad):
        """Let the planner fail at some products."""
        planner = self.registry["sale.channel.fake.stock.planner"]
        original = planner._get_wanted

        def fail(model, channel, part, ids):
            if part.page and set(ids) & set(bad):
                model.env.cr.execute("SELECT 1 / 0")
            return original(model, channel, part, ids)

        patcher = patch.object(planner, "_get_wanted", fail)
        self.startPatcher(patcher)
        return patcher

    @mute_logger(OUT_PLAN, "odoo.sql_db")
    def test_one_that_cannot_be_planned_holds_no_other(self):
        bad = self.products[4]
        fault = self.refuse_planning(bad.id)
        self.confirm()
        self.assertFalse(self.out.failures)
        rows = self.rows("stock")
        failed = rows.filtered(lambda row: row.res_id == bad.id)
        self.assertEqual(failed.sync_state, "error")
        self.assertIn("DivisionByZero", failed.error_message)
        self.assertEqual(set((rows - failed).mapped("sync_state")), {"done"})
        self.assertEqual(len(self.stock.quantities()), 8)
        # There is nothing to send yet: it is planned anew, and fails anew.
        answer = failed.action_retry()
        self.assertIn("still cannot go out", answer["params"]["message"])
        self.assertEqual(failed.sync_state, "error")
        bad.fake_quantity = 55
        self.products[0].fake_quantity = 50
        self.run_out(full=False)
        self.assertEqual(failed.sync_state, "error")
        self.assertIn(50, self.stock.quantities())
        self.assertFalse(self.env["sale.channel.change.mark"].search_count([]))
        fault.stop()
        failed.action_retry()
        self.run_out(full=False)
        self.assertIn(55, self.stock.quantities())
        self.assertEqual(self.states(), {"done"})

    @mute_logger(OUT_PLAN, "odoo.sql_db")
    def test_what_could_not_be_planned_and_is_wanted_no_more(self):
        bad = self.products[4]
        fault = self.refuse_planning(bad.id)
        self.confirm()
        self.stock.writes()
        fault.stop()
        bad.fake_listed = False
        self.run_out(full=False)
        self.assertFalse(self.rows("stock").filtered(lambda row: row.res_id == bad.id))
        self.assertFalse(self.stock.writes())

    @mute_logger(OUT_PLAN, "odoo.sql_db")
    def test_who_retries_what_is_wanted_no_more_is_told_so(self):
        bad = self.products[4]
        fault = self.refuse_planning(bad.id)
        self.confirm()
        fault.stop()
        failed = self.rows("stock").filtered(lambda row: row.res_id == bad.id)
        bad.fake_listed = False
        answer = failed.action_retry()
        self.assertIn("nothing to try", answer["params"]["message"])
        self.assertFalse(failed.exists())

    @mute_logger(OUT_PLAN, FLOW, "odoo.sql_db")
    def test_a_plan_that_fails_keeps_nothing_due_waiting(self):
        self.start()
        pages = self.in_pages()
        self.kill_after(pages, 1)
        self.products[0].fake_listed = False
        with patch(f"{OUTGOING}.sale_channel_outgoing_planner.GUILTY_LIMIT", 1):
            fault = self.refuse_planning(*self.products.ids)
            for _time in range(2):
                self.run_out()
                self.assertTrue(self.out.failures)
        self.assertEqual(self.stock.quantities(), [1, 2, 3, 4])
        fault.stop()
        self.run_out()
        # What could not be planned behind the position is seen by the next full run.
        self.run_out()
        self.assertEqual(self.stock.quantities(), list(range(2, 10)))

    def test_a_conflict_does_not_take_the_pass_back(self):
        self.start()
        self.products[0].fake_quantity = 70
        flow, raised = self.registry["sale.channel.flow"], []
        original = flow._plan_marked

        def conflict(model):
            if not raised:
                raised.append(True)
                raise psycopg2.errors.SerializationFailure("faster")
            return original(model)

        with patch.object(flow, "_plan_marked", conflict):
            self.run_out()
        self.assertTrue(raised)
        self.assertFalse(self.out.failures)
        self.assertEqual(self.states(), {"done"})

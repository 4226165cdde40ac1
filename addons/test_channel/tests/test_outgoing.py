from contextlib import suppress
from datetime import timedelta
from unittest.mock import patch

import psycopg2
from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.channel_base.lib.errors import AuthRequired, Retryable
from odoo.addons.channel_outgoing.lib.kind import BASE_COLUMNS

from .outgoing import FLOW, PLANNER, OutgoingCase

OUTGOING = "odoo.addons.channel_outgoing.models"
OUT_PLAN = f"{OUTGOING}.sale_channel_outgoing_planner"
WIZARDS = "odoo.addons.channel_outgoing.wizards"


@tagged("post_install", "-at_install")
class TestOutgoing(OutgoingCase):
    """What every family has of the outbox."""

    # Preview

    def test_the_preview_writes_nothing(self):
        preview = self.preview()
        self.assertEqual(
            {(line.kind, line.operation): line.count for line in preview.line_ids},
            {("shelf", "put"): 2, ("stock", "put"): 9},
        )
        self.assertFalse(self.rows())
        self.assertFalse(self.stock.log)

    def test_the_preview_names_the_first_ones(self):
        module = "odoo.addons.channel_outgoing.wizards.sale_channel_outgoing_preview"
        with patch(f"{module}.NAME_LIMIT", 2), patch(f"{PLANNER}.PAGE", 4):
            line = self.preview().line_ids.filtered(lambda line: line.kind == "stock")
        self.assertEqual(line.names, "Artículo 1, Artículo 2, …")
        self.assertEqual(line.count, 9)

    def test_nothing_goes_out_before_it_is_confirmed(self):
        self.out.enabled = True
        self.products[0].fake_quantity = 50
        self.run_out()
        self.assertFalse(self.rows())
        self.assertFalse(self.stock.log)
        self.assertFalse(self.out._has_work())
        self.assertGreater(
            self.out._get_due(self.out._get_state()), fields.Datetime.now()
        )

    def test_a_flow_that_sends_nothing_has_no_preview(self):
        with self.assertRaises(UserError):
            self.flow("orders_in").action_preview()

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
        self.assertFalse(self.preview().line_ids)

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

    # Differences

    def change_there(self, known, **values):
        for _reference, content in self.stock.records["stock"].values():
            if content["quantity"] == known:
                content.update(values)
                return

    def test_what_somebody_changed_there_is_overwritten(self):
        self.confirm()
        self.change_there(5, quantity=500)
        there = "Shelf: Pinturas, "
        self.stock.log.clear()
        self.run_out(full=False)
        self.assertFalse(self.stock.log)
        self.run_out()
        self.assertEqual(self.stock.quantities(), list(range(1, 10)))
        found = self.differences()
        self.assertEqual(
            (found.name, found.before_text, found.after_text),
            ("Artículo 5", f"{there}Quantity: 500", f"{there}Quantity: 5"),
        )

    def test_a_difference_of_what_is_read_is_kept(self):
        self.confirm()
        for _reference, content in self.stock.records["shelf"].values():
            content["name"] = "Liquidación"
        self.run_out()
        found = self.differences()
        self.assertEqual(sorted(found.mapped("name")), ["Herrajes", "Pinturas"])
        self.assertEqual(set(found.mapped("before_text")), {"Name: Liquidación"})
        self.assertEqual(set(found.mapped("kind")), {"shelf"})
        self.assertEqual(
            found[0].action_open_row()["domain"], [("id", "in", [found[0].res_id])]
        )
        self.rows("shelf").unlink()
        self.assertFalse(found.exists())

    def test_what_names_a_record_that_was_made_anew_is_sent_again(self):
        self.confirm()
        self.stock.records["shelf"].clear()
        # An id that was not given before
        self.stock.records["shelf"]["foreign"] = ("", {"name": "Ajeno"})
        self.run_out()
        self.assertEqual(self.states(), {"done"})
        known = set(self.stock.records["shelf"])
        for _reference, content in self.stock.records["stock"].values():
            self.assertIn(content["shelf"], known)

    # By hand

    def test_to_do_by_hand(self):
        self.stock.kinds = ("stock",)
        self.confirm()
        self.assertEqual(self.states("shelf"), {"by_hand"})
        self.assertEqual(self.states("stock"), {"pending"})
        shelves = self.rows("shelf")
        shelves.action_retry()
        self.assertEqual(self.states("shelf"), {"by_hand"})
        # Whoever makes a shelf notes its id, as an importer of a list would.
        for number, shelf in enumerate(shelves):
            shelf.external_id = f"S{number}"
        shelves.action_done_by_hand()
        self.assertEqual(self.states("shelf"), {"done"})
        self.make_due()
        self.run_out(full=False)
        self.assertEqual(self.states(), {"done"})
        self.assertFalse([call for call in self.stock.log if call[1] == "shelf"])

    def make_by_hand(self):
        """Shelves that people make; what is on them waits."""
        self.stock.kinds = ("stock",)
        self.confirm()
        self.assertEqual(self.states("stock"), {"pending"})
        return self.rows("shelf")

    def test_the_id_of_what_was_made_by_hand_is_asked_for(self):
        shelves = self.make_by_hand()
        with self.assertRaises(UserError):
            shelves.action_done_by_hand()
        user = self.make_user("empleada", "channel_base.group_channel_user")
        requests = self.out.run_requests
        everything = self.everything().with_user(user)
        for shelf in shelves:
            row = everything.filtered(
                lambda row, shelf=shelf: (row.kind, row.row_id) == ("shelf", shelf.id)
            )
            action = row.action_done_by_hand()
            self.assertEqual(shelf.sync_state, "by_hand")
            dialog = self.env[action["res_model"]].with_user(user)
            dialog = dialog.browse(action["res_id"])
            with self.assertRaises(UserError):
                dialog.action_done()
            dialog.external_id = f" S{shelf.res_id} "
            dialog.action_done()
            self.assertEqual(shelf.external_id, f"S{shelf.res_id}")
            with self.assertRaises(UserError):
                dialog.action_done()
        self.assertGreater(self.out.run_requests, requests)
        # Nothing is made due: what waited was released.
        self.run_out(full=False)
        self.assertEqual(self.states(), {"done"})
        self.assertEqual(len(self.stock.quantities()), 9)

    def test_only_what_names_the_record_is_released(self):
        shelves = self.make_by_hand()
        shelves[0].external_id = "S0"
        shelves[0].action_done_by_hand()
        self.run_out(full=False)
        waiting = self.rows("stock").filtered(lambda row: row.sync_state == "pending")
        self.assertEqual(set(waiting.mapped("shelf")), {shelves[1].res_id})
        later = fields.Datetime.now() + timedelta(hours=1)
        self.assertGreater(min(waiting.mapped("next_attempt_at")), later)

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
        names = rows._get_names(self.channel, [("stock", content), ("stock", None)])
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
        failed.action_retry()
        self.assertEqual(failed.sync_state, "error")
        bad.fake_quantity = 55
        self.products[0].fake_quantity = 50
        self.run_out(full=False)
        self.assertEqual(failed.sync_state, "error")
        self.assertIn(50, self.stock.quantities())
        self.assertFalse(self.env["sale.channel.change.mark"].search_count([]))
        fault.stop()
        failed.action_retry()
        self.assertTrue(self.out._is_requested(self.out._get_state()))
        self.run_out()
        self.assertIn(55, self.stock.quantities())
        self.assertEqual(self.states(), {"done"})

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

    # Preview of very many

    def test_a_preview_that_takes_too_long_says_so(self):
        module = f"{WIZARDS}.sale_channel_outgoing_preview"
        with patch(f"{module}.PREVIEW_SECONDS", 0):
            preview = self.preview()
        self.assertTrue(preview.partial)
        self.assertEqual(preview.line_ids.mapped("kind"), ["shelf"])
        self.assertTrue(preview.line_ids.names.endswith("…"))
        self.assertFalse(self.preview().partial)
        preview.action_send()
        self.run_out()
        self.assertEqual(self.states(), {"done"})

    # Two families

    def test_two_families_with_one_kind(self):
        fake = self.registry["sale.channel.fake.stock"]
        selection = [("shelf", "Shelf"), ("stock", "Stock"), ("customer", "Buyer")]
        everything = self.env["sale.channel.outgoing"]
        families = everything._get_families()
        with patch.object(fake, "_selection_kind", lambda _self: selection):
            label = everything._get_kind_label("sale.channel.fake.stock", "customer")
            self.assertEqual(label, "Buyer")
            self.assertIn("Buyer", dict(everything._selection_kind())["customer"])
            for family in set(families) - {"sale.channel.fake.stock"}:
                label = everything._get_kind_label(family, "customer")
                self.assertNotEqual(label, "Buyer")
        self.assertEqual(everything._get_kind_label("gone", "customer"), "customer")

    def test_a_difference_whose_family_is_gone(self):
        difference = self.env["sale.channel.difference"].create(
            {
                "channel_id": self.channel.id,
                "res_model": "gone.family",
                "res_id": 1,
                "kind": "stock",
            }
        )
        self.assertFalse(difference.before_text)
        with self.assertRaises(UserError):
            difference.action_open_row()

    # One list of all

    def everything(self):
        return self.env["sale.channel.outgoing"].search(
            [("channel_id", "=", self.channel.id)]
        )

    def test_one_list_of_all_families(self):
        self.stock.poison = {5}
        self.confirm()
        rows = self.everything()
        self.assertEqual(len(rows), 11)
        bad = rows.filtered(lambda row: row.sync_state == "error")
        self.assertEqual((bad.name, bad.kind), ("Artículo 5", "stock"))
        self.assertIn("422", bad.error_message)
        self.assertEqual(bad.action_open_record()["res_id"], bad.record_id)
        self.assertEqual(bad.action_open_row()["res_model"], "sale.channel.fake.stock")
        groups = rows._read_group(
            [("id", "in", rows.ids)], ["kind", "sync_state"], ["__count"]
        )
        self.assertIn(("stock", "error", 1), groups)
        self.stock.poison = set()
        bad.action_retry()
        self.run_out(full=False)
        self.assertEqual(set(self.everything().mapped("sync_state")), {"done"})
        self.products[0].unlink()
        gone = rows.filtered(lambda row: row.record_id == self.products[0].id)
        with self.assertRaises(UserError):
            gone.action_open_record()

    def test_rights_on_the_list(self):
        self.confirm()
        user = self.make_user("empleada", "channel_base.group_channel_user")
        seller = self.make_user("vendedor", "sales_team.group_sale_manager")
        rows = self.everything()
        mine = rows.with_user(user)
        self.assertEqual(len(mine.search([("id", "in", rows.ids)])), 11)
        self.rows().write({"sync_state": "error"})
        mine.action_retry()
        self.assertEqual(self.states(), {"pending"})
        for method in ("action_retry", "action_done_by_hand", "action_open_row"):
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(rows.with_user(seller), method)()
        company = self.env["res.company"].create({"name": "Ajena"})
        user.write(
            {"company_ids": [Command.set(company.ids)], "company_id": company.id}
        )
        theirs = self.env(context={})["sale.channel.outgoing"].with_user(user)
        self.assertFalse(theirs.search([("id", "in", rows.ids)]))
        for method in ("action_retry", "action_done_by_hand", "action_open_row"):
            with self.subTest(f"other company: {method}"):
                with self.assertRaises(AccessError):
                    getattr(theirs.browse(rows.ids), method)()

    def test_ids_that_nobody_gave(self):
        rows = self.env["sale.channel.outgoing"].browse([0, -5, 7, 1 << 40])
        rows.action_retry()
        rows.action_done_by_hand()
        self.assertFalse(rows.action_open_row())

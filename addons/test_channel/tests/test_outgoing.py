from contextlib import suppress
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.channel_base.lib.errors import AuthRequired, Retryable

from .outgoing import FLOW, PLANNER, OutgoingCase


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
        self.assertEqual(row.wanted_text, "shelf: Pinturas, quantity: 5")
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
        there = "shelf: Pinturas, "
        self.stock.log.clear()
        self.run_out(full=False)
        self.assertFalse(self.stock.log)
        self.run_out()
        self.assertEqual(self.stock.quantities(), list(range(1, 10)))
        found = self.differences()
        self.assertEqual(
            (found.name, found.before_text, found.after_text),
            ("Artículo 5", f"{there}quantity: 500", f"{there}quantity: 5"),
        )

    def test_a_difference_of_what_is_read_is_kept(self):
        self.confirm()
        for _reference, content in self.stock.records["shelf"].values():
            content["name"] = "Liquidación"
        self.run_out()
        found = self.differences()
        self.assertEqual(sorted(found.mapped("name")), ["Herrajes", "Pinturas"])
        self.assertEqual(set(found.mapped("before_text")), {"name: Liquidación"})
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

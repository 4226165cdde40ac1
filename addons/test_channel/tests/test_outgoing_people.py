from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .outgoing import OutgoingCase


@tagged("post_install", "-at_install")
class TestOutgoingPeople(OutgoingCase):
    """What people see of the outbox, and do."""

    # Before it is confirmed

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
        later = fields.Datetime.now() + timedelta(hours=1)
        waiting = self.rows("stock").filtered(lambda row: row.next_attempt_at > later)
        self.assertEqual(set(waiting.mapped("shelf")), {shelves[1].res_id})
        self.run_out(full=False)
        self.assertEqual(set(waiting.mapped("sync_state")), {"pending"})
        self.assertEqual(len(self.stock.quantities()), 9 - len(waiting))

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

    def test_what_became_of_a_product(self):
        self.stock.poison = {5}
        self.confirm()
        five = self.products[4]
        action = self.env["sale.channel.outgoing"]._open_products(five)
        row = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual((row.name, row.sync_state), ("Artículo 5", "error"))
        self.assertEqual(row.product_id, five)
        groups = self.everything()._read_group(
            [("channel_id", "=", self.channel.id)], ["product_id"], ["__count"]
        )
        shelves = self.env["product.product"]
        expected = [*((product, 1) for product in self.products), (shelves, 2)]
        self.assertCountEqual(groups, expected)
        five.unlink()
        self.env.invalidate_all()
        self.assertFalse(row.exists().product_id)

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

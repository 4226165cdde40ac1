"""Prices that a channel does not take as it was asked."""

from datetime import timedelta
from decimal import Decimal

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.channel_catalog.lib.traits import CatalogTraits

from .price import PriceCase


@tagged("post_install", "-at_install")
class TestPriceThere(PriceCase):
    def setUp(self):
        super().setUp()
        self.listing = self.offer(self.drill)
        self.at_work()

    def row(self, listing=None):
        listing = listing or self.listing
        return self.rows("price_out").filtered(lambda row: row.res_id == listing.id)

    def change(self, amount, full=False):
        self.drill.list_price = amount
        return self.send(full)

    def send(self, full=False):
        """Let the flow work; how many prices were written, or tried to."""
        self.run_out("price_out", full=full)
        return sum(count for _put, _kind, count in self.shop.writes())

    def there(self):
        return self.shop.prices[self.listing.external_id]["amount"]

    def test_one_that_cannot_be_read_in_the_night_is_left_as_it_was(self):
        other = self.offer(self.make_item("N-1", list_price=10))
        self.send(full=True)
        self.shop.unread.add(self.listing.external_id)
        self.row().paid = 90
        for listing in (self.listing, other):
            self.shop.prices[listing.external_id]["amount"] = 7.0
        self.assertEqual(self.send(full=True), 1)
        self.assertEqual((self.there(), self.row().sync_state), (7, "done"))
        self.assertEqual(self.row().paid, 90)
        self.assertEqual(self.shop.prices[other.external_id]["amount"], 10)
        self.shop.unread.clear()
        self.assertEqual(self.send(full=True), 1)
        self.assertEqual(self.there(), 121)

    # What the channel sets itself

    def test_a_price_that_the_channel_sets_is_shown_and_not_fought(self):
        self.shop.automated.add(self.listing.external_id)
        self.shop.prices[self.listing.external_id]["amount"] = 90.0
        self.assertEqual(self.change(200), 1)
        row = self.row()
        self.assertEqual((row.sync_state, row.error_code), ("kept", "price_automated"))
        self.assertIn("90", row.error_message)
        self.assertEqual(self.listing.price_there, 90)
        self.assertEqual(self.listing.price_reason, row.error_message)
        self.assertFalse(self.listing.problem)
        self.assertFalse(self.send())
        # Once a day it is looked at, carefully, and never written over.
        self.run_out("price_out")
        self.assertEqual(self.shop.log.count(("careful", "price", 1)), 1)
        self.assertEqual(self.row().sync_state, "kept")
        self.shop.automated.clear()
        self.run_out("price_out")
        self.assertEqual((self.row().sync_state, self.there()), ("done", 242))

    def test_another_price_is_asked_for_once(self):
        self.shop.automated.add(self.listing.external_id)
        for amount in (200, 300):
            self.assertEqual(self.change(amount), 1)
            self.assertFalse(self.send())
        self.assertEqual(self.row().sync_state, "kept")

    # What would end a promotion

    def ask(self, amount=50):
        self.shop.promoted[self.listing.external_id] = 100.0
        self.change(amount)
        self.assertEqual(self.row().sync_state, "asks", self.row().error_message)
        return self.row()

    def test_a_price_above_the_promotion_goes_out(self):
        self.shop.promoted[self.listing.external_id] = 100.0
        self.change(150)
        self.assertEqual((self.row().sync_state, self.there()), ("done", 181.5))
        self.assertTrue(self.shop.promoted)

    def test_a_price_that_ends_a_promotion_asks_first(self):
        row = self.ask()
        self.assertIn("100", row.error_message)
        self.assertEqual((self.there(), row.paid), (121, 100))
        self.assertFalse(self.send())
        self.listing.action_send_anyway()
        self.assertEqual(self.send(), 1)
        self.assertEqual((self.row().sync_state, self.there()), ("done", 60.5))
        self.assertFalse(self.shop.promoted)
        self.assertFalse(self.row().answer)

    def test_an_answer_counts_once_and_for_that_price(self):
        self.ask()
        self.listing.action_leave_price()
        # Another price, which nobody was asked about
        self.change(40)
        self.assertEqual((self.row().sync_state, self.there()), ("asks", 121))
        self.listing.action_send_anyway()
        self.send()
        self.assertEqual(self.there(), 48.4)
        # Sent once; of the next promotion it is asked again.
        self.ask(30)
        self.change(40)
        self.shop.promoted[self.listing.external_id] = 100.0
        self.change(30)
        self.assertEqual((self.row().sync_state, self.there()), ("asks", 48.4))

    def test_what_is_left_goes_out_when_the_promotion_has_ended(self):
        for answered in (True, False):
            with self.subTest(answered=answered):
                self.shop.promotion_ends = fields.Datetime.now() + timedelta(hours=3)
                self.change(100)
                self.send()
                row = self.ask(50)
                if answered:
                    self.listing.action_leave_price()
                    self.assertEqual(row.sync_state, "kept")
                    self.assertEqual(row.error_code, "price_left")
                flow = self.flow("price_out")
                due = flow._get_due(flow._get_state())
                self.assertEqual(due, self.shop.promotion_ends)
                self.assertFalse(self.send())
                row.next_attempt_at = fields.Datetime.now()
                # It went on for longer: who left it is not asked again.
                self.assertEqual(self.send(), 1)
                state = "kept" if answered else "asks"
                self.assertEqual(self.row().sync_state, state)
                self.shop.promoted.clear()
                row.next_attempt_at = fields.Datetime.now()
                self.send()
                self.assertEqual((self.row().sync_state, self.there()), ("done", 60.5))

    def test_an_end_that_is_past_is_not_looked_at_without_pause(self):
        for late in (timedelta(0), timedelta(days=1)):
            with self.subTest(late=late):
                self.shop.promotion_ends = fields.Datetime.now() - late
                self.change(100)
                self.ask(50)
                flow, now = self.flow("price_out"), fields.Datetime.now()
                due = flow._get_due(flow._get_state())
                self.assertGreater(due, now + timedelta(minutes=14))
                self.assertLess(due, now + timedelta(minutes=16))
                self.assertFalse(self.send())

    def test_who_left_it_may_send_it_after_all(self):
        self.ask()
        self.listing.action_leave_price()
        self.listing.action_send_anyway()
        self.send()
        self.assertEqual(self.there(), 60.5)

    def test_a_price_that_is_back_where_it_was_asks_nothing(self):
        self.ask()
        self.change(100)
        self.assertEqual((self.row().sync_state, self.there()), ("done", 121))
        self.assertTrue(self.shop.promoted)
        # Nothing is left to answer.
        self.assertEqual(self.send(full=True), 0)
        self.listing.action_send_anyway()
        self.assertEqual(self.row().sync_state, "done")

    def test_who_may_answer(self):
        row = self.ask()
        user = self.make_user("operadora", "channel_base.group_channel_user")
        nobody = self.make_user("nadie", "base.group_user")
        other = self.env["res.company"].sudo().create({"name": "Otra"})
        foreign = self.make_user("ajena", "channel_base.group_channel_user")
        foreign.sudo().write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        for one in (nobody, foreign):
            for record, method in (
                (row, "action_send_anyway"),
                (row, "action_leave"),
                (self.listing, "action_send_anyway"),
                (self.listing, "action_leave_price"),
            ):
                with self.assertRaises(AccessError):
                    getattr(record.with_user(one), method)()
        with self.assertRaises(AccessError):
            row.with_user(user).write({"answer": "send"})
        self.listing.with_user(user).action_send_anyway()
        self.assertEqual(row.answered_by_id, user)
        self.send()
        self.assertEqual(self.there(), 60.5)

    def test_what_is_not_asked_is_not_answered(self):
        row = self.row()
        row.action_send_anyway()
        row.action_leave()
        self.assertFalse(row.answer)
        self.assertEqual(row.sync_state, "done")

    def test_questions_are_among_what_is_to_be_looked_at(self):
        row = self.ask()
        self.assertEqual(row._count_open(self.channel)[self.channel.id, "asks"], 1)
        shown = self.env["sale.channel.outgoing"].search(
            [("channel_id", "=", self.channel.id), ("sync_state", "=", "asks")]
        )
        self.assertEqual(shown.error_message, row.error_message)
        self.assertEqual(self.listing.price_state, "asks")

    # One price of several variations

    def share(self):
        self.shop.traits = CatalogTraits(shared_prices=True)
        products = [self.make_item(f"V-{n}") for n in range(3)]
        listings = self.env["sale.channel.listing"]
        for number, product in enumerate(products):
            listing = self.offer(product)
            known = self.shop.records["listing"].pop(listing.external_id)
            listing.external_id = f"M1/{number}"
            self.shop.records["listing"][listing.external_id] = known
            listings |= listing
        self.send(full=True)
        return products, listings

    def test_variations_with_one_price_differ_or_go_out_together(self):
        products, listings = self.share()
        products[0].list_price = 120
        self.send()
        rows = [self.row(listing) for listing in listings]
        for row in rows:
            self.assertEqual(row.error_code, "price_shared")
        self.assertIn("120.00", rows[0].error_message)
        self.assertIn("100.00", rows[0].error_message)
        self.assertEqual(self.shop.prices["M1/0"]["amount"], 100)
        # Those that wait for the last one go out with it.
        products[1].list_price = 120
        self.assertFalse(self.send())
        products[2].list_price = 120
        self.send()
        for number in range(3):
            self.assertEqual(self.shop.prices[f"M1/{number}"]["amount"], 120)
        self.assertEqual([row.sync_state for row in rows], ["done"] * 3)

    def test_a_price_that_is_also_of_what_is_not_odoos_asks_first(self):
        _products, listings = self.share()
        mine, foreign, _third = listings
        remote = self.env["sale.channel.remote.listing"].create(
            {
                "channel_id": self.channel.id,
                "external_id": "M1/9",
                "external_product_id": "M1",
                "options": {"Color": "Verde"},
            }
        )
        cases = (
            ({"approved": False}, False, foreign.display_name),
            ({"kept_fields": ["price"]}, False, foreign.display_name),
            ({}, True, "Color: Verde"),
        )
        for amount, (values, unlinked, name) in enumerate(cases, 150):
            with self.subTest(values=values, unlinked=unlinked):
                foreign.write({"approved": True, "kept_fields": False, **values})
                remote.gone_at = not unlinked and fields.Datetime.now()
                before = self.shop.prices["M1/0"]["amount"]
                for listing in listings:
                    listing.product_id.list_price = amount
                self.send()
                row = self.row(mine)
                self.assertEqual(row.sync_state, "asks", row.error_message)
                self.assertEqual(row.error_code, "price_shared_kept")
                self.assertIn(name, row.error_message)
                self.assertEqual(self.shop.prices["M1/0"]["amount"], before)
                mine.action_leave_price()
                self.assertEqual(row.error_code, "price_shared_left")
                self.assertIn(name, row.error_message)
                self.assertTrue(mine.price_asked)
                self.send(full=True)
                self.assertEqual(row.sync_state, "kept")
                mine.action_send_anyway()
                self.send()
                self.assertEqual(row.sync_state, "done", row.error_message)
                self.assertEqual(self.shop.prices["M1/0"]["amount"], amount)

    def test_a_price_goes_out_when_all_that_have_it_are_odoos(self):
        products, listings = self.share()
        listings[1].approved = False
        for product in products:
            product.list_price = 130
        self.send()
        self.assertEqual(self.row(listings[0]).sync_state, "asks")
        listings[1].approved = True
        self.send(full=True)
        for number in range(3):
            self.assertEqual(self.shop.prices[f"M1/{number}"]["amount"], 130)

    def ask_all(self):
        """Rows of three variations of which one price would end a promotion."""
        products, listings = self.share()
        for listing in listings:
            self.shop.promoted[listing.external_id] = 90.0
        for product in products:
            product.list_price = 80
        self.send()
        rows = self.rows("price_out").filtered(lambda row: row.res_id in listings.ids)
        self.assertEqual(rows.mapped("sync_state"), ["asks"] * 3)
        return listings, rows

    def test_one_answer_counts_for_all_variations(self):
        listings, rows = self.ask_all()
        listings[0].action_leave_price()
        self.assertEqual(rows.mapped("error_code"), ["price_left"] * 3)
        self.send(full=True)
        self.assertEqual(rows.mapped("sync_state"), ["kept"] * 3)
        # Whoever answers last counts, also for one that was not asked yet.
        due = {"sync_state": "pending", "next_attempt_at": fields.Datetime.now()}
        rows[2].write({**due, "error_code": False})
        listings[1].action_send_anyway()
        self.assertEqual(set(rows.mapped("answer")), {"send"})
        self.send()
        self.assertEqual(rows.mapped("sync_state"), ["done"] * 3)
        self.assertEqual(self.shop.prices["M1/2"]["amount"], 80)
        self.assertFalse(any(rows.mapped("answer")))

    def test_a_variation_that_went_out_answers_for_the_others(self):
        _listings, rows = self.ask_all()
        other = self.offer(self.make_item("V-8"))
        self.send()
        self.shop.promoted = {other.external_id: 90.0}
        other.product_id.list_price = 70
        self.send()
        rows[0].next_attempt_at = fields.Datetime.now()
        self.send()
        self.assertEqual(rows.mapped("sync_state"), ["done"] * 3)
        self.assertEqual(self.row(other).sync_state, "asks")

    def test_another_item_does_not_share_the_price(self):
        self.share()
        other = self.offer(self.make_item("V-9", list_price=5))
        known = self.shop.records["listing"].pop(other.external_id)
        other.external_id = "M10/0"
        self.shop.records["listing"]["M10/0"] = known
        self.send()
        self.assertEqual(self.shop.prices["M10/0"]["amount"], 5)

    # A pricelist of a type of listings

    def test_types_of_listings_have_their_own_price(self):
        self.shop.traits = CatalogTraits(listing_types=("", "premium"))
        premium = self.make_list("Premium")
        self.channel._ensure_listing_types()
        row = self.channel.listing_type_ids.filtered(lambda t: t.code == "premium")
        second = self.offer(self.drill, listing_type="premium")
        rule = self.rule(130, self.drill, premium)
        self.send()
        self.assertEqual(self.shop.prices[second.external_id]["amount"], 121)
        row.pricelist_id = premium
        self.send(full=True)
        self.assertEqual(self.shop.prices[second.external_id]["amount"], 157.3)
        self.assertEqual(self.there(), 121)
        rule.fixed_price = 140
        self.assertEqual(self.send(), 1)
        self.assertEqual(self.shop.prices[second.external_id]["amount"], 169.4)
        self.assertEqual((second.price_wanted, self.listing.price_wanted), (169.4, 121))
        premium.active = False
        self.send()
        self.assertEqual(self.row(second).error_code, "pricelist_archived")
        self.assertEqual(self.row().sync_state, "done")

    # Prices of a site without cents

    def test_prices_are_multiples_of_the_channels_unit(self):
        self.shop.traits = CatalogTraits(price_unit=Decimal(1))
        self.assertEqual(self.price(self.listing), "121.00")
        self.drill.list_price = 100.5
        self.assertEqual(self.price(self.listing), "122.00")

    def test_the_channel_says_its_currencies(self):
        self.shop.traits = CatalogTraits(currencies=("BRL",))
        self.send(full=True)
        self.assertEqual(self.row().error_code, "price_currency_unknown")
        self.assertEqual(self.there(), 121)

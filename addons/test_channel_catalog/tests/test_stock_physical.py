"""A shop that keeps what is there and reserves some; somebody else changes it."""

from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.channel_base.lib.errors import Rejected, Retryable
from odoo.addons.channel_base.models.sale_channel_lease import LEASE_SECONDS
from odoo.addons.channel_catalog.lib.stock import Reservation
from odoo.addons.channel_catalog.models.sale_channel_listing_stock import DOUBT_SECONDS
from odoo.addons.test_channel.lib.client import FakeClient

from ..lib.fake_shop import FakeShopWriter
from .stock import StockCase
from .stock_life import StockLife


@tagged("post_install", "-at_install")
class TestPhysicalStock(StockLife):
    kind = "physical"

    def test_a_life_with_a_physical_shop(self):
        self.live(seed=2)
        self.assert_right_on_both_sides()

    def kept(self, sku="UNO"):
        """What the shop keeps, reserved or not."""
        return self.shop.quantity(sku)

    def differences(self):
        return self.env["sale.channel.difference"].search(
            [("channel_id", "=", self.channel.id)]
        )

    def test_an_order_needs_no_writing(self):
        self.push(full=True)
        self.assertEqual(self.there(), [10, 10, 10])
        self.shop.writes()
        self.buy(2)
        self.run_flow()
        for full in (False, True):
            self.push(full=full)
            self.assertEqual((self.kept(), self.there()[0]), (10, 8))
            self.assertEqual(self.shop.writes(), [])
        order = self.inbox("B1").sale_order_id
        self.deliver(order)
        self.push()
        self.assertEqual((self.kept(), self.there()[0]), (10, 8))
        # Told that it has left, the shop takes it off itself.
        self.shop.leave("B1")
        for full in (False, True):
            self.push(full=full)
            self.assertEqual((self.kept(), self.there()[0]), (8, 8))
        self.assertEqual(self.shop.writes(), [])
        self.take_back(order, 1)
        self.push()
        self.assertEqual((self.kept(), self.there()[0]), (9, 9))
        self.assertFalse(self.differences())

    def test_what_odoo_does_not_count_is_reserved_there_already(self):
        self.push(full=True)
        self.buy(2, status="pending")
        self.buy(1, "DOS")
        self.set_stock(self.items[0], 12)
        self.push()
        self.assertEqual((self.kept(), self.there()[0]), (12, 10))
        self.bring("B1", status="paid")
        self.push()
        self.assertEqual((self.kept(), self.there()[:2]), (12, [10, 9]))
        # Somebody ships an order in the shop that Odoo does not count.
        self.buy(3, status="pending")
        self.run_flow()
        self.shop.leave("B3")
        self.push()
        self.assertEqual(self.there()[0], 7)

    def test_only_units_that_odoo_counts_are_added(self):
        """Two are sold here, five there: somebody has still to follow the change."""
        self.push(full=True)
        self.buy(2)
        self.run_flow()
        order = self.inbox("B1").sale_order_id
        self.deliver(order)
        [kept] = self.shop.reservations.pop(
            self.shop.stock_id(self.shop.listing("UNO"))
        )
        self.shop.buy("UNO", 5, kept.order_id)
        self.set_stock(self.items[0], 20)
        self.push()
        self.assertEqual((self.kept(), self.there()[0]), (22, 17))

    def test_what_somebody_reserves_by_hand_is_no_order(self):
        self.push(full=True)
        self.buy(2)
        self.run_flow()
        item = self.shop.stock_id(self.shop.listing("UNO"))
        self.shop.reservations[item].append(Reservation("", "", "", 3))
        self.set_stock(self.items[1], 4)
        for full in (False, True):
            self.push(full=full)
            self.assertEqual((self.kept(), self.there()[0]), (10, 5))
        self.set_stock(self.items[0], 20)
        self.push()
        self.assertEqual((self.kept(), self.there()[0]), (20, 15))

    def test_nothing_is_told_to_have_left_between(self):
        """One lease a channel: whoever has it is alone, and a killed one's ends."""
        answers, leases = self.flow("orders_answer"), self.env["sale.channel.lease"]
        answers.enabled = True
        seen = []

        def watch(method, kind):
            if method in ("reservations", "find", "put"):
                seen.append((method, bool(leases._get_busy_until(answers))))

        self.shop.watch = watch
        self.push(full=True)
        self.assertEqual(seen, [("reservations", True), ("find", True), ("put", True)])
        self.assertFalse(leases._get_busy_until(answers))
        # A worker of the stock is killed: the lease stays until it is over.
        self.assertTrue(self.env["sale.channel.lease"]._take(self.out))
        self.assertFalse(self.env["sale.channel.lease"]._take(answers))
        self.assertEqual(list(answers._answer_steps(None)), [])
        due = answers._get_due(answers._get_state())
        self.assertEqual(due, leases._get_busy_until(answers))
        self.assertTrue(self.env["sale.channel.lease"]._take(self.out))
        lease = leases.search([("channel_id", "=", self.channel.id)])
        lease.until = fields.Datetime.now()
        self.assertTrue(self.env["sale.channel.lease"]._take(answers))
        self.set_stock(self.items[0], 3)
        self.push()
        self.assertEqual(self.there()[0], 10)
        # It was taken a moment later than the flow was found due.
        with patch.object(type(leases), "_get_busy_until", lambda *_args: False):
            self.push()
        self.assertEqual(self.row().error_code, "stock_busy")
        self.assertEqual(self.there()[0], 10)
        self.env["sale.channel.lease"]._end(answers)
        self.push_late()
        self.assertEqual(self.there()[0], 3)
        self.assertGreater(LEASE_SECONDS, 75)

    def expire_lease(self):
        self.env.invalidate_all()
        lease = self.env["sale.channel.lease"].search(
            [("channel_id", "=", self.channel.id)]
        )
        lease.until = fields.Datetime.now()
        self.env.flush_all()

    def test_a_lease_that_was_lost_during_a_call_stops_the_writing(self):
        """Goods may have been told to have left since the reservations were read."""
        answers, leases = self.flow("orders_answer"), self.env["sale.channel.lease"]
        answers.enabled = True
        self.push(full=True)
        self.shop.writes()

        def lose(method, _kind):
            if method == "find":
                self.expire_lease()
                self.assertTrue(self.env["sale.channel.lease"]._take(answers))
                self.env["sale.channel.lease"]._end(answers)

        self.shop.watch = lose
        self.set_stock(self.items[0], 3)
        self.push()
        self.assertEqual(self.shop.writes(), [])
        self.assertEqual(self.row().error_code, "stock_busy")
        self.assertFalse(leases._get_busy_until(answers))
        # One that is over and that nobody has taken is still the flow's.
        self.shop.watch = lambda method, _kind: self.expire_lease()
        self.push_late()
        self.assertEqual(self.there()[0], 3)

    def test_each_answer_has_a_whole_lease(self):
        """However long the others of its batch took."""
        answers, leases = self.flow("orders_answer"), self.env["sale.channel.lease"]
        self.push(full=True)
        self.channel.action_load_statuses()
        self.channel.received_status_id = self.env["sale.channel.status"].search(
            [("channel_id", "=", self.channel.id), ("code", "=", "processing")]
        )
        answers.enabled = True
        for _time in range(3):
            self.buy(1)
        self.run_flow()
        held, write = [], FakeClient.write_status

        def slow(client, number, status):
            held.append(bool(leases._get_busy_until(self.out)))
            self.expire_lease()
            if len(held) == 2:
                # The stock takes it before the third one.
                self.assertTrue(self.env["sale.channel.lease"]._take(self.out))
            return write(client, number, status)

        with patch.object(FakeClient, "write_status", slow):
            self._run_flow(answers, True)
        self.assertEqual(held, [True, True])
        rows = self.env["sale.channel.order.answer"].search(
            [("channel_id", "=", self.channel.id)]
        )
        self.assertEqual(
            [(row.sync_state, row.attempts) for row in rows],
            [("done", 0), ("done", 0), ("pending", 0)],
        )

    def test_a_call_that_fails_leaves_the_lease_to_others(self):
        self.push(full=True)
        self.shop.faults.append(("reservations", Retryable("down")))
        self.set_stock(self.items[0], 3)
        self.set_stock(self.items[1], 3)
        self.push()
        # The shop cannot be reached at all: the flow waits, and so do both.
        self.assertEqual(self.out._get_state().failures, 1)
        self.assertEqual(self.row().sync_state, "pending")
        self.assertTrue(
            self.env["sale.channel.lease"]._take(self.flow("orders_answer"))
        )
        self.env["sale.channel.lease"]._end(self.flow("orders_answer"))
        self.push_late()
        self.assertEqual(self.there()[0], 3)

    def test_somebody_else_changes_it(self):
        """It counts when it is still there later, and is overwritten then."""
        self.push(full=True)
        self.shop.writes()
        item = self.shop.stock_id(self.shop.listing("UNO"))
        self.shop.stock[item]["quantity"] = 14
        self.push(full=True)
        self.assertEqual((self.kept(), self.row().error_code), (14, "stock_doubted"))
        self.assertFalse(self.differences())
        # It was only the shop's index that lagged behind.
        self.shop.stock[item]["quantity"] = 10
        self.push_late()
        self.assertEqual(self.row().sync_state, "done")
        self.shop.stock[item]["quantity"] = 14
        self.push(full=True)
        self.shop.stock[item]["quantity"] = 15
        self.push_doubted()
        self.assertFalse(self.differences())
        self.push_doubted()
        self.assertEqual(self.kept(), 10)
        [difference] = self.differences()
        self.assertEqual(
            (difference.before["quantity"], difference.name), (15, self.row().name)
        )
        self.assertEqual(self.row().sync_state, "done")
        self.assertEqual(DOUBT_SECONDS, 600)

    def push_doubted(self):
        """The same, after what is in doubt has been there for long."""
        for row in self.rows("stock_out").filtered("doubted_at"):
            row.doubted_at = fields.Datetime.subtract(
                row.doubted_at, seconds=DOUBT_SECONDS
            )
        self.push_late()

    def test_a_doubt_is_as_old_as_what_was_seen(self):
        """What changes in Odoo meanwhile makes it no older, but less is told."""
        self.push(full=True)
        item = self.shop.stock_id(self.shop.listing("UNO"))
        self.shop.stock[item]["quantity"] = 14
        self.push(full=True)
        self.set_stock(self.items[0], 12)
        self.push()
        self.assertEqual((self.kept(), self.row().error_code), (14, "stock_doubted"))
        self.assertFalse(self.differences())
        self.push_doubted()
        self.assertEqual((self.kept(), len(self.differences())), (12, 1))
        self.shop.stock[item]["quantity"] = 14
        self.push(full=True)
        self.set_stock(self.items[0], 3)
        self.push()
        self.assertEqual((self.kept(), self.row().error_code), (3, "stock_doubted"))
        self.push_doubted()
        self.assertEqual((self.kept(), self.row().sync_state), (3, "done"))
        self.assertEqual(len(self.differences()), 1)

    def test_a_refused_reading_concerns_its_own_row(self):
        self.push(full=True)
        poisoned = self.shop.stock_id(self.shop.listing("UNO"))
        for method in ("read_reservations", "find"):
            with self.subTest(method):
                read = getattr(FakeShopWriter, method)

                def refuse(writer, *args, read=read):
                    if poisoned in str(args):
                        raise Rejected("http_400", status=400)
                    return read(writer, *args)

                level = self.kept("DOS") - 1
                for item in self.items:
                    self.set_stock(item, level)
                with patch.object(FakeShopWriter, method, refuse):
                    self.push_late()
                self.assertEqual(self.there()[1:], [level, level])
                self.assertEqual(self.row().error_code, "http_400")
                self.assertEqual(self.row("DOS").sync_state, "done")
                self.push(full=True)

    def test_one_implausible_quantity_stops_no_other(self):
        """It became so after it was planned."""
        self.push(full=True)
        for item in self.items:
            self.set_stock(item, 7)
        offers = type(self.planner)._get_offers

        def grow(planner, channel, sent, *args):
            found = offers(planner, channel, sent, *args)
            for listing in found if args else ():
                if listing.product_id == self.items[0]:
                    found[listing] = ({"": 1e12}, {"": 1e12})
            return found

        with patch.object(type(self.planner), "_get_offers", grow):
            self.push()
        self.assertEqual(self.there(), [10, 7, 7])
        self.assertEqual(
            (self.row().sync_state, self.row().error_code),
            ("error", "stock_implausible"),
        )

    def test_a_nightly_comparison_looks_once_for_a_page(self):
        self.push(full=True)
        for sku in ("UNO", "DOS", "TRES"):
            self.shop.stock[self.shop.stock_id(self.shop.listing(sku))]["quantity"] = 8
        traded = type(self.env["sale.channel.stock"])._get_traded
        pages = []

        def watch(service, channel, since):
            pages.append(len(since))
            return traded(service, channel, since)

        with patch.object(type(self.env["sale.channel.stock"]), "_get_traded", watch):
            self.push(full=True)
        self.assertEqual(pages, [3])
        self.assertEqual(set(self.reasons().values()), {"stock_doubted"})

    def test_unlimited_stock(self):
        self.push(full=True)
        item = self.shop.stock_id(self.shop.listing("UNO"))
        self.shop.stock[item]["quantity"] = None
        self.push(full=True)
        self.assertEqual(self.row().error_code, "stock_doubted")
        with patch.object(FakeShopWriter, "read_reservations", lambda *_args: {}):
            self.push_doubted()
        self.assertEqual(self.kept(), 10)
        self.assertEqual(len(self.differences()), 1)

    def test_a_listing_that_is_gone(self):
        self.push(full=True)
        del self.shop.stock[self.shop.stock_id(self.shop.listing("UNO"))]
        self.push(full=True)
        self.assertEqual(
            (self.row().sync_state, self.row().error_code), ("error", "stock_item_gone")
        )
        self.assertEqual(self.row("DOS").sync_state, "done")


@tagged("post_install", "-at_install")
class TestStockByLocation(StockCase):
    kind = "physical"
    locations = True

    def setUp(self):
        super().setUp()
        self.south = self.env["stock.warehouse"].create(
            {"name": "Sur", "code": "SUR", "company_id": self.company.id}
        )
        self.set_stock(self.items[0], 4, self.south)
        for place, warehouse in (("loc-n", self.warehouse), ("loc-s", self.south)):
            self.locate(place, warehouse)

    def locate(self, place, warehouse, direction="both"):
        kind = self.env["sale.channel.mapping.kind"]._get_by_code("stock_location")
        return self.env["sale.channel.mapping"].create(
            {
                "channel_id": self.channel.id,
                "kind_id": kind.id,
                "direction": direction,
                "external_value": place,
                "res_id": warehouse.id,
            }
        )

    def test_each_location_has_its_warehouse(self):
        self.push(full=True)
        self.assertEqual(self.there("loc-n"), [10, 10, 10])
        self.assertEqual(self.there("loc-s"), [4, 0, 0])
        self.shop.writes()
        self.buy(2, place="loc-n")
        self.run_flow()
        self.push()
        self.assertEqual(self.shop.writes(), [])
        self.assertEqual(self.there("loc-n")[0], 8)
        self.set_stock(self.items[0], 6, self.south)
        self.push()
        self.assertEqual((self.there("loc-n")[0], self.there("loc-s")[0]), (8, 6))

    def unlocate(self, *places):
        rows = self.env["sale.channel.mapping"].search(
            [("channel_id", "=", self.channel.id), ("external_value", "in", places)]
        )
        rows.unlink()

    def set_there(self, place, quantity):
        """Somebody else has stock at a location."""
        self.shop.move(self.shop.stock_id(self.shop.listing("UNO")), quantity, place)

    def test_a_location_that_is_removed(self):
        """Nothing is sold there any more; then it is somebody else's."""
        self.push(full=True)
        requests = self.out.run_requests
        self.unlocate("loc-s")
        self.assertGreater(self.out.run_requests, requests)
        self.push(full=True)
        self.assertEqual(self.row().levels, "loc-n=10")
        self.assertEqual((self.there("loc-n")[0], self.there("loc-s")[0]), (10, 0))
        self.shop.writes()
        self.set_there("loc-s", 6)
        self.push(full=True)
        self.assertEqual(self.reasons(), {})
        self.set_stock(self.items[0], 9)
        self.push()
        self.assertEqual((self.there("loc-n")[0], self.there("loc-s")[0]), (9, 6))

    def test_where_nothing_was_told_nothing_differs(self):
        self.push(full=True)
        self.shop.writes()
        self.set_there("loc-x", 5)
        self.push(full=True)
        self.assertEqual((self.reasons(), self.shop.writes()), ({}, []))
        self.set_there("loc-s", 5)
        self.push(full=True)
        self.assertEqual(self.row().error_code, "stock_doubted")

    def test_without_any_location_nothing_is_known(self):
        self.push(full=True)
        self.unlocate("loc-n", "loc-s")
        self.shop.writes()
        self.push(full=True)
        self.assertEqual(self.shop.writes(), [])
        self.assertEqual(set(self.reasons().values()), {"stock_places_missing"})
        self.assertEqual(self.there("loc-n"), [10, 10, 10])
        self.locate("loc-n", self.warehouse)
        self.push(full=True)
        self.assertEqual(self.reasons(), {})

    def test_a_warehouse_lies_at_one_location(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.locate("loc-x", self.warehouse, "in").flush_recordset()

    def test_what_is_only_sent_is_told(self):
        self.unlocate("loc-s")
        self.locate("loc-s", self.south, "out")
        self.push(full=True)
        self.assertEqual(self.there("loc-s")[0], 4)

    def test_a_warehouse_of_another_company(self):
        other = self.env["res.company"].create({"name": "Otra"})
        theirs = (
            self.env["stock.warehouse"]
            .sudo()
            .search([("company_id", "=", other.id)], limit=1)
        )
        with self.assertRaises(ValidationError):
            self.locate("loc-x", theirs)

"""What a channel keeps in its own warehouse: never written, and counted in Odoo."""

from dataclasses import replace
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.channel_catalog.models.sale_channel_kept_stock import (
    SaleChannelKeptStock,
)

from .stock import StockCase


@tagged("post_install", "-at_install")
class TestKeptStock(StockCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.full = cls.env["stock.warehouse"].create(
            {
                "name": "Depósito del canal",
                "code": "FULL",
                "company_id": cls.company.id,
                "sequence": 0,
            }
        )

    def setUp(self):
        super().setUp()
        self.keep(self.channel)

    def keep(self, channel):
        """Let the channel keep goods in a warehouse of its own."""
        shop = channel._get_provider()._get_shop(channel)
        shop.traits = replace(shop.traits, kept_logistics=("fulfillment",))
        channel.invalidate_recordset()
        channel.kept_warehouse_id = self.full

    def tell(self, sku, quantity, **values):
        """The channel says how many it keeps of a listing, and Odoo counts."""
        listing = self.listed.filtered(lambda one: one.product_id.default_code == sku)
        listing.sudo().write({"stock_kept": True, "stock_there": quantity, **values})
        self.count()
        return listing

    def count(self, full=False):
        self._run_flow(self.flow("stock_in"), full)

    def counted(self, warehouse=None):
        """What there is of each product."""
        warehouse = warehouse or self.full
        items = self.items.with_context(warehouse_id=warehouse.id)
        items.invalidate_recordset()
        return items.mapped("qty_available")

    def adjustments(self):
        place = self.full.lot_stock_id
        moves = self.env["stock.move"].search([("is_inventory", "=", True)])
        return moves.filtered(lambda m: place in m.location_id | m.location_dest_id)

    def sell_from_full(self, quantity):
        """A sale order of the channel that Odoo ships from its warehouse."""
        line = {"product_id": self.items[0].id, "product_uom_qty": quantity}
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Ana"}).id,
                "company_id": self.company.id,
                "warehouse_id": self.full.id,
                "sale_channel_id": self.channel.id,
                "order_line": [Command.create(line)],
            }
        )
        order.action_confirm()
        return order

    # Counting

    def test_what_the_channel_says_is_counted_once(self):
        self.push(full=True)
        self.tell("UNO", 7)
        self.assertEqual(self.counted(), [7, 0, 0])
        self.assertEqual(self.counted(self.warehouse), [10, 10, 10])
        self.assertIn(self.channel.provider_name, self.adjustments().inventory_name)
        for full in (False, True):
            self.count(full)
            self.assertEqual(len(self.adjustments()), 1)
        self.tell("UNO", 3)
        self.assertEqual(self.counted(), [3, 0, 0])
        self.tell("UNO", 0)
        self.assertEqual(self.counted(), [0, 0, 0])
        self.assertFalse(self.flow("stock_in")._has_work())

    def test_a_listing_that_leaves_takes_its_goods_along(self):
        self.tell("UNO", 7)
        self.tell("UNO", 0, stock_kept=False)
        self.assertEqual(self.counted(), [0, 0, 0])

    def test_what_somebody_changed_in_odoo_is_set_right_by_the_full_run(self):
        self.tell("UNO", 7)
        self.set_stock(self.items[0], 40, self.full)
        self.count()
        self.assertEqual(self.counted()[0], 40)
        self.count(full=True)
        self.assertEqual(self.counted()[0], 7)

    def test_a_product_that_nobody_keeps_there_is_left(self):
        self.set_stock(self.items[2], 5, self.full)
        self.tell("UNO", 7)
        self.count(full=True)
        self.assertEqual(self.counted(), [7, 0, 5])

    def test_of_what_odoo_keeps_no_stock_nothing_is_counted(self):
        self.items[0].is_storable = False
        self.tell("UNO", 7)
        self.assertFalse(self.flow("stock_in")._has_work())
        self.assertFalse(self.adjustments())

    def test_listings_and_accounts_sum_up(self):
        self.tell("UNO", 7)
        self.link(self.items[0], "UNO-6", quantity=6).sudo().write(
            {"stock_kept": True, "stock_there": 2}
        )
        self.count()
        self.assertEqual(self.counted(), [19, 0, 0])
        other = self.make_channel(name="Otra cuenta", environment="test")
        self.keep(other)
        self.env["sale.channel.listing"].create(
            {"channel_id": other.id, "product_id": self.items[0].id}
        ).sudo().write(
            {"external_id": "L1", "external_stock_id": "S1", "stock_there": 4}
        )
        # Whichever of them counts, both are in it.
        self.count(full=True)
        self.assertEqual(self.counted(), [23, 0, 0])

    def test_listings_that_share_one_stock_count_once(self):
        premium = self.tell("UNO", 7, external_stock_id="U1")
        traits = replace(self.shop.traits, listing_types=("", "premium"))
        self.shop.traits = traits
        classic = self.link(self.items[0], "UNO-P", listing_type="premium")
        classic.sudo().write({"external_stock_id": "U1", "stock_there": 7})
        self.count()
        self.assertEqual(self.counted(), [7, 0, 0])
        (premium | classic).sudo().stock_there = 5
        self.count()
        self.assertEqual(self.counted(), [5, 0, 0])

    def test_what_orders_have_still_to_take_is_not_taken_twice(self):
        """The channel says what can be sold, without what was."""
        self.tell("UNO", 7)
        order = self.sell_from_full(2)
        self.tell("UNO", 5)
        item = self.items[0].with_context(warehouse_id=self.full.id)
        item.invalidate_recordset()
        self.assertEqual((item.qty_available, item.free_qty), (7, 5))
        self.deliver(order)
        self.count(full=True)
        self.assertEqual(self.counted(), [5, 0, 0])

    def test_what_was_ordered_since_the_channel_told_is_not_added(self):
        self.tell("UNO", 7)
        order = self.sell_from_full(2)
        order.date_order = fields.Datetime.add(fields.Datetime.now(), minutes=1)
        self.count(full=True)
        item = self.items[0].with_context(warehouse_id=self.full.id)
        item.invalidate_recordset()
        self.assertEqual((item.qty_available, item.free_qty), (7, 5))

    def test_what_the_channel_ships_leaves_from_its_warehouse(self):
        self.tell("UNO", 7)
        order = self.imported(
            "B1",
            logistic="fulfillment",
            lines=[{"id": "B1-0", "sku": "UNO", "quantity": "2", "price": "121.00"}],
        )
        self.assertEqual(order.warehouse_id, self.full)
        self.assertEqual(self.counted(), [7, 0, 0])
        self.tell("UNO", 5)
        self.count(full=True)
        self.assertEqual(self.counted(), [5, 0, 0])
        self.assertEqual(self.counted(self.warehouse), [10, 10, 10])

    def test_what_the_channel_ships_explains_nothing_of_our_stock(self):
        self.push(full=True)
        line = {"id": "B1-0", "sku": "UNO", "quantity": "2", "price": "121.00"}
        self.imported("B1", logistic="fulfillment", lines=[line])
        item = self.shop.stock_id(self.shop.listing("UNO"))
        self.shop.stock[item]["quantity"] = 8
        self.push(full=True)
        self.assertEqual(self.row().error_code, "stock_doubted")

    def test_lots_are_taken_when_there_are_too_many(self):
        item = self.items[0]
        item.tracking = "lot"
        lot = self.env["stock.lot"].create({"name": "L-1", "product_id": item.id})
        self.set_stock(item, 4, self.full, lot_id=lot.id)
        self.tell("UNO", 7)
        self.assertEqual(self.counted()[0], 7)
        self.tell("UNO", 2)
        self.assertEqual(self.counted()[0], 2)
        self.assertEqual(lot.product_qty, 2)

    def test_one_that_odoo_refuses_keeps_no_other_waiting(self):
        prepare = SaleChannelKeptStock._prepare_quants

        def refuse(service, channel, product, units):
            if product == self.items[0]:
                raise UserError(self.env._("the period is closed"))
            return prepare(service, channel, product, units)

        with patch.object(SaleChannelKeptStock, "_prepare_quants", refuse):
            self.listed[:2].sudo().write({"stock_kept": True, "stock_there": 4})
            self.count()
        self.assertEqual(self.counted(), [0, 4, 0])
        # It is tried again by the next full run, not at once.
        self.assertFalse(self.flow("stock_in")._has_work())
        self.assertIn("UNO", self.channel.activity_ids.note)
        self.count(full=True)
        self.assertEqual(self.counted(), [4, 4, 0])
        self.assertFalse(self.channel.activity_ids)

    # Its warehouse

    def test_it_is_not_offered_unless_somebody_wants_it(self):
        self.tell("UNO", 7)
        self.push(full=True)
        self.assertEqual(self.there()[1:], [10, 10])
        other = self.make_channel(name="Otra", environment="test")
        self.assertEqual(self.channel._get_order_warehouse(), self.warehouse)
        self.assertEqual(other._get_stock_places(), {"": self.warehouse})
        other.stock_warehouse_ids = self.warehouse | self.full
        self.assertEqual(other._get_stock_places(), {"": self.warehouse | self.full})

    def test_orders_leave_from_another_one(self):
        with self.assertRaises(ValidationError), mute_logger("odoo.sql_db"):
            self.channel.warehouse_id = self.full
        other = self.make_channel(name="Otra", environment="test")
        with self.assertRaises(ValidationError):
            other.warehouse_id = self.full

    def test_its_warehouse_is_used_for_nothing_else(self):
        self.channel.kept_warehouse_id = False
        with self.assertRaisesRegex(ValidationError, "holds goods"):
            self.channel.kept_warehouse_id = self.warehouse
        other = self.env["res.company"].create({"name": "Otra"})
        values = {"name": "Otra", "channel_type": "fake_shop", "company_id": other.id}
        channel = self.env["sale.channel"].sudo().create(values)
        only = self.env["stock.warehouse"].sudo()
        only = only.search([("company_id", "=", other.id)])
        with self.assertRaisesRegex(ValidationError, "only warehouse"):
            channel.kept_warehouse_id = only

    def test_without_any_warehouse_nothing_is_known(self):
        self.push(full=True)
        none = self.env["stock.warehouse"]
        kind = type(self.channel)
        with patch.object(kind, "_get_order_warehouse", lambda _channel: none):
            self.push(full=True)
        self.assertEqual(set(self.reasons().values()), {"stock_places_missing"})
        self.assertEqual(self.there(), [10, 10, 10])

    def test_the_setting_fills_the_de_para_and_switches_the_flow(self):
        flow = self.flow("stock_in")
        self.assertTrue(flow.enabled)
        row = self.env["sale.channel.mapping"].search(
            [
                ("channel_id", "=", self.channel.id),
                ("kind_id.code", "=", "warehouse"),
                ("external_value", "=", "fulfillment"),
            ]
        )
        self.assertEqual(row.res_id, self.full.id)
        self.channel.kept_warehouse_id = False
        self.assertFalse(flow.enabled)
        self.assertEqual(row.res_id, self.full.id)
        self.listed.sudo().stock_there = 9
        flow.enabled = True
        self.assertFalse(flow._has_work())
        self.count(full=True)
        self.assertEqual(self.counted(), [0, 0, 0])

    # Never written

    def test_what_is_kept_there_has_no_row(self):
        self.push(full=True)
        self.tell("UNO", 7)
        self.set_stock(self.items[0], 4)
        self.set_stock(self.items[1], 4)
        for full in (False, True):
            self.push(full=full)
            self.assertEqual(self.there(), [10, 4, 10])
            self.assertFalse(self.row())
        self.tell("UNO", 0, stock_kept=False)
        self.push()
        self.assertEqual(self.there(), [4, 4, 10])

    def become_kept(self, sku="UNO"):
        self.shop.kept.add(self.shop.stock_id(self.shop.listing(sku)))

    def test_one_that_becomes_kept_is_found_out_by_the_refusal(self):
        self.push(full=True)
        self.become_kept()
        for item in self.items:
            self.set_stock(item, 4)
        self.push()
        self.assertEqual(self.there(), [10, 4, 4])
        self.assertFalse(self.row())
        self.assertEqual(self.listed.mapped("stock_kept"), [True, False, False])
        self.assertEqual(self.reasons(), {})

    def test_one_that_becomes_kept_is_found_out_by_reading(self):
        self.push(full=True)
        self.become_kept()
        item = self.shop.stock_id(self.shop.listing("UNO"))
        self.shop.stock[item]["quantity"] = 77
        self.push(full=True)
        self.assertFalse(self.row())
        self.assertTrue(self.listed[0].stock_kept)
        # What is read before it is sent as well: the orders cannot be read.
        self.become_kept("DOS")
        self.flow("orders_in").enabled = False
        self.set_stock(self.items[1], 4)
        self.set_stock(self.items[2], 4)
        self.push()
        self.assertFalse(self.row("DOS"))
        self.assertEqual(self.there(), [77, 10, 4])

    def test_what_cannot_be_read_now_is_left_as_it_was(self):
        self.push(full=True)
        self.shop.unread.add(self.shop.stock_id(self.shop.listing("UNO")))
        self.push(full=True)
        self.assertEqual((self.row().sync_state, self.reasons()), ("done", {}))
        self.flow("orders_in").enabled = False
        for item in self.items[:2]:
            self.set_stock(item, 4)
        self.push()
        self.assertEqual(self.reasons()["[UNO] Artículo UNO"], "retryable")
        self.assertEqual(self.row("DOS").error_code, "stock_orders_off")
        self.assertEqual(self.there(), [10, 4, 10])

    def test_the_dry_run_says_why(self):
        self.tell("UNO", 7)
        part = self.planner._get_parts()[0]
        found = self.planner._get_skipped(self.channel, part, self.listed.ids)
        self.assertEqual([code for _n, _id, code, _p in found], ["stock_kept"])

    def test_a_channel_that_takes_no_more(self):
        """What it took counts: it is neither sent again nor a difference."""
        self.shop.most[self.shop.stock_id(self.shop.listing("UNO"))] = 1
        self.push(full=True)
        self.assertEqual(self.there(), [1, 10, 10])
        self.shop.writes()
        for full in (False, True):
            self.push(full=full)
            self.assertEqual((self.shop.writes(), self.reasons()), ([], {}))
        self.set_stock(self.items[0], 0)
        self.push()
        self.assertEqual(self.there()[0], 0)

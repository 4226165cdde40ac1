"""Stock goes out: what is told, when, and what is not."""

import json
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.channel_base.lib.errors import Rejected, Retryable
from odoo.addons.channel_outgoing.lib.writer import Found
from odoo.addons.test_channel.lib.client import FakeClient

from .stock_life import StockLife

PLANNER = "odoo.addons.channel_outgoing.models.sale_channel_outgoing_planner"


@tagged("post_install", "-at_install")
class TestStock(StockLife):
    def test_a_life_with_a_sellable_shop(self):
        self.live(seed=1)
        self.assert_right_on_both_sides()

    def test_only_what_changed_is_sent(self):
        self.push(full=True)
        self.assertEqual(self.there(), [10, 10, 10])
        self.assertEqual(self.shop.writes(), [("put", "stock", 3)])
        for full in (False, True):
            self.push(full=full)
            self.assertEqual(self.shop.writes(), [])
        self.set_stock(self.items[1], 4)
        self.push()
        self.assertEqual(self.there(), [10, 4, 10])
        self.assertEqual(self.shop.writes(), [("put", "stock", 1)])

    def test_what_is_not_offered_has_no_stock(self):
        self.push(full=True)
        first, second, third = self.items
        for off, on in (
            ({"channel_show": "no"}, {"channel_show": "yes"}),
            ({"channel_variant_show": "no"}, {"channel_variant_show": "default"}),
            ({"sale_ok": False}, {"sale_ok": True}),
        ):
            with self.subTest(off):
                second.write(off)
                self.push()
                self.assertEqual(self.there(), [10, 0, 10])
                second.write(on)
                self.push()
                self.assertEqual(self.there(), [10, 10, 10])
        hidden = self.brand.copy({"name": "Otra"})
        third.product_brand_id = hidden
        hidden.channel_shown = False
        self.push()
        self.assertEqual(self.there(), [10, 10, 0])
        hidden.channel_shown = True
        self.push()
        # What only keeps it from being made changes nothing of what is there.
        first.product_brand_id = False
        self.push()
        self.assertEqual(self.there(), [10, 10, 10])

    def test_what_the_channel_sold_is_not_offered_again(self):
        self.push(full=True)
        self.buy(2)
        self.push()
        self.assertEqual(self.there(), [8, 10, 10])
        self.assertEqual(self.items[0].free_qty, 10)
        self.run_flow()
        self.assertEqual(self.items[0].free_qty, 8)
        self.push()
        self.assertEqual(self.there(), [8, 10, 10])

    def test_what_others_sold_is_a_change_as_any(self):
        """It has lowered nothing here: what is as it was told is not written."""
        self.push(full=True)
        other = self.make_channel(name="Otra", environment="test")
        listing, row = self.listed[0], self.row()
        for seller, part in ((self.channel, "sold"), (other, "stock")):
            for scope, names in (
                ("product.sold", [self.items[0].id]),
                ("product.pledged", ["UNO", "", ""]),
            ):
                with self.subTest(scope, part=part):
                    taken = {scope: {json.dumps([seller.id, *names])}}
                    found = self.planner._expand(self.channel, taken)
                    self.assertEqual(found, {part: {listing.id}})
            parts = {one.name: one for one in self.planner._get_parts()}
            plan = self.planner._plan_part(self.channel, parts[part], [row.res_id])
            self.assertEqual(len(plan), 1 if part == "sold" else 0)

    def test_orders_are_read_before_stock_is_written(self):
        """Bought, and not known here yet, when something else changes."""
        self.push(full=True)
        self.buy(2)
        self.buy(3, lines=[{"sku": "NOBODY", "quantity": "3", "price": "1.00"}])
        self.set_stock(self.items[0], 20)
        self.push()
        # The refused order names no product, so nothing is known of it.
        self.assertEqual(self.there()[0], 18)
        self.assertEqual(self.items[0].free_qty, 18)

    def test_what_odoo_does_not_count_is_kept_back(self):
        self.push(full=True)
        waiting = self.buy(2, status="pending")
        self.run_flow()
        self.push()
        self.assertEqual((self.items[0].free_qty, self.there()[0]), (10, 8))
        # Another change does not give it away.
        self.set_stock(self.items[0], 12)
        self.push()
        self.assertEqual(self.there()[0], 10)
        self.put(waiting, status="cancelled")
        self.shop.leave(waiting, cancelled=True)
        self.run_flow()
        self.push()
        self.assertEqual(self.there()[0], 12)

    def test_stock_is_only_lowered_while_nobody_reads_the_orders(self):
        self.push(full=True)
        self.buy(2)
        orders = self.flow("orders_in")
        orders.enabled = False
        for counted, there in ((30, 8), (3, 3), (10, 3)):
            self.set_stock(self.items[0], counted)
            self.push()
            self.make_due("stock_out")
            self.assertEqual(self.there()[0], there)
            self.assertEqual(self.row().error_code, "stock_orders_off")
        orders.enabled = True
        self.push()
        self.assertEqual(self.there()[0], 8)
        self.assertEqual(self.row().sync_state, "done")

    def test_the_longer_it_waits_for_the_orders_the_rarer_it_looks(self):
        self.push(full=True)
        orders = self.flow("orders_in")
        orders.enabled = False
        self.set_stock(self.items[0], 30)
        row = self.row()
        for waited, pause in ((0, 1), (5, 5), (200, 30)):
            now = fields.Datetime.now()
            row.waiting_since = now - timedelta(minutes=waited)
            self.push_late()
            self.assertEqual(row.error_code, "stock_orders_off")
            minutes = (row.next_attempt_at - now).total_seconds() / 60
            self.assertAlmostEqual(minutes, pause, delta=0.5)
        orders.enabled = True
        # Another one that cannot be read yet
        self.buy(2)
        self.remote.faults.append(Retryable("down"))
        self.run_flow()
        self.assertGreater(row.next_attempt_at, fields.Datetime.now())
        self.make_due(self.inbox("B1"))
        self.run_flow()
        self.assertLessEqual(row.next_attempt_at, fields.Datetime.now())
        self.push()
        self.assertEqual(self.there()[0], 28)

    def test_an_order_that_cannot_be_read_keeps_stock_from_rising(self):
        self.push(full=True)
        self.buy(2)
        self.remote.faults.append(Retryable("down"))
        self.set_stock(self.items[0], 30)
        self.push()
        self.assertEqual(self.there()[0], 8)
        self.assertEqual(self.row().error_code, "stock_orders_behind")
        self.make_due(self.inbox("B1"))
        self.push_late()
        self.assertEqual(self.there()[0], 28)

    def test_an_order_that_nobody_understands_keeps_stock_from_rising(self):
        """Until it is dismissed, or can be read."""
        self.push(full=True)
        self.buy(2, lines=[{"quantity": {"what": "is this"}}])
        self.set_stock(self.items[0], 30)
        self.push()
        row = self.inbox("B1")
        self.assertEqual((row.sync_state, len(row.line_ids)), ("error", 0))
        self.assertEqual((self.there()[0], self.reasons()), (8, self.behind()))
        row._dismiss("spam")
        self.push_late()
        self.assertEqual((self.there()[0], self.reasons()), (30, {}))

    def behind(self):
        return {self.row().name: "stock_orders_behind"}

    def test_a_search_that_fails_keeps_stock_from_rising(self):
        self.push(full=True)
        self.set_stock(self.items[0], 30)
        with patch.object(FakeClient, "search", side_effect=Retryable("down")):
            self.push()
        self.assertEqual(self.there()[0], 10)
        self.assertEqual(self.row().error_code, "stock_orders_failing")
        self.assertFalse(self.out._get_state().failures)
        self.push_late()
        self.assertEqual(self.there()[0], 30)

    def test_bought_while_it_is_written(self):
        """Between the reading of the orders and the writing: found right after."""
        self.push(full=True)
        self.set_stock(self.items[0], 20)

        def watch(method, kind):
            if (method, kind) == ("put", "stock") and not self.remote.orders:
                self.buy(2)

        self.shop.watch = watch
        self.push()
        self.assertEqual(self.there()[0], 20)
        self.assertEqual(self.inbox("B1").state, "imported")
        self.push()
        self.assertEqual(self.there()[0], 18)

    def test_bought_while_the_last_batch_of_a_slice_is_written(self):
        """The orders are read again by the slice that follows."""
        self.push(full=True)
        self.set_stock(self.items[0], 20)

        def watch(method, kind):
            if (method, kind) == ("put", "stock") and not self.remote.orders:
                self.buy(2)

        self.shop.watch = watch
        steps = type(self.out)._order_steps

        def stop(flow):
            """The slice is over as soon as the orders would be read again."""
            if self.remote.orders and not seen:
                seen.append(True)
                raise Retryable("killed")
            return (yield from steps(flow))

        seen = []
        with patch.object(type(self.out), "_order_steps", stop):
            self.push()
            self.assertEqual((self.there()[0], seen), (20, [True]))
            self.assertFalse(self.channel.channel_order_ids)
            self.push()
        self.assertEqual(self.inbox("B1").state, "imported")
        self.assertFalse(self.out._get_state().orders_unread)

    def test_what_an_order_gave_back_in_part_is_no_difference(self):
        """One that was refunded in part, and one that has fewer lines than before."""
        self.push(full=True)
        number = self.buy(5)
        self.push()
        self.set_stock(self.items[0], 20)
        self.push()
        item = self.shop.stock_id(self.shop.listing("UNO"))
        line = self.remote.orders[number]["lines"][0]
        for changes, back in (
            ({"refunded": "121.00"}, 1),
            ({"lines": [{**line, "quantity": "1"}]}, 4),
        ):
            with self.subTest(changes):
                self.bring(number, **changes)
                self.shop.move(item, back)
                self.row().write({"doubt": False, "doubted_at": False})
                there = {self.row().reference: Found("", dict(self.shop.stock[item]))}
                self.row()._note_seen(there, self.env["sale.channel.run"])
                self.assertNotEqual(self.row().error_code, "stock_doubted")
        self.shop.move(item, -30)
        there = {self.row().reference: Found("", dict(self.shop.stock[item]))}
        self.row()._note_seen(there, self.env["sale.channel.run"])
        self.assertEqual(self.row().error_code, "stock_doubted")

    def test_sold_and_made_good_within_a_minute(self):
        """What is wanted is the same as before; what the shop keeps is not."""
        self.push(full=True)
        self.buy(2)
        self.run_flow()
        self.set_stock(self.items[0], 12)
        self.push()
        self.assertEqual(self.there()[0], 10)

    def test_settings(self):
        other = self.env["stock.warehouse"].create(
            {"name": "Otro", "code": "OTRO", "company_id": self.company.id}
        )
        self.set_stock(self.items[0], 7, other)
        self.push(full=True)
        both = self.warehouse | other
        for values, there in (
            ({"stock_warehouse_ids": other.ids}, [7, 0, 0]),
            ({"stock_warehouse_ids": both.ids}, [17, 10, 10]),
            ({"stock_buffer": 2}, [15, 8, 8]),
            ({"stock_buffer_percent": 50}, [6, 3, 3]),
            ({"stock_multiple": 5}, [5, 0, 0]),
            ({"catalog_sync_stock": False}, [5, 0, 0]),
        ):
            with self.subTest(values):
                self.channel.write(values)
                self.push(full=True)
                self.assertEqual(self.there(), there)
        self.assertFalse(self.rows("stock_out"))
        self.items[0].channel_variant_sync_stock = "yes"
        self.channel.write({"stock_multiple": 1})
        self.push(full=True)
        self.assertEqual(self.there(), [6, 0, 0])

    def test_what_counts_as_stock(self):
        """Free: neither reserved nor promised; forecast: with what is to come."""
        one = self.items[0]
        stock, customers = (
            self.warehouse.lot_stock_id,
            self.env.ref("stock.stock_location_customers"),
        )
        suppliers = self.env.ref("stock.stock_location_suppliers")
        moves = self.env["stock.move"].create(
            [
                {
                    "product_id": one.id,
                    "product_uom_qty": units,
                    "location_id": source.id,
                    "location_dest_id": target.id,
                    "company_id": self.company.id,
                }
                for units, source, target in (
                    (3, stock, customers),
                    (5, suppliers, stock),
                )
            ]
        )
        moves._action_confirm()
        # Promised, and nothing reserved for it
        self.assertEqual((one.free_qty, one.outgoing_qty), (10, 3))
        service, found = self.env["sale.channel.stock"], {}
        for basis in ("free", "on_hand", "forecast"):
            quantities = service._get_quantities(one, self.warehouse, basis)
            found[basis] = quantities[self.warehouse][one.id]
        self.assertEqual(found, {"free": 7, "on_hand": 7, "forecast": 12})

    def test_hostile_numbers(self):
        """Each is clear on its own row, and keeps no other waiting."""
        one, two, three = self.items
        self.set_stock(one, 2.75)
        self.set_stock(two, 3 * 10**9)
        with mute_logger(PLANNER):
            self.push(full=True)
        self.assertEqual(self.there(), [2, 0, 10])
        self.assertIn("3000000000", self.row("DOS").error_message)
        self.set_stock(two, 10**9)
        self.push()
        self.assertEqual(self.there(), [2, 10**9, 10])
        quant = self.env["stock.quant"].search(
            [("product_id", "=", three.id), ("location_id.usage", "=", "internal")]
        )
        quant.sudo().quantity = -4
        self.push()
        self.assertEqual(self.there(), [2, 10**9, 0])

    def test_a_listing_that_is_gone_and_one_that_is_refused(self):
        gone, refused, _fine = (
            self.shop.listing(sku) for sku in ("UNO", "DOS", "TRES")
        )
        stock_id = self.shop.stock_id
        self.shop.refused[stock_id(refused)] = Rejected("http_422", status=422)
        del self.shop.stock[stock_id(gone)]
        self.push(full=True)
        self.assertEqual(self.shop.stock[stock_id(refused)]["quantity"], 0)
        self.assertEqual(self.shop.quantity("TRES"), 10)
        self.assertEqual(self.row("UNO").error_code, "not_found")
        self.assertEqual(self.row("DOS").error_code, "http_422")

    def test_archived_and_untracked_products(self):
        self.push(full=True)
        one, two, _three = self.items
        one.action_archive()
        two.is_storable = False
        self.set_stock(self.items[2], 5)
        self.push()
        self.assertEqual(self.there(), [0, 10, 5])
        self.assertFalse(self.row("DOS"))
        skipped = self.planner._get_skipped(
            self.channel, self.planner._get_parts()[0], self.listed.ids
        )
        self.assertEqual(
            [code for *_record, code, _params in skipped], ["stock_untracked"]
        )

    def test_packs_and_kits(self):
        one, two, _three = self.items
        pack = self.link(one, "PACK", quantity=6)
        kit = self.link(
            self.env["product.product"],
            "KIT",
            component_ids=[
                Command.create({"product_id": one.id, "quantity": 2}),
                Command.create({"product_id": two.id, "quantity": 3}),
            ],
        )
        self.push(full=True)
        self.assertEqual(
            [self.shop.available(sku) for sku in ("UNO", "PACK", "KIT")], [10, 1, 3]
        )
        self.buy(1, "PACK")
        self.run_flow()
        self.push()
        self.assertEqual(
            [self.shop.available(sku) for sku in ("UNO", "PACK", "KIT")], [4, 0, 2]
        )
        self.assertTrue(pack | kit)

    def test_a_location_that_moves(self):
        self.push(full=True)
        shelf = self.env["stock.location"].create(
            {"name": "Estante", "location_id": self.warehouse.lot_stock_id.id}
        )
        quants = self.env["stock.quant"].with_context(inventory_mode=True)
        quants.create(
            {
                "product_id": self.items[0].id,
                "location_id": shelf.id,
                "inventory_quantity": 5,
            }
        ).action_apply_inventory()
        self.push()
        self.assertEqual(self.there()[0], 15)
        outside = (
            self.env.ref("stock.stock_location_locations", False) or shelf.browse()
        )
        shelf.location_id = outside or self.company.internal_transit_location_id
        self.push()
        self.assertEqual(self.there()[0], 10)

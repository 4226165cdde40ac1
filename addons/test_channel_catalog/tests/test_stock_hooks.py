"""What a user's save tells of stock, what it costs, and who may do what."""

import threading
import time
from contextlib import ExitStack, contextmanager, nullcontext
from unittest.mock import patch

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.channel_outgoing.models.sale_channel_change import SaleChannelChange

from .stock import StockCase

SCOPES = ("product.stock", "product.stock.all", "product.sold", "product.pledged")


@tagged("post_install", "-at_install")
class TestStockHooks(StockCase):
    def told(self):
        """Products whose stock changes were inserted since last asked."""
        self.env.cr.flush()
        changes = self.env["sale.channel.change"].search(
            [("scope", "in", ("product.stock", "product.stock.all"))]
        )
        found = {(change.scope, change.res_id) for change in changes}
        changes.unlink()
        return {id_ for _scope, id_ in found}

    def make_picking(self, count=3, kind=None):
        kind = kind or self.warehouse.out_type_id
        customers = self.env.ref("stock.stock_location_customers")
        return self.env["stock.picking"].create(
            {
                "picking_type_id": kind.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "location_dest_id": customers.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": item.id,
                            "product_uom_qty": 2,
                            "location_id": self.warehouse.lot_stock_id.id,
                            "location_dest_id": customers.id,
                        }
                    )
                    for item in self.items[:count]
                ],
            }
        )

    def test_each_step_tells(self):
        one = self.items[0]
        picking = self.make_picking(1)
        picking.picking_type_id.reservation_method = "manual"
        self.told()
        for name, act in (
            ("confirm, nothing reserved", picking.action_confirm),
            ("reserve", picking.action_assign),
            ("unreserve", picking.do_unreserve),
            ("reserve again", picking.action_assign),
            ("more of it", lambda: picking.move_ids.write({"product_uom_qty": 3})),
            ("less is ready", lambda: picking.move_ids.write({"quantity": 1})),
            (
                "ship",
                lambda: picking.with_context(skip_backorder=True).button_validate(),
            ),
        ):
            with self.subTest(name):
                if name == "ship":
                    picking.move_ids.picked = True
                act()
                self.assertIn(one.id, self.told())
        other = self.make_picking(1)
        other.action_confirm()
        self.told()
        for name, act in (
            ("cancel", other.action_cancel),
            ("count", lambda: self.set_stock(one, 20)),
        ):
            with self.subTest(name):
                act()
                self.assertIn(one.id, self.told())
        shelf = self.env["stock.location"].create(
            {"name": "Estante", "location_id": self.warehouse.lot_stock_id.id}
        )
        self.assertEqual(self.told(), set())
        shelf.location_id = self.warehouse.view_location_id
        self.assertEqual(self.told(), {0})
        shelf.name = "Estantes"
        self.assertEqual(self.told(), set())

    def count_queries(self, act):
        self.env.flush_all()
        self.env.cr.flush()
        before = self.env.cr.sql_log_count
        act()
        self.env.flush_all()
        self.env.cr.flush()
        return self.env.cr.sql_log_count - before

    @contextmanager
    def no_changes(self):
        """Odoo as it is without anything that leaves changes."""
        registry, mixin = self.env.registry, "sale.channel.change.mixin"
        with ExitStack() as stack:
            for name in registry.descendants([mixin], "_inherit") - {mixin}:
                stack.enter_context(
                    patch.object(registry[name], "_get_changes", lambda _self: set())
                )
            yield

    def test_a_stock_move_pays_one_query_a_flush(self):
        """But for one INSERT a flush nothing is asked that was not asked before."""
        for item in self.items:
            self.set_stock(item, 1000)
        costs = {}
        for name in ("action_confirm", "action_assign", "button_validate"):
            # The first one of each fills the caches.
            for turn, listened in enumerate((True, False, True)):
                picking = self.make_picking()
                if name != "action_confirm":
                    picking.action_confirm()
                if name == "button_validate":
                    picking.action_assign()
                    picking.move_ids.picked = True
                inserts, insert = [], SaleChannelChange._insert

                def count(model, changes, note=inserts.append, insert=insert):
                    note(len(changes))
                    return insert(model, changes)

                scopes = frozenset(SCOPES if listened else ())
                with (
                    nullcontext() if listened else self.no_changes(),
                    patch.object(SaleChannelChange, "_insert", count),
                    patch.object(
                        SaleChannelChange, "_get_listened", lambda _self, s=scopes: s
                    ),
                ):
                    cost = self.count_queries(getattr(picking, name))
                costs[name, turn] = cost - len(inserts)
                if listened:
                    self.assertLessEqual(len(inserts), 2, name)
            self.assertLessEqual(costs[name, 2], costs[name, 1], costs)

    def test_a_save_waits_for_no_push(self):
        """While the server is slow nothing is locked, and a save is quick."""
        self.push(full=True)
        self.set_stock(self.items[0], 5)
        lasted = []

        def watch(method, _kind):
            if method == "put":
                begun = time.monotonic()
                # Another user's transaction, while the answer is awaited
                with self.env.registry.cursor() as cr:
                    cr.execute("SET LOCAL lock_timeout = '2s'")
                    cr.execute(
                        "UPDATE stock_quant SET quantity = quantity"
                        " WHERE product_id = %s",
                        [self.items[0].id],
                    )
                    cr.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                lasted.append((time.monotonic() - begun, threading.get_ident()))

        self.shop.watch = watch
        self.push()
        self.assertEqual(self.there()[0], 5)
        [(seconds, _thread)] = lasted
        self.assertLess(seconds, 2)

    def test_who_may_what(self):
        clerk = self.make_user("vendedora", "channel_base.group_channel_user")
        boss = self.make_user("jefa", "channel_base.group_channel_manager")
        stranger = self.make_user("deposito", "stock.group_stock_user")
        self.push(full=True)
        row = self.row()
        with self.assertRaises(AccessError):
            row.with_user(stranger).read(["quantity"])
        self.assertEqual(row.with_user(clerk).quantity, 10)
        for user in (clerk, boss):
            with self.assertRaises(AccessError):
                row.with_user(user).write({"quantity": 99})
        with self.assertRaises(AccessError):
            self.channel.with_user(clerk).write({"stock_buffer": 1})
        self.channel.with_user(boss).write({"stock_buffer": 1})
        # Who moves goods need not see any channel.
        picking = self.make_picking(1).with_user(stranger)
        picking.action_confirm()
        picking.action_assign()
        picking.move_ids.picked = True
        picking.button_validate()
        self.push()
        self.assertEqual(self.there()[0], 7)

    def test_rules_of_the_settings(self):
        other = self.env["res.company"].sudo().create({"name": "Otra"})
        theirs = self.env["stock.warehouse"].sudo()
        theirs = theirs.search([("company_id", "=", other.id)], limit=1)
        for error, values in (
            (UserError, {"stock_warehouse_ids": theirs.ids}),
            (CheckViolation, {"stock_buffer": -1}),
            (CheckViolation, {"stock_buffer_percent": 101}),
            (CheckViolation, {"stock_multiple": 0}),
        ):
            with (
                self.subTest(values),
                self.assertRaises(error),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.channel.write(values)
                self.env.flush_all()

    def test_public_methods_of_the_service(self):
        """It answers nothing over RPC."""
        for name in ("sale.channel.stock", "sale.channel.lease"):
            model = type(self.env[name])
            own = [
                method
                for parent in model.__mro__
                if parent.__module__.startswith("odoo.addons.channel_")
                for method in vars(parent)
                if not method.startswith("_")
                and callable(getattr(parent, method, None))
            ]
            self.assertEqual(own, [])

from datetime import timedelta

from odoo.addons.channel_catalog.models.sale_channel_listing_stock import (
    DOUBT_SECONDS,
)

from .case import CatalogContract


class StockContract(CatalogContract):
    """Stock is right on the channel: no more than there is, and only what changed."""

    def test_stock_what_waits_raises_an_alarm(self):
        """Unless the provider says something else, after half an hour."""
        specs = self.channel._get_flow_specs()
        self.assertGreater(specs["stock_out"].stale, 0)
        if "price_out" in specs:
            self.assertGreater(specs["price_out"].stale, 0)

    def test_stock_stock_arrives_and_nothing_twice(self):
        one, two = self.publish("Q-1", "Q-2")
        self.assertEqual(self.there("Q-1", "quantity"), (10,))
        self.set_stock(one, 4)
        self.assertEqual(self.settle(), 1)
        self.assertEqual(self.there("Q-1", "quantity"), (4,))
        self.assertEqual(self.there("Q-2", "quantity"), (10,))
        self.set_stock(two, 10)
        self.assertEqual(self.settle(), 0)
        self.assert_nothing_to_do()

    def test_stock_never_less_than_nothing(self):
        (item,) = self.publish("Q-1")
        for quantity in (0, -3):
            with self.subTest(quantity):
                self.env["stock.quant"]._update_available_quantity(
                    item, self.warehouse.lot_stock_id, quantity - item.qty_available
                )
                self.settle()
                self.assertEqual(self.there("Q-1", "quantity"), (0,))
        self.set_stock(item, 2)
        self.settle()
        self.assertEqual(self.there("Q-1", "quantity"), (2,))

    def test_stock_what_was_bought_is_not_offered_again(self):
        self.publish("Q-1")
        self.remote_buy("Q-1", 3)
        self.assertEqual(self.there("Q-1", "quantity"), (7,))
        for full in (False, True, True):
            self.settle(full=full)
            self.assertEqual(self.there("Q-1", "quantity"), (7,))
        self.assertFalse(self.differences())

    def test_stock_one_that_is_refused_holds_no_neighbour(self):
        if "refusal" in self.lacks:
            self.skipTest("it refuses no single listing")
        products = self.publish("Q-1", "Q-2", "Q-3")
        self.remote_refuse("Q-2")
        for product in products:
            self.set_stock(product, 5)
        self.settle()
        self.assertEqual(self.there("Q-1", "quantity"), (5,))
        self.assertEqual(self.there("Q-3", "quantity"), (5,))
        self.assertEqual([kind for _name, kind in self.open_reasons()], ["stock"])
        self.remote_refuse()
        self.rows("stock_out").filtered(
            lambda row: row.sync_state == "error"
        ).action_retry()
        self.settle()
        self.assertEqual(self.there("Q-2", "quantity"), (5,))

    def test_stock_a_listing_deleted_there_holds_no_neighbour(self):
        products = self.publish("Q-1", "Q-2", "Q-3")
        self.remote_remove("Q-2")
        for product in products:
            self.set_stock(product, 6)
        self.run_out("stock_out", full=False)
        self.assertEqual(self.there("Q-1", "quantity"), (6,))
        self.assertEqual(self.there("Q-3", "quantity"), (6,))
        self.assertTrue(self.open_reasons())

    def test_stock_the_shop_cannot_be_reached(self):
        (item,) = self.publish("Q-1")
        self.set_stock(item, 5)
        for kind in ("503", "429"):
            self.remote_fault(kind)
            self.settle()
            self.assertEqual(self.there("Q-1", "quantity"), (10,))
        self.set_stock(item, 6)
        self.settle()
        self.assertEqual(self.there("Q-1", "quantity"), (6,))
        self.assert_nothing_to_do()

    def test_stock_a_lost_answer_changes_nothing(self):
        (item,) = self.publish("Q-1")
        self.set_stock(item, 5)
        self.remote_fault("lost")
        self.settle()
        self.settle()
        self.assertEqual(self.there("Q-1", "quantity"), (5,))
        self.assert_nothing_to_do()

    def test_stock_stock_that_is_not_synchronised_is_left(self):
        (item,) = self.publish("Q-1")
        item.channel_sync_stock = "no"
        self.settle()
        self.set_stock(item, 3)
        self.assertEqual(self.settle(full=True), 0)
        self.assertEqual(self.there("Q-1", "quantity"), (10,))
        item.channel_sync_stock = "yes"
        self.settle()
        self.assertEqual(self.there("Q-1", "quantity"), (3,))

    def overwrite(self, quantity):
        """What somebody changes there is looked at again later, then overwritten."""
        self.publish("Q-1")
        self.remote_edit("Q-1", quantity=quantity)
        self.settle(full=True)
        self.assertFalse(self.differences())
        for row in self.env["sale.channel.listing.stock"].search(
            [("channel_id", "=", self.channel.id), ("doubted_at", "!=", False)]
        ):
            row.doubted_at -= timedelta(seconds=DOUBT_SECONDS)
        self.settle(full=True)
        self.assertEqual(self.there("Q-1", "quantity"), (10,))
        self.assertTrue(self.differences())

    def test_stock_a_change_there_is_overwritten_and_told(self):
        self.overwrite(99)

    def test_stock_without_a_limit_there(self):
        if "unlimited" in self.lacks:
            self.skipTest("its stock has a limit always")
        self.overwrite(None)

    def test_stock_a_trial_sends_no_other_stock(self):
        one, two = self.publish("Q-1", "Q-2")
        self.channel.write({"state": "trial", "trial_codes": "Q-1"})
        for product in (one, two):
            self.set_stock(product, 2)
        self.settle()
        self.settle(full=True)
        self.assertEqual(self.there("Q-1", "quantity"), (2,))
        self.assertEqual(self.there("Q-2", "quantity"), (10,))

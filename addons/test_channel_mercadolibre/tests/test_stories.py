"""What may happen on one day, and what a person then reads about it."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from odoo.addons.channel_base.lib.hint import Hint
from odoo.addons.test_channel_catalog.tests.contract.case import CatalogContract

from .catalog import RemoteItems
from .common import SELLER

READ_SECONDS = "odoo.addons.channel_catalog.models.sale_channel_flow.READ_SECONDS"


@tagged("post_install", "-at_install")
class TestStories(RemoteItems, CatalogContract):
    def announce(self, topic, resource):
        """MercadoLibre tells that something changed, and a minute passes."""
        hints = self.env["sale.channel.hint"]
        hints._record(self.channel.id, Hint(topic, resource, None, "listings_in"))
        hints.search([]).received_at = fields.Datetime.now() - timedelta(minutes=2)
        self._run_flow(self.flow("listings_in"), full=False)

    def change(self, sku, **patch):
        """Something changes there, and MercadoLibre tells."""
        item, _variation = self.find(sku)
        self.control(f"items/{item['id']}", patch)
        self.announce("items", f"/items/{item['id']}")

    def told(self):
        """What is said of rows that are not settled: record and kind → sentence."""
        return {
            (row.name, row.kind): row.error_message
            for kind in ("listings_out", "stock_out", "price_out")
            for row in self.rows(kind)
            if row.sync_state != "done"
        }

    def item(self, sku, *keys):
        item, _variation = self.find(sku)
        return tuple(item[key] for key in keys)

    def test_mercadolibre_moderates_a_listing(self):
        [product] = self.publish("M-1")
        listing = self.listings(product)
        self.change("M-1", status="under_review", sub_status=["waiting_for_patch"])
        self.assertEqual(
            (listing.status_text, listing.status_advice),
            (
                "Under review: MercadoLibre asks for a correction",
                "Correct what MercadoLibre names on the listing's page: often the "
                "pictures, the title or the category.",
            ),
        )
        found = self.env["sale.channel.listing"].search([("attention", "=", True)])
        self.assertIn(listing, found)
        page = str(self.env["sale.channel.reason"]._explain({0: product})[0])
        self.assertIn("MercadoLibre asks for a correction. Correct what", page)
        # What is corrected in Odoo reaches it, and nothing fights the moderation.
        product.name = "Otro nombre"
        self.set_stock(product, 4)
        self.settle()
        self.assertEqual(
            self.item("M-1", "status", "family_name", "available_quantity"),
            ("under_review", "Otro nombre", 4),
        )
        self.assertEqual(self.told(), {})
        self.change("M-1", status="active", sub_status=[])
        self.assertEqual((listing.status_text, listing.attention), ("For sale", False))
        self.assert_nothing_to_do()
        self.assertFalse(self.differences())

    def test_the_seller_edits_in_mercadolibre_s_own_pages(self):
        [product] = self.publish("E-1", list_price=1000)
        listing, name = self.listings(product), product.name
        self.remote_edit("E-1", title="Ajeno", price=999, quantity=3)
        self.remote_status("E-1", "paused", "paused_by_seller")
        self.announce("items", f"/items/{self.item('E-1', 'id')[0]}")
        self.assertEqual(
            (listing.status_text, listing.status_advice),
            (
                "Paused by the seller",
                "Make the listing visible to sell it again.",
            ),
        )
        self.settle(full=True)
        self.assertEqual(
            self.item("E-1", "family_name", "price", "status"), (name, 1000, "paused")
        )
        self.check_what_the_edits_left(name)
        # A quantity may be a purchase that nobody has read yet.
        self.assertEqual(
            self.told(),
            {
                (listing.display_name, "stock"): "The channel has something else that "
                "no order explains: it is looked at again."
            },
        )
        self.rows("stock_out").doubted_at -= timedelta(hours=1)
        self.settle(full=True)
        self.assertEqual(self.item("E-1", "available_quantity", "status")[0], 10)
        quantities = self.differences().filtered(lambda row: row.kind == "stock")
        self.assertIn("3", quantities.before_text)
        # It is the seller who paused it, and who sells it again: here.
        self.assertEqual(self.item("E-1", "status"), ("paused",))
        listing.visibility = "visible"
        self.settle()
        self.assertEqual(self.item("E-1", "status"), ("active",))
        self.assert_nothing_to_do()

    def check_what_the_edits_left(self, name):
        """Differences that tell what a seller changed there, and what became of it."""
        prices = self.differences().filtered(lambda row: row.kind == "price")
        self.assertIn("Amount: 999", prices.before_text)
        self.assertIn("Amount: 1000", prices.after_text)
        self.assertEqual(
            {
                (row.kind_name, row.before_text, row.after_text)
                for row in self.differences() - prices
            },
            {
                (
                    "Listing",
                    "Name of the Family: Ajeno",
                    f"Name of the Family: {name}",
                ),
                (
                    "Listing",
                    "Visibility: Hidden",
                    "Taken over; Odoo had: Visibility: Catalogue and search",
                ),
            },
        )

    def test_goods_move_into_full_and_out(self):
        product = self.make_item("F-1")
        self.set_stock(product, 7)
        there = self.control(
            "items",
            {
                "seller_id": SELLER,
                "family_name": "Cosa",
                "sku": "F-1",
                "quantity": 9,
                "logistic_type": "fulfillment",
            },
        )
        self.start("stock_out")
        listing = self.listings(product)
        listing.approved = True
        self.run_out("stock_out")
        self.assertEqual((listing.stock_kept, listing.stock_there), (True, 9))
        # Odoo has seven, and tells nobody.
        self.assertEqual(self.item("F-1", "available_quantity"), (9,))
        self.assertEqual(self.told(), {})
        place = f"user-products/{there['user_product_id']}/stock"
        self.control(place, {"type": "meli_facility", "quantity": 4})
        self.announce("stock-location", f"/{place}")
        self.assertEqual(listing.stock_there, 4)
        self.control(place, {"type": "meli_facility", "quantity": 0})
        self.change("F-1", shipping={"logistic_type": "xd_drop_off"})
        self.assertEqual((listing.stock_kept, listing.stock_there), (False, 0))
        self.run_out("stock_out")
        self.assertEqual(self.item("F-1", "available_quantity"), (7,))

    def test_an_account_is_suspended_and_comes_back(self):
        [product] = self.publish("A-1")
        self.change_seller(list_allow=False, list_codes=["address_pending"])
        new = self.make_item("A-2")
        self.set_stock(product, 2)
        self.settle()
        # What is there goes on being told of; what is new waits.
        self.assertEqual(self.item("A-1", "available_quantity"), (2,))
        self.assertEqual(self.remote_skus(), ["A-1"])
        listing = self.listings(new)
        self.assertEqual(
            self.told(),
            {
                (listing.display_name, "listing"): "The channel does not let the "
                "account do this at the moment; it goes on by itself."
            },
        )
        [activity] = self.channel.activity_ids
        self.assertEqual(activity.summary, "MercadoLibre does not let the account sell")
        self.assertIn("address_pending", activity.note)
        self.assertIn("Odoo looks again every 30 minutes", activity.note)
        self.settle()
        self.assertEqual(self.channel.activity_ids, activity)
        self.change_seller(list_allow=True)
        self._run_flow(self.flow("listings_in"), full=True)
        self.settle()
        self.assertEqual(sorted(self.remote_skus()), ["A-1", "A-2"])
        self.assertFalse(self.channel.activity_ids)
        self.assertEqual(self.told(), {})
        self.assertEqual(listing.status_text, "Paused by the seller")

    def test_user_products_are_switched_on_in_the_middle(self):
        """What is there goes on, what is new is made in the new way, and people see
        which way it is."""
        self.change_seller(remove_tags=["user_product_seller"])
        self.channel.mercadolibre_user_products = False
        [old] = self.publish("U-1")
        self.assertEqual(self.item("U-1", "family_name"), (None,))
        self.change_seller(add_tags=["user_product_seller"])
        new = self.make_item("U-2")
        old.list_price = 250
        self.set_stock(old, 3)
        self.settle()
        self.assertEqual(self.item("U-1", "price", "available_quantity"), (250, 3))
        self.assertEqual(self.item("U-2", "family_name"), (new.name,))
        self.assertTrue(self.channel.mercadolibre_user_products)
        self.assertEqual(self.told(), {})
        self.settle(full=True)
        self.assert_nothing_to_do()

    def test_stock_that_reads_too_many_orders_leaves_none_behind(self):
        [product] = self.publish("O-1")
        orders = [self.remote_buy("O-1", 1) for _purchase in range(2)]
        with patch(READ_SECONDS, -1):
            for quantity in (20, 30):
                self.set_stock(product, quantity)
                self.make_due("stock_out")
                self.run_out("stock_out", full=False)
        rows = self.env["sale.channel.order"].search(
            [("channel_id", "=", self.channel.id), ("external_id", "in", orders)]
        )
        self.assertEqual(len(rows), 2)
        waiting = rows.filtered(lambda row: row.sync_state in ("fetch", "process"))
        now = fields.Datetime.now()
        self.assertFalse(waiting.filtered(lambda row: row.next_attempt_at > now))

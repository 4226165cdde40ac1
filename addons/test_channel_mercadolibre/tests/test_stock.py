"""Stock of an account: what lies in Full, what lies in several warehouses, and what
changes in the middle of the day."""

from datetime import timedelta

from odoo.modules.module import load_script
from odoo.tests import tagged
from odoo.tools.misc import file_path

from odoo.addons.channel_mercadolibre.lib import notifications
from odoo.addons.test_channel_catalog.tests.contract.case import CatalogContract

from .catalog import RemoteItems
from .common import APP_ID, SELLER
from .outlets import STORES


@tagged("post_install", "-at_install")
class TestMercadoLibreStock(RemoteItems, CatalogContract):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        values = {"name": "Full", "code": "FULL", "company_id": cls.company.id}
        cls.full = cls.env["stock.warehouse"].create(values)
        values = {"name": "Sur", "code": "SUR", "company_id": cls.company.id}
        cls.south = cls.env["stock.warehouse"].create(values)

    def announce(self, topic, resource):
        """MercadoLibre tells that something changed, and time passes."""
        content = {
            "resource": resource,
            "user_id": SELLER,
            "topic": topic,
            "application_id": int(APP_ID),
        }
        hints = self.env["sale.channel.hint"]
        hint = notifications.parse(content)
        self.assertTrue(hints._keep_notification(self.provider, hint, {}, b""))
        for hint in hints.search([("channel_id", "=", self.channel.id)]):
            hint.received_at -= timedelta(minutes=5)
        self.run_out("listings_in", full=False)

    def counted(self, product):
        item = product.with_context(warehouse_id=self.full.id)
        item.invalidate_recordset()
        return item.qty_available

    def list_in_full(self, sku, quantity, **values):
        """A product that is in Full; its listing, and the user product there."""
        product = self.make_item(sku)
        values = {"logistic_type": "fulfillment", "quantity": quantity, **values}
        body = self.control(
            "items", {"seller_id": SELLER, "sku": sku, "family_name": sku, **values}
        )
        self.read_list()
        listing = self.listings(product)
        self.assertEqual(listing.external_id, body["id"])
        listing.action_approve()
        return listing, body["user_product_id"]

    def stock_row(self, listing):
        return self.rows("stock_out").filtered(lambda row: row.res_id == listing.id)

    # Full

    def test_full_stock_moves(self):
        """It is announced, read, shown on the listing, and counted in Odoo."""
        self.channel.kept_warehouse_id = self.full
        listing, product = self.list_in_full("Q-1", 7)
        self.start()
        self.run_out("stock_in", "stock_out")
        self.assertEqual((listing.stock_kept, listing.stock_there), (True, 7))
        self.assertEqual(self.counted(listing.product_id), 7)
        self.remote_writes()
        self.control(
            f"user-products/{product}/stock", {"type": "meli_facility", "quantity": 3}
        )
        self.announce("stock-location", f"/user-products/{product}/stock")
        self.assertEqual(listing.stock_there, 3)
        self.assertTrue(self.flow("stock_in")._has_work())
        self.run_out("stock_in", full=False)
        self.assertEqual(self.counted(listing.product_id), 3)
        moves = self.env["stock.move"].search(
            [("product_id", "=", listing.product_id.id), ("is_inventory", "=", True)]
        )
        self.assertEqual(sorted(moves.mapped("product_qty")), [4, 7])
        for name in moves.mapped("inventory_name"):
            self.assertIn("MercadoLibre", name)
        self.set_stock(listing.product_id, 5)
        self.run_out("stock_out")
        self.assertEqual(self.remote_writes(), 0)
        self.assertFalse(self.stock_row(listing))

    def test_what_is_sold_in_full_leaves_from_there(self):
        self.channel.carrier_id = self.carrier
        self.channel.kept_warehouse_id = self.full
        listing, product = self.list_in_full("Q-1", 7)
        self.start()
        self.run_out("stock_in")
        number = self.remote_buy("Q-1", 2)
        self.run_flow()
        row = self.inbox(number)
        self.assertEqual(row.state, "imported", row.error_message)
        order = row.sale_order_id
        self.assertEqual((order.state, order.warehouse_id), ("sale", self.full))
        self.assertTrue(order.channel_fulfilled)
        self.assertFalse(order.picking_ids)
        self.announce("stock-location", f"/user-products/{product}/stock")
        self.run_out("stock_in")
        self.assertEqual(self.counted(listing.product_id), 5)

    def test_an_item_in_full_that_is_closed_counts_no_more(self):
        self.channel.kept_warehouse_id = self.full
        listing, _product = self.list_in_full("Q-1", 7)
        self.start()
        self.run_out("stock_in")
        self.assertEqual(self.counted(listing.product_id), 7)
        self.remote_remove("Q-1")
        self.announce("items", f"/items/{listing.external_id}")
        self.assertTrue(listing.missing_since)
        self.run_out("stock_in")
        self.assertEqual(self.counted(listing.product_id), 0)

    def test_full_and_the_own_stock_beside_it(self):
        self.channel.kept_warehouse_id = self.full
        listing, product = self.list_in_full("Q-1", 7, own_quantity=0)
        self.set_stock(listing.product_id, 4)
        self.start()
        self.run_out("stock_in", "stock_out")
        self.assertEqual((listing.stock_kept, listing.stock_there), (False, 7))
        self.assertEqual(self.counted(listing.product_id), 7)
        there = {"meli_facility": 7, "selling_address": 4}
        self.assertEqual(self.places(product), there)
        self.assertEqual(self.stock_row(listing).item, product)
        self.set_stock(listing.product_id, 2)
        self.settle()
        self.settle(full=True)
        self.assertEqual(self.places(product), {**there, "selling_address": 2})
        self.assertFalse(self.differences())

    def places(self, product):
        rows = self.control(f"user-products/{product}")["places"]
        return {f"{kind}{store}": quantity for kind, store, quantity in rows}

    def test_an_item_moves_to_full_in_the_middle_of_the_day(self):
        one, two = self.publish("Q-1", "Q-2")
        item, _variation = self.find("Q-1")
        self.control(
            f"items/{item['id']}", {"shipping": {"logistic_type": "fulfillment"}}
        )
        for product in (one, two):
            self.set_stock(product, 6)
        self.settle()
        listing = self.listings(one)
        self.assertTrue(listing.stock_kept)
        self.assertFalse(self.stock_row(listing))
        self.assertEqual(self.there("Q-1", "quantity"), (10,))
        self.assertEqual(self.there("Q-2", "quantity"), (6,))
        self.assertEqual(self.open_reasons(), {})
        # And out of it again.
        self.control(f"items/{item['id']}", {"shipping": {"logistic_type": "drop_off"}})
        self.announce("items", f"/items/{item['id']}")
        self.assertFalse(listing.stock_kept)
        self.settle()
        self.assertEqual(self.there("Q-1", "quantity"), (6,))

    def test_a_variation_that_is_hidden_has_no_stock(self):
        """It cannot be hidden there alone."""
        products = {sku: self.make_item(sku) for sku in ("V-1", "V-2")}
        colours = [
            {
                "attributes": [{"id": "COLOR", "value_name": sku}],
                "sku": sku,
                "quantity": 1,
            }
            for sku in products
        ]
        values = {"seller_id": SELLER, "title": "Termo", "variations": colours}
        self.control("items", values)
        self.read_list()
        first, second = (self.listings(product) for product in products.values())
        (first | second).action_approve()
        for product in products.values():
            self.set_stock(product, 5)
        self.start()
        self.run_out("stock_out")
        for visibility, there in (("visible", 5), ("hidden", 0), ("visible", 5)):
            first.visibility = visibility
            self.settle()
            self.assertEqual(self.there("V-1", "quantity"), (there,))
            self.assertEqual(self.there("V-2", "quantity"), (5,))

    def test_a_pack_is_not_made_as_the_user_product_of_the_single_piece(self):
        (item,) = self.publish("Q-1")
        pack = self.env["sale.channel.listing"].create(
            {"channel_id": self.channel.id, "product_id": item.id, "quantity": 6}
        )
        self.settle(full=True)
        self.assertFalse(pack.external_id)
        self.assertEqual(set(self.open_reasons().values()), {"meli_pack_shares"})
        self.assertEqual(self.there("Q-1", "quantity"), (10,))
        # An account of the former model keeps a stock for each item.
        self.channel.mercadolibre_user_products = False
        provider = self.channel._get_provider()
        self.assertEqual(provider._check_packs(self.channel, pack), {})

    # Several warehouses

    def test_the_account_gets_several_warehouses_in_the_middle_of_the_day(self):
        one, two = self.publish("Q-1", "Q-2")
        self.assertFalse(self.channel.stock_by_location)
        self.change_seller(
            add_tags=["warehouse_management", "multiwarehouse"], warehouses=list(STORES)
        )
        for product in (one, two):
            self.set_stock(product, 6)
            self.env["stock.quant"]._update_available_quantity(
                product, self.south.lot_stock_id, 3
            )
        self.settle()
        self.channel.invalidate_recordset()
        self.assertTrue(self.channel.stock_by_location)
        self.settle()
        # Nobody said yet which warehouse is where: nothing is lowered by that.
        self.assertEqual(set(self.open_reasons().values()), {"stock_places_missing"})
        self.assertEqual(self.there("Q-1", "quantity"), (10,))
        with self.enter_registry_test_mode():
            self.channel.action_load_catalog_values()
        rows = self.channel.mapping_ids.filtered(
            lambda row: row.kind_id.code == "stock_location"
        )
        self.assertEqual(
            {(row.external_value, row.external_label) for row in rows},
            {("1001", "Centro"), ("1002", "Sur")},
        )
        for row in rows:
            is_south = row.external_value == "1002"
            row.res_id = (self.south if is_south else self.warehouse).id
        self.settle(full=True)
        self.assertEqual(self.open_reasons(), {})
        for sku in ("Q-1", "Q-2"):
            product = self.find(sku)[0]["user_product_id"]
            there = {"seller_warehouse1001": 6, "seller_warehouse1002": 3}
            self.assertEqual(self.places(product), there)
        self.set_stock(one, 1)
        self.assertEqual(self.settle(), 1)
        self.assertEqual(self.there("Q-1", "quantity"), (4,))
        self.assertEqual(self.settle(full=True), 0)
        self.assertFalse(self.differences())

    # What became of items

    def test_why_an_item_takes_no_stock_is_said_in_words(self):
        closed, reviewed = self.publish("Q-1", "Q-2")
        self.remote_status("Q-2", "under_review", "forbidden")
        rows = {
            product: self.stock_row(self.listings(product))
            for product in (closed, reviewed)
        }
        self.remote_remove("Q-1")
        for product in (closed, reviewed):
            self.set_stock(product, 6)
        self.run_out("stock_out", full=False)
        codes = {product: row.error_code for product, row in rows.items()}
        self.assertEqual(codes, {closed: "item_closed", reviewed: "item_not_writable"})
        self.assertIn("under_review", rows[reviewed].error_message)
        self.remote_status("Q-2", "active")
        rows[reviewed].action_retry()
        self.settle()
        self.assertEqual(self.there("Q-2", "quantity"), (6,))

    # Databases from before

    def test_channels_that_were_there_before_get_their_flows(self):
        kinds = {"stock_in", "stock_out", "price_out", "listings_in", "listings_out"}
        flows = self.channel.flow_ids.filtered(lambda flow: flow.kind in kinds)
        before = set(self.channel.flow_ids.mapped("kind"))
        self.assertLessEqual(kinds, before)
        flows.unlink()
        self.channel.active = False
        path = "channel_mercadolibre/migrations/19.0.1.4.0/post-flows.py"
        script = load_script(file_path(path), "post_flows")
        for _time in range(2):
            script.migrate(self.env.cr, "19.0.1.2.0")
            self.env.invalidate_all()
            self.assertEqual(set(self.channel.flow_ids.mapped("kind")), before)
            self.assertEqual(len(self.channel.flow_ids), len(before))

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.channel_base.lib.errors import Rejected, Retryable
from odoo.addons.channel_mercadolibre.lib.items_client import ItemsClient
from odoo.addons.test_channel_catalog.tests.contract.case import CatalogContract

from .catalog import CATEGORY, RemoteItems, make_picture
from .common import SELLER

USED = "7790895000997"
GROUP_USER = "channel_base.group_channel_user"


@tagged("post_install", "-at_install")
class TestListings(RemoteItems, CatalogContract):
    """What becomes of listings when MercadoLibre, or their seller, has another mind."""

    def setUp(self):
        super().setUp()
        self.env["res.lang"]._activate_lang("es_AR")

    def row(self, product=None):
        listing = self.listings(product) if product else self.listings()
        return self.rows().filtered(lambda row: row.res_id in listing.ids)

    def make(self, sku, **values):
        """A product that was told to the channel; its row."""
        product = self.make_item(sku, **values)
        self.start("listings_out")
        self.run_out("listings_out")
        return self.row(product)

    # What is refused

    def test_each_problem_is_shown_on_its_field_in_the_users_language(self):
        product = self.make_item("P-1", name="Termo whatsapp", barcode=USED)
        self.start("listings_out")
        # Nobody has read it yet.
        self.control(
            "items", {"seller_id": SELLER, "family_name": "x", "sku": "Z", "gtin": USED}
        )
        self.run_out("listings_out")
        row = self.row(product)
        self.assertEqual((row.sync_state, row.error_code), ("error", "several"))
        self.assertEqual(self.remote_skus(), ["Z"])
        row = row.with_context(lang="es_AR")
        self.assertIn("palabras", row.error_message)
        self.assertIn("código de barras", row.error_message)
        problems = row._get_field_problems()
        self.assertEqual(set(problems), {"family", "barcode"})
        self.assertIn("palabras", problems["family"])
        table = str(row._get_table())
        for problem in problems.values():
            self.assertIn(problem.split(":")[0], table)
        self.assertIn("Nuevo", table)
        for name, value, words in (
            (
                "attributes",
                {"COLOR": {"value_id": "52049", "value_name": "Negro"}},
                "Color: Negro",
            ),
            ("attributes", {"SIZE": {"value_id": "-1"}}, "Talle: N/A"),
            ("attributes", {"NEW": {"values": [{"value_name": "a"}]}}, "NEW: a"),
            ("shipping", {"free_shipping": True}, "Envío gratis: Sí"),
        ):
            self.assertEqual(row._tell(name, value), words)
        self.listings().product_id.write({"name": "Termo", "barcode": False})
        self.settle_listings()
        self.assertEqual(row.sync_state, "done")
        self.assertEqual(sorted(self.remote_skus()), ["P-1", "Z"])

    def settle_listings(self, full=False):
        self.make_due("listings_out")
        self.run_out("listings_out", full=full)
        return self.remote_writes()

    def test_a_picture_that_is_too_small(self):
        small = make_picture(400, 400)
        row = self.make("P-2", image_1920=small)
        self.assertEqual(row.error_code, "meli_image_small")
        self.assertEqual(row.error_params["field"], "images")
        self.assertNotIn("POST /pictures/items/upload", self.routes())
        self.listings().product_id.image_1920 = make_picture(500, 400)
        self.settle_listings()
        self.assertEqual(row.sync_state, "done")

    def test_unknown_reasons_keep_the_words_of_mercadolibre(self):
        error = Rejected("meli_says", None, text="Algo nuevo que nadie conoce")
        with patch.object(ItemsClient, "create_item", side_effect=error):
            row = self.make("P-3")
        self.assertIn("Algo nuevo que nadie conoce", row.error_message)

    def test_what_is_remarked_is_shown_apart(self):
        self.channel.mercadolibre_handling_days = 5
        row = self.make("P-4")
        self.assertEqual(row.sync_state, "done")
        listing = self.listings().with_context(lang="es_AR")
        self.assertIn("delivery later", listing.remarks)
        self.assertFalse(listing.problem)
        self.channel.mercadolibre_handling_days = 0
        self.settle_listings(full=True)
        self.assertFalse(listing.remarks)

    # What it costs

    def test_what_has_to_leave_a_margin_waits_for_its_fee(self):
        """Also where its price is compared with the least one of its category, so that
        nothing of it can be planned."""
        self.channel.write({"price_floor": True, "price_floor_margin": 0})
        self.flow("fees_in").enabled = True
        category = self.env["mercadolibre.category"].search([("code", "=", CATEGORY)])
        for sku, minimum, price in (("M-1", 0, 20000), ("M-2", 100, 30000)):
            with self.subTest(minimum=minimum):
                category.sudo().minimum_price = minimum
                row = self.make(sku, list_price=price, standard_price=10000)
                self.assertEqual(row.error_code, "price_fee_unknown")
                self.run_out("fees_in", full=False)
                self.assertEqual(self.settle_listings(), 2)
                self.assertEqual(row.sync_state, "done")
                self.assertEqual(self.remote_listing(sku)["price"], price)

    def test_what_left_too_little_is_made_when_that_is_enough(self):
        self.channel.write({"price_floor": True, "price_floor_margin": 80})
        self.flow("fees_in").enabled = True
        row = self.make("M-4", list_price=20000, standard_price=10000)
        self.run_out("fees_in", full=False)
        self.settle_listings()
        self.assertEqual(row.error_code, "price_below_floor_charges")
        self.channel.price_floor_margin = 5
        self.settle_listings()
        self.assertEqual(row.sync_state, "done")

    def test_what_has_no_price_is_made_when_it_has_one(self):
        rule = Command.create({"compute_price": "fixed", "fixed_price": 0})
        pricelist = self.env["product.pricelist"].create(
            {"name": "Lista", "company_id": self.company.id, "item_ids": [rule]}
        )
        classic = self.channel.listing_type_ids.filtered(
            lambda one: one.code == "gold_special"
        )
        classic.pricelist_id = pricelist
        row = self.make("M-3")
        self.assertEqual((row.sync_state, row.error_code), ("error", "price_missing"))
        # Nothing is tried while that is so.
        with patch.object(ItemsClient, "search_items", side_effect=AssertionError):
            self.settle_listings(full=True)
        self.assertEqual((row.sync_state, row.error_code), ("error", "price_missing"))
        pricelist.item_ids.fixed_price = 700
        self.settle_listings()
        self.assertEqual(row.sync_state, "done")
        self.assertEqual(self.remote_listing("M-3")["price"], 700)

    # What the seller does there

    def test_what_the_seller_pauses_is_not_fought(self):
        self.publish("S-1", "S-2")
        one = self.listings().filtered(lambda o: o.product_id.default_code == "S-1")
        self.remote_status("S-1", "paused", "paused_by_seller")
        self.settle(full=True)
        self.assertEqual(self.there("S-1", "visibility"), ("hidden",))
        self.assertEqual(one.visibility, "hidden")
        difference = self.differences()
        self.assertTrue(difference.taken_over)
        self.assertEqual(difference.before_text, "Visibility: Hidden")
        self.assertIn("Catalogue and search", difference.after_text)
        self.assertEqual(
            (difference.before, difference.after),
            ({"visibility": "hidden"}, {"visibility": "visible"}),
        )
        self.assert_nothing_to_do()
        # What is changed in Odoo next reaches it, paused as it is.
        one.product_id.name = "Otro"
        self.settle()
        self.assertEqual(self.there("S-1", "title", "visibility"), ("Otro", "hidden"))
        one.visibility = "visible"
        self.settle()
        self.assertEqual(self.there("S-1", "visibility"), ("visible",))

    def test_a_pause_is_not_undone_by_a_change_that_was_on_its_way(self):
        self.publish("S-3")
        self.remote_status("S-3", "paused", "paused_by_seller")
        self.listings().product_id.name = "Otro"
        self.settle()
        self.assertEqual(self.there("S-3", "title", "visibility"), ("Otro", "hidden"))
        self.assertEqual(self.listings().visibility, "hidden")
        self.assertEqual(self.differences().mapped("taken_over"), [True])
        self.assert_nothing_to_do()

    def test_what_the_seller_shows_is_shown_unless_it_is_not_offered(self):
        products = self.publish("S-4", "S-5")
        self.listings().visibility = "hidden"
        self.settle()
        for sku in ("S-4", "S-5"):
            self.remote_status(sku, "active")
        products[1].channel_show = "no"
        self.settle(full=True)
        self.settle()
        self.assertEqual(self.there("S-4", "visibility"), ("visible",))
        self.assertEqual(self.listings(products[0]).visibility, "visible")
        self.assertEqual(self.there("S-5", "visibility"), ("hidden",))

    def test_what_odoo_paused_odoo_shows_again(self):
        self.publish("S-6")
        self.listings().visibility = "hidden"
        self.settle(full=True)
        self.assertEqual(self.there("S-6", "visibility"), ("hidden",))
        self.listings().visibility = "visible"
        self.settle(full=True)
        self.assertEqual(self.there("S-6", "visibility"), ("visible",))
        self.assertFalse(self.differences())

    def test_moderation_is_no_wish_of_the_seller(self):
        self.publish("S-7")
        self.remote_status("S-7", "under_review", "waiting_for_patch")
        self.settle(full=True)
        self.assertEqual(self.listings().visibility, "visible")
        self.assertFalse(self.differences())

    def test_what_is_closed_there_says_so(self):
        self.publish("S-8")
        self.remote_status("S-8", "closed")
        self.settle_listings(full=True)
        self.assertEqual(self.row().sync_state, "done")
        self.listings().product_id.name = "Otro"
        self.settle_listings()
        self.assertEqual(self.row().error_code, "meli_closed")
        self.assertFalse(self.remote_skus())

    def test_what_is_wrong_is_hidden_all_the_same(self):
        product = self.publish("S-9")
        title = self.there("S-9", "title")
        row, listing = self.row(), self.listings()
        product.name = "x" * 70
        self.settle()
        self.assertEqual(row.error_code, "catalog_too_long")
        self.assertEqual(self.there("S-9", "visibility"), ("visible",))
        listing.visibility = "hidden"
        self.settle()
        self.assertEqual(self.there("S-9", "visibility"), ("hidden",))
        self.assertEqual(self.there("S-9", "title"), title)
        self.assertEqual(row.sync_state, "done")
        self.assertEqual(self.settle_listings(full=True), 0)
        listing.visibility = "visible"
        self.settle()
        self.assertEqual(row.error_code, "catalog_too_long")
        product.name = "Termo"
        self.settle()
        self.assertEqual(self.there("S-9", "title", "visibility"), ("Termo", "visible"))

    # What becomes of the account

    def test_user_products_are_switched_on_in_the_middle_of_the_day(self):
        self.change_seller(remove_tags=["user_product_seller"])
        self.channel.mercadolibre_user_products = False
        self.change_seller(add_tags=["user_product_seller"])
        row = self.make("U-1")
        self.assertEqual(row.sync_state, "done")
        self.assertTrue(self.channel.mercadolibre_user_products)
        self.assertTrue(self.find("U-1")[0]["family_name"])
        self.settle_listings(full=True)
        self.assertEqual(self.settle_listings(full=True), 0)

    def test_an_account_that_may_not_list_burns_no_attempts(self):
        self.change_seller(list_allow=False, list_codes=["address_pending"])
        row = self.make("U-2")
        for _try in range(3):
            self.settle_listings()
            self.assertEqual(
                (row.sync_state, row.error_code, row.attempts),
                ("pending", "suspended", 0),
            )
        self.assertEqual(self.channel.mercadolibre_obstacles, "address_pending")
        self.assertEqual(self.flow("listings_out")._get_state().failures, 0)
        self.change_seller(list_allow=True)
        self.settle_listings()
        self.assertEqual(self.remote_skus(), ["U-2"])

    # Killed between the calls

    def test_what_was_published_and_not_recorded_is_completed(self):
        product = self.make_item("K-1", description_sale="Hola")
        self.start("listings_out")
        with patch.object(
            ItemsClient, "create_description", side_effect=KeyboardInterrupt
        ):
            try:
                self.run_out("listings_out")
            except KeyboardInterrupt:
                self.env.invalidate_all()
        self.assertEqual(self.remote_skus(), ["K-1"])
        self.assertFalse(self.listings(product).external_id)
        self.settle_listings()
        self.settle_listings()
        (item, _variation), *others = self.items("K-1")
        self.assertFalse(others)
        self.assertEqual(item["description"], "Hola")
        self.assertEqual(self.listings(product).external_id, item["id"])

    # What is there is known, and what ends

    def test_what_lacks_of_a_new_listing_is_sent_soon(self):
        error = Retryable("optimistic locking", 5, "meli_busy", alone=True)
        with patch.object(ItemsClient, "update_item", side_effect=error):
            row = self.make("L-1")
        ((item, _variation),) = self.items("L-1")
        listing = self.listings()
        self.assertEqual((listing.external_id, row.external_id), (item["id"],) * 2)
        self.assertEqual(
            (row.sync_state, row.seen["visibility"]), ("pending", "visible")
        )
        self.assertTrue(listing.remarks)
        listing.visibility = "hidden"
        self.settle_listings()
        self.assertEqual((row.sync_state, row.seen["visibility"]), ("done", "hidden"))
        self.assertIn("paused_by_seller", self.items("L-1")[0][0]["sub_status"])
        # It is nobody's change, and stays as Odoo wants it.
        self.settle_listings(full=True)
        self.assertFalse(self.differences())
        self.assertEqual(listing.visibility, "hidden")
        self.assertFalse(listing.remarks)

    def test_a_listing_is_closed_for_good(self):
        row = self.make("C-1")
        listing = self.listings()
        user = self.env["res.users"].create(
            {
                "name": "Ana",
                "login": "closes@example.com",
                "group_ids": [Command.link(self.env.ref(GROUP_USER).id)],
            }
        )
        nobody = self.env["res.users"].create(
            {"name": "Beto", "login": "closes.not@example.com"}
        )
        with self.assertRaises(AccessError):
            listing.with_user(nobody).action_mercadolibre_close()
        with self.assertRaises(AccessError):
            listing.with_user(user).write({"mercadolibre_closing": True})
        self.assertFalse(listing.mercadolibre_closing)
        item_id = listing.external_id
        listing.with_user(user).action_mercadolibre_close()
        # Nobody is called by the click.
        self.assertEqual(self.control(f"items/{item_id}")["status"], "paused")
        # A value that is wrong by now keeps nothing from ending.
        listing.product_id.name = "x" * 80
        self.settle_listings()
        self.assertEqual(self.control(f"items/{item_id}")["status"], "closed")
        self.assertTrue(listing.missing_since)
        self.assertEqual(listing.status_text, "Closed in Odoo")
        self.assertFalse(listing.attention)
        self.assertFalse(row.exists().filtered(lambda one: one.sync_state == "error"))
        with self.assertRaises(UserError):
            listing.action_mercadolibre_close()
        listing.product_id.name = "Termo"
        self.settle_listings(full=True)
        self.assertFalse(self.items("C-1"))
        listing.action_make_again()
        self.assertFalse(listing.mercadolibre_closing)
        self.settle_listings()
        ((item, _variation),) = self.items("C-1")
        self.assertEqual(item["id"], listing.external_id)
        self.assertNotEqual(item["id"], item_id)

    def test_what_cannot_be_closed(self):
        row = self.make("C-2")
        listing = self.listings()
        listing.approved = False
        with self.assertRaises(UserError):
            listing.action_mercadolibre_close()
        listing.approved = True
        listing.sudo().external_id = f"{row.external_id}/7"
        with self.assertRaises(UserError):
            listing.action_mercadolibre_close()
        self.assertFalse(listing.mercadolibre_closing)

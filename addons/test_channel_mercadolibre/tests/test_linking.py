"""What an account sold before Odoo came: linked, and followed."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.channel_base.lib.hint import Hint
from odoo.addons.channel_mercadolibre.lib.account import Seller
from odoo.addons.channel_mercadolibre.lib.item_status import describe
from odoo.addons.test_channel_catalog.tests.contract.case import CatalogContract

from .catalog import RemoteItems
from .common import OTHER_SELLER, SELLER

EAN = "7791234567898"
OTHER_EAN = "7790000000003"
BAD_STATUSES = ("\x00", ":", ":x", "active:", "x" * 500, "paused:,,", "closed:🙂")


@tagged("post_install", "-at_install")
class TestMercadoLibreLinking(RemoteItems, CatalogContract):
    def seed(self, **values):
        return self.control("items", {"seller_id": SELLER, **values})

    def change(self, item, **patch):
        self.control(f"items/{item['id']}", patch)

    def row(self, external_id):
        rows = self.env["sale.channel.remote.listing"].search(
            [("channel_id", "=", self.channel.id)]
        )
        return rows.filtered(lambda row: row.external_id == external_id)

    def announce(self, topic, resource):
        hints = self.env["sale.channel.hint"]
        hints._record(self.channel.id, Hint(topic, resource, None, "listings_in"))
        hints.search([]).received_at = fields.Datetime.now() - timedelta(minutes=2)
        self.env.flush_all()

    def look(self):
        """Let the flow look at what was announced; how many calls that were."""
        before = self.channel.run_ids
        self._run_flow(self.flow("listings_in"), full=False)
        return sum((self.channel.run_ids - before).mapped("call_count"))

    def get_activities(self):
        self.env.invalidate_all()
        return self.channel.activity_ids.mapped("summary")

    # Linking

    def test_both_models_are_linked(self):
        small, medium = self.make_item("R-S"), self.make_item("R-M")
        mug, lamp = self.make_item("TAZA 1"), self.make_item("LAMP", barcode=EAN)
        sizes = [{"id": "SIZE", "name": "Talle", "value_name": s} for s in ("S", "M")]
        shirt = self.seed(
            title="Remera",
            variations=[
                {"attributes": [sizes[0]], "sku": "R-S", "quantity": 2},
                {"attributes": [sizes[1]], "sku": "R-M", "quantity": 3},
            ],
        )
        cup = self.seed(family_name="Taza", sku="TAZA 1", quantity=4)
        twin = self.seed(family_name="Taza", sku="TAZA 1", catalog_listing=True)
        spaces = self.seed(family_name="Otra")
        self.change(spaces, seller_custom_field=" R-S ")
        premium = self.seed(
            family_name="Taza", sku="TAZA 1", listing_type_id="gold_pro"
        )
        foreign = self.seed(family_name="Lámpara", sku="LAMP", gtin=OTHER_EAN)
        self.assertFalse(self.read_list().last_error_code)
        ids = [f"{shirt['id']}/{one['id']}" for one in shirt["variations"]]
        self.assertEqual(self.listings(small).external_id, ids[0])
        self.assertEqual(self.listings(medium).external_id, ids[1])
        self.assertEqual(
            set(self.listings(mug).mapped("external_id")),
            {cup["id"], twin["id"], premium["id"]},
        )
        self.assertEqual(
            set(self.listings(mug).mapped("listing_type")),
            {"gold_special", "gold_special+catalog", "gold_pro"},
        )
        self.assertEqual(self.row(spaces["id"]).match_reason, "claimed")
        self.assertEqual(self.row(foreign["id"]).match_reason, "differs")
        self.assertFalse(self.listings(lamp))
        kept = self.listings(small).kept_fields
        self.assertTrue({"title", "visibility", "attributes"} <= set(kept))
        self.assertFalse(self.listings(small).channel_product_id)
        found = self.env["sale.channel.listing.comparison"]._compare(
            self.listings(small)
        )
        self.assertFalse({one["name"] for one in found} & set(kept))
        # Buyers' page
        url = self.listings(small).page_url
        self.assertTrue(url.endswith(f"/MLA-{shirt['id'][3:]}"), url)
        # An order of a variation finds it
        finder = self.env["sale.channel.listing.finder"]
        place = (shirt["id"], str(shirt["variations"][1]["id"]))
        found = finder._find_listings(self.channel, [place])
        self.assertEqual(found[place].product_id, medium)

    def test_a_variation_or_an_item_that_goes(self):
        item, other = self.make_item("R-S"), self.make_item("C")
        size = {"id": "SIZE", "name": "Talle", "value_name": "S"}
        shirt = self.seed(
            title="Remera",
            variations=[
                {"attributes": [size], "sku": "R-S", "quantity": 2},
                {
                    "attributes": [{**size, "value_name": "M"}],
                    "sku": "R-M",
                    "quantity": 1,
                },
            ],
        )
        closed = self.seed(family_name="Cosa", sku="C")
        self.read_list()
        listing, ended = self.listings(item), self.listings(other)
        first = shirt["variations"][0]["id"]
        self.control(f"items/{shirt['id']}/variations/{first}/remove", {})
        self.change(closed, status="closed")
        self.announce("items", f"/items/{shirt['id']}")
        self.announce("items", f"/items/{closed['id']}")
        self.assertEqual(self.look(), 1)
        self.assertTrue(listing.missing_since and listing.attention)
        self.assertEqual(ended.channel_status, "closed")
        self.assertTrue(ended.missing_since)
        self.assertEqual(ended.status_text, "Closed")
        self.assertIn("Make again", ended.status_advice)
        self.assertIn("Closed", self.env["sale.channel.reason"]._explain({1: other})[1])
        # Removed in Odoo: it stays there, and waits for somebody.
        self.read_list()
        self.assertTrue(ended.missing_since)
        other.active = False
        self.read_list()
        self.assertTrue(ended.exists())

    def test_a_migration_is_followed(self):
        items = [self.make_item(sku) for sku in ("R-S", "R-M")]
        sizes = [{"id": "SIZE", "name": "Talle", "value_name": s} for s in ("S", "M")]
        shirt = self.seed(
            title="Remera",
            variations=[
                {"attributes": [size], "sku": item.default_code, "quantity": 2}
                for size, item in zip(sizes, items, strict=True)
            ],
        )
        self.read_list()
        listings = [self.listings(item) for item in items]
        former = [listing.external_id for listing in listings]
        self.control(f"items/{shirt['id']}/migrate", {"finish": False})
        self.read_list()
        self.assertEqual([one.external_id for one in listings], former)
        self.control(f"items/{shirt['id']}/migrate", {})
        for item, _variation in self.items():
            self.change(item, status="paused", sub_status=["paused_by_seller"])
        self.announce("items", f"/items/{shirt['id']}")
        # The item, what it was migrated to, and those
        self.assertEqual(self.look(), 3)
        now = {item["id"] for item, _variation in self.items()}
        self.assertEqual({one.external_id for one in listings}, now)
        for listing, old in zip(listings, former, strict=True):
            self.assertEqual(listing.former_external_ids, [old])
            self.assertFalse(listing.missing_since)
            # Nothing of the new item is overwritten before somebody has compared it.
            self.assertIn("title", listing.kept_fields)
            self.assertNotIn("visibility", listing.kept_fields)
            self.assertEqual(listing.visibility, "hidden")
            finder = self.env["sale.channel.listing.finder"]
            for place in ((listing.external_id, ""), tuple(old.split("/"))):
                found = finder._find_listings(self.channel, [place])
                self.assertEqual(found[place], listing)
        self.read_list()
        self.assertEqual({one.external_id for one in listings}, now)
        self.assertEqual(len(self.listings()), 2)

    # How it stands

    def test_what_mercadolibre_decides_is_told(self):
        item = self.make_item("A")
        there = self.seed(family_name="Cosa", sku="A", quantity=3)
        self.read_list()
        listing = self.listings(item)
        cases = (
            ("active", [], "For sale", False, None),
            ("paused", ["out_of_stock"], "Paused: out of stock", False, None),
            ("paused", ["paused_by_seller"], "Paused by the seller", False, True),
            ("under_review", ["waiting_for_patch"], "correction", True, True),
            ("payment_required", [], "payment", True, True),
            ("brand_new", ["x"], "brand_new:x", True, True),
        )
        for status, reasons, text, attention, told in cases:
            with self.subTest(status=status, reasons=reasons):
                quantity = 0 if "out_of_stock" in reasons else 3
                self.change(there, available_quantity=quantity)
                self.change(there, status=status, sub_status=reasons)
                self.announce("items", f"/items/{there['id']}")
                self.look()
                self.assertIn(text, listing.status_text)
                self.assertEqual(listing.attention, attention)
                found = self.env["sale.channel.listing"].search(
                    [("attention", "=", True), ("channel_id", "=", self.channel.id)]
                )
                self.assertEqual(found, listing if attention else found.browse())
                reasons_ = self.env["sale.channel.catalog"]._get_reasons(
                    self.channel, item
                )
                codes = [code for rows in reasons_.values() for code, _p in rows]
                self.assertEqual("catalog_stands" in codes, bool(told))

    def test_every_state_has_its_words(self):
        texts = self.env["sale.channel.text"]._get_texts()
        for status in (
            *("active", "closed", "closed:expired", "closed:deleted", "inactive"),
            *("inactive:suspended", "not_yet_active", "paused", "payment_required"),
            *("paused:out_of_stock", "paused:moderation_penalty", "pending"),
            *("under_review", "under_review:forbidden", "under_review:suspended"),
            *("under_review:pending_documentation", "under_review:waiting_for_patch"),
            *BAD_STATUSES,
        ):
            with self.subTest(status=status):
                found = describe(status)
                self.assertIn(found.code, texts)
                self.assertTrue(not found.advice or found.advice in texts)
                service = self.env["sale.channel.text"]
                self.assertTrue(service._format(found.code, found.params))

    def test_full_is_shown(self):
        item = self.make_item("F")
        there = self.seed(
            family_name="Lámpara", sku="F", quantity=9, logistic_type="fulfillment"
        )
        self.read_list()
        listing = self.listings(item)
        self.assertEqual((listing.stock_kept, listing.stock_there), (True, 9))
        product = there["user_product_id"]
        self.assertEqual(listing.external_stock_id, product)
        moved = {"type": "meli_facility", "quantity": 4}
        self.control(f"user-products/{product}/stock", moved)
        self.announce("stock-location", f"/user-products/{product}/stock")
        self.assertEqual(self.look(), 1)
        self.assertEqual(listing.stock_there, 4)

    def test_a_variation_that_odoo_hides_has_no_stock(self):
        item = self.make_item("R-S")
        size = {"id": "SIZE", "name": "Talle", "value_name": "S"}
        rows = [{"attributes": [size], "sku": "R-S", "quantity": 2}]
        self.seed(title="Remera", variations=rows)
        self.read_list()
        listing = self.listings(item)
        planner = self.env["sale.channel.listing.stock.planner"]
        self.assertEqual(planner._get_sellable(self.channel, listing), listing)
        listing.visibility = "hidden"
        self.assertFalse(planner._get_sellable(self.channel, listing))

    def test_what_is_another_s_is_not_read(self):
        item = self.make_item("A")
        foreign = self.control("items", {"seller_id": OTHER_SELLER, "sku": "A"})
        self.read_list()
        self.announce("items", f"/items/{foreign['id']}")
        self.look()
        self.assertFalse(self.row(foreign["id"]))
        self.assertFalse(self.listings(item))

    # The account

    def test_an_account_that_may_not_sell(self):
        self.change_seller(list_allow=False, list_codes=["address_pending"])
        self.channel._note_seller(Seller("1", obstacles=("address_pending",)))
        # Who only takes orders need not know.
        self.assertEqual(self.get_activities(), [])
        self.read_list()
        self.assertEqual(self.channel.mercadolibre_obstacles, "address_pending")
        [summary] = self.get_activities()
        self.assertIn("does not let", summary)
        self.read_list()
        self.assertEqual(len(self.get_activities()), 1)
        flow, state = self.flow("listings_in"), self.flow("listings_in")._get_state()
        self.assertFalse(flow._has_work())
        state.last_success_at = fields.Datetime.now() - timedelta(minutes=31)
        self.assertTrue(flow._has_work())
        self.change_seller(list_allow=True)
        sending = self.flow("stock_out")
        sending.enabled = True
        requested = sending.run_requests
        self.assertEqual(self.look(), 1)
        self.assertFalse(self.channel.mercadolibre_obstacles)
        self.assertEqual(self.get_activities(), [])
        self.assertGreater(sending.run_requests, requested)
        self.assertFalse(flow._has_work())

    def test_what_was_not_announced_is_asked_for(self):
        missed = self.flow("missed_feeds")
        self.flow("listings_in").enabled = True
        missed.enabled = True
        before = self.channel.run_ids
        self._run_flow(missed, full=True)
        self.assertFalse(missed._get_state().last_error_code)
        self.assertEqual(sum((self.channel.run_ids - before).mapped("call_count")), 6)

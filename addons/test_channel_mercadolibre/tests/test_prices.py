"""A day of prices on MercadoLibre: a campaign begins, and is revoked."""

from odoo.tests import tagged

from odoo.addons.test_channel_catalog.tests.contract.case import CatalogContract

from .catalog import RemoteItems
from .common import SELLER

ITEMS = 30
BATCH = 10


@tagged("post_install", "-at_install")
class TestMercadoLibrePriceStories(RemoteItems, CatalogContract):
    def setUp(self):
        super().setUp()
        skus = [f"C-{number:02}" for number in range(ITEMS)]
        shown = {"seller_id": SELLER, "family_name": "Termo", "price": 1000}
        rows = self.control(
            "items", {**shown, "items": [{"sku": sku, "quantity": 5} for sku in skus]}
        )
        products = [self.make_item(sku, list_price=1000) for sku in skus]
        self.sold = self.env["sale.channel.listing"].create(
            [
                {
                    "channel_id": self.channel.id,
                    "product_id": product.id,
                    "external_id": row["id"],
                    "listing_type": "gold_special",
                }
                for product, row in zip(products, rows, strict=True)
            ]
        )
        self.campaign = self.env["product.pricelist"].create(
            {"name": "Campaña", "company_id": self.company.id}
        )
        self.channel.pricelist_id = self.campaign
        self.flow("price_out").batch_size = BATCH
        self.start("price_out")
        self.assertEqual(self.send(full=True), 0)
        self.assertFalse(self.open_reasons())

    def begin(self):
        """A fifth less of everything."""
        return self.env["product.pricelist.item"].create(
            {
                "pricelist_id": self.campaign.id,
                "applied_on": "3_global",
                "compute_price": "percentage",
                "percent_price": 20,
            }
        )

    def send(self, full=False):
        """Let prices go out, pauses being over; how many were written there."""
        self.make_due("price_out")
        self.run_out("price_out", full=full)
        return self.remote_writes()

    def prices(self):
        """What items cost by themselves, promotions apart: id → price."""
        rows = self.control(f"items?seller_id={SELLER}")
        known = set(self.sold.mapped("external_id"))
        return {row["id"]: row["price"] for row in rows if row["id"] in known}

    def row(self, listing):
        return self.rows("price_out").filtered(lambda row: row.res_id == listing.id)

    def test_a_campaign_begins_and_is_revoked_the_same_evening(self):
        automated, asked, promoted, *_others = self.sold
        self.control(f"items/{automated.external_id}/automation", {"on": True})
        self.control(f"items/{asked.external_id}/promotions", {"amount": 900})
        self.control(f"items/{promoted.external_id}/promotions", {"amount": 700})
        self.remote_fault("429", 3)
        rule = self.begin()
        written = self.send() + self.send()
        self.assertEqual(written, ITEMS - 2)
        there = self.prices()
        self.assertEqual(there.pop(automated.external_id), 1000)
        self.assertEqual(there.pop(asked.external_id), 1000)
        self.assertEqual(set(there.values()), {800})
        self.assertEqual(
            {name: code for (name, _kind), code in self.open_reasons().items()},
            {
                automated.display_name: "price_automated",
                asked.display_name: "price_ends_promotion",
            },
        )
        self.assertEqual(self.row(automated).sync_state, "kept")
        self.assertIn("900", asked.price_reason)
        self.assertEqual(promoted.price_paid, "700.00")
        # What the channel sets is not written over in the night.
        self.assertEqual(self.send(full=True), 0)
        rule.unlink()
        self.assertEqual(self.send(), ITEMS - 2)
        self.assertEqual(set(self.prices().values()), {1000})
        # It is wanted as it is there: there is nothing to ask any more.
        self.assertEqual(set(self.rows("price_out").mapped("sync_state")), {"done"})
        self.assertEqual(self.send(full=True), 0)

    def test_a_campaign_that_is_revoked_while_it_goes_out(self):
        rule = self.begin()
        # A batch does not get through, however often the client tries.
        last = self.sold[-1].external_id
        fault = {"match": f"GET /items/bulk.*{last}", "kind": "5xx", "status": 503}
        self.control("faults", {**fault, "times": 3})
        written = self.send()
        self.assertIn(written, range(1, ITEMS))
        rule.unlink()
        # Two changes of each: no more than two writes
        self.assertLessEqual(written + self.send(), 2 * ITEMS)
        self.assertEqual(set(self.prices().values()), {1000})
        self.assertFalse(self.open_reasons())
        self.assertEqual(self.send(full=True), 0)

    def test_an_answer_that_got_lost_is_no_second_write(self):
        self.begin()
        self.remote_fault("lost", 4)
        self.send()
        self.send()
        self.assertEqual(set(self.prices().values()), {800})
        self.assertFalse(self.open_reasons())
        self.assertEqual(self.send(full=True), 0)

    def test_what_a_listing_leaves_is_known_before_it_is_sent(self):
        listing = self.sold[0]
        listing.product_id.standard_price = 300
        content = self.env["sale.channel.listing.content"].sudo()
        content.create(
            {
                "channel_id": self.channel.id,
                "kind": "listing",
                "res_id": listing.id,
                "reference": "r-1",
                "operation": "put",
                "wanted": {"category": "MLA6001"},
            }
        )
        flow = self.flow("fees_in")
        flow.enabled = True
        self.channel.write({"price_floor": True, "price_floor_margin": 0})
        listing.product_id.list_price = 40000
        self.send()
        self.assertEqual(self.row(listing).error_code, "price_fee_unknown")
        self.assertEqual(self.prices()[listing.external_id], 1000)
        self.run_out("fees_in", full=False)
        margin = listing.margin_ids
        self.assertEqual((margin.fee, margin.amount), (5200, 34500))
        self.assertEqual(self.send(), 1)
        self.assertEqual(self.prices()[listing.external_id], 40000)
        # Below its fixed part nothing is left, and nothing goes out.
        listing.product_id.list_price = 900
        self.send()
        self.run_out("fees_in", full=False)
        self.send()
        self.assertEqual(self.row(listing).error_code, "price_below_floor_charges")
        self.assertEqual(self.prices()[listing.external_id], 40000)

from odoo.tests import tagged
from odoo.tools import SQL

from .common import CatalogCase


@tagged("post_install", "-at_install")
class TestCatalogDryRun(CatalogCase):
    """The dry run of a catalogue is what then happens."""

    def dry_run(self, kind=None):
        record = self.flow(kind) if kind else self.channel
        action = record.action_dry_run()
        dry_run = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(dry_run.state, "done", dry_run.error_message)
        return dry_run.line_ids

    def told(self, kind, *actions):
        lines = self.dry_run(kind).filtered(lambda line: line.action in actions)
        return sorted((line.action, line.product_id.default_code) for line in lines)

    def test_listings_are_not_made_by_it(self):
        one, two = self.make_item("D-1"), self.make_item("D-2")
        bare = self.make_item("D-3", product_brand_id=False)
        products = one | two | bare
        # Before the shop's own list is known, nothing is made there.
        lines = self.dry_run("listings_out")
        self.assertEqual(set(lines.mapped("action")), {"skip"})
        self.read_list()
        self.shop.log.clear()
        lines = self.dry_run("listings_out").filtered(
            lambda line: line.product_id in products
        )
        self.assertFalse(self.listings(products) or self.rows() or self.shop.log)
        self.assertEqual(
            sorted((line.product_id.id, line.action, line.res_id) for line in lines),
            [(one.id, "create", 0), (two.id, "create", 0), (bare.id, "skip", bare.id)],
        )
        skipped = lines.filtered(lambda line: line.action == "skip")
        self.assertEqual(skipped.error_code, "catalog_no_brand")
        title = (lines - skipped)[0].changes_text.splitlines()
        self.assertIn("Name: – → Artículo D-1", title)
        told = {
            line.product_id.default_code: {key: new for key, _old, new in line.changes}
            for line in lines
            if line.action == "create"
        }
        self.start("listings_out")
        self.run_out("listings_out")
        there = {
            content["sku"]: {key: value for key, value in content.items() if value}
            for content in self.shop.contents("listing")
            if content["sku"] in told
        }
        self.assertEqual(told, there)
        self.assertEqual(self.told("listings_out", "create", "change"), [])

    def test_words_of_the_catalogue(self):
        one, two = self.make_item("D-1"), self.make_item("D-2")
        self.start()
        self.run_out()
        listings = self.listings(one | two)
        listings.visibility = "visible"
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        self.env["stock.quant"]._update_available_quantity(
            one, warehouse.lot_stock_id, 5
        )
        self.run_out()
        self.assertEqual(self.shop.quantity("D-1"), 5)
        one.channel_show = "no"
        two.name = "Otro"
        self.assertEqual(
            self.told("listings_out", "hide", "change", "create"),
            [("change", "D-2"), ("hide", "D-1")],
        )
        self.assertEqual(
            self.told("stock_out", "unavailable", "change"), [("unavailable", "D-1")]
        )
        everything = self.dry_run().filtered(lambda line: line.action != "skip")
        self.assertEqual(
            sorted(everything.mapped("action")), ["change", "hide", "unavailable"]
        )
        self.run_out()
        self.assertEqual(self.shop.quantity("D-1"), 0)
        self.assertFalse(self.dry_run().filtered(lambda line: line.action != "skip"))

    def test_what_is_not_synchronised_is_left(self):
        item = self.make_item("D-1")
        self.start()
        self.run_out()
        item.channel_sync_stock = "no"
        line = self.dry_run("stock_out").filtered(lambda line: line.product_id == item)
        self.assertEqual((line.action, line.error_code), ("skip", "outgoing_left"))

    def test_a_trial(self):
        one, two = self.make_item("D-1"), self.make_item("D-2")
        self.channel.write({"state": "trial", "trial_codes": "D-1"})
        self.read_list()
        lines = self.dry_run("listings_out")
        skipped = lines.filtered(lambda line: line.action == "skip")
        self.assertEqual(skipped.product_id & (one | two), two)
        self.start()
        self.run_out()
        self.assertEqual([c["sku"] for c in self.shop.contents("listing")], ["D-1"])
        self.channel.trial_codes = False
        self.run_out()
        self.assertIn("D-2", [c["sku"] for c in self.shop.contents("listing")])
        two.name = "Otro"
        self.channel.trial_codes = "D-1"
        self.run_out()
        titles = [c["title"] for c in self.shop.contents("listing")]
        self.assertIn("Artículo D-2", titles)
        lines = self.dry_run("listings_out").filtered(
            lambda line: line.product_id == two
        )
        self.assertEqual(set(lines.mapped("error_code")), {"not_in_trial"})

    def test_the_rows_of_a_product_are_found_by_the_product(self):
        rows = self.env["sale.channel.listing.stock"]
        item = self.make_item("D-1")
        self.start()
        self.run_out()
        outgoing = self.env["sale.channel.outgoing"]
        action = item.product_tmpl_id.action_open_channel_outgoing()
        found = outgoing.search(action["domain"])
        self.assertLessEqual({"listing", "stock"}, set(found.mapped("kind")))
        self.assertEqual(found.product_id, item)
        query = outgoing._search([("product_id", "in", item.ids)])
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute(SQL("EXPLAIN %s", query.select()))
        plan = "\n".join(line for (line,) in self.env.cr.fetchall())
        self.assertIn(f"{rows._table}_record_uniq", plan)

    def test_late_stock_is_told(self):
        self.assertEqual(self.flow("stock_out").stale_minutes, 30)
        self.assertEqual(self.flow("price_out").stale_minutes, 60)
        self.assertEqual(self.flow("listings_out").stale_minutes, 0)

"""What differs of a listing that was there, and which side wins."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.channel_catalog.lib.traits import CatalogTraits

from .linking import EAN, ListCase
from .test_content import picture


@tagged("post_install", "-at_install")
class TestDifferences(ListCase):
    def link(self, item, **there):
        """A listing that was there, linked; its listing in Odoo."""
        id_ = self.add(sku=item.default_code, **there)
        self.start()
        listing = self.listings(item)
        self.assertEqual((listing.external_id, listing.approved), (id_, False))
        self.shop.log.clear()
        return listing

    def compare(self, listing):
        action = listing.action_compare()
        lines = self.env[action["res_model"]].search(action["domain"])
        return {line.name: line for line in lines}

    def stock_up(self, item, quantity):
        location = self.channel.warehouse_id or self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        quants = self.env["stock.quant"]
        quants._update_available_quantity(item, location.lot_stock_id, quantity)

    def test_nothing_is_overwritten_before_it_is_approved(self):
        item = self.make_item("A", description_sale="Nuestra", weight=2)
        self.stock_up(item, 7)
        listing = self.link(item, title="Suyo", description="<p>Suya</p>")
        before = dict(self.shop.records["listing"][listing.external_id].content)
        self.run_out()
        item.name = "Otro nombre"
        self.run_out(full=False)
        self.assertEqual(self.shop.writes(), [])
        for kind in ("listings_out", "stock_out", "price_out"):
            self.assertFalse(self.rows(kind))
        lines = self.compare(listing)
        told = {name: (line.there, line.here) for name, line in lines.items()}
        self.assertEqual(told["title"], ("Suyo", "Otro nombre"))
        self.assertEqual(told["description"], ("Suya", "Nuestra"))
        self.assertEqual(told["quantity"], ("0", "7"))
        self.assertEqual(told["price"], ("0.00", "100.00 ARS"))
        self.assertIn("weight", told)
        self.assertEqual(lines["title"].label, "Name")
        # Each in another way
        lines["title"].action_channel()
        lines["weight"].action_keep()
        lines["description"].action_approve()
        self.assertEqual((item.name, listing.approved), ("Suyo", True))
        self.assertEqual(listing.kept_fields, ["weight"])
        self.run_out(full=False)
        after = self.shop.records["listing"][listing.external_id].content
        self.assertEqual(after["title"], "Suyo")
        self.assertIn("Nuestra", after["description"])
        self.assertEqual(after.get("weight"), before.get("weight"))
        self.assertEqual(self.shop.quantity("A"), 7)
        self.assertEqual(self.shop.price("A"), 100)
        self.assertEqual(len(self.shop.records["listing"]), 1)
        item.weight = 5
        self.run_out()
        self.assertEqual(after.get("weight"), before.get("weight"))

    def test_what_the_channel_has_is_written_into_odoo(self):
        item = self.make_item("A")
        there = {"barcode": EAN, "weight": 1.5, "description": "<p>Suya</p>"}
        listing = self.link(item, title=item.name, brand="Suya", **there)
        lines = self.compare(listing)
        with self.assertRaises(UserError):
            lines["brand"].action_channel()
        self.env.invalidate_all()
        for name in there:
            lines[name].action_channel()
        lines["brand"].action_keep()
        lines["brand"].action_approve()
        self.assertEqual((item.barcode, item.weight), (EAN, 1.5))
        self.assertIn("Suya", item.description_ecommerce or item.description_sale)
        self.assertEqual(listing.kept_fields, ["brand"])
        self.run_out(full=False)
        content = self.shop.records["listing"][listing.external_id].content
        self.assertEqual(content["brand"], "Suya")

    def test_all_that_a_product_would_show_is_compared(self):
        self.shop.traits = CatalogTraits(grouped=True)
        item = self.make_item("A", weight=2)
        item.image_1920 = picture("red")
        group = self.shop.add("product", title=item.name, weight=0.5)
        listing = self.link(item, product=group)
        lines = self.env["sale.channel.listing.comparison"]._compare(listing)
        of_product = {
            line["name"]: (line["there"], line["here"])
            for line in lines
            if line["of_product"]
        }
        self.assertEqual(of_product["weight"], ("0.5", "2.0"))
        self.assertEqual(of_product["images"], ("", "1"))

    def test_who_may_choose(self):
        item = self.make_item("A")
        listing = self.link(item, title="Suyo")
        operator = self.make_user("operator", "channel_base.group_channel_user")
        for button in ("compare", "approve", "make_again"):
            with self.subTest(button), self.assertRaises(AccessError):
                getattr(listing.with_user(operator), f"action_{button}")()
        manager = self.make_user("manager", "channel_base.group_channel_manager")
        action = listing.with_user(manager).action_compare()
        lines = self.env[action["res_model"]].with_user(manager).search([])
        title = lines.filtered(lambda line: line.name == "title")
        title.action_channel()
        if not item.with_user(manager).has_access("write"):
            with self.assertRaises(AccessError):
                title.action_approve()
            title.action_odoo()
        title.action_approve()
        self.assertTrue(listing.approved)

    def test_the_product_of_a_shop_with_variants(self):
        self.shop.traits = CatalogTraits(grouped=True)
        group = self.shop.add(
            "product", title="Suyo", options=[{"name": "Talle"}], visibility="search"
        )
        item = self.make_item("A")
        foreign = self.add(title="Ajena", product=group, options={"Talle": "XL"})
        listing = self.link(item, title="S", product=group, options={"Talle": "S"})
        product = self.shop.records["product"][group]
        lines = self.compare(listing)
        self.assertNotIn("options", lines)
        self.assertEqual(lines["visibility"].there, "Search")
        lines["title"].action_keep()
        lines["title"].action_approve()
        self.run_out(full=False)
        # A variant that Odoo does not know keeps its option.
        self.assertEqual(product.content["title"], "Suyo")
        self.assertEqual(product.content["options"], [{"name": "Talle"}])
        there = self.shop.records["listing"]
        self.assertEqual(there[listing.external_id].content["options"], {"Talle": "S"})
        self.assertEqual(there[foreign].content["title"], "Ajena")

    def test_a_listing_that_is_gone(self):
        item = self.make_item("A")
        self.stock_up(item, 7)
        listing = self.link(item, title=item.name)
        with self.assertRaises(UserError):
            listing.action_make_again()
        listing.action_approve()
        self.run_out()
        former = listing.external_id
        other = self.add(sku="X")
        del self.shop.records["listing"][former]
        self.read_list()
        self.assertTrue(listing.missing_since)
        self.shop.log.clear()
        self.stock_up(item, 1)
        item.write({"name": "Nuevo", "list_price": 50})
        self.run_out()
        self.assertEqual(self.shop.writes(), [])
        listing.action_make_again()
        self.run_out(full=False)
        self.run_out(full=False)
        self.assertEqual(
            set(self.shop.records["listing"]) - {other}, {listing.external_id}
        )
        self.assertNotEqual(listing.external_id, former)
        self.assertEqual(listing.former_external_ids, [former])
        self.assertEqual((self.shop.quantity("A"), self.shop.price("A")), (8, 50))
        self.read_list()
        self.assertEqual(len(self.listings()), 1)

    def test_what_was_there_is_linked_before_anything_is_made(self):
        item = self.make_item("A")
        self.start()
        id_ = self.add(sku="A")
        self.read_list()
        new = self.make_item("B")
        named = self.make_item("C", name="Único")
        self.add(title="Único")
        self.read_list()
        self.run_out()
        self.assertEqual(self.listings(item).external_id, id_)
        self.assertTrue(self.listings(new).external_id)
        self.assertFalse(self.listings(named).external_id)
        self.assertEqual(len(self.shop.records["listing"]), 3)
        self.env["sale.channel.remote.listing"].search(
            [("title", "=", "Único")]
        ).action_ignore()
        self.run_out(full=False)
        self.assertTrue(self.listings(named).external_id)
        self.assertEqual(len(self.shop.records["listing"]), 4)

from odoo.addons.channel_outgoing.lib.writer import Target

from ..lib.fake_shop import FakeCatalog, FakeShopWriter
from .common import CatalogCase


class TestFakeShop(CatalogCase):
    def test_flows(self):
        kinds = set(self.channel.flow_ids.mapped("kind"))
        self.assertLessEqual({"listings_out", "stock_out", "price_out"}, kinds)

    def test_writer_and_catalog_agree(self):
        writer = FakeShopWriter(self.shop)
        content = {"title": "Taladro", "sku": "T-1"}
        answer = writer.put("listing", [(Target("ref", None), content)])["ref"]
        self.assertEqual(answer.details["stock_id"], "S1")
        stock = {"item": "S1", "quantity": 5, "levels": None}
        self.assertEqual(writer.put("stock", [(Target("s", "S1"), stock)]), {"s": "S1"})
        self.assertEqual(
            writer.find("listing", [Target("ref", None)])["ref"].content, content
        )
        page = FakeCatalog(self.shop).read_page(None, 10)
        self.assertIsNone(page.cursor)
        [found] = page.listings
        self.assertEqual((found.sku, found.quantity), ("T-1", 5))

from odoo.tests import tagged

from odoo.addons.test_channel_catalog.tests.contract import (
    ListingContract,
    PriceContract,
    StockContract,
)

from .common import SandboxMixin

WRITES = ("POST /admin/products", "POST /admin/inventory", "POST /admin/price-lists")


class RemoteGoods(SandboxMixin):
    """The shop's goods, in the words of the contract."""

    # Its stock has no limit only where the shop does not count it at all.
    lacks = frozenset({"unlimited"})
    # 402: whoever hosts the shop has paused it.
    outages = ("429", "402", "503", "503")

    @property
    def goods(self):
        return self.sandbox.goods

    def find(self, sku):
        """The variant of a SKU and its product."""
        for variant in self.goods.catalogue.variants():
            if variant["sku"] == sku:
                return variant, self.sandbox.shop.products[variant["product_id"]]
        return None, None

    def remote_listing(self, sku):
        variant, product = self.find(sku)
        if not variant:
            return None
        price = next(iter(variant["prices"]), {})
        # As the Store API has it: it shows all variants of a product.
        is_hidden = product["status"] != "published"
        return {
            "id": variant["id"],
            "title": variant["title"],
            "sku": sku,
            "barcode": variant["barcode"],
            "visibility": "hidden" if is_hidden else "visible",
            "quantity": max(0, self.sandbox.shop.available(sku)),
            "price": price.get("amount"),
            "currency": price.get("currency_code", "").upper(),
        }

    def remote_skus(self):
        return [variant["sku"] for variant in self.goods.catalogue.variants()]

    def remote_add(self, sku, title="Algo", barcode=None, price=None):
        product = self.goods.catalogue.create(
            {
                "title": title,
                "handle": sku.lower(),
                "status": "published",
                "options": [{"title": "Tipo", "values": ["Único"]}],
            }
        )
        prices = [{"currency_code": "ars", "amount": price}] if price else []
        self.goods.catalogue.create_variant(
            product["id"],
            {
                "title": title,
                "sku": sku,
                "barcode": barcode,
                "options": {"Tipo": "Único"},
                "prices": prices,
            },
        )
        return self.find(sku)[0]["id"]

    def remote_edit(self, sku, **content):
        variant, product = self.find(sku)
        if "price" in content:
            prices = [{"currency_code": "ars", "amount": content.pop("price")}]
            content["prices"] = prices
        if "quantity" in content:
            item = variant["inventory_items"][0]["inventory_item_id"]
            for place in list(self.sandbox.shop.levels):
                if place[0] == item:
                    self.sandbox.shop.levels[place] = content["quantity"]
            del content["quantity"]
        self.goods.catalogue.update_variant(product["id"], variant["id"], content)

    def remote_remove(self, sku):
        variant, product = self.find(sku)
        item = variant["inventory_items"][0]["inventory_item_id"]
        del self.sandbox.shop.items[item]
        for place in [one for one in self.sandbox.shop.levels if one[0] == item]:
            del self.sandbox.shop.levels[place]
        product["variants"].remove(variant)
        if not product["variants"]:
            del self.sandbox.shop.products[product["id"]]

    def remote_fault(self, kind, times=1):
        match = r"POST /admin/(products|inventory|price-lists)"
        found = {
            "429": {"kind": "429", "times": times},
            "402": {"kind": "5xx", "status": 402, "times": times},
            "503": {"kind": "5xx", "status": 503, "times": times},
            "lost": {"kind": "drop", "processed": True, "times": times},
        }[kind]
        self.control("faults", {"match": match, **found})

    def remote_refuse(self, *skus):
        self.sandbox.shop.refused = set(skus)

    def remote_buy(self, sku, quantity):
        line = {"sku": sku, "quantity": quantity, "price": 100}
        key = self.control("orders", {"items": [line]})["id"]
        self.control(f"orders/{key}/capture", {})
        return key

    def remote_writes(self):
        routes = self.routes()
        self.control("stats/reset", {})
        return sum(n for route, n in routes.items() if route.startswith(WRITES))


@tagged("post_install", "-at_install")
class TestMedusaCatalog(RemoteGoods, ListingContract, StockContract, PriceContract):
    """What every provider with a catalogue must do, over real HTTP."""

    provider = "medusa"

    def setUp(self):
        super().setUp()
        self.start_sandbox()
        self.connect(self.channel)
        self.channel.action_load_catalog_values()
        places = self.channel.mapping_ids.filtered(
            lambda row: row.kind_id.code == "stock_location"
        )
        places.record_ref = f"stock.warehouse,{self.warehouse.id}"

    def test_what_waits_for_its_payment_is_taken_off_once(self):
        """The shop's reservation of an order that Odoo does not count yet names its
        line alone; the order is found by it."""
        self.channel.action_load_statuses()
        self.channel.reservation_status_ids = False
        (item,) = self.publish("Q-1")
        self.control("orders", {"items": [{"sku": "Q-1", "quantity": 3, "price": 1}]})
        self.run_flow()
        rows = self.channel.channel_order_ids
        self.assertEqual((rows.state, len(rows.sale_order_id)), ("received", 0))
        for counted in (12, 8):
            self.set_stock(item, counted)
            self.settle()
            self.assertEqual(self.there("Q-1", "quantity"), (counted - 3,))

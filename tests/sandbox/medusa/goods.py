"""Handlers of the Admin API: products, stock, prices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..http import Request, Response, Router, json_response
from .answers import page, refuse, shown, values
from .catalogue import Catalogue
from .inventory import Inventory, PriceLists
from .shop import Shop

Record = dict[str, Any]
Handler = Callable[[Request], Response]

PRODUCT_DEFAULTS = ("title", "handle", "status", "external_id", "options", "variants")


class Goods:
    """Products, variants, pictures, stock and price lists."""

    def __init__(
        self, shop: Shop, router: Router, guarded: Callable[[Handler], Handler]
    ) -> None:
        self.shop = shop
        self.catalogue = Catalogue(shop)
        self.inventory = Inventory(shop)
        self.price_lists = PriceLists(shop, self.catalogue)
        product, lists = "/admin/products/{id}", "/admin/price-lists/{id}"
        for method, path, handler in (
            ("GET", "/admin/products", self.products),
            ("POST", "/admin/products", self.create),
            ("GET", product, self.product),
            ("POST", product, self.update),
            ("POST", f"{product}/options/batch", self.options),
            ("GET", f"{product}/variants", self.product_variants),
            ("POST", f"{product}/variants", self.create_variant),
            ("POST", "/admin/sales-channels/{id}/products", self.link),
            ("POST", f"{product}/variants/batch", self.batch_variants),
            ("POST", f"{product}/variants/{{name}}", self.update_variant),
            ("GET", "/admin/product-variants", self.variants),
            ("POST", "/admin/uploads", self.upload),
            ("GET", "/admin/inventory-items", self.items),
            ("POST", "/admin/inventory-items/location-levels/batch", self.levels),
            ("GET", "/admin/stock-locations", self.rows("stock_locations")),
            ("GET", "/admin/shipping-profiles", self.rows("shipping_profiles")),
            ("GET", "/admin/regions", self.rows("regions")),
            ("GET", "/admin/price-lists", self.rows("price_lists")),
            ("POST", "/admin/price-lists", self.create_list),
            ("POST", lists, self.update_list),
            ("DELETE", lists, self.delete_list),
            ("GET", f"{lists}/prices", self.list_prices),
            ("POST", f"{lists}/prices/batch", self.batch_prices),
        ):
            router.add(method, path, guarded(handler))

    def rows(self, key: str) -> Handler:
        def answer(request: Request) -> Response:
            return page(request, key, list(getattr(self.shop, key).values()))

        return answer

    def _filtered(
        self, request: Request, rows: list[Record], *names: str
    ) -> list[Record]:
        for name in names:
            wanted = values(request, name)
            rows = [row for row in rows if not wanted or row.get(name) in wanted]
        return rows

    def products(self, request: Request) -> Response:
        rows = self._filtered(
            request, list(self.shop.products.values()), "id", "external_id"
        )
        fields = request.query.get("fields")
        found = [shown(row, fields, PRODUCT_DEFAULTS) for row in rows]
        return page(request, "products", found)

    def _answer(self, product: Record) -> Response:
        return json_response({"product": product})

    def product(self, request: Request) -> Response:
        return self._answer(self.catalogue.product(request.params["id"]))

    def create(self, request: Request) -> Response:
        return self._answer(self.catalogue.create(request.json()))

    def update(self, request: Request) -> Response:
        key = request.params["id"]
        return self._answer(self.catalogue.update(key, request.json()))

    def options(self, request: Request) -> Response:
        key = request.params["id"]
        return self._answer(self.catalogue.change_options(key, request.json()))

    def create_variant(self, request: Request) -> Response:
        key = request.params["id"]
        return self._answer(self.catalogue.create_variant(key, request.json()))

    def update_variant(self, request: Request) -> Response:
        names = request.params
        found = self.catalogue.update_variant(
            names["id"], names["name"], request.json()
        )
        return self._answer(found)

    def batch_variants(self, request: Request) -> Response:
        key = request.params["id"]
        return json_response(self.catalogue.batch(key, request.json()))

    def link(self, request: Request) -> Response:
        found = self.catalogue.link(request.params["id"], request.json())
        return json_response({"sales_channel": found})

    def product_variants(self, request: Request) -> Response:
        product = self.catalogue.product(request.params["id"])
        return self._show_variants(request, product["variants"])

    def variants(self, request: Request) -> Response:
        rows = self._filtered(
            request, list(self.catalogue.variants()), "id", "sku", "ean", "barcode"
        )
        return self._show_variants(request, rows)

    def _show_variants(self, request: Request, rows: list[Record]) -> Response:
        found = []
        for row in rows:
            product = self.shop.products[row["product_id"]]
            status = {"status": product["status"]}
            found.append(
                shown({**row, "product": status}, request.query.get("fields"), row)
            )
        return page(request, "variants", found)

    def upload(self, request: Request) -> Response:
        if not request.headers.get("content-type", "").startswith("multipart/"):
            raise refuse("No files were uploaded")
        key = self.shop.key_of("file")
        url = f"https://files.example.com/{key}"
        self.shop.uploads[url] = request.body
        return json_response({"files": [{"id": key, "url": url}]})

    def items(self, request: Request) -> Response:
        rows = self._filtered(request, list(self.shop.items.values()), "id", "sku")
        found = [self.inventory.show(row) for row in rows]
        return page(request, "inventory_items", found, 20)

    def levels(self, request: Request) -> Response:
        return json_response(self.inventory.batch(request.json()))

    def create_list(self, request: Request) -> Response:
        found = self.price_lists.create(request.json())
        return json_response({"price_list": found})

    def update_list(self, request: Request) -> Response:
        found = self.price_lists.update(request.params["id"], request.json())
        return json_response({"price_list": found})

    def delete_list(self, request: Request) -> Response:
        return json_response(self.price_lists.delete(request.params["id"]))

    def list_prices(self, request: Request) -> Response:
        return page(request, "prices", self.price_lists.show(request.params["id"]))

    def batch_prices(self, request: Request) -> Response:
        found = self.price_lists.batch(request.params["id"], request.json())
        return json_response(found)

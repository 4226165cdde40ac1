"""Stock of user products by place, with versions, and the sellers' warehouses.

Source: MercadoLibre developers, Distributed stock, Multi-origin stock, Full and Flex.
"""

from __future__ import annotations

from typing import Any

from ...http import HttpError, Response, json_response
from ..errors import error
from .calls import Call, Calls
from .creation import MULTI_ORIGIN
from .shop import ADDRESS, SELF_SERVICE, WAREHOUSE, Shop, UserProduct

Record = dict[str, Any]
#: Sites where stock at the seller's address can be written apart from Full.
ADDRESS_SITES = ("MLA", "MLC")


class StockApi:
    """Handlers of ``/user-products`` and of ``/users/{id}/stores/search``."""

    def __init__(self, shop: Shop, calls: Calls) -> None:
        self.shop = shop
        product = "/user-products/{id}"
        calls.read("GET", product, self.product)
        calls.read("GET", f"{product}/stock", self.stock)
        calls.read("GET", "/sites/{site}/user-products-families/{id}", self.family)
        calls.read("GET", "/users/{user}/stores/search", self.stores)
        calls.write("PUT", f"{product}/stock/type/{{type}}", self.write)

    def _own(self, call: Call) -> UserProduct:
        found = self.shop.user_products.get(call.params["id"])
        if found is None:
            raise _refuse(404, "not_found", "user product not found")
        if found.seller_id != call.seller_id:
            text = "The caller is not authorized to access this resource"
            raise _refuse(403, "forbidden", text)
        return found

    def product(self, call: Call) -> Response:
        """A user product: what its items share."""
        found = self._own(call)
        items = [self.shop.items[item_id] for item_id, _number in found.members]
        body = items[0].body if items else {}
        return json_response(
            {
                "id": found.id,
                "name": body.get("title"),
                "user_id": found.seller_id,
                "domain_id": body.get("domain_id"),
                "family_id": body.get("family_id"),
                "catalog_product_id": body.get("catalog_product_id"),
                "attributes": body.get("attributes") or [],
                "pictures": body.get("pictures") or [],
                "tags": [],
            }
        )

    def family(self, call: Call) -> Response:
        """The user products of a family."""
        ids: dict[str, None] = {}
        for item in self.shop.of_seller(call.seller_id):
            if str(item.body["family_id"]) == call.params["id"]:
                ids[item.body["user_product_id"]] = None
        if not ids:
            return error(404, "not_found", "family not found")
        body = {"user_products_ids": list(ids), "user_id": call.seller_id}
        body |= {"site_id": call.params["site"], "family_id": int(call.params["id"])}
        return json_response(body)

    def stores(self, call: Call) -> Response:
        """Warehouses of the seller."""
        if call.params["user"] != str(call.seller_id):
            text = "The caller is not authorized to access this resource"
            return error(403, "forbidden", text, code="FORBIDDEN")
        offset, limit = call.query.get("offset", "0"), call.query.get("limit", "50")
        if not offset.isdigit() or not limit.isdigit():
            return error(400, "bad_request", "offset and limit must be numbers")
        tags = set(filter(None, call.query.get("tags", "").split(",")))
        found = [
            one
            for one in self.shop.warehouses.get(call.seller_id, [])
            if tags <= set(one["tags"])
        ]
        page = found[int(offset) : int(offset) + int(limit)]
        paging = {"offset": int(offset), "limit": int(limit), "total": len(found)}
        return json_response({"paging": paging, "results": page})

    def stock(self, call: Call) -> Response:
        """Quantities by place; the version is in a header."""
        found = self._own(call)
        if not found.places:
            return error(404, "not_found", "stock-locations not found")
        headers = {"x-version": str(found.version)}
        return json_response(self._shown(found), headers=headers)

    def _shown(self, product: UserProduct) -> Record:
        nodes = {
            one["id"]: one["network_node_id"]
            for one in self.shop.warehouses.get(product.seller_id, [])
        }
        rows = []
        for (kind, store), quantity in product.places.items():
            if kind == ADDRESS and self.shop.core.settings.address_store:
                store = f"9{product.seller_id}"
                nodes[store] = f"{self.shop.site(product.seller_id)}P{store}"
            rows.append(
                {
                    "type": kind,
                    "quantity": quantity,
                    "store_id": store or None,
                    "network_node_id": nodes.get(store),
                }
            )
        return {"id": product.id, "user_id": product.seller_id, "locations": rows}

    def write(self, call: Call) -> Response:
        """Write the quantities of one type of places."""
        found = self._own(call)
        kind = call.params["type"]
        if kind not in (ADDRESS, WAREHOUSE):
            text = f"stock of type {kind} can not be modified"
            raise _refuse(400, "bad_request", text)
        told = call.headers.get("x-version")
        if not told:
            raise _refuse(400, "bad_request", "Missing X-Version header")
        if told != str(found.version):
            raise _refuse(409, "conflict", "Version mismatch")
        if kind == ADDRESS:
            self._write_address(found, call.body)
            return Response(204, b"", headers={"x-version": str(found.version)})
        self._write_warehouses(found, call.body)
        headers = {"x-version": str(found.version)}
        return json_response(self._shown(found), headers=headers)

    def _write_address(self, product: UserProduct, body: Record) -> None:
        seller_id = product.seller_id
        text = ""
        if self.shop.site(seller_id) not in ADDRESS_SITES:
            text = "selling_address can not be modified in this site"
        elif self.shop.has_tag(seller_id, MULTI_ORIGIN):
            text = "the stock of the seller is kept by warehouse"
        if text:
            raise _refuse(400, "bad_request", text)
        self._check_own(product)
        self.shop.set_stock(product, {(ADDRESS, ""): _quantity(body)})

    def _check_own(self, product: UserProduct) -> None:
        """Refuse what lies in Full only: none of its items is sent by the seller."""
        items = [self.shop.items[item_id] for item_id, _number in product.members]
        own = [
            item
            for item in items
            if not item.fulfilled or SELF_SERVICE in item.body["shipping"]["tags"]
        ]
        if items and not own:
            text = "the item has its stock in Full only"
            raise _refuse(400, "bad_request", text)

    def _write_warehouses(self, product: UserProduct, body: Record) -> None:
        seller_id = product.seller_id
        if not self.shop.has_tag(seller_id, MULTI_ORIGIN):
            text = "the seller has no warehouses"
            raise _refuse(400, "bad_request", text)
        self._check_own(product)
        places = self.shop.told_places(seller_id, body.get("locations"))
        self.shop.set_stock(product, places)


def _quantity(row: Record) -> int:
    count = row.get("quantity")
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        raise _refuse(400, "bad_request", "quantity must be a number of 0 or more")
    return count


def _refuse(status: int, name: str, text: str) -> HttpError:
    return HttpError(error(status, name, text))

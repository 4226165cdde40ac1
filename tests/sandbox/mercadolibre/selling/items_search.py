"""``/users/{id}/items/search``: ids by filters, in pages or by scanning.

Source: MercadoLibre developers, Items and searches.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ...http import HttpError, Response, json_response
from ..errors import error
from .shop import Item, Shop

Record = dict[str, Any]
LIMIT, MAX_LIMIT, WINDOW = 50, 100, 1000
SCROLL_SECONDS = 300.0

Test = Callable[[Item, str], bool]


def _no_identifier(item: Item, value: str) -> bool:
    missing = any(
        not item.attribute("GTIN", one) for one in item.variations or [item.body]
    )
    return missing == (value.lower() == "true")


FILTERS: dict[str, Test] = {
    "status": lambda item, value: item.body["status"] == value,
    "sub_status": lambda item, value: value in item.body["sub_status"],
    "seller_sku": lambda item, value: value in item.values("SELLER_SKU"),
    "sku": lambda item, value: (
        value
        in {
            one["seller_custom_field"]
            for one in (item.body, *item.variations)
            if one["seller_custom_field"]
        }
    ),
    "user_product_id": lambda item, value: any(
        one["user_product_id"] == value for one in (item.body, *item.variations)
    ),
    "listing_type_id": lambda item, value: item.body["listing_type_id"] == value,
    "logistic_type": lambda item, value: (
        item.body["shipping"]["logistic_type"] == value
    ),
    "catalog_listing": lambda item, value: (
        item.body["catalog_listing"] == (value.lower() == "true")
    ),
    "missing_product_identifiers": _no_identifier,
    "labels": lambda item, value: value in item.body["tags"],
    "tags": lambda item, value: value in item.body["tags"],
}
#: Filters whose values may have commas.
_WHOLE = {"seller_sku", "sku"}
ORDERS: dict[str, tuple[str, bool]] = {
    "start_time_asc": ("start_time", False),
    "start_time_desc": ("start_time", True),
    "stop_time_asc": ("stop_time", False),
    "stop_time_desc": ("stop_time", True),
    "last_updated_asc": ("last_updated", False),
    "last_updated_desc": ("last_updated", True),
    "price_asc": ("price", False),
    "price_desc": ("price", True),
    "available_quantity_asc": ("available_quantity", False),
    "available_quantity_desc": ("available_quantity", True),
}


@dataclass
class _Scroll:
    """A scan under way: its ids do not change any more."""

    seller_id: int
    ids: list[str]
    place: int
    expires: float


class ItemSearch:
    """Searches of items; scans last five minutes from one page to the next."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self._scrolls: dict[str, _Scroll] = {}

    def search(self, seller_id: int, query: dict[str, str]) -> Response:
        """Answer a search of the seller's own items."""
        limit = _number(query, "limit", LIMIT)
        if not 0 <= limit <= MAX_LIMIT:
            raise _refuse(f"limit must be between 0 and {MAX_LIMIT}")
        if query.get("search_type") == "scan":
            return self._scan(seller_id, query, limit)
        offset = _number(query, "offset", 0)
        if offset + limit > WINDOW:
            raise _refuse(
                "The requested offset and limit are higher than the allowed. "
                f"Maximum allowed is {WINDOW}"
            )
        found = self._find(seller_id, query)
        paging = {"limit": limit, "offset": offset, "total": len(found)}
        ids = [item.id for item in found[offset : offset + limit]]
        return self._answer(seller_id, query, ids, paging, found)

    def _answer(
        self,
        seller_id: int,
        query: dict[str, str],
        ids: list[str],
        paging: Record,
        found: list[Item],
    ) -> Response:
        body: Record = {
            "seller_id": str(seller_id),
            "query": None,
            "paging": paging,
            "results": ids,
            "filters": [],
            "available_filters": [],
            "orders": [{"id": query.get("orders", "stop_time_asc"), "name": ""}],
            "available_orders": [{"id": name, "name": name} for name in ORDERS],
        }
        if query.get("include_filters") == "true":
            counts: dict[str, int] = {}
            for item in found:
                status = item.body["status"]
                counts[status] = counts.get(status, 0) + 1
            body["available_filters"] = [
                {
                    "id": "status",
                    "name": "Status",
                    "values": [
                        {"id": name, "name": name, "results": count}
                        for name, count in sorted(counts.items())
                    ],
                }
            ]
        return json_response(body)

    def _find(self, seller_id: int, query: dict[str, str]) -> list[Item]:
        sku = query.get("seller_sku")
        items = (
            self.shop.with_sku(seller_id, sku)
            if sku is not None
            else self.shop.of_seller(seller_id)
        )
        tests = [
            (FILTERS[name], [text] if name in _WHOLE else text.split(","))
            for name, text in query.items()
            if name in FILTERS
        ]
        lag = self.shop.core.settings.search_lag
        newest = self.shop.core.clock.timestamp() - lag
        found = [
            item
            for item in items
            if (not lag or item.made <= newest)
            and all(any(test(item, one) for one in values) for test, values in tests)
        ]
        order = query.get("orders")
        if order in ORDERS:
            name, reverse = ORDERS[order]
            found.sort(key=lambda item: item.body[name], reverse=reverse)
        return found

    def _scan(self, seller_id: int, query: dict[str, str], limit: int) -> Response:
        if query.get("offset"):
            raise _refuse("offset is not allowed with search_type=scan")
        now = self.shop.core.clock.timestamp()
        key = query.get("scroll_id")
        if not key:
            ids = [item.id for item in self._find(seller_id, query)]
            key = f"YXBpY29yZS1pdGVtcw=={len(self._scrolls) + 1}"
            self._scrolls[key] = _Scroll(seller_id, ids, 0, 0.0)
            scroll = self._scrolls[key]
        else:
            known = self._scrolls.get(key)
            if known is None or known.seller_id != seller_id or known.expires <= now:
                raise _refuse("Invalid scroll_id: it is unknown or has expired")
            scroll = known
        ids = scroll.ids[scroll.place : scroll.place + limit]
        scroll.place += len(ids)
        scroll.expires = now + SCROLL_SECONDS
        body = {
            "seller_id": str(seller_id),
            "query": None,
            "paging": {"limit": limit, "total": len(scroll.ids)},
            "scroll_id": key if ids else None,
            "results": ids,
            "orders": [],
            "available_orders": [],
        }
        return json_response(body)


def _number(query: dict[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not text.isdigit():
        raise _refuse(f"{name} must be a number")
    return int(text)


def _refuse(text: str) -> HttpError:
    return HttpError(error(400, "bad_request", text))

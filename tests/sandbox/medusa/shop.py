"""What the shop holds and what happens to its orders."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import count
from typing import Any

from ..clock import Clock
from ..jsontools import merge_patch
from .answers import not_found, refuse

Record = dict[str, Any]
Announce = Callable[[str, Record], None]

TAX_RATE = 21
ADDRESS = {
    "first_name": "Lucía",
    "last_name": "Rojas",
    "company": None,
    "address_1": "Calle Falsa 123",
    "address_2": None,
    "city": "Rosario",
    "postal_code": "2000",
    "province": "ar-s",
    "country_code": "ar",
    "phone": "+54 341 5550000",
    "metadata": None,
}


class Shop:
    """One server: its settings, catalogue, stock and orders.

    Amounts are floats that nobody rounds, as the service computes them.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.key = "sk_0123456789abcdef0123456789abcdef"
        self.store: Record = {
            "id": "store_01",
            "name": "Tienda Sur",
            "supported_currencies": [
                {"currency_code": "ars", "is_default": True},
                {"currency_code": "usd", "is_default": False},
            ],
        }
        self.sales_channels = {
            "sc_web": {"id": "sc_web", "name": "Web"},
            "sc_pos": {"id": "sc_pos", "name": "Local"},
        }
        self.stock_locations = {"sloc_1": {"id": "sloc_1", "name": "Depósito"}}
        self.shipping_profiles = {
            "sp_1": {"id": "sp_1", "name": "Default", "type": "default"}
        }
        self.regions = {
            "reg_ar": {"id": "reg_ar", "name": "Argentina", "currency_code": "ars"}
        }
        self.products: dict[str, Record] = {}
        self.items: dict[str, Record] = {}
        # (inventory item, location) → what is physically there
        self.levels: dict[tuple[str, str], float] = {}
        self.price_lists: dict[str, Record] = {}
        self.groups: dict[str, Record] = {}
        # Customer → groups
        self.customers: dict[str, set[str]] = {}
        self.uploads: dict[str, bytes] = {}
        self.orders: dict[str, Record] = {}
        self.reservations: dict[str, Record] = {}
        # SKUs that the shop refuses, and batches that hold one
        self.refused: set[str] = set()
        self.announce: Announce = lambda _name, _data: None
        self._numbers = count(1)

    def key_of(self, kind: str) -> str:
        """A new id; later ones sort after earlier ones."""
        return f"{kind}_{next(self._numbers):08}"

    def now(self) -> str:
        return iso(self.clock.now())

    def order(self, key: str) -> Record:
        if key not in self.orders:
            raise not_found("Order", key)
        return self.orders[key]

    def touch(self, order: Record, version: bool = True) -> None:
        """Date an order's change; a new version of it, if it is one."""
        order["updated_at"] = self.now()
        order["version"] += int(version)

    def place(self, wish: Record) -> Record:
        """A bought order: pending, authorised, reserved.

        :param wish: ``items`` [{sku, quantity, price, discount}], ``email``,
            ``address``, ``metadata``, ``customer_id``, ``sales_channel_id``,
            ``shipping`` {option, amount}, ``tax_inclusive``, ``order`` (merge patch)
        """
        self._check_stock(wish["items"])
        moment, key = self.now(), self.key_of("order")
        address = merge_patch(ADDRESS, wish.get("address") or {})
        email = wish.get("email", "lucia@example.com")
        customer = wish.get("customer_id", "cus_lucia")
        shipping = wish.get("shipping") or {"option": "standard", "amount": 0}
        order: Record = {
            "id": key,
            "display_id": len(self.orders) + 1,
            "custom_display_id": None,
            "status": "pending",
            "payment_status": "authorized",
            "fulfillment_status": "not_fulfilled",
            "version": 1,
            "email": email,
            "currency_code": wish.get("currency_code", "ars"),
            "created_at": wish.get("created_at", moment),
            "updated_at": moment,
            "canceled_at": None,
            "is_draft_order": False,
            "metadata": wish.get("metadata"),
            "region_id": "reg_ar",
            "sales_channel_id": wish.get("sales_channel_id", "sc_web"),
            "customer_id": customer,
            "customer": _guest(customer, email),
            "shipping_address": {**address, "id": self.key_of("ordaddr")},
            "billing_address": {**address, "id": self.key_of("ordaddr")},
            "items": [self._item(one, wish) for one in wish["items"]],
            "shipping_methods": [self._method(shipping)],
            "fulfillments": [],
            "credit_lines": [],
            "payment_collections": [],
        }
        self.orders[key] = order
        self.total(order)
        order["payment_collections"] = [self._collection(order)]
        for item in order["items"]:
            self._reserve(item)
        self.orders[key] = merge_patch(order, wish.get("order") or {})
        self.total(self.orders[key])
        self.announce("order.placed", {"id": key})
        return self.orders[key]

    def _item(self, one: Record, wish: Record) -> Record:
        sku = one["sku"]
        variant = self.variant(sku) or {"id": f"variant_{sku}"}
        return {
            "id": self.key_of("ordli"),
            "title": one.get("title", sku),
            "product_title": one.get("title", sku),
            "variant_title": "Default variant",
            "product_id": variant.get("product_id", f"prod_{sku}"),
            "variant_id": variant["id"],
            "variant_sku": sku,
            "variant_barcode": one.get("barcode"),
            "quantity": one.get("quantity", 1),
            "unit_price": one.get("price", 121),
            "discount_total": one.get("discount", 0),
            "is_tax_inclusive": wish.get("tax_inclusive", True),
            "requires_shipping": one.get("requires_shipping", True),
            "tax_lines": [{"rate": TAX_RATE, "code": "iva"}],
            "adjustments": [],
            "metadata": {},
            "detail": {
                "fulfilled_quantity": 0,
                "shipped_quantity": 0,
                "delivered_quantity": 0,
                "return_received_quantity": 0,
            },
        }

    def _method(self, shipping: Record) -> Record:
        total = shipping["amount"]
        return {
            "id": self.key_of("ordsm"),
            "name": shipping.get("name", shipping["option"]),
            "shipping_option_id": shipping["option"],
            "amount": total,
            "is_tax_inclusive": True,
            "total": total,
            "tax_total": total - total / (1 + TAX_RATE / 100),
        }

    def _collection(self, order: Record) -> Record:
        moment, total = self.now(), order["total"]
        payment = {
            "id": self.key_of("pay"),
            "amount": total,
            "provider_id": "pp_system_default",
            "captured_at": None,
            "canceled_at": None,
            "created_at": moment,
            "captures": [],
            "refunds": [],
        }
        return {
            "id": self.key_of("pay_col"),
            "status": "authorized",
            "amount": total,
            "captured_amount": 0,
            "refunded_amount": 0,
            "created_at": moment,
            "updated_at": moment,
            "payments": [payment],
        }

    def variant(self, sku: str) -> Record | None:
        """What is sold by a SKU; orders may name others, whose stock nobody counts."""
        for product in self.products.values():
            for variant in product["variants"]:
                if variant["sku"] == sku:
                    found: Record = variant
                    return found
        return None

    def item_of(self, sku: str) -> str:
        """The inventory item of a SKU."""
        variant = self.variant(sku)
        items = variant["inventory_items"] if variant else []
        return items[0]["inventory_item_id"] if items else f"iitem_{sku}"

    def check_refused(self, *skus: str | None) -> None:
        """Refuse what the shop's people do not want for the moment."""
        for sku in skus:
            if sku in self.refused:
                raise refuse(f"Product variant with sku: {sku}, is refused.")

    def reserved(self, item: str, place: str | None = None) -> float:
        return sum(
            row["quantity"]
            for row in self.reservations.values()
            if row["inventory_item_id"] == item
            and (place is None or row["location_id"] == place)
        )

    def available(self, sku: str) -> float:
        """What buyers can buy of a SKU."""
        item = self.item_of(sku)
        there = sum(n for (key, _place), n in self.levels.items() if key == item)
        return there - self.reserved(item)

    def _check_stock(self, lines: list[Record]) -> None:
        for one in lines:
            variant = self.variant(one["sku"])
            counted = variant and variant["inventory_items"]
            if counted and self.available(one["sku"]) < one.get("quantity", 1):
                text = "Some variant does not have the required inventory"
                raise refuse(text, "not_allowed")

    def _reserve(self, item: Record) -> None:
        key = self.key_of("resitem")
        self.reservations[key] = {
            "id": key,
            "line_item_id": item["id"],
            "inventory_item_id": self.item_of(item["variant_sku"]),
            "location_id": self._place_of(item),
            "quantity": item["quantity"],
        }

    def _place_of(self, item: Record) -> str:
        key = self.item_of(item["variant_sku"])
        places = [p for (one, p), n in self.levels.items() if one == key and n]
        return places[0] if places else "sloc_1"

    def total(self, order: Record) -> None:
        """Compute an order's totals, in floats."""
        rate = 1 + TAX_RATE / 100
        for item in order["items"]:
            units = item["quantity"] - item["detail"]["return_received_quantity"]
            gross = item["unit_price"] * units
            if not item["is_tax_inclusive"]:
                gross *= rate
            item["total"] = gross - item["discount_total"]
            item["tax_total"] = item["total"] - item["total"] / rate
        items = sum(item["total"] for item in order["items"])
        freight = sum(method["total"] for method in order["shipping_methods"])
        credit = sum(line["amount"] for line in order["credit_lines"])
        order["total"] = items + freight - credit

    def capture(self, key: str) -> None:
        """The money arrives. The order's own date stays as it is."""
        order = self.order(key)
        collection = order["payment_collections"][-1]
        payment = collection["payments"][0]
        moment = self.now()
        payment["captured_at"] = moment
        capture = {"id": self.key_of("capt"), "created_at": moment}
        payment["captures"] = [{**capture, "amount": payment["amount"]}]
        collection.update(
            status="completed", captured_amount=payment["amount"], updated_at=moment
        )
        order["payment_status"] = "captured"
        self.announce("payment.captured", {"id": payment["id"]})

    def refund(self, key: str, amount: float) -> None:
        """Give money back: a refund of the payment, and a credit line."""
        order = self.order(key)
        collection = order["payment_collections"][-1]
        payment = collection["payments"][0]
        payment["refunds"].append({"id": self.key_of("ref"), "amount": amount})
        collection["refunded_amount"] += amount
        collection["updated_at"] = self.now()
        order["credit_lines"].append(
            {
                "id": self.key_of("ordcl"),
                "amount": amount,
                "reference": "payment_collection",
                "reference_id": collection["id"],
            }
        )
        whole = collection["refunded_amount"] >= collection["captured_amount"]
        order["payment_status"] = "refunded" if whole else "partially_refunded"
        self.total(order)
        self.touch(order)

    def cancel(self, key: str) -> None:
        order = self.order(key)
        if any(not one["canceled_at"] for one in order["fulfillments"]):
            text = "All fulfillments must be canceled before canceling an order"
            raise refuse(text, "not_allowed")
        order.update(status="canceled", canceled_at=self.now())
        if order["payment_status"] != "captured":
            order["payment_status"] = "canceled"
        lines = {item["id"] for item in order["items"]}
        for name, one in list(self.reservations.items()):
            if one["line_item_id"] in lines:
                del self.reservations[name]
        self.touch(order)
        self.announce("order.canceled", {"id": key})

    def edit(self, key: str, quantities: dict[str, float]) -> None:
        """A confirmed edit: other quantities; zero takes the item out."""
        order = self.order(key)
        for item in order["items"]:
            if item["id"] in quantities:
                item["quantity"] = quantities[item["id"]]
                for one in self.reservations.values():
                    if one["line_item_id"] == item["id"]:
                        one["quantity"] = item["quantity"]
        order["items"] = [item for item in order["items"] if item["quantity"]]
        self.total(order)
        self.touch(order)
        self.announce("order-edit.confirmed", {"order_id": key})


def iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


def _guest(key: str, email: str) -> Record:
    """The customer record that somebody without an account gets."""
    return {
        "id": key,
        "email": email,
        "first_name": None,
        "last_name": None,
        "company_name": None,
        "phone": None,
        "has_account": False,
        "metadata": None,
    }

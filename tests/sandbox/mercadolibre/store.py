"""The data a MercadoLibre fake serves, with lazily serialised answers."""

from __future__ import annotations

import json
from bisect import insort
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .. import documents
from ..jsontools import encode, merge_patch
from .accounts import Seller, profile_link, seller_record
from .buyers import Buyer
from .catalogue import COUNTRY
from .orders import search_row
from .shipments import old_shape
from .times import read, stamp
from .traits import Purchase


@dataclass
class Facts:
    """What the fake knows of an order beyond its JSON."""

    seller_id: int
    buyer_id: int
    billing_id: str | None
    shipment_id: int | None
    traits: list[str]
    missing: str | None = None
    missing_reads: int | None = None


@dataclass
class Billing:
    """Billing data in the present shape, its site and who may read it."""

    site: str
    data: dict[str, Any]
    sellers: set[int]
    legacy_only: bool = False


@dataclass
class Pack:
    """A pack and its orders."""

    id: int
    seller_id: int
    buyer_id: int
    shipment_id: int | None
    created: str
    orders: list[int] = field(default_factory=list)


@dataclass(order=True)
class Entry:
    """What searching needs of one order; ordered by closing (or creation) time."""

    sort_key: tuple[float, int]
    order_id: int = field(compare=False)
    status: str = field(compare=False)
    created: float = field(compare=False)
    closed: float | None = field(compare=False)
    updated: float = field(compare=False)
    tags: set[str] = field(compare=False)
    buyer_id: int = field(compare=False)
    words: tuple[str, ...] = field(compare=False)


def _seconds(text: str | None) -> float | None:
    moment = read(text) if text else None
    return moment.timestamp() if moment else None


class Store:
    """Orders, packs, shipments, billing data and users.

    Callers hold the sandbox's lock while they change something.
    """

    def __init__(self, sellers: list[Seller], *, partial_users: bool = False) -> None:
        self._some_partial = partial_users
        self.sellers = {seller.id: seller for seller in sellers}
        self.orders: dict[int, dict[str, Any]] = {}
        self.facts: dict[int, Facts] = {}
        self.packs: dict[int, Pack] = {}
        self.shipments: dict[int, dict[str, Any]] = {}
        self.shipment_orders: dict[int, list[int]] = {}
        self.billing: dict[str, Billing] = {}
        self.buyers: dict[int, Buyer] = {}
        self.partial_users: set[int] = set()
        self._users: dict[int, dict[str, Any]] = {}
        self._entries: dict[int, list[Entry]] = {seller.id: [] for seller in sellers}
        self._bytes: dict[tuple[str, int], bytes] = {}
        for seller in sellers:
            self._users[seller.id] = seller_record(seller)

    def add(self, purchase: Purchase) -> list[int]:
        """Keep a purchase; returns the ids of its orders."""
        billing_id = None
        if purchase.billing is not None:
            billing_id = purchase.identity.billing_id
            known = self.billing.setdefault(
                billing_id,
                Billing(purchase.site, purchase.billing, set(), purchase.legacy_only),
            )
            known.sellers.add(purchase.seller_id)
        shipment_id = purchase.shipment["id"] if purchase.shipment else None
        ids = [order["id"] for order in purchase.orders]
        if purchase.shipment:
            self.shipments[purchase.shipment["id"]] = purchase.shipment
            self.shipment_orders[purchase.shipment["id"]] = ids
        if purchase.pack_id is not None:
            self.packs[purchase.pack_id] = Pack(
                purchase.pack_id,
                purchase.seller_id,
                purchase.buyer.id,
                shipment_id,
                purchase.orders[0]["date_created"],
                list(ids),
            )
        self.buyers[purchase.buyer.id] = purchase.buyer
        if self._some_partial and purchase.buyer.id % 41 == 0:
            self.partial_users.add(purchase.buyer.id)
        for order in purchase.orders:
            missing, reads = purchase.partial.get(order["id"], (None, None))
            self.facts[order["id"]] = Facts(
                purchase.seller_id,
                purchase.buyer.id,
                billing_id,
                shipment_id,
                purchase.traits,
                missing,
                reads,
            )
            self.put_order(order)
        return ids

    def put_order(self, order: dict[str, Any]) -> None:
        """Keep an order (new or changed) and bring the search index up to date."""
        number = order["id"]
        facts = self.facts[number]
        entries = self._entries[facts.seller_id]
        if number in self.orders:
            entries[:] = [entry for entry in entries if entry.order_id != number]
        self.orders[number] = order
        for kind in ("order", "row"):
            self._bytes.pop((kind, number), None)
        insort(entries, self._entry(order, facts))

    def _entry(self, order: dict[str, Any], facts: Facts) -> Entry:
        created = _seconds(order.get("date_created")) or 0.0
        closed = _seconds(order.get("date_closed"))
        updated = _seconds(order.get("last_updated")) or created
        words = [str(order["id"])]
        for item in order.get("order_items") or []:
            words += [str(item["item"].get("id")), str(item["item"].get("title"))]
        nick = (order.get("buyer") or {}).get("nickname")
        words.append(str(nick or ""))
        return Entry(
            (created if closed is None else closed, order["id"]),
            order["id"],
            order.get("status") or "",
            created,
            closed,
            updated,
            set(order.get("tags") or []),
            facts.buyer_id,
            tuple(word.lower() for word in words),
        )

    def entries(self, seller_id: int) -> list[Entry]:
        """Search entries of a seller, oldest first."""
        return self._entries[seller_id]

    def order_bytes(self, number: int) -> bytes:
        """Full order as JSON."""
        key = ("order", number)
        found = self._bytes.get(key)
        if found is None:
            found = self._bytes[key] = encode(self.orders[number])
        return found

    def row_bytes(self, number: int) -> bytes:
        """Order as a search lists it, as JSON."""
        key = ("row", number)
        found = self._bytes.get(key)
        if found is None:
            found = self._bytes[key] = encode(search_row(self.orders[number]))
        return found

    def shipment_bytes(self, number: int, *, new: bool) -> bytes:
        """Shipment as JSON, in the present or in the old shape."""
        key = ("ship" if new else "old_ship", number)
        found = self._bytes.get(key)
        if found is None:
            data = self.shipments[number]
            if not new:
                data = old_shape(data, self.shipment_orders[number])
            found = self._bytes[key] = encode(data)
        return found

    def patch_order(
        self, number: int, patch: dict[str, Any], now: datetime
    ) -> dict[str, Any]:
        """Merge a patch into an order and bump its update time.

        Another ``pack_id`` moves the order to that pack, which is made when it is new.
        """
        before = self.orders[number].get("pack_id")
        order = merge_patch(self.orders[number], {**patch, "id": number})
        if "last_updated" not in patch:
            order["last_updated"] = order["date_last_updated"] = stamp(now)
        self.put_order(order)
        self._regroup(order, before)
        return dict(order)

    def _regroup(self, order: dict[str, Any], before: int | None) -> None:
        number, pack_id = order["id"], order.get("pack_id")
        if pack_id == before:
            return
        if before in self.packs:
            self.packs[before].orders.remove(number)
        if pack_id:
            facts = self.facts[number]
            pack = self.packs.setdefault(
                pack_id,
                Pack(
                    pack_id,
                    facts.seller_id,
                    facts.buyer_id,
                    facts.shipment_id,
                    order["date_created"],
                ),
            )
            pack.orders.append(number)

    def patch_shipment(
        self, number: int, patch: dict[str, Any], now: datetime
    ) -> dict[str, Any]:
        """Merge a patch into a shipment (present shape) and bump its update time."""
        shipment = merge_patch(self.shipments[number], {**patch, "id": number})
        if "last_updated" not in patch:
            shipment["last_updated"] = stamp(now)
        self.shipments[number] = shipment
        for kind in ("ship", "old_ship"):
            self._bytes.pop((kind, number), None)
        return dict(shipment)

    def pack(self, number: int) -> dict[str, Any]:
        """``GET /packs/{id}`` (MercadoLibre developers, Packs)."""
        pack = self.packs[number]
        orders = [self.orders[order_id] for order_id in pack.orders]
        cancelled = all(order.get("status") == "cancelled" for order in orders)
        return {
            "id": pack.id,
            "status": "cancelled" if cancelled else "released",
            "status_detail": None,
            "family_pack_id": None,
            "trash_pack_id": None,
            "buyer": {"id": pack.buyer_id},
            "shipment": {"id": pack.shipment_id},
            "orders": [{"id": order["id"], "static_tags": []} for order in orders],
            "date_created": pack.created,
            "last_updated": max(
                (order["last_updated"] for order in orders), default=pack.created
            ),
        }

    def user(self, number: int, local: str | None) -> dict[str, Any] | None:
        """Public record of a user, or None; ``local`` is the base of profile links."""
        seller = self._users.get(number)
        if seller is not None:
            private = ("email", "identification", "phone", "tags", "first_name")
            return {
                key: value
                for key, value in seller.items()
                if key not in private and key != "last_name"
            }
        buyer = self.buyers.get(number)
        if buyer is None:
            return None
        place = buyer.place if number % 3 else None
        return {
            "id": buyer.id,
            "nickname": buyer.nickname,
            "country_id": COUNTRY[buyer.site],
            "address": {
                "city": place.city if place else None,
                "state": place.state if place else None,
            },
            "user_type": "normal",
            "site_id": buyer.site,
            "permalink": profile_link(buyer.site, buyer.nickname, local),
            "seller_reputation": {"level_id": None, "power_seller_status": None},
            "status": {"site_status": "active"},
        }

    def account(self, number: int) -> dict[str, Any]:
        """The record of a seller, which may be changed."""
        return self._users[number]

    def own_user(self, number: int, local: str | None) -> dict[str, Any]:
        """Full record of a seller, as ``/users/me`` gives it."""
        record = dict(self._users[number])
        record["permalink"] = profile_link(record["site_id"], record["nickname"], local)
        return record

    def document(self, billing_id: str | None) -> dict[str, Any] | None:
        """``{type, number, valid}`` of billing data, or None when there is none."""
        billing = self.billing.get(billing_id or "")
        info = (billing.data.get("buyer") or {}).get("billing_info") if billing else {}
        found = (info or {}).get("identification") or {}
        kind, number = found.get("type"), found.get("number")
        if not kind or not number:
            return None
        valid = documents.is_valid(kind, number)
        return {"type": kind, "number": number, "valid": valid}

    def snapshot(self, number: int) -> dict[str, Any]:
        """A deep copy of an order."""
        copy: dict[str, Any] = json.loads(self.order_bytes(number))
        return copy

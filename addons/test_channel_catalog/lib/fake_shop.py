"""The fake shop, in memory. No Odoo in it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from odoo.addons.channel_base.lib.errors import ChannelError, Rejected
from odoo.addons.channel_catalog.lib.charges import Fee, Question
from odoo.addons.channel_catalog.lib.contents import (
    CAUTIOUS,
    INSIST,
    SHARED,
    format_levels,
    get_question,
    parse_levels,
)
from odoo.addons.channel_catalog.lib.images import ImageStore
from odoo.addons.channel_catalog.lib.remote import RemoteListing, RemotePage, get_item
from odoo.addons.channel_catalog.lib.stock import STOCK_KEPT, Reservation
from odoo.addons.channel_catalog.lib.traits import CatalogTraits
from odoo.addons.channel_outgoing.lib.kind import Content
from odoo.addons.channel_outgoing.lib.writer import (
    UNREAD,
    Answer,
    Found,
    NotTaken,
    Target,
    Written,
)

PREFIXES = {"product": "P", "listing": "L"}


@dataclass
class Record:
    """A product or listing as the shop keeps it.

    :param reference: ours; empty for one that was there before us
    :param more: what else a reader of the list tells of a listing
    """

    reference: str
    content: dict[str, Any]
    status: str = "active"
    more: dict[str, Any] = field(default_factory=dict)


class FakeShop:
    """What the fake shop holds, and how it misbehaves.

    A listing ``L1`` has its stock at ``S1`` and its page at ``p-1``.
    """

    def __init__(self, traits: CatalogTraits | None = None) -> None:
        self.traits = traits or CatalogTraits()
        # By kind and external id
        self.records: dict[str, dict[str, Record]] = {"product": {}, "listing": {}}
        # Of stock by ``S…``, of prices by ``L…``: the content that was written last
        self.stock: dict[str, dict[str, Any]] = {}
        self.prices: dict[str, dict[str, Any]] = {}
        # Items that lie in a warehouse of its own, and the most that it takes of others
        self.kept: set[str] = set()
        # Items of which it does not tell what it has
        self.unread: set[str] = set()
        self.most: dict[str, float] = {}
        # What it keeps for orders, by item
        self.reservations: dict[str, list[Reservation]] = {}
        # Bytes that were uploaded, by the shop's id
        self.images: dict[str, bytes] = {}
        self.log: list[tuple[str, str, int]] = []
        # The next call of a method fails; "answer": a put goes through, unanswered
        # What it takes of a sale, in percent of the price, by category
        self.fees: dict[str, Decimal] = {}
        self.asked: list[Question] = []
        # Listings whose price it sets itself, and what buyers pay of those promoted
        self.automated: set[str] = set()
        self.promoted: dict[str, float] = {}
        self.promotion_ends: datetime | None = None
        self.faults: list[tuple[str, ChannelError]] = []
        # By title or SKU of a record, or by item
        self.refused: dict[str, ChannelError] = {}
        # Refuses each batch with one of these as a whole
        self.poison: set[str] = set()
        self.watch: Callable[[str, str], None] = lambda _method, _kind: None
        self.calls = 0
        self.serial = 0

    def add(self, kind: str = "listing", reference: str = "", **content: Any) -> str:
        """Have a record, which was there before us unless it has our reference.

        :return: its id
        """
        self.serial += 1
        external_id = f"{PREFIXES[kind]}{self.serial}"
        self.records[kind][external_id] = Record(reference, deepcopy(content))
        if kind == "listing":
            self.stock[self.stock_id(external_id)] = {"quantity": 0}
        return external_id

    def stock_id(self, external_id: str) -> str:
        return f"S{external_id[1:]}"

    def contents(self, kind: str) -> list[dict[str, Any]]:
        """What it has of products or listings, oldest first."""
        return [record.content for record in self.records[kind].values()]

    def listing(self, sku: str) -> str:
        """The id of the listing with a SKU.

        :raises KeyError: there is none, or several
        """
        found = [
            external_id
            for external_id, record in self.records["listing"].items()
            if record.content.get("sku") == sku
        ]
        if len(found) != 1:
            raise KeyError(f"{sku}: {found}")
        return found[0]

    def quantity(self, sku: str) -> float:
        """How much it has in stock of the listing with a SKU."""
        return self.stock[self.stock_id(self.listing(sku))]["quantity"]

    def price(self, sku: str) -> float:
        """What the listing with a SKU costs."""
        return self.prices[self.listing(sku)]["amount"]

    # Orders: what they do to the stock

    def buy(self, sku: str, quantity: float, order: str, place: str = "") -> bool:
        """Let somebody buy, if there is enough.

        A *sellable* shop lowers its stock, a *physical* one reserves some of it.
        """
        item = self.stock_id(self.listing(sku))
        if self.available(sku, place) < quantity:
            return False
        kept = Reservation(order, f"{order}-0", place, quantity)
        self.reservations.setdefault(item, []).append(kept)
        if self.traits.stock_kind == "sellable":
            self.move(item, -quantity, place)
        return True

    def leave(self, order: str, cancelled: bool = False) -> None:
        """Let an order's goods leave, or go back."""
        sellable = self.traits.stock_kind == "sellable"
        for item, kept in self.reservations.items():
            for one in [one for one in kept if one.order_id == order]:
                kept.remove(one)
                if sellable and cancelled:
                    self.move(item, one.quantity, one.location)
                elif not sellable and not cancelled:
                    self.move(item, -one.quantity, one.location)

    def available(self, sku: str, place: str = "") -> float:
        """What can be bought."""
        item = self.stock_id(self.listing(sku))
        reserved = 0.0
        if self.traits.stock_kind == "physical":
            kept = self.reservations.get(item, ())
            reserved = sum(one.quantity for one in kept if one.location == place)
        return self.level(item, place) - reserved

    def level(self, item: str, place: str = "") -> float:
        content = self.stock[item]
        if not place:
            return float(content["quantity"])
        return float(parse_levels(content.get("levels")).get(place, 0))

    def move(self, item: str, quantity: float, place: str = "") -> None:
        content = self.stock[item]
        content["quantity"] += quantity
        if place:
            levels = parse_levels(content.get("levels"))
            levels[place] = levels.get(place, Decimal(0)) + Decimal(str(quantity))
            content["levels"] = format_levels(levels)

    def writes(self) -> list[tuple[str, str, int]]:
        """Methods that wrote, their kind and how many records, since last asked."""
        found = [call for call in self.log if call[0] in ("put", "delete")]
        self.log.clear()
        return found

    def call(self, method: str, kind: str, count: int) -> None:
        """Count a call; the next fault of its method happens now."""
        self.calls += 1
        self.log.append((method, kind, count))
        self.watch(method, kind)
        self.fail(method)

    def fail(self, method: str) -> None:
        if self.faults and self.faults[0][0] == method:
            raise self.faults.pop(0)[1]

    def take_calls(self) -> int:
        calls, self.calls = self.calls, 0
        return calls


#: The remote side lives in the process, like a server would live elsewhere.
SHOPS: dict[int, FakeShop] = {}


class FakeShopWriter:
    """The writer of the fake shop, of all kinds."""

    def __init__(self, shop: FakeShop, images: ImageStore | None = None):
        self.shop = shop
        self.images = images

    def take_calls(self) -> int:
        return self.shop.take_calls()

    def read_reservations(
        self, items: Sequence[str]
    ) -> Mapping[str, Sequence[Reservation]]:
        self.shop.call("reservations", "stock", len(items))
        return {item: tuple(self.shop.reservations.get(item, ())) for item in items}

    def find(self, kind: str, targets: Sequence[Target]) -> Mapping[str, Found]:
        self.shop.call("find", kind, len(targets))
        found = {}
        for target in targets:
            if there := self._find(kind, target):
                found[target.reference] = there
        return found

    def _find(self, kind: str, target: Target) -> Found | None:
        if kind in ("stock", "price"):
            table = self.shop.stock if kind == "stock" else self.shop.prices
            item = target.external_id or ""
            if item in self.shop.unread:
                return Found(item, {}, {UNREAD: "1"})
            kept = {STOCK_KEPT: "1"} if item in self.shop.kept else {}
            return Found(item, dict(table[item]), kept) if item in table else None
        for external_id, record in self.shop.records[kind].items():
            if target.external_id == external_id or (
                target.external_id is None and record.reference == target.reference
            ):
                details = self._get_details(kind, external_id)
                return Found(external_id, deepcopy(record.content), details)
        return None

    def _get_details(self, kind: str, external_id: str) -> dict[str, str]:
        if kind != "listing":
            return {}
        return {
            "stock_id": self.shop.stock_id(external_id),
            "url_id": f"p-{external_id[1:]}",
            "status": self.shop.records[kind][external_id].status,
        }

    def put(
        self, kind: str, records: Sequence[tuple[Target, Content]]
    ) -> Mapping[str, Answer]:
        self.shop.call("put", kind, len(records))
        names = {name for _target, content in records for name in self._names(content)}
        if self.shop.poison & names:
            raise Rejected("http_422", status=422)
        answers = {
            target.reference: self._put(kind, target, content)
            for target, content in records
        }
        # The answer of a call that went through can be lost.
        self.shop.fail("answer")
        return answers

    def _names(self, content: Content) -> list[str]:
        return [
            str(content[key]) for key in ("title", "sku", "item") if content.get(key)
        ]

    def _put(self, kind: str, target: Target, content: Content) -> Answer:
        for name in self._names(content):
            if name in self.shop.refused:
                return self.shop.refused[name]
        if kind in ("stock", "price"):
            return self._put_value(kind, content)
        self._upload(content)
        external_id = target.external_id
        if external_id is None:
            external_id = self.shop.add(kind, target.reference)
        elif external_id not in self.shop.records[kind]:
            return Rejected("not_found")
        # What is not in the body stays as it is.
        self.shop.records[kind][external_id].content.update(deepcopy(dict(content)))
        return Written(external_id, self._get_details(kind, external_id))

    def _refuse_price(self, content: Content) -> NotTaken | None:
        """Why a price is not taken as it was asked."""
        item, amount = content["item"], content["amount"]
        there = self.shop.prices.get(item, {})
        params = {"price": str(amount), "there": str(there.get("amount"))}
        params["currency"] = content["currency"]
        if item in self.shop.automated:
            if content.get(CAUTIOUS):
                self.shop.log.append(("careful", "price", 1))
            return NotTaken("price_automated", there, "kept", **params)
        paid = self.shop.promoted.get(item)
        ends = paid is not None and amount <= paid
        if amount == there.get("amount"):
            return None
        if question := get_question(ends, content):
            until = self.shop.promotion_ends if ends else None
            params |= {"paid": str(paid)} if ends else {}
            params["names"] = str(content.get(SHARED))
            return NotTaken(question, there, "asks", until, **params)
        if ends:
            del self.shop.promoted[item]
        return None

    def _share_price(self, item: str) -> None:
        """The variations of an item have one price, and one promotion."""
        price = self.shop.prices[item]
        for one in self.shop.prices:
            if self.shop.traits.shared_prices and get_item(one) == get_item(item):
                self.shop.prices[one] = {**price, "item": one}
                if item not in self.shop.promoted:
                    self.shop.promoted.pop(one, None)

    def _put_value(self, kind: str, content: Content) -> Answer:
        if kind == "price" and (refused := self._refuse_price(content)):
            return refused
        content = {
            k: v for k, v in content.items() if k not in (INSIST, CAUTIOUS, SHARED)
        }
        item = content["item"]
        there = self.shop.stock if kind == "stock" else self.shop.records["listing"]
        if item not in there:
            return Rejected("not_found")
        if kind == "stock" and item in self.shop.kept:
            return Rejected(STOCK_KEPT)
        table = self.shop.stock if kind == "stock" else self.shop.prices
        table[item] = {**content, **self._keep_levels(table.get(item), content)}
        if kind == "price":
            self._share_price(item)
        most = self.shop.most.get(item) if kind == "stock" else None
        if most is None or most >= table[item]["quantity"]:
            return item
        table[item]["quantity"] = most
        return Written(item, {"quantity": str(most)})

    def _keep_levels(
        self, there: Content | None, content: Content
    ) -> Mapping[str, object]:
        """What it has at locations that are not in the body stays as it is."""
        if not content.get("levels"):
            return {}
        levels = parse_levels(there.get("levels") if there else None)
        levels.update(parse_levels(content["levels"]))
        quantity = float(sum(levels.values()))
        return {"levels": format_levels(levels), "quantity": quantity}

    def _upload(self, content: Content) -> None:
        for checksum in content.get("images") or ():
            if self.images is None or self.images.get(checksum):
                continue
            image = self.images.load(checksum)
            if image:
                self.shop.call("upload", "image", 1)
                external_id = f"I{len(self.shop.images) + 1}"
                self.shop.images[external_id] = image.data
                self.images.note(checksum, external_id)

    def delete(
        self, kind: str, targets: Sequence[Target]
    ) -> Mapping[str, ChannelError]:
        self.shop.call("delete", kind, len(targets))
        for target in targets:
            self.shop.records[kind].pop(target.external_id or "", None)
        return {}


class FakeFees:
    """Tells what the fake shop takes of a sale."""

    def __init__(self, shop: FakeShop):
        self.shop = shop

    def take_calls(self) -> int:
        return self.shop.take_calls()

    def ask(self, questions: Iterable[Question]) -> Mapping[Question, Fee | Rejected]:
        self.shop.call("fees", "fee", 1)
        asked = list(questions)
        self.shop.asked += asked
        return {one: self._get_fee(one) for one in asked}

    def _get_fee(self, question: Question) -> Fee | Rejected:
        percentage = self.shop.fees.get(question.category)
        if percentage is None:
            return Rejected("fee_unanswered")
        return Fee(question.price * percentage / 100, percentage)


class FakeCatalog:
    """Reads all that the fake shop sells."""

    def __init__(self, shop: FakeShop):
        self.shop = shop

    @property
    def unread(self) -> set[str]:
        """Listings that are there and cannot be read."""
        there = self.shop.records["listing"]
        return {id_ for id_, record in there.items() if record.status == "unreadable"}

    def take_calls(self) -> int:
        return self.shop.take_calls()

    def read_page(self, cursor: Any, limit: int) -> RemotePage:
        self.shop.call("read", "listing", limit)
        start = int(cursor or 0)
        ids = list(self.shop.records["listing"])
        page = ids[start : start + limit]
        following = start + limit if start + limit < len(ids) else None
        unread = tuple(sorted(self.unread.intersection(page)))
        listed = [self._get_listing(one) for one in page if one not in unread]
        listed = [one for one in listed if not one.ended]
        return RemotePage(tuple(listed), following, len(unread), unread)

    def read_some(self, external_ids: Collection[str]) -> RemotePage:
        self.shop.call("again", "listing", len(external_ids))
        there = self.shop.records["listing"]
        moved = {
            old: new
            for new, record in there.items()
            for old in record.more.get("former_ids", ())
        }
        asked = set(external_ids)
        ids = {moved.get(one, one) for one in asked}
        ids |= {id_ for id_, r in there.items() if r.content.get("product") in asked}
        unread = tuple(sorted(ids & self.unread))
        found = [
            self._get_listing(one) for one in sorted((ids - self.unread) & there.keys())
        ]
        return RemotePage(tuple(found), None, len(unread), unread)

    def _get_listing(self, external_id: str) -> RemoteListing:
        record = self.shop.records["listing"][external_id]
        content = record.content
        price = self.shop.prices.get(external_id, {})
        stock = self.shop.stock[self.shop.stock_id(external_id)]
        product_id = content.get("product") or ""
        product = self.shop.records["product"].get(product_id)
        listing = RemoteListing(
            external_id,
            content.get("title") or "",
            product_id,
            self.shop.stock_id(external_id),
            content.get("sku") or "",
            content.get("barcode") or "",
            content.get("options") or {},
            Decimal(str(price["amount"])) if price else None,
            price.get("currency") or "",
            Decimal(str(stock["quantity"])),
            record.status,
            f"p-{external_id[1:]}",
            content=deepcopy(content),
            product_content=deepcopy(product.content) if product else {},
        )
        return replace(listing, **record.more)

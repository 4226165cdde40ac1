"""Stock of an account's items: the writer.

Most items have one quantity, which is written to the item, or to a variation of one of
the former kind, without reading it. What lies in several places belongs to the *user
product*, and is written by type of place with the version of what was read: the
warehouses of an account with several, or the seller's own address of an item in Full
that is also sent from there. What lies in Full is the service's: it is never written.

Source: developers.mercadolibre.com, "Sync and modify listings", "Variations",
"Distributed stock", "Multi-origin stock" and "Full and Flex".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from odoo.addons.channel_base.lib.errors import (
    Rejected,
    Retryable,
)
from odoo.addons.channel_base.lib.parallel import WORKERS, gather
from odoo.addons.channel_base.lib.reader import (
    identifier,
    mapping,
    optional_decimal,
    sequence,
    word,
)
from odoo.addons.channel_catalog.lib.contents import format_levels, parse_levels
from odoo.addons.channel_catalog.lib.stock import STOCK_KEPT
from odoo.addons.channel_outgoing.lib.kind import Content
from odoo.addons.channel_outgoing.lib.writer import (
    UNREAD,
    Answer,
    Found,
    Target,
    Written,
    each,
)

from .account import Seller
from .causes import BUSY
from .full import has_own_stock, is_kept
from .item import CLOSED
from .items import read_each
from .items_client import ItemsClient
from .user_product import ADDRESS, WAREHOUSES, Kept, Levels, is_user_product, read_stock
from .watch import AccountWatch

TRIES = 4

_FIELDS = ("id", "status", "available_quantity", "user_product_id")
_BLOCKS = ("variations", "shipping")
# "Item available quantity max. value is 1": free listings
_MOST = re.compile(r"max(?:imum|\.)? value is (\d{1,9})\b")
_STORE = re.compile(r"store (?:not found|does not belong|is not configured)")


@dataclass(frozen=True)
class Sold:
    """An item, or a variation of one, as far as its stock goes.

    :param user_product: whose stock it sells
    :param kept: the service alone says how many there are
    :param own: it lies in the service's warehouse, and some at the seller's address
    :param split: each of its variations has a quantity of its own
    """

    status: str
    quantity: Decimal | None
    user_product: str
    kept: bool
    own: bool
    split: bool


# Those that were read, and those of which the service does not tell now
Products = tuple[Mapping[str, Sold], Collection[str]]


class MercadoLibreStock:
    """The writer of stock.

    An ``item`` is the id of an item, ``item/variation``, or the id of a user product.

    :param by_location: the account keeps its stock by warehouse, as Odoo knows it
    :param note_seller: told what the account may do when it is not that any more; opens
        a transaction of its own
    """

    def __init__(
        self,
        client: ItemsClient,
        by_location: bool = False,
        note_seller: Callable[[Seller], None] = lambda _seller: None,
    ):
        self.client = client
        self.by_location = by_location
        self.account = AccountWatch(client, note_seller)

    def take_calls(self) -> int:
        """API calls made since this was last asked."""
        return self.client.take_calls()

    def find(self, kind: str, targets: Sequence[Target]) -> Mapping[str, Found]:
        """What buyers can buy, by warehouse if the account has several; closed items
        are gone. Of what the service keeps itself the details say ``stock_kept``."""
        named = {target.external_id for target in targets if target.external_id}
        sold, unread = self.read_items(
            item for item in named if not is_user_product(item)
        )
        products = {item: item for item in named if is_user_product(item)}
        for item, one in sold.items():
            if one.user_product and (self.by_location or one.own):
                products[item] = one.user_product
        kept = self._read_all(set(products.values()))
        found = {}
        for target in targets:
            item = target.external_id or ""
            if item in sold and sold[item].status == CLOSED:
                continue
            if item in unread or (item in products and products[item] not in kept):
                found[target.reference] = Found(item, {}, {UNREAD: "1"})
            elif item in products:
                there = kept[products[item]]
                alone = item in sold and sold[item].kept
                found[target.reference] = self._find_kept(item, there, alone)
            elif item in sold:
                one = sold[item]
                found[target.reference] = _found(item, one.quantity, None, one.kept)
        return found

    def _read_all(self, user_products: Collection[str]) -> dict[str, Kept]:
        """Those of some user products that the service tells of."""
        wanted = sorted(user_products)
        answers = gather(wanted, self.read_stock)
        told = {
            product: answer
            for product, answer in zip(wanted, answers, strict=True)
            if not isinstance(answer, Rejected)
        }
        return dict(zip(told, _all(told.values()), strict=True))

    def _find_kept(self, item: str, there: Kept, alone: bool) -> Found:
        alone = alone or (there.facility is not None and not there.levels)
        total = sum(there.levels.values(), Decimal(0))
        return _found(item, total, there.levels if self.by_location else None, alone)

    def read_items(self, items: Iterable[str]) -> tuple[dict[str, Sold], set[str]]:
        """Items and variations, 20 in a call; those that are gone are absent.

        :return: them, and those of which the service does not tell now
        """
        wanted = list(dict.fromkeys(items))
        ids = list(dict.fromkeys(item.partition("/")[0] for item in wanted))
        bodies, errors = read_each(self.client, ids, (*_FIELDS, *_BLOCKS))
        found = {}
        unread = {item for item in wanted if item.partition("/")[0] in errors}
        for item in wanted:
            number, _sign, variation = item.partition("/")
            if number not in bodies:
                continue
            try:
                sold = _read_sold(bodies[number], variation)
            except Rejected:
                # What is told of it is odd.
                unread.add(item)
            else:
                found.update({item: sold} if sold else {})
        return found, unread

    def read_stock(self, user_product: str) -> Kept:
        """What lies where of a user product, and its version."""
        return read_stock(self.client, user_product)

    def put(
        self, kind: str, records: Sequence[tuple[Target, Content]]
    ) -> Mapping[str, Answer]:
        """Write absolute quantities, one by one.

        What was bounded by the service has its ``quantity`` in the details.
        """
        products = self._read_products(content for _target, content in records)
        try:
            return each(
                records,
                lambda _target, content: self.account.attempt(
                    lambda: self._put(content, products)
                ),
                WORKERS,
            )
        finally:
            self.account.note()

    def _read_products(
        self, contents: Iterable[Content]
    ) -> tuple[dict[str, Sold], set[str]]:
        """Whose user product the items are that are written by warehouse."""
        placed = [str(c["item"]) for c in contents if c.get("levels")]
        return self.read_items(item for item in placed if not is_user_product(item))

    def _put(self, content: Content, products: Products) -> Answer:
        item = str(content["item"])
        levels = parse_levels(content.get("levels"))
        quantity = _whole(Decimal(str(content["quantity"] or 0)))
        if levels:
            return self._put_levels(item, levels, products)
        if is_user_product(item):
            return self._put_address(item, item, quantity)
        return self._put_item(item, quantity)

    def _put_levels(self, item: str, levels: Levels, products: Products) -> Answer:
        user_product = item
        if not is_user_product(item):
            sold = _pick(item, products)
            if sold is None:
                raise Rejected("stock_item_gone")
            if sold.status == CLOSED:
                raise Rejected("item_closed")
            if sold.kept:
                raise Rejected(STOCK_KEPT)
            user_product = sold.user_product
        if not user_product:
            raise Rejected("user_product_missing")
        wanted = {store: Decimal(_whole(number)) for store, number in levels.items()}
        try:
            self._write_typed(user_product, WAREHOUSES, wanted)
        except Rejected as error:
            self._check_account()
            if _STORE.search(str(error)):
                raise Rejected("store_unknown", "location", str(error)) from None
            raise
        return item

    def _put_address(self, item: str, user_product: str, quantity: int) -> Answer:
        try:
            self._write_typed(user_product, ADDRESS, {"": Decimal(quantity)})
        except Rejected as error:
            if error.code == STOCK_KEPT:
                raise
            self._check_account()
            raise Rejected("address_refused", None, str(error)) from None
        return item

    def _write_typed(self, user_product: str, place: str, wanted: Levels) -> None:
        """Write what is not so already, as often as somebody else was faster.

        :raises Retryable: somebody always was, or changed the same places: some may
            have been bought, so what is wanted has to be found out anew
        """
        busy = _busy("nobody tried")
        before = None
        for _time in range(TRIES):
            there = self.read_stock(user_product)
            ours = {key: there.levels.get(key) for key in wanted}
            if ours == wanted:
                return
            if before not in (None, ours):
                raise busy
            before = ours
            if place == ADDRESS and there.facility is not None and not there.levels:
                raise Rejected(STOCK_KEPT)
            try:
                self.client.update_stock(
                    user_product, place, _body(place, wanted), there.version
                )
            except Retryable as error:
                if error.code != BUSY:
                    raise
                busy = error
            else:
                return
        raise busy

    def _put_item(self, item: str, quantity: int) -> Answer:
        try:
            there = self._write_item(item, quantity)
        except Rejected as error:
            return self._explain(item, quantity, error)
        if there is None or there == quantity:
            return item
        # Somebody bought some at this moment, or it was ignored.
        return self._explain(item, quantity, None)

    def _write_item(self, item: str, quantity: int) -> Decimal | None:
        """:return: what the service says that there is now, if it says so"""
        number, _sign, variation = item.partition("/")
        body = {"available_quantity": quantity}
        if not variation:
            return _told(self.client.update_item(number, body).body)
        answer = self.client.update_variation(number, variation, body).body
        return _told_variation(answer, variation)

    def _explain(self, item: str, quantity: int, error: Rejected | None) -> Answer:
        """Find out why a quantity was not taken, by what the service says of the item,
        and go on in the way that is right.

        :param error: the refusal; None if it was accepted and something else is there
        """
        most = error and _MOST.search(str(error))
        if most and int(most[1]) < quantity:
            self._write_item(item, int(most[1]))
            return Written(item, {"quantity": most[1]})
        sold = _pick(item, self.read_items([item]))
        if sold is None:
            raise Rejected("stock_item_gone")
        if sold.split:
            raise Rejected("item_has_variations")
        if sold.kept:
            raise Rejected(STOCK_KEPT)
        if sold.own:
            return self._put_address(item, sold.user_product, quantity)
        if sold.status == CLOSED:
            raise Rejected("item_closed")
        self._check_account()
        if error is None:
            if sold.quantity == quantity:
                return item
            raise _busy("another quantity is there")
        if sold.status not in ("active", "paused"):
            raise Rejected("item_not_writable", None, str(error), status=sold.status)
        raise error

    def _check_account(self) -> None:
        """:raises Retryable: the account keeps its stock in another way than Odoo knew,
        who is told of it"""
        if self.account.ask().multi_origin != self.by_location:
            self.account.mark_changed()
            raise Retryable(
                "the account keeps stock otherwise", code="meli_account_changed"
            )

    def delete(self, kind: str, targets: Sequence[Target]) -> Mapping[str, Exception]:
        """Nothing is deleted: what is not sent any more is left as it is."""
        return {target.reference: Rejected("not_deleted") for target in targets}


def _pick(item: str, products: Products) -> Sold | None:
    """:raises Retryable: the service does not tell of it now"""
    sold, unread = products
    if item in unread:
        raise _busy("the item cannot be read")
    return sold.get(item)


def _all(answers: Iterable[Any | Exception]) -> list[Any]:
    """:raises Exception: one of them is one"""
    found = []
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer
        found.append(answer)
    return found


def _read_sold(body: Mapping[str, Any], variation: str) -> Sold | None:
    """:return: None if the item has no such variation"""
    block = body
    rows = sequence(body.get("variations"), "variations")
    if variation:
        blocks = [mapping(row, "variations") for row in rows]
        block = next(
            (b for b in blocks if identifier(b.get("id"), "id") == variation), {}
        )
        if not block:
            return None
    shipping = mapping(body.get("shipping"), "shipping")
    handled = (
        str(body.get("id")),
        word(shipping.get("logistic_type"), "shipping.logistic_type"),
        [str(tag) for tag in sequence(shipping.get("tags"), "shipping.tags")],
    )
    return Sold(
        word(body.get("status"), "status"),
        optional_decimal(block.get("available_quantity"), "available_quantity"),
        identifier(block.get("user_product_id"), "user_product_id"),
        is_kept(*handled),
        has_own_stock(*handled),
        not variation and bool(rows),
    )


def _found(
    item: str, quantity: Decimal | None, levels: Levels | None, kept: bool
) -> Found:
    content = {
        "item": item,
        "quantity": None if quantity is None else float(quantity),
        "levels": None if levels is None else format_levels(levels) or None,
    }
    return Found(item, content, {STOCK_KEPT: "1"} if kept else {})


def _body(place: str, wanted: Levels) -> dict[str, Any]:
    if place == ADDRESS:
        return {"quantity": int(wanted[""])}
    return {
        "locations": [
            {"store_id": store, "quantity": int(number)}
            for store, number in sorted(wanted.items())
        ]
    }


def _told(body: Any) -> Decimal | None:
    if not isinstance(body, dict):
        return None
    return optional_decimal(body.get("available_quantity"), "available_quantity")


def _told_variation(body: Any, variation: str) -> Decimal | None:
    """The service answers all variations of the item, or the one."""
    rows = body if isinstance(body, list) else [body]
    for row in rows:
        if isinstance(row, dict) and str(row.get("id")) == variation:
            return _told(row)
    return None


def _busy(message: str) -> Retryable:
    return Retryable(message, code=BUSY, alone=True)


def _whole(number: Decimal) -> int:
    return max(0, int(number))

"""Items of an account: the writer.

Source: developers.mercadolibre.com, "Publish products", "User Products", "Validator",
"Item status", "Item description", "Working with pictures".
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar

from odoo.addons.channel_base.lib.errors import (
    ChannelError,
    Rejected,
    Several,
    Suspended,
    reason,
)
from odoo.addons.channel_base.lib.http import Response
from odoo.addons.channel_base.lib.parallel import WORKERS
from odoo.addons.channel_base.lib.reader import mapping, required_identifier, sequence
from odoo.addons.channel_catalog.lib.images import ImageStore
from odoo.addons.channel_catalog.lib.opening import Opening, OpeningPrice
from odoo.addons.channel_outgoing.lib.kind import Content
from odoo.addons.channel_outgoing.lib.writer import (
    Answer,
    Found,
    Target,
    Written,
    each,
)

from . import body as words
from .account import Seller, read_seller
from .causes import Refusal, read_causes
from .full import FULL
from .item import CATALOG, CLOSED
from .items import read_items, split_place
from .items_client import ItemsClient
from .keys import read_sku
from .listing_reader import ListingReader, find_variation, tell_details
from .rewritten import find_rewritten, put_back
from .stores import read_stores
from .uploads import Uploads

# Classic, premium and free ones, and their twins in the service's own catalogue
MADE_TYPES = ("gold_special", "gold_pro", "free")
LISTING_TYPES = (*MADE_TYPES, *(f"{name}{CATALOG}" for name in MADE_TYPES))

# Until an account that changed is asked what it may do once more
ASK_SECONDS = 300

Block = Mapping[str, Any]
Result = TypeVar("Result")

_logger = logging.getLogger(__name__)


class MercadoLibreListings:
    """The writer of listings. Usable from several threads.

    :param seller: the account
    :param images: pictures by checksum; what the service calls one is its id
    :param opening: what an item is published with
    :param note_seller: keeps what the account may do, when it is another thing by now;
        opens a transaction of its own, and is called by none of the threads
    """

    def __init__(
        self,
        client: ItemsClient,
        seller: Seller,
        images: ImageStore,
        opening: Opening,
        note_seller: Callable[[Seller], None],
    ):
        self.client = client
        self.seller = seller
        self.images = images
        self.opening = opening
        self.note_seller = note_seller
        self._uploads = Uploads(client, images)
        self._reader = ListingReader(client, images)
        # Of the batch: its new ones' prices
        self._prices: Mapping[str, OpeningPrice | Rejected] = {}
        self._asking = threading.Lock()
        self._asked_at: float | None = None
        self._noted = seller
        # Stock that a new item has to have; it is taken away at once.
        self._least = 0
        # The warehouse that a new item's stock is told of
        self._store: str | None = None
        # Whether it is a new one → why none of them is taken any more
        self._suspended: dict[bool, Suspended] = {}
        self._lock = threading.Lock()

    def take_calls(self) -> int:
        """API calls made since this was last asked."""
        return self.client.take_calls()

    def find(self, kind: str, targets: Sequence[Target]) -> Mapping[str, Found]:
        """See :meth:`.listing_reader.ListingReader.find`. An item whose making was
        not recorded is found by :meth:`put`, by its SKU."""
        return self._reader.find(targets)

    def put(
        self, kind: str, records: Sequence[tuple[Target, Content]]
    ) -> Mapping[str, Answer]:
        """Publish or change items, each on its own."""
        new = [target.reference for target, _content in records if _is_new(target)]
        self._prices = self.opening.get_prices(new) if new else {}
        self._uploads.begin(content for _target, content in records)
        if new and self.seller.obstacles and not self._suspended:
            self._look_at_obstacles()
        answers = each(records, self._try, WORKERS)
        if any(isinstance(answer, Suspended) for answer in answers.values()):
            self._look_at_obstacles()
        self._note_seller()
        return answers

    def delete(
        self, kind: str, targets: Sequence[Target]
    ) -> Mapping[str, ChannelError]:
        """Nothing is deleted: what is not offered any more is paused."""
        return {target.reference: Rejected("not_deleted") for target in targets}

    def _try(self, target: Target, content: Content) -> Answer:
        """Of an account that takes none of a sort, no more are tried."""
        new = _is_new(target)
        if new in self._suspended:
            raise self._suspended[new]
        try:
            return self._put(target, content)
        except Suspended as error:
            self._suspended[new] = error
            raise

    def _put(self, target: Target, content: Content) -> Answer:
        if target.external_id:
            return self._update(target, content)
        others = self._find_same(content)
        if ours := self._find_ours(content, others):
            return self._adopt(ours, target, content, others)
        return self._create(target, content, others)

    def _adopt(
        self, ours: str, target: Target, content: Content, same: Mapping[str, Block]
    ) -> Answer:
        """Make an item as it shall be whose publication was not recorded; it is known
        from now on, whatever becomes of the rest."""
        self._reader.items.update(same)
        known = replace(target, external_id=ours)
        answer = _attempt(lambda: self._update(known, content))
        if not isinstance(answer, Exception):
            return answer
        details = tell_details(same[ours], _remarks(answer))
        return Written(ours, details, {"sku": content["sku"]})

    def _find_same(self, content: Content) -> dict[str, Block]:
        """Open items of a content's SKU, by id."""
        sku = content.get("sku")
        if not sku:
            return {}
        answer = self.client.search_items(self.seller.id, seller_sku=sku)
        told = mapping(answer.body, "search").get("results")
        ids = [one for one in sequence(told, "results") if isinstance(one, str)]
        return {
            id_: item
            for id_, item in read_items(self.client, ids).items()
            if item.get("status") != CLOSED
            and not item.get("variations")
            and read_sku(item) == sku
        }

    def _find_ours(self, content: Content, same: Mapping[str, Block]) -> str | None:
        """Of items of the SKU, one of the listing type that is no listing of Odoo's: it
        was published, and the answer got lost; None if there is none."""
        found = [
            id_
            for id_, item in same.items()
            if item.get("catalog_listing") is not True
            and item.get("listing_type_id") == content.get("listing_type")
        ]
        linked = set(self.opening.get_linked(found)) if found else set()
        return min((id_ for id_ in found if id_ not in linked), default=None)

    def _create(
        self, target: Target, content: Content, same: Mapping[str, Block]
    ) -> Answer:
        item = self._publish(target, content, list(same.values()))
        required_identifier(item.get("id"), "id")
        return self._complete(item, content, bool(_get_shared(same.values())))

    def _complete(self, item: Block, content: Content, shares: bool) -> Written:
        """Do with a new item what its publication does not do. The item is there and
        known from now on, whatever fails: that is told, and sent again soon.

        :param shares: its stock is that of others
        """
        remarks, taken, id_ = _warnings(item), dict(content), str(item["id"])
        if item.get("available_quantity") and not shares:
            done = _attempt(lambda: self._empty(item))
            if isinstance(done, Exception):
                # Its stock's own writer does it then.
                remarks += _remarks(done)
            else:
                item = done
        if content.get("visibility") == "hidden" and not words.is_hidden(item):
            done = _attempt(lambda: self._change(item, {"status": "paused"}))
            if isinstance(done, Exception):
                remarks += _remarks(done)
                taken["visibility"] = "visible"
            else:
                item = done
        if text := words.html_to_text(content.get("description")):
            told = _attempt(lambda: self.client.create_description(id_, text))
            if isinstance(told, Exception):
                remarks += _remarks(told)
                del taken["description"]
        return Written(
            id_,
            tell_details(item, remarks),
            None if taken == content else taken,
            find_rewritten(content, item),
        )

    def _publish(
        self, target: Target, content: Content, same: Sequence[Block]
    ) -> Block:
        """Publish an item, also of an account that has been moved meanwhile.

        :param same: items of its SKU
        """
        price = self._prices.get(target.reference, Rejected("price_missing", "price"))
        if isinstance(price, Rejected):
            raise price
        offer = {
            "price": words.write_number(price.amount),
            "currency_id": price.currency,
        }
        answer = self._validate(content, offer, same, publish=True)
        return mapping(answer and answer.body, "item")

    def check(self, content: Content, price: Decimal, currency: str) -> None:
        """Ask whether a new item would be taken; nothing is published.

        :raises Rejected: it would be refused; :class:`Several` for several reasons
        """
        offer = {"price": words.write_number(price), "currency_id": currency}
        self._uploads.begin([content])
        try:
            self._validate(content, offer, ())
        except Suspended:
            self._look_at_obstacles()
            raise
        finally:
            self._note_seller()

    def _validate(
        self,
        content: Content,
        offer: Mapping[str, Any],
        same: Sequence[Block],
        *,
        publish: bool = False,
    ) -> Response | None:
        """Have an item validated, and then published, if that is wanted.

        :param offer: its price, in the service's words
        :return: what the service says of the published item
        """
        ids = list(self._uploads.upload(content).values())
        while True:
            seller, least = self.seller, self._least
            body = {
                **words.write_new(content, ids, seller.user_products),
                **offer,
                **self._get_stock(seller, same, least),
            }
            try:
                self.client.validate_item(body)
                if not publish:
                    return None
                return self.client.create_item(body, seller.multi_origin)
            except Refusal:
                if self._ask_seller() == seller:
                    raise
            except Rejected as error:
                if least or not _concerns(error, "quantity"):
                    raise
                self._least = 1

    def _get_stock(
        self, seller: Seller, same: Iterable[Block], least: int
    ) -> dict[str, Any]:
        """The stock that a new item is told: none, or what it has in common with items
        of its SKU, whose stock would become what is told."""
        shared = _get_shared(same) if seller.user_products else None
        if not seller.multi_origin:
            return {"available_quantity": shared[1] if shared else least}
        if shared:
            body = self.client.user_product_stock(shared[0]).body
            rows = sequence(mapping(body, "stock").get("locations"), "locations")
            places = [
                {"store_id": row.get("store_id"), "quantity": row.get("quantity")}
                for row in rows
                if mapping(row, "locations").get("type") == "seller_warehouse"
            ]
            if places:
                return {"stock_locations": places}
        with self._lock:
            if self._store is None:
                stores = read_stores(self.client, seller.id)
                if not stores:
                    raise Rejected("meli_no_warehouse")
                self._store = stores[0][0]
        return {"stock_locations": [{"store_id": self._store, "quantity": least}]}

    def _empty(self, item: Block) -> Block:
        """Take away the stock that a new item had to have."""
        if self.seller.multi_origin:
            # Its stock's own writer does it; the item is paused until then.
            return self._change(item, {"status": "paused"})
        return self._change(item, {"available_quantity": 0})

    def _ask_seller(self) -> Seller:
        """The account as it is now; it is asked every few minutes at most."""
        with self._asking:
            now = time.monotonic()
            if self._asked_at is None or now >= self._asked_at + ASK_SECONDS:
                self.seller = read_seller(self.client.me().body)
                self._asked_at = now
            return self.seller

    def _look_at_obstacles(self) -> None:
        """See whether the account may list; if it may not, nothing new is tried."""
        try:
            seller = self._ask_seller()
        except ChannelError as error:
            # What the batch has made counts.
            _logger.info("the account does not tell what it may do: %s", error)
            return
        if seller.obstacles:
            self._suspended.setdefault(True, Suspended(", ".join(seller.obstacles)))

    def _note_seller(self) -> None:
        if self._asked_at is not None and self.seller != self._noted:
            self._noted = self.seller
            self.note_seller(self.seller)

    def _update(self, target: Target, content: Content) -> Answer:
        item_id, variation_id = split_place(target.external_id)
        if words.is_closing(content):
            return self._close(item_id)
        if item_id in self._reader.unread:
            raise self._reader.unread[item_id]
        item = self._reader.items.get(item_id)
        if item is None:
            item = read_items(self.client, [item_id]).get(item_id)
        if item is None or item.get("status") == CLOSED:
            raise Rejected("meli_closed")
        if variation_id:
            return self._update_variation(item, variation_id, content)
        text = self._reader.texts.get(item_id)
        before = (target.taken or {}).get("description")
        if text is None and content.get("description") not in (None, "", before):
            text = self._reader.read_text(item_id)
        ids = self._uploads.upload(content)
        names = {id_: checksum for checksum, id_ in ids.items()}
        there = words.read_content(item, None, text, names)
        there = put_back(there, target.taken, target.rewritten or {})
        changes = words.write_changes(
            content, there, target.taken, list(ids.values()), words.is_sold(item)
        )
        told = bool(changes)
        item, warnings = self._apply(item, changes)
        if words.is_changed("description", content, there, target.taken):
            self._write_text(item_id, content, text)
        warnings += words.find_unsent(content, there, words.is_sold(item))
        rewritten = find_rewritten(content, item) if told else None
        return Written(item_id, tell_details(item, warnings), rewritten=rewritten)

    def _close(self, item_id: str) -> Answer:
        """End an item for good; one that is gone has ended."""
        item = read_items(self.client, [item_id]).get(item_id)
        if item is None:
            return Written(item_id, {"status": CLOSED})
        if item.get("status") != CLOSED:
            item = self._change(item, words.CLOSE)
        return Written(item_id, tell_details(item))

    def _apply(
        self, item: Block, changes: dict[str, Any]
    ) -> tuple[Block, list[Rejected]]:
        """Change an item; what the service remarks.

        Nothing that is refused keeps an item for sale that shall be paused, and none is
        for sale again before it is as it shall be.
        """
        status = changes.pop("status", None)
        steps = [changes] if changes else []
        if status:
            steps.insert(0 if status == "paused" else len(steps), {"status": status})
        warnings: list[Rejected] = []
        for step in steps:
            item = self._change(item, step)
            warnings += _warnings(item)
        return item, warnings

    def _change(self, item: Block, changes: Block) -> Block:
        answer = self.client.update_item(str(item["id"]), changes)
        return {**item, **mapping(answer.body, "item")}

    def _write_text(self, item_id: str, content: Content, before: str | None) -> None:
        text = words.html_to_text(content.get("description"))
        if before:
            self.client.update_description(item_id, text)
        else:
            self.client.create_description(item_id, text)

    def _update_variation(
        self, item: Block, variation_id: str, content: Content
    ) -> Answer:
        variation = find_variation(item, variation_id)
        if variation is None:
            raise Rejected("meli_variation_gone")
        item_id = str(item["id"])
        there = words.read_content(item, variation)
        if changes := words.write_variation(content, there):
            self.client.update_variation(item_id, variation_id, changes)
        return Written(f"{item_id}/{variation_id}", tell_details(item))


def _is_new(target: Target) -> bool:
    return not target.external_id


def _get_shared(items: Iterable[Block]) -> tuple[str, int] | None:
    """The user product that a new item will be as well, and its stock, of the items
    that are it; None without stock, and of what lies in Full."""
    for item in items:
        shipping = mapping(item.get("shipping"), "shipping")
        quantity, product = item.get("available_quantity"), item.get("user_product_id")
        if shipping.get("logistic_type") == FULL:
            continue
        if isinstance(quantity, int) and quantity and isinstance(product, str):
            return product, quantity
    return None


def _concerns(error: Rejected, field: str) -> bool:
    """Whether something of a field is refused."""
    errors = error.errors if isinstance(error, Several) else (error,)
    return any(one.field == field for one in errors)


def _attempt(work: Callable[[], Result]) -> Result | Exception:
    """What some work answers about an item that is there, whatever becomes of it."""
    try:
        return work()
    except ChannelError as error:
        return error
    except Exception as error:
        _logger.exception("of an item that is there")
        return error


def _remarks(error: Exception) -> list[Rejected]:
    """What failed of an item that is there, as what is told with it."""
    if isinstance(error, Several):
        return list(error.errors)
    if isinstance(error, Rejected):
        return [error]
    code, params = reason(error)
    return [Rejected(code, **params)]


def _warnings(item: Block) -> list[Rejected]:
    """What the service remarks of what it took."""
    return [cause.to_error() for cause in read_causes(item.get("warnings"))]

"""What the sellers of the MercadoLibre fake list: items, user products, stock."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from ...http import HttpError
from ..core import Core
from ..errors import error
from ..times import stamp
from .taxonomy import Taxonomy

Record = dict[str, Any]
Kept = TypeVar("Kept")
Index = dict[tuple[int, str], dict[str, None]]
#: Types of places where stock of a user product can be.
ADDRESS, FULL, WAREHOUSE = "selling_address", "meli_facility", "seller_warehouse"
#: The one place of most sellers.
HOME = (ADDRESS, "")
OUT_OF_STOCK, BY_SELLER = "out_of_stock", "paused_by_seller"
FULFILLMENT = "fulfillment"
#: Tag of the shipping of an item in Full that its seller sends from home as well.
SELF_SERVICE = "self_service_in"


@dataclass
class UserProduct:
    """One variant of a product of a seller, and its stock.

    :param key: what makes it the same as another one; None in the former model
    :param places: quantity by type of place and warehouse (empty without one)
    :param version: grows with each change of the stock
    :param members: items that sell it, with their variation or None
    """

    id: str
    seller_id: int
    key: tuple[Any, ...] | None = None
    places: dict[tuple[str, str], int] = field(default_factory=dict)
    version: int = 1
    members: list[tuple[str, int | None]] = field(default_factory=list)

    @property
    def quantity(self) -> int:
        """What can be bought."""
        return sum(self.places.values())


@dataclass
class Item:
    """An item: what the API shows (``body``) and what it keeps beyond.

    :param made: when it was listed, in seconds since the epoch
    """

    body: Record
    description: Record | None = None
    type_changed: bool = False
    automation: Record | None = None
    promotions: list[Record] = field(default_factory=list)
    migration: Record | None = None
    deleted: bool = False
    made: float = 0.0

    @property
    def id(self) -> str:
        """Such as ``MLA2100000001``."""
        return str(self.body["id"])

    @property
    def seller_id(self) -> int:
        """Whose it is."""
        return int(self.body["seller_id"])

    @property
    def variations(self) -> list[Record]:
        """Variations of the former model."""
        return self.body["variations"]  # type: ignore[no-any-return]

    def variation(self, number: Any) -> Record | None:
        """One variation."""
        text = str(number)
        return next((v for v in self.variations if str(v["id"]) == text), None)

    def attribute(self, name: str, holder: Record | None = None) -> str:
        """Value of an attribute of the item or of a variation, or nothing."""
        for one in (holder or self.body).get("attributes") or []:
            if one["id"] == name:
                return one["value_name"] or ""
        return ""

    def values(self, name: str) -> set[str]:
        """Values of an attribute of the item and of its variations."""
        found: set[str] = set()
        for holder in (self.body, *self.variations):
            text = self.attribute(name, holder)
            found.update(text.split(",") if name == "GTIN" else [text])
        found.discard("")
        return found

    @property
    def fulfilled(self) -> bool:
        """Whether MercadoLibre keeps and sends its stock."""
        return bool(self.body["shipping"].get("logistic_type") == FULFILLMENT)


class Shop:
    """Items of all sellers. Callers hold the sandbox's lock."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.taxonomy = Taxonomy()
        self.items: dict[str, Item] = {}
        self.user_products: dict[str, UserProduct] = {}
        self.pictures: dict[str, Record] = {}
        #: SKUs whose creation and changes are refused.
        self.refused: set[str] = set()
        #: GTINs that are known: ``{domain, brand}``.
        self.gtins: dict[str, Record] = {}
        #: Values that are kept as others, or not at all (None), by attribute.
        self.rewrites: dict[str, dict[str, str | None]] = {}
        #: Items that cannot be read, with the status that answers instead.
        self.unreadable: dict[str, int] = {}
        self.warehouses: dict[int, list[Record]] = {}
        self.writes: list[Record] = []
        self.moment: datetime = core.clock.start
        #: Whether changes are announced; not while they are made again.
        self.quiet = False
        self._by_seller: dict[int, dict[str, None]] = {}
        self._by_sku: Index = {}
        self._by_gtin: Index = {}
        self._indexed: dict[tuple[str, str], set[str]] = {}
        self._by_key: dict[tuple[Any, ...], str] = {}
        self._families: dict[tuple[int, str], int] = {}
        #: How many numbers were given out.
        self.count = 0

    def number(self) -> int:
        """A number that no item, variation or picture has yet."""
        self.count += 1
        return 2_100_000_000 + self.count * 1_409

    def family(self, seller_id: int, name: str) -> int:
        """Number of a family of user products."""
        key = (seller_id, name.casefold())
        if key not in self._families:
            self._families[key] = self.number()
        return self._families[key]

    def account(self, seller_id: int) -> Record:
        """The seller's record, which ``/users/me`` shows."""
        return self.core.store.account(seller_id)

    def has_tag(self, seller_id: int, tag: str) -> bool:
        """Whether the seller's account has a tag."""
        return tag in self.account(seller_id)["tags"]

    def site(self, seller_id: int) -> str:
        """The seller's site."""
        return self.core.store.sellers[seller_id].site_id

    def of_seller(self, seller_id: int) -> Iterator[Item]:
        """Items of a seller that are not deleted, in the order they were made."""
        for key in self._by_seller.get(seller_id, {}):
            yield self.items[key]

    def with_sku(self, seller_id: int, sku: str) -> list[Item]:
        """Items of a seller that have a SKU."""
        return [self.items[key] for key in self._by_sku.get((seller_id, sku), {})]

    def own(self, seller_id: int, item_id: str) -> Item:
        """An item of the seller; a refusal otherwise."""
        item = self.items.get(item_id)
        if item is None or item.deleted:
            text = f"Item with id {item_id} not found"
            raise HttpError(error(404, "not_found", text))
        if item.seller_id != seller_id:
            text = "The caller is not authorized to access this resource"
            raise HttpError(error(403, "forbidden", text, code="FORBIDDEN"))
        return item

    def put(self, item: Item) -> None:
        """Keep an item (new or changed) and announce it."""
        seller_id = item.seller_id
        if item.id not in self.items:
            item.made = self.moment.timestamp()
        self.items[item.id] = item
        item.body["last_updated"] = stamp(self.moment)
        listed = self._by_seller.setdefault(seller_id, {})
        if item.deleted:
            listed.pop(item.id, None)
        else:
            listed[item.id] = None
        for name, index in (("SELLER_SKU", self._by_sku), ("GTIN", self._by_gtin)):
            self._reindex(item, name, index)
        self.announce("items", f"/items/{item.id}", seller_id)

    def _reindex(self, item: Item, name: str, index: Index) -> None:
        values = set() if item.deleted else item.values(name)
        before = self._indexed.get((item.id, name), set())
        for value in before - values:
            index[item.seller_id, value].pop(item.id, None)
        for value in values - before:
            index.setdefault((item.seller_id, value), {})[item.id] = None
        self._indexed[item.id, name] = values

    def announce(self, topic: str, resource: str, seller_id: int) -> None:
        """Tell the applications, unless changes are being made again."""
        if not self.quiet:
            self.core.notifier.announce(topic, resource, seller_id)

    def add_picture(self, site: str, width: int, height: int) -> Record:
        """Keep a picture of a size in pixels."""
        number = self.number()
        key = f"{number % 1_000_000:06d}-{site}{number}_{self.moment:%m%Y}"
        url = f"https://pictures.example.com/D_{key}-O.jpg"
        picture = {"id": key, "width": width, "height": height, "url": url}
        self.pictures[key] = picture
        return picture

    def with_gtin(self, seller_id: int, gtin: str) -> list[Item]:
        """Open items of a seller that have a GTIN."""
        found = self._by_gtin.get((seller_id, gtin), {})
        items = [self.items[key] for key in found]
        return [item for item in items if item.body["status"] != "closed"]

    def skus_with_gtin(self, item: Item, gtin: str) -> set[str]:
        """SKUs of an item, and of its variations, that have a GTIN."""
        return {
            item.attribute("SELLER_SKU", holder)
            for holder in (item.body, *item.variations)
            if gtin in item.attribute("GTIN", holder).split(",")
        }

    # User products and stock

    def join(
        self,
        item: Item,
        variation: int | None,
        key: tuple[Any, ...] | None,
        places: dict[tuple[str, str], int],
    ) -> UserProduct:
        """Have an item (or its variation) sell a user product, known or new.

        The quantities told count from now on; what lies in Full stays.
        """
        known = self._by_key.get(key) if key else None
        if known:
            product = self.user_products[known]
        else:
            number = f"{item.body['site_id']}U{self.number()}"
            product = UserProduct(number, item.seller_id, key)
            self.user_products[product.id] = product
            if key:
                self._by_key[key] = product.id
            resource = f"/user-products/{product.id}"
            self.announce("user_products", resource, item.seller_id)
        product.members.append((item.id, variation))
        holder = item.body if variation is None else item.variation(variation)
        assert holder is not None
        holder["user_product_id"] = product.id
        self.set_stock(product, places)
        self.follow(product)
        return product

    def rename(self, product: UserProduct, product_id: str) -> None:
        """Give a user product another id."""
        del self.user_products[product.id]
        product.id = product_id
        self.user_products[product_id] = product
        if product.key:
            self._by_key[product.key] = product_id

    def rekey(self, product: UserProduct, key: tuple[Any, ...]) -> None:
        """Remember what makes a user product, after a change."""
        if product.key != key and key not in self._by_key:
            if product.key:
                self._by_key.pop(product.key, None)
            product.key = key
            self._by_key[key] = product.id

    def leave(self, product_id: str, item_id: str, variation: int | None) -> None:
        """Have an item (or its variation) sell a user product no more."""
        product = self.user_products.get(product_id)
        if product is not None:
            product.members.remove((item_id, variation))

    def products(self, item: Item) -> list[UserProduct]:
        """What an item sells."""
        holders = item.variations or [item.body]
        ids = [holder.get("user_product_id") for holder in holders]
        return [self.user_products[key] for key in ids if key in self.user_products]

    def set_stock(
        self, product: UserProduct, places: dict[tuple[str, str], int]
    ) -> None:
        """Change quantities by place; every item that sells it follows."""
        if all(product.places.get(place) == count for place, count in places.items()):
            return
        product.places.update(places)
        product.version += 1
        self.follow(product)
        resource = f"/user-products/{product.id}/stock"
        self.announce("stock-location", resource, product.seller_id)

    def told_places(self, seller_id: int, rows: Any) -> dict[tuple[str, str], int]:
        """Quantities by warehouse that a call tells; a refusal if one is odd."""
        places: dict[tuple[str, str], int] = {}
        own = {one["id"]: one for one in self.warehouses.get(seller_id, [])}
        everybody = {one["id"] for rows in self.warehouses.values() for one in rows}
        if not isinstance(rows, list) or not rows:
            raise _bad("the fields [stock_locations] are required for requested call")
        for row in rows:
            store, count = str(row.get("store_id") or ""), row.get("quantity")
            if not store:
                raise _bad("store cannot be null or empty")
            if store not in everybody:
                raise _bad(f"store not found: {store}")
            if store not in own:
                raise _bad(f"store does not belong to seller: {store}")
            if "stock_location" not in own[store]["tags"]:
                raise _bad("store is not configured to be a stock location")
            if isinstance(count, bool) or not isinstance(count, int) or count < 0:
                raise _bad("quantity must be a number of 0 or more")
            places[WAREHOUSE, store] = count
        return places

    def follow(self, product: UserProduct) -> None:
        """Bring the items of a user product to its quantity."""
        for item_id, variation in product.members:
            item = self.items[item_id]
            if item.body["status"] == "closed":
                continue
            holder = item.body if variation is None else item.variation(variation)
            if holder is None or holder["available_quantity"] == product.quantity:
                continue
            holder["available_quantity"] = product.quantity
            settle(item)
            self.put(item)


def fresh(value: Kept) -> Kept:
    """A copy that shares nothing; many times faster than ``copy.deepcopy``."""
    copied: Kept = pickle.loads(pickle.dumps(value))
    return copied


def _bad(text: str) -> HttpError:
    return HttpError(error(400, "bad_request", text))


def settle(item: Item) -> None:
    """The item's quantity and whether it is paused, after its stock changed.

    Without stock it is paused (``out_of_stock``); with stock again it is active unless
    its seller paused it.
    """
    body = item.body
    if item.variations:
        body["available_quantity"] = sum(
            one["available_quantity"] for one in item.variations
        )
    states = [one for one in body["sub_status"] if one != OUT_OF_STOCK]
    empty = body["available_quantity"] <= 0
    if body["status"] == "active" and empty:
        body["status"] = "paused"
    elif body["status"] == "paused" and not empty and BY_SELLER not in states:
        body["status"] = "active"
    if body["status"] == "paused" and empty:
        states.append(OUT_OF_STOCK)
    body["sub_status"] = states

"""Changes of items: ``PUT /items/{id}`` and of one variation.

Source: MercadoLibre developers, Sync and modify listings, Variations, User Products,
Price automation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...http import HttpError
from ..errors import error
from ..times import stamp
from .bodies import CHANGE, FIXED, check_fields
from .causes import Findings, invalid, invalid_fields
from .creation import (
    MULTI_ORIGIN,
    check_refused,
    condition_of,
    key_of,
    make_title,
    shipping,
)
from .drafts import Draft
from .gtin import check_gtin
from .pricing import ACTIVE, lower
from .shop import BY_SELLER, HOME, Item, Shop, fresh, settle
from .variations import change_variations

Record = dict[str, Any]

#: Statuses in which the seller cannot change whether the item is for sale.
HELD = {"under_review", "payment_required", "inactive", "not_yet_active", "pending"}
#: What an item of the catalogue has from its product.
CATALOGUE_KEPT = {"title", "family_name", "pictures", "category_id"}
STATUSES = ("active", "paused", "closed")


class Change:
    """One call that changes an item; nothing changes when it is refused.

    :param stock: wanted quantities by variation (None: the item itself)
    """

    def __init__(self, shop: Shop, item: Item, values: Record) -> None:
        self.shop = shop
        self.before = item
        self.values = dict(values)
        self.item = fresh(item)
        self.body = self.item.body
        self.warnings: list[Record] = []
        self.stock: dict[int | None, int] = {}
        self.modern = not item.variations and item.body["family_name"] is not None
        self.draft = Draft(
            shop, item.seller_id, values.get("category_id") or self.body["category_id"]
        )
        if "category_id" not in values:
            self.draft.findings.causes.clear()
        #: What happens to user products once nothing is refused.
        self.after: list[Callable[[], object]] = []

    def run(self) -> Item:
        """Make the change; returns the item with its warnings."""
        self.check_open(self.values)
        fixed = sorted(set(self.values) & FIXED)
        if fixed:
            raise not_modifiable(fixed[0], "is read only")
        check_fields(self.values, CHANGE)
        kept = sorted(set(self.values) & CATALOGUE_KEPT)
        if self.body["catalog_listing"] and kept:
            raise not_modifiable(kept[0], "the item is of the catalogue")
        self._automated()
        for name, value in self.values.items():
            handler = getattr(self, f"_set_{name}", None)
            if handler:
                handler(value)
            else:
                self.body[name] = value
        skus = self.item.values("SELLER_SKU") | self.before.values("SELLER_SKU")
        check_refused(self.shop, self.draft, skus)
        self.draft.findings.check()
        self._keep()
        return self.item

    def check_open(self, values: Record) -> None:
        """Refuse what cannot be changed in the item's status."""
        status = self.body["status"]
        if status == "closed" and set(values) - {"deleted"}:
            raise cannot_update(self.before)
        held = "forbidden" in self.body["sub_status"]
        if status == "under_review" and held:
            raise cannot_update(self.before)

    def _automated(self) -> None:
        """The price of an item with price automation is not the seller's."""
        rule = self.item.automation
        if "price" not in self.values or not rule or rule["status"] != ACTIVE:
            return
        if set(self.values) == {"price"}:
            raise not_modifiable("price", "price automation is active")
        del self.values["price"]
        self.warnings.append(
            {
                "department": "items",
                "cause_id": 5500,
                "type": "warning",
                "code": "item.price.not_modifiable",
                "references": ["item.price"],
                "message": "The price was not changed: price automation is active",
            }
        )

    def _keep(self) -> None:
        shop, item = self.shop, self.item
        price_before = self.before.body["price"]
        self.warnings += self.draft.findings.warnings
        self.body["warnings"] = self.warnings
        settle(item)
        shop.put(item)
        for action in self.after:
            action()
        for variation, count in self.stock.items():
            holder = self.body if variation is None else item.variation(variation)
            product = shop.user_products.get((holder or {}).get("user_product_id", ""))
            if product is None:
                continue
            shop.set_stock(product, {HOME: count})
        if self.modern:
            self._share()
        if self.body["price"] != price_before:
            resource = f"/items/{item.id}/prices"
            shop.announce("items_prices", resource, item.seller_id)

    def _share(self) -> None:
        """What belongs to the user product goes to its other items."""
        names = set(self.values) & {"attributes", "pictures", "family_name"}
        product = self.shop.user_products.get(self.body["user_product_id"])
        if not names or product is None:
            return
        known = {one["id"]: one for one in self.body["attributes"]}
        family, condition = self.body["family_name"], self.body["condition"]
        self.shop.rekey(product, key_of(self.draft, family, condition, known))
        for item_id, _variation in product.members:
            other = self.shop.items[item_id]
            if other is self.item or other.body["status"] == "closed":
                continue
            for name in (*names, "title", "family_id"):
                other.body[name] = fresh(self.body[name])
            self.shop.put(other)
        seller_id = self.item.seller_id
        self.shop.announce("user_products", f"/user-products/{product.id}", seller_id)
        if "family_name" in names:
            site, number = self.body["site_id"], self.body["family_id"]
            resource = f"/sites/{site}/user-products-families/{number}"
            self.shop.announce("user_products_families", resource, seller_id)

    # One field each

    def _set_title(self, text: str) -> None:
        if self.modern:
            raise invalid_fields(["title"])
        if text == self.body["title"]:
            return
        self._unsold("title")
        self.draft.title(text)
        self.body["title"] = text.strip()

    def _set_family_name(self, text: str) -> None:
        if not self.modern:
            raise invalid_fields(["family_name"])
        if text == self.body["family_name"]:
            return
        self._unsold("family_name")
        self.draft.title(text, "family_name")
        self.body["family_name"] = text.strip()
        self.body["family_id"] = self.shop.family(self.item.seller_id, text.strip())
        self._retitle()

    def _retitle(self) -> None:
        if self.modern:
            known = {one["id"]: one for one in self.body["attributes"]}
            name = self.body["family_name"]
            self.body["title"] = make_title(self.draft, name, known)

    def _unsold(self, field: str) -> None:
        if self.body["sold_quantity"]:
            raise not_modifiable(field, "the item has sales")

    def _set_category_id(self, category_id: str) -> None:
        if category_id != self.body["category_id"]:
            self._unsold("category_id")
            self.body["category_id"] = category_id
            self._set_attributes([])

    def _set_buying_mode(self, value: str) -> None:
        if value != self.body["buying_mode"]:
            self._unsold("buying_mode")
            self.draft.terms({"buying_mode": value})

    def _set_condition(self, value: str) -> None:
        self.draft.terms({"condition": value})
        self.body["condition"] = value

    def _set_listing_type_id(self, value: str) -> None:
        if value == self.body["listing_type_id"]:
            return
        if self.body["sold_quantity"] and self.item.type_changed:
            raise not_modifiable("listing_type_id", "it was changed before")
        self.draft.terms({"listing_type_id": value})
        self.body["listing_type_id"] = value
        self.item.type_changed = bool(self.body["sold_quantity"])

    def _set_price(self, amount: float) -> None:
        self.draft.price(amount)
        self._price(amount)

    def _price(self, amount: float) -> None:
        self.body["price"] = self.body["base_price"] = amount
        for one in self.item.variations:
            one["price"] = amount
        lower(self.shop, self.item)

    def _set_available_quantity(self, count: int) -> None:
        if self.item.variations:
            raise not_modifiable("available_quantity", "the item has variations")
        self.quantity(None, count)

    def quantity(self, variation: int | None, count: int) -> None:
        """Have the stock of the item or of a variation be a quantity."""
        if self.shop.has_tag(self.item.seller_id, MULTI_ORIGIN):
            raise invalid_fields(["available_quantity"])
        if self.item.fulfilled:
            findings, where = Findings(), "variations" if variation else "item"
            code = f"{where}.available_quantity.not_modifiable"
            text = "Available quantity is not modifiable in fulfillment items"
            findings.add(161, code, text, f"{where}.available_quantity")
            raise invalid(findings.causes)
        kind = self.values.get("listing_type_id", self.body["listing_type_id"])
        self.draft.quantity(count, kind)
        self.stock[variation] = count

    def _set_status(self, status: str) -> None:
        if status not in STATUSES:
            text = f"Status {status} is invalid"
            self.draft.findings.add(160, "item.status.invalid", text, "item.status")
            return
        if status == "closed":
            self.body.update(status="closed", sub_status=[], end_time=self._now())
            return
        if self.body["status"] in HELD:
            raise cannot_update(self.before)
        states = [one for one in self.body["sub_status"] if one != BY_SELLER]
        if status == "paused":
            states.append(BY_SELLER)
        self.body.update(status=status, sub_status=states)

    def _now(self) -> str:
        return stamp(self.shop.moment)

    def _set_deleted(self, value: Any) -> None:
        if self.body["status"] != "closed":
            raise not_modifiable("deleted", "the item is not closed")
        self.item.deleted = str(value).lower() == "true"

    def _set_pictures(self, told: list[Record]) -> None:
        rows = self.draft.pictures(told)
        self.body["pictures"] = rows
        if rows:
            self.body["thumbnail_id"] = rows[0]["id"]
            self.body["thumbnail"] = rows[0]["url"]

    def _set_attributes(self, told: list[Record]) -> None:
        kept = {one["id"]: one for one in self.body["attributes"]}
        kept.update(self.draft.attributes(told))
        kept = {k: v for k, v in kept.items() if v["value_name"] or v["value_id"]}
        self.body["attributes"] = list(kept.values())
        condition = condition_of(kept)
        if condition and "condition" not in self.values:
            self.body["condition"] = condition
        if not self.item.variations:
            self.check_holders([kept])
        self._retitle()

    def check_holders(self, holders: list[dict[str, Record]]) -> None:
        """Required attributes and GTINs of the item or of its variations."""
        draft = self.draft
        draft.required(holders)
        draft.grid(holders)
        brand = self.item.attribute("BRAND")
        for holder in holders if draft.category else []:
            assert draft.category
            told = {"attributes": list(holder.values()), "brand": brand}
            seller_id = self.item.seller_id
            check_gtin(
                self.shop,
                seller_id,
                draft.category,
                told,
                draft.findings,
                self.before,
            )

    def _set_sale_terms(self, told: list[Record]) -> None:
        kept = {one["id"]: one for one in self.body["sale_terms"]}
        kept.update(self.draft.sale_terms(told))
        kept = {k: v for k, v in kept.items() if v["value_name"] or v["value_id"]}
        self.body["sale_terms"] = list(kept.values())

    def _set_shipping(self, told: Record) -> None:
        current = self.body["shipping"]
        price = self.values.get("price", self.body["price"])
        row = shipping(self.draft, {**current, **told}, price)
        if current.get("logistic_type") not in (None, "not_specified"):
            row["logistic_type"] = current["logistic_type"]
        self.body["shipping"] = row

    def _set_variations(self, told: list[Record]) -> None:
        change_variations(self, told)


def not_modifiable(field: str, reason: str) -> HttpError:
    """The field cannot be changed."""
    findings = Findings()
    code = f"item.{field}.not_modifiable"
    findings.add(161, code, f"Cannot change {field}: {reason}", f"item.{field}")
    return invalid(findings.causes)


def cannot_update(item: Item) -> HttpError:
    """The item is in a status in which it does not change."""
    sold = "true" if item.body["sold_quantity"] else "false"
    status = item.body["status"]
    text = f"Cannot update item {item.id} [status:{status}, has_bids:{sold}]"
    findings = Findings()
    findings.add(162, "item.status.not_modifiable", text, "item.status")
    return invalid(findings.causes)


def conflict() -> HttpError:
    """Somebody else changes the item at the same time."""
    return HttpError(error(409, "conflict", "item optimistic locking error"))

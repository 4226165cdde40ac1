"""Changes of the variations of an item of the former model.

Source: MercadoLibre developers, Variations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...http import HttpError
from ..errors import error
from .bodies import check_variation
from .causes import invalid_fields
from .pricing import lower
from .shop import HOME

if TYPE_CHECKING:
    from .changes import Change

Record = dict[str, Any]
FIELDS = frozenset(
    {
        "id",
        "price",
        "available_quantity",
        "attribute_combinations",
        "attributes",
        "picture_ids",
        "seller_custom_field",
        "sale_terms",
    }
)


def change_variations(change: Change, told: list[Record]) -> None:
    """The list of ``PUT /items/{id}``: those that are not named are removed, those
    without a number are added."""
    item = change.item
    if not item.variations:
        raise invalid_fields(["variations"])
    named = {str(row["id"]) for row in told if row.get("id")}
    for one in list(item.variations):
        if str(one["id"]) not in named:
            remove_variation(change, one)
    for row in told:
        change_variation(change, row, alone=False)
    prices = {one["price"] for one in item.variations}
    _same_price(change, prices)
    _check(change)


def remove_variation(change: Change, variation: Record) -> None:
    """Take one variation off the item."""
    shop, item, number = change.shop, change.item, variation["id"]
    product_id = variation["user_product_id"]
    change.after.append(lambda: shop.leave(product_id, item.id, number))
    item.variations.remove(variation)


def change_variation(change: Change, told: Record, *, alone: bool = True) -> Record:
    """Change one variation; without a number it is a new one.

    :param alone: whether it is the only one of the call: then its price, which all
        share, cannot change
    """
    unknown = sorted(set(told) - FIELDS)
    if unknown:
        raise invalid_fields(unknown)
    check_variation(told)
    item, draft, where = change.item, change.draft, "item.variations"
    if told.get("id"):
        variation = item.variation(told["id"])
        if variation is None:
            text = f"Variation {told['id']} of item {item.id} not found"
            raise HttpError(error(404, "not_found", text))
    else:
        variation = _new(change)
    for name in ("attribute_combinations", "attributes"):
        if name in told:
            kept = {one["id"]: one for one in variation[name]}
            kept.update(draft.attributes(told[name], where))
            variation[name] = [
                one for one in kept.values() if one["value_name"] or one["value_id"]
            ]
    for name in ("picture_ids", "seller_custom_field"):
        if name in told:
            variation[name] = told[name]
    if "price" in told:
        draft.price(told["price"])
        variation["price"] = told["price"]
        change.body["price"] = change.body["base_price"] = told["price"]
        lower(change.shop, item)
        if alone:
            _same_price(change, {one["price"] for one in item.variations})
    if "available_quantity" in told:
        change.quantity(variation["id"], told["available_quantity"])
    if alone and set(told) & {"attribute_combinations", "attributes"}:
        _check(change)
    return variation


def _new(change: Change) -> Record:
    variation: Record = {
        "id": 170_000_000_000 + change.shop.number(),
        "price": change.body["price"],
        "attribute_combinations": [],
        "available_quantity": 0,
        "sold_quantity": 0,
        "sale_terms": [],
        "picture_ids": [],
        "seller_custom_field": None,
        "catalog_product_id": None,
        "inventory_id": None,
        "user_product_id": None,
        "attributes": [],
    }
    change.item.variations.append(variation)
    shop, item, number = change.shop, change.item, variation["id"]
    change.after.append(lambda: shop.join(item, number, None, {HOME: 0}))
    return variation


def _same_price(change: Change, prices: set[float]) -> None:
    if len(prices) > 1:
        text = "The price of all variations must be the same"
        code = "item.variations.price.different"
        change.draft.findings.add(150, code, text, "item.variations")


def _check(change: Change) -> None:
    common = {one["id"]: one for one in change.body["attributes"]}
    holders = [
        {
            **common,
            **{one["id"]: one for one in row["attribute_combinations"]},
            **{one["id"]: one for one in row["attributes"]},
        }
        for row in change.item.variations
    ]
    change.check_holders(holders)

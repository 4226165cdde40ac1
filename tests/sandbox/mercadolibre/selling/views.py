"""Items as the API shows them: fields of the item, parts that are asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .pricing import running
from .shop import Item

Record = dict[str, Any]
#: Quantities that others are told: the lowest of each range.
_STEPS = (1, 50, 100, 150, 200, 250, 500, 5_000, 50_000)
_PRIVATE = {"seller_custom_field", "inventory_id", "sub_status", "warnings"}
_PRIVATE_ATTRIBUTES = {"SELLER_SKU"}


def show(item: Item, now: datetime, *, everything: bool = False) -> Record:
    """The item as it is now; ``everything`` adds the attributes of its variations.

    While a promotion runs the price is the promotion's, the seller's own is the
    original one.
    """
    body = dict(item.body)
    promotion = running(item, now)
    if promotion:
        body["original_price"] = body["price"]
        body["price"] = promotion["amount"]
    if not everything and body["variations"]:
        body["variations"] = [
            {key: value for key, value in one.items() if key != "attributes"}
            for one in body["variations"]
        ]
    return body


def show_others(body: Record) -> Record:
    """The item as it is shown to others than its seller: how many are left in steps,
    without what only the seller needs."""
    shown = {name: value for name, value in body.items() if name not in _PRIVATE}
    shown["attributes"] = [
        one for one in body["attributes"] if one["id"] not in _PRIVATE_ATTRIBUTES
    ]
    shown["variations"] = [show_others(_with_attributes(v)) for v in body["variations"]]
    shown["available_quantity"] = step_of(body["available_quantity"])
    return shown


def _with_attributes(variation: Record) -> Record:
    return {"attributes": [], "variations": [], **variation}


def step_of(quantity: int) -> int:
    """The quantity that others are told."""
    return max((step for step in _STEPS if step <= quantity), default=0)


def select(body: Any, paths: list[str]) -> Any:
    """The parts of an answer with these dotted paths; all without any."""
    if not paths or not isinstance(body, dict):
        return body
    chosen: Record = {}
    for path in paths:
        name, _sep, rest = path.partition(".")
        if name not in body:
            continue
        if not rest:
            chosen[name] = body[name]
            continue
        below = [p.partition(".")[2] for p in paths if p.startswith(f"{name}.")]
        value = body[name]
        if isinstance(value, list):
            chosen[name] = [select(one, below) for one in value]
        else:
            chosen[name] = select(value, below)
    return chosen


def paths_of(query: dict[str, str]) -> list[str]:
    """The paths of the parameter ``attributes``."""
    return [path for path in query.get("attributes", "").split(",") if path]

"""What buyers pay: promotions, and prices that MercadoLibre sets by itself.

Source: MercadoLibre developers, Product prices, Price discount, Price automation.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ...clock import parse_moment
from ..times import stamp
from .shop import Item, Shop

Record = dict[str, Any]
#: Tag of an item whose price is set by a rule.
AUTOMATED = "dynamic_standard_price"
ACTIVE = "ACTIVE"


def running(item: Item, now: datetime) -> Record | None:
    """The promotion that counts now: the cheapest of those that have begun."""
    found = [
        one
        for one in item.promotions
        if one["amount"] < item.body["price"]
        and parse_moment(one["start"]) <= now <= parse_moment(one["end"])
    ]
    return min(found, key=lambda one: one["amount"], default=None)


def sale_price(item: Item, now: datetime) -> float:
    """What buyers pay for one."""
    promotion = running(item, now)
    return float(promotion["amount"] if promotion else item.body["price"])


def add_promotion(shop: Shop, item: Item, values: Record) -> Record:
    """``{amount, type?, start?, end?, id?, name?}``; without times it runs a week."""
    start = values.get("start") or stamp(shop.moment)
    if not isinstance(start, str) or not isinstance(values.get("end") or "", str):
        raise ValueError("start and end must be timestamps")
    end = values.get("end") or stamp(parse_moment(start) + timedelta(days=7))
    kind = values.get("type") or "PRICE_DISCOUNT"
    number = values.get("id") or f"P-{item.body['site_id']}{shop.number()}"
    promotion = {
        "id": str(number),
        "type": kind,
        "amount": float(values["amount"]),
        "start": start,
        "end": end,
        "name": values.get("name") or kind,
    }
    if parse_moment(end) <= parse_moment(start):
        raise ValueError("the promotion ends before it starts")
    same = [one for one in item.promotions if one["id"] != promotion["id"]]
    item.promotions = [*same, promotion]
    tell(shop, item)
    return promotion


def drop_promotions(shop: Shop, item: Item, kind: str | None = None) -> int:
    """End the promotions of a kind, or all; how many."""
    kept = [one for one in item.promotions if kind not in (None, one["type"])]
    count = len(item.promotions) - len(kept)
    item.promotions = kept
    if count:
        tell(shop, item)
    return count


def lower(shop: Shop, item: Item) -> None:
    """After the price changed: a promotion that is running and is no cheaper than the
    price ends for good."""
    now = shop.moment
    item.promotions = [
        one
        for one in item.promotions
        if one["amount"] < item.body["price"] or parse_moment(one["start"]) > now
    ]


def automate(shop: Shop, item: Item, values: Record) -> Record | None:
    """``{on, status?, min_price?, max_price?, rule_id?}``: a rule sets the price, or
    no more; ``PAUSED`` keeps the rule, but the price is the seller's."""
    tags = [tag for tag in item.body["tags"] if tag != AUTOMATED]
    item.automation = None
    if values.get("on", True):
        price = item.body["price"]
        item.automation = {
            "item_id": item.id,
            "status": values.get("status") or ACTIVE,
            "item_rule": {"rule_id": values.get("rule_id") or "INT"},
            "min_price": values.get("min_price") or round(price * 0.8, 2),
            "max_price": values.get("max_price") or round(price * 1.2, 2),
            "status_detail": {"cause": None, "message": None},
        }
        tags.append(AUTOMATED)
    item.body["tags"] = tags
    shop.put(item)
    return item.automation


def tell(shop: Shop, item: Item) -> None:
    """Announce that the prices of an item are others."""
    shop.put(item)
    shop.announce("items_prices", f"/items/{item.id}/prices", item.seller_id)


def price_rows(item: Item) -> list[Record]:
    """``prices`` of ``/items/{id}/prices``: the standard one and the promotions."""
    body = item.body
    shared = {"currency_id": body["currency_id"], "last_updated": body["last_updated"]}
    rows = [
        {
            "id": "1",
            "type": "standard",
            "amount": body["price"],
            "regular_amount": None,
            **shared,
            "conditions": {
                "context_restrictions": ["channel_marketplace"],
                "start_time": None,
                "end_time": None,
            },
            "exchange_rate_context": "DEFAULT",
            "metadata": {},
        }
    ]
    for place, one in enumerate(item.promotions, 2):
        rows.append(
            {
                "id": str(place),
                "type": "promotion",
                "amount": one["amount"],
                "regular_amount": body["price"],
                **shared,
                "conditions": {
                    "context_restrictions": ["channel_marketplace"],
                    "start_time": one["start"],
                    "end_time": one["end"],
                },
                "exchange_rate_context": "DEFAULT",
                "metadata": {
                    "promotion_id": one["id"],
                    "promotion_type": one["type"].lower(),
                },
            }
        )
    return rows

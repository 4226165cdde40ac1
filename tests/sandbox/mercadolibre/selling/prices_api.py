"""Calls about prices, promotions, automation, fees and freight.

Source: MercadoLibre developers, Product prices, Price discount, Price automation, Fees
for listing, Shipping costs.
"""

from __future__ import annotations

import re
from typing import Any

from ...clock import parse_moment
from ...http import HttpError, Response, json_response
from ..catalogue import CURRENCY
from ..errors import error
from ..times import stamp
from .calls import Call, Calls
from .fees import RATES, free_shipping, listing_price
from .pricing import (
    add_promotion,
    automate,
    drop_promotions,
    price_rows,
    running,
    sale_price,
)
from .shop import Item, Shop
from .taxonomy_api import check_site

Record = dict[str, Any]


class PricesApi:
    """Handlers of prices, and their control calls."""

    def __init__(self, shop: Shop, calls: Calls) -> None:
        self.shop = shop
        item, promotions = "/items/{id}", "/seller-promotions/items/{id}"
        automation = "/pricing-automation/items/{id}/automation"
        calls.read("GET", f"{item}/prices", self.prices)
        calls.read("GET", f"{item}/sale_price", self.sale_price)
        calls.read("GET", automation, self.automation)
        calls.write("DELETE", automation, self.stop_automation)
        calls.read("GET", promotions, self.promotions)
        calls.write("POST", promotions, self.promote)
        calls.write("DELETE", promotions, self.unpromote)
        calls.read("GET", "/sites/{site}/listing_prices", self.listing_prices)
        calls.read("GET", "/users/{user}/shipping_options/free", self.free_shipping)
        calls.control("items/{id}/promotions", self.add_promotion)
        calls.control("items/{id}/automation", self.automate)

    def _own(self, call: Call) -> Item:
        return self.shop.own(call.seller_id, call.params["id"])

    def prices(self, call: Call) -> Response:
        """The standard price and those of promotions."""
        item = self._own(call)
        return json_response({"id": item.id, "prices": price_rows(item)})

    def sale_price(self, call: Call) -> Response:
        """What buyers pay now."""
        item = self._own(call)
        promotion = running(item, self.shop.moment)
        metadata: Record = {}
        if promotion:
            kind = promotion["type"].lower()
            metadata = {"promotion_id": promotion["id"], "promotion_type": kind}
        body = {
            "price_id": "2" if promotion else "1",
            "amount": sale_price(item, self.shop.moment),
            "regular_amount": item.body["price"] if promotion else None,
            "currency_id": item.body["currency_id"],
            "reference_date": stamp(self.shop.moment),
            "metadata": metadata,
        }
        return json_response(body)

    # Automation

    def automation(self, call: Call) -> Response:
        """The rule that sets the price; 404 without one."""
        item = self._own(call)
        if item.automation is None:
            return error(404, "not_found", f"Item {item.id} has no automation")
        return json_response(item.automation)

    def stop_automation(self, call: Call) -> Response:
        """No rule sets the price any more."""
        item = self._own(call)
        if item.automation is None:
            return error(404, "not_found", f"Item {item.id} has no automation")
        automate(self.shop, item, {"on": False})
        return Response(204, b"")

    def automate(self, params: dict[str, str], values: Record) -> Any:
        """``{on, status?, min_price?, max_price?, rule_id?, price?}``."""
        item = self.shop.items[params["id"]]
        if "price" in values:
            item.body["price"] = item.body["base_price"] = values["price"]
            resource = f"/items/{item.id}/prices"
            self.shop.announce("items_prices", resource, item.seller_id)
        return automate(self.shop, item, values)

    # Promotions

    def promotions(self, call: Call) -> Response:
        """Promotions of an item."""
        item = self._own(call)
        return json_response([self._promotion(item, one) for one in item.promotions])

    def _promotion(self, item: Item, one: Record) -> Record:
        now = self.shop.moment
        status = "pending" if parse_moment(one["start"]) > now else "started"
        if parse_moment(one["end"]) < now:
            status = "finished"
        return {
            "id": one["id"],
            "type": one["type"],
            "status": status,
            "price": one["amount"],
            "original_price": item.body["price"],
            "start_date": one["start"],
            "finish_date": one["end"],
            "name": one["name"],
        }

    def promote(self, call: Call) -> Response:
        """``{deal_price, start_date, finish_date, promotion_type}``."""
        item, body = self._own(call), call.body
        price = body.get("deal_price")
        if isinstance(price, bool) or not isinstance(price, (int, float)):
            return error(400, "bad_request", "deal_price must be a number")
        if not 0 < price < item.body["price"]:
            return error(400, "bad_request", "deal_price must be below the price")
        values = {"amount": price, "type": body.get("promotion_type")}
        values |= {"start": body.get("start_date"), "end": body.get("finish_date")}
        try:
            add_promotion(self.shop, item, values)
        except (TypeError, ValueError) as problem:
            return error(400, "bad_request", str(problem))
        answer = {"price": price, "original_price": item.body["price"]}
        return json_response(answer, 201)

    def unpromote(self, call: Call) -> Response:
        """End the item's promotions of a type (``?promotion_type=``)."""
        kind = call.query.get("promotion_type")
        if not drop_promotions(self.shop, self._own(call), kind):
            return error(404, "not_found", "The item has no such promotion")
        return Response(200, b"{}")

    def add_promotion(self, params: dict[str, str], values: Record) -> Record:
        """``{amount, type?, start?, end?, id?, name?}``; ``{end: true}`` ends all."""
        item = self.shop.items[params["id"]]
        if values.get("end") is True:
            return {"ended": drop_promotions(self.shop, item)}
        return add_promotion(self.shop, item, values)

    # Fees and freight

    def listing_prices(self, call: Call) -> Response:
        """Fees at a price: of one kind of listing, or a list of all kinds."""
        site, kind = check_site(call.params["site"]), call.query.get("listing_type_id")
        price = _amount(call.query.get("price"), "price")
        if kind is not None and kind not in RATES:
            return error(400, "bad_request", f"listing_type_id {kind} is invalid")
        category = call.query.get("category_id")
        if category is not None and not self._sells(site, category):
            return error(400, "bad_request", f"category_id {category} is invalid")
        currency = call.query.get("currency_id", CURRENCY[site])
        if currency != CURRENCY[site]:
            return error(400, "bad_request", f"currency_id {currency} is invalid")
        kinds = [kind] if kind else list(RATES)
        rows = [listing_price(site, one, price, category or "") for one in kinds]
        return json_response(rows[0] if kind else rows)

    def _sells(self, site: str, category_id: str) -> bool:
        found = self.shop.taxonomy.categories.get(category_id)
        return found is not None and found.listable and category_id.startswith(site)

    def free_shipping(self, call: Call) -> Response:
        """The seller's part of the freight: of an item, or before there is one."""
        query = call.query
        if call.params["user"] != str(call.seller_id):
            text = "The caller is not authorized to access this resource"
            return error(403, "forbidden", text, code="FORBIDDEN")
        site, weight = self.shop.site(call.seller_id), 1_000
        free = query.get("free_shipping") == "true"
        if query.get("item_id"):
            item = self.shop.own(call.seller_id, query["item_id"])
            price = sale_price(item, self.shop.moment)
            free = free or item.body["shipping"]["free_shipping"]
            told = item.body["shipping"]["dimensions"]
        else:
            price = _amount(query.get("item_price"), "item_price")
            told = query.get("dimensions")
        if told:
            found = re.fullmatch(r"\d+x\d+x\d+,(\d+)", told)
            if not found:
                return error(400, "bad_request", "dimensions are invalid")
            weight = int(found.group(1))
        return json_response(free_shipping(site, price, weight, free=free))


def _amount(text: str | None, name: str) -> float:
    try:
        amount = float(text or "")
    except ValueError:
        amount = -1.0
    if not 0 <= amount < 1e12:
        raise HttpError(error(400, "bad_request", f"{name} must be a number"))
    return amount

"""Prices of a shop's variants, and promotional ones.

A variant has a price per currency. A promotional price is one of a price list of type
*sale*; there is one of ours for each period. Source: docs.medusajs.com, "Price lists";
measured on the server 2.18.0: the prices of a variant are replaced as a whole, a
currency that the shop does not have is accepted, and a price that is added to a list
stands beside an earlier one of the same variant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from odoo.addons.channel_base.lib.bisect import bisect
from odoo.addons.channel_base.lib.errors import ChannelError, Rejected
from odoo.addons.channel_base.lib.reader import (
    decimal,
    identifier,
    mapping,
    required_identifier,
    sequence,
    word,
)
from odoo.addons.channel_base.lib.text import exact
from odoo.addons.channel_outgoing.lib.kind import Content
from odoo.addons.channel_outgoing.lib.writer import Answer, Found, Record, Target

from .client import MedusaClient, segment

# Key of a price list's metadata with its period
_PERIOD = "odoo_promotion"
_VARIANT_FIELDS = "id,product_id,*prices"

Block = Mapping[str, Any]


@dataclass(frozen=True)
class Promotion:
    """A promotional price as it is there.

    :param period: ``from|until``
    """

    key: str
    price_list: str
    period: str
    currency: str
    amount: Decimal


class MedusaPrices:
    """The writer of prices.

    :param currency: ISO code of those that are compared
    """

    def __init__(self, client: MedusaClient, currency: str):
        self.client = client
        self.currency = currency.lower()
        self._currencies: set[str] | None = None

    def take_calls(self) -> int:
        """API calls made since this was last asked."""
        return self.client.take_calls()

    def find(self, kind: str, targets: Sequence[Target]) -> Mapping[str, Found]:
        """The prices of variants in the channel's currency."""
        ids = [target.external_id for target in targets if target.external_id]
        rows = self._read_variants(ids)
        promotions = self._read_promotions()[1]
        found = {}
        for target in targets:
            row = rows.get(target.external_id or "")
            if row:
                key = target.external_id or ""
                content = self._content(key, row, promotions.get(key, []))
                found[target.reference] = Found(key, content)
        return found

    def _content(
        self, key: str, row: Block, promotions: Sequence[Promotion]
    ) -> dict[str, Any]:
        prices = [
            price
            for price in _blocks(row, "prices")
            if price.get("currency_code") == self.currency and not price.get("rules")
        ]
        first: Block = prices[0] if prices else {}
        promotion = next((p for p in promotions if p.currency == self.currency), None)
        begin, _bar, end = promotion.period.partition("|") if promotion else ("",) * 3
        return {
            "item": key,
            "amount": float(decimal(first.get("amount"), "amount")) if first else None,
            "currency": self.currency.upper() if first else None,
            "promotion_amount": float(promotion.amount) if promotion else None,
            "promotion_from": begin or None,
            "promotion_until": end or None,
        }

    def put(self, kind: str, records: Sequence[Record]) -> Mapping[str, Answer]:
        """Write prices, a call per product, and then their promotions."""
        rows = self._read_variants([str(content["item"]) for _, content in records])
        answers: dict[str, Answer] = {}
        groups: dict[str, list[Record]] = {}
        for target, content in records:
            row = rows.get(str(content["item"]))
            currency = str(content["currency"] or "").lower()
            if row is None:
                answers[target.reference] = Rejected("not_found", "item")
            elif currency not in self._get_currencies():
                answers[target.reference] = Rejected(
                    "currency_missing", "currency", currency=currency.upper()
                )
            else:
                product = required_identifier(row.get("product_id"), "product_id")
                groups.setdefault(product, []).append((target, content))
        for product, some in groups.items():
            answers.update(self._put_product(product, some, rows))
        taken = [r for r in records if isinstance(answers.get(r[0].reference), str)]
        if taken:
            answers.update(_halve(taken, self._put_promotions))
        return answers

    def delete(
        self, kind: str, targets: Sequence[Target]
    ) -> Mapping[str, ChannelError]:
        """Nothing is deleted: what has no price any more keeps its last one."""
        return {target.reference: Rejected("not_deleted") for target in targets}

    def _put_product(
        self, product: str, records: Sequence[Record], rows: Mapping[str, Block]
    ) -> dict[str, Answer]:
        """Prices of variants of one product; each alone if one is refused."""
        path = f"/admin/products/{segment(product)}/variants/batch"

        def write(some: Sequence[Record]) -> None:
            bodies = [_prices(content, rows) for _target, content in some]
            self.client.post(path, {"create": [], "update": bodies, "delete": []})

        return _halve(records, write)

    def _put_promotions(self, records: Sequence[Record]) -> None:
        """Bring the promotions of variants about."""
        lists, there = self._read_promotions()
        changes: dict[str, dict[str, list[Any]]] = {}
        for _target, content in records:
            self._plan_promotion(content, lists, there, changes)
        for price_list, change in changes.items():
            if change:
                path = f"/admin/price-lists/{segment(price_list)}/prices/batch"
                body = {"create": [], "update": [], "delete": [], **change}
                self.client.post(path, body)

    def _plan_promotion(
        self,
        content: Content,
        lists: dict[str, str],
        there: Mapping[str, list[Promotion]],
        changes: dict[str, dict[str, list[Any]]],
    ) -> None:
        """What brings one variant's promotion about: our former prices go."""
        item = str(content["item"])
        amount, period = content.get("promotion_amount"), _period(content)
        currency = str(content["currency"]).lower()
        is_there = False
        for known in there.get(item, ()):
            change = changes.setdefault(known.price_list, {})
            if amount is None or known.period != period or is_there:
                change.setdefault("delete", []).append(known.key)
                continue
            is_there = True
            if (known.amount, known.currency) != (Decimal(str(amount)), currency):
                change.setdefault("update", []).append(
                    {
                        "id": known.key,
                        "variant_id": item,
                        "currency_code": currency,
                        "amount": amount,
                    }
                )
        if amount is None or is_there:
            return
        if period not in lists:
            lists[period] = self._create_list(period)
        change = changes.setdefault(lists[period], {})
        change.setdefault("create", []).append(
            {"variant_id": item, "currency_code": currency, "amount": amount}
        )

    def _create_list(self, period: str) -> str:
        begin, _bar, end = period.partition("|")
        body = {
            "title": f"Odoo {begin[:10]} – {end[:10]}".strip(" –"),
            "description": "Promotional prices, kept by Odoo",
            "type": "sale",
            "status": "active",
            "starts_at": begin or None,
            "ends_at": end or None,
            "rules": {},
            "prices": [],
            "metadata": {_PERIOD: period},
        }
        answer = self.client.post("/admin/price-lists", body)
        price_list = mapping(answer.get("price_list"), "price_list")
        return required_identifier(price_list.get("id"), "price_list.id")

    def _read_promotions(self) -> tuple[dict[str, str], dict[str, list[Promotion]]]:
        """Our price lists by period, and what they say by variant."""
        rows = self.client.read_all(
            "/admin/price-lists", "price_lists", fields="id,metadata"
        )
        lists: dict[str, str] = {}
        found: dict[str, list[Promotion]] = {}
        for row in rows:
            metadata = mapping(row.get("metadata"), "metadata")
            period = exact(metadata.get(_PERIOD))
            if not period:
                continue
            key = required_identifier(row.get("id"), "id")
            lists.setdefault(period, key)
            prices = self.client.read_all(
                f"/admin/price-lists/{segment(key)}/prices", "prices"
            )
            for price in prices:
                variant = _variant_of(price)
                found.setdefault(variant, []).append(_promotion(price, key, period))
        return lists, found

    def _read_variants(self, ids: Sequence[str]) -> dict[str, Block]:
        rows = self.client.read_some(
            "/admin/product-variants", "variants", ids, fields=_VARIANT_FIELDS
        )
        return {required_identifier(row.get("id"), "id"): row for row in rows}

    def _get_currencies(self) -> set[str]:
        if self._currencies is None:
            self._currencies = self.client.read_currencies()
        return self._currencies


def _halve(
    records: Sequence[Record], write: Callable[[Sequence[Record]], None]
) -> dict[str, Answer]:
    """An answer per record of a call that is all or nothing."""

    def work(some: Sequence[Record]) -> dict[str, Answer]:
        write(some)
        return {target.reference: str(content["item"]) for target, content in some}

    def refuse(one: Sequence[Record], error: Exception) -> dict[str, Answer]:
        assert isinstance(error, Rejected)
        return {one[0][0].reference: error}

    answers: dict[str, Answer] = {}
    for part in bisect(records, work, refuse, errors=Rejected):
        answers.update(part)
    return answers


def _prices(content: Content, rows: Mapping[str, Block]) -> dict[str, Any]:
    """The prices of a variant with ours: all that are there are sent again."""
    item = str(content["item"])
    currency = str(content["currency"]).lower()
    ours = {"currency_code": currency, "amount": content["amount"]}
    prices = []
    for price in _blocks(rows[item], "prices"):
        kept = {
            key: price[key]
            for key in ("id", "currency_code", "amount", "rules", "min_quantity")
            if price.get(key)
        }
        is_plain = not price.get("rules") and not price.get("min_quantity")
        if is_plain and price.get("currency_code") == currency:
            ours["id"] = price["id"]
        else:
            prices.append(kept)
    return {"id": item, "prices": [*prices, ours]}


def _period(content: Content) -> str:
    begin = content.get("promotion_from") or ""
    return f"{begin}|{content.get('promotion_until') or ''}"


def _variant_of(price: Block) -> str:
    price_set = mapping(price.get("price_set"), "price_set")
    variant = mapping(price_set.get("variant"), "variant")
    return identifier(variant.get("id"), "variant.id")


def _promotion(price: Block, price_list: str, period: str) -> Promotion:
    return Promotion(
        required_identifier(price.get("id"), "id"),
        price_list,
        period,
        word(price.get("currency_code"), "currency_code"),
        decimal(price.get("amount"), "amount"),
    )


def _blocks(parent: Block, name: str) -> list[Block]:
    rows = sequence(parent.get(name), name, limit=2000)
    return [mapping(row, f"{name}[{index}]") for index, row in enumerate(rows)]

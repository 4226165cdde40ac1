"""Prices of an account's items: the writer.

An item has a standard price; while a promotion runs its buyers pay less, and a standard
price at or below that ends the promotion. An item with price automation keeps the price
that the service sets: it refuses another, or accepts the call and ignores it. Items of
the former kind with variations have one price. Source: developers.mercadolibre.com,
"Prices", "Price automation", "Variations".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from odoo.addons.channel_base.lib.errors import (
    ChannelError,
    Rejected,
    Retryable,
    Several,
)
from odoo.addons.channel_base.lib.parallel import WORKERS, gather
from odoo.addons.channel_base.lib.reader import (
    decimal,
    mapping,
    moment,
    optional_decimal,
    sequence,
    word,
)
from odoo.addons.channel_catalog.lib.contents import CAUTIOUS, SHARED, get_question
from odoo.addons.channel_catalog.lib.price import format_moment
from odoo.addons.channel_outgoing.lib.kind import Content
from odoo.addons.channel_outgoing.lib.writer import (
    UNREAD,
    Answer,
    Found,
    NotTaken,
    Record,
    Target,
    Written,
)

from .account import Seller
from .causes import AUTOMATED, read_causes
from .items import read_each, split_place
from .items_client import ItemsClient
from .watch import AccountWatch

# Of a rule that sets a price
ACTIVE = "ACTIVE"
_FIELDS = ("id", "price", "original_price", "currency_id")

Block = Mapping[str, Any]


@dataclass(frozen=True)
class Standing:
    """What an item costs.

    :param regular: the standard price
    :param paid: what buyers pay; less while a promotion runs
    :param until: when that ends, naive in UTC; None if nobody says
    """

    regular: Decimal
    paid: Decimal
    currency: str
    until: datetime | None = None

    @property
    def promoted(self) -> bool:
        """Whether a promotion runs."""
        return self.paid < self.regular

    @property
    def details(self) -> dict[str, str]:
        """What is told with a price, see ``channel_catalog.lib.contents``."""
        if not self.promoted:
            return {}
        until = format_moment(self.until)
        return {
            "paid": _text(self.paid),
            **({"paid_until": until} if until else {}),
        }


class MercadoLibrePrices:
    """Prices of an account's items. Usable from several threads.

    :param note_seller: see :class:`.watch.AccountWatch`
    """

    def __init__(
        self,
        client: ItemsClient,
        note_seller: Callable[[Seller], None] = lambda _seller: None,
    ):
        self.client = client
        self.account = AccountWatch(client, note_seller)

    def take_calls(self) -> int:
        """API calls made since this was last asked."""
        return self.client.take_calls()

    def find(self, kind: str, targets: Sequence[Target]) -> Mapping[str, Found]:
        """Standard prices, however many, by twenty in a call; of one that cannot be
        read now the details say so."""
        known = [target for target in targets if target.external_id]
        there = self._read({split_place(one.external_id)[0] for one in known})
        found = {}
        for target in known:
            external_id = str(target.external_id)
            standing = there.get(split_place(external_id)[0])
            if isinstance(standing, ChannelError):
                found[target.reference] = Found(external_id, {}, {UNREAD: "1"})
            elif standing is not None:
                content = _content(external_id, standing)
                found[target.reference] = Found(external_id, content, standing.details)
        return found

    def put(self, kind: str, records: Sequence[Record]) -> Mapping[str, Answer]:
        """Write the prices that are others there, a call for each item; an account
        that is suspended is asked once."""
        if error := self.account.suspended:
            return {target.reference: error for target, _content in records}
        try:
            return self._put_items(records)
        finally:
            self.account.note()

    def delete(
        self, kind: str, targets: Sequence[Target]
    ) -> Mapping[str, ChannelError]:
        """Nothing is deleted: what is not sent any more is left as it is."""
        return {target.reference: Rejected("not_deleted") for target in targets}

    def _put_items(self, records: Sequence[Record]) -> dict[str, Answer]:
        groups: dict[str, list[Record]] = {}
        for record in records:
            item_id, _variation = split_place(record[1]["item"])
            groups.setdefault(item_id, []).append(record)
        there = self._read(groups)

        def put(item_id: str) -> dict[str, Answer]:
            return self._put_item(item_id, groups[item_id], there.get(item_id))

        answers: dict[str, Answer] = {}
        for item_id, answer in zip(
            groups, gather(list(groups), put, WORKERS), strict=True
        ):
            if isinstance(answer, Exception):
                answer = dict.fromkeys(
                    (target.reference for target, _ in groups[item_id]), answer
                )
            answers.update(answer)
        return answers

    def _read(self, ids: Iterable[str]) -> dict[str, Standing | ChannelError]:
        """What items cost, or why one alone does not tell it now; those that are gone
        are absent.

        :raises ChannelError: none can be read
        """
        items, errors = read_each(self.client, ids, _FIELDS)
        found: dict[str, Standing | ChannelError] = {
            item_id: _unread(error) for item_id, error in errors.items()
        }
        names = list(items)
        answers = gather(names, lambda id_: self._read_standing(items[id_]), WORKERS)
        for item_id, answer in zip(names, answers, strict=True):
            if isinstance(answer, ChannelError):
                answer = _unread(answer)
            elif isinstance(answer, Exception):
                raise answer
            found[item_id] = answer
        return found

    def _read_standing(self, item: Block) -> Standing:
        """What an item costs, as its body tells; where that does not say, as is
        announced, the item is asked."""
        price = optional_decimal(item.get("price"), "price")
        regular = optional_decimal(item.get("original_price"), "original_price")
        currency = item.get("currency_id")
        if price is None:
            body = self.client.sale_price(str(item["id"])).body
            sale = mapping(body, "sale_price")
            price = decimal(sale.get("amount"), "amount")
            regular = optional_decimal(sale.get("regular_amount"), "regular_amount")
            currency = sale.get("currency_id")
        regular = price if regular is None else max(regular, price)
        return Standing(regular, price, word(currency, "currency_id"))

    def _read_end(self, item_id: str, paid: Decimal) -> datetime | None:
        """When the promotion ends in which an item costs so much."""
        body = mapping(self.client.prices(item_id).body, "prices")
        ends = []
        for row in sequence(body.get("prices"), "prices"):
            price = mapping(row, "prices")
            conditions = price.get("conditions")
            if (
                price.get("type") == "promotion"
                and optional_decimal(price.get("amount"), "amount") == paid
                and isinstance(conditions, dict)
            ):
                ends.append(moment(conditions.get("end_time"), "end_time"))
        return max((end for end in ends if end), default=None)

    def _put_item(
        self,
        item_id: str,
        records: Sequence[Record],
        there: Standing | Exception | None,
    ) -> dict[str, Answer]:
        """An answer for each listing of an item, all of which have one price."""
        if there is None:
            there = Rejected("not_found", "item")
        wanted = {_amount(content) for _target, content in records}
        if isinstance(there, Exception):
            answer: Standing | Exception = there
        elif len(wanted) > 1:
            prices = ", ".join(_text(one) for one in sorted(wanted))
            answer = Rejected("price_shared", "price", prices=prices)
        else:
            answer = self._write(item_id, wanted.pop(), records, there)
        return {
            target.reference: _tell(str(content["item"]), answer)
            for target, content in records
        }

    def _write(
        self, item_id: str, wanted: Decimal, records: Sequence[Record], there: Standing
    ) -> Standing | Exception:
        """What the item costs afterwards, or why not what it shall."""
        currency = str(records[0][1]["currency"])
        manner = {key: one for _, content in records for key, one in content.items()}
        if there.currency != currency:
            return Rejected(
                "meli_currency", "price", there=there.currency, currency=currency
            )
        if there.regular == wanted:
            return there
        if CAUTIOUS in manner and self._is_automated(item_id):
            return _not_taken("price_automated", wanted, there, "kept")
        ends = there.promoted and wanted <= there.paid
        if question := get_question(ends, manner):
            if ends:
                there = replace(there, until=self._read_end(item_id, there.paid))
            names = str(manner.get(SHARED) or "")
            return _not_taken(question, wanted, there, "asks", names=names)
        try:
            body = self.account.attempt(
                lambda: self.client.update_item(item_id, {"price": _number(wanted)})
            ).body
        except Rejected as error:
            reasons = error.errors if isinstance(error, Several) else (error,)
            if any(one.code == AUTOMATED for one in reasons):
                return _not_taken("price_automated", wanted, there, "kept")
            return error
        return self._check(item_id, wanted, mapping(body, "item"))

    def _check(
        self, item_id: str, wanted: Decimal, body: Block
    ) -> Standing | Exception:
        """What became of a price that was accepted, or ignored."""
        now = self._read_standing({**body, "id": item_id})
        if now.regular == wanted:
            return now
        causes = read_causes(body.get("warnings"))
        if any(cause.code == AUTOMATED for cause in causes):
            return _not_taken("price_automated", wanted, now, "kept")
        if self._is_automated(item_id):
            return _not_taken("price_automated", wanted, now, "kept")
        return _not_taken("price_not_taken", wanted, now, "error")

    def _is_automated(self, item_id: str) -> bool:
        """Whether a rule sets the price now; of one that is paused, or in a way that
        nobody knows, the service says so when the price is written."""
        try:
            body = self.client.price_automation(item_id).body
        except Rejected:
            # There is none, or nobody may know.
            return False
        return isinstance(body, dict) and body.get("status") == ACTIVE


def _unread(error: ChannelError) -> Retryable:
    """Of an item that is there and does not tell what it costs: it may do so later."""
    after = error.after if isinstance(error, Retryable) else None
    return Retryable(str(error), after, alone=True)


def _amount(content: Content) -> Decimal:
    return Decimal(str(content["amount"]))


def _text(amount: Decimal) -> str:
    return f"{amount.normalize():f}"


def _number(amount: Decimal) -> int | float:
    """An amount as JSON: without decimals where it has none."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _content(external_id: str, standing: Standing) -> dict[str, Any]:
    return {
        "item": external_id,
        "amount": float(standing.regular),
        "currency": standing.currency,
        "promotion_amount": None,
        "promotion_from": None,
        "promotion_until": None,
    }


def _not_taken(
    code: str, wanted: Decimal, there: Standing, state: Any, **params: str
) -> NotTaken:
    return NotTaken(
        code,
        _content("", there),
        state,
        there.until,
        price=_text(wanted),
        there=_text(there.regular),
        currency=there.currency,
        **there.details,
        **params,
    )


def _tell(external_id: str, answer: Standing | Exception) -> Answer:
    """The answer of one of the listings of an item."""
    if isinstance(answer, Standing):
        return Written(external_id, answer.details)
    if isinstance(answer, NotTaken) and answer.found is not None:
        found = {**answer.found, "item": external_id}
        return NotTaken(answer.code, found, answer.state, answer.until, **answer.params)
    return answer

"""Prices of items: read back, automated, promoted, shared by variations; fees."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from sandbox.mercadolibre import MercadoLibreSandbox

from odoo.addons.channel_base.lib.errors import Rejected, Retryable, Suspended
from odoo.addons.channel_base.lib.parallel import WORKERS
from odoo.addons.channel_catalog.lib.charges import Fee, Question
from odoo.addons.channel_mercadolibre.lib.fees import MercadoLibreFees
from odoo.addons.channel_mercadolibre.lib.items_client import ItemsClient
from odoo.addons.channel_mercadolibre.lib.prices import MercadoLibrePrices
from odoo.addons.channel_outgoing.lib.writer import (
    Answer,
    Found,
    NotTaken,
    Target,
    Written,
)

from tests.pure.channel_mercadolibre.support import Account, accounts

END = "2030-12-24T23:59:59.000-04:00"


class Desk:
    """A seller with a writer of prices, and what lies on the other side."""

    def __init__(self, sandbox: MercadoLibreSandbox):
        self.account: Account = accounts(sandbox)[0]
        self.client = ItemsClient(sandbox.url, self.account.token, timeout=(2.0, 3.0))
        self.noted: list[Any] = []
        self.writer = MercadoLibrePrices(self.client, self.noted.append)

    def control(self, path: str, **values: Any) -> Any:
        return self.account.control("POST", path, values)

    def list(self, price: float = 5000, **values: Any) -> str:
        """The id of an item made in the service's own pages."""
        shown: dict[str, Any] = {"title": "Termo", "sku": "T-1", "quantity": 5}
        shown.update(seller_id=int(self.account.seller_id), price=price, **values)
        item = self.control("items", **shown)
        return str(item["id"])

    def vary(self) -> list[str]:
        """The listings of an item with three variations."""
        colours = [
            {"attributes": [{"id": "COLOR", "value_name": one}], "sku": one}
            for one in ("Rojo", "Azul", "Verde")
        ]
        item = self.list(variations=[{**one, "quantity": 2} for one in colours])
        body = self.account.control("GET", f"items/{item}")
        return [f"{item}/{one['id']}" for one in body["variations"]]

    def price(self, item: str) -> float:
        body = self.account.control("GET", f"items/{item.partition('/')[0]}")
        return float(body["price"])

    def promote(self, item: str, amount: float, **values: Any) -> None:
        self.control(f"items/{item}/promotions", amount=amount, end=END, **values)

    def put(self, item: str, amount: float, **manner: Any) -> Answer:
        return self.put_all({item: amount}, **manner)[item]

    def put_all(self, prices: dict[str, float], **manner: Any) -> dict[str, Answer]:
        records = [
            (Target(item, item), {**content(item, amount), **manner})
            for item, amount in prices.items()
        ]
        return dict(self.writer.put("price", records))

    def find(self, *items: str) -> dict[str, Found]:
        return dict(self.writer.find("price", [Target(one, one) for one in items]))

    def calls(self) -> tuple[int, int]:
        """Writing and reading calls since this was last asked."""
        writes = len(self.account.control("GET", "writes"))
        return writes, self.writer.take_calls() - writes


def content(item: str, amount: float, currency: str = "ARS") -> dict[str, Any]:
    promotion = ("promotion_amount", "promotion_from", "promotion_until")
    return {
        "item": item,
        "amount": amount,
        "currency": currency,
        **dict.fromkeys(promotion),
    }


def not_taken(answer: Answer) -> NotTaken:
    assert isinstance(answer, NotTaken), answer
    return answer


@pytest.fixture
def desk() -> Iterator[Desk]:
    with MercadoLibreSandbox(seed=7, orders=0) as running:
        yield Desk(running)


# What is written and read


def test_a_price_costs_one_writing_call_and_a_twentieth_of_a_reading(
    desk: Desk,
) -> None:
    items = [desk.list() for _number in range(41)]
    desk.calls()
    answers = desk.put_all(dict.fromkeys(items, 6000.5))
    assert all(isinstance(one, Written) for one in answers.values())
    assert desk.calls() == (41, 3)
    assert {desk.price(item) for item in items} == {6000.5}
    # What is right already is not written again.
    desk.put_all(dict.fromkeys(items, 6000.5))
    assert desk.calls() == (0, 3)
    found = desk.find(*items)
    assert desk.calls() == (0, 3)
    assert found[items[0]].content == content(items[0], 6000.5)


def test_items_of_others_and_unknown_ones_are_not_found(desk: Desk) -> None:
    item = desk.list()
    assert desk.find("MLA999", item).keys() == {item}
    answers = desk.put_all({"MLA999": 6000, item: 6000})
    unknown = answers["MLA999"]
    assert isinstance(unknown, Rejected)
    assert unknown.code == "not_found"
    assert desk.price(item) == 6000


def test_least_and_greatest_prices_are_told(desk: Desk) -> None:
    item = desk.list()
    for amount, code in ((1, "meli_price_low"), (99_999_999_999, "meli_price_high")):
        answer = desk.put(item, amount)
        assert isinstance(answer, Rejected)
        assert (answer.code, answer.field) == (code, "price")
        assert answer.params["text"]
    assert desk.price(item) == 5000


def test_an_item_in_another_currency_is_not_touched(desk: Desk) -> None:
    item = desk.list()
    desk.control(f"items/{item}", currency_id="USD", price=50)
    answer = desk.put(item, 6000)
    assert isinstance(answer, Rejected)
    assert answer.code == "meli_currency"
    assert desk.price(item) == 50
    assert desk.find(item)[item].content["currency"] == "USD"


def test_a_closed_item_says_so_and_holds_no_other(desk: Desk) -> None:
    closed, item = desk.list(), desk.list()
    desk.control(f"items/{closed}", status="closed")
    answers = desk.put_all({closed: 6000, item: 6000})
    assert isinstance(answers[closed], Rejected)
    assert desk.price(item) == 6000


def test_a_busy_item_is_tried_again(desk: Desk) -> None:
    item = desk.list()
    desk.control("settings", conflicts=1)
    answer = desk.put(item, 6000)
    assert isinstance(answer, Retryable)
    assert answer.alone
    assert isinstance(desk.put(item, 6000), Written)


@pytest.mark.parametrize("status", [451, 500, 503])
def test_one_that_cannot_be_read_now_keeps_no_other_waiting(
    desk: Desk, status: int
) -> None:
    items = [desk.list() for _number in range(40)]
    odd = items[7]
    desk.control("unreadable", items={odd: status})
    found = desk.find(*items)
    assert found.keys() == set(items)
    assert found[odd].details == {"unread": "1"}
    assert found[items[8]].content == content(items[8], 5000)
    answers = desk.put_all(dict.fromkeys(items, 6000))
    refused = answers.pop(odd)
    assert isinstance(refused, Retryable)
    assert refused.alone
    assert all(isinstance(one, Written) for one in answers.values())
    desk.control("unreadable", items={})
    assert isinstance(desk.put(odd, 6000), Written)


def test_one_whose_answer_is_odd_keeps_no_other_waiting(desk: Desk) -> None:
    items = [desk.list() for _number in range(3)]
    bulk = desk.client.bulk_items

    def bulk_odd(ids: Any, fields: Any = ()) -> Any:
        answer = bulk(ids, fields)
        for row in answer.body:
            if row["body"]["id"] == items[0]:
                row["body"]["price"] = {"amount": "dear"}
        return answer

    desk.client.bulk_items = bulk_odd  # type: ignore[method-assign]
    assert desk.find(*items)[items[0]].details == {"unread": "1"}
    answers = desk.put_all(dict.fromkeys(items, 6000))
    assert isinstance(answers[items[0]], Retryable)
    assert [desk.price(item) for item in items] == [5000, 6000, 6000]


def test_a_suspended_account_is_asked_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = [desk.list() for _number in range(30)]
    asked: list[str] = []

    def refuse(number: str, body: dict[str, Any]) -> Any:
        asked.append(number)
        raise Suspended("seller.unable_to_list")

    monkeypatch.setattr(desk.client, "update_item", refuse)
    answers = desk.put_all(dict.fromkeys(items, 6000))
    assert answers.keys() == set(items)
    assert all(isinstance(answer, Suspended) for answer in answers.values())
    assert 0 < len(asked) <= WORKERS
    assert [seller.id for seller in desk.noted] == [desk.account.seller_id]
    desk.calls()
    # Nothing is read either.
    assert isinstance(desk.put(items[0], 6000), Suspended)
    assert (len(asked) <= WORKERS, len(desk.noted)) == (True, 1)
    assert desk.calls() == (0, 0)


# Automation


def test_an_automated_price_is_the_services(desk: Desk) -> None:
    item = desk.list()
    desk.control(f"items/{item}/automation", on=True, price=4444)
    desk.calls()
    answer = not_taken(desk.put(item, 6000))
    assert (answer.code, answer.state) == ("price_automated", "kept")
    assert answer.found == content(item, 4444)
    assert answer.params["there"] == "4444"
    assert desk.price(item) == 4444
    # Looked at again it is only read; what is over goes out.
    desk.calls()
    assert not_taken(desk.put(item, 6000, cautious=True)).state == "kept"
    assert desk.calls() == (0, 2)
    desk.control(f"items/{item}/automation", on=False)
    assert isinstance(desk.put(item, 6000, cautious=True), Written)
    assert desk.price(item) == 6000


def test_a_price_that_is_ignored_with_a_warning_is_noticed(desk: Desk) -> None:
    """The call with other fields is accepted, and the price is not."""
    item = desk.list()
    desk.control(f"items/{item}/automation", on=True)
    update = desk.client.update_item

    def update_more(item_id: str, body: Any) -> Any:
        return update(item_id, {**body, "sale_terms": []})

    desk.client.update_item = update_more  # type: ignore[method-assign]
    answer = not_taken(desk.put(item, 6000))
    assert (answer.code, answer.state) == ("price_automated", "kept")


def test_a_price_that_is_ignored_without_a_word_is_an_error(desk: Desk) -> None:
    item = desk.list()
    update = desk.client.update_item

    def update_nothing(item_id: str, body: Any) -> Any:
        return update(item_id, {"sale_terms": []})

    desk.client.update_item = update_nothing  # type: ignore[method-assign]
    answer = not_taken(desk.put(item, 6000))
    assert (answer.code, answer.state) == ("price_not_taken", "error")
    assert answer.found == content(item, 5000)


def test_a_rule_that_is_paused_leaves_the_price_to_odoo(desk: Desk) -> None:
    item = desk.list()
    desk.control(f"items/{item}/automation", on=True)
    assert not_taken(desk.put(item, 6000)).state == "kept"
    desk.control(f"items/{item}/automation", on=True, status="PAUSED")
    assert isinstance(desk.put(item, 6000, cautious=True), Written)
    assert desk.price(item) == 6000
    # What is ignored all the same is no automation's doing.
    update = desk.client.update_item

    def update_nothing(item_id: str, body: Any) -> Any:
        return update(item_id, {"sale_terms": []})

    desk.client.update_item = update_nothing  # type: ignore[method-assign]
    answer = not_taken(desk.put(item, 7000, cautious=True))
    assert (answer.code, answer.state) == ("price_not_taken", "error")


@pytest.mark.parametrize("body", [{}, [], None, {"status": 1}, {"status": "NEW"}])
def test_what_nobody_knows_is_no_automation(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, body: Any
) -> None:
    item = desk.list()
    told = type("Answer", (), {"body": body})
    monkeypatch.setattr(desk.client, "price_automation", lambda _item: told)
    assert isinstance(desk.put(item, 6000, cautious=True), Written)


# Promotions


def test_a_price_above_a_promotion_is_the_regular_one(desk: Desk) -> None:
    item = desk.list()
    desk.promote(item, 4000)
    answer = desk.put(item, 4500)
    assert isinstance(answer, Written)
    assert answer.details == {"paid": "4000"}
    assert desk.price(item) == 4500
    found = desk.find(item)[item]
    assert found.content["amount"] == 4500
    assert found.details == {"paid": "4000"}


@pytest.mark.parametrize("amount", [4000, 3999.99])
def test_a_price_that_would_end_a_promotion_asks(desk: Desk, amount: float) -> None:
    item = desk.list()
    desk.promote(item, 4000)
    desk.calls()
    answer = not_taken(desk.put(item, amount))
    assert (answer.code, answer.state) == ("price_ends_promotion", "asks")
    assert answer.until == datetime(2030, 12, 25, 3, 59, 59)
    assert answer.params["paid"] == "4000"
    assert answer.params["paid_until"] == "2030-12-25T03:59:59Z"
    assert answer.found == content(item, 5000)
    assert desk.calls() == (0, 2)
    assert desk.price(item) == 5000
    # A person insists: the promotion is over, and so says the item.
    answer = desk.put(item, amount, insist=True)
    assert isinstance(answer, Written)
    assert (desk.price(item), answer.details) == (amount, {})


def test_a_promotion_that_is_over_or_to_come_asks_nothing(desk: Desk) -> None:
    item = desk.list()
    desk.promote(item, 4000, start="2030-12-01T00:00:00.000-04:00")
    assert isinstance(desk.put(item, 3000), Written)
    other = desk.list()
    desk.promote(other, 4000)
    desk.control(f"items/{other}/promotions", end=True)
    assert isinstance(desk.put(other, 3000), Written)


def test_an_item_whose_body_has_no_price_any_more(desk: Desk) -> None:
    """As is announced: it is asked for what buyers pay."""
    plain, promoted = desk.list(), desk.list()
    desk.promote(promoted, 4000)
    bulk = desk.client.bulk_items

    def bulk_less(ids: Any, fields: Any = ()) -> Any:
        answer = bulk(ids, fields)
        for row in answer.body:
            row["body"].pop("price"), row["body"].pop("original_price", None)
        return answer

    desk.client.bulk_items = bulk_less  # type: ignore[method-assign]
    found = desk.find(plain, promoted)
    assert found[plain].content == content(plain, 5000)
    assert found[promoted].content == content(promoted, 5000)
    assert found[promoted].details == {"paid": "4000"}
    assert not_taken(desk.put(promoted, 3000)).state == "asks"


# Variations


def test_the_variations_of_an_item_have_one_price(desk: Desk) -> None:
    items = desk.vary()
    desk.calls()
    answers = desk.put_all(dict.fromkeys(items, 6000))
    assert all(isinstance(one, Written) for one in answers.values())
    assert desk.calls() == (1, 1)
    assert desk.price(items[0]) == 6000
    found = desk.find(*items)
    assert [found[one].content for one in items] == [
        content(one, 6000) for one in items
    ]


def test_variations_with_different_prices_change_nothing(desk: Desk) -> None:
    items = desk.vary()
    alone = desk.list()
    desk.calls()
    answers = desk.put_all({items[0]: 6000, items[1]: 7000, alone: 8000})
    for item in items[:2]:
        answer = answers[item]
        assert isinstance(answer, Rejected)
        assert answer.code == "price_shared"
        assert answer.params["prices"] == "6000, 7000"
    assert (desk.price(items[0]), desk.price(alone)) == (5000, 8000)
    assert desk.calls()[0] == 1


def test_a_price_that_is_also_others_asks(desk: Desk) -> None:
    items = desk.vary()
    shared = {"shared_with": "Verde"}
    assert isinstance(desk.put(items[0], 5000, **shared), Written)
    desk.calls()
    answer = not_taken(desk.put(items[0], 4000, **shared))
    assert (answer.code, answer.state) == ("price_shared_kept", "asks")
    assert (answer.params["names"], answer.until) == ("Verde", None)
    assert desk.calls() == (0, 1)
    desk.promote(items[0].partition("/")[0], 4500)
    answer = not_taken(desk.put(items[0], 4000, **shared))
    assert answer.code == "price_ends_promotion_shared"
    assert (answer.params["names"], answer.params["paid"]) == ("Verde", "4500")
    assert answer.until
    assert desk.price(items[0]) == 5000 or desk.price(items[0]) == 4500
    assert isinstance(desk.put(items[0], 4000, insist=True, **shared), Written)
    assert desk.price(items[0]) == 4000


# Nobody answers


def test_nobody_there_is_nobodys_price(desk: Desk) -> None:
    items = [desk.list() for _number in range(3)]
    desk.account.fault(match=r"GET /items/bulk", kind="5xx", status=503, times=9)
    with pytest.raises(Retryable):
        desk.put_all(dict.fromkeys(items, 6000))
    assert {desk.price(item) for item in items} == {5000}


# Fees


def ask(category: str, kind: str, price: str, currency: str = "ARS") -> Question:
    return Question(category, kind, Decimal(price), currency)


def test_fees_leave_most_of_the_calls_to_others(desk: Desk) -> None:
    threads: set[int] = set()

    class Client:
        def listing_prices(self, site: str, **params: str) -> Any:
            threads.add(threading.get_ident())
            time.sleep(0.01)
            raise Rejected("not_found")

    fees = MercadoLibreFees(Client(), "MLA")  # type: ignore[arg-type]
    fees.ask(Question("C", "gold_pro", Decimal(n), "ARS") for n in range(1, 20))
    assert len(threads) <= 2


def test_fees_are_asked_for_once_for_all_types(desk: Desk) -> None:
    fees = MercadoLibreFees(desk.client, "MLA")
    classic = ask("MLA6001", "gold_special", "40000")
    premium = ask("MLA6001", "gold_pro", "40000")
    cheap = ask("MLA6001", "gold_special", "1000.5")
    desk.client.take_calls()
    told = fees.ask([classic, premium, cheap])
    assert fees.take_calls() == 2
    assert told[classic] == Fee(Decimal("5200.0"), Decimal("13.0"), Decimal("0.0"))
    assert told[premium] == Fee(Decimal("9000.0"), Decimal("22.5"), Decimal("0.0"))
    fee = told[cheap]
    assert isinstance(fee, Fee)
    assert fee.amount == Decimal("1245.07") or fee.fixed == Decimal("1115.0")


def test_a_fee_that_is_not_told_keeps_no_other_waiting(desk: Desk) -> None:
    odd, fine = ask("MLA6001", "gold", "10"), ask("MLA6001", "free", "20")
    told = MercadoLibreFees(desk.client, "MLA").ask([odd, fine])
    assert isinstance(told[odd], Rejected)
    assert told[fine] == Fee(Decimal(0), Decimal(0), Decimal(0))


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        [1, None],
        "no",
        [{"listing_type_id": "free"}],
        [{"listing_type_id": "free", "sale_fee_amount": "12"}],
        [{"listing_type_id": "free", "sale_fee_amount": -1}],
        [{"listing_type_id": "free", "sale_fee_amount": 1, "sale_fee_details": 3}],
    ],
)
def test_odd_answers_are_no_fee(body: Any) -> None:
    answer = SimpleNamespace(body=body)
    client: Any = SimpleNamespace(listing_prices=lambda _site, **_params: answer)
    told = MercadoLibreFees(client, "MLA").ask([one := ask("MLA6001", "free", "10")])
    assert isinstance(told[one], Rejected)

"""Stock of items: one quantity, by warehouse, in Full; what is refused, and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sandbox.mercadolibre import MercadoLibreSandbox

from odoo.addons.channel_base.lib.errors import Rejected, Retryable, Suspended
from odoo.addons.channel_base.lib.parallel import WORKERS
from odoo.addons.channel_mercadolibre.lib.items_client import ItemsClient
from odoo.addons.channel_mercadolibre.lib.stock import MercadoLibreStock
from odoo.addons.channel_mercadolibre.lib.stores import read_stores
from odoo.addons.channel_outgoing.lib.writer import Answer, Target, Written

from tests.pure.channel_mercadolibre.support import Account, accounts


class Desk:
    """A seller with a writer of stock, and what lies on the other side."""

    def __init__(self, sandbox: MercadoLibreSandbox):
        self.sandbox = sandbox
        self.account: Account = accounts(sandbox)[0]
        self.client = ItemsClient(sandbox.url, self.account.token, timeout=(2.0, 3.0))
        self.noted: list[Any] = []
        self.writer = self.make_writer()

    def make_writer(self, by_location: bool = False) -> MercadoLibreStock:
        return MercadoLibreStock(self.client, by_location, self.noted.append)

    def control(self, path: str, **values: Any) -> Any:
        return self.account.control("POST", path, values)

    def list(self, **values: Any) -> dict[str, Any]:
        """An item made in the service's own pages."""
        shown = {"title": "Termo", "sku": "T-1", "quantity": 5, "price": 1000}
        seller = int(self.account.seller_id)
        item: dict[str, Any] = self.control(
            "items", seller_id=seller, **{**shown, **values}
        )
        return item

    def read(self, item: str) -> dict[str, Any]:
        found: dict[str, Any] = self.account.control("GET", f"items/{item}")
        return found

    def quantity(self, item: str) -> int:
        number, _sign, variation = item.partition("/")
        body = self.read(number)
        if variation:
            body = next(v for v in body["variations"] if str(v["id"]) == variation)
        return int(body["available_quantity"])

    def put(self, item: str, quantity: float, **levels: int) -> Answer:
        target, content = record(item, quantity, **levels)
        return self.writer.put("stock", [(target, content)])["r-" + item]

    def find(self, *items: str) -> dict[str, Any]:
        targets = [Target("r-" + item, item) for item in items]
        found = self.writer.find("stock", targets)
        return {reference[2:]: there for reference, there in found.items()}

    def writes(self) -> list[Any]:
        rows: list[Any] = self.account.control("GET", "writes")
        return rows


def record(item: str, quantity: float, **levels: int) -> tuple[Target, dict[str, Any]]:
    text = ";".join(f"{place[1:]}={n}" for place, n in sorted(levels.items()))
    content = {"item": item, "quantity": quantity, "levels": text or None}
    return Target("r-" + item, item), content


def refused(answer: Answer) -> str:
    assert isinstance(answer, Rejected), answer
    return answer.code


@pytest.fixture
def desk() -> Iterator[Desk]:
    with MercadoLibreSandbox(seed=7, orders=0) as running:
        yield Desk(running)


# One quantity


def test_an_item_costs_one_writing_call_and_no_other(desk: Desk) -> None:
    item = desk.list()["id"]
    desk.writer.take_calls()
    assert desk.put(item, 8) == item
    assert (desk.quantity(item), desk.writer.take_calls()) == (8, 1)
    assert desk.put(item, 8) == item
    assert len(desk.writes()) == 2


def test_quantities_are_whole_and_never_negative(desk: Desk) -> None:
    item = desk.list()["id"]
    for told, there in ((3.999, 3), (-4, 0), (12.0, 12), (0, 0)):
        desk.put(item, told)
        assert desk.quantity(item) == there


def test_nothing_pauses_and_something_reactivates(desk: Desk) -> None:
    item = desk.list()["id"]
    desk.put(item, 0)
    assert (desk.read(item)["status"], desk.read(item)["sub_status"]) == (
        "paused",
        ["out_of_stock"],
    )
    desk.put(item, 2)
    assert desk.read(item)["status"] == "active"


def test_one_variation_and_no_other(desk: Desk) -> None:
    red, blue = two_variations(desk)
    assert desk.put(red, 9) == red
    assert (desk.quantity(red), desk.quantity(blue)) == (9, 4)
    found = desk.find(red, blue)
    assert [found[one].content["quantity"] for one in (red, blue)] == [9, 4]


def two_variations(desk: Desk) -> list[str]:
    colours = [
        {
            "attributes": [{"id": "COLOR", "value_name": colour}],
            "sku": f"V-{colour}",
            "quantity": 4,
        }
        for colour in ("Rojo", "Azul")
    ]
    item = desk.list(sku=None, variations=colours)
    return [f"{item['id']}/{one['id']}" for one in item["variations"]]


def test_the_whole_item_has_no_stock_once_it_has_variations(desk: Desk) -> None:
    item = two_variations(desk)[0].partition("/")[0]
    assert refused(desk.put(item, 3)) == "item_has_variations"


def test_twenty_are_read_in_a_call(desk: Desk) -> None:
    items = [desk.list(sku=f"T-{n}", quantity=n)["id"] for n in range(41)]
    desk.writer.take_calls()
    found = desk.find(*items, "MLA999")
    assert desk.writer.take_calls() == 3
    assert [found[item].content["quantity"] for item in items] == list(range(41))
    assert "MLA999" not in found


# What is refused


def test_what_is_gone_or_closed_is_told_apart(desk: Desk) -> None:
    red, blue = two_variations(desk)
    number, _sign, variation = red.partition("/")
    desk.control(f"items/{number}/variations/{variation}/remove")
    closed = desk.list(sku="C-1")["id"]
    desk.control(f"items/{closed}", status="closed")
    assert refused(desk.put(red, 3)) == "stock_item_gone"
    assert refused(desk.put("MLA999", 3)) == "stock_item_gone"
    assert refused(desk.put(closed, 3)) == "item_closed"
    assert desk.find(red, closed, blue).keys() == {blue}


def test_what_is_under_review_says_so(desk: Desk) -> None:
    item = desk.list()["id"]
    desk.control(f"items/{item}", status="under_review", sub_status=["forbidden"])
    answer = desk.put(item, 3)
    assert refused(answer) == "item_not_writable"
    assert isinstance(answer, Rejected)
    assert answer.params["status"] == "under_review"


def test_one_that_is_refused_holds_no_neighbour(desk: Desk) -> None:
    items = [desk.list(sku=f"T-{n}")["id"] for n in range(20)]
    desk.control("refuse", skus=["T-7"])
    answers = desk.writer.put("stock", [record(item, 2) for item in items])
    bad = [item for item in items if isinstance(answers["r-" + item], Exception)]
    assert bad == [items[7]]
    assert [desk.quantity(item) for item in items if item != items[7]] == [2] * 19


def test_what_is_in_full_is_left(desk: Desk) -> None:
    item = desk.list(logistic_type="fulfillment")["id"]
    assert refused(desk.put(item, 3)) == "stock_kept"
    assert desk.quantity(item) == 5
    there = desk.find(item)[item]
    assert there.details == {"stock_kept": "1"}


def test_nothing_is_deleted(desk: Desk) -> None:
    item = desk.list()["id"]
    errors = desk.writer.delete("stock", [Target("r", item)])
    assert errors["r"].code == "not_deleted"  # type: ignore[attr-defined]
    assert desk.quantity(item) == 5


def test_the_service_is_down(desk: Desk) -> None:
    items = [desk.list(sku=f"T-{n}")["id"] for n in range(30)]
    desk.account.fault(kind="429", match="PUT /items/", times=100)
    desk.writer.take_calls()
    answers = desk.writer.put("stock", [record(item, 2) for item in items])
    assert all(isinstance(answer, Retryable) for answer in answers.values())
    assert desk.writer.take_calls() < 20


def test_a_suspended_account_is_asked_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = [desk.list(sku=f"T-{n}")["id"] for n in range(30)]
    asked: list[str] = []

    def refuse(number: str, body: dict[str, Any]) -> Any:
        asked.append(number)
        raise Suspended("seller.unable_to_list")

    monkeypatch.setattr(desk.client, "update_item", refuse)
    answers = desk.writer.put("stock", [record(item, 2) for item in items])
    assert all(isinstance(answer, Suspended) for answer in answers.values())
    assert len(asked) <= WORKERS
    assert [seller.id for seller in desk.noted] == [desk.account.seller_id]
    desk.writer.put("stock", [record(items[0], 2)])
    assert (len(asked) <= WORKERS, len(desk.noted)) == (True, 1)


def test_a_user_product_that_nobody_tells_of_hides_no_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, product = list_beside_full(desk)
    other = desk.list(
        sku="T-2", logistic_type="fulfillment", quantity=7, own_quantity=3
    )["id"]
    read = desk.client.user_product_stock

    def refuse(number: str) -> Any:
        if number == product:
            raise Rejected("forbidden")
        return read(number)

    monkeypatch.setattr(desk.client, "user_product_stock", refuse)
    details = {item: there.details for item, there in desk.find(one, other).items()}
    assert details == {one: {"unread": "1"}, other: {}}


def test_what_cannot_be_read_now_is_not_gone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = desk.list(sku="T-1")["id"], desk.list(sku="T-2")["id"]
    read = desk.client.bulk_items

    def be_odd(*args: Any) -> Any:
        answer = read(*args)
        for row in answer.body:
            if row["body"]["id"] == one:
                row["body"]["shipping"] = "none"
        return answer

    monkeypatch.setattr(desk.client, "bulk_items", be_odd)
    assert desk.find(one, other)[one].details == {"unread": "1"}
    monkeypatch.undo()
    desk.control("unreadable", items={one: 451})
    found = desk.find(one, other)
    assert (found[one].details, found[other].details) == ({"unread": "1"}, {})
    desk.control("refuse", skus=["T-1", "T-2"])
    answers = [desk.put(one, 3), desk.put(other, 3)]
    use_warehouses(desk)
    answers.append(desk.put(one, 3, _1001=3))
    assert isinstance(answers[0], Retryable)
    assert answers[0].alone
    assert isinstance(answers[1], Rejected)
    assert isinstance(answers[2], Retryable)


def test_what_is_ignored_is_not_taken_for_written(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = desk.list()["id"]
    write, bought = desk.client.update_item, iter([True])

    def ignore(number: str, body: dict[str, Any]) -> Any:
        return desk.client.item(number)

    monkeypatch.setattr(desk.client, "update_item", ignore)
    answer = desk.put(item, 8)
    assert isinstance(answer, Retryable)
    assert answer.alone

    def sell(number: str, body: dict[str, Any]) -> Any:
        """Somebody gives one back at the moment of the answer."""
        answer = write(number, body)
        if next(bought, False):
            answer.body["available_quantity"] += 1
        return answer

    monkeypatch.setattr(desk.client, "update_item", sell)
    assert desk.put(item, 8) == item


def test_a_free_listing_takes_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    item = desk.list(listing_type_id="free", quantity=1)["id"]
    write = desk.client.update_item

    def bound(number: str, body: dict[str, Any]) -> Any:
        if body["available_quantity"] > 1:
            text = "Item available quantity max. value is 1."
            raise Rejected("meli_says", "quantity", text)
        return write(number, body)

    monkeypatch.setattr(desk.client, "update_item", bound)
    answer = desk.put(item, 8)
    assert isinstance(answer, Written), answer
    assert (answer.details["quantity"], desk.quantity(item)) == ("1", 1)
    assert desk.put(item, 0) == item


# In several places


def test_what_lies_at_the_own_address_beside_full(desk: Desk) -> None:
    item, product = list_beside_full(desk)
    answer = desk.put(item, 6)
    assert answer == item
    assert places(desk, product) == {"meli_facility": 7, "selling_address": 6}
    assert desk.find(item)[item].content["quantity"] == 6
    # The user product is known: one reading, one writing.
    desk.writer.take_calls()
    assert desk.put(product, 3) == product
    assert desk.writer.take_calls() == 2
    assert places(desk, product) == {"meli_facility": 7, "selling_address": 3}
    assert desk.put(product, 3) == product
    assert desk.writer.take_calls() == 1
    found = desk.find(product)[product]
    assert (found.content["quantity"], found.details) == (3, {})


def list_beside_full(desk: Desk) -> tuple[str, str]:
    """An item with 7 in Full and none of the seller's own beside it."""
    body = desk.list(logistic_type="fulfillment", quantity=7, own_quantity=0)
    return body["id"], body["user_product_id"]


def places(desk: Desk, product: str) -> dict[str, int]:
    """Type of place, with the warehouse if it is one → quantity."""
    rows = desk.account.control("GET", f"user-products/{product}")["places"]
    return {f"{kind}{store and '/'}{store}": n for kind, store, n in rows}


def test_what_is_not_sent_from_the_own_address_any_more(desk: Desk) -> None:
    item, product = list_beside_full(desk)
    desk.control(f"items/{item}", shipping={"tags": []})
    assert refused(desk.put(item, 6)) == "stock_kept"
    assert refused(desk.put(product, 6)) == "address_refused"
    alone = desk.list(sku="F-1", logistic_type="fulfillment")["user_product_id"]
    assert refused(desk.put(alone, 6)) == "stock_kept"
    assert desk.find(alone)[alone].details == {"stock_kept": "1"}


@pytest.mark.parametrize(("faster", "lasts"), [(2, False), (9, True)])
def test_a_stale_version_is_read_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, faster: int, lasts: bool
) -> None:
    _item, product = list_beside_full(desk)
    write, others = desk.client.update_stock, iter(range(100, 100 + faster))

    def hurry(*args: Any) -> Any:
        """Somebody else was faster."""
        number = next(others, None)
        if number is not None:
            path = f"user-products/{product}/stock"
            desk.control(path, type="meli_facility", quantity=number)
        return write(*args)

    monkeypatch.setattr(desk.client, "update_stock", hurry)
    answer = desk.put(product, 6)
    own = places(desk, product)["selling_address"]
    if lasts:
        assert isinstance(answer, Retryable)
        assert (answer.alone, own) == (True, 0)
    else:
        assert (answer, own) == (product, 6)


def test_what_was_bought_at_the_same_moment_is_not_written_over(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    _item, product = list_beside_full(desk)
    path = f"user-products/{product}/stock"
    desk.control(path, type="selling_address", quantity=5)
    write, bought = desk.client.update_stock, iter([3])

    def hurry(*args: Any) -> Any:
        left = next(bought, None)
        if left is not None:
            desk.control(path, type="selling_address", quantity=left)
        return write(*args)

    monkeypatch.setattr(desk.client, "update_stock", hurry)
    answer = desk.put(product, 4)
    assert isinstance(answer, Retryable)
    assert answer.alone
    assert places(desk, product)["selling_address"] == 3


def test_each_warehouse_has_its_own(desk: Desk) -> None:
    use_warehouses(desk)
    item = desk.list()
    product = item["user_product_id"]
    assert desk.put(item["id"], 9, _1001=4, _1002=5) == item["id"]
    there = {"seller_warehouse/1001": 4, "seller_warehouse/1002": 5}
    assert places(desk, product) == there
    assert desk.quantity(item["id"]) == 9
    content = desk.find(item["id"])[item["id"]].content
    assert (content["quantity"], content["levels"]) == (9, "1001=4;1002=5")
    # What is not told stays as it is.
    desk.put(item["id"], 1, _1001=1)
    assert places(desk, product) == {**there, "seller_warehouse/1001": 1}


def use_warehouses(desk: Desk) -> None:
    desk.control(
        f"sellers/{desk.account.seller_id}",
        add_tags=["warehouse_management", "multiwarehouse"],
        warehouses=[{"id": "1001"}, {"id": "1002"}],
    )
    desk.writer = desk.make_writer(by_location=True)


def test_full_is_left_of_an_account_with_warehouses(desk: Desk) -> None:
    use_warehouses(desk)
    item = desk.list(logistic_type="fulfillment", quantity=7)
    assert refused(desk.put(item["id"], 3, _1001=3)) == "stock_kept"
    assert places(desk, item["user_product_id"]) == {"meli_facility": 7}


def test_a_warehouse_that_is_gone(desk: Desk) -> None:
    use_warehouses(desk)
    item = desk.list()["id"]
    answer = desk.put(item, 4, _1001=1, _1009=3)
    assert refused(answer) == "store_unknown"
    assert not desk.noted


def test_the_account_has_several_warehouses_from_one_moment_to_the_next(
    desk: Desk,
) -> None:
    items = [desk.list(sku=f"T-{n}")["id"] for n in range(3)]
    use_warehouses(desk)
    desk.writer = desk.make_writer()
    answers = desk.writer.put("stock", [record(item, 2) for item in items])
    assert {getattr(one, "code", one) for one in answers.values()} == {
        "meli_account_changed"
    }
    assert [seller.multi_origin for seller in desk.noted] == [True]
    # And back.
    desk.control(
        f"sellers/{desk.account.seller_id}",
        remove_tags=["warehouse_management", "multiwarehouse"],
    )
    desk.writer = desk.make_writer(by_location=True)
    answer = desk.put(items[0], 2, _1001=2)
    assert isinstance(answer, Retryable)
    assert answer.code == "meli_account_changed"
    assert desk.noted[-1].multi_origin is False


def test_the_names_of_warehouses(desk: Desk) -> None:
    use_warehouses(desk)
    desk.control(
        f"sellers/{desk.account.seller_id}",
        warehouses=[
            {"id": "1001", "description": "Centro"},
            {"id": "1002", "status": "inactive"},
        ]
        + [{"id": str(number)} for number in range(2000, 2070)],
    )
    found = read_stores(desk.client, desk.account.seller_id)
    assert found[0] == ("1001", "Centro")
    assert len(found) == 71

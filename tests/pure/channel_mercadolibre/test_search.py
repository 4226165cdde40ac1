"""The walk through an account's orders, against a service that moves meanwhile."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from odoo.addons.channel_base.lib.errors import Rejected, Retryable
from odoo.addons.channel_base.lib.http import Response
from odoo.addons.channel_mercadolibre.lib import span
from odoo.addons.channel_mercadolibre.lib.orders import MercadoLibreOrders
from odoo.addons.channel_mercadolibre.lib.sites import get_site
from odoo.addons.channel_order.lib.source import OrderReference

NOW = datetime(2026, 11, 21, 15, 42, 7)
START = NOW - timedelta(days=30)


class Service:
    """Orders with the moment of their change; filters by the full hour."""

    def __init__(
        self,
        orders: dict[int, datetime],
        cancelled: dict[int, datetime] | None = None,
    ):
        self.orders = orders
        self.cancelled = cancelled or {}
        self.asked: list[dict[str, Any]] = []
        self.meanwhile: Callable[[], None] = lambda: None
        self.answer: Any = None

    def search_orders(self, seller_id: str, **asked: Any) -> Response:
        self.asked.append(asked)
        if self.answer is not None:
            return Response(200, {}, self.answer)
        low = span.floor_hour(asked["updated_from"])
        high = asked["updated_to"] and span.floor_hour(asked["updated_to"])
        shown = self.cancelled if asked["status"] == "cancelled" else self.orders
        # The order of creation, not of change: results move when orders change.
        found = sorted(
            number
            for number, at in shown.items()
            if at >= low and (high is None or at <= high)
        )
        page = found[asked["offset"] : asked["offset"] + asked["limit"]]
        body = {
            "results": [
                {
                    "id": number,
                    "pack_id": None,
                    "date_created": "2026-10-03T09:15:30.000-04:00",
                    "last_updated": f"{shown[number].isoformat()}Z",
                }
                for number in page
            ],
            "paging": {"total": len(found)},
        }
        self.meanwhile()
        return Response(200, {}, body)


def source(service: Any) -> MercadoLibreOrders:
    return MercadoLibreOrders(service, "3104829965", get_site("MLA"))


def walk(
    orders: MercadoLibreOrders, cursor: dict[str, Any], now: datetime, limit: int = 50
) -> tuple[list[OrderReference], dict[str, Any]]:
    found: list[OrderReference] = []
    for _page in range(2000):
        page = orders.search(cursor, START, now, limit)
        found += page.references
        cursor = json.loads(json.dumps(page.cursor))
        if not page.more:
            return found, cursor
    raise AssertionError("the search never ends")


def spread(count: int, seed: int) -> dict[int, datetime]:
    rng = random.Random(seed)
    span = (NOW - START).total_seconds()
    return {
        1000 + i: START + timedelta(seconds=rng.uniform(0, span)) for i in range(count)
    }


def ids(references: list[OrderReference]) -> set[str]:
    return {order for ref in references for order in ref.versions}


def test_the_first_call_asks_an_hour_back_and_without_end() -> None:
    service = Service(spread(10, 1))
    found, cursor = walk(source(service), {}, NOW)
    assert len(found) == 10
    for asked in service.asked:
        assert asked["updated_from"] == span.floor_hour(START) - timedelta(hours=1)
        assert asked["updated_to"] is None
    assert [asked["status"] for asked in service.asked] == [None, "cancelled"]
    assert begin(cursor) == [NOW.isoformat()] * 2


def test_cancelled_orders_are_walked_as_well() -> None:
    service = Service(spread(130, 1), dict.fromkeys(range(70), NOW))
    found, cursor = walk(source(service), {}, NOW)
    assert ids(found) == {str(n) for n in (*service.orders, *service.cancelled)}
    moved = next(iter(service.orders))
    del service.orders[moved]
    service.cancelled[moved] = NOW + timedelta(hours=1)
    found, cursor = walk(source(service), cursor, NOW + timedelta(hours=4))
    assert str(moved) in ids(found)
    service.asked.clear()
    found, cursor = walk(source(service), cursor, NOW + timedelta(hours=8))
    assert (found, len(service.asked)) == ([], 2)


def test_an_order_cancelled_between_the_walks_is_told_in_the_same_pass() -> None:
    service = Service(spread(20, 1))
    orders = source(service)
    page = orders.search({}, START, NOW, 50)
    assert page.more
    number = next(iter(service.orders))
    service.cancelled[number] = NOW + timedelta(seconds=30)
    page = orders.search(page.cursor, START, NOW + timedelta(minutes=1), 50)
    assert ids(list(page.references)) == {str(number)}
    assert not page.more


def test_a_pass_that_was_interrupted_goes_on_where_it_was() -> None:
    service = Service(spread(120, 1), {5: NOW})
    orders = source(service)
    cursor: dict[str, Any] = {}
    turns = []
    for _page in range(4):
        page = orders.search(cursor, START, NOW, 50)
        cursor = json.loads(json.dumps(page.cursor))
        turns.append((cursor["turn"], page.more))
    assert turns == [
        ("orders", True),
        ("orders", True),
        ("cancelled", True),
        ("orders", False),
    ]


@pytest.mark.parametrize("turn", ["", None, 5, [], {}, "other"])
@pytest.mark.parametrize("walk_cursor", [None, "x", [], 5, {"from": "yesterday"}])
def test_a_broken_cursor_misses_nothing(turn: Any, walk_cursor: Any) -> None:
    service = Service(spread(60, 1), {5: NOW, 6: START})
    good = walk(source(service), {}, NOW)[1]
    for cursor in (
        {"orders": walk_cursor, "cancelled": walk_cursor, "turn": turn},
        {"turn": turn},
        {"from": NOW.isoformat(), "to": None, "offset": 0, "total": -1},
        [walk_cursor],
        {**good, "orders": walk_cursor, "cancelled": walk_cursor},
    ):
        found, _cursor = walk(source(service), cursor, NOW)  # type: ignore[arg-type]
        assert ids(found) == {str(n) for n in (*service.orders, 5, 6)}
    found, _cursor = walk(source(service), {**good, "cancelled": walk_cursor}, NOW)
    assert {"5", "6"} <= ids(found)


def begin(cursor: dict[str, Any]) -> list[str]:
    return [cursor[name]["from"] for name in ("orders", "cancelled")]


def test_the_next_run_begins_where_the_last_one_began() -> None:
    service = Service(spread(130, 1))
    _found, cursor = walk(source(service), {}, NOW)
    late = NOW - timedelta(minutes=50)  # shown an hour late
    service.orders[9999] = late
    found, cursor = walk(source(service), cursor, NOW + timedelta(minutes=5))
    assert "9999" in ids(found)
    assert begin(cursor) == [(NOW + timedelta(minutes=5)).isoformat()] * 2


def test_a_run_that_takes_long_advances_to_its_beginning() -> None:
    service = Service(spread(130, 1))
    orders = source(service)
    page = orders.search({}, START, NOW, 50)
    cursor = page.cursor
    while page.more:
        page = orders.search(cursor, START, NOW + timedelta(hours=9), 50)
        cursor = page.cursor
    assert cursor["orders"]["from"] == NOW.isoformat()


def test_many_orders_are_read_in_narrow_spans() -> None:
    service = Service(spread(6000, 2))
    found, _cursor = walk(source(service), {}, NOW)
    assert ids(found) == {str(number) for number in service.orders}
    assert max(asked["offset"] for asked in service.asked) <= span.MAX_TOTAL
    # Each page costs a call; halving and overlaps cost some more.
    assert len(service.asked) < 6000 / 45 * 1.4


def test_an_hour_that_holds_too_many_is_paged_all_the_same() -> None:
    at = START + timedelta(days=3, minutes=5)
    service = Service({1000 + i: at for i in range(1700)})
    found, _cursor = walk(source(service), {}, NOW)
    assert len(ids(found)) == 1700


@pytest.mark.parametrize("limit", [1, 2, 7, 50, 1000])
def test_pages_of_any_size(limit: int) -> None:
    service = Service(spread(60, 3))
    found, _cursor = walk(source(service), {}, NOW, limit)
    assert ids(found) == {str(number) for number in service.orders}
    assert max(asked["limit"] for asked in service.asked) <= 50


@settings(deadline=None)
@given(seed=st.integers(0, 10**6), leaving=st.integers(0, 9))
@example(seed=5, leaving=9)
def test_orders_that_leave_while_reading_hide_no_others(
    seed: int, leaving: int
) -> None:
    rng = random.Random(seed)
    service = Service(spread(rng.randint(60, 400), seed))
    gone: set[int] = set()

    def meanwhile() -> None:
        for _ in range(rng.randint(0, leaving)):
            if len(service.orders) > 20:
                number = rng.choice(list(service.orders))
                del service.orders[number]  # cancelled: the search shows it no more
                gone.add(number)

    service.meanwhile = meanwhile
    found, _cursor = walk(source(service), {}, NOW)
    assert {str(number) for number in service.orders} <= ids(found)


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10**6))
def test_orders_that_change_while_reading_are_seen_again(seed: int) -> None:
    rng = random.Random(seed)
    service = Service(spread(1400, seed))
    clock = [NOW]
    versions = {str(n): f"{at.isoformat()}Z" for n, at in service.orders.items()}

    def meanwhile() -> None:
        clock[0] += timedelta(seconds=2)
        for _ in range(rng.randint(0, 3)):
            number = rng.choice(list(service.orders))
            service.orders[number] = clock[0]
            versions[str(number)] = clock[0].isoformat()

    service.meanwhile = meanwhile
    found, cursor = walk(source(service), {}, NOW)
    service.meanwhile = lambda: None
    again, _cursor = walk(source(service), cursor, clock[0] + timedelta(minutes=1))
    last = {order: v for ref in found + again for order, v in ref.versions.items()}
    assert set(last) == {str(number) for number in service.orders}
    for number, at in service.orders.items():
        assert last[str(number)][:19] == at.isoformat()[:19]


def test_a_service_that_shuffles_holds_nobody() -> None:
    rng = random.Random(1)
    service = Service({})

    def shuffled(seller_id: str, **asked: Any) -> Response:
        rows = [{"id": rng.randint(1, 10**9)} for _ in range(50)]
        return Response(200, {}, {"results": rows, "paging": {"total": 900}})

    service.search_orders = shuffled  # type: ignore[method-assign]
    walk(source(service), {}, NOW)


def test_carts_are_grouped_and_versions_comparable() -> None:
    row = {"date_created": "2026-10-03T09:15:30.000-04:00", "pack_id": 7}
    service = Service({})
    service.answer = {
        "results": [
            {**row, "id": 1, "last_updated": "2026-10-04T11:00:00.000-04:00"},
            {**row, "id": 2, "last_updated": "2026-10-04T12:00:00.000-03:00"},
            {**row, "id": 3, "pack_id": None, "date_created": "soon"},
        ],
        "paging": {"total": 3},
    }
    first, second = source(service).search({}, START, NOW, 50).references
    assert first.external_id == "7"
    assert first.versions == dict.fromkeys("12", "2026-10-04T15:00:00.000Z")
    assert first.placed_at == datetime(2026, 10, 3, 13, 15, 30)
    assert (second.external_id, second.placed_at) == ("3", None)


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        ([], "search"),
        ({"results": []}, "paging.total"),
        ({"results": None, "paging": {"total": 0}}, "results"),
        ({"results": {}, "paging": {"total": 0}}, "results"),
    ],
)
def test_an_answer_of_another_shape(answer: Any, field: str) -> None:
    service = Service({})
    service.answer = answer
    with pytest.raises(Rejected) as caught:
        source(service).search({}, START, NOW, 50)
    assert (caught.value.code, caught.value.field) == ("payload_invalid", field)


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (5, "results[1]"),
        (None, "results[1].id"),
        ({}, "results[1].id"),
        ({"id": "../Secreta"}, "results[1].id"),
        ({"id": ["Secreta"]}, "results[1].id"),
        ({"id": 7, "pack_id": {"x": "Secreta"}}, "results[1].pack_id"),
    ],
)
def test_an_unusable_entry_is_left_out(
    row: Any, field: str, caplog: pytest.LogCaptureFixture
) -> None:
    service = Service({})
    service.answer = {
        "results": [{"id": 1}, row, {"id": 3}],
        "paging": {"total": 3},
    }
    with caplog.at_level(logging.WARNING):
        page = source(service).search({}, START, NOW, 50)
    assert ids(list(page.references)) == {"1", "3"}
    (record,) = caplog.records
    assert field in record.getMessage()
    assert "Secreta" not in record.getMessage()


@pytest.mark.parametrize("every", [1, 2, 3, 60])
def test_unusable_entries_hide_no_others(every: int) -> None:
    service = Service(spread(400, 4))
    search = service.search_orders
    usable = {str(n) for n in service.orders if n % 100 < 40 or n % every}

    def spoilt(seller_id: str, **asked: Any) -> Response:
        answer = search(seller_id, **asked)
        for row in answer.body["results"]:
            if str(row["id"]) not in usable:
                row["id"] = None
        return answer

    service.search_orders = spoilt  # type: ignore[method-assign]
    found, _cursor = walk(source(service), {}, NOW)
    assert ids(found) == usable
    assert len(service.asked) < 40


@pytest.mark.parametrize("offset", [0, 45])
@pytest.mark.parametrize("back_steps", [0, span.MAX_BACK_STEPS])
def test_no_results_where_there_should_be_some(offset: int, back_steps: int) -> None:
    service = Service({})
    service.answer = {"results": [], "paging": {"total": 90}}
    position = span.opening(START, NOW)
    cursor = {**position.dump(), "offset": offset, "total": 90, "last": ["5"]}
    cursor["back_steps"] = back_steps
    for turn in ("orders", "cancelled"):
        whole = {"orders": cursor, "cancelled": cursor, "turn": turn}
        with pytest.raises(Retryable):
            source(service).search(whole, START, NOW, 50)


@pytest.mark.parametrize(
    "cursor",
    [
        None,
        [],
        "x",
        {},
        {"from": "0001-01-01T00:00:00", "offset": 3},
        {"from": NOW.isoformat(), "to": "9999-12-31T23:59:59", "offset": 3},
        {"from": NOW.isoformat(), "offset": 3, "hours": 10**15},
        {"from": NOW.isoformat(), "offset": float("inf")},
        {"from": "yesterday"},
        {"from": 5},
        {"from": NOW.isoformat(), "offset": "x"},
        {"from": NOW.isoformat(), "offset": -50},
        {"from": "2026-11-01T00:00:00+00:00", "offset": 3},
        {"from": NOW.isoformat(), "last": [5], "total": 3},
    ],
)
def test_a_cursor_that_cannot_be_read_starts_over(cursor: Any) -> None:
    assert span.load(cursor, START, NOW) == span.opening(START, NOW)


def test_a_clock_that_went_back() -> None:
    position = span.opening(NOW + timedelta(days=1), NOW)
    assert position.start == NOW


def test_orders_of_the_time_that_a_fast_clock_skipped_are_found() -> None:
    service = Service({1: NOW - timedelta(days=2)})
    orders = source(service)
    _found, cursor = walk(orders, {}, NOW + timedelta(days=1))
    service.orders[2] = NOW + timedelta(minutes=5)
    later = NOW + timedelta(hours=1, minutes=59)
    found, cursor = walk(orders, cursor, later)
    assert "2" in {reference.external_id for reference in found}
    # The cursor is one of the present again, and small differences are the overlap's
    assert span.load(next(iter(cursor.values())), START, later).start > START

"""Limits and filters of the order search."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from sandbox.testing import Client

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=timezone.utc)


def all_rows(client: Client, **query: str | int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    while True:
        page = client.search(offset=len(rows), **query).json
        rows += page["results"]
        if not page["results"] or len(rows) >= page["paging"]["total"]:
            return rows


def test_default_page(client: Client) -> None:
    page = client.search().json
    assert page["paging"]["limit"] == 50
    assert page["paging"]["total"] > len(page["results"]) == 50
    assert page["sort"]["id"] == "date_asc"
    assert page["display"] == "complete"
    assert all(set(row["buyer"]) == {"id"} for row in page["results"])
    closed = [row["date_closed"] or row["date_created"] for row in page["results"]]
    assert closed == sorted(closed)


def test_paging_covers_everything_once(client: Client) -> None:
    rows = all_rows(client, limit=51)
    expected = {r["order_id"] for r in client.truth() if r["status"] != "cancelled"}
    assert len(rows) == len(expected)
    assert {row["id"] for row in rows} == expected
    backwards = all_rows(client, sort="date_desc")
    assert [r["id"] for r in backwards] == [r["id"] for r in rows][::-1]


def test_cancelled_only_when_asked(client: Client) -> None:
    cancelled = {r["order_id"] for r in client.truth() if r["status"] == "cancelled"}
    assert cancelled
    assert not cancelled & {row["id"] for row in all_rows(client)}
    found = all_rows(client, order__status="cancelled")
    assert {row["id"] for row in found} == cancelled
    both = all_rows(client, order__status="cancelled,paid")
    assert {row["status"] for row in both} == {"cancelled", "paid"}


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"limit": 51}, 200),
        ({"limit": 52}, 400),
        ({"limit": "x"}, 400),
        ({"limit": -1}, 400),
        ({"offset": 10000}, 200),
        ({"offset": 10001}, 400),
        ({"sort": "date"}, 400),
        ({"order.date_created.from": "yesterday"}, 400),
        ({"order.date_created.from": "2026-11-01T00:00:00.000 00:00"}, 400),
        ({"seller": ""}, 400),
        ({"seller": 1}, 403),
    ],
)
def test_refusals(client: Client, query: dict[str, Any], status: int) -> None:
    answer = client.search(**query)
    assert answer.status == status
    if query.get("limit") == 52:
        assert answer.json["message"] == "Limit must be a lower or equal than 51"


def created(client: Client, moment: datetime) -> int:
    """A new order with the given times; its id."""
    text = moment.strftime("%Y-%m-%dT%H:%M:%S.000-00:00")
    times = {"date_created": text, "date_closed": text, "last_updated": text}
    body = {"seller_id": client.seller, "order": times}
    return client.control("POST", "orders", body)[0]["order_id"]


@pytest.mark.parametrize("name", ["created", "closed", "last_updated"])
def test_dates_are_cut_to_the_hour(client: Client, name: str) -> None:
    hour = datetime(2026, 11, 21, 10, tzinfo=timezone.utc)
    early = created(client, hour + timedelta(minutes=5))
    late = created(client, hour + timedelta(minutes=55))

    def found(bound: str, moment: datetime) -> set[int]:
        text = moment.strftime("%Y-%m-%dT%H:%M:%S.000-00:00")
        rows = all_rows(client, **{f"order.date_{name}.{bound}": text})
        return {row["id"] for row in rows}

    assert {early, late} <= found("from", hour + timedelta(minutes=59))
    assert not {early, late} & found("from", hour + timedelta(minutes=60))
    assert not {early, late} & found("to", hour + timedelta(minutes=59))
    assert {early, late} <= found("to", hour + timedelta(minutes=60))
    client.control("POST", "settings", {"whole_hours": True})
    assert {early, late} <= found("to", hour + timedelta(minutes=1))


def test_other_filters(client: Client) -> None:
    row = next(r for r in client.truth() if r["status"] == "paid")
    number = row["order_id"]
    assert [r["id"] for r in all_rows(client, q=number)] == [number]
    mine = all_rows(client, buyer=row["buyer_id"])
    assert number in {r["id"] for r in mine}
    assert {r["buyer"]["id"] for r in mine} == {row["buyer_id"]}
    assert all_rows(client, tags="no_such_tag") == []
    packs = all_rows(client, tags="pack_order")
    assert packs
    assert all("pack_order" in r["tags"] for r in packs)
    total = client.search().json["paging"]["total"]
    others = client.search(**{"tags.not": "pack_order"}).json["paging"]["total"]
    assert others == total - len(packs)


def test_a_change_moves_the_order_in_the_window(client: Client) -> None:
    number = next(r["order_id"] for r in client.truth() if r["status"] == "paid")
    window = {"order.date_last_updated.from": NOW.isoformat()}
    assert client.search(**window).json["paging"]["total"] == 0
    client.control("POST", f"orders/{number}", {"status_detail": "changed"})
    assert [r["id"] for r in all_rows(client, **window)] == [number]


def test_orders_leave_after_twelve_months(client: Client) -> None:
    client.control("POST", "clock", {"advance_seconds": 366 * 86400})
    client.act_as(client.seller)
    assert client.search().json["paging"]["total"] == 0

"""Webhooks of the MercadoLibre fake."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sandbox.http import HttpSandbox, Request, Response
from sandbox.testing import Client

TOPICS = ["orders_v2", "shipments", "payments"]


class Listener(HttpSandbox):
    """Where the notifications arrive."""

    def __init__(self) -> None:
        super().__init__()
        self.received: list[dict[str, Any]] = []
        self.status = 200
        self.slow = 0.0

    def handle(self, request: Request) -> Response:
        self.received.append(json.loads(request.body))
        time.sleep(self.slow)
        return Response(self.status)


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener() as running:
        yield running


def subscribe(client: Client, listener: Listener, **values: Any) -> None:
    client.control(
        "POST", "notifications/subscribe", {"url": f"{listener.url}/hook", **values}
    )


def settle(
    client: Client, condition: Callable[[dict[str, Any]], Any]
) -> dict[str, Any]:
    limit = time.monotonic() + 10
    while time.monotonic() < limit:
        found: dict[str, Any] = client.control("GET", "notifications")
        if condition(found):
            return found
        time.sleep(0.02)
    raise AssertionError(found)


def create(client: Client) -> dict[str, Any]:
    row: dict[str, Any] = client.control(
        "POST", "orders", {"seller_id": client.seller}
    )[0]
    return row


def test_changes_are_announced(client: Client, listener: Listener) -> None:
    create(client)
    subscribe(client, listener)
    row = create(client)
    client.control("POST", f"shipments/{row['shipment_id']}", {"status": "shipped"})
    found = settle(client, lambda c: c.get("delivered") == 4)
    assert found["waiting"] == 0 and found["latency_ms"]["p99"] < 500
    told = {(m["topic"], m["resource"]) for m in listener.received}
    assert ("orders_v2", f"/orders/{row['order_id']}") in told
    assert ("shipments", f"/shipments/{row['shipment_id']}") in told
    assert {m["topic"] for m in listener.received} == set(TOPICS)
    first = listener.received[0]
    assert first["application_id"] == int(client.app["client_id"])
    assert (first["user_id"], first["attempts"]) == (client.seller, 1)
    assert first["sent"].endswith("Z")


def test_repeated_until_it_is_missed(client: Client, listener: Listener) -> None:
    listener.status = 500
    client.control("POST", "notifications", {"speed": 100_000})
    subscribe(client, listener, topics=["orders_v2"])
    row = create(client)
    found = settle(client, lambda c: c.get("missed") == 1)
    assert (found["attempts"], found["status_500"]) == (8, 8)
    assert [m["attempts"] for m in listener.received] == list(range(1, 9))
    assert len({m["_id"] for m in listener.received}) == 1
    app = client.app["client_id"]
    missed = client.get(f"/missed_feeds?app_id={app}&topic=orders_v2").json["messages"]
    assert [m["resource"] for m in missed] == [f"/orders/{row['order_id']}"]
    assert missed[0]["response"]["http_code"] == 500
    assert not client.get(f"/missed_feeds?app_id={app}&offset=1").json["messages"]
    assert client.get(f"/missed_feeds?app_id={app}&topic=items").status == 400
    client.control("POST", "clock", {"advance_seconds": 49 * 3600})
    client.act_as(client.seller)
    assert not client.get(f"/missed_feeds?app_id={app}").json["messages"]


def test_slow_answers_do_not_count(client: Client, listener: Listener) -> None:
    listener.slow = 0.7
    subscribe(client, listener, topics=["orders_v2"])
    create(client)
    found = settle(client, lambda c: c.get("attempts") == 1)
    assert not found.get("delivered") and found["waiting"] == 1


def test_duplicates_any_order_and_lag(client: Client, listener: Listener) -> None:
    client.control(
        "POST", "notifications", {"duplicates": 2, "shuffle": True, "hold": True}
    )
    subscribe(client, listener, topics=["orders_v2"])
    ids = [create(client)["order_id"] for _turn in range(8)]
    time.sleep(0.1)
    assert not listener.received
    client.control("POST", "notifications", {"hold": False})
    settle(client, lambda c: c.get("delivered") == 24)
    told = [int(m["resource"].rpartition("/")[2]) for m in listener.received]
    assert sorted(told) == sorted(ids * 3)
    assert told != sorted(told)


def test_a_disabled_topic_is_neither_sent_nor_missed(
    client: Client, listener: Listener
) -> None:
    subscribe(client, listener)
    client.control("POST", "notifications/disable", {"topic": "orders_v2"})
    create(client)
    settle(client, lambda c: c.get("delivered") == 2)
    assert "orders_v2" not in {m["topic"] for m in listener.received}

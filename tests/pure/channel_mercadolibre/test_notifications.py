"""Reading notifications: what the service documents, and what anybody may send."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from odoo.addons.channel_base.lib.errors import Rejected
from odoo.addons.channel_mercadolibre.lib import notifications
from odoo.addons.channel_mercadolibre.lib.client import MercadoLibreClient
from odoo.addons.channel_order.lib.concern import Concern

from tests.pure.channel_base.support import Answer, Call, Server

APP, ACCOUNT = "7100293845610223", "1893456721"


def message(**changes: Any) -> dict[str, Any]:
    found = {
        "_id": "d2a1b3c4-0000-4000-8000-000000000001",
        "resource": "/orders/2000003508419013",
        "user_id": int(ACCOUNT),
        "topic": "orders_v2",
        "application_id": int(APP),
        "attempts": 2,
        "sent": "2026-11-20T16:19:20.129Z",
        "received": "2026-11-20T16:19:20.106Z",
    }
    return {key: value for key, value in {**found, **changes}.items() if value != ""}


def test_a_notification_as_documented() -> None:
    found = notifications.parse_body(json.dumps(message()).encode())
    assert (found.application, found.account) == (APP, ACCOUNT)
    assert found.hint is not None
    assert found.hint.sent_at == datetime(2026, 11, 20, 16, 19, 20, 129000)
    assert (found.hint.kind, found.hint.attempts) == ("orders_in", 2)


@pytest.mark.parametrize(
    "changes",
    [
        {"user_id": ACCOUNT, "application_id": APP},
        {"_id": "", "id": "x"},
        {"sent": "", "received": "", "attempts": ""},
        {"sent": "yesterday", "attempts": "many"},
        {"sent": 12, "attempts": -4},
    ],
)
def test_what_varies_or_only_informs(changes: dict[str, Any]) -> None:
    found = notifications.parse(message(**changes))
    assert (found.application, found.account) == (APP, ACCOUNT)
    assert found.hint and found.hint.resource == "/orders/2000003508419013"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b"5",
        b"\xff\xfe",
        b"[" * 60000,
        b'{"topic": "orders_v2"}',
        *(
            json.dumps(message(**changes)).encode()
            for changes in (
                {"topic": None},
                {"resource": ""},
                {"resource": {"a": 1}},
                {"user_id": None},
                {"user_id": [1]},
                {"user_id": "1; DROP TABLE"},
                {"application_id": True},
                {"application_id": "9" * 80},
            )
        ),
    ],
)
def test_what_is_no_notification(body: bytes) -> None:
    with pytest.raises(Rejected):
        notifications.parse_body(body)


def test_texts_are_bounded_and_clean() -> None:
    resource = "/orders/1\x00\n" + "9" * 5000
    hint = notifications.parse(message(resource=resource)).hint
    assert hint and len(hint.resource) <= 128
    assert "\x00" not in hint.resource and "\n" not in hint.resource


def test_topics() -> None:
    life = notifications.parse(message(topic="questions", resource="/questions/1")).hint
    assert life and life.kind is None
    assert notifications.parse(message(topic="made_up")).hint is None


@pytest.mark.parametrize(
    ("topic", "resource", "expected"),
    [
        ("orders_v2", "/orders/2000", Concern("order", "2000")),
        ("orders_v2", "orders/2000", Concern("order", "2000")),
        ("shipments", "/shipments/44", Concern("shipment", "44")),
        ("payments", "/collections/44", None),
        ("orders_v2", "/shipments/44", None),
        ("orders_v2", "/orders/2000/billing_info", None),
        ("orders_v2", "/orders/../users/me", None),
        ("orders_v2", "/orders/" + "9" * 21, None),
        ("orders_v2", "/orders/\u0661\u0662", None),
    ],
)
def test_what_it_is_about(topic: str, resource: str, expected: Concern | None) -> None:
    assert notifications.concern(topic, resource) == expected


class Missed:
    """A service that shows two of its missed notifications at a time."""

    def __init__(self, messages: list[Any]):
        self.messages = messages

    def __call__(self, call: Call) -> Answer:
        query = dict(part.split("=") for part in call.path.partition("?")[2].split("&"))
        offset = int(query["offset"])
        assert query["app_id"] == APP
        mine = [
            m for m in self.messages if m.get("topic", query["topic"]) == query["topic"]
        ]
        body = {"messages": mine[offset : offset + 2]}
        return Answer(body=json.dumps(body).encode())


def test_missed_notifications_are_read_page_by_page_and_told_once() -> None:
    rows = [message(_id=f"m{n}", resource=f"/orders/{n}") for n in range(5)]
    rows += [message(_id="other", user_id=77), message(_id="app", application_id=5)]
    rows.append(message(_id="s", topic="shipments", resource="/shipments/9"))
    with Server(Missed(rows)) as server:
        client = MercadoLibreClient(server.url, lambda _stale: "APP_USR-1")
        hints, ids = notifications.read_missed(client, APP, ACCOUNT, {"m3"})
    assert [hint.resource for hint in hints] == [
        *(f"/orders/{n}" for n in (0, 1, 2, 4)),
        "/shipments/9",
    ]
    assert sorted(ids) == sorted(row["_id"] for row in rows)


def test_a_missed_notification_that_is_garbage_stops_nothing() -> None:
    rows = [{"topic": "orders_v2", "resource": 5}, message(_id="good")]
    with Server(Missed(rows)) as server:
        client = MercadoLibreClient(server.url, lambda _stale: "APP_USR-1")
        hints, _ids = notifications.read_missed(client, APP, ACCOUNT, set())
    assert len(hints) == 1

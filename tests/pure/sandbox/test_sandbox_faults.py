"""Faults on demand, statistics and the rate limit."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from sandbox.mercadolibre import MercadoLibreSandbox
from sandbox.testing import Client


@pytest.fixture
def sandbox() -> Iterator[MercadoLibreSandbox]:
    """A sandbox with few orders, since these tests are not about them."""
    with MercadoLibreSandbox(seed=7, orders=10, frozen=True) as running:
        yield running


def fault(client: Client, kind: str, **values: Any) -> None:
    client.control("POST", "faults", {"match": "/users/me", "kind": kind, **values})


@pytest.mark.parametrize("variant", ["json", "local", "text"])
def test_too_many_requests(client: Client, variant: str) -> None:
    fault(client, "429", times=1, retry_after=3, variant=variant)
    answer = client.get("/users/me")
    assert answer.status == 429
    assert answer.headers["Retry-After"] == "3"
    assert (answer.body == b"local_rate_limited") == (variant == "text")
    assert client.get("/users/me").status == 200


def test_empty_429_and_server_errors(client: Client) -> None:
    fault(client, "429_empty", times=1)
    fault(client, "5xx", times=1, status=502)
    first, second = client.get("/users/me"), client.get("/users/me")
    assert (first.status, first.body) == (429, b"")
    assert second.status == 502
    assert second.json["error"] == "bad_gateway"


def test_broken_connections(client: Client) -> None:
    fault(client, "cut", times=1)
    with pytest.raises(http.client.IncompleteRead):
        client.get("/users/me")
    fault(client, "drop", times=1)
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        client.get("/users/me")
    assert client.get("/users/me").status == 200


def test_broken_bodies(client: Client) -> None:
    for kind in ("malformed", "not_json", "empty"):
        fault(client, kind, times=1)
        answer = client.get("/users/me")
        assert answer.status == 200
        with pytest.raises(json.JSONDecodeError):
            json.loads(answer.body)
    fault(client, "huge", times=1, bytes=100_000)
    assert len(client.get("/users/me").body) > 100_000


def test_drift_and_patch(client: Client) -> None:
    good = client.get("/users/me").json
    fault(client, "drift", times=1, missing="nickname")
    assert set(client.get("/users/me").json) == set(good) - {"nickname"} | {
        "x_new_block",
        "x_new_flag",
    }
    fault(client, "drift", times=1)
    assert len(set(good) - set(client.get("/users/me").json)) == 1
    fault(client, "patch", patch={"site_id": "MLZ", "email": None})
    changed = client.get("/users/me").json
    assert changed["site_id"] == "MLZ"
    assert "email" not in changed


def test_delay(client: Client) -> None:
    fault(client, "delay", times=1, seconds=0.15)
    start = time.monotonic()
    assert client.get("/users/me").status == 200
    assert time.monotonic() - start >= 0.15


def test_lost_answer_after_a_rotation(client: Client) -> None:
    rule = {"match": "^POST /oauth/token$", "times": 1}
    client.control("POST", "faults", {**rule, "kind": "drop", "processed": True})
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        client.renew(client.pair["refresh_token"])
    assert client.renew(client.pair["refresh_token"]).status == 400


def test_probability_comes_from_the_seed(client: Client) -> None:
    fault(client, "5xx", probability=0.5)
    statuses = [client.get("/users/me").status for _turn in range(60)]
    assert 10 < statuses.count(503) < 50
    rules = client.control("GET", "faults")["faults"]
    assert rules[0]["fired"] == statuses.count(503)
    assert client.control("DELETE", "faults") == {"removed": 1}
    assert client.get("/users/me").status == 200


@pytest.mark.parametrize("rule", [{"kind": "no"}, {"match": "("}, {"x": 1}])
def test_bad_rules_are_refused(client: Client, rule: dict[str, Any]) -> None:
    body = json.dumps({"kind": "drop", **rule}).encode()
    assert client.call("POST", "/_sandbox/faults", body).status == 400


def test_statistics(client: Client) -> None:
    client.control("POST", "stats/reset")
    numbers = [row["order_id"] for row in client.truth()[:3]]
    for number in numbers:
        client.get(f"/orders/{number}")
    client.get("/orders/1")
    client.get("/nothing")
    stats = client.control("GET", "stats")
    assert stats["routes"] == {"GET (unknown)": 1, "GET /orders/{id}": 4}
    assert stats["statuses"] == {"200": 3, "404": 2}
    assert stats["total"] == 5


def test_rate_limit(client: Client) -> None:
    client.control("POST", "settings", {"rate_limit": 3})
    answers = [client.get("/users/me") for _turn in range(4)]
    assert [a.status for a in answers] == [200, 200, 200, 429]
    assert answers[-1].body == b""
    client.control("POST", "clock", {"advance_seconds": 60})
    assert client.get("/users/me").status == 200


def test_connections_are_kept_alive(client: Client) -> None:
    connection = http.client.HTTPConnection(client.sandbox.url[7:], timeout=5)
    headers = {"Authorization": f"Bearer {client.pair['access_token']}"}
    connection.request("GET", "/users/me", headers=headers)
    connection.getresponse().read()
    socket = connection.sock
    connection.request("GET", "/nothing", headers=headers)
    connection.getresponse().read()
    assert connection.sock is socket is not None
    connection.close()

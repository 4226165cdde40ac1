"""One call, its token and its refusals."""

from __future__ import annotations

from datetime import datetime

import pytest

from odoo.addons.channel_base.lib.errors import AuthRequired, Rejected, Retryable
from odoo.addons.channel_mercadolibre.lib.client import (
    MercadoLibreClient,
    missing_parts,
)

from tests.pure.channel_base.support import Answer, Call, Server

STALE, FRESH = "APP_USR-stale-0001", "APP_USR-fresh-0002"


def bearer(call: Call) -> Answer:
    if call.headers.get("authorization") == f"Bearer {FRESH}":
        return Answer(body=b'{"id": 5}')
    return Answer(401, b'{"message":"invalid_token","error":"not_found","status":401}')


class Tokens:
    """Gives the stale token, and the other one when told that it is stale."""

    def __init__(self, renewed: str = FRESH) -> None:
        self.current = STALE
        self.renewed = renewed
        self.asked: list[str | None] = []

    def __call__(self, stale: str | None) -> str:
        self.asked.append(stale)
        if stale is not None:
            self.current = self.renewed
        return self.current


def test_a_refused_token_is_renewed_and_the_call_repeated() -> None:
    tokens = Tokens()
    with Server(bearer) as server:
        client = MercadoLibreClient(server.url, tokens)
        assert client.me().body == {"id": 5}
        assert tokens.asked == [None, STALE]
        client.me()
        assert tokens.asked == [None, STALE, None]
        assert len(server.calls) == 3
        assert STALE not in server.calls[-1].path


def test_a_renewed_token_that_is_refused_needs_a_person() -> None:
    with Server(bearer) as server:
        client = MercadoLibreClient(server.url, Tokens("APP_USR-wrong-0003"))
        with pytest.raises(AuthRequired):
            client.me()
        assert len(server.calls) == 2


def test_no_other_token_means_no_repetition() -> None:
    with Server(bearer) as server:
        client = MercadoLibreClient(server.url, lambda stale: STALE)
        with pytest.raises(AuthRequired):
            client.me()
        assert len(server.calls) == 1


def test_what_the_token_source_raises_passes() -> None:
    def gone(stale: str | None) -> str:
        if stale is None:
            return STALE
        raise AuthRequired("connect again")

    with Server(bearer) as server:
        with pytest.raises(AuthRequired, match="connect again"):
            MercadoLibreClient(server.url, gone).me()


def test_calls_without_authentication_carry_no_token() -> None:
    with Server() as server:
        client = MercadoLibreClient(server.url, Tokens())
        client.request("GET", "/sites", authenticated=False)
        assert "authorization" not in server.calls[0].headers


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (403, b'{"error":"Invalid scopes","code":"FORBIDDEN"}', "forbidden"),
        (403, b'{"error":"access_denied","code":"FORBIDDEN"}', "forbidden"),
        (403, b'{"code":"PA_UNAUTHORIZED_RESULT_FROM_POLICIES"}', "forbidden"),
        (403, b"", "forbidden"),
        (403, b"<html>", "forbidden"),
        (403, b"[]", "forbidden"),
        (403, b'{"error":"not_owned_order"}', "other_account"),
        (403, b'{"message":"The user has not access to the order"}', "other_account"),
        (400, b'{"error":"caller.id.invalid"}', "other_account"),
        (404, b"", "not_found"),
        (400, b'{"error":"order_not_found"}', "not_found"),
        (400, b'{"error":"invalid_order_id"}', "http_400"),
        (451, b'{"error":"unavailable.for.legal.reasons"}', "http_451"),
    ],
)  # fmt: skip
def test_refusals(status: int, body: bytes, code: str) -> None:
    with Server(Answer(status, body)) as server:
        with pytest.raises(Rejected) as caught:
            MercadoLibreClient(server.url, Tokens()).me()
        assert len(server.calls) == 1
    assert caught.value.code == code
    assert caught.value.params["status"] == str(status)


@pytest.mark.parametrize("status", [400, 429])
def test_the_local_rate_limit_passes(status: int) -> None:
    body = b'{"message":"local_rate_limited","error":"local_rate_limited"}'
    with Server(Answer(status, body)) as server:
        with pytest.raises(Retryable):
            MercadoLibreClient(server.url, Tokens()).me()


def test_the_token_never_leaves_in_an_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    odd = "MiXed+Case/oddToken=="
    for status in (400, 403, 404, 500):
        body = f'{{"message": "you sent {odd} and {FRESH}"}}'.encode()
        with Server(Answer(status, body)) as server:
            client = MercadoLibreClient(server.url, lambda stale: odd, retries=0)
            with pytest.raises((Rejected, Retryable)) as caught:
                client.me()
        text = (str(caught.value) + caplog.text).lower()
        assert odd.lower() not in text
        assert FRESH.lower() not in text


@pytest.mark.parametrize(
    "bad", ["", "../users/me", "a/b", "1?x=1", "1#", "1 2", "é", "1\n", "%2e%2e"]
)
def test_ids_cannot_climb_out_of_their_path(bad: str) -> None:
    with Server() as server:
        client = MercadoLibreClient(server.url, Tokens())
        for call in (
            client.order,
            client.pack,
            client.shipment,
            client.legacy_billing_info,
            lambda value: client.billing_info("MLA", value),
            lambda value: client.billing_info(value, "1"),
            lambda value: client.search_orders(value, updated_from=datetime.min),
        ):
            with pytest.raises(Rejected) as caught:
                call(bad)
            assert caught.value.code == "payload_invalid"
        assert server.calls == []


def test_what_each_call_asks_for() -> None:
    with Server() as server:
        client = MercadoLibreClient(server.url, Tokens())
        client.order("1")
        client.pack("2")
        client.billing_info("MLB", "3")
        client.legacy_billing_info("4")
        client.shipment("5")
        client.search_orders(
            "6",
            updated_from=datetime(2026, 10, 3, 9),
            updated_to=datetime(2026, 10, 4),
            status="cancelled",
            offset=50,
            limit=1000,
        )
        paths = [call.path for call in server.calls]
    assert paths[:5] == [
        "/orders/1",
        "/packs/2",
        "/orders/billing-info/MLB/3",
        "/orders/4/billing_info",
        "/shipments/5",
    ]
    assert server.calls[4].headers["x-format-new"] == "true"
    assert paths[5] == (
        "/orders/search?seller=6"
        "&order.date_last_updated.from=2026-10-03T09%3A00%3A00.000-00%3A00"
        "&sort=date_asc&offset=50&limit=50"
        "&order.date_last_updated.to=2026-10-04T00%3A00%3A00.000-00%3A00"
        "&order.status=cancelled"
    )


@pytest.mark.parametrize(
    ("status", "header", "expected"),
    [
        (200, None, set()),
        (206, "buyer, Feedback", {"buyer", "feedback"}),
        (206, None, {"buyer"}),
        (206, " , ", {"buyer"}),
    ],
)
def test_missing_parts(status: int, header: str | None, expected: set[str]) -> None:
    headers = {"X-Content-Missing": header} if header else {}
    with Server(Answer(status, headers=headers)) as server:
        answer = MercadoLibreClient(server.url, Tokens()).order("1")
    assert missing_parts(answer) == expected

"""The token endpoint: what is sent, what comes back, what goes wrong."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from odoo.addons.channel_base.lib.errors import AuthRequired, Rejected, Retryable
from odoo.addons.channel_base.lib.oauth import TokenSet
from odoo.addons.channel_mercadolibre.lib import oauth

from tests.pure.channel_base.support import Answer, Server

SECRET, OLD = "appSecretOfTheTest", "TG-old-0123456789-5"
GOOD = {
    "access_token": "APP_USR-new-access",
    "token_type": "bearer",
    "expires_in": 10800,
    "scope": "offline_access read write",
    "user_id": 3104829965,
    "refresh_token": "TG-new-0123456789-5",
}


def answer(**changes: Any) -> Answer:
    body = {k: v for k, v in {**GOOD, **changes}.items() if v is not ...}
    return Answer(body=json.dumps(body).encode())


def client(url: str) -> oauth.OAuthClient:
    return oauth.OAuthClient(url, "7100", SECRET, timeout=(1.0, 1.0))


def test_a_code_is_exchanged_in_the_body() -> None:
    with Server(answer()) as server:
        pair = client(server.url).exchange(
            "TG-code-1", "https://erp.example.com/r", "v"
        )
    (call,) = server.calls
    assert (call.method, call.path) == ("POST", "/oauth/token")
    assert call.headers["content-type"] == "application/x-www-form-urlencoded"
    assert "authorization" not in call.headers
    assert parse_qs(call.body.decode()) == {
        "grant_type": ["authorization_code"],
        "client_id": ["7100"],
        "client_secret": [SECRET],
        "code": ["TG-code-1"],
        "redirect_uri": ["https://erp.example.com/r"],
        "code_verifier": ["v"],
    }
    assert pair == TokenSet(
        "APP_USR-new-access",
        "TG-new-0123456789-5",
        10800,
        "3104829965",
        "offline_access read write",
    )
    assert "APP_USR" not in repr(pair)
    assert "TG-" not in repr(pair)


def test_a_token_is_renewed() -> None:
    with Server(answer(user_id="9223372036854775808")) as server:
        pair = client(server.url).refresh(OLD)
    assert pair.account_id == "9223372036854775808"
    assert parse_qs(server.calls[0].body.decode())["refresh_token"] == [OLD]


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (400, "invalid_grant", AuthRequired),
        (400, "invalid_client", AuthRequired),
        (401, "invalid_client", AuthRequired),
        (400, "unauthorized_client", AuthRequired),
        (400, "unauthorized_application", AuthRequired),
        (403, "forbidden", AuthRequired),
        (401, "", AuthRequired),
        (403, "", Rejected),
        (400, "invalid_request", Rejected),
        (400, "invalid_scope", Rejected),
        (400, "unsupported_grant_type", Rejected),
        (400, "", Rejected),
        (302, "", Rejected),
        (429, "local_rate_limited", Retryable),
        (400, "local_rate_limited", Retryable),
        (500, "internal_server_error", Retryable),
        (503, "", Retryable),
    ],
)
def test_refusals(status: int, error: str, kind: type[Exception]) -> None:
    echo = {"error": error, "error_description": f"{OLD} {SECRET}", "status": status}
    body = json.dumps(echo).encode() if error else b""
    with Server(Answer(status, body)) as server:
        with pytest.raises(kind) as caught:
            client(server.url).refresh(OLD)
        assert len(server.calls) == 1
    assert OLD not in str(caught.value)
    assert SECRET not in str(caught.value)
    if isinstance(caught.value, Rejected):
        assert caught.value.code == "oauth_refused"


@pytest.mark.parametrize(
    "fault",
    [Answer(drop=True), Answer(wait=3), Answer(503), Answer(body=b'{"a', length=90)],
    ids=["drop", "slow", "503", "cut"],
)
def test_a_request_that_may_have_arrived_is_not_repeated(fault: Answer) -> None:
    with Server(fault, answer()) as server:
        with pytest.raises(Retryable):
            client(server.url).refresh(OLD)
        assert len(server.calls) == 1


@pytest.mark.parametrize(
    "got",
    [
        Answer(body=b""),
        Answer(body=b"[]"),
        Answer(body=b'{"access_token": "APP'),
        Answer(body=b"x" * 100_000),
        answer(access_token=...),
        answer(access_token=""),
        answer(access_token=5),
        answer(access_token="two\r\nlines"),
        answer(access_token="x" * 5000),
        answer(refresh_token=...),
        answer(refresh_token=5),
        answer(expires_in=...),
        answer(expires_in=0),
        answer(expires_in=-5),
        answer(expires_in=True),
        answer(expires_in="soon"),
        answer(user_id=...),
        answer(user_id=[]),
        answer(user_id="../me"),
        answer(scope=5),
    ],
)
def test_an_unusable_answer_is_not_taken_for_a_refusal(got: Answer) -> None:
    with Server(got) as server:
        with pytest.raises(Retryable):
            client(server.url).refresh(OLD)


@pytest.mark.parametrize("scope", ["read write", "", None, ...])
def test_without_offline_access_nothing_renews(scope: Any) -> None:
    with Server(answer(scope=scope, refresh_token=...)) as server:
        with pytest.raises(Rejected) as caught:
            client(server.url).exchange("TG-code-1", "https://erp.example.com/r", "v")
    assert caught.value.code == "no_offline_access"

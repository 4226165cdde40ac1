"""OAuth 2 of services that say no more than the RFC: page, exchange, renewal."""

from __future__ import annotations

import base64
import json
import math
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from odoo.addons.channel_base.lib import oauth
from odoo.addons.channel_base.lib.errors import AuthRequired, Rejected, Retryable

from .support import Answer, Server

SECRET, OLD = "appSecretOfTheTest", "old-refresh-token"


def answer(status: int = 200, **body: Any) -> Answer:
    return Answer(status, json.dumps(body).encode())


def client(url: str) -> oauth.TokenClient:
    return oauth.TokenClient(url, "7100", SECRET, timeout=(1.0, 1.0))


def test_pkce_as_in_the_rfc() -> None:
    # RFC 7636, appendix B
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert oauth.pkce_challenge(verifier) == (
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )
    fresh = {oauth.pkce_verifier() for _ in range(20)}
    assert len(fresh) == 20
    assert all(43 <= len(one) <= 128 for one in fresh)


def test_the_authorization_page() -> None:
    url = oauth.authorization_url(
        "https://auth.example.com/authorization",
        "7100",
        "https://erp.example.com/r",
        "a&b=c+d",
        "chal",
        {"scope": "read write"},
    )
    parts = urlsplit(url)
    assert (parts.scheme, parts.netloc, parts.path) == (
        "https",
        "auth.example.com",
        "/authorization",
    )
    assert dict(parse_qsl(parts.query)) == {
        "response_type": "code",
        "client_id": "7100",
        "redirect_uri": "https://erp.example.com/r",
        "state": "a&b=c+d",
        "code_challenge": "chal",
        "code_challenge_method": "S256",
        "scope": "read write",
    }


def test_a_token_that_lives_until_it_is_revoked() -> None:
    with Server(answer(access_token="long-lived", token_type="bearer")) as server:
        found = client(server.url).exchange("code-1", "https://erp.example.com/r", "v")
    assert found == oauth.TokenSet("long-lived")
    assert found.values() == {
        "access_token": "long-lived",
        "refresh_token": "",
        "expires_in": 0,
    }
    assert "long-lived" not in repr(found)
    sent = parse_qs(server.calls[0].body.decode())
    assert sent["client_id"] == ["7100"] and sent["code_verifier"] == ["v"]


def test_a_token_is_renewed() -> None:
    with Server(answer(access_token="a", refresh_token="r", expires_in="60")) as server:
        found = client(server.url).refresh(OLD)
    assert found == oauth.TokenSet("a", "r", 60)


class OwnWay(oauth.TokenClient):
    basic = True
    account_field = "user_id"


def test_an_application_that_uses_http_basic() -> None:
    with Server(answer(401), answer(access_token="a", user_id=77)) as server:
        own = OwnWay(server.url, "7:1", f"{SECRET} /ñ", timeout=(1.0, 1.0))
        with pytest.raises(AuthRequired) as caught:
            own.refresh(OLD)
        assert own.refresh(OLD) == oauth.TokenSet("a", account_id="77")
    assert SECRET not in str(caught.value)
    assert len(server.calls) == 2
    call = server.calls[-1]
    pair = base64.b64encode(f"7%3A1:{SECRET}+%2F%C3%B1".encode()).decode()
    assert call.headers["authorization"] == f"Basic {pair}"
    assert not {"client_id", "client_secret"} & parse_qs(call.body.decode()).keys()


@pytest.mark.parametrize("user", [None, "", {}, True, "a\0", "x" * 1000])
def test_an_account_that_is_none(user: Any) -> None:
    with Server(answer(access_token="a", user_id=user)) as server:
        own = OwnWay(server.url, "7100", SECRET, timeout=(1.0, 1.0))
        assert own.refresh(OLD).account_id == ""


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        (3600, 3600),
        ("3600", 3600),
        (3600.0, 3600),
        (0, 0),
        (-1, 0),
        (0.5, 0),
        (None, 0),
        (True, 0),
        ("soon", 0),
        ([], 0),
        (math.nan, 0),
        (math.inf, oauth.MAX_LIFETIME),
        (253402300799, oauth.MAX_LIFETIME),
        (10**18, oauth.MAX_LIFETIME),
        (10**400, oauth.MAX_LIFETIME),
        ("9" * 5000, oauth.MAX_LIFETIME),
    ],
)
def test_how_long_a_token_lives(said: Any, seconds: int) -> None:
    with Server(answer(access_token="a", expires_in=said)) as server:
        assert client(server.url).refresh(OLD).expires_in == seconds


def test_a_token_that_works_is_kept_whatever_is_said_beside_it() -> None:
    odd = answer(access_token="a", refresh_token=5, expires_in={}, scope=5)
    with Server(odd) as server:
        assert client(server.url).refresh(OLD) == oauth.TokenSet("a")


@pytest.mark.parametrize(
    ("got", "kind"),
    [
        (answer(400, error="invalid_grant"), AuthRequired),
        (answer(400, error="unauthorized_client"), AuthRequired),
        (answer(401), AuthRequired),
        (answer(400, error="invalid_scope"), Rejected),
        (answer(400, message="invalid_grant"), Rejected),
        (answer(503, error="temporarily_unavailable"), Retryable),
        (answer(400, error="temporarily_unavailable"), Retryable),
        (answer(), Retryable),
        (answer(access_token="two\r\nlines"), Retryable),
        (Answer(body=b"x" * 100_000), Retryable),
    ],
)
def test_what_cannot_be_used(got: Answer, kind: type[Exception]) -> None:
    with Server(got) as server:
        with pytest.raises(kind) as caught:
            client(server.url).refresh(OLD)
        assert len(server.calls) == 1
    assert OLD not in str(caught.value)
    assert SECRET not in str(caught.value)

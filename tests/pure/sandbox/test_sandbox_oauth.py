"""Authorization, token rotation and refusals."""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from sandbox.mercadolibre import MercadoLibreSandbox
from sandbox.testing import Client

RETURN = "https://erp.example.com/oauth/return"
VERIFIER = "a-long-enough-verifier-with-forty-three-chars-0"
DAY = 86400


@pytest.fixture
def sandbox() -> Iterator[MercadoLibreSandbox]:
    """A sandbox with few orders, since these tests are not about them."""
    with MercadoLibreSandbox(seed=7, orders=10, frozen=True) as running:
        yield running


def challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def authorize(client: Client, account: int, **extra: str) -> dict[str, list[str]]:
    """Click "Allow" for an account; the query of the return address."""
    query = {
        "response_type": "code",
        "client_id": client.app["client_id"],
        "redirect_uri": RETURN,
        "state": "s 1/á",
        **extra,
    }
    page = client.call("GET", f"/authorization?{urlencode(query)}")
    assert page.status == 200
    text = page.body.decode()
    start = text.index(f'id="allow-{account}" href="') + len(f'id="allow-{account}"')
    link = text[start:].split('"')[1].replace("&amp;", "&")
    answer = client.call("GET", link)
    assert answer.status == 302
    location = answer.headers["Location"]
    assert location.startswith(RETURN + "?")
    return parse_qs(urlsplit(location).query)


def exchange(client: Client, code: str, **extra: str):
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": RETURN}
    return client.token(**{**form, **extra})


def test_code_is_exchanged_once_with_pkce(client: Client) -> None:
    pkce = {"code_challenge": challenge(VERIFIER), "code_challenge_method": "S256"}
    back = authorize(client, client.seller, **pkce)
    assert back["state"] == ["s 1/á"]
    code = back["code"][0]
    assert code.startswith("TG-")
    assert code.endswith(f"-{client.seller}")
    assert exchange(client, code).json["error"] == "invalid_request"
    assert exchange(client, code, code_verifier="other").json["error"] == (
        "invalid_grant"
    )
    pair = exchange(client, code, code_verifier=VERIFIER)
    assert pair.status == 200
    assert set(pair.json) == {
        "access_token",
        "token_type",
        "expires_in",
        "scope",
        "user_id",
        "refresh_token",
    }
    assert pair.json["expires_in"] == 21600
    assert exchange(client, code, code_verifier=VERIFIER).status == 400


def test_code_dies_after_ten_minutes(client: Client) -> None:
    code = authorize(client, client.seller)["code"][0]
    client.control("POST", "clock", {"advance_seconds": 601})
    assert exchange(client, code).json["error"] == "invalid_grant"


def test_code_needs_the_same_return_address(client: Client) -> None:
    code = authorize(client, client.seller)["code"][0]
    refused = exchange(client, code, redirect_uri=RETURN + "/")
    assert refused.json["error"] == "invalid_grant"


def test_operator_cannot_allow(client: Client) -> None:
    back = authorize(client, client.info["operator"]["id"])
    assert back["error"] == ["invalid_operator_user_id"]
    assert "code" not in back


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "1"},
        {"redirect_uri": RETURN + "?a=1"},
        {"response_type": "token"},
        {"code_challenge": "x", "code_challenge_method": "md5"},
    ],
)
def test_bad_authorization_requests(client: Client, change: dict[str, str]) -> None:
    query = {
        "response_type": "code",
        "client_id": client.app["client_id"],
        "redirect_uri": RETURN,
        **change,
    }
    assert client.call("GET", f"/authorization?{urlencode(query)}").status == 400


def test_mandatory_pkce_and_registered_return_addresses(client: Client) -> None:
    strict = client.info["apps"][1]["client_id"]
    uri = "http://127.0.0.1:8069/back"
    query = {"response_type": "code", "client_id": strict, "redirect_uri": uri}
    path = f"/authorization?{urlencode(query)}"
    assert client.call("GET", path).status == 400
    client.control("POST", f"apps/{strict}", {"add_redirect_uris": [uri]})
    assert client.call("GET", path).status == 400
    pkce = urlencode({"code_challenge": "x", "code_challenge_method": "S256"})
    assert client.call("GET", f"{path}&{pkce}").status == 200


def test_rotation_refuses_a_used_token(client: Client) -> None:
    first = client.pair["refresh_token"]
    second = client.renew(first)
    assert second.status == 200
    assert second.json["refresh_token"] != first
    reused = client.renew(first)
    assert reused.status == 400
    assert reused.json == {
        "error_description": (
            "Error validating grant. Your authorization code or refresh token may be "
            "expired or it was already used"
        ),
        "error": "invalid_grant",
        "status": 400,
        "cause": [],
    }
    assert client.renew(second.json["refresh_token"]).status == 200
    events = client.control("GET", "stats")["events"]
    assert events == {"renewals": 2, "refresh_reuse_refused": 1}


def test_rotation_is_atomic(client: Client) -> None:
    token, statuses = client.pair["refresh_token"], []
    threads = [
        threading.Thread(target=lambda: statuses.append(client.renew(token).status))
        for _number in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [400] * 11


def test_token_endpoint_wants_a_form_body(client: Client) -> None:
    query = urlencode({"grant_type": "refresh_token", "refresh_token": "x"})
    assert client.call("POST", f"/oauth/token?{query}").status == 400
    as_json = {"Content-Type": "application/json"}
    refused = client.call("POST", "/oauth/token", b"{}", **as_json)
    assert refused.json["error"] == "invalid_request"
    assert client.token(grant_type="password").json["error"] == (
        "unsupported_grant_type"
    )
    wrong = client.token(grant_type="refresh_token", client_secret="no")
    assert wrong.json["error"] == "invalid_client"


def test_access_token_expires_and_the_body_varies(client: Client) -> None:
    client.control("POST", "settings", {"expires_in": 60})
    client.act_as(client.seller)
    assert client.pair["expires_in"] == 60
    assert client.get("/users/me").status == 200
    client.control("POST", "clock", {"advance_seconds": 61})
    bodies = set()
    for path in ("/users/me", "/orders/1", "/packs/1", "/shipments/1"):
        answer = client.get(path)
        assert answer.status == 401
        bodies.add(answer.body)
    assert len(bodies) > 1


def test_token_only_in_the_header(client: Client) -> None:
    token = client.pair["access_token"]
    assert client.call("GET", f"/users/me?access_token={token}").status == 401
    assert client.get(f"/users/me?access_token={token}").status == 401
    assert client.call("GET", "/users/me").status == 401
    assert client.call("GET", "/users/me", Authorization=token).status == 401


def test_forced_expiry_and_revocation(client: Client) -> None:
    assert client.control("POST", "tokens/expire", {})["expired"] == 1
    assert client.get("/users/me").status == 401
    assert client.renew(client.pair["refresh_token"]).status == 200
    client.act_as(client.seller)
    client.control("POST", "tokens/revoke", {"seller_id": client.seller})
    assert client.get("/users/me").status == 401
    assert client.renew(client.pair["refresh_token"]).json["error"] == "invalid_grant"


def test_grant_dies_after_four_idle_months(client: Client) -> None:
    client.control("POST", "clock", {"advance_seconds": 121 * DAY})
    assert client.renew(client.pair["refresh_token"]).status == 400


def test_refresh_token_dies_after_six_months_of_use(client: Client) -> None:
    client.control("POST", "settings", {"expires_in": 400 * DAY})
    client.act_as(client.seller)
    for _turn in range(2):
        client.control("POST", "clock", {"advance_seconds": 92 * DAY})
        assert client.get("/users/me").status == 200
    assert client.renew(client.pair["refresh_token"]).status == 400


def test_scopes_without_offline_access_give_no_refresh_token(client: Client) -> None:
    app_id = client.app["client_id"]
    client.control("POST", f"apps/{app_id}", {"scopes": "read write"})
    client.act_as(client.seller)
    assert "refresh_token" not in client.pair

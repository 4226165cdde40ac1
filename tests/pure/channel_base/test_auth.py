"""Ways in which a call says whose it is."""

from __future__ import annotations

import base64

import pytest

from odoo.addons.channel_base.lib.auth import ApiKey, Auth, Basic, Bearer
from odoo.addons.channel_base.lib.errors import AuthRequired, Rejected
from odoo.addons.channel_base.lib.http import HttpClient

from tests.pure.channel_base.support import Answer, Call, Server

KEY = "k3y-of-the-shop/+="


@pytest.mark.parametrize(
    ("auth", "header", "expected"),
    [
        (ApiKey(KEY), "x-api-key", KEY),
        (ApiKey(KEY, "Authorization", "Token"), "authorization", f"Token {KEY}"),
        (
            Basic("ana", "ñandú:1"),
            "authorization",
            "Basic " + base64.b64encode("ana:ñandú:1".encode()).decode(),
        ),
        (Bearer(lambda stale: KEY), "authorization", f"Bearer {KEY}"),
    ],
)
def test_header(auth: Auth, header: str, expected: str) -> None:
    with Server() as server:
        client = HttpClient(server.url, auth=auth)
        client.get("/")
        client.request("POST", "/", authenticated=False)
    assert server.calls[0].headers[header] == expected
    assert header not in server.calls[1].headers


def echo(call: Call) -> Answer:
    said = str(call.headers)
    kind, _space, pair = call.headers.get("authorization", "").partition(" ")
    if kind == "Basic":
        said += base64.b64decode(pair).decode()
    return Answer(400, said.encode())


@pytest.mark.parametrize(
    ("auth", "secrets"),
    [
        (ApiKey(KEY, "X-Shop"), [KEY]),
        (Bearer(lambda stale: KEY), [KEY]),
        (
            Basic("ana", "hush-hush"),
            ["hush-hush", base64.b64encode(b"ana:hush-hush").decode()],
        ),
        # The key as the name, without a password
        (Basic(KEY, ""), [KEY, base64.b64encode(f"{KEY}:".encode()).decode()]),
    ],
)
def test_what_authenticates_is_hidden(auth: Auth, secrets: list[str]) -> None:
    with Server(echo) as server:
        client = HttpClient(server.url, auth=auth)
        with pytest.raises(Rejected) as caught:
            client.get("/")
        for secret in secrets:
            assert secret not in str(caught.value)
            assert secret not in client.redact(f"anything {secret}")


@pytest.mark.parametrize("auth", [None, ApiKey(KEY), Basic("ana", "hush")])
def test_nothing_else_to_authenticate_with(auth: Auth | None) -> None:
    with Server(Answer(401)) as server:
        with pytest.raises(AuthRequired):
            HttpClient(server.url, auth=auth).get("/")
        assert len(server.calls) == 1


def test_a_refused_token_is_renewed_once() -> None:
    asked: list[str | None] = []

    def token(stale: str | None) -> str:
        asked.append(stale)
        return "fresh-token" if stale else "stale-token"

    def check(call: Call) -> Answer:
        return Answer(200 if "fresh" in call.headers["authorization"] else 401)

    with Server(check) as server:
        client = HttpClient(server.url, auth=Bearer(token))
        assert client.request("POST", "/", body={"a": 1}).status == 200
        assert [call.body for call in server.calls] == [b'{"a": 1}'] * 2
    assert asked == [None, "stale-token"]
    with Server(Answer(401)) as server:
        with pytest.raises(AuthRequired):
            HttpClient(server.url, auth=Bearer(token)).get("/")
        assert len(server.calls) == 2

"""MercadoLibre's tokens are hidden wherever its clients write a text."""

from __future__ import annotations

import time

import pytest

from odoo.addons.channel_base.lib.errors import AuthRequired, Rejected, Retryable
from odoo.addons.channel_mercadolibre.lib.client import MercadoLibreClient
from odoo.addons.channel_mercadolibre.lib.oauth import OAuthClient
from odoo.addons.channel_mercadolibre.lib.secrets import TOKEN_PATTERNS
from odoo.addons.remote_transport.lib.redact import redact

from tests.pure.channel_base.support import Answer, Server

TOKENS = [
    "APP_USR-7100293845610223-112015-0123456789abcdef-1893456721",
    "TG-68f0a1b2c3d4e5f60718293a-1893456721",
    "TEST-7100293845610223-112015-abcdef__LA_LB__-18934567",
]


@pytest.mark.parametrize("token", TOKENS)
def test_tokens_that_look_like_tokens(token: str) -> None:
    text = f"anything at all {token}, and more"
    assert token[9:] not in redact(text, (), TOKEN_PATTERNS)


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 429, 500])
def test_an_error_names_no_token(
    token: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Also one that nobody gave us: another account's, say."""
    caplog.set_level("DEBUG")
    body = f'{{"message": "caller {token}", "error": "{token}"}}'.encode()
    with Server(Answer(status, body)) as server:
        api = MercadoLibreClient(server.url, lambda stale: "ours", retries=0)
        for call in (
            api.me,
            lambda: api.get(f"/x/{token}"),
            lambda: OAuthClient(server.url, "1", "2").refresh("3"),
        ):
            with pytest.raises((AuthRequired, Rejected, Retryable)) as caught:
                call()
            said = f"{caught.value} {caught.value!r} {vars(caught.value)}"
            assert token[9:] not in said
    assert token[9:] not in caplog.text


def test_a_network_fault_names_no_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    api = MercadoLibreClient("http://127.0.0.1:1", lambda stale: "ours", retries=1)
    with pytest.raises(Retryable) as caught:
        api.get(f"/{TOKENS[0]}", params={"q": TOKENS[1]})
    for token in TOKENS:
        assert token[9:] not in str(caught.value) + caplog.text


def test_hostile_texts_take_no_time() -> None:
    started = time.monotonic()
    redact("APP_USR-" * 10_000, (), TOKEN_PATTERNS)
    assert time.monotonic() - started < 3

"""Who signed a notification."""

from __future__ import annotations

import hmac

import pytest

from odoo.addons.channel_base.lib.signature import is_signed

BODY = b'{"shop": "77"}'


def sign(secret: bytes, body: bytes = BODY) -> str:
    return hmac.new(secret, body, "sha256").hexdigest()


@pytest.mark.parametrize(
    ("secret", "told", "genuine"),
    [
        ("clave", sign(b"clave"), True),
        ("clave", sign(b"other"), False),
        ("clave", sign(b"clave", BODY + b" "), False),
        ("clave", sign(b"clave")[:-1], False),
        ("clave", "", False),
        ("clave", "é" * 64, False),
        ("clave", "\ud800", False),
        ("", sign(b""), False),
        ("ñandú", sign("ñandú".encode()), True),
    ],
)
def test_signatures(secret: str, told: str, genuine: bool) -> None:
    assert is_signed(BODY, secret, told) is genuine

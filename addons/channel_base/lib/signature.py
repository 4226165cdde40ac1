"""Signatures of notifications. No Odoo in it."""

from __future__ import annotations

import hashlib
import hmac


def is_signed(body: bytes, secret: str, signature: str) -> bool:
    """Whether a signature, which may be anything, is the body's HMAC-SHA256 in
    hexadecimal digits. Nothing is signed with an empty secret."""
    wanted = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    told = signature.encode("utf-8", errors="replace")
    return bool(secret) and hmac.compare_digest(wanted.encode(), told)

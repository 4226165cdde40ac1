"""Addresses that tokens may be sent to. No Odoo in it."""

from __future__ import annotations

from urllib.parse import urlsplit

# Plain http only where no network is crossed: the machine itself, or the sandbox
# service beside Odoo.
PLAIN_HOSTS = {"127.0.0.1", "localhost", "sandbox"}


def is_safe(url: str) -> bool:
    """Whether tokens may be sent to an address."""
    parts = urlsplit(url)
    if parts.username or parts.password or not parts.hostname:
        return False
    return parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in PLAIN_HOSTS
    )

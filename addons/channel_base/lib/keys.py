"""Services that know us by keys instead of tokens. No Odoo in it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from .http import HttpClient


def basic(user: str, password: str) -> dict[str, str]:
    """The header of HTTP Basic (RFC 7617)."""
    pair = base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
    return {"Authorization": f"Basic {pair}"}


class KeyClient(HttpClient):
    """Calls that carry the same headers each time: HTTP Basic, or an API key.

    :param keys: the headers; their values never appear in logs and errors
    :param options: see :class:`HttpClient`
    """

    def __init__(self, base_url: str, keys: Mapping[str, str], **options: Any):
        super().__init__(base_url, **options)
        self.secrets = (*self.secrets, *keys.values())
        self._keys = dict(keys)

    def auth_headers(self) -> dict[str, str]:
        return self._keys

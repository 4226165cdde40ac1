"""JSON over HTTP with a shop server, with nothing but the standard library."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

SECONDS = 60.0


class ShopError(Exception):
    """The server refused: its status, type and sentence."""

    def __init__(self, status: int, kind: str, message: str):
        super().__init__(f"{status} {kind}: {message}")
        self.status = status
        self.kind = kind
        self.message = message


class Caller:
    """Calls one server; what identifies the caller goes with each call."""

    def __init__(self, url: str, **headers: str):
        self.url = url
        self.headers = {name.replace("_", "-"): text for name, text in headers.items()}

    def get(self, path: str, **query: Any) -> Any:
        """GET; a list in the query repeats its parameter, as the server reads it."""
        pairs = [
            (f"{name}[]" if isinstance(value, list) else name, value)
            for name, value in query.items()
        ]
        suffix = f"?{urlencode(pairs, doseq=True)}" if pairs else ""
        return self.call("GET", path + suffix)

    def post(self, path: str, **body: Any) -> Any:
        return self.call("POST", path, body)

    def delete(self, path: str) -> Any:
        return self.call("DELETE", path)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The parsed answer; amounts are decimals. Raises :class:`ShopError`."""
        headers = {"Content-Type": "application/json", **self.headers}
        data = None if body is None else json.dumps(body, default=_plain).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise _refusal(error) from error
        return json.loads(text, parse_float=Decimal) if text else None


def _plain(value: Any) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"not JSON: {value!r}")


def _refusal(error: urllib.error.HTTPError) -> ShopError:
    text = error.read().decode(errors="replace")
    try:
        found = json.loads(text)
    except ValueError:
        found = {}
    kind, message = found.get("code") or found.get("type"), found.get("message")
    return ShopError(error.code, str(kind or ""), str(message or text[:300]))

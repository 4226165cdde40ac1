"""A tiny HTTP client for tests that talk to the MercadoLibre fake directly."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from .mercadolibre import MercadoLibreSandbox


@dataclass
class Answer:
    """Status, headers and body of an answer."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Client:
    """Talks to a sandbox over HTTP, without following redirects."""

    def __init__(self, sandbox: MercadoLibreSandbox) -> None:
        self.sandbox = sandbox
        self.info = self.control("GET", "info")
        self.app = self.info["apps"][0]
        self.sellers = {s["nickname"]: s["id"] for s in self.info["sellers"]}
        self.seller = self.info["sellers"][0]["id"]
        self.pair: dict[str, Any] = {}
        self.act_as(self.seller)

    def call(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection(
            urlsplit(self.sandbox.url).netloc, timeout=5
        )
        try:
            names = {key.replace("_", "-"): value for key, value in headers.items()}
            connection.request(method, path, body or None, names)
            found = connection.getresponse()
            return Answer(found.status, found.headers, found.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        """GET with the bearer token."""
        token = f"Bearer {self.pair['access_token']}"
        return self.call("GET", path, b"", Authorization=token, **headers)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """A control call that must succeed."""
        data = json.dumps(body).encode() if body is not None else b""
        answer = self.call(method, f"/_sandbox/{path}", data)
        assert answer.status < 300, answer
        return answer.json

    def act_as(self, seller_id: int) -> None:
        """Use a fresh token pair of a seller from now on."""
        self.seller = seller_id
        self.pair = self.control("POST", "grant", {"seller_id": seller_id})

    def token(self, **form: str) -> Answer:
        """POST to the token endpoint with the first application's credentials."""
        form.setdefault("client_id", self.app["client_id"])
        form.setdefault("client_secret", self.app["client_secret"])
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.call("POST", "/oauth/token", urlencode(form).encode(), **kind)

    def renew(self, refresh_token: str) -> Answer:
        """Renew a token pair."""
        return self.token(grant_type="refresh_token", refresh_token=refresh_token)

    def truth(self, trait: str | None = None) -> list[dict[str, Any]]:
        """Rows of the truth of the present seller, maybe only those of a trait."""
        rows = self.control("GET", f"truth?seller_id={self.seller}")
        return [row for row in rows if trait is None or trait in row["traits"]]

    def search(self, **query: str | int) -> Answer:
        """Search the present seller's orders; ``__`` in a name means a dot."""
        names = {key.replace("__", "."): value for key, value in query.items()}
        text = urlencode({"seller": self.seller, **names})
        return self.get(f"/orders/search?{text}")

    def with_trait(self, trait: str) -> dict[str, Any]:
        """The first order of a trait, acting as its seller."""
        for seller_id in self.sellers.values():
            self.act_as(seller_id)
            rows = self.truth(trait)
            if rows:
                return rows[0]
        raise AssertionError(f"no order with {trait}")

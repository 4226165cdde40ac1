"""A browser's view of an Odoo server."""

from typing import Any

import requests


class RpcError(Exception):
    """The server answered with an error: its class and text."""


class Session:
    """Somebody who is logged in."""

    def __init__(self, url: str, database: str, login: str, password: str):
        self.url = url
        self.http = requests.Session()
        self.http.trust_env = False
        found = self.post(
            "/web/session/authenticate", db=database, login=login, password=password
        )
        self.uid = found["uid"]

    def post(self, path: str, **params: Any) -> Any:
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        answer = self.http.post(f"{self.url}{path}", json=body, timeout=60).json()
        if "error" in answer:
            data = answer["error"].get("data") or {}
            raise RpcError(f"{data.get('name')}: {data.get('message')}")
        return answer.get("result")

    def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a public method of a model."""
        return self.post(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=list(args),
            kwargs=kwargs,
        )

    def get(self, url: str, **options: Any) -> requests.Response:
        return self.http.get(url, timeout=60, **options)

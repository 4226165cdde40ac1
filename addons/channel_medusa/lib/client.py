"""Calls to the Admin API of a Medusa 2 shop.

Source: docs.medusajs.com, "Admin API reference"; checked against the server 2.18.0.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from urllib3.filepost import encode_multipart_formdata

from odoo.addons.channel_base.lib.auth import Basic
from odoo.addons.channel_base.lib.errors import Rejected, Retryable
from odoo.addons.channel_base.lib.http import HttpClient, Response
from odoo.addons.channel_base.lib.reader import (
    mapping,
    required_identifier,
    sequence,
)
from odoo.addons.channel_base.lib.text import clean

KEY_PATTERNS = (re.compile(r"\b[sp]k_[0-9a-f]{16,}"),)
MAX_PAGE = 100
# A list may be asked for so many records by id: addresses have a limit.
MAX_IDS = 50

_FIELD = re.compile(r"(?i)\b(sku|barcode|ean|handle|title|option|currency)\b")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SEGMENT = r"[A-Za-z0-9_-]{1,64}"
# What the client may change. Nothing here deletes, cancels, refunds or captures; what
# could write to a buyer says whether it does.
_WRITES = (
    ("POST", "/admin/orders/{id}"),
    ("POST", "/admin/orders/{id}/fulfillments"),
    ("POST", "/admin/orders/{id}/fulfillments/{id}/shipments"),
    ("POST", "/admin/orders/{id}/fulfillments/{id}/mark-as-delivered"),
    ("POST", "/admin/products"),
    ("POST", "/admin/products/{id}"),
    ("POST", "/admin/products/{id}/options/batch"),
    ("POST", "/admin/products/{id}/variants"),
    ("POST", "/admin/products/{id}/variants/{id}"),
    ("POST", "/admin/products/{id}/variants/batch"),
    ("POST", "/admin/uploads"),
    ("POST", "/admin/sales-channels/{id}/products"),
    ("POST", "/admin/inventory-items/location-levels/batch"),
    ("POST", "/admin/price-lists"),
    ("POST", "/admin/price-lists/{id}/prices/batch"),
)


class MedusaClient(HttpClient):
    """The Admin API with a secret API key. Usable from several threads.

    The key travels as the name of HTTP Basic: as a bearer token it is refused.

    :param base_url: of the shop's server
    :param key: ``sk_…``
    :param options: see :class:`HttpClient`

    Errors beyond those of :meth:`HttpClient.request`:

    ====================== ====================================================
    Rejected not_found     404
    Rejected shop_refused  another 4xx, with what the shop says as ``detail``
    Retryable              402: the shop is paused; 409: two workflows at once
    ====================== ====================================================
    """

    #: Method and path of the calls that write; ``{id}`` stands for one segment.
    writes: tuple[tuple[str, str], ...] = _WRITES

    def __init__(self, base_url: str, key: str, **options: Any):
        super().__init__(
            base_url, auth=Basic(key, ""), patterns=KEY_PATTERNS, **options
        )

    def request(self, method: str, path: str, **options: Any) -> Response:
        """As :meth:`HttpClient.request`.

        :raises ValueError: it writes what this client must not write
        """
        if method != "GET" and not self._may_write(method, path):
            raise ValueError(f"{method} {path} may not be written")
        return super().request(method, path, **options)

    def read_one(self, path: str, key: str, **params: Any) -> dict[str, Any]:
        """One record.

        :param key: what the answer calls it
        :param params: of the query
        """
        answer = mapping(self.get(path, params=params).body, "answer")
        return mapping(answer.get(key), key)

    def read_list(self, path: str, key: str, **params: Any) -> list[dict[str, Any]]:
        """A page of records; ``params`` may name filters with brackets."""
        answer = mapping(self.get(path, params=params).body, "answer")
        rows = sequence(answer.get(key), key, limit=1000)
        return [mapping(row, f"{key}[{index}]") for index, row in enumerate(rows)]

    def read_all(self, path: str, key: str, **params: Any) -> list[dict[str, Any]]:
        """The records of every page; for lists that are short."""
        found: list[dict[str, Any]] = []
        while True:
            page = self.read_list(
                path, key, **params, limit=MAX_PAGE, offset=len(found)
            )
            found += page
            if len(page) < MAX_PAGE:
                return found

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Create or change something; what the shop answers."""
        return mapping(self.request("POST", path, body=body).body, "answer")

    def read_some(
        self, path: str, key: str, ids: Iterable[str], *, by: str = "id", **params: Any
    ) -> list[dict[str, Any]]:
        """The records that have some of these ids.

        :param by: another filter in their place
        """
        found: list[dict[str, Any]] = []
        for part in chunks(dict.fromkeys(ids)):
            found += self.read_all(path, key, **params, **{f"{by}[]": part})
        return found

    def upload(self, name: str, mimetype: str, data: bytes) -> dict[str, Any]:
        """Keep a file in the shop: ``{files: [{id, url}]}``."""
        form, kind = encode_multipart_formdata({"files": (name, data, mimetype)})
        headers = {"Content-Type": kind}
        answer = self.request("POST", "/admin/uploads", form=form, headers=headers)
        return mapping(answer.body, "answer")

    def _may_write(self, method: str, path: str) -> bool:
        return any(
            re.fullmatch(
                f"{verb} {pattern.replace('{id}', _SEGMENT)}", f"{method} {path}"
            )
            for verb, pattern in self.writes
        )

    def read_currencies(self) -> set[str]:
        """ISO codes, in lower case, of what the shop sells in."""
        rows = sequence(self.store().get("supported_currencies"), "currencies")
        codes = (mapping(row, "currencies").get("currency_code") for row in rows)
        return {clean(code).lower() for code in codes} - {""}

    def store(self) -> dict[str, Any]:
        """The shop: ``{id, name, …}``. A server has one."""
        fields = "id,name,*supported_currencies"
        stores = self.read_list("/admin/stores", "stores", fields=fields)
        return stores[0] if stores else {}

    def order(self, order_id: str, fields: str) -> dict[str, Any]:
        """One order. ``fields`` replaces what the shop shows otherwise."""
        return self.read_one(
            f"/admin/orders/{segment(order_id)}", "order", fields=fields
        )

    def orders(self, fields: str, **params: Any) -> list[dict[str, Any]]:
        """A page of orders."""
        return self.read_list("/admin/orders", "orders", fields=fields, **params)

    def _refusal(self, method: str, path: str, got: Response) -> Exception:
        if got.status == 401:
            return super()._refusal(method, path, got)
        text = self._quote(method, path, got)
        if got.status in (402, 409):
            return Retryable(text)
        if got.status == 404:
            return Rejected("not_found", message=text, status=got.status)
        detail = self.redact(_said(got.raw))[:300] or str(got.status)
        return Rejected("shop_refused", _field(detail), message=text, detail=detail)


def segment(value: str) -> str:
    """An id fit for a path. Ids come from the wire: none may climb to another path."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise Rejected("payload_invalid", "id", "an id with unexpected characters")
    return value


def read_values(client: MedusaClient, key: str) -> list[tuple[str, str]]:
    """Ids and names of a list of the shop, such as ``stock_locations``."""
    path = f"/admin/{key.replace('_', '-')}"
    rows = client.read_all(path, key, fields="id,name")
    return [
        (required_identifier(row.get("id"), "id"), clean(row.get("name")))
        for row in rows
    ]


def chunks(ids: Iterable[str], size: int = MAX_IDS) -> list[list[str]]:
    """Ids in lists that fit one address each."""
    every = list(ids)
    return [every[start : start + size] for start in range(0, len(every), size)]


def _field(said: str) -> str | None:
    """The field that a refusal is about, where the shop names it."""
    found = _FIELD.search(said)
    return found[1].lower() if found else None


def _said(raw: bytes) -> str:
    """The shop's own words in a refusal: ``{type, message}``."""
    try:
        body = json.loads(raw[:65536])
    except (ValueError, RecursionError):
        return raw[:300].decode("utf-8", errors="replace").strip()
    message = body.get("message") if isinstance(body, dict) else None
    return message.strip() if isinstance(message, str) else ""

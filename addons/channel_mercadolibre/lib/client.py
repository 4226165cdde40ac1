"""Calls to the MercadoLibre API that order import needs.

Source: developers.mercadolibre.com, "Orders", "Packs", "Billing info", "Shipments",
"Users" and "Error codes". The token always travels in the ``Authorization`` header.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from odoo.addons.channel_base.lib.auth import Bearer
from odoo.addons.channel_base.lib.errors import Rejected, Retryable
from odoo.addons.channel_base.lib.http import HttpClient, Response

from .secrets import TOKEN_PATTERNS

RATE_PER_MINUTE = 1500  # calls a minute and seller, "Rate limits"
MAX_PAGE = 50  # a search refuses a limit above 51

_SEGMENT = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ERROR_KEYS = ("error", "code", "message", "error_description")
_NOT_OWNED = ("not_owned_order", "caller.id.invalid", "has not access to the order")
_NOT_FOUND = ("order_not_found",)


def missing_parts(answer: Response) -> frozenset[str]:
    """Names of the blocks that a ``206 Partial Content`` left out, in lower case.

    They travel in the header ``X-Content-Missing``. An answer that is partial without
    naming anything counts as lacking the buyer, the block that must not be erased.
    """
    names = answer.headers.get("x-content-missing", "")
    found = frozenset(
        name.strip().lower()[:64] for name in names.split(",")[:20] if name.strip()
    )
    if answer.status == 206 and not found:
        return frozenset({"buyer"})
    return found


def instant(value: datetime) -> str:
    """A naive UTC instant as the filters of a search take it."""
    return value.strftime("%Y-%m-%dT%H:%M:%S.000-00:00")


class MercadoLibreClient(HttpClient):
    """The API with one seller's token. Usable from several threads.

    :param base_url: scheme and host (:data:`.sites.API_BASE`)
    :param token: see :class:`Bearer`
    :param options: see :class:`HttpClient`; pass the account's shared limiter with
        :data:`RATE_PER_MINUTE`

    Errors beyond those of :meth:`HttpClient.request`:

    ====================== ====================================================
    AuthRequired           a renewed token is refused as well
    Rejected not_found     404
    Rejected other_account the order belongs to another seller
    Rejected forbidden     other 403: missing scope or permission
    ====================== ====================================================
    """

    def __init__(
        self, base_url: str, token: Callable[[str | None], str], **options: Any
    ):
        super().__init__(
            base_url, auth=Bearer(token), patterns=TOKEN_PATTERNS, **options
        )

    def _refusal(self, method: str, path: str, got: Response) -> Exception:
        said = _error_text(got.raw)
        words = said.lower()
        code = None
        if any(word in words for word in _NOT_OWNED):
            code = "other_account"
        elif got.status == 404 or any(word in words for word in _NOT_FOUND):
            code = "not_found"
        elif got.status == 403:
            code = "forbidden"
        elif got.status != 401 and "local_rate_limited" in words:
            limited = f"{got.status} local_rate_limited"
            return Retryable(self._describe(method, path, limited))
        if code is None or got.status == 401:
            return super()._refusal(method, path, got)
        text = self._describe(method, path, f"{got.status} {said}")
        return Rejected(code, message=text, status=got.status)

    def me(self) -> Response:
        """The account that granted access: ``{id, nickname, site_id, tags, …}``."""
        return self.get("/users/me")

    def search_orders(
        self,
        seller_id: str,
        *,
        updated_from: datetime,
        updated_to: datetime | None = None,
        status: str | None = None,
        offset: int = 0,
        limit: int = MAX_PAGE,
    ) -> Response:
        """Orders by the moment of their last change, in ascending order.

        The service discards minutes and seconds of both limits. Cancelled orders are
        left out unless ``status`` asks for them.

        :param updated_from: naive UTC
        :param updated_to: naive UTC; None for "until now"
        :param limit: at most :data:`MAX_PAGE`
        :return: ``{results: [order …], paging: {total, offset, limit}}``
        """
        params: dict[str, Any] = {
            "seller": segment(seller_id),
            "order.date_last_updated.from": instant(updated_from),
            "sort": "date_asc",
            "offset": offset,
            "limit": min(limit, MAX_PAGE),
        }
        if updated_to is not None:
            params["order.date_last_updated.to"] = instant(updated_to)
        if status:
            params["order.status"] = status
        return self.get("/orders/search", params=params)

    def order(self, order_id: str) -> Response:
        """One order; status 206 when part of it is missing."""
        return self.get(f"/orders/{segment(order_id)}")

    def pack(self, pack_id: str) -> Response:
        """One cart: ``{id, status, buyer{id}, shipment{id}, orders[{id}]}``."""
        return self.get(f"/packs/{segment(pack_id)}")

    def billing_info(self, site_id: str, billing_info_id: str) -> Response:
        """Fiscal data by the id that ``order.buyer.billing_info`` carries."""
        return self.get(
            f"/orders/billing-info/{segment(site_id)}/{segment(billing_info_id)}"
        )

    def legacy_billing_info(self, order_id: str) -> Response:
        """Fiscal data of an order, the way that is being switched off."""
        return self.get(f"/orders/{segment(order_id)}/billing_info")

    def missed_feeds(
        self, app_id: str, topic: str, *, offset: int = 0, site_id: str = ""
    ) -> Response:
        """Notifications of the last two days that could not be delivered.

        :param offset: how many were read before
        :param site_id: of the account; the topic ``items`` is refused without it
        :return: ``{messages: [notification with request and response …]}``
        """
        params = {"app_id": segment(app_id), "topic": topic, "offset": offset}
        if site_id:
            params["site_id"] = segment(site_id)
        return self.get("/missed_feeds", params={**params, "limit": MAX_PAGE})

    def shipment(self, shipment_id: str) -> Response:
        """One shipment in the shape that is mandatory since October 2025."""
        return self.get(
            f"/shipments/{segment(shipment_id)}", headers={"x-format-new": "true"}
        )


def segment(value: str) -> str:
    """An id fit for a path. Ids come from the wire: none may climb to another path."""
    if not isinstance(value, str) or not _SEGMENT.fullmatch(value):
        raise Rejected("payload_invalid", "id", "an id with unexpected characters")
    return value


def _error_text(raw: bytes) -> str:
    """What an error body says; its keys are not uniform, and it may be no JSON."""
    try:
        body = json.loads(raw[:65536])
    except (ValueError, RecursionError):
        return raw[:8192].decode("utf-8", errors="replace").strip()
    if not isinstance(body, dict):
        return ""
    values = (body.get(key) for key in _ERROR_KEYS)
    return " ".join(v[:8192] for v in values if isinstance(v, str))

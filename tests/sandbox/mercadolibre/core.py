"""What the parts of the MercadoLibre fake share."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from ..clock import Clock
from ..http import HttpError, Request
from .accounts import Seller
from .errors import error, unauthorized
from .notifications import Notifier
from .oauth import Access, Authority, TokenRefused
from .store import Store


@dataclass
class Settings:
    """Behaviour that can be changed while the fake runs.

    :param expires_in: life of new access tokens in seconds
    :param whole_hours: let the hour of a ``.to`` filter count to its end
    :param local_permalinks: profile links point at the fake instead of the site
    :param legacy_billing: whether the deprecated billing path still answers
    :param rate_limit: calls per minute, application and user; None for no limit
    :param empty_items: whether an item can be listed without stock
    :param conflicts: how many of the next calls that change items meet another change
    :param cancelled_return: whether what a cancelled order took can be bought again
    :param search_lag: seconds until a new item is found by searching
    :param foreign_items: whether the items of other sellers can be read
    :param address_store: whether the seller's address has a ``store_id`` as a warehouse
        has
    :param minimum_price: least price of an item; None for the site's own
    """

    expires_in: int = 21600
    whole_hours: bool = False
    local_permalinks: bool = False
    legacy_billing: bool = True
    rate_limit: int | None = None
    empty_items: bool = True
    conflicts: int = 0
    cancelled_return: bool = True
    minimum_price: float | None = None
    search_lag: float = 0.0
    foreign_items: bool = False
    address_store: bool = False

    def update(self, values: dict[str, Any]) -> None:
        """Change some settings; raises ValueError for an unknown name."""
        unknown = set(values) - set(asdict(self))
        if unknown:
            raise ValueError(f"unknown settings: {', '.join(sorted(unknown))}")
        for name, value in values.items():
            setattr(self, name, value)


class Core:
    """Store, tokens, clock and settings, with the check of the caller."""

    def __init__(
        self,
        store: Store,
        authority: Authority,
        clock: Clock,
        lock: threading.RLock,
        base_url: Callable[[], str],
        changed: Callable[[], None],
        notifier: Notifier,
    ) -> None:
        self.store = store
        self.authority = authority
        self.clock = clock
        self.lock = lock
        self.settings = Settings()
        self.base_url = base_url
        self.changed = changed
        self.notifier = notifier
        self._windows: dict[tuple[str, int], tuple[int, int]] = {}

    @property
    def local(self) -> str | None:
        """Base address of profile links, when they are local."""
        return self.base_url() if self.settings.local_permalinks else None

    def caller(self, request: Request) -> int:
        """Id of the user an API call is made for; raises a 401 answer otherwise."""
        return self.access(request).user_id

    def access(self, request: Request) -> Access:
        """User and application of an API call; raises a 401 answer otherwise."""
        header = request.headers.get("authorization", "")
        scheme, _sep, token = header.partition(" ")
        if "access_token=" in request.query_string or scheme.lower() != "bearer":
            raise HttpError(unauthorized("absent", request.path))
        try:
            access = self.authority.caller(token.strip())
        except TokenRefused as refusal:
            raise HttpError(unauthorized(refusal.reason, request.path)) from refusal
        if self.settings.rate_limit is not None:
            self._limit((access.client_id, access.user_id), self.settings.rate_limit)
        return access

    def _limit(self, caller: tuple[str, int], limit: int) -> None:
        minute = int(self.clock.timestamp() // 60)
        with self.lock:
            known, count = self._windows.get(caller, (minute, 0))
            count = count + 1 if known == minute else 1
            self._windows[caller] = (minute, count)
        if count > limit:
            empty = error(429, "too_many_requests")
            empty.body = b""
            raise HttpError(empty)

    def seller(self, value: Any) -> Seller:
        """The seller of an id given to the control API; raises ValueError."""
        try:
            return self.store.sellers[int(value)]
        except (KeyError, TypeError, ValueError):
            raise ValueError(f"unknown seller_id: {value}") from None

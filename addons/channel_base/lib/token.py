"""Access token of a client, kept in memory between its calls."""

from __future__ import annotations

import threading
from collections.abc import Callable


class TokenProvider:
    """Answers the access token; asks its reader only when it has to.

    Threads that were refused with the same token wait for one renewal.

    :param read: answers the token in force, or another one than the stale token it
        is given; may be slow and must be safe across processes
    :param account: the account that the token is of, where that is known: what the
        answer with the token told, or what the credential is connected to
    """

    def __init__(self, read: Callable[[str | None], str], account: str = ""):
        self.account = account
        self._read = read
        self._token: str | None = None
        self._lock = threading.Lock()

    def __call__(self, stale: str | None = None) -> str:
        with self._lock:
            if self._token is None or self._token == stale:
                self._token = self._read(stale)
            return self._token

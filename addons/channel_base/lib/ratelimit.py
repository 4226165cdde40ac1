"""Adaptive rate limit of one account on one external system."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable


class RateLimiter:
    """A token bucket whose rate follows what the remote side answers.

    Additive increase, multiplicative decrease: a 429 halves the rate, each success
    gives a little back, never above the declared maximum. Thread-safe.

    :param per_minute: calls a minute that the service allows
    :param burst: calls that may go at once after a pause
    """

    def __init__(
        self,
        per_minute: float,
        burst: int = 20,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ):
        self.maximum = per_minute / 60.0
        self.minimum = min(self.maximum, 1 / 10)
        self.rate = self.maximum
        self.burst = float(burst)
        self._tokens = float(burst)
        self._clock = clock
        self._sleep = sleep
        self._updated = clock()
        self._blocked_until = 0.0
        self._lock = threading.Lock()

    def acquire(self, patience: float = 30.0) -> float:
        """Wait for the right to make one call.

        :param patience: the most seconds to wait
        :return: 0 when the call may go; otherwise the seconds still to wait, nothing
            having been taken
        """
        with self._lock:
            now = self._clock()
            self._tokens = min(
                self.burst, self._tokens + (now - self._updated) * self.rate
            )
            self._updated = now
            wait = max(
                self._blocked_until - now,
                (1 - self._tokens) / self.rate if self._tokens < 1 else 0.0,
                0.0,
            )
            if wait > patience:
                return wait
            self._tokens -= 1
        if wait:
            self._sleep(wait)
        return 0.0

    def succeeded(self) -> None:
        """Tell that a call was accepted."""
        with self._lock:
            self.rate = min(self.maximum, self.rate + self.maximum / 100)

    def throttled(self, after: float | None = None) -> None:
        """Tell that the service answered 429.

        :param after: seconds of its ``Retry-After``, if it sent one
        """
        with self._lock:
            self.rate = max(self.minimum, self.rate / 2)
            self._tokens = min(self._tokens, 0.0)
            if after:
                self._blocked_until = max(self._blocked_until, self._clock() + after)


_limiters: dict[Hashable, RateLimiter] = {}
_limiters_lock = threading.Lock()


def limiter_for(key: Hashable, per_minute: float) -> RateLimiter:
    """The limiter that this process shares for an account.

    :param key: what identifies the account (database, provider, account)
    """
    with _limiters_lock:
        limiter = _limiters.get(key)
        if limiter is None or limiter.maximum != per_minute / 60.0:
            limiter = _limiters[key] = RateLimiter(per_minute)
        return limiter

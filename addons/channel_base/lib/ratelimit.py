"""Adaptive rate limit of one account on one external system."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Protocol

#: Calls that may go at once after a pause,
BURST = 20
#: but not more than are allowed in so many seconds.
BURST_SECONDS = 10
#: Seconds of a ``Retry-After``; more is a fault of the header, or of a clock.
MAX_RETRY_AFTER = 24 * 3600.0
#: A process takes the calls of so many seconds at once from what all share,
BLOCK_SECONDS = 0.5
#: and has so many seconds more to make them.
SPARE_SECONDS = 1.0


def burst_of(maximum: float) -> float:
    """Calls that may go at once where so many are allowed in a second."""
    return max(1.0, min(BURST, maximum * BURST_SECONDS))


def sustained(per_minute: float) -> float:
    """Calls a minute of which, with what may go at once, no minute has more than so
    many: services count what came in a minute, also after a pause."""
    return max(per_minute - burst_of(per_minute / 60), per_minute / 2)


@dataclass
class Bucket:
    """A token bucket whose rate follows what the remote side answers.

    Additive increase, multiplicative decrease: a 429 halves the rate, each success
    gives a little back, never above the declared maximum. Times are seconds of one
    clock.

    :param maximum: calls a second that the service allows
    :param rate: calls a second that are made now
    :param burst: calls that may go at once after a pause
    :param tokens: calls that may go now; below zero, how many are promised already
    :param counted_at: when there were so many tokens
    :param blocked_until: when the service wants to be called again
    """

    maximum: float
    rate: float
    burst: float
    tokens: float
    counted_at: float
    blocked_until: float = 0.0

    def refill(self, now: float) -> None:
        """Let time pass; a clock that was put back gives nothing."""
        passed = max(0.0, now - self.counted_at)
        self.tokens = min(self.burst, self.tokens + passed * self.rate)
        self.counted_at = now

    def get_wait(self, now: float) -> float:
        """Seconds until the next call may go, just after :meth:`refill`."""
        blocked = self.blocked_until - now
        missing = (1 - self.tokens) / self.rate if self.tokens < 1 else 0.0
        return max(blocked if blocked <= MAX_RETRY_AFTER else 0.0, missing, 0.0)

    def allow(self, maximum: float) -> None:
        """Follow the declared maximum."""
        if self.rate >= self.maximum or self.rate > maximum:
            self.rate = maximum
        self.maximum = maximum
        self.burst = burst_of(maximum)

    def succeed(self, calls: int = 1) -> None:
        """Calls were accepted."""
        self.rate = min(self.maximum, self.rate + calls * self.maximum / 100)

    def throttle(self, now: float, after: float | None = None) -> None:
        """The service answered 429, with that ``Retry-After`` if it sent one."""
        self.refill(now)
        self.rate = max(min(self.maximum, 1 / 10), self.rate / 2)
        self.tokens = min(self.tokens, 0.0)
        if after:
            if self.blocked_until > now + MAX_RETRY_AFTER:
                self.blocked_until = 0.0
            self.blocked_until = max(self.blocked_until, now + after)

    def grant(self, now: float, wanted: int, patience: float) -> Grant:
        """Take some calls out for one process.

        :param patience: nothing is taken when the first one may go only after so many
            seconds
        """
        self.refill(now)
        calls = min(wanted, max(1, int(self.rate * BLOCK_SECONDS)))
        if self.get_wait(now) > patience:
            calls = 0
        blocked = max(0.0, self.blocked_until - now)
        granted = Grant(calls, self.tokens, self.rate, blocked)
        self.tokens -= calls
        return granted


@dataclass(frozen=True)
class Grant:
    """Calls that one process may make, and when: as those of a bucket of its own.

    :param calls: how many
    :param tokens: so many of them may go at once, the others at the rate
    :param rate: calls a second
    :param blocked: seconds before the first one
    """

    calls: int
    tokens: float
    rate: float
    blocked: float

    @property
    def seconds(self) -> float:
        """Until the last call may go."""
        return max(self.blocked, (self.calls - self.tokens) / self.rate, 0.0)


class Quota(Protocol):
    """The bucket of an account that all processes share; any thread may ask.

    Both answer None when it cannot be asked.
    """

    def take(
        self, maximum: float, wanted: int, succeeded: int, patience: float
    ) -> Grant | None:
        """See :meth:`Bucket.grant`; ``succeeded`` calls since the last time."""

    def throttle(self, maximum: float, after: float | None) -> Grant | None:
        """See :meth:`Bucket.throttle`; no calls are granted."""


class RateLimiter:
    """The calls of one process. Thread-safe.

    With a quota, they are taken from it a few at once, more when they are used up
    quickly; what is not used within a second or two is lost. While the quota cannot be
    asked, and without one, the process has a bucket of its own.

    :param per_minute: calls a minute that the service allows
    :param burst: calls that may go at once after a pause; see :func:`burst_of`
    :raises ValueError: no calls are allowed, or endlessly many
    """

    def __init__(
        self,
        per_minute: float,
        burst: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        quota: Quota | None = None,
    ):
        if not 0 < per_minute < math.inf:
            raise ValueError(f"{per_minute} calls a minute")
        self.maximum = per_minute / 60.0
        burst = burst_of(self.maximum) if burst is None else burst
        self._clock = clock
        self._sleep = sleep
        self._quota = quota
        self._bucket = Bucket(self.maximum, self.maximum, burst, burst, clock())
        # How many of the granted calls are left, and until when.
        self._left = 0.0 if quota else math.inf
        self._expires_at = math.inf
        self._wanted = 1
        self._succeeded = 0
        self._throttled_at = -math.inf
        self._lock = threading.Lock()

    @property
    def rate(self) -> float:
        """Calls a second that are made now."""
        return self._bucket.rate

    @rate.setter
    def rate(self, value: float) -> None:
        self._bucket.rate = value

    def acquire(self, patience: float = 30.0) -> float:
        """Wait for the right to make one call.

        :param patience: the most seconds to wait
        :return: 0 when the call may go; otherwise the seconds still to wait, nothing
            having been taken
        """
        with self._lock:
            if self._left < 1 or self._clock() > self._expires_at:
                self._take(patience)
            now = self._clock()
            self._bucket.refill(now)
            wait = self._bucket.get_wait(now)
            if self._left < 1:
                return max(wait, SPARE_SECONDS)
            if wait > patience:
                return wait
            self._bucket.tokens -= 1
            self._left -= 1
        if wait:
            self._sleep(wait)
        return 0.0

    def succeeded(self) -> None:
        """Tell that a call was accepted."""
        with self._lock:
            self._bucket.succeed()
            self._succeeded += 1

    def now(self) -> float:
        """The time on its clock."""
        return self._clock()

    def throttled(self, after: float | None = None, began: float | None = None) -> None:
        """Tell that the service answered 429.

        :param after: seconds of its ``Retry-After``, if it sent one
        :param began: when the call was made. What was under way at the last refusal
            says nothing new: a refusal of all threads at once halves the rate once
        """
        with self._lock:
            if began is not None and began <= self._throttled_at:
                return
            self._throttled_at = self._clock()
            self._bucket.throttle(self._throttled_at, after)
            if self._quota:
                self._use(self._quota.throttle(self.maximum, after))

    def _take(self, patience: float) -> None:
        """Ask for the next calls: twice as many if the last ones were not enough."""
        if not self._quota:
            return
        self._wanted = self._wanted * 2 if self._left < 1 else 1
        grant = self._quota.take(self.maximum, self._wanted, self._succeeded, patience)
        if grant:
            self._succeeded = 0
            self._wanted = max(1, grant.calls)
        self._use(grant)

    def _use(self, grant: Grant | None) -> None:
        now = self._clock()
        if grant is None:
            self._left, self._expires_at = math.inf, now + SPARE_SECONDS
            return
        bucket = self._bucket
        bucket.tokens, bucket.rate = grant.tokens, grant.rate
        bucket.counted_at, bucket.blocked_until = now, now + grant.blocked
        self._left = grant.calls
        self._expires_at = now + grant.seconds + SPARE_SECONDS


_limiters: dict[Hashable, RateLimiter] = {}
_limiters_lock = threading.Lock()


def limiter_for(
    key: Hashable, per_minute: float, quota: Quota | None = None
) -> RateLimiter:
    """The limiter that this process has for an account.

    :param key: what identifies the account (database, provider, account)
    :param quota: what it shares with other processes, for a new limiter
    """
    with _limiters_lock:
        limiter = _limiters.get(key)
        if limiter is None or limiter.maximum != per_minute / 60.0:
            limiter = _limiters[key] = RateLimiter(per_minute, quota=quota)
        return limiter

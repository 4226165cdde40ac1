"""How much of an account's calls announcements may cost that bring nothing.

Nobody can prove who sent a notification, and each one may cost a call.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=10)


@dataclass(frozen=True)
class Spent:
    """What was spent since a moment.

    :param since: naive UTC, when the first of it was spent; None: nothing yet
    :param amount: calls, or readings
    """

    since: datetime | None = None
    amount: int = 0

    def _is_over(self, now: datetime) -> bool:
        # A moment of the future was written by a clock that was wrong.
        return self.since is None or not self.since <= now < self.since + WINDOW

    def room(self, limit: int, now: datetime) -> int:
        """How much of the limit is left in the present window."""
        return limit if self._is_over(now) else max(0, limit - self.amount)

    def plus(self, amount: int, now: datetime) -> Spent:
        """With more; in a new window when the last one is over."""
        if self._is_over(now):
            return Spent(now, amount)
        return Spent(self.since, self.amount + amount)

    def until(self, limit: int, now: datetime) -> datetime | None:
        """When there is room again; None: now."""
        if self.since is None or self.room(limit, now):
            return None
        return self.since + WINDOW

"""A clock that starts where it is told and can be moved forward."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone


class Clock:
    """Time of a sandbox, in UTC.

    It starts at ``start`` (default: the real time floored to the minute) and then
    runs at normal speed, unless ``frozen``. :meth:`advance` moves it forward.
    """

    def __init__(self, start: datetime | None = None, *, frozen: bool = False) -> None:
        real = datetime.now(timezone.utc)
        if start is None:
            start = real.replace(second=0, microsecond=0)
        if start.tzinfo is None:
            start = start.replace(tzinfo=timezone.utc)
        self.start = start.astimezone(timezone.utc)
        self.frozen = frozen
        self._advanced = 0.0
        self._real_start = time.time()

    def timestamp(self) -> float:
        """Present time as seconds since the epoch."""
        running = 0.0 if self.frozen else time.time() - self._real_start
        return self.start.timestamp() + running + self._advanced

    def now(self) -> datetime:
        """Present time as an aware UTC datetime."""
        return datetime.fromtimestamp(self.timestamp(), timezone.utc)

    def advance(self, seconds: float) -> None:
        """Move the clock ``seconds`` forward (negative values are refused)."""
        if seconds < 0:
            raise ValueError("the clock only moves forward")
        self._advanced += seconds

    def move_to(self, moment: datetime) -> None:
        """Move forward to ``moment``; a moment in the past is ignored."""
        gap = moment - self.now()
        if gap > timedelta(0):
            self._advanced += gap.total_seconds()


def parse_moment(text: str) -> datetime:
    """Read an ISO 8601 text into an aware datetime (UTC when it has no offset)."""
    if text.endswith(("Z", "z")):
        text = text[:-1] + "+00:00"
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return moment

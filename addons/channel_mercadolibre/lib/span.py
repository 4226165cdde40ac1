"""Where a search through an account's orders stands.

The service answers by the hour, shows at most 50 orders at once and documents no
limit for offsets. So a search walks spans of time: a span that holds too many
orders is halved, the last one has no end, and every span begins an hour before the
previous one ended.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

OVERLAP = timedelta(hours=1)
MAX_TOTAL = 1000  # orders in one span before it is halved
PAGE_OVERLAP = 5  # orders that two pages share, to notice that results moved
MAX_BACK_STEPS = 50  # a service that never repeats anything must not hold us

_HOUR = timedelta(hours=1)
_MAX_HOURS = 24 * 366 * 100  # a wider span is no span but a broken cursor
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def floor_hour(value: datetime) -> datetime:
    """The full hour at or before an instant."""
    return value.replace(minute=0, second=0, microsecond=0)


@dataclass(frozen=True)
class Position:
    """A span and the page within it. Instants are naive UTC.

    :param start: first instant not covered by earlier spans
    :param end: full hour at which the span ends; None for "until now"
    :param began: when the reading of this span began
    :param offset: of the next page
    :param total: orders that the last page said the span holds
    :param last: ids of the orders of the last page that followed on
    :param hours: width of the last span that was narrow enough; 0 for none yet
    :param back_steps: pages read again because results had moved
    """

    start: datetime
    end: datetime | None
    began: datetime
    offset: int = 0
    total: int = -1
    last: tuple[str, ...] = ()
    hours: int = 0
    back_steps: int = 0

    @property
    def lower(self) -> datetime:
        """The lower limit to ask for."""
        return floor_hour(self.start - OVERLAP)

    def halved(self, now: datetime) -> Position | None:
        """The first half of the span, or None when an hour cannot be divided."""
        first = floor_hour(self.start)
        width = (self.end or now) - first
        middle = floor_hour(first + width / 2)
        if middle <= first:
            return None
        hours = int((middle - first) / _HOUR)
        return replace(self, end=middle, offset=0, total=-1, last=(), hours=hours)

    def following(self, now: datetime) -> Position:
        """The span after this one, as wide as the volume seen so far allows."""
        if self.end is None:
            return opening(self.began, now)
        start, hours = self.end, self.hours
        if hours and 0 <= self.total < MAX_TOTAL // 2:
            hours *= 2
        return opening(start, now, hours)

    def advanced(self, ids: Sequence[str], total: int) -> Position | None:
        """The next page, given what this one showed; None at the span's end.

        :param ids: of the page's rows; empty texts for rows without a usable one
        :param total: orders that the span holds

        Orders leave a span while it is read (a change moves them to a later one)
        and those behind them move up, past the offset of the next page. A page that
        repeats an order of the page before cannot have left any out between them.
        One that repeats none makes the walk step back until one does: reading twice
        is harmless, missing one is not.
        """
        seen = tuple(one for one in ids if one)
        moved = bool(self.last) and not set(self.last).intersection(seen)
        if self.offset and moved and self.back_steps < MAX_BACK_STEPS:
            shrunk = max(0, self.total - total)
            return replace(
                self,
                offset=max(0, self.offset - shrunk - max(len(ids), PAGE_OVERLAP)),
                total=total,
                back_steps=self.back_steps + 1,
            )
        if not ids or self.offset + len(ids) >= total:
            return None
        shared = _shared(ids)
        verifiable = any(ids[len(ids) - shared :])
        return replace(
            self,
            offset=self.offset + len(ids) - shared,
            total=total,
            last=seen if verifiable else (),
        )

    def dump(self) -> dict[str, Any]:
        """A JSON-serialisable form."""
        return {
            "from": self.start.isoformat(),
            "to": self.end.isoformat() if self.end else None,
            "began": self.began.isoformat(),
            "offset": self.offset,
            "total": self.total,
            "last": list(self.last),
            "hours": self.hours,
            "back_steps": self.back_steps,
        }


def _shared(ids: Sequence[str]) -> int:
    """How many of a page's last rows the next page shows again.

    As many as hold :data:`PAGE_OVERLAP` usable ids, within half a page.
    """
    fewest = min(PAGE_OVERLAP, len(ids) - 1)
    usable = 0
    for rows in range(1, max(fewest, len(ids) // 2) + 1):
        usable += bool(ids[-rows])
        if rows >= fewest and usable >= fewest:
            return rows
    return max(fewest, len(ids) // 2) if usable else fewest


def opening(start: datetime, now: datetime, hours: int = 0) -> Position:
    """The first page of the span that begins at ``start``.

    :param hours: widest span wanted; 0 for "until now"
    """
    start = min(start, now)
    end = floor_hour(start) + timedelta(hours=hours) if hours else None
    if end is not None and end >= now:
        end = None
    return Position(start=start, end=end, began=now, hours=hours)


def load(cursor: Any, since: datetime, now: datetime) -> Position:
    """The position that a walk's cursor tells.

    A cursor that cannot be read starts again at ``since``: everything is read twice,
    nothing is missed. So does one of the future: it was written while the clock was
    ahead, and does not tell until when orders were really read.

    :param cursor: what :meth:`Position.dump` gave, if nobody spoilt it; or None
    """
    if not isinstance(cursor, dict):
        return opening(since, now)
    try:
        position = Position(
            start=datetime.fromisoformat(cursor["from"]),
            end=datetime.fromisoformat(cursor["to"]) if cursor.get("to") else None,
            began=datetime.fromisoformat(cursor.get("began") or cursor["from"]),
            offset=int(cursor.get("offset") or 0),
            total=int(cursor.get("total", -1)),
            last=tuple(one for one in cursor.get("last") or () if _ID.fullmatch(one)),
            hours=int(cursor.get("hours") or 0),
            back_steps=int(cursor.get("back_steps") or 0),
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        return opening(since, now)
    moments = (position.start, position.began, position.end or position.start)
    numbers = (position.offset, position.hours, position.back_steps)
    if min(numbers) < 0 or position.hours > _MAX_HOURS:
        return opening(since, now)
    if any(moment.tzinfo or not 1 < moment.year < 9999 for moment in moments):
        return opening(since, now)
    if max(moments) > now + OVERLAP:
        return opening(since, now)
    if not position.offset and position.total < 0:
        return opening(position.start, now, position.hours)
    return position

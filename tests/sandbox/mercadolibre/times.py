"""Timestamps as MercadoLibre writes and reads them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

_ZONE = timezone(timedelta(hours=-4))
_FORMAT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d)?)(?:\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?)?"
)


def stamp(moment: datetime) -> str:
    """Such as ``2026-11-21T10:15:00.000-04:00``."""
    return moment.astimezone(_ZONE).isoformat(timespec="milliseconds")


def read(text: str) -> datetime | None:
    """The moment a timestamp means, or None when it cannot be read.

    Fractions of a second are ignored; without an offset it is UTC.
    """
    found = _FORMAT.fullmatch(text)
    if not found:
        return None
    day, clock, offset = found.groups()
    clock = clock or "00:00"
    if len(clock) == 5:
        clock += ":00"
    if not offset or offset == "Z":
        offset = "+00:00"
    elif ":" not in offset:
        offset = f"{offset[:3]}:{offset[3:]}"
    try:
        return datetime.fromisoformat(f"{day}T{clock}{offset}")
    except ValueError:
        return None


def floor_hour(moment: datetime) -> datetime:
    """The start of the hour of a moment."""
    return moment.replace(minute=0, second=0, microsecond=0)

"""Daily time windows in a channel's own time zone."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo


def hours_to_time(hours: float) -> time:
    """The time of day of a number of hours, as Odoo's float_time widget stores it.

    :raises ValueError: when it is not within 0 and 24
    """
    if not 0 <= hours <= 24:
        raise ValueError(f"not a time of day: {hours}")
    minutes = round(hours * 60)
    return time(23, 59, 59) if minutes >= 24 * 60 else time(*divmod(minutes, 60))


def next_opening(now: datetime, start: float, end: float, zone: str) -> datetime:
    """The first instant from ``now`` on that lies within the daily window.

    Equal limits mean the whole day. A window may cross midnight (22 to 6). Answers
    ``now`` itself when the window is open. Local times that a change of clock skips
    are moved by the zone's own rule.

    :param now: naive UTC
    :param start: local hour at which it opens, 0 to 24
    :param end: local hour at which it closes, 0 to 24
    :param zone: IANA name
    :return: naive UTC
    """
    if start == end:
        return now
    tz = ZoneInfo(zone)
    utc = ZoneInfo("UTC")
    local = now.replace(tzinfo=utc).astimezone(tz)
    opens, closes = hours_to_time(start), hours_to_time(end)
    clock = local.time()
    if opens < closes:
        is_open = opens <= clock < closes
    else:
        is_open = clock >= opens or clock < closes
    if is_open:
        return now
    if clock < opens:
        # In the second pass of an hour that comes twice, the first one is over.
        opening = datetime.combine(local.date(), opens, tzinfo=tz)
        opening = opening.replace(fold=local.fold)
    else:
        tomorrow = local.date() + timedelta(days=1)
        opening = datetime.combine(tomorrow, opens, tzinfo=tz)
    return opening.astimezone(utc).replace(tzinfo=None)

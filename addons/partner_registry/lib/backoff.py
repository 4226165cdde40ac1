"""How long to wait after failures."""

from __future__ import annotations

from datetime import timedelta


def get_wait(failures: int, first: timedelta, longest: timedelta) -> timedelta:
    """The wait after so many failures in a row: twice as long each time.

    :param failures: 1 or more
    """
    return min(first * 2 ** min(failures - 1, 20), longest)

"""When to try again."""

from __future__ import annotations

import random

BASE_SECONDS = 30.0
MAX_SECONDS = 6 * 3600.0


def delay(
    attempts: int,
    after: float | None = None,
    rng: random.Random | None = None,
) -> float:
    """Seconds to wait before the next try.

    Doubles with each failed attempt from 30 seconds to 6 hours, with "equal
    jitter" (half fixed, half random) so that many rows that failed together do not
    come back together. What the remote side asked for (``Retry-After``) is a lower
    bound, itself bounded by one day.

    :param attempts: failed attempts so far, at least 1
    :param after: seconds the remote side asked to wait
    """
    uniform = (rng or random).uniform
    ceiling = min(MAX_SECONDS, BASE_SECONDS * 2 ** min(max(attempts, 1) - 1, 16))
    seconds: float = ceiling / 2 + uniform(0, ceiling / 2)
    if after:
        asked = min(after, 24 * 3600.0)
        seconds = max(seconds, asked + uniform(0, asked / 10))
    return seconds

"""What a provider declares about one kind of data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FlowSpec:
    """Limits that the channel's service dictates for one flow.

    :param min_interval: fewest minutes between two runs
    :param max_batch: most rows in one batch
    :param interval: minutes proposed for a new channel
    :param batch: rows proposed for a new channel
    :param stale: minutes after which rows that wait to be sent raise an alarm, as
        proposed for a new channel; 0 for never
    :param required_kinds: de-para kinds that must hold a value before it runs
    """

    min_interval: int = 1
    max_batch: int = 1000
    interval: int = 5
    batch: int = 100
    stale: int = 0
    required_kinds: tuple[str, ...] = ()

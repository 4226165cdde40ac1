"""The steps between which a flow's driver commits."""

from __future__ import annotations

from collections.abc import Generator
from enum import Enum


class Step(Enum):
    """What a flow's generator asks of its driver, which commits at every step.

    COMMIT: commit and go on, because no transaction may be open while the network is
    awaited, or because a lease must be seen before the work.
    BATCH_END: a batch, about a second of work, is over. The driver may stop here and go
    on in another slice.
    """

    COMMIT = "commit"
    BATCH_END = "batch_end"


class SliceOver(BaseException):
    """Raised in a flow's generator at the end of a batch: the driver goes no further in
    this slice. What was begun ahead is given back; who began nothing lets it pass.
    """


def stop(steps: Generator[Step, None, None]) -> None:
    """End a flow's generator where it stands, at the end of a batch.

    The driver commits afterwards.
    """
    try:
        steps.throw(SliceOver())
    except (SliceOver, StopIteration):
        return

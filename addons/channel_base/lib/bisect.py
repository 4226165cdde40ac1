"""Work on many records at once, without the guilty one when something breaks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Record = TypeVar("Record")
Result = TypeVar("Result")
Errors = type[Exception] | tuple[type[Exception], ...]


def bisect(
    records: Sequence[Record],
    work: Callable[[Sequence[Record]], Result],
    on_failure: Callable[[Sequence[Record], Exception], Result],
    *,
    errors: Errors = Exception,
    passing: Errors = (),
) -> list[Result]:
    """Work on all records; half by half when that fails, until the guilty one is alone.

    :param records: whatever can be sliced, a list or a recordset
    :param work: called with some of the records; leaves nothing behind when it raises,
        or can be repeated
    :param on_failure: called with one record, as a slice, and its error, while the
        error is handled
    :param errors: what a record may be guilty of; anything else is raised
    :param passing: of those, what is nobody's guilt and raised at once
    :return: the results of both, in the order of the records; nothing for no records
    """
    if not records:
        return []
    try:
        return [work(records)]
    except passing:
        raise
    except errors as error:
        if len(records) == 1:
            return [on_failure(records, error)]
    middle = len(records) // 2
    return [
        result
        for half in (records[:middle], records[middle:])
        for result in bisect(half, work, on_failure, errors=errors, passing=passing)
    ]

"""``GET /orders/search`` (MercadoLibre developers, Orders > search)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from ..http import HttpError, Response
from ..jsontools import encode
from .errors import error
from .store import Entry, Store
from .times import floor_hour, read

MAX_LIMIT = 51
MAX_OFFSET = 10_000
RETENTION = 365 * 86400.0
_SORTS = [
    {"id": "date_asc", "name": "Date ascending"},
    {"id": "date_desc", "name": "Date descending"},
]
_DATES: dict[str, Callable[[Entry], float | None]] = {
    "order.date_created": lambda entry: entry.created,
    "order.date_last_updated": lambda entry: entry.updated,
    "order.date_closed": lambda entry: entry.closed,
}


def _bad(text: str) -> HttpError:
    return HttpError(error(400, "bad_request", text))


def _number(query: dict[str, str], name: str, default: int) -> int:
    text = query.get(name, "")
    if not text:
        return default
    if not text.isdigit():
        raise _bad(f"Invalid {name}")
    return int(text)


def _bound(query: dict[str, str], name: str) -> float | None:
    """A date bound with minutes and seconds thrown away."""
    text = query.get(name)
    if not text:
        return None
    moment = read(text)
    if moment is None:
        raise _bad(f"Invalid date format: {name}")
    return floor_hour(moment).timestamp()


def _split(text: str | None) -> set[str]:
    return {part.strip() for part in (text or "").split(",") if part.strip()}


def _mentions(text: str, entry: Entry) -> bool:
    return any(text in word for word in entry.words)


def _tests(query: dict[str, str], whole_hours: bool) -> list[Callable[[Entry], bool]]:
    """One test per filter asked for."""
    tests: list[Callable[[Entry], bool]] = []
    statuses = _split(query.get("order.status"))
    if statuses:
        tests.append(lambda entry: entry.status in statuses)
    else:
        tests.append(lambda entry: entry.status != "cancelled")
    hour = timedelta(hours=1).total_seconds() if whole_hours else 0.0
    for name, value_of in _DATES.items():
        low, high = _bound(query, f"{name}.from"), _bound(query, f"{name}.to")
        if low is None and high is None:
            continue
        start = float("-inf") if low is None else low
        end = float("inf") if high is None else high + hour

        def within(
            entry: Entry,
            start: float = start,
            end: float = end,
            value_of: Callable[[Entry], float | None] = value_of,
        ) -> bool:
            value = value_of(entry)
            return value is not None and start <= value <= end

        tests.append(within)
    wanted, unwanted = _split(query.get("tags")), _split(query.get("tags.not"))
    if wanted:
        tests.append(lambda entry: wanted <= entry.tags)
    if unwanted:
        tests.append(lambda entry: not unwanted & entry.tags)
    buyer = query.get("buyer")
    if buyer:
        tests.append(lambda entry: str(entry.buyer_id) == buyer)
    for name in ("q", "item"):
        text = query.get(name, "").lower()
        if text:
            tests.append(partial(_mentions, text))
    return tests


def search(
    store: Store,
    caller: int,
    query: dict[str, str],
    now: float,
    *,
    whole_hours: bool = False,
) -> Response:
    """Answer a search. Only the hour of date filters counts.

    ``whole_hours`` makes the hour named by a ``.to`` filter count to its end.
    """
    seller = query.get("seller")
    if not seller:
        raise _bad("Parameter seller is required")
    if seller != str(caller):
        text = "access to the requested resource is forbidden"
        raise HttpError(error(403, "access_denied", text, code="FORBIDDEN"))
    limit = _number(query, "limit", 50)
    if limit > MAX_LIMIT:
        raise _bad(f"Limit must be a lower or equal than {MAX_LIMIT}")
    offset = _number(query, "offset", 0)
    if offset > MAX_OFFSET:
        raise _bad(f"Offset must be a lower or equal than {MAX_OFFSET}")
    sort = query.get("sort") or "date_asc"
    if sort not in ("date_asc", "date_desc"):
        raise _bad("Invalid sort")
    tests = _tests(query, whole_hours)
    oldest = now - RETENTION
    found = [
        entry.order_id
        for entry in store.entries(caller)
        if entry.created >= oldest and all(test(entry) for test in tests)
    ]
    if sort == "date_desc":
        found.reverse()
    rows = [store.row_bytes(number) for number in found[offset : offset + limit]]
    tail = {
        "sort": next(item for item in _SORTS if item["id"] == sort),
        "available_sorts": [item for item in _SORTS if item["id"] != sort],
        "filters": [],
        "paging": {"total": len(found), "offset": offset, "limit": limit},
        "display": "complete",
    }
    head = b'{"query":' + encode(query.get("q", "")) + b',"results":['
    return Response(200, head + b",".join(rows) + b"]," + encode(tail)[1:])

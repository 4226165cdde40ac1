"""Answers of the Admin API: errors, lists and the fields that are shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from ..http import HttpError, Request, Response, json_response

# Of orders, shown whatever ``fields`` says
ALWAYS = ("id", "status", "version", "payment_status", "fulfillment_status", "items")
# What a list shows when nobody names fields: no e-mail, currency or customer
LIST_DEFAULTS = ("display_id", "total", "metadata", "created_at", "updated_at")


def refuse(message: str, kind: str = "invalid_data", status: int = 400) -> HttpError:
    """The error that a handler raises."""
    return HttpError(json_response({"type": kind, "message": message}, status))


def not_found(what: str, key: str) -> HttpError:
    return refuse(f"{what} id not found: {key}", "not_found", 404)


def values(request: Request, name: str) -> list[str]:
    """All values of a query parameter, written ``name`` or ``name[]``."""
    pairs = parse_qsl(request.query_string, keep_blank_values=True)
    return [value for key, value in pairs if key in (name, f"{name}[]")]


def number(request: Request, name: str, default: int) -> int:
    text = request.query.get(name)
    return int(text) if text and text.isdigit() else default


def shown(record: dict[str, Any], fields: str | None, defaults: Iterable[str]) -> Any:
    """A record with the fields that were asked for.

    Names replace the defaults; one with a leading ``+`` or ``*`` alone adds to them
    (an unencoded ``+`` arrives as a space and names nothing).
    """
    names = [name for name in (fields or "").split(",") if name]
    plain = [name for name in names if name[0] not in "+*"]
    wanted = set(defaults) | set(ALWAYS) if not plain else set(ALWAYS)
    wanted |= {name.lstrip("+*").partition(".")[0] for name in names}
    return {key: value for key, value in record.items() if key in wanted}


def page(
    request: Request, key: str, rows: list[Any], default_limit: int = 50
) -> Response:
    """A page of a list: ``{key: rows, count, offset, limit}``."""
    limit, offset = (
        number(request, "limit", default_limit),
        number(request, "offset", 0),
    )
    return json_response(
        {
            key: rows[offset : offset + limit],
            "count": len(rows),
            "offset": offset,
            "limit": limit,
        }
    )

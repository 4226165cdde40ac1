"""Small typed readers over JSON that nobody has to trust. No Odoo in it.

Every reader takes the path of what it reads, for the error. What is absent or null is
tolerated unless the reader says otherwise; what is there with the wrong type raises
``Rejected("payload_invalid", field=<path>)``. Texts come back bounded, on one line
and without control characters; values the service hid (``XXXXXXX``) come back empty.
Keys, which somebody looks up, come back as the service writes them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from .errors import Rejected
from .text import clean, exact, is_masked

MAX_AMOUNT = Decimal(10) ** 12
MAX_ITEMS = 200

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?"
    r"(?:(Z)|([+-])(\d\d):?(\d\d))",
    re.ASCII,
)


def invalid(path: str, expected: str) -> Rejected:
    """The error of a value that is not what the service documents."""
    return Rejected("payload_invalid", path, f"{path}: {expected} expected")


def mapping(value: Any, path: str) -> dict[str, Any]:
    """A JSON object; an empty one when it is absent."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise invalid(path, "object")
    return value


def sequence(value: Any, path: str, limit: int = MAX_ITEMS) -> Sequence[Any]:
    """A JSON array; an empty one when it is absent.

    :param limit: more elements than this are refused: no real cart has them
    """
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        raise invalid(path, "array")
    if len(value) > limit:
        raise invalid(path, f"at most {limit} elements")
    return value


def text(value: Any, path: str, limit: int = 255) -> str:
    """A text or number as text; empty when absent or hidden."""
    found = clean(_scalar(value, path, limit), limit)
    return "" if is_masked(found) else found


def _scalar(value: Any, path: str, limit: int) -> str | int | float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise invalid(path, "text")
    if isinstance(value, int) and abs(value) >= 10**limit:
        # str() of an enormous int is refused by Python itself, with another error.
        raise invalid(path, "text")
    return value


def word(value: Any, path: str) -> str:
    """A word of the service's vocabulary that is compared with words known here."""
    return text(value, path, 64)


def raw_key(value: Any, path: str, limit: int = 255) -> str:
    """What is looked up in a table of people's (SKU, status, carrier …); see
    :func:`exact`. Empty when absent or blank."""
    return exact(_scalar(value, path, limit), limit)


def identifier(value: Any, path: str) -> str:
    """An id as text; empty when absent. Ids exceed 32 bits and are never numbers here.

    Only letters, digits, "_" and "-" pass: an id ends up in paths of the API.
    """
    if value is None or value == "":
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise invalid(path, "id")
    found = str(_scalar(value, path, 64))
    if len(found) <= 64 and is_masked(found):
        return ""
    if not _ID.fullmatch(found):
        raise invalid(path, "id")
    return found


def required_identifier(value: Any, path: str) -> str:
    """An id that has to be there."""
    found = identifier(value, path)
    if not found:
        raise invalid(path, "id")
    return found


def optional_decimal(value: Any, path: str) -> Decimal | None:
    """A JSON number without binary rounding (52240.1 is 52240.1); None when absent.

    Texts that look like numbers are refused: what a separator means in them is a
    guess, and a guessed amount is worse than an order that waits.
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise invalid(path, "number")
    if isinstance(value, float) and not math.isfinite(value):
        raise invalid(path, "finite number")
    if isinstance(value, int) and abs(value) > MAX_AMOUNT:
        raise invalid(path, "plausible number")
    number = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite() or abs(number) > MAX_AMOUNT:
        raise invalid(path, "plausible number")
    return number


def decimal(value: Any, path: str) -> Decimal:
    """A JSON number that has to be there."""
    number = optional_decimal(value, path)
    if number is None:
        raise invalid(path, "number")
    return number


def amount(value: Any, path: str, *, required: bool = False) -> Decimal:
    """An amount of money that cannot be negative; zero when absent and not required.

    :raises Rejected: ``amount_invalid`` when negative, ``payload_invalid`` otherwise
    """
    number = decimal(value, path) if required else optional_decimal(value, path)
    if number is None:
        return Decimal(0)
    if number < 0:
        raise Rejected("amount_invalid", path, f"{path}: negative", value=number)
    return number


def quantity(value: Any, path: str) -> Decimal:
    """A number of units, above zero.

    :raises Rejected: ``amount_invalid`` when zero or less
    """
    number = decimal(value, path)
    if number <= 0:
        raise Rejected("amount_invalid", path, f"{path}: not positive", value=number)
    return number


def moment(value: Any, path: str) -> datetime | None:
    """An ISO 8601 instant with offset as naive UTC; None when absent.

    An instant without offset is refused: the service always sends one, and guessing
    a zone moves sales to another day.
    """
    if value is None or value == "":
        return None
    found = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise invalid(path, "date with time zone")
    year, month, day, hour, minute = (int(part) for part in found.groups()[:5])
    micro = int((found[7] or "").ljust(6, "0")[:6])
    offset = timedelta()
    if not found[8]:
        offset = timedelta(hours=int(found[10]), minutes=int(found[11]))
    try:
        local = datetime(year, month, day, hour, minute, int(found[6] or 0), micro)
        utc = local + offset if found[9] == "-" else local - offset
    except (ValueError, OverflowError):
        raise invalid(path, "date with time zone") from None
    if not 1990 <= utc.year <= 2200:
        raise invalid(path, "plausible date")
    return utc


def required_moment(value: Any, path: str) -> datetime:
    """An instant that has to be there."""
    found = moment(value, path)
    if found is None:
        raise invalid(path, "date with time zone")
    return found

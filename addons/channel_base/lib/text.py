"""Comparing and cleaning what people and systems write."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Any, TypeVar

from .errors import Rejected

MAX_DEPTH = 200

T = TypeVar("T")

_SPACES = re.compile(r"\s+")
_PUNCTUATION = re.compile(r"[^\w\s]", re.UNICODE)
_MASKED = re.compile(r"^[xX*]{3,}$")
# Normalised; what shops and people write where there is nothing to say.
_PLACEHOLDERS = frozenset(
    {
        "",
        "n a",
        "no informado",
        "nao informado",
        "noinformado",
        "naoinformado",
        "sin informar",
        "sem informacao",
        "none",
        "null",
        "undefined",
    }
)
_SURROGATE = re.compile(r"[\ud800-\udfff]")
# What only ever decorates: pictographs, dingbats, flags, skin tones, and what joins or
# styles them. Letters that are written high (ª º), the degree and № are none of it.
_EMOJI = re.compile(
    "["
    "\u200d\u20e3\u3030\u303d\u3297\u3299\ufe0e\ufe0f"
    "\u231a-\u231b\u2328\u23cf\u23e9-\u23fa\u25aa-\u25ab\u25b6\u25c0\u25fb-\u25fe"
    "\u2600-\u2775\u2794-\u27bf\u2934-\u2935\u2b00-\u2bff"
    "\U0001f000-\U0001faff\U000e0020-\U000e007f"
    "]+"
)
# Arrows and marks that are text unless a variation selector makes pictures of them.
_STYLED = re.compile("[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff]\ufe0f")


def normalise(value: str | None) -> str:
    """A form in which case, accents, punctuation and spaces make no difference."""
    decomposed = unicodedata.normalize("NFKD", value or "")
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _SPACES.sub(" ", _PUNCTUATION.sub(" ", plain.casefold())).strip()


def clean(value: object, limit: int = 255) -> str:
    """Text of an untrusted scalar: one line, no control characters, bounded.

    Structures, booleans and null become the empty text: they are never somebody's
    name or address. Letters and their accents are composed (NFC), so that what looks
    the same is the same.
    """
    if value is None or isinstance(value, bool | dict | list):
        return ""
    composed = unicodedata.normalize("NFC", str(value)[: limit * 4])
    printable = "".join(
        c if unicodedata.category(c)[0] != "C" or c in "\u200d" else " "
        for c in composed
    )
    return _SPACES.sub(" ", printable).strip()[:limit].strip()


def exact(value: object, limit: int = 255) -> str:
    """A key as it came, so that two keys never become one.

    Nothing is cleaned but what PostgreSQL cannot store; see :func:`storable`. A key
    that is too long is told by its beginning and a digest of the whole. Structures,
    booleans, null and blanks are no keys: the empty text.

    :param limit: most characters of the result, at least 100
    """
    if value is None or isinstance(value, bool | dict | list):
        return ""
    key = _storable_text(str(value))
    if not key.strip():
        return ""
    if len(key) <= limit:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()
    return f"{key[: limit - len(digest) - 1]}…{digest}"


def identifier(value: object, field: str, limit: int = 128) -> str:
    """A key that a service gave, as text: numbers and their digits are the same key.

    :param field: what to call it
    :raises Rejected: ``payload_invalid``: empty, longer than ``limit``, of another
        type, or nothing that PostgreSQL can store
    """
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**40:
        value = str(value)
    if (
        not isinstance(value, str)
        or not 0 < len(value) <= limit
        or _storable_text(value) != value
    ):
        raise Rejected("payload_invalid", field)
    return value


def without_emoji(text: str) -> str:
    """A cleaned text without pictographs; digits and letters that they frame stay."""
    plain = _EMOJI.sub(" ", _STYLED.sub(" ", text)) if not text.isascii() else text
    return _SPACES.sub(" ", plain).strip()


def is_wordless(text: str) -> bool:
    """Whether nothing in a text is a letter or a digit: it is nobody's name."""
    return not any(c.isalnum() for c in text)


def storable(value: Any) -> Any:
    """A JSON value that PostgreSQL can store, as text as well as ``jsonb``.

    NUL characters go and lone surrogates become U+FFFD, in keys as well as in values.
    A structure with nothing to clean is given back itself, not a copy; one with
    something is copied, never changed. A key that only cleaning makes equal to
    another one gives way to it.

    :param value: what :func:`json.loads` gives; dictionaries and lists are walked
    :raises Rejected: ``payload_invalid``, when it is nested more than
        :data:`MAX_DEPTH` deep
    """
    return _storable(value, MAX_DEPTH)


def _storable(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return _storable_text(value)
    if not isinstance(value, dict | list):
        return value
    if not depth:
        message = f"nested more than {MAX_DEPTH} deep"
        raise Rejected("payload_invalid", "bundle", message)
    if isinstance(value, list):
        items = [_storable(item, depth - 1) for item in value]
        same = all(new is old for new, old in zip(items, value, strict=True))
        return value if same else items
    same, found = True, {}
    for key, item in value.items():
        name = _storable_text(key) if isinstance(key, str) else key
        new = _storable(item, depth - 1)
        same = same and name is key and new is item
        if name is key or (name not in value and name not in found):
            found[name] = new
    return value if same else found


def _storable_text(value: str) -> str:
    if "\x00" in value:
        value = value.replace("\x00", "")
    # Whether a text is ASCII is known without reading it.
    if value.isascii() or not _SURROGATE.search(value):
        return value
    return _SURROGATE.sub("\ufffd", value)


def is_masked(value: str | None) -> bool:
    """Whether the remote side hid the value (``XXXXXXX``)."""
    return bool(_MASKED.match((value or "").replace(" ", "")))


def is_placeholder(value: str | None) -> bool:
    """Whether a text only fills a field that wanted one ("No informado", "-")."""
    return bool(value) and normalise(value) in _PLACEHOLDERS


def similar(
    wanted: str, candidates: Iterable[tuple[str, T]], cutoff: float = 0.6
) -> Sequence[tuple[float, T]]:
    """The candidates whose name resembles the wanted one, most similar first.

    :param candidates: pairs of name and anything
    :param cutoff: 0 to 1; below it a candidate is left out
    :return: pairs of similarity (1 = same name after normalising) and candidate
    """
    target = normalise(wanted)
    matcher = SequenceMatcher(a="", b=target, autojunk=False)
    found = []
    for name, candidate in candidates:
        matcher.set_seq1(normalise(name))
        if matcher.quick_ratio() < cutoff:
            continue
        score = matcher.ratio()
        if score >= cutoff:
            found.append((score, candidate))
    return sorted(found, key=lambda pair: -pair[0])

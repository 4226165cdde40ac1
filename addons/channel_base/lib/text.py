"""Comparing what people and systems write."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import TypeVar

T = TypeVar("T")

_SPACES = re.compile(r"\s+")
_PUNCTUATION = re.compile(r"[^\w\s]", re.UNICODE)
_MASKED = re.compile(r"^[xX*]{3,}$")


def normalise(value: str | None) -> str:
    """A form in which case, accents, punctuation and spaces make no difference."""
    decomposed = unicodedata.normalize("NFKD", value or "")
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _SPACES.sub(" ", _PUNCTUATION.sub(" ", plain.casefold())).strip()


def clean(value: object, limit: int = 255) -> str:
    """Text of an untrusted scalar: one line, no control characters, bounded.

    Structures, booleans and null become the empty text: they are never somebody's
    name or address.
    """
    if value is None or isinstance(value, bool | dict | list):
        return ""
    printable = "".join(
        c if unicodedata.category(c)[0] != "C" or c in "\u200d" else " "
        for c in str(value)[: limit * 4]
    )
    return _SPACES.sub(" ", printable).strip()[:limit].strip()


def is_masked(value: str | None) -> bool:
    """Whether the remote side hid the value (``XXXXXXX``)."""
    return bool(_MASKED.match((value or "").replace(" ", "")))


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

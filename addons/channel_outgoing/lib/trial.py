"""The products that a trial is limited to. No Odoo in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

SEPARATOR = re.compile(r"[,\n\r]")


def normalise(code: str | None) -> str:
    """A code as it is compared: NFC, without spaces around it."""
    return unicodedata.normalize("NFC", code or "").strip()


def parse_codes(text: str | None) -> tuple[str, ...]:
    """The codes of a list separated by commas or lines, each one once, in order."""
    codes = (normalise(part) for part in SEPARATOR.split(text or ""))
    return tuple(dict.fromkeys(code for code in codes if code))


def get_spellings(codes: Iterable[str]) -> list[str]:
    """Codes as a database may hold them that did not compose its texts."""
    forms = ("NFC", "NFD")
    return [*{unicodedata.normalize(form, code) for code in codes for form in forms}]


@dataclass(frozen=True)
class Match:
    """What the codes of a list mean.

    :param products: ids of the products that one code names, and no other product has
    :param unknown: codes that no product has
    :param ambiguous: codes that several products have, with their ids
    """

    products: frozenset[int]
    unknown: tuple[str, ...]
    ambiguous: Mapping[str, tuple[int, ...]]


def match(codes: Iterable[str], known: Iterable[tuple[int, Iterable[str]]]) -> Match:
    """Find products by their codes.

    :param known: ids of products and their codes: EAN, SKU
    """
    found: dict[str, set[int]] = {code: set() for code in codes}
    for product, names in known:
        for name in names:
            found.get(normalise(name), set()).add(product)
    return Match(
        frozenset(ids.copy().pop() for ids in found.values() if len(ids) == 1),
        tuple(code for code, ids in found.items() if not ids),
        {code: tuple(sorted(ids)) for code, ids in found.items() if len(ids) > 1},
    )

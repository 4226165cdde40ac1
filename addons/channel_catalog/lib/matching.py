"""Which products of Odoo the listings of a shop are. No Odoo in it.

A listing is a product when both have the same barcode, else the same SKU. That is sure
only when nothing speaks against it: several products with the same key, another
listing that would be the same product, a barcode that differs where the SKU is equal,
a product that has another listing there already. What is not sure is a person's
decision, and so is an equal name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from stdnum import ean

from odoo.addons.channel_base.lib.text import clean, exact

By = Literal["barcode", "sku", "sku_cleaned", "name"]
State = Literal["sure", "review", "ambiguous", "unknown"]

# Digits of GTIN-8, -12 (UPC), -13 and -14; all are one number, filled with zeros.
GTIN = 14
LENGTHS = (8, 12, 13, 14)
# The first that finds a product decides.
WAYS: tuple[By, ...] = ("barcode", "sku", "sku_cleaned", "name")
SURE: tuple[By, ...] = ("barcode", "sku")
LIMIT = 128


def barcode_key(value: object) -> str:
    """A form in which the same trade item has one barcode, however it is written.

    UPC-12, EAN-13 and GTIN-14 with zeros before them are the same number. What is no
    GTIN with a right check digit is compared as it was written, apart from spaces;
    zeros alone are no barcode.
    """
    text = clean(value, LIMIT)
    digits = text.replace(" ", "").replace("-", "")
    if not digits.isascii() or not digits.isdigit():
        return text
    number = digits.lstrip("0")
    if not number:
        return ""
    # A spreadsheet takes the zeros from a GTIN; what is very short was none.
    if len(digits) not in LENGTHS and len(number) < min(LENGTHS):
        return text
    for length in LENGTHS:
        padded = number.zfill(length)
        if len(padded) == length and _is_gtin(padded):
            return padded.zfill(GTIN)
    return text


def _is_gtin(digits: str) -> bool:
    return ean.calc_check_digit(digits[:-1]) == digits[-1]


def barcode_spellings(key: str) -> tuple[str, ...]:
    """How the barcode with a key may be written: what a database looks for."""
    if len(key) != GTIN or not key.isdigit():
        return (key,) if key else ()
    digits = key.lstrip("0")
    return tuple(digits.zfill(length) for length in range(len(digits), GTIN + 1))


def sku_key(value: object) -> str:
    """A SKU without what reading changes: spaces around it, control characters."""
    return clean(value, LIMIT)


def name_key(name: object, options: Iterable[object] = ()) -> str:
    """A name, and what tells variants with it apart, in one text."""
    values = sorted(clean(value).casefold() for value in options)
    return "\n".join([clean(name).casefold(), *values]) if clean(name) else ""


@dataclass(frozen=True)
class Item:
    """A listing there, or a product here.

    :param key: of the record
    :param sku: exactly as it is written
    :param barcode: see :func:`barcode_key`
    :param name: see :func:`name_key`
    :param listing_type: of a listing; a product may have one of each
    """

    key: int
    sku: str = ""
    barcode: str = ""
    name: str = ""
    listing_type: str = ""

    def get(self, way: By) -> str:
        """What it is found by."""
        if way == "sku":
            return exact(self.sku)
        if way == "sku_cleaned":
            return sku_key(self.sku)
        return self.barcode if way == "barcode" else self.name


@dataclass(frozen=True)
class Match:
    """What a listing seems to be.

    :param state: ``sure``: it is that product; ``review``: it seems to be;
        ``ambiguous``: a person has to choose; ``unknown``: nothing is like it
    :param product: key of the product, if there is one
    :param candidates: keys of all products that it could be
    :param reason: why it is not sure: ``differs``, ``several``, ``contradicts``,
        ``taken``, ``claimed``, ``name``, ``spelling``
    """

    state: State
    product: int | None = None
    by: By | None = None
    candidates: frozenset[int] = frozenset()
    reason: str = ""


class Products:
    """Products, to be found by what a listing shows.

    :param taken: pairs of product and type that have another listing there already
    """

    def __init__(
        self, products: Iterable[Item], taken: Collection[tuple[int, str]] = ()
    ):
        self.taken = taken
        self.items: dict[int, Item] = {}
        self.index: dict[tuple[By, str], set[int]] = {}
        for item in products:
            self.items[item.key] = item
            for way in WAYS:
                if key := item.get(way):
                    self.index.setdefault((way, key), set()).add(item.key)

    def find(self, way: By, item: Item) -> set[int]:
        """Keys of the products that have what the listing has."""
        key = item.get(way)
        return self.index.get((way, key), set()) if key else set()

    def match(self, item: Item) -> Match:
        """What a listing seems to be, whatever other listings are."""
        found = {way: self.find(way, item) for way in WAYS}
        by = next((way for way in WAYS if found[way]), None)
        if by is None:
            return Match("unknown")
        keyed = [found[way] for way in SURE if found[way]] or [found[by]]
        candidates = frozenset(set().union(*keyed))
        if len(candidates) > 1:
            reason = "several" if len(found[by]) > 1 else "contradicts"
            return Match("ambiguous", None, by, candidates, reason)
        [product] = candidates
        match = Match("review", product, by, candidates)
        if (product, item.listing_type) in self.taken:
            return replace(match, state="ambiguous", reason="taken")
        if by not in SURE:
            reason = "name" if by == "name" else "spelling"
            return replace(match, reason=reason)
        if self._differs(item, self.items[product]):
            return replace(match, reason="differs")
        return replace(match, state="sure")

    def _differs(self, there: Item, here: Item) -> bool:
        """Whether both have a barcode, and not the same one."""
        return bool(there.barcode and here.barcode and there.barcode != here.barcode)


@dataclass
class Claims:
    """Which listings want the same product: none of them is sure then.

    An equal name is no claim against an equal barcode or SKU.
    """

    strong: Counter[tuple[int, str]] = field(default_factory=Counter)
    weak: Counter[tuple[int, str]] = field(default_factory=Counter)

    def add(self, item: Item, match: Match) -> None:
        """Count the products that a listing could be."""
        counts = self.strong if match.by in SURE else self.weak
        counts.update((product, item.listing_type) for product in match.candidates)

    def settle(self, item: Item, match: Match) -> Match:
        """The match, knowing of the others' claims."""
        if match.product is None or match.reason == "taken":
            return match
        wish = (match.product, item.listing_type)
        rivals = self.strong[wish] + (0 if match.by in SURE else self.weak[wish])
        if rivals < 2:
            return match
        return replace(match, state="ambiguous", reason="claimed")


def match_all(
    there: Iterable[Item],
    here: Iterable[Item],
    taken: Collection[tuple[int, str]] = (),
) -> Mapping[int, Match]:
    """What each of some listings is: key of the listing → match."""
    products, claims = Products(here, taken), Claims()
    found = [(item, products.match(item)) for item in there]
    for item, match in found:
        claims.add(item, match)
    return {item.key: claims.settle(item, match) for item, match in found}

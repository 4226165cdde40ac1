"""What a listing says of the attributes of its category, and what it lacks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from . import body
from .attributes import Value, ValueProblem, parse
from .category import Attribute

BRAND, GTIN, SKU = "BRAND", "GTIN", "SELLER_SKU"
GTIN_REASON = "EMPTY_GTIN_REASON"
CONDITION = "ITEM_CONDITION"
GRID, GRID_ROW = "SIZE_GRID_ID", "SIZE_GRID_ROW_ID"
# Attribute → field of the content of its own
OWN = {id_: name for name, id_ in body.ATTRIBUTES.items()}
# Ids of ITEM_CONDITION → what an item calls it
CONDITIONS = {id_: name for name, id_ in body.CONDITIONS.items()}
# Who said a value, the narrowest first; what a person said is never passed over.
PEOPLE = ("listing", "variant", "product")


@dataclass(frozen=True)
class Line:
    """What is said of one attribute.

    :param term: it is a term of sale
    :param text: as it was said
    :param source: who said it: one of :data:`PEOPLE`, ``attribute``, ``odoo``,
        ``channel``; empty if nobody did
    """

    attribute: Attribute
    term: bool = False
    text: str = ""
    source: str = ""
    value: Value | None = None
    problem: ValueProblem | None = None

    @property
    def blocks(self) -> bool:
        """Whether nothing can be sent because of it. What Odoo only knows by chance,
        and nobody asks for, is left out instead."""
        needed = self.attribute.requirement == "required" or self.attribute.varies
        return bool(self.problem) and (self.source in PEOPLE or needed)


def build(
    attribute: Attribute, said: Iterable[tuple[str, str]], term: bool = False
) -> Line:
    """The line of an attribute.

    :param said: pairs of a source and a text; the first that says something counts
    """
    source, text = next(((who, what) for who, what in said if what), ("", ""))
    try:
        value, problem = parse(attribute, text), None
    except ValueProblem as error:
        value, problem = None, error
    return Line(attribute, term, text, source, value, problem)


def is_asked(attribute: Attribute) -> bool:
    """Whether a seller has to look at an attribute."""
    return attribute.requirement != "optional" or attribute.id == GTIN_REASON


def get_lacking(lines: Mapping[str, Line]) -> list[str]:
    """Names of the attributes that are demanded and empty.

    A product without GTIN has a reason for it, where the category knows reasons.
    """
    lacking = [
        line.attribute.name
        for code, line in lines.items()
        if line.attribute.requirement == "required"
        and not line.value
        and not line.problem
        and code not in (GTIN, GTIN_REASON, SKU)
    ]
    gtin = lines.get(GTIN)
    if gtin and gtin.attribute.requirement != "optional" and not gtin.value:
        reason = lines.get(GTIN_REASON)
        if reason is None or not (reason.value or reason.problem):
            names = [one.attribute.name for one in (gtin, reason) if one]
            lacking.append(" / ".join(names))
    return lacking


def get_attributes(lines: Sequence[Line]) -> dict[str, Value]:
    """The ``attributes`` of a content: those without a field of their own."""
    values = {
        line.attribute.id: line.value for line in lines if line.value and not line.term
    }
    if values.get(GTIN):
        values.pop(GTIN_REASON, None)
    return {
        code: value
        for code, value in values.items()
        if code not in OWN and code != CONDITION
    }


def get_terms(lines: Sequence[Line]) -> dict[str, Value]:
    """The ``sale_terms`` of a content."""
    return {line.attribute.id: line.value for line in lines if line.value and line.term}

"""Values of attributes: what people write, checked and brought into one form.

A value is a mapping as MercadoLibre takes it: ``value_id`` and ``value_name`` of one
that is in the attribute's list, ``value_name`` alone of any other, ``values`` of
several, and ``value_id`` "-1" where the attribute does not apply.

Source: developers.mercadolibre.com, "Attributes".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from odoo.addons.channel_base.lib.text import clean, normalise

from .category import Attribute

Value = Mapping[str, Any]
NOT_APPLICABLE: Value = {"value_id": "-1"}
SEPARATOR = ";"
MAX_VALUES = 50
# Of a list these and no others
CLOSED = ("list", "boolean")
_NOT_APPLICABLE = ("n/a", "-1")
_YES = ("si", "yes", "sim", "true", "verdadero", "verdadeiro", "1")
_NO = ("no", "nao", "false", "falso", "0")
_BOOLEANS = {"242085": _YES, "242084": _NO}
_NUMBER = re.compile(r"([+-]?\d[\d.,]*)\s*(\D*)", re.ASCII)
_GRID = re.compile(r"[\w:-]{1,64}", re.ASCII)


class ValueProblem(Exception):
    """What is wrong with a value.

    :param code: of ``sale.channel.text``
    :param params: of the code, all text
    """

    def __init__(self, code: str, **params: str):
        super().__init__(code)
        self.code = code
        self.params = params


def parse(attribute: Attribute, text: str) -> Value | None:
    """What a person, or Odoo, says of an attribute; None if that is nothing.

    ``N/A`` says that it does not apply. Several values are separated by ";".

    :raises ValueProblem: the attribute takes no such value
    """
    text = clean(text, 10_000)
    if not text:
        return None
    if text.casefold() in _NOT_APPLICABLE:
        return dict(NOT_APPLICABLE)
    if not attribute.multivalued:
        return _parse_one(attribute, text)
    parts = [part for one in text.split(SEPARATOR) if (part := one.strip())]
    if len(parts) > MAX_VALUES:
        raise _problem("meli_value_many", attribute, text, limit=str(MAX_VALUES))
    found = {str(one["value_name"]): one for one in _parse_all(attribute, parts)}
    if len(found) == 1:
        return next(iter(found.values()))
    return {"values": [found[name] for name in sorted(found)]} if found else None


def _parse_all(attribute: Attribute, parts: list[str]) -> Iterator[dict[str, str]]:
    for part in parts:
        yield _parse_one(attribute, part)


def _parse_one(attribute: Attribute, text: str) -> dict[str, str]:
    if known := find_value(attribute, text):
        code, name = known
        return {"value_id": code, "value_name": name} if code else {"value_name": name}
    if attribute.value_type in CLOSED and attribute.values:
        raise _problem(
            "meli_value_unlisted",
            attribute,
            text,
            values=", ".join(name for _id, name in attribute.values[:10]),
        )
    if attribute.value_type in ("number", "number_unit"):
        text = _parse_number(attribute, text)
    elif attribute.value_type in ("grid_id", "grid_row_id"):
        if not _GRID.fullmatch(text):
            raise _problem("meli_value_grid", attribute, text)
    if len(text) > attribute.max_length:
        limit, length = str(attribute.max_length), str(len(text))
        raise _problem("meli_value_long", attribute, text, limit=limit, length=length)
    return {"value_name": text}


def find_value(attribute: Attribute, text: str) -> tuple[str, str] | None:
    """The listed value of an id or name; case, accents and spaces do not count unless
    they tell two of them apart."""
    if text in attribute.by_word:
        return attribute.by_word[text]
    if attribute.value_type in ("number", "number_unit"):
        # -5 and 5 are alike without their sign.
        return None
    plain = normalise(text)
    if plain and plain in attribute.by_likeness:
        return attribute.by_likeness[plain]
    if attribute.value_type == "boolean":
        for code, name in attribute.values:
            if plain in _BOOLEANS.get(code, ()):
                return code, name
    return None


def _parse_number(attribute: Attribute, text: str) -> str:
    match = _NUMBER.fullmatch(text)
    number = match and _read_number(match[1])
    if match is None or number is None:
        raise _problem("meli_value_number", attribute, text)
    shown = f"{number.normalize():f}"
    if attribute.value_type == "number":
        if match[2].strip():
            raise _problem("meli_value_number", attribute, text)
        return shown
    return f"{shown} {_find_unit(attribute, match[2].strip(), text)}"


def _read_number(text: str) -> Decimal | None:
    """A number with a comma or a point before its decimals, without thousands."""
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    return number if abs(number) < Decimal(10) ** 12 else None


def _find_unit(attribute: Attribute, unit: str, text: str) -> str:
    if not unit and attribute.default_unit:
        return attribute.default_unit
    for exact in (True, False):
        for known in attribute.units:
            if known == unit or (not exact and known.casefold() == unit.casefold()):
                return known
    units = ", ".join(attribute.units) or attribute.default_unit
    raise _problem("meli_value_unit", attribute, text, units=units)


def convert_weight(attribute: Attribute, kilograms: float) -> str:
    """A weight in the first unit that the attribute knows of kg and g."""
    units = attribute.units or (attribute.default_unit,)
    if attribute.default_unit == "g" or "kg" not in units:
        return f"{Decimal(str(round(kilograms * 1000, 1))).normalize():f} g"
    return f"{Decimal(str(round(kilograms, 4))).normalize():f} kg"


def tell(value: Value | None) -> str:
    """A value as people read it, and write it."""
    if not value:
        return ""
    if value.get("value_id") == NOT_APPLICABLE["value_id"]:
        return "N/A"
    several = value.get("values")
    if several:
        return f"{SEPARATOR} ".join(str(one["value_name"]) for one in several)
    return str(value.get("value_name") or "")


def _problem(code: str, attribute: Attribute, text: str, **params: str) -> ValueProblem:
    return ValueProblem(code, attribute=attribute.name, value=text[:80], **params)

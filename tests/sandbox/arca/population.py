"""The taxpayers a registry starts with, and those it makes up when asked."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from .. import documents
from .profiles import PROFILES, fits
from .taxpayers import (
    COMPANY_PREFIXES,
    PERSON_PREFIXES,
    PROVINCES,
    FiscalAddress,
    Taxpayer,
    draw,
    draw_number,
    is_person,
)

#: What is made up for numbers nobody knows, with weights.
_PEOPLE = {"monotributo": 45, "registered": 25, "cuil": 30}
_COMPANIES = {"company": 86, "exempt": 10, "not_reached": 4}
#: A family name that shows how the registry writes special characters.
_SPECIAL = "Ñandubay Güemes"


class Table:
    """The taxpayers by number; callers hold the sandbox's lock to change it."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._rows: dict[str, Taxpayer] = {}

    def add(self, taxpayer: Taxpayer) -> Taxpayer:
        """Keep a taxpayer, in place of another one with the number."""
        self._rows[taxpayer.number] = taxpayer
        return taxpayer

    def rows(self, profile: str | None = None) -> list[Taxpayer]:
        """The taxpayers, maybe only those of a profile."""
        rows = list(self._rows.values())
        return [row for row in rows if profile in (None, row.profile)]

    def row(self, number: str) -> Taxpayer:
        """The row of a number.

        :raises KeyError: when there is none
        """
        return self._rows[number]

    def find(self, number: str, *, derive: bool) -> Taxpayer | None:
        """Who the registry knows under a number; ``derive`` makes somebody up."""
        found = self._rows.get(number)
        if found is None and derive:
            found = derived(self._seed, number)
        return found if found and PROFILES[found.profile].known else None

    def of_document(self, document: str) -> list[Taxpayer]:
        """The people of a DNI."""
        wanted = document.strip().lstrip("0")
        return [
            row
            for row in self.rows()
            if row.document == wanted and PROFILES[row.profile].known
        ]


def starting(seed: int) -> Iterator[Taxpayer]:
    """One person and one company of each profile that they can have.

    The first person has a namesake with the same DNI and another CUIL.
    """
    for profile in PROFILES:
        for person in (True, False):
            if not fits(profile, person=person):
                continue
            rng = random.Random(f"arca {seed} {profile} {person}")
            number = draw_number(rng, person=person)
            taxpayer = draw(rng, number, profile)
            if PROFILES[profile].escaped or PROFILES[profile].plain:
                _mark(taxpayer)
            yield taxpayer
            if person and profile == "registered":
                yield _namesake(rng, taxpayer)


def _mark(taxpayer: Taxpayer) -> None:
    if taxpayer.person:
        taxpayer.last_name = _SPECIAL
    else:
        taxpayer.legal_name = f"Ferretería {_SPECIAL} S.A."


def _namesake(rng: random.Random, taxpayer: Taxpayer) -> Taxpayer:
    body = taxpayer.number[2:10]
    others = (documents.cuit(prefix, body) for prefix in PERSON_PREFIXES)
    number = next(n for n in others if n and n != taxpayer.number)
    return draw(rng, number, "cuil")


def derived(seed: int, number: str) -> Taxpayer | None:
    """The taxpayer made up for a number, if it is a possible one."""
    prefix = number[:2]
    if not documents.is_valid("CUIT", number):
        return None
    if prefix not in PERSON_PREFIXES and prefix not in COMPANY_PREFIXES:
        return None
    rng = random.Random(f"arca derived {seed} {number}")
    chances = _PEOPLE if is_person(number) else _COMPANIES
    profile = rng.choices(list(chances), list(chances.values()))[0]
    return draw(rng, number, profile)


def wanted(rng: random.Random, values: dict[str, Any]) -> Taxpayer:
    """The taxpayer of a control call: ``{profile, number?, person?, name?, ...}``.

    ``legal_name`` makes a company, ``name`` is "LAST, First" of a person; ``address``
    is ``{street, province, city, zip_code, extra_kind, extra}``.

    :raises ValueError: when they do not fit together
    """
    profile = values.get("profile", "registered")
    number = str(values["number"]) if values.get("number") else None
    person = is_person(number) if number else _is_person(values, profile)
    if number and not documents.is_valid("CUIT", number):
        raise ValueError(f"the number is not a CUIT: {number}")
    if values.get("person", person) != person or not fits(profile, person=person):
        raise ValueError(f"{profile} does not fit the number or the kind of person")
    taxpayer = draw(rng, number or draw_number(rng, person=person), profile)
    if person and values.get("name"):
        last, _comma, first = values["name"].partition(",")
        taxpayer.last_name, taxpayer.first_name = last.strip(), first.strip()
    elif not person:
        given = values.get("legal_name") or values.get("name")
        taxpayer.legal_name = given or taxpayer.legal_name
    if values.get("address"):
        taxpayer.address = FiscalAddress(
            **{"street": "", "province": 0, **values["address"]}
        )
        if taxpayer.address.province not in PROVINCES:
            raise ValueError(f"unknown province: {taxpayer.address.province}")
    return taxpayer


def _is_person(values: dict[str, Any], profile: str) -> bool:
    if "person" in values:
        return bool(values["person"])
    return not values.get("legal_name") and fits(profile, person=True)

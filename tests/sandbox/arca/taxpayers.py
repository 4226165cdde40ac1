"""Invented taxpayers: who they are and where; what they are is their profile."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from .. import documents, people

#: Provinces of the tax registry.
PROVINCES = {
    0: "CIUDAD AUTONOMA BUENOS AIRES",
    1: "BUENOS AIRES",
    2: "CATAMARCA",
    3: "CORDOBA",
    4: "CORRIENTES",
    5: "ENTRE RIOS",
    6: "JUJUY",
    7: "MENDOZA",
    8: "LA RIOJA",
    9: "SALTA",
    10: "SAN JUAN",
    11: "SAN LUIS",
    12: "SANTA FE",
    13: "SANTIAGO DEL ESTERO",
    14: "TUCUMAN",
    16: "CHACO",
    17: "CHUBUT",
    18: "FORMOSA",
    19: "MISIONES",
    20: "NEUQUEN",
    21: "LA PAMPA",
    22: "RIO NEGRO",
    23: "SANTA CRUZ",
    24: "TIERRA DEL FUEGO",
}
PERSON_PREFIXES = ("20", "23", "24", "27")
COMPANY_PREFIXES = ("30", "33", "34")


@dataclass
class FiscalAddress:
    """An address as the registry keeps it; ``province`` is a key of PROVINCES."""

    street: str
    province: int
    city: str | None = None
    zip_code: str | None = None
    extra_kind: str | None = None
    extra: str | None = None


@dataclass
class Taxpayer:
    """A row of the registry.

    ``number`` is a CUIT or CUIL; ``legal_name`` is that of a company, "" for a person;
    ``label`` is what a marketplace says of the same number, where one is known.
    """

    number: str
    profile: str
    first_name: str
    last_name: str
    legal_name: str
    address: FiscalAddress
    label: str | None = None

    @property
    def person(self) -> bool:
        """Whether it is a natural person."""
        return not self.legal_name

    @property
    def document(self) -> str | None:
        """The DNI inside a person's number."""
        return self.number[2:10].lstrip("0") if self.person else None

    @property
    def name(self) -> str:
        """Last name and first name, or the legal name."""
        return self.legal_name or f"{self.last_name} {self.first_name}"

    def describe(self) -> dict[str, Any]:
        """The row as the control API shows it."""
        return {
            "number": self.number,
            "profile": self.profile,
            "person": self.person,
            "name": self.name,
            "province": self.address.province,
            "label": self.label,
        }


def is_person(number: str) -> bool:
    """Whether a number is that of a natural person."""
    return number[:2] in PERSON_PREFIXES


def draw_address(rng: random.Random) -> FiscalAddress:
    """An invented address; the city of Buenos Aires has no town."""
    place = rng.choice(people.PLACES["AR"])
    province = int(place.tax_state)
    extra = rng.choice(place.neighborhoods) if place.neighborhoods else None
    if rng.random() < 0.6:
        extra = None
    return FiscalAddress(
        f"{rng.choice(people.STREETS['AR'])} {rng.randint(12, 6999)}",
        province,
        place.city if province else None,
        place.zip_code,
        "BARRIO" if extra else None,
        extra,
    )


def draw(rng: random.Random, number: str, profile: str) -> Taxpayer:
    """An invented taxpayer of a number."""
    first, last = people.person(rng, "AR")
    legal = people.company(rng, "AR")
    address = draw_address(rng)
    if is_person(number):
        return Taxpayer(number, profile, first, last, "", address)
    return Taxpayer(number, profile, "", "", legal, address)


def draw_number(rng: random.Random, *, person: bool) -> str:
    """An invented number with a right check digit."""
    return documents.person_cuit(rng) if person else documents.company_cuit(rng)

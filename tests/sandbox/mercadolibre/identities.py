"""Invented fiscal identities of each site.

Source: MercadoLibre developers, Billing info: which documents people and companies have
on each site.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .. import documents, people
from ..people import Place

#: Taxpayer types by site: description to id (MercadoLibre developers, Billing info).
TAXPAYER_IDS = {
    "Consumidor Final": "01",
    "IVA Responsable Inscripto": "02",
    "IVA Exento": "03",
    "Monotributo": "04",
    "Contribuinte": "11",
    "Não contribuinte": "12",
}
#: Mexican tax regimes: number to description (SAT, "régimen fiscal").
REGIMES = {
    "601": "General de Ley Personas Morales",
    "605": "Sueldos y Salarios e Ingresos Asimilados a Salarios",
    "606": "Arrendamiento",
    "616": "Sin obligaciones fiscales",
}
_ACTIVITIES = (
    "Venta al por menor de artículos de ferretería",
    "Servicios de ingeniería",
    "Elaboración de productos de panadería",
)
#: Kinds of fiscal identity :meth:`.buyers.BuyerFactory.add_identity` can make.
IDENTITY_KINDS = (
    "person",
    "company",
    "cuil",
    "monotributo",
    "alphanumeric",
    "curp",
    "foreigner",
    "nobody",
)


@dataclass(frozen=True)
class Address:
    """A street address; ``number`` is "SN" when the house has none."""

    id: int
    place: Place
    street: str
    number: str
    neighborhood: str | None
    comment: str | None
    zip_code: str | None
    receiver: str


@dataclass(frozen=True)
class Identity:
    """A fiscal identity: document, name and address as given for invoicing.

    ``last_name`` is None for a legal entity, whose ``name`` is its legal name.
    ``taxpayer`` is "" where the site has no such thing; ``activity`` is Chilean,
    ``regime`` the number of a Mexican tax regime.
    """

    billing_id: str
    doc_type: str
    doc_number: str
    name: str
    last_name: str | None
    taxpayer: str
    address: Address
    state_registration: str | None = None
    iibb: str | None = None
    activity: str | None = None
    regime: str | None = None

    @property
    def company(self) -> bool:
        """Whether it is a legal entity."""
        return self.last_name is None


@dataclass(frozen=True)
class Person:
    """Whom an identity is made for."""

    first_name: str
    last_name: str
    address: Address


NextId = Callable[[], str]
Maker = Callable[[random.Random, Person, str, NextId], Identity]


def _make(
    person: Person,
    billing_id: str,
    document: tuple[str, str],
    company: str | None = None,
    taxpayer: str = "",
    **facts: Any,
) -> Identity:
    """Identity of a company when ``company`` is its name, of the person otherwise."""
    doc_type, number = document
    return Identity(
        billing_id,
        doc_type,
        number,
        company or person.first_name,
        None if company else person.last_name,
        taxpayer,
        person.address,
        **facts,
    )


def _argentine(
    rng: random.Random, person: Person, kind: str, next_id: NextId
) -> Identity:
    if kind == "cuil":
        document = "CUIL", documents.person_cuit(rng)
        return _make(person, next_id(), document, taxpayer="Consumidor Final")
    if kind == "monotributo":
        document = "CUIT", documents.person_cuit(rng)
        return _make(person, next_id(), document, taxpayer="Monotributo")
    if kind not in ("company", "alphanumeric"):
        document = "DNI", documents.dni(rng)
        return _make(person, next_id(), document, taxpayer="Consumidor Final")
    document = "CUIT", documents.company_cuit(rng)
    name = people.company(rng, "AR")
    taxpayers = ["IVA Responsable Inscripto", "IVA Exento", "Monotributo"]
    taxpayer = rng.choices(taxpayers, [80, 12, 8])[0]
    iibb = None
    if rng.random() < 0.4:
        iibb = f"901-{rng.randint(100000, 999999)}-{rng.randint(0, 9)}"
    return _make(person, next_id(), document, name, taxpayer, iibb=iibb)


def _brazilian(
    rng: random.Random, person: Person, kind: str, next_id: NextId
) -> Identity:
    if kind not in ("company", "alphanumeric"):
        billing_id = next_id()
        document = "CPF", documents.cpf(rng)
        return _make(person, billing_id, document, taxpayer="Não contribuinte")
    number = documents.cnpj(rng, alphanumeric=kind == "alphanumeric")
    registered = rng.random() < 0.6
    registration = str(rng.randint(10**8, 10**12)) if registered else None
    billing_id = next_id()
    return _make(
        person,
        billing_id,
        ("CNPJ", number),
        people.company(rng, "BR"),
        "Contribuinte" if registered else "Não contribuinte",
        state_registration=registration,
    )


def _mexican(
    rng: random.Random, person: Person, kind: str, next_id: NextId
) -> Identity:
    if kind == "company":
        document = "RFC", documents.rfc(rng, company=True)
        name = people.company(rng, "MX")
        return _make(person, next_id(), document, name, REGIMES["601"], regime="601")
    if kind == "curp":
        return _make(person, next_id(), ("CURP", documents.curp(rng)))
    if kind == "nobody":
        document = "RFC", "XAXX010101000"
        return _make(person, next_id(), document, None, REGIMES["616"], regime="616")
    document, regime = ("RFC", documents.rfc(rng)), rng.choice(["605", "606"])
    return _make(person, next_id(), document, None, REGIMES[regime], regime=regime)


def _chilean(
    rng: random.Random, person: Person, kind: str, next_id: NextId
) -> Identity:
    if kind != "company":
        return _make(person, next_id(), ("RUT", documents.chilean_rut(rng)))
    document = "RUT", documents.chilean_rut(rng, company=True)
    name, activity = people.company(rng, "CL"), rng.choice(_ACTIVITIES)
    return _make(person, next_id(), document, name, activity=activity)


def _colombian(
    rng: random.Random, person: Person, kind: str, next_id: NextId
) -> Identity:
    if kind == "company":
        name = people.company(rng, "CO")
        return _make(person, next_id(), ("NIT", documents.nit(rng)), name)
    if kind == "foreigner":
        return _make(person, next_id(), ("CE", str(rng.randint(200_000, 999_999))))
    return _make(person, next_id(), ("CC", documents.cc(rng)))


def _uruguayan(
    rng: random.Random, person: Person, kind: str, next_id: NextId
) -> Identity:
    if kind != "company":
        return _make(person, next_id(), ("CI", documents.ci(rng)))
    name = people.company(rng, "UY")
    return _make(person, next_id(), ("RUT", documents.uruguayan_rut(rng)), name)


#: How each site makes an identity of a kind.
MAKERS: dict[str, Maker] = {
    "MLA": _argentine,
    "MLB": _brazilian,
    "MLC": _chilean,
    "MCO": _colombian,
    "MLM": _mexican,
    "MLU": _uruguayan,
}

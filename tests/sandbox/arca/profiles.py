"""What a taxpayer can be registered for: one profile for each case of the registry.

Source: manual of the web service "Constancia de inscripción", V4.1, and captured
answers. The codes of taxes are ARCA's: 20 and 21 Monotributo, 30 IVA, 32 IVA exento,
33 IVA no inscripto (no longer used), 34 IVA no alcanzado, 10 and 11 Ganancias.
"""

from __future__ import annotations

from dataclasses import dataclass

TAXES = {
    10: "GANANCIAS SOCIEDADES",
    11: "GANANCIAS PERSONAS FISICAS",
    20: "MONOTRIBUTO",
    21: "MONOTRIBUTO AUTONOMO",
    30: "IVA",
    32: "IVA EXENTO",
    33: "IVA RESPONSABLE NO INSCRIPTO",
    34: "IVA NO ALCANZADO",
    301: "EMPLEADOR-APORTES SEG. SOCIAL",
    308: "APORTES SEG.SOCIAL AUTONOMOS",
}
ACTIVE = "AC"
NOT_ACTIVE = "BA"


@dataclass(frozen=True)
class Tax:
    """A tax of somebody; ``state`` None is an answer from before there were states."""

    id: int
    state: str | None = ACTIVE
    reason: str | None = None


@dataclass(frozen=True)
class Category:
    """A category of the Monotributo."""

    id: int
    text: str
    tax: int = 20


@dataclass(frozen=True)
class Profile:
    """How the registry answers about somebody.

    :param general: taxes of the general regime
    :param simplified: taxes of the Monotributo
    :param category: category of the Monotributo
    :param activities: how many activities, in whichever regime there are taxes
    :param refused: texts of ``errorConstancia``: then there is nothing else
    :param general_error: text of ``errorRegimenGeneral``
    :param simplified_error: text of ``errorMonotributo``
    :param key: kind of key
    :param state: state of the key
    :param person: True or False when only persons or companies can be this
    :param deceased: whether the person died and the estate goes on
    :param plain: texts without accents
    :param escaped: texts whose special characters are escaped twice
    :param sparse: only the least that was seen
    :param city: whether the address is in the city of Buenos Aires
    :param known: whether the registry answers at all
    """

    general: tuple[Tax, ...] = ()
    simplified: tuple[Tax, ...] = ()
    category: Category | None = None
    activities: int = 1
    refused: tuple[str, ...] = ()
    general_error: str | None = None
    simplified_error: str | None = None
    key: str = "CUIT"
    state: str = "ACTIVO"
    person: bool | None = None
    deceased: bool = False
    plain: bool = False
    escaped: bool = False
    sparse: bool = False
    city: bool = False
    known: bool = True


_MONO = (Tax(20),)
_PLAIN_CATEGORY = Category(34, "D LOCACIONES DE SERVICIO")
_VAT = (Tax(30), Tax(308))


PROFILES: dict[str, Profile] = {
    "registered": Profile(_VAT, activities=2),
    "company": Profile((Tax(10), Tax(30), Tax(301)), person=False),
    "monotributo": Profile(
        simplified=_MONO, category=_PLAIN_CATEGORY, activities=3, person=True
    ),
    "exempt": Profile((Tax(32),)),
    "not_reached": Profile((Tax(34),)),
    "registered_not_reached": Profile((Tax(30), Tax(34))),
    "exempt_not_reached": Profile((Tax(32), Tax(34))),
    "registered_monotributo": Profile(_VAT, _MONO, _PLAIN_CATEGORY, person=True),
    "exempt_monotributo": Profile((Tax(32),), _MONO, _PLAIN_CATEGORY, person=True),
    "registered_exempt": Profile((Tax(30), Tax(32))),
    "not_registered": Profile((Tax(33),)),
    "no_taxes": Profile(activities=0),
    "vat_not_active": Profile((Tax(30, NOT_ACTIVE, "BAJA DEFINITIVA"),)),
    "monotributo_left": Profile(_VAT, (Tax(20, NOT_ACTIVE, "RENUNCIA"),), person=True),
    "without_states": Profile((Tax(11, None), Tax(30, None)), person=True),
    "social_monotributo": Profile(
        simplified=_MONO,
        category=Category(99, "B MONOTRIBUTO SOCIAL LOCACION"),
        person=True,
    ),
    "cooperative_member": Profile(
        simplified=_MONO, category=Category(98, "B ASOCIADO COOPERATIVA"), person=True
    ),
    "promoted_worker": Profile(
        simplified=_MONO,
        category=Category(70, "A TRABAJADOR INDEPENDIENTE PROMOVIDO"),
        person=True,
    ),
    "registered_with_error": Profile(
        _VAT,
        simplified_error="Datos de monotributo incompletos- no posee categoría",
        person=True,
    ),
    "general_error": Profile(
        activities=0,
        general_error="Datos del régimen general incompletos- no posee impuestos",
    ),
    "blocked_address": Profile(
        refused=("La CUIT no posee Domicilio Fiscal Electrónico constituido",)
    ),
    "cancelled": Profile(
        refused=("La CUIT fue cancelada de acuerdo a: Decreto 1299/1998",),
        state="INACTIVO",
    ),
    "cuil": Profile(
        refused=("La clave ingresada no es una CUIT",), key="CUIL", person=True
    ),
    "inactive": Profile(state="INACTIVO", activities=0),
    "inactive_refused": Profile(
        refused=("La clave se encuentra inactiva",), state="INACTIVO"
    ),
    "deceased": Profile(_VAT, person=True, deceased=True),
    "city": Profile(_VAT, city=True),
    "plain": Profile(_VAT, plain=True),
    "escaped": Profile(_VAT, escaped=True),
    "sparse": Profile((Tax(30),), sparse=True),
    "unlisted": Profile(known=False),
}


def fits(name: str, *, person: bool) -> bool:
    """Whether a person, or a company, can have the profile.

    :raises ValueError: for an unknown profile
    """
    if name not in PROFILES:
        raise ValueError(f"unknown profile: {name}")
    return PROFILES[name].person in (None, person)

"""The buyers of the marketplace sandbox of the same seed, as the registry knows them.

Most are what the marketplace says. In the order in which they first bought, these are
not: see :data:`DIFFERENT`.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

from .. import documents
from ..mercadolibre import MercadoLibreSandbox
from .taxpayers import FiscalAddress, Taxpayer, draw, is_person

#: What the marketplace calls a buyer, to whether most of them are persons and to their
#: profile.
_USUAL = {
    "IVA Responsable Inscripto": (False, "company"),
    "IVA Exento": (False, "exempt"),
    "Monotributo": (True, "monotributo"),
    "Consumidor Final": (True, "cuil"),
}
#: Label and turn (the first buyer is 1) to the profile that the registry knows instead.
DIFFERENT = {
    ("IVA Responsable Inscripto", 3): "exempt",
    ("IVA Responsable Inscripto", 5): "blocked_address",
    ("IVA Responsable Inscripto", 7): "registered_exempt",
    ("IVA Responsable Inscripto", 9): "unlisted",
    ("IVA Responsable Inscripto", 11): "cancelled",
    ("IVA Exento", 2): "company",
    ("IVA Exento", 3): "not_reached",
    ("Monotributo", 2): "registered",
    ("Monotributo", 4): "registered_monotributo",
    ("Monotributo", 6): "monotributo_left",
    ("Consumidor Final", 2): "monotributo",
    ("Consumidor Final", 4): "unlisted",
}


def buyers(seed: int) -> Iterator[Taxpayer]:
    """The Argentine buyers of the scenario ``demo`` with a valid document.

    Nine of ten with a DNI have a CUIL with the same name. A company that the
    marketplace calls Monotributo is registered for IVA.
    """
    turns: Counter[str] = Counter()
    seen: set[str] = set()
    for info in _billing(seed):
        document = info.get("identification") or {}
        kind, number = document.get("type"), document.get("number")
        if number in seen or not documents.is_valid(kind or "", number):
            continue
        seen.add(number)
        if kind == "DNI":
            rng = random.Random(f"arca buyer {seed} {number}")
            if rng.random() < 0.9:
                cuil = documents.person_cuit(rng, number)
                yield _taxpayer(seed, cuil, "cuil", info)
        elif kind in ("CUIT", "CUIL"):
            label = _label(info)
            person, profile = _USUAL[label]
            if person == is_person(number):
                turns[label] += 1
                profile = DIFFERENT.get((label, turns[label]), profile)
            else:
                profile = "company" if person else "registered"
            yield _taxpayer(seed, number, profile, info)


def _billing(seed: int) -> Iterator[dict[str, Any]]:
    store = MercadoLibreSandbox(seed=seed, scenario="demo").core.store
    for billing in store.billing.values():
        if billing.site == "MLA":
            yield billing.data["buyer"]["billing_info"]


def _label(info: dict[str, Any]) -> str:
    kind = (info.get("taxes") or {}).get("taxpayer_type") or {}
    label: str = kind.get("description") or "Consumidor Final"
    return label


def _taxpayer(seed: int, number: str, profile: str, info: dict[str, Any]) -> Taxpayer:
    """A taxpayer with the buyer's names and address."""
    taxpayer = draw(random.Random(f"arca buyer {seed} {number}"), number, profile)
    taxpayer.label = _label(info)
    if not taxpayer.person:
        taxpayer.legal_name = info["name"]
    elif info.get("last_name"):
        taxpayer.first_name, taxpayer.last_name = info["name"], info["last_name"]
    where = info.get("address") or {}
    code = (where.get("state") or {}).get("code")
    if code:
        province = int(code)
        taxpayer.address = FiscalAddress(
            f"{where['street_name']} {where['street_number']}",
            province,
            where.get("city_name") if province else None,
            where.get("zip_code"),
        )
    return taxpayer

"""Invented buyers: who they are and their addresses."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

from .. import people
from ..people import Place
from . import identities
from .catalogue import COUNTRY
from .identities import Address, Identity

_COMMENTS = {
    "AR": [
        "Timbre 3B",
        "Dejar en portería 🙏",
        "Entre Los Ñires y Cerro Ventana. Portón negro",
        "casa de rejas blancas, tocar bocina",
        "Horario de 9 a 18 hs. / no golpear: bebé durmiendo 👶",
        "Referencia: frente a la plaza",
    ],
    "BR": [
        "Apto 302 bloco B",
        "Deixar na portaria 🙏",
        "Próximo à padaria, portão verde",
        "casa dos fundos",
        "Referência: em frente à praça / ligar antes 📞",
    ],
    "CL": ["Depto 73", "Dejar en conserjería", "Casa esquina, portón café"],
    "CO": ["Apto 502 torre 3", "Dejar en portería", "Frente al parque"],
    "MX": ["Int. 4", "Depto 3B", "Entre Nopal y Maguey, zaguán verde"],
    "UY": ["Apto 302", "Timbre 4", "Portón blanco, perro suelto"],
}


@dataclass
class Buyer:
    """A buyer of one site; ``phone`` is the number only ME1 shipments show."""

    id: int
    site: str
    first_name: str
    last_name: str
    nickname: str
    place: Place
    phone: str
    addresses: list[Address] = field(default_factory=list)
    identities: list[Identity] = field(default_factory=list)


class BuyerFactory:
    """Makes buyers and the changes of their data, from one random generator."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self._used: set[int] = set()
        self._address_id = 1_187_000_000
        self._billing_id = 776_121_809_365_000_000

    def _user_id(self) -> int:
        while True:
            low, high = (
                (90_000_000, 2_000_000_000)
                if self.rng.random() < 0.6
                else (2_150_000_000, 3_300_000_000)
            )
            number = self.rng.randint(low, high)
            if number not in self._used:
                self._used.add(number)
                return number

    def buyer(self, site: str) -> Buyer:
        """A new buyer with one address and one fiscal identity."""
        country = COUNTRY[site]
        first, last = people.person(self.rng, country)
        place = self.rng.choice(people.PLACES[country])
        buyer = Buyer(
            id=self._user_id(),
            site=site,
            first_name=first,
            last_name=last,
            nickname=people.nickname(self.rng, first, last),
            place=place,
            phone=people.phone(self.rng, place),
        )
        self.add_address(buyer)
        self.add_identity(buyer)
        return buyer

    def add_address(self, buyer: Buyer, receiver: str | None = None) -> Address:
        """Give the buyer one more address (near the first one)."""
        rng, country = self.rng, COUNTRY[buyer.site]
        self._address_id += rng.randint(7, 900)
        place = buyer.place
        zip_code = place.zip_code
        if country == "BR":
            zip_code = zip_code[:5] + f"{rng.randint(0, 899):03d}"
        address = Address(
            id=self._address_id,
            place=place,
            street=rng.choice(people.STREETS[country]),
            number="SN" if rng.random() < 0.04 else str(rng.randint(12, 6999)),
            neighborhood=rng.choice(place.neighborhoods)
            if place.neighborhoods and rng.random() < 0.8
            else None,
            comment=rng.choice(_COMMENTS[country]) if rng.random() < 0.45 else None,
            zip_code=zip_code or None,
            receiver=receiver or f"{buyer.first_name} {buyer.last_name}",
        )
        buyer.addresses.append(address)
        return address

    def other_receiver(self, buyer: Buyer) -> Address:
        """The buyer's first address with somebody else receiving."""
        name = " ".join(people.person(self.rng, COUNTRY[buyer.site]))
        address = replace(buyer.addresses[0], receiver=name)
        buyer.addresses.append(address)
        return address

    def next_billing_id(self) -> str:
        """A fresh identifier of billing data."""
        self._billing_id += self.rng.randint(1_000_003, 900_000_001)
        return str(self._billing_id)

    def add_identity(self, buyer: Buyer, kind: str | None = None) -> Identity:
        """Give the buyer one more fiscal identity.

        :param kind: one of :data:`IDENTITY_KINDS`; by chance when omitted. A site
            that knows nothing of a kind makes a person.
        """
        site, rng = buyer.site, self.rng
        if kind is None:
            kinds = ["person", "company", "cuil", "monotributo"]
            weights = [71, 18, 6, 5] if site == "MLA" else [80, 20, 0, 0]
            kind = rng.choices(kinds, weights)[0]
        person = identities.Person(
            buyer.first_name, buyer.last_name, buyer.addresses[-1]
        )
        make = identities.MAKERS[site]
        identity = make(rng, person, kind, self.next_billing_id)
        buyer.identities.append(identity)
        return identity

    def again(self, identity: Identity, address: Address | None = None) -> Identity:
        """The same identity under another billing id (and maybe another address)."""
        return replace(
            identity,
            billing_id=self.next_billing_id(),
            address=address or identity.address,
        )

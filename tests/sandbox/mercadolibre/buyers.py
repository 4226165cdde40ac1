"""Invented buyers: who they are, their fiscal identities and their addresses."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

from .. import documents, people
from ..people import Place
from .catalogue import COUNTRY

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
}
#: Taxpayer types by site: description to id (MercadoLibre developers, Billing info).
TAXPAYER_IDS = {
    "Consumidor Final": "01",
    "IVA Responsable Inscripto": "02",
    "IVA Exento": "03",
    "Monotributo": "04",
    "Contribuinte": "11",
    "Não contribuinte": "12",
}


#: Kinds of fiscal identity :meth:`BuyerFactory.add_identity` can make.
IDENTITY_KINDS = ("person", "cuil", "monotributo", "company", "alphanumeric")


@dataclass(frozen=True)
class Address:
    """A street address; ``number`` is "SN" when the house has none."""

    id: int
    place: Place
    street: str
    number: str
    neighborhood: str | None
    comment: str | None
    zip_code: str
    receiver: str


@dataclass(frozen=True)
class Identity:
    """A fiscal identity: document, name and address as given for invoicing.

    ``last_name`` is None for a legal entity, whose ``name`` is its legal name.
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

    @property
    def company(self) -> bool:
        """Whether it is a legal entity."""
        return self.last_name is None


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
            zip_code=zip_code,
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

        :param kind: ``person``, ``cuil``, ``monotributo``, ``company`` or
            ``alphanumeric``; by chance when omitted
        """
        rng = self.rng
        if kind is None:
            kinds = ["person", "company", "cuil", "monotributo"]
            weights = [71, 18, 6, 5] if buyer.site == "MLA" else [80, 20, 0, 0]
            kind = rng.choices(kinds, weights)[0]
        make = self._argentine if buyer.site == "MLA" else self._brazilian
        identity = make(buyer, kind)
        buyer.identities.append(identity)
        return identity

    def again(self, identity: Identity, address: Address | None = None) -> Identity:
        """The same identity under another billing id (and maybe another address)."""
        return replace(
            identity,
            billing_id=self.next_billing_id(),
            address=address or identity.address,
        )

    def _argentine(self, buyer: Buyer, kind: str) -> Identity:
        rng = self.rng
        address = buyer.addresses[-1]
        name: str = buyer.first_name
        last: str | None = buyer.last_name
        taxpayer, iibb = "Consumidor Final", None
        if kind == "person":
            doc_type, number = "DNI", documents.dni(rng)
        elif kind == "cuil":
            doc_type, number = "CUIL", documents.person_cuit(rng)
        elif kind == "monotributo":
            doc_type, number = "CUIT", documents.person_cuit(rng)
            taxpayer = "Monotributo"
        else:
            doc_type, number = "CUIT", documents.company_cuit(rng)
            name, last = people.company(rng, "AR"), None
            taxpayer = rng.choices(
                ["IVA Responsable Inscripto", "IVA Exento", "Monotributo"],
                [80, 12, 8],
            )[0]
            if rng.random() < 0.4:
                iibb = f"901-{rng.randint(100000, 999999)}-{rng.randint(0, 9)}"
        billing_id = self.next_billing_id()
        return Identity(
            billing_id, doc_type, number, name, last, taxpayer, address, iibb=iibb
        )

    def _brazilian(self, buyer: Buyer, kind: str) -> Identity:
        rng = self.rng
        address = buyer.addresses[-1]
        if kind not in ("company", "alphanumeric"):
            return Identity(
                self.next_billing_id(),
                "CPF",
                documents.cpf(rng),
                buyer.first_name,
                buyer.last_name,
                "Não contribuinte",
                address,
            )
        number = documents.cnpj(rng, alphanumeric=kind == "alphanumeric")
        registered = rng.random() < 0.6
        registration = str(rng.randint(10**8, 10**12)) if registered else None
        return Identity(
            self.next_billing_id(),
            "CNPJ",
            number,
            people.company(rng, "BR"),
            None,
            "Contribuinte" if registered else "Não contribuinte",
            address,
            state_registration=registration,
        )

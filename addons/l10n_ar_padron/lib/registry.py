"""The registry of taxpayers: who has a CUIT, and which one a DNI has.

Source: ARCA, *Consulta de constancia de inscripción* V4.1 (``getPersona_v2``,
``getPersonaList_v2``) and *Consulta al padrón alcance 13* V1.4.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from odoo.addons.l10n_ar_arca.lib.client import Client, ServiceInfo, translate
from odoo.addons.l10n_ar_arca.lib.errors import ArcaError, Choked
from odoo.addons.l10n_ar_arca.lib.soap import Fault
from odoo.addons.l10n_ar_arca.lib.wsaa import Ticket
from odoo.addons.l10n_ar_arca.lib.xml import text
from odoo.addons.partner_registry.lib import errors
from odoo.addons.partner_registry.lib.lookup import LookUp
from odoo.addons.remote_transport.lib.xml import find, local_name

from .taxpayer import NOT_FOUND_TEXT, Taxpayer, not_found, read_person, read_persons

CONSTANCIA = "ws_sr_constancia_inscripcion"
A13 = "ws_sr_padron_a13"
#: What ``getPersonaList_v2`` takes at once.
LIST_LIMIT = 250

#: What is found out about a number.
Found = Taxpayer | errors.RegistryError

#: Environment → column of a certificate → address. Source: ARCA's manuals; its
#: *afip.gov.ar* names go on working.
ADDRESSES = {
    environment: {
        "constancia_url": f"https://{host}/sr-padron/webservices/personaServiceA5",
        "a13_url": f"https://{host}/sr-padron/webservices/personaServiceA13",
    }
    for environment, host in (
        ("production", "aws.afip.gov.ar"),
        ("homologation", "awshomo.afip.gov.ar"),
    )
}
_WSDL = Path(__file__).parent / "wsdl"
_BINDING = "{{http://{}.soap.ws.server.puc.sr/}}Binding"


def _carry(ticket: Ticket, represented: str) -> dict[str, Any]:
    return {
        "token": ticket.token,
        "sign": ticket.sign,
        "cuitRepresentada": int(represented),
    }


#: What is asked, by id at WSAA.
SERVICES = {
    CONSTANCIA: ServiceInfo(
        "Consulta de constancia de inscripción",
        _WSDL / "constancia.wsdl",
        _BINDING.format("a5"),
        "constancia_url",
        _carry,
    ),
    A13: ServiceInfo(
        "Consulta a Padrón Alcance 13",
        _WSDL / "a13.wsdl",
        _BINDING.format("a13"),
        "a13_url",
        _carry,
    ),
}


class Registry:
    """Client of the registry.

    :param constancia: client of :data:`CONSTANCIA`
    :param a13: client of :data:`A13`
    """

    def __init__(self, constancia: Client, a13: Client) -> None:
        self._constancia = constancia
        self._a13 = a13

    @property
    def represented(self) -> str:
        """CUIT in whose name is asked."""
        return self._constancia.represented

    @property
    def calls(self) -> int:
        """How many calls were made to the registry, logins apart."""
        return self._constancia.calls + self._a13.calls

    def get_taxpayers(
        self, numbers: Iterable[str], alone: Collection[str] = ()
    ) -> Iterator[dict[str, Found]]:
        """Look up taxpayers, at most :data:`LIST_LIMIT` with a call.

        :param numbers: CUITs, eleven digits, each once
        :param alone: those of them that no list is to be asked with, because they
            failed alone
        :return: parts of number → taxpayer, or why there is none; all together have
            every number
        """
        wanted = list(numbers)
        listed = [number for number in wanted if number not in alone]
        steps: list[list[Sequence[str]]] = [
            [listed[start : start + LIST_LIMIT]]
            for start in range(0, len(listed), LIST_LIMIT)
        ]
        if single := [[number] for number in wanted if number in alone]:
            steps.append([*single])
        outage: errors.RegistryError | None = None
        for parts in steps:
            look_up = LookUp(self._ask, self.represented)
            look_up.outage = outage
            yield look_up.run(parts)
            if look_up.outage and look_up.outage.code != "postponed":
                outage = look_up.outage

    def get_numbers(self, document: str) -> list[str]:
        """The keys (CUIT, CUIL or CDI) of a DNI; there may be several, or none.

        :raises ArcaError: the service could not be asked
        """
        try:
            body = self._a13.call("getIdPersonaListByDocumento", documento=document)
        except Fault as fault:
            if NOT_FOUND_TEXT in fault.message.lower():
                return []
            raise translate(fault) from fault
        items = (item for item in body.iter() if local_name(item) == "idPersona")
        return list(dict.fromkeys(filter(None, map(text, items))))

    def _ask(self, numbers: Sequence[str]) -> dict[str, Taxpayer]:
        """Ask in the terms of look-ups at any registry."""
        try:
            return self._get_some(numbers)
        except Choked as error:
            raise errors.Choked(error.code, error.detail) from error
        except ArcaError as error:
            raise errors.RegistryError(error.code, error.detail) from error

    def _get_some(self, numbers: Sequence[str]) -> dict[str, Taxpayer]:
        """:raises Choked: the service fails on these numbers"""
        if len(numbers) == 1:
            return self._get_one(numbers[0])
        try:
            body = self._constancia.call(
                "getPersonaList_v2", idPersona=[int(n) for n in numbers]
            )
        except Fault as fault:
            raise translate(fault) from fault
        return {person.number: person for person in read_persons(body)}

    def _get_one(self, number: str) -> dict[str, Taxpayer]:
        try:
            body = self._constancia.call("getPersona_v2", idPersona=int(number))
        except Fault as fault:
            if NOT_FOUND_TEXT in fault.message.lower():
                return {number: not_found(number)}
            raise translate(fault) from fault
        returned = find(body, "personaReturn")
        if returned is None:
            raise Choked("answer_unreadable", "no person")
        person = read_person(returned, number)
        return {person.number: person}

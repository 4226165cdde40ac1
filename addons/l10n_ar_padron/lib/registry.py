"""The registry of taxpayers: who has a CUIT, and which one a DNI has.

Source: ARCA, *Consulta de constancia de inscripción* V4.1 (``getPersona_v2``,
``getPersonaList_v2``) and *Consulta al padrón alcance 13* V1.4.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import requests

from .errors import ArcaError
from .soap import Fault, Service
from .taxpayer import NOT_FOUND_TEXT, Taxpayer, not_found, read_person, read_persons
from .wsaa import Ticket, read_relations
from .xml import Element, find, local_name, text

CONSTANCIA = "ws_sr_constancia_inscripcion"
A13 = "ws_sr_padron_a13"
#: What ``getPersonaList_v2`` takes at once.
LIST_LIMIT = 250

#: Gives the ticket for a service; with True, one that is not the last one given.
GetTicket = Callable[[str, bool], Ticket]

#: Faults of one list call that are looked into, half by half: enough to find one
#: number that the service chokes on, and not enough to flood it when it is ill.
_PATIENCE = 20
_TICKET_WORDS = re.compile(r"\b(token|sign)\b", re.I)


class Registry:
    """Client of the registry.

    :param urls: address of each service, by its id
    :param represented: CUIT in whose name is asked
    :param get_ticket: where tickets come from
    """

    def __init__(
        self,
        urls: dict[str, str],
        represented: str,
        get_ticket: GetTicket,
        session: requests.Session,
    ) -> None:
        self._represented = represented
        self._get_ticket = get_ticket
        self._patience = _PATIENCE
        namespace = "http://{}.soap.ws.server.puc.sr/"
        self._services = {
            CONSTANCIA: Service(
                "constancia",
                f"{{{namespace.format('a5')}}}Binding",
                urls[CONSTANCIA],
                session,
            ),
            A13: Service(
                "a13", f"{{{namespace.format('a13')}}}Binding", urls[A13], session
            ),
        }

    @property
    def calls(self) -> int:
        """How many calls were made to the registry, logins apart."""
        return sum(service.calls for service in self._services.values())

    def get_taxpayers(self, numbers: Iterable[str]) -> Iterator[dict[str, Taxpayer]]:
        """Look up taxpayers, at most :data:`LIST_LIMIT` with a call.

        :param numbers: CUITs, eleven digits, each once
        :return: the answers of each call: number → taxpayer. A number that the answer
            left out is missing.
        :raises ArcaError: what could not be asked
        """
        wanted = list(numbers)
        for start in range(0, len(wanted), LIST_LIMIT):
            self._patience = _PATIENCE
            yield self._get_some(wanted[start : start + LIST_LIMIT])

    def get_numbers(self, document: str) -> list[str]:
        """The keys (CUIT, CUIL or CDI) of a DNI; there may be several, or none.

        :raises ArcaError: the service could not be asked
        """
        try:
            body = self._call(A13, "getIdPersonaListByDocumento", documento=document)
        except Fault as fault:
            if NOT_FOUND_TEXT in fault.message.lower():
                return []
            raise _translate(fault) from fault
        items = (item for item in body.iter() if local_name(item) == "idPersona")
        return list(dict.fromkeys(filter(None, map(text, items))))

    def _get_some(self, numbers: list[str]) -> dict[str, Taxpayer]:
        try:
            if len(numbers) == 1:
                return self._get_one(numbers[0])
            body = self._call(
                CONSTANCIA, "getPersonaList_v2", idPersona=[int(n) for n in numbers]
            )
        except Fault as fault:
            self._patience -= 1
            if _is_about_ticket(fault) or self._patience <= 0:
                raise _translate(fault) from fault
            if len(numbers) == 1:
                if self._patience == _PATIENCE - 1:
                    raise _translate(fault) from fault
                return {}
            middle = len(numbers) // 2
            return {
                **self._get_some(numbers[:middle]),
                **self._get_some(numbers[middle:]),
            }
        found = {person.number: person for person in read_persons(body)}
        return {number: found[number] for number in numbers if number in found}

    def _get_one(self, number: str) -> dict[str, Taxpayer]:
        try:
            body = self._call(CONSTANCIA, "getPersona_v2", idPersona=int(number))
        except Fault as fault:
            if NOT_FOUND_TEXT in fault.message.lower():
                return {number: not_found(number)}
            raise
        returned = find(body, "personaReturn")
        if returned is None:
            raise ArcaError("answer_unreadable", retryable=True, detail="no person")
        person = read_person(returned, number)
        return {number: person} if person.number == number else {}

    def _call(self, service: str, operation: str, **params: Any) -> Element:
        """Call with a ticket; once more with another one when it is refused."""
        ticket = self._get_ticket(service, False)
        try:
            return self._call_with(ticket, service, operation, params)
        except Fault as fault:
            if not _is_about_ticket(fault):
                raise
        ticket = self._get_ticket(service, True)
        return self._call_with(ticket, service, operation, params)

    def _call_with(
        self, ticket: Ticket, service: str, operation: str, params: dict[str, Any]
    ) -> Element:
        self._check_represented(ticket)
        return self._services[service].call(
            operation,
            token=ticket.token,
            sign=ticket.sign,
            cuitRepresentada=int(self._represented),
            **params,
        )

    def _check_represented(self, ticket: Ticket) -> None:
        relations = read_relations(ticket.token)
        if relations is not None and self._represented not in relations:
            raise ArcaError("not_delegated", detail=self._represented)


def _is_about_ticket(fault: Fault) -> bool:
    return bool(_TICKET_WORDS.search(fault.message))


def _translate(fault: Fault) -> ArcaError:
    """The service's other faults: about the ticket, or trouble of its own."""
    code = "ticket_refused" if _is_about_ticket(fault) else "service_error"
    return ArcaError(code, retryable=True, detail=fault.message)

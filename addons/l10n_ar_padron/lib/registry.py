"""The registry of taxpayers: who has a CUIT, and which one a DNI has.

Source: ARCA, *Consulta de constancia de inscripción* V4.1 (``getPersona_v2``,
``getPersonaList_v2``) and *Consulta al padrón alcance 13* V1.4.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

from odoo.addons.remote_transport.lib.transport import BoundedSession
from odoo.addons.remote_transport.lib.xml import Element, find, local_name

from .errors import ArcaError, Choked
from .lookup import Found, LookUp
from .soap import Fault, Service
from .taxpayer import NOT_FOUND_TEXT, Taxpayer, not_found, read_person, read_persons
from .wsaa import Ticket, read_relations
from .xml import text

CONSTANCIA = "ws_sr_constancia_inscripcion"
A13 = "ws_sr_padron_a13"
#: What ``getPersonaList_v2`` takes at once.
LIST_LIMIT = 250

#: Gives the ticket for a service; with True, one that is not the last one given.
GetTicket = Callable[[str, bool], Ticket]

_TICKET_WORDS = re.compile(r"\b(token|sign)\b", re.I)


class Registry:
    """Client of the registry.

    :param urls: address of each service, by its id
    :param represented: CUIT in whose name is asked, eleven digits
    :param get_ticket: where tickets come from
    """

    def __init__(
        self,
        urls: dict[str, str],
        represented: str,
        get_ticket: GetTicket,
        session: BoundedSession,
    ) -> None:
        #: CUIT in whose name is asked.
        self.represented = represented
        self._get_ticket = get_ticket
        # Services whose ticket was replaced once because it was refused.
        self._renewed: set[str] = set()
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
        outage: ArcaError | None = None
        for parts in steps:
            look_up = LookUp(self._get_some, self.represented)
            look_up.outage = outage
            yield look_up.run(parts)
            if look_up.outage and look_up.outage.code != "postponed":
                outage = look_up.outage

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

    def _get_some(self, numbers: Sequence[str]) -> dict[str, Taxpayer]:
        """:raises Choked: the service fails on these numbers"""
        if len(numbers) == 1:
            return self._get_one(numbers[0])
        try:
            body = self._call(
                CONSTANCIA, "getPersonaList_v2", idPersona=[int(n) for n in numbers]
            )
        except Fault as fault:
            raise _translate(fault) from fault
        return {person.number: person for person in read_persons(body)}

    def _get_one(self, number: str) -> dict[str, Taxpayer]:
        try:
            body = self._call(CONSTANCIA, "getPersona_v2", idPersona=int(number))
        except Fault as fault:
            if NOT_FOUND_TEXT in fault.message.lower():
                return {number: not_found(number)}
            raise _translate(fault) from fault
        returned = find(body, "personaReturn")
        if returned is None:
            raise Choked("answer_unreadable", "no person")
        person = read_person(returned, number)
        return {person.number: person}

    def _call(self, service: str, operation: str, **params: Any) -> Element:
        """Call with a ticket; once more with another one when it is refused.

        A service that refuses one ticket after the other refuses something else.

        :raises Fault: the service answered with one
        :raises Choked: it gave no answer, or refused the only ticket there is
        """
        ticket = self._get_ticket(service, False)
        try:
            return self._call_with(ticket, service, operation, params)
        except Fault as fault:
            if not _is_about_ticket(fault) or service in self._renewed:
                raise
            refused = fault
        self._renewed.add(service)
        try:
            ticket = self._get_ticket(service, True)
        except ArcaError as error:
            if not error.retryable:
                raise
            # The login gives no other one, so the one there is may be good.
            raise _translate(refused) from error
        return self._call_with(ticket, service, operation, params)

    def _call_with(
        self, ticket: Ticket, service: str, operation: str, params: dict[str, Any]
    ) -> Element:
        self._check_represented(ticket)
        return self._services[service].call(
            operation,
            token=ticket.token,
            sign=ticket.sign,
            cuitRepresentada=int(self.represented),
            **params,
        )

    def _check_represented(self, ticket: Ticket) -> None:
        relations = read_relations(ticket.token)
        if relations is not None and self.represented not in relations:
            raise ArcaError("not_delegated", detail=self.represented)


def _is_about_ticket(fault: Fault) -> bool:
    return bool(_TICKET_WORDS.search(fault.message))


def _translate(fault: Fault) -> Choked:
    """The service's other faults: about the ticket, or trouble of its own."""
    code = "ticket_refused" if _is_about_ticket(fault) else "service_error"
    return Choked(code, fault.message)

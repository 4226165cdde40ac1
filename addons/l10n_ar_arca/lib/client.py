"""Asking a web service of ARCA that takes access tickets."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from odoo.addons.remote_transport.lib.transport import BoundedSession
from odoo.addons.remote_transport.lib.xml import Element

from .errors import ArcaError, Choked
from .soap import Fault, Service
from .wsaa import Ticket, read_relations

#: Gives the ticket for a service; with True, one that is not the last one given.
GetTicket = Callable[[str, bool], Ticket]

_TICKET_WORDS = re.compile(r"\b(token|sign)\b", re.I)


@dataclass(frozen=True)
class ServiceInfo:
    """What an addon says of a web service that it asks.

    :param title: as ARCA's *Administrador de Relaciones* lists it
    :param wsdl: file with the requests that are made; answers are read without it
    :param binding: qualified name of the binding in that file
    :param url_field: field of ``l10n_ar.arca.certificate`` with the address
    :param carry: ticket and represented CUIT → the parameters of every operation that
        say who asks
    """

    title: str
    wsdl: Path
    binding: str
    url_field: str
    carry: Callable[[Ticket, str], dict[str, Any]]


class Client:
    """One web service, asked in the name of one CUIT; may be used in any thread.

    :param name: the service's id at WSAA
    :param url: where the service is
    :param represented: CUIT in whose name is asked, eleven digits
    :param get_ticket: where tickets come from
    """

    def __init__(
        self,
        name: str,
        info: ServiceInfo,
        url: str,
        represented: str,
        get_ticket: GetTicket,
        session: BoundedSession,
    ) -> None:
        #: CUIT in whose name is asked.
        self.represented = represented
        self._name = name
        self._info = info
        self._give = get_ticket
        self._service = Service(info.wsdl, info.binding, url, session)
        # Whether a ticket was replaced because it was refused.
        self._renewed = False

    @property
    def calls(self) -> int:
        """How many calls were made, logins apart."""
        return self._service.calls

    def call(self, operation: str, **params: Any) -> Element:
        """Call with a ticket; once more with another one when it is refused.

        A service that refuses one ticket after the other refuses something else.

        :return: the body of the answer
        :raises Fault: the service answered with one
        :raises Choked: it gave no answer, or refused the only ticket there is
        :raises ArcaError: there is no ticket, or nobody to be asked
        """
        try:
            return self._call_with(self._get_ticket(), operation, params)
        except Fault as fault:
            if not _is_about_ticket(fault) or self._renewed:
                raise
            refused = fault
        self._renewed = True
        try:
            ticket = self._get_ticket(refused=True)
        except ArcaError as error:
            if not error.retryable:
                raise
            # The login gives no other one, so the one there is may be good.
            raise translate(refused) from error
        return self._call_with(ticket, operation, params)

    def _get_ticket(self, refused: bool = False) -> Ticket:
        """:raises ArcaError: there is none that may be used for the CUIT"""
        try:
            ticket = self._give(self._name, refused)
            relations = read_relations(ticket.token)
            if relations is not None and self.represented not in relations:
                raise ArcaError("not_delegated", detail=self.represented)
        except ArcaError as error:
            # Which service that is, in the words in which a person looks for it.
            raise name_service(error, self._info.title) from error
        return ticket

    def _call_with(
        self, ticket: Ticket, operation: str, params: dict[str, Any]
    ) -> Element:
        carried = self._info.carry(ticket, self.represented)
        return self._service.call(operation, **carried, **params)


def translate(fault: Fault) -> Choked:
    """A fault that the caller knows nothing of: about the ticket, or trouble."""
    code = "ticket_refused" if _is_about_ticket(fault) else "service_error"
    return Choked(code, fault.message)


def name_service(error: ArcaError, title: str) -> ArcaError:
    """The same error of a login, with the service that it was for."""
    return ArcaError(
        error.code, retryable=error.retryable, detail=add_title(title, error.detail)
    )


def add_title(title: str, detail: str) -> str:
    """What is shown of an error, with the service that it is about."""
    return ": ".join(filter(None, (title, detail)))


def _is_about_ticket(fault: Fault) -> bool:
    return bool(_TICKET_WORDS.search(fault.message))

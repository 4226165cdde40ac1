"""The registry's two services: constancia de inscripción (A5) and A13.

Source: manuals "Constancia de inscripción" V4.1 and "Consulta padrón alcance 13" V1.4.
"""

from __future__ import annotations

import random
from typing import Any

from ..clock import Clock
from ..http import Request, Response
from . import answers, soap
from .certificates import A13, CONSTANCIA
from .faults import RegistryRefused
from .population import Table
from .settings import Settings
from .taxpayers import Taxpayer
from .tickets import Mint, stamp

A5_NAMESPACE = "http://a5.soap.ws.server.puc.sr/"
A13_NAMESPACE = "http://a13.soap.ws.server.puc.sr/"
LIST_LIMIT = 250
_A5_SERVICES = (CONSTANCIA, "ws_sr_padron_a5")
_NOT_FOUND = "No existe persona con ese Id"
Answer = tuple[str, Any]


class Registry:
    """Answers the operations of both services."""

    def __init__(
        self, seed: int, table: Table, mint: Mint, clock: Clock, settings: Settings
    ) -> None:
        self._seed = seed
        self._table = table
        self._mint = mint
        self._clock = clock
        self._settings = settings

    def a5(self, request: Request) -> Response:
        """``/sr-padron/webservices/personaServiceA5``"""
        return self._answer(request, A5_NAMESPACE)

    def a13(self, request: Request) -> Response:
        """``/sr-padron/webservices/personaServiceA13``"""
        return self._answer(request, A13_NAMESPACE)

    def _answer(self, request: Request, namespace: str) -> Response:
        try:
            call = self._read(request, namespace)
            if self._settings.registry_fault is not None:
                raise RegistryRefused(self._settings.registry_fault)
            if set(call.texts("idPersona")) & set(self._settings.poison):
                raise RegistryRefused("java.lang.NullPointerException")
            tag, value = self._operate(call, namespace)
        except RegistryRefused as refused:
            return soap.registry_fault(refused, namespace)
        return soap.registry_answer(namespace, call.operation, tag, value)

    def _read(self, request: Request, namespace: str) -> soap.Call:
        try:
            call = soap.read_call(request.body)
        except ValueError as error:
            text = f"Error reading XMLStreamReader: {error}"
            raise RegistryRefused(text, code="soap:Client") from error
        if call.version != soap.SOAP_11:
            text = "A SOAP 1.2 message is not valid when sent to a SOAP 1.1 endpoint."
            raise RegistryRefused(text, code="soap:VersionMismatch")
        operations = _A5 if namespace == A5_NAMESPACE else _A13
        if call.namespace != namespace or call.operation not in operations:
            name = f"{{{call.namespace or ''}}}{call.operation}"
            text = f"Message part {name} was not recognized."
            raise RegistryRefused(text, code="soap:Client")
        return call

    def _operate(self, call: soap.Call, namespace: str) -> Answer:
        if call.operation == "dummy":
            state = {"appserver": "OK", "authserver": "OK", "dbserver": "OK"}
            return "return", state
        services = _A5_SERVICES if namespace == A5_NAMESPACE else (A13,)
        self._check_token(call, services)
        if namespace == A13_NAMESPACE:
            return self._a13(call)
        second = call.operation.endswith("_v2")
        if call.operation.startswith("getPersonaList"):
            return self._list(call, second)
        found = self._one(call)
        body = answers.constancia(found, second=second)
        return "personaReturn", {**body, "metadata": self._metadata()}

    def _check_token(self, call: soap.Call, services: tuple[str, ...]) -> None:
        """The texts of the last two refusals are not documented."""
        token = self._mint.open(
            call.text("token"), call.text("sign"), self._clock.now()
        )
        if token.service not in services:
            raise RegistryRefused("El token no corresponde al servicio solicitado")
        represented = str(_number(call, "cuitRepresentada"))
        if represented not in token.represented:
            raise RegistryRefused(
                "La cuitRepresentada no figura en las relaciones del token"
            )

    def _find(self, number: int) -> Taxpayer | None:
        derive = self._settings.unknown == "derive"
        return self._table.find(f"{number:011d}", derive=derive)

    def _one(self, call: soap.Call) -> Taxpayer:
        found = self._find(_number(call, "idPersona"))
        if found is None:
            raise RegistryRefused(
                _NOT_FOUND, validation=self._settings.not_found_detail
            )
        return found

    def _list(self, call: soap.Call, second: bool) -> Answer:
        numbers = [_whole(text) for text in call.texts("idPersona")]
        if not numbers:
            raise RegistryRefused("Falta idPersona", validation=True)
        if len(numbers) > LIST_LIMIT:
            text = f"La cantidad de idPersona supera el maximo de {LIST_LIMIT}"
            raise RegistryRefused(text, validation=True)
        entries = []
        left_out = set(self._settings.left_out)
        for number in self._shuffled(numbers):
            if f"{number:011d}" in left_out:
                continue
            found = self._find(number)
            entries.append(
                answers.constancia(found, second=second)
                if found
                else answers.unknown(number)
            )
        value = {"metadata": self._metadata(), "persona": entries}
        return "personaListReturn", value

    def _a13(self, call: soap.Call) -> Answer:
        if call.operation == "getPersona":
            body = answers.personal_data(self._one(call))
            return "personaReturn", {**body, "metadata": self._metadata()}
        people = self._table.of_document(call.text("documento") or "")
        numbers = self._shuffled([int(row.number) for row in people])
        value = {"idPersona": numbers, "metadata": self._metadata()}
        return "idPersonaListReturn", value

    def _shuffled(self, numbers: list[int]) -> list[int]:
        """The numbers in an order of their own: the service promises none."""
        mixed = sorted(numbers)
        random.Random(f"arca order {self._seed} {mixed}").shuffle(mixed)
        return mixed

    def _metadata(self) -> dict[str, str]:
        return {"fechaHora": stamp(self._clock.now()), "servidor": "setiwsh2"}


_A5 = {
    "dummy",
    "getPersona",
    "getPersona_v2",
    "getPersonaList",
    "getPersonaList_v2",
}
_A13 = {"dummy", "getPersona", "getIdPersonaListByDocumento"}


def _whole(text: str) -> int:
    """An ``xsd:long``; :raises RegistryRefused: when it is none"""
    try:
        return int(text)
    except ValueError as error:
        text = f'Unmarshalling Error: For input string: "{text}" '
        raise RegistryRefused(text, code="soap:Client") from error


def _number(call: soap.Call, name: str) -> int:
    text = call.text(name)
    if text is None:
        raise RegistryRefused(f"Falta {name}", validation=True)
    return _whole(text)

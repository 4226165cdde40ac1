"""A strict SOAP client with the WSDLs ARCA serves reads what the fake answers.

The WSDLs are those inside the package ``arcalib``, whose code is not used.
"""

from __future__ import annotations

import base64
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import zeep
from lxml import etree
from sandbox.arca import testing
from sandbox.arca.profiles import PROFILES
from sandbox.arca.server import LOGIN, REGISTRY
from sandbox.arca.testing import CUIT, Running
from zeep.exceptions import Fault, XMLParseError

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=timezone.utc)
LOGIN_BINDING = "{https://wsaahomo.afip.gov.ar/ws/services/LoginCms}LoginCmsSoapBinding"
A5_BINDING = "{http://a5.soap.ws.server.puc.sr/}PersonaServiceA5SoapBinding"


def wsdl(path: str) -> str:
    """A WSDL of the package, found without importing it."""
    found = importlib.util.find_spec("arcalib")
    assert found is not None
    assert found.submodule_search_locations
    return str(Path(found.submodule_search_locations[0], path))


def service(path: str, binding: str, url: str) -> Any:
    settings = zeep.Settings(strict=True)
    return zeep.Client(wsdl(path), settings=settings).create_service(binding, url)


@dataclass
class Registry:
    """The registry seen by a strict client, with a ticket of its own."""

    made: Running
    service: Any
    auth: dict[str, Any]

    def rows(self) -> list[dict[str, Any]]:
        return [
            row
            for row in testing.control(self.made.sandbox, "GET", "taxpayers")
            if row["profile"] != "unlisted"
        ]


@pytest.fixture(scope="module")
def registry() -> Iterator[Registry]:
    with testing.running(now=NOW, frozen=True) as made:
        url = made.sandbox.url
        login = service("wsaa/schemas/wsaa.wsdl", LOGIN_BINDING, url + LOGIN)
        message = testing.sign(
            testing.ticket_request(NOW), made.key_pem, made.certificate_pem
        )
        text = login.loginCms(base64.b64encode(message).decode())
        ticket = etree.fromstring(text.encode())
        auth = {
            "token": ticket.findtext(".//token"),
            "sign": ticket.findtext(".//sign"),
            "cuitRepresentada": int(CUIT),
        }
        path = "wspadron_a5/schemas/personaServiceA5.wsdl"
        yield Registry(made, service(path, A5_BINDING, f"{url}{REGISTRY}A5"), auth)


@pytest.mark.parametrize("operation", ["getPersona", "getPersona_v2"])
def test_every_profile(registry: Registry, operation: str) -> None:
    seen = set()
    for row in registry.rows():
        ask = getattr(registry.service, operation)
        found = ask(**registry.auth, idPersona=int(row["number"]))
        profile = PROFILES[row["profile"]]
        seen.add(row["profile"])
        if profile.refused:
            assert found.errorConstancia.error == list(profile.refused)
            assert found.datosGenerales is None
            continue
        assert found.datosGenerales.idPersona == int(row["number"])
        taxes = []
        for block in (found.datosRegimenGeneral, found.datosMonotributo):
            taxes += [] if block is None else block.impuesto
        expected = [(t.id, None if profile.sparse else t.state) for t in (
            *profile.general, *profile.simplified
        )]  # fmt: skip
        assert [(t.idImpuesto, t.estadoImpuesto) for t in taxes] == expected
    assert seen == set(PROFILES) - {"unlisted"}


@pytest.mark.parametrize("operation", ["getPersonaList", "getPersonaList_v2"])
def test_lists(registry: Registry, operation: str) -> None:
    wanted = [int(row["number"]) for row in registry.rows()] + [20111111112]
    found = getattr(registry.service, operation)(**registry.auth, idPersona=wanted)
    numbers = [
        (person.datosGenerales or person.errorConstancia).idPersona
        for person in found.persona
    ]
    assert sorted(numbers) == sorted(wanted)
    assert found.metadata.fechaHora.utcoffset().total_seconds() == -3 * 3600


def test_dummy_and_faults(registry: Registry) -> None:
    assert registry.service.dummy().appserver == "OK"
    with pytest.raises(Fault, match="No existe persona con ese Id"):
        registry.service.getPersona_v2(**registry.auth, idPersona=1)


def test_new_elements_stop_a_strict_client(registry: Registry) -> None:
    sandbox, number = registry.made.sandbox, int(registry.rows()[0]["number"])
    rule = {"match": "personaServiceA5", "kind": "drift", "times": 1}
    testing.control(sandbox, "POST", "faults", rule)
    with pytest.raises(XMLParseError, match="datoIncorporado"):
        registry.service.getPersona_v2(**registry.auth, idPersona=number)
    assert registry.service.getPersona_v2(**registry.auth, idPersona=number)

"""The registry of the ARCA fake: who is who, lists, faults."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import pytest
from lxml import etree
from sandbox import documents
from sandbox.arca import testing
from sandbox.arca.certificates import A13
from sandbox.arca.profiles import PROFILES
from sandbox.arca.testing import CUIT, Answer, Running, Ticket

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=timezone.utc)


class Asker:
    """Asks the registry with a ticket of each service."""

    def __init__(self, made: Running) -> None:
        self.made = made
        self.sandbox = made.sandbox
        self.tickets = {"A5": testing.ticket(made), "A13": testing.ticket(made, A13)}

    def ask(self, operation: str, scope: str = "A5", **values: Any) -> Answer:
        ticket: Ticket = self.tickets[scope]
        found = {"token": ticket.token, "sign": ticket.sign, "cuitRepresentada": CUIT}
        return testing.ask(self.sandbox, operation, scope=scope, **{**found, **values})

    def control(self, method: str, path: str, body: Any = None) -> Any:
        return testing.control(self.sandbox, method, path, body)

    def of(self, profile: str) -> str:
        rows = self.control("GET", f"taxpayers?profile={profile}")
        return str(rows[0]["number"])

    def taxes(self, number: str) -> list[tuple[str | None, str | None]]:
        answer = self.ask("getPersona_v2", idPersona=number)
        return [
            (tax.findtext("idImpuesto"), tax.findtext("estadoImpuesto"))
            for tax in answer.root.iter("impuesto")
        ]


@pytest.fixture
def asker() -> Iterator[Asker]:
    """A sandbox that the test may change."""
    with testing.running(now=NOW, frozen=True) as made:
        yield Asker(made)


@pytest.fixture(scope="module")
def reader() -> Iterator[Asker]:
    """A sandbox that no test changes."""
    with testing.running(now=NOW, frozen=True) as made:
        yield Asker(made)


TAXES: dict[str, list[tuple[str, str | None]]] = {
    "registered": [("30", "AC"), ("308", "AC")],
    "company": [("10", "AC"), ("30", "AC"), ("301", "AC")],
    "monotributo": [("20", "AC")],
    "exempt": [("32", "AC")],
    "not_reached": [("34", "AC")],
    "registered_not_reached": [("30", "AC"), ("34", "AC")],
    "exempt_not_reached": [("32", "AC"), ("34", "AC")],
    "registered_monotributo": [("20", "AC"), ("30", "AC"), ("308", "AC")],
    "exempt_monotributo": [("20", "AC"), ("32", "AC")],
    "registered_exempt": [("30", "AC"), ("32", "AC")],
    "not_registered": [("33", "AC")],
    "no_taxes": [],
    "vat_not_active": [("30", "BA")],
    "monotributo_left": [("20", "BA"), ("30", "AC"), ("308", "AC")],
    "without_states": [("11", None), ("30", None)],
    "sparse": [("30", None)],
}


@pytest.mark.parametrize("profile", TAXES)
def test_taxes(reader: Asker, profile: str) -> None:
    assert sorted(reader.taxes(reader.of(profile))) == TAXES[profile]


def blocks(answer: Answer) -> list[str]:
    found = next(answer.root.iter("personaReturn", "persona"))
    return [etree.QName(child).localname for child in found]


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        ("registered", ["datosGenerales", "datosRegimenGeneral"]),
        ("monotributo", ["datosGenerales", "datosMonotributo"]),
        (
            "registered_with_error",
            ["datosGenerales", "datosRegimenGeneral", "errorMonotributo"],
        ),
        ("general_error", ["datosGenerales", "errorRegimenGeneral"]),
        ("blocked_address", ["errorConstancia"]),
        ("cancelled", ["errorConstancia"]),
        ("cuil", ["errorConstancia"]),
        ("inactive", ["datosGenerales"]),
    ],
)
def test_blocks(reader: Asker, profile: str, expected: list[str]) -> None:
    answer = reader.ask("getPersona_v2", idPersona=reader.of(profile))
    assert blocks(answer) == [*expected, "metadata"]
    assert answer.headers["Content-Type"] == "text/xml;charset=UTF-8"


@pytest.mark.parametrize("profile", [p for p in PROFILES if p != "unlisted"])
def test_elements_are_in_alphabetical_order(reader: Asker, profile: str) -> None:
    for scope, operation in (("A5", "getPersona_v2"), ("A13", "getPersona")):
        answer = reader.ask(operation, scope, idPersona=reader.of(profile))
        for element in next(answer.root.iter("personaReturn")).iter():
            names = [child.tag for child in element]
            assert names == sorted(names)


def test_texts(reader: Asker) -> None:
    person = reader.ask("getPersona", idPersona=reader.of("plain"))
    assert person.text("apellido") == "NANDUBAY GUEMES"
    person = reader.ask("getPersona", idPersona=reader.of("escaped"))
    assert person.text("apellido") == "&#209;ANDUBAY G&#220;EMES"
    city = reader.ask("getPersona", idPersona=reader.of("city"))
    assert city.text("descripcionProvincia") == "CIUDAD AUTONOMA BUENOS AIRES"
    assert city.text("localidad") is None
    late = reader.ask("getPersona", idPersona=reader.of("deceased"))
    assert late.text("esSucesion") == "SI"
    category = reader.ask("getPersona", idPersona=reader.of("cooperative_member"))
    assert category.text("idCategoria") == "98"
    cuil = reader.ask("getPersona", idPersona=reader.of("cuil"))
    assert cuil.text("error") == "La clave ingresada no es una CUIT"
    assert cuil.text("apellido")


def test_the_second_version_has_every_activity(reader: Asker) -> None:
    number = reader.of("monotributo")
    counts = []
    for operation in ("getPersona", "getPersona_v2"):
        root = reader.ask(operation, idPersona=number).root
        assert root.findtext(".//actividadMonotributista/orden") == "1"
        counts.append(len(list(root.iter("actividad"))))
    assert counts == [0, 3]


def test_unknown_numbers(asker: Asker) -> None:
    answer = asker.ask("getPersona_v2", idPersona=asker.of("unlisted"))
    assert (answer.status, answer.text("faultcode")) == (500, "soap:Server")
    assert answer.text("faultstring") == "No existe persona con ese Id"
    assert answer.text("SRValidationException") is None
    asker.control("POST", "settings", {"not_found_detail": True})
    answer = asker.ask("getPersona_v2", idPersona=1)
    assert next(answer.root.iter("{*}SRValidationException"), None) is not None


def test_derived_taxpayers(asker: Asker) -> None:
    assert documents.is_valid("CUIT", "30500001735")
    assert asker.ask("getPersona_v2", idPersona="30500001735").status == 500
    asker.control("POST", "settings", {"unknown": "derive"})
    first = asker.ask("getPersona_v2", idPersona="30500001735")
    again = asker.ask("getPersona_v2", idPersona="30500001735")
    assert (first.status, first.body) == (200, again.body)
    assert asker.ask("getPersona_v2", idPersona="30500001736").status == 500
    assert asker.ask("getPersona_v2", idPersona=asker.of("unlisted")).status == 500


def test_lists(reader: Asker) -> None:
    rows = reader.control("GET", "taxpayers")
    wanted = [row["number"] for row in rows] + ["20111111112"]
    answers = [reader.ask("getPersonaList_v2", idPersona=wanted) for _turn in "12"]
    assert answers[0].body == answers[1].body
    people = list(answers[0].root.iter("persona"))
    found = [next(person.iter("idPersona")).text for person in people]
    assert sorted(found) == sorted(wanted)
    assert found != wanted
    assert found != sorted(wanted)
    assert not any(person.findall("metadata") for person in people)
    missing = people[found.index("20111111112")]
    assert missing.findtext("errorConstancia/error") == "No existe persona con ese Id"
    assert reader.ask("getPersonaList_v2", idPersona=["1"] * 250).status == 200
    answer = reader.ask("getPersonaList_v2", idPersona=["1"] * 251)
    assert answer.status == 500


def test_the_older_list_is_of_the_older_version(reader: Asker) -> None:
    number = reader.of("monotributo")
    root = reader.ask("getPersonaList", idPersona=[number]).root
    assert not list(root.iter("actividad"))
    assert root.findtext(".//categoriaMonotributo/idImpuesto") == "20"


def test_personal_data(reader: Asker) -> None:
    number = reader.of("registered")
    answer = reader.ask("getPersona", "A13", idPersona=number)
    assert answer.text("idPersona") == number
    assert answer.text("numeroDocumento") == number[2:10].lstrip("0")
    assert not list(answer.root.iter("impuesto"))
    inactive = reader.ask("getPersona", "A13", idPersona=reader.of("cancelled"))
    assert inactive.text("estadoClave") == "INACTIVO"
    key = reader.ask("getPersona", "A13", idPersona=reader.of("cuil"))
    assert key.text("tipoClave") == "CUIL"
    document = f"0{number[2:10]}"
    operation = "getIdPersonaListByDocumento"
    root = reader.ask(operation, "A13", documento=document).root
    numbers = {element.text or "" for element in root.iter("idPersona")}
    assert number in numbers
    assert len(numbers) == 2
    assert {found[2:10] for found in numbers} == {number[2:10]}
    nobody = reader.ask(operation, "A13", documento="1")
    assert nobody.status == 200
    assert nobody.text("idPersona") is None
    assert nobody.text("fechaHora") == "2026-11-21T09:00:00.000-03:00"


@pytest.mark.parametrize("scope", ["A5", "A13"])
def test_dummy_needs_no_ticket(reader: Asker, scope: str) -> None:
    answer = testing.ask(reader.sandbox, "dummy", scope=scope)
    assert [answer.text(f"{name}server") for name in ("app", "auth", "db")] == [
        "OK"
    ] * 3


FORGED = "No se pudo verificar que <sign> contenga una firma valida de <token>"


def test_faults_of_the_ticket(asker: Asker) -> None:
    number, good = asker.of("registered"), asker.tickets["A5"]
    a13 = asker.tickets["A13"]
    for values, text in (
        ({"token": ""}, "Falta token y/o sign."),
        ({"sign": ""}, "Falta token y/o sign."),
        ({"token": "!"}, "Token malformado"),
        ({"token": "PGEvPg=="}, "Token malformado"),
        ({"sign": a13.sign}, FORGED),
        ({"sign": good.sign[:-8] + "AAAAAAA="}, FORGED),
        ({"token": a13.token, "sign": a13.sign}, "El token no corresponde"),
        ({"cuitRepresentada": number}, "La cuitRepresentada no figura"),
    ):
        answer = asker.ask("getPersona_v2", idPersona=number, **values)
        assert (answer.status, answer.text("faultcode")) == (500, "soap:Server")
        assert (answer.text("faultstring") or "").startswith(text), values
        detail = next(answer.root.iter("{*}SRValidationException"), None)
        assert (detail is not None) == (text == "Falta token y/o sign.")
    asker.control("POST", "clock", {"advance_seconds": 43200})
    answer = asker.ask("getPersona_v2", idPersona=number)
    assert answer.text("faultstring") == "El token ha expirado"


def test_faults_of_the_message(asker: Asker) -> None:
    answer = asker.ask("getPersona_v2", idPersona="many")
    assert answer.text("faultcode") == "soap:Client"
    for scope, operation in (("A5", "getPersonaV2"), ("A13", "getPersonaList")):
        answer = asker.ask(operation, scope, idPersona=1)
        assert "was not recognized" in (answer.text("faultstring") or "")
    asker.control("POST", "settings", {"registry_fault": "Error interno"})
    answer = asker.ask("getPersona_v2", idPersona=1)
    assert (answer.status, answer.text("faultstring")) == (500, "Error interno")


def test_relations_are_frozen_in_the_token(asker: Asker) -> None:
    serial = asker.control("GET", "info")["certificates"][0]["serial"]
    number, other = asker.of("company"), "30500001735"
    path = f"certificates/{serial}"
    asker.control("POST", path, {"represented": [CUIT, other]})
    asked = {"idPersona": number, "cuitRepresentada": other}
    assert asker.ask("getPersona_v2", **asked).status == 500
    asker.control("POST", "clock", {"advance_seconds": 600})
    asker.tickets["A5"] = testing.ticket(asker.made)
    assert asker.ask("getPersona_v2", **asked).status == 200
    asker.control("POST", path, {"authorised_services": []})
    message = testing.sign(
        testing.ticket_request(asker.sandbox.clock.now()),
        asker.made.key_pem,
        asker.made.certificate_pem,
    )
    refused = testing.login(asker.sandbox, message)
    assert refused.text("faultcode") == "ns1:coe.notAuthorized"


def test_drift(asker: Asker) -> None:
    number = asker.of("registered")
    asker.control("POST", "settings", {"drift": True})
    answer = asker.ask("getPersona_v2", idPersona=number)
    parents = {e.getparent().tag for e in answer.root.iter("datoIncorporado")}
    assert {"personaReturn", "datosGenerales", "impuesto", "metadata"} < parents
    assert sorted(asker.taxes(number)) == TAXES["registered"]
    asker.control("POST", "settings", {"drift": False})
    rule = {"match": "personaServiceA5", "kind": "drift", "times": 1}
    asker.control("POST", "faults", rule)
    answer = asker.ask("getPersona_v2", idPersona=number)
    assert answer.text("datoIncorporado") is None
    assert list(answer.root.iter("datoIncorporado"))

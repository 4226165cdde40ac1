"""The registry's client on a wire that answers whatever a test wants."""

import base64
import logging
from datetime import datetime

import pytest
import requests

from odoo.addons.l10n_ar_padron.lib.errors import ArcaError
from odoo.addons.l10n_ar_padron.lib.registry import A13, CONSTANCIA, Registry
from odoo.addons.l10n_ar_padron.lib.wsaa import Ticket

from tests.pure.l10n_ar_padron.support import (
    NUMBER,
    Wire,
    asked,
    block,
    envelope,
    fault,
    general,
    refusal,
    regime,
)

COMPANY = "30714295698"
URLS = {
    CONSTANCIA: "https://aws.example.com/personaServiceA5",
    A13: "https://aws.example.com/personaServiceA13",
}


def person(number):
    return general(regime("30"), personal=f"<idPersona>{number}</idPersona>")


def listed(numbers):
    rows = (block("persona", person(number)) for number in numbers)
    return 200, envelope(block("a", block("personaListReturn", *rows)))


def token(*cuits):
    relations = "".join(f'<relation key="{item}"/>' for item in cuits)
    sso = block(
        "sso", block("operation", block("login", block("relations", relations)))
    )
    return base64.b64encode(sso.encode()).decode()


class Tickets:
    """Gives tickets that stand for the company and remembers how they were asked."""

    def __init__(self, *cuits):
        self.asked = []
        self._token = token(*(cuits or (COMPANY,)))

    def __call__(self, service, refused):
        self.asked.append((service, refused))
        return Ticket(self._token, "c2lnbg==", datetime(2026, 11, 22))


def make(answer, tickets=None):
    wire = Wire(answer)
    return Registry(URLS, COMPANY, tickets or Tickets(), wire.session()), wire


def numbers_of(count):
    return [str(20_000_000_000 + index) for index in range(count)]


def everybody(request):
    return listed(reversed(asked(request.body.decode())))


def collect(registry, numbers):
    found = {}
    for part in registry.get_taxpayers(numbers):
        found.update(part)
    return found


@pytest.mark.parametrize(
    ("count", "calls"), [(0, []), (2, [2]), (250, [250]), (500, [250, 250])]
)
def test_lists(count, calls):
    """Answers come in any order and are told by their number."""
    registry, wire = make(everybody)
    numbers = numbers_of(count)
    found = collect(registry, numbers)
    assert list(found) == numbers
    assert all(taxpayer.number == number for number, taxpayer in found.items())
    assert [len(asked(body)) for body in wire.bodies] == calls
    assert registry.calls == len(calls)


def test_one_more_than_a_list():
    def answer(request):
        numbers = asked(request.body.decode())
        if len(numbers) > 1:
            return listed(numbers)
        return 200, envelope(block("a", block("personaReturn", person(numbers[0]))))

    registry, wire = make(answer)
    assert len(collect(registry, numbers_of(251))) == 251
    assert ["getPersonaList_v2" in body for body in wire.bodies] == [True, False]


def test_request_on_the_wire():
    registry, wire = make(everybody)
    collect(registry, numbers_of(2))
    body = wire.bodies[0]
    assert "http://a5.soap.ws.server.puc.sr/" in body
    assert f"<cuitRepresentada>{COMPANY}</cuitRepresentada>" in body
    assert "<sign>c2lnbg==</sign>" in body


def test_numbers_left_out_and_numbers_not_asked():
    registry, _wire = make(lambda _request: listed(["20000000001", "20999999999"]))
    assert list(collect(registry, numbers_of(3))) == ["20000000001"]


def test_somebody_else_in_the_answer():
    other = envelope(block("a", block("personaReturn", person("20999999999"))))
    registry, _wire = make(lambda _request: (200, other))
    assert collect(registry, [NUMBER]) == {}


def test_nobody():
    """By a fault for one number, by an entry in a list."""
    registry, _wire = make(
        lambda _r: fault("soap:Server", "No existe persona con ese Id")
    )
    assert not collect(registry, [NUMBER])[NUMBER].found
    missing = block(
        "persona",
        block(
            "errorConstancia",
            "<error>No existe persona con ese Id</error>",
            f"<idPersona>{NUMBER}</idPersona>",
        ),
    )
    answer = 200, envelope(block("a", block("personaListReturn", missing)))
    registry, _wire = make(lambda _request: answer)
    assert not collect(registry, [NUMBER, "20000000001"])[NUMBER].found


def test_refused_without_a_number():
    answer = (
        200,
        envelope(block("a", block("personaReturn", refusal("La CUIT fue cancelada")))),
    )
    registry, _wire = make(lambda _request: answer)
    found = collect(registry, [NUMBER])[NUMBER]
    assert (found.found, found.has_data) == (True, False)


@pytest.mark.parametrize("at", [0, 124, 125, 249])
def test_poison(at):
    """One number that the service chokes on costs its own answer, not the others'."""
    numbers = numbers_of(250)

    def answer(request):
        wanted = asked(request.body.decode())
        if numbers[at] in wanted:
            return fault("soap:Server", "NullPointerException")
        if len(wanted) == 1:
            return 200, envelope(block("a", block("personaReturn", person(wanted[0]))))
        return listed(wanted)

    registry, wire = make(answer)
    assert set(numbers) - set(collect(registry, numbers)) == {numbers[at]}
    assert len(wire.bodies) < 20


@pytest.mark.parametrize("count", [1, 250])
def test_ill_service_is_not_flooded(count):
    registry, wire = make(lambda _request: fault("soap:Server", ""))
    with pytest.raises(ArcaError) as caught:
        collect(registry, numbers_of(count))
    assert (caught.value.code, caught.value.retryable) == ("service_error", True)
    assert len(wire.bodies) <= 20


REFUSALS = [
    "Token malformado",
    "Falta token y/o sign.",
    "No se pudo verificar que <sign> contenga una firma valida de <token>",
]


@pytest.mark.parametrize("message", REFUSALS)
def test_ticket_refused_once(message):
    replies = [fault("soap:Server", message)]
    tickets = Tickets()
    registry, wire = make(
        lambda request: replies.pop() if replies else everybody(request), tickets
    )
    assert len(collect(registry, numbers_of(2))) == 2
    assert tickets.asked == [(CONSTANCIA, False), (CONSTANCIA, True)]
    assert len(wire.bodies) == 2


@pytest.mark.parametrize("message", REFUSALS)
@pytest.mark.parametrize("count", [1, 250])
def test_ticket_refused_twice(message, count):
    tickets = Tickets()
    registry, wire = make(lambda _request: fault("soap:Server", message), tickets)
    with pytest.raises(ArcaError) as caught:
        collect(registry, numbers_of(count))
    assert (caught.value.code, caught.value.retryable) == ("ticket_refused", True)
    assert len(wire.bodies) == 2


def test_not_delegated():
    """Said without a call: the ticket does not stand for the company."""
    registry, wire = make(everybody, Tickets("20305678903"))
    with pytest.raises(ArcaError) as caught:
        collect(registry, numbers_of(2))
    assert (caught.value.code, caught.value.retryable) == ("not_delegated", False)
    assert wire.bodies == []


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        ((502, "<html><body>Bad Gateway</body></html>"), "unreachable"),
        ((404, ""), "unreachable"),
        ((200, "<html><body/></html>"), "answer_unreadable"),
        ((200, ""), "answer_unreadable"),
        ((200, b"\x00\x00"), "answer_unreadable"),
        ((500, ""), "answer_unreadable"),
        ((200, envelope("<a/>")), "answer_unreadable"),
    ],
)
def test_no_answer(reply, code):
    registry, wire = make(lambda _request: reply)
    with pytest.raises(ArcaError) as caught:
        collect(registry, [NUMBER])
    assert (caught.value.code, caught.value.retryable) == (code, True)
    assert len(wire.bodies) == 1


def test_a_fault_inside_the_data_is_none():
    strange = block("Fault", "<faultcode>x</faultcode>")
    answer = 200, envelope(block("a", block("personaReturn", strange, person(NUMBER))))
    registry, _wire = make(lambda _request: answer)
    assert collect(registry, [NUMBER])[NUMBER].found


def test_document():
    ids = "".join(f"<idPersona>{n}</idPersona>" for n in ("27", "20", "27"))
    answer = 200, envelope(block("a", block("idPersonaListReturn", ids)))
    tickets = Tickets()
    registry, wire = make(lambda _request: answer, tickets)
    assert registry.get_numbers("12345678") == ["27", "20"]
    assert tickets.asked == [(A13, False)]
    assert "<documento>12345678</documento>" in wire.bodies[0]


def test_document_of_nobody():
    registry, _wire = make(
        lambda _r: fault("soap:Server", "No existe persona con ese Id")
    )
    assert registry.get_numbers("12345678") == []
    registry, _wire = make(lambda _r: fault("soap:Server", "otra cosa"))
    with pytest.raises(ArcaError):
        registry.get_numbers("12345678")


def test_no_ticket_in_any_log(caplog):
    with caplog.at_level(logging.DEBUG):
        registry, _wire = make(everybody)
        collect(registry, numbers_of(2))
    assert token(COMPANY) not in caplog.text
    assert "c2lnbg==" not in caplog.text


def test_connection_lost():
    def lost(_request):
        raise requests.ConnectionError("half way")

    registry, _wire = make(lost)
    with pytest.raises(ArcaError) as caught:
        collect(registry, numbers_of(2))
    assert caught.value.detail == "ConnectionError"

"""The registry's client on a wire that answers whatever a test wants."""

import base64
from datetime import datetime

import pytest
import requests

from odoo.addons.l10n_ar_arca.lib.client import Client
from odoo.addons.l10n_ar_arca.lib.errors import ArcaError
from odoo.addons.l10n_ar_arca.lib.wsaa import Ticket
from odoo.addons.l10n_ar_padron.lib.registry import A13, CONSTANCIA, SERVICES, Registry
from odoo.addons.l10n_ar_padron.lib.taxpayer import not_found
from odoo.addons.partner_registry.lib import errors
from odoo.addons.partner_registry.lib.lookup import LookUp

from tests.pure.l10n_ar_arca.support import Wire, block, envelope, fault
from tests.pure.l10n_ar_padron.support import (
    NUMBER,
    asked,
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
    given, session = tickets or Tickets(), wire.session()
    clients = (
        Client(name, SERVICES[name], url, COMPANY, given, session)
        for name, url in URLS.items()
    )
    return Registry(*clients), wire


def numbers_of(count):
    return [str(20_000_000_000 + index) for index in range(count)]


def everybody(request):
    return listed(reversed(asked(request.body.decode())))


def one(number):
    return 200, envelope(block("a", block("personaReturn", person(number))))


def answer_all(request):
    """Everybody, one or many."""
    wanted = asked(request.body.decode())
    return one(wanted[0]) if len(wanted) == 1 else listed(wanted)


def collect(registry, numbers, alone=()):
    """Number → taxpayer, or the code of the error."""
    found = {}
    for part in registry.get_taxpayers(numbers, alone):
        found.update(part)
    return {
        number: item.code if isinstance(item, errors.RegistryError) else item
        for number, item in found.items()
    }


def failed(found):
    """Number → code, of those that were not answered."""
    return {number: item for number, item in found.items() if isinstance(item, str)}


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
    registry, wire = make(answer_all)
    assert len(collect(registry, numbers_of(251))) == 251
    assert ["getPersonaList_v2" in body for body in wire.bodies] == [True, False]


def test_request_on_the_wire():
    registry, wire = make(everybody)
    collect(registry, numbers_of(2))
    body = wire.bodies[0]
    assert "http://a5.soap.ws.server.puc.sr/" in body
    assert f"<cuitRepresentada>{COMPANY}</cuitRepresentada>" in body
    assert "<sign>c2lnbg==</sign>" in body


def test_left_out_by_a_list():
    """They are asked about singly; what nobody asked about is not taken."""
    numbers = numbers_of(4)

    def answer(request):
        wanted = asked(request.body.decode())
        if len(wanted) > 1:
            return listed([numbers[0], "20999999999"])
        return one("20999999999" if wanted == numbers[3:] else wanted[0])

    registry, wire = make(answer)
    found = collect(registry, numbers)
    assert list(found) == numbers
    assert failed(found) == {numbers[3]: "answer_incomplete"}
    assert [len(asked(body)) for body in wire.bodies] == [4, 1, 1, 1]


def test_list_without_anybody_is_halved():
    numbers = numbers_of(4)

    def answer(request):
        wanted = asked(request.body.decode())
        return listed([]) if len(wanted) > 2 else answer_all(request)

    registry, wire = make(answer)
    found = collect(registry, numbers)
    assert failed(found) == {}
    # The list, the company's own number, and both halves.
    assert [len(asked(body)) for body in wire.bodies] == [4, 1, 2, 2]


def test_somebody_else_in_the_answer():
    registry, _wire = make(lambda _request: one("20999999999"))
    assert collect(registry, [NUMBER]) == {NUMBER: "answer_incomplete"}


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


def cut(_request):
    raise requests.ConnectionError("half way")


#: What a service may do with a number that it cannot digest.
TROUBLES = {
    "fault": lambda _request: fault("soap:Server", "NullPointerException"),
    "token": lambda _request: fault("soap:Server", "Unexpected token <"),
    "cut": cut,
    "no XML": lambda _request: (200, b"\x00\x00"),
    "no list": lambda _request: (200, envelope("<a/>")),
    "gateway": lambda _request: (502, "<html><body>Bad Gateway</body></html>"),
    "HTTP 500": lambda _request: (500, ""),
}


def poisoned(poison, trouble="fault", answer=answer_all):
    """Answers, but for requests that ask for one of the poisonous numbers."""

    def answer_some(request):
        if poison & set(asked(request.body.decode())):
            return TROUBLES[trouble](request)
        return answer(request)

    return answer_some


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("at", [{0}, {124}, {125}, {249}, {3, 60, 61, 200, 249}])
def test_poison(trouble, at):
    """A number that the service chokes on costs its own answer, not the others'."""
    numbers = numbers_of(250)
    poison = {numbers[index] for index in at}
    registry, wire = make(poisoned(poison, trouble))
    found = collect(registry, numbers)
    assert failed(found) == dict.fromkeys(poison, "number_failed")
    assert list(found) == numbers
    assert len(wire.bodies) < 16 * len(poison) + 4


def test_more_poison_than_calls():
    """What was answered is kept, and the rest comes another time."""
    numbers = numbers_of(250)
    registry, wire = make(poisoned(set(numbers[::3])))
    found = collect(registry, numbers)
    codes = failed(found)
    assert len(wire.bodies) <= 101
    assert set(codes.values()) == {"number_failed", "postponed"}
    assert len(found) - len(codes) > 20
    stubborn = {number for number, code in codes.items() if code == "number_failed"}
    assert len(stubborn) > 10
    # The next round does not begin anew.
    rest = [number for number in numbers if number in codes]
    found = collect(make(poisoned(set(numbers[::3])))[0], rest, stubborn)
    assert len(failed(found)) < len(codes)


def test_stubborn_numbers_are_asked_alone():
    numbers = numbers_of(6)
    poison = {numbers[1], numbers[4]}
    registry, wire = make(poisoned(poison))
    found = collect(registry, numbers, alone={numbers[1], numbers[3], numbers[4]})
    assert failed(found) == dict.fromkeys(poison, "number_failed")
    sizes = [len(asked(body)) for body in wire.bodies]
    # A list, the three, and after the first failure whether the service is well.
    assert sizes == [3, 1, 1, 1, 1]


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("count", [1, 2, 250, 600])
def test_ill_service_is_not_flooded(trouble, count):
    registry, wire = make(TROUBLES[trouble])
    found = collect(registry, numbers_of(count))
    assert len(found) == count
    assert not set(found.values()) & {"number_failed", "postponed"}
    assert len(set(found.values())) == 1
    assert len(wire.bodies) <= 3


def test_service_that_falls_ill():
    """The numbers that failed before it was noticed are few."""
    numbers = numbers_of(250)
    calls = []

    def answer(request):
        calls.append(request)
        return poisoned({numbers[0]})(request) if len(calls) < 6 else cut(request)

    registry, _wire = make(answer)
    found = collect(registry, numbers)
    assert len(calls) < 25
    codes = list(failed(found).values())
    assert codes.count("number_failed") < 10
    assert "unreachable" in codes


def test_own_number_is_the_poison():
    """It cannot witness to the service's health then."""
    numbers = [*numbers_of(9), COMPANY]
    registry, _wire = make(poisoned({COMPANY}))
    assert set(failed(collect(registry, numbers))) == {COMPANY}


def test_slow_failures_end():
    """Nobody is held for long by numbers that each take a minute to fail."""
    now = [0.0]
    numbers = numbers_of(64)

    def ask(part):
        if set(part) & set(numbers[::4]):
            now[0] += 60
            raise errors.Choked("unreachable")
        return {number: not_found(number) for number in part}

    look_up = LookUp(ask, COMPANY, clock=lambda: now[0])
    found = look_up.run([numbers])
    assert len(found) == 64
    assert now[0] <= 360
    assert "postponed" in {getattr(item, "code", "") for item in found.values()}


REFUSALS = [
    "Token malformado",
    "Falta token y/o sign.",
    "No se pudo verificar que <sign> contenga una firma valida de <token>",
]


@pytest.mark.parametrize("message", REFUSALS)
@pytest.mark.parametrize("count", [1, 250])
def test_ticket_refused_again_and_again(message, count):
    """One other ticket is asked for, whatever is tried after that."""
    tickets = Tickets()
    registry, wire = make(lambda _request: fault("soap:Server", message), tickets)
    assert set(collect(registry, numbers_of(count)).values()) == {"ticket_refused"}
    assert len(wire.bodies) == 3
    assert [refused for _service, refused in tickets.asked].count(True) == 1


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ArcaError("ticket_elsewhere", retryable=True), "ticket_refused"),
        (ArcaError("certificate_expired"), "certificate_expired"),
    ],
)
def test_ticket_refused_and_no_other(error, code):
    """It is said that the registry refused, unless a person has to do something."""
    tickets = Tickets()

    def give(service, refused):
        if refused:
            raise error
        return tickets(service, refused)

    registry, _wire = make(lambda _request: fault("soap:Server", REFUSALS[0]), give)
    found = {}
    for part in registry.get_taxpayers([NUMBER]):
        found.update(part)
    assert found[NUMBER].code == code
    assert (REFUSALS[0] in found[NUMBER].detail) is (code == "ticket_refused")


def test_login_that_fails_is_nobodys_fault():
    def give(_service, _refused):
        raise ArcaError("unavailable", retryable=True)

    registry, wire = make(everybody, give)
    assert set(collect(registry, numbers_of(300)).values()) == {"unavailable"}
    assert wire.bodies == []


def test_not_delegated():
    """Said without a call: the ticket does not stand for the company."""
    registry, wire = make(everybody, Tickets("20305678903"))
    assert set(collect(registry, numbers_of(2)).values()) == {"not_delegated"}
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
    assert collect(registry, [NUMBER]) == {NUMBER: code}
    assert len(wire.bodies) == 2


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


def test_nobody_there():
    """Without a connection nothing was asked, so no number can be the reason."""

    def away(_request):
        raise requests.ConnectTimeout("nobody")

    registry, wire = make(away)
    assert set(collect(registry, numbers_of(2)).values()) == {"unreachable"}
    assert len(wire.bodies) == 1

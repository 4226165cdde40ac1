"""The client of a web service: tickets, delegation, refusals."""

import base64
import logging
from datetime import datetime
from pathlib import Path

import pytest

from odoo.addons.l10n_ar_arca.lib import soap
from odoo.addons.l10n_ar_arca.lib.client import Client, ServiceInfo, translate
from odoo.addons.l10n_ar_arca.lib.errors import ArcaError, Choked
from odoo.addons.l10n_ar_arca.lib.soap import Fault
from odoo.addons.l10n_ar_arca.lib.wsaa import Ticket
from odoo.addons.l10n_ar_arca.lib.xml import text

from tests.pure.l10n_ar_arca.support import Wire, block, envelope, fault

COMPANY = "30714295698"
SERVICE = "ws_example"
SIGN = "c2lnbg=="
# Any operation will do; what carries the ticket is the service's affair.
EXAMPLE = ServiceInfo(
    title="Servicio de Ejemplo",
    wsdl=Path(soap.__file__).parent / "wsdl" / "wsaa.wsdl",
    binding="{urn:wsaa}Binding",
    url_field="example_url",
    carry=lambda ticket, cuit: {"in0": f"{ticket.token} {ticket.sign} {cuit}"},
)
REFUSALS = [
    "Token malformado",
    "Falta token y/o sign.",
    "No se pudo verificar que <sign> contenga una firma valida de <token>",
]
WELL = 200, envelope(block("answer", block("said", "well")))


def token(*cuits):
    relations = "".join(f'<relation key="{item}"/>' for item in cuits)
    sso = block(
        "sso", block("operation", block("login", block("relations", relations)))
    )
    return base64.b64encode(sso.encode()).decode()


class Tickets:
    """Gives tickets and remembers how they were asked for."""

    def __init__(self, *cuits, error=None):
        self.asked = []
        self._token = token(*(cuits or (COMPANY,)))
        self._error = error

    def __call__(self, service, refused):
        self.asked.append((service, refused))
        if refused and self._error:
            raise self._error
        return Ticket(self._token, SIGN, datetime(2026, 11, 22))


def make(answer, tickets=None):
    wire = Wire(answer)
    url = "https://example.com/service"
    given = tickets or Tickets()
    return Client(SERVICE, EXAMPLE, url, COMPANY, given, wire.session()), wire


def code_of(client):
    with pytest.raises((ArcaError, Fault)) as caught:
        client.call("loginCms")
    return caught.value.code


def test_call():
    client, wire = make(lambda _request: WELL)
    body = client.call("loginCms")
    assert text(next(iter(body)), "said") == "well"
    assert f"<in0>{token(COMPANY)} {SIGN} {COMPANY}</in0>" in wire.bodies[0].replace(
        "ns0:", ""
    )
    assert (client.calls, client.represented) == (1, COMPANY)


@pytest.mark.parametrize("message", REFUSALS)
def test_ticket_refused_once(message):
    replies, tickets = [fault("soap:Server", message)], Tickets()
    client, wire = make(lambda _request: replies.pop() if replies else WELL, tickets)
    client.call("loginCms")
    assert tickets.asked == [(SERVICE, False), (SERVICE, True)]
    assert len(wire.bodies) == 2


@pytest.mark.parametrize("message", REFUSALS)
def test_ticket_refused_again_and_again(message):
    """One other ticket is asked for, whatever is tried after that."""
    tickets = Tickets()
    client, wire = make(lambda _request: fault("soap:Server", message), tickets)
    for _turn in range(3):
        assert code_of(client) == "Server"
    assert len(wire.bodies) == 4
    assert tickets.asked.count((SERVICE, True)) == 1


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ArcaError("ticket_elsewhere", retryable=True), "ticket_refused"),
        (ArcaError("certificate_expired"), "certificate_expired"),
    ],
)
def test_ticket_refused_and_no_other(error, code):
    """It is said that the service refused, unless a person has to do something."""
    client, _wire = make(
        lambda _request: fault("soap:Server", REFUSALS[0]), Tickets(error=error)
    )
    with pytest.raises(ArcaError) as caught:
        client.call("loginCms")
    assert caught.value.code == code
    assert (REFUSALS[0] in caught.value.detail) is (code == "ticket_refused")


def test_other_faults_are_the_callers():
    client, wire = make(lambda _request: fault("soap:Server", "otra cosa"))
    assert code_of(client) == "Server"
    assert len(wire.bodies) == 1


@pytest.mark.parametrize(
    ("message", "code"),
    [*((message, "ticket_refused") for message in REFUSALS), ("x", "service_error")],
)
def test_translation(message, code):
    error = translate(Fault("Server", message))
    assert isinstance(error, Choked)
    assert (error.code, error.detail) == (code, message)


def test_not_delegated():
    """Said without a call: the ticket does not stand for the company."""
    client, wire = make(lambda _request: WELL, Tickets("20305678903"))
    assert code_of(client) == "not_delegated"
    assert wire.bodies == []


def test_errors_of_a_login_name_the_service():
    def give(_service, _refused):
        raise ArcaError("not_authorised", detail="coe.notAuthorized: x")

    client, _wire = make(lambda _request: WELL, give)
    with pytest.raises(ArcaError) as caught:
        client.call("loginCms")
    assert caught.value.detail == "Servicio de Ejemplo: coe.notAuthorized: x"
    assert not caught.value.retryable


def test_no_ticket_in_any_log(caplog):
    with caplog.at_level(logging.DEBUG):
        client, _wire = make(lambda _request: WELL)
        client.call("loginCms")
    assert token(COMPANY) not in caplog.text
    assert SIGN not in caplog.text

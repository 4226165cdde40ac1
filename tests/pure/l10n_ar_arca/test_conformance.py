"""Our login at ARCA: valid against the published interface, and at the sandbox."""

from __future__ import annotations

import base64
import shutil
import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from lxml import etree
from sandbox.arca import testing
from sandbox.arca.certificates import Authority, identity_request, pem
from sandbox.arca.faults import LOGIN_FAULTS
from sandbox.arca.testing import CUIT, Running

from odoo.addons.l10n_ar_arca.lib.errors import ArcaError
from odoo.addons.l10n_ar_arca.lib.wsaa import read_relations

from tests.pure.l10n_ar_arca.desk import Desk, inline_schema, published
from tests.pure.l10n_ar_arca.support import LOGIN_ERRORS

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=timezone.utc)
OPENSSL = shutil.which("openssl")
SERVICE = "ws_sr_constancia_inscripcion"
WSAA_SPACE = "http://wsaa.view.sua.dvadac.desein.afip.gov"


@pytest.fixture
def desk() -> Iterator[Desk]:
    with testing.running(now=NOW, frozen=True) as made:
        yield Desk(made)


def test_login_is_valid(desk: Desk) -> None:
    desk.login(SERVICE)
    schema = inline_schema("wsaa/schemas/wsaa.wsdl", WSAA_SPACE)
    schema.assertValid(desk.sent())


def test_ticket_request_is_valid(desk: Desk, tmp_path: Path) -> None:
    """Also what is inside the message that OpenSSL opens and trusts."""
    if OPENSSL is None:
        pytest.skip("there is no openssl")
    desk.login(SERVICE)
    message = base64.b64decode(desk.sent().findtext("{*}in0"))
    authority = tmp_path / "authority.pem"
    authority.write_text(pem(desk.made.sandbox.authority.certificate))
    command = [OPENSSL, "cms", "-verify", "-binary", "-inform", "DER"]
    command += ["-CAfile", str(authority), "-attime", str(int(NOW.timestamp()))]
    found = subprocess.run(command, input=message, capture_output=True, check=False)
    assert found.returncode == 0, found.stderr
    path = published("wsaa/schemas/loginTicketRequest.xsd")
    etree.XMLSchema(etree.parse(path)).assertValid(etree.fromstring(found.stdout))


def test_every_fault_of_the_login(desk: Desk) -> None:
    assert set(LOGIN_ERRORS) == set(LOGIN_FAULTS)
    for fault, expected in LOGIN_ERRORS.items():
        desk.set(login_fault=fault)
        with pytest.raises(ArcaError) as caught:
            desk.login(SERVICE)
        assert (caught.value.code, caught.value.retryable) == expected, fault
        assert fault in caught.value.detail


def test_retention(desk: Desk) -> None:
    """A second ticket is refused for ten minutes; the first one goes on."""
    first = desk.get_ticket(SERVICE, False)
    desk.advance(minutes=9)
    with pytest.raises(ArcaError, match="ticket_elsewhere"):
        desk.login(SERVICE)
    assert desk.get_ticket(SERVICE, False) == first
    desk.advance(minutes=1)
    assert desk.login(SERVICE) != first


def test_ticket_tells_how_long_and_for_whom(desk: Desk) -> None:
    ticket = desk.login(SERVICE)
    assert ticket.expires_at == (NOW + timedelta(hours=12)).replace(tzinfo=None)
    assert read_relations(ticket.token) == {CUIT}


def test_certificate_of_another_authority(desk: Desk) -> None:
    key, request = identity_request(CUIT, "odoo")
    certificate, _rights = Authority(8).issue(request, NOW, 1)
    stranger = Desk(Running(pem(key), pem(certificate), desk.made.sandbox))
    with pytest.raises(ArcaError, match="certificate_untrusted"):
        stranger.login(SERVICE)

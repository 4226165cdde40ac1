"""Asking WSAA for a ticket, and reading what it gives."""

import base64
import re
import subprocess
from datetime import datetime, timedelta, timezone
from html import escape

import pytest
import requests
from lxml import etree

from odoo.addons.l10n_ar_arca.lib.errors import ArcaError
from odoo.addons.l10n_ar_arca.lib.wsaa import (
    login,
    make_request,
    read_relations,
    read_ticket,
    sign_request,
)

from tests.pure.l10n_ar_arca.support import LOGIN_ERRORS, Wire, envelope, fault

SERVICE = "ws_sr_constancia_inscripcion"
NOW = datetime(2026, 11, 22, 2, 30, 15, 987654, tzinfo=timezone.utc)
URL = "https://wsaa.example.com/ws/services/LoginCms"


def ticket(namespace="", expires="2026-11-22T11:30:15.123-03:00"):
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<loginTicketResponse version="1"{namespace}><header><source>CN=wsaa</source>'
        "<uniqueId>1</uniqueId><generationTime>2026-11-21T23:30:15.123-03:00"
        f"</generationTime><expirationTime>{expires}</expirationTime></header>"
        "<credentials><token>dG9rZW4=</token><sign>c2lnbg==</sign></credentials>"
        "</loginTicketResponse>"
    )


def answer(content, namespace=""):
    return 200, envelope(
        f"<loginCmsResponse{namespace}><loginCmsReturn>{content}</loginCmsReturn>"
        "</loginCmsResponse>"
    )


def log_in(key, certificate, reply):
    def reply_with(_request):
        if isinstance(reply, Exception):
            raise reply
        return reply

    wire = Wire(reply_with)
    return login(URL, wire.session(), SERVICE, key, certificate, NOW), wire


def test_request():
    root = etree.fromstring(make_request(SERVICE, NOW))
    assert root.tag == "loginTicketRequest"
    assert root.attrib == {"version": "1.0"}
    assert [item.tag for item in root.iter()] == [
        "loginTicketRequest",
        "header",
        "uniqueId",
        "generationTime",
        "expirationTime",
        "service",
    ]
    assert root.findtext("header/generationTime") == "2026-11-21T23:20:15-03:00"
    assert root.findtext("header/expirationTime") == "2026-11-21T23:40:15-03:00"
    assert root.findtext("service") == SERVICE


def test_unique_id_has_32_bits():
    found = {
        int(re.search(rb"<uniqueId>(\d+)<", make_request(SERVICE, NOW))[1])
        for _turn in range(500)
    }
    assert len(found) > 490
    assert min(found) > 0
    assert 2**31 < max(found) < 2**32


def test_signature_verifies(key, certificate, tmp_path):
    """OpenSSL finds the content in it, to the byte, and the signer's certificate."""
    request = make_request(SERVICE, NOW) + b"\nline\r\nend\n"
    signed = tmp_path / "cms"
    signed.write_bytes(base64.b64decode(sign_request(request, key, certificate)))
    subprocess.run(
        ["openssl", "cms", "-verify", "-noverify", "-inform", "DER", "-binary"]
        + ["-in", signed, "-out", tmp_path / "content", "-signer", tmp_path / "pem"],
        check=True,
        capture_output=True,
    )
    assert (tmp_path / "content").read_bytes() == request
    assert certificate.strip() in (tmp_path / "pem").read_text()


@pytest.mark.parametrize(
    "namespace",
    ["", ' xmlns="http://wsaa.view.sua.dvadac.desein.afip.gov"', ' xmlns="urn:other"'],
)
@pytest.mark.parametrize("wrap", [escape, "<![CDATA[{}]]>".format])
def test_login(key, certificate, namespace, wrap):
    reply = answer(wrap(ticket(namespace)), namespace)
    found, wire = log_in(key, certificate, reply)
    assert (found.token, found.sign) == ("dG9rZW4=", "c2lnbg==")
    assert found.expires_at == datetime(2026, 11, 22, 14, 30, 15)
    assert base64.b64decode(re.search(r"in0>([^<]+)<", wire.bodies[0])[1])


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-22T11:30:15-03:00", datetime(2026, 11, 22, 14, 30, 15)),
        ("2026-11-22T11:30:15.1-03:00", datetime(2026, 11, 22, 14, 30, 15)),
        ("2026-11-22T11:30:15.1234567-03:00", datetime(2026, 11, 22, 14, 30, 15)),
        ("2026-11-22T14:30:15Z", datetime(2026, 11, 22, 14, 30, 15)),
        ("2026-11-22T14:30:15.123Z", datetime(2026, 11, 22, 14, 30, 15)),
    ],
)
def test_expiry(moment, expected):
    assert read_ticket(ticket(expires=moment)).expires_at == expected


@pytest.mark.parametrize(
    "content",
    [
        "",
        "no",
        "<loginTicketResponse/>",
        ticket(expires=""),
        ticket(expires="2026-11-22T11:30:15"),
        ticket(expires="2026-13-45T99:30:15-03:00"),
        ticket(expires="0001-01-01T00:00:00+14:00"),
        ticket().replace("dG9rZW4=", ""),
        ticket().replace("c2lnbg==", ""),
        ticket().replace("<sign>c2lnbg==</sign>", ""),
    ],
)
def test_no_ticket(content):
    with pytest.raises(ArcaError) as caught:
        read_ticket(content)
    assert (caught.value.code, caught.value.retryable) == ("answer_unreadable", True)


FAULTS = {
    **LOGIN_ERRORS,
    "wsaa.somethingNew": ("unavailable", True),
    "Server.userException": ("unavailable", True),
    "Client.NoSOAPAction": ("login_refused", False),
    "": ("login_refused", False),
}


@pytest.mark.parametrize("code", FAULTS)
def test_faults(key, certificate, code):
    """Only the trouble of WSAA itself may be asked again by itself."""
    with pytest.raises(ArcaError) as caught:
        log_in(key, certificate, fault(f"ns1:{code}", "No se pudo"))
    assert (caught.value.code, caught.value.retryable) == FAULTS[code]
    assert caught.value.detail == f"{code}: No se pudo"


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        ((502, "<html><body>Bad Gateway</body></html>"), "unreachable"),
        ((503, ""), "unreachable"),
        ((200, "<html><body>Mantenimiento</body></html>"), "answer_unreadable"),
        ((200, ""), "answer_unreadable"),
        ((500, ""), "answer_unreadable"),
        ((500, envelope("<x/>")), "answer_unreadable"),
        ((200, envelope("<x/>")), "answer_unreadable"),
        (answer(""), "answer_unreadable"),
        (requests.ConnectionError("secret"), "unreachable"),
        (requests.Timeout("secret"), "unreachable"),
    ],
)
def test_no_answer(key, certificate, reply, code):
    with pytest.raises(ArcaError) as caught:
        log_in(key, certificate, reply)
    assert (caught.value.code, caught.value.retryable) == (code, True)
    assert "secret" not in str(caught.value)


def encode(content):
    return base64.b64encode(content.encode()).decode()


def test_relations():
    sso = (
        '<sso version="2.0"><operation><login service="x"><relations>{}</relations>'
        "</login></operation></sso>"
    )
    two = '<relation key="30714295698" reltype="4"/><relation key="20305678903"/>'
    assert read_relations(encode(sso.format(two))) == {"30714295698", "20305678903"}
    assert read_relations(encode(sso.format(""))) == frozenset()


@pytest.mark.parametrize(
    "token", ["", "%%%", "ñ", "AAAA", encode("<sso/>"), encode("<!DOCTYPE a><a/>")]
)
def test_token_that_tells_nothing(token):
    assert read_relations(token) is None


def test_request_is_inside_its_window():
    root = etree.fromstring(make_request(SERVICE, NOW))
    begin, end = (
        datetime.fromisoformat(root.findtext(f"header/{name}"))
        for name in ("generationTime", "expirationTime")
    )
    assert begin < NOW < end
    assert end - begin == timedelta(minutes=20)

"""Logins at the ARCA fake: tickets, faults, and agreement with OpenSSL."""

from __future__ import annotations

import base64
import random
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options
from lxml import etree
from sandbox.arca import testing
from sandbox.arca.certificates import A13, CONSTANCIA, Authority, identity_request, pem
from sandbox.arca.cms import open_signed
from sandbox.arca.faults import LOGIN_FAULTS, LoginRefused
from sandbox.arca.server import LOGIN
from sandbox.arca.soap import SOAP_12
from sandbox.arca.testing import Answer, Running

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=timezone.utc)
OPENSSL = shutil.which("openssl")
needs_openssl = pytest.mark.skipif(OPENSSL is None, reason="there is no openssl")


@pytest.fixture
def made() -> Iterator[Running]:
    """A running sandbox with a stopped clock, and an identity."""
    with testing.running(now=NOW, frozen=True) as running:
        yield running


def log_in(made: Running, content: bytes = b"", *options: PKCS7Options) -> Answer:
    content = content or testing.ticket_request(NOW)
    message = testing.sign(content, made.key_pem, made.certificate_pem, *options)
    return testing.login(made.sandbox, message)


def other(made: Running, **values: Any) -> Running:
    """The same sandbox with another identity."""
    body = {"cuit": testing.CUIT, **values}
    found = testing.control(made.sandbox, "POST", "identity", body)
    return Running(found["key"], found["certificate"], made.sandbox)


def untrusted(made: Running) -> Answer:
    key, request = identity_request(testing.CUIT, "sandbox")
    certificate, _rights = Authority(8).issue(request, NOW, 1)
    return log_in(Running(pem(key), pem(certificate), made.sandbox))


def with_setting(made: Running, code: str) -> Answer:
    testing.control(made.sandbox, "POST", "settings", {"login_fault": code})
    return log_in(made)


def twice(made: Running) -> Answer:
    assert log_in(made).status == 200
    return log_in(made)


def request(**values: str) -> bytes:
    return testing.ticket_request(NOW, **values)


def days(count: float) -> str:
    return (NOW + timedelta(days=count)).isoformat()


Case = Callable[[Running], Answer]
CASES: list[tuple[str, Case]] = [
    ("cms.bad.base64", lambda made: testing.login(made.sandbox, b"")),
    ("cms.bad", lambda made: testing.login(made.sandbox, b"hello")),
    ("cms.bad", lambda made: testing.login(made.sandbox, b"\x30\x80" * 20_000)),
    ("cms.cert.notFound", lambda made: log_in(made, b"", PKCS7Options.NoCerts)),
    ("cms.sign.invalid", lambda m: log_in(m, b"", PKCS7Options.DetachedSignature)),
    ("cms.cert.expired", lambda m: log_in(other(m, days=1, not_before=days(-2)))),
    ("cms.cert.invalid", lambda m: log_in(other(m, not_before=days(0.001)))),
    ("cms.cert.untrusted", untrusted),
    ("xml.bad", lambda made: log_in(made, b"no ticket")),
    ("xml.bad", lambda made: log_in(made, request(unique=str(2**32)))),
    ("xml.bad", lambda made: log_in(made, request(unique="-1"))),
    ("xml.bad", lambda made: log_in(made, request(service="ab"))),
    ("xml.bad", lambda made: log_in(made, request(service="x" * 33))),
    ("xml.bad", lambda made: log_in(made, request(generation="21/11/2026"))),
    ("xml.bad", lambda made: log_in(made, request(generation="2026-13-01T00:00:00"))),
    ("xml.bad", lambda made: log_in(made, request(names="<extra/>"))),
    ("xml.version.notSupported", lambda made: log_in(made, request(version="2.0"))),
    (
        "xml.source.invalid",
        lambda made: log_in(made, request(names="<source>CN=x</source>")),
    ),
    (
        "xml.destination.invalid",
        lambda made: log_in(made, request(names="<destination>CN=x</destination>")),
    ),
    (
        "xml.generationTime.invalid",
        lambda made: log_in(made, request(generation=days(0.1))),
    ),
    (
        "xml.generationTime.invalid",
        lambda made: log_in(made, request(generation=days(-1.01))),
    ),
    (
        "xml.expirationTime.expired",
        lambda made: log_in(made, request(expiration=days(-0.01))),
    ),
    (
        "xml.expirationTime.invalid",
        lambda made: log_in(made, request(expiration=days(1.01))),
    ),
    ("wsn.notFound", lambda made: log_in(made, request(service="ws_nothing"))),
    ("coe.notAuthorized", lambda made: log_in(made, request(service="wsfe"))),
    ("coe.alreadyAuthenticated", twice),
    ("wsn.unavailable", lambda made: with_setting(made, "wsn.unavailable")),
    ("wsaa.unavailable", lambda made: with_setting(made, "wsaa.unavailable")),
    ("wsaa.internalError", lambda made: with_setting(made, "wsaa.internalError")),
]


@pytest.mark.parametrize(("code", "case"), CASES)
def test_faults(made: Running, code: str, case: Case) -> None:
    answer = case(made)
    assert answer.status == 500
    assert answer.headers["Content-Type"] == "text/xml;charset=utf-8"
    assert answer.text("faultcode") == f"ns1:{code}"
    assert answer.text("faultstring") == LOGIN_FAULTS[code]
    assert (answer.text("exceptionName") or "").endswith("view.wsaa.LoginFault")
    assert answer.text("hostname")
    assert answer.body.isascii()


def test_every_fault_is_tested() -> None:
    assert {code for code, _case in CASES} == set(LOGIN_FAULTS)


def test_faults_of_the_envelope(made: Running) -> None:
    body = testing.envelope("<loginCms><in0>QQ==</in0></loginCms>")
    answer = testing.call(made.sandbox, "POST", LOGIN, body)
    assert (answer.status, answer.text("faultcode")) == (
        500,
        "ns1:Client.NoSOAPAction",
    )
    for wrong in (b"<no", testing.envelope("<loginCms/>"), testing.envelope("")):
        answer = testing.call(made.sandbox, "POST", LOGIN, wrong, SOAPAction="x")
        assert answer.text("faultcode") == "soapenv:Server.userException"


def test_soap_12(made: Running) -> None:
    answer = testing.login(made.sandbox, b"hello", SOAP_12)
    assert answer.headers["Content-Type"] == "application/soap+xml;charset=utf-8"
    assert answer.text("Value") == "ns1:cms.bad"


def test_a_ticket(made: Running) -> None:
    answer = log_in(made)
    assert answer.status == 200
    ticket = etree.fromstring((answer.text("loginCmsReturn") or "").encode())
    texts = {element.tag: element.text or "" for element in ticket.iter()}
    assert texts["generationTime"] == "2026-11-21T09:00:00.000-03:00"
    assert texts["expirationTime"] == "2026-11-21T21:00:00.000-03:00"
    subject = f"SERIALNUMBER=CUIT {testing.CUIT}, CN=sandbox"
    assert texts["destination"] == subject
    login = etree.fromstring(base64.b64decode(texts["token"])).find("operation/login")
    assert login is not None
    assert (login.get("service"), login.get("uid")) == (CONSTANCIA, subject)
    assert [r.get("key") for r in login.iter("relation")] == [testing.CUIT]


def test_names_and_times_that_are_right(made: Running) -> None:
    testing.control(made.sandbox, "POST", "settings", {"retention_seconds": 0})
    source = f"<source>cn=sandbox,serialNumber=CUIT {testing.CUIT}</source>"
    for content in (
        request(names=source),
        request(generation="2026-11-21T08:59:59", expiration="2026-11-21T12:00:01Z"),
        request(generation="2026-11-21T12:00:00.000+00:00", unique="4294967295"),
    ):
        assert log_in(made, content).status == 200


def test_retention(made: Running) -> None:
    first = testing.ticket(made)
    assert log_in(made).text("faultcode") == "ns1:coe.alreadyAuthenticated"
    assert log_in(made, request(service=A13)).status == 200
    testing.control(made.sandbox, "POST", "clock", {"advance_seconds": 600})
    second = testing.ticket(made)
    assert second != first
    for found in (first, second):
        answer = testing.ask(
            made.sandbox, "getPersona_v2", token=found.token, sign=found.sign,
            cuitRepresentada=testing.CUIT, idPersona=1,
        )  # fmt: skip
        assert answer.text("faultstring") == "No existe persona con ese Id"
    testing.control(made.sandbox, "POST", "settings", {"retention_seconds": 10**6})
    testing.control(made.sandbox, "POST", "clock", {"advance_seconds": 43200})
    late = testing.ticket_request(made.sandbox.clock.now())
    assert log_in(made, late).status == 200


def test_of_two_at_once_one_gets_a_ticket(made: Running) -> None:
    message = testing.sign(request(), made.key_pem, made.certificate_pem)
    with ThreadPoolExecutor(6) as pool:
        answers = pool.map(lambda _n: testing.login(made.sandbox, message), range(6))
        statuses = Counter(answer.status for answer in answers)
    assert statuses == {200: 1, 500: 5}


def openssl(*arguments: str, content: bytes = b"") -> subprocess.CompletedProcess[Any]:
    assert OPENSSL
    return subprocess.run(
        [OPENSSL, "cms", *arguments], input=content, capture_output=True, check=False
    )


def verified(message: bytes, folder: Path, made: Running) -> bool:
    """Whether OpenSSL accepts a message at the sandbox's time."""
    authority = folder / "authority.pem"
    authority.write_text(pem(made.sandbox.authority.certificate))
    found = openssl(
        "-verify", "-binary", "-inform", "DER", "-CAfile", str(authority),
        "-attime", str(int(NOW.timestamp())), content=message,
    )  # fmt: skip
    return found.returncode == 0


def signed(folder: Path, made: Running, *options: str) -> bytes:
    """A ticket request that OpenSSL signed."""
    (folder / "key.pem").write_text(made.key_pem)
    (folder / "certificate.pem").write_text(made.certificate_pem)
    found = openssl(
        "-sign", "-binary", "-outform", "DER", "-nodetach",
        "-signer", str(folder / "certificate.pem"), "-inkey", str(folder / "key.pem"),
        *options, content=testing.ticket_request(NOW),
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    return bytes(found.stdout)


@needs_openssl
def test_openssl_and_the_sandbox_accept_the_same(tmp_path: Path, made: Running) -> None:
    testing.control(made.sandbox, "POST", "settings", {"retention_seconds": 0})
    content, pair = testing.ticket_request(NOW), (made.key_pem, made.certificate_pem)
    good = [
        testing.sign(content, *pair),
        testing.sign(content, *pair, PKCS7Options.NoAttributes),
        testing.sign(content, *pair, PKCS7Options.NoCapabilities),
        signed(tmp_path, made),
        signed(tmp_path, made, "-md", "sha1"),
        signed(tmp_path, made, "-keyid"),
        signed(tmp_path, made, "-stream"),
        signed(tmp_path, made, "-noattr", "-nosmimecap"),
    ]
    bad = [
        testing.sign(content, *pair, PKCS7Options.DetachedSignature),
        testing.sign(content, *pair, PKCS7Options.NoCerts),
        good[0].replace(b"loginTicketRequest v", b"loginTicketRequest  "),
        good[1].replace(CONSTANCIA.encode(), A13.encode().ljust(len(CONSTANCIA))),
        good[0][:-1] + bytes([good[0][-1] ^ 1]),
        good[0][:-400],
    ]
    for expected, messages in ((True, good), (False, bad)):
        for message in messages:
            assert verified(message, tmp_path, made) is expected
            answer = testing.login(made.sandbox, message)
            assert (answer.status == 200) is expected, answer.body


def test_a_changed_bit_changes_nothing_that_was_signed(made: Running) -> None:
    """Of the messages with one changed bit only those of unsigned parts pass."""
    content = testing.ticket_request(NOW)
    good = testing.sign(content, made.key_pem, made.certificate_pem)
    rng, passed = random.Random(5), 0
    for position in range(len(good)):
        changed = bytearray(good)
        changed[position] ^= 1 << rng.randrange(8)
        try:
            opened = open_signed(bytes(changed))
        except LoginRefused:
            continue
        if made.sandbox.authority.trusts(opened.certificate):
            assert opened.content == content, position
            passed += 1
    assert passed < 20

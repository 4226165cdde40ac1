"""The SOAP client and servers that mean it harm, over real HTTP on loopback."""

from __future__ import annotations

import gzip
import socket
import ssl
import time
import tracemalloc
import zlib
from pathlib import Path

import pytest

from odoo.addons.l10n_ar_arca.lib import soap
from odoo.addons.l10n_ar_arca.lib.errors import ArcaError
from odoo.addons.l10n_ar_arca.lib.xml import text
from odoo.addons.remote_transport.lib.transport import BoundedSession

from tests.pure.l10n_ar_arca.support import envelope
from tests.pure.remote_transport.support import (
    DRIPS,
    OK,
    SIZES,
    Server,
    say,
    serving,
    whole,
)

WSDL = Path(soap.__file__).parent / "wsdl" / "wsaa.wsdl"
BINDING = "{urn:wsaa}Binding"
SECONDS = 0.6
LIMIT = 200_000
ANSWER = envelope("<a><loginCmsReturn>well</loginCmsReturn></a>").encode()


def ask(url: str, session: BoundedSession | None = None) -> str:
    """What the service answered, or the code of the error."""
    made = session or make_session()
    service = soap.Service(WSDL, BINDING, url, made)
    try:
        return text(service.call("loginCms", in0="signed"), "a")
    except ArcaError as error:
        return f"{error.code} {error.detail}"


def make_session() -> BoundedSession:
    session = BoundedSession(SECONDS, LIMIT)
    session.trust_env = False
    return session


@pytest.mark.parametrize("name", DRIPS)
def test_exchange_ends(name: str) -> None:
    with serving(DRIPS[name]) as server:
        began = time.monotonic()
        assert ask(server.url).startswith("unreachable")
        assert time.monotonic() - began < SECONDS + 1
        assert len(server.requests) == 1


def test_exchange_ends_with_tls(tmp_path: Path, key: str, certificate: str) -> None:
    """Also where the socket is hidden behind the encryption, and in its handshake."""
    for name, content in (("key.pem", key), ("certificate.pem", certificate)):
        (tmp_path / name).write_text(content)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "certificate.pem", tmp_path / "key.pem")
    session = make_session()
    session.verify = False
    for talk in (DRIPS["body with a length"], DRIPS["headers"]):
        with serving(talk, context) as server, pytest.warns(Warning):
            began = time.monotonic()
            assert ask(server.url, session).startswith("unreachable")
            assert time.monotonic() - began < SECONDS + 1
    with serving(DRIPS["silence"]) as server:
        began = time.monotonic()
        ask(server.url.replace("http:", "https:"), session)
        assert time.monotonic() - began < SECONDS + 1


TOO_LARGE = {"declared", "endless", "endless chunks", "bomb", "bomb of zlib"}


@pytest.mark.parametrize("name", SIZES)
def test_size_is_limited_while_reading(name: str) -> None:
    session = make_session()
    session.seconds = 20.0
    with serving(SIZES[name]) as server:
        tracemalloc.start()
        told = ask(server.url, session)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert (told == "unreachable TooLarge") is (name in TOO_LARGE)
    assert told.startswith(("unreachable", "answer_unreadable"))
    # What the client holds; the server's part is made before.
    assert peak < 10 * LIMIT


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_not_followed(status: int) -> None:
    """The signed login goes to nobody else."""
    with serving(say(whole(ANSWER))) as thief:
        location = f"Location: {thief.url}\r\nContent-Length: 0\r\n\r\n".encode()
        reply = f"HTTP/1.1 {status} Moved\r\n".encode() + location
        with serving(say(reply)) as server:
            assert ask(server.url) == f"redirected HTTP {status}"
        assert thief.requests == []


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (b"", "unreachable"),
        (b"not HTTP at all\r\n\r\n", "unreachable"),
        (OK + b"Content-Length: 5000\r\n\r\n" + ANSWER, "unreachable"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n", "unreachable"),
        (whole(b'{"json": 1}').replace(b"text/xml", b"application/json"), "answer_"),
        (whole(b"<html><p>Sorry</html>").replace(b"text/xml", b"text/html"), "answer_"),
        (whole(b"not gzip", b"Content-Encoding: gzip"), "unreachable"),
        (whole(b"x", b"Content-Encoding: br"), "unreachable"),
        (whole(b""), "answer_"),
    ],
)
def test_no_answer(reply: bytes, expected: str) -> None:
    with serving(say(reply)) as server:
        assert ask(server.url).startswith(expected)


def test_nobody_there() -> None:
    with serving(say(b"")) as server:
        url = server.url
    assert ask(url).startswith("unreachable")


@pytest.mark.parametrize(
    "reply",
    [
        whole(ANSWER),
        whole(gzip.compress(ANSWER), b"Content-Encoding: gzip"),
        whole(zlib.compress(ANSWER), b"Content-Encoding: deflate"),
        OK + b"Connection: close\r\n\r\n" + ANSWER,
        OK
        + b"Transfer-Encoding: chunked\r\n\r\n"
        + b"".join(b"1\r\n%c\r\n" % byte for byte in ANSWER)
        + b"0\r\n\r\n",
    ],
    ids=["plain", "gzip", "deflate", "until the end", "chunked"],
)
def test_answer(reply: bytes) -> None:
    """A session goes on after an exchange that was cut."""
    session = make_session()
    with serving(DRIPS["headers"]) as server:
        assert ask(server.url, session).startswith("unreachable")
    with serving(say(reply)) as server:
        assert ask(server.url, session) == "well"
        assert ask(server.url, session) == "well"
        assert b"Accept-Encoding: identity" in server.requests[0]


def test_connection_is_used_again() -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(whole(ANSWER))
        Server.read(connection)
        connection.sendall(whole(ANSWER))

    session = make_session()
    with serving(talk) as server:
        assert [ask(server.url, session) for _turn in range(2)] == ["well", "well"]
        assert len(server.requests) == 1

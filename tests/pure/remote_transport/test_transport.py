"""Exchanges with servers that mean harm: they end, stay small and keep secrets."""

from __future__ import annotations

import gzip
import os
import signal
import socket
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable
from contextlib import closing

import pytest

from odoo.addons.remote_transport.lib import deadline as deadlines
from odoo.addons.remote_transport.lib.redact import Redactor
from odoo.addons.remote_transport.lib.transport import (
    IDEMPOTENT,
    BoundedSession,
    TooLarge,
    TooSlow,
    TransportError,
)

from tests.pure.remote_transport.support import (
    DRIPS,
    OK,
    SIZES,
    Server,
    Talk,
    say,
    serving,
    whole,
)

SECONDS = 0.3
LIMIT = 200_000
SECRET = "hush-hush-42"
BUSY = b"HTTP/1.1 503 Busy\r\n"


def make_session(seconds: float = SECONDS, **options: object) -> BoundedSession:
    options = {"trust_env": False, "timeout": (2.0, 2.0), **options}
    return BoundedSession(seconds, LIMIT, **options)  # type: ignore[arg-type]


def get_late(call: Callable[[], object], seconds: float = SECONDS) -> float:
    """How much too late a call is refused as too slow."""
    began = time.monotonic()
    with pytest.raises(TooSlow):
        call()
    return time.monotonic() - began - seconds


@pytest.mark.parametrize("name", DRIPS)
def test_an_exchange_ends(name: str) -> None:
    """Also one that may be repeated."""
    session = make_session(repeatable=IDEMPOTENT)
    with serving(DRIPS[name]) as server:
        assert get_late(lambda: session.exchange("GET", server.url)) < 0.3


def in_turn(*talks: Talk) -> Talk:
    """One connection: an answer to each request."""

    def talk(connection: socket.socket) -> None:
        for number, part in enumerate(talks):
            if number:
                Server.read(connection)
            part(connection)

    return talk


def test_a_connection_that_is_used_again_ends_as_well() -> None:
    session = make_session()
    with serving(in_turn(say(whole(b"well")), DRIPS["headers"])) as server:
        assert session.exchange("GET", server.url).content == b"well"
        assert get_late(lambda: session.exchange("GET", server.url)) < 0.3
        assert len(server.requests) == 1


def test_each_thread_has_its_own_deadline() -> None:
    session = make_session(2.0)
    found: list[bytes] = []

    def ask(url: str) -> None:
        for _turn in range(20):
            found.append(session.exchange("GET", url).content)
            time.sleep(0.02)

    slow = make_session()
    with (
        serving(say(whole(b"well", b"Connection: close"))) as server,
        serving(DRIPS["headers"]) as dripping,
    ):
        thread = threading.Thread(target=ask, args=(server.url,))
        thread.start()
        assert get_late(lambda: slow.exchange("GET", dripping.url)) < 0.3
        thread.join()
    assert found == [b"well"] * 20


def test_an_exchange_through_a_proxy_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(DRIPS["headers"]) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        session = make_session(trust_env=True)
        for scheme in ("http", "https"):
            url = f"{scheme}://shop.example.com/"
            assert get_late(lambda url=url: session.exchange("GET", url)) < 0.3
        assert len(proxy.requests) == 2


def test_connecting_ends() -> None:
    """A host that answers nothing at all, whatever the timeout says."""
    with closing(socket.socket()) as full, closing(socket.socket()) as waiting:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting.connect(full.getsockname())
        url = f"http://127.0.0.1:{full.getsockname()[1]}/"
        session = make_session(timeout=(30.0, 30.0))
        began = time.monotonic()
        with pytest.raises(TransportError):
            session.exchange("GET", url)
        assert time.monotonic() - began < SECONDS + 0.3


def test_repetitions_end() -> None:
    session = make_session(0.5, retries=50, repeatable=IDEMPOTENT)
    reply = BUSY + b"Content-Length: 0\r\nConnection: close\r\n\r\n"
    with serving(say(reply)) as server:
        assert get_late(lambda: session.exchange("GET", server.url), 0.5) < 0.3
        assert len(server.requests) == 2


def ask_in_child(session: BoundedSession, url: str) -> int:
    """Call in a process of its own; 7 when it was too slow."""
    child = os.fork()
    if not child:
        try:
            session.exchange("GET", url)
        except TooSlow:
            os._exit(7)
        finally:
            os._exit(1)
    end = time.monotonic() + 5
    while (found := os.waitpid(child, os.WNOHANG)) == (0, 0):
        if time.monotonic() > end:
            os.kill(child, signal.SIGKILL)
        time.sleep(0.02)
    return os.waitstatus_to_exitcode(found[1])


def test_a_child_process_has_deadlines_too() -> None:
    """Also when its parent is in the middle of an exchange."""
    waiting = make_session(1.5)
    with serving(DRIPS["silence"]) as silent, serving(DRIPS["headers"]) as server:
        late = threading.Thread(
            target=get_late, args=(lambda: waiting.exchange("GET", silent.url), 1.5)
        )
        late.start()
        while not silent.requests:
            time.sleep(0.02)
        assert ask_in_child(make_session(), server.url) == 7
        late.join()


def test_a_thread_that_cannot_be_started_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(deadlines, "_watchdog", deadlines._Watchdog())
    start = threading.Thread.start

    def fail(thread: threading.Thread) -> None:
        if thread.name == "transport deadlines":
            raise RuntimeError("can't start new thread")
        start(thread)

    with serving(say(whole(b"well"))) as server:
        session = make_session(5)
        with monkeypatch.context() as patched:
            patched.setattr(threading.Thread, "start", fail)
            with pytest.raises(TransportError) as caught:
                session.exchange("GET", server.url)
        assert caught.value.is_unconnected
        assert deadlines.current() is None
        assert session.exchange("GET", server.url).status == 200
    with serving(DRIPS["headers"]) as server:
        assert get_late(lambda: make_session().exchange("GET", server.url)) < 0.3


def test_an_exchange_leaves_nothing_behind() -> None:
    session = make_session(60.0)
    with serving(say(whole(b"well", b"Connection: close"))) as server:
        session.exchange("GET", server.url)
        before = len(os.listdir("/proc/self/fd")), threading.active_count()
        for _turn in range(20):
            session.exchange("GET", server.url)
        assert deadlines.current() is None
        # A server's socket, and its thread, may take a moment to end.
        assert len(os.listdir("/proc/self/fd")) <= before[0] + 2
        assert threading.active_count() <= before[1] + 1


MORE_SIZES: dict[str, Talk] = {
    **{name: SIZES[name] for name in SIZES if not name.startswith("absurd")},
    # What is repeated is not read to its end first.
    "endless refusal": lambda connection: (
        connection.sendall(BUSY + b"\r\n"),  # type: ignore[func-returns-value]
        [connection.sendall(b" " * 65536) for _round in range(4000)],
    )[0],
    "bombs in a row": say(
        whole(gzip.compress(b" " * 100_000) * 500, b"Content-Encoding: gzip")
    ),
    "raw bomb": say(
        whole(zlib.compress(b" " * 50_000_000)[2:-4], b"Content-Encoding: deflate")
    ),
}


@pytest.mark.parametrize("name", MORE_SIZES)
def test_size_is_limited_while_reading(name: str) -> None:
    session = make_session(20.0, retries=1, repeatable=IDEMPOTENT)
    with serving(MORE_SIZES[name]) as server:
        tracemalloc.start()
        with pytest.raises(TransportError) as caught:
            session.exchange("GET", server.url)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    refused = name in ("bomb in a bomb", "endless headers")
    assert isinstance(caught.value, TooLarge) is not refused
    # What the client holds; the server's part is made before.
    assert peak < 10 * LIMIT


TEXT = bytes(range(256)) * 500


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT, b""),
        (TEXT, b"Identity"),
        (gzip.compress(TEXT), b"gzip"),
        (gzip.compress(TEXT), b" X-GZIP "),
        (gzip.compress(TEXT[:7]) + gzip.compress(TEXT[7:]), b"gzip"),
        (gzip.compress(TEXT) + b"\0\0\0", b"gzip"),
        (zlib.compress(TEXT), b"deflate"),
        (zlib.compress(TEXT)[2:-4], b"deflate"),
    ],
)
def test_decompression(content: bytes, encoding: bytes) -> None:
    header = [b"Content-Encoding: " + encoding] if encoding else []
    with serving(say(whole(content, *header))) as server:
        session = make_session(5.0, compressed=True)
        assert session.exchange("GET", server.url).content == TEXT
        assert b"Accept-Encoding: gzip, deflate\r\n" in server.requests[0]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (gzip.compress(TEXT)[:-9], b"gzip"),
        (gzip.compress(TEXT) + b"more", b"gzip"),
        (b"not gzip", b"gzip"),
        (b"neither", b"deflate"),
        (zlib.compress(TEXT)[:-20], b"deflate"),
        (gzip.compress(gzip.compress(TEXT)), b"gzip, gzip"),
        (b"x", b"br"),
    ],
)
def test_what_cannot_be_decompressed(content: bytes, encoding: bytes) -> None:
    with serving(say(whole(content, b"Content-Encoding: " + encoding))) as server:
        with pytest.raises(TransportError) as caught:
            make_session(5.0).exchange("GET", server.url)
    assert caught.value.kind == "ContentDecodingError"
    assert not caught.value.is_unconnected


def test_an_empty_answer_that_claims_to_be_compressed() -> None:
    with serving(say(whole(b"", b"Content-Encoding: gzip"))) as server:
        assert make_session().exchange("GET", server.url).content == b""


def test_a_redirect_is_an_answer() -> None:
    with serving(say(whole(b"well"))) as elsewhere:
        location = f"Location: {elsewhere.url}\r\nContent-Length: 0\r\n\r\n"
        with serving(say(b"HTTP/1.1 302 Moved\r\n" + location.encode())) as server:
            answer = make_session().exchange("GET", server.url)
        assert (answer.status, answer.is_redirect) == (302, True)
        assert elsewhere.requests == []


def test_nobody_there() -> None:
    with serving(say(b"")) as server:
        url = server.url
    with pytest.raises(TransportError) as caught:
        make_session(retries=0).exchange("GET", url)
    assert caught.value.is_unconnected


@pytest.mark.parametrize("gone", [False, True])
def test_no_secret_leaves(gone: bool, caplog: pytest.LogCaptureFixture) -> None:
    """Neither in our own messages nor in those of the libraries below."""
    caplog.set_level("DEBUG")
    session = make_session(
        5.0, retries=1, repeatable=IDEMPOTENT, redact=Redactor([SECRET])
    )
    with serving(say(b"")) as server:
        url = server.url
        if not gone:
            with pytest.raises(TransportError) as caught:
                session.exchange("GET", f"{url}/{SECRET}", params={"k": SECRET})
    if gone:
        with pytest.raises(TransportError) as caught:
            session.exchange("GET", f"{url}/{SECRET}", params={"k": SECRET})
    assert "Retrying" in caplog.text
    assert SECRET not in caplog.text + str(caught.value) + repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_other_users_of_the_library_log_as_before(
    caplog: pytest.LogCaptureFixture,
) -> None:
    import requests

    caplog.set_level("DEBUG")
    with serving(say(OK + b"Content-Length: 0\r\n\r\n")) as server:
        requests.get(server.url, params={"token": "shown"}, timeout=5)
    assert "token=shown" in caplog.text

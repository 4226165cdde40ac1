"""The HTTP client against a real socket."""

from __future__ import annotations

import socket
import time
from datetime import datetime, timezone

import pytest

from odoo.addons.channel_base.lib.errors import AuthRequired, Rejected, Retryable
from odoo.addons.channel_base.lib.http import HttpClient, Response, charset, retry_after
from odoo.addons.channel_base.lib.ratelimit import RateLimiter

from tests.pure.channel_base.support import Answer, Server
from tests.pure.remote_transport.support import DRIPS, serving

SECRET = "s3cr3t/with+signs="


def test_an_accepted_answer() -> None:
    answer = Answer(206, b'{"a": [1.5]}', {"X-Content-Missing": "buyer"})
    with Server(answer) as server:
        client = HttpClient(server.url + "/")
        got = client.get("/things", params={"q": "a b&c"}, headers={"x-v": "2"})
    assert (got.status, got.body) == (206, {"a": [1.5]})
    assert got.headers["x-content-missing"] == "buyer"
    (call,) = server.calls
    assert call.path == "/things?q=a+b%26c"
    assert call.headers["accept"] == "application/json"
    assert call.headers["x-v"] == "2"
    assert client.calls == 1


def test_an_empty_answer_has_no_body() -> None:
    with Server(Answer(204, b"")) as server:
        assert HttpClient(server.url).get("/").body is None


def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(Retryable):
        HttpClient(f"http://127.0.0.1:{port}", retries=0).get("/")


def test_a_slow_answer_times_out() -> None:
    with Server(Answer(wait=5)) as server:
        client = HttpClient(server.url, timeout=(1.0, 0.2), retries=0)
        started = time.monotonic()
        with pytest.raises(Retryable):
            client.get("/")
        assert time.monotonic() - started < 2


@pytest.mark.parametrize("name", ["headers", "body with a length"])
def test_a_dripping_answer_ends(name: str) -> None:
    """Each byte comes in time; the whole does not."""
    with serving(DRIPS[name]) as server:
        client = HttpClient(server.url, timeout=(1, 1), max_seconds=0.4)
        started = time.monotonic()
        with pytest.raises(Retryable):
            client.get("/")
        assert time.monotonic() - started < 1


@pytest.mark.parametrize("fault", [Answer(503), Answer(drop=True)], ids=["503", "drop"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_idempotent_calls_are_repeated(fault: Answer, method: str) -> None:
    with Server(fault, Answer()) as server:
        assert HttpClient(server.url).request(method, "/").status == 200
        assert len(server.calls) == 2


@pytest.mark.parametrize("fault", [Answer(503), Answer(drop=True)], ids=["503", "drop"])
def test_other_calls_are_never_repeated(fault: Answer) -> None:
    with Server(fault, Answer()) as server:
        with pytest.raises(Retryable):
            HttpClient(server.url).request("POST", "/", body={"a": 1})
        assert len(server.calls) == 1


def test_a_fault_that_lasts_is_retryable() -> None:
    with Server(Answer(502, headers={"Retry-After": "9"})) as server:
        with pytest.raises(Retryable) as caught:
            HttpClient(server.url).get("/")
        assert caught.value.after == 9
        assert len(server.calls) == 3


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", 120),
        (" 5 ", 5),
        ("Fri, 20 Nov 2026 12:01:00 GMT", 60),
        ("Fri, 20 Nov 2026 11:00:00 GMT", 0),
        ("Fri, 20 Nov 2026 12:01:00 -0000", 60),
        ("soon", None),
        ("-5", None),
        ("²", None),
        ("9" * 400, 86400),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86400),
        ("", None),
        (None, None),
    ],
)
def test_retry_after(value: str | None, expected: float | None) -> None:
    now = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)
    assert retry_after(value, now) == expected


def test_calls_that_were_under_way_together_slow_it_down_once() -> None:
    limiter = RateLimiter(600, clock=lambda: 5.0, sleep=lambda _seconds: None)
    with Server(Answer(429, b"")) as server:
        client = HttpClient(server.url, limiter=limiter, retries=0)
        for _call in range(2):
            with pytest.raises(Retryable):
                client.get("/")
        assert len(server.calls) == 2
    assert limiter.rate == pytest.approx(5)


def test_too_many_requests_slows_the_account_down() -> None:
    limiter = RateLimiter(600)
    answer = Answer(429, b"", {"Retry-After": "30"})
    with Server(answer) as server:
        client = HttpClient(server.url, limiter=limiter, patience=1)
        with pytest.raises(Retryable) as caught:
            client.get("/")
        assert caught.value.after == 30
        assert len(server.calls) == 1
        assert limiter.rate == pytest.approx(5)
        # The next one does not even leave.
        with pytest.raises(Retryable) as caught:
            client.get("/")
        assert 20 < (caught.value.after or 0) <= 30
        assert len(server.calls) == 1


def test_success_gives_speed_back() -> None:
    limiter = RateLimiter(600)
    limiter.rate = 5
    with Server() as server:
        HttpClient(server.url, limiter=limiter).get("/")
    assert limiter.rate > 5


@pytest.mark.parametrize("length", [None, 10**9])
def test_an_enormous_answer_is_cut_off(length: int | None) -> None:
    with Server(Answer(body=b"x" * 300_000, length=length)) as server:
        with pytest.raises(Rejected) as caught:
            HttpClient(server.url, max_body=100_000).get("/")
    assert caught.value.code == "response_too_large"


def test_a_compressed_bomb_is_cut_off() -> None:
    import gzip

    bomb = gzip.compress(b"0" * 20_000_000)
    with Server(Answer(body=bomb, headers={"Content-Encoding": "gzip"})) as server:
        with pytest.raises(Rejected) as caught:
            HttpClient(server.url, max_body=100_000).get("/")
    assert caught.value.code == "response_too_large"


@pytest.mark.parametrize(
    "body",
    [b'{"a": ', b"<html>", b"\xff\xfe\x00", b"[" * 100_000, b"9" * 5000],
    ids=["cut", "html", "bytes", "deep", "digits"],
)
def test_an_unreadable_answer_is_retryable(body: bytes) -> None:
    with Server(Answer(body=body)) as server:
        with pytest.raises(Retryable):
            HttpClient(server.url).get("/")


def test_an_answer_that_breaks_off_is_retryable() -> None:
    with Server(Answer(body=b'{"a": 1}', length=500)) as server:
        with pytest.raises(Retryable):
            HttpClient(server.url, timeout=(1, 1)).get("/")


@pytest.mark.parametrize("status", [301, 302, 307])
def test_a_redirect_is_not_followed(status: int) -> None:
    with Server() as elsewhere:
        moved = Answer(status, b"", {"Location": f"{elsewhere.url}/steal"})
        with Server(moved) as server:
            with pytest.raises(Rejected) as caught:
                HttpClient(server.url).get("/")
        assert caught.value.code == f"http_{status}"
        assert elsewhere.calls == []


@pytest.mark.parametrize(
    ("status", "kind"), [(401, AuthRequired), (400, Rejected), (404, Rejected)]
)
def test_refusals(status: int, kind: type[Exception]) -> None:
    with Server(Answer(status, b'{"message": "no"}')) as server:
        with pytest.raises(kind) as caught:
            HttpClient(server.url).get("/")
    if isinstance(caught.value, Rejected):
        assert caught.value.code == f"http_{status}"
        assert caught.value.params["status"] == str(status)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(400, f'{{"you sent": "{SECRET}"}}'.encode()),
        Answer(401, f"token={SECRET}".encode()),
        Answer(400, b'{"you sent": "s3cr3t%2Fwith%2Bsigns%3D"}'),
        Answer(403, b"Bearer abcdefghijkl"),
    ],
)
def test_no_secret_leaves(answer: Answer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with Server(answer) as server:
        client = HttpClient(server.url, secrets=(SECRET, None, ""))
        with pytest.raises((Rejected, AuthRequired)) as caught:
            client.request("POST", "/", form={"client_secret": SECRET})
    for text in (str(caught.value), repr(caught.value), caplog.text):
        assert SECRET not in text
        assert "s3cr3t" not in text
        assert "abcdefghijkl" not in text


def test_no_secret_leaves_with_a_network_fault(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    client = HttpClient("http://127.0.0.1:1", retries=0, secrets=("hush-hush-42",))
    with pytest.raises(Retryable) as caught:
        client.get("/x", params={"access_token": "hush-hush-42"})
    assert "hush-hush-42" not in str(caught.value) + caplog.text
    with pytest.raises(Retryable) as caught:
        client.get("/hush-hush-42")
    assert "hush-hush-42" not in str(caught.value) + caplog.text
    assert caught.value.__cause__ is None


class Faults(HttpClient):
    """A service that words its refusals as SOAP does."""

    def _failure(
        self, method: str, path: str, got: Response, after: float | None
    ) -> Exception:
        if b"<faultcode>Client" in got.raw:
            return Rejected("refused", message=self._quote(method, path, got))
        return super()._failure(method, path, got, after)


def test_a_refusal_may_be_worded_as_a_failure() -> None:
    fault = b"<Fault><faultcode>Client</faultcode><token>abc123</token></Fault>"
    with Server(Answer(500, fault), Answer(500, b"<Fault/>")) as server:
        client = Faults(server.url)
        with pytest.raises(Rejected) as refused:
            client.request("POST", "/")
        with pytest.raises(Retryable) as failed:
            client.request("POST", "/")
    assert "faultcode" in str(refused.value) and "abc123" not in str(refused.value)
    assert "<Fault/>" in str(failed.value)


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("text/xml; charset=ISO-8859-1", "ISO-8859-1"),
        ('text/xml;boundary=x ; Charset="utf-8"; a=b', "utf-8"),
        ("text/xml", ""),
        ("text/xml; charset=", ""),
        ("charset=utf-8", ""),
        ("", ""),
        (None, ""),
        ("; charset" * 10_000, ""),
    ],
)
def test_charset(content_type: str | None, expected: str) -> None:
    assert charset(content_type) == expected


def test_the_environment_does_not_choose_a_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    with Server() as server:
        assert HttpClient(server.url).get("/").status == 200


def test_half_a_secret_does_not_leave_either() -> None:
    body = b"x" * 490 + SECRET.encode()
    with Server(Answer(400, body)) as server:
        with pytest.raises(Rejected) as caught:
            HttpClient(server.url, secrets=(SECRET,)).get("/")
    assert "s3cr" not in str(caught.value)

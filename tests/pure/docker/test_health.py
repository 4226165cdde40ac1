"""What the container's health check makes of Odoo's answers."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from devtool.paths import ROOT

WELL = (200, b'{"status": "pass"}', {})
WEB, CHANNEL = "/web/health?db_server_status=1", "/channel/health"


class Handler(BaseHTTPRequestHandler):
    answers: dict[str, tuple[int, bytes, dict[str, str]]]

    def do_GET(self) -> None:
        status, body, headers = self.answers.get(self.path, (404, b"no", {}))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def ask(port: int) -> tuple[int, str]:
    script = str(ROOT / "docker" / "health.py")
    done = subprocess.run(
        [sys.executable, script, f"http://127.0.0.1:{port}/"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout


@pytest.mark.parametrize(
    ("web", "channel", "problem"),
    [
        (WELL, WELL, None),
        (
            WELL,
            (503, b'{"status": "fail"}', {"X-Problem": "scheduled_actions"}),
            "scheduled_actions",
        ),
        (WELL, (404, b"<html>", {}), "404"),
        ((500, b'{"status": "fail"}', {}), WELL, "500"),
        ((200, b"<html>", {}), WELL, "/web/health"),
        ((200, b"[]", {}), WELL, "/web/health"),
        ((200, b'{"status": "fail"}', {}), WELL, "fail"),
    ],
)
def test_answers(server, web, channel, problem):
    Handler.answers = {WEB: web, CHANNEL: channel}
    code, told = ask(server.server_port)
    assert code == bool(problem)
    assert (problem or "pass") in told


def test_nobody_answers(server):
    port = server.server_port
    server.shutdown()
    server.server_close()
    assert ask(port)[0] == 1

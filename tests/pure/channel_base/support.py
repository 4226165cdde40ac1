"""A web server that answers what a test tells it to."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Call:
    """One request as it arrived; names of headers in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Answer:
    """What to send back. ``length`` overrides the Content-Length told."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None
    wait: float = 0.0
    drop: bool = False


class Server:
    """A loopback server; ``script`` gives the answers in turn, the last one again."""

    def __init__(self, *script: Answer | Callable[[Call], Answer]):
        self.script = list(script) or [Answer()]
        self.calls: list[Call] = []
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: Any) -> None:
                pass

            def _serve(self) -> None:
                size = int(self.headers.get("content-length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                call = Call(self.command, self.path, headers, self.rfile.read(size))
                outer._answer(self, call)

            do_GET = do_POST = do_PUT = do_DELETE = _serve

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def _answer(self, handler: BaseHTTPRequestHandler, call: Call) -> None:
        with self._lock:
            self.calls.append(call)
            index = min(len(self.calls), len(self.script)) - 1
            step = self.script[index]
        answer = step(call) if callable(step) else step
        self._stopping.wait(answer.wait)
        handler.close_connection = answer.drop or answer.length is not None
        if answer.drop:
            return
        try:
            handler.send_response(answer.status)
            for name, value in answer.headers.items():
                handler.send_header(name, value)
            length = len(answer.body) if answer.length is None else answer.length
            handler.send_header("Content-Length", str(length))
            handler.end_headers()
            handler.wfile.write(answer.body)
        except OSError:
            # The client had enough, which is what some tests are about.
            return

    def __enter__(self) -> Server:
        run = partial(self._http.serve_forever, poll_interval=0.01)
        threading.Thread(target=run, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stopping.set()
        self._http.shutdown()
        self._http.server_close()

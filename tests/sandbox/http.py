"""Generic HTTP machinery of the fakes: routing, answers, life cycle.

A service subclasses :class:`HttpSandbox` and registers handlers on its router. The
control API common to every service (``/_sandbox/stats``, ``/_sandbox/faults``,
``/_sandbox/clock``) lives in :mod:`sandbox.control`.
"""

from __future__ import annotations

import json
import re
import socket
import socketserver
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote

from .jsontools import encode

JSON_TYPE = "application/json;charset=UTF-8"
MAX_BODY = 64 * 1024 * 1024
_REASONS = {status.value: status.phrase for status in HTTPStatus}


class Request:
    """One received request; header names are lower case, values stripped."""

    __slots__ = (
        "_query",
        "body",
        "headers",
        "method",
        "params",
        "path",
        "query_string",
    )

    def __init__(
        self, method: str, target: str, headers: dict[str, str], body: bytes
    ) -> None:
        path, _sep, query = target.partition("?")
        self.method = method
        self.path = unquote(path) if "%" in path else path
        self.query_string = query
        self.headers = headers
        self.body = body
        self.params: dict[str, str] = {}
        self._query: dict[str, str] | None = None

    @property
    def query(self) -> dict[str, str]:
        """Query parameters; the last value wins when one is repeated."""
        if self._query is None:
            pairs = parse_qsl(self.query_string, keep_blank_values=True)
            self._query = dict(pairs)
        return self._query

    def form(self) -> dict[str, str]:
        """Body read as ``application/x-www-form-urlencoded``."""
        text = self.body.decode("utf-8", "replace")
        return dict(parse_qsl(text, keep_blank_values=True))

    def json(self) -> dict[str, Any]:
        """Body read as a JSON object; an empty body gives ``{}``."""
        if not self.body:
            return {}
        try:
            value = json.loads(self.body)
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise HttpError(json_response({"error": "a JSON object is expected"}, 400))
        return value


@dataclass
class Response:
    """An answer; ``drop`` and ``cut`` describe a connection that fails."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON_TYPE
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False
    cut: bool = False

    def head(self) -> bytes:
        """Status line and headers, ready for the wire."""
        lines = [
            f"HTTP/1.1 {self.status} {_REASONS.get(self.status, 'Status')}",
            f"Content-Type: {self.content_type}",
            f"Content-Length: {len(self.body)}",
        ]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


class HttpError(Exception):
    """Raised by a handler to answer at once with ``response``."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def json_response(
    value: Any, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """Answer with ``value`` as JSON."""
    return Response(status, encode(value), headers=headers or {})


def html_response(text: str, status: int = 200) -> Response:
    """Answer with an HTML page."""
    return Response(status, text.encode(), "text/html;charset=UTF-8")


def redirect(location: str) -> Response:
    """Answer with a 302 to ``location``."""
    return Response(302, b"", "text/plain", {"Location": location})


Handler = Callable[[Request], Response]
Self = TypeVar("Self", bound="HttpSandbox")


@dataclass(frozen=True)
class Route:
    """A registered route; ``name`` is the normalised form used by statistics."""

    method: str
    pattern: str
    handler: Handler

    @property
    def name(self) -> str:
        """Such as ``GET /orders/{id}``."""
        return f"{self.method} {self.pattern}"


class Router:
    """Method and path to handler; literal paths win over patterns."""

    def __init__(self) -> None:
        self._literal: dict[tuple[str, str], Route] = {}
        self._patterns: dict[str, list[tuple[re.Pattern[str], Route]]] = {}

    def add(self, method: str, pattern: str, handler: Handler) -> None:
        """Register ``handler``; ``{name}`` in the pattern matches one segment."""
        route = Route(method, pattern, handler)
        if "{" not in pattern:
            self._literal[method, pattern] = route
            return
        regex = re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(pattern)))
        self._patterns.setdefault(method, []).append((regex, route))

    def match(self, request: Request) -> Route | None:
        """Find the route of a request and fill ``request.params``."""
        route = self._literal.get((request.method, request.path))
        if route is not None:
            return route
        for regex, candidate in self._patterns.get(request.method, ()):
            found = regex.fullmatch(request.path)
            if found:
                request.params = found.groupdict()
                return candidate
        return None


class _Server(ThreadingHTTPServer):
    """Threaded server that can also close the connections left open."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(
        self, address: tuple[str, int], dispatch: Callable[[Request], Response]
    ) -> None:
        self.dispatch = dispatch
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(address, _Connection)

    def server_bind(self) -> None:
        """Bind without the reverse name look-up of the base class."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore

    def remember(self, connection: socket.socket) -> None:
        """Keep track of an open connection."""
        with self._open_lock:
            self._open.add(connection)

    def forget(self, connection: socket.socket) -> None:
        """Stop tracking a connection."""
        with self._open_lock:
            self._open.discard(connection)

    def close_all(self) -> None:
        """Close every connection still open (keep-alive ones included)."""
        with self._open_lock:
            connections = list(self._open)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


class _Malformed(Exception):
    """A request that cannot be read; its connection is closed."""


class _Connection(socketserver.StreamRequestHandler):
    """Serves the requests of one kept-alive connection."""

    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.remember(self.connection)

    def handle(self) -> None:
        try:
            while self._serve_one():
                pass
        except (OSError, _Malformed):
            return

    def finish(self) -> None:
        self.server.forget(self.connection)
        try:
            super().finish()
        except OSError:
            return

    def _serve_one(self) -> bool:
        line = self.rfile.readline(65537)
        parts = line.decode("latin-1").split()
        if len(parts) != 3:
            return False
        method, target, version = parts
        headers = self._read_headers()
        if "transfer-encoding" in headers:
            self._send(Response(411, b""), method)
            return False
        text = headers.get("content-length") or "0"
        length = int(text) if text.isdigit() else MAX_BODY + 1
        if length > MAX_BODY:
            self._send(Response(413, b""), method)
            return False
        if length and headers.get("expect", "").lower() == "100-continue":
            self.connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = self.rfile.read(length) if length else b""
        if len(body) < length:
            return False
        response = self.server.dispatch(Request(method, target, headers, body))
        wanted = headers.get("connection", "").lower()
        keep = wanted != "close" if version != "HTTP/1.0" else wanted == "keep-alive"
        return self._send(response, method) and keep

    def _read_headers(self) -> dict[str, str]:
        headers: dict[str, str] = {}
        for _number in range(200):
            line = self.rfile.readline(65537)
            if line in (b"\r\n", b"\n", b""):
                return headers
            name, _sep, value = line.decode("latin-1").partition(":")
            headers[name.strip().lower()] = value.strip()
        raise _Malformed("too many headers")

    def _send(self, response: Response, method: str) -> bool:
        """Write an answer; False when the connection must be closed."""
        if response.drop:
            return False
        body = b"" if method == "HEAD" else response.body
        if response.cut:
            body = body[: len(body) // 2]
        self.connection.sendall(response.head() + body)
        return not response.cut


class HttpSandbox:
    """A fake service listening on loopback.

    Use it as a context manager, or :meth:`start` and :meth:`stop`. Subclasses
    register their handlers on :attr:`router` and may override :meth:`handle`.
    """

    #: Name of the service on the command line.
    name = "sandbox"

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self.router = Router()
        #: Guards every change of the service's state.
        self.lock = threading.RLock()
        self._address = (host, port)
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Base address, such as ``http://127.0.0.1:40123`` (no final slash)."""
        if self._server is None:
            raise RuntimeError("the sandbox is not running")
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    def start(self: Self) -> Self:
        """Listen and serve in a background thread."""
        self._server = _Server(self._address, self.handle)
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            kwargs={"poll_interval": 0.01},
            name=f"sandbox-{self.name}",
            daemon=True,
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop listening and close the connections left open."""
        server, self._server = self._server, None
        if server is None:
            return
        server.shutdown()
        server.server_close()
        server.close_all()
        if self._thread is not None:
            self._thread.join(5)

    def __enter__(self: Self) -> Self:
        return self.start()

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    def handle(self, request: Request) -> Response:
        """Answer one request (called from the connection's thread)."""
        route = self.router.match(request)
        if route is None:
            return json_response({"error": "not_found"}, 404)
        return self.run(route, request)

    def run(self, route: Route, request: Request) -> Response:
        """Call the handler of a route, turning :class:`HttpError` into its answer."""
        try:
            return route.handler(request)
        except HttpError as error:
            return error.response

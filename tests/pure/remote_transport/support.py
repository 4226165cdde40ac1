"""Servers that mean their clients harm, over real sockets on loopback."""

from __future__ import annotations

import gzip
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"

Talk = Callable[[socket.socket], None]


class Server:
    """Reads a request, talks as a test wants, and closes the connection.

    :param context: for a server with TLS
    """

    def __init__(self, talk: Talk, context: ssl.SSLContext | None = None) -> None:
        self._talk = talk
        self._context = context
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._stopped = threading.Event()
        self.requests: list[bytes] = []
        scheme = "https" if context else "http"
        self.url = f"{scheme}://127.0.0.1:{self._socket.getsockname()[1]}/service"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        with suppress(OSError):
            while not self._stopped.is_set():
                connection, _address = self._socket.accept()
                with closing(connection), suppress(OSError):
                    if self._context:
                        connection = self._context.wrap_socket(
                            connection, server_side=True
                        )
                    self.requests.append(self.read(connection))
                    self._talk(connection)

    @staticmethod
    def read(connection: socket.socket) -> bytes:
        """A request with its body."""
        data = b""
        while not _is_whole(data) and (part := connection.recv(65536)):
            data += part
        return data

    def stop(self) -> None:
        """Take no connection any more."""
        self._stopped.set()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)


def _is_whole(data: bytes) -> bool:
    head, end, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    return bool(end) and len(body) >= int(length[1] if length else 0)


@contextmanager
def serving(talk: Talk, context: ssl.SSLContext | None = None) -> Iterator[Server]:
    server = Server(talk, context)
    try:
        yield server
    finally:
        server.stop()


def say(*parts: bytes) -> Talk:
    return lambda connection: connection.sendall(b"".join(parts))


def drip(first: bytes, rest: bytes) -> Talk:
    """One byte after the other, each in time for a socket's timeout."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(first)
        for _round in range(200):
            for byte in rest:
                connection.sendall(bytes([byte]))
                time.sleep(0.02)

    return talk


def whole(content: bytes, *headers: bytes) -> bytes:
    extra = b"".join(header + b"\r\n" for header in headers)
    return OK + extra + b"Content-Length: %d\r\n\r\n" % len(content) + content


DRIPS = {
    "status line": drip(b"", b"HTTP/1.1 200 OK"),
    "headers": drip(OK, b"X-Filler: 1\r\n"),
    "body with a length": drip(OK + b"Content-Length: 100000\r\n\r\n", b" "),
    "body without a length": drip(OK + b"\r\n", b" "),
    "chunks": drip(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "size of a chunk": drip(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
    "trailers": drip(
        OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\n \r\n0\r\n", b"X-T: 1\r\n"
    ),
    "silence": lambda _connection: time.sleep(2),
}


def endless(first: bytes) -> Talk:
    def talk(connection: socket.socket) -> None:
        connection.sendall(first)
        for _round in range(4000):
            connection.sendall(b" " * 65536)

    return talk


def endless_chunks(connection: socket.socket) -> None:
    connection.sendall(OK + b"Transfer-Encoding: chunked\r\n\r\n")
    for _round in range(4000):
        connection.sendall(b"10000\r\n" + b" " * 65536 + b"\r\n")


BOMB = gzip.compress(b" " * 50_000_000)
SIZES = {
    "declared": say(OK + b"Content-Length: 400000000\r\n\r\n"),
    "absurd length": say(OK + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n"),
    "endless": endless(OK + b"\r\n"),
    "endless chunks": endless_chunks,
    "bomb": say(whole(BOMB, b"Content-Encoding: gzip")),
    "bomb of zlib": say(
        whole(zlib.compress(b" " * 50_000_000), b"Content-Encoding: deflate")
    ),
    "bomb in a bomb": say(whole(gzip.compress(BOMB), b"Content-Encoding: gzip, gzip")),
    "endless headers": endless(OK),
}

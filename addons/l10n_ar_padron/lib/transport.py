"""HTTP that ends: with a deadline and a limit of size, and without redirects.

A timeout of sockets counts from byte to byte, so a server that drips would hold its
caller for ever; and a redirect would carry a signed login to an address that nobody
configured.
"""

from __future__ import annotations

import logging
import socket
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.retry import Retry
from zeep.transports import Transport

from .xml import MAX_BYTES

CONNECT_SECONDS = 10.0
READ_SECONDS = 45.0
#: For a whole exchange: connecting, sending, waiting and reading.
TOTAL_SECONDS = 75.0
_CHUNK = 65536

# zeep writes whole messages to its log when that is on; they carry tickets.
_silent = logging.Logger("silent", logging.CRITICAL)


class TooLarge(requests.RequestException):
    """The answer is larger than any that is expected."""


class TooSlow(requests.Timeout):
    """The exchange was not over in time."""


class _Watch:
    """Shuts the sockets of a session's exchange when its time is over."""

    def __init__(self) -> None:
        # Another descriptor of the same connection works whatever TLS made of the
        # first one, and from another thread.
        self._sockets: dict[HTTPConnection, socket.socket] = {}
        self.is_over = False

    def add(self, connection: HTTPConnection, sock: socket.socket) -> None:
        """Watch a connection's socket, from before anything is said on it."""
        if former := self._sockets.pop(connection, None):
            former.close()
        self._sockets[connection] = sock.dup()
        if self.is_over:
            self._shut()

    def forget_closed(self) -> None:
        """Let go of connections that will not be used again.

        Only between exchanges: a connection that counts as closed may still be read.
        """
        for connection in [c for c in self._sockets if c.sock is None]:
            self._sockets.pop(connection).close()

    def _shut(self) -> None:
        self.is_over = True
        for sock in list(self._sockets.values()):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    @contextmanager
    def limit(self, seconds: float) -> Iterator[None]:
        """Let what happens inside take so long.

        :raises TooSlow: it was not over
        """
        self.is_over = False
        timer = threading.Timer(seconds, self._shut)
        timer.daemon = True
        timer.start()
        try:
            yield
        except (requests.RequestException, OSError, ValueError) as error:
            if self.is_over:
                raise TooSlow(f"no complete answer in {seconds:.0f} s") from error
            raise
        finally:
            timer.cancel()
            self.forget_closed()
        # A connection that was shut may look like one that has come to its end.
        if self.is_over:
            raise TooSlow(f"no complete answer in {seconds:.0f} s")


def _watched(
    connection_class: type[HTTPConnection], watch: _Watch
) -> type[HTTPConnection]:
    class Watched(connection_class):  # type: ignore[misc]
        def _new_conn(self) -> socket.socket:
            sock: socket.socket = super()._new_conn()
            watch.add(self, sock)
            return sock

    return Watched


class _Adapter(HTTPAdapter):
    """Connects again; repeats nothing that may have arrived."""

    def __init__(self, watch: _Watch) -> None:
        self._watch = watch
        super().__init__(
            max_retries=Retry(
                total=2, connect=2, read=0, status=0, other=0, backoff_factor=0.5
            )
        )

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        # pylint: disable=missing-return
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {
            scheme: type(
                "WatchedPool",
                (pool,),
                {"ConnectionCls": _watched(connection, self._watch)},
            )
            for scheme, pool, connection in (
                ("http", HTTPConnectionPool, HTTPConnection),
                ("https", HTTPSConnectionPool, HTTPSConnection),
            )
        }


class BoundedSession(requests.Session):
    """A session for one thread at a time; see :class:`BoundedTransport`.

    :param seconds: for a whole exchange
    :param max_bytes: of an answer, after decoding
    """

    def __init__(
        self, seconds: float = TOTAL_SECONDS, max_bytes: int = MAX_BYTES
    ) -> None:
        super().__init__()
        self.seconds = seconds
        self.max_bytes = max_bytes
        self.watch = _Watch()
        self.headers["Accept-Encoding"] = "identity"
        for scheme in ("https://", "http://"):
            self.mount(scheme, _Adapter(self.watch))


class BoundedTransport(Transport):
    """zeep's transport on a :class:`BoundedSession`; loads nothing from the network."""

    session: BoundedSession

    def __init__(self, session: BoundedSession) -> None:
        super().__init__(session=session)
        self.logger = _silent

    def post(
        self, address: str, message: bytes, headers: dict[str, str]
    ) -> requests.Response:
        """Send a message and read its answer, whatever it is.

        :raises requests.RequestException: there is none, or none that may be read
        """
        session = self.session
        with (
            session.watch.limit(session.seconds),
            session.post(
                address,
                data=message,
                headers=headers,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as answer,
        ):
            content = _read(answer, session.max_bytes)
            answer._content = content
            answer._content_consumed = True  # type: ignore[attr-defined]
        return answer

    def _load_remote_data(self, url: str) -> bytes:
        raise ValueError(f"nothing is loaded from {url}")


def _read(answer: requests.Response, limit: int) -> bytes:
    declared = answer.headers.get("Content-Length", "")
    if declared.isdecimal() and len(declared) < 20 and int(declared) > limit:
        raise TooLarge(f"{declared} bytes")
    decode = _get_decoder(answer.headers.get("Content-Encoding", ""))
    parts, size = [], 0
    try:
        while chunk := answer.raw.read(_CHUNK):
            part = decode(chunk, limit + 1 - size)
            size += len(part)
            if size > limit:
                raise TooLarge(f"more than {limit} bytes")
            parts.append(part)
    except zlib.error as error:
        raise requests.exceptions.ContentDecodingError(str(error)) from error
    except requests.RequestException:
        raise
    except Exception as error:
        # urllib3's errors are those of no common class of both its versions.
        raise requests.ConnectionError(type(error).__name__) from error
    return b"".join(parts)


def _get_decoder(encoding: str) -> Callable[[bytes, int], bytes]:
    """A function that decodes a chunk to at most so many bytes.

    Compression is not asked for, but a proxy may compress all the same.
    """
    kind = encoding.strip().lower()
    if kind in ("", "identity"):
        return lambda chunk, _limit: chunk
    if kind not in ("gzip", "x-gzip", "deflate"):
        raise requests.exceptions.ContentDecodingError(f"encoding {kind[:40]}")
    return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress

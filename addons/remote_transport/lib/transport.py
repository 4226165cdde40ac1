"""Bytes out, bytes in: exchanges that end, stay small and keep secrets.

A timeout of sockets counts from byte to byte, so a server that drips would hold its
caller for ever; an answer may be compressed a thousandfold; a redirect would carry
what authenticates to an address that nobody configured; and libraries write addresses,
keys included, to their logs.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import NewConnectionError
from urllib3.util.retry import Retry

from .deadline import Deadline, Over, Unwatched, current, watched
from .inflate import get_decoder
from .redact import Redactor

_logger = logging.getLogger(__name__)

#: To connect, and to wait for data.
TIMEOUT = (10.0, 45.0)
#: For a whole exchange: connecting, sending, waiting, reading, and all of it again.
TOTAL_SECONDS = 75.0
MAX_BYTES = 5 * 1024 * 1024
#: Connections that are kept to one host.
POOL_SIZE = 8
_CHUNK = 65536
# Seconds before the second repetition; the first one goes at once.
_BACKOFF = 0.6
#: Methods that may be repeated although they may have arrived (RFC 9110 §9.2.2).
IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
# Passing faults of something between us and the service
_REPEATED = frozenset({502, 503, 504})
_UNCONNECTED = (
    requests.ConnectTimeout,
    requests.exceptions.SSLError,
    requests.exceptions.ProxyError,
)


class TransportError(Exception):
    """There is no answer, or none that may be read. Its text holds no secret.

    :param kind: what happened, in one word
    :param is_unconnected: whether no connection came about, so that nothing was asked
    """

    def __init__(
        self, message: str, kind: str = "", is_unconnected: bool = False
    ) -> None:
        super().__init__(message)
        self.kind = kind or type(self).__name__
        self.is_unconnected = is_unconnected


class TooLarge(TransportError):
    """The answer is larger than any that is expected."""


class TooSlow(TransportError):
    """The exchange was not over in time."""


class _Broken(requests.RequestException):
    """The answer began, and cannot be read to its end."""


@dataclass(frozen=True)
class Answer:
    """What the other side said, whatever it is.

    :param status: HTTP status code
    :param headers: names in lower case
    :param content: decompressed
    """

    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)

    @property
    def is_redirect(self) -> bool:
        return 300 <= self.status < 400 and "location" in self.headers


class BoundedSession(requests.Session):
    """Calls with limits; see :meth:`exchange`. Usable from several threads.

    Of :class:`requests.Session` it keeps the settings (``trust_env``, ``verify``,
    ``mount``); its verbs have no limits and are not used.

    :param seconds: for a whole exchange
    :param max_bytes: of an answer, after decompression
    :param timeout: seconds to connect, seconds to wait for data
    :param retries: how often a call is repeated that did not reach anybody; one of
        ``repeatable`` also when it brought no answer, or a 502, 503 or 504
    :param repeatable: methods
    :param compressed: whether compressed answers are asked for; they are understood in
        any case
    :param trust_env: whether the environment chooses a proxy
    :param redact: takes secrets out of texts
    """

    def __init__(
        self,
        seconds: float = TOTAL_SECONDS,
        max_bytes: int = MAX_BYTES,
        *,
        timeout: tuple[float, float] = TIMEOUT,
        retries: int = 2,
        repeatable: frozenset[str] = frozenset(),
        compressed: bool = False,
        trust_env: bool = True,
        redact: Callable[[str], str] | None = None,
    ) -> None:
        super().__init__()
        self.seconds = seconds
        self.max_bytes = max_bytes
        self.timeout = timeout
        self.retries = retries
        self.repeatable = repeatable
        self.trust_env = trust_env
        self.redact = redact or Redactor()
        self.headers["Accept-Encoding"] = "gzip, deflate" if compressed else "identity"
        for scheme in ("https://", "http://"):
            self.mount(scheme, _Adapter(retries, repeatable))

    def exchange(self, method: str, url: str, **options: Any) -> Answer:
        """Send a request and read its answer, whatever it is.

        :param options: params, data, headers … of :meth:`requests.Session.request`
        :raises TransportError: there is no answer, or none that may be read
        """
        started = time.monotonic()
        with (
            self._errors(method, url),
            Deadline(self.seconds, self.redact) as deadline,
        ):
            answer = self._send(method, url, options)
            turn = 0
            while turn < self._get_repeats(method, answer):
                deadline.pause(_BACKOFF * turn)
                answer = self._send(method, url, options)
                turn += 1
        if _logger.isEnabledFor(logging.DEBUG):
            spent = (time.monotonic() - started) * 1000
            path = self.redact(urlsplit(url).path)
            _logger.debug("%s %s: %s in %.0f ms", method, path, answer.status, spent)
        return answer

    def _get_repeats(self, method: str, answer: Answer) -> int:
        may_repeat = method in self.repeatable and answer.status in _REPEATED
        return self.retries if may_repeat else 0

    def _send(self, method: str, url: str, options: dict[str, Any]) -> Answer:
        with self.request(
            method,
            url,
            timeout=self.timeout,
            allow_redirects=False,
            stream=True,
            **options,
        ) as answer:
            content = _read(answer, self.max_bytes)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(answer.status_code, headers, content)

    @contextmanager
    def _errors(self, method: str, url: str) -> Iterator[None]:
        """What goes wrong inside, in the classes of this module."""
        try:
            yield
        except Over:
            error: TransportError = TooSlow(
                f"no complete answer in {self.seconds:.0f} s"
            )
        except Unwatched as caught:
            error = TransportError(str(caught), is_unconnected=True)
        except TransportError as caught:
            error = caught
        except requests.RequestException as caught:
            error = TransportError(
                self.redact(str(caught))[:300], _kind(caught), _is_unconnected(caught)
            )
        else:
            return
        path = self.redact(urlsplit(url).path)
        _logger.info("%s %s failed: %s", method, path, error)
        # What requests says may hold the whole address.
        raise error from None


class _Adapter(HTTPAdapter):
    """Makes connections that know the deadline of who uses them."""

    def __init__(self, retries: int, repeatable: frozenset[str]) -> None:
        policy = Retry(
            total=retries,
            read=retries if repeatable else 0,
            # An empty set would mean all methods.
            allowed_methods=repeatable or IDEMPOTENT,
            # urllib3 would read the whole answer before it repeats.
            status=0,
            other=0,
            respect_retry_after_header=False,
            backoff_factor=_BACKOFF / 2,
        )
        super().__init__(max_retries=policy, pool_connections=2, pool_maxsize=POOL_SIZE)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        # pylint: disable=missing-return
        super().init_poolmanager(*args, **options)
        _watch_pools(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        known = proxy in self.proxy_manager
        manager = super().proxy_manager_for(proxy, **options)
        if not known:
            _watch_pools(manager)
        return manager


def _watch_pools(manager: Any) -> None:
    manager.pool_classes_by_scheme = {
        scheme: type(
            f"Watched{pool.__name__}",
            (pool,),
            {"ConnectionCls": watched(pool.ConnectionCls)},
        )
        for scheme, pool in manager.pool_classes_by_scheme.items()
    }


def _read(answer: requests.Response, limit: int) -> bytes:
    declared = answer.headers.get("Content-Length", "")
    if declared.isdecimal() and len(declared) < 20 and int(declared) > limit:
        raise TooLarge(f"{declared} bytes, at most {limit}")
    parts, size = [], 0
    try:
        decoder = get_decoder(answer.headers.get("Content-Encoding", ""))
        while chunk := answer.raw.read(_CHUNK):
            part = decoder.decode(chunk, limit + 1 - size)
            size += len(part)
            if size > limit:
                raise TooLarge(f"more than {limit} bytes")
            parts.append(part)
        decoder.end()
    except TransportError:
        raise
    except Exception as error:
        # urllib3's errors are those of no common class of both its versions.
        raise _Broken(type(error).__name__) from error
    return b"".join(parts)


def _kind(error: requests.RequestException) -> str:
    return str(error) if isinstance(error, _Broken) else type(error).__name__


def _is_unconnected(error: requests.RequestException) -> bool:
    if isinstance(error, _UNCONNECTED):
        return True
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return isinstance(reason, NewConnectionError)


class _OnlyRedacted(logging.Filter):
    """What urllib3 logs about our exchanges names addresses with their query."""

    def filter(self, record: logging.LogRecord) -> bool:
        if deadline := current():
            record.msg, record.args = deadline.redact(record.getMessage()), ()
        return True


for _name in ("urllib3.connectionpool", "urllib3.util.retry"):
    logging.getLogger(_name).addFilter(_OnlyRedacted())

"""HTTP client base of every provider. No Odoo import: usable from threads."""

from __future__ import annotations

import email.utils
import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from .errors import AuthRequired, Rejected, Retryable
from .ratelimit import RateLimiter
from .redact import redact

_logger = logging.getLogger(__name__)

IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
MAX_BODY = 5 * 1024 * 1024
POOL_SIZE = 8
MAX_RETRY_AFTER = 24 * 3600.0  # seconds; more is a fault of the header


@dataclass(frozen=True)
class Response:
    """An accepted answer (2xx).

    :param status: HTTP status code
    :param headers: names in lower case
    :param body: parsed JSON, or None when the answer was empty
    :param raw: the undecoded body
    """

    status: int
    headers: Mapping[str, str]
    body: Any
    raw: bytes = field(repr=False, default=b"")


def retry_after(value: str | None, now: datetime | None = None) -> float | None:
    """Seconds of a ``Retry-After`` header (RFC 9110 §10.2.3: seconds or a date)."""
    if not value:
        return None
    if value.isascii() and value.strip().isdigit():
        return min(float(value), MAX_RETRY_AFTER)
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    seconds = (moment - (now or datetime.now(timezone.utc))).total_seconds()
    return min(max(0.0, seconds), MAX_RETRY_AFTER)


class HttpClient:
    """JSON over HTTP with everything a polite and safe client needs.

    Timeouts on every call; connection faults and 502/503/504 repeated by urllib3 for
    idempotent methods only; one rate limit for all threads of an account; answers
    bounded in size; nothing secret in logs or errors; errors in the classes of
    :mod:`.errors`. Redirects are not followed: an API that redirects would receive
    the token at an address nobody configured.

    :param base_url: scheme and host, no trailing slash needed
    :param limiter: shared limiter of the account, or None
    :param timeout: seconds to connect, seconds to wait for data
    :param secrets: values never to appear in logs and errors
    :param max_body: most bytes of an answer
    :param max_seconds: most seconds that reading one answer may take
    """

    def __init__(
        self,
        base_url: str,
        *,
        limiter: RateLimiter | None = None,
        timeout: tuple[float, float] = (5.0, 30.0),
        secrets: tuple[str | None, ...] = (),
        max_body: int = MAX_BODY,
        max_seconds: float = 60.0,
        retries: int = 2,
        patience: float = 20.0,
        on_call: Callable[[str, str, int], None] | None = None,
    ):
        self.base_url = base_url.rstrip("/")
        self.limiter = limiter
        self.timeout = timeout
        self.secrets = secrets
        self.max_body = max_body
        self.max_seconds = max_seconds
        self.patience = patience
        self.calls = 0
        self._on_call = on_call
        policy = Retry(
            total=retries,
            status_forcelist=(502, 503, 504),
            allowed_methods=IDEMPOTENT,
            backoff_factor=0.3,
            raise_on_status=False,
            respect_retry_after_header=False,
        )
        adapter = HTTPAdapter(
            max_retries=policy, pool_connections=2, pool_maxsize=POOL_SIZE
        )
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.mount("http://", adapter)
        self.session.mount("https://", adapter)

    def auth_headers(self) -> dict[str, str]:
        """Headers that authenticate a call; providers override it."""
        return {}

    def take_calls(self) -> int:
        """Calls made since this was last asked."""
        calls, self.calls = self.calls, 0
        return calls

    def get(self, path: str, **kwargs: Any) -> Response:
        """Read a resource; see :meth:`request`."""
        return self.request("GET", path, **kwargs)

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json_body: Any = None,
        form: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        authenticated: bool = True,
    ) -> Response:
        """Make one call and give back an accepted answer.

        :param path: begins with a slash; relative to the base URL
        :raises Retryable: network fault, 429, 5xx, cut or unreadable answer
        :raises AuthRequired: 401
        :raises Rejected: any other refusal; ``code`` is ``http_<status>``
        """
        wait = self.limiter.acquire(self.patience) if self.limiter else 0.0
        if wait:
            raise Retryable("the account's own rate limit is reached", wait)
        sent = {"Accept": "application/json", **(headers or {})}
        if authenticated:
            sent.update(self.auth_headers())
        self.calls += 1
        got = self._exchange(
            method, path, params=params, json=json_body, data=form, headers=sent
        )
        if self._on_call:
            self._on_call(method, path, got.status)
        return self._answer(method, path, got)

    def _exchange(self, method: str, path: str, **options: Any) -> Response:
        """Send a request and read its answer, whatever it is."""
        started = time.monotonic()
        try:
            with self.session.request(
                method,
                self.base_url + path,
                timeout=self.timeout,
                allow_redirects=False,
                stream=True,
                **options,
            ) as answer:
                raw = self._read(answer)
                status, got = answer.status_code, dict(answer.headers)
        except requests.RequestException as error:
            reason = redact(str(error), self.secrets)[:300]
            _logger.info("%s %s failed: %s", method, path, reason)
            raise Retryable(f"{method} {path}: {reason}") from None
        spent = (time.monotonic() - started) * 1000
        _logger.debug("%s %s -> %s in %.0f ms", method, path, status, spent)
        lowered = {name.lower(): value for name, value in got.items()}
        return Response(status, lowered, None, raw)

    def _read(self, answer: requests.Response) -> bytes:
        chunks: list[bytes] = []
        size = 0
        # The timeout counts from byte to byte; a server that drips must end as well.
        end = time.monotonic() + self.max_seconds
        for chunk in answer.iter_content(65536):
            size += len(chunk)
            if size > self.max_body:
                raise Rejected("response_too_large", limit=self.max_body)
            chunks.append(chunk)
            if time.monotonic() > end:
                raise Retryable(f"no complete answer in {self.max_seconds:.0f} s")
        return b"".join(chunks)

    def _answer(self, method: str, path: str, got: Response) -> Response:
        if got.status == 429:
            after = retry_after(got.headers.get("retry-after"))
            if self.limiter:
                self.limiter.throttled(after)
            raise Retryable(f"{method} {path}: 429 too many requests", after)
        if got.status >= 500:
            after = retry_after(got.headers.get("retry-after"))
            raise Retryable(f"{method} {path}: {got.status}", after)
        if not 200 <= got.status < 300:
            raise self._refusal(method, path, got)
        if self.limiter:
            self.limiter.succeeded()
        body = self._decode(method, path, got) if got.raw.strip() else None
        return Response(got.status, got.headers, body, got.raw)

    def _decode(self, method: str, path: str, got: Response) -> Any:
        try:
            return json.loads(got.raw)
        except (ValueError, RecursionError):
            # A cut answer and a proxy's error page look alike; both pass.
            raise Retryable(f"{method} {path}: the answer is not JSON") from None

    def _refusal(self, method: str, path: str, got: Response) -> Exception:
        """The error of a 3xx or 4xx answer; providers refine it."""
        # Redact before cutting: half a secret would not be recognised.
        detail = redact(
            got.raw[:8192].decode("utf-8", errors="replace"), self.secrets
        ).strip()[:500]
        text = f"{method} {path}: {got.status} {detail}".strip()
        if got.status == 401:
            return AuthRequired(text)
        return Rejected(f"http_{got.status}", message=text, status=got.status)

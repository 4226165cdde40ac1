"""HTTP client base of every provider. No Odoo import: usable from threads."""

from __future__ import annotations

import email.utils
import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import Any

from odoo.addons.remote_transport.lib.redact import Redactor
from odoo.addons.remote_transport.lib.transport import (
    IDEMPOTENT,
    MAX_BYTES,
    BoundedSession,
    TooLarge,
    TransportError,
)

from .auth import Auth
from .codec import Codec, JsonCodec
from .errors import AuthRequired, Rejected, Retryable
from .ratelimit import MAX_RETRY_AFTER, RateLimiter

_CHARSET = re.compile(r"""(?i);\s*charset\s*=\s*["']?([^\s;"']+)""")


@dataclass(frozen=True)
class Response:
    """An accepted answer (2xx).

    :param status: HTTP status code
    :param headers: names in lower case
    :param body: decoded, or None when the answer was empty
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


def charset(content_type: str | None) -> str:
    """The charset of a ``Content-Type`` header; empty when it says none."""
    found = _CHARSET.search((content_type or "")[:1000])
    return found[1] if found else ""


class HttpClient:
    """Calls of one account on one service, with everything a polite client needs.

    The transport sees to deadlines, sizes, repetition of idempotent calls and secrets
    (``remote_transport``); here are the account's rate limit, its authentication, the
    format of messages, and errors in the classes of :mod:`.errors`. Redirects are not
    followed: an API that redirects would receive the token at an address nobody
    configured.

    :param base_url: scheme and host, no trailing slash needed
    :param limiter: shared limiter of the account, or None
    :param codec: format of the messages; JSON when None
    :param auth: how calls authenticate; not at all when None
    :param timeout: seconds to connect, seconds to wait for data
    :param secrets: values never to appear in logs and errors
    :param patterns: what the service's tokens look like, for the same reason
    :param max_body: most bytes of an answer
    :param max_seconds: most seconds that one call may take, its repetitions included
    """

    def __init__(
        self,
        base_url: str,
        *,
        limiter: RateLimiter | None = None,
        codec: Codec | None = None,
        auth: Auth | None = None,
        timeout: tuple[float, float] = (5.0, 30.0),
        secrets: Iterable[str | None] = (),
        patterns: Iterable[re.Pattern[str]] = (),
        max_body: int = MAX_BYTES,
        max_seconds: float = 60.0,
        retries: int = 2,
        patience: float = 20.0,
    ):
        self.base_url = base_url.rstrip("/")
        self.limiter = limiter
        self.codec = codec or JsonCodec()
        self.auth = auth or Auth()
        self.patience = patience
        self.calls = 0
        self._counting = threading.Lock()
        #: Takes secrets out of a text.
        self.redact = Redactor(secrets, patterns)
        self.session = BoundedSession(
            max_seconds,
            max_body,
            timeout=timeout,
            retries=retries,
            repeatable=IDEMPOTENT,
            compressed=True,
            trust_env=False,
            redact=self.redact,
        )

    def take_calls(self) -> int:
        """Calls made since this was last asked."""
        with self._counting:
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
        body: Any = None,
        form: Mapping[str, Any] | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        authenticated: bool = True,
    ) -> Response:
        """Make one call and give back an accepted answer.

        After a 401 once more, if there is something else to authenticate with: a 401
        means that nothing was carried out, so any method may be repeated.

        :param path: begins with a slash; relative to the base URL
        :param body: what the codec encodes
        :param form: fields of an HTML form, or its encoded text, in place of a body
        :raises Retryable: network fault, 429, 5xx, cut or unreadable answer
        :raises AuthRequired: 401
        :raises Rejected: any other refusal; ``code`` is ``http_<status>``
        """
        options: dict[str, Any] = {"params": params, "data": form}
        sent = {"Accept": self.codec.accept}
        if body is not None:
            options["data"] = self.codec.encode(body)
            sent["Content-Type"] = self.codec.content_type
        sent.update(headers or {})
        credential = self.auth.get() if authenticated else None
        if credential is None:
            return self._call(method, path, sent, options)
        try:
            return self._call(method, path, self._sign(sent, credential), options)
        except AuthRequired:
            credential = self.auth.get(credential)
            if credential is None:
                raise
        return self._call(method, path, self._sign(sent, credential), options)

    def _sign(self, headers: Mapping[str, str], credential: str) -> dict[str, str]:
        self.redact.learn(self.auth.get_secrets(credential))
        return {**headers, **self.auth.get_headers(credential)}

    def _call(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        options: Mapping[str, Any],
    ) -> Response:
        wait = self.limiter.acquire(self.patience) if self.limiter else 0.0
        if wait:
            raise Retryable("the account's own rate limit is reached", wait)
        with self._counting:
            self.calls += 1
        began = self.limiter.now() if self.limiter else 0.0
        try:
            got = self.session.exchange(
                method, self.base_url + path, headers=headers, **options
            )
        except TooLarge:
            raise Rejected("response_too_large", limit=self.session.max_bytes) from None
        except TransportError as error:
            raise Retryable(self._describe(method, path, error)) from None
        response = Response(got.status, got.headers, None, got.content)
        return self._read(method, path, response, began)

    def _read(self, method: str, path: str, got: Response, began: float) -> Response:
        after = retry_after(got.headers.get("retry-after"))
        if got.status == 429:
            if self.limiter:
                self.limiter.throttled(after, began)
            text = self._describe(method, path, "429 too many requests")
            raise Retryable(text, after)
        if got.status >= 500:
            raise self._failure(method, path, got, after)
        if not 200 <= got.status < 300:
            raise self._refusal(method, path, got)
        if self.limiter:
            self.limiter.succeeded()
        body = self._decode(method, path, got) if got.raw.strip() else None
        return replace(got, body=body)

    def _decode(self, method: str, path: str, got: Response) -> Any:
        try:
            return self.codec.decode(got.raw, charset(got.headers.get("content-type")))
        except ValueError:
            # A cut answer and a proxy's error page look alike; both pass.
            said = f"the answer is not {self.codec.name}"
            raise Retryable(self._describe(method, path, said)) from None

    def _refusal(self, method: str, path: str, got: Response) -> Exception:
        """The error of a 3xx or 4xx answer; providers refine it."""
        text = self._quote(method, path, got)
        if got.status == 401:
            return AuthRequired(text)
        return Rejected(f"http_{got.status}", message=text, status=got.status)

    def _failure(
        self, method: str, path: str, got: Response, after: float | None
    ) -> Exception:
        """The error of a 5xx answer; providers refine it: SOAP words every refusal as
        a fault with 500, for instance.

        :param after: seconds that the service asked to wait
        """
        return Retryable(self._quote(method, path, got), after)

    def _quote(self, method: str, path: str, got: Response) -> str:
        """What the service answered to a call, in one line without secrets."""
        said = got.raw[:8192].decode("utf-8", errors="replace")
        return self._describe(method, path, f"{got.status} {said}")

    def _describe(self, method: str, path: str, said: object) -> str:
        """What came of a call, in one line without secrets."""
        # Redact before cutting: half a secret would not be recognised.
        return self.redact(f"{method} {path}: {said}").strip()[:600]

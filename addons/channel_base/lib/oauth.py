"""OAuth 2: page of the authorisation, exchange of its code, renewal. No Odoo in it.

Source: RFC 6749 §4.1 (authorisation code), §5 (answers and errors), §6 (renewal);
RFC 7636 §4 (PKCE).

Many services give refresh tokens that work **once**, and the answer carries the
successor. Who calls :meth:`TokenClient.refresh` therefore holds a lock over the
account, and commits the answer before anything uses it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard
from urllib.parse import quote_plus, urlencode

from .auth import Basic
from .errors import AuthRequired, Rejected, Retryable
from .http import HttpClient, Response
from .text import identifier

TOKEN_PATH = "/oauth/token"
# Seconds: ten years. A date beyond the year 9999 does not exist.
MAX_LIFETIME = 10 * 365 * 24 * 3600
UNCERTAIN = (
    "the answer to a token request was unusable; if it had renewed the token, the next "
    "try is refused and the account has to be connected again"
)


def pkce_verifier() -> str:
    """A fresh code verifier: 86 characters, 512 bits (RFC 7636 §4.1)."""
    return secrets.token_urlsafe(64)


def pkce_challenge(verifier: str) -> str:
    """The S256 challenge of a verifier (RFC 7636 §4.2)."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def fresh_state() -> str:
    """A state that nobody guesses: 43 characters, 256 bits (RFC 6749 §10.12)."""
    return secrets.token_urlsafe(32)


def authorization_url(
    page: str,
    client_id: str,
    redirect_uri: str,
    state: str,
    challenge: str,
    more: Mapping[str, str] | None = None,
) -> str:
    """Where the account's owner grants access.

    Always with PKCE: an application may demand it, and who does not know it ignores it.

    :param page: address of the page, without a query
    :param redirect_uri: exactly the registered one; what varies goes into ``state``
    :param state: checked by the caller when the browser comes back; the service
        only echoes it
    :param more: further parameters that the service wants, such as ``scope``
    """
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **(more or {}),
    }
    return f"{page}?{urlencode(query)}"


@dataclass(frozen=True)
class TokenSet:
    """What a token endpoint gives.

    :param refresh_token: "" when the service gives none: the access token cannot be
        renewed, or, after a renewal, the former refresh token stays in force
    :param expires_in: seconds that the access token lives, see :func:`lifetime`; 0
        when it does not end by itself
    :param account_id: the account that granted, where the answer tells it
    :param scope: granted scopes separated by spaces
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(default="", repr=False)
    expires_in: int = 0
    account_id: str = ""
    scope: str = ""

    def values(self) -> dict[str, Any]:
        """What a credential keeps of it."""
        return {
            "access_token": self.access_token,
            "refresh_token": self.refresh_token,
            "expires_in": self.expires_in,
        }


class TokenClient:
    """The token endpoint of one application.

    POST is never repeated once it may have arrived. A provider whose service says
    things in its own way overrides the attributes, :meth:`_error_word` or
    :meth:`_token_set`.

    :param base_url: scheme and host of the endpoint
    :param timeout: seconds to connect, seconds to wait for data
    """

    path = TOKEN_PATH
    # Errors after which a person has to connect again, or to mend the application
    fatal = frozenset({"invalid_grant", "invalid_client", "unauthorized_client"})
    # Errors that pass by themselves
    passing = frozenset({"temporarily_unavailable"})
    # Whether the application says who it is by HTTP Basic (RFC 6749 §2.3.1), not by
    # fields of the form
    basic = False
    # The field of the answer that names the account
    account_field = ""
    # What the service's tokens look like, wherever an answer quotes one
    patterns: tuple[re.Pattern[str], ...] = ()

    def __init__(
        self,
        base_url: str,
        client_id: str,
        client_secret: str,
        timeout: tuple[float, float] = (5.0, 30.0),
    ):
        self._base_url = base_url
        self._client_id = client_id
        self._client_secret = client_secret
        self._timeout = timeout

    def exchange(self, code: str, redirect_uri: str, verifier: str) -> TokenSet:
        """Trade the code of the redirect (valid for minutes, once) for tokens.

        :raises AuthRequired: the code or the application is refused
        :raises Retryable: network, 429, 5xx, unusable answer
        :raises Rejected: ``oauth_refused`` for any other refusal
        """
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        return self._tokens(form, (code, verifier))

    def refresh(self, refresh_token: str) -> TokenSet:
        """Trade a refresh token for new tokens; the old one may then be void.

        A ``Retryable`` does not tell whether the request was carried out (a cut
        answer): try again with the same token, and if it was, ``AuthRequired``
        follows.

        :raises AuthRequired: the token is spent, revoked or too old
        :raises Retryable: network, 429, 5xx, unusable answer
        :raises Rejected: as :meth:`exchange`
        """
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return self._tokens(form, (refresh_token,))

    def _tokens(self, form: dict[str, str], hidden: tuple[str, ...]) -> TokenSet:
        keys = {"client_id": self._client_id, "client_secret": self._client_secret}
        # The RFC wants both encoded like a form first.
        auth = Basic(*map(quote_plus, keys.values())) if self.basic else None
        http = _TokenHttp(
            self._base_url,
            auth=auth,
            timeout=self._timeout,
            secrets=(self._client_secret, *hidden),
            patterns=self.patterns,
            max_body=65536,
        )
        http.refuse = self._refuse
        sent = form if self.basic else {**keys, **form}
        try:
            answer = http.request("POST", self.path, form=sent)
        except Rejected as error:
            if error.code == "response_too_large":
                raise Retryable(UNCERTAIN) from None
            raise
        finally:
            http.session.close()
        return self._token_set(answer.body)

    def _refuse(self, http: HttpClient, got: Response, text: str) -> Exception:
        error = self._error_word(got.raw)
        word = error.lower()
        if word in self.passing:
            return Retryable(text)
        # A 403 that says nothing may come from something in between.
        if word in self.fatal or got.status == 401:
            return AuthRequired(text)
        return Rejected(
            "oauth_refused",
            message=text,
            status=got.status,
            error=http.redact(error)[:64],
        )

    def _error_word(self, raw: bytes) -> str:
        """The error that a refusal names; maybe empty."""
        return error_word(raw, ("error",))

    def _token_set(self, body: Any) -> TokenSet:
        """:raises Retryable: it cannot be used"""
        if not isinstance(body, dict):
            raise Retryable(UNCERTAIN)
        access, renewal = body.get("access_token"), body.get("refresh_token")
        # The former token may be spent by now: whatever else is odd, this one works.
        if not is_token(access):
            raise Retryable(UNCERTAIN)
        scope = body.get("scope")
        return TokenSet(
            access,
            renewal if is_token(renewal) else "",
            lifetime(body.get("expires_in")),
            _account(body.get(self.account_field)),
            scope if isinstance(scope, str) else "",
        )


class _TokenHttp(HttpClient):
    refuse: Callable[[HttpClient, Response, str], Exception]

    def _refusal(self, method: str, path: str, got: Response) -> Exception:
        return self.refuse(self, got, self._quote(method, path, got))


def error_word(raw: bytes, keys: tuple[str, ...]) -> str:
    """The first text under one of the keys of a JSON body; empty without any."""
    try:
        body = json.loads(raw[:65536])
    except (ValueError, RecursionError):
        return ""
    if not isinstance(body, dict):
        return ""
    for key in keys:
        value = body.get(key)
        if isinstance(value, str) and value:
            return value.strip()
    return ""


def is_token(value: Any) -> TypeGuard[str]:
    """Whether a value may travel as a token."""
    # What goes into a header is printable ASCII, or a line break could add one.
    return (
        isinstance(value, str)
        and 0 < len(value) <= 4096
        and value.isascii()
        and value.isprintable()
    )


def _account(value: Any) -> str:
    try:
        return identifier(value, "account")
    except Rejected:
        return ""


def lifetime(value: Any) -> int:
    """Seconds that a token lives, ten years at most.

    :param value: ``expires_in``, also as text or with a fraction
    :return: 0 for a token that does not end by itself; whatever cannot be read is read
        so too, since a token that has ended is refused and then renewed
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return 0
    try:
        seconds = float(value)
    except (ValueError, OverflowError):
        return MAX_LIFETIME if isinstance(value, int) and value > 0 else 0
    # NaN is neither.
    return int(min(seconds, MAX_LIFETIME)) if seconds > 0 else 0


def whole(value: Any) -> int:
    """A positive whole number, also when written as text; 0 otherwise."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:20])
    if isinstance(value, bool) or not isinstance(value, int):
        return 0
    return value if 0 < value < 10**19 else 0

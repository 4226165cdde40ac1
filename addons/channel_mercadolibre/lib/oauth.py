"""OAuth 2 of MercadoLibre: authorization page, code exchange, renewal.

Source: developers.mercadolibre.com, "Authentication and authorization" (server side
flow, PKCE, refresh token, error codes) and RFC 7636 §4 (PKCE).

A refresh token works **once** and the answer carries its successor. Who calls
:meth:`OAuthClient.refresh` therefore holds a lock over the account, and commits the
answer before anything uses it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any, TypeGuard
from urllib.parse import urlencode

from odoo.addons.channel_base.lib.errors import AuthRequired, Rejected, Retryable
from odoo.addons.channel_base.lib.http import HttpClient, Response

from .secrets import TOKEN_PATTERNS

TOKEN_PATH = "/oauth/token"
# A person has to connect again, or to mend the application.
_FATAL = frozenset(
    {
        "invalid_grant",
        "invalid_client",
        "unauthorized_client",
        "unauthorized_application",
        "invalid_operator_user_id",
        "forbidden",
    }
)
_UNCERTAIN = (
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


def authorization_url(
    auth_base: str, client_id: str, redirect_uri: str, state: str, challenge: str
) -> str:
    """Where the account owner grants access.

    Always with PKCE: an application may demand it, and none refuses it.

    :param auth_base: scheme and host (:attr:`.sites.Site.auth_base`)
    :param redirect_uri: exactly the registered one; what varies goes into ``state``
    :param state: checked by the caller when the browser comes back; the service
        only echoes it
    """
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return f"{auth_base.rstrip('/')}/authorization?{urlencode(query)}"


@dataclass(frozen=True)
class TokenSet:
    """A pair of tokens.

    :param expires_in: seconds the access token lives, as the service says (it differs
        between sites; never a constant)
    :param user_id: the account that granted; ids exceed 32 bits, hence text
    :param scope: granted scopes separated by spaces
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in: int
    user_id: str
    scope: str


class _TokenHttp(HttpClient):
    """The token endpoint. POST is never repeated once it may have arrived."""

    def _refusal(self, method: str, path: str, got: Response) -> Exception:
        error = _error_word(got.raw)
        word = error.lower()
        said = got.raw[:8192].decode("utf-8", errors="replace")
        text = self._describe(method, path, f"{got.status} {said}")
        if word == "local_rate_limited":
            return Retryable(text)
        # A 403 that says nothing may come from something in between.
        if word in _FATAL or got.status == 401:
            return AuthRequired(text)
        return Rejected(
            "oauth_refused",
            message=text,
            status=got.status,
            error=self.redact(error)[:64],
        )


def _error_word(raw: bytes) -> str:
    """The ``error`` of an error body, whose keys are not uniform."""
    try:
        body = json.loads(raw[:65536])
    except (ValueError, RecursionError):
        return ""
    if not isinstance(body, dict):
        return ""
    for key in ("error", "code", "message"):
        value = body.get(key)
        if isinstance(value, str) and value:
            return value.strip()
    return ""


class OAuthClient:
    """The token endpoint of one application.

    :param api_base: scheme and host of the API
    :param timeout: seconds to connect, seconds to wait for data
    """

    def __init__(
        self,
        api_base: str,
        client_id: str,
        client_secret: str,
        timeout: tuple[float, float] = (5.0, 30.0),
    ):
        self._api_base = api_base
        self._client_id = client_id
        self._client_secret = client_secret
        self._timeout = timeout

    def exchange(self, code: str, redirect_uri: str, verifier: str) -> TokenSet:
        """Trade the code of the redirect (valid 10 minutes, once) for tokens.

        :raises AuthRequired: the code or the application is refused
        :raises Retryable: network, 429, 5xx, unusable answer
        :raises Rejected: ``no_offline_access`` when the application may not renew by
            itself; ``oauth_refused`` for any other refusal
        """
        return self._tokens(
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": redirect_uri,
                "code_verifier": verifier,
            },
            (code, verifier),
        )

    def refresh(self, refresh_token: str) -> TokenSet:
        """Trade the last refresh token for a new pair; the old one is then void.

        A ``Retryable`` does not tell whether the request was carried out (a cut
        answer): try again with the same token, and if it was, ``AuthRequired``
        follows.

        :raises AuthRequired: the token is spent, revoked or six months old
        :raises Retryable: network, 429, 5xx, unusable answer
        :raises Rejected: as :meth:`exchange`
        """
        return self._tokens(
            {"grant_type": "refresh_token", "refresh_token": refresh_token},
            (refresh_token,),
        )

    def _tokens(self, form: dict[str, str], hidden: tuple[str, ...]) -> TokenSet:
        http = _TokenHttp(
            self._api_base,
            timeout=self._timeout,
            secrets=(self._client_secret, *hidden),
            patterns=TOKEN_PATTERNS,
            max_body=65536,
        )
        sent = {
            "client_id": self._client_id,
            "client_secret": self._client_secret,
            **form,
        }
        try:
            answer = http.request("POST", TOKEN_PATH, form=sent, authenticated=False)
        except Rejected as error:
            if error.code == "response_too_large":
                raise Retryable(_UNCERTAIN) from None
            raise
        finally:
            http.session.close()
        return _token_set(answer.body)


def _token_set(body: Any) -> TokenSet:
    if not isinstance(body, dict):
        raise Retryable(_UNCERTAIN)
    access, renewal = body.get("access_token"), body.get("refresh_token")
    scope = body.get("scope") or ""
    expires, user = _whole(body.get("expires_in")), _whole(body.get("user_id"))
    if not _is_token(access) or not isinstance(scope, str) or not expires or not user:
        raise Retryable(_UNCERTAIN)
    if not _is_token(renewal):
        if renewal or "offline_access" in scope.split():
            raise Retryable(_UNCERTAIN)
        raise Rejected(
            "no_offline_access",
            "scope",
            "the application lacks the offline_access scope",
        )
    return TokenSet(access, renewal, expires, str(user), scope)


def _is_token(value: Any) -> TypeGuard[str]:
    # What goes into a header is printable ASCII, or a line break could add one.
    return (
        isinstance(value, str)
        and 0 < len(value) <= 4096
        and value.isascii()
        and value.isprintable()
    )


def _whole(value: Any) -> int:
    """A positive whole number, also when written as text; 0 otherwise."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:20])
    if isinstance(value, bool) or not isinstance(value, int):
        return 0
    return value if 0 < value < 10**19 else 0

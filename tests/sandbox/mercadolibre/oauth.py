"""Grants and tokens: who may call the fake, and until when.

Source: MercadoLibre developers, Authentication and authorization.
"""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from ..clock import Clock
from .accounts import App

DAY = 86400.0
CODE_LIFE = 600.0
REFRESH_LIFE = 182 * DAY
IDLE_LIFE = 120 * DAY
_INVALID_GRANT = (
    "Error validating grant. Your authorization code or refresh token may be expired "
    "or it was already used"
)


class OAuthError(Exception):
    """A refusal of the token endpoint: ``code``, text and HTTP status."""

    def __init__(self, code: str, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.status = status

    def body(self) -> dict[str, Any]:
        """``{error_description, error, status, cause}``."""
        return {
            "error_description": self.text,
            "error": self.code,
            "status": self.status,
            "cause": [],
        }


class TokenRefused(Exception):
    """An API call with a bad access token; ``reason`` is unknown or expired."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass
class Code:
    """An authorization code, valid for ten minutes and for one use."""

    client_id: str
    redirect_uri: str
    user_id: int
    challenge: str | None
    method: str | None
    expires: float
    used: bool = False


@dataclass
class Grant:
    """What a user allowed one application; ``refresh`` is the only valid token."""

    client_id: str
    user_id: int
    refresh: str | None
    refreshed: float
    last_call: float
    revoked: bool = False


@dataclass
class Access:
    """An access token."""

    client_id: str
    user_id: int
    expires: float


def challenge_matches(challenge: str, method: str | None, verifier: str) -> bool:
    """Whether a PKCE verifier is the one a challenge was made from (RFC 7636)."""
    if method == "S256":
        digest = hashlib.sha256(verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == challenge
    return verifier == challenge


class Authority:
    """Keeps codes, grants and tokens. Every public method is atomic."""

    def __init__(
        self,
        seed: int,
        clock: Clock,
        apps: list[App],
        lock: threading.RLock,
        event: Callable[[str], None],
    ) -> None:
        self.apps = {app.client_id: app for app in apps}
        self.expires_in = 21600
        self._seed = seed
        self._clock = clock
        self._lock = lock
        self._event = event
        self._count = 0
        self._codes: dict[str, Code] = {}
        self._grants: dict[tuple[str, int], Grant] = {}
        self._refresh: dict[str, tuple[str, int]] = {}
        self._access: dict[str, Access] = {}

    def _secret(self, length: int) -> str:
        self._count += 1
        text = f"token {self._seed} {self._count}"
        return hashlib.sha256(text.encode()).hexdigest()[:length]

    def issue_code(
        self,
        client_id: str,
        redirect_uri: str,
        user_id: int,
        challenge: str | None,
        method: str | None,
    ) -> str:
        """A fresh code for a user who allowed the application."""
        with self._lock:
            code = f"TG-{self._secret(24)}-{user_id}"
            expires = self._clock.timestamp() + CODE_LIFE
            self._codes[code] = Code(
                client_id, redirect_uri, user_id, challenge, method, expires
            )
        return code

    def token(self, form: dict[str, str]) -> dict[str, Any]:
        """Answer of the token endpoint to a form; raises :class:`OAuthError`."""
        with self._lock:
            app = self.apps.get(form.get("client_id", ""))
            if app is None or form.get("client_secret") != app.client_secret:
                raise OAuthError("invalid_client", "invalid client_id or client_secret")
            kind = form.get("grant_type")
            if not kind:
                raise OAuthError("invalid_request", "grant_type is required")
            if kind == "authorization_code":
                return self._exchange(app, form)
            if kind == "refresh_token":
                return self._renew(app, form)
            raise OAuthError("unsupported_grant_type", f"{kind} is not supported")

    def _exchange(self, app: App, form: dict[str, str]) -> dict[str, Any]:
        for name in ("code", "redirect_uri"):
            if not form.get(name):
                raise OAuthError("invalid_request", f"{name} is required")
        code = self._codes.get(form["code"])
        if code is not None and code.used:
            self._event("code_reuse_refused")
        if (
            code is None
            or code.used
            or code.client_id != app.client_id
            or code.redirect_uri != form["redirect_uri"]
            or code.expires <= self._clock.timestamp()
        ):
            raise OAuthError("invalid_grant", _INVALID_GRANT)
        if code.challenge is not None:
            verifier = form.get("code_verifier")
            if not verifier:
                raise OAuthError("invalid_request", "code_verifier is required")
            if not challenge_matches(code.challenge, code.method, verifier):
                self._event("pkce_refused")
                raise OAuthError("invalid_grant", _INVALID_GRANT)
        code.used = True
        self._event("codes_exchanged")
        return self._pair(app, code.user_id)

    def _renew(self, app: App, form: dict[str, str]) -> dict[str, Any]:
        token = form.get("refresh_token")
        if not token:
            raise OAuthError("invalid_request", "refresh_token is required")
        owner = self._refresh.get(token)
        grant = self._grants.get(owner) if owner else None
        if grant is None or grant.client_id != app.client_id:
            self._event("unknown_refresh_refused")
            raise OAuthError("invalid_grant", _INVALID_GRANT)
        if grant.refresh != token:
            self._event("refresh_reuse_refused")
            raise OAuthError("invalid_grant", _INVALID_GRANT)
        now = self._clock.timestamp()
        too_old = now - grant.refreshed > REFRESH_LIFE
        if grant.revoked or too_old or now - grant.last_call > IDLE_LIFE:
            self._event("dead_grant_refused")
            raise OAuthError("invalid_grant", _INVALID_GRANT)
        self._event("renewals")
        return self._pair(app, grant.user_id)

    def _pair(self, app: App, user_id: int) -> dict[str, Any]:
        now = self._clock.timestamp()
        day = self._clock.now().strftime("%m%d%H")
        access = f"APP_USR-{app.client_id}-{day}-{self._secret(32)}-{user_id}"
        self._access[access] = Access(app.client_id, user_id, now + self.expires_in)
        answer = {
            "access_token": access,
            "token_type": "bearer",
            "expires_in": self.expires_in,
            "scope": app.scopes,
            "user_id": user_id,
        }
        refresh = None
        if "offline_access" in app.scopes.split():
            refresh = f"TG-{self._secret(24)}-{user_id}"
            self._refresh[refresh] = (app.client_id, user_id)
            answer["refresh_token"] = refresh
        grant = Grant(app.client_id, user_id, refresh, now, now)
        self._grants[app.client_id, user_id] = grant
        return answer

    def grant(self, app: App, user_id: int) -> dict[str, Any]:
        """A fresh pair as if the user had just allowed the application."""
        with self._lock:
            return self._pair(app, user_id)

    def caller(self, token: str) -> Access:
        """User and application of an access token; raises :class:`TokenRefused`."""
        with self._lock:
            access = self._access.get(token)
            if access is None:
                raise TokenRefused("unknown")
            grant = self._grants.get((access.client_id, access.user_id))
            now = self._clock.timestamp()
            if grant is None or grant.revoked or now - grant.last_call > IDLE_LIFE:
                raise TokenRefused("unknown")
            if access.expires <= now:
                raise TokenRefused("expired")
            grant.last_call = now
            return access

    def expire(self, user_id: int | None = None) -> int:
        """Make access tokens (of one user, or all) expire now; returns how many."""
        with self._lock:
            now = self._clock.timestamp()
            count = 0
            for access in self._access.values():
                if user_id in (None, access.user_id) and access.expires > now:
                    access.expires = now
                    count += 1
            return count

    def revoke(self, user_id: int | None = None, client_id: str | None = None) -> int:
        """Revoke grants (of one user and one application, or all); returns how many."""
        with self._lock:
            count = 0
            for grant in self._grants.values():
                mine = user_id in (None, grant.user_id)
                if mine and client_id in (None, grant.client_id) and not grant.revoked:
                    grant.revoked = True
                    count += 1
            return count

    def grants(self, client_id: str) -> list[Grant]:
        """Grants in force of an application."""
        with self._lock:
            return [
                grant
                for grant in self._grants.values()
                if grant.client_id == client_id and not grant.revoked
            ]

    def dump(self) -> dict[str, Any]:
        """The whole state as JSON, for :meth:`load`."""
        with self._lock:
            return {
                "count": self._count,
                "apps": [asdict(app) for app in self.apps.values()],
                "codes": {key: asdict(code) for key, code in self._codes.items()},
                "grants": [asdict(grant) for grant in self._grants.values()],
                "refresh": {key: list(own) for key, own in self._refresh.items()},
                "access": {key: asdict(row) for key, row in self._access.items()},
            }

    def load(self, state: dict[str, Any]) -> None:
        """Take over a state written by :meth:`dump`."""
        with self._lock:
            self._count = state["count"]
            self.apps = {row["client_id"]: App(**row) for row in state["apps"]}
            self._codes = {key: Code(**row) for key, row in state["codes"].items()}
            grants = [Grant(**row) for row in state["grants"]]
            self._grants = {(grant.client_id, grant.user_id): grant for grant in grants}
            self._refresh = {
                key: (own[0], own[1]) for key, own in state["refresh"].items()
            }
            self._access = {key: Access(**row) for key, row in state["access"].items()}

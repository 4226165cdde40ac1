"""Ways in which a call says whose it is."""

from __future__ import annotations

import base64
from collections.abc import Callable


class Auth:
    """How calls authenticate; this one does not."""

    def get(self, refused: str | None = None) -> str | None:
        """What authenticates the next call.

        :param refused: what the service has just answered with 401; then another one,
            or None when there is no other
        :raises AuthRequired: a person has to connect again
        """
        return None

    def get_headers(self, credential: str) -> dict[str, str]:
        """The headers that carry it."""
        return {}

    def get_secrets(self, credential: str) -> tuple[str, ...]:
        """What must not appear in logs and errors."""
        return (credential,)


class Bearer(Auth):
    """A token in the ``Authorization`` header, renewed once when it is refused.

    :param token: gives the current token when called with None; called with a token
        that was just refused, it gives a renewed one (or raises AuthRequired). It has
        to serialise renewals itself: refresh tokens may work once
    """

    def __init__(self, token: Callable[[str | None], str]):
        self._token = token

    def get(self, refused: str | None = None) -> str | None:
        token = self._token(refused)
        return token if token != refused else None

    def get_headers(self, credential: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {credential}"}


class ApiKey(Auth):
    """A key in a header.

    :param header: its name
    :param scheme: a word before the key, if the service wants one
    """

    def __init__(self, key: str, header: str = "X-Api-Key", scheme: str = ""):
        self._key = key
        self._header = header
        self._scheme = scheme

    def get(self, refused: str | None = None) -> str | None:
        return None if refused else self._key

    def get_headers(self, credential: str) -> dict[str, str]:
        return {self._header: f"{self._scheme} {credential}".strip()}


class Basic(Auth):
    """HTTP Basic (RFC 7617), in UTF-8."""

    def __init__(self, user: str, password: str):
        self._user, self._password = user, password
        self._pair = base64.b64encode(f"{user}:{password}".encode()).decode("ascii")

    def get(self, refused: str | None = None) -> str | None:
        return None if refused else self._pair

    def get_headers(self, credential: str) -> dict[str, str]:
        return {"Authorization": f"Basic {credential}"}

    def get_secrets(self, credential: str) -> tuple[str, ...]:
        # Some services take the key as the name, without a password.
        return (credential, self._user, self._password)

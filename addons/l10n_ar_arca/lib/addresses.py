"""Where ARCA's login is, and which addresses are safe."""

from __future__ import annotations

from urllib.parse import urlsplit

#: Environment → address of the login. Source: ARCA's manuals; its *afip.gov.ar* names
#: go on working.
WSAA_URLS = {
    "production": "https://wsaa.afip.gov.ar/ws/services/LoginCms",
    "homologation": "https://wsaahomo.afip.gov.ar/ws/services/LoginCms",
}
_PLAIN_HOSTS = {"127.0.0.1", "localhost", "sandbox"}


def is_safe(url: str) -> bool:
    """Whether what is sent there is encrypted, or stays on this machine."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if not parts.hostname or parts.username is not None:
        return False
    return parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in _PLAIN_HOSTS
    )

"""Where ARCA's services are."""

from __future__ import annotations

from urllib.parse import urlsplit

#: Environment → field of a certificate → address. Source: ARCA's manuals; its
#: *afip.gov.ar* names go on working.
ADDRESSES = {
    "production": {
        "wsaa_url": "https://wsaa.afip.gov.ar/ws/services/LoginCms",
        "constancia_url": "https://aws.afip.gov.ar/sr-padron/webservices/"
        "personaServiceA5",
        "a13_url": "https://aws.afip.gov.ar/sr-padron/webservices/personaServiceA13",
    },
    "homologation": {
        "wsaa_url": "https://wsaahomo.afip.gov.ar/ws/services/LoginCms",
        "constancia_url": "https://awshomo.afip.gov.ar/sr-padron/webservices/"
        "personaServiceA5",
        "a13_url": "https://awshomo.afip.gov.ar/sr-padron/webservices/"
        "personaServiceA13",
    },
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

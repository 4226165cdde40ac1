"""What ARCA's login says, and a wire that answers what a test wants."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from io import BytesIO

import requests
from requests.adapters import BaseAdapter

from odoo.addons.remote_transport.lib.transport import BoundedSession

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
#: Fault of a login → code of our error, and whether it is asked again by itself.
LOGIN_ERRORS = {
    "coe.alreadyAuthenticated": ("ticket_elsewhere", True),
    "coe.notAuthorized": ("not_authorised", False),
    "cms.bad": ("login_refused", False),
    "cms.bad.base64": ("login_refused", False),
    "cms.cert.notFound": ("login_refused", False),
    "cms.sign.invalid": ("login_refused", False),
    "cms.cert.expired": ("certificate_expired", False),
    "cms.cert.invalid": ("certificate_not_yet", False),
    "cms.cert.untrusted": ("certificate_untrusted", False),
    "xml.bad": ("login_refused", False),
    "xml.source.invalid": ("login_refused", False),
    "xml.destination.invalid": ("login_refused", False),
    "xml.version.notSupported": ("login_refused", False),
    "xml.generationTime.invalid": ("clock", False),
    "xml.expirationTime.expired": ("clock", False),
    "xml.expirationTime.invalid": ("clock", False),
    "wsn.unavailable": ("unavailable", True),
    "wsn.notFound": ("service_unknown", False),
    "wsaa.unavailable": ("unavailable", True),
    "wsaa.internalError": ("unavailable", True),
}


def block(name: str, *inner: str) -> str:
    """An element with content."""
    return f"<{name}>{''.join(inner)}</{name}>"


def envelope(content: str) -> str:
    """A SOAP answer."""
    return (
        f'<soap:Envelope xmlns:soap="{SOAP}"><soap:Body>{content}</soap:Body>'
        "</soap:Envelope>"
    )


def fault(code: str, message: str) -> tuple[int, str]:
    """A SOAP fault as CXF and Axis send it: with status 500."""
    return 500, envelope(
        f"<soap:Fault><faultcode>{code}</faultcode>"
        f"<faultstring>{escape(message)}</faultstring></soap:Fault>"
    )


Answer = Callable[[requests.PreparedRequest], "tuple[int, str | bytes]"]


class Wire(BaseAdapter):
    """Answers requests in place of a network."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self._answer = answer
        self.bodies: list[str] = []

    def send(self, request, **_options):  # type: ignore[no-untyped-def]
        sent = request.body
        self.bodies.append(sent if isinstance(sent, str) else sent.decode())
        status, content = self._answer(request)
        response = requests.Response()
        response.status_code = status
        response.raw = BytesIO(
            content.encode() if isinstance(content, str) else content
        )
        response.url, response.request = request.url, request
        return response

    def close(self) -> None:
        """Nothing is open."""

    def session(self) -> BoundedSession:
        """A session on this wire."""
        session = BoundedSession()
        session.mount("https://", self)
        return session

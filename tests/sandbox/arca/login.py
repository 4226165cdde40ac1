"""The login service (WSAA).

Source: WSAA technical specification; the order of the checks is the one that was seen
with wrong messages, from the schema on a likely one.
"""

from __future__ import annotations

import base64
import binascii
import threading
from collections.abc import Callable
from datetime import datetime

from cryptography import x509

from ..clock import Clock
from ..http import Request, Response
from . import soap
from .certificates import SERVICES, Authority, Rights, distinguished_name
from .cms import open_signed
from .faults import LoginRefused
from .settings import Settings
from .tickets import LIFETIME, Mint, check_request, read_request


class Login:
    """Answers logins; remembers when each certificate's last ticket was issued."""

    def __init__(
        self,
        authority: Authority,
        mint: Mint,
        clock: Clock,
        settings: Settings,
        changed: Callable[[], None],
    ) -> None:
        self._authority = authority
        self._mint = mint
        self._clock = clock
        self._settings = settings
        self._changed = changed
        self._lock = threading.Lock()
        #: Subject and service to epoch seconds.
        self.issued: dict[str, float] = {}

    def answer(self, request: Request) -> Response:
        """``/ws/services/LoginCms``"""
        if "soapaction" not in request.headers:
            return soap.axis_fault("ns1:Client.NoSOAPAction", "no SOAPAction header!")
        try:
            call = soap.read_call(request.body)
        except ValueError as error:
            text = f"org.xml.sax.SAXParseException; {error}"
            return soap.axis_fault("soapenv:Server.userException", text)
        message = call.text("in0")
        if call.operation != "loginCms" or message is None:
            text = "javax.ejb.EJBException: java.lang.NullPointerException"
            return soap.axis_fault("soapenv:Server.userException", text, call.version)
        try:
            ticket = self._login(message)
        except LoginRefused as refused:
            return soap.login_fault(refused, call.version)
        self._changed()
        return soap.login_answer(call, ticket)

    def _login(self, message: str) -> str:
        if self._settings.login_fault is not None:
            raise LoginRefused(self._settings.login_fault)
        data = _decoded(message)
        opened = open_signed(data)
        now = self._clock.now()
        self._check_certificate(opened.certificate, now)
        request = read_request(opened.content)
        rights = self._authority.rights_of(opened.certificate)
        subject = distinguished_name(opened.certificate.subject)
        check_request(request, subject, now)
        if request.service not in SERVICES:
            raise LoginRefused("wsn.notFound")
        if request.service not in rights.services:
            raise LoginRefused("coe.notAuthorized")
        self._check_retention(rights, request.service, now)
        return self._mint.ticket(request.service, rights, now)

    def _check_certificate(self, certificate: x509.Certificate, now: datetime) -> None:
        if certificate.not_valid_before_utc > now:
            raise LoginRefused("cms.cert.invalid")
        if certificate.not_valid_after_utc < now:
            raise LoginRefused("cms.cert.expired")
        if not self._authority.trusts(certificate):
            raise LoginRefused("cms.cert.untrusted")

    def _check_retention(self, rights: Rights, service: str, now: datetime) -> None:
        """Refuse while the last ticket is young, else note that there is a new one."""
        key, moment = f"{rights.subject}|{service}", now.timestamp()
        seconds = min(self._settings.retention_seconds, LIFETIME.total_seconds())
        with self._lock:
            if moment < self.issued.get(key, 0) + seconds:
                raise LoginRefused("coe.alreadyAuthenticated")
            self.issued[key] = moment


def _decoded(message: str) -> bytes:
    """The bytes of a message in base64, whose lines may be broken."""
    try:
        data = base64.b64decode("".join(message.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise LoginRefused("cms.bad.base64") from error
    if not data:
        raise LoginRefused("cms.bad.base64")
    return data

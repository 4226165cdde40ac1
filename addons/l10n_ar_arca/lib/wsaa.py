"""WSAA: an access ticket for a service of ARCA.

Source: ARCA, *Especificación técnica del WebService de Autenticación y Autorización*
(WSAA), and its developer's manual.
"""

from __future__ import annotations

import base64
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs7
from lxml import etree

from odoo.addons.remote_transport.lib.transport import BoundedSession
from odoo.addons.remote_transport.lib.xml import Element, children, find

from .certificate import load_certificate, load_key
from .errors import ArcaError, Choked
from .soap import Fault, Service
from .xml import parse, text

ARGENTINA = timezone(timedelta(hours=-3))
#: Both ends of the request's window; ARCA refuses what its clock calls the future.
WINDOW = timedelta(minutes=10)
_WSDL = Path(__file__).parent / "wsdl" / "wsaa.wsdl"
_BINDING = "{urn:wsaa}Binding"

#: Fault → what it means here, and whether it passes by itself.
_FAULTS = {
    "coe.alreadyAuthenticated": ("ticket_elsewhere", True),
    "coe.notAuthorized": ("not_authorised", False),
    "cms.cert.expired": ("certificate_expired", False),
    "cms.cert.invalid": ("certificate_not_yet", False),
    "cms.cert.untrusted": ("certificate_untrusted", False),
    "wsn.notFound": ("service_unknown", False),
    "wsn.unavailable": ("unavailable", True),
    "wsaa.unavailable": ("unavailable", True),
    "wsaa.internalError": ("unavailable", True),
    "xml.generationTime.invalid": ("clock", False),
    "xml.expirationTime.expired": ("clock", False),
    "xml.expirationTime.invalid": ("clock", False),
}
#: Beginnings of the codes of trouble that is not the request's: WSAA's own, and what
#: SOAP 1.1 lets a server say before WSAA is reached.
_TROUBLE = ("wsaa.", "Server")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)")


@dataclass(frozen=True)
class Ticket:
    """An access ticket (*TA*).

    :param expires_at: naive UTC
    """

    token: str
    sign: str
    expires_at: datetime


def make_request(service: str, now: datetime) -> bytes:
    """The ticket request (*TRA*) for a service.

    The window is 10 minutes to both sides, with its time zone spelled out: ARCA takes
    a moment that its clock calls the future for invalid.

    :param now: with time zone
    """
    local = now.astimezone(ARGENTINA).replace(microsecond=0)
    request = etree.Element("loginTicketRequest", version="1.0")
    header = etree.SubElement(request, "header")
    for name, value in (
        # An unsigned integer of 32 bits.
        ("uniqueId", str(secrets.randbelow(2**32 - 1) + 1)),
        ("generationTime", (local - WINDOW).isoformat()),
        ("expirationTime", (local + WINDOW).isoformat()),
    ):
        etree.SubElement(header, name).text = value
    etree.SubElement(request, "service").text = service
    return etree.tostring(request, xml_declaration=True, encoding="UTF-8")


def sign_request(request: bytes, key_pem: str, certificate_pem: str) -> str:
    """The request as base64 CMS with its content and the signer's certificate.

    :raises ArcaError: ``key_unreadable`` or ``certificate_unreadable``
    """
    builder = pkcs7.PKCS7SignatureBuilder().set_data(request)
    signer = builder.add_signer(
        load_certificate(certificate_pem), load_key(key_pem), hashes.SHA256()
    )
    # Binary: without it line ends would be rewritten.
    signed = signer.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])
    return base64.b64encode(signed).decode()


def login(
    url: str,
    session: BoundedSession,
    service: str,
    key_pem: str,
    certificate_pem: str,
    now: datetime,
) -> Ticket:
    """Ask WSAA for a ticket.

    :param url: address of ``LoginCms``
    :param now: with time zone
    :raises ArcaError: see :data:`_FAULTS`; ``login_refused`` for the other faults.
        Only what is retryable may be asked again before somebody mended the cause.
    """
    wsaa = Service(_WSDL, _BINDING, url, session)
    request = sign_request(make_request(service, now), key_pem, certificate_pem)
    try:
        return _read_answer(wsaa.call("loginCms", in0=request))
    except Fault as fault:
        trouble = fault.code.startswith(_TROUBLE)
        other = ("unavailable", True) if trouble else ("login_refused", False)
        code, retryable = _FAULTS.get(fault.code, other)
        raise ArcaError(
            code, retryable=retryable, detail=f"{fault.code}: {fault.message}"
        ) from fault
    except Choked as error:
        # Whatever is asked with the ticket has nothing to do with it.
        raise ArcaError(error.code, retryable=True, detail=error.detail) from error


def _read_answer(body: Element) -> Ticket:
    returned = find(body, "loginCmsReturn")
    if returned is None:
        raise ArcaError("answer_unreadable", retryable=True, detail="no ticket")
    return read_ticket("".join(str(part) for part in returned.itertext()))


def read_ticket(content: str) -> Ticket:
    """The ticket of a ``loginTicketResponse``.

    :raises ArcaError: ``answer_unreadable``
    """
    root = parse(content.strip().encode())
    token, sign = find(root, "token"), find(root, "sign")
    if token is None or sign is None or not token.text or not sign.text:
        raise ArcaError("answer_unreadable", retryable=True, detail="no ticket")
    return Ticket(
        token=token.text.strip(),
        sign=sign.text.strip(),
        expires_at=_read_moment(text(find(root, "expirationTime"))),
    )


def _read_moment(value: str) -> datetime:
    """An ``xsd:dateTime`` with time zone as naive UTC, whole seconds."""
    found = _MOMENT.fullmatch(value)
    try:
        if not found:
            raise ValueError(value)
        moment = datetime.fromisoformat(found[1] + found[2].replace("Z", "+00:00"))
        return moment.astimezone(timezone.utc).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        raise ArcaError(
            "answer_unreadable", retryable=True, detail="expirationTime"
        ) from error


def read_relations(token: str) -> frozenset[str] | None:
    """The CUITs that a ticket may stand for; None when the token does not tell.

    They are frozen when the ticket is issued: a delegation made later needs a new one.
    """
    try:
        root = parse(base64.b64decode(token, validate=True))
    except (ArcaError, ValueError):
        return None
    relations = find(root, "relations")
    if relations is None:
        return None
    return frozenset(item.get("key", "") for item in children(relations, "relation"))

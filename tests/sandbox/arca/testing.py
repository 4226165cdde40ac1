"""Helpers for tests that talk to the ARCA fake, from inside the same process."""

from __future__ import annotations

import base64
import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs7
from lxml import etree

from .certificates import CONSTANCIA, identity_request, pem
from .keys import seeded_key
from .registry import A5_NAMESPACE, A13_NAMESPACE
from .server import LOGIN, REGISTRY, ArcaSandbox
from .soap import SOAP_11, ascii_only
from .tickets import BUENOS_AIRES

CUIT = "30712345671"


class Running(NamedTuple):
    """A running sandbox and an identity that may use it."""

    key_pem: str
    certificate_pem: str
    sandbox: ArcaSandbox


@contextmanager
def running(cuit: str = CUIT, **options: Any) -> Iterator[Running]:
    """A running sandbox and the key and certificate of ``cuit``.

    :param options: those of :class:`ArcaSandbox`
    """
    with ArcaSandbox(**options) as sandbox:
        key = seeded_key(f"arca identity {cuit}")
        _key, request = identity_request(cuit, "sandbox", key)
        csr = request.public_bytes(serialization.Encoding.PEM).decode()
        made = control(sandbox, "POST", "certificates", {"csr": csr})
        yield Running(pem(key), made["certificate"], sandbox)


@dataclass
class Answer:
    """Status, headers and body of an answer."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def root(self) -> etree._Element:
        """The body as XML."""
        return etree.fromstring(self.body)

    def text(self, name: str) -> str | None:
        """Text of the first element of a name, whatever its namespace."""
        found = next(self.root.iter(f"{{*}}{name}"), None)
        return None if found is None else found.text


def call(
    sandbox: ArcaSandbox, method: str, path: str, body: bytes = b"", **headers: str
) -> Answer:
    """One request on a connection of its own."""
    connection = http.client.HTTPConnection(urlsplit(sandbox.url).netloc, timeout=10)
    try:
        connection.request(method, path, body or None, headers)
        found = connection.getresponse()
        return Answer(found.status, found.headers, found.read())
    finally:
        connection.close()


def control(sandbox: ArcaSandbox, method: str, path: str, body: Any = None) -> Any:
    """A control call that must succeed."""
    data = json.dumps(body).encode() if body is not None else b""
    answer = call(sandbox, method, f"/_sandbox/{path}", data)
    assert answer.status < 300, answer
    return json.loads(answer.body)


def envelope(content: str, version: str = SOAP_11) -> bytes:
    """An envelope around the XML of an operation."""
    text = f'<e:Envelope xmlns:e="{version}"><e:Body>{content}</e:Body></e:Envelope>'
    return text.encode()


def ticket_request(now: datetime, service: str = CONSTANCIA, **values: str) -> bytes:
    """A ticket request that is valid at ``now``; ``values`` replace its texts."""
    texts = {
        "unique": "1795277294",
        "version": "1.0",
        "names": "",
        "generation": _stamp(now - timedelta(minutes=10)),
        "expiration": _stamp(now + timedelta(minutes=10)),
        "service": service,
        **values,
    }
    return (
        (
            '<?xml version="1.0" encoding="UTF-8"?>'
            '<loginTicketRequest version="{version}"><header>{names}'
            "<uniqueId>{unique}</uniqueId>"
            "<generationTime>{generation}</generationTime>"
            "<expirationTime>{expiration}</expirationTime></header>"
            "<service>{service}</service></loginTicketRequest>"
        )
        .format(**texts)
        .encode()
    )


def _stamp(moment: datetime) -> str:
    return moment.astimezone(BUENOS_AIRES).isoformat(timespec="seconds")


def sign(
    content: bytes,
    key_pem: str,
    certificate_pem: str,
    *options: pkcs7.PKCS7Options,
) -> bytes:
    """The signed CMS message of a content, in DER."""
    key = serialization.load_pem_private_key(key_pem.encode(), None)
    certificate = x509.load_pem_x509_certificate(certificate_pem.encode())
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content)
    builder = builder.add_signer(certificate, key, hashes.SHA256())  # type: ignore
    chosen = [pkcs7.PKCS7Options.Binary, *options]
    return builder.sign(serialization.Encoding.DER, chosen)


def login(
    sandbox: ArcaSandbox, message: bytes, version: str = SOAP_11, **headers: str
) -> Answer:
    """Log in with a signed message, or whatever bytes."""
    namespace = "http://wsaa.view.sua.dvadac.desein.afip.gov"
    inner = f"<in0>{base64.b64encode(message).decode()}</in0>"
    body = envelope(f'<loginCms xmlns="{namespace}">{inner}</loginCms>', version)
    return call(sandbox, "POST", LOGIN, body, **{"SOAPAction": '""', **headers})


class Ticket(NamedTuple):
    """What a login gives."""

    token: str
    sign: str


def ticket(made: Running, service: str = CONSTANCIA) -> Ticket:
    """Log in for a service; it must succeed."""
    request = ticket_request(made.sandbox.clock.now(), service)
    answer = login(made.sandbox, sign(request, made.key_pem, made.certificate_pem))
    root = etree.fromstring((answer.text("loginCmsReturn") or "").encode())
    return Ticket(root.findtext(".//token") or "", root.findtext(".//sign") or "")


def ask(
    sandbox: ArcaSandbox, operation: str, *, scope: str = "A5", **values: Any
) -> Answer:
    """Ask the registry; values are the parameters, lists are repeated ones."""
    namespace = A5_NAMESPACE if scope == "A5" else A13_NAMESPACE
    inner = "".join(
        f"<{name}>{ascii_only(str(item))}</{name}>"
        for name, value in values.items()
        for item in (value if isinstance(value, list) else [value])
    )
    content = f'<r:{operation} xmlns:r="{namespace}">{inner}</r:{operation}>'
    return call(sandbox, "POST", REGISTRY + scope, envelope(content))

"""Opens a signed CMS message (RFC 5652) as the login service does.

Source: WSAA developer's manual, LoginTicketRequest: SignedData with the content
attached and the signer's certificate included.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from . import der
from .faults import LoginRefused

_SIGNED_DATA = "1.2.840.113549.1.7.2"
_CONTENT_TYPE = "1.2.840.113549.1.9.3"
_MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
_DIGESTS: dict[str, tuple[str, hashes.HashAlgorithm]] = {
    "1.3.14.3.2.26": ("sha1", hashes.SHA1()),
    "2.16.840.1.101.3.4.2.1": ("sha256", hashes.SHA256()),
}
_EXPLICIT = 0xA0
_UNREADABLE = (x509.InvalidVersion, x509.DuplicateExtension, UnsupportedAlgorithm)
#: rsaEncryption, sha1WithRSAEncryption, sha256WithRSAEncryption
_RSA = {f"1.2.840.113549.1.1.{n}" for n in (1, 5, 11)}


@dataclass(frozen=True)
class Opened:
    """What was signed, and the certificate of who signed it."""

    content: bytes
    certificate: x509.Certificate


@dataclass(frozen=True)
class _Message:
    content_type: str
    content: bytes | None
    certificates: list[x509.Certificate]
    signer: list[der.Node]
    announced: list[str]


def open_signed(data: bytes) -> Opened:
    """Verify the signature with the included certificate, not the certificate itself.

    :raises LoginRefused: ``cms.bad``, ``cms.cert.notFound`` or ``cms.sign.invalid``
    """
    try:
        message = _parse(data)
        certificate = _signer_certificate(message)
    except (ValueError, IndexError, RecursionError) as error:
        raise LoginRefused("cms.bad") from error
    if certificate is None:
        raise LoginRefused("cms.cert.notFound")
    try:
        _verify(message, certificate)
    except (ValueError, IndexError, InvalidSignature) as error:
        raise LoginRefused("cms.sign.invalid") from error
    return Opened(message.content or b"", certificate)


def _parse(data: bytes) -> _Message:
    kind, wrapped = der.read(data).expect(der.SEQUENCE).children()
    if kind.object_id() != _SIGNED_DATA:
        raise ValueError("not a signed message")
    parts = wrapped.expect(_EXPLICIT).children()[0].expect(der.SEQUENCE).children()
    parts[0].number()
    announced = [_algorithm(node) for node in parts[1].expect(der.SET).children()]
    inner = parts[2].expect(der.SEQUENCE).children()
    content = None
    if len(inner) > 1:
        octets = inner[1].expect(_EXPLICIT).children()[0]
        if octets.tag & ~der.CONSTRUCTED != der.OCTET_STRING:
            raise ValueError("the content is no octet string")
        content = octets.octets()
    included = next((p for p in parts[3:] if p.tag == _EXPLICIT), None)
    found = [] if included is None else included.children()
    signers = parts[-1].expect(der.SET).children()
    return _Message(
        inner[0].object_id(),
        content,
        [_certificate(node.raw) for node in found if node.tag == der.SEQUENCE],
        signers[0].expect(der.SEQUENCE).children(),
        announced,
    )


def _algorithm(node: der.Node) -> str:
    return node.expect(der.SEQUENCE).children()[0].object_id()


def _certificate(raw: bytes) -> x509.Certificate:
    """A certificate, read to the end: the library reads some parts when asked.

    :raises ValueError: when it cannot be read
    """
    try:
        certificate = x509.load_der_x509_certificate(raw)
        certificate.public_key()
        str((certificate.issuer, certificate.subject, certificate.extensions))
    except _UNREADABLE as error:
        raise ValueError(str(error)) from error
    return certificate


def _signer_certificate(message: _Message) -> x509.Certificate | None:
    wanted = message.signer[1]
    for certificate in message.certificates:
        if wanted.tag == der.SEQUENCE:
            issuer, serial = wanted.children()
            same_issuer = certificate.issuer.public_bytes() == issuer.raw
            if same_issuer and certificate.serial_number == serial.number():
                return certificate
        elif wanted.content == _key_identifier(certificate):
            return certificate
    return None


def _key_identifier(certificate: x509.Certificate) -> bytes | None:
    try:
        kind = x509.SubjectKeyIdentifier
        return certificate.extensions.get_extension_for_class(kind).value.digest
    except x509.ExtensionNotFound:
        return None


def _verify(message: _Message, certificate: x509.Certificate) -> None:
    """:raises ValueError, InvalidSignature: when the signature does not hold"""
    message.signer[0].number()
    if message.content is None:
        raise ValueError("the content is not attached")
    parts = message.signer[2:]
    digest = _algorithm(parts[0])
    if digest not in _DIGESTS or digest not in message.announced:
        raise ValueError("the digest algorithm is not supported or not announced")
    name, algorithm = _DIGESTS[digest]
    attributes = parts[1] if parts[1].tag == _EXPLICIT else None
    method, signature = parts[2:4] if attributes else parts[1:3]
    key = certificate.public_key()
    if _algorithm(method) not in _RSA:
        raise ValueError("the signature algorithm is not supported")
    if not isinstance(key, rsa.RSAPublicKey):
        raise ValueError("the key is not of RSA")
    signed = message.content
    if attributes:
        _check_attributes(attributes, message, hashlib.new(name, signed).digest())
        signed = attributes.retagged(der.SET)
    written = signature.expect(der.OCTET_STRING).content
    key.verify(written, signed, padding.PKCS1v15(), algorithm)


def _check_attributes(attributes: der.Node, message: _Message, digest: bytes) -> None:
    found: dict[str, der.Node] = {}
    for attribute in attributes.children():
        kind, values = attribute.children()
        found[kind.object_id()] = values.children()[0]
    if _CONTENT_TYPE not in found or _MESSAGE_DIGEST not in found:
        raise ValueError("a mandatory signed attribute is missing")
    if found[_CONTENT_TYPE].object_id() != message.content_type:
        raise ValueError("the content is of another type")
    if found[_MESSAGE_DIGEST].octets() != digest:
        raise ValueError("the content is not what was signed")

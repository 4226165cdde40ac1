"""Private key, signing request and certificate of a *computador fiscal*."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from .errors import ArcaError

KEY_BITS = 2048
MAX_BYTES = 100_000
_CUIT = re.compile(r"\d{11}")
_NO_PASSWORD = serialization.NoEncryption()


@dataclass(frozen=True)
class Facts:
    """What a certificate says.

    :param cuit: CUIT of its owner, from ``serialNumber=CUIT nnnnnnnnnnn``
    :param valid_from: naive UTC
    :param valid_to: naive UTC
    :param fingerprint: SHA-256, hexadecimal
    """

    cuit: str
    alias: str
    issuer: str
    valid_from: datetime
    valid_to: datetime
    fingerprint: str


def make_key() -> str:
    """A new RSA key, as unencrypted PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    return _dump_key(key)


def make_request(key_pem: str, cuit: str, organisation: str, alias: str) -> str:
    """The signing request that is uploaded at ARCA, as PEM.

    Source: ARCA, *Generación de certificados*: subject with C, O, CN and
    ``serialNumber=CUIT nnnnnnnnnnn``.

    :param cuit: eleven digits
    :param alias: name of the *computador fiscal*
    :raises ArcaError: ``key_unreadable``
    """
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "AR"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _clip(organisation) or cuit),
            x509.NameAttribute(NameOID.COMMON_NAME, _clip(alias) or "odoo"),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, f"CUIT {cuit}"),
        ]
    )
    request = x509.CertificateSigningRequestBuilder().subject_name(subject)
    signed = request.sign(load_key(key_pem), hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM).decode()


def load_key(pem: str | bytes, password: str = "") -> rsa.RSAPrivateKey:
    """An RSA key.

    :raises ArcaError: ``key_unreadable``
    """
    data = pem.encode() if isinstance(pem, str) else pem
    # A password that nothing is encrypted with is an error of its own.
    secret = password.encode() if password and b"ENCRYPTED" in data else None
    try:
        key = serialization.load_pem_private_key(data, secret)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ArcaError("key_unreadable", detail=str(error)) from error
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ArcaError("key_unreadable", detail="not RSA")
    return key


def load_certificate(content: str | bytes) -> x509.Certificate:
    """A certificate in PEM or DER.

    :raises ArcaError: ``certificate_unreadable``
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        if b"-----BEGIN" in data:
            certificate = x509.load_pem_x509_certificate(data)
        else:
            certificate = x509.load_der_x509_certificate(data)
        # Both are read only when they are asked for, and may be broken.
        _parts = certificate.subject, certificate.issuer, certificate.public_key()
        return certificate
    except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion) as error:
        raise ArcaError("certificate_unreadable", detail=str(error)) from error


def read_file(content: bytes, password: str = "") -> tuple[str, str]:
    """Key and certificate of a file that a person chose, both as PEM.

    :param content: PKCS#12, or PEM with a certificate, a key, or both; or DER with a
        certificate
    :return: key and certificate, "" for the one that is not in it
    :raises ArcaError: ``file_unreadable`` (also for a wrong password),
        ``key_unreadable``, ``certificate_unreadable``
    """
    if len(content) > MAX_BYTES:
        raise ArcaError("file_unreadable", detail="too large")
    if b"-----BEGIN" in content:
        return _read_pem(content, password)
    try:
        key, certificate, _others = pkcs12.load_key_and_certificates(
            content, password.encode() if password else None
        )
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        try:
            return "", _dump_certificate(load_certificate(content))
        except ArcaError:
            raise ArcaError("file_unreadable", detail=str(error)) from error
    if key is not None and not isinstance(key, rsa.RSAPrivateKey):
        raise ArcaError("key_unreadable", detail="not RSA")
    return (
        _dump_key(key) if key is not None else "",
        _dump_certificate(certificate) if certificate is not None else "",
    )


def read_facts(certificate_pem: str) -> Facts:
    """:raises ArcaError: ``certificate_unreadable``"""
    certificate = load_certificate(certificate_pem)
    serial = _get_name(certificate.subject, NameOID.SERIAL_NUMBER)
    found = _CUIT.search(serial)
    return Facts(
        cuit=found.group() if found else "",
        alias=_get_name(certificate.subject, NameOID.COMMON_NAME),
        issuer=_get_name(certificate.issuer, NameOID.COMMON_NAME),
        valid_from=_to_naive(certificate, "not_valid_before"),
        valid_to=_to_naive(certificate, "not_valid_after"),
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
    )


def check_pair(key_pem: str, certificate_pem: str) -> None:
    """:raises ArcaError: ``key_mismatch`` when the certificate is another key's"""
    key = load_key(key_pem).public_key().public_numbers()
    public = load_certificate(certificate_pem).public_key()
    if not isinstance(public, rsa.RSAPublicKey) or public.public_numbers() != key:
        raise ArcaError("key_mismatch")


def _read_pem(content: bytes, password: str) -> tuple[str, str]:
    key, certificate = "", ""
    if found := re.search(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----", content):
        key = _dump_key(load_key(content[found.start() :], password))
    if found := re.search(rb"-----BEGIN CERTIFICATE-----", content):
        certificate = _dump_certificate(load_certificate(content[found.start() :]))
    if not key and not certificate:
        raise ArcaError("file_unreadable", detail="no certificate and no key")
    return key, certificate


def _clip(value: str) -> str:
    """The part of a text for which X.520 has room, 64 octets."""
    return value.strip().encode()[:64].decode(errors="ignore").strip()


def _dump_key(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, _NO_PASSWORD
    ).decode()


def _dump_certificate(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _get_name(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
    found = name.get_attributes_for_oid(oid)
    return str(found[0].value) if found else ""


def _to_naive(certificate: x509.Certificate, name: str) -> datetime:
    # The attributes with a time zone exist since cryptography 42.
    aware = getattr(certificate, f"{name}_utc", None)
    value: datetime = aware or getattr(certificate, name)
    return value.replace(tzinfo=None)

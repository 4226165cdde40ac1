"""Private key, signing request and certificate of a *computador fiscal*."""

from __future__ import annotations

import re
from collections.abc import Iterable
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
_PEM_KEY = re.compile(
    rb"-----BEGIN ((?:[A-Z]+ )*PRIVATE KEY)-----.*?(?:-----END \1-----|\Z)", re.S
)
_PEM_CERTIFICATE = re.compile(
    rb"-----BEGIN CERTIFICATE-----.*?(?:-----END CERTIFICATE-----|\Z)", re.S
)
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


def load_key(content: str | bytes, password: str = "") -> rsa.RSAPrivateKey:
    """An RSA key in PEM or DER, PKCS#1 or PKCS#8.

    :param password: does no harm when the key is not encrypted
    :raises ArcaError: ``key_unreadable``
    """
    data = content.encode() if isinstance(content, str) else content
    load = serialization.load_der_private_key
    if b"-----BEGIN" in data:
        load = serialization.load_pem_private_key
    try:
        try:
            key = load(data, password.encode() or None)
        except TypeError:
            # A password that nothing is encrypted with is an error of its own.
            key = load(data, None)
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


def read_file(content: bytes, password: str = "") -> tuple[str, tuple[str, ...]]:
    """Key and certificates of a file that a person chose, all as PEM.

    :param content: PKCS#12; or PEM with certificates, a key, or both; or DER with a
        certificate or a key. The authority's own certificates may be there too.
    :return: key, "" when there is none, and the certificates, each once
    :raises ArcaError: ``file_unreadable`` (also for a wrong password),
        ``key_unreadable``, ``certificate_unreadable``
    """
    if len(content) > MAX_BYTES:
        raise ArcaError("file_unreadable", detail="too large")
    if b"-----BEGIN" in content:
        return _read_pem(content, password)
    try:
        return _read_pkcs12(content, password)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        for read in (_read_der_certificate, _read_der_key):
            if found := read(content, password):
                return found
        raise ArcaError("file_unreadable", detail=str(error)) from error


def choose_certificate(key_pem: str, certificates: Iterable[str]) -> str:
    """The certificate of a key, among others such as the authority's.

    :raises ArcaError: ``certificate_unreadable`` when there is none at all,
        ``key_mismatch`` when all are other keys'
    """
    problem = ArcaError("certificate_unreadable")
    for pem in certificates:
        try:
            check_pair(key_pem, pem)
        except ArcaError as error:
            problem = error
        else:
            return pem
    raise problem


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


def _read_pem(content: bytes, password: str) -> tuple[str, tuple[str, ...]]:
    key = ""
    if found := _PEM_KEY.search(content):
        key = _dump_key(load_key(found.group(), password))
    certificates, problem = [], ArcaError("file_unreadable", detail="nothing in it")
    for found in _PEM_CERTIFICATE.finditer(content):
        try:
            certificates.append(load_certificate(found.group()))
        except ArcaError as error:
            problem = error
    if not key and not certificates:
        raise problem
    return key, _dump_all(certificates)


def _read_pkcs12(content: bytes, password: str) -> tuple[str, tuple[str, ...]]:
    secret = password.encode() or None
    key, certificate, others = pkcs12.load_key_and_certificates(content, secret)
    if key is not None and not isinstance(key, rsa.RSAPrivateKey):
        raise ArcaError("key_unreadable", detail="not RSA")
    found = [*([certificate] if certificate is not None else []), *others]
    return _dump_key(key) if key is not None else "", _dump_all(found)


def _read_der_certificate(
    content: bytes, _password: str
) -> tuple[str, tuple[str, ...]] | None:
    try:
        return "", _dump_all([load_certificate(content)])
    except ArcaError:
        return None


def _read_der_key(content: bytes, password: str) -> tuple[str, tuple[str, ...]] | None:
    try:
        return _dump_key(load_key(content, password)), ()
    except ArcaError as error:
        if error.detail == "not RSA":
            raise
        return None


def _clip(value: str) -> str:
    """The part of a text for which X.520 has room, 64 octets."""
    return value.strip().encode()[:64].decode(errors="ignore").strip()


def _dump_key(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, _NO_PASSWORD
    ).decode()


def _dump_all(certificates: Iterable[x509.Certificate]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_dump_certificate, certificates)))


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

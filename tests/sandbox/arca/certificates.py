"""The certificate authority of the login service and what its certificates may do."""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cached_property
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from .keys import seeded_key

CONSTANCIA = "ws_sr_constancia_inscripcion"
A13 = "ws_sr_padron_a13"
#: Services of ARCA that a login may name; only the first two are served here.
SERVICES = (
    CONSTANCIA,
    A13,
    "ws_sr_padron_a4",
    "ws_sr_padron_a5",
    "ws_sr_padron_a10",
    "ws_sr_padron_a100",
    "wsfe",
    "wsfex",
)
DEFAULT_SERVICES = (CONSTANCIA, A13)
_SUBJECT = re.compile(r"CUIT (\d{11})")
_SHORT = {
    NameOID.COMMON_NAME: "CN",
    NameOID.ORGANIZATION_NAME: "O",
    NameOID.ORGANIZATIONAL_UNIT_NAME: "OU",
    NameOID.COUNTRY_NAME: "C",
    NameOID.STATE_OR_PROVINCE_NAME: "ST",
    NameOID.LOCALITY_NAME: "L",
    NameOID.SERIAL_NUMBER: "SERIALNUMBER",
}


def distinguished_name(name: x509.Name) -> str:
    """The name as the service writes it: last part first, ``SERIALNUMBER=CUIT n``."""
    return ", ".join(
        f"{_SHORT.get(part.oid, part.oid.dotted_string)}={part.value}"
        for part in reversed(list(name))
    )


def cuit_of(name: x509.Name) -> str | None:
    """The CUIT in a subject's ``serialNumber``, if there is one."""
    for part in name.get_attributes_for_oid(NameOID.SERIAL_NUMBER):
        found = _SUBJECT.fullmatch(str(part.value))
        if found:
            return found[1]
    return None


@dataclass
class Rights:
    """What a certificate may log in to, and for which CUITs.

    ``serial`` is the certificate's number in decimal digits.
    """

    serial: str
    cuit: str
    subject: str
    services: list[str] = field(default_factory=lambda: list(DEFAULT_SERVICES))
    represented: list[str] = field(default_factory=list)


def _name(*parts: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


class Authority:
    """Issues certificates; the same seed gives the same authority.

    A certificate of this authority that is not in the table (the fake was started
    again without its state) has the default services and represents its own CUIT.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._lock = threading.Lock()
        self.rights: dict[str, Rights] = {}

    @cached_property
    def key(self) -> rsa.RSAPrivateKey:
        """The authority's private key."""
        return seeded_key(f"arca authority {self._seed}")

    @cached_property
    def certificate(self) -> x509.Certificate:
        """The authority's own certificate, valid from 2000 to 2099."""
        name = _name(
            (NameOID.COMMON_NAME, "Computadores Test"),
            (NameOID.ORGANIZATION_NAME, "AFIP"),
            (NameOID.COUNTRY_NAME, "AR"),
        )
        basic = x509.BasicConstraints(ca=True, path_length=None)
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(1)
            .not_valid_before(datetime(2000, 1, 1, tzinfo=timezone.utc))
            .not_valid_after(datetime(2099, 1, 1, tzinfo=timezone.utc))
            .add_extension(basic, critical=True)
            .sign(self.key, hashes.SHA256())
        )

    def issue(
        self,
        request: x509.CertificateSigningRequest,
        start: datetime,
        days: float,
        services: Iterable[str] | None = None,
        represented: Iterable[str] | None = None,
    ) -> tuple[x509.Certificate, Rights]:
        """A certificate for a request whose subject names a CUIT.

        :raises ValueError: when the request is not signed by its key, its subject has
            no ``serialNumber=CUIT n``, or a service or CUIT is not one
        """
        cuit = cuit_of(request.subject)
        if not request.is_signature_valid or cuit is None:
            raise ValueError("the request needs serialNumber=CUIT n and a signature")
        serial = secrets.randbits(63)
        subject = distinguished_name(request.subject)
        rights = Rights(str(serial), cuit, subject, represented=[cuit])
        _change(rights, services, represented)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(request.subject)
            .issuer_name(self.certificate.subject)
            .public_key(request.public_key())
            .serial_number(serial)
            .not_valid_before(start)
            .not_valid_after(start + timedelta(days=days))
            .add_extension(x509.BasicConstraints(False, None), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(request.public_key()),
                critical=False,
            )
            .add_extension(_signing_only(), critical=True)
            .sign(self.key, hashes.SHA256())
        )
        with self._lock:
            self.rights[rights.serial] = rights
        return certificate, rights

    def change(
        self,
        serial: str,
        services: Iterable[str] | None,
        represented: Iterable[str] | None,
    ) -> Rights:
        """Give a certificate other services or CUITs; what is None stays.

        :raises KeyError: for an unknown serial number
        :raises ValueError: when a service or CUIT is not one
        """
        with self._lock:
            _change(self.rights[serial], services, represented)
            return self.rights[serial]

    def trusts(self, certificate: x509.Certificate) -> bool:
        """Whether the authority issued it, for a CUIT."""
        try:
            certificate.verify_directly_issued_by(self.certificate)
        except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
            return False
        return cuit_of(certificate.subject) is not None

    def rights_of(self, certificate: x509.Certificate) -> Rights:
        """What a trusted certificate may do."""
        serial, cuit = str(certificate.serial_number), cuit_of(certificate.subject)
        with self._lock:
            if serial in self.rights:
                return self.rights[serial]
        subject = distinguished_name(certificate.subject)
        return Rights(serial, cuit or "", subject, represented=[cuit or ""])

    def dump(self) -> list[dict[str, Any]]:
        """The table, for the state file."""
        return [asdict(rights) for rights in self.rights.values()]

    def load(self, rows: list[dict[str, Any]]) -> None:
        """Take over the table of the state file."""
        self.rights = {row["serial"]: Rights(**row) for row in rows}


def _change(
    rights: Rights, services: Iterable[str] | None, represented: Iterable[str] | None
) -> None:
    if services is not None:
        chosen = list(services)
        unknown = sorted(set(chosen) - set(SERVICES))
        if unknown:
            raise ValueError(f"unknown services: {unknown}")
        rights.services = chosen
    if represented is not None:
        numbers = [str(number) for number in represented]
        if not all(len(n) == 11 and n.isdigit() for n in numbers):
            raise ValueError("a CUIT has eleven digits")
        rights.represented = numbers


def _signing_only() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=True,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def identity_request(
    cuit: str, common_name: str, key: rsa.RSAPrivateKey | None = None
) -> tuple[rsa.RSAPrivateKey, x509.CertificateSigningRequest]:
    """A key, new unless given, and the request a taxpayer would send for it."""
    key = key or rsa.generate_private_key(65537, 2048)
    subject = _name(
        (NameOID.COMMON_NAME, common_name),
        (NameOID.SERIAL_NUMBER, f"CUIT {cuit}"),
    )
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    return key, builder.sign(key, hashes.SHA256())


def pem(thing: x509.Certificate | rsa.RSAPrivateKey) -> str:
    """A certificate, or a key without passphrase, as PEM."""
    if isinstance(thing, x509.Certificate):
        return thing.public_bytes(serialization.Encoding.PEM).decode()
    return thing.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()

"""A key and a certificate for all the tests."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from odoo.addons.l10n_ar_arca.lib.certificate import load_key, make_key


@pytest.fixture(scope="session")
def key() -> str:
    """An RSA key in PEM."""
    return make_key()


@pytest.fixture(scope="session")
def certificate(key: str) -> str:
    """A certificate in the shape of ARCA's, of :func:`key`."""
    private = load_key(key)
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.SERIAL_NUMBER, "CUIT 30714295698"),
            x509.NameAttribute(NameOID.COMMON_NAME, "odoo"),
        ]
    )
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Computadores")])
    begin = datetime(2026, 1, 1)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(private.public_key())
        .serial_number(7)
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=730))
        .sign(private, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()

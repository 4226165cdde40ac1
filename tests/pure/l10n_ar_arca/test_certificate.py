"""Keys, signing requests and the files that people choose."""

import subprocess
from datetime import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from odoo.addons.l10n_ar_arca.lib.certificate import (
    check_pair,
    choose_certificate,
    load_certificate,
    load_key,
    make_key,
    make_request,
    read_facts,
    read_file,
)
from odoo.addons.l10n_ar_arca.lib.errors import ArcaError

PASSWORD = "contraseña"
PLAIN = serialization.NoEncryption()
LOCKED = serialization.BestAvailableEncryption(PASSWORD.encode())


def code_of(function, *args):
    with pytest.raises(ArcaError) as caught:
        function(*args)
    assert "PRIVATE KEY" not in str(caught.value)
    assert not caught.value.retryable
    return caught.value.code


def make_p12(key, certificate, encryption):
    return pkcs12.serialize_key_and_certificates(
        b"odoo", key, certificate and load_certificate(certificate), None, encryption
    )


def dump(key, encryption, shape=serialization.PrivateFormat.PKCS8):
    return key.private_bytes(serialization.Encoding.PEM, shape, encryption)


def test_facts(certificate):
    facts = read_facts(certificate)
    assert (facts.cuit, facts.alias, facts.issuer) == (
        "30714295698",
        "odoo",
        "Computadores",
    )
    assert facts.valid_from == datetime(2026, 1, 1)
    assert facts.valid_to == datetime(2028, 1, 1)
    assert len(facts.fingerprint) == 64


def test_pem_der_and_both(key, certificate):
    der = load_certificate(certificate).public_bytes(serialization.Encoding.DER)
    assert read_file(certificate.encode()) == ("", (certificate,))
    assert read_file(der) == ("", (certificate,))
    for content in (key + certificate, certificate + key, "Bag\n" + key + certificate):
        found, (other,) = read_file(content.encode())
        assert other == certificate
        check_pair(found, other)
    assert read_file(key.encode()) == (key, ())


@pytest.mark.parametrize(
    ("encryption", "password"), [(PLAIN, ""), (PLAIN, PASSWORD), (LOCKED, PASSWORD)]
)
def test_key_in_a_file_of_its_own(key, encryption, password):
    """A password that the key does not need does no harm."""
    for shape in ("PKCS8", "TraditionalOpenSSL"):
        pem = dump(
            load_key(key), encryption, getattr(serialization.PrivateFormat, shape)
        )
        assert read_file(pem, password) == (key, ())


@pytest.mark.parametrize(("encryption", "password"), [(PLAIN, ""), (LOCKED, PASSWORD)])
def test_pkcs12(key, certificate, encryption, password):
    content = make_p12(load_key(key), certificate, encryption)
    assert read_file(content, password) == (key, (certificate,))


@pytest.fixture(scope="module")
def authority():
    """The certificate of an authority, which some files carry first."""
    key = load_key(make_key())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Computadores")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1))
        .not_valid_after(datetime(2040, 1, 1))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()


def test_authority_comes_first(key, certificate, authority):
    """The certificate is the key's, wherever it stands."""
    broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    for content in (
        authority + certificate,
        authority + key + certificate,
        "subject=CN = x\r\n" + authority + broken + certificate + authority,
        (authority + certificate).replace("\n", "\r\n"),
    ):
        _key, certificates = read_file(content.encode())
        assert choose_certificate(key, certificates) == certificate
    assert read_file((authority + authority).encode())[1] == (authority,)
    assert code_of(choose_certificate, key, (authority,)) == "key_mismatch"
    assert code_of(choose_certificate, key, ()) == "certificate_unreadable"


def test_pkcs12_with_a_chain(key, certificate, authority):
    """Also when nothing in it says which certificate is the key's."""
    own, other = load_certificate(certificate), load_certificate(authority)
    for named, others in ((own, [other]), (None, [other, own])):
        content = pkcs12.serialize_key_and_certificates(
            b"odoo", load_key(key), named, others, LOCKED
        )
        found, certificates = read_file(content, PASSWORD)
        assert found == key
        assert choose_certificate(found, certificates) == certificate


@pytest.mark.parametrize(("encryption", "password"), [(PLAIN, ""), (PLAIN, PASSWORD)])
@pytest.mark.parametrize("shape", ["PKCS8", "TraditionalOpenSSL"])
def test_key_in_der(key, encryption, password, shape):
    der = load_key(key).private_bytes(
        serialization.Encoding.DER,
        getattr(serialization.PrivateFormat, shape),
        encryption,
    )
    assert read_file(der, password) == (key, ())


def test_locked_key_in_der(key):
    der = load_key(key).private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, LOCKED
    )
    assert read_file(der, PASSWORD) == (key, ())
    for password in ("", "wrong"):
        assert code_of(read_file, der, password) == "file_unreadable"
    elliptic = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, PLAIN
    )
    assert code_of(read_file, elliptic) == "key_unreadable"


def test_certificate_beside_a_locked_key(key, certificate):
    """The word ENCRYPTED elsewhere in the file says nothing about the key."""
    content = b"# ENCRYPTED\n" + key.encode() + certificate.encode()
    assert read_file(content, PASSWORD) == (key, (certificate,))


def test_refused_files(key, certificate):
    locked = make_p12(load_key(key), certificate, LOCKED)
    assert code_of(read_file, locked) == "file_unreadable"
    assert code_of(read_file, locked, "wrong") == "file_unreadable"
    pem = dump(load_key(key), LOCKED)
    assert code_of(read_file, pem) == "key_unreadable"
    assert code_of(read_file, pem, "wrong") == "key_unreadable"
    elliptic = ec.generate_private_key(ec.SECP256R1())
    assert code_of(read_file, dump(elliptic, PLAIN)) == "key_unreadable"
    assert code_of(read_file, make_p12(elliptic, None, PLAIN)) == "key_unreadable"


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00", b"garbage", b"x" * 200_000, b"-----BEGIN X-----", b"\x30\x82\x00"],
    ids=["empty", "null", "text", "200 KB", "label", "header"],
)
def test_garbage(content):
    assert code_of(read_file, content) == "file_unreadable"


@pytest.mark.parametrize("label", ["CERTIFICATE", "PRIVATE KEY"])
def test_broken_pem(label):
    content = f"-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n".encode()
    assert code_of(read_file, content).endswith("_unreadable")


def test_certificate_with_every_byte_broken(certificate):
    der = load_certificate(certificate).public_bytes(serialization.Encoding.DER)
    for at in range(0, len(der), 7):
        broken = der[:at] + bytes([der[at] ^ 0xFF]) + der[at + 1 :]
        try:
            for found in read_file(broken)[1]:
                read_facts(found)
        except ArcaError:
            continue


def test_another_key(certificate):
    assert code_of(check_pair, make_key(), certificate) == "key_mismatch"


def test_signing_request(key, tmp_path):
    pem = make_request(key, "30714295698", "Ñandú & Hijos S.R.L.", "odoo")
    request = x509.load_pem_x509_csr(pem.encode())
    assert request.is_signature_valid
    subject = {item.oid: item.value for item in request.subject}
    assert subject == {
        NameOID.COUNTRY_NAME: "AR",
        NameOID.ORGANIZATION_NAME: "Ñandú & Hijos S.R.L.",
        NameOID.COMMON_NAME: "odoo",
        NameOID.SERIAL_NUMBER: "CUIT 30714295698",
    }
    path = tmp_path / "request.csr"
    path.write_text(pem)
    told = subprocess.run(
        ["openssl", "req", "-in", path, "-noout", "-verify", "-subject"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert "serialNumber" in told.stdout


@pytest.mark.parametrize("name", ["", "   ", "ñ" * 200, "x" * 63 + "ñ"])
def test_names_of_any_length(key, name):
    request = x509.load_pem_x509_csr(
        make_request(key, "30714295698", name, name).encode()
    )
    for item in request.subject:
        assert 0 < len(str(item.value).encode()) <= 64

"""Which identities are one, and whose number a document is."""

import pytest

from odoo.addons.channel_partner.lib.buyer import Address
from odoo.addons.channel_partner.lib.documents import Checked
from odoo.addons.channel_partner.lib.identity import (
    can_become,
    dump_address,
    identifies,
    identity_key,
    is_compatible,
    is_kept,
    load_address,
    number_key,
    written_key,
)


@pytest.mark.parametrize(
    ("number", "key"),
    [
        ("20-26756539-3", "20267565393"),
        ("05.123.456", "5123456"),
        ("12.abc.345/01de-35", "12ABC34501DE35"),
        ("000", "000"),
        ("/", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_numbers_are_compared_without_their_dress(number: str, key: str) -> None:
    assert number_key(number) == key


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Nº 24681357", "24681357"),
        ("N° 24.681.357", "24681357"),
        ("nro. 24681357", "24681357"),
        ("24,681,357", "24681357"),
        ("DNI 24681357", "24681357"),
        ("dni: 024.681.357", "24681357"),
        ("CUIT 20-26756539-3", "20267565393"),
        ("RUT: 20.347.878-k", "20347878K"),
        ("CPF 390.533.447-05", "39053344705"),
        ("12.abc.345/01de-35", "12ABC34501DE35"),
        # Letters that belong to the number.
        ("N1234567", "N1234567"),
        ("AAB123456", "AAB123456"),
        ("CE384512", "384512"),
        ("E384512", "E384512"),
        ("CC123", "CC123"),
        ("NIT850101AB3", "NIT850101AB3"),
        ("NIT850101123", "NIT850101123"),
        ("CI123456000176", "CI123456000176"),
        ("NIT 900373115", "900373115"),
        ("", ""),
        (None, ""),
    ],
)
def test_numbers_as_people_write_them(written: str, key: str) -> None:
    assert written_key(written) == key


@pytest.mark.parametrize(
    ("number", "stored", "kept"),
    [
        ("AAB123456", "AAB123456", True),
        ("AAB123456", "123456", False),
        ("AAB123456", False, False),
        ("76086428K", "76086428-K", True),
        ("20267565393", "20-26756539-3", True),
        ("05123456", "5123456", True),
    ],
)
def test_a_number_without_its_letters_is_another(number, stored, kept) -> None:
    assert is_kept(number, stored) is kept


def test_the_label_of_the_type_makes_no_other_identity() -> None:
    cuit = Checked("CUIT", "20267565393", country="AR")
    cuil = Checked("CUIL", "20267565393", country="AR")
    assert identity_key(cuit) == identity_key(cuil, "77") == "AR|20267565393"


def test_the_country_does() -> None:
    one = Checked("CUIT", "20267565393", country="AR")
    two = Checked("CPF", "20267565393", country="BR")
    assert identity_key(one) != identity_key(two)


def test_what_is_not_valid_identifies_nobody() -> None:
    invalid = identity_key(Checked("CUIT", "20267565393", "checksum", "AR"))
    for key in (invalid, identity_key(None), identity_key(None, "7")):
        assert not identifies(key)
    assert identifies(identity_key(Checked("CUIT", "20267565393", country="AR")))


def test_keys_fit_an_index() -> None:
    assert len(identity_key(None, "x" * 5000)) <= 200
    assert identity_key(None, "x" * 5000) != identity_key(None, "x" * 5001)


@pytest.mark.parametrize(
    ("old", "old_id", "new", "new_id", "expected"),
    [
        ("?7", "7", "AR|1", "7", True),  # was being prepared
        ("!9", "7", "AR|1", "7", True),  # was corrected
        ("?7", "7", "AR|1", "8", False),
        ("?7", "7", "AR|1", "", False),
        ("?", "", "AR|1", "", True),
        ("!9", "", "AR|1", "", False),
        ("AR|2", "7", "AR|1", "7", False),
        ("?7", "7", "?8", "8", False),
        ("?7", "7", "!9", "7", True),
    ],
)
def test_what_identified_nobody_becomes_somebody(
    old: str, old_id: str, new: str, new_id: str, expected: bool
) -> None:
    assert can_become(old, old_id, new, new_id) is expected


@pytest.mark.parametrize(
    ("document", "type_country", "customer_country", "expected"),
    [
        ("AR", "AR", "AR", True),
        ("AR", "AR", "US", True),  # the type says more than where somebody lives
        ("AR", "BR", "AR", False),
        ("AR", "", "AR", True),
        ("AR", "", "", True),
        ("AR", "", "BR", False),
    ],
)
def test_the_same_digits_in_two_countries(
    document: str, type_country: str, customer_country: str, expected: bool
) -> None:
    assert is_compatible(document, type_country, customer_country) is expected


def test_addresses_survive_json() -> None:
    address = Address(line="Calle 1 2", city="Núñez", country_code="AR")
    assert load_address(dump_address(address)) == address


def test_addresses_are_cleaned() -> None:
    nasty = Address(line="a\x00b", city="XXXXXXX", zip="9" * 999)
    dumped = dump_address(nasty)
    assert dumped["line"] == "a b"
    assert "city" not in dumped
    assert len(dumped["zip"]) == 255
    assert dump_address(None) == {}
    assert load_address({}) is load_address({"pickup": True, "other": 1}) is None

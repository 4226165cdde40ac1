"""Identity documents."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.ar import cuit
from stdnum.br import cnpj
from stdnum.co import nit

from odoo.addons.channel_partner.lib.documents import (
    KINDS,
    check,
    compact,
    is_company,
    is_nobody,
    is_placeholder,
    same,
)


@pytest.mark.parametrize(
    ("word", "number", "normalised"),
    [
        ("CUIT", "20-26756539-3", "20267565393"),
        ("cuit", " 20 26756539 3 ", "20267565393"),
        ("CUIL", "20267565393", "20267565393"),
        ("DNI", "20.123.456", "20123456"),
        ("DNI", "05.123.456", "5123456"),
        ("CPF", "390.533.447-05", "39053344705"),
        ("CNPJ", "16.727.230/0001-97", "16727230000197"),
        ("CNPJ", "12.abc.345/01de-35", "12ABC34501DE35"),
        ("RG", "12.345.678-X", "12345678X"),
        ("Pasaporte", "AAB 123456", "AAB123456"),
        ("PASSAPORTE", "fx-123.456", "FX123456"),
    ],
)
def test_valid(word, number, normalised):
    checked = check(word, number)
    assert (checked.number, checked.problem) == (normalised, "")


@pytest.mark.parametrize(
    ("word", "number", "problem"),
    [
        ("CUIT", "20267565392", "checksum"),
        ("CUIT", "21267565393", "component"),
        ("CUIT", "2026756539", "length"),
        ("CUIT", "2026756539A", "format"),
        ("DNI", "123", "length"),
        ("DNI", "1234567A", "format"),
        ("CPF", "39053344706", "checksum"),
        ("CNPJ", "16727230000198", "checksum"),
        ("CNPJ", "12ABC34501DE36", "checksum"),
        ("", "20267565393", "no_type"),
        ("RG", "🙂", "format"),
        ("CNPJ", "١٦٧٢٧٢٣٠٠٠٠١٩٧", "checksum"),
    ],
)
def test_invalid_is_kept_as_it_came_with_the_reason(word, number, problem):
    checked = check(word, number)
    assert (checked.number, checked.problem) == (number, problem)


@pytest.mark.parametrize("number", ["", "   ", "XXXXXXX", "***", None, True, {}])
def test_nothing_or_hidden_is_no_document(number):
    assert check("CUIT", number) is None


def test_a_word_that_countries_share_keeps_its_own_rules():
    assert check("DNI", "123456789", "AR").problem == "length"
    assert check("DNI", "123456789", "PE").problem == ""
    assert check("CUIT", "1", "BR").problem == "length"


@pytest.mark.parametrize(
    ("country", "word", "number", "normalised"),
    [
        ("MX", "RFC", "GODE 561231 GR8", "GODE561231GR8"),
        ("MX", "RFC", "mab-930714-8t4", "MAB9307148T4"),
        ("MX", "RFC", "ÑA&930714AB1", "ÑA&930714AB1"),
        ("MX", "CURP", "BOXW310820HNERXN09", "BOXW310820HNERXN09"),
        ("CL", "RUT", "76.086.428-5", "760864285"),
        ("CL", "RUT", "760864285", "760864285"),
        ("CL", "RUT", "20.347.878-k", "20347878K"),
        ("CO", "NIT", "213.123.432-1", "213123432-1"),
        ("CO", "NIT", "900373115-3", "900373115-3"),
        ("CO", "NIT", "900373115", "900373115-3"),
        ("CO", "NIT", "9003731153", "900373115-3"),
        ("CO", "NIT", "1.018.422.334", "1018422334-2"),
        ("CO", "NIT", "80123456", "80123456-4"),
        ("CO", "NIT", "80123456-4", "80123456-4"),
        ("CO", "CC", "73.160.000", "73160000"),
        ("CO", "CE", "E-384512", "E384512"),
        ("UY", "CI", "6.485.659-6", "64856596"),
        ("UY", "CI", "064856596", "64856596"),
        ("UY", "RUT", "21-100342-001-7", "211003420017"),
    ],
)
def test_valid_in_the_country(country, word, number, normalised):
    checked = check(word, number, country)
    assert (checked.number, checked.problem) == (normalised, "")
    assert checked.country == country
    assert check(word, checked.number, country) == checked


@pytest.mark.parametrize(
    ("country", "word", "number", "problem"),
    [
        ("MX", "RFC", "GODE561331GR8", "component"),
        ("MX", "RFC", "COMG600703", "length"),
        ("MX", "RFC", "1234567890123", "format"),
        ("MX", "CURP", "BOXW310820HNERXN08", "checksum"),
        ("CL", "RUT", "76.086.428-K", "checksum"),
        ("CL", "RUT", "76086A28-5", "format"),
        ("CL", "RUT", "211003420017", "length"),
        ("CO", "NIT", "900373115-4", "checksum"),
        ("CO", "NIT", "9003731154", "checksum"),
        ("CO", "NIT", "791234561", "checksum"),
        ("CO", "NIT", "12", "length"),
        ("CO", "NIT", "123456", "length"),
        ("CO", "NIT", "90037311A", "format"),
        ("CO", "CC", "12345678901", "length"),
        ("CO", "CC", "7316000A", "format"),
        ("CO", "CE", "💳", "format"),
        ("UY", "CI", "64856595", "checksum"),
        ("UY", "CI", "123", "length"),
        ("UY", "CI", "6485659X", "format"),
        ("UY", "RUT", "211003420018", "checksum"),
        ("UY", "RUT", "76086428-5", "length"),
    ],
)
def test_invalid_in_the_country(country, word, number, problem):
    checked = check(word, number, country)
    assert (checked.number, checked.problem) == (number, problem)


def test_the_country_decides_what_a_rut_is():
    assert check("RUT", "760864285", "CL").country == "CL"
    assert check("RUT", "211003420017", "UY").country == "UY"
    for country in ("", "PE"):
        checked = check("RUT", "76086428-5", country)
        assert (checked.number, checked.problem, checked.country) == (
            "760864285",
            "",
            "",
        )


@pytest.mark.parametrize(
    "number", ["XAXX010101000", "xaxx-010101-000", "XEXX010101000"]
)
def test_the_general_public_has_no_document(number):
    assert is_nobody("rfc", number)
    assert check("RFC", number, "MX") is None
    assert not is_nobody("CURP", number)


@pytest.mark.parametrize(
    ("word", "number", "country"),
    [
        ("CPF", "999.999.999-99", ""),
        ("CPF", "00000000000", ""),
        ("CPF", "111.111.111-11", ""),
        ("CNPJ", "00.000.000/0000-00", ""),
        ("CNPJ", "11111111111111", ""),
        ("DNI", "99.999.999", "AR"),
        ("DNI", "11111111", "AR"),
        ("DNI", "0", "AR"),
        ("CUIT", "20-11111111-2", "AR"),
        ("CUIT", "23-00000000-0", "AR"),
        ("CUIL", "27-99999999-4", "AR"),
        ("CUIT", "99999999999", "AR"),
        ("RUT", "66666666-6", "CL"),
        ("RUT", "55.555.555-5", "CL"),
        ("NIT", "222222222222", "CO"),
        ("CC", "222222222222", "CO"),
        ("NIT", "222222222-7", "CO"),
        ("CC", "1111111111", "CO"),
        ("CI", "1111111-1", "UY"),
        ("CURP", "XEXX010101HNEXXXA4", "MX"),
        ("RFC", "XAXX010101000", "MX"),
        ("OTRO", "00000", ""),
        ("", "99999999", ""),
    ],
)
def test_numbers_that_identify_nobody(word, number, country):
    assert check(word, number, country) is None


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("DNI", "11111112"),
        ("DNI", "22333444"),
        ("CUIT", "20-26756539-3"),
        ("CUIT", "33-69345023-9"),
        ("CPF", "390.533.447-05"),
        ("CC", "1000000"),
    ],
)
def test_numbers_that_only_look_like_it(word, number):
    assert not is_placeholder(number)
    assert check(word, number, "CO" if word == "CC" else "").problem == ""


@pytest.mark.parametrize("number", ["50000003015", "55000003017", "51600003015"])
def test_the_key_of_a_country_is_right_and_identifies_nobody(number):
    checked = check("CUIT", number, "AR")
    assert (checked.number, checked.problem, checked.country) == (number, "", "")


def test_a_broken_number_is_shown_as_broken():
    assert check("CUIT", "20-11111111-1", "AR").problem == "checksum"


@given(
    st.text(max_size=60),
    st.text(max_size=60),
    st.sampled_from(["", "AR", "BR", "MX", "CL", "CO", "UY"]),
)
def test_never_raises(word, number, country):
    checked = check(word, number, country)
    assert checked is None or checked.problem or checked.number.isascii()


@given(st.sampled_from(KINDS), st.text(max_size=40))
def test_checking_again_gives_the_same(kind, number):
    checked = check(kind.word, number, kind.country)
    if checked and not checked.problem:
        assert check(kind.word, checked.number, kind.country) == checked


@given(st.from_regex(r"[0-9]{6,11}(-[0-9])?", fullmatch=True))
def test_checking_a_nit_again_gives_the_same(number):
    checked = check("NIT", number, "CO")
    if checked and not checked.problem:
        assert check("NIT", checked.number, "CO") == checked


@given(st.integers(800_000_000, 999_999_999))
def test_a_company_s_nit_with_and_without_check_digit(base):
    full = f"{base}-{nit.calc_check_digit(str(base))}"
    assume(not is_placeholder(str(base)) and not is_placeholder(full))
    for number in (str(base), full, full.replace("-", "")):
        assert check("NIT", number, "CO").number == full


@given(st.integers(100_000, 9_999_999), st.integers(1, 9))
def test_a_wrong_digit_of_a_cedula_is_always_found(body, shift):
    total = sum(
        int(digit) * weight
        for digit, weight in zip(f"{body:07d}", (2, 9, 8, 7, 6, 3, 4), strict=True)
    )
    right = -total % 10
    assume(len(set(str(body))) > 1)
    assert check("CI", f"{body}{right}", "UY").problem == ""
    assert check("CI", f"{body}{(right + shift) % 10}", "UY").problem == "checksum"


@given(
    st.sampled_from(["20", "23", "27", "30", "33"]),
    st.integers(0, 99_999_999),
    st.integers(1, 9),
)
def test_a_wrong_check_digit_is_always_found(prefix, middle, shift):
    assume(len(set(f"{middle:08d}")) > 1)
    body = f"{prefix}{middle:08d}"
    right = cuit.calc_check_digit(body)
    assert check("CUIT", body + right).problem == ""
    assert check("CUIT", f"{body}{(int(right) + shift) % 10}").problem == "checksum"


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=12, max_size=12))
def test_alphanumeric_cnpj(body):
    assume(len(set(body)) > 1)
    number = body + cnpj.calc_check_digits(body)
    checked = check("CNPJ", number)
    assert (checked.number, checked.problem) == (number, "")


def test_same_number_in_another_writing():
    assert same("20-26756539-3", "20267565393")
    assert same("05123456", "5.123.456")
    assert not same("20267565393", "27267565393")
    assert compact(None) == ""


@pytest.mark.parametrize(
    ("word", "number", "expected"),
    [
        ("CUIT", "30-71429569-8", True),
        ("CUIT", "20-24681357-2", False),
        ("CUIT", "30-71429569-9", False),
        ("CNPJ", "11.222.333/0001-81", True),
        ("CPF", "529.982.247-25", False),
        ("DNI", "24681357", False),
    ],
)
def test_numbers_of_companies(word: str, number: str, expected: bool) -> None:
    checked = check(word, number)
    assert checked is not None
    assert is_company(checked) is expected

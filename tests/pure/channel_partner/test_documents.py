"""Identity documents."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.ar import cuit
from stdnum.br import cnpj

from odoo.addons.channel_partner.lib.documents import KINDS, check, compact, same


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
        ("CPF", "00000000000", "format"),
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


@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(["", "AR", "BR"]))
def test_never_raises(word, number, country):
    checked = check(word, number, country)
    assert checked is None or checked.problem or checked.number.isascii()


@given(st.sampled_from(sorted(KINDS)), st.text(max_size=40))
def test_checking_again_gives_the_same(word, number):
    checked = check(word, number)
    if checked and not checked.problem:
        assert check(word, checked.number) == checked


@given(
    st.sampled_from(["20", "23", "27", "30", "33"]),
    st.integers(0, 99_999_999),
    st.integers(1, 9),
)
def test_a_wrong_check_digit_is_always_found(prefix, middle, shift):
    body = f"{prefix}{middle:08d}"
    right = cuit.calc_check_digit(body)
    assert check("CUIT", body + right).problem == ""
    assert check("CUIT", f"{body}{(int(right) + shift) % 10}").problem == "checksum"


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=12, max_size=12))
def test_alphanumeric_cnpj(body):
    number = body + cnpj.calc_check_digits(body)
    checked = check("CNPJ", number)
    assert checked.number == number
    assert bool(checked.problem) == body.startswith("000000000000")


def test_same_number_in_another_writing():
    assert same("20-26756539-3", "20267565393")
    assert same("05123456", "5.123.456")
    assert not same("20267565393", "27267565393")
    assert compact(None) == ""

"""States and provinces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.channel_partner.lib.states import ARCA_PROVINCES, StateTable

AR = StateTable(
    "AR",
    [
        ("C", "Ciudad Autónoma de Buenos Aires"),
        ("B", "Buenos Aires"),
        ("X", "Córdoba"),
        ("G", "Santiago Del Estero"),
        ("V", "Tierra del Fuego"),
        ("T", "Tucumán"),
    ],
)
BR = StateTable(
    "BR", [("SP", "São Paulo"), ("DF", "Distrito Federal"), ("SE", "Sergipe")]
)
CL = StateTable("CL", [("13", "Metropolitana"), ("05", "Valparaíso")])


@pytest.mark.parametrize(
    ("code", "name", "expected"),
    [
        ("AR-C", "", "C"),
        ("ar-x", "", "X"),
        ("C", "", "C"),
        ("00", "", "C"),
        ("01", "Buenos Aires", "B"),
        ("1", "", "B"),
        ("24", "", "V"),
        ("", "Capital Federal", "C"),
        ("", "CABA", "C"),
        ("", "C.A.B.A.", "C"),
        ("", "Bs.As. G.B.A. Norte", "B"),
        ("", "Buenos Aires Interior", "B"),
        ("", "Provincia de Buenos Aires", "B"),
        ("", "CORDOBA", "X"),
        ("", "santiago  del estero", "G"),
        ("", "Tierra del Fuego, Antártida e Islas del Atlántico Sur", "V"),
        ("Córdoba", "", "X"),
        ("??", "Tucuman", "T"),
    ],
)
def test_argentina(code, name, expected):
    assert AR.find(code, name) == expected


@pytest.mark.parametrize(
    ("code", "name", "expected"),
    [
        ("BR-SP", "", "SP"),
        ("SP", "", "SP"),
        ("", "SAO PAULO", "SP"),
        ("", "Estado de São Paulo", "SP"),
        ("", "Brasília", "DF"),
    ],
)
def test_brazil(code, name, expected):
    assert BR.find(code, name) == expected


def test_chile_keeps_its_own_numbers():
    assert CL.find("05", "") == "05"
    assert CL.find("", "RM (Metropolitana)") == "13"


@pytest.mark.parametrize(
    ("code", "name"),
    [("", ""), ("UY-CA", ""), ("99", ""), ("AR-ZZ", "Narnia"), ("15", ""), ("²", "")],
)
def test_unknown_is_not_guessed(code, name):
    assert AR.find(code, name) is None


@given(st.text(max_size=40), st.text(max_size=40))
def test_never_raises_and_answers_a_code_of_the_country(code, name):
    assert AR.find(code, name) in {None, "C", "B", "X", "G", "V", "T"}


def test_the_table_covers_all_provinces():
    assert len(set(ARCA_PROVINCES.values())) == 24
    assert "15" not in ARCA_PROVINCES

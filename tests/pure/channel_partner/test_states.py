"""States and provinces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.channel_partner.lib.states import ARCA_PROVINCES, StateTable

from tests.pure.channel_partner.states_data import STATES

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
TABLES = {
    country: StateTable(country, [(code, name) for code, name, _others in rows])
    for country, rows in STATES.items()
}
EVERY_STATE = [
    (country, code, name, others)
    for country, rows in STATES.items()
    for code, name, others in rows
]


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


def test_every_state_is_there():
    counts = {country: len(rows) for country, rows in STATES.items()}
    assert counts == {"MX": 32, "CL": 16, "CO": 33, "UY": 19}


@pytest.mark.parametrize(("country", "code", "name", "others"), EVERY_STATE)
def test_every_state_by_code_and_by_name(country, code, name, others):
    table, suffix = TABLES[country], code.removeprefix(f"{country}-")
    assert table.find(suffix) == code
    assert table.find(f"{country}-{suffix}".lower()) == code
    for known in (name, name.upper(), name.lower(), *others):
        assert table.find("", known) == code, known


@pytest.mark.parametrize(
    ("country", "code", "name", "expected"),
    [
        ("MX", "DIF", "Distrito Federal", "CMX"),
        ("MX", "MX-DIF", "Distrito Federal", "CMX"),
        ("MX", "", "México", "MEX"),
        ("MX", "", "Ciudad de México", "CMX"),
        # The example of the service's own documentation.
        ("CO", "CO-DC", "RM (Metropolitana)", "DC"),
        ("CO", "", "Cauca", "CAU"),
        ("CO", "", "Santander", "SAN"),
        ("UY", "UY-CA", "Canelones", "CA"),
        ("UY", "AR-C", "", None),
        ("CL", "CO-DC", "", None),
    ],
)
def test_how_the_marketplace_writes_them(country, code, name, expected):
    assert TABLES[country].find(code, name) == expected


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

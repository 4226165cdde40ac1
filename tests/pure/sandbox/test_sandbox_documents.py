"""Check digits of the invented documents."""

from __future__ import annotations

import random

import pytest
from sandbox import documents


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("CUIT", "20055361682"),
        ("CPF", "11144477735"),
        ("CNPJ", "12345678000195"),
        ("CNPJ", "12ABC34501DE35"),
        ("DNI", "5123456"),
        ("RUT", "760864285"),
        ("RUT", "211003420017"),
        ("NIT", "2131234321"),
        ("CI", "64856596"),
        ("RFC", "GODE561231GR8"),
        ("CURP", "BOXW310820HNERXN09"),
        ("CC", "73160000"),
    ],
)
def test_published_examples_are_valid(kind: str, number: str) -> None:
    assert documents.is_valid(kind, number)


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("CUIT", "20111111111"),
        ("CUIT", "2005536168"),
        ("CPF", "11144477734"),
        ("CNPJ", "12ABC34501DE36"),
        ("DNI", "12345"),
        ("CNPJ", None),
        ("RUT", "123"),
        ("RUT", "760864286"),
        ("RUT", "211003420018"),
        ("NIT", "2131234325"),
        ("CI", "64856595"),
        ("RFC", "GODE561331GR8"),
        ("CURP", "BOXW310820HNERXN08"),
        ("CC", "7A"),
    ],
)
def test_wrong_documents_are_refused(kind: str, number: str | None) -> None:
    assert not documents.is_valid(kind, number)


def test_invented_documents_are_valid_and_spoilt_ones_are_not() -> None:
    rng = random.Random(3)
    for _turn in range(300):
        for kind, number in (
            ("CUIT", documents.company_cuit(rng)),
            ("CUIL", documents.person_cuit(rng)),
            ("CPF", documents.cpf(rng)),
            ("CNPJ", documents.cnpj(rng)),
            ("CNPJ", documents.cnpj(rng, alphanumeric=True)),
            ("RUT", documents.chilean_rut(rng)),
            ("RUT", documents.chilean_rut(rng, company=True)),
            ("RUT", documents.uruguayan_rut(rng)),
            ("CI", documents.ci(rng)),
            ("NIT", documents.nit(rng)),
            ("CURP", documents.curp(rng)),
        ):
            assert documents.is_valid(kind, number), number
            assert not documents.is_valid(kind, documents.spoil(number)), number

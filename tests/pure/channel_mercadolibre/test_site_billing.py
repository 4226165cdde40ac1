"""Fiscal identities as each site sends them.

Shapes: developers.mercadolibre.com, "Billing info", one example per site and kind of
person. People and companies are invented, their check digits are right.
"""

from __future__ import annotations

from typing import Any

import pytest

from odoo.addons.channel_mercadolibre.lib.billing import parse_identity
from odoo.addons.channel_mercadolibre.lib.parser import parse
from odoo.addons.channel_mercadolibre.lib.shipment import parse_delivery, split_comment

from tests.pure.channel_mercadolibre.payloads import billing, bundle, destination

MEXICAN_ADDRESS = {
    "street_name": "Calle 134A",
    "street_number": "05",
    "city_name": "Alvaro Obregón",
    "state": {"code": "DIF", "name": "Distrito Federal"},
    "zip_code": "01040",
    "country_id": "MX",
}
CHILEAN_ADDRESS = {
    "street_name": "Pasaje Las Retamas",
    "street_number": "56",
    "city_name": "Maipú",
    "comment": "73",
    "neighborhood": "Maipú",
    "state": {"name": "RM (Metropolitana)"},
    "country_id": "CL",
}


def answer(site: str | None, **info: Any) -> dict[str, Any]:
    root: dict[str, Any] = {"buyer": {"cust_id": 234343545, "billing_info": info}}
    return {"site_id": site, **root} if site else root


def mexican(number: str, last_name: str | None, **changes: Any) -> dict[str, Any]:
    names = {"name": "Ximena", "last_name": last_name}
    if last_name is None:
        names = {"name": "UMBRALIA DEL BAJIO SA DE CV"}
    return answer(
        "MLM",
        **names,
        identification={"type": "RFC", "number": number},
        taxes={
            "contributor": "PERSONA FÍSICA" if last_name else "PERSONA MORAL",
            "taxpayer_type": {"id": "606", "description": "Arrendamiento"},
            "cfdi": {"id": "G03", "description": "Gastos en general"},
        },
        address=MEXICAN_ADDRESS,
        attributes={
            "vat_discriminated_billing": "true",
            "birth_date": "2000/02/03",
            "is_normalized": True,
            "customer_type": "CO" if last_name else "BU",
        },
        **changes,
    )


def test_a_mexican_person() -> None:
    found = parse_identity(mexican("LEDX900214AB1", "Ledesma"))
    assert found
    assert (found.name, found.is_company) == ("Ximena Ledesma", False)
    assert (found.document_type, found.document_number) == ("RFC", "LEDX900214AB1")
    assert found.regime == "606 Arrendamiento"
    assert found.invoice_use == "G03 Gastos en general"
    assert found.taxpayer_type == "Arrendamiento"
    assert found.address
    assert (found.address.state_code, found.address.zip) == ("DIF", "01040")


def test_a_mexican_company() -> None:
    found = parse_identity(mexican("UBA930714AB4", None))
    assert found
    assert (found.name, found.is_company) == ("UMBRALIA DEL BAJIO SA DE CV", True)


@pytest.mark.parametrize(("last_name", "company"), [("Ledesma", False), (None, True)])
def test_a_mexican_who_wants_no_invoice(last_name: str | None, company: bool) -> None:
    found = parse_identity(mexican("XAXX010101000", last_name))
    assert found
    assert found.is_company is company
    assert found.document_number == "XAXX010101000"


def test_the_regime_is_mexican_only() -> None:
    found = parse_identity(billing())
    assert found
    assert (found.regime, found.invoice_use, found.activity) == ("", "", "")


def test_a_chilean_person_and_company() -> None:
    person = parse_identity(
        answer(
            "MLC",
            name="tamara nicole",
            last_name="larenas reyes",
            identification={"type": "RUT", "number": "12531909-2"},
            address=CHILEAN_ADDRESS,
            attributes={"is_normalized": True, "cust_type": "CO"},
        )
    )
    assert person
    assert (person.name, person.is_company) == ("Tamara Nicole Larenas Reyes", False)
    assert person.address
    assert (person.address.city, person.address.zip) == ("Maipú", "")
    company = parse_identity(
        answer(
            "MLC",
            name="comercial ferlunor spa",
            identification={"type": "RUT", "number": "76.086.428-5"},
            taxes={"economic_activity": "Venta de artículos electrónicos"},
            address=CHILEAN_ADDRESS,
            attributes={"is_normalized": True, "cust_type": "BU"},
        )
    )
    assert company
    assert (company.name, company.is_company) == ("Comercial Ferlunor SPA", True)
    assert company.activity == "Venta de artículos electrónicos"


def test_a_colombian_person_and_company() -> None:
    address = {
        "street_name": "Pasaje Las Retamas",
        "street_number": "#10-11",
        "city_name": "La Candelaria",
        "state": {"name": "Bogotá D.C.", "code": "CO-DC"},
        "country_id": "CO",
    }
    person = parse_identity(
        answer(
            "MCO",
            name="Adrián",
            last_name="Garcés",
            identification={"type": "CC", "number": "73160000"},
            address=address,
        )
    )
    assert person
    assert (person.is_company, person.document_type) == (False, "CC")
    company = parse_identity(
        answer(
            "MCO",
            name="CALBREÑA SAS",
            identification={"type": "NIT", "number": "900373115"},
            address=address,
            attributes={"is_normalized": True},
        )
    )
    assert company
    assert (company.name, company.is_company) == ("CALBREÑA SAS", True)


def uruguayan(**changes: Any) -> dict[str, Any]:
    """Without site, country and zip, with ids as texts and root fields of its own."""
    info = {
        "name": "Nahuel",
        "last_name": "Toledo",
        "identification": {"type": "CI", "number": "64856596"},
        "attributes": {
            "normalized": "false",
            "is_vat_discriminated_billing": False,
            "is_new_billing_info": False,
        },
        "address": {
            "city": "Las Piedras",
            "street_name": "Los Aromos",
            "street_number": "123",
            "state": {"name": "Canelones", "code": "UY-CA"},
        },
        **changes,
    }
    return {
        "buyer": {"cust_id": "1921961891", "billing_info": info},
        "seller": {"cust_id": "293733309"},
        "buyer_id": 1921961891,
        "seller_id": 293733309,
        "is_order_origin": False,
    }


def test_an_uruguayan_person_and_company() -> None:
    person = parse_identity(uruguayan(), country="UY")
    assert person
    assert (person.name, person.is_company) == ("Nahuel Toledo", False)
    assert person.address
    assert person.address.city == "Las Piedras"
    assert person.address.country_code == "UY"
    data = uruguayan(
        name="Orvalí S.R.L.",
        last_name=None,
        identification={"type": "RUT", "number": "215191230015"},
    )
    company = parse_identity(data)
    assert company
    assert (company.name, company.is_company) == ("Orvalí S.R.L.", True)
    assert company.address
    assert company.address.country_code == ""


def test_the_site_gives_the_country() -> None:
    data = bundle(site="MLU", billing={"format": "new", "data": uruguayan()})
    identity = parse(data).buyer.identity
    assert identity
    assert identity.address
    assert identity.address.country_code == "UY"


@pytest.mark.parametrize(
    ("kind", "number", "customer", "last_name", "expected"),
    [
        ("RFC", "LEDX900214AB1", "BU", None, False),
        ("RFC", "UBA930714AB4", "CO", "Paz", True),
        ("RFC", "", None, "Paz", False),
        ("CURP", "BOXW310820HNERXN09", None, None, False),
        ("CC", "73160000", None, None, False),
        ("CE", "384512", None, "Paz", False),
        ("CI", "64856596", None, None, False),
        ("NIT", "900.373.115-3", None, "Paz", True),
        ("NIT", "9003731153", "CO", None, True),
        ("NIT", "80123456-7", None, "Paz", False),
        ("NIT", "1018422334", None, "Paz", False),
        ("RUT", "76.086.428-5", None, "Paz", True),
        ("RUT", "76086428-5", "CO", "Paz", False),
        ("RUT", "12531909-2", None, "Paz", False),
        ("RUT", "12531909-2", "BU", None, True),
        ("RUT", "12531909-2", None, None, True),
        ("RUT", "215191230015", None, "Paz", False),
    ],
)
def test_who_is_a_company(
    kind: str,
    number: str,
    customer: str | None,
    last_name: str | None,
    expected: bool,
) -> None:
    found = parse_identity(
        answer(
            "MLX",
            name="Ana",
            last_name=last_name,
            identification={"type": kind, "number": number},
            attributes={"cust_type": customer},
        )
    )
    assert found
    assert found.is_company is expected


@pytest.mark.parametrize(
    "taxes",
    [
        {"contributor": None, "cfdi": None, "taxpayer_type": None},
        {"contributor": None, "cfdi": {}, "taxpayer_type": {"id": None}},
        {"economic_activity": None},
        None,
    ],
)
def test_null_blocks_say_nothing(taxes: Any) -> None:
    assert parse_identity(answer("MLM", taxes=taxes, address=None)) is None


def test_what_the_flat_shape_says_about_the_activity() -> None:
    facts = [{"type": "ECONOMIC_ACTIVITY", "value": "Venta al por menor"}]
    found = parse_identity({"billing_info": {"additional_info": facts}})
    assert found
    assert found.activity == "Venta al por menor"


@pytest.mark.parametrize(
    ("comment", "complement"),
    [
        ("Int. 4", "Int. 4"),
        ("Depto 3B, portón negro", "Depto 3B, portón negro"),
        ("Torre 2 piso 4", "Torre 2 piso 4"),
        ("Casa de rejas blancas", ""),
        ("Intercomunicador no sirve", ""),
        ("Frente al parque", ""),
    ],
)
def test_a_mexican_complement(comment: str, complement: str) -> None:
    rest = "" if complement else comment
    assert split_comment(comment, "MX") == (complement, rest)
    assert split_comment(comment, "CL") == ("", comment)


def test_an_address_without_zip_and_city() -> None:
    raw = destination()
    raw["shipping_address"] |= {
        "zip_code": None,
        "city": {"id": None, "name": None},
        "municipality": {"id": "TUxDTU1BSUI", "name": "Maipú"},
    }
    found = parse_delivery({"destination": raw})
    assert found
    assert (found.zip, found.city) == ("", "Maipú")

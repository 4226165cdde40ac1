"""Fiscal identities, addresses and shipments in all their shapes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from odoo.addons.channel_base.lib.errors import Rejected
from odoo.addons.channel_mercadolibre.lib.billing import parse_identity
from odoo.addons.channel_mercadolibre.lib.names import recase, recase_company
from odoo.addons.channel_mercadolibre.lib.parser import parse
from odoo.addons.channel_mercadolibre.lib.shipment import (
    parse_delivery,
    parse_shipment,
)

from tests.pure.channel_mercadolibre.payloads import (
    billing,
    bundle,
    destination,
    flat_billing,
    old_shipment,
    shipment,
)


def test_a_person_in_the_present_shape() -> None:
    found = parse_identity(billing(), "776")
    assert found
    assert found.name == "Zulma Torvane de la Peña"
    assert (found.document_type, found.document_number) == ("CUIT", "27284571460")
    assert found.taxpayer_type == "Monotributo"
    assert found.is_company is False
    assert found.external_id == "776"
    assert not found.pending
    assert found.address
    assert found.address.line == "Lago Escondido"
    assert found.address.street_number == ""
    assert found.address.city == "Villa Pampalén"
    assert found.address.state_code == "01"
    assert found.address.country_code == "AR"
    assert found.address.comment == "Timbre 3B"


def test_a_company_in_the_flat_shape() -> None:
    found = parse_identity(flat_billing())
    assert found
    assert found.name == "TARQUEMAR S.A."
    assert (found.document_type, found.document_number) == ("CUIT", "30714285710")
    assert found.taxpayer_type == "IVA Responsable Inscripto"
    assert found.is_company is True
    assert found.address
    assert found.address.line == "Av. Ombú Viejo 1450"
    assert found.address.state_name == "Santa Fe"


def test_the_nested_shape_under_the_deprecated_path() -> None:
    nested = {"billing_info": billing()["buyer"]["billing_info"]}
    assert parse_identity(nested) == parse_identity(billing())
    found = parse(bundle(billing={"format": "legacy", "data": billing()}))
    assert found.buyer.identity
    assert found.buyer.identity.external_id == ""


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        {"buyer": None},
        {"buyer": {"billing_info": None}},
        {"buyer": {"billing_info": {"identification": None, "address": {}}}},
        {"billing_info": {"doc_type": None, "doc_number": None}},
        {"billing_info": {"additional_info": []}},
    ],
)
def test_nothing_is_no_identity(data: Any) -> None:
    assert parse_identity(data, "776") is None


@pytest.mark.parametrize(
    "changes",
    [
        {"attributes": {"status": "PROCESSING"}},
        {"identification": {"type": None, "number": "PROCESSING"}},
        {"status": "processing"},
    ],
)
def test_a_document_in_preparation_is_pending(changes: dict[str, Any]) -> None:
    found = parse_identity(
        billing(**{"identification": None, "taxes": None, **changes})
    )
    assert found
    assert found.pending
    assert found.document_number == ""


@pytest.mark.parametrize(
    ("kind", "number", "customer", "expected"),
    [
        ("DNI", "28457146", None, False),
        ("CUIL", "27284571460", "CO", False),
        ("CPF", "52998224725", None, False),
        ("CNPJ", "12ABC34501DE35", None, True),
        ("CUIT", "30714285710", None, True),
        ("CUIT", "27284571460", "BU", False),
        ("CUIT", "", "BU", True),
        ("CUIT", "", None, True),
        ("", "", "BU", True),
        ("", "", "CO", False),
        ("OTRO", "1", None, None),
    ],
)
def test_who_is_a_company(
    kind: str, number: str, customer: str | None, expected: bool | None
) -> None:
    found = parse_identity(
        billing(
            identification={"type": kind, "number": number},
            attributes={"cust_type": customer},
        )
    )
    assert found
    assert found.is_company is expected


def test_a_brazilian_identity() -> None:
    found = parse_identity(
        billing(
            name="Umbralia Comércio Ltda.",
            last_name=None,
            identification={"type": "CNPJ", "number": "12.345.678/0001-95"},
            taxes={
                "taxpayer_type": {"description": "Contribuinte"},
                "inscriptions": {"state_registration": 110042490114},
            },
            address={
                "street_name": "Rua das Umbras",
                "street_number": "100",
                "comment": "Sala 12",
                "neighborhood": "Centro",
                "city_name": "Campinas",
                "state": {"name": "São Paulo"},
                "zip_code": "13010000",
                "country_id": "BR",
            },
        )
    )
    assert found
    assert found.state_registration == "110042490114"
    assert found.document_number == "12.345.678/0001-95"
    assert found.address
    assert found.address.complement == "Sala 12"
    assert found.address.comment == ""
    assert found.address.district == "Centro"


def test_both_shapes_of_a_shipment_say_the_same() -> None:
    assert parse_delivery(shipment()) == parse_delivery(old_shipment())
    new, old = (parse_shipment(s) for s in (shipment(), old_shipment()))
    assert new == old
    assert new.service == "73328"
    assert new.service_name == "Estándar a domicilio"
    assert new.buyer_cost == Decimal("1200.5")
    assert (new.mode, new.logistic_type) == ("me2", "drop_off")
    assert not new.by_channel


def test_a_delivery_address() -> None:
    found = parse_delivery(shipment())
    assert found
    assert found.line == "Lago Escondido 1450"
    assert found.receiver == "Esteban Torvane"
    assert found.phone == ""
    assert found.comment == "Dejar en portería"
    assert found.state_code == "AR-B"
    assert found.district == "Norte"
    assert found.external_id == "900001234"
    assert not found.pickup


def test_a_branch_of_the_carrier_is_a_pickup() -> None:
    assert parse_delivery(shipment(destination=destination(type="agency"))).pickup  # type: ignore[union-attr]
    old = old_shipment()
    old["receiver_address"]["agency"] = {"agency_id": "AR-B-12", "carrier_id": 17500240}
    assert parse_delivery(old).pickup  # type: ignore[union-attr]


def test_hidden_values_are_dropped() -> None:
    address = dict(destination()["shipping_address"])
    for key in ("address_line", "street_name", "street_number"):
        address[key] = "XXXXXXX"
    found = parse_delivery(shipment(destination=destination(shipping_address=address)))
    assert found
    assert (found.line, found.street_name, found.street_number) == ("", "", "")
    assert found.city == "Villa Pampalén"


@pytest.mark.parametrize("number", ["SN", "S/N", "s/n", "sn", "S.N.", "S/Nº"])
def test_no_number(number: str) -> None:
    address = {
        **destination()["shipping_address"],
        "street_number": number,
        "address_line": f"Lago Escondido {number}",
    }
    found = parse_delivery(shipment(destination=destination(shipping_address=address)))
    assert found
    assert (found.line, found.street_number) == ("Lago Escondido", "")


@pytest.mark.parametrize(
    ("comment", "complement", "rest"),
    [
        ("Apto 302 bloco B", "Apto 302 bloco B", ""),
        ("apto. 7", "apto. 7", ""),
        ("Casa 2", "Casa 2", ""),
        ("12º andar", "12º andar", ""),
        ("Fundos", "Fundos", ""),
        ("Deixar na portaria", "", "Deixar na portaria"),
        ("Casa amarela, portão verde", "", "Casa amarela, portão verde"),
        ("Blusa para a Ana", "", "Blusa para a Ana"),
    ],
)
def test_a_brazilian_complement(comment: str, complement: str, rest: str) -> None:
    address = {
        **destination()["shipping_address"],
        "comment": comment,
        "country": {"id": "BR"},
    }
    found = parse_delivery(shipment(destination=destination(shipping_address=address)))
    assert found
    assert (found.complement, found.comment) == (complement, rest)


def test_a_long_comment_is_bounded() -> None:
    text = "Llamar antes de venir 🛎️. " * 400
    found = parse_delivery(shipment(destination=destination(comments=text)))
    assert found
    assert 900 < len(found.comment) <= 1000


def test_the_service_falls_back_to_how_it_travels() -> None:
    bare = shipment(lead_time=None, tracking_method=None)
    assert parse_shipment(bare).service == "drop_off"
    assert parse_shipment(shipment(lead_time=None)).service == "Express"


def test_fulfilment_is_by_the_channel() -> None:
    full = shipment(logistic={"mode": "me2", "type": "fulfillment"})
    assert parse_shipment(full).by_channel


def test_freight_tells_its_own_currency() -> None:
    freight = shipment(lead_time={"cost": 10, "currency_id": "ARS"})
    assert parse_shipment(freight).currency == "ARS"


def test_negative_freight_is_refused() -> None:
    with pytest.raises(Rejected) as caught:
        parse_shipment(shipment(lead_time={"cost": -1}))
    assert caught.value.code == "amount_invalid"


def test_no_shipment() -> None:
    found = parse(bundle(shipment={"data": None}))
    assert found.shipment is None
    assert found.delivery is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("ZULMA TORVANE", "Zulma Torvane"),
        ("zulma torvane", "Zulma Torvane"),
        ("Zulma TORVANE", "Zulma TORVANE"),
        ("JUANA DE LOS SANTOS", "Juana de los Santos"),
        ("de la PEÑA", "de la PEÑA"),
        ("DE LA PEÑA", "De la Peña"),
        ("o'connor-pérez", "O'Connor-Pérez"),
        ("J", "J"),
        ("", ""),
        ("李小龍", "李小龍"),
    ],
)
def test_capitals(given: str, expected: str) -> None:
    assert recase(given) == expected


def test_companies_keep_their_capitals() -> None:
    assert recase_company("IBERIA TECH S.R.L.") == "IBERIA TECH S.R.L."
    assert recase_company("FERLUNOR SPA") == "FERLUNOR SPA"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("tarquemar sa", "Tarquemar SA"),
        ("comercial ferlunor spa", "Comercial Ferlunor SPA"),
        ("spa y salón orvalí ltda", "Spa y Salón Orvalí Ltda"),
        ("orvalí del bajío s de rl de cv", "Orvalí del Bajío S de RL de CV"),
        ("umbralía s.a. de c.v.", "Umbralía S.A. de C.V."),
        ("calbreña sas", "Calbreña SAS"),
        ("sas", "Sas"),
    ],
)
def test_a_company_in_lower_case(given: str, expected: str) -> None:
    assert recase_company(given) == expected


NULLS = {"identification": {"type": None, "number": None}}


@pytest.mark.parametrize(
    ("data", "named", "pending"),
    [
        (billing(**NULLS), False, True),
        (billing(**NULLS, taxes=None), False, True),
        (billing(identification=None), False, True),
        (billing(identification={"type": "DNI", "number": None}), False, True),
        (billing(identification={"type": None, "number": ""}), True, True),
        (billing(identification={"type": "DNI", "number": "XXXXXXX"}), True, True),
        (billing(), True, False),
        ({"buyer": {"billing_info": {"name": "Zulma"}}}, False, False),
        ({"buyer": {"billing_info": {"name": "Zulma"}}}, True, True),
        ({"buyer": {"billing_info": None}}, True, True),
        (None, True, True),
        (flat_billing(), True, False),
        (
            {
                "billing_info": {
                    "doc_type": None,
                    "doc_number": None,
                    "additional_info": [{"type": "FIRST_NAME", "value": "Zulma"}],
                }
            },
            False,
            True,
        ),
    ],
)
def test_a_document_that_is_not_told_yet(data: Any, named: bool, pending: bool) -> None:
    found = parse_identity(data, "776", named=named)
    assert found
    assert found.pending is pending


@pytest.mark.parametrize(
    ("section", "pending", "external_id"),
    [
        ({"format": "new", "data": billing(**NULLS)}, True, "776121809365303355"),
        ({"format": "none", "data": None}, True, "776121809365303355"),
        ({"format": "legacy", "data": billing()}, False, ""),
        ({"format": "new", "data": billing()}, False, "776121809365303355"),
    ],
)
def test_an_order_that_names_billing_info(
    section: dict[str, Any], pending: bool, external_id: str
) -> None:
    found = parse(bundle(billing=section)).buyer.identity
    assert found
    assert (found.pending, found.external_id) == (pending, external_id)

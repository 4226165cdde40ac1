"""Payloads of invented people, in the shapes the service documents."""

from __future__ import annotations

from typing import Any

SELLER = 3104829965


def order(number: int = 2000013770481964, **changes: Any) -> dict[str, Any]:
    """One paid order of two units."""
    return {
        "id": number,
        "pack_id": None,
        "date_created": "2026-10-03T09:15:30.000-04:00",
        "date_closed": "2026-10-03T09:15:33.000-04:00",
        "last_updated": "2026-10-04T11:00:00.123-04:00",
        "status": "paid",
        "total_amount": 104480.2,
        "paid_amount": 104480.2,
        "currency_id": "ARS",
        "taxes": {"amount": None, "currency_id": None, "id": None},
        "order_items": [item()],
        "payments": [payment(order_id=number)],
        "shipping": {"id": 45848383497},
        "tags": ["paid", "not_delivered"],
        "static_tags": [],
        "internal_tags": [],
        "context": {"channel": "marketplace", "site": "MLA", "flows": ["catalog"]},
        "seller": {"id": SELLER},
        "buyer": {
            "id": 9223372036854775,
            "nickname": "ZULMA_TORVANE",
            "first_name": "Zulma",
            "last_name": "Torvane",
            "billing_info": {"id": "776121809365303355"},
        },
        **changes,
    }


def item(**changes: Any) -> dict[str, Any]:
    """One item of an order."""
    return {
        "item": {
            "id": "MLA1413245678",
            "title": "Caja organizadora 40 l",
            "variation_id": None,
            "seller_sku": "CAJA-040",
            "seller_custom_field": None,
        },
        "quantity": 2,
        "unit_price": 52240.1,
        "full_unit_price": 54990.0,
        "discounts": [{"amounts": {"full": 2749.9, "seller": 2749.9}}],
        "currency_id": "ARS",
        "sale_fee": 5746.0,
        **changes,
    }


def payment(**changes: Any) -> dict[str, Any]:
    """One payment of an order."""
    return {
        "id": 130000000001,
        "order_id": 2000013770481964,
        "payment_method_id": "master",
        "installments": 3,
        "status": "approved",
        "transaction_amount": 104480.2,
        "transaction_amount_refunded": 0.0,
        "shipping_cost": 1200.5,
        "coupon_amount": 0.0,
        "date_approved": "2026-10-03T09:15:31.000-04:00",
        **changes,
    }


def billing(**changes: Any) -> dict[str, Any]:
    """Billing info in the present shape: a person with a CUIT of her own."""
    info = {
        "name": "ZULMA",
        "last_name": "TORVANE DE LA PEÑA",
        "identification": {"type": "CUIT", "number": "27284571460"},
        "taxes": {"taxpayer_type": {"id": "02", "description": "Monotributo"}},
        "address": {
            "street_name": "Lago Escondido",
            "street_number": "SN",
            "city_name": "Villa Pampalén",
            "neighborhood": "Norte",
            "comment": "Timbre 3B",
            "zip_code": "1414",
            "state": {"code": "01", "name": "Buenos Aires"},
            "country_id": "AR",
        },
        "attributes": {"cust_type": "CO", "doc_type_number": "27284571460"},
        **changes,
    }
    return {
        "site_id": "MLA",
        "buyer": {"cust_id": 9223372036854775, "billing_info": info},
        "seller": {"cust_id": 0},
    }


def flat_billing(**facts: Any) -> dict[str, Any]:
    """Billing info in the flat shape: a company."""
    values = {
        "BUSINESS_NAME": "TARQUEMAR S.A.",
        "TAXPAYER_TYPE_ID": "IVA Responsable Inscripto",
        "STREET_NAME": "Av. Ombú Viejo",
        "STREET_NUMBER": 1450,
        "CITY_NAME": "Rosario del Talar",
        "STATE_CODE": "AR-S",
        "STATE_NAME": "Santa Fe",
        "ZIP_CODE": "2000",
        "COUNTRY_ID": "AR",
        **facts,
    }
    return {
        "billing_info": {
            "doc_type": "CUIT",
            "doc_number": "30714285710",
            "additional_info": [
                {"type": key, "value": value} for key, value in values.items()
            ],
        }
    }


def shipment(**changes: Any) -> dict[str, Any]:
    """A shipment in the present shape."""
    return {
        "id": 45848383497,
        "status": "ready_to_ship",
        "substatus": "ready_to_print",
        "tracking_number": "SBX45848383497",
        "tracking_method": "Express",
        "logistic": {"mode": "me2", "type": "drop_off", "direction": "forward"},
        "destination": destination(),
        "lead_time": {
            "cost": 1200.5,
            "list_cost": 2400.0,
            "currency_id": "ARS",
            "shipping_method": {"id": 73328, "name": "Estándar a domicilio"},
        },
        **changes,
    }


def destination(**changes: Any) -> dict[str, Any]:
    """Where a shipment of the present shape goes."""
    return {
        "type": "buying_address",
        "receiver_id": 9223372036854775,
        "receiver_name": "ESTEBAN TORVANE",
        "receiver_phone": "XXXXXXX",
        "comments": "Dejar en portería",
        "shipping_address": {
            "address_id": 900001234,
            "address_line": "Lago Escondido 1450",
            "street_name": "Lago Escondido",
            "street_number": "1450",
            "comment": None,
            "zip_code": "1414",
            "city": {"id": "TUxBQ0NBUGZlZG1sYQ", "name": "Villa Pampalén"},
            "state": {"id": "AR-B", "name": "Buenos Aires"},
            "country": {"id": "AR", "name": "Argentina"},
            "neighborhood": {"id": None, "name": "Norte"},
            "agency": None,
        },
        **changes,
    }


def old_shipment() -> dict[str, Any]:
    """The same shipment in the shape of before October 2025."""
    new = shipment()
    address = dict(new["destination"]["shipping_address"])
    address["id"] = address.pop("address_id")
    address["receiver_name"] = new["destination"]["receiver_name"]
    address["receiver_phone"] = new["destination"]["receiver_phone"]
    return {
        "id": new["id"],
        "status": new["status"],
        "substatus": new["substatus"],
        "tracking_number": new["tracking_number"],
        "tracking_method": new["tracking_method"],
        "mode": "me2",
        "logistic_type": "drop_off",
        "comments": "Dejar en portería",
        "receiver_address": address,
        "shipping_option": {
            "cost": 1200.5,
            "currency_id": "ARS",
            "shipping_method_id": 73328,
            "name": "Estándar a domicilio",
        },
    }


def bundle(*orders: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A bundle as fetching leaves it."""
    found = list(orders) or [order()]
    return {
        "schema": 1,
        "site": "MLA",
        "seller_id": str(SELLER),
        "external_id": str(found[0]["pack_id"] or found[0]["id"]),
        "pack": None,
        "orders": found,
        "billing": {"format": "new", "data": billing()},
        "shipment": {"data": shipment()},
        "partial": [],
        "versions": {str(one["id"]): one["last_updated"] for one in found},
        **changes,
    }

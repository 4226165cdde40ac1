"""Billing data of a buyer, in the present shape and in the two older ones.

Source: MercadoLibre developers, Billing info (``/orders/billing-info/{site}/{id}``)
and its deprecated form ``/orders/{id}/billing_info``.
"""

from __future__ import annotations

from typing import Any

from .identities import REGIMES, TAXPAYER_IDS, Address, Identity


def build_billing(site: str, buyer_id: int, identity: Identity) -> dict[str, Any]:
    """Present shape: ``{site_id, buyer{cust_id, billing_info{...}}, seller}``.

    Uruguay's has no ``site_id``, ids as texts and fields of its own at the root.
    """
    info: dict[str, Any] = {"name": identity.name}
    if identity.last_name is not None:
        info["last_name"] = identity.last_name
    info["identification"] = {
        "type": identity.doc_type,
        "number": identity.doc_number,
    }
    if site == "MLU":
        return _uruguayan(buyer_id, info, identity)
    taxes, attributes = _EXTRAS[site](identity)
    if taxes:
        info["taxes"] = taxes
    info["address"] = _address(site, identity.address)
    if attributes:
        info["attributes"] = attributes
    return {
        "site_id": site,
        "buyer": {"cust_id": buyer_id, "billing_info": info},
        "seller": {"cust_id": 0},
    }


Extras = tuple[dict[str, Any], dict[str, Any]]


def _customer(identity: Identity) -> str:
    return "BU" if identity.company else "CO"


def _first_sites(identity: Identity) -> Extras:
    """Taxes and attributes in Argentina and Brazil."""
    taxes: dict[str, Any] = {
        "taxpayer_type": {
            "id": TAXPAYER_IDS[identity.taxpayer],
            "description": identity.taxpayer,
        }
    }
    if identity.iibb:
        taxes["iibb_number"] = identity.iibb
    if identity.state_registration:
        taxes["inscriptions"] = {"state_registration": identity.state_registration}
    discriminated = identity.taxpayer == "IVA Responsable Inscripto"
    return taxes, {
        "cust_type": _customer(identity),
        "vat_discriminated_billing": "true" if discriminated else "false",
        "doc_type_number": identity.doc_number,
        "is_normalized": True,
    }


def _mexican(identity: Identity) -> Extras:
    attributes = {
        "vat_discriminated_billing": "true",
        "birth_date": "1990/02/14",
        "is_normalized": True,
        "customer_type": _customer(identity),
    }
    if not identity.regime:
        return {}, attributes
    return {
        "contributor": "PERSONA MORAL" if identity.company else "PERSONA FÍSICA",
        "taxpayer_type": {
            "id": identity.regime,
            "description": REGIMES[identity.regime],
        },
        "cfdi": {"id": "G03", "description": "Gastos en general"},
    }, attributes


def _chilean(identity: Identity) -> Extras:
    taxes = {"economic_activity": identity.activity} if identity.activity else {}
    return taxes, {"is_normalized": True, "cust_type": _customer(identity)}


def _colombian(identity: Identity) -> Extras:
    return {}, {"is_normalized": True} if identity.company else {}


_EXTRAS = {
    "MLA": _first_sites,
    "MLB": _first_sites,
    "MLC": _chilean,
    "MCO": _colombian,
    "MLM": _mexican,
}


def _address(site: str, address: Address) -> dict[str, Any]:
    place = address.place
    state: dict[str, Any] = {"name": place.state_name}
    if place.tax_state:
        state = {"code": place.tax_state, **state}
    found = {
        "street_name": address.street,
        "street_number": address.number,
        "city_name": place.city,
        "neighborhood": address.neighborhood,
        "comment": address.comment,
        "zip_code": address.zip_code,
        "state": state,
        "country_id": place.country,
    }
    if site in ("MLC", "MCO"):
        del found["zip_code"]
    return found


def _uruguayan(
    buyer_id: int, info: dict[str, Any], identity: Identity
) -> dict[str, Any]:
    place = identity.address.place
    info["attributes"] = {
        "normalized": "false",
        "is_vat_discriminated_billing": False,
        "is_new_billing_info": False,
    }
    info["address"] = {
        "city": place.city,
        "street_name": identity.address.street,
        "street_number": identity.address.number,
        "state": {"name": place.state_name, "code": place.tax_state},
    }
    return {
        "buyer": {"cust_id": str(buyer_id), "billing_info": info},
        "seller": {"cust_id": "0"},
        "buyer_id": buyer_id,
        "seller_id": 0,
        "is_order_origin": False,
    }


def nested_legacy(billing: dict[str, Any]) -> dict[str, Any]:
    """Answer of the deprecated path with ``x-version: 2``: the nested shape."""
    return {
        key: billing[key] for key in ("site_id", "buyer", "seller") if key in billing
    }


def flat_legacy(billing: dict[str, Any] | None) -> dict[str, Any]:
    """Answer of the deprecated path: ``{billing_info{doc_type, …, additional_info}}``.

    ``additional_info`` is a list of ``{type, value}``; absent facts have no entry.
    """
    if billing is None:
        return _flat_answer(None, None, {})
    info = billing.get("buyer", {}).get("billing_info") or {}
    document = info.get("identification") or {}
    taxes = info.get("taxes") or {}
    address = info.get("address") or {}
    state = address.get("state") or {}
    attributes = info.get("attributes") or {}
    customer = attributes.get("cust_type") or attributes.get("customer_type")
    company = customer == "BU"
    facts = {
        "SITE_ID": billing.get("site_id"),
        "BUSINESS_NAME" if company else "FIRST_NAME": info.get("name"),
        "LAST_NAME": info.get("last_name"),
        "DOC_TYPE": document.get("type"),
        "DOC_NUMBER": document.get("number"),
        "TAXPAYER_TYPE_ID": (taxes.get("taxpayer_type") or {}).get("description"),
        "STATE_REGISTRATION": (taxes.get("inscriptions") or {}).get(
            "state_registration"
        ),
        "ECONOMIC_ACTIVITY": taxes.get("economic_activity"),
        "STREET_NAME": address.get("street_name"),
        "STREET_NUMBER": address.get("street_number"),
        "CITY_NAME": address.get("city_name") or address.get("city"),
        "NEIGHBORHOOD": address.get("neighborhood"),
        "COMMENT": address.get("comment"),
        "ZIP_CODE": address.get("zip_code"),
        "STATE_CODE": state.get("code"),
        "STATE_NAME": state.get("name"),
        "COUNTRY_ID": address.get("country_id"),
        "VAT_DISCRIMINATED_BILLING": attributes.get("vat_discriminated_billing"),
        "NEW_BILLING_INFO": "true",
    }
    return _flat_answer(document.get("type"), document.get("number"), facts)


def _flat_answer(
    doc_type: str | None, doc_number: str | None, facts: dict[str, Any]
) -> dict[str, Any]:
    listed = [{"type": k, "value": v} for k, v in facts.items() if v is not None]
    return {
        "billing_info": {
            "doc_type": doc_type,
            "doc_number": doc_number,
            "additional_info": listed,
        }
    }

"""Who bought, and where it goes. Source: docs.medusajs.com, "Order addresses"."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from odoo.addons.channel_base.lib.reader import identifier, mapping, text
from odoo.addons.channel_base.lib.text import is_placeholder
from odoo.addons.channel_partner.lib.buyer import Address, Buyer, FiscalIdentity

from . import documents

_STATE = re.compile(r"[A-Za-z]{2}-[A-Za-z0-9]{1,3}")
# Address parts that only metadata can hold, by the keys that shops write
_EXTRA: Mapping[str, tuple[str, ...]] = {
    "street_number": ("street_number", "number", "numero"),
    "complement": ("complement", "complemento"),
    "district": ("district", "neighborhood", "bairro", "barrio"),
}

Block = Mapping[str, Any]


def parse_buyer(order: Block, document_key: str = "") -> Buyer:
    """The buyer of an order; guests have a customer record as well.

    :param document_key: see :func:`.documents.find`
    """
    customer = mapping(order.get("customer"), "order.customer")
    billing = mapping(order.get("billing_address"), "order.billing_address")
    shipping = mapping(order.get("shipping_address"), "order.shipping_address")
    billing = billing or shipping
    email = _email(order, customer)
    address = parse_address(billing, "order.billing_address")
    names = (_name(billing), _name(customer), _name(shipping))
    name = next(filter(None, names), "")
    country = address.country_code if address else ""
    metadata = [
        mapping(block.get("metadata"), "metadata")
        for block in (order, billing, customer, shipping)
    ]
    kind, number = documents.find(metadata, country, document_key)
    company = _word(billing, "company") or _word(customer, "company_name")
    return Buyer(
        external_id=_buyer_id(order, customer, email),
        name=name,
        phone=_word(shipping, "phone")
        or _word(billing, "phone")
        or _word(customer, "phone"),
        email=email,
        identity=FiscalIdentity(
            name=company or name,
            document_type=kind,
            document_number=number,
            address=address,
        ),
    )


def parse_address(block: Block, path: str) -> Address | None:
    """An address; None without one."""
    if not any(block.get(key) for key in ("address_1", "city", "postal_code")):
        return None
    extra = mapping(block.get("metadata"), f"{path}.metadata")
    found = {
        part: next(filter(None, (_word(extra, key) for key in keys)), "")
        for part, keys in _EXTRA.items()
    }
    street, number = _word(block, "address_1"), found["street_number"]
    province = _word(block, "province")
    is_code = bool(_STATE.fullmatch(province))
    return Address(
        line=f"{street} {number}".strip(),
        street_name=street if number else "",
        street_number=number,
        complement=_word(block, "address_2") or found["complement"],
        district=found["district"],
        city=_word(block, "city"),
        zip=_word(block, "postal_code"),
        state_code=province.upper() if is_code else "",
        state_name="" if is_code else province,
        country_code=_word(block, "country_code").upper(),
        receiver=_name(block),
        phone=_word(block, "phone"),
    )


def _buyer_id(order: Block, customer: Block, email: str) -> str:
    """The customer's id; what the buyer is known by without one."""
    key = identifier(customer.get("id") or order.get("customer_id"), "customer_id")
    if key:
        return key
    if email:
        return f"email-{hashlib.sha256(email.lower().encode()).hexdigest()[:32]}"
    return f"order-{identifier(order.get('id'), 'order.id')}"


def _email(order: Block, customer: Block) -> str:
    for block in (order, customer):
        email = text(block.get("email"), "email")
        if "@" in email and not is_placeholder(email.partition("@")[0]):
            return email
    return ""


def _name(block: Block) -> str:
    parts = (_word(block, "first_name"), _word(block, "last_name"))
    return " ".join(part for part in parts if part)


def _word(block: Block, key: str) -> str:
    """A text that somebody wrote; empty when it only fills the field."""
    value = block.get(key)
    found = "" if isinstance(value, dict | list | bool) else text(value, key)
    return "" if is_placeholder(found) else found

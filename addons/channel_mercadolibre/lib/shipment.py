"""A shipment's two shapes, and addresses.

Source: developers.mercadolibre.com, "Shipments": the shape of ``x-format-new: true``
(``destination.shipping_address``, ``logistic``, ``lead_time``) and the older one
(``receiver_address``, ``logistic_type``, ``shipping_option``) that stored bundles may
still hold.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import astuple, replace
from typing import Any

from odoo.addons.channel_base.lib.reader import (
    amount,
    identifier,
    mapping,
    raw_key,
    text,
    word,
)
from odoo.addons.channel_order.lib.schema import Shipment
from odoo.addons.channel_partner.lib.buyer import Address

from .names import recase

COMMENT_LIMIT = 1000
BY_CHANNEL = frozenset({"fulfillment"})
SHIPPED = frozenset({"shipped", "delivered"})

_NO_NUMBER = re.compile(r"s\s*[./]?\s*n\.?[º°]?|sin\s+n[uú]mero|sem\s+n[uú]mero", re.I)
# "Apto 302 bloco B" is part of a Brazilian address, "deixar na portaria" is not; the
# same with "Int. 4" in Mexico.
_UNITS = {
    "BR": re.compile(
        r"(?:aptº?|apto|apartamento|bloco|conjunto|cj|sala|andar|fundos|complemento)\b"
        r"|(?:ap|bl|casa|loja|lote|lt|quadra|qd|torre)\.?\s*(?:n[º°o]?\.?\s*)?\d"
        r"|\d+\s*[º°o]?\s*andar\b",
        re.I,
    ),
    "MX": re.compile(
        r"(?:int|interior|depto|dpto|departamento|edificio|piso|despacho)\b\.?\s*\S"
        r"|(?:casa|local|lote|manzana|mz|torre)\.?\s*(?:n[º°o]?\.?\s*)?\d",
        re.I,
    ),
}


def number_of(value: Any, path: str) -> str:
    """A street number; empty for "SN" (none)."""
    found = text(value, path, 32)
    return "" if _NO_NUMBER.fullmatch(found) else found


def named(value: Any, path: str) -> str:
    """The name of ``{"id", "name"}``, or the text itself where it is plain text."""
    if isinstance(value, dict):
        return text(value.get("name"), f"{path}.name")
    return text(value, path)


def split_comment(comment: str, country: str) -> tuple[str, str]:
    """What the buyer added, as (complement, comment).

    The service has one field for both. In Brazil and Mexico the complement is part of
    the address on every document, so a text that begins like one is taken as such.
    """
    unit = _UNITS.get(country)
    if unit and unit.match(comment):
        return comment[:255], ""
    return "", comment


def empty_address(address: Address) -> bool:
    """Whether nothing in it tells where anything is."""
    bare = replace(address, external_id="", country_code="", pickup=False)
    return not any(astuple(bare))


def parse_delivery(
    data: Mapping[str, Any], path: str = "shipment.data"
) -> Address | None:
    """Where the shipment goes, from either shape; None when the service hides it.

    ``pickup`` marks a branch of the carrier, which is nobody's own address.
    """
    destination = mapping(data.get("destination"), f"{path}.destination")
    if destination:
        where = f"{path}.destination.shipping_address"
        raw = mapping(destination.get("shipping_address"), where)
        person, at = destination, f"{path}.destination"
        comments = destination.get("comments")
    else:
        where = f"{path}.receiver_address"
        raw = mapping(data.get("receiver_address"), where)
        person, at, comments = raw, where, data.get("comments")
    agency = mapping(raw.get("agency"), f"{where}.agency")
    kind = word(destination.get("type"), f"{path}.destination.type").lower()
    comment = text(raw.get("comment"), f"{where}.comment", COMMENT_LIMIT)
    comment = comment or text(comments, f"{path}.comments", COMMENT_LIMIT)
    address = _place(raw, where, comment)
    address = replace(
        address,
        receiver=recase(text(person.get("receiver_name"), f"{at}.receiver_name")),
        phone=text(person.get("receiver_phone"), f"{at}.receiver_phone", 64),
        pickup=kind == "agency" or bool(_agency_id(agency, f"{where}.agency")),
    )
    return None if empty_address(address) else address


def _agency_id(agency: Mapping[str, Any], path: str) -> str:
    """What identifies the carrier's branch, if it is one."""
    for key in ("agency_id", "carrier_id", "description"):
        found = text(agency.get(key), f"{path}.{key}")
        if found:
            return found
    return ""


def _place(raw: Mapping[str, Any], path: str, comment: str) -> Address:
    state = mapping(raw.get("state"), f"{path}.state")
    country = mapping(raw.get("country"), f"{path}.country")
    code = word(country.get("id"), f"{path}.country.id").upper()
    name = text(raw.get("street_name"), f"{path}.street_name")
    number = number_of(raw.get("street_number"), f"{path}.street_number")
    line = text(raw.get("address_line"), f"{path}.address_line")
    joined = " ".join(part for part in (name, number) if part)
    if name and line == f"{name} {text(raw.get('street_number'), path, 32)}":
        line = joined  # without its "SN"
    complement, rest = split_comment(comment, code)
    key = "address_id" if "address_id" in raw else "id"
    return Address(
        line=line or joined,
        street_name=name,
        street_number=number,
        complement=text(raw.get("complement"), f"{path}.complement") or complement,
        district=named(raw.get("neighborhood"), f"{path}.neighborhood"),
        comment=rest if not raw.get("complement") else comment,
        city=named(raw.get("city"), f"{path}.city")
        or named(raw.get("municipality"), f"{path}.municipality"),
        zip=text(raw.get("zip_code"), f"{path}.zip_code", 32),
        state_code=word(state.get("id"), f"{path}.state.id"),
        state_name=text(state.get("name"), f"{path}.state.name"),
        country_code=code,
        external_id=identifier(raw.get(key), f"{path}.{key}"),
    )


def parse_shipment(data: Mapping[str, Any], path: str = "shipment.data") -> Shipment:
    """How the order travels, from either shape.

    ``buyer_cost`` is what the buyer pays for freight (``lead_time.cost``), which is
    not what the seller pays.
    """
    logistic = mapping(data.get("logistic"), f"{path}.logistic")
    lead, at = mapping(data.get("lead_time"), f"{path}.lead_time"), f"{path}.lead_time"
    method = mapping(lead.get("shipping_method"), f"{at}.shipping_method")
    method_id = raw_key(method.get("id"), f"{at}.shipping_method.id")
    method_name = text(method.get("name"), f"{at}.shipping_method.name")
    if not lead:
        at = f"{path}.shipping_option"
        lead = mapping(data.get("shipping_option"), at)
        method_id = raw_key(lead.get("shipping_method_id"), f"{at}.shipping_method_id")
        method_name = text(lead.get("name"), f"{at}.name")
    cost = amount(lead.get("cost"), f"{at}.cost")
    charged = word(lead.get("currency_id"), f"{at}.currency_id")
    kind = raw_key(logistic.get("type"), f"{path}.logistic.type") or raw_key(
        data.get("logistic_type"), f"{path}.logistic_type"
    )
    tracking = raw_key(data.get("tracking_method"), f"{path}.tracking_method")
    status = word(data.get("status"), f"{path}.status")
    return Shipment(
        external_id=identifier(data.get("id"), f"{path}.id"),
        status=status,
        substatus=word(data.get("substatus"), f"{path}.substatus"),
        mode=word(logistic.get("mode"), f"{path}.logistic.mode")
        or word(data.get("mode"), f"{path}.mode"),
        logistic_type=kind,
        service=method_id or tracking or kind,
        service_name=method_name or tracking or kind,
        tracking_number=text(
            data.get("tracking_number"), f"{path}.tracking_number", 128
        ),
        buyer_cost=cost,
        currency=charged,
        by_channel=kind in BY_CHANNEL,
        shipped=status in SHIPPED,
    )

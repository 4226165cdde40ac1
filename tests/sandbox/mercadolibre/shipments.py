"""Shipments, in the present shape and in the one older callers parse.

Source: MercadoLibre developers, Shipments (``x-format-new: true``).
"""

from __future__ import annotations

import base64
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .buyers import Buyer
from .identities import Address
from .times import stamp

MASK = "XXXXXXX"
_COUNTRY_NAMES = {
    "AR": "Argentina",
    "BR": "Brasil",
    "CL": "Chile",
    "CO": "Colombia",
    "MX": "Mexico",
    "UY": "Uruguay",
}
_SENDER_ZIP = {"MLA": "1414", "MLB": "13024000", "MCO": "111711", "MLM": "01040"}
#: Kinds of delivery: logistic mode, logistic type, destination type.
DELIVERIES = {
    "courier": ("me2", "cross_docking", "buying_address"),
    "drop_off": ("me2", "drop_off", "buying_address"),
    "flex": ("me2", "self_service", "buying_address"),
    "pickup": ("me2", "xd_drop_off", "agency"),
    "fulfillment": ("me2", "fulfillment", "buying_address"),
    "me1": ("me1", "default", "buying_address"),
}


@dataclass
class ShipmentInput:
    """What a shipment is made of; amounts in cents."""

    id: int
    site: str
    currency: str
    created: datetime
    updated: datetime
    delivery: str
    buyer: Buyer
    address: Address
    seller_id: int
    goods_cents: int
    cost_cents: int
    list_cost_cents: int


def _opaque(site: str, name: str) -> str:
    """Opaque identifier, as the marketplace gives cities and neighbourhoods."""
    return base64.b64encode(f"{site}{name}"[:15].encode()).decode().rstrip("=")


def state_of(created: datetime, now: datetime, delivery: str) -> tuple[str, str | None]:
    """Status and substatus a shipment of that age has."""
    age = now - created
    if age > timedelta(days=6):
        return "delivered", None
    if age > timedelta(days=2):
        waiting = "waiting_for_withdrawal" if delivery == "pickup" else None
        return "shipped", waiting or "out_for_delivery"
    if age > timedelta(hours=12):
        return "ready_to_ship", "printed"
    return "ready_to_ship", "ready_to_print"


def _shipping_address(data: ShipmentInput, rng: random.Random) -> dict[str, Any]:
    address, place = data.address, data.address.place
    pickup = data.delivery == "pickup"
    street, number = address.street, address.number
    comment = address.comment
    agency: dict[str, Any] = {}
    if pickup:
        street, number, comment = "Av. del Ombú Viejo", str(rng.randint(100, 900)), None
        agency = {
            "carrier_id": 17500240,
            "agency_id": f"{place.state}-{rng.randint(100, 999)}",
            "description": f"Sucursal {place.city}",
            "phone": "5550199",
            "open_hours": "Lunes a viernes de 9 a 18 hs",
        }
    hood = None if pickup else address.neighborhood
    return {
        "address_id": 900_000_000 + rng.randint(1, 9999) if pickup else address.id,
        "address_line": f"{street} {number}",
        "street_name": street,
        "street_number": number,
        "comment": comment,
        "zip_code": address.zip_code,
        "intersection": None,
        "city": {"id": _opaque(data.site, place.city), "name": place.city},
        "state": {"id": place.state, "name": place.state_name},
        "country": {
            "id": place.country,
            "name": _COUNTRY_NAMES[place.country],
        },
        "neighborhood": {
            "id": _opaque(data.site, hood) if hood else None,
            "name": hood,
        },
        "municipality": {"id": None, "name": None},
        "agency": agency or None,
        "latitude": round(place.latitude + rng.uniform(-0.05, 0.05), 6),
        "longitude": round(place.longitude + rng.uniform(-0.05, 0.05), 6),
        "geolocation_type": "ROOFTOP",
        "delivery_preference": "residential",
        "types": ["billing", "default_buying_address"] if not pickup else ["agency"],
    }


def _lead_time(data: ShipmentInput) -> dict[str, Any]:
    arrival = data.created + timedelta(days=4)
    return {
        "option_id": 1_700_000_000 + data.id % 1_000_003,
        "service_id": 251,
        "cost": data.cost_cents / 100,
        "list_cost": data.list_cost_cents / 100,
        "cost_type": "charged" if data.cost_cents else "free",
        "currency_id": data.currency,
        "shipping_method": {
            "id": 73328,
            "name": "Estándar a domicilio",
            "type": "standard",
            "deliver_to": "agency" if data.delivery == "pickup" else "address",
        },
        "estimated_delivery_time": {"date": stamp(arrival), "type": "known"},
        "estimated_delivery_limit": {"date": stamp(arrival + timedelta(days=2))},
        "estimated_delivery_final": {"date": stamp(arrival + timedelta(days=20))},
        "buffering": {"date": None},
    }


def build_shipment(
    data: ShipmentInput, rng: random.Random, now: datetime
) -> dict[str, Any]:
    """Present shape of a shipment. Amounts in currency units."""
    mode, kind, destination = DELIVERIES[data.delivery]
    status, substatus = state_of(data.created, now, data.delivery)
    return {
        "id": data.id,
        "status": status,
        "substatus": substatus,
        "date_created": stamp(data.created),
        "last_updated": stamp(data.updated),
        "declared_value": data.goods_cents / 100,
        "dimensions": {"height": 12, "width": 20, "length": 30, "weight": 900},
        "tracking_number": f"SBX{data.id}" if mode == "me2" else None,
        "tracking_method": "Express" if mode == "me2" else None,
        "logistic": {"mode": mode, "type": kind, "direction": "forward"},
        "origin": {
            "type": "selling_address" if kind != "fulfillment" else "node",
            "sender_id": data.seller_id,
            "node": {"node_id": "ARBA01"} if kind == "fulfillment" else None,
            "shipping_address": {
                "address_id": 1_100_000_001,
                "address_line": "Lago Escondido 1450",
                "zip_code": _SENDER_ZIP.get(data.site),
            },
        },
        "destination": {
            "type": destination,
            "receiver_id": data.buyer.id,
            "receiver_name": data.address.receiver,
            "receiver_phone": data.buyer.phone if mode == "me1" else MASK,
            "comments": data.address.comment,
            "shipping_address": _shipping_address(data, rng),
        },
        "lead_time": _lead_time(data),
        "source": {"site_id": data.site, "market_place": "MELI"},
        "sibling": {"sibling_id": None, "reason": None},
        "tags": [],
        "items_types": ["new"],
        "snapshot_packing": None,
        "priority_class": {"id": None},
    }


def old_shape(shipment: dict[str, Any], order_ids: list[int]) -> dict[str, Any]:
    """The shape answered without ``x-format-new``: ``receiver_address`` and so on."""
    destination = shipment.get("destination") or {}
    address = dict(destination.get("shipping_address") or {})
    address["id"] = address.pop("address_id", None)
    for key in ("receiver_name", "receiver_phone"):
        address[key] = destination.get(key)
    lead = shipment.get("lead_time") or {}
    logistic = shipment.get("logistic") or {}
    return {
        "id": shipment["id"],
        "mode": logistic.get("mode"),
        "logistic_type": logistic.get("type"),
        "order_id": order_ids[0] if order_ids else None,
        "status": shipment.get("status"),
        "substatus": shipment.get("substatus"),
        "date_created": shipment.get("date_created"),
        "last_updated": shipment.get("last_updated"),
        "status_history": {
            "date_handling": shipment.get("date_created"),
            "date_shipped": None,
            "date_delivered": shipment.get("last_updated")
            if shipment.get("status") == "delivered"
            else None,
        },
        "tracking_number": shipment.get("tracking_number"),
        "tracking_method": shipment.get("tracking_method"),
        "sender_id": (shipment.get("origin") or {}).get("sender_id"),
        "receiver_id": destination.get("receiver_id"),
        "receiver_address": address,
        "comments": destination.get("comments"),
        "shipping_option": {
            "id": lead.get("option_id"),
            "name": (lead.get("shipping_method") or {}).get("name"),
            "cost": lead.get("cost"),
            "list_cost": lead.get("list_cost"),
            "currency_id": lead.get("currency_id"),
            "shipping_method_id": (lead.get("shipping_method") or {}).get("id"),
        },
        "shipping_items": [],
        "site_id": (shipment.get("source") or {}).get("site_id"),
        "tags": shipment.get("tags", []),
    }


def of_order(
    shipment: dict[str, Any], views: set[str], api_version: str | None
) -> dict[str, Any]:
    """Element of ``/orders/{id}/shipments``.

    ``origin`` and ``destination`` only when asked in ``views``; the receiver's name
    and phone only with ``X-Api-Version: 2``.
    """
    row: dict[str, Any] = {
        "id": shipment["id"],
        "type": (shipment.get("logistic") or {}).get("direction", "forward"),
        "status": shipment.get("status"),
        "substatus": shipment.get("substatus"),
    }
    if "origin" in views:
        row["origin"] = shipment.get("origin")
    if "destination" in views:
        destination = dict(shipment.get("destination") or {})
        if api_version != "2":
            destination.pop("receiver_name", None)
            destination.pop("receiver_phone", None)
        row["destination"] = destination
    return row

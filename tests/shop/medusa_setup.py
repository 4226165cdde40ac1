"""Set up an empty Medusa as an Argentine shop; the order of the steps matters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .medusa_admin import Admin
from .medusa_shop import (
    ARTICLES,
    COUNTRY,
    CURRENCY,
    FREIGHT,
    PAYMENTS,
    SHIPPING,
    TAX_RATE,
    TAXES,
    Article,
    Keys,
)

NAME = "Tienda de los Tilos"
IN_STORE = [
    {"attribute": "enabled_in_store", "operator": "eq", "value": "true"},
    {"attribute": "is_return", "operator": "eq", "value": "false"},
]


def set_up(admin: Admin, articles: Iterable[Article] = ARTICLES) -> Keys:
    """Currency, channel, location, freight, region, tax and keys, then the articles.

    :param admin: a person who is logged in; a key makes no keys
    """
    name_store(admin)
    channel = _make(admin, "sales-channel", name="Web")
    location = make_location(admin, channel)
    zone = make_zone(admin, location)
    (profile,) = admin.get("/admin/shipping-profiles")["shipping_profiles"]
    region = _make(
        admin,
        "region",
        name="Argentina",
        currency_code=CURRENCY,
        countries=[COUNTRY],
        payment_providers=[PAYMENTS],
        is_tax_inclusive=True,
        automatic_taxes=True,
    )
    rate = {"name": f"IVA {TAX_RATE} %", "code": f"iva-{TAX_RATE}", "rate": TAX_RATE}
    admin.post(
        "/admin/tax-regions",
        country_code=COUNTRY,
        provider_id=TAXES,
        default_tax_rate=rate,
    )
    freight = make_freight(admin, zone, profile["id"])
    secret = admin.post("/admin/api-keys", title="Odoo", type="secret")["api_key"]
    keys = Keys(
        url=admin.url,
        secret_key=secret["token"],
        publishable_key=make_publishable_key(admin, channel),
        sales_channel_id=channel,
        location_id=location,
        region_id=region,
        shipping_profile_id=profile["id"],
        shipping_option_id=freight,
    )
    for article in articles:
        admin.add_article(keys, article)
    return keys


def name_store(admin: Admin) -> None:
    """Name and only currency; prices in it have the tax in them."""
    (store,) = admin.get("/admin/stores")["stores"]
    currency = {
        "currency_code": CURRENCY,
        "is_default": True,
        "is_tax_inclusive": True,
    }
    admin.post(
        f"/admin/stores/{store['id']}", name=NAME, supported_currencies=[currency]
    )


def make_location(admin: Admin, channel: str) -> str:
    """A place with stock from which a sales channel sells."""
    address = {"address_1": "Depósito", "city": "Rosario", "country_code": COUNTRY}
    location = _make(admin, "stock-location", name="Depósito", address=address)
    path = f"/admin/stock-locations/{location}"
    admin.post(f"{path}/sales-channels", add=[channel])
    admin.post(f"{path}/fulfillment-providers", add=[SHIPPING])
    admin.post(f"{path}/fulfillment-sets", name="Envíos", type="shipping")
    return location


def make_zone(admin: Admin, location: str) -> str:
    """The country as a zone to which the location sends."""
    found = admin.get(f"/admin/stock-locations/{location}", fields="*fulfillment_sets")
    (group,) = found["stock_location"]["fulfillment_sets"]
    area = {"type": "country", "country_code": COUNTRY}
    made = admin.post(
        f"/admin/fulfillment-sets/{group['id']}/service-zones",
        name="Argentina",
        geo_zones=[area],
    )
    (zone,) = made["fulfillment_set"]["service_zones"]
    return str(zone["id"])


def make_freight(admin: Admin, zone: str, profile: str) -> str:
    """One flat way to send, offered in the shop."""
    return _make(
        admin,
        "shipping-option",
        name="Correo a domicilio",
        service_zone_id=zone,
        shipping_profile_id=profile,
        provider_id=SHIPPING,
        price_type="flat",
        type={"label": "Correo", "description": "A domicilio", "code": "mail"},
        prices=[{"currency_code": CURRENCY, "amount": FREIGHT}],
        rules=IN_STORE,
    )


def make_publishable_key(admin: Admin, channel: str) -> str:
    """What a browser shows to buy on a sales channel."""
    key = admin.post("/admin/api-keys", title="Web", type="publishable")["api_key"]
    admin.post(f"/admin/api-keys/{key['id']}/sales-channels", add=[channel])
    return str(key["token"])


def _make(admin: Admin, kind: str, **values: Any) -> str:
    """The id of a new record of a kind."""
    found = admin.post(f"/admin/{kind}s", **values)
    return str(found[kind.replace("-", "_")]["id"])

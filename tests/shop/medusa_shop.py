"""What a seeded shop is called, what it sells and who buys there."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

COUNTRY, CURRENCY = "ar", "ars"
TAX_RATE = 21
FREIGHT = Decimal(3500)
PAYMENTS, SHIPPING, TAXES = "pp_system_default", "manual_manual", "tp_system"


@dataclass(frozen=True)
class Keys:
    """What opens a shop, and the ids of what was set up in it."""

    url: str
    secret_key: str
    publishable_key: str
    sales_channel_id: str
    location_id: str
    region_id: str
    shipping_profile_id: str
    shipping_option_id: str


@dataclass(frozen=True)
class Article:
    """A product with one variant; the price has the tax in it."""

    sku: str
    title: str
    price: Decimal
    stock: int
    barcode: str | None = None


@dataclass(frozen=True)
class Buyer:
    """Who buys, and where it goes."""

    email: str = "juana.perez@example.com"
    first_name: str = "Juana"
    last_name: str = "Pérez"
    document: str = "27123456780"
    street: str = "Calle de los Tilos 742"
    city: str = "Rosario"
    postal_code: str = "2000"
    province: str = "ar-s"
    phone: str = "+54 341 555 0101"

    def address(self) -> dict[str, Any]:
        """As the Store API takes it; the shop has no field for the document."""
        return {
            "first_name": self.first_name,
            "last_name": self.last_name,
            "address_1": self.street,
            "city": self.city,
            "postal_code": self.postal_code,
            "province": self.province,
            "country_code": COUNTRY,
            "phone": self.phone,
            "metadata": {"document": self.document},
        }


ARTICLES = (
    Article("SHOP-MATE", "Mate de calabaza", Decimal("12100.50"), 20, "7790001000019"),
    Article("SHOP-TERMO", "Termo de acero", Decimal("36300"), 7, "7790001000026"),
    Article("SHOP-YERBA", "Yerba de campo 1 kg", Decimal("4235.33"), 50),
)

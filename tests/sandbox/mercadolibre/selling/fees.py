"""What selling costs: the fee of a kind of listing, the seller's part of the freight.

Source: MercadoLibre developers, Fees for listing, Shipping costs. The fee includes the
fixed part. Rates and amounts are invented, of a likely size.
"""

from __future__ import annotations

from typing import Any

from ..catalogue import CURRENCY, STEP
from .creation import FREE_SHIPPING_FROM

Record = dict[str, Any]
#: Percentage of the fee by kind of listing, and what paying in parts adds.
RATES = {"gold_special": (13.0, 0.0), "gold_pro": (13.0, 9.5), "free": (0.0, 0.0)}
#: Percentages that are others in some categories, by number.
BY_CATEGORY = {"6101": 15.5, "6103": 15.5, "6201": 14.0, "6301": 12.0}
NAMES = {"gold_special": "Clásica", "gold_pro": "Premium", "free": "Gratuita"}
#: Fixed part of the fee below a price, by site.
FIXED = {"MLA": (33_000, 1_115.0), "MLB": (79, 6.25), "MLM": (299, 25.0)}
#: The seller's part of free shipping, by site: of light and of heavy parcels.
FREIGHT = {
    "MLA": (5_980.0, 11_540.0),
    "MLB": (19.95, 41.9),
    "MLC": (2_990.0, 5_490.0),
    "MCO": (7_500.0, 14_900.0),
    "MLM": (79.0, 139.0),
    "MLU": (149.0, 289.0),
}
HEAVY = 5_000  # grams


def listing_price(site: str, kind: str, price: float, category_id: str) -> Record:
    """Fee of selling one at a price, in a category (the common one if it is empty)."""
    percent, parts = RATES[kind]
    if percent:
        percent = BY_CATEGORY.get(category_id[3:], percent)
    limit, amount = FIXED.get(site, (0, 0.0))
    fixed = amount if price < limit and percent else 0.0
    digits = 0 if STEP.get(site) else 2
    fee = round(price * (percent + parts) / 100 + fixed, digits)
    return {
        "currency_id": CURRENCY[site],
        "free_relist": False,
        "listing_exposure": "highest" if kind == "gold_pro" else "high",
        "listing_fee_amount": 0,
        "listing_fee_details": {"fixed_fee": 0, "gross_amount": 0},
        "listing_type_id": kind,
        "listing_type_name": NAMES[kind],
        "requires_picture": True,
        "sale_fee_amount": fee,
        "sale_fee_details": {
            "financing_add_on_fee": parts,
            "fixed_fee": fixed,
            "gross_amount": fee,
            "meli_percentage_fee": percent,
            "percentage_fee": percent + parts,
        },
        "stop_time": "2046-11-21T00:00:00.000-04:00",
    }


def free_shipping(site: str, price: float, weight: int, *, free: bool) -> Record:
    """What the seller pays for sending one free of charge for the buyer.

    :param weight: in grams
    :param free: whether it is sent so although its price does not demand it
    """
    light, heavy = FREIGHT[site]
    cost = heavy if weight > HEAVY else light
    limit = FREE_SHIPPING_FROM.get(site)
    mandatory = limit is not None and price >= limit
    rate = 0.5 if mandatory else 0.0
    digits = 0 if STEP.get(site) else 2
    paid = round(cost * (1 - rate), digits) if mandatory or free else 0
    return {
        "coverage": {
            "all_country": {
                "list_cost": paid,
                "currency_id": CURRENCY[site],
                "billable_weight": weight,
                "discount": {
                    "rate": rate,
                    "type": "mandatory" if mandatory else "none",
                    "promoted_amount": round(cost * rate, digits),
                },
            }
        }
    }

"""Checks of GTINs (EAN, UPC, ISBN-13).

Source: GS1 General Specifications, check digit; MercadoLibre developers, Validations.
"""

from __future__ import annotations

from typing import Any

from .causes import Findings
from .shop import Item, Shop
from .taxonomy import Category

Record = dict[str, Any]
_LENGTHS = (8, 12, 13, 14)
FORMAT = "item.attribute.product_identifier.invalid_format"


def check_digit_holds(text: str) -> bool:
    """Whether the last digit is the check digit of the others."""
    digits = [int(letter) for letter in reversed(text)]
    return sum(n * (3 if place % 2 else 1) for place, n in enumerate(digits)) % 10 == 0


def with_check_digit(digits: str) -> str:
    """The GTIN that begins with these digits."""
    return next(digits + d for d in "0123456789" if check_digit_holds(digits + d))


def problem(text: str) -> tuple[int, str] | None:
    """``(cause_id, reason)`` of a GTIN that cannot be one."""
    if not text.isascii() or not text.isdigit() or len(text) not in _LENGTHS:
        return 7710, "must have 8, 12, 13 or 14 digits"
    if len(set(text)) == 1:
        return 7714, "is not a real code"
    if not check_digit_holds(text):
        return 7711, "has a wrong check digit"
    full = text.zfill(14)[1:]
    if len(text) > 8 and full[0] == "2":
        return 7712, "is of internal use"
    if len(text) > 8 and full[:2] in ("98", "99", "05"):
        return 7713, "is of a coupon"
    return None


def check_gtin(
    shop: Shop,
    seller_id: int,
    category: Category,
    holder: Record,
    findings: Findings,
    own: Item | None = None,
) -> None:
    """Check the GTINs of an item or of a variation.

    :param holder: with ``attributes``, and ``brand`` of the whole item
    :param own: the item itself when it is changed
    """
    values = {one["id"]: one["value_name"] or "" for one in holder["attributes"]}
    sku = values.get("SELLER_SKU", "")
    for text in filter(None, values.get("GTIN", "").split(",")):
        wrong = problem(text)
        if wrong:
            findings.add(
                wrong[0],
                FORMAT,
                f"The product identifier {text} {wrong[1]}",
                "item.attributes.GTIN",
                department="structured-data",
            )
            continue
        _check_known(shop, category, holder, text, findings)
        for other in shop.with_gtin(seller_id, text):
            if other is own or sku in shop.skus_with_gtin(other, text):
                continue
            findings.add(
                3701,
                "item.attribute.product_identifier.already_used",
                f"The product identifier {text} is used by {other.id}",
                "item.attributes.GTIN",
                department="structured-data",
            )
            break


def _check_known(
    shop: Shop, category: Category, holder: Record, text: str, findings: Findings
) -> None:
    known = shop.gtins.get(text)
    if known is None:
        return
    if known.get("domain") and known["domain"] not in category.domain:
        findings.add(
            3711,
            "item.attribute.product_identifier.wrong_domain",
            f"The product identifier {text} is of another domain: {known['domain']}",
            "item.attributes.GTIN",
            department="structured-data",
        )
    brand = known.get("brand")
    if brand and brand.casefold() != str(holder.get("brand") or "").casefold():
        findings.add(
            3712,
            "item.attribute.product_identifier.wrong_brand",
            f"The product identifier {text} is of the brand {brand}",
            "item.attributes.GTIN",
            department="structured-data",
        )

"""Why the service refuses what is written: its bodies, in words of our contents.

Source: developers.mercadolibre.com, "Validations", "Validator", "User Products",
"Product identifiers", "Working with pictures". A body is ``{message, error, status,
cause: [{cause_id, type, code, references, message}]}``; each of the keys may be
missing, and ``cause`` may hold bare words. Only causes of type ``error`` refuse.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from odoo.addons.channel_base.lib.errors import (
    ChannelError,
    Rejected,
    Retryable,
    Several,
    Suspended,
)
from odoo.addons.channel_base.lib.text import clean

MAX_CAUSES = 50
#: Code of a cause that is known by no other sentence; ``text`` are the service's words
SAYS = "meli_says"
#: Code of what is busy because somebody else writes to it, or was faster
BUSY = "meli_busy"
#: Code of a price that the service sets itself
AUTOMATED = "price_automated"
# Seconds until an item is free again that somebody else writes to
_BUSY_SECONDS = 5.0
# Number of a cause → field of the content, code of a sentence
_BY_ID: Mapping[int, tuple[str, str]] = {
    109: ("price", "meli_price_low"),
    129: ("price", "meli_price_high"),
    126: ("category", "meli_category_refused"),
    147: ("attributes", "meli_attributes_required"),
    173: ("images", "meli_images_required"),
    201: ("images", "meli_images_many"),
    3250: ("brand", "meli_brand_forbidden"),
    3701: ("barcode", "meli_gtin_used"),
    3703: ("images", "meli_image_small"),
    3704: ("attributes", "meli_catalog_required"),
    3705: ("title", "meli_title_short"),
    3711: ("barcode", "meli_gtin_category"),
    3712: ("barcode", "meli_gtin_brand"),
    4210: ("title", "meli_title_gender"),
    7710: ("barcode", "meli_gtin_invalid"),
    7711: ("barcode", "meli_gtin_invalid"),
    7712: ("barcode", "meli_gtin_invalid"),
    7713: ("barcode", "meli_gtin_invalid"),
    7714: ("barcode", "meli_gtin_invalid"),
    7810: ("barcode", "meli_gtin_required"),
}
# What a cause is about, as its code and its references call it → field of the content
_FIELDS = (
    ("family_name", "family"),
    ("title", "title"),
    ("category", "category"),
    ("picture", "images"),
    ("description", "description"),
    ("sale_terms", "sale_terms"),
    ("price", "price"),
    ("currency", "price"),
    ("available_quantity", "quantity"),
    ("listing_type", "listing_type"),
    ("shipping", "shipping"),
    ("condition", "condition"),
    ("attributes.gtin", "barcode"),
    ("attributes.brand", "brand"),
    ("attributes.seller_sku", "sku"),
    ("attribute", "attributes"),
    ("variation", "attributes"),
)
# What a code says → fields that it says it of (none: of any), code of a sentence
_BY_WORD: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("not_modifiable", ("price",), AUTOMATED),
    ("not_modifiable", (), "meli_fixed"),
    ("length", ("title", "family"), "meli_title_long"),
    ("forbidden", ("title", "family"), "meli_title_words"),
    ("minimum", ("title", "family"), "meli_title_short"),
    ("missing_required", ("attributes",), "meli_attributes_required"),
)
_SUSPENDED = ("unable_to_list", "seller.suspended", "user_suspended", "seller_blocked")
# Fields by which the ways to publish differ: see "User Products", "Multi-origin stock"
_NAMES = (
    "family_name",
    "title",
    "variations",
    "available_quantity",
    "stock_locations",
)
# Of a body, as a refusal of its form names them
_PROPERTIES = re.compile(r"\[([^\]]{1,200})\]")
_ATTRIBUTES = re.compile(r"\[([A-Z0-9_]{2,64}(?:, ?[A-Z0-9_]{2,64})*)\]")


@dataclass(frozen=True)
class Cause:
    """One thing that is wrong, or only noteworthy.

    :param field: of our content; empty if it is about none
    :param code: of a sentence
    """

    field: str
    code: str
    text: str
    warning: bool = False

    def to_error(self) -> Rejected:
        """The error that a cause is alone."""
        params = {"text": self.text, "names": _find_names(self.text)}
        return Rejected(self.code, self.field or None, self.text, **params)


def read_causes(rows: Any) -> list[Cause]:
    """The causes of a refusal, or the warnings of an answer; what is odd is left
    out."""
    if not isinstance(rows, list):
        return []
    found = (_read_cause(row) for row in rows[:MAX_CAUSES])
    return list(dict.fromkeys(cause for cause in found if cause))


def _read_cause(row: Any) -> Cause | None:
    if isinstance(row, str):
        return Cause("", SAYS, clean(row))
    if not isinstance(row, dict):
        return None
    text = clean(row.get("message")) or clean(row.get("code"))
    told = row.get("references")
    rows = told if isinstance(told, list) else []
    references = [one for one in rows if isinstance(one, str)]
    code = clean(row.get("code"))
    number = row.get("cause_id")
    known = _BY_ID.get(number) if isinstance(number, int) else None
    field, sentence = known or _guess(code, references)
    if field == "title" and "family_name" in " ".join([code, *references]):
        field = "family"
    return Cause(field, sentence, text, row.get("type") == "warning")


def _guess(code: str, references: Iterable[str]) -> tuple[str, str]:
    """The field of a cause whose number says nothing."""
    words = " ".join([*references, code]).lower()
    field = next((name for word, name in _FIELDS if word in words), "")
    for word, names, sentence in _BY_WORD:
        if word in words and (not names or field in names):
            return field, sentence
    return field, SAYS


def _find_names(text: str) -> str:
    """Ids of attributes that a text names in brackets."""
    found = _ATTRIBUTES.search(text)
    return found[1] if found else ""


class Refusal(Rejected):
    """A refusal that may be because the account publishes in another way than it was
    thought to: the fields that tell it are what is wrong."""


def read_refusal(status: int, raw: bytes, said: str) -> ChannelError | None:
    """The error of a refused call; None if it is none of those that are known.

    :param raw: the answer's body
    :param said: the call and its answer in one line, without secrets
    """
    try:
        body = json.loads(raw[:1_000_000])
    except (ValueError, RecursionError):
        return None
    if not isinstance(body, dict):
        return None
    rows = body.get("cause")
    words = [body.get(key) for key in ("message", "error", "code")]
    formal = any(isinstance(one, str) and one.startswith("body.") for one in words)
    words += rows if isinstance(rows, list) else []
    bare = " ".join(one for one in words if isinstance(one, str)).lower()
    if any(word in bare for word in _SUSPENDED):
        return Suspended(said)
    if status == 409 or "optimistic locking" in bare:
        return Retryable(said, _BUSY_SECONDS, BUSY, alone=True)
    causes = [cause for cause in read_causes(rows) if not cause.warning]
    if formal:
        # The form of the body, not what it says: the causes name fields at best.
        return _read_form(bare, said)
    if status not in (400, 422) or not causes:
        return None
    return make_error(causes)


def _read_form(bare: str, said: str) -> Rejected:
    """The error of a body that is not formed as the service wants it."""
    found = _PROPERTIES.search(bare)
    names = found[1] if found else bare[:200]
    field, _sentence = _guess("", [names])
    if any(name in names for name in _NAMES):
        return Refusal("meli_form", field or None, said, names=names)
    return Rejected("meli_form", field or None, said, names=names)


def make_error(causes: Iterable[Cause]) -> Rejected:
    """One error of all causes; at least one."""
    errors = [cause.to_error() for cause in causes]
    return errors[0] if len(errors) == 1 else Several(errors)

"""How an address of a channel is laid out on a contact."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from odoo.addons.channel_base.lib.text import clean, is_masked, normalise

from .schema import Address, address_key

LINE_LIMIT = 255
# Long enough for real remarks; beyond it is abuse, and street is shown in one line.
COMMENT_LIMIT = 1000
KEY_LIMIT = 200
# Street, number and complement are fields of their own, and the neighbourhood is part
# of the address on every document (*bairro*, *colonia*).
IN_PARTS = frozenset({"BR", "MX"})


@dataclass(frozen=True)
class Delivery:
    """A delivery address, laid out for its country.

    :param key: the same for two addresses that are one (see :func:`delivery_key`)
    :param line: line 1 as one text
    :param parts: (street name, number, complement) when line 1 is written in parts
    :param line2: receiver; in Brazil and Mexico the district
    :param title: what is added to the address's name
    :param comment: what the buyer added, when it is kept apart from line 1
    :param pickup: a branch of the carrier
    """

    key: str
    line: str
    city: str
    parts: tuple[str, str, str] | None = None
    line2: str = ""
    title: str = ""
    comment: str = ""
    zip: str = ""
    phone: str = ""
    email: str = ""
    pickup: bool = False


def visible(value: object, limit: int = 255) -> str:
    """Cleaned text; empty when the channel hid it."""
    text = clean(value, limit)
    return "" if is_masked(text) else text


def bounded_key(text: str) -> str:
    """A key that fits a database index, different for different texts."""
    if len(text) <= KEY_LIMIT:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:32]
    return f"{text[: KEY_LIMIT - 33]}#{digest}"


def delivery_key(line: str | None, city: str | None, pickup: bool = False) -> str:
    """Identity of a delivery address: line 1 and city, normalised.

    A branch of the carrier is never the same as somebody's home.
    """
    key = address_key(line or "", city or "")
    return bounded_key(f"pickup|{key}" if pickup else key)


def contact_key(name: str | None) -> str:
    """Identity of a contact within a customer: the name, normalised.

    A name made of symbols only normalises to nothing; it still is a name.
    """
    return bounded_key(normalise(name) or (name or "").strip())


def compose(
    address: Address, country: str = "", comments_apart: bool = False
) -> Delivery | None:
    """Lay out a delivery address.

    :param country: ISO code that counts when the address names none
    :param comments_apart: keep what the buyer added out of line 1
    :return: None when the channel gave no street, or hid it
    """
    comment = visible(address.comment, COMMENT_LIMIT)
    complement = visible(address.complement)
    inline = "" if comments_apart else comment
    in_parts = (address.country_code or country).upper() in IN_PARTS
    if in_parts and visible(address.street_name):
        line, parts = _in_parts(address, complement, inline)
    else:
        line, parts = _in_one_line(address, complement, inline), None
    if not line:
        return None
    city = visible(address.city)
    receiver = visible(address.receiver, 128)
    return Delivery(
        key=delivery_key(line, city, address.pickup),
        line=line,
        city=city,
        parts=parts,
        line2=visible(address.district) if in_parts else receiver,
        title=receiver if in_parts else "",
        comment=comment if comments_apart else "",
        zip=visible(address.zip, 24),
        phone=visible(address.phone, 64),
        email=visible(address.email),
        pickup=address.pickup,
    )


def _in_parts(
    address: Address, complement: str, comment: str
) -> tuple[str, tuple[str, str, str]]:
    name = visible(address.street_name, LINE_LIMIT)
    number = visible(address.street_number, 24)
    door = ", ".join(filter(None, _distinct(complement, comment)))
    line = f"{name} {number}".strip()
    return (f"{line} - {door}" if door else line), (name, number, door)


def _in_one_line(address: Address, complement: str, comment: str) -> str:
    line = visible(address.line, LINE_LIMIT)
    if not line:
        name = visible(address.street_name, LINE_LIMIT)
        line = f"{name} {visible(address.street_number, 24)}".strip() if name else ""
    if not line:
        return ""
    # " - " is how Odoo itself sets the door apart from the street.
    extra = [
        text
        for text in _distinct(complement, comment)
        if text and not _ends_with(line, text)
    ]
    return " - ".join(filter(None, (line, ", ".join(extra))))


def _distinct(complement: str, comment: str) -> tuple[str, ...]:
    if complement and normalise(complement) == normalise(comment):
        return (complement,)
    return (complement, comment)


def _ends_with(line: str, text: str) -> bool:
    """Whether the channel already put the text into its line."""
    tail = normalise(text)
    return bool(tail) and f" {normalise(line)}".endswith(f" {tail}")

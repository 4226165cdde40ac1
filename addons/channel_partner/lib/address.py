"""How an address of a channel is laid out on a contact."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace

from odoo.addons.channel_base.lib.text import (
    clean,
    is_masked,
    is_wordless,
    normalise,
    without_emoji,
)

from .buyer import Address

LINE_LIMIT = 255
# Long enough for real remarks; beyond it is abuse, and street is shown in one line.
COMMENT_LIMIT = 1000
KEY_LIMIT = 200
# Street, number and complement are fields of their own, and the neighbourhood is part
# of the address on every document (*bairro*, *colonia*).
IN_PARTS = frozenset({"BR", "MX"})
# Digits of a postal code. Argentina's long form (CPA, "B7000ABC") has the four old
# digits between the letters of province and block.
ZIP_DIGITS = {"AR": 4, "BR": 8, "CL": 7, "CO": 6, "MX": 5, "UY": 5}


@dataclass(frozen=True)
class Delivery:
    """A delivery address, laid out for its country.

    :param key: the same for two addresses that are one (see :func:`delivery_key`)
    :param line: line 1 as one text
    :param parts: (street name, number, complement) when line 1 is written in parts
    :param line2: receiver; in Brazil and Mexico the district
    :param title: what is added to the address's name
    :param comment: what the buyer added, when it is kept apart from line 1
    :param remark: what the buyer added, as it ends line 1
    :param pickup: a branch of the carrier
    """

    key: str
    line: str
    city: str
    parts: tuple[str, str, str] | None = None
    line2: str = ""
    title: str = ""
    comment: str = ""
    remark: str = ""
    zip: str = ""
    phone: str = ""
    email: str = ""
    pickup: bool = False

    def get_line_values(self) -> dict[str, str]:
        """Line 1 as values of a contact: as one text, or in parts."""
        if self.parts is None:
            return {"street": self.line}
        return dict(
            zip(
                ("street_name", "street_number", "street_number2"),
                self.parts,
                strict=True,
            )
        )


@dataclass(frozen=True)
class Place:
    """Where a line 1 and a city are; the same ones exist in several provinces.

    :param country: ISO code; empty, like the others, when it is not known
    :param state: anything that is equal for equal states
    """

    country: str = ""
    state: int | str = ""
    zip: str = ""


def visible(value: object, limit: int = 255) -> str:
    """Cleaned text; empty when the channel hid it."""
    text = clean(value, limit)
    return "" if is_masked(text) else text


def named(value: object, limit: int = 255) -> str:
    """Somebody's name; empty for what has neither letter nor digit."""
    text = visible(value, limit)
    return "" if is_wordless(text) else text


def bounded_key(text: str) -> str:
    """A key that fits a database index, different for different texts."""
    if len(text) <= KEY_LIMIT:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:32]
    return f"{text[: KEY_LIMIT - 33]}#{digest}"


def delivery_key(line: str | None, city: str | None, pickup: bool = False) -> str:
    """Line 1 and city of a delivery address, normalised.

    A branch of the carrier is never the same as somebody's home. What has the same key
    is the same address in the same :class:`Place`.
    """
    key = f"{normalise(line or '')}|{normalise(city or '')}"
    return bounded_key(f"pickup|{key}" if pickup else key)


def zip_key(code: str | None, country: str = "") -> str:
    """A postal code as it is compared.

    :param country: ISO code of the country that the code belongs to
    :return: empty for a code that says nothing, like ``0000``
    """
    plain = re.sub(r"[\W_]", "", code or "").upper()
    if size := ZIP_DIGITS.get(country.upper()):
        # Whoever keeps codes as numbers has lost the leading zeros.
        plain = re.sub(r"[^0-9]", "", plain)
        plain = plain and plain.zfill(size)
    return plain if plain.strip("0") else ""


def same_place(one: Place, other: Place) -> bool:
    """Whether two places can be one; what is not known contradicts nothing."""
    country = one.country or other.country
    return all(
        not mine or not theirs or mine == theirs
        for mine, theirs in (
            (one.country.upper(), other.country.upper()),
            (one.state, other.state),
            (zip_key(one.zip, country), zip_key(other.zip, country)),
        )
    )


def delivery_variant(delivery: Delivery, place: Place) -> str:
    """What else a channel said of an address besides line 1 and city.

    Where it is, who receives and what the courier should know; not how the receiver
    is reached, which changes without sending anything elsewhere.
    """
    texts = (
        place.country.upper(),
        str(place.state or ""),
        zip_key(place.zip, place.country),
        normalise(delivery.line2),
        normalise(delivery.title),
        normalise(delivery.comment),
    )
    return bounded_key("|".join(texts))


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
    complement = _printed(address.complement)
    inline = "" if comments_apart else _printed(address.comment, COMMENT_LIMIT)
    in_parts = (address.country_code or country).upper() in IN_PARTS
    if in_parts and _printed(address.street_name):
        line, parts = _in_parts(address, complement, inline)
    else:
        line, parts = _in_one_line(address, complement, inline), None
    if not line:
        return None
    city = _printed(address.city)
    zip_code = visible(address.zip, 24)
    receiver = without_emoji(named(address.receiver, 128))
    return Delivery(
        key=delivery_key(line, city, address.pickup),
        line=line,
        city=city,
        parts=parts,
        line2=_printed(address.district) if in_parts else receiver,
        title=receiver if in_parts else "",
        comment=comment if comments_apart else "",
        remark=inline,
        zip=zip_code if zip_key(zip_code) else "",
        phone=visible(address.phone, 64),
        email=visible(address.email),
        pickup=address.pickup,
    )


def compose_billing(address: Address, country: str = "") -> Delivery | None:
    """Lay out an address that invoices print: without what was written for a courier.

    :param country: ISO code that counts when the address names none
    :return: None when the channel gave no street, or hid it
    """
    return compose(replace(address, comment=""), country)


def without_remark(line: str, remark: str) -> str:
    """Line 1, or its last part, without what :func:`compose` put at its end."""
    for ending in (f" - {remark}", f", {remark}"):
        if line.endswith(ending):
            return line[: -len(ending)]
    return "" if line == remark else line


def _printed(value: object, limit: int = 255) -> str:
    """Text for labels and documents: no emoji, nothing that the channel hid."""
    return without_emoji(visible(value, limit))


def _in_parts(
    address: Address, complement: str, comment: str
) -> tuple[str, tuple[str, str, str]]:
    name = _printed(address.street_name, LINE_LIMIT)
    number = _printed(address.street_number, 24)
    door = ", ".join(filter(None, _distinct(complement, comment)))
    line = f"{name} {number}".strip()
    return (f"{line} - {door}" if door else line), (name, number, door)


def _in_one_line(address: Address, complement: str, comment: str) -> str:
    line = _printed(address.line, LINE_LIMIT)
    if not line:
        name = _printed(address.street_name, LINE_LIMIT)
        line = f"{name} {_printed(address.street_number, 24)}".strip() if name else ""
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

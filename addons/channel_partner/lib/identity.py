"""When two fiscal identities are the same one, and whose document a number is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from stdnum.br import cnpj
from stdnum.mx import rfc

from .address import bounded_key, visible
from .buyer import Address
from .documents import KINDS, Checked, compact

# What people write before a number: "DNI 24681357", "Nº 24681357".
_LABEL = re.compile(
    rf"(?:{'|'.join(sorted({kind.word for kind in KINDS}, key=len, reverse=True))}"
    r"|N[º°O]|NRO|NUM(?:ERO)?|#)(?=\d{6,}K?$)"
)

# First characters of the keys of identities that identify nobody.
_INVALID, _UNSAID = "!", "?"


def number_key(number: str | None) -> str:
    """A number as it is compared: no separators, no leading zeros, upper case.

    Odoo keeps some numbers as integers, so that a leading zero is lost there.
    """
    plain = compact(number)
    return plain.lstrip("0") or plain


def written_key(number: str | None) -> str:
    """The :func:`number_key` of a number as people write it on a contact.

    Their separators and the label before it make no other number. Where a localisation
    cleans numbers this is what it comes to; where none does they are found as well.
    """
    plain = re.sub(r"[,:;_'’()]+", "", compact(number))
    # A company's CNPJ or RFC may begin with the same letters.
    if not (cnpj.is_valid(plain) or rfc.is_valid(plain)):
        plain = _LABEL.sub("", plain, count=1)
    return number_key(plain)


def is_kept(number: str, stored: str | None) -> bool:
    """Whether a number is still the same after it was stored.

    Odoo writes some in its own way; one that has lost its letters is another one.
    """
    key = number_key(number)
    return key.isdigit() or key == number_key(stored)


def identity_key(checked: Checked | None, external_id: str = "") -> str:
    """What makes it the same identity of a buyer again.

    The number and the country that issues it, whatever the type is called: a CUIT that
    was called CUIL before is the same identity. An invalid document, or none, gives a
    key that never equals a valid document's.

    :param checked: the document after its check, None when there is none
    :param external_id: the channel's id of the identity; tells identities without
        document apart
    """
    if checked is None:
        return bounded_key(_UNSAID + external_id)
    if checked.problem:
        return bounded_key(_INVALID + compact(checked.number))
    return f"{checked.country}|{number_key(checked.number)}"


def identifies(key: str) -> bool:
    """Whether the key is a valid document's."""
    return not key.startswith((_INVALID, _UNSAID))


def can_become(old: str, old_external: str, new: str, new_external: str) -> bool:
    """Whether an identity that identified nobody is the one that is told now.

    The channel was still preparing it, or has corrected it. Where the channel gives no
    ids, only the one without any number is taken for it.

    :param old: key of the identity that is known
    :param new: key of what the channel says now
    """
    if identifies(old) or new.startswith(_UNSAID):
        return False
    if old_external or new_external:
        return old_external == new_external
    return old == _UNSAID


def is_compatible(document: str, type_country: str, customer_country: str) -> bool:
    """Whether a customer's number may be the document that a country issued.

    The same digits can be valid in two countries.

    :param document: ISO code of the country that issues the document
    :param type_country: ISO code of the customer's identification type, "" when the
        type belongs to no country
    :param customer_country: where the customer lives, "" when unknown
    """
    return (type_country or customer_country) in ("", document)


def dump_address(address: Address | None) -> dict[str, str]:
    """An address as JSON; only what is said, cleaned and bounded."""
    if address is None:
        return {}
    texts = asdict(address)
    del texts["pickup"]
    found = {name: visible(value) for name, value in texts.items()}
    return {name: value for name, value in found.items() if value}


def load_address(values: Mapping[str, Any] | None) -> Address | None:
    """The address of :func:`dump_address`; None when nothing is known."""
    names = {field.name for field in fields(Address)} - {"pickup"}
    known = {name: str(text) for name, text in (values or {}).items() if name in names}
    return Address(**known) if known else None

"""Where a shop keeps the buyer's document, and what kind it is.

Medusa has no field for it. Each shop's checkout writes it into the metadata of the
order, the customer or the addresses, in a key of its own. Sources of the kinds: the
lengths of DNI and CUIT (AFIP), CPF and CNPJ (Receita Federal).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from odoo.addons.channel_base.lib.reader import text
from odoo.addons.channel_base.lib.text import normalise

# Key → kind; empty: the number and the country tell
KEYS: Mapping[str, str] = {
    "cuit": "CUIT",
    "cuil": "CUIL",
    "dni": "DNI",
    "cnpj": "CNPJ",
    "cpf": "CPF",
    "rut": "RUT",
    "rfc": "RFC",
    "nit": "NIT",
    "document": "",
    "document number": "",
    "documento": "",
    "nro documento": "",
    "numero documento": "",
    "numero de documento": "",
    "tax id": "",
    "tax number": "",
    "vat": "",
    "vat number": "",
    "identification": "",
    "cpf cnpj": "",
    "dni cuit": "",
    "cuit dni": "",
    "cuit cuil": "",
}
_TYPE_KEYS = ("document type", "tipo documento", "tipo de documento", "doc type")
# (country, digits) → kind
_SHAPES: Mapping[tuple[str, int], str] = {
    ("AR", 7): "DNI",
    ("AR", 8): "DNI",
    ("AR", 11): "CUIT",
    ("BR", 11): "CPF",
    ("BR", 14): "CNPJ",
}

Block = Mapping[str, Any]


def find(blocks: Iterable[Block], country: str, key: str = "") -> tuple[str, str]:
    """Kind and number of the first document; empty texts without any.

    :param blocks: metadata, in the order in which it is believed
    :param country: ISO code of the buyer's country
    :param key: where this shop keeps it; looked at before the usual keys
    """
    blocks = [{_plain(name): value for name, value in one.items()} for one in blocks]
    own = _plain(key)
    for name in filter(None, (own, *(known for known in KEYS if known != own))):
        for block in blocks:
            # What is no text or number is no document.
            found = block.get(name)
            if isinstance(found, bool) or not isinstance(found, str | int):
                continue
            number = text(found, "metadata", 64)
            if number:
                kind = KEYS.get(name) or _told_kind(block)
                return kind or guess(number, country), number
    return "", ""


def guess(number: str, country: str) -> str:
    """The kind of a document, by its length and country; empty when nothing tells."""
    plain = re.sub(r"[\s.\-/]", "", number)
    return _SHAPES.get((country, len(plain)), "")


def _told_kind(block: Block) -> str:
    for name in _TYPE_KEYS:
        if isinstance(block.get(name), str):
            return text(block[name], "metadata", 40).upper()
    return ""


def _plain(name: str) -> str:
    """A key in one spelling: ``docNumber``, ``doc_number`` and ``Doc Number`` are the
    same."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return normalise(apart.replace("_", " "))

"""Fiscal identities, in the three shapes the service has used.

Source: developers.mercadolibre.com, "Billing info": the present one
(``buyer.billing_info`` with ``identification``, ``taxes``, ``address``,
``attributes``), the same one under the deprecated path with ``x-version: 2``, and the
flat one (``billing_info.additional_info``, a list of ``{type, value}``). Which one a
block has is told by what it holds, not by where it came from.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from odoo.addons.channel_partner.lib.schema import Address, FiscalIdentity

from .names import full_name, recase_company
from .reader import MAX_ITEMS, identifier, mapping, sequence, text, word
from .shipment import COMMENT_LIMIT, empty_address, number_of, split_comment

_PERSON = frozenset({"DNI", "CUIL", "CPF", "RG"})
_COMPANY = frozenset({"CNPJ"})
# First two digits of a CUIT: 20-27 are people (who have one when self-employed).
_CUIT_PERSON = ("20", "23", "24", "25", "26", "27")
_CUIT_COMPANY = ("30", "33", "34")
_PENDING = "PROCESSING"


def parse_identity(
    data: Any, external_id: str = "", path: str = "billing.data"
) -> FiscalIdentity | None:
    """Whom the invoice is for; None when the service tells nothing.

    :param data: the answer's JSON, or None
    :param external_id: id of the billing info, when the order carried one
    :raises Rejected: ``payload_invalid`` with the path of what is wrong
    """
    root = mapping(data, path)
    buyer = mapping(root.get("buyer"), f"{path}.buyer")
    if "billing_info" in buyer:
        path = f"{path}.buyer.billing_info"
        info = mapping(buyer["billing_info"], path)
    else:
        path = f"{path}.billing_info"
        info = mapping(root.get("billing_info"), path)
    flat = "additional_info" in info or "doc_type" in info or "doc_number" in info
    identity = _flat(info, path) if flat else _nested(info, external_id, path)
    if _is_empty(identity):
        return None
    return identity


def cust_id(data: Any, path: str = "billing.data") -> str:
    """The buyer's id that an answer carries, if it does."""
    buyer = mapping(mapping(data, path).get("buyer"), f"{path}.buyer")
    return identifier(buyer.get("cust_id"), f"{path}.buyer.cust_id")


def _nested(info: Mapping[str, Any], external_id: str, path: str) -> FiscalIdentity:
    document = mapping(info.get("identification"), f"{path}.identification")
    taxes = mapping(info.get("taxes"), f"{path}.taxes")
    where = f"{path}.taxes.taxpayer_type"
    taxpayer = taxes.get("taxpayer_type")
    if isinstance(taxpayer, dict):
        label = text(taxpayer.get("description"), f"{where}.description")
    else:
        label = text(taxpayer, where)
    inscriptions = mapping(taxes.get("inscriptions"), f"{path}.taxes.inscriptions")
    attributes = mapping(info.get("attributes"), f"{path}.attributes")
    kind = attributes.get("cust_type") or attributes.get("customer_type")
    address = mapping(info.get("address"), f"{path}.address")
    return _identity(
        names=(
            text(info.get("name"), f"{path}.name"),
            text(info.get("last_name"), f"{path}.last_name"),
        ),
        document=(
            word(document.get("type"), f"{path}.identification.type"),
            word(document.get("number"), f"{path}.identification.number"),
        ),
        taxpayer_type=label,
        state_registration=word(
            inscriptions.get("state_registration"),
            f"{path}.taxes.inscriptions.state_registration",
        ),
        external_id=external_id,
        pending=_pending(info, document, taxes, attributes),
        customer_type=word(kind, f"{path}.attributes.cust_type"),
        address=_nested_address(address, f"{path}.address"),
    )


def _nested_address(raw: Mapping[str, Any], path: str) -> Address | None:
    state = raw.get("state")
    where = f"{path}.state"
    if isinstance(state, dict):
        code = word(state.get("code"), f"{where}.code")
        code = code or word(state.get("id"), f"{where}.id")
        name = text(state.get("name"), f"{where}.name")
    else:
        code, name = "", text(state, where)
    city = raw.get("city_name") or raw.get("city")
    if isinstance(city, dict):
        city = city.get("name")
    return _address(
        street=text(raw.get("street_name"), f"{path}.street_name"),
        number=number_of(raw.get("street_number"), f"{path}.street_number"),
        comment=text(raw.get("comment"), f"{path}.comment", COMMENT_LIMIT),
        district=text(raw.get("neighborhood"), f"{path}.neighborhood"),
        city=text(city, f"{path}.city_name"),
        zip_code=text(raw.get("zip_code"), f"{path}.zip_code", 32),
        state=(code, name),
        country=word(raw.get("country_id"), f"{path}.country_id"),
    )


def _flat(info: Mapping[str, Any], path: str) -> FiscalIdentity:
    path_list = f"{path}.additional_info"
    facts: dict[str, Any] = {}
    for index, entry in enumerate(sequence(info.get("additional_info"), path_list)):
        where = f"{path_list}[{index}]"
        block = mapping(entry, where)
        facts[word(block.get("type"), f"{where}.type").upper()] = block.get("value")

    def fact(key: str, limit: int = 255) -> str:
        return text(facts.get(key), f"{path_list}[{key}]", limit)

    return _identity(
        names=(fact("BUSINESS_NAME") or fact("FIRST_NAME"), fact("LAST_NAME")),
        document=(
            word(info.get("doc_type"), f"{path}.doc_type") or fact("DOC_TYPE", 64),
            word(info.get("doc_number"), f"{path}.doc_number")
            or fact("DOC_NUMBER", 64),
        ),
        # Despite its name it holds the text.
        taxpayer_type=fact("TAXPAYER_TYPE_ID"),
        state_registration=fact("STATE_REGISTRATION", 64),
        external_id="",
        pending=_pending(info, facts),
        customer_type="BU" if fact("BUSINESS_NAME") else fact("CUST_TYPE", 64),
        address=_address(
            street=fact("STREET_NAME"),
            number=number_of(facts.get("STREET_NUMBER"), f"{path_list}[STREET_NUMBER]"),
            comment=fact("COMMENT", COMMENT_LIMIT),
            district=fact("NEIGHBORHOOD"),
            city=fact("CITY_NAME"),
            zip_code=fact("ZIP_CODE", 32),
            state=(fact("STATE_CODE", 64), fact("STATE_NAME")),
            country=fact("COUNTRY_ID", 64),
        ),
    )


def _identity(
    *,
    names: tuple[str, str],
    document: tuple[str, str],
    taxpayer_type: str,
    state_registration: str,
    external_id: str,
    pending: bool,
    customer_type: str,
    address: Address | None,
) -> FiscalIdentity:
    kind, number = ("" if part.upper() == _PENDING else part for part in document)
    kind = kind.upper()
    company = _is_company(kind, number, customer_type.upper())
    first, last = names
    if company or (company is None and not last):
        name = recase_company(f"{first} {last}".strip())
    else:
        name = full_name(first, last)
    return FiscalIdentity(
        name=name,
        document_type=kind,
        document_number=number,
        taxpayer_type=taxpayer_type,
        state_registration=state_registration,
        external_id=external_id,
        pending=pending,
        is_company=company,
        address=address,
    )


def _is_company(kind: str, number: str, customer_type: str) -> bool | None:
    """Whether it is a legal entity; None when nothing tells.

    A CUIT alone does not tell: self-employed people have one as well, so its prefix
    decides; then what the service says (BU or CO) does.
    """
    if kind in _COMPANY:
        return True
    if kind in _PERSON:
        return False
    if kind == "CUIT":
        digits = "".join(c for c in number if c.isdigit())
        if digits.startswith(_CUIT_COMPANY):
            return True
        if digits.startswith(_CUIT_PERSON):
            return False
    if customer_type in ("BU", "CO"):
        return customer_type == "BU"
    return True if kind == "CUIT" else None


def _address(
    *,
    street: str,
    number: str,
    comment: str,
    district: str,
    city: str,
    zip_code: str,
    state: tuple[str, str],
    country: str,
) -> Address | None:
    complement, rest = split_comment(comment, country.upper())
    address = Address(
        line=" ".join(part for part in (street, number) if part),
        street_name=street,
        street_number=number,
        complement=complement,
        district=district,
        comment=rest,
        city=city,
        zip=zip_code,
        state_code=state[0],
        state_name=state[1],
        country_code=country.upper(),
    )
    return None if empty_address(address) else address


def _pending(*blocks: Mapping[str, Any]) -> bool:
    """Whether the service says that it is still preparing the document.

    Where it says so is not documented, hence any plain value of the blocks counts.
    """
    return any(
        isinstance(value, str) and value.strip().upper() == _PENDING
        for block in blocks
        for value in list(block.values())[:MAX_ITEMS]
    )


def _is_empty(identity: FiscalIdentity) -> bool:
    return not (
        identity.name
        or identity.document_number
        or identity.taxpayer_type
        or identity.state_registration
        or identity.address
        or identity.pending
    )

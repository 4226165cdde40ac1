"""Fiscal identities, in the three shapes the service has used, of six sites.

Source: developers.mercadolibre.com, "Billing info": the present one
(``buyer.billing_info`` with ``identification``, ``taxes``, ``address``,
``attributes``), the same one under the deprecated path with ``x-version: 2``, and the
flat one (``billing_info.additional_info``, a list of ``{type, value}``). Which one a
block has is told by what it holds, not by where it came from. Each site leaves out
blocks and has fields of its own; docs/mercadolibre-fields.md lists them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from odoo.addons.channel_base.lib.reader import (
    MAX_ITEMS,
    identifier,
    mapping,
    sequence,
    text,
    word,
)
from odoo.addons.channel_base.lib.text import normalise
from odoo.addons.channel_partner.lib.buyer import Address, FiscalIdentity
from odoo.addons.channel_partner.lib.documents import compact, is_nobody

from .names import full_name, recase_company
from .shipment import COMMENT_LIMIT, empty_address, number_of, split_comment

_PERSON = frozenset({"CC", "CE", "CI", "CPF", "CUIL", "CURP", "DNI", "RG"})
_COMPANY = frozenset({"CNPJ"})
# Documents that people and companies share, where the number alone does not tell.
_SHARED = frozenset({"NIT", "RFC", "RUT"})
# First two digits of a CUIT: 20-27 are people (who have one when self-employed).
_CUIT_PERSON = ("20", "23", "24", "25", "26", "27")
_CUIT_COMPANY = ("30", "33", "34")
# A Colombian company's NIT, with or without check digit.
_NIT_COMPANY = re.compile(r"[89]\d{8}(?:-?\d)?")
# Chile gives companies numbers from fifty million on (eight digits and check digit).
_RUT_COMPANY = re.compile(r"[5-9]\d{7}[\dK]")
# Mexico's ``taxes.contributor`` → the service's own word of the other sites.
_CONTRIBUTORS = {"persona fisica": "CO", "persona moral": "BU"}
_PENDING = "PROCESSING"


def parse_identity(
    data: Any,
    external_id: str = "",
    path: str = "billing.data",
    country: str = "",
    named: bool = False,
) -> FiscalIdentity | None:
    """Whom the invoice is for; None when the service tells nothing.

    Without a number it is still in preparation when the service says so, tells the
    document as nulls ("Billing info", frequent questions), or gave the data an id.

    :param data: the answer's JSON, or None
    :param external_id: id of the billing info, when the answer is about it
    :param country: ISO code of the site's country, for addresses that name none
    :param named: the order carries an id of billing info, whatever was answered
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
    awaited = named or (_is_null(info) and not _is_empty(identity))
    if awaited and not identity.document_number:
        identity = replace(identity, pending=True)
    if _is_empty(identity):
        return None
    if identity.address and not identity.address.country_code:
        address = replace(identity.address, country_code=country)
        return replace(identity, address=address)
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
    contributor = text(taxes.get("contributor"), f"{path}.taxes.contributor")
    use = taxes.get("cfdi")
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
        activity=text(
            taxes.get("economic_activity"), f"{path}.taxes.economic_activity"
        ),
        # Only Mexico has them; elsewhere the type's number means nothing.
        regime=_coded(taxpayer, where) if contributor or use else "",
        invoice_use=_coded(use, f"{path}.taxes.cfdi"),
        external_id=external_id,
        pending=_pending(info, document, taxes, attributes),
        customer_type=_CONTRIBUTORS.get(normalise(contributor))
        or word(kind, f"{path}.attributes.cust_type"),
        address=_nested_address(address, f"{path}.address"),
    )


def _coded(value: Any, path: str) -> str:
    """Code and text of ``{id, description}`` as one text."""
    if not isinstance(value, dict):
        return text(value, path)
    code = word(value.get("id"), f"{path}.id")
    label = text(value.get("description"), f"{path}.description")
    return " ".join(part for part in (code, label) if part)


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
        activity=fact("ECONOMIC_ACTIVITY"),
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
    activity: str = "",
    regime: str = "",
    invoice_use: str = "",
) -> FiscalIdentity:
    kind, number = ("" if part.upper() == _PENDING else part for part in document)
    kind = kind.upper()
    first, last = names
    company = _is_company(kind, number, customer_type.upper())
    if company is None and kind in _SHARED and (first or last):
        company = not last
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
        activity=activity,
        regime=regime,
        invoice_use=invoice_use,
        external_id=external_id,
        pending=pending,
        is_company=company,
        address=address,
    )


def _is_company(kind: str, number: str, customer_type: str) -> bool | None:
    """Whether it is a legal entity; None when nothing tells.

    A CUIT alone does not tell: self-employed people have one as well, so its prefix
    decides; then what the service says (BU or CO) does. In Mexico and Colombia the
    number tells; in Chile it does when the service says nothing.
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
    plain = compact(number)
    if kind == "RFC" and len(plain) in (12, 13) and not is_nobody(kind, plain):
        return len(plain) == 12
    if kind == "NIT" and _NIT_COMPANY.fullmatch(re.sub(r"[\s.,]", "", number)):
        return True
    if customer_type in ("BU", "CO"):
        return customer_type == "BU"
    if kind == "RUT" and _RUT_COMPANY.fullmatch(plain):
        return True
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


def _is_null(info: Mapping[str, Any]) -> bool:
    """Whether the document is there, but as null."""
    if "doc_number" in info:
        return info["doc_number"] is None
    if "identification" not in info:
        return False
    document = info["identification"]
    return document is None or document.get("number") is None


def _is_empty(identity: FiscalIdentity) -> bool:
    return not (
        identity.name
        or identity.document_number
        or identity.taxpayer_type
        or identity.state_registration
        or identity.activity
        or identity.regime
        or identity.address
        or identity.pending
    )

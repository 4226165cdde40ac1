"""From the taxes of a taxpayer to the IVA responsibility, with reasons; never a guess.

The registry has no field for the responsibility and ARCA publishes no rule: it is
deduced from the taxes that a taxpayer is registered for: 20 and 21 *monotributo*, 30
*IVA*, 32 *IVA exento*, 33 *responsable no inscripto* (abolished), 34 *no alcanzado*.
What cannot be deduced without doubt is left to an accountant.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .taxpayer import Category, Tax, Taxpayer

#: Codes of ``l10n_ar.afip.responsibility.type``; the same as WSFE's
#: ``CondicionIVAReceptorId`` (RG 5616/2024).
REGISTERED, EXEMPT, FINAL_CONSUMER, MONOTRIBUTO = "1", "4", "5", "6"
SOCIAL_MONOTRIBUTO, NOT_REACHED, PROMOTED_WORKER = "13", "15", "16"
#: Suppliers and customers abroad, and Law 19,640 (Tierra del Fuego): the registry of
#: taxpayers cannot tell them, so they are never written over.
NOT_DEDUCIBLE = frozenset({"8", "9", "10"})

DETERMINED, UNDETERMINED = "determined", "undetermined"
CONFLICT, NOT_FOUND = "conflict", "not_found"

_SIMPLE_TAXES = ("20", "21")
_VAT, _VAT_EXEMPT, _VAT_ABOLISHED, _VAT_NOT_REACHED = "30", "32", "33", "34"
_TAX_NAMES = {
    "20": "MONOTRIBUTO",
    "21": "MONOTRIBUTO AUTONOMO",
    "30": "IVA",
    "32": "IVA EXENTO",
    "33": "IVA RESPONSABLE NO INSCRIPTO",
    "34": "IVA NO ALCANZADO",
}
_VAT_TAXES = (*_SIMPLE_TAXES, _VAT, _VAT_EXEMPT, _VAT_ABOLISHED, _VAT_NOT_REACHED)
#: Social categories of the manual: farming, associates of a cooperative, services,
#: sales, social projects.
_SOCIAL_CATEGORIES = frozenset({"61", "98", "99", "100", "101", "102", "103", "104"})


@dataclass(frozen=True)
class Reason:
    """One thing that was looked at.

    :param code: one of ``partner.registry.arca._get_reason_texts``
    :param params: texts for its sentence
    """

    code: str
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Decision:
    """What the registry's answer means.

    :param outcome: ``determined``, ``undetermined``, ``conflict`` or ``not_found``
    :param responsibility: code of the responsibility, "" unless determined
    :param reasons: in the order in which they count
    """

    outcome: str
    responsibility: str = ""
    reasons: tuple[Reason, ...] = ()


def decide(taxpayer: Taxpayer, untaxed: str = "") -> Decision:
    """The responsibility of a taxpayer, or why it cannot be told.

    :param untaxed: responsibility of somebody who is registered without any tax that
        concerns IVA, as the company's accountant decided; "" leaves it open
    """
    if not taxpayer.found:
        return Decision(NOT_FOUND, reasons=(Reason("not_found"),))
    refusal = _get_refusal(taxpayer)
    if refusal:
        return Decision(UNDETERMINED, reasons=(refusal,))
    notes = tuple(_get_notes(taxpayer))
    active = {tax.code for tax in taxpayer.taxes if tax.is_active}
    simple = _is_simple(taxpayer, active)
    claims = _get_claims(taxpayer, simple)
    kind = _get_other_kind(taxpayer)
    if kind and not claims and _VAT_NOT_REACHED not in active:
        reason = Reason("cuil") if kind == "CUIL" else Reason("kind", {"kind": kind})
        return Decision(UNDETERMINED, reasons=(reason, *notes))
    if kind:
        claims = [kind, *(claims or _name_taxes(taxpayer, (_VAT_NOT_REACHED,)))]
    if len(claims) > 1:
        reason = Reason("conflict", {"taxes": ", ".join(claims)})
        return Decision(CONFLICT, reasons=(reason, *notes))
    if simple:
        return _decide_simple(taxpayer, active, notes)
    if _VAT in active or _VAT_EXEMPT in active:
        return _decide_registered(active, notes)
    if _VAT_ABOLISHED in active:
        return Decision(UNDETERMINED, reasons=(Reason("abolished"), *notes))
    if _VAT_NOT_REACHED in active:
        return Decision(DETERMINED, NOT_REACHED, (Reason("not_reached"), *notes))
    return _decide_untaxed(taxpayer, untaxed, notes)


def _get_other_kind(taxpayer: Taxpayer) -> str:
    """The kind of key when it is not a CUIT: CUIL or CDI, of who pays no tax."""
    kind = taxpayer.key_kind.upper()
    return "" if kind == "CUIT" else kind


def _get_refusal(taxpayer: Taxpayer) -> Reason | None:
    """Why the answer says nothing about taxes."""
    if not taxpayer.has_data:
        messages = _join(taxpayer.errors)
        if "no es una cuit" in messages.lower():
            return Reason("not_a_cuit", {"messages": messages})
        if not messages:
            return Reason("not_issued_silently")
        return Reason("not_issued", {"messages": messages})
    if taxpayer.key_state.upper() not in ("", "ACTIVO"):
        return Reason("inactive", {"state": taxpayer.key_state})
    return None


def _get_notes(taxpayer: Taxpayer) -> list[Reason]:
    """What an accountant should see besides, although it decides nothing."""
    notes = [
        Reason("tax_not_active", {"tax": _name_tax(tax), "state": tax.state})
        for tax in taxpayer.taxes
        if tax.code in _VAT_TAXES and not tax.is_active
    ]
    for name, messages in (
        ("errorConstancia", taxpayer.errors),
        ("errorMonotributo", taxpayer.simple_errors),
        ("errorRegimenGeneral", taxpayer.general_errors),
    ):
        if said := _join(messages):
            notes.append(Reason("complaint", {"messages": said}))
        elif messages:
            notes.append(Reason("complaint_silently", {"block": name}))
    if taxpayer.deceased:
        notes.append(Reason("deceased"))
    return notes


def _join(messages: tuple[str, ...]) -> str:
    return " · ".join(filter(None, messages))


def _name_tax(tax: Tax) -> str:
    return f"{tax.code} {_TAX_NAMES.get(tax.code, tax.name)}".strip()


def _name_taxes(taxpayer: Taxpayer, codes: tuple[str, ...]) -> list[str]:
    """Those of the taxes that are listed as active, each once, as ARCA names them."""
    found = {
        tax.code: _name_tax(tax)
        for tax in taxpayer.taxes
        if tax.is_active and tax.code in codes
    }
    return [found[code] for code in codes if code in found]


def _name_category(category: Category) -> str:
    return category.name or category.code or category.tax


def _is_simple(taxpayer: Taxpayer, active: set[str]) -> bool:
    if active & set(_SIMPLE_TAXES):
        return True
    category = taxpayer.category
    if not category or category.tax not in _SIMPLE_TAXES:
        return False
    # A category counts alone, but not against its tax that is there and has ended.
    ended = {"20", category.tax}
    return not any(tax.code in ended for tax in taxpayer.taxes)


def _get_claims(taxpayer: Taxpayer, simple: bool) -> list[str]:
    """What was found of the registrations that exclude each other, by its name."""
    claims = []
    if simple:
        listed = _name_taxes(taxpayer, _SIMPLE_TAXES)
        if not listed and taxpayer.category:
            listed = [_name_category(taxpayer.category)]
        claims.append(" + ".join(listed))
    return [*claims, *_name_taxes(taxpayer, (_VAT, _VAT_EXEMPT))]


def _decide_simple(
    taxpayer: Taxpayer, active: set[str], notes: tuple[Reason, ...]
) -> Decision:
    category = taxpayer.category
    code = MONOTRIBUTO
    if category and category.code in _SOCIAL_CATEGORIES:
        code = SOCIAL_MONOTRIBUTO
    elif category and "PROMOVIDO" in category.name.upper():
        code = PROMOTED_WORKER
    name = _name_category(category) if category else ""
    if "20" in active:
        reason = Reason("monotributo", {"category": name})
    elif "21" in active:
        reason = Reason("monotributo_21", {"category": name})
    else:
        reason = Reason("category", {"category": name})
    return Decision(DETERMINED, code, (reason, *notes))


def _decide_registered(active: set[str], notes: tuple[Reason, ...]) -> Decision:
    is_vat = _VAT in active
    reasons = [Reason("registered" if is_vat else "exempt")]
    if _VAT_NOT_REACHED in active:
        # ARCA's own list of taxpayers has both at once; it hides neither 30 nor 32.
        reasons.append(Reason("also_not_reached"))
    return Decision(DETERMINED, REGISTERED if is_vat else EXEMPT, (*reasons, *notes))


def _decide_untaxed(
    taxpayer: Taxpayer, untaxed: str, notes: tuple[Reason, ...]
) -> Decision:
    if taxpayer.errors or taxpayer.simple_errors or taxpayer.general_errors:
        return Decision(UNDETERMINED, reasons=(Reason("incomplete"), *notes))
    if any(tax.code in _VAT_TAXES for tax in taxpayer.taxes):
        # ARCA does not publish the other states: ended, or something else.
        return Decision(UNDETERMINED, reasons=(Reason("none_active"), *notes))
    if not untaxed:
        return Decision(UNDETERMINED, reasons=(Reason("no_tax"), *notes))
    return Decision(DETERMINED, untaxed, (Reason("no_tax_setting"), *notes))

"""From the taxes of a taxpayer to the IVA responsibility, with reasons; never a guess.

The registry has no field for the responsibility and ARCA publishes no rule: it is
deduced from the taxes that a taxpayer is registered for: 20 and 21 *monotributo*, 30
*IVA*, 32 *IVA exento*, 33 *responsable no inscripto* (abolished), 34 *no alcanzado*.
What cannot be deduced without doubt is left to an accountant.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .taxpayer import Taxpayer

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
_VAT_TAXES = (*_SIMPLE_TAXES, _VAT, _VAT_EXEMPT, _VAT_ABOLISHED, _VAT_NOT_REACHED)
#: Social categories of the manual: farming, associates of a cooperative, services,
#: sales, social projects.
_SOCIAL_CATEGORIES = frozenset({"61", "98", "99", "100", "101", "102", "103", "104"})


@dataclass(frozen=True)
class Reason:
    """One thing that was looked at.

    :param code: a key of ``l10n_ar.padron.answer._get_reason_texts``
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
    claims = [name for name, holds in _get_claims(active, simple) if holds]
    if len(claims) > 1:
        reason = Reason("conflict", {"taxes": ", ".join(claims)})
        return Decision(CONFLICT, reasons=(reason, *notes))
    if simple:
        return _decide_simple(taxpayer, notes)
    if _VAT in active or _VAT_EXEMPT in active:
        return _decide_registered(active, notes)
    if _VAT_ABOLISHED in active:
        return Decision(UNDETERMINED, reasons=(Reason("abolished"), *notes))
    if _VAT_NOT_REACHED in active:
        return Decision(DETERMINED, NOT_REACHED, (Reason("not_reached"), *notes))
    return _decide_untaxed(taxpayer, untaxed, notes)


def _get_refusal(taxpayer: Taxpayer) -> Reason | None:
    """Why the answer says nothing about taxes."""
    if not taxpayer.has_data:
        messages = " · ".join(filter(None, taxpayer.errors))
        if "no es una cuit" in messages.lower():
            return Reason("not_a_cuit", {"messages": messages})
        return Reason("not_issued", {"messages": messages})
    if taxpayer.key_state.upper() not in ("", "ACTIVO"):
        return Reason("inactive", {"state": taxpayer.key_state})
    return None


def _get_notes(taxpayer: Taxpayer) -> list[Reason]:
    """What an accountant should see besides, although it decides nothing."""
    notes = [
        Reason(
            "tax_not_active",
            {"tax": f"{tax.code} {tax.name}".strip(), "state": tax.state},
        )
        for tax in taxpayer.taxes
        if tax.code in _VAT_TAXES and not tax.is_active
    ]
    for messages in (taxpayer.errors, taxpayer.simple_errors, taxpayer.general_errors):
        if any(messages):
            notes.append(Reason("complaint", {"messages": " · ".join(messages)}))
    if taxpayer.deceased:
        notes.append(Reason("deceased"))
    return notes


def _is_simple(taxpayer: Taxpayer, active: set[str]) -> bool:
    if active & set(_SIMPLE_TAXES):
        return True
    category = taxpayer.category
    if not category or category.tax not in _SIMPLE_TAXES:
        return False
    # A category counts alone, but not against its tax that is there and has ended.
    ended = {"20", category.tax}
    return not any(tax.code in ended for tax in taxpayer.taxes)


def _get_claims(active: set[str], simple: bool) -> list[tuple[str, bool]]:
    return [
        ("20 MONOTRIBUTO", simple),
        ("30 IVA", _VAT in active),
        ("32 IVA EXENTO", _VAT_EXEMPT in active),
    ]


def _decide_simple(taxpayer: Taxpayer, notes: tuple[Reason, ...]) -> Decision:
    category = taxpayer.category
    name = category.name if category else ""
    code = MONOTRIBUTO
    if category and category.code in _SOCIAL_CATEGORIES:
        code = SOCIAL_MONOTRIBUTO
    elif "PROMOVIDO" in name.upper():
        code = PROMOTED_WORKER
    reason = Reason("monotributo", {"category": name})
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

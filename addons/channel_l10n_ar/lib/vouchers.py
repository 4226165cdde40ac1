"""Codes of Argentine vouchers. No Odoo in it."""

from __future__ import annotations

# The credit note of each class, and what it may credit: invoices, debit notes and
# receipts (ARCA, table of vouchers; a note is always of the class of what it corrects).
_CREDITED_BY: dict[str, frozenset[str]] = {
    "3": frozenset({"1", "2", "4"}),  # A
    "8": frozenset({"6", "7", "9"}),  # B
    "13": frozenset({"11", "12", "15"}),  # C
    "21": frozenset({"19", "20"}),  # E
    "53": frozenset({"51", "52", "54"}),  # A subject to withholding, formerly M
    "203": frozenset({"201", "202"}),  # MiPyME A
    "208": frozenset({"206", "207"}),  # MiPyME B
    "213": frozenset({"211", "212"}),  # MiPyME C
}


def credit_note_code(code: str | None) -> str:
    """The code of the credit note for a voucher's code, "" when it has none."""
    for note, credited in _CREDITED_BY.items():
        if code in credited:
            return note
    return ""

"""Invented tax documents with real check digits, and the reverse check.

Sources: the public modulus-11 rules of the Argentine CUIT/CUIL, the Brazilian CPF and
the (numeric or alphanumeric) Brazilian CNPJ. Documents are plain characters without
punctuation.
"""

from __future__ import annotations

import random

_CUIT_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_CNPJ_WEIGHTS = (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"


def cuit_digit(base: str) -> int:
    """Check digit of the first ten digits of a CUIT/CUIL; 10 means unusable."""
    total = sum(int(c) * w for c, w in zip(base, _CUIT_WEIGHTS, strict=True))
    return (11 - total % 11) % 11


def cuit(prefix: str, body: str) -> str | None:
    """CUIT/CUIL of ``prefix`` (2 digits) and ``body`` (8 digits), if one exists."""
    base = prefix + body
    digit = cuit_digit(base)
    return None if digit == 10 else f"{base}{digit}"


def cpf_digits(base: str) -> str:
    """The two check digits of the first nine digits of a CPF."""
    digits = base
    for _turn in range(2):
        top = len(digits) + 1
        total = sum(int(c) * (top - i) for i, c in enumerate(digits))
        digits += str((total * 10) % 11 % 10)
    return digits[-2:]


def cnpj_digits(base: str) -> str:
    """The two check digits of the first twelve characters of a CNPJ."""
    text = base
    for _turn in range(2):
        weights = _CNPJ_WEIGHTS[-len(text) :]
        total = sum((ord(c) - 48) * w for c, w in zip(text, weights, strict=True))
        digit = 11 - total % 11
        text += str(digit if digit < 10 else 0)
    return text[-2:]


def is_valid(kind: str, number: str | None) -> bool:
    """Whether the check digits (or the length, for a DNI) of a document are right.

    ``kind`` is DNI, CUIT, CUIL, CPF or CNPJ.
    """
    if not number:
        return False
    if kind == "DNI":
        return number.isdigit() and 7 <= len(number) <= 8
    if kind in ("CUIT", "CUIL"):
        right = number.isdigit() and len(number) == 11
        return right and cuit_digit(number[:10]) == int(number[10])
    if kind == "CPF":
        right = number.isdigit() and len(number) == 11
        return right and cpf_digits(number[:9]) == number[9:]
    if kind == "CNPJ":
        right = number.isalnum() and number.isascii() and len(number) == 14
        return right and cnpj_digits(number[:12]) == number[12:]
    return False


def spoil(number: str) -> str:
    """The same document with a wrong last digit."""
    return number[:-1] + str((int(number[-1]) + 1 + int(number[-2]) % 8) % 10)


def dni(rng: random.Random) -> str:
    """An invented DNI of 7 or 8 digits."""
    low, high = (5_000_000, 9_999_999) if rng.random() < 0.06 else (10**7, 58_000_000)
    return str(rng.randint(low, high))


def person_cuit(rng: random.Random, number: str | None = None) -> str:
    """An invented CUIT/CUIL of a person, on the given DNI when one is passed."""
    body = (number or dni(rng)).zfill(8)
    prefixes = ["20", "27"]
    rng.shuffle(prefixes)
    for prefix in [*prefixes, "23", "24"]:
        found = cuit(prefix, body)
        if found:
            return found
    return person_cuit(rng)


def company_cuit(rng: random.Random) -> str:
    """An invented CUIT of a legal entity."""
    while True:
        found = cuit("30", str(rng.randint(50_000_000, 79_999_999)))
        if found:
            return found


def cpf(rng: random.Random) -> str:
    """An invented CPF."""
    base = f"{rng.randint(10_000_000, 999_999_999):09d}"
    return base + cpf_digits(base)


def cnpj(rng: random.Random, *, alphanumeric: bool = False) -> str:
    """An invented CNPJ, numeric or of the alphanumeric kind."""
    if alphanumeric:
        root = "".join(rng.choice(_LETTERS + "0123456789") for _n in range(7))
        base = f"{root}{rng.choice(_LETTERS)}0001"
    else:
        base = f"{rng.randint(10_000_000, 69_999_999)}0001"
    return base + cnpj_digits(base)

"""Invented tax documents with real check digits, and the reverse check.

Sources: the public modulus-11 rules of the Argentine CUIT/CUIL, the Brazilian CPF and
the (numeric or alphanumeric) Brazilian CNPJ, the Chilean RUT, the Colombian NIT and the
Uruguayan RUT; the modulus-10 rules of the Uruguayan cédula and the Mexican CURP; the
structure of the Mexican RFC. Documents are plain characters without punctuation.
"""

from __future__ import annotations

import random
import re

_CUIT_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_CNPJ_WEIGHTS = (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
_NIT_WEIGHTS = (3, 7, 13, 17, 19, 23, 29, 37, 41, 43, 47, 53, 59, 67, 71)
_UY_RUT_WEIGHTS = (4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
_CI_WEIGHTS = (2, 9, 8, 7, 6, 3, 4)
_CURP_ALPHABET = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ"
_RFC = re.compile(r"[A-Z&Ñ]{3,4}(\d{2})(\d{2})(\d{2})[A-Z0-9]{3}")
_CURP = re.compile(r"[A-Z]{4}\d{2}(\d{2})(\d{2})[HM][A-Z]{5}[A-Z0-9]\d")
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


def chilean_rut_digit(body: str) -> str:
    """Check digit ("K" for ten) of a Chilean RUT."""
    total = sum(int(c) * (2 + i % 6) for i, c in enumerate(reversed(body)))
    return "0K987654321"[total % 11]


def nit_digit(body: str) -> str:
    """Check digit of a Colombian NIT."""
    pairs = zip(reversed(body), _NIT_WEIGHTS, strict=False)
    rest = sum(int(c) * w for c, w in pairs) % 11
    return str(rest if rest < 2 else 11 - rest)


def uruguayan_rut_digit(body: str) -> int:
    """Check digit of the first eleven digits of an Uruguayan RUT; 10 is unusable."""
    return -sum(int(c) * w for c, w in zip(body, _UY_RUT_WEIGHTS, strict=True)) % 11


def ci_digit(body: str) -> str:
    """Check digit of an Uruguayan cédula of six or seven digits."""
    pairs = zip(body.zfill(7), _CI_WEIGHTS, strict=True)
    return str(-sum(int(c) * w for c, w in pairs) % 10)


def curp_digit(body: str) -> str:
    """Check digit of the first 17 characters of a CURP."""
    total = sum(_CURP_ALPHABET.index(c) * (18 - i) for i, c in enumerate(body))
    return str(-total % 10)


def _is_mexican(kind: str, number: str) -> bool:
    pattern, date = (_RFC, 2) if kind == "RFC" else (_CURP, 1)
    found = pattern.fullmatch(number)
    if not found or (kind == "CURP" and number[-1] != curp_digit(number[:-1])):
        return False
    month, day = found[date], found[date + 1]
    return "01" <= month <= "12" and "01" <= day <= "31"


def _is_new_site(kind: str, number: str) -> bool:
    """The documents of Mexico, Chile, Colombia and Uruguay."""
    if kind in ("RFC", "CURP"):
        return _is_mexican(kind, number)
    if kind in ("CC", "CE"):
        return number.isdigit() and 6 <= len(number) <= 10
    body, digit = number[:-1], number[-1]
    if not body.isdigit():
        return False
    if kind == "NIT":
        return len(number) == 10 and digit == nit_digit(body)
    if kind == "CI":
        return 7 <= len(number) <= 8 and digit == ci_digit(body)
    if kind == "RUT" and len(number) == 12:
        return digit == str(uruguayan_rut_digit(body))
    return kind == "RUT" and 8 <= len(number) <= 9 and digit == chilean_rut_digit(body)


def is_valid(kind: str, number: str | None) -> bool:
    """Whether the check digits of a document, or what else it has, are right.

    A RUT of twelve digits is Uruguayan, a shorter one Chilean.

    ``kind`` is DNI, CUIT, CUIL, CPF, CNPJ, RFC, CURP, RUT, NIT, CC, CE or CI.
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
    return _is_new_site(kind, number)


def spoil(number: str) -> str:
    """The same document with a wrong last digit, or one that cannot be."""
    if not number.isdigit():
        return number[:-1] + ("1" if number[-1] == "K" else "ZZ")
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


def chilean_rut(rng: random.Random, *, company: bool = False) -> str:
    """An invented Chilean RUT; companies have numbers from 50 million on."""
    low, high = (76_000_000, 77_999_999) if company else (5_000_000, 25_999_999)
    body = str(rng.randint(low, high))
    return body + chilean_rut_digit(body)


def nit(rng: random.Random) -> str:
    """An invented NIT of a company, with its check digit."""
    body = str(rng.randint(800_000_000, 901_999_999))
    return body + nit_digit(body)


def cc(rng: random.Random) -> str:
    """An invented Colombian cédula, of the long or the short kind."""
    return str(
        rng.randint(1_000_000_001, 1_199_999_999)
        if rng.random() < 0.5
        else rng.randint(10_000_000, 99_999_999)
    )


def uruguayan_rut(rng: random.Random) -> str:
    """An invented Uruguayan RUT."""
    while True:
        body = f"21{rng.randint(1, 999_999):06d}001"
        digit = uruguayan_rut_digit(body)
        if digit < 10:
            return f"{body}{digit}"


def ci(rng: random.Random) -> str:
    """An invented Uruguayan cédula."""
    body = str(rng.randint(1_000_000, 6_499_999))
    return body + ci_digit(body)


def _birthday(rng: random.Random) -> str:
    return f"{rng.randint(55, 99):02d}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"


def rfc(rng: random.Random, *, company: bool = False) -> str:
    """An invented RFC: twelve characters of a company, thirteen of a person."""
    length = 3 if company else 4
    letters = "".join(rng.choice("BCDFGHJLMNPRSTVZ") for _n in range(length))
    code = "".join(rng.choice("123456789ABCDEFGH") for _n in range(2))
    return f"{letters}{_birthday(rng)}{code}{rng.randint(0, 9)}"


def curp(rng: random.Random) -> str:
    """An invented CURP."""
    letters = "".join(rng.choice("BCDFGHJLMNPRSTVZ") for _n in range(4))
    gender, consonants = rng.choice("HM"), "".join(rng.choice("BCDFG") for _n in "123")
    body = f"{letters}{_birthday(rng)}{gender}DF{consonants}0"
    return body + curp_digit(body)

"""Names of people and companies as the service delivers them."""

from __future__ import annotations

import re

_PARTICLES = frozenset(
    {"da", "das", "de", "del", "do", "dos", "e", "la", "las", "los", "y"}
)
# What a company is, at the end of its name, where it is written in capitals.
_FORMS = frozenset({"cv", "eirl", "rl", "sa", "sas", "sc", "spa", "srl"})
_LETTERS = re.compile(r"[^\W\d_]+", re.UNICODE)


def recase(name: str) -> str:
    """A person's name with capitals, when the service lost them.

    Only names that are entirely in lower or entirely in upper case change: any other
    spelling is how the person writes it. Initials stay as they are.
    """
    letters = "".join(_LETTERS.findall(name))
    if len(letters) < 2 or not (letters.islower() or letters.isupper()):
        return name
    words = name.lower().split(" ")
    return " ".join(
        word if index and word in _PARTICLES else _capitalised(word)
        for index, word in enumerate(words)
    )


def recase_company(name: str) -> str:
    """A company's name; all capitals is how registries write it, and stays.

    The legal form keeps its capitals: "Ferlunor SPA", "Orvalí S de RL de CV".
    """
    letters = "".join(_LETTERS.findall(name))
    if not letters.islower():
        return name
    words = recase(name).split(" ")
    for index in range(len(words) - 1, 0, -1):
        if words[index].lower() in _FORMS:
            words[index] = words[index].upper()
        elif words[index] not in _PARTICLES:
            break
    return " ".join(words)


def full_name(first: str, last: str) -> str:
    """First and last name as one text, each with its capitals."""
    return " ".join(part for part in (recase(first), recase(last)) if part)


def _capitalised(word: str) -> str:
    return _LETTERS.sub(lambda match: match[0].capitalize(), word)

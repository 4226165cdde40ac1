"""Identity documents of buyers: which ones are known, and whether a number is right."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from stdnum import exceptions
from stdnum.ar import cuit, dni
from stdnum.br import cnpj, cpf

from odoo.addons.channel_base.lib.text import clean, is_masked

#: Odoo's own type of documents that no localisation knows.
GENERIC_TYPE = "l10n_latam_base.it_fid"
#: Type that Odoo gives to every contact nobody told anything else about.
DEFAULT_TYPE = "l10n_latam_base.it_vat"

_SHAPE = re.compile(r"[0-9A-Z]{3,20}", re.ASCII)
_SEPARATORS = re.compile(r"[\s.\-/–]+")


@dataclass(frozen=True)
class Kind:
    """A document that this module knows by its word.

    :param country: that issues it
    :param types: external ids of Odoo's identification type, best first
    :param validate: compacts and checks, or raises stdnum's errors
    """

    country: str
    types: tuple[str, ...]
    validate: Callable[[str], str]


def _validate_dni(number: str) -> str:
    # Odoo keeps Argentine numbers as integers: a leading zero would be lost there.
    return dni.validate(dni.compact(number).lstrip("0"))


KINDS: dict[str, Kind] = {
    "CUIT": Kind("AR", ("l10n_ar.it_cuit", DEFAULT_TYPE), cuit.validate),
    "CUIL": Kind("AR", ("l10n_ar.it_CUIL", GENERIC_TYPE), cuit.validate),
    "DNI": Kind("AR", ("l10n_ar.it_dni", GENERIC_TYPE), _validate_dni),
    "CNPJ": Kind("BR", ("l10n_br.cnpj", DEFAULT_TYPE), cnpj.validate),
    "CPF": Kind("BR", ("l10n_br.cpf", GENERIC_TYPE), cpf.validate),
}
#: A word that stands for documents whose rules are not known here.
NO_RULES = "OTHER"
#: Words that exist in several countries with different rules.
_SHARED_WORDS = frozenset({"DNI"})


@dataclass(frozen=True)
class Checked:
    """A document after its check.

    :param kind: the channel's word, upper case
    :param number: normalised when the check passed, else as the channel wrote it
    :param problem: empty, or why the number is not valid: ``format``, ``length``,
        ``component`` (impossible prefix), ``checksum`` or ``no_type``
    :param country: country that issues this kind, "" when unknown
    """

    kind: str
    number: str
    problem: str = ""
    country: str = ""


def known_kind(word: str, country: str = "") -> Kind | None:
    """The document behind a word, None when its rules are not known here.

    :param country: where the buyer is; decides about words that countries share
    """
    kind = KINDS.get(word)
    if kind and word in _SHARED_WORDS and country not in ("", kind.country):
        return None
    return kind


def check(word: str, number: str, country: str = "") -> Checked | None:
    """Check a document as the channel gave it.

    :param word: the channel's word for the type
    :param number: as the channel wrote it
    :param country: ISO code of the buyer's country, "" when unknown
    :return: None when the channel gave (or showed) no number
    """
    word = clean(word, 40).upper()
    number = clean(number, 40)
    if not number or is_masked(number):
        return None
    if not word:
        return Checked("", number, "no_type")
    kind = known_kind(word, country)
    if kind is None:
        plain = compact(number)
        if not _SHAPE.fullmatch(plain):
            return Checked(word, number, "format")
        return Checked(word, plain)
    try:
        valid = kind.validate(number)
    except exceptions.InvalidLength:
        return Checked(word, number, "length", kind.country)
    except exceptions.InvalidChecksum:
        return Checked(word, number, "checksum", kind.country)
    except exceptions.InvalidComponent:
        return Checked(word, number, "component", kind.country)
    except exceptions.ValidationError:
        return Checked(word, number, "format", kind.country)
    if not _SHAPE.fullmatch(valid):
        return Checked(word, number, "format", kind.country)
    return Checked(word, valid, country=kind.country)


def compact(number: str | None) -> str:
    """The number without separators, upper case."""
    return _SEPARATORS.sub("", number or "").upper()


def same(number: str | None, other: str | None) -> bool:
    """Whether two writings are the same number (Odoo drops leading zeros)."""
    return compact(number).lstrip("0") == compact(other).lstrip("0")

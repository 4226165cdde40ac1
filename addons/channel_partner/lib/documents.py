"""Identity documents of buyers: which ones are known, and whether a number is right."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from stdnum import exceptions
from stdnum.ar import cuit, dni
from stdnum.br import cnpj, cpf
from stdnum.cl import rut as cl_rut
from stdnum.co import nit
from stdnum.mx import curp, rfc
from stdnum.uy import rut as uy_rut

from odoo.addons.channel_base.lib.text import clean, is_masked

#: Odoo's own type of documents that no localisation knows.
GENERIC_TYPE = "l10n_latam_base.it_fid"
#: Type that Odoo gives to every contact nobody told anything else about.
DEFAULT_TYPE = "l10n_latam_base.it_vat"

_SHAPE = re.compile(r"[0-9A-Z]{3,20}", re.ASCII)
# A Mexican RFC may hold "&" and "Ñ", a Colombian NIT keeps its dash.
_KNOWN_SHAPE = re.compile(r"[0-9A-Z&Ñ-]{3,20}")
_SEPARATORS = re.compile(r"[\s.\-/–]+")
_DIGITS = re.compile(r"[0-9]+")

#: Numbers with which an authority lets invoices be made to whoever asks for none, or to
#: foreigners: they are nobody's. Mexico: the RFC ("RFC genérico", *Resolución
#: Miscelánea Fiscal*, 2.7.1.23) and the CURP (payroll complement) that SAT calls
#: generic. Those of Colombia (222222222222, DIAN's technical annex: "consumidor
#: final"), Chile (66666666-6 on receipts, 55555555-5 on exports, SII) and Argentina (0)
#: are one repeated digit.
NOBODY: dict[str, frozenset[str]] = {
    "RFC": frozenset({"XAXX010101000", "XEXX010101000"}),
    "CURP": frozenset({"XEXX010101HNEXXXA4", "XEXX010101MNEXXXA8"}),
}
# One digit again and again, or eight times with any check digit after it; what people
# type into a field that they have to fill. Check digits let most of them pass.
_REPEATED = r"^(?:0+|([0-9])\1{4,}|([0-9])\2{7,}[0-9K])$"
# An Argentine key around such a number: 20-99999999-9, 23-00000000-0.
_REPEATED_KEY = r"^[23][0-9]([0-9])\1{7}[0-9]$"
# Keys that ARCA gave to whole countries for their residents ("CUIT país"), as in Odoo's
# own table of countries: natural persons 50, companies 55, others 51.
_COUNTRY_KEY = r"^(?:50000|55000|51600)[0-9]{6}$"
#: Regular expressions, for PostgreSQL too, of all numbers that may identify nobody.
SUSPECT = (
    _REPEATED,
    _REPEATED_KEY,
    _COUNTRY_KEY,
    f"^(?:{'|'.join(sorted(frozenset().union(*NOBODY.values())))})$",
)


@dataclass(frozen=True)
class Kind:
    """A document that this module knows by its word.

    :param word: as channels name it, upper case
    :param country: that issues it, "" for any
    :param types: external ids of Odoo's identification type, best first
    :param validate: compacts and checks, or raises stdnum's errors
    """

    word: str
    country: str
    types: tuple[str, ...]
    validate: Callable[[str], str]


def _validate_dni(number: str) -> str:
    # Odoo keeps Argentine numbers as integers: a leading zero would be lost there.
    return dni.validate(dni.compact(number).lstrip("0"))


def _validate_rfc(number: str) -> str:
    """Structure and date; the last three characters are needed.

    stdnum leaves the check digit alone, and so does Odoo: many real ones are wrong.
    """
    valid = rfc.validate(number)
    if len(valid) == 10:  # a person's, without the three characters SAT adds
        raise exceptions.InvalidLength()
    return valid


def _validate_nit(number: str) -> str:
    """A Colombian NIT with its check digit, which people often leave out.

    A NIT is nine digits that begin with 8 or 9 for a company, and the cédula for a
    person: up to eight digits, or ten that begin with 1. The length tells whether
    the check digit follows; with the short cédulas its value does. Eight digits with
    it are the least, for stdnum as well as for Odoo. The dash before it stays, as
    Odoo writes it: without one, nine digits from 8 or 9 would lack it again.
    """
    dashed = re.sub(r"[\s.,]", "", number)
    plain = nit.compact(number)
    if not _DIGITS.fullmatch(plain):
        raise exceptions.InvalidFormat()
    if not re.search(r"-\d$", dashed):
        bare = re.fullmatch(r"[89]\d{8}|1\d{9}", plain)
        short = 7 <= len(plain) <= 8 and plain[-1] != nit.calc_check_digit(plain[:-1])
        if bare or short:
            plain += nit.calc_check_digit(plain)
    valid = nit.validate(plain)
    return f"{valid[:-1]}-{valid[-1]}"


def _validate_cc(number: str) -> str:
    """Colombian *cédula de ciudadanía*: three to ten digits, no check digit."""
    plain = compact(number)
    if not _DIGITS.fullmatch(plain):
        raise exceptions.InvalidFormat()
    if not 3 <= len(plain) <= 10:
        raise exceptions.InvalidLength()
    return plain


def _validate_shape(number: str) -> str:
    """A document of any country, whose rules are its own."""
    plain = compact(number)
    if not _SHAPE.fullmatch(plain):
        raise exceptions.InvalidFormat()
    return plain


def _validate_ce(number: str) -> str:
    """Colombian *cédula de extranjería*: no published check digit."""
    return _validate_shape(number)


def _validate_ci(number: str) -> str:
    """Uruguayan *cédula de identidad*.

    Six or seven digits and a check digit: weights 2, 9, 8, 7, 6, 3, 4 over seven
    digits, and what is missing to the next ten. Source: DGI's electronic invoicing
    (Uruware, technical manual, 9.2), as Odoo's ``l10n_uy`` checks it.
    """
    plain = compact(number)
    if not _DIGITS.fullmatch(plain):
        raise exceptions.InvalidFormat()
    if not 7 <= len(plain.lstrip("0")) <= 8:
        raise exceptions.InvalidLength()
    plain = plain.lstrip("0")
    digits = (int(digit) for digit in plain[:-1].zfill(7))
    total = sum(d * w for d, w in zip(digits, (2, 9, 8, 7, 6, 3, 4), strict=True))
    if plain[-1] != str(-total % 10):
        raise exceptions.InvalidChecksum()
    return plain


KINDS: tuple[Kind, ...] = (
    Kind("CUIT", "AR", ("l10n_ar.it_cuit", DEFAULT_TYPE), cuit.validate),
    Kind("CUIL", "AR", ("l10n_ar.it_CUIL", GENERIC_TYPE), cuit.validate),
    Kind("DNI", "AR", ("l10n_ar.it_dni", GENERIC_TYPE), _validate_dni),
    Kind("CNPJ", "BR", ("l10n_br.cnpj", DEFAULT_TYPE), cnpj.validate),
    Kind("CPF", "BR", ("l10n_br.cpf", GENERIC_TYPE), cpf.validate),
    # l10n_mx has no types of its own: the RFC is Odoo's "VAT", checked by country.
    Kind("RFC", "MX", (DEFAULT_TYPE,), _validate_rfc),
    Kind("CURP", "MX", ("channel_partner.it_curp",), curp.validate),
    Kind("RUT", "CL", ("l10n_cl.it_RUT", DEFAULT_TYPE), cl_rut.validate),
    Kind("NIT", "CO", ("l10n_co.rut", DEFAULT_TYPE), _validate_nit),
    Kind("CC", "CO", ("l10n_co.national_citizen_id", GENERIC_TYPE), _validate_cc),
    Kind("CE", "CO", ("l10n_co.foreign_resident_card", GENERIC_TYPE), _validate_ce),
    Kind("RUT", "UY", ("l10n_uy.it_rut", DEFAULT_TYPE), uy_rut.validate),
    Kind("CI", "UY", ("l10n_uy.it_ci", GENERIC_TYPE), _validate_ci),
    Kind("PASSPORT", "", ("l10n_latam_base.it_pass",), _validate_shape),
)
_OTHER_WORDS = {"PASAPORTE": "PASSPORT", "PASSAPORTE": "PASSPORT"}
#: A word that stands for documents whose rules are not known here.
NO_RULES = "OTHER"
#: Words that exist in several countries with different rules.
_SHARED_WORDS = frozenset({"CC", "CE", "CI", "DNI", "NIT", "RUT"})


@dataclass(frozen=True)
class Checked:
    """A document after its check.

    :param kind: the channel's word, upper case
    :param number: normalised when the check passed, else as the channel wrote it
    :param problem: empty, or why the number is not valid: ``format``, ``length``,
        ``component`` (impossible prefix), ``checksum`` or ``no_type``
    :param country: country that issues this kind; "" when unknown, or when the number
        is right but several people share it: then it identifies nobody
    """

    kind: str
    number: str
    problem: str = ""
    country: str = ""


def known_kind(word: str, country: str = "") -> Kind | None:
    """The document behind a word, None when its rules are not known here.

    :param country: where the buyer is; decides about words that countries share
    """
    word = _OTHER_WORDS.get(word, word)
    found = [kind for kind in KINDS if kind.word == word]
    if country and word in _SHARED_WORDS:
        found = [kind for kind in found if kind.country == country]
    return found[0] if len(found) == 1 else None


def is_nobody(word: str, number: str) -> bool:
    """Whether the number says that the buyer wants no invoice of their own."""
    return compact(clean(number)) in NOBODY.get(clean(word, 40).upper(), ())


def is_company(document: Checked) -> bool:
    """Whether a valid number can only be a company's, by its kind or its prefix.

    Source: ARCA, prefixes of the CUIT (30, 33 and 34 for legal persons); SAT, length of
    the RFC (12 for legal persons); DIAN, the NIT.
    """
    if document.problem:
        return False
    number = compact(document.number)
    return (
        document.kind in ("CNPJ", "NIT")
        or (document.kind == "CUIT" and number[:2] in ("30", "33", "34"))
        or (document.kind == "RFC" and len(number) == 12)
    )


def is_placeholder(number: str) -> bool:
    """Whether a number is one that people write to write something: nobody's."""
    return bool(re.search(_REPEATED, compact(number)))


def _is_shared(kind: Kind, number: str) -> bool:
    """Whether a right number belongs to more than one person."""
    return kind.country == "AR" and bool(re.search(_COUNTRY_KEY, number))


def check(word: str, number: str, country: str = "") -> Checked | None:
    """Check a document as the channel gave it.

    :param word: the channel's word for the type
    :param number: as the channel wrote it
    :param country: ISO code of the buyer's country, "" when unknown
    :return: None when the channel gave (or showed) no number, or one that is nobody's
    """
    word = clean(word, 40).upper()
    number = clean(number)
    if not number or is_masked(number):
        return None
    if is_nobody(word, number) or is_placeholder(number):
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
    if not _KNOWN_SHAPE.fullmatch(valid):
        return Checked(word, number, "format", kind.country)
    if kind.country == "AR" and re.search(_REPEATED_KEY, valid):
        return None
    return Checked(word, valid, country="" if _is_shared(kind, valid) else kind.country)


def compact(number: str | None) -> str:
    """The number without separators, upper case."""
    return _SEPARATORS.sub("", number or "").upper()


def same(number: str | None, other: str | None) -> bool:
    """Whether two writings are the same number (Odoo drops leading zeros)."""
    return compact(number).lstrip("0") == compact(other).lstrip("0")

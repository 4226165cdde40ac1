"""Which state or province a channel means."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from odoo.addons.channel_base.lib.text import normalise

#: ARCA's numbers of the Argentine provinces → ISO 3166-2 suffix.
ARCA_PROVINCES = {
    "00": "C", "01": "B", "02": "K", "03": "X", "04": "W", "05": "E", "06": "Y",
    "07": "M", "08": "F", "09": "A", "10": "J", "11": "D", "12": "S", "13": "G",
    "14": "T", "16": "H", "17": "U", "18": "P", "19": "N", "20": "Q", "21": "L",
    "22": "R", "23": "Z", "24": "V",
}  # fmt: skip

#: Codes that are not ISO's → ISO 3166-2 suffix.
_CODES: dict[str, dict[str, str]] = {
    "AR": ARCA_PROVINCES,
    # Mexico City was the Federal District until 2016.
    "MX": {"DF": "CMX", "DIF": "CMX"},
}
#: Other names (normalised, see :func:`_bare`) → ISO 3166-2 suffix.
_ALIASES: dict[str, dict[str, str]] = {
    "AR": {
        "capital federal": "C",
        "caba": "C",
        "c a b a": "C",
        "ciudad de buenos aires": "C",
        "ciudad autonoma buenos aires": "C",
        "bs as": "B",
        "gran buenos aires": "B",
        "gba": "B",
        "tierra fuego antartida e islas atlantico sur": "V",
    },
    "BR": {"brasilia": "DF"},
    "CL": {
        "rm": "RM",
        "rm metropolitana": "RM",
        "metropolitana santiago": "RM",
        "libertador b o higgins": "LI",
        "libertador bernardo o higgins": "LI",
        "libertador general bernardo o higgins": "LI",
        "o higgins": "LI",
        "ohiggins": "LI",
        "bio bio": "BI",
        "aysen": "AI",
        "aisen": "AI",
        "aisen gral carlos ibanez campo": "AI",
        "aisen general carlos ibanez campo": "AI",
        "aysen general carlos ibanez campo": "AI",
        "magallanes y antartica chilena": "MA",
        "magallanes y antartica": "MA",
    },
    "CO": {
        "bogota d c": "DC",
        "bogota dc": "DC",
        "bogota distrito capital": "DC",
        "distrito capital": "DC",
        "guajira": "LAG",
        "norte santander": "NSA",
        "san andres": "SAP",
        "san andres providencia y santa catalina": "SAP",
        "archipielago san andres providencia y santa catalina": "SAP",
        "valle": "VAC",
    },
    "MX": {
        "distrito federal": "CMX",
        "cdmx": "CMX",
        "d f": "CMX",
        "df": "CMX",
        "mexico d f": "CMX",
        "mexico df": "CMX",
        "edo mexico": "MEX",
        "edo mex": "MEX",
        "edomex": "MEX",
        "coahuila zaragoza": "COA",
        "michoacan ocampo": "MIC",
        "queretaro arteaga": "QUE",
        "veracruz ignacio llave": "VER",
        "veracruz llave": "VER",
    },
}
#: Names that begin with these words, whatever follows ("Bs.As. G.B.A. Norte").
_ALIAS_STARTS: dict[str, dict[str, str]] = {
    "AR": {"bs as ": "B", "buenos aires interior": "B"},
}
_KIND = re.compile(r"^(?:provincia|pcia|prov|estado|departamento|depto|dpto|region) ")
_ARTICLES = re.compile(r"(?:^| )(?:de|del|do|da|la|las|los|el)(?= )")


def _bare(name: str) -> str:
    """A normalised name without what countries and services add or leave out.

    "Región de la Araucanía", "del Maule" and "Los Lagos" are "araucania", "maule"
    and "lagos".
    """
    return _ARTICLES.sub("", _KIND.sub("", normalise(name))).strip()


@dataclass
class StateTable:
    """The states of one country, ready to be looked up.

    :param country: ISO 3166-1 alpha-2
    :param rows: pairs of the state's code (as Odoo keeps it) and name
    """

    country: str
    rows: Iterable[tuple[str, str]]
    _codes: dict[str, str] = field(init=False, default_factory=dict)
    _names: dict[str, str] = field(init=False, default_factory=dict)
    _bare_names: dict[str, str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for code, name in self.rows:
            # Odoo keeps Chile's codes with the country, the others without.
            self._codes.setdefault(self._suffix(code), code)
            self._names.setdefault(normalise(name), code)
            self._bare_names.setdefault(_bare(name), code)

    def find(self, code: str = "", name: str = "") -> str | None:
        """The code of the state that the channel means, None when it is not known.

        The code decides, in the order: ISO code with or without the country, other
        codes in use. Then the name: as it is, without "Provincia de" and articles, by
        its other names.

        :param code: as the channel codes it (``AR-C``, ``C``, ``01``, ``DIF``)
        :param name: as the channel names it
        """
        return self._by_code(code) or self._by_name(name) or self._by_name(code)

    def _suffix(self, code: str) -> str:
        """The code without its own country, upper case."""
        return (code or "").strip().upper().removeprefix(f"{self.country}-")

    def _by_code(self, code: str) -> str | None:
        suffix = self._suffix(code)
        if not suffix:
            return None
        if suffix in self._codes:
            return self._codes[suffix]
        if self.country == "AR" and suffix.isascii() and suffix.isdigit():
            suffix = suffix.zfill(2)
        return self._codes.get(_CODES.get(self.country, {}).get(suffix, ""))

    def _by_name(self, name: str) -> str | None:
        wanted, bare = normalise(name), _bare(name)
        if not bare:
            return None
        if wanted in self._names:
            return self._names[wanted]
        alias = self._alias(bare) or self._alias(wanted)
        return self._codes.get(alias) or self._bare_names.get(bare)

    def _alias(self, name: str) -> str:
        starts = _ALIAS_STARTS.get(self.country, {})
        return _ALIASES.get(self.country, {}).get(name, "") or next(
            (code for start, code in starts.items() if name.startswith(start)), ""
        )

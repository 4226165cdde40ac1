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

#: Other names (normalised) → normalised names that a state may have in Odoo.
_ALIASES: dict[str, dict[str, tuple[str, ...]]] = {
    "AR": {
        "capital federal": ("ciudad autonoma de buenos aires",),
        "caba": ("ciudad autonoma de buenos aires",),
        "c a b a": ("ciudad autonoma de buenos aires",),
        "ciudad de buenos aires": ("ciudad autonoma de buenos aires",),
        "ciudad autonoma buenos aires": ("ciudad autonoma de buenos aires",),
        "bs as": ("buenos aires",),
        "gran buenos aires": ("buenos aires",),
        "gba": ("buenos aires",),
        "pcia de buenos aires": ("buenos aires",),
        "tierra del fuego antartida e islas del atlantico sur": ("tierra del fuego",),
    },
    "BR": {"brasilia": ("distrito federal",)},
    "CL": {
        "rm metropolitana": ("metropolitana",),
        "region metropolitana": ("metropolitana",),
        "metropolitana de santiago": ("metropolitana",),
    },
    "MX": {
        "distrito federal": ("ciudad de mexico",),
        "cdmx": ("ciudad de mexico",),
        "estado de mexico": ("mexico",),
    },
    "CO": {"bogota d c": ("d c", "bogota", "bogota d c")},
}
#: Names that begin with these words, whatever follows ("Bs.As. G.B.A. Norte").
_ALIAS_STARTS: dict[str, dict[str, str]] = {
    "AR": {"bs as ": "buenos aires", "buenos aires interior": "buenos aires"},
}
_PREFIX = re.compile(
    r"^(provincia|pcia|prov|estado|departamento|depto|region) (de |do |da |del )?"
)


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

    def __post_init__(self) -> None:
        for code, name in self.rows:
            self._codes.setdefault(code.strip().upper(), code)
            self._names.setdefault(normalise(name), code)

    def find(self, code: str = "", name: str = "") -> str | None:
        """The code of the state that the channel means, None when it is not known.

        The code decides, in the order: ISO code, the part after "-", ARCA's number.
        Then the name: as it is, without "Provincia de", by its other names.

        :param code: as the channel codes it (``AR-C``, ``C``, ``01``)
        :param name: as the channel names it
        """
        return self._by_code(code) or self._by_name(name) or self._by_name(code)

    def _by_code(self, code: str) -> str | None:
        code = (code or "").strip().upper()
        if not code:
            return None
        prefix, dash, suffix = code.rpartition("-")
        if dash and prefix == self.country and suffix in self._codes:
            return self._codes[suffix]
        if code in self._codes:
            return self._codes[code]
        if self.country == "AR" and code.isascii() and code.isdigit():
            return self._codes.get(ARCA_PROVINCES.get(code.zfill(2), ""))
        return None

    def _by_name(self, name: str) -> str | None:
        wanted = normalise(name)
        if not wanted:
            return None
        for candidate in dict.fromkeys((wanted, _PREFIX.sub("", wanted))):
            if candidate in self._names:
                return self._names[candidate]
            for alias in self._aliases(candidate):
                if alias in self._names:
                    return self._names[alias]
        return None

    def _aliases(self, name: str) -> tuple[str, ...]:
        starts = _ALIAS_STARTS.get(self.country, {})
        return _ALIASES.get(self.country, {}).get(name, ()) + tuple(
            full for start, full in starts.items() if name.startswith(start)
        )

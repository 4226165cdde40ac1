"""ARCA's numbers of provinces."""

from __future__ import annotations

#: ``idProvincia`` → code of the state in Odoo (ISO 3166-2 without the country).
STATE_CODES = {
    0: "C",
    1: "B",
    2: "K",
    3: "X",
    4: "W",
    5: "E",
    6: "Y",
    7: "M",
    8: "F",
    9: "A",
    10: "J",
    11: "D",
    12: "S",
    13: "G",
    14: "T",
    16: "H",
    17: "U",
    18: "P",
    19: "N",
    20: "Q",
    21: "L",
    22: "R",
    23: "Z",
    24: "V",
}


def state_code(province: str) -> str:
    """The state's code in Odoo; "" for a number that is not known."""
    return STATE_CODES.get(int(province), "") if province.isdecimal() else ""

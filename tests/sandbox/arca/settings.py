"""Behaviour of the ARCA fake that can be changed while it runs."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from .faults import LOGIN_FAULTS

_UNKNOWN = ("not_found", "derive")


@dataclass
class Settings:
    """The settings, as the control API names them.

    :param drift: answers carry elements that no published schema has
    :param retention_seconds: how long after a ticket the next one is refused
    :param latency: seconds that every answer takes
    :param unknown: numbers nobody has are ``not_found``, or ``derive`` a taxpayer
    :param not_found_detail: the fault of such a number carries a detail
    :param login_fault: code of a fault that every login gets, None for none
    :param registry_fault: text of a fault that every question gets, None for none
    :param poison: numbers that make every question with one of them fail
    :param left_out: numbers that lists leave out
    """

    drift: bool = False
    retention_seconds: float = 600
    latency: float = 0
    unknown: str = "not_found"
    not_found_detail: bool = False
    login_fault: str | None = None
    registry_fault: str | None = None
    poison: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def update(self, values: dict[str, Any]) -> None:
        """Change some settings.

        :raises ValueError: for an unknown name or value; then nothing changes
        """
        unknown = set(values) - set(asdict(self))
        if unknown:
            raise ValueError(f"unknown settings: {', '.join(sorted(unknown))}")
        if values.get("unknown", self.unknown) not in _UNKNOWN:
            raise ValueError(f"unknown must be one of {', '.join(_UNKNOWN)}")
        if values.get("login_fault") not in (None, *LOGIN_FAULTS):
            raise ValueError(f"login_fault must be one of {', '.join(LOGIN_FAULTS)}")
        for name in ("retention_seconds", "latency"):
            value = values.get(name, 0)
            if not isinstance(value, int | float) or value < 0:
                raise ValueError(f"{name} is a number of seconds")
        for name in ("drift", "not_found_detail"):
            if not isinstance(values.get(name, False), bool):
                raise ValueError(f"{name} is true or false")
        for name in ("poison", "left_out"):
            value = values.get(name, [])
            if not isinstance(value, list) or not all(map(_is_number, value)):
                raise ValueError(f"{name} is a list of numbers, as texts")
        for name, value in values.items():
            setattr(self, name, value)


def _is_number(value: Any) -> bool:
    return isinstance(value, str) and value.isdecimal()

"""Which scenario a customer buys in: a chain of settings, the first usable one wins."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

Level = Literal["override", "own", "group", "size", "fallback"]
Mode = Literal["override", "fallback"]
Problem = Literal[
    "no_use_type",  # the customer has no use type, so no advanced configuration
    "no_config",  # no advanced configuration in this mode for the use type
    "no_group",
    "no_size",
    "not_set",  # the level exists and names no scenario
    "archived",
    "other_company",
    "not_yet_valid",
    "expired",
]

LEVELS: tuple[Level, ...] = ("override", "own", "group", "size", "fallback")


@dataclass(frozen=True)
class Settings:
    """What decides about one customer; scenarios by id, None where there is none."""

    own: int | None = None
    has_group: bool = False
    group: int | None = None
    has_size: bool = False
    size: int | None = None
    has_use_type: bool = False
    mode: Mode | None = None
    advanced: int | None = None

    def get_scenarios(self) -> set[int]:
        """Every scenario that one of the settings names."""
        named = {self.own, self.group, self.size, self.advanced}
        return {scenario for scenario in named if scenario is not None}


@dataclass(frozen=True)
class Step:
    """One level that was looked at; without a problem it decided."""

    level: Level
    scenario: int | None
    problem: Problem | None


@dataclass(frozen=True)
class Outcome:
    """The scenario that counts, None if no level has a usable one."""

    scenario: int | None
    level: Level | None
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Validity:
    """Who may use a scenario, and when.

    :param owner: id of its company, None for all
    :param start: its first day, None without limit
    :param end: its last day, None without limit
    """

    active: bool
    owner: int | None
    start: date | None
    end: date | None


def find_problem(
    validity: Validity, owners: Collection[int], day: date
) -> Problem | None:
    """Why a company cannot use a scenario on a day, None if it can.

    :param owners: ids of the company and those above it
    """
    if not validity.active:
        return "archived"
    if validity.owner is not None and validity.owner not in owners:
        return "other_company"
    if validity.start and day < validity.start:
        return "not_yet_valid"
    if validity.end and day > validity.end:
        return "expired"
    return None


def candidate(settings: Settings, level: Level) -> tuple[int | None, Problem]:
    """The scenario that a level names and what is missing if it names none."""
    if level in ("override", "fallback"):
        if not settings.has_use_type:
            return None, "no_use_type"
        found = settings.advanced if settings.mode == level else None
        return found, "no_config"
    if level == "group":
        return settings.group, "not_set" if settings.has_group else "no_group"
    if level == "size":
        return settings.size, "not_set" if settings.has_size else "no_size"
    return settings.own, "not_set"


def resolve(settings: Settings, problems: Mapping[int, Problem]) -> Outcome:
    """The scenario of a customer and every level looked at, in order.

    :param problems: why a scenario cannot be used, by id; usable ones are absent
    """
    steps: list[Step] = []
    for level in LEVELS:
        scenario, missing = candidate(settings, level)
        problem = missing if scenario is None else problems.get(scenario)
        steps.append(Step(level, scenario, problem))
        if problem is None:
            return Outcome(scenario, level, tuple(steps))
    return Outcome(None, None, tuple(steps))

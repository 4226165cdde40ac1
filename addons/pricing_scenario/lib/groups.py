"""Which channel group and which contract a customer buys under."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

# scenario, state (None: national), "any" or a use
GroupKey = tuple[int, int | None, str]
Problem = Literal[
    "no_scenario",
    "no_state",  # the scenario goes by states and the address has none
    "foreign",  # the address is in another country than the scenario
    "no_group",  # the scenario does not list the state, or was not generated
    "no_origin",
    "no_contract",
]


@dataclass(frozen=True)
class Situation:
    """A customer and where the goods go: what chooses a channel group. Ids, None where
    there is none."""

    scenario: int | None
    country: int | None
    state: int | None
    contributor: bool


@dataclass(frozen=True)
class Choice:
    """A channel group, or why there is none."""

    group: int | None
    problem: Problem | None = None


def choose_group(
    situation: Situation, country: int | None, groups: Mapping[GroupKey, int]
) -> Choice:
    """The group of the state that the goods go to, or the national one of the scenario.

    :param country: the scenario's country
    :param groups: active channel groups by key
    """
    if situation.scenario is None:
        return Choice(None, "no_scenario")
    use = "contributor" if situation.contributor else "not_contributor"
    known = situation.state and situation.country in (country, None)
    for place in (situation.state, None) if known else (None,):
        for kind in (use, "any"):
            group = groups.get((situation.scenario, place, kind))
            if group is not None:
                return Choice(group)
    if situation.country not in (country, None):
        return Choice(None, "foreign")
    return Choice(None, "no_group" if situation.state else "no_state")

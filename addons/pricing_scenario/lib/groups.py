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
class Buyer:
    """What chooses a channel group; ids, None where there is none."""

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
    buyer: Buyer, country: int | None, groups: Mapping[GroupKey, int]
) -> Choice:
    """The group of the buyer's state, or the national one of the scenario.

    :param country: the scenario's country
    :param groups: active channel groups by key
    """
    if buyer.scenario is None:
        return Choice(None, "no_scenario")
    use = "contributor" if buyer.contributor else "not_contributor"
    places = [buyer.state] if buyer.state and buyer.country in (country, None) else []
    for place in (*places, None):
        for kind in (use, "any"):
            group = groups.get((buyer.scenario, place, kind))
            if group is not None:
                return Choice(group)
    if buyer.country not in (country, None):
        return Choice(None, "foreign")
    return Choice(None, "no_group" if buyer.state else "no_state")

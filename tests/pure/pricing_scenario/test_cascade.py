"""Every combination of settings, against the rule told in another way."""

import itertools
from datetime import date

import pytest

from odoo.addons.pricing_scenario.lib.cascade import (
    LEVELS,
    Settings,
    Validity,
    find_problem,
    resolve,
)

OWN, GROUP, SIZE, ADVANCED = 1, 2, 3, 4
# absent, there and usable, there and not usable
STATES = ("absent", "usable", "archived")


def table():
    """Which level wins, for each state of own, group, size, advanced, and mode."""
    for own, group, size, advanced in itertools.product(STATES, repeat=4):
        for mode in ("override", "fallback"):
            order = [("own", own), ("group", group), ("size", size)]
            if mode == "override":
                order.insert(0, ("override", advanced))
            else:
                order.append(("fallback", advanced))
            winners = [level for level, state in order if state == "usable"]
            winner = winners[0] if winners else None
            yield own, group, size, advanced, mode, winner


@pytest.mark.parametrize(
    ("own", "group", "size", "advanced", "mode", "winner"), list(table())
)
def test_decision_table(own, group, size, advanced, mode, winner):
    given = {OWN: own, GROUP: group, SIZE: size, ADVANCED: advanced}
    ids = {key: None if state == "absent" else key for key, state in given.items()}
    problems = {key: "archived" for key, state in given.items() if state == "archived"}
    settings = Settings(
        own=ids[OWN],
        has_group=True,
        group=ids[GROUP],
        has_size=True,
        size=ids[SIZE],
        has_use_type=True,
        mode=mode if ids[ADVANCED] else None,
        advanced=ids[ADVANCED],
    )
    outcome = resolve(settings, problems)
    assert outcome.level == winner
    names = {"own": OWN, "group": GROUP, "size": SIZE}
    assert outcome.scenario == (names.get(winner, ADVANCED) if winner else None)
    looked_at = [step.level for step in outcome.steps]
    assert looked_at == list(LEVELS[: len(looked_at)])
    *skipped, last = outcome.steps
    assert all(step.problem for step in skipped)
    assert (last.problem is None) == bool(winner)
    for step in outcome.steps:
        if step.scenario:
            assert step.problem == problems.get(step.scenario)


def test_reasons_of_a_customer_without_any_setting():
    outcome = resolve(Settings(), {})
    assert [step.problem for step in outcome.steps] == [
        "no_use_type",
        "not_set",
        "no_group",
        "no_size",
        "no_use_type",
    ]


def test_reasons_of_settings_that_name_no_scenario():
    settings = Settings(has_group=True, has_size=True, has_use_type=True)
    assert [step.problem for step in resolve(settings, {}).steps] == [
        "no_config",
        "not_set",
        "not_set",
        "not_set",
        "no_config",
    ]


def test_the_reason_of_each_unusable_scenario_is_told():
    settings = Settings(own=1, has_group=True, group=2, has_size=True, size=3)
    problems = {1: "expired", 2: "other_company", 3: "not_yet_valid"}
    steps = resolve(settings, problems).steps
    assert [step.problem for step in steps[1:4]] == list(problems.values())


def test_the_scenarios_that_settings_name():
    assert Settings(own=OWN, size=SIZE).get_scenarios() == {OWN, SIZE}
    assert Settings().get_scenarios() == set()


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({}, None),
        ({"active": False, "owner": 9}, "archived"),
        ({"owner": 9, "end": date(2025, 1, 1)}, "other_company"),
        ({"owner": 7}, None),
        ({"start": date(2025, 6, 2)}, "not_yet_valid"),
        ({"start": date(2025, 6, 1), "end": date(2025, 6, 1)}, None),
        ({"end": date(2025, 5, 31)}, "expired"),
    ],
)
def test_who_may_use_a_scenario(values, problem):
    always = {"active": True, "owner": None, "start": None, "end": None}
    validity = Validity(**{**always, **values})
    assert find_problem(validity, {7, 8}, date(2025, 6, 1)) == problem

import pytest

from odoo.addons.pricing_scenario.lib.groups import Situation, choose_group

BR, AR, RS, SP, CORDOBA = 1, 2, 10, 11, 20
GROUPS = {
    (1, RS, "any"): 100,
    (1, SP, "contributor"): 101,
    (1, SP, "not_contributor"): 102,
    (2, None, "any"): 200,
}


@pytest.mark.parametrize(
    ("scenario", "country", "state", "contributor", "wanted"),
    [
        (1, BR, RS, True, 100),
        (1, BR, RS, False, 100),
        (1, BR, SP, True, 101),
        (1, BR, SP, False, 102),
        (1, BR, 12, False, "no_group"),
        (1, BR, None, False, "no_state"),
        (1, None, None, False, "no_state"),
        (1, AR, CORDOBA, False, "foreign"),
        (2, BR, RS, False, 200),
        (2, AR, None, False, 200),
        (None, BR, RS, False, "no_scenario"),
        (3, BR, RS, False, "no_group"),
    ],
)
def test_choice(scenario, country, state, contributor, wanted):
    choice = choose_group(Situation(scenario, country, state, contributor), BR, GROUPS)
    assert (choice.group or choice.problem) == wanted


def test_a_state_of_its_own_comes_before_the_national_group():
    groups = {**GROUPS, (1, None, "any"): 300}
    assert choose_group(Situation(1, BR, RS, False), BR, groups).group == 100
    assert choose_group(Situation(1, BR, None, False), BR, groups).group == 300

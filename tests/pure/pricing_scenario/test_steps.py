import pytest

from odoo.addons.pricing_scenario.lib.steps import Walk, share


def test_steps_add_up_to_where_they_lead():
    walk = Walk()
    walk.add(100.0, "base")
    walk.add(20.0, "extra")
    walk.reach(90.0, "rule")
    walk.reach(90.0, "nothing")
    assert [step.delta for step in walk.steps] == [100.0, 20.0, -30.0, 0.0]
    assert sum(step.delta for step in walk.steps) == walk.total == 90.0


@pytest.mark.parametrize(
    ("total", "weights", "expected"),
    [
        (150.0, {"a": 100.0, "b": 50.0}, {"a": 100.0, "b": 50.0}),
        (100.0, {"a": 1.0, "b": 1.0, "c": 1.0}, {"a": 33.33, "b": 33.33, "c": 33.34}),
        (10.0, {"a": 0.0, "b": 0.0}, {"a": 0.0, "b": 10.0}),
        (0.0, {"a": 5.0}, {"a": 0.0}),
        (10.0, {}, {}),
    ],
)
def test_shares_add_up_to_the_whole(total, weights, expected):
    found = share(total, weights, lambda amount: round(amount, 2))
    assert found == pytest.approx(expected)
    if weights:
        assert sum(found.values()) == pytest.approx(total)

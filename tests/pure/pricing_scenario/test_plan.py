from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.pricing_scenario.lib.plan import Row, make_plan

VALUES = st.fixed_dictionaries({"a": st.integers(0, 2), "b": st.booleans()})
WANTED = st.dictionaries(st.integers(0, 6), VALUES)
PRESENT = st.dictionaries(st.integers(0, 6), st.tuples(st.booleans(), VALUES))


def store(rows):
    return {key: Row(key, active, values) for key, (active, values) in rows.items()}


def carry_out(plan, present):
    """What is stored after the plan was written."""
    rows = {key: (row.active, dict(row.values)) for key, row in present.items()}
    for key, values in plan.create.items():
        rows[key] = (True, dict(values))
    for key, (_id, changed) in plan.change.items():
        rows[key] = (rows[key][0], {**rows[key][1], **changed})
    for key in plan.archive:
        rows[key] = (False, rows[key][1])
    for key in plan.revive:
        rows[key] = (True, rows[key][1])
    return rows


@given(WANTED, PRESENT)
def test_what_is_wanted_is_what_is_active_afterwards(wanted, present):
    present = store(present)
    rows = carry_out(make_plan(wanted, present), present)
    active = {key: values for key, (active, values) in rows.items() if active}
    assert active == wanted
    assert rows.keys() >= present.keys()


@given(WANTED, PRESENT)
def test_a_second_plan_is_empty(wanted, present):
    present = store(present)
    rows = store(carry_out(make_plan(wanted, present), present))
    assert not make_plan(wanted, rows)


def test_only_differences_are_written():
    present = store({1: (True, {"a": 1, "b": True}), 2: (True, {"a": 1, "b": True})})
    plan = make_plan({1: {"a": 1, "b": True}, 2: {"a": 2, "b": True}}, present)
    assert plan.change == {2: (2, {"a": 2})}
    assert not (plan.create or plan.archive or plan.revive)

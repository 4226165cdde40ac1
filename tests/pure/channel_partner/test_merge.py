"""Human edits win."""

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.channel_partner.lib.merge import KEEP, Rule, merge, merge_fields

values = st.one_of(st.none(), st.just(""), st.just(False), st.sampled_from("abc"))
rules = st.sampled_from(Rule)


@given(values, values, values, rules)
def test_what_is_there_is_never_erased(written, current, incoming, rule):
    value, _ = merge(written, current, incoming, rule)
    assert value is KEEP or value


@given(values, values, values, rules)
def test_only_an_empty_field_or_the_channels_own_value_changes(
    written, current, incoming, rule
):
    value, _ = merge(written, current, incoming, rule)
    if value is not KEEP:
        assert value == incoming
        assert not current or (rule is Rule.FOLLOW and current == written)


@given(values, values, values, rules)
def test_what_is_written_is_remembered(written, current, incoming, rule):
    value, last = merge(written, current, incoming, rule)
    assert last == (incoming if value is not KEEP else last)
    assert last in (written, incoming)


@given(values, values, values, rules)
def test_merging_again_changes_nothing(written, current, incoming, rule):
    value, last = merge(written, current, incoming, rule)
    after = current if value is KEEP else value
    assert merge(last, after, incoming, rule) == (KEEP, last)


@given(values, values, values)
def test_fill_never_replaces(written, current, incoming):
    value, _ = merge(written, current, incoming, Rule.FILL)
    assert value is KEEP or not current


@given(values, values)
def test_a_human_edit_survives_every_order(human, incoming):
    written, current = "channel", human or "human"
    value, written = merge(written, current, incoming)
    assert value is KEEP


def test_a_value_erased_by_hand_stays_away_until_the_channel_has_another():
    assert merge("a", "", "a") == (KEEP, "a")
    assert merge("a", "", "b") == ("b", "b")
    assert merge("a", "", "a", Rule.FILL) == ("a", "a")


def test_the_channel_takes_over_again_once_both_agree():
    value, written = merge("a", "b", "b")
    assert (value, written) == (KEEP, "b")
    assert merge(written, "b", "c") == ("c", "c")


@given(
    st.dictionaries(st.sampled_from("xyz"), values),
    st.dictionaries(st.sampled_from("xyz"), values),
    st.dictionaries(st.sampled_from("xyz"), values),
)
def test_fields_without_a_rule_are_left_alone(written, current, incoming):
    values_, now = merge_fields(written, current, incoming, {"x": Rule.FOLLOW})
    assert set(values_) <= {"x"}
    assert {k: v for k, v in now.items() if k != "x"} == {
        k: v for k, v in written.items() if k != "x"
    }

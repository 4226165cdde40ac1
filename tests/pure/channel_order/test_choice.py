"""What happens to an order that was read: one case for each reason, and which of two
reasons comes first."""

from dataclasses import replace

import pytest

from odoo.addons.channel_order.lib.choice import Facts, Refusal, choose, drop
from odoo.addons.channel_order.lib.lifecycle import TABLE, Place, follow

NEW = Place("received", "process")
SOLD = Place("imported", "process", "stands")
RESERVED = Place("reserved", "process", "stands")
LOST = Place("imported", "process", "ended")
DELETED = Place("imported", "process", "none")
FAILED = Place("rejected", "process")
UNDONE = Place("cancelled", "process", "ended")
HELD = Place("cancelled", "process", "stands")
LEFT = Place("ignored", "process")

CASES = [
    # where it is, what is known of it, what happens
    (NEW, {"decision": "import"}, "created"),
    (NEW, {"decision": "reserve"}, "reserved"),
    (NEW, {"decision": "wait"}, "waits"),
    (NEW, {"decision": "ignore"}, "ignored"),
    (NEW, {"decision": "cancel"}, "cancelled"),
    (NEW, {}, "blocked"),
    (FAILED, {"decision": "import"}, "created"),
    (UNDONE, {"decision": "import"}, "created"),
    (LEFT, {"decision": "import"}, "created"),
    # a sale order follows, whatever its status says, unless it was cancelled
    (SOLD, {"decision": "import"}, "followed"),
    (SOLD, {"decision": "wait"}, "followed"),
    (SOLD, {"decision": "ignore"}, "followed"),
    (SOLD, {"decision": "reserve", "early": True}, "followed"),
    (SOLD, {"decision": "import", "warned": True}, "followed"),
    (SOLD, {"decision": "import", "incomplete": True}, "followed"),
    (RESERVED, {"decision": "import"}, "followed"),
    (LOST, {"decision": "import"}, "followed"),
    (DELETED, {"decision": "import"}, "followed"),
    (HELD, {"decision": "import"}, "followed"),
    (SOLD, {"decision": "cancel"}, "cancelled"),
    (HELD, {"decision": "cancel"}, "cancelled"),
    (UNDONE, {"decision": "wait"}, "waits"),
    # cancelled before anything was sold
    (NEW, {"cancelled": True}, "cancelled"),
    (NEW, {"cancelled": True, "decision": "import"}, "cancelled"),
    (LEFT, {"cancelled": True, "dismissed": True}, "cancelled"),
    (DELETED, {"cancelled": True}, "cancelled"),
    (NEW, {"cancelled": True, "elsewhere": True, "decision": "cancel"}, "adopted"),
    (SOLD, {"cancelled": True, "outdated": True}, "outdated"),
    # dismissed
    (LEFT, {"dismissed": True, "decision": "import"}, "disregarded"),
    (LEFT, {"dismissed": True, "outdated": True}, "disregarded"),
    # what was read is not the latest, or somebody has to say what it means
    (NEW, {"outdated": True}, "outdated"),
    (NEW, {"outdated": True, "elsewhere": True, "decision": "import"}, "outdated"),
    (NEW, {"elsewhere": True}, "blocked"),
    (NEW, {"elsewhere": True, "decision": "import"}, "adopted"),
    (SOLD, {"elsewhere": True, "decision": "import"}, "adopted"),
    # not imported
    (NEW, {"early": True, "decision": "import"}, "too_early"),
    (NEW, {"early": True, "decision": "wait"}, "waits"),
    (NEW, {"early": True, "warned": True, "decision": "import"}, "too_early"),
    (NEW, {"wrong_account": True, "decision": "import"}, Refusal("wrong_account")),
    (NEW, {"warned": True, "decision": "import"}, Refusal("fraud_risk")),
    (NEW, {"warned": True, "decision": "wait"}, "waits"),
    (NEW, {"test_purchase": True, "decision": "reserve"}, Refusal("test_purchase")),
    (UNDONE, {"former_stands": True, "decision": "import"}, Refusal("former_stands")),
    (
        NEW,
        {"wrong_account": True, "warned": True, "decision": "import"},
        Refusal("wrong_account"),
    ),
    (
        NEW,
        {"warned": True, "incomplete": True, "decision": "import"},
        Refusal("fraud_risk"),
    ),
    (NEW, {"incomplete": True, "decision": "import"}, "awaited"),
    (NEW, {"incomplete": True, "decision": "reserve"}, "awaited"),
    (NEW, {"incomplete": True, "decision": "wait"}, "waits"),
]


@pytest.mark.parametrize(("place", "known", "wanted"), CASES)
def test_choose(place, known, wanted):
    assert choose(Facts(place, **known)) == wanted


@pytest.mark.parametrize(("place", "known", "wanted"), CASES)
def test_what_is_chosen_can_happen(place, known, wanted):
    """No choice is illegal where the order is; who is held resumes first."""
    if isinstance(wanted, Refusal):
        wanted = "failed"
    if wanted == "adopted":
        place = replace(place, sale="none")
    if wanted == "followed" and place == HELD:
        place = follow("resumed", place).place
    assert wanted in TABLE
    follow(wanted, place)


def test_drop():
    """Only what needs no customer."""
    for place, known, wanted in CASES:
        facts = Facts(place, **known)
        dropped = drop(facts)
        assert dropped in (None, "cancelled", "disregarded")
        if dropped:
            assert dropped == wanted
    assert drop(Facts(SOLD, cancelled=True)) is None
    assert drop(Facts(NEW, decision="cancel")) is None

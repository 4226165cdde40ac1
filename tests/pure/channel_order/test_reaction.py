"""What follows from a channel's news, cell by cell, and the page that shows it."""

from decimal import Decimal
from pathlib import Path

import pytest

from odoo.addons.channel_order.lib.reaction import (
    DELIVERIES,
    INVOICES,
    NEWS,
    Reaction,
    Standing,
    as_markdown,
    delivery_standing,
    hold,
    quantities_changed,
    react,
)

PAGE = Path(__file__).resolve().parents[3] / "docs" / "late-changes.md"

# By news and invoice, in the order of DELIVERIES: nothing, ready, partly, delivered,
# returned. F followed at once; H held and A asked, with the first letters of the steps:
# c cancel, r return, n credit note, l lines, i invoice or credit the difference.
TABLE = {
    ("cancelled", "none"): "F F Hcr Hcr Hc",
    ("cancelled", "draft"): "Hc Hc Hcr Hcr Hc",
    ("cancelled", "posted"): "Hcn Hcn Hcrn Hcrn Hcn",
    ("cancelled", "part_paid"): "Hcn Hcn Hcrn Hcrn Hcn",
    ("refunded_all", "none"): "Hc Hc Hcr Hcr Hc",
    ("refunded_all", "draft"): "Hc Hc Hcr Hcr Hc",
    ("refunded_all", "posted"): "Hcn Hcn Hcrn Hcrn Hcn",
    ("refunded_all", "part_paid"): "Hcn Hcn Hcrn Hcrn Hcn",
    ("refunded", "none"): "A A A A A",
    ("refunded", "draft"): "A A A A A",
    ("refunded", "posted"): "An An An An An",
    ("refunded", "part_paid"): "An An An An An",
    ("fraud", "none"): "Hc Hc Hcr Hcr Hc",
    ("fraud", "draft"): "Hc Hc Hcr Hcr Hc",
    ("fraud", "posted"): "Hcn Hcn Hcrn Hcrn Hcn",
    ("fraud", "part_paid"): "Hcn Hcn Hcrn Hcrn Hcn",
    ("changed", "none"): "F F Hl Hl H",
    ("changed", "draft"): "Hli Hli Hli Hli H",
    ("changed", "posted"): "Hli Hli Hli Hli H",
    ("changed", "part_paid"): "Hli Hli Hli Hli H",
}
AT_ONCE = {"F": "follow", "H": "hold", "A": "ask"}
STEPS = {
    "c": "cancel",
    "r": "return",
    "n": "credit_note",
    "l": "lines",
    "i": "invoice",
}


def expected(news, invoice, delivery):
    cell = TABLE[news, invoice].split()[DELIVERIES.index(delivery)]
    return Reaction(AT_ONCE[cell[0]], tuple(STEPS[letter] for letter in cell[1:]))


@pytest.mark.parametrize("delivery", DELIVERIES)
@pytest.mark.parametrize("invoice", INVOICES)
@pytest.mark.parametrize("news", NEWS)
def test_each_cell(news, invoice, delivery):
    assert react(news, Standing(invoice, delivery)) == expected(news, invoice, delivery)


def test_nothing_locked_follows_by_itself():
    for news in NEWS:
        for delivery in DELIVERIES:
            reaction = react(news, Standing("none", delivery, frozen=True))
            assert reaction.at_once != "follow"
    assert react("cancelled", Standing(frozen=True)) == Reaction("hold", ("cancel",))
    assert react("changed", Standing(frozen=True)) == Reaction("hold", ("lines",))


def test_what_the_channel_ships_it_takes_back_itself():
    shipped = Standing("posted", "delivered", by_channel=True)
    assert react("cancelled", shipped).steps == ("cancel", "credit_note")


@pytest.mark.parametrize(
    ("cancelled", "reserved", "asked", "reason"),
    [
        (False, False, [], None),
        (False, False, ["review_customer", "review_refund"], None),
        (True, True, ["review_fraud"], "cancelled"),
        (False, True, ["review_lines", "review_fraud"], "fraud"),
        (False, True, ["review_lines", "review_refund_all"], "refunded"),
        (False, True, ["review_lines"], "changed"),
        (False, True, [], "reserved"),
    ],
)
def test_why_it_is_held(cancelled, reserved, asked, reason):
    assert hold(cancelled, reserved, asked) == reason


@pytest.mark.parametrize(
    ("progress", "sent", "returned", "standing"),
    [
        ([], 0, 0, "nothing"),
        (["cancelled"], 0, 0, "nothing"),
        (["open"], 0, 0, "nothing"),
        (["open", "ready"], 0, 0, "ready"),
        (["done", "open"], 1, 0, "partly"),
        (["done", "ready"], 1, 1, "partly"),
        (["done", "cancelled"], 1, 0, "delivered"),
        (["done"], Decimal(3), Decimal(2), "delivered"),
        (["done"], 3, 3, "returned"),
    ],
)
def test_how_far_the_deliveries_are(progress, sent, returned, standing):
    assert delivery_standing(progress, sent, returned) == standing


def test_only_other_goods_count_as_other_goods():
    before = {"lines": {"L1": ["2", "121", "A"], "L2": ["1", "5", "B"]}}
    price = {"lines": {"L1": ["2", "100", "A"], "L2": ["1", "5", "B"]}}
    assert not quantities_changed(before, before)
    assert not quantities_changed(before, price)
    for lines in (
        {"L1": ["3", "121", "A"], "L2": ["1", "5", "B"]},
        {"L1": ["2", "121", "C"], "L2": ["1", "5", "B"]},
        {"L1": ["2", "121", "A"]},
        {},
    ):
        assert quantities_changed(before, {"lines": lines})
    assert quantities_changed(None, before)


def test_the_page_shows_the_table():
    assert as_markdown() in PAGE.read_text()

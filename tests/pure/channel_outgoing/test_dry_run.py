from __future__ import annotations

import pytest

from odoo.addons.channel_outgoing.lib.dry_run import choose_action, find_differences
from odoo.addons.channel_outgoing.lib.kind import Kind

STOCK = Kind("stock", "product.product", columns=("quantity", "code"))
GROUP = Kind("group", "res.partner", created=False)
LISTING = Kind("listing", "sale.channel.listing", {"product": "product"})


@pytest.mark.parametrize(
    ("kind", "operation", "there", "served", "awaits", "expected"),
    [
        (STOCK, "put", False, True, False, ("create", None)),
        (STOCK, "put", True, True, False, ("change", None)),
        (GROUP, "put", False, True, False, ("change", None)),
        (STOCK, "delete", True, True, False, ("remove", None)),
        (STOCK, "delete", False, True, False, (None, None)),
        (STOCK, "delete", True, False, False, ("skip", "outgoing_by_hand")),
        (STOCK, "put", True, False, True, ("skip", "outgoing_by_hand")),
        (STOCK, "put", False, True, True, ("skip", "outgoing_awaits")),
        (STOCK, "delete", True, True, True, ("remove", None)),
        (STOCK, "forget", True, True, False, ("skip", "outgoing_left")),
    ],
)
def test_what_would_happen(kind, operation, there, served, awaits, expected):
    found = choose_action(kind, operation, there=there, served=served, awaits=awaits)
    assert found == expected


@pytest.mark.parametrize(
    ("kind", "before", "after", "expected"),
    [
        (
            STOCK,
            None,
            {"quantity": 5, "code": ""},
            {"quantity": (None, 5), "code": (None, "")},
        ),
        (STOCK, {"quantity": 5, "code": None}, {"quantity": 5.0, "code": False}, {}),
        (STOCK, {"quantity": 5}, {"quantity": 0}, {"quantity": (5, 0)}),
        (STOCK, {"code": "A"}, {"code": False}, {"code": ("A", None)}),
        # What is switched off is not sent, and stays there.
        (LISTING, {"title": "A", "brand": "B"}, {"title": "C"}, {"title": ("A", "C")}),
        (LISTING, {"product": None}, {"product": False}, {}),
        (
            LISTING,
            {"images": ["a"]},
            {"images": ["a", "b"]},
            {"images": (["a"], ["a", "b"])},
        ),
    ],
)
def test_field_by_field(kind, before, after, expected):
    assert find_differences(kind, before, after) == expected

from __future__ import annotations

import pytest

from odoo.addons.channel_outgoing.lib.trial import match, parse_codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (None, ()),
        ("", ()),
        (" ,,\n , \r\n", ()),
        ("A", ("A",)),
        (" A ,B\nC\r\nA,", ("A", "B", "C")),
        ("A B", ("A B",)),
        ("a,A", ("a", "A")),
        ("Cafe\N{COMBINING ACUTE ACCENT},Café", ("Café",)),
        ("0077", ("0077",)),
    ],
)
def test_codes_of_a_list(text, codes):
    assert parse_codes(text) == codes


def test_a_code_means_one_product_or_none():
    found = match(
        ("A", "779", "B", "NONE", "C"),
        [
            (1, ("779", "A")),
            (2, (None, "B")),
            (3, ("B", "")),
            (4, ("C", "C")),
            (5, ("other", None)),
        ],
    )
    assert found.products == {1, 4}
    assert found.unknown == ("NONE",)
    assert found.ambiguous == {"B": (2, 3)}

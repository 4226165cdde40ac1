"""Which products the listings of a shop are."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.channel_catalog.lib.matching import (
    Item,
    Match,
    barcode_key,
    barcode_spellings,
    match_all,
    name_key,
)

EAN = "7791234567898"
UPC = "036000291452"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (EAN, EAN, True),
        (EAN, f"0{EAN}", True),
        (UPC, f"0{UPC}", True),
        (UPC, f"00{UPC}", True),
        # A spreadsheet took its zero.
        (UPC, UPC.lstrip("0"), True),
        (EAN, f" {EAN} ", True),
        (EAN, "779-1234567-898", True),
        (UPC, "036000291453", False),
        # No GTIN: compared as it is written.
        ("00123", "123", False),
        ("ABC-1", "ABC-1", True),
        ("ABC-1", "abc-1", False),
        # The case of twelve is another trade item than the piece.
        (EAN, f"1{EAN[:-1]}5", False),
    ],
)
def test_barcodes(one: str, other: str, same: bool) -> None:
    assert (barcode_key(one) == barcode_key(other)) is same


@pytest.mark.parametrize("value", ["", None, "0", "0000000000000", "  ", False, []])
def test_what_is_no_barcode(value: object) -> None:
    assert barcode_key(value) == ""
    assert barcode_spellings("") == ()


def test_a_database_is_asked_for_all_spellings() -> None:
    assert {UPC, f"0{UPC}", f"00{UPC}", UPC.lstrip("0")} <= set(
        barcode_spellings(barcode_key(UPC))
    )
    assert barcode_spellings("ABC-1") == ("ABC-1",)


@given(st.integers(1, 10**13 - 1).map(str))
def test_every_spelling_has_the_same_key(number: str) -> None:
    key = barcode_key(number)
    spellings = barcode_spellings(key)
    assert key in spellings or key == number
    if len(number) >= 8:
        assert {barcode_key(text) for text in spellings} == {key}


@pytest.mark.parametrize(
    ("there", "here", "expected"),
    [
        # Barcode first, then SKU, then the SKU without spaces, then the name
        (
            [{"barcode": "1", "sku": "x"}],
            [{"barcode": "1", "sku": "a"}],
            ("sure", 1, "barcode", ""),
        ),
        ([{"sku": "a"}], [{"sku": "a"}], ("sure", 1, "sku", "")),
        ([{"sku": "a"}], [{"sku": "A"}], ("unknown", None, None, "")),
        ([{"sku": " a"}], [{"sku": "a"}], ("review", 1, "sku_cleaned", "spelling")),
        ([{"sku": "a\x00"}], [{"sku": "a"}], ("sure", 1, "sku", "")),
        ([{"name": "n"}], [{"name": "n"}], ("review", 1, "name", "name")),
        (
            [{"sku": "", "barcode": ""}],
            [{"sku": "", "barcode": ""}],
            ("unknown", None, None, ""),
        ),
        # Each barcode says another thing than the SKU.
        (
            [{"sku": "a", "barcode": "2"}],
            [{"sku": "a", "barcode": "1"}],
            ("review", 1, "sku", "differs"),
        ),
        (
            [{"sku": "b", "barcode": "1"}],
            [{"barcode": "1"}, {"sku": "b"}],
            ("ambiguous", None, "barcode", "contradicts"),
        ),
        # Doubles here
        (
            [{"sku": "a"}],
            [{"sku": "a"}, {"sku": "a"}],
            ("ambiguous", None, "sku", "several"),
        ),
        (
            [{"name": "n"}],
            [{"name": "n"}, {"name": "n"}],
            ("ambiguous", None, "name", "several"),
        ),
        # Doubles there
        (
            [{"sku": "a"}, {"sku": "a"}],
            [{"sku": "a"}],
            ("ambiguous", 1, "sku", "claimed"),
        ),
        (
            [{"sku": "a"}, {"barcode": "1"}],
            [{"sku": "a", "barcode": "1"}],
            ("ambiguous", 1, "sku", "claimed"),
        ),
        # ... which are none where a product may have several
        (
            [{"sku": "a"}, {"sku": "a", "listing_type": "premium"}],
            [{"sku": "a"}],
            ("sure", 1, "sku", ""),
        ),
        # An equal name does not compete with an equal SKU.
        (
            [{"sku": "a"}, {"name": "n"}],
            [{"sku": "a", "name": "n"}],
            ("sure", 1, "sku", ""),
        ),
        (
            [{"name": "n"}, {"sku": "a"}],
            [{"sku": "a", "name": "n"}],
            ("ambiguous", 1, "name", "claimed"),
        ),
    ],
)
def test_examples(
    there: list[dict[str, str]],
    here: list[dict[str, str]],
    expected: tuple[str, int | None, str | None, str],
) -> None:
    found = match_all(
        [Item(number, **values) for number, values in enumerate(there, 1)],
        [Item(number, **values) for number, values in enumerate(here, 1)],
    )[1]
    assert (found.state, found.product, found.by, found.reason) == expected


def test_a_product_that_has_a_listing_there() -> None:
    there, here = [Item(1, "a")], [Item(5, "a")]
    assert match_all(there, here, {(5, "")})[1].reason == "taken"
    assert match_all(there, here, {(5, "premium")})[1].state == "sure"


def test_names_tell_variants_apart() -> None:
    assert name_key(" Remera  azul ") == name_key("REMERA AZUL")
    assert name_key("Remera", ["M", "Rojo"]) == name_key("Remera", ["rojo", "m"])
    assert name_key("Remera", ["M"]) != name_key("Remera")
    assert name_key("", ["M"]) == ""


KEYS = st.sampled_from(["", "a", "b", "c", " a"])
ITEMS = st.lists(
    st.fixed_dictionaries(
        {
            "sku": KEYS,
            "barcode": st.sampled_from(["", "1", "2", "3"]),
            "name": st.sampled_from(["", "n", "m"]),
            "listing_type": st.sampled_from(["", "", "premium"]),
        }
    ),
    max_size=7,
).map(lambda some: [Item(number, **values) for number, values in enumerate(some, 1)])
TAKEN = st.sets(st.tuples(st.integers(1, 7), st.sampled_from(["", "premium"])))


@given(ITEMS, ITEMS, TAKEN, st.integers(0, 10**6))
def test_the_order_does_not_matter(
    there: list[Item], here: list[Item], taken: set[tuple[int, str]], seed: int
) -> None:
    expected = match_all(there, here, taken)
    chance = random.Random(seed)
    chance.shuffle(there)
    chance.shuffle(here)
    assert match_all(there, here, taken) == expected


def is_sure(match: Match) -> bool:
    return match.state == "sure"


@given(ITEMS, ITEMS, TAKEN)
def test_no_two_listings_become_one_product(
    there: list[Item], here: list[Item], taken: set[tuple[int, str]]
) -> None:
    found = match_all(there, here, taken)
    sure = [item for item in there if is_sure(found[item.key])]
    wanted = [(found[item.key].product, item.listing_type) for item in sure]
    assert len(wanted) == len(set(wanted))
    assert not set(wanted) & taken
    products = {item.key: item for item in here}
    for item in sure:
        product = products[found[item.key].product]
        rivals = [
            other
            for other in here
            if other is not product
            and (
                (item.barcode and other.barcode == item.barcode)
                or (item.sku and other.sku == item.sku)
            )
        ]
        assert not rivals
        assert item.barcode in ("", product.barcode) or not product.barcode
        assert (item.barcode and item.barcode == product.barcode) or (
            item.sku and item.sku == product.sku
        )


@given(ITEMS, ITEMS)
def test_what_both_have_once_is_linked(there: list[Item], here: list[Item]) -> None:
    found = match_all(there, here)
    for item in there:
        same = [other for other in here if item.sku and other.sku == item.sku]
        others = [other for other in there if other is not item]
        alone = not any(
            {other.sku, other.barcode} & {item.sku, item.barcode} - {""}
            for other in others
        )
        if len(same) == 1 and alone and not item.barcode and not same[0].barcode:
            assert is_sure(found[item.key])

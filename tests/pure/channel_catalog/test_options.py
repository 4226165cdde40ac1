from __future__ import annotations

from odoo.addons.channel_catalog.lib.options import Choice, get_options

RED = Choice(1, "Color", 11, "Rojo", (1, 1))
BLUE = Choice(1, "Color", 12, "Azul", (1, 2))
SMALL = Choice(2, "Talle", 21, "S", (2, 1))
LARGE = Choice(2, "Talle", 22, "L", (2, 2))


def test_what_can_differ_is_an_option() -> None:
    found = get_options({1: [LARGE, RED], 2: [SMALL, RED]}, {2})
    assert found.names == (("Talle", ("S", "L")),)
    assert found.variants == {1: {"Talle": "L"}, 2: {"Talle": "S"}}
    # One variant is there yet, but others may come.
    assert get_options({1: [RED]}, {1}).names == (("Color", ("Rojo",)),)


def test_what_differed_still_tells_apart_what_is_there() -> None:
    found = get_options({1: [RED, SMALL], 2: [BLUE, SMALL]}, ())
    assert found.names == (("Color", ("Rojo", "Azul")),)


def test_without_options() -> None:
    assert get_options({}, ()).names == ()
    assert get_options({1: []}, ()).variants == {1: {}}
    assert get_options({1: [RED]}, ()).variants == {1: {}}


def test_two_attributes_of_one_name() -> None:
    other = [Choice(3, "Color", 31, "Mate", (3, 1)), Choice(3, "Color", 32, "Brillo")]
    found = get_options({1: [RED, other[0]], 2: [BLUE, other[1]]}, {1, 3})
    assert sorted(name for name, _values in found.names) == ["Color", "Color 2"]
    assert len(found.variants[1]) == len(found.variants[2]) == 2


def test_values_of_one_name_are_told_once() -> None:
    twin = Choice(1, "Color", 13, "Rojo", (1, 3))
    assert get_options({1: [RED], 2: [twin]}, {1}).names == (("Color", ("Rojo",)),)

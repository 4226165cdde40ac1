"""What a category asks for, and values of attributes in one form."""

from __future__ import annotations

from typing import Any

import pytest

from odoo.addons.channel_base.lib.errors import Rejected
from odoo.addons.channel_mercadolibre.lib import form
from odoo.addons.channel_mercadolibre.lib.attributes import (
    ValueProblem,
    convert_weight,
    parse,
    tell,
)
from odoo.addons.channel_mercadolibre.lib.category import (
    MAX_ATTRIBUTES,
    MAX_VALUES,
    Attribute,
    read_attributes,
    read_category,
    read_charts,
    read_suggestions,
)

COLOURS = (("52049", "Negro"), ("52055", "Blanco"), ("283165", "Azul marino"))
COLOUR = Attribute("COLOR", "Color", values=COLOURS)
GENDER = Attribute(
    "GENDER", "Género", "list", "required", (("339666", "Mujer"), ("339665", "Hombre"))
)
CORDLESS = Attribute(
    "IS_CORDLESS", "Inalámbrico", "boolean", values=(("242085", "Sí"), ("242084", "No"))
)
WEIGHT = Attribute(
    "WEIGHT", "Peso", "number_unit", units=("kg", "g"), default_unit="kg"
)
UNITS = Attribute("UNITS_PER_PACK", "Unidades", "number")
MODEL = Attribute("MODEL", "Modelo", max_length=10)
MANY = Attribute("MATERIALS", "Materiales", values=COLOURS, multivalued=True)
GRID = Attribute("SIZE_GRID_ID", "Guía", "grid_id")

BLACK = {"value_id": "52049", "value_name": "Negro"}


@pytest.mark.parametrize(
    ("attribute", "text", "value"),
    [
        (COLOUR, "negro", BLACK),
        (COLOUR, "  NEGRO ", BLACK),
        (COLOUR, "52049", BLACK),
        (COLOUR, "azul  MARINO", {"value_id": "283165", "value_name": "Azul marino"}),
        (COLOUR, "Fucsia", {"value_name": "Fucsia"}),
        (COLOUR, "", None),
        (COLOUR, " \x00 ", None),
        (COLOUR, "n/a", {"value_id": "-1"}),
        (COLOUR, "-1", {"value_id": "-1"}),
        (GENDER, "MUJER", {"value_id": "339666", "value_name": "Mujer"}),
        (CORDLESS, "si", {"value_id": "242085", "value_name": "Sí"}),
        (CORDLESS, "True", {"value_id": "242085", "value_name": "Sí"}),
        (CORDLESS, "0", {"value_id": "242084", "value_name": "No"}),
        (CORDLESS, "não", {"value_id": "242084", "value_name": "No"}),
        (WEIGHT, "1,5 KG", {"value_name": "1.5 kg"}),
        (WEIGHT, "1.50kg", {"value_name": "1.5 kg"}),
        (WEIGHT, "500 g", {"value_name": "500 g"}),
        (WEIGHT, "2", {"value_name": "2 kg"}),
        (UNITS, "10.0", {"value_name": "10"}),
        (UNITS, "100", {"value_name": "100"}),
        (MANY, "negro", BLACK),
        (
            MANY,
            "negro; Blanco ;negro;",
            {"values": [{"value_id": "52055", "value_name": "Blanco"}, BLACK]},
        ),
        (MANY, " ; ", None),
        (GRID, "900001", {"value_name": "900001"}),
        (MODEL, "X" * 10, {"value_name": "X" * 10}),
    ],
)
def test_values(attribute: Attribute, text: str, value: Any) -> None:
    assert parse(attribute, text) == value


@pytest.mark.parametrize(
    ("attribute", "text", "code"),
    [
        (GENDER, "Marciano", "meli_value_unlisted"),
        (CORDLESS, "quizás", "meli_value_unlisted"),
        (WEIGHT, "pesado", "meli_value_number"),
        (WEIGHT, "1 legua", "meli_value_unit"),
        (WEIGHT, "1.2.3 kg", "meli_value_number"),
        (WEIGHT, "9" * 400 + " kg", "meli_value_number"),
        (UNITS, "3 kg", "meli_value_number"),
        (UNITS, "١٢", "meli_value_number"),
        (MODEL, "X" * 11, "meli_value_long"),
        (MANY, ";".join(str(n) for n in range(60)), "meli_value_many"),
        (GRID, "a/b", "meli_value_grid"),
    ],
)
def test_no_values(attribute: Attribute, text: str, code: str) -> None:
    with pytest.raises(ValueProblem) as caught:
        parse(attribute, text)
    assert caught.value.code == code
    assert caught.value.params["attribute"] == attribute.name
    assert all(len(text) <= 255 for text in caught.value.params.values())


@pytest.mark.parametrize(
    ("attribute", "text"),
    [
        (COLOUR, "Negro"),
        (COLOUR, "Fucsia"),
        (COLOUR, "N/A"),
        (WEIGHT, "1.5 kg"),
        (MANY, "Blanco; Negro"),
    ],
)
def test_what_is_told_can_be_said_again(attribute: Attribute, text: str) -> None:
    assert tell(parse(attribute, text)) == text
    assert parse(attribute, tell(parse(attribute, text))) == parse(attribute, text)
    assert tell(None) == ""


def test_numbers_are_no_names() -> None:
    """-5 and 5 are two values, though a sign makes no difference in a name."""
    degrees = Attribute("LEAST", "Mínima", "number", values=(("1", "-5"), ("2", "15")))
    assert parse(degrees, "-5") == {"value_id": "1", "value_name": "-5"}
    assert parse(degrees, "5") == {"value_name": "5"}
    assert parse(degrees, "1.5") == {"value_name": "1.5"}


def test_weights() -> None:
    grams = Attribute("W", "W", "number_unit", units=("g", "kg"), default_unit="g")
    assert convert_weight(grams, 0.2) == "200 g"
    assert convert_weight(WEIGHT, 0.2) == "0.2 kg"
    assert convert_weight(WEIGHT, 10.0) == "10 kg"


def test_category() -> None:
    body = {
        "id": "MLA1",
        "name": "Remeras",
        "path_from_root": [{"name": "Ropa"}, {"name": "Remeras"}],
        "children_categories": [],
        "settings": {
            "listing_allowed": True,
            "status": "enabled",
            "max_title_length": 60,
            "max_pictures_per_item": 10,
            "minimum_price": 1000,
            "catalog_domain": "MLA-T_SHIRTS",
        },
    }
    found = read_category(body)
    assert (found.path, found.leaf, found.listing_allowed) == (
        "Ropa > Remeras",
        True,
        True,
    )
    assert (found.max_pictures, found.minimum_price) == (10, 1000)
    assert found.domain == "T_SHIRTS"
    closed = read_category({**body, "settings": {"listing_allowed": False}})
    assert not closed.listing_allowed
    assert closed.max_title_length == 60
    disabled = {**body, "settings": {"status": "disabled"}}
    assert not read_category(disabled).listing_allowed
    assert not read_category({**body, "children_categories": [{"id": "MLA2"}]}).leaf


@pytest.mark.parametrize("body", [None, [], {}, {"id": "../x"}, {"id": ["MLA1"]}, 7])
def test_no_category(body: Any) -> None:
    with pytest.raises(Rejected):
        read_category(body)


@pytest.mark.parametrize(
    "odd",
    [
        {"settings": "x", "path_from_root": 3},
        {"settings": {"max_title_length": True, "minimum_price": "9"}},
        {"settings": {"max_title_length": 10**30, "minimum_price": float("inf")}},
        {"path_from_root": [None, {"name": {"a": 1}}, "x"]},
        {"settings": {"minimum_price": float("nan"), "catalog_domain": ["x"]}},
    ],
)
def test_odd_parts_of_a_category_tell_nothing(odd: dict[str, Any]) -> None:
    found = read_category({"id": "MLA1", "name": "Remeras", **odd})
    assert found.path == "Remeras"
    assert (found.max_title_length, found.minimum_price) == (60, 0)


def test_attributes() -> None:
    found = read_attributes(
        [
            {"id": "BRAND", "name": "Marca", "tags": {"required": True}},
            {"id": "COLOR", "tags": ["allow_variations"], "values": [{"name": "x"}]},
            {"id": "SIZE", "tags": {"required": False}, "hierarchy": "CHILD_PK"},
            {"id": "GTIN", "tags": {"conditional_required": True, "multivalued": True}},
            {"id": "HIDDEN", "tags": {"hidden": True}},
            {"id": "EMPTY_GTIN_REASON", "tags": {"hidden": True}},
            {"id": "SELLER_PACKAGE_WEIGHT", "tags": {"hidden": True}},
            {"id": "READ", "tags": {"read_only": True}},
            {"id": "READ_REQUIRED", "tags": {"read_only": True, "required": True}},
            {"id": "BRAND", "name": "Twice"},
            {"id": "with space"},
            {"id": 7, "name": {"x": 1}, "tags": 3, "values": "x", "hierarchy": []},
            None,
            "x",
        ]
    )
    by_id = {one.id: one for one in found}
    assert list(by_id) == [
        "BRAND",
        "COLOR",
        "SIZE",
        "GTIN",
        "EMPTY_GTIN_REASON",
        "SELLER_PACKAGE_WEIGHT",
        "READ_REQUIRED",
        "7",
    ]
    assert by_id["BRAND"].requirement == "required"
    assert by_id["BRAND"].name == "Marca"
    assert by_id["COLOR"].varies and by_id["COLOR"].values == (("", "x"),)
    assert by_id["SIZE"].varies and by_id["SIZE"].requirement == "optional"
    assert by_id["GTIN"].requirement == "conditional" and by_id["GTIN"].multivalued


def test_attributes_are_bounded() -> None:
    many = [{"id": f"A{n}"} for n in range(MAX_ATTRIBUTES + 50)]
    assert len(read_attributes(many)) == MAX_ATTRIBUTES
    values = [{"id": str(n), "name": "x" * 9000} for n in range(MAX_VALUES + 50)]
    (found,) = read_attributes([{"id": "A", "values": values}])
    assert len(found.values) == MAX_VALUES
    assert max(len(name) for _id, name in found.values) == 255
    for body in (None, {}, "x"):
        with pytest.raises(Rejected):
            read_attributes(body)


def test_suggestions_and_charts() -> None:
    told = [
        {"category_id": "MLA1", "category_name": "Remeras", "domain_name": "Ropa"},
        {"category_id": "MLA1", "category_name": "Twice"},
        {"category_id": "x/y"},
        None,
        {"category_id": "MLA2"},
    ]
    assert read_suggestions(told) == (("MLA1", "Ropa > Remeras"), ("MLA2", "MLA2"))
    assert read_suggestions({"a": 1}) == ()
    row = {"id": "9:1", "attributes": [{"id": "SIZE", "values": [{"name": "S"}]}]}
    chart = {
        "id": "9",
        "names": {"MLA": "Remeras"},
        "domain_id": "T_SHIRTS",
        "rows": [row, None, {"id": "9:2"}, {"attributes": []}],
    }
    (found,) = read_charts({"charts": [chart, {"id": None}, 3]})
    assert (found.id, found.name, found.rows) == ("9", "Remeras", (("9:1", "S"),))
    for body in (None, [], {"charts": 7}):
        assert read_charts(body) == ()


# What a listing says, and lacks


def test_the_first_that_says_something_counts() -> None:
    line = form.build(MODEL, [("variant", ""), ("product", "A"), ("odoo", "B")])
    assert (line.source, line.text) == ("product", "A")
    assert form.build(MODEL, []).value is None


def test_what_a_person_said_is_never_passed_over() -> None:
    said = form.build(WEIGHT, [("product", "x"), ("odoo", "2 kg")])
    assert said.problem and said.blocks
    # What Odoo knows by chance, and nobody asks for, is left out.
    known = form.build(WEIGHT, [("odoo", "x")])
    assert known.problem and not known.blocks
    assert form.build(GENDER, [("attribute", "x")]).blocks


def lines(**texts: str) -> dict[str, form.Line]:
    asked = (
        GENDER,
        COLOUR,
        Attribute("GTIN", "GTIN", requirement="conditional", multivalued=True),
        Attribute("EMPTY_GTIN_REASON", "Motivo"),
    )
    return {
        one.id: form.build(one, [("product", texts.get(one.id, ""))]) for one in asked
    }


@pytest.mark.parametrize(
    ("texts", "lacking"),
    [
        ({}, ["Género", "GTIN / Motivo"]),
        ({"GENDER": "Mujer", "GTIN": "7790001000019"}, []),
        ({"GENDER": "Mujer", "EMPTY_GTIN_REASON": "Es artesanal"}, []),
        # What is wrong does not lack.
        ({"GENDER": "Marciano", "GTIN": "7790001000019"}, []),
        ({"GENDER": "N/A", "GTIN": "N/A"}, []),
    ],
)
def test_what_lacks(texts: dict[str, str], lacking: list[str]) -> None:
    assert form.get_lacking(lines(**texts)) == lacking


def test_reason_goes_when_there_is_a_number() -> None:
    both = lines(GTIN="7790001000019", EMPTY_GTIN_REASON="Es artesanal", COLOR="Negro")
    assert form.get_attributes(list(both.values())) == {"COLOR": BLACK}
    none = lines(EMPTY_GTIN_REASON="Es artesanal")
    assert form.get_attributes(list(none.values())) == {
        "EMPTY_GTIN_REASON": {"value_name": "Es artesanal"}
    }


def test_terms_are_apart() -> None:
    term = form.build(MODEL, [("channel", "90 días")], term=True)
    assert form.get_terms([term]) == {"MODEL": {"value_name": "90 días"}}
    assert form.get_attributes([term]) == {}

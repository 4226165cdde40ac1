"""Whatever arrives, only ``Rejected`` leaves the parser."""

from __future__ import annotations

import copy
import json
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.channel_base.lib import reader
from odoo.addons.channel_base.lib.errors import Rejected
from odoo.addons.channel_mercadolibre.lib.billing import parse_identity
from odoo.addons.channel_mercadolibre.lib.cart import version
from odoo.addons.channel_mercadolibre.lib.parser import parse
from odoo.addons.channel_order.lib.schema import Order

from tests.pure.channel_mercadolibre.payloads import (
    bundle,
    flat_billing,
    old_shipment,
)

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=-(10**4000), max_value=10**4000)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["XXXXXXX", "PROCESSING", "2026-10-03T09:15:30Z", "\x00", "-1"])
)
garbage = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["id", "type", "number", "name", "amount", "x"])
            | st.text(max_size=4),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value inside a structure."""
    found = [path] if path else []
    items: Any = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for key, inner in items:
        found += places(inner, (*path, key))
    return found


SHAPES = [
    bundle(),
    bundle(
        billing={"format": "legacy", "data": flat_billing()},
        shipment={"data": old_shipment()},
        pack={"id": 7, "buyer": {"id": 5}, "shipment": {"id": 9}},
        partial=["buyer"],
    ),
]
PLACES = [(shape, path) for shape in SHAPES for path in places(shape)]


def replaced(shape: Any, path: tuple[Any, ...], value: Any) -> Any:
    changed = copy.deepcopy(shape)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return changed


@settings(deadline=None)
@given(garbage)
def test_garbage(value: Any) -> None:
    try:
        parse(value)
    except Rejected:
        pass
    try:
        parse_identity(value)
    except Rejected:
        pass


@settings(deadline=None, max_examples=600)
@given(place=st.sampled_from(PLACES), value=garbage)
def test_garbage_anywhere_in_a_bundle(place: Any, value: Any) -> None:
    shape, path = place
    try:
        found = parse(replaced(shape, path, value))
    except Rejected as error:
        assert error.code in (
            "payload_invalid",
            "amount_invalid",
            "mixed_currencies",
            "mixed_sellers",
            "mixed_buyers",
        )
        assert error.field
        return
    assert_sane(found)


@pytest.mark.parametrize(
    "place", PLACES, ids=lambda place: ".".join(map(str, place[1]))
)
def test_whatever_is_missing(place: Any) -> None:
    shape, path = place
    changed = copy.deepcopy(shape)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    del inner[path[-1]]
    try:
        assert_sane(parse(changed))
    except Rejected as error:
        assert error.code == "payload_invalid"


def assert_sane(order: Order) -> None:
    assert order.external_id
    assert order.lines
    assert order.buyer.external_id
    assert order.goods_total >= 0
    for line in order.lines:
        assert line.quantity > 0
        assert line.unit_price >= 0
        assert len(line.title) <= 255
    for text in (order.buyer.name, order.buyer.nickname, order.status):
        assert "\n" not in text
        assert "\x00" not in text
        assert "XXX" not in text


def test_deep_nesting() -> None:
    deep: Any = "x"
    for _ in range(5000):
        deep = [deep]
    for path in (("orders",), ("billing", "data"), ("orders", 0, "tags")):
        with pytest.raises(Rejected):
            parse(replaced(SHAPES[0], path, deep))


def test_enormous_lists() -> None:
    for key in ("orders", "partial"):
        with pytest.raises(Rejected):
            parse({**bundle(), key: [{}] * 100_000})


def test_enormous_texts_are_bounded() -> None:
    big = replaced(SHAPES[0], ("orders", 0, "buyer", "nickname"), "é" * 5_000_000)
    assert len(parse(big).buyer.nickname) == 255


@settings(deadline=None)
@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_amounts_survive_json(value: Decimal) -> None:
    travelled = json.loads(json.dumps(float(value)))
    assert reader.amount(travelled, "x") == value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-10-03T09:15:30.000-04:00", datetime(2026, 10, 3, 13, 15, 30)),
        ("2026-10-03T09:15:30Z", datetime(2026, 10, 3, 9, 15, 30)),
        ("2026-10-03T23:15+0530", datetime(2026, 10, 3, 17, 45)),
        ("2026-01-01T00:00:00.5+03:00", datetime(2025, 12, 31, 21, 0, 0, 500000)),
        ("2026-10-03T09:15:30.123456789-03:00",
         datetime(2026, 10, 3, 12, 15, 30, 123456)),
    ],
)  # fmt: skip
def test_moments(text: str, expected: datetime) -> None:
    assert reader.moment(text, "x") == expected


@pytest.mark.parametrize(
    "text",
    [
        "2026-10-03", "2026-10-03T09:15:30", "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00", "2026-02-30T00:00:00Z", "yesterday", 5, True,
        "٢٠٢٦-10-03T09:15:30Z", "2026-10-03T09:15:30Z\n",
    ],
)  # fmt: skip
def test_no_moments(text: Any) -> None:
    with pytest.raises(Rejected):
        reader.moment(text, "x")


@pytest.mark.parametrize("value", ["a/b", "..", "a b", 1.5, True, [], "é", "x" * 65])
def test_no_ids(value: Any) -> None:
    with pytest.raises(Rejected):
        reader.identifier(value, "x")


@pytest.mark.parametrize(
    "value",
    [None, 5, {}, "x", "2026-10-04T11:00:00.000-04:00", True, "9" * 500, "\ud800"],
)
def test_a_version_is_always_a_text(value: Any) -> None:
    found = version({"last_updated": value})
    assert isinstance(found, str)
    assert len(found) <= 64

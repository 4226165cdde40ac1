"""What people and systems write."""

from __future__ import annotations

import copy
import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.channel_base.lib.errors import Rejected
from odoo.addons.channel_base.lib.text import (
    MAX_DEPTH,
    clean,
    exact,
    is_masked,
    normalise,
    similar,
    storable,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Río Cuarto", "RIO  CUARTO"),
        ("São Paulo", "sao-paulo"),
        ("Av. Ñandú 1.450", "av nandu 1 450"),
        ("Straße", "STRASSE"),
        ("ﬁn", "fin"),
        (None, ""),
    ],
)
def test_the_same(one: str | None, other: str) -> None:
    assert normalise(one) == normalise(other)


def test_not_the_same() -> None:
    assert normalise("Calle 12") != normalise("Calle 1 2")


@settings(deadline=None)
@given(st.text())
def test_normalising_twice_changes_nothing(value: str) -> None:
    once = normalise(value)
    assert once == once.strip()
    assert "  " not in once


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("  a \n b\t\u2028c ", "a b c"),
        ("a\x00b\x1b[31m", "a b [31m"),
        ("\u202egpj.exe", "gpj.exe"),
        ("\ud800x", "x"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        (5, "5"),
        (2.5, "2.5"),
        (0, "0"),
        (None, ""),
        (True, ""),
        ({"a": 1}, ""),
        (["a"], ""),
        ("\u00a0 \u3000", ""),
    ],
)
def test_clean(value: object, expected: str) -> None:
    assert clean(value) == expected


@settings(deadline=None)
@given(st.text(), st.integers(1, 50))
def test_clean_is_bounded_and_idempotent(value: str, limit: int) -> None:
    once = clean(value, limit)
    assert len(once) <= limit
    assert clean(once, limit) == once
    assert "\n" not in once
    once.encode()


def test_clean_is_quick_on_enormous_texts() -> None:
    started = time.monotonic()
    assert len(clean("é" * 20_000_000)) == 255
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("XXXXXXX", True),
        ("xxx", True),
        ("****", True),
        ("XXXX XXXX", True),
        ("XX", False),
        ("XXX1", False),
        ("Xóchitl", False),
        ("", False),
        (None, False),
    ],
)
def test_masked(value: str | None, expected: bool) -> None:
    assert is_masked(value) is expected


def test_similar_names() -> None:
    names = [("Correo Argentino", 1), ("Andreani", 2), ("OCA", 3), ("", 4)]
    found = similar("CORREO  argentino S.A.", names)
    assert [one for _score, one in found] == [1]
    assert similar("andreani", names)[0] == (1.0, 2)
    assert similar("nothing like it", names) == []


def test_the_most_similar_first() -> None:
    names: list[tuple[str, Any]] = [("Expreso Sur", 1), ("Expreso Norte", 2)]
    assert [one for _score, one in similar("Expreso Norte SA", names, 0.5)] == [2, 1]


@settings(deadline=None)
@given(st.text(), st.lists(st.text(), max_size=5))
def test_scores_are_ordered(wanted: str, names: list[str]) -> None:
    scores = [score for score, _n in similar(wanted, [(n, n) for n in names], 0)]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("\ud83d", "\ufffd"),
        ("a\udc00b\x00c", "a\ufffdbc"),
        ("\x00", ""),
        ("a\x00b", "ab"),
        ({"\ud83d": {"a\x00": ["\x00x", 5, None]}}, {"\ufffd": {"a": ["x", 5, None]}}),
        ({"a\x00": 1, "a": 2}, {"a": 2}),
        ({"a": 2, "a\x00": 1}, {"a": 2}),
        ({"a\x00": 1, "\x00a": 2}, {"a": 1}),
        ([["\udfff"], True, 1.5], [["\ufffd"], True, 1.5]),
    ],
)
def test_storable(value: Any, expected: Any) -> None:
    before = copy.deepcopy(value)
    assert storable(value) == expected
    assert value == before


@pytest.mark.parametrize(
    "value",
    [None, True, 5, 2.5, "", "José 👩\u200d🚀", "\ufffd", [], {}, [{"é": ["\n\t"]}]],
)
def test_what_is_storable_is_not_copied(value: Any) -> None:
    assert storable(value) is value


texts = st.text(st.characters() | st.sampled_from("\x00\ud83d\udfff"), max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4)
    ),
)


@settings(deadline=None)
@given(values)
def test_storable_is_valid_json_text(value: Any) -> None:
    once = storable(value)
    stored = json.dumps(once, ensure_ascii=False).encode()
    assert b"\\u0000" not in stored.replace(b"\\\\", b"")
    assert json.loads(stored) == once
    assert storable(once) is once


def test_storable_is_bounded_in_depth() -> None:
    deep: Any = "\x00"
    for _level in range(MAX_DEPTH):
        deep = [deep]
    assert "\\u0000" not in json.dumps(storable(deep))
    endless: dict[str, Any] = {}
    endless["self"] = endless
    for value in ([deep], {"a": deep}, endless):
        with pytest.raises(Rejected) as caught:
            storable(value)
        assert caught.value.code == "payload_invalid"


def test_storable_is_quick() -> None:
    rows = [{"name": "Peña", "tags": ["paid", "x"], "n": i} for i in range(20_000)]
    started = time.monotonic()
    assert storable(rows) is rows
    storable("é" * 5_000_000 + "\ud800")
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    "value",
    ["A  B", "A\u00a0B", " A ", "A\tB", "x" * 255, "MARI\u0301A", "XXXX", "0", "é"],
)
def test_a_key_is_what_came(value: str) -> None:
    assert exact(value) == value


@pytest.mark.parametrize("value", [None, True, {}, [], "", "  ", "\u00a0\n"])
def test_no_key(value: Any) -> None:
    assert exact(value) == ""


def test_long_keys_stay_apart() -> None:
    one, other = exact("k" * 256), exact("k" * 257)
    assert one != other
    assert len(one) == len(other) == 255
    assert exact(one) == one
    assert exact("k" * 300, 500) == "k" * 300


@given(st.text())
def test_a_key_can_be_stored(value: str) -> None:
    assert storable(exact(value)) == exact(value)

"""What people and systems write."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.channel_base.lib.text import clean, is_masked, normalise, similar


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

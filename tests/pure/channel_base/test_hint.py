"""What a service gives as keys is text, bounded and storable, or refused."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from odoo.addons.channel_base.lib.account import Account
from odoo.addons.channel_base.lib.errors import Rejected
from odoo.addons.channel_base.lib.hint import Hint, Notification

MOMENT = datetime(2026, 11, 1, 12)
NO_KEYS: list[Any] = [
    None,
    "",
    True,
    1.5,
    [],
    {},
    b"77",
    "a\0b",
    "\ud800",
    "x" * 129,
    10**100,
]


def test_numbers_are_text() -> None:
    assert Account(77, "LOJA") == Account("77", "LOJA")  # type: ignore[arg-type]
    told = Notification(77, Hint("orders", 5), 9)  # type: ignore[arg-type]
    assert told == Notification("77", Hint("orders", "5"), "9")
    assert Notification("77", None).application is None


@pytest.mark.parametrize("value", NO_KEYS)
def test_what_is_no_key(value: Any) -> None:
    for make in (
        lambda: Account(value),
        lambda: Notification(value, None),
        lambda: Notification("77", None, value) if value is not None else Account(""),
        lambda: Hint(value, "5"),
        lambda: Hint("orders", value),
    ):
        with pytest.raises(Rejected) as caught:
            make()
        assert caught.value.code == "payload_invalid"


@pytest.mark.parametrize("name", [None, 5, [], "a\0b", "x" * 9000])
def test_a_name_is_only_shown(name: Any) -> None:
    assert "\0" not in Account("77", name).name
    assert len(Account("77", name).name) <= 255


def test_when_and_how_often() -> None:
    local = MOMENT.replace(tzinfo=timezone(timedelta(hours=-3)))
    assert Hint("a", "b", local).sent_at == MOMENT + timedelta(hours=3)
    assert Hint("a", "b", MOMENT).sent_at == MOMENT
    assert Hint("a", "b", attempts=10**30).attempts == 10**6
    for wrong in ({"sent_at": "2026"}, {"attempts": "2"}):
        with pytest.raises(Rejected):
            Hint("a", "b", **wrong)  # type: ignore[arg-type]

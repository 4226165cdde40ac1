"""What an error carries."""

from __future__ import annotations

import pickle

import pytest

from odoo.addons.channel_base.lib.errors import (
    ChannelError,
    MappingMissing,
    Rejected,
    Retryable,
    Several,
    Suspended,
    is_unreachable,
    parse_problems,
    reason,
    split_reason,
)


def test_rejected() -> None:
    error = Rejected("amount_invalid", "total", value=5)
    assert isinstance(error, ChannelError)
    assert str(error) == "amount_invalid"
    assert (error.code, error.field, error.message) == ("amount_invalid", "total", "")
    assert error.params == {"value": "5", "field": "total"}
    assert str(Rejected("x", message="why")) == "why"


def test_retryable() -> None:
    assert Retryable("later").after is None
    assert Retryable("later", 5).after == 5


def test_mapping_missing() -> None:
    error = MappingMissing("carrier", "73328")
    assert (error.kind, error.value, error.label) == ("carrier", "73328", "73328")
    assert MappingMissing("carrier", "73328", "Express").label == "Express"


def test_a_retryable_can_travel() -> None:
    assert str(pickle.loads(pickle.dumps(Retryable("later")))) == "later"


def test_a_suspended_account_keeps_nobody_waiting() -> None:
    error = Suspended("may not")
    assert isinstance(error, Retryable)
    assert not is_unreachable(error)
    assert error.after and reason(error) == ("suspended", {})


def test_several_problems() -> None:
    errors = [Rejected("a", "title", text="«ñ»"), Rejected("b")]
    error = Several(errors)
    code, params = reason(error)
    assert isinstance(error, Rejected)
    assert all(isinstance(value, str) for value in params.values())
    assert split_reason(code, params) == [
        ("a", {"text": "«ñ»", "field": "title"}),
        ("b", {}),
    ]
    assert split_reason("x", {"field": "y"}) == [("x", {"field": "y"})]
    assert split_reason(None, None) == []


@pytest.mark.parametrize("text", [None, "", "{", "[1]", "{}", '[{"code": 1}]'])
def test_problems_that_are_none(text: str | None) -> None:
    assert parse_problems(text) == []

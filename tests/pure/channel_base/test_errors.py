"""What an error carries."""

from __future__ import annotations

import pickle

from odoo.addons.channel_base.lib.errors import (
    ChannelError,
    MappingMissing,
    Rejected,
    Retryable,
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

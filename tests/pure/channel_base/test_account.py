"""Which account on which service."""

from __future__ import annotations

import pytest

from odoo.addons.channel_base.lib.account import account_key, doubled

API = "https://api.example.com"


@pytest.mark.parametrize(
    "address",
    [
        "https://api.example.com/",
        "https://API.example.com",
        "https://api.example.com:443",
        "https://api.example.com./v1",
    ],
)
def test_the_same_service(address: str) -> None:
    assert account_key("meli", address, "42") == account_key("meli", API, "42")


@pytest.mark.parametrize(
    ("provider", "address", "account"),
    [
        ("other", API, "42"),
        ("meli", "https://sandbox.example.com", "42"),
        ("meli", "https://api.example.com:8443", "42"),
        ("meli", "", "42"),
        ("meli", API, "042"),
        ("meli", API, "42 "),
        ("meli", "https://api.example.com:notaport", "42"),
    ],
)
def test_another_account(provider: str, address: str, account: str) -> None:
    assert account_key(provider, address, account) != account_key("meli", API, "42")


def test_this_machine_has_several_names() -> None:
    keys = {
        account_key("meli", f"http://{host}:8099", "42")
        for host in ("localhost", "127.0.0.1", "[::1]")
    }
    assert len(keys) == 1


def test_no_account() -> None:
    assert account_key("meli", API, "") == account_key("", API, "42") == ""


def test_doubled() -> None:
    assert doubled([(1, 10, "a"), (2, 10, "a"), (3, 11, "b"), (4, 12, "")]) == set()
    assert doubled([(1, 10, "a"), (2, 10, "a"), (3, 11, "a"), (4, 12, "b")]) == {
        1,
        2,
        3,
    }
    assert doubled([(1, 10, ""), (2, 11, "")]) == set()

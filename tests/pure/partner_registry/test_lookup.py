"""Looking numbers up: whose fault a failure is, and how many calls it takes to know."""

from __future__ import annotations

from datetime import timedelta

import pytest

from odoo.addons.partner_registry.lib.backoff import get_wait
from odoo.addons.partner_registry.lib.errors import Choked, RegistryError
from odoo.addons.partner_registry.lib.lookup import CALLS, PATIENCE, SECONDS, LookUp
from odoo.addons.partner_registry.lib.text import is_same

KNOWN = "known"


class Service:
    """Says ``{number: "said"}``; chokes on poison, or on everything when it is ill."""

    def __init__(self, poison=(), left_out=(), ill_after=None, error=None):
        self.poison, self.left_out = set(poison), set(left_out)
        self.ill_after, self.error, self.calls = ill_after, error, []

    def __call__(self, part):
        self.calls.append(list(part))
        if self.ill_after is not None and len(self.calls) > self.ill_after:
            raise self.error or Choked("service_error", "down")
        if self.poison & set(part):
            raise Choked("service_error", "NullPointer")
        left_out = self.left_out if len(part) > 1 else set()
        return {number: "said" for number in part if number not in left_out}


def numbers_of(count):
    return [f"n{index}" for index in range(count)]


def codes(found):
    return {n: item.code for n, item in found.items() if item != "said"}


@pytest.mark.parametrize("at", [(0,), (63,), (0, 63), (10, 11, 12), ()])
def test_poison(at):
    numbers = numbers_of(64)
    poison = {numbers[index] for index in at}
    service = Service(poison)
    found = LookUp(service, KNOWN).run([numbers])
    assert list(found) == numbers
    assert codes(found) == dict.fromkeys(poison, "number_failed")
    assert len(service.calls) <= 1 + len(poison) * 13 + 3


def test_more_poison_than_calls():
    service = Service(numbers_of(300))
    found = LookUp(service, KNOWN).run([numbers_of(300)])
    assert set(codes(found).values()) == {"number_failed", "postponed"}
    assert len(service.calls) <= CALLS + 1


@pytest.mark.parametrize("count", [1, 2, 250])
def test_ill_service_is_not_flooded(count):
    service = Service(ill_after=0)
    look_up = LookUp(service, KNOWN)
    found = look_up.run([numbers_of(count)])
    assert set(codes(found).values()) == {"service_error"}
    assert len(service.calls) == 2
    assert look_up.outage


def test_error_about_anybody_ends_it():
    service = Service(ill_after=1, error=RegistryError("credential_refused"))
    found = LookUp(service, KNOWN).run([numbers_of(2), ["x"], ["y"]])
    assert codes(found) == {"x": "credential_refused", "y": "credential_refused"}
    assert len(service.calls) == 2


def test_service_that_falls_ill():
    poison = numbers_of(40)
    service = Service(poison, ill_after=PATIENCE)
    found = LookUp(service, KNOWN).run([[number] for number in poison])
    assert "service_error" in codes(found).values()
    assert len(service.calls) < 3 * PATIENCE


def test_known_number_is_the_poison():
    numbers = [*numbers_of(5), KNOWN]
    found = LookUp(Service({KNOWN}), KNOWN).run([numbers])
    assert codes(found) == {KNOWN: "service_error"}


def test_left_out_is_asked_singly():
    numbers = numbers_of(4)
    service = Service(left_out=numbers[1:2])
    assert codes(LookUp(service, KNOWN).run([numbers])) == {}
    assert service.calls == [numbers, numbers[1:2]]
    found = LookUp(lambda part: {}, KNOWN).run([["x"]])
    assert codes(found) == {"x": "answer_incomplete"}


def test_time_ends():
    now = [0.0]

    def ask(part):
        now[0] += 60
        if len(part) > 1:
            raise Choked("timeout")
        return dict.fromkeys(part, "said")

    found = LookUp(ask, KNOWN, clock=lambda: now[0]).run([numbers_of(64)])
    assert now[0] <= 360
    assert "postponed" in codes(found).values()


def test_time_counts_from_the_start():
    """Slow answers are no failure, and take as long."""
    now = [0.0]

    def ask(part):
        now[0] += 60
        return {} if len(part) == 1 else dict.fromkeys(part[:1], "said")

    found = LookUp(ask, KNOWN, clock=lambda: now[0]).run([numbers_of(64)])
    assert now[0] <= SECONDS + 60
    assert set(codes(found).values()) == {"answer_incomplete", "postponed"}


def test_waits():
    first, longest = timedelta(minutes=2), timedelta(hours=6)
    waits = [get_wait(count, first, longest) for count in (1, 2, 3, 9, 10_000)]
    assert [wait.seconds // 60 for wait in waits] == [2, 4, 8, 360, 360]


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("Aconcagua S.A.", "ACONCAGUA SA", True),
        ("São  Paulo", "SAO PAULO", True),
        (False, "", True),
        (None, "x", False),
        ("Rua 1", "Rua 2", False),
        (7, 7, True),
        (False, 7, False),
        (False, None, True),
    ],
)
def test_same(ours, theirs, same):
    assert is_same(ours, theirs) is same

import pytest

from odoo.addons.channel_order.lib.invoicing import (
    Progress,
    expects_delivery,
    is_reached,
)


@pytest.mark.parametrize(
    ("progress", "reached"),
    [
        (Progress(), False),
        (Progress(covered=True), True),
        (Progress(said_paid=True), True),
        (Progress(deliveries=("done",)), False),
    ],
)
def test_paid(progress, reached):
    assert is_reached("paid", progress) is reached


@pytest.mark.parametrize(
    ("deliveries", "ready", "delivered"),
    [
        ((), False, False),
        (("open",), False, False),
        (("ready",), True, False),
        (("ready", "open"), False, False),
        (("done", "ready"), True, False),
        (("done", "done"), True, True),
        (("done", "cancelled"), True, True),
        (("cancelled",), False, False),
    ],
)
def test_our_deliveries(deliveries, ready, delivered):
    progress = Progress(covered=True, deliveries=deliveries)
    assert is_reached("ready", progress) is ready
    assert is_reached("delivered", progress) is delivered


def test_what_the_channel_ships():
    waiting = Progress(by_channel=True)
    assert is_reached("ready", waiting)
    assert not is_reached("delivered", waiting)
    assert is_reached("delivered", Progress(by_channel=True, shipped=True))
    # That the channel ships tells nothing of what we ship ourselves.
    assert not is_reached("delivered", Progress(shipped=True, deliveries=("ready",)))


def test_services_have_nothing_to_deliver():
    services = Progress(goods=False)
    assert is_reached("ready", services)
    assert is_reached("delivered", services)
    assert not is_reached("paid", services)


@pytest.mark.parametrize(
    ("progress", "expected"),
    [
        (Progress(), False),
        (Progress(deliveries=("done", "open")), True),
        (Progress(deliveries=("ready",)), True),
        (Progress(deliveries=("done", "cancelled")), False),
        (Progress(by_channel=True), True),
        (Progress(by_channel=True, shipped=True), False),
    ],
)
def test_what_is_still_to_be_delivered(progress, expected):
    assert expects_delivery(progress) is expected

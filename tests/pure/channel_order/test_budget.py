"""How much announcements that bring nothing may cost."""

from datetime import datetime, timedelta

from odoo.addons.channel_order.lib.budget import WINDOW, Spent

NOW = datetime(2026, 11, 30, 12, 0)
LATER = NOW + WINDOW


def test_nothing_spent() -> None:
    assert Spent().room(5, NOW) == 5
    assert Spent().until(5, NOW) is None
    assert Spent().plus(2, NOW) == Spent(NOW, 2)


def test_a_window() -> None:
    spent = Spent(NOW, 4)
    assert spent.room(5, NOW) == 1
    assert spent.until(5, NOW) is None
    spent = spent.plus(3, NOW + timedelta(minutes=1))
    assert spent == Spent(NOW, 7)
    assert spent.room(5, LATER - timedelta(seconds=1)) == 0
    assert spent.until(5, NOW) == LATER


def test_the_next_window() -> None:
    spent = Spent(NOW, 7)
    assert spent.room(5, LATER) == 5
    assert spent.until(5, LATER) is None
    assert spent.plus(1, LATER) == Spent(LATER, 1)


def test_a_moment_of_the_future_is_not_believed() -> None:
    spent = Spent(NOW + timedelta(days=1), 7)
    assert spent.room(5, NOW) == 5
    assert spent.until(5, NOW) is None
    assert spent.plus(1, NOW) == Spent(NOW, 1)

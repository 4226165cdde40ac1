"""Daily windows, across midnight and across changes of clock."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.channel_base.lib.window import hours_to_time, next_opening

BUENOS_AIRES = "America/Argentina/Buenos_Aires"  # UTC-3, no change of clock
SAO_PAULO = "America/Sao_Paulo"
SANTIAGO = "America/Santiago"
ZONES = [BUENOS_AIRES, SAO_PAULO, SANTIAGO, "Europe/Madrid", "Asia/Kathmandu", "UTC"]


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (0, time(0)),
        (8.5, time(8, 30)),
        (23.999, time(23, 59, 59)),
        (24, time(23, 59, 59)),
        (1 / 3, time(0, 20)),
    ],
)
def test_hours(hours: float, expected: time) -> None:
    assert hours_to_time(hours) == expected


@pytest.mark.parametrize("hours", [-0.1, 24.1, float("nan")])
def test_no_hours(hours: float) -> None:
    with pytest.raises(ValueError):
        hours_to_time(hours)


@pytest.mark.parametrize(
    ("now", "start", "end", "expected"),
    [
        # 11:00 UTC is 8:00 in Buenos Aires.
        ("2026-06-01 12:00", 8, 18, "2026-06-01 12:00"),
        ("2026-06-01 11:00", 8, 18, "2026-06-01 11:00"),
        ("2026-06-01 10:59", 8, 18, "2026-06-01 11:00"),
        ("2026-06-01 21:00", 8, 18, "2026-06-02 11:00"),
        ("2026-06-01 02:30", 8, 18, "2026-06-01 11:00"),
        ("2026-06-02 02:30", 22, 6, "2026-06-02 02:30"),
        ("2026-06-01 08:59", 22, 6, "2026-06-01 08:59"),
        ("2026-06-01 09:00", 22, 6, "2026-06-02 01:00"),
        ("2026-06-01 12:00", 7, 7, "2026-06-01 12:00"),
        ("2026-06-01 12:00", 0, 24, "2026-06-01 12:00"),
        ("2026-06-01 12:00", 22, 24, "2026-06-02 01:00"),
        ("2026-06-01 12:00", 24, 6, "2026-06-02 02:59:59"),
    ],
)
def test_openings(now: str, start: float, end: float, expected: str) -> None:
    found = next_opening(datetime.fromisoformat(now), start, end, BUENOS_AIRES)
    assert found == datetime.fromisoformat(expected)


def test_an_opening_that_the_clock_skips() -> None:
    # São Paulo, 4 November 2018: 0:00 became 1:00.
    found = next_opening(datetime(2018, 11, 4, 1), 0, 6, SAO_PAULO)
    assert found == datetime(2018, 11, 4, 3)
    assert found.replace(tzinfo=ZoneInfo("UTC")).astimezone(
        ZoneInfo(SAO_PAULO)
    ).time() == time(1)


def test_an_hour_that_comes_twice() -> None:
    # Madrid, 25 October 2026: 3:00 became 2:00. It is the second 2:10.
    now = datetime(2026, 10, 25, 1, 10)
    found = next_opening(now, 2.5, 2.75, "Europe/Madrid")
    assert found == datetime(2026, 10, 25, 1, 30)


def test_the_zone_of_the_day_counts() -> None:
    summer = next_opening(datetime(2026, 7, 1, 0), 9, 10, "Europe/Madrid")
    winter = next_opening(datetime(2026, 12, 1, 0), 9, 10, "Europe/Madrid")
    assert (summer.hour, winter.hour) == (7, 8)


@settings(deadline=None)
@given(
    now=st.datetimes(datetime(2015, 1, 1), datetime(2030, 1, 1)),
    start=st.integers(0, 96),
    end=st.integers(0, 96),
    zone=st.sampled_from(ZONES),
)
def test_never_in_the_past_and_open_then(
    now: datetime, start: int, end: int, zone: str
) -> None:
    found = next_opening(now, start / 4, end / 4, zone)
    assert now <= found <= now + timedelta(hours=26)
    again = next_opening(found, start / 4, end / 4, zone)
    # A window that lies inside a skipped hour does not open that day.
    assert again == found or again - found >= timedelta(hours=20)

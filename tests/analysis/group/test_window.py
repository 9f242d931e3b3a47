"""The days accounts are compared in."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from analysis.group.window import Window, choose_window
from tests.support.small_frames import article, articles

UNTIL = datetime(2026, 8, 31, 20)


def daily(account: str, *, days: int, every: int = 1, last: datetime = UNTIL) -> list[Any]:
    return [
        article(f"{last - timedelta(days=ago):%Y-%m-%d %H:%M}", f"题{ago}", account=account)
        for ago in range(0, days, every)
    ]


def window_of(*accounts: list[Any]) -> Window | None:
    return choose_window(articles([row for rows in accounts for row in rows]))


def test_the_last_ninety_days_where_most_send_enough() -> None:
    window = window_of(daily("甲", days=400), daily("乙", days=400, every=4))
    assert window == Window(date(2026, 6, 3), date(2026, 8, 31))
    assert window.days == 90


def test_longer_where_most_send_seldom() -> None:
    window = window_of(daily("甲", days=400, every=7), daily("乙", days=400, every=7))
    assert window is not None
    assert window.days == 183


def test_an_account_that_stopped_long_ago_sets_no_window() -> None:
    stopped = daily("丙", days=400, last=UNTIL - timedelta(days=500))
    window = window_of(daily("甲", days=400), daily("乙", days=400), stopped)
    assert window == Window(date(2026, 6, 3), date(2026, 8, 31))


def test_one_account_looked_at_later_does_not_end_the_window_for_all() -> None:
    earlier = UNTIL - timedelta(days=120)
    others = [daily(name, days=200, last=earlier) for name in ("乙", "丙", "丁")]
    window = window_of(daily("甲", days=300), *others)
    assert window is not None
    assert window.until == earlier.date()


def test_a_short_history_is_a_short_window() -> None:
    window = window_of(daily("甲", days=30))
    assert window == Window(date(2026, 8, 2), date(2026, 8, 31))


def test_without_dates_there_is_none() -> None:
    assert choose_window(articles([article(None)])) is None
    assert choose_window(articles([])) is None

"""Hours that rivals really send at: lately and repeatedly, and only while they still send."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from analysis.prelaunch.answers.times import TimeAnswer
from tests.support.small_briefs import MONDAY, weekly
from tests.support.small_plans import LEAST, benchmark_of, group_of

PLAN = LEAST + '\n[cadence]\npushes_per_week = 1\nsend_times = ["周一 20:00"]'
LATE = MONDAY + timedelta(weeks=30)


def answer(rows: list[dict[str, Any]], text: str = PLAN) -> TimeAnswer:
    return benchmark_of(text, group_of(rows)).times.answers[0]


def others(until: datetime = LATE) -> list[dict[str, Any]]:
    """Two rivals who send on other days, so that there is a map."""
    return [
        row
        for name, day in (("甲", 2), ("乙", 3))
        for row in weekly(name, days=(day,), weeks=14, start=until - timedelta(weeks=14))
    ]


def test_a_rival_that_sends_then_every_week_clashes() -> None:
    rows = others() + weekly("丙", weeks=14, start=LATE - timedelta(weeks=14))
    rows += weekly("丁", weeks=14, start=LATE - timedelta(weeks=14))
    found = answer(rows)
    assert (found.verdict, found.rivals) == ("crowded", ("丁", "丙"))


def test_one_that_stopped_long_ago_clashes_with_nobody() -> None:
    found = answer(others() + weekly("丙", weeks=14) + weekly("丁", weeks=14))
    assert (found.verdict, found.rivals) == ("free", ())


def test_an_hour_left_long_ago_is_free_though_the_rival_still_sends() -> None:
    moved = [
        row
        for name in ("丙", "丁")
        for row in weekly(name, weeks=14)
        + weekly(name, weeks=15, start=LATE - timedelta(weeks=15), days=(4,), hour=9)
    ]
    assert answer(others() + moved).verdict == "free"


@pytest.mark.parametrize(("times", "rivals"), [(1, ()), (2, ("丙",))])
def test_an_hour_used_once_is_no_habit(times: int, rivals: tuple[str, ...]) -> None:
    start = LATE - timedelta(weeks=2)
    assert answer(others() + weekly("丙", weeks=times, start=start)).rivals == rivals


def test_a_free_hour_is_never_a_planned_one() -> None:
    rows = others() + [
        row
        for name in ("丙", "丁")
        for row in weekly(name, weeks=14, start=LATE - timedelta(weeks=14))
    ]
    text = PLAN.replace('["周一 20:00"]', '["周一 20:00", "周一 19:00"]')
    crowded = next(
        row for row in benchmark_of(text, group_of(rows)).times.answers if row.time.hour == 20
    )
    assert (0, 19) not in [(slot.weekday, slot.hour) for slot in crowded.free]
    assert (0, 19) in [(slot.weekday, slot.hour) for slot in answer(rows).free]

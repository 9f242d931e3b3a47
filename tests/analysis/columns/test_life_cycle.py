"""When a column came: interval, adherence, whether it lives."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.columns.life_cycle import (
    STATUSES,
    Rhythm,
    classify_status,
    measure_rhythm,
    most_common,
)

MONDAY = 739_313  # 2025-03-03


def test_every_week_is_seven_days_and_never_missed() -> None:
    assert measure_rhythm(range(MONDAY, MONDAY + 70, 7)) == Rhythm(7.0, 0.0, 1.0, 10)


def test_a_missed_week_counts_against_it() -> None:
    days = [day for day in range(MONDAY, MONDAY + 70, 7) if day != MONDAY + 28]
    assert measure_rhythm(days) == Rhythm(7.0, 0.0, 0.9, 10)


def test_weekends_off_do_not_count_against_a_daily_column() -> None:
    days = [day for day in range(MONDAY, MONDAY + 28) if (day - MONDAY) % 7 < 5]
    rhythm = measure_rhythm(days)
    assert (rhythm.interval_days, rhythm.adherence, rhythm.due) == (1.0, 1.0, 20)


def test_below_four_issues_there_is_no_rhythm() -> None:
    assert measure_rhythm([]) == measure_rhythm([MONDAY]) == Rhythm(None, None, None, None)
    assert measure_rhythm([MONDAY, MONDAY + 7, MONDAY + 14]) == Rhythm(7.0, None, None, None)


@pytest.mark.parametrize(
    ("silent", "status"),
    [(0, "active"), (17, "active"), (18, "paused"), (56, "paused"), (60, "paused"), (61, "ended")],
)
def test_a_weekly_column_pauses_after_two_and_a_half_weeks_and_ends_after_two_months(
    silent: int, status: str
) -> None:
    days = list(range(MONDAY, MONDAY + 210, 7))
    assert classify_status(days, first=MONDAY - 100, last=days[-1] + silent) == status


def test_a_column_that_came_back_from_a_longer_rest_has_not_ended() -> None:
    springs = [
        *range(MONDAY, MONDAY + 70, 7),
        *range(MONDAY + 364, MONDAY + 434, 7),
    ]  # 301 days of rest between them
    assert classify_status(springs, first=MONDAY - 100, last=springs[-1] + 301) == "paused"
    assert classify_status(springs, first=MONDAY - 100, last=springs[-1] + 302) == "ended"


def test_a_daily_column_is_given_a_fortnight() -> None:
    days = list(range(MONDAY, MONDAY + 100))
    assert classify_status(days, first=MONDAY, last=days[-1] + 14) == "active"
    assert classify_status(days, first=MONDAY, last=days[-1] + 15) == "paused"


def test_new_is_what_began_lately_in_a_longer_history() -> None:
    days = [MONDAY, MONDAY + 7, MONDAY + 14, MONDAY + 21]
    assert classify_status(days, first=MONDAY - 200, last=MONDAY + 22) == "new"
    assert classify_status(days[:2], first=MONDAY - 200, last=MONDAY + 8) == "new"
    assert classify_status(days, first=MONDAY - 10, last=MONDAY + 22) == "active"
    assert classify_status(days[:2], first=MONDAY - 10, last=MONDAY + 8) is None
    assert classify_status([], first=MONDAY, last=MONDAY) is None


@given(st.sets(st.integers(700_000, 700_400), max_size=40), st.integers(-5000, 5000))
def test_a_shift_by_whole_weeks_changes_nothing_and_shares_stay_shares(
    chosen: set[int], weeks: int
) -> None:
    days = sorted(chosen)
    rhythm = measure_rhythm(days)
    assert rhythm == measure_rhythm([day + 7 * weeks for day in days])
    assert rhythm.adherence is None or 0 < rhythm.adherence <= 1
    assert classify_status(days, first=699_000, last=700_900) in (*STATUSES, None)


@given(st.lists(st.integers(0, 6), max_size=30))
def test_the_most_common_is_as_counting_by_hand_says(values: list[int]) -> None:
    naive = max(sorted(set(values)), key=values.count, default=None)
    assert most_common(values) == (
        naive,
        values.count(naive) / len(values) if naive is not None else None,
    )


def test_a_campaign_of_two_seasons_has_no_rhythm_to_keep() -> None:
    found = measure_rhythm([1, 11, 21, 375])
    assert found.interval_days == 10
    assert (found.adherence, found.due) == (None, None)

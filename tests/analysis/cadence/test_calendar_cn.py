"""Holidays, worked weekends, and what accounts do around 春节, 618 and 双11."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.cadence.calendar_cn import (
    DAY_CLASSES,
    DAY_KINDS,
    EVENTS,
    classify_days,
    is_holiday_week,
    list_events,
    measure_day_kinds,
    measure_events,
)
from analysis.cadence.pushes import build_pushes, count_days
from analysis.frames import ARTICLES, FrameError, empty_frame
from tests.support.small_frames import article, articles


def classes(*days: str) -> list[list[object]]:
    return classify_days(pd.Series(pd.to_datetime(list(days))))[
        ["kind", "festival", "announced"]
    ].values.tolist()


def daily(first: str, days: int, step: int = 1) -> pd.DataFrame:
    start = datetime.fromisoformat(first)
    return build_pushes(
        articles(
            [
                article(f"{start + timedelta(days=n):%Y-%m-%d} 20:00", push_id=str(n))
                for n in range(0, days, step)
            ]
        )
    )


def test_days_off_and_weekends_worked_for_them() -> None:
    assert classes("2026-02-13", "2026-02-14", "2026-02-16", "2026-03-07", "2025-10-06") == [
        ["workday", pytest.approx(float("nan"), nan_ok=True), True],
        ["makeup", "春节", True],
        ["holiday", "春节", True],
        ["weekend", pytest.approx(float("nan"), nan_ok=True), True],
        ["holiday", classes("2025-10-06")[0][1], True],
    ]


def test_outside_the_announced_years_only_the_weekday_counts_and_that_is_said() -> None:
    assert [row[0] for row in classes("2031-10-01", "2031-10-04", "1999-01-01")] == [
        "workday",
        "weekend",
        "workday",
    ]
    assert [row[2] for row in classes("2031-10-01", "1999-01-01", "2024-05-01")] == [
        False,
        False,
        True,
    ]
    assert measure_day_kinds(daily("2030-01-01", 10))["days_by_weekday_only"].sum() == 10


def test_weeks_around_spring_festival_and_long_holidays_are_disturbed_and_others_not() -> None:
    mondays = np.array(
        [
            "2026-01-26",
            "2026-02-02",
            "2026-02-09",
            "2026-02-16",
            "2026-02-23",
            "2026-03-02",
            "2026-03-09",
            "2025-09-29",
            "2025-12-01",
        ],
        dtype="datetime64[D]",
    )
    assert is_holiday_week(mondays).tolist() == [
        False,
        True,
        True,
        True,
        True,
        True,
        False,
        True,
        False,
    ]


@settings(max_examples=30, deadline=None)
@given(st.dates(date(2022, 1, 1), date(2026, 12, 31)), st.integers(1, 200), st.integers(1, 5))
def test_day_kinds_are_what_a_loop_counts(first: date, days: int, step: int) -> None:
    pushes = daily(first.isoformat(), days, step)
    calendar = count_days(pushes)
    kinds = classify_days(calendar["day"])["kind"].tolist()
    found = measure_day_kinds(pushes).set_index("kind")
    for kind in set(kinds):
        sent = [n for n, one in zip(calendar["pushes"], kinds, strict=True) if one == kind]
        row = found.loc[kind]
        assert (row["days"], row["pushes"], row["days_sent"]) == (
            len(sent),
            sum(sent),
            sum(n > 0 for n in sent),
        )
        assert row["sent_share"] == pytest.approx(row["days_sent"] / len(sent))
    assert found["days"].sum() == len(calendar)
    assert found["pushes"].sum() == len(pushes)


def test_events_are_held_against_the_eight_weeks_before() -> None:
    pushes = pd.concat([daily("2025-03-01", 300, 2)])
    found = measure_events(pushes).set_index("event")
    assert found.index.tolist() == ["618 2025", "双11 2025"]
    for name, first, last, season in (
        ("618 2025", "2025-06-01", "2025-06-18", "2025-05-20"),
        ("双11 2025", "2025-11-01", "2025-11-11", "2025-10-20"),
    ):
        days = pushes["published_at"].dt.tz_localize(None).dt.normalize()
        inside = int(days.between(first, last).sum())
        usual = int(
            days.between(
                pd.Timestamp(season) - pd.Timedelta(days=56),
                pd.Timestamp(season) - pd.Timedelta(days=1),
            ).sum()
        )
        row = found.loc[name]
        assert (row["pushes"], row["usual_pushes"]) == (inside, usual)
        assert row["ratio"] == pytest.approx((inside / row["days"]) / (usual / 56))


def test_an_event_that_is_not_wholly_held_is_not_judged() -> None:
    assert measure_events(daily("2026-01-20", 120))["event"].tolist() == []
    assert measure_events(daily("2025-11-20", 90))["event"].tolist() == ["春节前 2026"]
    rare = measure_events(daily("2025-03-01", 300, 29))
    assert rare["ratio"].isna().all()
    assert len(rare) == 2


def test_every_spring_festival_has_its_year() -> None:
    events = list_events(date(2005, 1, 1), date(2026, 12, 31))["event"]
    assert [name for name in events if name.startswith("春节 ")] == [
        f"春节 {year}" for year in range(2005, 2027)
    ]


def test_empty_and_foreign_frames() -> None:
    empty = build_pushes(empty_frame(ARTICLES))
    for statistic, contract in ((measure_day_kinds, DAY_KINDS), (measure_events, EVENTS)):
        assert {column: str(dtype) for column, dtype in statistic(empty).dtypes.items()} == contract
        with pytest.raises(FrameError, match="push_id"):
            statistic(empty_frame({"account": "str"}))
    assert {
        column: str(dtype)
        for column, dtype in classify_days(pd.Series([], dtype="datetime64[us]")).dtypes.items()
    } == DAY_CLASSES

"""Changes of rhythm: where they were planted, and only there. The full figures: python -m
tests.eval.cadence_changes.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from analysis.cadence.changes import (
    CHANGES,
    HISTORY,
    find_changes,
    find_hour_changes,
    find_pauses,
    find_rate_changes,
    measure_history,
)
from analysis.cadence.pushes import build_pushes
from analysis.frames import ARTICLES, FrameError, empty_frame
from tests.eval.cadence_changes import changed_histories, found_near, pushes_of, steady_histories
from tests.support.sample_frames import sample_articles
from tests.support.small_frames import article, articles


@pytest.fixture(scope="module")
def sample() -> pd.DataFrame:
    return build_pushes(sample_articles())


def daily(
    weeks: int,
    clock: str = "20:00",
    *,
    account: str = "甲",
    first: str = "2024-03-04",
    step: int = 1,
) -> list[dict[str, object]]:
    start = datetime.fromisoformat(first)
    return [
        article(
            f"{start + timedelta(days=n):%Y-%m-%d} {clock}", account=account, push_id=f"{first}{n}"
        )
        for n in range(0, weeks * 7, step)
    ]


def pushes(*parts: list[dict[str, object]]) -> pd.DataFrame:
    return build_pushes(articles([row for part in parts for row in part]))


def test_the_samples_planted_changes_are_found_and_nothing_else(sample: pd.DataFrame) -> None:
    found = [
        (row.account, row.kind, str(row.date.date())) for row in find_changes(sample).itertuples()
    ]
    assert found == [
        (
            "manxiang",
            "pause",
            "2025-09-26",
        ),  # its last push before the planted pause, and the rest its rhythm has there anyway
        ("manxiang", "resume", "2025-12-01"),
        ("sandou", "hour", "2025-12-29"),
        ("sandou", "rate", "2025-12-29"),
    ]


def test_a_change_tells_before_and_after_and_how_sure_both_are(sample: pd.DataFrame) -> None:
    changes = find_changes(sample).set_index(["account", "kind"])
    rate, hour = changes.loc[("sandou", "rate")], changes.loc[("sandou", "hour")]
    assert rate["before_low"] <= rate["before"] <= rate["before_high"] < 5.1
    assert 1.9 < rate["after_low"] <= rate["after"] <= rate["after_high"] < 2.3
    assert (
        rate["date_low"]
        <= rate["date"]
        <= rate["date_high"]
        <= rate["date"] + pd.Timedelta(weeks=1)
    )
    assert (round(hour["before"]), round(hour["after"])) == (18, 21)
    assert hour["p"] <= 0.01
    assert rate["pushes_before"] > 100


def test_steady_histories_raise_few_false_alarms() -> None:
    assert find_changes(steady_histories(36))["account"].nunique() <= 2


def test_a_halved_rate_and_a_moved_hour_are_found() -> None:
    for kind in ("rate", "hour"):
        histories, when = changed_histories(20, kind)
        assert len(found_near(find_changes(histories), when, kind, weeks=4)) >= 18


def test_a_daily_sender_that_never_varies_is_steady_and_its_halving_is_seen_to_the_week() -> None:
    assert find_changes(pushes(daily(60))).empty
    found = find_changes(pushes(daily(30), daily(30, first="2024-09-30", step=2)))
    assert [
        (row.kind, str(row.date.date()), row.before, row.after) for row in found.itertuples()
    ] == [("rate", "2024-09-30", 7, 3.5)]


def test_a_small_change_is_not_worth_a_claim() -> None:
    less = [
        row for n, row in enumerate(daily(40, first="2024-12-09")) if n % 7 != 3
    ]  # 7 -> 6 a week
    assert find_rate_changes(pushes(daily(40), less)).empty


def test_a_holiday_is_no_change() -> None:
    rest = [
        row
        for row in daily(70, first="2023-06-05")
        if not "2024-01-29" <= str(row["published_at"]) <= "2024-02-25"
    ]
    assert find_changes(pushes(rest)).empty


def test_too_little_history_is_refused_and_said() -> None:
    short = pushes(daily(13), daily(13, step=3, first="2024-06-03"))
    assert find_changes(short).empty
    assert measure_history(short)[["weeks", "enough", "enough_timed"]].values.tolist() == [
        [24, False, True]
    ]
    assert measure_history(pushes(daily(28)))[["weeks", "enough"]].values.tolist() == [[26, True]]


def test_days_without_hours_have_rates_and_no_usual_hour() -> None:
    days = [
        row | {"published_at": str(row["published_at"])[:10], "time_precision": "day"}
        for row in [*daily(30), *daily(30, first="2024-09-30", step=2)]
    ]
    found = pushes(days)
    assert find_changes(found)["kind"].tolist() == ["rate"]
    assert measure_history(found)[["enough", "enough_timed", "weeks_timed"]].values.tolist() == [
        [True, False, 0]
    ]


def test_the_clock_is_a_circle() -> None:
    shifted = pushes(daily(30, "23:50"), daily(30, "00:20", first="2024-09-30"))
    assert find_hour_changes(shifted).empty
    moved = find_hour_changes(
        pushes(daily(30, "23:30"), daily(30, "01:30", first="2024-09-30"))
    ).iloc[0]
    assert (round(moved["before"], 2), round(moved["after"], 2), str(moved["date"].date())) == (
        23.5,
        1.5,
        "2024-09-30",
    )


def test_a_year_of_silence_is_a_pause_and_no_change_of_rate() -> None:
    found = find_changes(pushes(daily(30), daily(30, first="2025-09-29")))
    assert [
        (row.kind, str(row.date.date()), row.before, row.after) for row in found.itertuples()
    ] == [("pause", "2024-09-30", 7, 0), ("resume", "2025-09-29", 0, 7)]


def test_spring_festival_is_no_pause_and_rare_senders_have_none() -> None:
    rest = [
        row
        for row in daily(40, first="2023-10-02")
        if not "2024-01-27" <= str(row["published_at"]) <= "2024-02-28"
    ]
    assert find_pauses(pushes(rest)).empty
    assert find_pauses(pushes(daily(200, step=70))).empty


def test_row_order_other_accounts_and_a_repeated_run_change_nothing() -> None:
    histories, _ = changed_histories(6, "rate")
    found = find_changes(histories)
    pd.testing.assert_frame_equal(find_changes(histories.sample(frac=1, random_state=5)), found)
    alone = [find_changes(part.reset_index(drop=True)) for _, part in histories.groupby("account")]
    pd.testing.assert_frame_equal(pd.concat(alone, ignore_index=True), found)


def test_a_year_later_the_changes_are_a_year_later() -> None:
    """In months without long holidays: those move, and with them the weeks that are set aside."""
    here = find_rate_changes(
        pushes(daily(12, first="2024-05-06"), daily(16, first="2024-07-29", step=3))
    )
    there = find_rate_changes(
        pushes(daily(12, first="2023-05-08"), daily(16, first="2023-07-31", step=3))
    )
    assert (here["date"] - there["date"]).tolist() == [pd.Timedelta(weeks=52)]


def test_empty_and_foreign_frames() -> None:
    empty = build_pushes(empty_frame(ARTICLES))
    for statistic in (find_changes, find_rate_changes, find_hour_changes, find_pauses):
        assert {column: str(dtype) for column, dtype in statistic(empty).dtypes.items()} == CHANGES
        with pytest.raises(FrameError, match="push_id"):
            statistic(empty_frame({"account": "str"}))
    assert {
        column: str(dtype) for column, dtype in measure_history(empty).dtypes.items()
    } == HISTORY


def test_the_simulated_halving_is_one() -> None:
    histories, when = changed_histories(10, "rate")
    local = histories["published_at"].dt.tz_localize(None)
    before = (local < histories["account"].map(when)).groupby(histories["account"]).mean()
    assert 0.55 < before.mean() < 0.75
    assert len(pushes_of({"甲": [pd.Timestamp(date(2024, 1, 1))]})) == 1
    assert np.all(histories["timed"])

"""Pushes and their rhythm, held against naive loops."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.cadence import pushes as cadence
from analysis.cadence.pushes import (
    build_pushes,
    count_days,
    count_hours,
    count_months,
    count_push_sizes,
    count_weeks,
    find_usual_times,
    measure_rates,
)
from analysis.frames import ARTICLES, FrameError, empty_frame
from tests.support.small_frames import article, articles

STATISTICS = [
    measure_rates,
    count_weeks,
    count_months,
    count_days,
    count_hours,
    count_push_sizes,
    find_usual_times,
]


def pushes_of(*rows: dict[str, Any]) -> pd.DataFrame:
    return build_pushes(articles(rows))


def test_articles_of_one_push_id_are_one_push_at_the_first_ones_time() -> None:
    found = pushes_of(
        article("2026-03-02 20:00:05", push_id="7"),
        article("2026-03-02 20:00:01", push_id="7"),
        article("2026-03-03 09:00", push_id="8"),
    )
    assert [(row.push_id, str(row.published_at), row.articles) for row in found.itertuples()] == [
        ("7", "2026-03-02 20:00:01+08:00", 2),
        ("8", "2026-03-03 09:00:00+08:00", 1),
    ]


def test_without_push_ids_less_than_a_minute_apart_is_one_push() -> None:
    assert pushes_of(
        article("2026-03-02 07:59:59"),
        article("2026-03-02 08:00:30"),
        article("2026-03-02 08:01:30"),
    )["articles"].tolist() == [2, 1]


def test_an_article_without_push_id_joins_the_push_of_its_minute() -> None:
    found = pushes_of(article("2026-03-02 20:00", push_id="7"), article("2026-03-02 20:00"))
    assert found[["push_id", "articles"]].values.tolist() == [["7", 2]]


def test_two_accounts_never_share_a_push() -> None:
    assert (
        len(
            pushes_of(
                article(account="甲", push_id="7"),
                article(account="乙", push_id="7"),
                article(account="丙"),
            )
        )
        == 3
    )


def test_an_article_without_time_counts_where_its_push_has_one_and_nowhere_else() -> None:
    found = pushes_of(
        article("2026-03-02 20:00", push_id="7"),
        article(None, push_id="7"),
        article(None, push_id="9"),
        article(None),
    )
    assert found[["push_id", "articles"]].values.tolist() == [["7", 2]]


def test_the_day_is_counted_from_the_first_to_the_last_push_both_counted() -> None:
    rates = measure_rates(
        pushes_of(
            article("2026-03-02 23:50"), article("2026-03-04 00:10"), article("2026-03-15 12:00")
        )
    ).iloc[0]
    assert (rates["pushes"], rates["days"], rates["weeks"], rates["pushes_per_week"]) == (
        3,
        14,
        2,
        1.5,
    )


def test_weeks_start_on_monday_in_beijing_and_empty_ones_are_zeros() -> None:
    weeks = count_weeks(
        pushes_of(
            article("2026-03-08 23:59"), article("2026-03-09 00:30"), article("2026-03-23 08:00")
        )
    )
    assert [(str(row.week.date()), row.pushes) for row in weeks.itertuples()] == [
        ("2026-03-02", 1),
        ("2026-03-09", 1),
        ("2026-03-16", 0),
        ("2026-03-23", 1),
    ]


def test_months_and_days_without_pushes_are_zeros() -> None:
    found = pushes_of(
        article("2025-12-31 23:59", push_id="1"),
        article("2026-02-01 00:10", push_id="2"),
        article("2026-02-01 00:10", push_id="2"),
    )
    months = [
        (f"{row.month:%Y-%m}", row.pushes, row.articles) for row in count_months(found).itertuples()
    ]
    assert months == [("2025-12", 1, 1), ("2026-01", 0, 0), ("2026-02", 1, 2)]
    days = count_days(found)
    assert (len(days), str(days["day"].iloc[0].date()), str(days["day"].iloc[-1].date())) == (
        33,
        "2025-12-31",
        "2026-02-01",
    )
    assert days.loc[days["pushes"] > 0, "articles"].tolist() == [1, 2]


def test_a_slot_that_is_named_twice_is_one_article() -> None:
    rows = [
        article("2026-03-02 20:00", push_id="7", position=position) for position in (1, 1, 2, None)
    ]
    assert pushes_of(*rows)["articles"].tolist() == [3]


def test_times_before_accounts_existed_and_far_ahead_are_counted_where_they_say() -> None:
    weeks = count_weeks(
        pushes_of(
            article("1969-12-28 20:00"), article("1970-01-05 08:00"), article("1970-01-11 23:59")
        )
    )
    assert [(str(row.week.date()), row.pushes) for row in weeks.itertuples()] == [
        ("1969-12-22", 1),
        ("1969-12-29", 0),
        ("1970-01-05", 2),
    ]
    assert measure_rates(pushes_of(article("2099-01-01 00:30"))).iloc[0]["days"] == 1


def test_half_past_midnight_is_hour_zero_of_that_day() -> None:
    hours = count_hours(pushes_of(article("2026-03-09 00:30")))
    assert hours.loc[hours["pushes"] > 0, ["weekday", "hour", "share"]].values.tolist() == [
        [0, 0, 1.0]
    ]
    assert len(hours) == 168


def test_days_without_hours_are_refused_for_hours_and_counted() -> None:
    found = pushes_of(article("2026-03-02"), article("2026-03-03"), article("2026-03-04 00:00"))
    assert count_hours(found)["pushes"].sum() == 1
    assert measure_rates(found)[["pushes", "pushes_timed"]].values.tolist() == [[3, 1]]
    assert count_hours(pushes_of(article("2026-03-02"))).empty


def test_the_usual_time_is_the_most_used_and_the_earliest_of_several() -> None:
    usual = find_usual_times(
        pushes_of(
            article("2026-03-03 20:10"),
            article("2026-03-10 20:40"),
            article("2026-03-12 07:00"),
            article("2026-03-19"),
        )
    ).iloc[0]
    assert (usual["weekday"], usual["weekday_share"], usual["hour"], usual["pushes_timed"]) == (
        1,
        0.5,
        20,
        3,
    )
    assert usual["hour_share"] == pytest.approx(2 / 3)


def test_push_sizes_are_counted() -> None:
    later = [article("2026-03-09 08:00", push_id="2"), article("2026-03-10 08:00", push_id="3")]
    sizes = count_push_sizes(pushes_of(article(push_id="1"), article(push_id="1"), *later))
    assert sizes[["size", "pushes"]].values.tolist() == [[1, 2], [2, 1]]
    assert sizes["share"].sum() == 1


def test_empty_frames_keep_their_columns() -> None:
    pushes = build_pushes(empty_frame(ARTICLES))
    contracts = [
        cadence.RATES,
        cadence.WEEKS,
        cadence.MONTHS,
        cadence.DAYS,
        cadence.HOURS,
        cadence.PUSH_SIZES,
        cadence.USUAL_TIMES,
    ]
    assert {c: str(t) for c, t in pushes.dtypes.items()} == cadence.PUSHES
    for statistic, contract in zip(STATISTICS, contracts, strict=True):
        assert {c: str(t) for c, t in statistic(pushes).dtypes.items()} == contract


def test_a_frame_that_is_no_pushes_frame_is_refused() -> None:
    for statistic in STATISTICS:
        with pytest.raises(FrameError, match="push_id"):
            statistic(empty_frame({"account": "str"}))


MOMENTS = st.datetimes(datetime(2025, 11, 1), datetime(2026, 2, 28)).map(
    lambda at: at.replace(microsecond=0)
)
DRAWN = st.lists(
    st.tuples(
        st.sampled_from("甲乙"), MOMENTS, st.sampled_from([None, "1", "2", "3"]), st.booleans()
    ),
    min_size=1,
    max_size=30,
)


def frame_of(drawn: list[tuple[str, datetime, str | None, bool]]) -> pd.DataFrame:
    return articles(
        [
            article(str(at.date()) if day else str(at), account=account, push_id=push)
            for account, at, push, day in drawn
        ]
    )


@settings(max_examples=50, deadline=None)
@given(DRAWN)
def test_row_order_does_not_matter_and_nothing_is_lost(
    drawn: list[tuple[str, datetime, str | None, bool]],
) -> None:
    frame = frame_of(drawn)
    pushes = build_pushes(frame)
    pd.testing.assert_frame_equal(pushes, build_pushes(frame.sample(frac=1, random_state=1)))
    assert pushes["articles"].sum() == len(drawn)
    rates = measure_rates(pushes)
    assert (
        count_weeks(pushes)["pushes"].sum()
        == count_push_sizes(pushes)["pushes"].sum()
        == rates["pushes"].sum()
        == len(pushes)
    )
    assert count_weeks(pushes)["articles"].sum() == rates["articles"].sum() == len(drawn)
    assert (
        count_hours(pushes)["pushes"].sum() == rates["pushes_timed"].sum() == pushes["timed"].sum()
    )


@settings(max_examples=50, deadline=None)
@given(DRAWN)
def test_weeks_and_hours_are_what_a_loop_counts(
    drawn: list[tuple[str, datetime, str | None, bool]],
) -> None:
    pushes = build_pushes(frame_of(drawn))
    for account, part in pushes.groupby("account"):
        times = [at.to_pydatetime() for at in part["published_at"]]
        mondays = Counter(at.date() - timedelta(days=at.weekday()) for at in times)
        weeks = count_weeks(part)
        every = [
            min(mondays) + timedelta(days=7 * n)
            for n in range((max(mondays) - min(mondays)).days // 7 + 1)
        ]
        assert list(zip(weeks["week"].dt.date, weeks["pushes"], strict=True)) == [
            (monday, mondays[monday]) for monday in every
        ]
        cells = Counter(
            (at.weekday(), at.hour) for at, timed in zip(times, part["timed"], strict=True) if timed
        )
        hours = count_hours(part)
        assert {
            (row.weekday, row.hour): row.pushes for row in hours.itertuples() if row.pushes
        } == dict(cells)
        rate = measure_rates(part).iloc[0]
        days = (max(times).date() - min(times).date()).days + 1
        assert rate["pushes_per_week"] == pytest.approx(len(times) / days * 7), account


@settings(max_examples=30, deadline=None)
@given(DRAWN, MOMENTS)
def test_an_account_split_in_two_adds_up(
    drawn: list[tuple[str, datetime, str | None, bool]], cut: datetime
) -> None:
    pushes = build_pushes(frame_of([("甲", at, None, day) for _, at, _, day in drawn]))
    early = pushes["published_at"].dt.tz_localize(None) < cut
    split = pushes.assign(
        account_id=early.map({True: "早", False: "晚"}).astype("str"), account="甲"
    )
    keys = {
        count_hours: ["weekday", "hour"],
        count_days: ["day"],
        count_weeks: ["week"],
        count_months: ["month"],
        count_push_sizes: ["size"],
    }
    for statistic, key in keys.items():
        whole, parts = statistic(pushes), statistic(split.astype({"account": "str"}))
        counted = parts.groupby(key)["pushes"].sum()
        both = (
            whole.set_index(key)["pushes"]
            .to_frame("whole")
            .join(counted.rename("parts"), how="outer")
            .fillna(0)
        )
        assert (both["whole"] == both["parts"]).all()


@settings(max_examples=30, deadline=None)
@given(DRAWN)
def test_usual_times_are_what_a_loop_finds(
    drawn: list[tuple[str, datetime, str | None, bool]],
) -> None:
    pushes = build_pushes(frame_of(drawn))
    usual = find_usual_times(pushes).set_index("account")
    for account, part in pushes.groupby("account"):
        days, hours = (
            Counter(part["published_at"].dt.day_of_week),
            Counter(part.loc[part["timed"], "published_at"].dt.hour),
        )
        row = usual.loc[account]
        assert row["weekday"] == min(day for day, n in days.items() if n == max(days.values()))
        assert (
            (row["hour"] == min(hour for hour, n in hours.items() if n == max(hours.values())))
            if hours
            else pd.isna(row["hour"])
        )
        late = part[
            part["published_at"] > part["published_at"].max() - timedelta(days=cadence.RECENT_DAYS)
        ]
        assert (row["recent_pushes"], row["recent_timed"]) == (len(late), late["timed"].sum())


@settings(max_examples=30, deadline=None)
@given(DRAWN, st.integers(1, 50))
def test_moving_all_times_by_whole_weeks_moves_the_weeks_and_nothing_else(
    drawn: list[tuple[str, datetime, str | None, bool]], weeks: int
) -> None:
    moved = [(account, at + timedelta(weeks=weeks), push, day) for account, at, push, day in drawn]
    here, there = build_pushes(frame_of(drawn)), build_pushes(frame_of(moved))
    pd.testing.assert_frame_equal(count_hours(here), count_hours(there))
    assert count_weeks(here)["pushes"].tolist() == count_weeks(there)["pushes"].tolist()
    pd.testing.assert_frame_equal(
        measure_rates(here).drop(columns=["first", "last"]),
        measure_rates(there).drop(columns=["first", "last"]),
    )

"""Regularity, held against naive loops; its words against the sample's plan."""

from __future__ import annotations

import json
import math
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.cadence import regularity as rhythm
from analysis.cadence.pushes import build_pushes
from analysis.cadence.regularity import (
    classify_regularity,
    describe_regularity,
    measure_days,
    measure_gaps,
    measure_hours,
    measure_rhythm,
    name_regularity,
)
from analysis.frames import ARTICLES, FrameError, empty_frame
from tests.support.sample_frames import SAMPLE, sample_articles
from tests.support.small_frames import article, articles


def pushes_at(*times: str, account: str = "甲") -> pd.DataFrame:
    """One push a time; the same time twice is two pushes."""
    return build_pushes(
        articles(
            [article(at, account=account, push_id=f"{number}") for number, at in enumerate(times)]
        )
    )


def every_day(days: int, clock: str = "20:00", first: str = "2026-01-05") -> list[str]:
    return [
        f"{datetime.fromisoformat(first) + timedelta(days=n):%Y-%m-%d} {clock}" for n in range(days)
    ]


def naive_burstiness(gaps: list[float]) -> float:
    mean, n = sum(gaps) / len(gaps), len(gaps)
    if n == 1:
        return math.nan  # one gap can't vary
    r = math.sqrt(sum((gap - mean) ** 2 for gap in gaps) / n) / mean
    return (math.sqrt(n + 1) * r - math.sqrt(n - 1)) / (
        (math.sqrt(n + 1) - 2) * r + math.sqrt(n - 1)
    )


def naive_memory(gaps: list[float]) -> float:
    return float(np.corrcoef(gaps[:-1], gaps[1:])[0, 1])


def naive_usual_share(times: list[datetime]) -> float:
    """The share of days with a push in the best hour-long stretch that begins at a push; the
    stretch is in the middle of a day.
    """
    minutes = [at.hour * 60 + at.minute for at in times]
    best = max(
        set(minutes),
        key=lambda start: (sum((minute - start) % 1440 < 60 for minute in minutes), -start),
    )
    days = [(at + timedelta(minutes=690 - best)).date() for at in times]
    return len(
        {day for day, minute in zip(days, minutes, strict=True) if (minute - best) % 1440 < 60}
    ) / len(set(days))


def naive_autocorrelation(counts: list[int], lag: int) -> float:
    mean = sum(counts) / len(counts)
    return sum((a - mean) * (b - mean) for a, b in zip(counts, counts[lag:], strict=False)) / sum(
        (a - mean) ** 2 for a in counts
    )


def naive_weekday_fit(active: list[bool]) -> float:
    """R² of a day on its weekday within blocks of 84 days, adjusted: by the definition, block after
    block.
    """
    blocks = max(len(active) // 84, 1)
    edges = [84 * n for n in range(blocks)] + [len(active)]
    total = unexplained = 0.0
    for begin, end in pairwise(edges):
        part = active[begin:end]
        total += sum((x - sum(part) / len(part)) ** 2 for x in part)
        for weekday in range(7):
            same = [x for n, x in enumerate(part, begin) if n % 7 == weekday]
            unexplained += sum((x - sum(same) / len(same)) ** 2 for x in same)
    return 1 - (unexplained / (len(active) - 7 * blocks)) / (total / (len(active) - blocks))


MOMENTS = st.datetimes(datetime(2025, 11, 1), datetime(2026, 4, 30)).map(
    lambda at: at.replace(microsecond=0)
)
DRAWN = st.lists(st.tuples(st.sampled_from("甲乙"), MOMENTS), min_size=1, max_size=60)


def pushes_of(drawn: list[tuple[str, datetime]]) -> pd.DataFrame:
    return build_pushes(
        articles(
            [
                article(f"{at:%Y-%m-%d %H:%M:%S}", account=account, push_id=str(number))
                for number, (account, at) in enumerate(drawn)
            ]
        )
    )


@settings(max_examples=60, deadline=None)
@given(DRAWN)
def test_every_figure_is_what_a_loop_finds(drawn: list[tuple[str, datetime]]) -> None:
    found = measure_rhythm(pushes_of(drawn)).set_index("account")
    for account in found.index:
        row, times = found.loc[account], sorted(at for name, at in drawn if name == account)
        if len(times) < 5:
            assert (
                row[
                    [
                        "burstiness",
                        "busiest_hour",
                        "hour_of_week_entropy",
                        "active_day_share",
                        "longest_silence_days",
                    ]
                ]
                .isna()
                .all()
            )
            continue
        gaps = [(b - a).total_seconds() for a, b in pairwise(times)]
        days = [
            times[0].date() + timedelta(days=n)
            for n in range((times[-1].date() - times[0].date()).days + 1)
        ]
        sent = Counter(at.date() for at in times)
        hours, week, n = (
            Counter(at.hour for at in times),
            Counter((at.weekday(), at.hour) for at in times),
            len(times),
        )
        assert (
            row["burstiness"] == pytest.approx(naive_burstiness(gaps))
            if sum(gaps)
            else math.isnan(row["burstiness"])
        )
        assert row["gap_median_days"] == pytest.approx(float(np.median(gaps)) / 86400)
        assert row["longest_silence_days"] == pytest.approx(max(gaps) / 86400)
        assert row["silent_to"] - row["silent_from"] == timedelta(seconds=max(gaps))
        if np.std(gaps[:-1]) > 1 and np.std(gaps[1:]) > 1:
            assert row["memory"] == pytest.approx(naive_memory(gaps), abs=1e-6)
        assert row["busiest_hour"] == min(
            hour for hour, count in hours.items() if count == max(hours.values())
        )
        assert row["busiest_hour_share"] == pytest.approx(max(hours.values()) / n)
        assert row["hour_of_week_entropy"] == pytest.approx(
            -sum(c / n * math.log(c / n) for c in week.values()) / math.log(168), abs=1e-12
        )
        assert row["usual_time_share"] == pytest.approx(naive_usual_share(times))
        assert row["active_day_share"] == pytest.approx(len(sent) / len(days))
        if len(days) >= rhythm.MIN_DAYS:
            for lag in rhythm.LAGS:
                assert row[f"autocorrelation_{lag}"] == pytest.approx(
                    naive_autocorrelation([sent[day] for day in days], lag)
                )
            assert row["weekday_fit"] == pytest.approx(
                naive_weekday_fit([day in sent for day in days])
            )
            assert row["clustering"] == pytest.approx(
                naive_burstiness([float((b - a).days) for a, b in pairwise(sorted(sent))]),
                nan_ok=True,
            )


@settings(max_examples=25, deadline=None)
@given(DRAWN, st.integers(1, 60))
def test_row_order_and_whole_weeks_change_nothing(
    drawn: list[tuple[str, datetime]], weeks: int
) -> None:
    here = pushes_of(drawn)
    pd.testing.assert_frame_equal(
        measure_rhythm(here.sample(frac=1, random_state=3)), measure_rhythm(here)
    )
    there = measure_rhythm(
        pushes_of([(account, at + timedelta(weeks=weeks)) for account, at in drawn])
    )
    ends = ["silent_from", "silent_to"]
    pd.testing.assert_frame_equal(there.drop(columns=ends), measure_rhythm(here).drop(columns=ends))


@settings(max_examples=25, deadline=None)
@given(DRAWN)
def test_an_account_is_measured_by_its_own_pushes_only(drawn: list[tuple[str, datetime]]) -> None:
    pushes = pushes_of(drawn)
    alone = [measure_rhythm(part.reset_index(drop=True)) for _, part in pushes.groupby("account")]
    pd.testing.assert_frame_equal(pd.concat(alone, ignore_index=True), measure_rhythm(pushes))


@settings(max_examples=25, deadline=None)
@given(DRAWN, MOMENTS)
def test_an_account_split_in_two_adds_up(drawn: list[tuple[str, datetime]], cut: datetime) -> None:
    halves = [("早" if at < cut else "晚", at) for _, at in drawn]
    whole, parts = (
        measure_rhythm(pushes_of([("甲", at) for _, at in drawn])),
        measure_rhythm(pushes_of(halves)),
    )
    assert parts["pushes_timed"].sum() == whole["pushes_timed"].sum() == len(drawn)
    assert (parts["gaps"] + 1).sum() == whole["gaps"].sum() + 1
    same_day = len(
        {at.date() for name, at in halves if name == "早"}
        & {at.date() for name, at in halves if name == "晚"}
    )
    assert parts["active_days"].sum() == whole["active_days"].sum() + same_day


def test_one_article_says_nothing_about_rhythm() -> None:
    row = measure_rhythm(pushes_at("2026-03-02 20:00")).iloc[0]
    assert (row["gaps"], row["days"], row["active_days"], row["pushes_timed"]) == (0, 1, 1, 1)
    told = [
        "burstiness",
        "memory",
        "hour_of_week_entropy",
        "busiest_hour",
        "active_day_share",
        "weekday_fit",
        "autocorrelation_7",
        "longest_silence_days",
    ]
    assert row[told].isna().all()


def test_many_pushes_in_one_second_have_no_burstiness_and_warn_of_nothing() -> None:
    row = measure_rhythm(pushes_at(*["2026-03-02 20:00:00"] * 12)).iloc[0]
    assert (
        row["gaps"],
        row["busiest_hour_share"],
        row["hour_of_week_entropy"],
        row["active_day_share"],
    ) == (11, 1, 0, 1)
    assert row[["burstiness", "memory", "clustering", "autocorrelation_1"]].isna().all()
    assert (
        name_regularity(measure_rhythm(pushes_at(*["2026-03-02 20:00:00"] * 12)))[
            "regularity"
        ].item()
        == "样本不足"
    )


def test_a_year_of_silence_is_seen_with_its_ends() -> None:
    row = measure_gaps(pushes_at(*every_day(20), *every_day(20, first="2027-01-25"))).iloc[0]
    assert (
        row["longest_silence_days"],
        str(row["silent_from"].date()),
        str(row["silent_to"].date()),
    ) == (366, "2026-01-24", "2027-01-25")


def test_clockwork_is_minus_one() -> None:
    row = measure_rhythm(pushes_at(*every_day(70))).iloc[0]
    assert row["burstiness"] == pytest.approx(-1)
    assert row[["weekday_fit", "autocorrelation_7", "memory"]].isna().all()  # nothing varies


def test_days_without_hours_have_days_and_no_hours() -> None:
    row = measure_rhythm(pushes_at(*(at[:10] for at in every_day(70)))).iloc[0]
    assert (
        row[["busiest_hour", "busiest_hour_share", "hour_of_week_entropy", "usual_minute"]]
        .isna()
        .all()
    )
    assert (row["active_day_share"], row["pushes_timed"]) == (1, 0)


def test_a_stretch_over_midnight_is_one_stretch() -> None:
    times = [
        at.replace("20:00", "23:55" if n % 2 else "00:20") for n, at in enumerate(every_day(20))
    ]
    assert measure_hours(pushes_at(*times)).iloc[0][
        ["usual_minute", "usual_time_share"]
    ].tolist() == [23 * 60 + 55, 1]


@pytest.mark.parametrize(
    ("times", "word"),
    [
        (every_day(9), "样本不足"),
        (every_day(55), "样本不足"),
        (every_day(56), "每天固定时间"),
        ([at[:10] for at in every_day(60)], "每天不定时"),
        (
            [at.replace("20:00", f"{n * 7 % 24:02d}:00") for n, at in enumerate(every_day(60))],
            "每天不定时",
        ),
        ([at for n, at in enumerate(every_day(98)) if n % 7 in (1, 3)], "每周固定几天"),
        ([at for n, at in enumerate(every_day(200)) if n % 40 < 5], "一阵一阵"),
        ([at for n, at in enumerate(every_day(150)) if n * n % 11 in (1, 4)], "不规律"),
    ],
)
def test_each_word_has_its_rule(times: list[str], word: str) -> None:
    named = name_regularity(measure_rhythm(pushes_at(*times))).iloc[0]
    assert named["regularity"] == word, named["regularity_because"]
    assert word in rhythm.REGULARITY_RULES


def test_a_class_carries_the_figures_its_words_are_written_from() -> None:
    (row,) = measure_rhythm(pushes_at(*every_day(70))).to_dict("records")
    regularity = classify_regularity(row)
    assert (regularity.name, regularity.pushes, regularity.days) == ("每天固定时间", 70, 70)
    assert (regularity.active_day_share, regularity.usual_time_share) == (1, 1)
    assert regularity.clock == "20:00"
    assert describe_regularity(regularity) == "100% 的日子发文，其中 100% 在 20:00 起的一小时里"


def test_a_missing_figure_is_the_same_as_none_or_nan() -> None:
    (row,) = measure_rhythm(pushes_at(*(at[:10] for at in every_day(60)))).to_dict("records")
    plain = {key: None if pd.isna(value) else value for key, value in row.items()}
    regularity = classify_regularity(plain)
    assert (regularity.name, regularity.clock) == ("每天不定时", None)
    words = describe_regularity(classify_regularity(row))
    assert words == describe_regularity(regularity) == "100% 的日子发文，时间只知道到天"


def test_the_words_are_those_planted_in_the_sample() -> None:
    planted = {
        key: one["regularity"]
        for key, one in json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))[
            "accounts"
        ].items()
    }
    named = name_regularity(measure_rhythm(build_pushes(sample_articles()))).set_index("account")[
        "regularity"
    ]
    small = {"banyan", "zaobian"}  # 4 and 9 pushes
    assert {key: named[key] for key in planted if key not in small} == {
        key: word for key, word in planted.items() if key not in small
    }
    assert set(named[list(small)]) == {"样本不足"}


def test_empty_and_foreign_frames() -> None:
    empty = build_pushes(empty_frame(ARTICLES))
    for statistic, contract in (
        (measure_gaps, rhythm.GAPS),
        (measure_hours, rhythm.HOURLY),
        (measure_days, rhythm.DAILY),
        (measure_rhythm, rhythm.RHYTHM),
    ):
        assert {column: str(dtype) for column, dtype in statistic(empty).dtypes.items()} == contract
        with pytest.raises(FrameError, match="push_id"):
            statistic(empty_frame({"account": "str"}))
    named: Any = name_regularity(measure_rhythm(empty))
    assert {column: str(dtype) for column, dtype in named.dtypes.items()} == rhythm.REGULARITY

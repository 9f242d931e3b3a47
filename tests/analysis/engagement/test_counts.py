"""Imported counts: at equal age, censored as censored, what can't be true left out and counted, and
nothing said of too few.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.engagement.counts import (
    COUNTS,
    LATEST,
    UNKNOWN_AGE,
    choose_age,
    classify_observations,
    count_excluded,
    pick_counts,
    pick_latest,
)
from analysis.engagement.reads import (
    OUTLIERS,
    RATES,
    READS,
    bound_quantile,
    find_outliers,
    measure_rates,
    measure_reads,
    median_interval,
    slot_names,
)
from analysis.engagement.wci import measure_wci, score_wci_2_0, score_wci_14_2
from analysis.evidence import MIN_ARTICLES
from analysis.frames import FrameError
from tests.support.counts import WEEK, counted, observation, observations, picked
from tests.support.small_frames import article, articles

AT = pd.Timestamp("2026-03-02 20:00", tz="Asia/Shanghai")


def one_article(*seen: dict[str, object], **more: object) -> pd.DataFrame:
    frame = articles([article("2026-03-02 20:00", article_id="a", **more)])  # type: ignore[arg-type]
    return classify_observations(observations(seen), frame)  # type: ignore[arg-type]


def later(
    days: float, metric: str = "read", value: int = 1000, **more: object
) -> dict[str, object]:
    return observation("a", metric, value, at=AT + pd.Timedelta(days=days), **more)  # type: ignore[arg-type]


def test_counts_are_compared_at_one_age_and_the_latest_inside_it_is_taken() -> None:
    frame = articles([article("2026-03-02 20:00", article_id="a")])
    judged = classify_observations(
        observations(
            [
                later(1, value=10),
                later(6.1, value=500),
                later(8.9, value=700),
                later(9, value=900),
                later(40, value=2000),
            ]
        ),
        frame,
    )
    assert pick_counts(judged, frame, age=WEEK)[["read", "age_days"]].to_numpy().tolist() == [
        [700.0, 8.9]
    ]
    assert pick_counts(judged, frame, age="第 1 天")["read"].tolist() == [10.0]
    assert pick_counts(judged, frame, age="30 天以上")["read"].tolist() == [2000.0]
    assert pick_counts(judged, frame, age="第 3 天").empty


def test_counts_of_one_row_are_of_one_moment_and_one_with_reads_goes_first() -> None:
    frame = articles([article("2026-03-02 20:00", article_id="a")])
    judged = classify_observations(
        observations([later(7, value=500), later(7, "like", 5), later(8, "like", 9)]), frame
    )
    row = pick_counts(judged, frame, age=WEEK).iloc[0]
    assert (row["read"], row["like"]) == (500, 5)


def test_a_list_has_the_latest_counts_and_why_figures_leave_them_out() -> None:
    judged = one_article(
        later(1, value=10),
        later(40, value=100_000, censored=True),
        later(40, "like", value=31),
        later(60, "wow", value=4),
    )
    latest = pick_latest(judged).iloc[0]
    assert (latest["read"], latest["like"], latest["at_least"]) == (100_000, 31, ["read"])
    assert latest[["wow", "share", "kept_out"]].isna().all()
    assert latest["counted_at"] == AT + pd.Timedelta(days=40)
    impossible = pick_latest(one_article(later(2, value=5), later(2, "like", value=9))).iloc[0]
    assert (impossible["read"], impossible["kept_out"]) == (5, "impossible")
    nothing = pick_latest(one_article())
    assert dict(nothing.dtypes.astype("str")) == dict(LATEST)
    assert nothing.empty


def test_a_count_without_a_time_is_compared_with_its_like_only() -> None:
    frame = articles([article("2026-03-02 20:00", article_id="a")])
    judged = classify_observations(observations([observation("a", "read", 500, at=None)]), frame)
    assert choose_age(judged) == UNKNOWN_AGE
    row = pick_counts(judged, frame, age=UNKNOWN_AGE).iloc[0]
    assert row["read"] == 500
    assert pd.isna(row["age_days"])
    assert pick_counts(judged, frame, age=WEEK).empty


def test_a_publishing_day_without_an_hour_is_too_coarse_for_the_first_days() -> None:
    frame = articles([article("2026-03-02", article_id="a")])
    judged = classify_observations(observations([later(1), later(7)]), frame)
    assert pick_counts(judged, frame, age="第 1 天").empty
    assert len(pick_counts(judged, frame, age=WEEK)) == 1


def test_the_age_with_most_accounts_that_have_ten_is_chosen() -> None:
    frame, seen = counted({"甲": [100] * 12, "乙": [100] * 12}, days=7)
    more, alone = counted({"甲": [100] * 12}, days=1)
    assert (
        choose_age(classify_observations(pd.concat([seen, alone], ignore_index=True), frame))
        == WEEK
    )
    assert choose_age(classify_observations(alone, more)) == "第 1 天"
    assert choose_age(classify_observations(alone.head(0), more)) is None


def test_what_can_not_be_true_is_left_out_and_counted() -> None:
    judged = one_article(later(7, value=100), later(7, "like", 300), later(7, "wow", 20))
    assert dict(zip(judged["metric"].astype(str), judged["why"], strict=True)) == {
        "read": "impossible",
        "like": "impossible",
        "wow": "",
    }
    early = one_article(later(-2))
    assert early["why"].tolist() == ["early"]
    assert one_article(later(7, flag="constant"))["why"].tolist() == ["constant"]
    frame, seen = counted({"甲": range(1000, 1030)}, like={"甲": [7] * 30})
    excluded = count_excluded(classify_observations(seen, frame))
    assert excluded[["metric", "why", "n"]].to_numpy().tolist() == [["like", "constant", 30]]
    few, seen = counted({"甲": range(1000, 1019)}, like={"甲": [7] * 19})
    assert count_excluded(classify_observations(seen, few)).empty


def test_zeros_are_a_count_like_any_other() -> None:
    frame, seen = counted({"甲": range(1000, 1030)}, like={"甲": [0] * 30})
    assert count_excluded(classify_observations(seen, frame)).empty


def test_reads_of_an_account_with_what_is_left_out() -> None:
    frame, _, counts = picked({"甲": [*range(100, 1100, 100), None, None]})
    row = measure_reads(counts, frame).iloc[0]
    assert (row["articles"], row["n"], row["left_out"], row["n_censored"]) == (12, 10, 2, 0)
    assert (row["q1"], row["median"], row["q3"]) == (325.0, 550.0, 775.0)
    assert (row["low"], row["high"]) == (200.0, 900.0)


@pytest.mark.parametrize("n", [0, 1, 2, 9])
def test_below_ten_nothing_is_said(n: int) -> None:
    frame, _, counts = picked({"甲": [500] * n, "乙": [None]}, like={"甲": [5] * n})
    assert {column: str(dtype) for column, dtype in counts.dtypes.items()} == dict(COUNTS)
    reads, rates, wci = (
        measure_reads(counts, frame),
        measure_rates(counts),
        measure_wci(counts, frame),
    )
    assert reads[["q1", "median", "q3", "p90", "low", "high", "ratio"]].isna().all(axis=None)
    assert reads["n"].tolist() == ([0] if n == 0 else [0, n])
    assert rates[["pooled", "median"]].isna().all(axis=None)
    assert wci["value"].isna().all()
    assert find_outliers(counts).empty
    assert {column: str(dtype) for column, dtype in reads.dtypes.items()} == dict(READS)
    assert {column: str(dtype) for column, dtype in rates.dtypes.items()} == dict(RATES)


def test_what_is_censored_is_a_lower_bound_and_only_there() -> None:
    frame, _, counts = picked({"甲": [100] * 5 + [100_000] * 15})
    row = measure_reads(counts, frame).iloc[0]
    assert (row["median"], row["median_at_least"], row["n_censored"]) == (100_000, True, 15)
    assert pd.isna(row["high"])
    frame, _, counts = picked({"甲": [*range(1000, 1019), 100_000]})
    row = measure_reads(counts, frame).iloc[0]
    assert (row["median_at_least"], row["q3_at_least"], row["p90_at_least"]) == (
        False,
        False,
        False,
    )


@given(
    st.lists(st.integers(0, 99_999), min_size=1, max_size=30),
    st.lists(st.integers(100_000, 10**7), max_size=10),
    st.sampled_from([0.1, 0.25, 0.5, 0.9]),
)
def test_a_bound_never_lies_above_the_true_quantile_and_is_it_where_it_is_no_bound(
    below: list[int], above: list[int], q: float
) -> None:
    true = np.array(below + above, dtype=float)
    told, at_least = bound_quantile(np.minimum(true, 100_000), true >= 100_000, q)
    assert told <= np.quantile(true, q) + 1e-6
    assert at_least or told == pytest.approx(np.quantile(true, q))


def test_the_interval_of_a_median_holds_it_nineteen_times_in_twenty() -> None:
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(400):
        drawn = rng.lognormal(7, 1, 25)
        low, high = median_interval(drawn, np.zeros(25, dtype=bool))
        held += low <= np.exp(7) <= high
    assert held / 400 > 0.94
    assert all(
        np.isnan(end)
        for end in median_interval(
            np.ones(MIN_ARTICLES - 1), np.zeros(MIN_ARTICLES - 1, dtype=bool)
        )
    )


def test_groups_are_held_against_the_accounts_own_median_of_the_same_slot() -> None:
    frame, _, counts = picked({"甲": [1000] * 20 + [3000] * 12})
    groups = pd.Series(["平常"] * 20 + ["专栏"] * 12, index=frame["article_id"])
    found = measure_reads(counts, frame, groups=groups).set_index("group")
    assert found.loc["专栏", ["n", "median", "ratio", "ratio_low"]].tolist() == [12, 3000, 3, 3]
    assert found.loc["平常", "ratio"] == 1
    assert slot_names(frame).unique().tolist() == ["头条"]


def test_outliers_are_three_times_the_own_median_of_twenty_or_more() -> None:
    _, _, counts = picked({"甲": [1000] * 19 + [2999, 3000, 100_000], "少": [1000] * 18 + [9000]})
    found = find_outliers(counts)
    assert found[["article_id", "ratio", "read_censored", "n"]].to_numpy().tolist() == [
        ["甲0021", 100.0, True, 22],
        ["甲0020", 3.0, False, 22],
    ]
    assert {column: str(dtype) for column, dtype in found.dtypes.items()} == dict(OUTLIERS)
    _, _, giant = picked({"甲": [100_000] * 30})
    assert find_outliers(giant).empty


def test_rates_leave_out_what_is_censored_or_hardly_read() -> None:
    shares = [60] * 11 + [20] * 9 + [50, 3]
    _, _, counts = picked({"甲": [1000] * 11 + [2000] * 9 + [100_000, 99]}, share={"甲": shares})
    row = measure_rates(counts).iloc[0]
    assert (row["metric"], row["n"], row["left_out"], row["above"]) == ("share", 20, 2, 11)
    assert row["pooled"] == pytest.approx(840 / 29_000)
    assert row["median"] == 0.06


def test_wci_gives_the_published_figures() -> None:
    totals = {"read": 30_000, "wow": 300, "like": 600, "share": 900}
    headlines = {"read": 18_000, "wow": 180, "like": 360, "share": 540}
    maxima = {"read": 6_000, "wow": 60, "like": 120, "share": 180}
    assert score_wci_14_2(totals, headlines, maxima, days=7, articles=21) == pytest.approx(
        700.856, abs=5e-4
    )
    assert score_wci_14_2({}, {}, {}, days=7, articles=21) == 0
    assert score_wci_2_0((10_000, 100, 300), (4_000, 40, 60)) == pytest.approx(411.4875, abs=5e-5)


def test_wci_of_an_account_names_its_version_and_what_is_missing() -> None:
    frame, _, counts = picked({"甲": [1000] * 14}, like={"甲": [10, 11] * 7})
    found = measure_wci(counts, frame).set_index("version")
    totals = {"read": 14_000, "like": 147}
    assert found.loc["14.2", "value"] == pytest.approx(
        score_wci_14_2(totals, totals, {"read": 1000, "like": 11}, days=14, articles=14)
    )
    assert found.loc["14.2", "without"] == ["在看", "转发"]
    assert found.loc["2.0", "value"] == pytest.approx(
        score_wci_2_0((14_000, 1000, 1000), (147, 10.5, 11))
    )
    assert not found["at_least"].any()
    frame, _, counts = picked({"甲": [1000] * 13 + [100_000]}, like={"甲": [10, 11] * 7})
    assert measure_wci(counts, frame)["at_least"].all()
    frame, _, counts = picked({"甲": [1000] * 13 + [None]}, like={"甲": [10, 11] * 7})
    assert measure_wci(counts, frame)["at_least"].all()
    frame, _, counts = picked({"甲": [1000] * 14}, position=None)
    assert measure_wci(counts, frame)["value"].isna().all()


def test_the_order_of_rows_does_not_matter() -> None:
    frame, seen = counted(
        {"甲": range(100, 140), "乙": range(50, 80)}, like={"甲": range(40), "乙": range(30)}
    )
    mixed, turned = (
        frame.sample(frac=1, random_state=1),
        seen.sample(frac=1, random_state=2).reset_index(drop=True),
    )
    first = pick_counts(classify_observations(seen, frame), frame, age=WEEK)
    again = pick_counts(classify_observations(turned, mixed), mixed, age=WEEK)
    pd.testing.assert_frame_equal(first, again)
    pd.testing.assert_frame_equal(measure_reads(first, frame), measure_reads(again, mixed))


def test_another_frame_or_age_is_refused() -> None:
    frame, seen = counted({"甲": [1]})
    judged = classify_observations(seen, frame)
    with pytest.raises(FrameError, match="observations"):
        classify_observations(seen.drop(columns="flag"), frame)
    with pytest.raises(ValueError, match="没有这个年龄段"):
        pick_counts(judged, frame, age="第 5 天")

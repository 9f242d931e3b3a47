"""What rivals run and we don't: which kinds count, which don't, and what each says of itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from analysis.columns.across.matching import match_columns
from analysis.columns.assign import ASSIGNED, assign_columns
from analysis.columns.runs import RUNS, list_runs
from analysis.frames import FrameError, empty_frame
from analysis.peers.gaps import GAPS, find_gaps
from tests.support.small_briefs import weekly
from tests.support.small_frames import articles

OWN = ["id-自家"]


def gaps_of(rows: list[dict[str, Any]], *, own: list[str] = OWN) -> pd.DataFrame:
    frame = articles(rows)
    assigned = assign_columns(frame, themes=True)
    rivals = [key for key in frame["account_id"].unique() if key not in own]
    return find_gaps(assigned, list_runs(assigned), match_columns(assigned), own=own, rivals=rivals)


def rivals(*names: str, column: str | None = "避坑", weeks: int = 12) -> list[dict[str, Any]]:
    return [
        row
        for at, name in enumerate(names)
        for row in weekly(name, column=column, weeks=weeks, days=(at, 5))
    ]


def test_a_kind_of_columns_that_three_rivals_run_and_we_do_not_is_a_gap() -> None:
    (gap,) = gaps_of(weekly("自家") + rivals("红崖", "棠屿", "三斗")).itertuples()
    assert (gap.side, gap.level, gap.name, gap.why, gap.accounts, gap.n) == (
        "missing",
        "column",
        "避坑",
        "three",
        3,
        36,
    )
    assert sorted(gap.names) == ["三斗", "棠屿", "红崖"]
    assert gap.interval_days == 7
    assert 4 < gap.per_month < 5
    assert len(gap.examples) == 3
    assert gap.own_articles == 0


def test_one_rival_counts_where_it_runs_at_least_monthly_and_still_does() -> None:
    (gap,) = gaps_of(weekly("自家") + rivals("红崖")).itertuples()
    assert (gap.why, gap.accounts) == ("monthly", 1)
    ended = weekly("红崖", column="避坑", weeks=6) + weekly("红崖", weeks=40, days=(5,))
    assert gaps_of(weekly("自家", weeks=40) + ended).empty


def test_what_we_run_too_is_no_gap() -> None:
    assert "missing" not in set(
        gaps_of(weekly("自家", column="避坑", days=(3,)) + rivals("红崖", "棠屿", "三斗"))["side"]
    )


def test_what_only_we_run_is_told_as_ours() -> None:
    rows = gaps_of(weekly("自家", column="避坑", days=(3,)) + rivals("红崖", "棠屿", column=None))
    assert [
        (row.side, row.name, row.names) for row in rows.itertuples() if row.level == "column"
    ] == [("own only", "避坑", ["自家"])]


def test_without_an_own_account_or_rivals_there_are_no_gaps() -> None:
    rows = rivals("红崖", "棠屿", "三斗")
    assert gaps_of(rows, own=[]).empty
    assert gaps_of(weekly("自家", column="避坑")).empty


@pytest.mark.parametrize("n", [0, 1, 2, 9])
def test_few_articles_give_a_frame_of_the_same_shape(n: int) -> None:
    found = (
        gaps_of((weekly("自家") + rivals("红崖"))[:n])
        if n
        else find_gaps(
            empty_frame(ASSIGNED),
            list_runs(empty_frame(ASSIGNED)),
            match_columns(empty_frame(ASSIGNED)),
            own=OWN,
            rivals=["x"],
        )
    )
    assert {name: str(dtype) for name, dtype in found.dtypes.items()} == GAPS
    assert found.empty


def test_order_of_rows_does_not_matter() -> None:
    rows = (
        weekly("自家") + rivals("红崖", "棠屿", "三斗") + weekly("慢巷", column="问答", days=(2,))
    )
    pd.testing.assert_frame_equal(
        gaps_of(rows)[["name", "accounts", "n", "why"]],
        gaps_of(rows[::-1])[["name", "accounts", "n", "why"]],
    )


def test_runs_say_how_often_and_whether_still() -> None:
    start = datetime(2026, 1, 5)
    rows = weekly("甲", column="避坑", weeks=10, start=start) + weekly(
        "甲", weeks=40, days=(4,), start=start + timedelta(days=1)
    )
    (run,) = [
        row
        for row in list_runs(assign_columns(articles(rows))).itertuples()
        if row.content_column == "避坑"
    ]
    assert (run.n, run.days, run.interval_days, run.status) == (10, 10, 7, "ended")
    assert run.per_month == pytest.approx(10 / (64 / 30.44))
    assert {
        name: str(dtype) for name, dtype in list_runs(empty_frame(ASSIGNED)).dtypes.items()
    } == RUNS


def test_wrong_frames_are_refused_by_name() -> None:
    with pytest.raises(FrameError, match="runs"):
        find_gaps(
            empty_frame(ASSIGNED),
            empty_frame({"n": "int64"}),
            match_columns(empty_frame(ASSIGNED)),
            own=OWN,
            rivals=["x"],
        )

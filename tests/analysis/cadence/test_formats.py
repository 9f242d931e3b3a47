"""Formats over time and the slots of a push."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.cadence.formats import (
    FIXED_SLOTS,
    FORMATS,
    KIND_NAMES,
    SLOTS,
    count_formats,
    count_slots,
    find_fixed_slots,
)
from analysis.frames import ARTICLES, FrameError, empty_frame
from crawler.records import KINDS
from tests.support.small_frames import article, articles


def test_formats_are_shares_of_their_month_in_beijing() -> None:
    rows = [
        article("2026-03-31 23:59"),
        article("2026-04-01 00:10", kind="video"),
        article("2026-04-02 08:00"),
        article("2026-04-03 08:00", kind=None),
        article(None),
    ]
    found = count_formats(articles(rows))
    assert [(f"{row.month:%Y-%m}", row.kind, row.articles) for row in found.itertuples()] == [
        ("2026-03", "article", 1),
        ("2026-04", "article", 1),
        ("2026-04", "unknown", 1),
        ("2026-04", "video", 1),
    ]
    assert found.groupby("month")["share"].sum().tolist() == pytest.approx([1, 1])
    assert set(KINDS) <= set(KIND_NAMES)


def test_slots_named_twice_count_once_and_missing_ones_are_said() -> None:
    first = [
        article(push_id="1", position=1),
        article(push_id="1", position=1),
        article(push_id="1", position=2),
        article(push_id="1"),
    ]
    found = count_slots(articles([*first, article("2026-03-09 20:00", push_id="2", position=1)]))
    assert found[["position", "articles", "push_share", "articles_unplaced"]].values.tolist() == [
        [1, 2, 1, 1],
        [2, 1, 0.5, 1],
    ]
    assert found["share"].sum() == pytest.approx(1)


def test_row_order_does_not_matter_and_accounts_add_up() -> None:
    rows = [
        article(
            f"2026-03-{day:02d} 20:00",
            account="甲乙"[day % 2],
            push_id=str(day),
            position=1 + day % 3,
            kind=("article", "image")[day % 3 == 0],
        )
        for day in range(1, 25)
    ]
    frame = articles(rows)
    for statistic in (count_formats, count_slots):
        found = statistic(frame)
        assert found.equals(statistic(frame.sample(frac=1, random_state=4)))
        assert (
            found["articles"].sum()
            == statistic(frame.assign(account="丙", account_id="id-丙"))["articles"].sum()
            == 24
        )


def test_empty_and_foreign_frames() -> None:
    for statistic, contract in ((count_formats, FORMATS), (count_slots, SLOTS)):
        assert {
            column: str(dtype) for column, dtype in statistic(empty_frame(ARTICLES)).dtypes.items()
        } == contract
        with pytest.raises(FrameError, match="account_id"):
            statistic(empty_frame({"account": "str"}))


def test_a_fixed_slot_needs_eight_weeks_and_three_in_five() -> None:
    at = [f"{day:%Y-%m-%d} 07:30" for day in pd.date_range("2026-03-07", periods=12, freq="7D")]
    kept = [article(one, account="甲", position=2) for one in at[:3] + at[4:9]]  # 8 of 9 Saturdays
    every_other = [article(one, account="乙", position=1) for one in at[::2]]
    too_short = [article(one, account="丙", position=1) for one in at[:7]]
    by_day = [article(one[:10], account="丁", position=1) for one in at]
    unplaced = [article(one, account="戊") for one in at]
    found = find_fixed_slots(articles([*kept, *every_other, *too_short, *by_day, *unplaced]))
    columns = ["account", "position", "weekday", "hour", "n", "weeks"]
    assert found[columns].values.tolist() == [["甲", 2, 5, 7, 8, 9]]
    assert found["share"].tolist() == pytest.approx([8 / 9])
    assert {
        name: str(dtype) for name, dtype in find_fixed_slots(empty_frame(ARTICLES)).dtypes.items()
    } == FIXED_SLOTS

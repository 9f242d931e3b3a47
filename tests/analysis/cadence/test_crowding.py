"""Crowding: the rivals' week, and free slots near a given one."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.cadence.crowding import CROWDING, FREE_SLOTS, count_crowding, find_free_slots
from analysis.cadence.pushes import build_pushes
from analysis.frames import ARTICLES, FrameError, empty_frame
from tests.support.small_frames import article, articles

MOMENTS = st.datetimes(datetime(2025, 11, 1), datetime(2026, 2, 28)).map(
    lambda at: at.replace(microsecond=0)
)
DRAWN = st.lists(
    st.tuples(st.sampled_from("甲乙"), MOMENTS, st.booleans()), min_size=1, max_size=30
)


def pushes_of(drawn: list[tuple[str, datetime, bool]]) -> pd.DataFrame:
    rows = [
        article(str(at.date()) if day else str(at), account=account, push_id=str(n))
        for n, (account, at, day) in enumerate(drawn)
    ]
    return build_pushes(articles(rows))


@settings(max_examples=40, deadline=None)
@given(DRAWN)
def test_the_map_is_what_a_loop_counts(drawn: list[tuple[str, datetime, bool]]) -> None:
    found = count_crowding(pushes_of(drawn))
    timed = [(account, at) for account, at, day in drawn if not day]
    if not timed:
        assert found.empty
        return
    slots = Counter((at.weekday(), at.hour) for _, at in timed)
    dates = {
        name: sorted(at.date() for account, at, _ in drawn if account == name) for name in "甲乙"
    }
    weeks = {
        name: max((part[-1] - part[0]).days + 1, 7) / 7 for name, part in dates.items() if part
    }
    for row in found.itertuples():
        here = [
            account for account, at in timed if (at.weekday(), at.hour) == (row.weekday, row.hour)
        ]
        assert (row.pushes, row.accounts) == (slots[(row.weekday, row.hour)], len(set(here)))
        assert row.pushes_per_week == pytest.approx(sum(1 / weeks[account] for account in here))
    assert found["share"].sum() == pytest.approx(1)
    pd.testing.assert_frame_equal(
        count_crowding(pushes_of(drawn).sample(frac=1, random_state=1)), found, check_exact=False
    )


def test_an_account_split_in_two_crowds_the_same_slots() -> None:
    times = ["2026-03-02 20:00", "2026-03-09 20:00", "2026-03-11 07:00"]
    whole = count_crowding(build_pushes(articles([article(at) for at in times])))
    split = count_crowding(
        build_pushes(
            articles([article(at, account=name) for at, name in zip(times, "甲甲乙", strict=True)])
        )
    )
    assert whole["pushes"].tolist() == split["pushes"].tolist()


def test_free_slots_are_the_least_crowded_first_and_wrap_round_the_week() -> None:
    crowding = count_crowding(
        build_pushes(
            articles(
                [
                    article("2026-03-01 23:00"),
                    article("2026-03-02 01:00"),
                    article("2026-03-02 01:30", account="乙"),
                ]
            )
        )
    )
    found = find_free_slots(crowding, weekday=0, hour=0, within=1)
    assert found[["weekday", "hour", "hours_away", "accounts", "free"]].values.tolist() == [
        [0, 0, 0, 0, True],
        [6, 23, -1, 1, False],
        [0, 1, 1, 2, False],
    ]
    with pytest.raises(ValueError, match="weekday 7"):
        find_free_slots(crowding, weekday=7, hour=0)


def test_empty_and_foreign_frames() -> None:
    crowding = count_crowding(build_pushes(empty_frame(ARTICLES)))
    assert {column: str(dtype) for column, dtype in crowding.dtypes.items()} == CROWDING
    assert {
        column: str(dtype)
        for column, dtype in find_free_slots(crowding, weekday=0, hour=0).dtypes.items()
    } == FREE_SLOTS
    with pytest.raises(FrameError, match="push_id"):
        count_crowding(empty_frame({"account": "str"}))

"""Intervals of rates, and when two accounts are called different."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from analysis.cadence.intervals import PAIRS, RATE_INTERVALS, bound_rates, compare_rates
from analysis.cadence.pushes import build_pushes, measure_rates
from analysis.frames import ARTICLES, empty_frame
from tests.support.small_frames import article, articles

START = datetime(2025, 3, 3, 20)


def random_sender(account: str, chance: float, weeks: int, seed: int) -> list[dict[str, object]]:
    on = np.flatnonzero(np.random.default_rng(seed).random(7 * weeks) < chance)
    return [
        article(f"{START + timedelta(days=int(n)):%Y-%m-%d %H:%M}", account=account, push_id=f"{n}")
        for n in {0, *on, 7 * weeks - 1}
    ]


def pushes(*parts: list[dict[str, object]]) -> pd.DataFrame:
    return build_pushes(articles([row for part in parts for row in part]))


def test_the_interval_is_that_of_drawing_whole_weeks_again() -> None:
    found = pushes(random_sender("甲", 0.5, 40, seed=7))
    row = bound_rates(found).iloc[0]
    days = ((found["published_at"] - found["published_at"].min()).dt.days).to_numpy()
    weeks = [sum(days // 7 == week) for week in range(40)]
    rng = np.random.default_rng(0)
    drawn = [np.mean([weeks[i] for i in rng.integers(0, 40, 40)]) for _ in range(4000)]
    assert (row["weeks_sampled"], row["pushes_per_week"]) == (
        40,
        pytest.approx(len(found) / 280 * 7),
    )
    assert [row["pushes_per_week_low"], row["pushes_per_week_high"]] == pytest.approx(
        np.quantile(drawn, [0.025, 0.975]), abs=0.12
    )


def test_the_interval_holds_the_true_rate_about_as_often_as_it_says() -> None:
    found = bound_rates(pushes(*(random_sender(f"号{n}", 0.4, 30, seed=n) for n in range(120))))
    held = (found["pushes_per_week_low"] <= 2.8) & (found["pushes_per_week_high"] >= 2.8)
    assert 0.88 <= held.mean() <= 1


def test_accounts_of_one_law_are_not_called_different_and_those_of_two_are() -> None:
    same = [
        compare_rates(
            pushes(*(random_sender(f"号{n}", 0.4, 30, seed=100 * run + n) for n in range(4)))
        )["differs"].any()
        for run in range(25)
    ]
    assert sum(same) <= 3
    other = compare_rates(
        pushes(random_sender("甲", 0.3, 40, 1), random_sender("乙", 0.8, 40, 2))
    ).iloc[0]
    assert other["differs"]
    assert other["ratio_low"] < other["ratio"] < other["ratio_high"] or other[
        "ratio"
    ] == pytest.approx(0.8 / 0.3, rel=0.3)


def test_clockwork_accounts_differ_by_more_than_where_the_window_ends() -> None:
    weekly = [
        [
            article(f"{START + timedelta(weeks=n):%Y-%m-%d %H:%M}", account=name)
            for n in range(weeks)
        ]
        for name, weeks in (("甲", 20), ("乙", 40))
    ]
    assert not compare_rates(pushes(*weekly))["differs"].item()


def test_too_few_weeks_have_no_interval_and_no_verdict() -> None:
    few = pushes(random_sender("甲", 0.9, 7, 1), random_sender("乙", 0.2, 40, 2))
    row = bound_rates(few).set_index("account").loc["甲"]
    assert row[["pushes_per_week_low", "pushes_per_week_high"]].isna().all()
    assert row["pushes_per_week"] > 5
    assert compare_rates(few)["differs"].isna().all()
    assert bound_rates(pushes([article()]))["pushes_per_week"].isna().all()


def test_an_accounts_interval_does_not_depend_on_its_company_or_the_order() -> None:
    found = pushes(random_sender("甲", 0.5, 20, 1), random_sender("乙", 0.3, 30, 2))
    alone = [bound_rates(part.reset_index(drop=True)) for _, part in found.groupby("account")]
    pd.testing.assert_frame_equal(pd.concat(alone, ignore_index=True), bound_rates(found))
    pd.testing.assert_frame_equal(
        bound_rates(found.sample(frac=1, random_state=2)), bound_rates(found)
    )
    rates = measure_rates(found)["pushes_per_week"]
    assert (bound_rates(found)["pushes_per_week"] == rates).all()


def test_empty_frames_keep_their_columns() -> None:
    empty = build_pushes(empty_frame(ARTICLES))
    assert {
        column: str(dtype) for column, dtype in bound_rates(empty).dtypes.items()
    } == RATE_INTERVALS
    assert {column: str(dtype) for column, dtype in compare_rates(empty).dtypes.items()} == PAIRS

"""Seconds and peak memory of the cadence of many articles, and the ratio to one account after the
other with groupby.apply.

python -m tests.bench.cadence [ARTICLES [ACCOUNTS]] default: 1000000 articles of 1000 accounts, and
  the ratio on 100000 of 100
"""

from __future__ import annotations

import math
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from analysis.cadence.calendar_cn import measure_day_kinds, measure_events
from analysis.cadence.changes import find_changes
from analysis.cadence.crowding import count_crowding
from analysis.cadence.pushes import (
    build_pushes,
    count_days,
    count_hours,
    count_weeks,
    measure_rates,
)
from analysis.cadence.regularity import measure_days, measure_gaps, measure_hours
from analysis.cadence.summary import describe_cadence
from analysis.frames import TIME


def make_articles(articles: int, accounts: int, seed: int = 1) -> pd.DataFrame:
    """An articles frame (the columns cadence needs) of accounts of many kinds: 1 to 8 articles a
    push, pushes over one to six years.
    """
    rng = np.random.default_rng(seed)
    each = articles // accounts
    parts = []
    for number in range(accounts):
        size = rng.integers(1, 9)
        pushes = -(-each // size)
        days = np.sort(
            rng.choice(max(int(pushes * rng.uniform(1, 4)), 365), size=pushes, replace=pushes > 365)
        )
        seconds = (
            days * 86400 + np.round(rng.normal(rng.uniform(7, 22), 1, pushes) % 24 * 3600)
        ).astype("int64") + 1_500_000_000 // 86400 * 86400
        parts.append(
            np.column_stack(
                [
                    np.full(each, number),
                    np.repeat(seconds, size)[:each],
                    np.repeat(np.arange(pushes), size)[:each],
                    np.tile(np.arange(1, size + 1), pushes)[:each],
                ]
            )
        )
    owner, at, push, position = np.concatenate(parts).T
    names = pd.Series(owner).astype(str)
    return pd.DataFrame(
        {
            "account_id": ("gh_" + names).astype("str"),
            "account": ("号" + names).astype("str"),
            "push_id": ("26" + pd.Series(push).astype(str)).astype("str"),
            "position": pd.array(position, dtype="Int64"),
            "published_at": pd.to_datetime(at, unit="s", utc=True)
            .tz_convert("Asia/Shanghai")
            .astype(TIME),
            "time_precision": pd.Categorical(
                ["second"] * len(at), categories=["second", "minute", "day", "none"]
            ),
        }
    ).sample(frac=1, random_state=seed, ignore_index=True)


def naive_figures(articles: pd.DataFrame) -> pd.DataFrame:
    """Six of describe_cadence's figures by plain loops, one account after the other: the yardstick,
    and an oracle.
    """
    return articles.groupby("account_id")[["push_id", "published_at"]].apply(_naive_account)


def _naive_account(part: pd.DataFrame) -> pd.Series[Any]:
    first: dict[str, Any] = {}
    for push, at in zip(part["push_id"], part["published_at"], strict=True):
        first[push] = min(at, first.get(push, at))
    times = sorted(first.values())
    gaps = [(b - a).total_seconds() for a, b in pairwise(times)]
    mean, n = sum(gaps) / len(gaps), len(gaps)
    r = math.sqrt(sum((gap - mean) ** 2 for gap in gaps) / n) / mean
    hours, week = Counter(at.hour for at in times), Counter((at.weekday(), at.hour) for at in times)
    days = (times[-1].date() - times[0].date()).days + 1
    return pd.Series(
        {
            "pushes": len(times),
            "pushes_per_week": len(times) / days * 7,
            "active_day_share": len({at.date() for at in times}) / days,
            "busiest_hour_share": max(hours.values()) / len(times),
            "hour_of_week_entropy": -sum(
                c / len(times) * math.log(c / len(times)) for c in week.values()
            )
            / math.log(168),
            "burstiness": (math.sqrt(n + 1) * r - math.sqrt(n - 1))
            / ((math.sqrt(n + 1) - 2) * r + math.sqrt(n - 1)),
        }
    )


def _figures(articles: pd.DataFrame) -> pd.DataFrame:
    """The same figures by the project's functions."""
    pushes = build_pushes(articles)
    return (
        measure_rates(pushes)
        .merge(measure_gaps(pushes))
        .merge(measure_hours(pushes))
        .merge(measure_days(pushes).drop(columns="days"))
    )


def _timed(call: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    answer = call()
    return time.perf_counter() - began, answer


def main(articles: int, accounts: int) -> None:
    """Print the figures."""
    small = make_articles(articles // 10, max(accounts // 10, 1))
    ratios = []
    for _ in range(3):
        fast, mine = _timed(lambda: _figures(small))
        slow, naive = _timed(lambda: naive_figures(small))
        ratios.append(slow / fast)
    worst = (
        (mine.set_index("account_id")[naive.columns].astype("float64") - naive).abs().max().max()
    )
    print(
        f"{len(small)} articles: {fast:.2f} s against {slow:.2f} s account by account, ratio "
        f"{sorted(ratios)[1]:.1f} (median of 3); greatest difference {worst:.1e}"
    )
    frame = make_articles(articles, accounts)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    worked, (total, pushes) = time.process_time(), _timed(lambda: build_pushes(frame))
    print(
        f"{len(frame)} articles of {accounts} accounts, {len(pushes)} pushes; the frame alone: "
        f"peak {before:.0f} MB"
    )
    print(f"{'build_pushes':20} {total:6.2f} s")
    for statistic in (
        describe_cadence,
        count_weeks,
        count_days,
        count_hours,
        count_crowding,
        measure_day_kinds,
        measure_events,
        find_changes,
    ):
        seconds, _ = _timed(lambda statistic=statistic: statistic(pushes))  # type: ignore[misc]
        total += seconds
        print(f"{statistic.__name__:20} {seconds:6.2f} s")
    print(
        f"{'all':20} {total:6.2f} s ({time.process_time() - worked:.2f} s of one core)   peak "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
    )


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000,
        int(sys.argv[2]) if len(sys.argv) > 2 else 1000,
    )

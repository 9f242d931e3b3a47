"""Invented observations of invented articles, for tests of what imported counts say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from analysis.engagement.counts import classify_observations, pick_counts
from analysis.frames import METRICS, OBSERVATIONS, TIME
from tests.support.small_frames import article, articles

WEEK = "第 7 天"


def observation(
    article_id: str,
    metric: str,
    value: int,
    *,
    at: pd.Timestamp | None,
    censored: bool = False,
    flag: str | None = None,
    source: str = "表.csv",
) -> dict[str, Any]:
    return {
        "article_id": article_id,
        "metric": metric,
        "value": value,
        "censored": censored,
        "seen_at": at,
        "flag": flag,
        "source": source,
    }


def observations(rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """The observations frame of the rows."""
    listed = list(rows)
    frame = pd.DataFrame(
        {
            column: pd.Series([row[column] for row in listed], dtype="object")
            for column in OBSERVATIONS
        }
    )
    frame["seen_at"] = (
        pd.to_datetime(frame["seen_at"], utc=True)
        .dt.tz_convert("Asia/Shanghai")
        .dt.as_unit("us")
        .astype(TIME)
    )
    frame["metric"] = pd.Categorical(frame["metric"], categories=list(METRICS))
    return frame.astype(
        {
            column: dtype
            for column, dtype in OBSERVATIONS.items()
            if column not in ("seen_at", "metric")
        }
    )


def counted(
    reads: Mapping[str, Iterable[int | None]],
    *,
    days: float = 7,
    position: int | None = 1,
    **others: Mapping[str, Iterable[int]],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Articles one a day by account, and their reads so many days later (None: not counted; 100000:
    10万+); `others` are counts of other metrics.
    """
    rows, seen = [], []
    for account, values in reads.items():
        for number, value in enumerate(values):
            at = pd.Timestamp("2026-01-01 20:00", tz="Asia/Shanghai") + pd.Timedelta(days=number)
            key = f"{account}{number:04d}"
            rows.append(
                article(
                    f"{at:%Y-%m-%d %H:%M}",
                    f"{account}第{number}篇",
                    account=account,
                    article_id=key,
                    position=position,
                    url=f"https://mp.weixin.qq.com/s/{number:022d}",
                )
            )
            if value is not None:
                seen.append(
                    observation(
                        key,
                        "read",
                        value,
                        at=at + pd.Timedelta(days=days),
                        censored=value == 100_000,
                    )
                )
            for metric, counts in others.items():
                if account in counts:
                    seen.append(
                        observation(
                            key,
                            metric,
                            list(counts[account])[number],
                            at=at + pd.Timedelta(days=days),
                        )
                    )
    return articles(rows), observations(seen)


def picked(
    reads: Mapping[str, Iterable[int | None]], *, age: str = WEEK, **more: Any
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """(articles, classified observations, counts at the age)."""
    frame, seen = counted(reads, **more)
    classified = classify_observations(seen, frame)
    return frame, classified, pick_counts(classified, frame, age=age)

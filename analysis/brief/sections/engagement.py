"""Imported counts as a brief shows them: reads at one article age, rates, outliers, WCI, signs;
only where a user provided any.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from analysis.engagement.bought_reads import SIGN_NAMES, find_signs
from analysis.engagement.counts import (
    EXCLUDED,
    choose_age,
    classify_observations,
    count_excluded,
    pick_counts,
)
from analysis.engagement.reads import (
    LEAST_READS,
    find_outliers,
    measure_rates,
    measure_reads,
    slot_names,
)
from analysis.engagement.wci import measure_wci
from analysis.rows import Example, parts_of, plain_rows, to_time

__all__ = [
    "AccountReads",
    "Engagement",
    "Index",
    "Outlier",
    "Rate",
    "ReadsGroup",
    "Sign",
    "measure_engagement",
]

METRIC_NAMES = {
    "like": "点赞",
    "wow": "在看",
    "share": "转发",
    "comment": "留言",
    "favourite": "收藏",
}
_SHOWN = 5
_GROUP_FIELDS = (
    "articles",
    "n",
    "left_out",
    "n_censored",
    "q1",
    "median",
    "q3",
    "q1_at_least",
    "median_at_least",
    "q3_at_least",
    "low",
    "high",
    "ratio",
    "ratio_low",
    "ratio_high",
)


@dataclass(frozen=True, slots=True)
class ReadsGroup:
    """Reads of an account ("" as name), one of its slots or one of its content columns; see
    reads.measure_reads. None below ten articles.
    """

    name: str
    articles: int
    n: int
    left_out: int
    n_censored: int
    q1: float | None
    median: float | None
    q3: float | None
    q1_at_least: bool
    median_at_least: bool
    q3_at_least: bool
    low: float | None
    high: float | None
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None


@dataclass(frozen=True, slots=True)
class Rate:
    """One rate of an account; see reads.measure_rates. None below ten articles."""

    metric: str
    name: str
    n: int
    pooled: float | None
    median: float | None
    low: float | None
    high: float | None
    above: int | None


@dataclass(frozen=True, slots=True)
class Outlier:
    """An article read three times as much as its account's median, or more."""

    example: Example
    read: float
    at_least: bool
    ratio: float


@dataclass(frozen=True, slots=True)
class Index:
    """A WCI with its version, what it lacks in the name; a lower bound where `at_least`."""

    version: str
    value: float
    at_least: bool
    n: int
    days: int
    source: str


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign of bought reads with its figures; never a verdict."""

    name: str
    n: int
    of: int
    told: str
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class AccountReads:
    """All of one account's counts at the age of the section; `first` and `last` are the publishing
    times of the articles counted.
    """

    reads: ReadsGroup
    first: datetime | None
    last: datetime | None
    slots: tuple[ReadsGroup, ...]
    columns: tuple[ReadsGroup, ...]
    rates: tuple[Rate, ...]
    outliers: tuple[Outlier, ...]
    n_outliers: int
    most_shared: tuple[Example, ...]
    indices: tuple[Index, ...]
    signs: tuple[Sign, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Engagement:
    """The counts of a brief: the one article age all are compared at, where they came from, what
    was left out, and the accounts by account_id.
    """

    age: str
    sources: tuple[str, ...]
    seen_first: datetime | None
    seen_last: datetime | None
    excluded: tuple[tuple[str, int], ...]
    accounts: Mapping[str, AccountReads]


def measure_engagement(
    observations: pd.DataFrame | None, articles: pd.DataFrame, assigned: pd.DataFrame
) -> Engagement | None:
    """The engagement section of these articles, with their content columns; None where nobody
    provided a read count that can be used.
    """
    if observations is None or observations.empty:
        return None
    classified = classify_observations(observations, articles)
    age = choose_age(classified)
    if age is None:
        return None
    counts = pick_counts(classified, articles, age=age)
    excluded = count_excluded(classified).groupby("why")["n"].sum()
    return Engagement(
        age=age,
        sources=tuple(
            sorted({re.split(r"[/\\]", source)[-1] for source in counts["source"].dropna()})
        ),
        seen_first=to_time(counts["seen_at"].min()),
        seen_last=to_time(counts["seen_at"].max()),
        excluded=tuple((EXCLUDED[why], int(excluded[why])) for why in EXCLUDED if why in excluded),
        accounts=_measure_accounts(counts, classified, articles, assigned),
    )


def _measure_accounts(
    counts: pd.DataFrame, classified: pd.DataFrame, articles: pd.DataFrame, assigned: pd.DataFrame
) -> dict[str, AccountReads]:
    in_columns = assigned[assigned["content_column"].notna() & assigned["kind"].ne("theme")]
    columns = in_columns.set_index("article_id")["content_column"]
    frames = {
        "reads": measure_reads(counts, articles),
        "slots": measure_reads(counts, articles, groups=slot_names(articles)),
        "columns": measure_reads(counts, articles, groups=columns),
    }
    frames |= {
        "rates": measure_rates(counts),
        "outliers": find_outliers(counts),
        "indices": measure_wci(counts, articles),
        "signs": find_signs(counts, classified),
    }
    by_account = {
        name: {key: plain_rows(part) for key, part in parts_of(frame).items()}
        for name, frame in frames.items()
    }
    read = parts_of(counts[counts["read"].notna()])
    return {
        key: _measure_account({name: rows.get(key, []) for name, rows in by_account.items()}, part)
        for key, part in read.items()
    }


def _measure_account(
    rows: Mapping[str, list[dict[str, Any]]], counts: pd.DataFrame
) -> AccountReads:
    outliers = [
        Outlier(Example(row["title"], row["url"]), row["read"], row["read_censored"], row["ratio"])
        for row in rows["outliers"]
    ]
    return AccountReads(
        reads=_group(rows["reads"][0]),
        first=to_time(counts["published_at"].min()),
        last=to_time(counts["published_at"].max()),
        slots=tuple(sorted((_group(row) for row in rows["slots"] if row["n"]), key=_slot_order)),
        columns=tuple(_group(row) for row in rows["columns"] if row["median"] is not None),
        rates=tuple(
            Rate(
                row["metric"],
                METRIC_NAMES[row["metric"]],
                *(row[name] for name in ("n", "pooled", "median", "low", "high", "above")),
            )
            for row in rows["rates"]
        ),
        outliers=tuple(outliers[:_SHOWN]),
        n_outliers=len(outliers),
        most_shared=_most_shared(counts),
        indices=tuple(_index(row) for row in rows["indices"] if row["value"] is not None),
        signs=tuple(_sign(row) for row in rows["signs"]),
    )


def _most_shared(counts: pd.DataFrame) -> tuple[Example, ...]:
    exact = counts[
        counts["read"].ge(LEAST_READS) & ~counts["read_censored"] & counts["share"].notna()
    ]
    ranked = (
        exact.assign(rate=exact["share"] / exact["read"])
        .sort_values(["rate", "article_id"], ascending=[False, True])
        .head(2)
    )
    return tuple(Example(row["title"], row["url"]) for row in plain_rows(ranked))


def _group(row: Mapping[str, Any]) -> ReadsGroup:
    return ReadsGroup(row["group"], **{name: row[name] for name in _GROUP_FIELDS})


def _slot_order(slot: ReadsGroup) -> tuple[int, str]:
    return (0 if slot.name == "头条" else len(slot.name), slot.name)


def _index(row: Mapping[str, Any]) -> Index:
    without = f" 无{'、'.join(row['without'])}" if row["without"] else ""
    return Index(
        f"WCI {row['version']}{without}",
        row["value"],
        row["at_least"],
        row["n"],
        row["days"],
        row["source"],
    )


def _sign(row: Mapping[str, Any]) -> Sign:
    examples = tuple(
        Example(title, url) for title, url in zip(row["titles"], row["urls"], strict=True)
    )
    return Sign(SIGN_NAMES[row["sign"]], row["n"], row["of"], row["told"], examples)

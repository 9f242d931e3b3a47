"""Imported counts only: reads at equal article age, outliers, rates. What is censored stays
censored; what can't be true is left out and counted.

WCI is wci.py's; signs of bought reads are bought_reads.py's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

import numpy as np
import pandas as pd

from analysis.evidence import MIN_ARTICLES
from analysis.frames import METRICS, OBSERVATIONS, TIME, check_frame, fill_column

__all__ = [
    "AGES",
    "COUNTS",
    "EXCLUDED",
    "LATEST",
    "UNKNOWN_AGE",
    "Age",
    "choose_age",
    "count_excluded",
    "classify_observations",
    "pick_counts",
    "pick_latest",
]


@dataclass(frozen=True, slots=True)
class Age:
    """A band of article ages in days, `low` ≤ age < `high`, inside which counts are compared."""

    name: str
    low: float
    high: float


AGES = (
    Age("第 1 天", 0.75, 1.5),
    Age("第 3 天", 2.5, 4.0),
    Age("第 7 天", 6.0, 9.0),
    Age("30 天以上", 30.0, inf),
)
UNKNOWN_AGE = "取数时间不明"  # the source does not say when it counted
_CONSTANT_SHARE = 0.95
_CONSTANT_ROWS = 20
_DAY_PRECISE_FROM = 6.0  # days: an age known to the day only is too coarse for the bands below
_EARLY_DAYS = (
    1.0  # a count may be this much older than a publishing day that is known by its date only
)
EXCLUDED = {
    "constant": "几乎都是同一个数",
    "impossible": "互相矛盾（点赞多过阅读）",
    "early": "取数早于发布",
    "flagged": "导入时已标为不可用",
}
_ARTICLES: Mapping[str, str] = {
    "article_id": "str",
    "account": "str",
    "account_id": "str",
    "position": "Int64",
    "title": "str",
    "published_at": TIME,
    "time_precision": "category",
    "url": "str",
}
COUNTS: Mapping[str, str] = {
    "article_id": "str",
    "account": "str",
    "account_id": "str",
    "position": "Int64",
    "title": "str",
    "published_at": TIME,
    "url": "str",
    "age_days": "float64",
    "seen_at": TIME,
    "source": "str",
    **dict.fromkeys(METRICS, "float64"),
    **{f"{metric}_censored": "bool" for metric in METRICS},
}

LATEST: Mapping[str, str] = {
    "article_id": "str",
    **dict.fromkeys(METRICS, "Int64"),
    "counted_at": TIME,
    "at_least": "object",
    "kept_out": "str",
}


def classify_observations(observations: pd.DataFrame, articles: pd.DataFrame) -> pd.DataFrame:
    """The observations of these articles with the article's account, its age then, and why a count
    is kept out of figures.

    Returns the columns of OBSERVATIONS with account, account_id str, published_at, age_days float64
    (missing where either time is) and why str: "" where the count is used, else a key of EXCLUDED.
    A count is constant where one value other than zero stands in 95 % of an account's counts of one
    source, twenty at least; impossible where at one moment anything exceeds the reads. Order as
    given. Raises FrameError.
    """
    check_frame(observations, OBSERVATIONS, name="observations")
    check_frame(articles, _ARTICLES, name="articles")
    owners = articles[["article_id", "account", "account_id", "published_at", "time_precision"]]
    joined = observations.merge(owners, on="article_id", how="inner")
    joined["age_days"] = (joined["seen_at"] - joined["published_at"]).dt.total_seconds() / 86400
    slack = np.where(joined["time_precision"].isin(["second", "minute"]), 0.0, _EARLY_DAYS)
    joined.loc[
        ~joined["time_precision"].isin(["second", "minute"])
        & joined["age_days"].lt(_DAY_PRECISE_FROM)
        & joined["age_days"].ge(0),
        "age_days",
    ] = np.nan
    why = np.select(
        [
            joined["flag"].isin(["constant", "impossible"]),
            joined["flag"].notna(),
            joined["age_days"].lt(-slack),
        ],
        [joined["flag"], "flagged", "early"],
        "",
    )
    joined["why"] = pd.Series(why, index=joined.index, dtype="str")
    joined.loc[
        joined["why"].eq("")
        & _is_constant(joined[joined["why"].eq("")]).reindex(joined.index, fill_value=False),
        "why",
    ] = "constant"
    joined.loc[
        joined["why"].eq("")
        & _is_impossible(joined[joined["why"].eq("")]).reindex(joined.index, fill_value=False),
        "why",
    ] = "impossible"
    return joined


def _is_constant(counts: pd.DataFrame) -> pd.Series:
    exact = counts[~counts["censored"]]
    keys = [exact["account_id"], exact["metric"].astype("str"), exact["source"].fillna("")]
    size = exact["article_id"].groupby(keys).transform("nunique")
    same = exact["article_id"].groupby([*keys, exact["value"]]).transform("nunique")
    return (
        size.ge(_CONSTANT_ROWS) & same.ge(_CONSTANT_SHARE * size) & exact["value"].gt(0)
    ).reindex(counts.index, fill_value=False)


def _is_impossible(counts: pd.DataFrame) -> pd.Series:
    """The reads of a moment that anything else exceeds, and what exceeds them."""
    moment = (
        counts["article_id"]
        + "\0"
        + _seconds(counts["seen_at"]).astype("str")
        + "\0"
        + counts["source"].fillna("")
    )
    is_read = counts["metric"].eq("read")
    exact = counts[is_read & ~counts["censored"]]
    reads = moment.map(
        pd.Series(exact["value"].to_numpy(), index=moment[exact.index]).groupby(level=0).max()
    ).astype("float64")
    above = ~is_read & counts["value"].gt(reads)
    return above | (is_read & moment.isin(set(moment[above])))


def _seconds(at: pd.Series) -> pd.Series:
    """Unix seconds, -1 where missing."""
    seconds: pd.Series = at.dt.as_unit("s").astype("int64").where(at.notna(), -1)
    return seconds


def count_excluded(classified: pd.DataFrame) -> pd.DataFrame:
    """How many counts of each account are kept out of figures: account, account_id, metric, why
    str, n int64; sorted by account, metric, why.
    """
    out = classified[classified["why"].ne("")].assign(
        metric=lambda frame: frame["metric"].astype("str")
    )
    keys = ["account", "account_id", "metric", "why"]
    return (
        out.groupby(keys, as_index=False)
        .size()
        .rename(columns={"size": "n"})
        .sort_values(keys, ignore_index=True)
    )


def choose_age(classified: pd.DataFrame) -> str | None:
    """The band in which most accounts have ten articles with reads, then most articles, then the
    older; None without any read that is used.
    """
    reads = classified[classified["why"].eq("") & classified["metric"].eq("read")]
    ranked = []
    for order, name in enumerate([UNKNOWN_AGE, *(age.name for age in AGES)]):
        inside = reads[_in_band(reads, name)]
        sizes = inside.groupby("account_id")["article_id"].nunique()
        if len(sizes):
            ranked.append(
                (
                    int((sizes >= MIN_ARTICLES).sum()) if name != UNKNOWN_AGE else 0,
                    int(sizes.sum()) if name != UNKNOWN_AGE else 0,
                    order,
                    name,
                )
            )
    return max(ranked)[3] if ranked else None


def _in_band(counts: pd.DataFrame, name: str) -> pd.Series:
    if name == UNKNOWN_AGE:
        return counts["seen_at"].isna() | counts["published_at"].isna()
    (age,) = (age for age in AGES if age.name == name)
    return counts["age_days"].ge(age.low) & counts["age_days"].lt(age.high)


def pick_counts(classified: pd.DataFrame, articles: pd.DataFrame, *, age: str) -> pd.DataFrame:
    """The latest counts of each article within a band of ages (a name of AGES, or UNKNOWN_AGE), all
    of one moment and one source.

    A moment with a read count goes before one without. Returns COUNTS, one row per article that has
    any: counts float64, missing where that moment has none, `…_censored` where it means at least
    this many. Sorted by account, published_at, article_id. Raises FrameError, and ValueError for
    another age.
    """
    if age not in {UNKNOWN_AGE, *(age.name for age in AGES)}:
        raise ValueError(
            f"没有这个年龄段：{age!r}；可以用 "
            f"{'、'.join([*(age.name for age in AGES), UNKNOWN_AGE])}"
        )
    check_frame(articles, _ARTICLES, name="articles")
    used = classified[classified["why"].eq("")]
    wide = _latest_moments(used[_in_band(used, age)])
    joined = wide.merge(articles[list(_ARTICLES)], on="article_id", how="inner")
    joined["seen_at"] = _to_times(joined["at"])
    joined["age_days"] = (joined["seen_at"] - joined["published_at"]).dt.total_seconds() / 86400
    joined["source"] = joined["source"].where(joined["source"].ne(""))
    return joined.astype(dict(COUNTS))[list(COUNTS)].sort_values(
        ["account", "published_at", "article_id"], ignore_index=True
    )


def pick_latest(classified: pd.DataFrame) -> pd.DataFrame:
    """The latest counts of each article at whatever age, for lists of articles and for no figure:
    all of one moment and one source, a moment with a read count before one without.

    Returns LATEST, one row per article that has any count, sorted by article_id: counts missing
    where that moment has none, `counted_at` where the source does not say; `at_least` lists the
    metrics that mean at least this many, `kept_out` is why figures leave the moment out, a key of
    EXCLUDED, missing where they use it.
    """
    wide = _latest_moments(classified)
    out = classified[classified["why"].ne("")]
    reasons = out["why"].groupby(_moments(out)).min()
    keys = pd.MultiIndex.from_frame(wide[["article_id", "at", "source"]])
    at_least = [
        [metric for metric, more in zip(METRICS, flags, strict=True) if more]
        for flags in wide[[f"{metric}_censored" for metric in METRICS]].itertuples(index=False)
    ]
    latest = wide.assign(
        counted_at=_to_times(wide["at"]),
        at_least=fill_column(at_least, "object").to_numpy(),
        kept_out=reasons.reindex(keys).to_numpy() if len(reasons) else None,
    )
    return latest.astype(dict(LATEST))[list(LATEST)].reset_index(drop=True)


def _moments(counts: pd.DataFrame) -> list[pd.Series]:
    """What one look at an article is known by: article, unix seconds, source."""
    return [
        counts["article_id"],
        _seconds(counts["seen_at"]).rename("at"),
        counts["source"].fillna("").rename("source"),
    ]


def _to_times(seconds: pd.Series) -> pd.Series:
    """Unix seconds as times, -1 as missing."""
    times = pd.to_datetime(seconds.where(seconds.ge(0)), unit="s", utc=True)
    return times.dt.tz_convert("Asia/Shanghai").dt.as_unit("us")


def _latest_moments(used: pd.DataFrame) -> pd.DataFrame:
    """The latest moment of each article, one with a read count before one without: a row an
    article, its counts side by side.
    """
    values = (
        used.groupby([*_moments(used), used["metric"].astype("str")], sort=True)
        .agg(value=("value", "max"), censored=("censored", "max"))
        .unstack("metric")
    )
    wide = pd.DataFrame(index=values.index)
    for metric in METRICS:
        has_value = ("value", metric) in values.columns
        wide[metric] = values[("value", metric)].astype("float64") if has_value else np.nan
        wide[f"{metric}_censored"] = (
            values[("censored", metric)].astype("boolean").fillna(False).astype("bool")
            if has_value
            else False
        )
    wide = wide.reset_index().assign(has_read=lambda frame: frame["read"].notna())
    return wide.sort_values(["article_id", "has_read", "at", "source"]).drop_duplicates(
        "article_id", keep="last"
    )

"""Imported counts only: reads at equal article age, outliers, rates. What is censored stays
censored; what can't be true is left out and counted.

WCI is wci.py's; signs of bought reads are bought_reads.py's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
import pandas as pd

from analysis.frames import METRICS, OBSERVATIONS, TIME, check_frame

__all__ = [
    "AGES",
    "COUNTS",
    "EXCLUDED",
    "LEAST",
    "LEAST_FOR_OUTLIERS",
    "LEAST_READS",
    "OUTLIER",
    "OUTLIERS",
    "RATES",
    "READS",
    "SHARE_LINE",
    "UNKNOWN_AGE",
    "Age",
    "bound_quantile",
    "choose_age",
    "count_excluded",
    "find_outliers",
    "classify_observations",
    "measure_rates",
    "measure_reads",
    "median_interval",
    "pick_counts",
    "slot_names",
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
LEAST = 10  # articles with a count below which no figure is given
LEAST_FOR_OUTLIERS = 20
OUTLIER = 3.0  # times the account's own median
SHARE_LINE = 0.05  # shares ÷ reads above which practitioners call an article good
LEAST_READS = 100  # below it one like more or less moves a rate by a per cent
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
READS: Mapping[str, str] = {
    "account": "str",
    "account_id": "str",
    "group": "str",
    "articles": "int64",
    "n": "int64",
    "left_out": "int64",
    "n_censored": "int64",
    "q1": "float64",
    "median": "float64",
    "q3": "float64",
    "p90": "float64",
    "q1_at_least": "bool",
    "median_at_least": "bool",
    "q3_at_least": "bool",
    "p90_at_least": "bool",
    "low": "float64",
    "high": "float64",
    "ratio": "float64",
    "ratio_low": "float64",
    "ratio_high": "float64",
}
RATES: Mapping[str, str] = {
    "account": "str",
    "account_id": "str",
    "metric": "str",
    "n": "int64",
    "left_out": "int64",
    "pooled": "float64",
    "median": "float64",
    "low": "float64",
    "high": "float64",
    "above": "Int64",
}
OUTLIERS: Mapping[str, str] = {
    "account": "str",
    "account_id": "str",
    "article_id": "str",
    "title": "str",
    "published_at": TIME,
    "url": "str",
    "read": "float64",
    "read_censored": "bool",
    "median": "float64",
    "ratio": "float64",
    "n": "int64",
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
    held = observations.merge(owners, on="article_id", how="inner")
    held["age_days"] = (held["seen_at"] - held["published_at"]).dt.total_seconds() / 86400
    slack = np.where(held["time_precision"].isin(["second", "minute"]), 0.0, _EARLY_DAYS)
    held.loc[
        ~held["time_precision"].isin(["second", "minute"])
        & held["age_days"].lt(_DAY_PRECISE_FROM)
        & held["age_days"].ge(0),
        "age_days",
    ] = np.nan
    why = np.select(
        [
            held["flag"].isin(["constant", "impossible"]),
            held["flag"].notna(),
            held["age_days"].lt(-slack),
        ],
        [held["flag"], "flagged", "early"],
        "",
    )
    held["why"] = pd.Series(why, index=held.index, dtype="str")
    held.loc[
        held["why"].eq("")
        & _is_constant(held[held["why"].eq("")]).reindex(held.index, fill_value=False),
        "why",
    ] = "constant"
    held.loc[
        held["why"].eq("")
        & _is_impossible(held[held["why"].eq("")]).reindex(held.index, fill_value=False),
        "why",
    ] = "impossible"
    return held


def _is_constant(held: pd.DataFrame) -> pd.Series:
    exact = held[~held["censored"]]
    keys = [exact["account_id"], exact["metric"].astype("str"), exact["source"].fillna("")]
    size = exact["article_id"].groupby(keys).transform("nunique")
    same = exact["article_id"].groupby([*keys, exact["value"]]).transform("nunique")
    return (
        size.ge(_CONSTANT_ROWS) & same.ge(_CONSTANT_SHARE * size) & exact["value"].gt(0)
    ).reindex(held.index, fill_value=False)


def _is_impossible(held: pd.DataFrame) -> pd.Series:
    """The reads of a moment that anything else exceeds, and what exceeds them."""
    moment = (
        held["article_id"]
        + "\0"
        + _seconds(held["seen_at"]).astype("str")
        + "\0"
        + held["source"].fillna("")
    )
    is_read = held["metric"].eq("read")
    exact = held[is_read & ~held["censored"]]
    reads = moment.map(
        pd.Series(exact["value"].to_numpy(), index=moment[exact.index]).groupby(level=0).max()
    ).astype("float64")
    above = ~is_read & held["value"].gt(reads)
    return above | (is_read & moment.isin(set(moment[above])))


def _seconds(at: pd.Series) -> pd.Series:
    """Unix seconds, -1 where missing."""
    seconds: pd.Series = at.dt.as_unit("s").astype("int64").where(at.notna(), -1)
    return seconds


def count_excluded(judged: pd.DataFrame) -> pd.DataFrame:
    """How many counts of each account are kept out of figures: account, account_id, metric, why
    str, n int64; sorted by account, metric, why.
    """
    out = judged[judged["why"].ne("")].assign(metric=lambda frame: frame["metric"].astype("str"))
    keys = ["account", "account_id", "metric", "why"]
    return (
        out.groupby(keys, as_index=False)
        .size()
        .rename(columns={"size": "n"})
        .sort_values(keys, ignore_index=True)
    )


def choose_age(judged: pd.DataFrame) -> str | None:
    """The band in which most accounts have ten articles with reads, then most articles, then the
    older; None without any read that is used.
    """
    reads = judged[judged["why"].eq("") & judged["metric"].eq("read")]
    ranked = []
    for order, name in enumerate([UNKNOWN_AGE, *(age.name for age in AGES)]):
        inside = reads[_in_band(reads, name)]
        sizes = inside.groupby("account_id")["article_id"].nunique()
        if len(sizes):
            ranked.append(
                (
                    int((sizes >= LEAST).sum()) if name != UNKNOWN_AGE else 0,
                    int(sizes.sum()) if name != UNKNOWN_AGE else 0,
                    order,
                    name,
                )
            )
    return max(ranked)[3] if ranked else None


def _in_band(held: pd.DataFrame, name: str) -> pd.Series:
    if name == UNKNOWN_AGE:
        return held["seen_at"].isna() | held["published_at"].isna()
    (age,) = (one for one in AGES if one.name == name)
    return held["age_days"].ge(age.low) & held["age_days"].lt(age.high)


def pick_counts(judged: pd.DataFrame, articles: pd.DataFrame, *, age: str) -> pd.DataFrame:
    """The latest counts of each article within a band of ages (a name of AGES, or UNKNOWN_AGE), all
    of one moment and one source.

    A moment with a read count goes before one without. Returns COUNTS, one row per article that has
    any: counts float64, missing where that moment has none, `…_censored` where it means at least
    this many. Sorted by account, published_at, article_id. Raises FrameError, and ValueError for
    another age.
    """
    if age not in {UNKNOWN_AGE, *(one.name for one in AGES)}:
        raise ValueError(
            f"没有这个年龄段：{age!r}；可以用 "
            f"{'、'.join([*(one.name for one in AGES), UNKNOWN_AGE])}"
        )
    check_frame(articles, _ARTICLES, name="articles")
    used = judged[judged["why"].eq("")]
    used = used[_in_band(used, age)]
    moment = [
        used["article_id"],
        _seconds(used["seen_at"]).rename("at"),
        used["source"].fillna("").rename("source"),
        used["metric"].astype("str"),
    ]
    values = (
        used.groupby(moment, sort=True)
        .agg(value=("value", "max"), censored=("censored", "max"))
        .unstack("metric")
    )
    wide = pd.DataFrame(index=values.index)
    for metric in METRICS:
        held = ("value", metric) in values.columns
        wide[metric] = values[("value", metric)].astype("float64") if held else np.nan
        wide[f"{metric}_censored"] = (
            values[("censored", metric)].astype("boolean").fillna(False).astype("bool")
            if held
            else False
        )
    wide = wide.reset_index().assign(has_read=lambda frame: frame["read"].notna())
    wide = wide.sort_values(["article_id", "has_read", "at", "source"]).drop_duplicates(
        "article_id", keep="last"
    )
    joined = wide.merge(articles[list(_ARTICLES)], on="article_id", how="inner")
    joined["seen_at"] = (
        pd.to_datetime(joined["at"].where(joined["at"].ge(0)), unit="s", utc=True)
        .dt.tz_convert("Asia/Shanghai")
        .dt.as_unit("us")
    )
    joined["age_days"] = (joined["seen_at"] - joined["published_at"]).dt.total_seconds() / 86400
    joined["source"] = joined["source"].where(joined["source"].ne(""))
    return joined.astype(dict(COUNTS))[list(COUNTS)].sort_values(
        ["account", "published_at", "article_id"], ignore_index=True
    )


def bound_quantile(values: np.ndarray, censored: np.ndarray, q: float) -> tuple[float, bool]:
    """A quantile (linear between order statistics, Hyndman and Fan's type 7) of right-censored
    counts, and whether it is only a lower bound.

    The quantile of the counts as they stand is never above the true one; where putting the censored
    ones to infinity moves it, it is a bound.
    """
    least = float(np.quantile(values, q))
    most = float(np.quantile(np.where(censored, 1e18, values), q))
    return least, most > least * (1 + 1e-9) + 1e-9


def measure_reads(
    counts: pd.DataFrame, articles: pd.DataFrame, *, groups: pd.Series | None = None
) -> pd.DataFrame:
    """Reads by account, or by account and group (`groups` gives a name by article_id; articles
    without one stand in no row).

    Returns READS: articles in the window, n with a read count, left_out without one at this age,
    n_censored; quartiles and the 90th percentile, lower bounds where `…_at_least`; low and high,
    the 95 % interval of the median by its order statistics (high missing where it is censored);
    ratio with its interval, the median of reads ÷ the account's own median of the same slot
    (headline or not). Figures are missing below ten. Sorted by account, then group by median,
    largest first. Raises FrameError.
    """
    check_frame(counts, COUNTS, name="counts")
    known = articles[["article_id", "account", "account_id"]].assign(
        group="" if groups is None else articles["article_id"].map(groups)
    )
    known = known.dropna(subset=["group"])
    joined = known.merge(
        _compare_slots(counts[counts["read"].notna()]), on="article_id", how="left"
    )
    rows = [
        _measure_group(key, part, ratios=groups is not None)
        for key, part in joined.groupby(["account", "account_id", "group"], sort=True)
    ]
    frame = _typed(rows, READS)
    return frame.sort_values(
        ["account", "account_id", "median", "n", "group"],
        ascending=[True, True, False, False, True],
        ignore_index=True,
    )


def _compare_slots(counts: pd.DataFrame) -> pd.DataFrame:
    """article_id, read, read_censored, and ratio: reads ÷ the account's median of the same slot,
    where that slot has ten articles with reads.
    """
    slot = [counts["account_id"], counts["position"].fillna(0).clip(upper=2)]
    reads = counts["read"].groupby(slot)
    usual = reads.transform("median").where(reads.transform("size").ge(LEAST))
    return counts[["article_id", "read", "read_censored"]].assign(
        ratio=counts["read"] / usual.where(usual.gt(0))
    )


def _measure_group(key: tuple[Any, ...], part: pd.DataFrame, *, ratios: bool) -> dict[str, Any]:
    seen = part["read"].notna().to_numpy()
    values, censored = (
        part["read"].to_numpy()[seen],
        part["read_censored"].astype("boolean").fillna(False).to_numpy(dtype=bool)[seen],
    )
    row: dict[str, Any] = dict(zip(("account", "account_id", "group"), key, strict=True))
    row |= {
        "articles": len(part),
        "n": len(values),
        "left_out": len(part) - len(values),
        "n_censored": int(censored.sum()),
    }
    for name, q in (("q1", 0.25), ("median", 0.5), ("q3", 0.75), ("p90", 0.9)):
        row[name], row[f"{name}_at_least"] = (
            bound_quantile(values, censored, q) if len(values) >= LEAST else (np.nan, False)
        )
    row["low"], row["high"] = median_interval(values, censored)
    ratio = part["ratio"].to_numpy()[seen]
    held = ~np.isnan(ratio)
    row["ratio"] = float(np.median(ratio[held])) if ratios and held.sum() >= LEAST else np.nan
    row["ratio_low"], row["ratio_high"] = (
        median_interval(ratio[held], censored[held]) if ratios else (np.nan, np.nan)
    )
    return row


def median_interval(values: np.ndarray, censored: np.ndarray) -> tuple[float, float]:
    """The 95 % interval of a median by order statistics (binomial, no assumption on the
    distribution); NaN below ten, and where it is censored.
    """
    n = len(values)
    if n < LEAST:
        return np.nan, np.nan
    from scipy.stats import binom  # takes 0.7 s to load: only where there are counts

    rank = int(binom.ppf(0.025, n, 0.5))
    low, high = np.sort(values)[rank - 1], np.sort(np.where(censored, inf, values))[n - rank]
    return float(low), float(high) if high < inf else np.nan


def slot_names(articles: pd.DataFrame) -> pd.Series:
    """头条, 第 2 条, … by article_id; articles whose slot is unknown are not in it."""
    known = articles[articles["position"].notna()]
    names = known["position"].map(lambda slot: "头条" if slot == 1 else f"第 {slot} 条")
    return pd.Series(names.to_numpy(), index=known["article_id"], dtype="str")


def find_outliers(counts: pd.DataFrame) -> pd.DataFrame:
    """Articles with at least three times the median reads of their own account, where twenty
    articles have a read count.

    Returns OUTLIERS; `ratio` is a lower bound where `read_censored`. Accounts whose median is
    itself censored have none, as nothing can be told. Sorted by account, ratio largest first,
    article_id. Raises FrameError.
    """
    check_frame(counts, COUNTS, name="counts")
    read = counts[counts["read"].notna()]
    parts = []
    for _, part in read.groupby("account_id", sort=True):
        median, at_least = bound_quantile(
            part["read"].to_numpy(), part["read_censored"].to_numpy(), 0.5
        )
        if len(part) >= LEAST_FOR_OUTLIERS and median > 0 and not at_least:
            held = part.assign(median=median, ratio=part["read"] / median, n=len(part))
            parts.append(held[held["ratio"] >= OUTLIER])
    found = pd.concat(parts) if parts else read.head(0).assign(median=0.0, ratio=0.0, n=0)
    return found.astype(dict(OUTLIERS))[list(OUTLIERS)].sort_values(
        ["account", "account_id", "ratio", "article_id"],
        ascending=[True, True, False, True],
        ignore_index=True,
    )


def measure_rates(counts: pd.DataFrame) -> pd.DataFrame:
    """Likes, 在看, shares, comments and favourites per read, by account.

    Of articles with both counts uncensored and a hundred reads at least; left_out are the others
    that have the metric. Returns RATES: pooled, sum ÷ sum; median of the articles' rates with its
    95 % interval; above, articles at or over SHARE_LINE, of shares only. Shares 0 to 1, missing
    below ten articles. Sorted by account, metric in the order of METRICS. Raises FrameError.
    """
    check_frame(counts, COUNTS, name="counts")
    rows = []
    for (account, account_id), part in counts.groupby(["account", "account_id"], sort=True):
        for metric in METRICS[1:]:
            held = part[part[metric].notna()]
            sure = held[
                held["read"].ge(LEAST_READS) & ~held["read_censored"] & ~held[f"{metric}_censored"]
            ]
            if len(held):
                rows.append(
                    {
                        "account": account,
                        "account_id": account_id,
                        "metric": metric,
                        "n": len(sure),
                        "left_out": len(held) - len(sure),
                        **_rates(sure, metric),
                    }
                )
    return _typed(rows, RATES)


def _rates(sure: pd.DataFrame, metric: str) -> dict[str, Any]:
    if len(sure) < LEAST:
        return dict.fromkeys(("pooled", "median", "low", "high"), np.nan) | {"above": None}
    rates = (sure[metric] / sure["read"]).to_numpy()
    low, high = median_interval(rates, np.zeros(len(rates), dtype=bool))
    above = int((rates >= SHARE_LINE).sum()) if metric == "share" else None
    return {
        "pooled": float(sure[metric].sum() / sure["read"].sum()),
        "median": float(np.median(rates)),
        "low": low,
        "high": high,
        "above": above,
    }


def _typed(rows: list[dict[str, Any]], columns: Mapping[str, str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            column: pd.Series([row[column] for row in rows], dtype=dtype)
            for column, dtype in columns.items()
        }
    )

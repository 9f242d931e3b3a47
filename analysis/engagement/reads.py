"""Medians and quantiles of counts at one age, outliers, rates. What is censored stays so."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any

import numpy as np
import pandas as pd

from analysis.engagement.counts import COUNTS
from analysis.evidence import MIN_ARTICLES, MIN_OUTLIER_ARTICLES
from analysis.frames import METRICS, TIME, check_frame

__all__ = [
    "READS",
    "RATES",
    "OUTLIERS",
    "OUTLIER",
    "SHARE_LINE",
    "LEAST_READS",
    "measure_reads",
    "bound_quantile",
    "median_interval",
    "slot_names",
    "find_outliers",
    "measure_rates",
]


OUTLIER = 3.0  # times the account's own median


SHARE_LINE = 0.05  # shares ÷ reads above which practitioners call an article good


LEAST_READS = 100  # below it one like more or less moves a rate by a per cent


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
    owners = articles[["article_id", "account", "account_id"]].assign(
        group="" if groups is None else articles["article_id"].map(groups)
    )
    owners = owners.dropna(subset=["group"])
    joined = owners.merge(
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
    usual = reads.transform("median").where(reads.transform("size").ge(MIN_ARTICLES))
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
            bound_quantile(values, censored, q) if len(values) >= MIN_ARTICLES else (np.nan, False)
        )
    row["low"], row["high"] = median_interval(values, censored)
    ratio = part["ratio"].to_numpy()[seen]
    comparable = ~np.isnan(ratio)
    row["ratio"] = (
        float(np.median(ratio[comparable]))
        if ratios and comparable.sum() >= MIN_ARTICLES
        else np.nan
    )
    row["ratio_low"], row["ratio_high"] = (
        median_interval(ratio[comparable], censored[comparable]) if ratios else (np.nan, np.nan)
    )
    return row


def median_interval(values: np.ndarray, censored: np.ndarray) -> tuple[float, float]:
    """The 95 % interval of a median by order statistics (binomial, no assumption on the
    distribution); NaN below ten, and where it is censored.
    """
    n = len(values)
    if n < MIN_ARTICLES:
        return np.nan, np.nan
    from scipy.stats import binom  # takes 0.7 s to load: only where there are counts

    rank = int(binom.ppf(0.025, n, 0.5))
    low, high = np.sort(values)[rank - 1], np.sort(np.where(censored, inf, values))[n - rank]
    return float(low), float(high) if high < inf else np.nan


def slot_names(articles: pd.DataFrame) -> pd.Series:
    """头条, 第 2 条, … by article_id; articles whose slot is unknown are not in it."""
    placed = articles[articles["position"].notna()]
    names = placed["position"].map(lambda slot: "头条" if slot == 1 else f"第 {slot} 条")
    return pd.Series(names.to_numpy(), index=placed["article_id"], dtype="str")


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
        if len(part) >= MIN_OUTLIER_ARTICLES and median > 0 and not at_least:
            compared = part.assign(median=median, ratio=part["read"] / median, n=len(part))
            parts.append(compared[compared["ratio"] >= OUTLIER])
    outliers = pd.concat(parts) if parts else read.head(0).assign(median=0.0, ratio=0.0, n=0)
    return outliers.astype(dict(OUTLIERS))[list(OUTLIERS)].sort_values(
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
            counted = part[part[metric].notna()]
            exact = counted[
                counted["read"].ge(LEAST_READS)
                & ~counted["read_censored"]
                & ~counted[f"{metric}_censored"]
            ]
            if len(counted):
                rows.append(
                    {
                        "account": account,
                        "account_id": account_id,
                        "metric": metric,
                        "n": len(exact),
                        "left_out": len(counted) - len(exact),
                        **_rates(exact, metric),
                    }
                )
    return _typed(rows, RATES)


def _rates(exact: pd.DataFrame, metric: str) -> dict[str, Any]:
    if len(exact) < MIN_ARTICLES:
        return dict.fromkeys(("pooled", "median", "low", "high"), np.nan) | {"above": None}
    rates = (exact[metric] / exact["read"]).to_numpy()
    low, high = median_interval(rates, np.zeros(len(rates), dtype=bool))
    above = int((rates >= SHARE_LINE).sum()) if metric == "share" else None
    return {
        "pooled": float(exact[metric].sum() / exact["read"].sum()),
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

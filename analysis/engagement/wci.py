"""WCI, 清博's WeChat communication index, in the two versions whose formula is published; a lower
bound where counts are censored or missing.

It is not 新榜's, though many pages say so. Counts have to be of one article age
(counts.pick_counts).
"""

from __future__ import annotations

from collections.abc import Mapping
from math import log

import pandas as pd

from analysis.engagement.counts import COUNTS
from analysis.evidence import MIN_ARTICLES
from analysis.frames import check_frame

__all__ = ["SOURCES", "WCI", "measure_wci", "score_wci_14_2", "score_wci_2_0"]

SOURCES = {
    "14.2": "清博 WCI 14.2，公式见 stevekatra.com 的转载",
    "2.0": "清博 WCI 2.0，公式见 gulangu.com/a/344.html",
}
WCI: Mapping[str, str] = {
    "account": "str",
    "account_id": "str",
    "version": "str",
    "value": "float64",
    "at_least": "bool",
    "n": "int64",
    "articles": "int64",
    "days": "int64",
    "without": "object",
    "source": "str",
}
_WEIGHTS = {"read": (0.70, 1), "wow": (0.09, 10), "like": (0.06, 10), "share": (0.15, 10)}
_NAMES = {"wow": "在看", "like": "点赞", "share": "转发"}


def score_wci_14_2(
    totals: Mapping[str, float],
    headlines: Mapping[str, float],
    maxima: Mapping[str, float],
    *,
    days: float,
    articles: float,
) -> float:
    """WCI 14.2 of one account: totals, totals of headline articles and maxima by metric (read, wow,
    like, share; absent is 0) over `days` and `articles`.

    (0.6 S(totals÷days) + 0.2 S(totals÷articles) + 0.1 S(headlines÷days) + 0.1 S(maxima))² × 12 with
    S = 0.70 ln(R+1) + 0.09 ln(10Z+1) + 0.06 ln(10L+1) + 0.15 ln(10E+1), Z 在看, L 点赞, E 转发. 0
    upwards. `days` and `articles` are above 0.
    """
    parts = ((0.6, totals, days), (0.2, totals, articles), (0.1, headlines, days), (0.1, maxima, 1))
    return float(
        sum(weight * _strength(counts, by) for weight, counts, by in parts) ** 2 * 1.2 * 10
    )


def _strength(counts: Mapping[str, float], by: float) -> float:
    return sum(
        weight * log(times * counts.get(metric, 0) / by + 1)
        for metric, (weight, times) in _WEIGHTS.items()
    )


def score_wci_2_0(reads: tuple[float, float, float], likes: tuple[float, float, float]) -> float:
    """WCI 2.0 of one account from (total, mean, largest) of its reads and likes: (Σ w ln(x+1))² ×
    10, reads 80 %, inside each .40, .45, .15.
    """
    inside = [
        sum(
            weight * log(count + 1)
            for weight, count in zip((0.40, 0.45, 0.15), counts, strict=True)
        )
        for counts in (reads, likes)
    ]
    return float((0.8 * inside[0] + 0.2 * inside[1]) ** 2 * 10)


def measure_wci(counts: pd.DataFrame, articles: pd.DataFrame) -> pd.DataFrame:
    """Both versions for each account that has any read count, over the days from its first to its
    last article.

    Returns WCI: value, missing below ten articles with reads (and 2.0 without likes, 14.2 without
    any known slot); at_least where a count is censored or an article has none, so that the index is
    a lower bound; n articles with reads of `articles`; days; without list of str, the metrics
    nobody counted, taken as 0 and to be named beside it (shares are not public: 14.2 无转发);
    source of the formula. Sorted by account, version 14.2 before 2.0. Raises FrameError.
    """
    check_frame(counts, COUNTS, name="counts")
    rows = []
    articles_of = {str(key): part for key, part in articles.groupby("account_id", sort=False)}
    for (account, account_id), part in counts[counts["read"].notna()].groupby(
        ["account", "account_id"], sort=True
    ):
        every = articles_of[str(account_id)]
        at = every["published_at"].dropna()
        days = (at.max().normalize() - at.min().normalize()).days + 1 if len(at) else 0
        censored = bool(part[[f"{metric}_censored" for metric in _WEIGHTS]].to_numpy().any())
        about = {
            "account": account,
            "account_id": account_id,
            "n": len(part),
            "articles": len(every),
            "days": days,
            "at_least": censored or len(part) < len(every),
        }
        rows += [
            {**about, "version": version, "source": SOURCES[version], **_score(part, version, days)}
            for version in SOURCES
        ]
    return pd.DataFrame(
        {
            column: pd.Series([row[column] for row in rows], dtype=dtype)
            for column, dtype in WCI.items()
        }
    )


def _score(part: pd.DataFrame, version: str, days: int) -> dict[str, object]:
    used = list(_WEIGHTS) if version == "14.2" else ["read", "like"]
    without = [_NAMES[metric] for metric in used[1:] if part[metric].isna().all()]
    value = float("nan")
    if len(part) >= MIN_ARTICLES and days:
        if version == "2.0" and not without:
            reads, likes = (
                (column.sum(), column.sum() / len(part), column.max())
                for column in (part["read"], part["like"].fillna(0))
            )
            value = score_wci_2_0(reads, likes)
        elif version == "14.2" and part["position"].notna().all():
            counted = part[used].fillna(0)
            totals, maxima, headlines = (
                counted.sum(),
                counted.max(),
                counted[part["position"].eq(1)].sum(),
            )
            value = score_wci_14_2(
                _plain(totals), _plain(headlines), _plain(maxima), days=days, articles=len(part)
            )
    return {"value": value, "without": without}


def _plain(counts: pd.Series) -> dict[str, float]:
    return {str(metric): float(count) for metric, count in counts.items()}

"""Which accounts grew steady, and what those had in common in their first 90 days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.cadence.changes import CHANGES
from analysis.cadence.pushes import PUSHES
from analysis.frames import check_frame
from analysis.peers.history.phases import PHASES
from analysis.rows import frame_of

__all__ = ["SHARED", "STEADY", "STEADY_RULE", "classify_steady", "compare_steady"]

STEADY = {
    "account_id": "str",
    "account": "str",
    "weeks": "float64",
    "pushes": "int64",
    "sending": "bool",
    "pauses": "int64",
    "rate_first": "float64",
    "rate_last": "float64",
    "steady": "boolean",
    "because": "str",
}
SHARED = {
    "figure": "str",
    "n_steady": "int64",
    "steady_median": "float64",
    "n_others": "int64",
    "others_median": "float64",
    "p": "float64",
    "holds": "boolean",
}
STEADY_RULE = (
    "满 52 周且有 20 次推送；还在发（最后一次离全部收录的最后一天不到 28 天，"
    "或不到自己常见间隔的 3 倍）；没有停更；最后一段的每周推送不低于第一段的八成"
)
_STEADY_DAYS, _STEADY_PUSHES, _STILL_DAYS, _STILL_GAPS, _NOT_FALLING = 364, 20, 28, 3, 0.8
_FIGURES = (
    "pushes_per_week",
    "articles_per_push",
    "columns",
    "column_share",
    "article_share",
    "image_share",
    "video_share",
    "font_size_px",
    "images",
)
_LEAST_STEADY = 3
_ALPHA = 0.05


def classify_steady(
    pushes: pd.DataFrame, phases: pd.DataFrame, changes: pd.DataFrame
) -> pd.DataFrame:
    """Which accounts grew steady: STEADY_RULE, of the stored articles.

    Returns one row per account: weeks float64 from first to last push; pushes int64; sending bool,
    whether its last push is less than 28 days, or three of its median gaps, before the last push of
    all accounts; pauses int64; rate_first, rate_last float64 pushes per week of its first and last
    phase that has a rate; steady boolean, missing below 52 weeks or 20 pushes; because str, the
    first thing that speaks against it. Sorted by account. Raises FrameError.
    """
    check_frame(pushes, PUSHES, name="pushes")
    check_frame(phases, PHASES, name="phases")
    check_frame(changes, CHANGES, name="changes")
    newest = pushes["published_at"].max()
    rows = []
    for (account, account_id), own in pushes.groupby(["account", "account_id"]):
        times = own["published_at"].sort_values()
        gap = times.diff().median() if len(times) > 1 else pd.Timedelta(0)
        rates = phases.loc[phases["account_id"] == account_id, "pushes_per_week"].dropna()
        row = {
            "account_id": account_id,
            "account": account,
            "weeks": (times.iloc[-1] - times.iloc[0]) / pd.Timedelta(weeks=1),
            "pushes": len(own),
            "sending": bool(
                newest - times.iloc[-1] <= max(pd.Timedelta(days=_STILL_DAYS), _STILL_GAPS * gap)
            ),
            "pauses": int(
                ((changes["account_id"] == account_id) & (changes["kind"] == "pause")).sum()
            ),
            "rate_first": rates.iloc[0] if len(rates) else None,
            "rate_last": rates.iloc[-1] if len(rates) else None,
        }
        rows.append(row | _decide_steady(row))
    return frame_of(rows, STEADY)


def _decide_steady(row: Mapping[str, Any]) -> dict[str, Any]:
    if (
        row["weeks"] * 7 < _STEADY_DAYS
        or row["pushes"] < _STEADY_PUSHES
        or row["rate_first"] is None
    ):
        return {"steady": None, "because": "样本不足"}
    if not row["sending"]:
        return {"steady": False, "because": "后来没再发"}
    if row["pauses"]:
        return {"steady": False, "because": "停更过"}
    if row["rate_last"] < _NOT_FALLING * row["rate_first"]:
        return {"steady": False, "because": "越发越少"}
    return {"steady": True, "because": ""}


def compare_steady(phases: pd.DataFrame, steady: pd.DataFrame) -> pd.DataFrame:
    """What the accounts that grew steady did in their first 90 days that the others didn't: only
    accounts whose beginning is stored.

    Returns one row per figure of phases: n_steady, n_others int64 accounts that have it, their
    medians float64; p float64, Mann–Whitney two-sided, corrected for the number of figures compared
    (Holm 1979); holds boolean, p below 0.05, missing with fewer than three steady or three other
    accounts, as p is. In the order of the figures. Raises FrameError.
    """
    check_frame(phases, PHASES, name="phases")
    check_frame(steady, STEADY, name="steady")
    first = (
        phases[(phases["kind"] == "beginning") & (phases["phase"] == 1)]
        .merge(steady[["account_id", "steady"]], on="account_id")
        .dropna(subset=["steady"])
    )
    rows: list[dict[str, Any]] = []
    for figure in _FIGURES:
        ours, others = (
            first.loc[first["steady"] == which, figure].dropna().astype("float64")
            for which in (True, False)
        )
        enough = len(ours) >= _LEAST_STEADY and len(others) >= _LEAST_STEADY
        differ = enough and (
            ours.nunique() > 1 or others.nunique() > 1 or ours.iloc[0] != others.iloc[0]
        )
        p = _mann_whitney(ours, others) if differ else None
        rows.append(
            {
                "figure": figure,
                "n_steady": len(ours),
                "steady_median": ours.median(),
                "n_others": len(others),
                "others_median": others.median(),
                "p": p,
            }
        )
    for row, corrected in zip(rows, _correct([row["p"] for row in rows]), strict=True):
        row |= {"p": corrected, "holds": None if corrected is None else corrected < _ALPHA}
    return frame_of(rows, SHARED)


def _mann_whitney(ours: pd.Series, others: pd.Series) -> float:
    # takes 0.7 s to load: only where both sides have accounts enough
    from scipy.stats import mannwhitneyu

    return float(mannwhitneyu(ours, others).pvalue)


def _correct(values: Sequence[float | None]) -> list[float | None]:
    """Holm's correction of the values that are not None."""
    ranked = sorted((value, index) for index, value in enumerate(values) if value is not None)
    corrected: list[float | None] = [None] * len(values)
    highest = 0.0
    for rank, (value, index) in enumerate(ranked):
        highest = max(highest, min(1.0, value * (len(ranked) - rank)))
        corrected[index] = highest
    return corrected

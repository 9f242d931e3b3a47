"""How sure a rate is: bootstrap intervals over weeks, and which accounts differ in how often they
send.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from analysis.cadence.pushes import PUSHES, count_days, measure_rates, owners_of
from analysis.evidence import MIN_RATE_WEEKS
from analysis.frames import check_frame

__all__ = ["LEVEL", "PAIRS", "RATE_INTERVALS", "bound_rates", "compare_rates"]

LEVEL = 0.95
_RESAMPLES = 500
_SEED = 20260101
RATE_INTERVALS = {
    "account_id": "str",
    "account": "str",
    "weeks_sampled": "int64",
    "pushes_per_week": "float64",
    "pushes_per_week_low": "float64",
    "pushes_per_week_high": "float64",
    "log_error": "float64",
}
PAIRS = {
    "account_id": "str",
    "account": "str",
    "other_id": "str",
    "other": "str",
    "pushes_per_week": "float64",
    "other_pushes_per_week": "float64",
    "ratio": "float64",
    "ratio_low": "float64",
    "ratio_high": "float64",
    "p": "float64",
    "differs": "boolean",
}


def bound_rates(pushes: pd.DataFrame) -> pd.DataFrame:
    """95 % intervals of pushes per week: the percentile bootstrap over an account's whole seven-day
    stretches from its first push.

    The rate itself is measure_rates' (over days); the interval is relative to it. An account's
    interval depends on its own pushes only.

    Returns one row per account: weeks_sampled int64; pushes_per_week, pushes_per_week_low,
    pushes_per_week_high float64; log_error float64, the standard error of the rate's logarithm, at
    least one push of all. Missing (weeks_sampled and the rate excepted) below eight weeks;
    pushes_per_week missing below one. Sorted by account. Raises FrameError.
    """
    check_frame(pushes, PUSHES, name="pushes")
    rates = measure_rates(pushes)
    counts, length = _weeks_from_first(pushes, rates["days"].to_numpy())
    intervals = (
        [_resample(part) for part in np.split(counts, np.cumsum(length)[:-1])] if len(rates) else []
    )
    low, high, spread = (
        np.array([interval[at] for interval in intervals], dtype="float64") for at in range(3)
    )
    rate = rates["pushes_per_week"].where(rates["days"] >= 7)
    rows = rates[["account_id", "account"]].assign(weeks_sampled=length, pushes_per_week=rate)
    rows["pushes_per_week_low"], rows["pushes_per_week_high"] = rate * low, rate * high
    rows["log_error"] = np.hypot(spread, np.where(np.isnan(spread), np.nan, 1 / rates["pushes"]))
    return rows.astype(RATE_INTERVALS)


def _weeks_from_first(pushes: pd.DataFrame, days: Any) -> tuple[Any, Any]:
    """Pushes in each whole seven-day stretch from each account's first push, one account after the
    other, and how many stretches each has.
    """
    calendar = count_days(pushes)
    owner = owners_of(calendar)[1]
    number = np.arange(len(calendar)) - np.repeat(np.cumsum(days) - days, days)
    length = days // 7
    whole = number < (length * 7)[owner] if len(calendar) else np.zeros(0, dtype=bool)
    return calendar["pushes"].to_numpy()[whole].reshape(-1, 7).sum(axis=1), length


def _resample(weeks: Any) -> tuple[float, float, float]:
    """Low and high end of the resampled means and the deviation of their logarithms, all relative
    to the mean.

    Drawing n of n weeks with replacement is one multinomial draw of how often each value comes: a
    few numbers instead of n.
    """
    if len(weeks) < MIN_RATE_WEEKS:
        return np.nan, np.nan, np.nan
    values, times = np.unique(weeks, return_counts=True)
    drawn = (
        np.random.default_rng(_SEED).multinomial(len(weeks), times / len(weeks), size=_RESAMPLES)
        @ values
        / weeks.sum()
    )
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high), float(np.log(np.maximum(drawn, 0.5 / weeks.sum())).std())


def compare_rates(pushes: pd.DataFrame) -> pd.DataFrame:
    """Which accounts differ in pushes per week: every pair, called different only where the data
    carry it.

    The difference of the logarithms against its bootstrapped error, on Student's t with the fewer
    weeks; Holm's correction over all pairs of the frame keeps the chance of any false "different"
    at 5 %.

    Returns one row per pair, in the order of the accounts: account_id, account, other_id, other
    str; pushes_per_week, other_pushes_per_week, ratio, ratio_low, ratio_high (95 %, of one pair by
    itself), p (as it is, before correction) float64; differs boolean, NA where either has too
    little.
    """
    bounds = bound_rates(pushes)
    pairs = [
        _compare(account, other) for account, other in combinations(bounds.to_dict("records"), 2)
    ]
    frame = pd.DataFrame(
        {
            column: pd.Series([row.get(column) for row in pairs], dtype=dtype)
            for column, dtype in PAIRS.items()
        }
    )
    tested = frame["p"].notna()
    frame.loc[tested, "differs"] = _holm(frame.loc[tested, "p"].to_numpy())
    return frame


def _compare(account: dict[Any, Any], other: dict[Any, Any]) -> dict[str, Any]:
    gap = np.log(account["pushes_per_week"]) - np.log(other["pushes_per_week"])
    error = np.hypot(account["log_error"], other["log_error"])
    df = max(min(account["weeks_sampled"], other["weeks_sampled"]) - 1, 1)
    reach = (
        special.stdtrit(df, (1 + LEVEL) / 2) * error
    )  # Student's t without scipy.stats, which takes 0.7 s to load
    return {
        "account_id": account["account_id"],
        "account": account["account"],
        "other_id": other["account_id"],
        "other": other["account"],
        "pushes_per_week": account["pushes_per_week"],
        "other_pushes_per_week": other["pushes_per_week"],
        "ratio": np.exp(gap),
        "ratio_low": np.exp(gap - reach),
        "ratio_high": np.exp(gap + reach),
        "p": 2 * special.stdtr(df, -abs(gap) / error),
    }


def _holm(p: Any) -> Any:
    """Which of the p-values stand after Holm's step-down correction."""
    order = np.argsort(p, kind="stable")
    stands = np.zeros(len(p), dtype=bool)
    stands[order] = np.logical_and.accumulate(
        p[order] <= (1 - LEVEL) / (len(p) - np.arange(len(p)))
    )
    return stands

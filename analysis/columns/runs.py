"""Content columns and themes as runs in time: from when to when, how often, whether they still run.
One frame for gaps.py and beginnings.py.
"""

from __future__ import annotations

from itertools import pairwise
from statistics import median

import numpy as np
import pandas as pd

from analysis.columns.assign import ASSIGNED
from analysis.columns.life_cycle import classify_status
from analysis.compute.cache import cached_by_account
from analysis.frames import TIME, check_frame

__all__ = ["MONTH_DAYS", "RUNS", "list_runs"]

RUNS = {
    "account_id": "str",
    "account": "str",
    "column_id": "str",
    "content_column": "str",
    "kind": "str",
    "n": "int64",
    "days": "int64",
    "first": TIME,
    "last": TIME,
    "interval_days": "float64",
    "per_month": "float64",
    "status": "str",
    "strength": "float64",
}
MONTH_DAYS = 30.44


@cached_by_account(RUNS, {"assigned": ASSIGNED})
def list_runs(assigned: pd.DataFrame) -> pd.DataFrame:
    """One row per column and theme of each account, with its dated articles only.

    `assigned` holds all articles of the accounts, in columns or not. Returns account_id, account,
    column_id, content_column, kind str; n int64 articles, days int64 it appeared on; first, last;
    interval_days float64, median between these days, NaN below two; per_month float64, articles per
    30.44 days from first to last, at least one month; status str as columns/life_cycle.py judges
    it, over the account's dated articles; strength float64, mean. Sorted by account, account_id, n
    falling, column_id. Raises FrameError.
    """
    check_frame(assigned, ASSIGNED, name="assigned")
    dated = assigned[assigned["published_at"].notna()]
    dated = dated.assign(
        day=dated["published_at"].dt.tz_localize(None).to_numpy("datetime64[D]").astype(np.int64)
    )
    spans = {
        str(key): (int(part.min()), int(part.max()))
        for key, part in dated.groupby("account_id")["day"]
    }
    rows = []
    for (account_id, column_id), part in dated.dropna(subset=["column_id"]).groupby(
        ["account_id", "column_id"]
    ):
        days = sorted(set(part["day"].tolist()))
        first, last = spans[str(account_id)]
        rows.append(
            {
                "account_id": account_id,
                "account": part["account"].iat[0],
                "column_id": column_id,
                "content_column": part["content_column"].iat[0],
                "kind": part["kind"].iat[0],
                "n": len(part),
                "days": len(days),
                "first": part["published_at"].min(),
                "last": part["published_at"].max(),
                "interval_days": median(b - a for a, b in pairwise(days))
                if len(days) > 1
                else None,
                "per_month": len(part) / max((days[-1] - days[0] + 1) / MONTH_DAYS, 1),
                "status": classify_status(days, first=first, last=last),
                "strength": part["strength"].mean(),
            }
        )
    frame = pd.DataFrame(
        {
            column: pd.Series([row[column] for row in rows], dtype=dtype)
            for column, dtype in RUNS.items()
        }
    )
    return frame.sort_values(
        ["account", "account_id", "n", "column_id"],
        ascending=[True, True, False, True],
        ignore_index=True,
    )

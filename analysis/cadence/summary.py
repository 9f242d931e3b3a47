"""Cadence in one row an account: the figures that may be said, and only those."""

from __future__ import annotations

import pandas as pd

from analysis.cadence.intervals import bound_rates
from analysis.cadence.pushes import PUSHES, measure_rates
from analysis.cadence.regularity import RHYTHM, measure_rhythm, name_regularity
from analysis.compute.cache import cached_by_account
from analysis.frames import TIME

__all__ = ["OVERVIEW", "describe_cadence"]

_FIRST = ("account", "account_id")
OVERVIEW = {
    "account": "str",
    "account_id": "str",
    "pushes": "int64",
    "articles": "int64",
    "first": TIME,
    "last": TIME,
    "days": "int64",
    "pushes_per_week": "float64",
    "pushes_per_week_low": "float64",
    "pushes_per_week_high": "float64",
    "articles_per_week": "float64",
    "articles_per_push": "float64",
    "regularity": "str",
    "regularity_because": "str",
    **{column: dtype for column, dtype in RHYTHM.items() if column not in (*_FIRST, "days")},
}


@cached_by_account(OVERVIEW, {"pushes": PUSHES})
def describe_cadence(pushes: pd.DataFrame) -> pd.DataFrame:
    """One row per account: its rates with their intervals, its regularity in words and figures.

    Columns as measure_rates, bound_rates, measure_rhythm and name_regularity give them, in the
    order of OVERVIEW. Missing: rates over less than seven days, their intervals below eight weeks,
    every other figure as its function says. Sorted by account, account_id.
    """
    rates, rhythm = measure_rates(pushes), measure_rhythm(pushes)
    short = rates["days"] < 7
    rows = rates[
        ["account", "account_id", "pushes", "articles", "first", "last", "articles_per_push"]
    ].assign(
        articles_per_week=rates["articles_per_week"].mask(short),
        **bound_rates(pushes).filter(like="pushes_per_week"),
    )
    words = name_regularity(rhythm)[["regularity", "regularity_because"]]
    rows = pd.concat([rows, words, rhythm.drop(columns=list(_FIRST))], axis=1)
    return rows[list(OVERVIEW)].astype(OVERVIEW)

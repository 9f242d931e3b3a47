"""Crowding: at which hours of the week rivals send, and which slots near a given one are free."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.cadence.pushes import PUSHES, measure_rates, owners_of
from analysis.frames import check_frame

__all__ = ["CROWDING", "FREE_BELOW", "FREE_SLOTS", "count_crowding", "find_free_slots"]

CROWDING = {
    "weekday": "int64",
    "hour": "int64",
    "pushes": "int64",
    "share": "float64",
    "accounts": "int64",
    "pushes_per_week": "float64",
}
FREE_SLOTS = {
    "weekday": "int64",
    "hour": "int64",
    "hours_away": "int64",
    "pushes": "int64",
    "accounts": "int64",
    "pushes_per_week": "float64",
    "free": "bool",
}
FREE_BELOW = 0.25  # pushes a week: less than one in four weeks
_WEEK_H = 168


def count_crowding(pushes: pd.DataFrame) -> pd.DataFrame:
    """For every hour of the week, how much of all accounts' sending falls there. Pushes known only
    to the day are left out.

    Returns 168 rows (none where no hour is known): weekday int64, 0 = Monday; hour int64; pushes
    int64; share float64 of the timed pushes, summing to 1; accounts int64 that ever sent then;
    pushes_per_week float64, each account's pushes then over its own days ÷ 7, summed, so that a
    long history doesn't weigh more than a short one. Sorted by weekday, hour. Raises FrameError.
    """
    check_frame(pushes, PUSHES, name="pushes")
    timed = pushes[pushes["timed"]]
    if timed.empty:
        return pd.DataFrame(
            {column: pd.Series([], dtype=dtype) for column, dtype in CROWDING.items()}
        )
    rates = measure_rates(pushes).set_index("account_id")
    owners, owner = owners_of(timed)
    weeks = (rates["days"].clip(lower=7) / 7).reindex(owners["account_id"]).to_numpy()
    at = timed["published_at"].dt
    slot = at.day_of_week.to_numpy("int64") * 24 + at.hour.to_numpy("int64")
    counts = np.bincount(slot, minlength=_WEEK_H)
    pairs = np.unique(owner * _WEEK_H + slot)
    return pd.DataFrame(
        {
            "weekday": np.repeat(np.arange(7), 24),
            "hour": np.tile(np.arange(24), 7),
            "pushes": counts,
            "share": counts / counts.sum(),
            "accounts": np.bincount(pairs % _WEEK_H, minlength=_WEEK_H),
            "pushes_per_week": np.bincount(slot, weights=1 / weeks[owner], minlength=_WEEK_H),
        }
    ).astype(CROWDING)


def find_free_slots(
    crowding: pd.DataFrame, *, weekday: int, hour: int, within: int = 6
) -> pd.DataFrame:
    """The slots at most `within` hours from a given one, round the week, the least crowded first,
    then the nearest.

    Returns weekday, hour int64; hours_away int64, negative before; pushes, accounts int64,
    pushes_per_week float64 as count_crowding; free bool, under one push in four weeks by all
    accounts together. Raises ValueError for a slot that is not in the week.
    """
    check_frame(crowding, CROWDING, name="crowding")
    if not (0 <= weekday <= 6 and 0 <= hour <= 23):
        raise ValueError(
            f"weekday {weekday}, hour {hour} is no hour of the week: weekday is 0 (Monday) to 6, "
            "hour 0 to 23"
        )
    away = (
        crowding["weekday"] * 24 + crowding["hour"] - weekday * 24 - hour + _WEEK_H // 2
    ) % _WEEK_H - _WEEK_H // 2
    slots = crowding.assign(
        hours_away=away, free=crowding["pushes_per_week"] < FREE_BELOW, far=away.abs()
    )
    slots = slots[slots["far"] <= within].sort_values(
        ["pushes_per_week", "far", "hours_away"], ignore_index=True
    )
    return slots[list(FREE_SLOTS)].astype(FREE_SLOTS)

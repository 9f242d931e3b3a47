"""Changes that hit several accounts in one week: where only one kind of source shows them, they say
something of how the data came, and nothing of the accounts.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from analysis.cadence.calendar_cn import is_holiday_week
from analysis.cadence.changes import CHANGES
from analysis.frames import TIME, check_frame

__all__ = ["SOURCE_CHANGES", "find_source_changes"]

SOURCE_CHANGES = {
    "week": "datetime64[us]",
    "kinds": "object",
    "account_ids": "object",
    "n_accounts": "int64",
    "of": "int64",
    "sources": "object",
    "because": "str",
}
_NEEDED = {"account_id": "str", "published_at": TIME, "source": "category"}
_MOVED = {"account_id": "str", "at": TIME}
_EDGES = {"begin", "end"}  # of what is there: no holiday makes a history begin
_EVENTS = ("account_id", "kind", "day")
_DAYS = 6  # after the first, that still are the same week
_SEVERAL, _FEW = 3, 2  # accounts; or two, where these are half of those there are
_AROUND = timedelta(days=28)  # whose articles tell where an account's come from
_HELD_ON = timedelta(days=14)  # before the group's end, from which a last article is an end


def find_source_changes(
    changes: pd.DataFrame, articles: pd.DataFrame, redesigns: pd.DataFrame
) -> pd.DataFrame:
    """Weeks in which at least three accounts changed at once, or two that are half of those there
    are: their rate or hour (`changes`, as cadence.changes.find_changes), their first or last
    article, their template (`redesigns`, as layout.redesigns).

    because "来源" where all their articles of these weeks come from one kind of source, "假期" in a
    week of a public holiday, missing where two kinds of source show it: then it is the accounts'.

    Returns one row per week, the newest first; an account's change is in one week only: week
    datetime64, the first day; kinds object, a sorted list of rate, hour, pause, resume, begin, end,
    layout; account_ids object, sorted; n_accounts, of int64, how many there are in those weeks;
    sources object, sorted. Raises FrameError.
    """
    check_frame(changes, CHANGES, name="changes")
    check_frame(articles, _NEEDED, name="articles")
    check_frame(redesigns, _MOVED, name="redesigns")
    dated = articles.dropna(subset=["published_at"])
    dated = dated.assign(day=dated["published_at"].dt.tz_localize(None).astype("datetime64[us]"))
    events = _list_events(changes, dated, redesigns)
    weeks = []
    while (first := _busiest(events, dated)) is not None:
        inside = events["day"].between(first, first + timedelta(days=_DAYS))
        weeks.append(_describe(first, events[inside], dated))
        events = events[~inside]
    frame = pd.DataFrame(weeks, columns=list(SOURCE_CHANGES)).astype(SOURCE_CHANGES)
    return frame.sort_values("week", ascending=False, ignore_index=True)


def _list_events(
    changes: pd.DataFrame, dated: pd.DataFrame, redesigns: pd.DataFrame
) -> pd.DataFrame:
    days = dated.groupby("account_id")["day"]
    firsts, lasts = days.min().dt.normalize(), days.max().dt.normalize()
    ended = lasts[lasts <= lasts.max() - _HELD_ON]
    parts = [
        changes[["account_id", "kind"]].assign(day=changes["date"]),
        pd.DataFrame({"account_id": firsts.index, "kind": "begin", "day": firsts.to_numpy()}),
        pd.DataFrame({"account_id": ended.index, "kind": "end", "day": ended.to_numpy()}),
        redesigns[["account_id"]].assign(
            kind="layout", day=redesigns["at"].dt.tz_localize(None).dt.normalize()
        ),
    ]
    events = pd.concat([part.astype({"day": "datetime64[us]"}) for part in parts])
    return events[list(_EVENTS)].sort_values(["day", "account_id", "kind"], ignore_index=True)


def _busiest(events: pd.DataFrame, dated: pd.DataFrame) -> datetime | None:
    """The first day of the week in which most accounts change, where these are several."""
    best: tuple[int, datetime] | None = None
    for day in events["day"].unique():
        inside = events[events["day"].between(day, day + timedelta(days=_DAYS))]
        n = inside["account_id"].nunique()
        if n < _FEW or (n < _SEVERAL and 2 * n < _count_there(dated, day)):
            continue
        if best is None or n > best[0]:
            best = n, day
    return best[1] if best else None


def _count_there(dated: pd.DataFrame, day: datetime) -> int:
    around = dated["day"].between(day - _AROUND, day + _AROUND)
    return int(dated.loc[around, "account_id"].nunique())


def _describe(first: datetime, events: pd.DataFrame, dated: pd.DataFrame) -> dict[str, Any]:
    account_ids = sorted(events["account_id"].unique())
    around = dated[
        dated["day"].between(first - _AROUND, first + _AROUND)
        & dated["account_id"].isin(account_ids)
    ]
    sources = sorted(around["source"].astype("str").unique())
    monday = np.array([pd.Timestamp(first).normalize() - timedelta(days=first.weekday())])
    holiday = bool(np.any(is_holiday_week(monday.astype("datetime64[D]"))))
    kinds = set(events["kind"])
    holiday = holiday and bool(kinds - _EDGES)
    return {
        "week": first,
        "kinds": sorted(kinds),
        "account_ids": account_ids,
        "n_accounts": len(account_ids),
        "of": _count_there(dated, first),
        "sources": sources,
        "because": "假期" if holiday else "来源" if len(sources) < 2 else None,
    }

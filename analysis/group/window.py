"""The days that accounts are compared in: one window for all, near enough to be today's and long
enough to say something.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from analysis.evidence import MIN_DAYS, MIN_TIMED
from analysis.frames import TIME, check_frame

__all__ = ["Window", "choose_window"]

_SPANS = (90, 183, 365)  # days: a quarter is the least a report looks back on
_MOST_ACCOUNTS = 2 / 3  # of those still sending, that must have enough articles
_NEEDED = {"account_id": "str", "published_at": TIME}


@dataclass(frozen=True, slots=True)
class Window:
    """The days `since` to `until`, both included, in Beijing."""

    since: date
    until: date

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1


def choose_window(articles: pd.DataFrame) -> Window | None:
    """The last 90 days of what the accounts have sent, half a year or a year where fewer than two
    thirds of those still sending have twenty articles in it (what a habit of an hour needs), else
    all there is; None without a dated article.

    It ends with the newest article, unless more than half of the accounts were last seen over eight
    weeks before: then with the last of that half, since the others were not looked at again. An
    account that stopped a year before the end doesn't count. Raises FrameError.
    """
    check_frame(articles, _NEEDED, name="articles")
    dated = articles.dropna(subset=["published_at"])
    if dated.empty:
        return None
    days = dated["published_at"].dt.date
    lasts = sorted(days.groupby(dated["account_id"]).max(), reverse=True)
    until = lasts[0]
    middle = lasts[(len(lasts) - 1) // 2]
    if (until - middle).days > MIN_DAYS:
        until = middle
    for span in _SPANS:
        window = Window(max(until - timedelta(days=span - 1), days.min()), until)
        if _is_enough(dated["account_id"], days, window):
            return window
    return Window(days.min(), until)


def _is_enough(owners: pd.Series[str], days: pd.Series[date], window: Window) -> bool:
    year = Window(window.until - timedelta(days=_SPANS[-1] - 1), window.until)
    sending = owners[(days >= year.since) & (days <= year.until)].nunique()
    counts = owners[(days >= window.since) & (days <= window.until)].value_counts()
    return int((counts >= MIN_TIMED).sum()) >= _MOST_ACCOUNTS * sending

"""What each account did in the one window that all dossiers count: the same days for everybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Any

import pandas as pd

from analysis.evidence import MIN_ARTICLES, MIN_SHOWN_PUSHES
from analysis.rows import parts_of, plain_rows

__all__ = ["WINDOW_DAYS", "Lately", "Window", "measure_lately"]

WINDOW_DAYS = 91  # thirteen whole weeks: a quarter, the least that reports of this kind look at
_LEAST_DAYS = 28  # of the window, before a rate is a habit
_USUAL_WEEKS = 0.5  # a weekday is usual where it has a push in at least half of the weeks
_USUAL_SHARE = 0.6  # and the usual weekdays, or the usual hour, have at least so much of all pushes
_HOUR_MIN, _DAY_MIN = 60, 1440
_AT = "published_at"


@dataclass(frozen=True, slots=True)
class Window:
    """The days that are counted, both ends included."""

    since: date
    until: date

    @classmethod
    def ending(cls, until: date) -> Window:
        """The window up to a day."""
        return cls(until - timedelta(days=WINDOW_DAYS - 1), until)

    @property
    def weeks(self) -> int:
        """Its whole weeks."""
        return ((self.until - self.since).days + 1) // 7


@dataclass(frozen=True, slots=True)
class Lately:
    """One account in the window, from the later of its first day and the account's first article
    (`since`).

    `pushes_per_week` is None below five pushes or four weeks; `weekdays` (0 = Monday) are those
    that have a push in at least half of the weeks, where they have six in ten of all; `usual_time`
    minutes after midnight, the middle of the hour (any sixty minutes) with most of the `timed`
    pushes, where it has six in ten; `hour_share` is that hour's share, usual or not. Medians and
    shares are None below ten articles, or pushes, that tell.
    """

    since: date
    until: date
    pushes: int
    articles: int
    pushes_per_week: float | None
    articles_per_push: float | None
    timed: int
    weekdays: tuple[int, ...]
    usual_time: int | None
    usual_time_share: float | None
    hour_share: float | None
    titles: int
    title_length: float | None
    bodies: int
    chars: float | None
    images: float | None
    texts: int
    font_size_px: float | None
    original_known: int
    original_share: float | None


def measure_lately(
    window: Window,
    articles: pd.DataFrame,
    pushes: pd.DataFrame,
    *,
    profiled: pd.DataFrame,
    titles: pd.DataFrame,
) -> dict[str, Lately]:
    """The window of each account that has a dated article, by account_id.

    `profiled` is layout.report's (ordinary articles with their profiles), `titles` of
    content.titles.describe_titles.
    """
    inside = [
        {key: _within(part, window) for key, part in parts_of(frame).items()}
        for frame in (articles, pushes, profiled, titles)
    ]
    firsts = articles.groupby("account_id")["published_at"].min()
    return {
        str(key): _measure(window, first.date(), *(parts.get(str(key)) for parts in inside))
        for key, first in firsts.items()
        if not pd.isna(first)
    }


def _within(part: pd.DataFrame, window: Window) -> pd.DataFrame:
    days = part["published_at"].dt.date
    inside: pd.DataFrame = part[(days >= window.since) & (days <= window.until)]
    return inside


def _measure(
    window: Window,
    first: date,
    articles: pd.DataFrame | None,
    pushes: pd.DataFrame | None,
    profiled: pd.DataFrame | None,
    titles: pd.DataFrame | None,
) -> Lately:
    since = min(max(window.since, first), window.until)
    sizes = None if profiled is None else profiled["font_size_px"].dropna()
    original = None if articles is None else articles["original"].dropna()
    return Lately(
        since=since,
        until=window.until,
        articles=0 if articles is None else len(articles),
        **_measure_pushes(pushes, (window.until - since).days + 1),
        titles=0 if titles is None else len(titles),
        title_length=_middle(titles, "length"),
        bodies=0 if profiled is None else len(profiled),
        chars=_middle(profiled, "chars"),
        images=_middle(profiled, "images"),
        texts=0 if sizes is None else len(sizes),
        font_size_px=float(sizes.quantile(interpolation="lower"))
        if sizes is not None and len(sizes) >= MIN_ARTICLES
        else None,
        original_known=0 if original is None else len(original),
        original_share=float(original.mean())
        if original is not None and len(original) >= MIN_ARTICLES
        else None,
    )


def _measure_pushes(pushes: pd.DataFrame | None, days: int) -> dict[str, Any]:
    """The fields of Lately that pushes decide."""
    rows = [] if pushes is None else plain_rows(pushes[["published_at", "timed", "articles"]])
    times = [row["published_at"] for row in rows]
    minutes = [at.hour * 60 + at.minute for row in rows if row["timed"] and (at := row[_AT])]
    time, share = _find_fullest_hour(minutes)
    enough = len(rows) >= MIN_SHOWN_PUSHES and days >= _LEAST_DAYS
    return {
        "pushes": len(rows),
        "pushes_per_week": len(rows) / days * 7 if enough else None,
        "articles_per_push": sum(row["articles"] for row in rows) / len(rows) if enough else None,
        "timed": len(minutes),
        "weekdays": _find_usual_days([at.weekday() for at in times], days / 7) if enough else (),
        "usual_time": time if (share or 0) >= _USUAL_SHARE else None,
        "usual_time_share": share if (share or 0) >= _USUAL_SHARE else None,
        "hour_share": share,
    }


def _middle(part: pd.DataFrame | None, column: str) -> float | None:
    """The median, None below ten articles."""
    if part is None or len(part) < MIN_ARTICLES:
        return None
    return float(part[column].median())


def _find_usual_days(weekdays: Sequence[int], weeks: float) -> tuple[int, ...]:
    counts: Mapping[int, int] = {day: weekdays.count(day) for day in sorted(set(weekdays))}
    usual = tuple(day for day, n in counts.items() if n >= _USUAL_WEEKS * weeks)
    covered = sum(counts[day] for day in usual)
    return usual if weekdays and covered >= _USUAL_SHARE * len(weekdays) else ()


def _find_fullest_hour(minutes: Sequence[int]) -> tuple[int | None, float | None]:
    """The middle of the sixty minutes with most pushes and its share; (None, None) below ten."""
    if len(minutes) < MIN_ARTICLES:
        return None, None
    hours = {
        start: [away for at in minutes if (away := (at - start) % _DAY_MIN) < _HOUR_MIN]
        for start in sorted(set(minutes))
    }
    best = max(hours, key=lambda start: (len(hours[start]), -start))
    return int(best + median(hours[best])) % _DAY_MIN, len(hours[best]) / len(minutes)

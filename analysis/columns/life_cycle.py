"""When a content column appeared -> its rhythm: interval, whether it came when it was due, whether
it still lives. Pure arithmetic on days.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median, quantiles

from analysis.evidence import MIN_ISSUES

__all__ = ["STATUSES", "Rhythm", "classify_status", "measure_rhythm", "most_common"]

STATUSES = ("new", "active", "paused", "ended")
_NEW_DAYS = 60
_PAUSE = 2.5  # intervals without an issue
_END = 8.0
_PAUSE_DAYS, _END_DAYS = 14, 60  # and never sooner than this
_DAILY = 4  # below this median interval issues are due by weekday, not by counting days


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How a column comes: days between issues and how many of the due ones came; None where there
    are too few issues to say.
    """

    interval_days: float | None  # median gap between days of appearance; from two days on
    interval_iqr_days: float | None  # third minus first quartile of the gaps
    adherence: float | None  # 0 to 1: issues that came of those due between first and last
    due: int | None  # how many were due


def measure_rhythm(days: Sequence[int]) -> Rhythm:
    """The rhythm of sorted, different days (ordinals).

    Due is one issue every median interval from the first to the last. A column that comes more
    often than every four days is due on each of its usual weekdays (those with at least half as
    many issues as its best one), so that weekends off don't count against it. Where the gaps spread
    wider than their median (a campaign of June and November), nothing is due and adherence is None.
    """
    gaps = [later - earlier for earlier, later in pairwise(days)]
    if not gaps:
        return Rhythm(None, None, None, None)
    middle = float(median(gaps))
    if len(days) < MIN_ISSUES:
        return Rhythm(middle, None, None, None)
    low, _, high = quantiles(gaps, n=4, method="inclusive")
    if high - low > middle:
        return Rhythm(middle, high - low, None, None)
    due = _count_due(days, middle)
    return Rhythm(middle, high - low, min(1.0, len(days) / due), due)


def _count_due(days: Sequence[int], interval: float) -> int:
    span = days[-1] - days[0]
    if interval >= _DAILY:
        return max(len(days) if span == 0 else round(span / interval) + 1, 1)
    weekdays = Counter(day % 7 for day in days)
    usual = {weekday for weekday, n in weekdays.items() if 2 * n >= max(weekdays.values())}
    return sum(day % 7 in usual for day in range(days[0], days[-1] + 1))


def classify_status(days: Sequence[int], *, first: int, last: int) -> str | None:
    """Whether a column is new, active, paused or ended when its account was last seen.

    `first` and `last` are the account's own first and last day. Ended: silent for more than 8 of
    its median intervals and 60 days while the account went on, and for longer than it ever was
    before coming back (one of every spring sleeps from May to February); paused: for more than 2.5
    intervals and 14 days; new: first seen in the last 60 days of a longer history; else active.
    None below MIN_ISSUES days, unless it is new.
    """
    if not days:
        return None
    silent = last - days[-1]
    young = last - days[0] <= _NEW_DAYS and days[0] - first > _NEW_DAYS
    if len(days) < MIN_ISSUES:
        return "new" if young else None
    gaps = [later - earlier for earlier, later in pairwise(days)]
    interval = max(median(gaps), 1)
    if silent > max(_END * interval, _END_DAYS, *gaps):
        return "ended"
    if silent > max(_PAUSE * interval, _PAUSE_DAYS):
        return "paused"
    return "new" if young else "active"


def most_common(values: Sequence[int]) -> tuple[int | None, float | None]:
    """The most common value, the smallest of several, and its share; (None, None) of nothing."""
    if not values:
        return None, None
    counts = Counter(values)
    top = min(counts, key=lambda value: (-counts[value], value))
    return top, counts[top] / len(values)

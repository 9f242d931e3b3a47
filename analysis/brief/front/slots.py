"""Where in the week there is room: days and hours that the reader uses and rivals leave free."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from analysis.brief.sections.cadence import WAKING
from analysis.brief.summary import AccountSummary, BriefSummary
from analysis.labels import WEEKDAYS
from analysis.report.translation import translate, translate_name

__all__ = ["Slot", "next_monday", "pick_slots"]

_FREE = 0.25  # pushes a week of all rivals together: once in four weeks
_NEAR = 3  # hours that a usual hour may move


@dataclass(frozen=True, slots=True)
class Slot:
    """A day of next week, the hour where it is known, and how often rivals send in it (pushes a
    week together; None where that isn't known).
    """

    day: date
    hour: int | None
    crowd: float | None

    def tell(self) -> str:
        """The slot in words: 12 月 9 日周三 20 点（对手几乎不发）."""
        weekday = translate_name(WEEKDAYS[self.day.weekday()])
        if self.hour is None:
            return translate("{at.month} 月 {at.day} 日{weekday}", at=self.day, weekday=weekday)
        template = "{at.month} 月 {at.day} 日{weekday} {hour} 点"
        if self.crowd is not None and self.crowd < _FREE:
            template = "{at.month} 月 {at.day} 日{weekday} {hour} 点（对手这时几乎不发）"
        return translate(template, at=self.day, weekday=weekday, hour=self.hour)


def next_monday(day: date) -> date:
    """The first day of the week after."""
    return day + timedelta(days=7 - day.weekday())


def pick_slots(brief: BriefSummary, own: AccountSummary | None) -> list[Slot]:
    """Seven slots of next week, a day each: first the days the reader's account uses most, then
    those on which rivals send least; each at the hour near its usual one in which they send least.

    Without an own account with known hours the usual one is the rivals'; without either, the days
    go without an hour.
    """
    monday = next_monday(brief.date)
    frame = brief.crowding.frame if brief.crowding else None
    used = Counter(day.weekday() for day in own.recent.push_days) if own and own.recent else {}
    sent = frame.groupby("weekday")["pushes_per_week"].sum().to_dict() if frame is not None else {}
    order = sorted(range(7), key=lambda day: (-used.get(day, 0), sent.get(day, 0.0), day))
    hour = own.recent.hour if own and own.recent else _common_hour(frame)
    slots = []
    for weekday in order:
        day = monday + timedelta(days=weekday)
        if hour is None or frame is None:
            slots.append(Slot(day, hour, None))
            continue
        crowd = frame[frame["weekday"] == weekday].set_index("hour")["pushes_per_week"]
        near = [at for at in range(hour - _NEAR, hour + _NEAR + 1) if at in WAKING]
        best = min(near or [hour], key=lambda at: (crowd.get(at, 0.0) >= _FREE, abs(at - hour), at))
        slots.append(Slot(day, best, float(crowd.get(best, 0.0))))
    return slots


def _common_hour(frame: pd.DataFrame | None) -> int | None:
    """The hour that most rivals use, over the week."""
    if frame is None or not frame["pushes"].sum():
        return None
    sent = frame.groupby("hour")["accounts"].sum()
    return int(str(sent.idxmax()))

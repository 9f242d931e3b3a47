"""Planned send times against the hours rivals send at, and free hours near them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median_low
from typing import Any

import pandas as pd

from analysis.cadence.crowding import CROWDING, FREE_BELOW, find_free_slots
from analysis.cadence.pushes import find_usual_times
from analysis.evidence import MIN_TIMED
from analysis.prelaunch.group import HABIT_DAYS, Group
from analysis.prelaunch.plan import Plan
from analysis.prelaunch.schedule import PlannedRhythm, SendTime
from analysis.rows import plain_rows, to_time

__all__ = ["CROWDED", "HourSlot", "TimeAnswer", "TimesAnswer", "answer_times", "count_habits"]

# pushes whose hour is known, of at least two rivals, before an hour is called free or crowded
CROWDED = 1.0  # pushes a week in the one hour by all rivals, of at least two
REPEATED = 2  # pushes of a rival in an hour of the week, before it really sends then
_WEEK_H = 168
_WAKING = range(7, 23)  # a free slot at four in the morning is no advice
_FREE_SHOWN = 3
_NEAR_H = 3
_SPACED_DAYS = {
    1: (1,),
    2: (1, 4),
    3: (0, 2, 4),
    4: (0, 2, 4, 6),
    5: (0, 1, 2, 3, 4),
    6: (0, 1, 2, 3, 4, 5),
}  # days as far apart as a week allows


@dataclass(frozen=True, slots=True)
class HourSlot:
    """One hour of the week: what all rivals together send in it."""

    weekday: int
    hour: int
    pushes: int
    accounts: int
    pushes_per_week: float


@dataclass(frozen=True, slots=True)
class TimeAnswer:
    """One planned time: crowded, shared, free, or unknown (too few rivals or pushes to say); free
    hours within three, the nearest first.
    """

    time: SendTime
    verdict: str
    slot: HourSlot | None
    rivals: tuple[str, ...]
    free: tuple[HourSlot, ...]
    proposed: bool = False


@dataclass(frozen=True, slots=True)
class TimesAnswer:
    """All planned or proposed times, and the map they were compared with: the hours that rivals who
    still send have used at least twice in their last HABIT_DAYS. `pushes` of `accounts` have a
    known hour; `frame` is the map, from count_habits.
    """

    answers: tuple[TimeAnswer, ...]
    accounts: int
    pushes: int
    first: datetime | None
    last: datetime | None
    busiest: HourSlot | None
    frame: pd.DataFrame = field(repr=False)

    @property
    def enough(self) -> bool:
        """Whether an hour may be called free or crowded."""
        return self.pushes >= MIN_TIMED and self.accounts >= 2


def answer_times(
    plan: Plan,
    group: Group,
    *,
    pushes_per_week: float | None,
    rhythms: Sequence[PlannedRhythm] = (),
) -> TimesAnswer:
    """Each planned time against the crowding map. Without any, as many as there are pushes a week
    are proposed: the days of the columns' `rhythms`, then days far apart, and on each the free hour
    nearest to the median of the accounts' most used hours (the emptiest near it where none is
    free).
    """
    timed = group.habits
    crowding = count_habits(group)
    slots = [_slot(row) for row in plain_rows(crowding)]
    answer = TimesAnswer(
        answers=(),
        accounts=timed["account_id"].nunique(),
        pushes=len(timed),
        first=to_time(timed["published_at"].min()),
        last=to_time(timed["published_at"].max()),
        frame=crowding,
        busiest=max(
            (slot for slot in slots if slot.accounts > 1),
            key=lambda slot: slot.pushes_per_week,
            default=None,
        ),
    )
    times: Sequence[SendTime] = plan.send_times
    proposed = not times and pushes_per_week is not None and answer.enough
    if proposed:
        times = _propose(timed, crowding, pushes_per_week or 1, rhythms)
    taken = [(time.weekday, time.hour) for time in times]
    answers = tuple(
        _answer(time, timed, crowding, taken=taken, enough=answer.enough, proposed=proposed)
        for time in times
    )
    return TimesAnswer(
        answers, answer.accounts, answer.pushes, answer.first, answer.last, answer.busiest, crowding
    )


def count_habits(group: Group) -> pd.DataFrame:
    """For every hour of the week what rivals really send then, with the columns of
    crowding.CROWDING: only hours an account has used REPEATED times in its last HABIT_DAYS, each
    push over the account's own weeks in them; no rows where no hour is known.
    """
    habits = group.habits
    if habits.empty:
        return pd.DataFrame({name: pd.Series([], dtype=dtype) for name, dtype in CROWDING.items()})
    spans = group.pushes.groupby("account_id")["published_at"].agg(["min", "max"])
    days = (spans["max"].dt.normalize() - spans["min"].dt.normalize()).dt.days + 1
    weeks = days.clip(7, HABIT_DAYS) / 7
    at = habits["published_at"].dt
    slots = habits[["account_id"]].assign(slot=at.day_of_week * 24 + at.hour)
    counts = slots.groupby(["account_id", "slot"], as_index=False).size()
    counts = counts[counts["size"] >= REPEATED]
    counts = counts.assign(rate=counts["size"] / counts["account_id"].map(weeks).astype("float64"))
    by_slot = counts.groupby("slot").agg(
        pushes=("size", "sum"), accounts=("size", "size"), pushes_per_week=("rate", "sum")
    )
    whole = by_slot.reindex(range(_WEEK_H), fill_value=0)
    total = max(int(whole["pushes"].sum()), 1)
    return (
        whole.assign(
            weekday=whole.index // 24, hour=whole.index % 24, share=whole["pushes"] / total
        )
        .reset_index(drop=True)[list(CROWDING)]
        .astype(CROWDING)
    )


def _answer(
    time: SendTime,
    timed: pd.DataFrame,
    crowding: pd.DataFrame,
    *,
    taken: Sequence[tuple[int, int]],
    enough: bool,
    proposed: bool,
) -> TimeAnswer:
    at = timed["published_at"].dt
    there = timed[(at.day_of_week == time.weekday) & (at.hour == time.hour)]
    counts = there["account"].value_counts().sort_index()
    repeated = counts[counts >= REPEATED].sort_values(ascending=False, kind="stable")
    rivals = tuple(repeated.index[:_FREE_SHOWN])
    if crowding.empty:
        return TimeAnswer(time, "unknown", None, rivals, (), proposed)
    slot = _slot(plain_rows(crowding)[time.weekday * 24 + time.hour])
    if not enough:
        return TimeAnswer(time, "unknown", slot, rivals, (), proposed)
    crowded = slot.pushes_per_week >= CROWDED and slot.accounts > 1
    verdict = "free" if slot.pushes_per_week < FREE_BELOW else "crowded" if crowded else "shared"
    return TimeAnswer(
        time,
        verdict,
        slot,
        rivals,
        () if verdict == "free" else _free_near(crowding, time, taken),
        proposed,
    )


def _free_near(
    crowding: pd.DataFrame, time: SendTime, taken: Sequence[tuple[int, int]]
) -> tuple[HourSlot, ...]:
    rows = plain_rows(
        find_free_slots(crowding, weekday=time.weekday, hour=time.hour, within=_NEAR_H)
    )
    near = sorted(
        (
            row
            for row in rows
            if row["free"] and row["hour"] in _WAKING and (row["weekday"], row["hour"]) not in taken
        ),
        key=lambda row: (abs(row["hours_away"]), row["hours_away"]),
    )
    return tuple(_slot(row) for row in near[:_FREE_SHOWN])


def _propose(
    timed: pd.DataFrame,
    crowding: pd.DataFrame,
    pushes_per_week: float,
    rhythms: Sequence[PlannedRhythm],
) -> tuple[SendTime, ...]:
    usual = min(
        max(
            median_low(int(hour) for hour in find_usual_times(timed)["hour"].dropna()),
            _WAKING.start,
        ),
        _WAKING.stop - 1,
    )
    count = max(round(pushes_per_week), 1)
    fixed = dict.fromkeys(day for rhythm in rhythms for day in rhythm.weekdays)
    days = sorted(
        [*fixed, *(day for day in _SPACED_DAYS.get(count, range(7)) if day not in fixed)][:count]
    )
    return tuple(
        SendTime(day, _emptiest(crowding[crowding["weekday"] == day], usual), 0) for day in days
    )


def _emptiest(day: pd.DataFrame, usual: int) -> int:
    """The hour of a day nearest to the usual one that is free; the least crowded near it where none
    is.
    """
    near = day.assign(away=(day["hour"] - usual).abs(), taken=day["pushes_per_week"] >= FREE_BELOW)
    near = near[(near["away"] <= _NEAR_H) & near["hour"].isin(list(_WAKING))]
    return int(near.sort_values(["taken", "away", "pushes_per_week", "hour"])["hour"].tolist()[0])


def _slot(row: dict[str, Any]) -> HourSlot:
    return HourSlot(
        row["weekday"], row["hour"], row["pushes"], row["accounts"], row["pushes_per_week"]
    )

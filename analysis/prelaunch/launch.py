"""The first four weeks after the launch: which push on which day at which time carries which
column.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import pandas as pd

from analysis.cadence.calendar_cn import classify_days, measure_day_kinds
from analysis.prelaunch.answers.columns import ColumnAnswer
from analysis.prelaunch.answers.pace import PaceAnswer
from analysis.prelaunch.answers.times import TimeAnswer
from analysis.prelaunch.schedule import PlannedRhythm
from analysis.rows import plain_rows
from crawler.records import BEIJING

__all__ = [
    "WEEKS",
    "HolidayHabit",
    "Launch",
    "PlannedPush",
    "Unplaced",
    "measure_holidays",
    "plan_launch",
]

WEEKS = 4
_MIN_EXPECTED = 10  # pushes on holidays, before their share is given


@dataclass(frozen=True, slots=True)
class PlannedPush:
    """One push: when (Beijing), the column in each slot (None is a free choice), what kind of day,
    and how its hour is with rivals.
    """

    at: datetime
    week: int
    slots: tuple[str | None, ...]
    day_kind: str
    festival: str | None
    announced: bool
    crowding: str


@dataclass(frozen=True, slots=True)
class Unplaced:
    """An issue that found no place, and why: no_push that day, or full."""

    column: str
    on: date | None
    week: int
    why: str


@dataclass(frozen=True, slots=True)
class Launch:
    """The calendar; without pushes where the plan names no times and none could be proposed."""

    first: date
    first_proposed: bool
    pushes: tuple[PlannedPush, ...]
    unplaced: tuple[Unplaced, ...]

    @property
    def articles(self) -> int:
        """Articles to write in the four weeks."""
        return sum(len(push.slots) for push in self.pushes)


@dataclass(frozen=True, slots=True)
class HolidayHabit:
    """What rivals send on holidays: `pushes` on the `days` that are holidays (account by account),
    `expected` at each one's own working-day rate.
    """

    accounts: int
    days: int
    pushes: int
    expected: float

    @property
    def ratio(self) -> float:
        """Of the two: 1 is as on working days."""
        return self.pushes / self.expected


def measure_holidays(pushes: pd.DataFrame) -> HolidayHabit | None:
    """Pushes on holidays against those expected, over the accounts that have both kinds of day;
    None where fewer than ten are expected.

    Each account is compared with itself, so that a busy one whose history holds no holiday changes
    nothing.
    """
    wide = measure_day_kinds(pushes).pivot(
        index="account_id", columns="kind", values=["days", "pushes"]
    )
    if not {("days", "holiday"), ("days", "workday")} <= set(wide.columns):
        return None
    both = wide.dropna(subset=[("days", "holiday"), ("days", "workday")])
    expected = float(
        (both["pushes"]["workday"] / both["days"]["workday"] * both["days"]["holiday"]).sum()
    )
    if expected < _MIN_EXPECTED:
        return None
    return HolidayHabit(
        len(both),
        int(both["days"]["holiday"].sum()),
        int(both["pushes"]["holiday"].sum()),
        expected,
    )


def plan_launch(
    first: date,
    times: Sequence[TimeAnswer],
    columns: Sequence[ColumnAnswer],
    pace: PaceAnswer,
    *,
    first_proposed: bool,
) -> Launch:
    """Four weeks from `first` on. Columns with fixed days come first, then the others where most is
    free; fortnightly ones take turns. Proposed columns fill what room there is; an issue of theirs
    without a place is no fault of the plan.
    """
    size = round(pace.articles_per_push or 1)
    board = _Board(
        [
            (at, week, time.verdict)
            for at, week, time in _moments(first, times, pace.pushes_per_week)
        ],
        size,
    )
    turn = 0
    fixed: list[tuple[str, PlannedRhythm, list[int]]] = []
    loose: list[tuple[str, PlannedRhythm, list[int]]] = []
    for column in columns:
        if column.rhythm is None or column.rhythm.times == 0:
            continue
        weeks = [week for week in range(WEEKS) if _is_due(column.rhythm, week, turn)]
        turn += column.rhythm.weeks > 1 or column.rhythm.monthly
        name = f"参照“{column.name}”的栏目" if column.proposed else column.name
        (fixed if column.rhythm.weekdays or column.rhythm.month_day else loose).append(
            (name, column.rhythm, weeks)
        )
    for name, rhythm, weeks in fixed:
        for day in _fixed_days(first, rhythm, weeks):
            board.place_on(name, day, (day - first).days // 7)
    for name, rhythm, weeks in loose:
        for week in weeks:
            for _ in range(rhythm.times):
                board.place_in(name, week)
    proposed = any(column.proposed for column in columns)
    return Launch(first, first_proposed, board.pushes(), () if proposed else tuple(board.unplaced))


def _moments(
    first: date, times: Sequence[TimeAnswer], pushes_per_week: float | None
) -> Iterator[tuple[datetime, int, TimeAnswer]]:
    """Every push of the four weeks; below one a week only every second, third or fourth week."""
    skip = max(round(1 / pushes_per_week), 1) if pushes_per_week and pushes_per_week < 1 else 1
    for days in range(WEEKS * 7):
        day = first + timedelta(days=days)
        for answer in times:
            if answer.time.weekday == day.weekday() and days // 7 % skip == 0:
                yield (
                    datetime.combine(day, time(answer.time.hour, answer.time.minute), BEIJING),
                    days // 7,
                    answer,
                )


def _is_due(rhythm: PlannedRhythm, week: int, turn: int) -> bool:
    """Whether a column appears in a week: fortnightly ones by turns, monthly ones without a day in
    one of the four.
    """
    if rhythm.monthly:
        return rhythm.month_day is not None or week == turn % WEEKS
    return week % rhythm.weeks == turn % rhythm.weeks if rhythm.weeks > 1 else True


def _fixed_days(first: date, rhythm: PlannedRhythm, weeks: Sequence[int]) -> list[date]:
    days = [first + timedelta(days=number) for number in range(WEEKS * 7) if number // 7 in weeks]
    if rhythm.month_day is not None:
        return [day for day in days if day.day == rhythm.month_day]
    return [day for day in days if day.weekday() in rhythm.weekdays]


class _Board:
    """The pushes with their slots, filled one by one."""

    def __init__(self, moments: Sequence[tuple[datetime, int, str]], size: int) -> None:
        self.moments = moments
        self.size = size
        self.slots: list[list[str]] = [[] for _ in moments]
        self.unplaced: list[Unplaced] = []

    def place_on(self, name: str, day: date, week: int) -> None:
        """On the first push of a day with room."""
        that_day = [number for number, (at, _, _) in enumerate(self.moments) if at.date() == day]
        free = [number for number in that_day if len(self.slots[number]) < self.size]
        if free:
            self.slots[free[0]].append(name)
        else:
            self.unplaced.append(Unplaced(name, day, week, "full" if that_day else "no_push"))

    def place_in(self, name: str, week: int) -> None:
        """In the push of a week with most room that hasn't the column yet, the
        earliest of equals.
        """
        free = [
            n
            for n, (_, at_week, _) in enumerate(self.moments)
            if at_week == week and len(self.slots[n]) < self.size and name not in self.slots[n]
        ]
        if free:
            self.slots[min(free, key=lambda number: (len(self.slots[number]), number))].append(name)
        else:
            self.unplaced.append(Unplaced(name, None, week, "full"))

    def pushes(self) -> tuple[PlannedPush, ...]:
        days = pd.Series(
            pd.to_datetime([at.date() for at, _, _ in self.moments]), dtype="datetime64[us]"
        )
        kinds = plain_rows(classify_days(days))
        return tuple(
            PlannedPush(
                at,
                week + 1,
                (*columns, *[None] * (self.size - len(columns))),
                kind["kind"],
                kind["festival"],
                kind["announced"],
                verdict,
            )
            for (at, week, verdict), columns, kind in zip(
                self.moments, self.slots, kinds, strict=True
            )
        )

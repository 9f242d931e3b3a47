"""How often and when accounts send, as a brief shows it: rates with intervals, regularity in words,
changes, calendar, crowding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from analysis.cadence.changes import CHANGES, find_changes, measure_history
from analysis.cadence.crowding import count_crowding, find_free_slots
from analysis.cadence.intervals import compare_rates
from analysis.cadence.pushes import (
    HOURS,
    count_days,
    count_hours,
    count_weeks,
    find_usual_times,
    measure_rates,
)
from analysis.cadence.regularity import Regularity, classify_regularity
from analysis.cadence.summary import describe_cadence
from analysis.evidence import MIN_ARTICLES, MIN_DAYS, MIN_HOUR_PUSHES, MIN_TIMED
from analysis.frames import empty_frame
from analysis.rows import parts_of, plain_rows, rows_of

__all__ = [
    "MIN_DAYS",
    "WAKING",
    "Cadence",
    "Change",
    "Crowding",
    "HourCrowding",
    "Versus",
    "measure_cadences",
    "measure_crowding",
]

CALENDAR_DAYS = 371  # 53 weeks: a year of columns that can be told apart
WAKING = range(6, 24)  # a free slot at four in the morning is no advice
_FREE_SHOWN = 3
_FIELDS = (
    "pushes",
    "articles",
    "first",
    "last",
    "days",
    "weeks",
    "pushes_per_week",
    "articles_per_week",
    "articles_per_push",
    "pushes_timed",
    "weekday",
    "weekday_share",
    "hour",
    "hour_share",
    "pushes_per_week_low",
    "pushes_per_week_high",
    "regularity",
    "regularity_because",
    "longest_silence_days",
    "silent_from",
    "silent_to",
)


@dataclass(frozen=True, slots=True)
class Change:
    """One dated change of one account's rhythm; see changes.find_changes. Rates per week, hours 0
    to 24; a pause has no intervals.
    """

    kind: str
    date: datetime
    date_low: datetime | None
    date_high: datetime | None
    before: float
    before_low: float | None
    before_high: float | None
    after: float
    after_low: float | None
    after_high: float | None
    pushes_before: int
    pushes_after: int


@dataclass(frozen=True, slots=True)
class Versus:
    """A rival's pushes per week over the own account's, with its 95 % interval; `differs` is None
    where either has too little.
    """

    ratio: float
    low: float | None
    high: float | None
    differs: bool | None


@dataclass(frozen=True, slots=True, eq=False)
class Cadence:
    """How often and when one account sends, over its dated articles. Shares are 0 to 1, weekday 0
    is Monday, hours are Beijing's.
    """

    pushes: int
    articles: int
    first: datetime
    last: datetime
    days: int
    weeks: int
    pushes_per_week: float
    articles_per_week: float
    articles_per_push: float
    pushes_timed: int
    weekday: int
    weekday_share: float
    hour: int | None
    hour_share: float | None
    pushes_per_week_low: float | None
    pushes_per_week_high: float | None
    regularity: str
    regularity_because: str
    regularity_figures: Regularity
    longest_silence_days: float | None
    silent_from: datetime | None
    silent_to: datetime | None
    changes: tuple[Change, ...]
    history_weeks: int
    enough_history: bool
    enough_history_timed: bool
    versus: Versus | None
    weeks_frame: pd.DataFrame = field(repr=False)
    hours_frame: pd.DataFrame = field(repr=False)
    changes_frame: pd.DataFrame = field(repr=False)
    calendar: pd.DataFrame = field(repr=False)
    push_days: tuple[date, ...] = field(repr=False)

    @property
    def enough(self) -> bool:
        """Whether there is enough to name a pattern: ten articles over eight weeks."""
        return self.articles >= MIN_ARTICLES and self.days >= MIN_DAYS


@dataclass(frozen=True, slots=True)
class HourCrowding:
    """One hour of the week and how much the rivals send in it."""

    weekday: int
    hour: int
    pushes: int
    accounts: int
    pushes_per_week: float


@dataclass(frozen=True, slots=True, eq=False)
class Crowding:
    """All rivals' hours of the week; `own_slot` is the hour the own account uses most, `free` the
    emptiest waking hours within six of it.
    """

    accounts: int
    accounts_timed: int
    pushes_timed: int
    first: datetime
    last: datetime
    busiest: HourCrowding | None  # of those more than one rival uses
    own_slot: HourCrowding | None
    own_pushes: int
    own_timed: int
    free: tuple[HourCrowding, ...]
    frame: pd.DataFrame = field(repr=False)
    own_hours: pd.DataFrame | None = field(repr=False)


def measure_cadences(pushes: pd.DataFrame, *, own: str | None = None) -> dict[str, Cadence]:
    """Each account's cadence by account_id. With `own`, every other account is held against that
    one.
    """
    usual, rates, described = (
        rows_of(find_usual_times(pushes)),
        rows_of(measure_rates(pushes)),
        rows_of(describe_cadence(pushes)),
    )
    history, versus = rows_of(measure_history(pushes)), _compare(pushes, own)
    changed, sent = parts_of(find_changes(pushes)), parts_of(pushes)
    weeks, hours, calendars = (
        parts_of(count_weeks(pushes)),
        parts_of(count_hours(pushes)),
        _calendars(pushes),
    )
    cadences = {}
    for key, rate in rates.items():
        row = (
            described[key] | usual[key] | rate
        )  # the rate over a single week is no pattern, but a number: measure_rates has it
        changes = changed.get(key, empty_frame(CHANGES))
        cadences[key] = Cadence(
            **{name: row[name] for name in _FIELDS},
            regularity_figures=classify_regularity(described[key]),
            changes=tuple(_change(change) for change in plain_rows(changes)),
            versus=versus.get(key),
            history_weeks=history[key]["weeks"],
            enough_history=history[key]["enough"],
            enough_history_timed=history[key]["enough_timed"],
            weeks_frame=weeks[key],
            hours_frame=hours.get(key, empty_frame(HOURS)),
            changes_frame=changes,
            calendar=calendars[key],
            push_days=tuple(sent[key]["published_at"].dt.date),
        )
    return cadences


def _change(row: dict[str, Any]) -> Change:
    return Change(**{name: row[name] for name in Change.__dataclass_fields__})


def _compare(pushes: pd.DataFrame, own: str | None) -> dict[str, Versus]:
    """Every rival against the own account, from compare_rates turned so that the own account is
    below the line.
    """
    compared = {}
    for row in plain_rows(compare_rates(pushes)) if own else ():
        if row["other_id"] == own and row["ratio"]:
            compared[row["account_id"]] = Versus(
                row["ratio"], row["ratio_low"], row["ratio_high"], row["differs"]
            )
        elif row["account_id"] == own and row["ratio"]:
            low, high = row["ratio_high"], row["ratio_low"]
            compared[row["other_id"]] = Versus(
                1 / row["ratio"], low and 1 / low, high and 1 / high, row["differs"]
            )
    return compared


def _calendars(pushes: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The days of each account in the 53 weeks up to its last push."""
    days = count_days(pushes)
    last = days.groupby("account_id")["day"].transform("max")
    return parts_of(days[days["day"] > last - timedelta(days=CALENDAR_DAYS)])


def measure_crowding(
    pushes: pd.DataFrame, *, rivals: Sequence[str], own: str | None
) -> Crowding | None:
    """The hours of the week of the rivals together; None below two rivals or twenty pushes whose
    hour is known.
    """
    theirs = pushes[pushes["account_id"].isin(list(rivals))]
    crowding = count_crowding(theirs)
    if crowding.empty or theirs["account_id"].nunique() < 2 or crowding["pushes"].sum() < MIN_TIMED:
        return None
    slots = [_slot(row) for row in plain_rows(crowding)]
    hours = count_hours(pushes[pushes["account_id"] == own]) if own else None
    hours = None if hours is None or hours.empty else hours
    mine = None if hours is None else plain_rows(hours.nlargest(1, "pushes"))[0]
    used = (
        slots[mine["weekday"] * 24 + mine["hour"]]
        if mine and mine["pushes"] >= MIN_HOUR_PUSHES
        else None
    )
    return Crowding(
        accounts=theirs["account_id"].nunique(),
        accounts_timed=theirs.loc[theirs["timed"], "account_id"].nunique(),
        pushes_timed=int(crowding["pushes"].sum()),
        first=theirs["published_at"].min().to_pydatetime(),
        last=theirs["published_at"].max().to_pydatetime(),
        busiest=max(
            (slot for slot in slots if slot.accounts > 1),
            key=lambda slot: slot.pushes_per_week,
            default=None,
        ),
        own_slot=used,
        own_pushes=mine["pushes"] if mine else 0,
        own_timed=0 if hours is None else int(hours["pushes"].sum()),
        free=_free(crowding, used),
        frame=crowding,
        own_hours=hours,
    )


def _free(crowding: pd.DataFrame, used: HourCrowding | None) -> tuple[HourCrowding, ...]:
    if used is None:
        return ()
    near = [
        row
        for row in plain_rows(find_free_slots(crowding, weekday=used.weekday, hour=used.hour))
        if row["free"] and row["hour"] in WAKING
    ]
    near.sort(key=lambda row: (abs(row["hours_away"]), row["hours_away"]))
    return tuple(_slot(row) for row in near if row["hours_away"])[:_FREE_SHOWN]


def _slot(row: dict[str, Any]) -> HourCrowding:
    return HourCrowding(
        row["weekday"], row["hour"], row["pushes"], row["accounts"], row["pushes_per_week"]
    )

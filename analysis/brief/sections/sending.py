"""What accounts send and in which fixed places, as a brief shows it: formats, slots of the push,
fixed hours of the week, holidays and sales.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from analysis.cadence.calendar_cn import measure_day_kinds, measure_events
from analysis.cadence.formats import KIND_NAMES, count_formats, count_slots, find_fixed_slots
from analysis.evidence import MIN_ARTICLES, MIN_DAYS
from analysis.rows import parts_of, plain_rows

__all__ = [
    "EVENT_NAMES",
    "Event",
    "FixedSlot",
    "Format",
    "PositionShare",
    "Sending",
    "measure_sending",
]

EVENT_NAMES = ("春节前", "春节", "春节后", "618", "双11")
_RECENT_DAYS = 183
_FIXED_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Format:
    """One format (KIND_NAMES) of one account: articles and share of all dated ones, and the share
    in the last half year, None below ten articles.
    """

    kind: str
    n: int
    share: float
    recent_share: float | None

    @property
    def name(self) -> str:
        """What people call it."""
        return KIND_NAMES[self.kind]


@dataclass(frozen=True, slots=True)
class PositionShare:
    """A slot of the push (1 the headline): its articles, and the share of the pushes that fill it,
    None where no push is known.
    """

    position: int
    n: int
    push_share: float | None


@dataclass(frozen=True, slots=True)
class FixedSlot:
    """Slots filled in most weeks at one hour: on `weekdays`, each in at least `share` of the weeks
    from its first time to its last; `ended` eight weeks ago or more.
    """

    positions: tuple[int, ...]
    hour: int
    weekdays: tuple[int, ...]
    n: int
    share: float
    last: datetime
    ended: bool


@dataclass(frozen=True, slots=True)
class Event:
    """The latest 春节, 618 or 双11 an account is held for; `ratio` to its usual rate, None where
    too little is usual.
    """

    name: str
    first: datetime
    last: datetime
    pushes: int
    ratio: float | None


@dataclass(frozen=True, slots=True)
class Sending:
    """What one account sends. `articles` dated ones, `placed` of them with a known slot;
    `days_sent` by kind of day: its days, share with a push.
    """

    articles: int
    placed: int
    recent: int
    formats: tuple[Format, ...]
    places: tuple[PositionShare, ...]
    fixed: tuple[FixedSlot, ...]
    events: Mapping[str, Event]
    days_sent: Mapping[str, tuple[int, float | None]]

    def recent_share(self, kind: str) -> float | None:
        """The share of a format in the last half year: 0 where it did not occur, None below ten
        articles.
        """
        if self.recent < MIN_ARTICLES:
            return None
        return next((shares.recent_share for shares in self.formats if shares.kind == kind), 0.0)


def measure_sending(articles: pd.DataFrame, pushes: pd.DataFrame) -> dict[str, Sending]:
    """What each account with a dated article sends, by account_id."""
    dated = articles.dropna(subset=["published_at"])
    last = dated.groupby("account_id")["published_at"].transform("max")
    recent = parts_of(
        count_formats(dated[dated["published_at"] > last - timedelta(days=_RECENT_DAYS)])
    )
    slots, fixed = parts_of(count_slots(dated)), parts_of(find_fixed_slots(dated))
    events, kinds = parts_of(measure_events(pushes)), parts_of(measure_day_kinds(pushes))
    ends = dated.groupby("account_id")["published_at"].max().to_dict()
    sending = {}
    for key, part in parts_of(count_formats(dated)).items():
        places = plain_rows(slots[key]) if key in slots else []
        sending[key] = Sending(
            articles=int(part["articles"].sum()),
            placed=sum(row["articles"] for row in places),
            recent=int(recent[key]["articles"].sum()),
            formats=_formats(part, recent[key]),
            places=tuple(
                PositionShare(row["position"], row["articles"], row["push_share"]) for row in places
            ),
            fixed=_join(plain_rows(fixed[key]), ends[key]) if key in fixed else (),
            events=_latest(plain_rows(events[key])) if key in events else {},
            days_sent={row["kind"]: _days(row) for row in plain_rows(kinds[key])}
            if key in kinds
            else {},
        )
    return sending


def _formats(counted: pd.DataFrame, recent: pd.DataFrame) -> tuple[Format, ...]:
    kinds, late = (part.groupby("kind")["articles"].sum() for part in (counted, recent))
    enough = int(late.sum()) >= MIN_ARTICLES
    formats = [
        Format(
            str(kind),
            int(n),
            n / kinds.sum(),
            float(late.get(kind, 0) / late.sum()) if enough else None,
        )
        for kind, n in kinds.items()
    ]
    return tuple(sorted(formats, key=lambda counted: (-counted.n, counted.kind)))


def _join(rows: list[dict[str, Any]], last: datetime) -> tuple[FixedSlot, ...]:
    """Weekdays with the same slot and hour as one, then slots with the same weekdays and hour."""
    days: dict[tuple[int, int, bool], list[dict[str, Any]]] = {}
    for row in rows:
        days.setdefault((row["position"], row["hour"], _ended(row, last)), []).append(row)
    slots: dict[tuple[int, tuple[int, ...], bool], list[dict[str, Any]]] = {}
    for (_, hour, ended), part in days.items():
        slots.setdefault((hour, tuple(row["weekday"] for row in part), ended), []).extend(part)
    fixed = [
        FixedSlot(
            tuple(sorted({row["position"] for row in part})),
            hour,
            weekdays,
            sum(row["n"] for row in part),
            min(row["share"] for row in part),
            max(row["last"] for row in part),
            ended,
        )
        for (hour, weekdays, ended), part in slots.items()
    ]
    return tuple(sorted(fixed, key=lambda slot: (slot.ended, slot.positions, -slot.n, slot.hour)))[
        :_FIXED_SHOWN
    ]


def _ended(row: dict[str, Any], last: datetime) -> bool:
    return bool(row["last"] < last - timedelta(days=MIN_DAYS))


def _latest(rows: list[dict[str, Any]]) -> dict[str, Event]:
    named = [
        (row["event"].split()[0], row) for row in rows
    ]  # sorted by first: the latest year is kept
    return {
        name: Event(row["event"], row["first"], row["last"], row["pushes"], row["ratio"])
        for name, row in named
    }


def _days(row: dict[str, Any]) -> tuple[int, float | None]:
    return row["days"], row["sent_share"] if row["days"] >= MIN_ARTICLES else None

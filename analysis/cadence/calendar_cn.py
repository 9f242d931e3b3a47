"""The Chinese year: 节假日, 调休 working weekends and what accounts do around 春节, 618 and 双11.

Days off are those the State Council announced, as chinesecalendar has them. Outside the years it
knows only the weekday counts, and every frame says how many days that concerns.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import chinese_calendar
import numpy as np
import pandas as pd

from analysis.cadence.pushes import DAYS, PUSHES, count_days, owners_of
from analysis.evidence import MIN_USUAL_PUSHES
from analysis.frames import check_frame

__all__ = [
    "DAY_CLASSES",
    "DAY_KINDS",
    "EVENTS",
    "KINDS_OF_DAY",
    "classify_days",
    "is_holiday_week",
    "list_events",
    "measure_day_kinds",
    "measure_events",
    "spring_days",
]

KINDS_OF_DAY = {"workday": "工作日", "weekend": "周末", "holiday": "节假日", "makeup": "调休上班"}
DAY_CLASSES = {"day": "datetime64[us]", "kind": "str", "festival": "str", "announced": "bool"}
DAY_KINDS = {
    "account_id": "str",
    "account": "str",
    "kind": "str",
    "days": "int64",
    "days_sent": "int64",
    "pushes": "int64",
    "sent_share": "float64",
    "pushes_per_day": "float64",
    "days_by_weekday_only": "int64",
}
EVENTS = {
    "account_id": "str",
    "account": "str",
    "event": "str",
    "first": "datetime64[us]",
    "last": "datetime64[us]",
    "days": "int64",
    "pushes": "int64",
    "pushes_per_week": "float64",
    "usual_pushes": "int64",
    "usual_pushes_per_week": "float64",
    "ratio": "float64",
}
_FESTIVALS = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明",
    "Labour Day": "五一",
    "Dragon Boat Festival": "端午",
    "Mid-autumn Festival": "中秋",
    "National Day": "国庆",
    "Anti-Fascist 70th Day": "抗战胜利70周年",
}
_DAY = np.timedelta64(1, "D")
_USUAL_DAYS = 56  # the eight weeks before an event, or before its sale season, are what is usual
_QUIET_BEFORE, _QUIET_AFTER = (
    7,
    9,
)  # days around the 春节 holiday in which many still rest: from 小年 to 元宵


def classify_days(days: pd.Series[Any]) -> pd.DataFrame:
    """What kind of day each is.

    Returns day datetime64[us]; kind str, a key of KINDS_OF_DAY (makeup: a weekend day worked in
    exchange for a holiday); festival str, the holiday it belongs to, 调休 days included, else
    missing; announced bool, false outside chinesecalendar's years, where only the weekday counts.
    In the order given.
    """
    table, years = _announced()
    place, each_of = pd.factorize(pd.DatetimeIndex(days).as_unit("us"))
    each = pd.DatetimeIndex(each_of)
    classified = table.reindex(each)
    by_weekday = np.where(each.day_of_week < 5, "workday", "weekend")
    kind = classified["kind"].where(classified["kind"].notna(), by_weekday).to_numpy()
    kinds = pd.DataFrame(
        {
            "day": each,
            "kind": kind,
            "festival": classified["festival"].to_numpy(),
            "announced": np.isin(each.year, years),
        }
    )
    return kinds.astype(DAY_CLASSES).take(place).reset_index(drop=True)


@cache
def _announced() -> tuple[pd.DataFrame, list[int]]:
    """Announced holidays and the weekend days worked for them, by day, and the years they are known
    for.
    """
    off = {day: ("holiday", name) for day, name in chinese_calendar.holidays.items()}
    worked = {
        day: ("makeup", name)
        for day, name in chinese_calendar.workdays.items()
        if day.weekday() >= 5
    }
    rows = {
        day: (kind, _FESTIVALS.get(str(name), str(name)))
        for day, (kind, name) in {**off, **worked}.items()
    }
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["kind", "festival"])
    table.index = pd.DatetimeIndex(table.index).as_unit("us")
    return table.sort_index(), sorted({day.year for day in off})


@cache
def _spring_festivals() -> list[tuple[Any, Any]]:
    """First and last day of each announced 春节 holiday, as datetime64[D]."""
    table, _ = _announced()
    days = (
        table.index[(table["festival"] == "春节") & (table["kind"] == "holiday")]
        .to_numpy()
        .astype("datetime64[D]")
    )
    parts = np.split(days, np.flatnonzero(np.diff(days) > 30 * _DAY) + 1)
    return [(part[0], part[-1]) for part in parts]


@cache
def _working_days_off() -> Any:
    """Announced holidays from Monday to Friday, sorted, as datetime64[D]."""
    table, _ = _announced()
    days = pd.DatetimeIndex(table.index)
    return (
        days[(table["kind"] == "holiday").to_numpy() & (days.day_of_week < 5)]
        .to_numpy()
        .astype("datetime64[D]")
    )


def is_holiday_week(weeks: Any) -> Any:
    """For Mondays (datetime64): whether holidays disturb the week: two working days off or more, or
    the weeks around 春节. A bool array.
    """
    mondays = np.asarray(weeks).astype("datetime64[D]")
    off = _working_days_off()
    disturbed = np.searchsorted(off, mondays + 5 * _DAY) - np.searchsorted(off, mondays) >= 2
    for first, last in _spring_festivals():
        disturbed |= (mondays + 6 * _DAY >= first - _QUIET_BEFORE * _DAY) & (
            mondays <= last + _QUIET_AFTER * _DAY
        )
    return disturbed


def spring_days(begin: Any, end: Any) -> Any:
    """How many days from `begin` to before `end` (datetime64[D] arrays) lie around 春节: an int
    array.
    """
    total = np.zeros(len(begin), dtype="int64")
    for first, last in _spring_festivals():
        low, high = (
            np.maximum(begin, first - _QUIET_BEFORE * _DAY),
            np.minimum(end, last + (_QUIET_AFTER + 1) * _DAY),
        )
        total += np.maximum((high - low).astype("int64"), 0)
    return total


def measure_day_kinds(pushes: pd.DataFrame) -> pd.DataFrame:
    """What an account does on working days, weekends, holidays and worked weekends, over the days
    from its first to its last push.

    Returns a row per account and kind of day that occurs: kind str, a key of KINDS_OF_DAY; days,
    days_sent (with a push), pushes int64; sent_share (days_sent ÷ days), pushes_per_day float64;
    days_by_weekday_only int64, those of `days` in years without an announced calendar. Sorted by
    account, then as KINDS_OF_DAY. Raises FrameError.
    """
    check_frame(pushes, PUSHES, name="pushes")
    calendar = count_days(pushes)
    owners, owner = owners_of(calendar)
    kinds = classify_days(calendar["day"])
    rank = (
        kinds["kind"]
        .map({kind: number for number, kind in enumerate(KINDS_OF_DAY)})
        .to_numpy("int64")
    )
    rows = pd.DataFrame(
        {
            "owner": owner,
            "rank": rank,
            "days_sent": calendar["pushes"].to_numpy() > 0,
            "pushes": calendar["pushes"].to_numpy(),
            "days_by_weekday_only": ~kinds["announced"].to_numpy(),
        }
    )
    grouped = rows.groupby(["owner", "rank"])
    counted = grouped.sum().assign(days=grouped.size()).reset_index()
    counted = counted.join(owners, on="owner").assign(
        kind=counted["rank"].map(dict(enumerate(KINDS_OF_DAY)))
    )
    counted["sent_share"], counted["pushes_per_day"] = (
        counted["days_sent"] / counted["days"],
        counted["pushes"] / counted["days"],
    )
    return counted[list(DAY_KINDS)].astype(DAY_KINDS)


def list_events(since: date, until: date) -> pd.DataFrame:
    """The events that lie wholly between two days: 春节 (its holiday), 春节前 and 春节后 (two weeks
    each), 618 (1–18 June), 双11 (1–11 November).

    Returns event str with its year, first, last datetime64[us], season datetime64[us] (the day from
    which the time before is no longer usual: for 618 20 May, for 双11 20 October, when pre-sales
    begin); sorted by first, event.
    """
    week2 = 14 * _DAY
    rows: list[tuple[Any, ...]] = []
    for first, last in _spring_festivals():
        named = str(first)[:4] if str(first)[5:7] != "12" else str(last)[:4]
        rows += [
            (f"春节前 {named}", first - week2, first - _DAY, first - week2),
            (f"春节 {named}", first, last, first - week2),
        ]
        rows += [(f"春节后 {named}", last + _DAY, last + week2, first - week2)]
    for year in range(since.year, until.year + 1):
        rows += [
            (f"{name} {year}", *(np.datetime64(f"{year}-{day}") for day in days))
            for name, days in _SALES.items()
        ]
    inside = [
        row for row in rows if row[1] >= np.datetime64(since) and row[2] <= np.datetime64(until)
    ]
    frame = pd.DataFrame(inside, columns=["event", "first", "last", "season"])
    frame = frame.astype(
        {
            "event": "str",
            "first": "datetime64[us]",
            "last": "datetime64[us]",
            "season": "datetime64[us]",
        }
    )
    return frame.sort_values(["first", "event"], ignore_index=True)


_SALES = {"618": ("06-01", "06-18", "05-20"), "双11": ("11-01", "11-11", "10-20")}


def measure_events(pushes: pd.DataFrame) -> pd.DataFrame:
    """What an account does around 春节, 618 and 双11, against its own eight weeks before the
    season.

    Only events that lie wholly between its first and last push, and whose eight weeks before do
    too.

    Returns a row per account and event: event str (with its year); first, last datetime64[us];
    days, pushes int64; pushes_per_week float64; usual_pushes int64 of the eight weeks before,
    usual_pushes_per_week float64; ratio float64 of the two rates, missing where the eight weeks
    have fewer than eight pushes. Sorted by account, first. Raises FrameError.
    """
    check_frame(pushes, PUSHES, name="pushes")
    calendar = count_days(pushes)
    check_frame(calendar, DAYS, name="days")
    owners, owner = owners_of(calendar)
    if owners.empty:
        return pd.DataFrame(
            {column: pd.Series([], dtype=dtype) for column, dtype in EVENTS.items()}
        )
    spans = (
        calendar.groupby(owner)["day"]
        .agg(["min", "max"])
        .assign(owner=range(len(owners)), start=np.flatnonzero(np.diff(owner, prepend=-1)))
    )
    rows = spans.merge(
        list_events(spans["min"].min().date(), spans["max"].max().date()), how="cross"
    )
    rows["usual_from"] = rows["season"] - pd.Timedelta(days=_USUAL_DAYS)
    rows = rows[(rows["usual_from"] >= rows["min"]) & (rows["last"] <= rows["max"])].join(
        owners, on="owner"
    )
    total = np.concatenate([[0], np.cumsum(calendar["pushes"])])

    def pushes_until(day: pd.Series[Any]) -> Any:
        return total[(rows["start"] + (day - rows["min"]).dt.days).to_numpy("int64")]

    rows["days"] = (rows["last"] - rows["first"]).dt.days + 1
    rows["pushes"] = pushes_until(rows["last"] + pd.Timedelta(days=1)) - pushes_until(rows["first"])
    rows["usual_pushes"] = pushes_until(rows["season"]) - pushes_until(rows["usual_from"])
    rows["pushes_per_week"], rows["usual_pushes_per_week"] = (
        rows["pushes"] / rows["days"] * 7,
        rows["usual_pushes"] / _USUAL_DAYS * 7,
    )
    rows["ratio"] = (rows["pushes_per_week"] / rows["usual_pushes_per_week"]).where(
        rows["usual_pushes"] >= MIN_USUAL_PUSHES
    )
    return (
        rows.sort_values(["owner", "first", "event"])[list(EVENTS)]
        .reset_index(drop=True)
        .astype(EVENTS)
    )

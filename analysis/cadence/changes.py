"""When the rhythm of an account changed: its pushes per week, its usual hour, and pauses.

Holiday weeks are set aside, and a change is claimed only where it passes segments.py's test.
tests/eval/cadence_changes.py measures false alarms and what is found.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.cadence.calendar_cn import is_holiday_week, spring_days
from analysis.cadence.pushes import PUSHES, count_weeks, owners_of
from analysis.cadence.segments import SEED, Cut, date_cut, find_cuts
from analysis.compute.cache import cached_by_account
from analysis.evidence import MIN_CHANGE_WEEKS
from analysis.frames import check_frame

__all__ = [
    "CHANGES",
    "HISTORY",
    "MIN_RATIO",
    "find_changes",
    "find_hour_changes",
    "find_pauses",
    "find_rate_changes",
    "measure_history",
]

MIN_RATIO = 1.25  # of the two rates: a smaller change is not worth a claim however sure it is
_MIN_SHIFT_H = 1.0
_MIN_GATHERED = 0.3  # mean resultant length from which an account has a usual hour at all
_PAUSE_DAYS, _PAUSE_TIMES, _PAUSES, _PAUSE_PUSHES = 28, 2, 3, 20
_RESAMPLES, _REDRAWN = 499, 400
_AROUND_DAYS = 182
_DAY = np.timedelta64(1, "D")
CHANGES = {
    "account_id": "str",
    "account": "str",
    "kind": "str",
    "date": "datetime64[us]",
    "date_low": "datetime64[us]",
    "date_high": "datetime64[us]",
    "before": "float64",
    "before_low": "float64",
    "before_high": "float64",
    "after": "float64",
    "after_low": "float64",
    "after_high": "float64",
    "pushes_before": "int64",
    "pushes_after": "int64",
    "p": "float64",
}
HISTORY = {
    "account_id": "str",
    "account": "str",
    "weeks": "int64",
    "weeks_timed": "int64",
    "enough": "bool",
    "enough_timed": "bool",
}


@cached_by_account(CHANGES, {"pushes": PUSHES})
def find_changes(pushes: pd.DataFrame) -> pd.DataFrame:
    """All changes of all accounts: find_rate_changes, find_hour_changes and find_pauses together,
    sorted by account, date, kind.
    """
    pauses = find_pauses(pushes)
    parts = [_rate_changes(pushes, pauses), find_hour_changes(pushes), pauses]
    return (
        pd.concat(parts, ignore_index=True)
        .sort_values(["account", "account_id", "date", "kind"], ignore_index=True)
        .astype(CHANGES)
    )


@cached_by_account(HISTORY, {"pushes": PUSHES})
def measure_history(pushes: pd.DataFrame) -> pd.DataFrame:
    """Whether there is enough history to look for changes: 26 whole weeks; for the usual hour 26
    weeks with a push whose hour is known.

    Returns one row per account: weeks int64 (whole calendar weeks from first to last push),
    weeks_timed int64, enough, enough_timed bool. Raises FrameError.
    """
    check_frame(pushes, PUSHES, name="pushes")
    owners, _ = owners_of(pushes)
    rows = owners.assign(
        weeks=[len(weeks.mondays) for weeks in _whole_weeks(pushes)],
        weeks_timed=[len(weeks.mondays) for weeks in _weekly_directions(pushes)],
    )
    return rows.assign(
        enough=rows["weeks"] >= MIN_CHANGE_WEEKS,
        enough_timed=rows["weeks_timed"] >= MIN_CHANGE_WEEKS,
    )[list(HISTORY)].astype(HISTORY)


class _Weeks(NamedTuple):
    """One account's weeks: their Mondays (datetime64[D]), and what was measured in each."""

    owner: dict[str, str]
    mondays: Any
    values: Any


def find_rate_changes(pushes: pd.DataFrame) -> pd.DataFrame:
    """When pushes per week changed for eight weeks or more, by a quarter or more, and by more than
    the account's own ups and downs.

    Both rates' intervals must lie apart. Whole weeks only; holiday weeks
    (calendar_cn.is_holiday_week) and weeks inside a pause (find_pauses) are set aside. Anscombe's
    square root makes the noise of high and low counts alike; under- and over-dispersed counts are
    judged by permuting the account's own weeks.

    Returns a row per change: kind str "rate"; date datetime64[us], the Monday from which the new
    rate holds, with date_low, date_high (95 %, bootstrap); before, after float64 pushes per week
    between the neighbouring changes, with _low, _high (95 %, bootstrap over weeks); pushes_before,
    pushes_after int64 they rest on; p float64. Nothing below 26 weeks. Sorted by account, date.
    Raises FrameError.
    """
    check_frame(pushes, PUSHES, name="pushes")
    return _rate_changes(pushes, find_pauses(pushes))


def _rate_changes(pushes: pd.DataFrame, pauses: pd.DataFrame) -> pd.DataFrame:
    days = pauses["date"].to_numpy().astype("datetime64[D]")
    spans: dict[str, list[tuple[Any, Any]]] = {}
    for account_id, begin, end in zip(
        pauses["account_id"][::2], days[::2], days[1::2], strict=True
    ):
        spans.setdefault(account_id, []).append((begin, end))
    rows = []
    holidays = _holiday_weeks(pushes)
    for owner, mondays, counts in _whole_weeks(pushes):
        if len(mondays) < MIN_CHANGE_WEEKS:
            continue
        silent = _inside(mondays, spans.get(owner["account_id"], []))
        countable = ~np.isin(mondays, holidays) & ~silent
        signal = 2 * np.sqrt(counts + 3 / 8)[:, None]
        for cut in find_cuts(signal[countable]):
            row = _describe_rate(counts[countable], cut)
            if _is_apart(row):
                rows.append(
                    {
                        **owner,
                        "kind": "rate",
                        **date_cut(signal, countable, mondays, cut, silent=silent),
                        **row,
                    }
                )
    return _table(rows)


def _whole_weeks(pushes: pd.DataFrame) -> Iterator[_Weeks]:
    """Each account's pushes in its weeks, without the first and the last, which are only partly
    covered.
    """
    weeks = count_weeks(pushes)
    owners, owner = owners_of(weeks)
    mondays, counts = weeks["week"].to_numpy().astype("datetime64[D]"), weeks["pushes"].to_numpy()
    edges = np.searchsorted(owner, np.arange(len(owners) + 1))
    for account, begin, end in zip(owners.to_dict("records"), edges, edges[1:], strict=False):
        yield _Weeks(
            {str(key): value for key, value in account.items()},
            mondays[begin + 1 : end - 1],
            counts[begin + 1 : end - 1],
        )


def _holiday_weeks(pushes: pd.DataFrame) -> Any:
    """The Mondays of all disturbed weeks between the first and the last push of all."""
    if pushes.empty:
        return np.zeros(0, dtype="datetime64[D]")
    ends = [
        at.tz_localize(None).to_numpy().astype("datetime64[D]")
        for at in (pushes["published_at"].min(), pushes["published_at"].max())
    ]
    first = ends[0] - (ends[0].astype("int64") + 3) % 7 * _DAY
    mondays = np.arange(first, ends[1] + _DAY, 7 * _DAY)
    return mondays[is_holiday_week(mondays)]


def _inside(mondays: Any, spans: list[tuple[Any, Any]]) -> Any:
    """Weeks with a day of a pause in them."""
    inside = np.zeros(len(mondays), dtype=bool)
    for begin, end in spans:
        inside |= (mondays + 6 * _DAY >= begin) & (mondays < end)
    return inside


def _describe_rate(counts: Any, cut: Cut) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name, part in (("before", counts[cut.begin : cut.at]), ("after", counts[cut.at : cut.end])):
        values, times = np.unique(part, return_counts=True)
        means = (
            np.random.default_rng(SEED).multinomial(len(part), times / len(part), size=_RESAMPLES)
            @ values
            / len(part)
        )
        row[name] = part.mean()
        row[f"{name}_low"], row[f"{name}_high"] = np.quantile(means, [0.025, 0.975])
        row[f"pushes_{name}"] = int(part.sum())
    return row


def _is_apart(row: dict[str, Any]) -> bool:
    """Whether two rates differ enough to be worth a claim, and their intervals don't overlap."""
    less, more = sorted(("before", "after"), key=lambda name: row[name])
    return bool(row[more] >= MIN_RATIO * row[less] and row[f"{less}_high"] < row[f"{more}_low"])


def find_hour_changes(pushes: pd.DataFrame) -> pd.DataFrame:
    """When the usual hour moved by an hour or more, round the clock, for eight weeks or more.

    Each week is the mean direction of its pushes on the 24-hour circle, so 23:50 and 00:10 are
    neighbours; of pushes whose hour is known only. An account whose pushes lie all round the clock
    has no usual hour, before or after, and no change of it.

    Returns rows as find_rate_changes, kind "hour"; before, after float64 are the circular mean in
    hours (Beijing, 0 to 24) with _low, _high (95 %, bootstrap over pushes; low may be above high
    across midnight). Raises FrameError.
    """
    check_frame(pushes, PUSHES, name="pushes")
    rows = []
    for owner, mondays, angles in _weekly_directions(pushes):
        if len(mondays) < MIN_CHANGE_WEEKS:
            continue
        sizes = np.array([len(part) for part in angles])
        mean = (
            np.add.reduceat(np.exp(1j * np.concatenate(angles)), np.cumsum(sizes) - sizes) / sizes
        )
        signal, every = np.column_stack([mean.real, mean.imag]), np.ones(len(mean), dtype=bool)
        for cut in find_cuts(signal):
            row = _describe_hour(angles, cut)
            if row is not None:
                rows.append(
                    {
                        **owner,
                        "kind": "hour",
                        **date_cut(signal, every, mondays, cut, silent=~every),
                        **row,
                    }
                )
    return _table(rows)


def _weekly_directions(pushes: pd.DataFrame) -> Iterator[_Weeks]:
    """Each account's weeks with a timed push, and the angles (radians of the 24-hour circle,
    sorted) of the pushes in each.
    """
    owners, owner = owners_of(pushes)
    timed = pushes["timed"].to_numpy()
    local = pushes["published_at"].dt.tz_localize(None).to_numpy("datetime64[us]")[timed]
    day = local.astype("datetime64[D]")
    angle = (local - day) / _DAY * 2 * np.pi
    week = (day.astype("int64") + 3) // 7
    order = np.lexsort((angle, week, owner[timed]))
    whose, week, angle = owner[timed][order], week[order], angle[order]
    starts = np.flatnonzero((np.diff(whose, prepend=-1) != 0) | (np.diff(week, prepend=-1) != 0))
    parts = np.split(angle, starts)[1:]
    edges = np.searchsorted(whose[starts], np.arange(len(owners) + 1))
    mondays = (week[starts] * 7 - 3).astype("datetime64[D]")
    for account, begin, end in zip(owners.to_dict("records"), edges, edges[1:], strict=False):
        yield _Weeks(
            {str(key): value for key, value in account.items()},
            mondays[begin:end],
            parts[begin:end],
        )


def _describe_hour(parts: list[Any], cut: Cut) -> dict[str, Any] | None:
    """Circular means before and after; None where either has no usual hour, or they lie less than
    an hour apart.
    """
    row: dict[str, Any] = {}
    for name, angles in (
        ("before", np.concatenate(parts[cut.begin : cut.at])),
        ("after", np.concatenate(parts[cut.at : cut.end])),
    ):
        mean = np.exp(1j * angles).mean()
        if abs(mean) < _MIN_GATHERED:
            return None
        index = np.random.default_rng(SEED).integers(0, len(angles), size=(_REDRAWN, len(angles)))
        drawn = np.angle(np.exp(1j * angles)[index].mean(axis=1) / mean)
        low, high = np.quantile(drawn, [0.025, 0.975])
        row[name] = _hours(np.angle(mean))
        row[f"{name}_low"], row[f"{name}_high"] = (
            _hours(np.angle(mean) + low),
            _hours(np.angle(mean) + high),
        )
        row[f"pushes_{name}"] = len(angles)
    shift = abs(row["after"] - row["before"])
    return row if min(shift, 24 - shift) >= _MIN_SHIFT_H else None


def _hours(angle: float) -> float:
    return float(angle / (2 * np.pi) * 24 % 24)


def find_pauses(pushes: pd.DataFrame) -> pd.DataFrame:
    """Silences that are no part of the rhythm: 28 days or more, and at least twice as long as any
    other silence of the account.

    Days around 春节 don't count. At most three; needs 26 weeks from first to last push and 20
    pushes. A silence after the last push can't be told from a history that is not held any further.

    Returns two rows per pause: kind "pause" dated the day after the last push before it, kind
    "resume" dated the day of the next push; before, after float64 pushes per week in the 26 weeks
    before and after, 0 during; the intervals and p are missing. Sorted by account, date.
    Raises FrameError.
    """
    check_frame(pushes, PUSHES, name="pushes")
    owners, owner = owners_of(pushes)
    day = pushes["published_at"].dt.tz_localize(None).to_numpy("datetime64[D]")
    order = np.lexsort((day, owner))
    day, owner = day[order], owner[order]
    silent = (
        np.diff(day).astype("int64") - spring_days(day[:-1] + _DAY, day[1:])
        if len(day)
        else np.zeros(0)
    )
    edges = np.searchsorted(owner, np.arange(len(owners) + 1))
    rows: list[dict[str, Any]] = []
    for account, begin, end in zip(owners.to_dict("records"), edges, edges[1:], strict=False):
        days = day[begin:end]
        for at in _longest_by_far(days, silent[begin : end - 1]):
            rows += [
                {"account_id": account["account_id"], "account": account["account"], **half}
                for half in _describe_pause(days, days[at], days[at + 1])
            ]
    return _table(rows)


def _longest_by_far(days: Any, silent: Any) -> list[int]:
    """Which of an account's silences (the days each lasts) are pauses, in order of time."""
    if len(days) < _PAUSE_PUSHES or days[-1] - days[0] < MIN_CHANGE_WEEKS * 7 * _DAY:
        return []
    longest = np.argsort(-silent, kind="stable")[: _PAUSES + 1]
    for count in range(_PAUSES, 0, -1):
        if silent[longest[count - 1]] >= max(_PAUSE_DAYS, _PAUSE_TIMES * silent[longest[count]]):
            return sorted(longest[:count].tolist())
    return []


def _describe_pause(days: Any, last: Any, first: Any) -> list[dict[str, Any]]:
    """The two rows of a pause between the day of the last push before it and the day of the first
    after it.
    """
    before = int(((days > last - _AROUND_DAYS * _DAY) & (days <= last)).sum())
    after = int(((days >= first) & (days < first + _AROUND_DAYS * _DAY)).sum())
    rate = before / min(_AROUND_DAYS, int((last - days[0]) / _DAY) + 1) * 7
    again = after / min(_AROUND_DAYS, int((days[-1] - first) / _DAY) + 1) * 7
    return [
        {
            "kind": "pause",
            "date": last + _DAY,
            "before": rate,
            "after": 0.0,
            "pushes_before": before,
            "pushes_after": 0,
        },
        {
            "kind": "resume",
            "date": first,
            "before": 0.0,
            "after": again,
            "pushes_before": 0,
            "pushes_after": after,
        },
    ]


def _table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            column: pd.Series([row.get(column) for row in rows], dtype=dtype)
            for column, dtype in CHANGES.items()
        }
    )

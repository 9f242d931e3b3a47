"""The first pass over a table: what no single row can tell. Time zone and precision, junk counts,
how old the file is, whose it is.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from crawler.formats.tables.cells import cell_text, first_cell, parse_count, pick_cell
from crawler.formats.tables.dates import DateReader
from crawler.formats.tables.headers import METRICS, HeaderMap
from crawler.formats.tables.time_inference import TimeTally
from crawler.times import Moment, parse_time

__all__ = ["ACCOUNT_FIELDS", "Survey", "account_key", "survey_rows"]

ACCOUNT_FIELDS = ("biz", "user_name", "account_id", "account", "alias")
_MOST_VALUES = 5000  # of one count; a value on 90% of the rows is among the first
_CONSTANT_SHARE, _CONSTANT_ROWS, _SMALL = 0.9, 20, 10
_EIGHT_HOURS = 8 * 3600
_PUSH_ROWS = 8  # articles of one push have one time
_SAVED_STEP_S, _SAVED_MOST_S = 180, 3 * 3600
_URL_BIZ = re.compile(r"__biz=([A-Za-z0-9+/=%]{8,40})")


@dataclass(slots=True)
class Order:
    """Whether the times of a column look like those of saving: one after the other as the rows
    come, all within minutes.
    """

    times: int = 0
    steps: int = 0  # times that differ from the one before
    first: int = 0
    last: int = 0
    rising: bool = True
    falling: bool = True
    days: bool = False  # a date without a time of day is no time of saving

    def add(self, moment: Moment) -> None:
        """Count one more."""
        wall = moment.wall - moment.offset
        if self.times:
            self.steps += wall != self.last
            self.rising &= wall >= self.last
            self.falling &= wall <= self.last
        else:
            self.first = wall
        self.last = wall
        self.times += 1
        self.days |= moment.precision == "day"

    def looks_saved(self) -> bool:
        """True for three times and more that follow each other within minutes, and for more rows of
        one and the same time than a push has articles.
        """
        if self.days or not (self.rising or self.falling):
            return False
        if not self.steps:
            return self.times > _PUSH_ROWS
        return self.steps >= 2 and abs(self.last - self.first) <= min(
            _SAVED_STEP_S * self.times, _SAVED_MOST_S
        )


@dataclass(slots=True)
class Survey:
    """What the first pass finds out."""

    rows: int = 0
    whole: TimeTally = field(default_factory=TimeTally)
    accounts: defaultdict[tuple[str, ...], TimeTally] = field(
        default_factory=lambda: defaultdict(TimeTally)
    )
    values: dict[str, Counter[int]] = field(default_factory=dict)
    counted: Counter[str] = field(default_factory=Counter)
    newest: list[int] = field(
        default_factory=lambda: [0, 0, 0]
    )  # as written; naive as UTC; Z as Beijing time
    bizes: set[str] = field(default_factory=set)
    from_zero: bool = False
    order: Order = field(default_factory=Order)
    dates: DateReader = field(default_factory=lambda: DateReader(()))

    def constants(self) -> dict[str, tuple[int, float, int]]:
        """The counts that are one value nearly everywhere: metric -> value, share, rows it is the
        share of.
        """
        constant = {}
        for metric, values in self.values.items():
            rows, filled = self.counted[metric], self.counted[metric] - values[0]
            value, times = max(
                ((v, n) for v, n in values.items() if v), key=lambda pair: pair[1], default=(0, 0)
            )
            if rows >= _CONSTANT_ROWS and times >= _CONSTANT_SHARE * rows:
                constant[metric] = (value, times / rows, rows)
            elif value >= _SMALL and filled >= _CONSTANT_ROWS and times >= _CONSTANT_SHARE * filled:
                constant[metric] = (
                    value,
                    times / filled,
                    filled,
                )  # the rest are zeros of what was never counted
        return constant


def survey_rows(
    rows: Callable[[], Iterable[tuple[int, list[Any]]]],
    header: HeaderMap,
    now: int,
    dated: date | None = None,
) -> Survey:
    """The first pass; a second time where only all dates together told which number is the month.
    `dated` is the day the file says it is of.
    """
    seen = (*header.columns.get("counted_at", ()), *header.columns.get("saved_at", ()))
    dates = DateReader(header.columns.get("published", ()), seen, dated)
    survey = _survey(rows(), header, now, dates)
    dates.order = dates.known_order()
    return _survey(rows(), header, now, dates) if dates.order else survey


def _survey(
    rows: Iterable[tuple[int, list[Any]]], header: HeaderMap, now: int, dates: DateReader
) -> Survey:
    survey = Survey(
        values={name: Counter() for name in METRICS if name in header.columns}, dates=dates
    )
    by = [number for name in ACCOUNT_FIELDS for number in header.columns.get(name, ())]
    urls, positions, saved = (
        header.columns.get(name, ()) for name in ("url", "position", "saved_at")
    )
    metrics = [(name, header.columns[name]) for name in survey.values]
    floor = 0
    for _, cells in rows:
        survey.rows += 1
        key = account_key(cells, by, urls)
        if not by and len(survey.bizes) < 2 and key:
            survey.bizes.update(key)
        if positions and not survey.from_zero and pick_cell(cells, positions) == "0":
            survey.from_zero = True
        moment = dates.read(cells) if dates.published else None
        if moment is not None:
            survey.accounts[key].add(moment)
            survey.order.add(moment)
        seen = moment or (parse_time(first_cell(cells, saved)) if saved else None)
        if seen is not None and seen.wall > floor:
            _note_newest(survey.newest, seen, now + 2 * 86400)
            floor = min(survey.newest) - 86400
        for name, numbers in metrics:
            _count_value(survey, name, first_cell(cells, numbers))
    for tally in survey.accounts.values():
        survey.whole.merge(tally)
    return survey


def account_key(cells: list[Any], by: Sequence[int], urls: Sequence[int]) -> tuple[str, ...]:
    """Whose row it is, as far as needed to tell accounts apart: what the account's columns say,
    else the link's biz.
    """
    if by:
        return tuple([cell if type(cell := cells[n]) is str else cell_text(cell) for n in by])
    match = _URL_BIZ.search(pick_cell(cells, urls)) if urls else None
    return (match[1],) if match else ()


def _note_newest(newest: list[int], moment: Moment, limit: int) -> None:
    """Keep the latest time that is not in the future: as written, with naive times as UTC, with Z
    as Beijing time.
    """
    wall = moment.wall
    if moment.zone == "none":
        readings = (wall - _EIGHT_HOURS, wall, wall - _EIGHT_HOURS)
    elif moment.zone == "utc":
        readings = (wall, wall, wall - _EIGHT_HOURS)
    else:
        readings = (wall - moment.offset,) * 3
    for index, seconds in enumerate(readings):
        if newest[index] < seconds <= limit:
            newest[index] = seconds


def _count_value(survey: Survey, name: str, value: Any) -> None:
    try:
        count = parse_count(value)
    except ValueError:
        return
    if count is None or count[1]:  # 10万+ everywhere is a large account, not junk
        return
    survey.counted[name] += 1
    values = survey.values[name]
    if len(values) < _MOST_VALUES or count[0] in values:
        values[count[0]] += 1

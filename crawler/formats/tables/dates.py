"""Dates as people write them into tables: 昨天 18:20, 3天前, 11月28日, 25/11/2025. Pure.

None of them says its day by itself: the first ones are read against the day the table itself says
it is of, never against today; of 6/2/2026 the column as a whole tells which is the month.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from crawler.formats.tables.cells import first_cell
from crawler.times import Moment, parse_time

__all__ = ["DateReader", "find_day"]

_EPOCH_DAY = date(1970, 1, 1).toordinal()
_SLASHED = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})\2(\d{4})(?:[,，]?\s+(.+))?")
_AGO = re.compile(r"(\d{1,3})\s*[天日](?:以)?前")  # of weeks and months nobody knows the day
_DAYS_AGO = {"今天": 0, "今日": 0, "昨天": 1, "昨日": 1, "前天": 2, "前日": 2, "大前天": 3}
_NAMED = re.compile(r"(今天|今日|昨天|昨日|大前天|前天|前日)(.*)")
_WEEKDAY = re.compile(r"(?:星期|周)([一二三四五六日天])(.*)")
_NO_YEAR = re.compile(r"(\d{1,2})(?:月|[/\-.])(\d{1,2})[日号]?(?![\d/\-.:])(.*)")
_DAY = re.compile(
    r"(?<!\d)(20[12]\d)(?:(?:年|([\-._/]))(1[0-2]|0?[1-9])(?:月|\2)(3[01]|[12]\d|0?[1-9])(?!\d)|"
    r"(1[0-2]|0[1-9])(3[01]|[12]\d|0[1-9])(?!\d))"
)
_LONGEST = 40


def find_day(texts: Iterable[str]) -> date | None:
    """The one day that these texts name (a file's name, the lines above a header); None where there
    is none, or more than one.
    """
    days = set()
    for text in texts:
        for match in _DAY.finditer(text[:500]):
            month, number = match[3] or match[5], match[4] or match[6]
            try:
                days.add(date(int(match[1]), int(month), int(number)))
            except ValueError:
                continue
    return days.pop() if len(days) == 1 else None


class DateReader:
    """Reads the publish time of a row: `order` of day and month, and `dated`, the day the file says
    it is of, where its rows don't say when they were seen.
    """

    def __init__(
        self,
        published: Sequence[int],
        seen: Sequence[int] = (),
        dated: date | None = None,
        order: str | None = None,
    ) -> None:
        self.published, self.seen, self.dated, self.order = published, seen, dated, order
        self._orders: set[str] = set()

    def known_order(self) -> str | None:
        """dmy or mdy, where a date read so far tells and none contradicts it."""
        return next(iter(self._orders)) if len(self._orders) == 1 else None

    def read(self, cells: list[Any]) -> Moment | None:
        """The time a row says; None where it says none that can be read."""
        value = first_cell(cells, self.published)
        moment = parse_time(value)
        if moment is None and type(value) is str and 0 < len(value) <= _LONGEST:
            text = _plain(value)
            return self._of_slashed(text) or self._of_relative(text, cells)
        return moment

    def _of_slashed(self, text: str) -> Moment | None:
        match = _SLASHED.fullmatch(text)
        if match is None:
            return None
        first, second = int(match[1]), int(match[3])
        order = "dmy" if first > 12 else "mdy" if second > 12 else None
        if order:
            self._orders.add(order)
        order = order or self.order
        if order is None and first != second:
            return None
        day, month = (first, second) if order == "dmy" else (second, first)
        return parse_time(f"{match[4]}-{month:02d}-{day:02d} {match[5] or ''}".strip())

    def _of_relative(self, text: str, cells: list[Any]) -> Moment | None:
        day = self._day_of(cells)
        if day is None:
            return None
        for pattern, count in (
            (_NAMED, _days_ago),
            (_WEEKDAY, _since_weekday),
            (_NO_YEAR, _since_date),
        ):
            match = pattern.fullmatch(text)
            if match:
                days = count(match, day)
                return None if days is None else _at(day - timedelta(days), match.groups()[-1])
        match = _AGO.fullmatch(text)
        return _at(day - timedelta(int(match[1])), "") if match else None

    def _day_of(self, cells: list[Any]) -> date | None:
        moment = parse_time(first_cell(cells, self.seen)) if self.seen else None
        if moment is None:
            return self.dated
        seconds = moment.wall + (8 * 3600 - moment.offset if moment.zone == "offset" else 0)
        return date.fromordinal(seconds // 86400 + _EPOCH_DAY)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text[:_LONGEST]).split())


def _days_ago(match: re.Match[str], day: date) -> int | None:
    return _DAYS_AGO[match[1]]


def _since_weekday(match: re.Match[str], day: date) -> int | None:
    """WeChat names the weekday within the week before; today it would say 今天."""
    return (day.weekday() - "一二三四五六日".index(match[1].replace("天", "日"))) % 7 or 7


def _since_date(match: re.Match[str], day: date) -> int | None:
    """The latest such day there was."""
    month, number = int(match[1]), int(match[2])
    for year in (day.year, day.year - 1):
        try:
            then = date(year, month, number)
        except ValueError:
            continue
        if then <= day:
            return (day - then).days
    return None


def _at(day: date, clock: str) -> Moment | None:
    return parse_time(f"{day.isoformat()} {clock.strip()}".strip())

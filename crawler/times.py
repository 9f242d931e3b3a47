"""Times as people and tools write them: reading one, and deciding from all of a file's times which
zone and which precision they have.

Pure and without guessing words: 昨天 or a date without its year is no time. What a time belongs to
is table.py's.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_tz
from functools import lru_cache
from typing import NamedTuple

__all__ = [
    "Moment",
    "ZoneDecision",
    "parse_time",
    "read_single_time",
    "seconds_of",
    "too_early_or_late",
]

HOUR_S = 3600
DAY_S = 86400
BEIJING_S = 8 * HOUR_S
_EARLIEST = 1_343_750_400  # 2012-08-01 in Beijing: official accounts opened in that month
_LATEST = 4_000_000_000  # 2096
_SLACK_S = 2 * DAY_S  # a clock that runs ahead, and a day-precise date in a zone east of here
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_EXCEL_DAY = date(1899, 12, 30).toordinal() - _EPOCH_DAY

_ISO = re.compile(
    r"(\d{4})(?P<mark>[-/.]|年)(\d{1,2})(?:(?P=mark)|月)(\d{1,2})日?"
    r"(?:(?:\s*T|\s+|(?<=日))(\d{1,2})[:时点](\d{1,2})?(?:(?<=\d)[:分](\d{1,2})(?:[.,]\d+)?秒?|"
    r"(?<=\d)分)?"
    r"\s*(Z|UTC|GMT|CST|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?)?(?:\s+CST)?)?",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d{8}|\d{10}|\d{12}|\d{13}|\d{14}")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_WEEKDAY = re.compile(r"[(（]?(?:星期|周)[一二三四五六日天][)）]?")
_PERIOD = re.compile(
    r"凌晨|早上|早晨|清晨|上午|中午|下午|傍晚|晚上|(?<![a-z])[ap]\.?m\.?(?![a-z])", re.IGNORECASE
)
_MONTH = re.compile(
    r"(?<![a-z])(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?(?![a-z])", re.IGNORECASE
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?")
_MAIL_ZONE = re.compile(
    r"(?:[+-]\d{4}|[A-Za-z]{1,5})\s*(?:\(.*\))?\s*\Z"
)  # parsedate_tz says 0 where there is none
_ZONE = re.compile(
    r"(?:Z|UTC|GMT|CST)?\s*([+-]\d{2}:?\d{2})|(?<![a-z])(Z|UTC|GMT|CST)(?![a-z])", re.IGNORECASE
)


class Moment(NamedTuple):
    """One time as it was written.

    `wall` is what the clock showed, as if it were UTC (seconds since 1970); `zone` is none, utc (Z,
    GMT, +00:00: often written on local times) or offset (explicit or absolute, believed), then
    `offset` is seconds east of UTC. `cell` marks a spreadsheet's or serial's whole day, where a
    bare date and a real midnight look alike.
    """

    wall: int
    zone: str = "none"
    offset: int = 0
    precision: str = "second"
    cell: bool = False


def parse_time(value: object) -> Moment | None:
    """Read one time in any usual form; None when it is none, is relative, ambiguous (6/2/2026) or
    not in the calendar.
    """
    if isinstance(value, str):
        return _parse_text(value)
    if isinstance(value, datetime):
        return _of_datetime(value)
    if isinstance(value, date):
        return Moment((value.toordinal() - _EPOCH_DAY) * DAY_S, precision="day", cell=True)
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e18:
        return _of_number(float(value))
    return None


@lru_cache(maxsize=8192)  # the articles of one push share their time
def _parse_text(text: str) -> Moment | None:
    match = _ISO.fullmatch(text)
    if match is None:
        text = text.strip().strip("'\"")
        match = _ISO.fullmatch(text)
        if match is None:
            return _parse_rest(text) if 4 < len(text) < 80 else None
    year, _, month, day, hour, minute, second, zone = match.groups()
    return _moment(int(year), int(month), int(day), hour, minute, second, zone)


def _moment(
    year: int,
    month: int,
    day: int,
    hour: str | None,
    minute: str | None,
    second: str | None,
    zone: str | None,
) -> Moment | None:
    try:
        wall = (date(year, month, day).toordinal() - _EPOCH_DAY) * DAY_S
    except (ValueError, OverflowError):
        return None
    if hour is None:
        return Moment(wall, precision="day")
    h, m, s = int(hour), int(minute or 0), int(second or 0)
    if h > 23 or m > 59 or s > 59:
        return None
    wall += h * HOUR_S + m * 60 + s
    precision = "minute" if second is None else "second"
    if zone is None:
        return Moment(wall, precision=precision)
    offset = _offset(zone)
    if offset is None:
        return None
    return Moment(wall, "offset" if offset else "utc", offset, precision)


@lru_cache(maxsize=64)
def _offset(zone: str) -> int | None:
    """Seconds east of UTC; None when no place on earth has it."""
    text = zone.upper().removeprefix("UTC").removeprefix("GMT").replace(":", "")
    if text in ("", "Z"):
        return 0
    if text == "CST":
        return BEIJING_S
    hours, minutes = int(text[1:3]), int(text[3:] or 0)
    if hours > 14 or minutes > 59:
        return None
    return (hours * HOUR_S + minutes * 60) * (-1 if text[0] == "-" else 1)


def _parse_rest(text: str) -> Moment | None:
    """The rarer forms: digits only, full-width, with weekday or part of the day, with an English
    month.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if _DIGITS.fullmatch(text) or _SERIAL.fullmatch(text):
        return _of_digits(text)
    if _MONTH.search(text):
        return _of_english(text)
    plain = " ".join(_WEEKDAY.sub(" ", text).split())
    periods = _PERIOD.findall(plain)
    if len(periods) > 1:
        return None
    match = _ISO.fullmatch(" ".join(_PERIOD.sub(" ", plain).split()))
    if match is None:
        return None
    year, _, month, day, hour, minute, second, zone = match.groups()
    if periods:
        if hour is None:
            return None
        hour = _hour_of_day(int(hour), _period_name(periods[0]))
        if hour is None:
            return None
    return _moment(int(year), int(month), int(day), hour, minute, second, zone)


def _period_name(text: str) -> str:
    return text.replace(".", "").lower()


def _hour_of_day(hour: int, period: str) -> str | None:
    """The 24-hour clock's hour; None for 晚上12点, of which nobody knows the day."""
    if hour > 12 or hour == 0:
        return str(hour)
    if period in ("晚上", "傍晚"):
        return None if hour == 12 else str(hour + 12)
    if period in ("下午", "pm"):
        return str(hour % 12 + 12)
    if period == "中午":
        return str(hour if hour >= 10 else hour + 12)
    return str(hour % 12)


def _of_digits(text: str) -> Moment | None:
    if len(text) == 8 and text.isdigit():
        return _moment(int(text[:4]), int(text[4:6]), int(text[6:]), None, None, None, None)
    if len(text) in (12, 14) and text.isdigit():
        return _moment(
            int(text[:4]),
            int(text[4:6]),
            int(text[6:8]),
            text[8:10],
            text[10:12],
            text[12:] or None,
            None,
        )
    return _of_number(float(text))


def _of_number(number: float) -> Moment | None:
    """Unix seconds or milliseconds, else the day and fraction of a spreadsheet, else a date of
    eight digits.
    """
    if 1e9 <= number < 1e10:
        return Moment(int(number), "offset", 0)
    if 1e12 <= number < 1e13:
        return Moment(int(number // 1000), "offset", 0)
    if 20_000 <= number < 80_000:
        seconds = round(number * DAY_S)
        wall = seconds + _EXCEL_DAY * DAY_S
        return Moment(wall, precision="day", cell=True) if seconds % DAY_S == 0 else Moment(wall)
    if 19_000_101 <= number <= 99_991_231 and number.is_integer():
        return _of_digits(str(int(number)))
    return None


def _of_datetime(value: datetime) -> Moment:
    naive = value.replace(tzinfo=UTC)
    wall = round((naive - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())
    if value.tzinfo is None:
        return Moment(wall, precision="day", cell=True) if wall % DAY_S == 0 else Moment(wall)
    offset = value.utcoffset()
    shift = int(offset.total_seconds()) if offset else 0
    return Moment(wall, "offset" if shift else "utc", shift)


def _of_english(text: str) -> Moment | None:
    """RFC 2822, what JavaScript prints, and dates with the month's name: Jun 2, 2026."""
    parsed = parsedate_tz(text) if "," in text[:5] else None
    if parsed is not None:
        return _of_mail(parsed if _MAIL_ZONE.search(text) else (*parsed[:9], None))
    text = re.sub(r"\(.*\)", " ", text)
    month_name = _MONTH.search(text)
    clock = _CLOCK.search(text)
    rest = text[: clock.start()] + " " + text[clock.end() :] if clock else text
    zone_match = _ZONE.search(text, clock.end()) if clock else None
    if zone_match:
        rest = rest.replace(zone_match[0], " ")
    numbers = re.findall(r"(?<![\d+-])\d+", rest)
    years = [n for n in numbers if len(n) == 4]
    days = [n for n in numbers if len(n) <= 2]
    if month_name is None or len(years) != 1 or len(days) != 1 or len(numbers) != 2:
        return None
    hour, minute, second = clock.groups() if clock else (None, None, None)
    period = _PERIOD.search(rest)
    if period and hour:
        hour = _hour_of_day(int(hour), _period_name(period[0]))
    zone = (zone_match[1] or zone_match[2]) if zone_match else None
    return _moment(
        int(years[0]),
        _MONTHS.index(month_name[1].lower()) + 1,
        int(days[0]),
        hour,
        minute,
        second,
        zone,
    )


def _of_mail(
    parsed: tuple[int, int, int, int, int, int, int, int, int, int | None],
) -> Moment | None:
    year, month, day, hour, minute, second = parsed[:6]
    shift = parsed[9]
    zone = (
        None
        if shift is None
        else f"{'-' if shift < 0 else '+'}{abs(shift) // HOUR_S:02d}{abs(shift) % HOUR_S // 60:02d}"
    )
    return _moment(year, month, day, str(hour), str(minute), str(second), zone)


@dataclass(frozen=True, slots=True)
class ZoneDecision:
    """How to read the times of one file: seconds east of UTC for naive times and for those marked
    Z, and why if that is not as written.
    """

    naive: int = BEIJING_S
    utc: int = 0
    reason: str = ""


def seconds_of(moment: Moment, zone: ZoneDecision) -> int:
    """Unix seconds; a bare day is its midnight in Beijing."""
    if moment.zone == "offset":
        return moment.wall - moment.offset
    if moment.zone == "utc":
        return moment.wall - zone.utc
    return moment.wall - (BEIJING_S if moment.precision == "day" else zone.naive)


def read_single_time(text: str | None) -> tuple[datetime | None, str]:
    """A time that stands alone, in UTC and how fine it is: as it says, Beijing's where it names no
    zone; (None, "none") where it is none.
    """
    moment = parse_time(text) if text else None
    if moment is None:
        return None, "none"
    seconds = seconds_of(moment, ZoneDecision())
    if too_early_or_late(seconds, _LATEST):
        return None, "none"
    return datetime.fromtimestamp(seconds, UTC), moment.precision


def too_early_or_late(seconds: int, now: int) -> str | None:
    """Why a publish time can't be one: before official accounts existed, or in the future."""
    if seconds < _EARLIEST:
        return "早于 2012 年 8 月，那时还没有公众号"
    if seconds > now + _SLACK_S:
        return "在将来"
    return None

"""What a whole column or file of times says: its time zone, and how precise they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from crawler.times import BEIJING_S, DAY_S, HOUR_S, Moment, ZoneDecision, seconds_of

__all__ = ["TimeTally", "PrecisionDecision", "decide_zone", "decide_precision", "settle_time"]


@dataclass(slots=True)
class TimeTally:
    """What must be known of many times to decide their zone and precision; constant size."""

    rows: int = 0  # with a time of day
    days: int = 0  # written without one
    minutes: int = 0  # written to the minute
    whole_minutes: int = 0  # to the second, and the second is 0
    cells: int = 0  # whole days of spreadsheets
    zeros: dict[str, int] = field(
        default_factory=lambda: {"none": 0, "utc": 0, "offset": 0}
    )  # 00:00:00; of offsets, in Beijing
    sixteens: dict[str, int] = field(
        default_factory=lambda: {"none": 0, "utc": 0}
    )  # 16:00:00, Beijing's midnight written as UTC
    hours: dict[str, list[int]] = field(
        default_factory=lambda: {"none": [0] * 24, "utc": [0] * 24}
    )  # of the clock, as written

    @classmethod
    def of(cls, moments: Iterable[Moment]) -> TimeTally:
        """The tally of some moments."""
        tally = cls()
        for moment in moments:
            tally.add(moment)
        return tally

    def add(self, moment: Moment) -> None:
        """Count one more."""
        wall, zone, offset, precision, cell = moment
        if precision == "day":
            if cell:
                self.cells += 1
            else:
                self.days += 1
            return
        self.rows += 1
        if precision == "minute":
            self.minutes += 1
        elif wall % 60 == 0:
            self.whole_minutes += 1
        if zone != "offset":
            self.hours[zone][wall // HOUR_S % 24] += 1
            self.sixteens[zone] += precision == "second" and wall % DAY_S == 16 * HOUR_S
            self.zeros[zone] += precision == "second" and wall % DAY_S == 0
        elif precision == "second":
            self.zeros[zone] += (wall - offset + BEIJING_S) % DAY_S == 0

    def merge(self, other: TimeTally) -> None:
        """Count all that another tally has counted."""
        for name in ("rows", "days", "minutes", "whole_minutes", "cells"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for mine, theirs in ((self.zeros, other.zeros), (self.sixteens, other.sixteens)):
            for zone, count in theirs.items():
                mine[zone] += count
        for zone, hours in other.hours.items():
            self.hours[zone] = [a + b for a, b in zip(self.hours[zone], hours, strict=True)]


@dataclass(frozen=True, slots=True)
class PrecisionDecision:
    """How exact the times of one account in one file are at best: second, minute or day, and why if
    that is not as written.
    """

    precision: str = "second"
    reason: str = ""


_LEAST_ROWS = 30


# of 158 real accounts of 30 rows and more, 156 send less than 18% of them between 01:00 and 05:59,
# none above 23%
_NIGHT_SHARE = 0.20


_NIGHT_RATIO = 3


def decide_zone(moments: Iterable[Moment] | TimeTally) -> ZoneDecision:
    """Decide by Beijing's night (01:00–05:59), in which hardly anybody sends, how the times of ONE
    file are to be read.

    Believes what is written (naive = Beijing) unless at least 30 times say otherwise clearly: many
    of them at night as written and few under the other reading, over several hours of it (one hour
    is a scheduled push at 05:50).
    """
    tally = moments if isinstance(moments, TimeTally) else TimeTally.of(moments)
    z_is_local = _is_wrong(tally.hours["utc"], 8, 0)
    naive_is_utc = _is_wrong(tally.hours["none"], 0, 8)
    reasons = []
    if z_is_local:
        reasons.append(
            "时间写着 Z（UTC），但只有按北京时间才说得通，按北京时间算"
            + _shares(tally.hours["utc"], 8, 0)
        )
    if naive_is_utc:
        reasons.append(
            "时间没写时区，看起来是 UTC，按 UTC 换算成北京时间" + _shares(tally.hours["none"], 0, 8)
        )
    return ZoneDecision(
        0 if naive_is_utc else BEIJING_S, BEIJING_S if z_is_local else 0, "；".join(reasons)
    )


def _night(hours: list[int], shift: int) -> list[int]:
    """Rows in each hour of Beijing's night if its clock is `shift` hours ahead of
    the written one.
    """
    return [hours[(hour - shift) % 24] for hour in range(1, 6)]


def _is_wrong(hours: list[int], shift: int, other: int) -> bool:
    """True when the written hours, read `shift` hours later, lie at night, and read `other` hours
    later do not.
    """
    rows = sum(hours)
    if rows < _LEAST_ROWS:
        return False
    night = _night(hours, shift)
    share, otherwise = sum(night) / rows, sum(_night(hours, other)) / rows
    spread = sum(count >= max(2, 0.05 * sum(night)) for count in night)
    enough = _NIGHT_SHARE if spread < 5 else _NIGHT_SHARE / 2
    return spread >= 3 and share >= enough and share >= _NIGHT_RATIO * otherwise


def _shares(hours: list[int], shift: int, other: int) -> str:
    rows = sum(hours)
    return (
        f"（{rows} 个时间，照写的算有 {sum(_night(hours, shift)) / rows:.0%} 落在凌晨 1–6 点，"
        f"另一种算法 {sum(_night(hours, other)) / rows:.0%}）"
    )


def decide_precision(
    moments: Iterable[Moment] | TimeTally,
    *,
    whole: TimeTally | None = None,
    zone: ZoneDecision | None = None,
) -> PrecisionDecision:
    """Decide how exact the times of ONE account in ONE file are; `whole` is the file's tally, for
    what one account can't tell.

    Dates and HH:MM stay what they are written as. Exact midnights are bare days only where the
    account has at least three times and all of them are midnights; with fewer, the whole file
    decides. Seconds that are :00 in at least 20 times of the file are minutes.
    """
    tally = moments if isinstance(moments, TimeTally) else TimeTally.of(moments)
    whole = whole or tally
    zone = zone or ZoneDecision()
    deciding = tally if tally.rows + tally.cells >= 3 else whole
    if deciding.rows + deciding.cells >= 3 and _all_midnights(deciding, zone):
        return PrecisionDecision("day", "时间全是 00:00:00，只当作日期")
    if not deciding.rows and deciding.cells:
        return PrecisionDecision("day")
    to_seconds = whole.rows - whole.minutes
    if to_seconds >= 20 and whole.whole_minutes == to_seconds and not _all_midnights(whole, zone):
        return PrecisionDecision("minute", "所有时间的秒都是 00，只精确到分钟")
    return PrecisionDecision("minute" if tally.rows and tally.minutes == tally.rows else "second")


def _all_midnights(tally: TimeTally, zone: ZoneDecision) -> bool:
    """True when every time of day is Beijing's midnight, or the midnight a script made UTC of."""
    naive = tally.zeros["none"] if zone.naive == BEIJING_S else tally.sixteens["none"]
    marked = max(tally.zeros["utc"], tally.sixteens["utc"])
    return naive + marked + tally.zeros["offset"] == tally.rows


def settle_time(moment: Moment, zone: ZoneDecision, decided: PrecisionDecision) -> tuple[int, str]:
    """Unix seconds and precision of one time under what was decided for its file and account."""
    seconds = seconds_of(moment, zone)
    if moment.precision == "day":
        return seconds, decided.precision if moment.cell else "day"
    if decided.precision == "day":
        return (seconds + BEIJING_S) // DAY_S * DAY_S - BEIJING_S, "day"
    return seconds, "minute" if moment.precision == "minute" else decided.precision

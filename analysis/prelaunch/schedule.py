"""Times and rhythms as people write them in a plan: 周二 20:00, 工作日 7:30, 每两周周六, 每月 8 日.
Pure.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from analysis.labels import WEEKDAYS

__all__ = [
    "RHYTHM_FORMS",
    "TIME_FORMS",
    "PlannedRhythm",
    "SendTime",
    "parse_rhythm",
    "parse_send_times",
]

TIME_FORMS = "写成「周二 20:00」「工作日 7:30」或「每天 7:30」"
RHYTHM_FORMS = (
    "可以写：每天、工作日、每周、每周二、每周二、周五、每周 2 次、每两周、每两周周六、"
    "每月、每月 8 日、不定期"
)
_WEEKS_A_MONTH = 365.25 / 12 / 7
_DAY_NUMBERS = {character: number for number, character in enumerate("一二三四五六日")} | {"天": 6}
_NUMBERS = {"两": 2, "二": 2, "三": 3, "四": 4}
_GROUPS = {"每天": range(7), "每日": range(7), "天天": range(7), "工作日": range(5), "周末": (5, 6)}
_TIME = re.compile(r"(?P<days>\D*?)\s*(?P<hour>\d{1,3}):(?P<minute>\d{1,3})")
_DAY = re.compile(r"(?:周|星期|礼拜)?([一二三四五六日天])")
_WEEKLY = re.compile(r"(?:每|隔)(?P<weeks>[两二三四2-4])?(?:周|星期)(?P<rest>.*)")
_TIMES = re.compile(r"(\d{1,2}|[一二两三四五六七])(?:次|篇|期)")
_MONTHLY = re.compile(r"每(?:个)?月(?:(?P<day>\d{1,2})(?:日|号))?")


@dataclass(frozen=True, slots=True, order=True)
class SendTime:
    """One moment of the week, Beijing time; weekday 0 is Monday."""

    weekday: int
    hour: int
    minute: int

    @property
    def text(self) -> str:
        """周二 20:00."""
        return f"{WEEKDAYS[self.weekday]} {self.hour:02d}:{self.minute:02d}"


@dataclass(frozen=True, slots=True)
class PlannedRhythm:
    """How often a column is meant to appear: on weekdays, or `times` a period of `weeks`, or
    monthly; 不定期 has no times.
    """

    text: str
    weekdays: tuple[int, ...] = ()
    times: int = 1
    weeks: int = 1
    monthly: bool = False
    month_day: int | None = None

    @property
    def per_week(self) -> float:
        """Issues a week; 0 where the rhythm is not fixed."""
        return self.times / (_WEEKS_A_MONTH if self.monthly else self.weeks)


def parse_send_times(text: str) -> tuple[SendTime, ...]:
    """The moments of the week a text names, by weekday. Raises ValueError saying in Chinese what
    can't be read.
    """
    match = _TIME.fullmatch(_plain(text))
    if match is None:
        raise ValueError(f"看不懂「{text}」：{TIME_FORMS}")
    hour, minute = int(match["hour"]), int(match["minute"])
    if hour > 23:
        after = (
            f"；次日凌晨 {hour - 24} 点请写成第二天的 {hour - 24:02d}:{minute:02d}"
            if hour < 30 and minute < 60
            else ""
        )
        raise ValueError(f"「{text}」没有这个钟点：一天是 00:00 到 23:59{after}")
    if minute > 59:
        raise ValueError(f"「{text}」没有这个分钟：一小时是 00 到 59 分")
    days = _read_days(match["days"])
    if not days:
        raise ValueError(f"「{text}」没说清星期几：{TIME_FORMS}")
    return tuple(SendTime(day, hour, minute) for day in days)


def parse_rhythm(text: str) -> PlannedRhythm:
    """A column's rhythm. Raises ValueError saying in Chinese what can be written."""
    rhythm_text = _plain(text).replace(" ", "")
    if rhythm_text in ("不定期", "不定", "随时"):
        return PlannedRhythm(text, times=0)
    if rhythm_text in _GROUPS:
        days = tuple(_GROUPS[rhythm_text])
        return PlannedRhythm(text, weekdays=days, times=len(days))
    if monthly := _MONTHLY.fullmatch(rhythm_text):
        return _monthly(text, monthly["day"])
    if weekly := _WEEKLY.fullmatch(rhythm_text):
        return _weekly(text, weekly["weeks"], weekly["rest"], skips=rhythm_text.startswith("隔"))
    raise ValueError(f"看不懂「{text}」：{RHYTHM_FORMS}")


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _monthly(text: str, day: str | None) -> PlannedRhythm:
    if day is not None and not 1 <= int(day) <= 31:
        raise ValueError(f"「{text}」没有这一天：一个月是 1 到 31 日")
    return PlannedRhythm(text, monthly=True, month_day=None if day is None else int(day))


def _weekly(text: str, weeks: str | None, rest: str, *, skips: bool) -> PlannedRhythm:
    period = 2 if skips else 1 if weeks is None else _NUMBERS.get(weeks) or int(weeks)
    if not rest:
        return PlannedRhythm(text, weeks=period)
    if times := _TIMES.fullmatch(rest):
        number = (
            int(times[1])
            if times[1].isdigit()
            else _NUMBERS.get(times[1]) or _DAY_NUMBERS.get(times[1], 6) + 1
        )
        if number < 1:
            raise ValueError(f"「{text}」是一次也不发：没有固定节奏请写「不定期」")
        return PlannedRhythm(text, times=number, weeks=period)
    days = _read_days(rest)
    if not days:
        raise ValueError(f"看不懂「{text}」：{RHYTHM_FORMS}")
    return PlannedRhythm(text, weekdays=days, times=len(days), weeks=period)


def _read_days(text: str) -> tuple[int, ...]:
    """The weekdays a list names; () where it names anything else."""
    if text.strip() in _GROUPS:
        return tuple(_GROUPS[text.strip()])
    parts = [part for part in re.split(r"[、,/和\s]+", text) if part]
    matches = [_DAY.fullmatch(part) for part in parts]
    if not all(matches):
        return ()
    return tuple(sorted({_DAY_NUMBERS[match[1]] for match in matches if match}))

"""Figures, dates and the analysis' own classes as a reader sees them, in the current language."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from analysis.labels import ALIGN_NAMES, COLUMN_STATUS_NAMES, EVIDENCE_NAMES, ROLE_NAMES, WEEKDAYS
from analysis.report.translation import translate, translate_phrase

__all__ = [
    "FACT_NAMES",
    "HourOfWeek",
    "format_count",
    "format_day",
    "format_decimal",
    "format_hundredth",
    "format_interval",
    "format_percent",
    "format_px",
    "name_align",
    "name_evidence",
    "name_fact",
    "name_hour_slot",
    "name_position",
    "name_role",
    "name_status",
    "name_weekday",
    "name_weekdays",
    "translate_each",
]

FACT_NAMES = {
    "followers": "粉丝",
    "menu": "菜单",
    "auto_reply": "自动回复",
    "auto-reply": "自动回复",
    "team": "团队",
    "stores": "门店数",
    "launch": "上线时间",
    "plan": "发文计划",
    "type": "类型",
    "verified": "认证",
    "note": "备注",
}


class HourOfWeek(Protocol):
    """One of the 168 hours of a week."""

    @property
    def weekday(self) -> int:
        """0 for Monday."""

    @property
    def hour(self) -> int:
        """0 to 23, Beijing time."""


def format_count(value: float) -> str:
    """A whole number: 1,234."""
    return f"{value:,.0f}"


def format_decimal(value: float) -> str:
    """One decimal: 1,234.5."""
    return f"{value:,.1f}"


def format_hundredth(value: float) -> str:
    """Two decimals: 0.75."""
    return f"{value:.2f}"


def format_percent(value: float) -> str:
    """A share of 0 to 1 as a whole percentage, halves up."""
    return translate("不到 1%") if 0 < value < 0.005 else f"{math.floor(value * 100 + 0.5)}%"


def format_px(value: float) -> str:
    """As few digits as the value has: 15, 1.75."""
    return f"{value:g}"


def format_day(value: datetime | date) -> str:
    """2026-09-01."""
    return f"{value:%Y-%m-%d}"


def format_interval(days: float) -> str:
    """每天, 7 天."""
    return translate("每天") if days <= 1 else translate("{days} 天", days=f"{days:g}")


def name_weekday(weekday: int) -> str:
    """周一 for 0."""
    return translate_phrase(WEEKDAYS[weekday])


def name_weekdays(weekdays: Sequence[int]) -> str:
    """Weekdays in words: 每天, 周一至周五, 周二、周五."""
    if len(weekdays) == 7:
        return translate("每天")
    if len(weekdays) > 2 and weekdays[-1] - weekdays[0] == len(weekdays) - 1:
        first, last = name_weekday(weekdays[0]), name_weekday(weekdays[-1])
        return translate("{first}至{last}", first=first, last=last)
    return translate("、").join(map(name_weekday, weekdays))


def name_hour_slot(slot: HourOfWeek) -> str:
    """周二 20 点档."""
    return translate("{day} {hour} 点档", day=name_weekday(slot.weekday), hour=slot.hour)


def name_position(position: int) -> str:
    """The place of an article in its push: 头条, 次条, 第 3 条."""
    if position == 1:
        return translate("头条")
    if position == 2:
        return translate("次条")
    return translate("第 {position} 条", position=position)


def name_role(role: str | None) -> str:
    """What an account is to the reader; "" for none."""
    return translate_phrase(ROLE_NAMES.get(role or "", ""))


def name_status(status: str | None) -> str:
    """Whether a content column still runs."""
    return translate_phrase(COLUMN_STATUS_NAMES.get(status or "", "样本不足"))


def name_evidence(kind: str) -> str:
    """What a content column was recognised by."""
    return translate_phrase(EVIDENCE_NAMES[kind]) if kind in EVIDENCE_NAMES else kind


def name_align(align: str | None) -> str:
    """How text is aligned."""
    return translate_phrase(ALIGN_NAMES.get(align or "", ""))


def name_fact(name: str) -> str:
    """A field of the accounts file; one it does not name stays as it is."""
    word = FACT_NAMES.get(name, name)
    return translate_phrase(word) if word in FACT_NAMES.values() else word


def translate_each(text: str) -> str:
    """Phrases with ； between them, each in the current language."""
    return translate("；").join(translate_phrase(part) for part in text.split("；"))

"""Figures of one account in the words of people who run accounts; short, one line each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from analysis.brief.dossiers.measures.lately import Lately
from analysis.brief.sections.columns import Column
from analysis.layout.words import Difference
from analysis.report.rich_text import Content, isolated, join, rich
from analysis.report.translation import translate, translate_phrase
from analysis.report.value_formats import (
    format_count,
    format_decimal,
    format_px,
    name_weekday,
    name_weekdays,
)

__all__ = [
    "column_name",
    "describe_every",
    "describe_rate",
    "describe_size",
    "describe_when",
    "format_month",
    "format_time",
    "list_columns",
    "list_differences",
    "list_isolated",
]

_NAME_CHARS = 16
_USUAL = 0.5  # of a column's issues on one weekday
_ROUND_MIN = 5


def column_name(column: Column | str) -> Content:
    """「拆箱报告」."""
    name = column if isinstance(column, str) else column.content_column
    return rich("「{name}」", name=isolated(name, _NAME_CHARS))


def list_columns(columns: Sequence[Column], *, most: int = 3) -> Content:
    """「拆箱报告」「三斗长测」, and how many there are where not all are named."""
    listed = tuple(column_name(column) for column in columns[:most])
    if len(columns) <= most:
        return listed
    return rich("{listed}等 {n} 个", listed=listed, n=len(columns))


def list_isolated(names: Iterable[str], *, most: int = 3, longest: int = _NAME_CHARS) -> Content:
    """Names from outside with 、 between them."""
    shown = list(names)
    listed = join((isolated(name, longest) for name in shown[:most]), translate("、"))
    return listed if len(shown) <= most else rich("{listed}等 {n} 个", listed=listed, n=len(shown))


def describe_every(column: Column) -> str:
    """How often a column comes: 每周二, 隔周一期, 约 12 天一期."""
    days = column.interval_days
    if days is None or (column.status is None and column.interval_iqr_days is None):
        return translate("期数还少")
    if column.interval_iqr_days is not None and column.interval_iqr_days > max(days, 2):
        return translate("不定期")
    if days <= 1.5:
        return translate("几乎天天")
    if 6 <= days <= 8:
        if column.weekday is not None and (column.weekday_share or 0) >= _USUAL:
            return translate("每{weekday}", weekday=name_weekday(column.weekday))
        return translate("每周一期")
    if 13 <= days <= 15:
        return translate("隔周一期")
    if 27 <= days <= 32:
        return translate("每月一期")
    return translate("约 {days} 天一期", days=format_px(round(days)))


def describe_rate(lately: Lately) -> Content:
    """每周 2.0 次; "" where too few."""
    if lately.pushes_per_week is None:
        return ""
    return rich("每周 {rate} 次", rate=format_decimal(lately.pushes_per_week))


def describe_when(lately: Lately) -> Content:
    """On which days and at what time it usually sends; "" where neither is usual."""
    if lately.weekdays and lately.usual_time is not None:
        return rich(
            "{weekdays} {time} 前后",
            weekdays=name_weekdays(lately.weekdays),
            time=format_time(lately.usual_time),
        )
    if lately.weekdays:
        return name_weekdays(lately.weekdays)
    if lately.usual_time is not None:
        return rich("{time} 前后", time=format_time(lately.usual_time))
    return ""


def describe_size(lately: Lately) -> Content:
    """约 1,180 字、6 张图; "" where too few bodies."""
    if lately.chars is None or lately.images is None:
        return ""
    return rich(
        "约 {chars} 字、{images} 张图",
        chars=format_count(_round_chars(lately.chars)),
        images=format_px(round(lately.images)),
    )


def _round_chars(chars: float) -> float:
    """To tens, from 100 characters on: nobody writes to the character."""
    return round(chars, -1) if chars >= 100 else chars


def format_time(minutes: int) -> str:
    """Minutes after midnight to five minutes: 20:05."""
    rounded = round(minutes / _ROUND_MIN) * _ROUND_MIN % 1440
    return f"{rounded // 60:02d}:{rounded % 60:02d}"


def format_month(at: datetime | date) -> str:
    """2026-03."""
    return f"{at:%Y-%m}"


def list_differences(changed: Sequence[Difference], *, most: int = 3) -> str:
    """What a redesign changed: 正文字号 15 px → 16 px，对齐 左对齐 → 两端对齐."""
    return translate("，").join(
        f"{translate_phrase(difference.what)} {translate_phrase(difference.before or '无')}"
        f" → {translate_phrase(difference.after or '无')}"
        for difference in changed[:most]
    )

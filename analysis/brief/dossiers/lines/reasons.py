"""Why an article is among the ten that show an account best, in a few words."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.brief.dossiers.lines.wording import column_name, describe_every, list_isolated
from analysis.brief.dossiers.measures.picks import Pick
from analysis.brief.sections.columns import Column
from analysis.report.rich_text import Content, rich
from analysis.report.value_formats import format_count, format_decimal

__all__ = ["describe_reason"]

_HOURS = 48  # up to which a head start is in hours


def describe_reason(pick: Pick, columns: Sequence[Column]) -> Content:
    """The reason of one article; `columns` are its account's."""
    return _REASONS[pick.kind](pick, columns)


def _column(pick: Pick, columns: Sequence[Column]) -> Content:
    column = next((column for column in columns if column.column_id == pick.column_id), None)
    if column is None:
        return rich("{column}最近一期", column=column_name(pick.name or ""))
    return rich(
        "{column}最近的一期，{every}", column=column_name(column), every=describe_every(column)
    )


def _reads(pick: Pick, _: Sequence[Column]) -> Content:
    times = format_decimal((pick.value or 0) / (pick.usual or 1))
    reads = format_count(pick.value or 0)
    if pick.at_least:
        return rich("阅读至少 {reads}，是平时的 {times} 倍以上", reads=reads, times=times)
    return rich("阅读 {reads}，是平时的 {times} 倍", reads=reads, times=times)


def _first_on(pick: Pick, _: Sequence[Column]) -> Content:
    others = list_isolated(pick.followers, most=2, longest=12)
    if pick.same_text:
        return rich("先发，后来{others}也发了这篇", others=others)
    if pick.hours is None:
        return rich("这个话题先发，后来{others}跟上", others=others)
    if pick.hours < _HOURS:
        hours = format_count(max(pick.hours, 1))
        return rich("这个话题比{others}早 {hours} 小时", others=others, hours=hours)
    days = format_count(pick.hours / 24)
    return rich("这个话题比{others}早 {days} 天", others=others, days=days)


def _longest(pick: Pick, _: Sequence[Column]) -> Content:
    return rich(
        "一年里最长：{chars} 字，平时 {usual} 字",
        chars=format_count(pick.value or 0),
        usual=format_count(pick.usual or 0),
    )


def _pictures(pick: Pick, _: Sequence[Column]) -> Content:
    return rich(
        "一年里图最多：{images} 张，平时 {usual} 张",
        images=format_count(pick.value or 0),
        usual=format_count(pick.usual or 0),
    )


def _topic(pick: Pick, _: Sequence[Column]) -> Content:
    return rich("话题{topic}最近的一篇", topic=column_name(pick.name or ""))


def _first(pick: Pick, _: Sequence[Column]) -> Content:
    return rich("它的第一篇")


def _column_first(pick: Pick, _: Sequence[Column]) -> Content:
    return rich("{column}收到的最早一期", column=column_name(pick.name or ""))


def _earlier(pick: Pick, _: Sequence[Column]) -> Content:
    return rich("{column}早些时候的一期，可对照", column=column_name(pick.name or ""))


def _headline(pick: Pick, _: Sequence[Column]) -> Content:
    return rich("栏目之外，{month} 月最后一篇头条", month=str(pick.at.month))


_REASONS = {
    "column": _column,
    "reads": _reads,
    "first_on": _first_on,
    "longest": _longest,
    "pictures": _pictures,
    "topic": _topic,
    "first": _first,
    "column_first": _column_first,
    "earlier": _earlier,
    "headline": _headline,
}

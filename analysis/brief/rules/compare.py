"""Sentences about the accounts side by side: a paragraph for each tier, the map in words, and where
the own account stands apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from statistics import median

from analysis.brief.rules.base import day_of, join_list, join_sentences, translate_figure
from analysis.brief.sections.compare import Comparison, MapPoint, MatrixRow
from analysis.brief.summary import BriefSummary
from analysis.evidence import MIN_ACCOUNTS
from analysis.peers.dimensions import DIMENSIONS, Dimension
from analysis.report.findings import Finding, isolate_name
from analysis.report.translation import translate, translate_name

__all__ = ["describe_map", "describe_roles", "find_standing_apart"]

_TIERS = {
    "direct": "直接对手 {n} 个：{listed}。",
    "adjacent": "邻近账号 {n} 个：{listed}。",
    "benchmark": "标杆 {n} 个：{listed}。",
    None: "没有标角色的账号 {n} 个：{listed}。",
}
_TOLD = ("pushes_per_week", "column_share", "reader_share")
_TELLING = (
    *_TOLD,
    "self_share",
    "articles_per_push",
    "original_share",
)  # how far apart matters; type sizes and title marks are told elsewhere
_NAMED = 4
_EXTREMES = 3
_Z = 1.96
_LEAST_GAP, _LEAST_TIMES = 0.1, 1.25
_ADVICE: Mapping[tuple[str, str], tuple[str, str]] = {
    ("column_share", "low"): (
        "从自己最常写的题材里挑一两个，定名字、定周期，做成栏目",
        "三个月后再看归在栏目里的文章占比",
    ),
    ("reader_share", "low"): (
        "每次推送至少留一篇读者用得上的内容",
        "下个季度再看服务读者的文章占比",
    ),
    ("consistency", "low"): ("定一套排版模板，所有文章都用它", "改完十篇以后再看版式统一的比例"),
    ("original_share", "low"): ("先声明自己写的文章为原创，再减少转载", "下个季度再看原创占比"),
}


def describe_roles(brief: BriefSummary) -> tuple[Finding, ...]:
    """One short paragraph for each tier that has an account in the comparison: who, how they stand,
    what is furthest from the own account.
    """
    comparison = brief.comparison
    own = next((row for row in comparison.rows if row.own), None)
    told = []
    for role, words in _TIERS.items():
        rows = [row for row in comparison.rows if row.role == role]
        if rows:
            told.append(_tell_tier(words, rows, own))
    return tuple(told)


def _tell_tier(words: str, rows: Sequence[MatrixRow], own: MatrixRow | None) -> Finding:
    who = translate(
        words,
        n=len(rows),
        listed=join_list([isolate_name(row.account) for row in rows], most=_NAMED),
    )
    figures = [said for key in _TOLD if (said := _tell_figure(key, rows))]
    stand = (
        translate("{figures}。", figures=translate("；").join(figures))
        if figures
        else translate("样本不足，只列数字。")
    )
    sentence = join_sentences(
        who,
        stand,
        _tell_extremes(rows[0]) if len(rows) == 1 else "",
        _tell_furthest(rows, own) if own else "",
    )
    return Finding(
        "tier", sentence, sum(row.articles for row in rows), translate("篇"), *_window(rows)
    )


def _window(rows: Iterable[MatrixRow]) -> tuple[date | None, date | None]:
    held = list(rows)
    first = [row.first for row in held if row.first]
    last = [row.last for row in held if row.last]
    return day_of(min(first, default=None)), day_of(max(last, default=None))


def _values(key: str, rows: Iterable[MatrixRow]) -> list[float]:
    return [value for row in rows if (value := row.cells[key].value) is not None]


def _tell_figure(key: str, rows: Sequence[MatrixRow]) -> str:
    """One dimension of a tier: its median and range, or the figures themselves where they are one
    or two.
    """
    dimension, values = DIMENSIONS[key], sorted(_values(key, rows))
    if not values:
        return ""
    if len(values) >= MIN_ACCOUNTS:
        told = "{dimension}中位 {middle}（{low} 至 {high}）"
        low, high = translate_figure(dimension.shown(values[0])), _said(dimension, values[-1])
        return translate(
            told,
            dimension=translate_name(dimension.name),
            middle=_said(dimension, median(values)),
            low=low,
            high=high,
        )
    listed = join_list([_said(dimension, value) for value in values])
    return f"{translate_name(dimension.name)} {listed}"


def _said(dimension: Dimension, value: float) -> str:
    return translate_figure(dimension.with_unit(value))


def _tell_extremes(row: MatrixRow) -> str:
    """What an account alone in its tier is the highest or the lowest of the group in."""
    parts = []
    for words, edge in (("{names}全组最高", 1.0), ("{names}全组最低", 0.0)):
        names = [
            translate_name(DIMENSIONS[key].name)
            for key, cell in row.cells.items()
            if cell.quantile == edge
        ]
        if names:
            parts.append(translate(words, names=join_list(names, most=_EXTREMES)))
    if not parts:
        return ""
    return translate(
        "{highest}，{lowest}。" if len(parts) == 2 else "{highest}。",
        highest=parts[0],
        lowest=parts[-1],
    )


def _tell_furthest(rows: Sequence[MatrixRow], own: MatrixRow) -> str:
    """The dimension whose tier median lies most places of the group away from the own account;
    nothing where that is less than half the group, or too small to notice.
    """
    gaps = []
    for key in _TELLING:
        mine = own.cells[key]
        theirs = [place for row in rows if (place := row.cells[key].quantile) is not None]
        if (
            mine.quantile is not None
            and theirs
            and _noticeable(key, mine.value, median(_values(key, rows)))
        ):
            gaps.append((abs(median(theirs) - mine.quantile), key))
    gap, key = max(gaps, default=(0.0, ""))
    if gap < 0.5:
        return ""
    dimension, value = DIMENSIONS[key], own.cells[key].value
    assert value is not None
    theirs_said, mine_said = _said(dimension, median(_values(key, rows))), _said(dimension, value)
    return translate(
        "和自己差得最开的是{dimension}：{theirs}，自己 {mine}。",
        dimension=translate_name(dimension.name),
        theirs=theirs_said,
        mine=mine_said,
    )


def _noticeable(key: str, mine: float | None, theirs: float) -> bool:
    """A tenth of all articles, or a quarter more or less of what is no share."""
    if mine is None:
        return False
    return (
        abs(mine - theirs) >= _LEAST_GAP
        if DIMENSIONS[key].unit == "%"
        else max(mine, theirs) >= _LEAST_TIMES * min(mine, theirs)
    )


def describe_map(comparison: Comparison) -> tuple[str, ...]:
    """The map in words: who lies on which side of both medians, a sentence for each side. () below
    three accounts.
    """
    x, y = (translate_name(DIMENSIONS[key].name) for key in comparison.axes)
    corners = (
        ("high", "high", "{x}、{y}都高于中位：{who}。"),
        ("high", "low", "{x}高、{y}低：{who}。"),
        ("low", "high", "{x}低、{y}高：{who}。"),
        ("low", "low", "两样都低于中位：{who}。"),
    )
    parts = []
    for across, up, words in corners:
        there = [
            place for place in comparison.places if (place.x_side, place.y_side) == (across, up)
        ]
        if there:
            parts.append(translate(words, x=x, y=y, who=_list(there)))
    middle = [place for place in comparison.places if "middle" in (place.x_side, place.y_side)]
    parts += [translate("正在中位线上：{who}。", who=_list(middle))] if middle else []
    return tuple(join_sentences(part) for part in parts)


def _list(places: Sequence[MapPoint]) -> str:
    return join_list(
        [
            translate("{name}（自己）", name=isolate_name(place.account))
            if place.own
            else isolate_name(place.account)
            for place in places
        ]
    )


def find_standing_apart(brief: BriefSummary) -> Iterable[Finding]:
    """Where the own account's share is below (or above) that of all rivals, three at least, beyond
    chance and by a tenth.
    """
    rows = brief.comparison.rows
    own = next((row for row in rows if row.own), None)
    if own is None:
        return
    found = []
    for (key, side), (advice, expected) in _ADVICE.items():
        rivals = [row for row in rows if not row.own and row.cells[key].value is not None]
        gap = _gap(own, rivals, key, side)
        if len(rivals) >= MIN_ACCOUNTS and gap is not None:
            found.append((-gap, key, _stands(own, rivals, key, side), advice, expected))
    for _, key, sentence, advice, expected in sorted(found)[:2]:
        span = day_of(own.first), day_of(own.last)
        yield Finding(
            "standing apart",
            join_sentences(sentence),
            own.cells[key].n,
            translate("篇"),
            *span,
            advice=translate(advice),
            expected=translate(expected),
        )


def _gap(own: MatrixRow, rivals: Sequence[MatrixRow], key: str, side: str) -> float | None:
    """The distance to the nearest rival on the telling side, where it is a tenth and two shares'
    worth of chance; else None.
    """
    mine = own.cells[key]
    if mine.value is None or not rivals:
        return None
    sign = 1 if side == "high" else -1
    nearest = max((row.cells[key] for row in rivals), key=lambda cell: sign * (cell.value or 0.0))
    assert nearest.value is not None
    gap = sign * (mine.value - nearest.value)
    pooled = (mine.value * mine.n + nearest.value * nearest.n) / (mine.n + nearest.n)
    error = math.sqrt(pooled * (1 - pooled) * (1 / mine.n + 1 / nearest.n))
    return gap if gap >= max(_LEAST_GAP, _Z * error) else None


def _stands(own: MatrixRow, rivals: Sequence[MatrixRow], key: str, side: str) -> str:
    dimension, value = DIMENSIONS[key], own.cells[key].value
    assert value is not None
    values = _values(key, rivals)
    edge = max(values) if side == "high" else min(values)
    told = "{dimension}：自己 {mine}，比 {n} 个对手都低，对手里最低的也有 {edge}。"
    if side == "high":
        told = "{dimension}：自己 {mine}，比 {n} 个对手都高，对手里最高的是 {edge}。"
    return translate(
        told,
        dimension=translate_name(dimension.name),
        mine=_said(dimension, value),
        n=len(rivals),
        edge=_said(dimension, edge),
    )

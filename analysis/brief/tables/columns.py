"""Content columns: the kinds that several accounts have, and each account's own."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.brief.sections.columns import Column, ColumnType, Member
from analysis.brief.summary import AccountSummary
from analysis.brief.tables.cells import (
    heading,
    number_cell,
    number_heading,
    part,
    span_parts,
    wide_cell,
)
from analysis.evidence import MIN_ARTICLES
from analysis.report.phrases import article_link
from analysis.report.rich_text import (
    BREAK,
    NEW_LINE,
    Content,
    faint,
    isolated,
    join,
    rich,
    small,
    to_text,
    unbroken,
)
from analysis.report.tables import Table, TableCell, TablePart, TableRow, sort_value
from analysis.report.translation import translate, translate_phrase
from analysis.report.value_formats import (
    format_count,
    format_day,
    format_hundredth,
    format_interval,
    format_percent,
    format_px,
    name_evidence,
    name_position,
    name_status,
    name_weekday,
)

__all__ = ["tabulate_columns", "tabulate_kinds_of_columns"]

_MEMBERS_SHOWN = 8
_STEADY = 0.5  # the share of a column's issues from which a weekday, an hour or a place is usual
_CERTAIN = 0.7  # the strength of evidence below which it is written
_EXAMPLE_CHARS = 26


def tabulate_kinds_of_columns(types: Sequence[ColumnType]) -> Table | None:
    """The kinds of columns that several accounts have."""
    headings = (
        heading("哪一类"),
        number_heading("几家"),
        number_heading("n（篇）"),
        heading("各家的栏目"),
        heading("为什么算一类"),
    )
    rows = tuple(map(_kind_row, types))
    return Table(rich("几家都有的栏目"), headings, rows) if rows else None


def _kind_row(kind: ColumnType) -> TableRow:
    accounts = len(kind.accounts)
    reasons = translate("；").join(map(translate_phrase, kind.reasons))
    cells = (
        number_cell("几家", str(accounts), accounts),
        number_cell("n（篇）", format_count(kind.n), kind.n),
        wide_cell("各家的栏目", _members(kind.members)),
        wide_cell("为什么算一类", small(reasons)),
    )
    return TableRow(isolated(kind.name, 24), cells)


def _members(members: Sequence[Member]) -> Content:
    shown = [
        unbroken(
            isolated(member.account, 16),
            rich("「"),
            isolated(member.content_column, 16),
            rich("」"),
            small(str(member.n)),
        )
        for member in members[:_MEMBERS_SHOWN]
    ]
    more = (" ", rich("等 {members} 个", members=len(members)))
    return (join(shown, "　"), more if len(members) > _MEMBERS_SHOWN else "")


def tabulate_columns(account: AccountSummary) -> Table:
    """The largest content columns of one account."""
    headings = (
        heading("栏目"),
        number_heading("n（占比）"),
        heading("状态"),
        number_heading("间隔"),
        number_heading("出了几成"),
        heading("常在"),
        number_heading("位置"),
        number_heading("字 / 图"),
        heading("起止"),
        heading("例文"),
    )
    rows = tuple(map(_column_row, account.columned.shown))
    owner = to_text(isolated(account.account, 24))
    return Table(rich("栏目"), headings, rows, style="stack sortable columns", owner=owner)


def _column_row(column: Column) -> TableRow:
    strength = format_hundredth(column.strength)
    doubt = rich("，把握 {strength}", strength=strength) if column.strength < _CERTAIN else ""
    evidence = small(name_evidence(column.kind), doubt)
    share = small(format_percent(column.share))
    chars, images = column.chars, column.images
    size = "—" if chars is None else f"{format_count(chars)} / {format_px(images or 0)}"
    cells = (
        number_cell(
            "n（占比）",
            (format_count(column.n), NEW_LINE, share),
            column.n,
            parts=(TablePart("n", column.n), part("占比", column.share)),
        ),
        TableCell(_status(column), translate("状态"), sort_value(column.status)),
        number_cell("间隔", _interval(column), sort_value(column.interval_days)),
        number_cell("出了几成", _adherence(column), sort_value(column.adherence)),
        *_usual_cells(column),
        number_cell(
            "字 / 图", size, sort_value(chars), parts=(part("字", chars), part("图", images))
        ),
        TableCell(
            small(_dates(column)),
            translate("起止"),
            format_day(column.first) if column.first else "",
            parts=span_parts(column.first, column.last),
        ),
        TableCell(
            join((article_link(example, _EXAMPLE_CHARS) for example in column.examples), BREAK),
            translate("例文"),
            style="links",
        ),
    )
    parts = (
        part("", to_text(isolated(column.content_column, 80))),
        part("凭什么认出", to_text(name_evidence(column.kind))),
    )
    return TableRow((isolated(column.content_column, 24), NEW_LINE, evidence), cells, parts=parts)


def _status(column: Column) -> Content:
    if not column.status:
        return faint(rich("样本不足"))
    if column.status not in ("paused", "ended"):
        return name_status(column.status)
    silent = rich("{n} 天没出", n=column.silent_days or 0)
    return (name_status(column.status), NEW_LINE, small(silent))


def _interval(column: Column) -> Content:
    if column.interval_days is None:
        return "—"
    interval, iqr = format_interval(column.interval_days), column.interval_iqr_days
    if iqr is None:
        return interval
    spread = rich("半数差 {n:g} 天内", n=iqr) if iqr else rich("半数一样长")
    return (interval, NEW_LINE, small(spread))


def _adherence(column: Column) -> Content:
    if column.adherence is None:
        known = column.interval_iqr_days is not None
        return faint(rich("没有固定间隔") if known else rich("样本不足"))
    due = rich("应发 {n} 期", n=column.due or 0)
    return (format_percent(column.adherence), NEW_LINE, small(due))


def _usual_cells(column: Column) -> tuple[TableCell, TableCell]:
    """When a column usually comes, and in which place of a push."""
    if column.n < MIN_ARTICLES:
        return (
            TableCell(faint(rich("样本不足")), translate("常在")),
            number_cell("位置", faint("—")),
        )
    return (
        TableCell(_usual_time(column), translate("常在"), sort_value(column.weekday_share)),
        number_cell("位置", _usual_place(column), sort_value(column.slot)),
    )


def _usual_time(column: Column) -> Content:
    usual: list[Content] = []
    if column.weekday is not None and (column.weekday_share or 0) >= _STEADY:
        weekday = name_weekday(column.weekday)
        usual.append((weekday, " ", format_percent(column.weekday_share or 0)))
    if (column.hour_share or 0) >= _STEADY and column.n_timed >= MIN_ARTICLES:
        share = format_percent(column.hour_share or 0)
        usual.append(rich("{hour} 点档 {hour_share}", hour=str(column.hour), hour_share=share))
    return join(usual, NEW_LINE) if usual else faint(rich("不固定"))


def _usual_place(column: Column) -> Content:
    if column.slot is None:
        return "—"
    if column.slot_share is None or column.slot_share < _STEADY:
        return faint(rich("不固定"))
    return (name_position(column.slot), " ", format_percent(column.slot_share))


def _dates(column: Column) -> Content:
    if column.first is None or column.last is None:
        return rich("没有日期")
    first = rich("{first} 至", first=format_day(column.first))
    return (first, NEW_LINE, format_day(column.last))

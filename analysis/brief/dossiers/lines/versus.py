"""The own account and one other side by side, over the same days: ten figures, what differs in
plain words, n in a column.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from analysis.brief.dossiers.lines.portrait import running
from analysis.brief.dossiers.lines.wording import column_name, describe_when, format_time
from analysis.brief.dossiers.measures.exclusions import is_lasting_column
from analysis.brief.dossiers.measures.figures import AccountFigures
from analysis.brief.dossiers.measures.lately import Lately
from analysis.brief.sections.columns import Column
from analysis.brief.summary import AccountSummary
from analysis.report.rich_text import Content, faint, isolated, rich
from analysis.report.tables import Table, TableCell, TableHeading, TableRow
from analysis.report.translation import translate
from analysis.report.value_formats import format_count, format_decimal, format_percent, format_px

__all__ = ["tabulate_versus_own"]

_SAME = 0.1  # of the larger figure: less is no difference
_SAME_MINUTES = 30


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    account: AccountSummary
    figures: AccountFigures
    lately: Lately


@dataclass(frozen=True, slots=True)
class _Figure:
    """One figure to compare: its name, its value and n on a side, how it is shown with its unit,
    and what is said where the other has more or less of it.
    """

    name: str
    value: Callable[[Lately], float | None]
    n: Callable[[Lately], int]
    show: Callable[[float], str]
    unit: str
    more: str
    less: str
    show_gap: Callable[[float], str] | None = None  # where a difference is shown otherwise


def tabulate_versus_own(
    own: tuple[AccountSummary, AccountFigures], other: tuple[AccountSummary, AccountFigures]
) -> Table | None:
    """The two accounts' figures in the window; None where either has no push in it."""
    mine, theirs = _side(*own), _side(*other)
    if mine is None or theirs is None:
        return None
    headings = (
        TableHeading(translate("近 13 周")),
        TableHeading(translate("自己")),
        TableHeading(isolated(other[0].account, 12)),
        TableHeading(translate("差别")),
        TableHeading(translate("n（自己 / 它）"), numeric=True),
    )
    rows = (
        *(_figure_row(figure, mine, theirs) for figure in _FIGURES[:2]),
        _time_row(mine, theirs),
        _columns_row(mine, theirs),
        _main_row(mine, theirs),
        *(_figure_row(figure, mine, theirs) for figure in _FIGURES[2:]),
    )
    return Table(rich("和自己放在一起"), headings, rows, style="versus")


def _side(account: AccountSummary, figures: AccountFigures) -> _Side | None:
    if figures.lately is None or not figures.lately.pushes:
        return None
    return _Side(account, figures, figures.lately)


_FIGURES = (
    _Figure(
        "每周推送",
        lambda lately: lately.pushes_per_week,
        lambda lately: lately.pushes,
        format_decimal,
        "{value} 次",
        "它多 {value} 次",
        "它少 {value} 次",
    ),
    _Figure(
        "每次几篇",
        lambda lately: lately.articles_per_push,
        lambda lately: lately.pushes,
        format_decimal,
        "{value} 篇",
        "它多 {value} 篇",
        "它少 {value} 篇",
    ),
    _Figure(
        "一篇多长",
        lambda lately: lately.chars,
        lambda lately: lately.bodies,
        format_count,
        "{value} 字",
        "它长 {value} 字",
        "它短 {value} 字",
    ),
    _Figure(
        "配图",
        lambda lately: lately.images,
        lambda lately: lately.bodies,
        format_count,
        "{value} 张",
        "它多 {value} 张",
        "它少 {value} 张",
    ),
    _Figure(
        "正文字号",
        lambda lately: lately.font_size_px,
        lambda lately: lately.texts,
        format_px,
        "{value} px",
        "它大 {value} px",
        "它小 {value} px",
    ),
    _Figure(
        "标题字数",
        lambda lately: lately.title_length,
        lambda lately: lately.titles,
        format_count,
        "{value} 字",
        "它长 {value} 字",
        "它短 {value} 字",
    ),
    _Figure(
        "标原创",
        lambda lately: lately.original_share,
        lambda lately: lately.original_known,
        format_percent,
        "{value}",
        "它高 {value} 个百分点",
        "它低 {value} 个百分点",
        lambda share: format_count(share * 100),
    ),
)


def _figure_row(figure: _Figure, mine: _Side, theirs: _Side) -> TableRow:
    values = [figure.value(side.lately) for side in (mine, theirs)]
    shown = [
        faint(rich("样本不足")) if value is None else rich(figure.unit, value=figure.show(value))
        for value in values
    ]
    n = [figure.n(side.lately) for side in (mine, theirs)]
    return _row(figure.name, shown[0], shown[1], _difference(figure, *values), n)


def _difference(figure: _Figure, mine: float | None, theirs: float | None) -> Content:
    if mine is None or theirs is None:
        return "—"
    apart = theirs - mine
    gap = (figure.show_gap or figure.show)(abs(apart))
    if abs(apart) <= _SAME * max(abs(mine), abs(theirs)) or not gap.strip("0.%"):
        return rich("差不多")
    return rich(figure.more if apart > 0 else figure.less, value=gap)


def _row(
    name: str, mine: Content, theirs: Content, difference: Content, n: tuple[int, int] | list[int]
) -> TableRow:
    cells = (
        TableCell(mine, translate("自己")),
        TableCell(theirs, translate("它")),
        TableCell(difference, translate("差别")),
        TableCell(f"{format_count(n[0])} / {format_count(n[1])}", "n", numeric=True),
    )
    return TableRow(translate(name), cells)


def _time_row(mine: _Side, theirs: _Side) -> TableRow:
    sides = (mine.lately, theirs.lately)
    shown = [describe_when(lately) or faint(rich("不固定")) for lately in sides]
    return _row(
        "常发时间",
        shown[0],
        shown[1],
        _time_difference(mine.lately, theirs.lately),
        [lately.timed for lately in sides],
    )


def _time_difference(mine: Lately, theirs: Lately) -> Content:
    if mine.usual_time is None or theirs.usual_time is None:
        return "—"
    apart = (theirs.usual_time - mine.usual_time + 720) % 1440 - 720
    if abs(apart) < _SAME_MINUTES:
        return rich("同一时间")
    away = format_time(abs(apart))
    hours, minutes = int(away[:2]), int(away[3:])
    gap = (
        rich("{hours} 小时 {minutes} 分", hours=hours, minutes=minutes)
        if hours and minutes
        else rich("{hours} 小时", hours=hours)
        if hours
        else rich("{minutes} 分", minutes=minutes)
    )
    return rich("它晚 {gap}", gap=gap) if apart > 0 else rich("它早 {gap}", gap=gap)


def _columns_row(mine: _Side, theirs: _Side) -> TableRow:
    counts = [len(running(side.figures)) for side in (mine, theirs)]
    apart = counts[1] - counts[0]
    difference = (
        rich("一样多")
        if not apart
        else rich("它多 {value} 个" if apart > 0 else "它少 {value} 个", value=str(abs(apart)))
    )
    return _row(
        "在更栏目",
        rich("{value} 个", value=str(counts[0])),
        rich("{value} 个", value=str(counts[1])),
        difference,
        [side.lately.titles for side in (mine, theirs)],
    )


def _main_row(mine: _Side, theirs: _Side) -> TableRow:
    main = [_main_column(side) for side in (mine, theirs)]
    counts = [
        side.figures.recent.get(column.column_id, 0) if column else 0
        for side, column in zip((mine, theirs), main, strict=True)
    ]
    shown = [column_name(column) if column else faint(rich("没有")) for column in main]
    return _row("主栏目", shown[0], shown[1], "—", counts)


def _main_column(side: _Side) -> Column | None:
    """Its running column with most issues in the window, of those that go on."""
    lasting = (
        column
        for column in running(side.figures)
        if is_lasting_column(column.content_column, side.account.account)
        and side.figures.recent.get(column.column_id, 0)
    )
    return next(lasting, None)

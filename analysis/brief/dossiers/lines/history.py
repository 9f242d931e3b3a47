"""How an account began and changed, and where it leads its readers, as short lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from analysis.brief.dossiers.lines.wording import (
    column_name,
    format_month,
    list_columns,
    list_differences,
    list_isolated,
)
from analysis.brief.dossiers.measures.exclusions import is_lasting_column
from analysis.brief.dossiers.measures.figures import AccountFigures
from analysis.brief.sections.columns import Column
from analysis.brief.sections.gaps import Beginning
from analysis.brief.sections.layout import Layout
from analysis.brief.sections.leads import Lead, Leading
from analysis.brief.summary import AccountSummary
from analysis.evidence import MIN_ARTICLES
from analysis.report.phrases import article_link
from analysis.report.rich_text import Content, bold, isolated, join, rich
from analysis.report.translation import translate, translate_phrase
from analysis.report.value_formats import format_day, format_decimal, format_percent

__all__ = ["list_beginning", "list_leads"]

_LEAST_LED = 0.02
_CALLS = frozenset(  # whose words are what the reader is asked to do, and not a link's text
    {"follow", "qr", "claim", "draw", "group", "add_person", "reply", "signup", "download", "buy"}
)
_BEGAN = timedelta(days=60)  # what ran in the first two months did not start later
_COLUMNS_SHOWN = 4
_REDESIGNS_SHOWN = 2


def list_beginning(
    account: AccountSummary, figures: AccountFigures, beginning: Beginning | None
) -> tuple[Content, ...]:
    """How it began, as far as that is held, what it added and dropped, its redesigns and names."""
    if account.first is None:
        return ()
    lasting = [
        column
        for column in figures.columns
        if is_lasting_column(column.content_column, account.account) and column.first
    ]
    since = account.first + _BEGAN
    early = [column for column in lasting if column.first and column.first <= since]
    added = _newest(
        [column for column in lasting if column.first and column.first > since], "first"
    )
    dropped = _newest(
        [column for column in lasting if column.status in ("paused", "ended")], "last"
    )
    lines: list[Content] = [_start_line(account, beginning, early)]
    if added:
        lines.append(rich("后来加的：{columns}。", columns=_dated(added, "first")))
    if dropped:
        lines.append(rich("停了或歇着的：{columns}。", columns=_dated(dropped, "last")))
    lines += [line for line in (_redesign_line(account.layout), _names_line(figures)) if line]
    return tuple(lines)


def _newest(columns: Sequence[Column], end: str) -> list[Column]:
    return sorted(columns, key=lambda column: getattr(column, end), reverse=True)


def _dated(columns: Sequence[Column], end: str) -> Content:
    listed = join(
        (
            rich("{column}（{month}）", column=column_name(c), month=format_month(getattr(c, end)))
            for c in columns[:_COLUMNS_SHOWN]
        ),
        translate("、"),
    )
    return (
        listed
        if len(columns) <= _COLUMNS_SHOWN
        else rich("{listed}等 {n} 个", listed=listed, n=len(columns))
    )


def _start_line(
    account: AccountSummary, beginning: Beginning | None, early: Sequence[Column]
) -> Content:
    day = format_day(account.first) if account.first else ""
    columns = rich("，那时已有{columns}", columns=list_columns(early)) if early else ""
    phase = beginning.phases[0] if beginning and beginning.held and beginning.phases else None
    if phase is None:
        return rich(
            "收到的最早一篇是 {day}，不一定是它的第一篇{columns}。", day=day, columns=columns
        )
    rate = (
        rich("，头 90 天每周 {rate} 次", rate=format_decimal(phase.pushes_per_week))
        if phase.pushes_per_week is not None
        else ""
    )
    return rich("{day} 起步{rate}{columns}。", day=day, rate=rate, columns=columns)


def _redesign_line(layout: Layout | None) -> Content:
    if layout is None or not layout.redesigns:
        return ""
    newest = sorted(layout.redesigns, key=lambda redesign: redesign.at, reverse=True)
    shown = (
        rich(
            "{month}（{changed}）",
            month=format_month(redesign.at),
            changed=list_differences(redesign.changed) or translate("几套模板的比例变了"),
        )
        for redesign in newest[:_REDESIGNS_SHOWN]
    )
    return rich("换过 {n} 次模板：{shown}。", n=len(newest), shown=join(shown, translate("、")))


def _names_line(figures: AccountFigures) -> Content:
    if not figures.names:
        return ""
    return rich("改过名，以前叫{names}。", names=list_isolated(figures.names, most=3))


def list_leads(account: str, leading: Leading | None, *, most: int = 3) -> tuple[Content, ...]:
    """The ways an account (by its name) leads its readers most often, each with an article that
    does.
    """
    if leading is None or leading.bodies < MIN_ARTICLES:
        return ()
    ways = [lead for lead in leading.leads if (lead.share or 0) >= _LEAST_LED]
    return tuple(_lead_line(lead, account) for lead in ways[:most])


def _lead_line(lead: Lead, account: str) -> Content:
    calls = [word for word in lead.words if word != account and not word.startswith("mp-")]
    quoted = (
        rich("，如“{words}”", words=isolated(calls[0], 20))
        if calls and lead.kind in _CALLS and not lead.hosts
        else ""
    )
    hosts = (
        rich("，到 {hosts}", hosts=list_isolated(lead.hosts, most=2, longest=32))
        if lead.hosts
        else ""
    )
    example = (
        rich("，例：{article}", article=article_link(lead.examples[0], 24)) if lead.examples else ""
    )
    name = bold(translate_phrase(lead.name))
    return rich(
        "{name}：{share} 的文章{hosts}{quoted}{example}",
        name=name,
        share=format_percent(lead.share or 0),
        hosts=hosts,
        quoted=quoted,
        example=example,
    )

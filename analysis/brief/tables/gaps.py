"""What rivals do and the own account does not; who publishes first; how accounts began."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor

from analysis.brief.sections.gaps import Action, Beginning, Gap, OverlapPair, Phase
from analysis.brief.tables.cells import (
    heading,
    number_cell,
    number_heading,
    part,
    to_day,
    wide_cell,
)
from analysis.evidence import MIN_ARTICLES
from analysis.report.phrases import article_link, date_span
from analysis.report.rich_text import (
    BREAK,
    NEW_LINE,
    Content,
    bold,
    element,
    faint,
    isolated,
    join,
    rich,
    small,
    to_text,
    unbroken,
)
from analysis.report.tables import Table, TableCell, TablePart, TableRow
from analysis.report.translation import translate, translate_phrase
from analysis.report.value_formats import format_day, format_decimal, format_percent, format_px

__all__ = ["tabulate_actions", "tabulate_phases", "tabulate_versus"]

_NAMES_SHOWN = 3
_EXAMPLES_SHOWN = 2


def tabulate_actions(actions: Sequence[Action]) -> Table | None:
    """What to do first, with what it rests on."""
    headings = (heading("行动"), heading("依据"), heading("影响"), heading("投入"), heading("例文"))
    rows = tuple(map(_action_row, actions))
    return Table(rich("先做什么"), headings, rows, style="stack actions") if rows else None


def _action_row(action: Action) -> TableRow:
    gap = action.gap
    impact = rich(
        "{accounts}、{articles}",
        accounts=rich("{n} 家", n=gap.accounts),
        articles=rich("{n:,} 篇", n=gap.n),
    )
    effort = rich("每月约 {per_month} 篇", per_month=format_decimal(gap.per_month))
    examples = [article_link(example, 22) for example in gap.examples[:_EXAMPLES_SHOWN]]
    cells = (
        wide_cell("依据", _gap_basis(gap)),
        _graded_cell(
            "影响", action.impact, impact, part("几家", gap.accounts), part("n（篇）", gap.n)
        ),
        _graded_cell("投入", action.effort, effort, part("每月篇数", gap.per_month)),
        TableCell(join(examples, NEW_LINE), translate("例文"), style="links"),
    )
    return TableRow((_proposal(gap), NEW_LINE, small(_own_try(gap))), cells)


def _graded_cell(label: str, grade: str, figures: Content, *parts: TablePart) -> TableCell:
    word = translate_phrase(grade)
    content = (bold(word), NEW_LINE, small(figures))
    return TableCell(content, translate(label), parts=(part("", word), *parts))


def _gap_basis(gap: Gap) -> Content:
    doing = rich("{n} 家在做：{names}", n=gap.accounts, names=_list_names(gap.names))
    stopped = "" if gap.running else rich("，都停了")
    return (doing, NEW_LINE, small(date_span(gap.first, gap.last), stopped))


def _proposal(gap: Gap) -> Content:
    if gap.level == "column":
        return (rich("试开“"), isolated(gap.name, 16), rich("”一类的栏目"))
    return (rich("补写这类选题："), isolated(gap.name, 24))


def _own_try(gap: Gap) -> Content:
    if not gap.own_articles:
        return rich("自己没写过像的")
    if gap.level == "column":
        return rich("自己写过 {own_articles} 篇像的，没成栏目", own_articles=gap.own_articles)
    return rich("自己写过 {own_articles} 篇像的，没成系列", own_articles=gap.own_articles)


def _list_names(names: Sequence[str]) -> Content:
    listed = join((isolated(name, 12) for name in names[:_NAMES_SHOWN]), rich("、"))
    return (listed, rich("等 {names} 个", names=len(names)) if len(names) > _NAMES_SHOWN else "")


def tabulate_versus(pairs: Sequence[OverlapPair]) -> Table:
    """Who published first, of every two accounts with the same article or topic."""
    headings = (
        heading("谁和谁"),
        heading("什么"),
        number_heading("组数"),
        number_heading("前者先"),
        number_heading("后者先"),
        number_heading("分不出"),
        heading("统计时间"),
    )
    return Table(rich("谁先发"), headings, tuple(map(_versus_row, pairs)))


def _versus_row(pair: OverlapPair) -> TableRow:
    kind = rich("同一话题") if pair.kind == "same_topic" else rich("同一篇")
    cells = (
        TableCell(kind, translate("什么")),
        number_cell("组数", str(pair.n), pair.n),
        number_cell("前者先", str(pair.first), pair.first),
        number_cell("后者先", str(pair.other_first), pair.other_first),
        number_cell("分不出", str(pair.untold), pair.untold),
        TableCell(
            small(date_span(pair.since, pair.until)),
            translate("统计时间"),
            parts=(part("从", to_day(pair.since)), part("到", to_day(pair.until))),
        ),
    )
    title = (isolated(pair.account, 16), " ", rich("和"), " ", isolated(pair.other, 16))
    return TableRow(title, cells, "own" if pair.own else "")


def tabulate_phases(beginnings: Sequence[Beginning]) -> Table:
    """The phases of each account since its first article."""
    headings = (
        heading("公众号、阶段"),
        heading("时间"),
        number_heading("推送/周"),
        number_heading("篇/次"),
        heading("形式"),
        heading("栏目"),
        heading("变动"),
    )
    rows = tuple(
        _phase_row(beginning, phase, first=index == 0)
        for beginning in beginnings
        for index, phase in enumerate(beginning.phases)
    )
    return Table(rich("怎么起步"), headings, rows, style="stack phases")


def _phase_row(beginning: Beginning, phase: Phase, *, first: bool) -> TableRow:
    title = (_started(beginning) if first else "", small(_phase_kind(phase)))
    weeks = rich(
        "第 {week_from}–{week_to} 周",
        week_from=floor(phase.week_from + 1),
        week_to=ceil(phase.week_to),
    )
    since = (unbroken(format_day(phase.since)), " ", rich("起"))
    sample = small(rich("{n:,} 次推送", n=phase.pushes))
    size = phase.articles_per_push
    cells = (
        TableCell(
            small(weeks, NEW_LINE, since),
            translate("时间"),
            style="full",
            parts=(part("第几周", to_text(weeks)), part("从", to_day(phase.since))),
        ),
        number_cell(
            "推送/周",
            (_phase_rate(phase), NEW_LINE, sample),
            parts=(part("", phase.pushes_per_week), TablePart("n", phase.pushes)),
        ),
        number_cell(
            "篇/次", "—" if size is None else format_decimal(size), parts=(part("", size),)
        ),
        TableCell(small(_phase_formats(phase)), translate("形式")),
        TableCell(small(_phase_columns(phase)), translate("栏目")),
        wide_cell("变动", small(join(_phase_changes(phase), rich("；")))),
    )
    return TableRow(title, cells, "own" if beginning.own else "")


def _started(beginning: Beginning) -> Content:
    """The account's name, and whether it went on steadily."""
    name = (isolated(beginning.account, 16, style="name"), " ")
    if beginning.steady is None:
        return (name, BREAK)
    word = rich("发得稳") if beginning.steady else translate_phrase(beginning.unsteady_because)
    return (name, element("span", word, style="tag"), NEW_LINE)


def _phase_kind(phase: Phase) -> Content:
    if phase.kind == "beginning":
        return rich("头 90 天")
    if phase.kind == "pause":
        return rich("停更")
    return translate("第 %d 段") % phase.phase


def _phase_rate(phase: Phase) -> Content:
    if phase.kind == "pause":
        return "—"
    if phase.pushes_per_week is None:
        return faint(rich("样本不足"))
    return format_decimal(phase.pushes_per_week)


def _phase_formats(phase: Phase) -> Content:
    if phase.n_kinds < MIN_ARTICLES:
        return faint("—")
    images, videos = phase.image_share, phase.video_share
    return (
        rich("图文 {article_share}", article_share=format_percent(phase.article_share or 0)),
        rich("，贴图 {image_share}", image_share=format_percent(images)) if images else "",
        rich("，视频 {video_share}", video_share=format_percent(videos)) if videos else "",
    )


def _phase_columns(phase: Phase) -> Content:
    if phase.articles < MIN_ARTICLES:
        return faint("—")
    share = format_percent(phase.column_share or 0)
    return rich("{columns} 个，占 {column_share}", columns=phase.columns, column_share=share)


def _phase_changes(phase: Phase) -> list[Content]:
    changes: list[Content] = []
    if phase.started:
        changes.append(rich("新开{names}", names=_list_names(phase.started)))
    if phase.dropped:
        changes.append(rich("停了{names}", names=_list_names(phase.dropped)))
    if phase.redesigns:
        days = translate("、").join(phase.redesigns)
        changes.append(rich("换模板 {redesigns}", redesigns=days))
    if phase.hours_moved:
        days = translate("、").join(phase.hours_moved)
        changes.append(rich("改时刻 {hours_moved}", hours_moved=days))
    if phase.font_size_px is not None:
        size = format_px(phase.font_size_px)
        text = rich("正文 {font_size_px} px，{n:g} 图/篇", font_size_px=size, n=phase.images or 0)
        changes.append(text)
    return changes

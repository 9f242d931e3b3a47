"""A brief's figures -> its dossiers: of each account all that its page says, in order. Drawing is
the charts', layout the templates'.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from analysis.brief.dossiers.lines.history import list_beginning, list_leads
from analysis.brief.dossiers.lines.lessons import Lessons, draw_lessons
from analysis.brief.dossiers.lines.looks import list_looks, list_title_habits
from analysis.brief.dossiers.lines.portrait import (
    Fact,
    describe_account,
    describe_line,
    list_facts,
    list_unknown,
    running,
)
from analysis.brief.dossiers.lines.reasons import describe_reason
from analysis.brief.dossiers.lines.rhythm import list_changes, list_rhythm
from analysis.brief.dossiers.lines.versus import tabulate_versus_own
from analysis.brief.dossiers.lines.wording import column_name, describe_every, format_month
from analysis.brief.dossiers.measures.figures import AccountFigures, DossierFigures
from analysis.brief.dossiers.measures.picks import choose_picks, list_topics
from analysis.brief.sections.columns import Column
from analysis.brief.sections.gaps import Beginning
from analysis.brief.sections.topics import Topic
from analysis.brief.summary import AccountSummary, BriefSummary
from analysis.brief.tables.engagement import tabulate_engagement
from analysis.brief.tables.gaps import tabulate_phases
from analysis.evidence import MIN_ARTICLES
from analysis.report.phrases import coverage_of, date_span
from analysis.report.rich_text import Content, isolated, join, rich
from analysis.report.tables import Table, TableCell, TableHeading, TableRow
from analysis.report.translation import translate, translate_phrase
from analysis.report.value_formats import format_count, format_day
from analysis.rows import Example

__all__ = ["Dossier", "Shown", "build_dossiers"]

_COLUMNS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Shown:
    """One article with its day and why it is shown."""

    example: Example
    at: datetime
    reason: Content


@dataclass(frozen=True, slots=True, eq=False)
class Dossier:
    """What one account's page says; every part may be empty. `columns` are those that run now,
    `past` those that don't, the newest first, and how many; `versus` stands beside the own account,
    `phases` is of the first article on, `reads` its imported counts.
    """

    number: int
    account: AccountSummary
    line: Content
    facts: tuple[Fact, ...]
    unknown: Content
    portrait: tuple[Content, ...]
    columns: Table | None
    more_columns: int
    past: Content
    n_past: int
    topics: tuple[Topic, ...]
    purposes: Content
    rhythm: tuple[Content, ...]
    changes: tuple[Content, ...]
    looks: tuple[Content, ...]
    titles: tuple[Content, ...]
    picks: tuple[Shown, ...]
    beginning: tuple[Content, ...]
    began: Beginning | None
    leads: tuple[Content, ...]
    n_leads: int
    lessons: Lessons
    versus: Table | None
    phases: Table | None
    reads: Table | None
    foot: Content

    @property
    def anchor(self) -> str:
        """What links of the page go to."""
        return f"account-{self.number}"


def build_dossiers(
    brief: BriefSummary, *, topics: Mapping[str, Sequence[Topic]]
) -> tuple[Dossier, ...]:
    """The dossiers of a brief's accounts in their order, in the current language; `topics` by
    account_id, the largest first.
    """
    own = next((account for account in brief.accounts if account.own and account.enough), None)
    beginnings = {
        beginning.account_id: beginning
        for beginning in (brief.rivals.beginnings if brief.rivals else ())
    }
    return tuple(
        _build(
            number,
            account,
            brief,
            own=own,
            beginning=beginnings.get(account.account_id),
            topics=tuple(topics.get(account.account_id, ())),
        )
        for number, account in enumerate(brief.accounts, start=1)
    )


def _build(
    number: int,
    account: AccountSummary,
    brief: BriefSummary,
    *,
    own: AccountSummary | None,
    beginning: Beginning | None,
    topics: tuple[Topic, ...],
) -> Dossier:
    measured = brief.dossiers
    figures = measured.of(account.account_id)
    enough = account.enough
    now = running(figures) if enough else []
    past = _list_past(figures) if enough else []
    others = [other for other in brief.accounts if other.enough and other is not account]
    facts = list_facts(account, figures)
    leading = brief.leading.get(account.account_id)
    return Dossier(
        number=number,
        account=account,
        line=describe_line(account, figures),
        facts=facts,
        unknown=list_unknown(facts),
        portrait=describe_account(account, figures, topics) if enough else (),
        columns=_tabulate_running(now[:_COLUMNS_SHOWN], figures),
        more_columns=max(len(now) - _COLUMNS_SHOWN, 0),
        past=_describe_past(past),
        n_past=len(past),
        topics=topics if enough else (),
        purposes=_describe_purposes(figures) if enough else "",
        rhythm=list_rhythm(account, figures.lately, measured.window) if enough else (),
        changes=list_changes(account, others) if enough else (),
        looks=list_looks(account, figures.first_screen),
        titles=list_title_habits(account.titles) if enough else (),
        picks=_list_picks(account, figures, topics) if enough else (),
        beginning=list_beginning(account, figures, beginning) if enough else (),
        began=beginning,
        leads=list_leads(account.account, leading),
        n_leads=leading.bodies if leading else 0,
        lessons=draw_lessons(account, brief, measured),
        versus=_versus(account, figures, own, measured),
        phases=tabulate_phases([beginning]) if beginning else None,
        reads=tabulate_engagement(brief.engagement, [account]),
        foot=_describe_basis(account, figures, measured),
    )


def _tabulate_running(columns: Sequence[Column], figures: AccountFigures) -> Table | None:
    """The columns that run now: how often, how many, the newest issue."""
    if not columns:
        return None
    headings = (
        TableHeading(translate("在更的栏目")),
        TableHeading(translate("多久一期")),
        TableHeading(translate("篇数"), numeric=True),
        TableHeading(translate("近 13 周"), numeric=True),
        TableHeading(translate("最近一期")),
    )
    rows = tuple(
        TableRow(
            isolated(column.content_column, 20),
            (
                TableCell(describe_every(column)),
                TableCell(format_count(column.n), value=column.n, numeric=True),
                TableCell(format_count(figures.recent.get(column.column_id, 0)), numeric=True),
                TableCell(format_day(column.last) if column.last else "—"),
            ),
        )
        for column in columns
    )
    return Table(rich("在更的栏目"), headings, rows, style="short")


def _list_past(figures: AccountFigures) -> list[Column]:
    """The columns that paused or ended, the newest first."""
    past = [
        column for column in figures.columns if column.status in ("paused", "ended") and column.last
    ]
    return sorted(past, key=lambda column: (column.last, column.column_id), reverse=True)


def _describe_past(columns: Sequence[Column]) -> Content:
    return join(
        (
            rich(
                "{column}{n} 篇，到 {month}",
                column=column_name(column),
                n=column.n,
                month=format_month(column.last) if column.last else "",
            )
            for column in columns[:12]
        ),
        translate("；"),
    )


def _describe_purposes(figures: AccountFigures) -> Content:
    """What titles say outright of what articles are for."""
    shown = (
        rich("{purpose} {n} 篇", purpose=translate_phrase(purpose), n=n)
        for purpose, n in figures.sure[:4]
    )
    listed = join(shown, translate("、"))
    return rich("标题里写明用途的：{listed}。", listed=listed) if listed else ""


def _list_picks(
    account: AccountSummary, figures: AccountFigures, topics: Sequence[Topic]
) -> tuple[Shown, ...]:
    picks = choose_picks(figures.candidates, list_topics(topics, account.listed))
    return tuple(
        Shown(pick.example, pick.at, describe_reason(pick, figures.columns)) for pick in picks
    )


def _versus(
    account: AccountSummary,
    figures: AccountFigures,
    own: AccountSummary | None,
    measured: DossierFigures,
) -> Table | None:
    if own is None or account.own or not account.enough:
        return None
    return tabulate_versus_own((own, measured.of(own.account_id)), (account, figures))


def _describe_basis(
    account: AccountSummary, figures: AccountFigures, measured: DossierFigures
) -> Content:
    """n, window and coverage of everything above, once."""
    whole = rich(
        "收录 {n:,} 篇，{span}，覆盖率{coverage}。",
        n=account.articles,
        span=date_span(account.first, account.last),
        coverage=coverage_of(account),
    )
    lately = figures.lately
    if lately is None or measured.window is None or not account.enough:
        return whole
    window = rich(
        "近 {weeks} 周是 {span}：{pushes} 次推送（{timed} 次知道钟点）、{articles} 篇，"
        "{bodies} 篇有正文。",
        weeks=measured.window.weeks,
        span=date_span(lately.since, lately.until),
        pushes=lately.pushes,
        timed=lately.timed,
        articles=lately.articles,
        bodies=lately.bodies,
    )
    layout = account.layout
    looks = (
        rich(
            "长相看 {n} 篇有正文的，{span}。", n=layout.n, span=date_span(layout.first, layout.last)
        )
        if layout and layout.enough
        else ""
    )
    floor = rich("不到 {floor} 篇的不给占比和中位数。", floor=MIN_ARTICLES)
    return join([part for part in (whole, window, looks, floor) if part], " ")

"""Frames -> what a brief says, as frozen records with raw numbers. No wording (findings.py,
templates), no drawing (charts.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from datetime import date as Date
from typing import Any

import pandas as pd

from analysis.brief.sections.cadence import (
    MIN_DAYS,
    Cadence,
    Crowding,
    measure_cadences,
    measure_crowding,
)
from analysis.brief.sections.columns import (
    Column,
    Columned,
    ColumnType,
    TreeNode,
    grow_tree,
    match_types,
    measure_columns,
    no_columns,
)
from analysis.brief.sections.compare import Comparison, Sections, measure_comparison, no_comparison
from analysis.brief.sections.engagement import Engagement, measure_engagement
from analysis.brief.sections.firsts import Firsts, measure_firsts
from analysis.brief.sections.gaps import RivalsSection, measure_rivals_section
from analysis.brief.sections.layout import Layout, measure_layout_sections
from analysis.brief.sections.leads import Leading, measure_leading
from analysis.brief.sections.sending import Sending, measure_sending
from analysis.brief.sections.sources import SourceChange, list_source_changes
from analysis.brief.sections.topics import RisingTopic, Topic, list_rising, list_topics
from analysis.brief.sections.words import Purposes, Titles, measure_words
from analysis.evidence import MIN_ARTICLES
from analysis.frames import ARTICLES, empty_frame
from analysis.group import AccountGroup
from analysis.group.window import Window, choose_window
from analysis.rows import Example, parts_of, plain, rows_of, to_time

__all__ = [
    "MIN_ARTICLES",
    "MIN_DAYS",
    "AccountSummary",
    "BriefSummary",
    "Cadence",
    "Column",
    "Example",
    "Layout",
    "summarise",
]

_ROLE_ORDER = {"own": 0, "direct": 1, "adjacent": 2, "benchmark": 3}
_COLUMNS_SHOWN = 8
_EXAMPLES = 3
_ABOUT = (  # of the page about an account, in this order
    "主体",
    "主体类型",
    "账号类型",
    "认证类型",
    "微信号",
    "IP属地",
    "注册时间",
    "授权第三方",
    "名称记录",
)


@dataclass(frozen=True, slots=True, eq=False)
class AccountSummary:
    """All of one account. Frames are for its charts.

    `articles`, `cadence` (its changes and regularity), `columned` and `layout` are of all that is
    held, `n_titled` of them with a title or an album; `recent` (rates, usual hours), `purposes`,
    `titles` and `topics` are of the brief's window.
    """

    account_id: str
    account: str
    brand: str | None
    role: str | None
    signature: str | None
    facts: tuple[tuple[str, str], ...]
    about: tuple[tuple[str, str], ...]  # of WeChat's page about the account
    articles: int
    undated: int
    first: datetime | None
    last: datetime | None
    coverage: float | None
    basis: str
    permissions: tuple[str, ...]
    cadence: Cadence | None
    recent: Cadence | None
    columned: Columned
    n_titled: int
    topics: tuple[Topic, ...]
    rising: tuple[RisingTopic, ...]
    layout: Layout | None
    purposes: Purposes | None
    titles: Titles | None
    latest: tuple[Example, ...]
    sending: Sending | None = None
    place: int = 0  # among the brief's accounts, from 1: its page is #account-<place>
    listed: pd.DataFrame = field(
        default_factory=lambda: empty_frame(ARTICLES), repr=False
    )  # its articles with a title, oldest first: for examples

    @property
    def columns(self) -> tuple[Column, ...]:
        """Its largest content columns."""
        return self.columned.shown

    @property
    def own(self) -> bool:
        """Whether this is the reader's own account."""
        return self.role == "own"

    @property
    def enough(self) -> bool:
        """Whether its cadence carries a conclusion."""
        return self.cadence is not None and self.cadence.enough


@dataclass(frozen=True, slots=True, eq=False)
class BriefSummary:
    """A brief's figures. `accounts`: own first, then by role, then those with most articles;
    `first`, `last` span all dated articles, `window` the days in which accounts are compared.
    """

    date: date
    first: datetime | None
    last: datetime | None
    accounts: tuple[AccountSummary, ...]
    window: Window | None = None
    rising: tuple[RisingTopic, ...] = ()
    source_changes: tuple[SourceChange, ...] = ()
    crowding: Crowding | None = None
    tree: tuple[TreeNode, ...] = ()
    column_types: tuple[ColumnType, ...] = ()
    engagement: Engagement | None = None
    leading: Mapping[str, Leading] = field(default_factory=dict)
    rivals: RivalsSection | None = None
    firsts: Mapping[str, Firsts] = field(default_factory=dict)
    comparison: Comparison = field(default_factory=no_comparison)
    title: str | None = None
    article_list: pd.DataFrame = field(
        default_factory=lambda: empty_frame(ARTICLES), repr=False
    )  # AccountGroup.article_list: for the workbook

    @property
    def articles(self) -> int:
        """Articles of all accounts, dated or not."""
        return sum(account.articles for account in self.accounts)

    def is_of_source(self, account_id: str, kind: str, day: Date) -> bool:
        """Whether a change of an account came with others' in one week and from one source."""
        return any(change.covers(account_id, kind, day) for change in self.source_changes)


def summarise(
    group: AccountGroup,
    *,
    date: date,
    axes: tuple[str, str] | None = None,
    title: str | None = None,
) -> BriefSummary:
    """A brief's figures, from a group's studies.

    Articles of an account that is not in the group's `accounts` are shown under the name they
    carry; accounts without coverage under unknown coverage. `axes` are the map's
    (dimensions.parse_axes), `title` heads the page.
    """
    articles, accounts = group.articles, group.accounts
    strangers = articles.loc[
        ~articles["account_id"].isin(accounts["account_id"]), ["account_id", "account"]
    ].drop_duplicates("account_id")
    rows = rows_of(accounts) | rows_of(strangers)
    covered = {} if group.coverage.empty else rows_of(group.coverage)
    window = choose_window(articles)
    figures = _Figures(group, group.within(window) if window else group, rows)
    summaries = [
        _summarise_account(row, covered.get(key, {}), figures) for key, row in rows.items()
    ]
    summaries.sort(
        key=lambda account: (
            _ROLE_ORDER.get(account.role or "", 4),
            not account.enough,
            -account.articles,
            account.account,
            account.account_id,
        )
    )
    summaries = [replace(account, place=place) for place, account in enumerate(summaries, 1)]
    others = [account.account_id for account in summaries if account.enough and not account.own]
    enough = [account.account_id for account in summaries if account.enough]
    assigned = group.column_articles
    return BriefSummary(
        date=date,
        first=to_time(articles["published_at"].min()),
        last=to_time(articles["published_at"].max()),
        accounts=tuple(summaries),
        window=window,
        rising=list_rising(group.rising_topics, articles),
        source_changes=list_source_changes(group.source_changes),
        crowding=measure_crowding(figures.recent.pushes, rivals=others, own=figures.own),
        comparison=measure_comparison(
            figures.recent.articles, rows, covered, figures.sections, axes=axes
        ),
        title=title,
        tree=_tree(assigned, accounts, summaries),
        column_types=match_types(assigned[assigned["account_id"].isin(enough)]),
        engagement=measure_engagement(group.observations, articles, assigned),
        leading=measure_leading(group.leads, articles),
        firsts=measure_firsts(group.overlaps, articles),
        article_list=group.article_list,
        rivals=measure_rivals_section(
            group, shown=enough, own=[account.account_id for account in summaries if account.own]
        ),
    )


class _Figures:
    """Every statistic once over all accounts, then looked up by account; `recent` is the group
    within the window.
    """

    def __init__(
        self, group: AccountGroup, recent: AccountGroup, rows: Mapping[str, Mapping[str, Any]]
    ) -> None:
        articles = group.articles
        self.own = _own_of(articles, rows)
        self.articles = parts_of(articles)
        self.recent = recent
        self.cadences = measure_cadences(group.pushes, own=self.own)
        self.recent_cadences = measure_cadences(recent.pushes, own=self.own)
        self.sending = measure_sending(articles, group.pushes)
        self.columns = measure_columns(articles, group.column_articles, group.profiles)
        self.purposes, self.titles_of = measure_words(
            recent.articles, recent.purposes, recent.titles
        )
        self.layouts = measure_layout_sections(articles, group.profiles, group.layout)
        self.topics = list_topics(recent.topics, recent.articles)
        self.rising = {
            str(key): list_rising(rising, articles)
            for key, rising in parts_of(group.shifted_topics).items()
        }
        recent_columns = measure_columns(recent.articles, recent.column_articles, group.profiles)
        self.sections = Sections(
            self.recent_cadences, recent_columns, self.purposes, self.titles_of, self.layouts
        )


def _tree(
    assigned: pd.DataFrame, accounts: pd.DataFrame, summaries: Sequence[AccountSummary]
) -> tuple[TreeNode, ...]:
    """The content tree of the accounts that carry conclusions; strangers to the accounts frame
    stand under their own name.
    """
    columned = {account.account_id: account.columned for account in summaries if account.enough}
    return grow_tree(
        assigned[assigned["account_id"].isin(list(columned))],
        accounts[["account_id", "brand"]],
        columned,
    )


def _own_of(articles: pd.DataFrame, rows: Mapping[str, Mapping[str, Any]]) -> str | None:
    """The own account; of several the one with most articles."""
    own = [key for key, row in rows.items() if row.get("role") == "own"]
    counts = articles["account_id"].value_counts()
    return min(own, key=lambda key: (-int(counts.get(key, 0)), key), default=None)


def _summarise_account(
    row: Mapping[str, Any], covered: Mapping[str, Any], figures: _Figures
) -> AccountSummary:
    key = str(row["account_id"])
    own = figures.articles.get(key, empty_frame(ARTICLES))
    newest = (
        own.dropna(subset=["title"])
        .sort_values(["published_at", "article_id"], ascending=[False, True])
        .head(_EXAMPLES)
    )
    seen = own["title"].notna() | own["albums"].map(bool).astype(bool)
    return AccountSummary(
        account_id=key,
        account=str(row["account"]),
        brand=row.get("brand"),
        role=row.get("role"),
        signature=row.get("signature"),
        facts=tuple((str(name), str(value)) for name, value in (row.get("facts") or {}).items()),
        about=_about(row),
        articles=len(own),
        undated=int(own["published_at"].isna().sum()),
        first=to_time(own["published_at"].min()),
        last=to_time(own["published_at"].max()),
        coverage=covered.get("coverage"),
        basis=str(covered.get("basis") or ""),
        permissions=tuple(covered.get("permissions") or ()),
        cadence=figures.cadences.get(key),
        recent=figures.recent_cadences.get(key),
        columned=figures.columns.get(key, no_columns()),
        n_titled=int(seen.sum()),
        topics=figures.topics.get(key, ()),
        rising=figures.rising.get(key, ()),
        layout=figures.layouts.get(key),
        purposes=figures.purposes.get(key),
        titles=figures.titles_of.get(key),
        latest=tuple(
            Example(plain(title), plain(url))
            for title, url in zip(newest["title"], newest["url"], strict=True)
        ),
        sending=figures.sending.get(key),
        listed=own.dropna(subset=["title"]).sort_values(
            ["published_at", "article_id"], ignore_index=True
        ),
    )


def _about(row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Who runs the account, where WeChat's own page about it was imported."""
    about = row.get("about") or {}
    stated = {**about, "主体": row.get("subject"), "微信号": row.get("alias")} if about else {}
    return tuple((name, str(stated[name])) for name in _ABOUT if stated.get(name))

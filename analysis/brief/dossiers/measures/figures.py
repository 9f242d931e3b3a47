"""What the dossiers need beyond the sections of a brief: the window, all columns, the first screen,
articles worth a look. Frames in, frozen records with raw numbers out; no wording.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from analysis.brief.dossiers.measures.exclusions import is_sure
from analysis.brief.dossiers.measures.first_screen import FirstScreen, measure_first_screens
from analysis.brief.dossiers.measures.lately import Lately, Window, measure_lately
from analysis.brief.dossiers.measures.picks import First, Pick, Works, list_candidates
from analysis.brief.sections.columns import Column
from analysis.columns.assign import COLUMNS, describe_columns
from analysis.engagement.counts import UNKNOWN_AGE, choose_age, classify_observations, pick_counts
from analysis.frames import empty_frame
from analysis.group import AccountGroup
from analysis.rows import Examples, parts_of, plain, plain_rows, rows_of

__all__ = ["AccountFigures", "DossierFigures", "measure_dossiers"]

# what words in a title tell reliably; 政策解读 is found in every 答疑, 行业研究 in every 报告
_BY_WORDS = (
    "干货教程",
    "活动预告",
    "推广营销",
    "招聘",
    "通知公告",
    "企业动态",
    "人物访谈",
    "用户互动",
)
_LEAST_SURE = 3  # articles of a purpose, before it is worth a word


@dataclass(frozen=True, slots=True, eq=False)
class AccountFigures:
    """One account. `columns` are all of its columns, the largest first, `recent` how many issues of
    each (by column_id) the window has; `sure` the purposes that words in titles tell, with their
    articles; `candidates` for the ten articles; `names` what it was called before,
    `subject` who runs it, `alias` its 微信号; `first_of` in
    how many of `shared` topics or texts it was the first of several accounts.
    """

    lately: Lately | None
    columns: tuple[Column, ...] = ()
    recent: Mapping[str, int] = field(default_factory=dict)
    first_screen: FirstScreen | None = None
    sure: tuple[tuple[str, int], ...] = ()
    candidates: tuple[Pick, ...] = ()
    names: tuple[str, ...] = ()
    subject: str | None = None
    alias: str | None = None
    first_of: int = 0
    shared: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class DossierFigures:
    """All accounts with an article, by account_id, over one window; `window` is None without a
    dated article.
    """

    window: Window | None = None
    accounts: Mapping[str, AccountFigures] = field(default_factory=dict)

    def of(self, account_id: str) -> AccountFigures:
        """An account's; of one without articles nothing is known."""
        return self.accounts.get(account_id) or AccountFigures(None)


def measure_dossiers(group: AccountGroup, *, shown: Sequence[str]) -> DossierFigures:
    """The figures of a group's dossiers; `shown` are the account_ids that carry conclusions: they
    alone set the window and are followed or lead.

    The window ends with the newest article of any of them, so that one that stopped long ago does
    not set it for all.
    """
    articles = group.articles
    dated = articles.dropna(subset=["published_at"])
    setting = dated[dated["account_id"].isin(list(shown))]
    newest = (dated if setting.empty else setting)["published_at"].max()
    if pd.isna(newest):
        return DossierFigures()
    window = Window.ending(newest.date())
    profiled = group.layout.profiled
    lately = measure_lately(window, dated, group.pushes, profiled=profiled, titles=group.titles)
    parts = _Parts(group, shown, window)
    screens = measure_first_screens(profiled)
    return DossierFigures(
        window,
        {
            key: parts.gather(key, lately.get(key), screens.get(key))
            for key in sorted(map(str, articles["account_id"].unique()))
        },
    )


class _Parts:
    """Every frame once, then looked up by account."""

    def __init__(self, group: AccountGroup, shown: Sequence[str], window: Window) -> None:
        articles, assigned = group.articles, group.column_articles
        described = describe_columns(articles, assigned, profiles=group.profiles)
        self._columns = parts_of(described[described["kind"] != "theme"])
        self._titles = Examples(articles)
        self._recent = _count_recent(assigned, window)
        self._sure = _count_sure(group.purposes)
        self._works = parts_of(_list_works(group))
        self._overlaps = group.overlaps[group.overlaps["account_id"].isin(list(shown))]
        self._firsts = _list_firsts(self._overlaps)
        self._shared = _count_shared(self._overlaps)
        self._counts = _count_reads(group)
        self._began = {key: bool(row["held"]) for key, row in rows_of(group.beginnings).items()}
        self._accounts = rows_of(group.accounts)

    def gather(self, key: str, lately: Lately | None, screen: FirstScreen | None) -> AccountFigures:
        """One account's figures."""
        rows = plain_rows(self._columns.get(key, empty_frame(COLUMNS)))
        columns = tuple(self._column(row) for row in rows)
        works = Works(
            self._works[key],
            columns,
            self._firsts.get(key, []),
            self._counts.get(key),
            self._began.get(key, False),
        )
        row = self._accounts.get(key, {})
        first_of, shared = self._shared.get(key, (0, 0))
        return AccountFigures(
            lately=lately,
            columns=columns,
            recent={
                column.column_id: self._recent[column.column_id]
                for column in columns
                if column.column_id in self._recent
            },
            first_screen=screen,
            sure=self._sure.get(key, ()),
            candidates=list_candidates(works),
            names=tuple(name for name in row.get("names") or () if name != row.get("account")),
            subject=row.get("subject"),
            alias=row.get("alias"),
            first_of=first_of,
            shared=shared,
        )

    def _column(self, row: Mapping[str, Any]) -> Column:
        values = {name: row[name] for name in Column.__dataclass_fields__ if name != "examples"}
        examples = tuple(self._titles[article_id] for article_id in row["examples"])
        return Column(**values, examples=examples)


def _count_recent(assigned: pd.DataFrame, window: Window) -> dict[str, int]:
    """The articles of each column in the window, by column_id."""
    days = assigned["published_at"].dt.date
    inside = assigned[(days >= window.since) & (days <= window.until)]
    return {str(key): int(n) for key, n in inside["column_id"].value_counts().items()}


def _count_sure(purposes: pd.DataFrame) -> dict[str, tuple[tuple[str, int], ...]]:
    """The purposes that words tell and their articles, most first, by account_id."""
    surely = purposes["signal"].map(lambda signal: is_sure(plain(signal))).astype(bool)
    sure = purposes[surely & purposes["purpose"].isin(_BY_WORDS)]
    return {
        key: tuple(
            (purpose, n)
            for purpose in sorted(_BY_WORDS, key=lambda name: -counts.get(name, 0))
            if (n := counts.get(purpose, 0)) >= _LEAST_SURE
        )
        for key, part in parts_of(sure).items()
        for counts in [Counter(map(str, part["purpose"]))]
    }


def _list_works(group: AccountGroup) -> pd.DataFrame:
    """The articles with column, purpose and size beside them."""
    columns = group.column_articles[["article_id", "content_column", "column_id", "kind"]]
    bodies = group.profiles[["article_id", "chars", "images"]]
    return (
        group.articles.drop(columns=["kind"])
        .merge(columns, on="article_id", how="left")
        .merge(group.purposes[["article_id", "purpose", "signal"]], on="article_id", how="left")
        .merge(bodies, on="article_id", how="left")
    )


def _list_firsts(overlaps: pd.DataFrame) -> dict[str, list[First]]:
    """The articles that were surely first with a text or topic that others had later, by
    account_id.
    """
    firsts: dict[str, list[First]] = {}
    for _, part in overlaps.groupby("overlap_id", sort=True):
        leader, *followers = plain_rows(part)
        if leader["first"] and not leader["repost"] and followers:
            firsts.setdefault(leader["account_id"], []).append(
                First(
                    leader["article_id"],
                    leader["published_at"],
                    tuple(row["account"] for row in followers),
                    followers[0]["behind_hours"],
                    same_text=leader["kind"] != "same_topic",
                )
            )
    return firsts


def _count_shared(overlaps: pd.DataFrame) -> dict[str, tuple[int, int]]:
    """(first with, of) the topics and texts that two accounts or more had and whose order is known,
    by account_id.
    """
    several = overlaps[overlaps.groupby("overlap_id")["account_id"].transform("size") >= 2]
    known = several[several["first"].notna()]
    counted = known.groupby("account_id")["first"].agg(["sum", "size"])
    return {str(key): (int(row["sum"]), int(row["size"])) for key, row in counted.iterrows()}


def _count_reads(group: AccountGroup) -> dict[str, pd.DataFrame]:
    """The counts of each account at the one age that the brief compares; none where nobody knows
    when they were seen.
    """
    observations = group.observations
    if observations is None or observations.empty:
        return {}
    classified = classify_observations(observations, group.articles)
    age = choose_age(classified)
    if age is None or age == UNKNOWN_AGE:
        return {}
    return parts_of(pick_counts(classified, group.articles, age=age))

"""Planned columns against the columns that are there: crowded, shared or free, with the columns and
articles that say so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import pandas as pd

from analysis.evidence import MIN_ACCOUNTS
from analysis.peers.similar import TEXTS, index_content, rank_texts
from analysis.prelaunch.answers.nearness import shared_names
from analysis.prelaunch.answers.rivals import SharedWord, distinctive_words
from analysis.prelaunch.answers.topics import without_pieces
from analysis.prelaunch.group import Group, examples_of
from analysis.prelaunch.plan import Plan, PlannedColumn
from analysis.prelaunch.schedule import PlannedRhythm
from analysis.rows import Example, plain_rows
from analysis.text.normalize import normalize_key

__all__ = [
    "ALIKE",
    "ALIKE_NAMES",
    "ALIKE_TITLES",
    "CROWDED",
    "ColumnAnswer",
    "ColumnsAnswer",
    "RivalColumn",
    "answer_columns",
]

# Similarity from which a column counts as of the same kind, and of its titles where the plan gives
# any. On the sample the four pairs planted alike at different brands are found from either side,
# and 2 of 34 columns find one wrongly; of 321 columns of real accounts beside eight unlike ones, 5
# (2 %) do.
ALIKE, ALIKE_TITLES = 0.2, 0.1
# Dice of two names' pairs of characters: of 29 pairs of 540 real columns at or above it, about 6
# are of another kind, read by hand
ALIKE_NAMES = 0.6
CROWDED = 3  # brands with a running column of that kind: three accounts of one owner are one rival
_NEAREST = 3
_PROPOSED = 3
_RUNNING = ("new", "active", None)  # None: too few issues to judge


@dataclass(frozen=True, slots=True)
class RivalColumn:
    """One rival's column and its similarity to the planned one: content, titles, name and meaning
    of words, each 0 to 1 as in similar.rank_texts.
    """

    account: str
    account_id: str
    brand: str
    content_column: str
    column_id: str
    n: int
    first: datetime | None
    last: datetime | None
    status: str | None
    interval_days: float | None
    weekday: int | None
    weekday_share: float | None
    likeness: float
    title_likeness: float
    name_likeness: float
    meaning: float
    same: bool
    examples: tuple[Example, ...]

    @property
    def running(self) -> bool:
        """Whether it still appears, as far as its dates show."""
        return self.status in _RUNNING


@dataclass(frozen=True, slots=True)
class ColumnAnswer:
    """What was found for one planned column. verdict: crowded, shared, free or unknown (too few
    accounts with columns to call it free).
    """

    name: str
    titles: tuple[str, ...]
    rhythm: PlannedRhythm | None
    verdict: str
    same: tuple[RivalColumn, ...]
    nearest: tuple[RivalColumn, ...]
    words: tuple[SharedWord, ...]
    topic_articles: int
    topic_accounts: int
    topic_examples: tuple[Example, ...]
    proposed: bool = False


@dataclass(frozen=True, slots=True)
class ColumnsAnswer:
    """All planned columns, or those proposed where the plan has none; `columns` of `accounts` are
    the rival columns they were compared with.
    """

    answers: tuple[ColumnAnswer, ...]
    columns: int
    accounts: int
    titles: int
    first: datetime | None
    last: datetime | None


def answer_columns(plan: Plan, group: Group) -> ColumnsAnswer:
    """Each planned column against the group's columns. Without any, those running rival columns
    that suit the positioning best are proposed.
    """
    described = {str(row["column_id"]): row for row in plain_rows(group.columns)}
    accounts = len({row["account_id"] for row in described.values()})
    recent = group.in_window(group.articles)
    planned_columns = plan.columns or (PlannedColumn(plan.positioning),)
    described = {
        key: row | {"status": "ended"}
        if row["account_id"] in group.stopped and row["status"] in _RUNNING
        else row
        for key, row in described.items()
    }
    ranked = _rank(planned_columns, group, described, shared_names(plan, group))
    if plan.columns:
        answers = tuple(
            _answer(planned, rival_columns, recent, group, accounts)
            for planned, rival_columns in zip(planned_columns, ranked, strict=True)
        )
    else:
        answers = _propose(ranked[0], recent, group)
    return ColumnsAnswer(
        answers,
        len(described),
        accounts,
        int(recent["title"].notna().sum()),
        group.first,
        group.last,
    )


def _rank(
    planned_columns: Sequence[PlannedColumn],
    group: Group,
    described: Mapping[str, Mapping[str, Any]],
    shared: Mapping[str, Sequence[str]],
) -> list[list[RivalColumn]]:
    """For each planned column all rival columns with any similarity, the most similar first; what
    the plan's name shares with an account's (`shared`) is left out of both.
    """
    if not described:
        return [[] for _ in planned_columns]
    inside = group.assigned[group.assigned["column_id"].isin(list(described))]
    names = {key: str(row["content_column"]) for key, row in described.items()}
    titles = [
        without_pieces(str(title).replace(names[column_id], " "), shared[key])
        for column_id, key, title in zip(
            inside["column_id"], inside["account_id"], inside["title"].fillna(""), strict=True
        )
    ]
    bare = {
        key: without_pieces(name, shared[described[key]["account_id"]])
        for key, name in names.items()
    }
    articles = pd.DataFrame(
        {"account_id": inside["column_id"].array, "title": pd.Series(titles, dtype="str")}
    )
    owners = pd.DataFrame(
        {
            "account_id": list(names),
            "account": [bare[key] for key in names],
            "names": [[bare[key]] for key in names],
            "signature": None,
        }
    )
    index = index_content(
        articles, owners.astype({"account_id": "str", "account": "str", "signature": "str"})
    )
    asked = pd.DataFrame(
        {
            "query": [str(position) for position in range(len(planned_columns))],
            "text": ["\n".join([planned.name, *planned.titles]) for planned in planned_columns],
        }
    ).astype(TEXTS)
    ranked = plain_rows(rank_texts(index, asked, top=len(names)))
    return [
        [
            _rival_column(
                row,
                described[str(row["account_id"])],
                planned,
                group,
                shared[described[str(row["account_id"])]["account_id"]],
            )
            for row in ranked
            if row["query"] == str(position)
        ]
        for position, planned in enumerate(planned_columns)
    ]


def _rival_column(
    row: Mapping[str, Any],
    about: Mapping[str, Any],
    planned: PlannedColumn,
    group: Group,
    shared: Sequence[str],
) -> RivalColumn:
    alike = row["content"] >= ALIKE and (
        row["title_likeness"] >= ALIKE_TITLES or not planned.titles
    )
    these, those = (
        without_pieces(name, shared) for name in (planned.name, str(about["content_column"]))
    )
    same = alike or _name_similarity(these, those) >= ALIKE_NAMES
    copied = (
        "account",
        "account_id",
        "content_column",
        "column_id",
        "n",
        "first",
        "last",
        "status",
        "interval_days",
        "weekday",
        "weekday_share",
    )
    return RivalColumn(
        **{key: about[key] for key in copied},
        brand=group.brands[about["account_id"]],
        likeness=row["content"],
        title_likeness=row["title_likeness"],
        name_likeness=row["name_likeness"],
        meaning=row["meaning"],
        same=same,
        examples=examples_of(group, about["examples"]),
    )


def _name_similarity(name: str, other_name: str) -> float:
    """Dice of the pairs of neighbouring characters, ends included: 1 for the same folded name."""
    these, those = (
        frozenset(a + b for a, b in pairwise(f" {normalize_key(text)} "))
        for text in (name, other_name)
    )
    return 2 * len(these & those) / (len(these) + len(those))


def _answer(
    planned: PlannedColumn,
    ranked: Sequence[RivalColumn],
    recent: pd.DataFrame,
    group: Group,
    accounts: int,
) -> ColumnAnswer:
    same = tuple(column for column in ranked if column.same)
    words, hits = distinctive_words(planned.name, planned.titles, recent)
    about = recent[recent["article_id"].isin(hits)].sort_values(
        ["published_at", "article_id"], ascending=[False, True]
    )
    return ColumnAnswer(
        name=planned.name,
        titles=planned.titles,
        rhythm=planned.rhythm,
        verdict=_classify(same, accounts),
        same=same,
        nearest=tuple(column for column in ranked if not column.same)[:_NEAREST],
        words=words,
        topic_articles=len(about),
        topic_accounts=about["account_id"].nunique(),
        topic_examples=examples_of(
            group, list(about.drop_duplicates("account_id")["article_id"])[:_NEAREST]
        ),
    )


def _classify(same: Sequence[RivalColumn], accounts: int) -> str:
    running_brands = len({column.brand for column in same if column.running})
    if running_brands:
        return "crowded" if running_brands >= CROWDED else "shared"
    return "free" if accounts >= MIN_ACCOUNTS else "unknown"


def _propose(
    ranked: Sequence[RivalColumn], recent: pd.DataFrame, group: Group
) -> tuple[ColumnAnswer, ...]:
    """The kinds of column nearest to the positioning, one a brand, that rivals keep up: to do
    differently, not to copy.
    """
    nearest_by_brand: dict[str, RivalColumn] = {}
    for column in ranked:
        if column.running and column.interval_days is not None:
            nearest_by_brand.setdefault(column.brand, column)
    best = list(nearest_by_brand.values())[:_PROPOSED]
    return tuple(_proposal(column, recent, group) for column in best)


def _proposal(column: RivalColumn, recent: pd.DataFrame, group: Group) -> ColumnAnswer:
    weeks = max(round((column.interval_days or 7) / 7), 1)
    rhythm = PlannedRhythm(
        "每周" if weeks == 1 else "每两周" if weeks == 2 else "每月",
        weeks=min(weeks, 2),
        monthly=weeks > 2,
    )
    titles = tuple(str(example.title) for example in column.examples if example.title)
    words, hits = distinctive_words(column.content_column, titles, recent)
    about = recent[recent["article_id"].isin(hits)]
    return ColumnAnswer(
        name=column.content_column,
        titles=(),
        rhythm=rhythm,
        verdict="shared",
        same=(column,),
        nearest=(),
        words=words,
        topic_articles=len(about),
        topic_accounts=about["account_id"].nunique(),
        topic_examples=(),
        proposed=True,
    )

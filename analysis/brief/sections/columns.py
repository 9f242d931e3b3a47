"""The content columns of accounts, as a brief shows them: per account with their figures, as a
tree, and matched between accounts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pandas as pd

from analysis.columns.across.matching import match_columns
from analysis.columns.across.tree import build_content_tree
from analysis.columns.assign import ASSIGNED, COLUMNS, describe_columns
from analysis.frames import empty_frame
from analysis.rows import Example, Examples, parts_of, plain_rows

__all__ = [
    "Column",
    "ColumnType",
    "Columned",
    "Member",
    "TreeNode",
    "grow_tree",
    "match_types",
    "measure_columns",
    "no_columns",
]

_SHOWN = 10
_TYPES_SHOWN = 12
_THEMES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Column:
    """One content column of one account; see columns.assign.describe_columns."""

    column_id: str
    content_column: str
    kind: str
    n: int
    share: float
    strength: float
    n_reposted: int
    first: datetime | None
    last: datetime | None
    interval_days: float | None
    interval_iqr_days: float | None
    adherence: float | None
    due: int | None
    status: str | None
    silent_days: int | None
    weekday: int | None
    weekday_share: float | None
    hour: int | None
    hour_share: float | None
    n_timed: int
    slot: int | None
    slot_share: float | None
    chars: float | None
    images: float | None
    n_bodies: int
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Columned:
    """One account's columns: those shown, `every` one, how many there are, and their share of the
    articles with a title or an album; frames for its chart.
    """

    shown: tuple[Column, ...]
    every: tuple[Column, ...]
    n: int
    share: float
    n_themes: int
    share_in_themes: float
    frame: pd.DataFrame = field(repr=False)
    issues: pd.DataFrame = field(repr=False)


@dataclass(frozen=True, slots=True)
class TreeNode:
    """A node of the content tree: level brand, account, column (未归栏 included) or theme; `hidden`
    children are not listed.
    """

    level: str
    name: str
    kind: str | None
    n: int
    share: float
    children: tuple[TreeNode, ...]
    examples: tuple[Example, ...]
    hidden: int


@dataclass(frozen=True, slots=True)
class Member:
    """A column of a column type, with how alike it is to its best match."""

    account_id: str
    account: str
    content_column: str
    n: int
    matched_with: str
    evidence: str  # 同名, 名称 or 内容
    content_similarity: float
    purpose_similarity: float


@dataclass(frozen=True, slots=True)
class ColumnType:
    """Columns of one kind at several accounts."""

    name: str
    n: int
    members: tuple[Member, ...]

    @property
    def accounts(self) -> list[str]:
        """The account_ids that have such a column."""
        return sorted({member.account_id for member in self.members})

    @property
    def reasons(self) -> list[str]:
        """Why they are taken for one kind, the strongest first."""
        evidence = {member.evidence for member in self.members}
        by_content = [member for member in self.members if member.evidence == "内容"]
        similarities = (
            f"主题 {min(member.content_similarity for member in by_content):.2f}，目的 "
            f"{min(member.purpose_similarity for member in by_content):.2f}"
            if by_content
            else ""
        )
        reasons = {
            "同名": "栏目名相同",
            "名称": "名字里有同类字眼",
            "内容": f"标题说的事和目的都像（{similarities}）",
        }
        return [words for why, words in reasons.items() if why in evidence]


def measure_columns(
    articles: pd.DataFrame, assigned: pd.DataFrame, profiles: pd.DataFrame
) -> dict[str, Columned]:
    """The columns of each account that has any column or theme, by account_id."""
    described = describe_columns(articles, assigned, profiles=profiles)
    titles = Examples(articles)
    theme = described["kind"] == "theme"
    columns, themes, issues_of = (
        parts_of(described[~theme]),
        parts_of(described[theme]),
        parts_of(assigned.dropna(subset=["content_column"])),
    )
    columned = {}
    for key, issues in issues_of.items():
        own, loose = columns.get(key, empty_frame(COLUMNS)), themes.get(key, empty_frame(COLUMNS))
        frame = own.head(_SHOWN)
        every = tuple(_column(row, titles) for row in plain_rows(own))
        shown_issues = issues[issues["column_id"].isin(frame["column_id"])].sort_values(
            ["published_at", "article_id"], ignore_index=True
        )
        columned[key] = Columned(
            every[: len(frame)],
            every,
            len(own),
            float(own["share"].sum()),
            len(loose),
            float(loose["share"].sum()),
            frame,
            shown_issues,
        )
    return columned


def no_columns() -> Columned:
    """An account without any."""
    return Columned((), (), 0, 0.0, 0, 0.0, empty_frame(COLUMNS), empty_frame(ASSIGNED))


def _column(row: Mapping[str, Any], titles: Examples) -> Column:
    values = {name: row[name] for name in Column.__dataclass_fields__ if name != "examples"}
    return Column(**values, examples=tuple(titles[article_id] for article_id in row["examples"]))


def grow_tree(
    assigned: pd.DataFrame, accounts: pd.DataFrame, columns: Mapping[str, Columned]
) -> tuple[TreeNode, ...]:
    """The content tree of build_content_tree, its articles as a few examples of each column; the
    largest columns and themes are listed.
    """
    rows = plain_rows(build_content_tree(assigned, accounts, articles=False))
    below: dict[str | None, list[dict[str, Any]]] = {}
    for row in rows:
        below.setdefault(row["parent_id"], []).append(row)
    examples = {
        column.column_id: column.examples
        for columned in columns.values()
        for column in columned.shown
    }
    newest = _newest(assigned[assigned["kind"] == "theme"])
    return tuple(_grow(row, below, examples | newest) for row in below.get(None, ()))


def _newest(themes: pd.DataFrame) -> dict[str, tuple[Example, ...]]:
    """Three of each theme's newest titles."""
    ordered = themes.sort_values(
        ["published_at", "article_id"], ascending=[False, True]
    ).drop_duplicates(["column_id", "title"])
    newest: dict[str, list[Example]] = {}
    for row in plain_rows(ordered.groupby("column_id").head(3)[["column_id", "title", "url"]]):
        newest.setdefault(row["column_id"], []).append(Example(row["title"], row["url"]))
    return {key: tuple(examples) for key, examples in newest.items()}


def _grow(
    row: Mapping[str, Any],
    below: Mapping[str | None, list[dict[str, Any]]],
    examples: Mapping[str, tuple[Example, ...]],
) -> TreeNode:
    children = below.get(row["node_id"], [])
    rest = [child for child in children if child["node_id"].startswith("rest:")]
    most = {"account": _SHOWN, "column": _THEMES_SHOWN}.get(row["level"], len(children))
    listed = [child for child in children if child not in rest][:most]
    return TreeNode(
        row["level"],
        row["name"],
        row["kind"],
        row["n"],
        row["share"],
        tuple(_grow(child, below, examples) for child in [*listed, *rest]),
        examples.get(row["node_id"].partition(":")[2], ()),
        len(children) - len(listed) - len(rest),
    )


def match_types(assigned: pd.DataFrame) -> tuple[ColumnType, ...]:
    """The kinds of columns that several accounts have, those of most accounts first."""
    groups: dict[tuple[int, str], list[Member]] = {}
    for row in plain_rows(match_columns(assigned)):
        member = Member(**{name: row[name] for name in Member.__dataclass_fields__})
        groups.setdefault((row["type_id"], row["column_type"]), []).append(member)
    types = [
        ColumnType(name, sum(member.n for member in members), tuple(members))
        for (_, name), members in groups.items()
    ]
    return tuple(
        sorted(types, key=lambda kind: (-len(kind.accounts), -kind.n, kind.name))[:_TYPES_SHOWN]
    )

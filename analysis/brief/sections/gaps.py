"""How accounts began, what rivals run and the own account doesn't, and who was first with the same
thing, as a brief shows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pandas as pd

from analysis.group import AccountGroup
from analysis.peers.overlap import count_pairs
from analysis.rows import Example, Examples, plain, plain_rows

__all__ = [
    "Action",
    "Beginning",
    "Gap",
    "Overlap",
    "OverlapPair",
    "Overlapping",
    "Phase",
    "RivalsSection",
    "Shared",
    "list_actions",
    "measure_rivals_section",
]

_MOST_ACTIONS, _MOST_SHOWN = 10, 6
_HIGH_RIVALS, _MIDDLE_ARTICLES = 3, 24  # two articles a month for a year
_LOW_EFFORT, _MIDDLE_EFFORT = 1.5, 4.5  # articles a month: up to one or so, up to one a week
_LEVELS = ("高", "中", "低")
_REASONS = {
    "number": "推送编号说明此前已发过很多次",
    "late issue": "最早收到的连载已经不是头几期",
    "together": "几个账号同一天前后开始，是资料的截止日",
    "limit": "几个账号篇数一样、都是整数，是收录上限",
    "since": "从指定的起始日算起",
    "coverage": "收录不到一半",
}
_FIGURES = {
    "pushes_per_week": "每周推送次数",
    "articles_per_push": "每次篇数",
    "columns": "栏目个数",
    "column_share": "栏目文章占比",
    "article_share": "图文占比",
    "image_share": "贴图占比",
    "video_share": "视频占比",
    "font_size_px": "正文字号",
    "images": "每篇图片",
}


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase of one account; see phases.cut_phases."""

    phase: int
    kind: str
    since: datetime
    until: datetime
    week_from: float
    week_to: float
    pushes: int
    pushes_per_week: float | None
    articles: int
    articles_per_push: float | None
    n_kinds: int
    article_share: float | None
    image_share: float | None
    video_share: float | None
    columns: int
    column_share: float | None
    started: list[str]
    started_on: list[str]
    dropped: list[str]
    dropped_on: list[str]
    hours_moved: list[str]
    redesigns: list[str]
    n_bodies: int
    template: int | None
    template_share: float | None
    font_size_px: float | None
    images: float | None


@dataclass(frozen=True, slots=True)
class Beginning:
    """How one account began, as far as its history is held: `unknown` says why its beginning is not
    told.
    """

    account_id: str
    account: str
    own: bool
    held: bool
    unknown: str
    steady: bool | None
    unsteady_because: str
    phases: tuple[Phase, ...]


@dataclass(frozen=True, slots=True)
class Shared:
    """A figure of the first 90 days in which steady accounts differ from the others."""

    figure: str
    n_steady: int
    steady_median: float
    n_others: int
    others_median: float
    p: float


@dataclass(frozen=True, slots=True)
class Gap:
    """A kind of columns or a theme that one side runs; see gaps.find_gaps."""

    side: str
    level: str
    name: str
    why: str
    accounts: int
    names: list[str]
    columns: list[str]
    n: int
    per_month: float
    interval_days: float | None
    running: int
    first: datetime
    last: datetime
    own_articles: int
    reuse: str | None
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do about a gap: impact and effort each by the rule of list_actions."""

    gap: Gap
    impact: str
    effort: str


@dataclass(frozen=True, slots=True)
class Overlapping:
    """One article of an overlap."""

    account: str
    own: bool
    example: Example
    published_at: datetime
    timed: bool
    first: bool | None
    behind_hours: float | None
    behind_days: int | None
    repost: bool


@dataclass(frozen=True, slots=True)
class Overlap:
    """Articles of several accounts that are one text or one topic, in order of time."""

    kind: str
    articles: tuple[Overlapping, ...]


@dataclass(frozen=True, slots=True)
class OverlapPair:
    """How often two accounts had the same, and who was first where the times tell; the own account
    is always `account`.
    """

    account: str
    other: str
    own: bool
    kind: str
    n: int
    first: int
    other_first: int
    untold: int
    examples: tuple[Example, ...]
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, eq=False)
class RivalsSection:
    """Beginnings, gaps and overlaps of the accounts that carry conclusions; `compared` says whether
    there is an own account, `own_enough` whether it does.
    """

    beginnings: tuple[Beginning, ...]
    n_held: int
    n_steady: int
    n_judged: int
    shared: tuple[Shared, ...]
    compared: bool
    own_enough: bool
    missing: tuple[Gap, ...]
    own_only: tuple[Gap, ...]
    actions: tuple[Action, ...]
    overlaps: tuple[Overlap, ...]
    n_texts: int
    n_topics: int
    versus: tuple[OverlapPair, ...]
    phases_frame: pd.DataFrame = field(repr=False)


def measure_rivals_section(
    group: AccountGroup, *, shown: Sequence[str], own: Sequence[str]
) -> RivalsSection:
    """The section's figures about the accounts `shown` (account_ids in their order); `own` are the
    reader's, shown or too small for it.
    """
    examples = Examples(group.articles)
    beginnings = _list_beginnings(group, shown, own)
    compared = bool(set(own) & set(group.articles["account_id"].unique()))
    gaps = [_gap(row, examples) for row in plain_rows(group.gaps)] if compared else []
    missing, own_only = (
        tuple(gap for gap in gaps if gap.side == side) for side in ("missing", "own only")
    )
    overlaps = group.overlaps[group.overlaps["account_id"].isin(list(shown))]
    overlaps = overlaps[overlaps.groupby("overlap_id")["account_id"].transform("size") >= 2]
    kinds = overlaps.drop_duplicates("overlap_id")["kind"].value_counts()
    return RivalsSection(
        beginnings=beginnings,
        n_held=sum(beginning.held for beginning in beginnings),
        n_steady=sum(beginning.steady is True for beginning in beginnings),
        n_judged=sum(beginning.steady is not None for beginning in beginnings),
        shared=_list_shared(group.steady_starts),
        compared=compared,
        own_enough=bool(set(own) & set(shown)),
        missing=missing,
        own_only=own_only,
        actions=list_actions(missing),
        overlaps=_list_overlaps(overlaps, examples, own),
        n_texts=int(kinds.sum() - kinds.get("same_topic", 0)),
        n_topics=int(kinds.get("same_topic", 0)),
        versus=_list_versus(overlaps, examples, own),
        phases_frame=_draw_frame(group.phases, beginnings),
    )


def _list_beginnings(
    group: AccountGroup, shown: Sequence[str], own: Sequence[str]
) -> tuple[Beginning, ...]:
    began, steady = (
        {row["account_id"]: row for row in plain_rows(frame)}
        for frame in (group.beginnings, group.steadiness)
    )
    phases: dict[str, list[Phase]] = {}
    for row in plain_rows(group.phases):
        phases.setdefault(row["account_id"], []).append(
            Phase(**{name: row[name] for name in Phase.__dataclass_fields__})
        )
    return tuple(
        Beginning(
            key,
            began[key]["account"],
            key in own,
            began[key]["held"],
            _why_unknown(began[key]),
            steady[key]["steady"],
            steady[key]["because"] or "",
            tuple(phases[key]),
        )
        for key in shown
        if key in began
    )


def _why_unknown(row: Mapping[str, Any]) -> str:
    if row["held"]:
        return ""
    return (
        "；".join(_REASONS[reason] for reason in row["against"])
        or "没有证据说明收到的第一篇就是它的第一篇"
    )


def _list_shared(shared: pd.DataFrame) -> tuple[Shared, ...]:
    rows = [row for row in plain_rows(shared) if row["holds"]]
    return tuple(
        Shared(
            _FIGURES[row["figure"]],
            *(
                row[name]
                for name in ("n_steady", "steady_median", "n_others", "others_median", "p")
            ),
        )
        for row in rows
    )


def _gap(row: Mapping[str, Any], examples: Examples) -> Gap:
    values = {name: row[name] for name in Gap.__dataclass_fields__ if name != "examples"}
    return Gap(
        **values, examples=tuple(examples[key] for key in row["examples"] if key in examples)
    )


def list_actions(missing: Sequence[Gap]) -> tuple[Action, ...]:
    """What to try, the greatest impact first, then the least effort, then columns before themes;
    nothing that is not to be copied.

    Impact is high where at least three rivals run it, middling where their articles of it are at
    least 24 (two a month for a year), else low. Effort is the articles a month it takes the rivals
    (median): low to 1.5, middling to 4.5 (about one a week), else high.
    """
    actions = [Action(gap, _impact(gap), _effort(gap)) for gap in missing if gap.reuse is None]
    actions.sort(
        key=lambda action: (
            _LEVELS.index(action.impact),
            -_LEVELS.index(action.effort),
            action.gap.level,
            -action.gap.accounts,
            -action.gap.n,
            action.gap.name,
        )
    )
    return tuple(actions[:_MOST_ACTIONS])


def _impact(gap: Gap) -> str:
    return "高" if gap.accounts >= _HIGH_RIVALS else "中" if gap.n >= _MIDDLE_ARTICLES else "低"


def _effort(gap: Gap) -> str:
    return (
        "低" if gap.per_month <= _LOW_EFFORT else "中" if gap.per_month <= _MIDDLE_EFFORT else "高"
    )


def _list_overlaps(
    overlaps: pd.DataFrame, examples: Examples, own: Sequence[str]
) -> tuple[Overlap, ...]:
    """The overlaps that tell most: those with the own account first, then as the frame has them."""
    mine = set(overlaps.loc[overlaps["account_id"].isin(list(own)), "overlap_id"].tolist())
    chosen = sorted(
        set(overlaps["overlap_id"].tolist()),
        key=lambda overlap_id: (overlap_id not in mine, overlap_id),
    )[:_MOST_SHOWN]
    parts = {
        int(str(overlap_id)): part
        for overlap_id, part in overlaps[overlaps["overlap_id"].isin(chosen)].groupby("overlap_id")
    }
    return tuple(
        Overlap(
            str(parts[overlap_id]["kind"].iat[0]),
            tuple(_overlapping(row, examples, own) for row in plain_rows(parts[overlap_id])),
        )
        for overlap_id in chosen
    )


def _overlapping(row: Mapping[str, Any], examples: Examples, own: Sequence[str]) -> Overlapping:
    timed = row["time_precision"] in ("second", "minute")
    values = {
        name: row[name]
        for name in ("published_at", "first", "behind_hours", "behind_days", "repost")
    }
    return Overlapping(
        row["account"], row["account_id"] in own, examples[row["article_id"]], timed=timed, **values
    )


def _list_versus(
    overlaps: pd.DataFrame, examples: Examples, own: Sequence[str]
) -> tuple[OverlapPair, ...]:
    """Pairs of accounts with most in common, those of the own account first and turned so that it
    stands first.
    """
    pairs = count_pairs(overlaps)
    mine = pairs["account_id"].isin(list(own)) | pairs["other_id"].isin(list(own))
    top = (
        pairs.assign(mine=mine)
        .sort_values(["mine", "n"], ascending=False, kind="stable")
        .head(_MOST_SHOWN)
    )
    return tuple(_versus(row, overlaps, examples, own) for row in plain_rows(top))


def _versus(
    row: Mapping[str, Any], overlaps: pd.DataFrame, examples: Examples, own: Sequence[str]
) -> OverlapPair:
    turned = row["other_id"] in own and row["account_id"] not in own
    sides = (
        ("other", "account", "other_first", "first")
        if turned
        else ("account", "other", "first", "other_first")
    )
    articles = overlaps[
        overlaps["overlap_id"].isin(row["overlap_ids"])
        & overlaps["account_id"].isin([row["account_id"], row["other_id"]])
    ]
    left = row["other_id"] if turned else row["account_id"]
    shown = tuple(
        examples[key]
        for key in articles.loc[articles["account_id"] == left, "article_id"].head(_MOST_SHOWN // 2)
    )
    named, numbers = (
        (row[sides[0]], row[sides[1]]),
        (row["n"], row[sides[2]], row[sides[3]], row["untold"]),
    )
    return OverlapPair(
        *named,
        left in own,
        row["kind"],
        *numbers,
        shown,
        plain(articles["published_at"].min()),
        plain(articles["published_at"].max()),
    )


def _draw_frame(phases: pd.DataFrame, beginnings: Sequence[Beginning]) -> pd.DataFrame:
    """Only the phases of the accounts shown, in their order."""
    order = {beginning.account_id: row for row, beginning in enumerate(beginnings)}
    shown = phases[phases["account_id"].isin(list(order))]
    return shown.assign(row=shown["account_id"].map(order)).sort_values(
        ["row", "phase"], ignore_index=True
    )

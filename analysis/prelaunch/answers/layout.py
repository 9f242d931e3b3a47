"""The planned layout, value by value: where it stands among the group's articles, and against what
guides recommend.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from analysis.evidence import MIN_ACCOUNTS, MIN_ARTICLES, MIN_CHARS
from analysis.layout.body.profile import StyleProfile
from analysis.layout.conventions import CONVENTIONS, Convention
from analysis.layout.draft import review_draft
from analysis.layout.measures import FEATURES
from analysis.prelaunch.group import Group
from analysis.prelaunch.plan import LAYOUT_RANGES, Plan
from analysis.rows import to_time

__all__ = ["LayoutAnswer", "LayoutValue", "answer_layout"]

_PROPOSED = (
    "font_size_px",
    "heading_px",
    "line_height",
    "letter_spacing_px",
    "side_px",
    "paragraph_chars",
    "n_colors",
    "chars",
    "images",
)


@dataclass(frozen=True, slots=True)
class LayoutValue:
    """One value. source: plan, draft or proposed (the median of the accounts' medians). `below`,
    `equal`: shares of the group's articles with a lower, the same value, each account weighing the
    same; quartiles over the accounts' medians; all missing below three accounts.
    """

    feature: str
    value: float
    source: str
    accounts: int
    articles: int
    below: float | None
    equal: float | None
    q1: float | None
    median: float | None
    q3: float | None
    convention: Convention | None
    verdict: str | None  # within, below or above the convention
    draft: float | None = None  # what the draft has where the plan says another value

    @property
    def percentile(self) -> float | None:
        """0 to 100, ties counted half."""
        return (
            None
            if self.below is None or self.equal is None
            else (self.below + self.equal / 2) * 100
        )


@dataclass(frozen=True, slots=True)
class LayoutAnswer:
    """The planned values, alignment with the share of accounts that mostly use it, and what is
    unusual in a draft compared with the group.
    """

    values: tuple[LayoutValue, ...]
    text_align: str | None
    align_source: str
    align_accounts: Mapping[str, int]
    accounts: int
    articles: int
    first: datetime | None
    last: datetime | None
    draft: str | None
    draft_lines: tuple[str, ...]

    @property
    def enough(self) -> bool:
        """Whether there are accounts enough to compare with."""
        return self.accounts >= MIN_ACCOUNTS


def answer_layout(plan: Plan, group: Group, *, draft: StyleProfile | None = None) -> LayoutAnswer:
    """The plan's values (before the draft's), else the group's medians as a proposal, against the
    group's articles and the conventions.
    """
    peers = _peers(group)
    accounts = peers["account_id"].nunique()
    aligned = _alignments(peers)
    usual = next(iter(aligned), None) if accounts >= MIN_ACCOUNTS else None
    text_align, source = (
        (plan.text_align, "plan")
        if plan.text_align
        else (draft.text_align, "draft")
        if draft
        else (usual, "proposed")
    )
    return LayoutAnswer(
        values=tuple(
            _value(name, value, source, peers, draft)
            for name, (value, source) in _stated(plan, draft, peers).items()
        ),
        text_align=text_align,
        align_source=source,
        align_accounts=aligned,
        accounts=accounts,
        articles=len(peers),
        first=to_time(peers["published_at"].min()),
        last=to_time(peers["published_at"].max()),
        draft=plan.draft if draft else None,
        draft_lines=tuple(review_draft(draft, peers)) if draft else (),
    )


def _peers(group: Group) -> pd.DataFrame:
    """The window's profiled articles of accounts with at least ten of running text."""
    profiled = group.in_window(group.profiled)
    counts = profiled.loc[profiled["chars"] >= MIN_CHARS, "account_id"].value_counts()
    return profiled[profiled["account_id"].isin(counts[counts >= MIN_ARTICLES].index)]


def _stated(
    plan: Plan, draft: StyleProfile | None, peers: pd.DataFrame
) -> dict[str, tuple[float, str]]:
    """Each value with where it comes from, in the order of LAYOUT_RANGES."""
    stated: dict[str, tuple[float, str]] = {}
    for name in LAYOUT_RANGES:
        if name in plan.layout:
            stated[name] = (plan.layout[name], "plan")
        elif draft is not None and getattr(draft, name) is not None:
            stated[name] = (float(getattr(draft, name)), "draft")
        elif draft is None and name in _PROPOSED:
            medians = _medians(name, peers)
            if len(medians) >= MIN_ACCOUNTS:
                stated[name] = (round(float(medians.median()), FEATURES[name].digits), "proposed")
    return stated


def _value(
    name: str, value: float, source: str, peers: pd.DataFrame, draft: StyleProfile | None
) -> LayoutValue:
    measured = _measured_articles(name, peers)
    weights = 1 / measured.groupby("account_id")["chars"].transform("size").astype("float64")
    medians = _medians(name, peers)
    enough = len(medians) >= MIN_ACCOUNTS
    q1, median, q3 = medians.quantile([0.25, 0.5, 0.75]).tolist() if enough else (None, None, None)
    convention = next((guide for guide in CONVENTIONS if guide.feature == name), None)
    drawn = (
        float(getattr(draft, name))
        if draft is not None and getattr(draft, name) is not None
        else None
    )
    return LayoutValue(
        feature=name,
        value=value,
        source=source,
        accounts=len(medians),
        articles=len(measured),
        below=float(weights[measured[name] < value - 1e-9].sum() / weights.sum())
        if enough
        else None,
        equal=float(weights[(measured[name] - value).abs() <= 1e-9].sum() / weights.sum())
        if enough
        else None,
        q1=q1,
        median=median,
        q3=q3,
        convention=convention,
        verdict=None if convention is None else _classify(convention, value),
        draft=drawn if source == "plan" and drawn is not None and drawn != value else None,
    )


def _measured_articles(name: str, peers: pd.DataFrame) -> pd.DataFrame:
    """The articles that have the figure, those of text where it needs running text."""
    eligible = peers[peers["chars"] >= MIN_CHARS] if FEATURES[name].of_text else peers
    return eligible.dropna(subset=[name])


def _medians(name: str, peers: pd.DataFrame) -> pd.Series[Any]:
    """One median an account, of those with ten articles that have the figure."""
    grouped = _measured_articles(name, peers).groupby("account_id")[name].agg(["median", "size"])
    return grouped.loc[grouped["size"] >= MIN_ARTICLES, "median"].astype("float64")


def _classify(convention: Convention, value: float) -> str:
    if convention.low is not None and value < convention.low:
        return "below"
    return "above" if convention.high is not None and value > convention.high else "within"


def _alignments(peers: pd.DataFrame) -> dict[str, int]:
    """How many accounts mostly use each alignment, the most first."""
    text = peers[peers["chars"] >= MIN_CHARS].dropna(subset=["text_align"])
    mostly = [
        str(alignments.value_counts().sort_index().idxmax())
        for _, alignments in text.groupby("account_id")["text_align"]
    ]
    return dict(Counter(sorted(mostly)).most_common())

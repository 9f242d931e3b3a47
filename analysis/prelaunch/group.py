"""The peer group a plan is held against: the frames of all accounts but one's own, and what part of
them is recent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import pandas as pd

from analysis.cadence.pushes import build_pushes
from analysis.columns.assign import describe_columns
from analysis.group import AccountGroup
from analysis.layout.measures import join_profiles
from analysis.rows import Example, plain, rows_of, to_time

__all__ = ["RECENT_DAYS", "Group", "examples_of", "gather_group"]

RECENT_DAYS = 182  # what rivals do now: half a year is long enough for a monthly column


@dataclass(frozen=True, eq=False)
class Group:
    """The rivals' frames, as loaded; `reads` are latest read counts by article_id, `coverage`
    shares by account_id.
    """

    accounts: pd.DataFrame = field(repr=False)
    articles: pd.DataFrame = field(repr=False)
    assigned: pd.DataFrame = field(repr=False)
    profiles: pd.DataFrame = field(repr=False)
    reads: Mapping[str, float] = field(repr=False)
    coverage: Mapping[str, float | None]
    own: tuple[str, ...] = ()

    @cached_property
    def pushes(self) -> pd.DataFrame:
        """Their pushes, from pushes.build_pushes."""
        return build_pushes(self.articles)

    @cached_property
    def recent(self) -> pd.DataFrame:
        """The pushes of each account's last RECENT_DAYS up to its own last one."""
        return recent_part(self.pushes)

    @cached_property
    def columns(self) -> pd.DataFrame:
        """Their content columns without themes, from columns.assign.describe_columns."""
        described = describe_columns(self.articles, self.assigned)
        return described[described["kind"] != "theme"].reset_index(drop=True)

    @cached_property
    def profiled(self) -> pd.DataFrame:
        """Their ordinary articles with a layout profile, from measures.join_profiles."""
        return join_profiles(self.articles, self.profiles)

    @cached_property
    def shown(self) -> Mapping[str, Example]:
        """Each article's title and link, by article_id."""
        rows = zip(
            self.articles["article_id"], self.articles["title"], self.articles["url"], strict=True
        )
        return {key: Example(plain(title), plain(url)) for key, title, url in rows}

    @property
    def first(self) -> datetime | None:
        """When the first of their articles went out."""
        earliest: datetime | None = to_time(self.articles["published_at"].min())
        return earliest

    @property
    def last(self) -> datetime | None:
        """And the last."""
        latest: datetime | None = to_time(self.articles["published_at"].max())
        return latest

    @property
    def brands(self) -> Mapping[str, str]:
        """Whom each account belongs to: its brand, or itself."""
        shown = (
            brand if isinstance(brand, str) else key
            for key, brand in zip(self.accounts["account_id"], self.accounts["brand"], strict=True)
        )
        return dict(zip(self.accounts["account_id"], shown, strict=True))

    @property
    def names(self) -> Mapping[str, str]:
        """The accounts' names by id."""
        return dict(zip(self.accounts["account_id"], self.accounts["account"], strict=True))


def gather_group(group: AccountGroup, *, own_name: str | None = None) -> Group:
    """The peers of a plan: every account of the group whose role is not own and that never had the
    plan's name, and its articles.
    """
    accounts, articles, assigned = group.accounts, group.articles, group.column_articles
    named = accounts["names"].map(lambda names: own_name is not None and own_name in names)
    own = (accounts["role"] == "own") | named | (accounts["account"] == own_name)
    rivals = accounts[~own].sort_values(["account", "account_id"], ignore_index=True)
    ids = set(rivals["account_id"])
    return Group(
        accounts=rivals,
        articles=articles[articles["account_id"].isin(ids)].reset_index(drop=True),
        assigned=assigned[assigned["account_id"].isin(ids)].reset_index(drop=True),
        profiles=group.profiles,
        reads=group.reads,
        coverage={
            key: row["coverage"] for key, row in rows_of(group.coverage).items() if key in ids
        },
        own=tuple(accounts.loc[own, "account"]),
    )


def recent_part(frame: pd.DataFrame, *, days: int = RECENT_DAYS) -> pd.DataFrame:
    """The rows of a frame (account_id, published_at) in each account's last `days` up to its own
    last one; undated rows are left out.
    """
    last = frame.groupby("account_id")["published_at"].transform("max")
    return frame[frame["published_at"] > last - pd.Timedelta(days=days)].reset_index(drop=True)


def examples_of(group: Group, article_ids: Sequence[str]) -> tuple[Example, ...]:
    """Articles to look at, in the order asked for."""
    examples = group.shown
    return tuple(examples[article_id] for article_id in article_ids if article_id in examples)

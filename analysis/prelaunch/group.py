"""The peer group a plan is held against: the frames of all accounts but one's own, and what part of
them is recent.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

import pandas as pd

from analysis.cadence.pushes import build_pushes
from analysis.columns.assign import describe_columns
from analysis.group import AccountGroup
from analysis.layout.measures import join_profiles
from analysis.rows import Example, plain, rows_of, to_time

__all__ = ["HABIT_DAYS", "RECENT_DAYS", "Group", "examples_of", "gather_group"]

RECENT_DAYS = 182  # what rivals do now: half a year is long enough for a monthly column
HABIT_DAYS = 90  # without a push for so long an account has stopped; hours are habits of so long


@dataclass(frozen=True, eq=False)
class Group:
    """The rivals' frames, as loaded; `reads` are latest read counts by article_id, `coverage`
    shares by account_id. One window is everybody's: the RECENT_DAYS up to the last push of any.
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
        """The pushes of the window of those that still send."""
        return self.in_window(self.pushes)

    @cached_property
    def habits(self) -> pd.DataFrame:
        """The pushes with a known hour of those that still send, each one's last HABIT_DAYS."""
        running = self.pushes[~self.pushes["account_id"].isin(self.stopped)]
        last = running.groupby("account_id")["published_at"].transform("max")
        recent = running["published_at"] > last - pd.Timedelta(days=HABIT_DAYS)
        return running[recent & running["timed"]].reset_index(drop=True)

    @cached_property
    def stopped(self) -> frozenset[str]:
        """The accounts whose last push is HABIT_DAYS or more before the last of all."""
        last = self.pushes.groupby("account_id")["published_at"].max()
        before = last.max() - pd.Timedelta(days=HABIT_DAYS)
        return frozenset(str(key) for key in last.index[last <= before])

    @cached_property
    def window(self) -> tuple[pd.Timestamp, pd.Timestamp] | None:
        """The first and the last day of the window, both inside; None without a push."""
        if self.pushes.empty:
            return None
        last = self.pushes["published_at"].max().normalize()
        return last - pd.Timedelta(days=RECENT_DAYS - 1), last

    def in_window(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows of a frame (account_id, published_at) in the window, of accounts that still
        send; undated rows are left out.
        """
        if self.window is None:
            return frame.head(0)
        inside = frame["published_at"] >= self.window[0]
        return frame[inside & ~frame["account_id"].isin(self.stopped)].reset_index(drop=True)

    def only(self, account_ids: Collection[str]) -> Group:
        """The same group without the other accounts."""
        ids = list(account_ids)
        accounts, articles, assigned = (
            frame[frame["account_id"].isin(ids)].reset_index(drop=True)
            for frame in (self.accounts, self.articles, self.assigned)
        )
        shares = {key: share for key, share in self.coverage.items() if key in account_ids}
        return replace(
            self, accounts=accounts, articles=articles, assigned=assigned, coverage=shares
        )

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
    def called(self) -> Mapping[str, tuple[str, ...]]:
        """All names of each account, its brand among them."""
        rows = zip(
            self.accounts["account_id"],
            self.accounts["account"],
            self.accounts["names"],
            self.accounts["brand"],
            strict=True,
        )
        return {
            key: tuple(
                dict.fromkeys([shown, *(names or ()), *([brand] if isinstance(brand, str) else [])])
            )
            for key, shown, names, brand in rows
        }

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


def examples_of(group: Group, article_ids: Sequence[str]) -> tuple[Example, ...]:
    """Articles to look at, in the order asked for."""
    examples = group.shown
    return tuple(examples[article_id] for article_id in article_ids if article_id in examples)

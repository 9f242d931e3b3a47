"""The frames a group of accounts begins with, loaded when first asked for, or given."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Self, TypeVar

import pandas as pd

from analysis.columns.edits import ColumnEdit, apply_edits, load_edits
from analysis.columns.load import add_attributes, assign, drop_themes, find_edits_file
from analysis.compute.cache import cache_for, using_cache
from analysis.content.load import load_leads
from analysis.content.text_sketches import load_sketches
from analysis.engagement.load import load_reads
from analysis.frames import (
    ACCOUNTS,
    ARTICLES,
    check_frame,
    load_accounts,
    load_articles,
    load_coverage,
    load_observations,
)
from analysis.layout.load import load_profiles
from analysis.peers.mentions import load_pointers
from crawler.store import Store

__all__ = ["StoredAccounts", "study"]

T = TypeVar("T")
G = TypeVar("G", bound="StoredAccounts")


def study(compute: Callable[[G], T]) -> cached_property[T]:
    """A property that is computed once, with what was cached beside the group's store at hand."""

    @functools.wraps(compute)
    def compute_with_cache(group: G) -> T:
        with group.using_cache():
            return compute(group)

    return cached_property(compute_with_cache)


class StoredAccounts:
    """What a store holds of some accounts: the frames that studies begin with."""

    def __init__(
        self,
        store: Store,
        *,
        accounts: Sequence[str] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        own: str | None = None,
        edits: Path | None = None,
        themes: bool = True,
        on_progress: Callable[[str], None] | None = None,
    ) -> None:
        self.store: Store | None = store
        self.since, self.until, self._bounds = since, until, (since, until)
        self._names = [*accounts, own] if accounts and own else accounts
        self._own, self._themes, self._on_progress = own, themes, on_progress
        self._edits = edits or find_edits_file(store)

    @classmethod
    def from_frames(cls, *, since: datetime | None = None, **studies: Any) -> Self:
        """A group of frames that are there already, by the names of the properties they stand for.

        What is needed and neither given nor computed from what is given is empty or missing.
        Raises FrameError where `articles` or `accounts` break their contract, TypeError for a name
        that is no property.
        """
        group = cls.__new__(cls)
        group.store, group.since, group.until, group._bounds = None, since, None, (None, None)
        group._names, group._own, group._themes = None, None, True
        group._on_progress, group._edits = None, None
        if unknown := [name for name in studies if not hasattr(cls, name)]:
            raise TypeError(f"a group has no study {', '.join(unknown)}")
        check_frame(studies["articles"], ARTICLES, name="articles")
        check_frame(studies["accounts"], ACCOUNTS, name="accounts")
        missing = dict.fromkeys(("observations", "leads", "body_sketches"))
        given = {"_history": studies["articles"], "reads": {}} | missing | studies
        group.__dict__.update(given)
        return group

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.store.name if self.store else 'of frames'})"

    def using_cache(self) -> AbstractContextManager[None]:
        """Inside, what cached functions compute is looked up and put beside the group's store."""
        return using_cache(cache_for(self.store)) if self.store else nullcontext()

    @property
    def _source(self) -> Store:
        if self.store is None:
            raise TypeError("this group was made of frames, and this one was not among them")
        return self.store

    # What the store holds

    @study
    def accounts(self) -> pd.DataFrame:
        """One row per account, as frames.load_accounts; `role` is "own" where `own` says so."""
        accounts = self.all_accounts
        if self._own is not None:
            own = accounts["account_id"].isin(self._ids([self._own]))
            was_own = accounts["role"].eq("own")
            accounts = accounts.assign(role=accounts["role"].mask(was_own & ~own).mask(own, "own"))
        if self._names is None:
            return accounts
        named = accounts["account_id"].isin(self._ids(self._names))
        return accounts[named].reset_index(drop=True)

    @study
    def coverage(self) -> pd.DataFrame:
        """How much of each history is held, as frames.load_coverage."""
        return load_coverage(self._source, accounts=self._names)

    @study
    def articles(self) -> pd.DataFrame:
        """One row per article of the window, as frames.load_articles. Undated ones are in it where
        the window is open on both sides.
        """
        return self._windowed(self._history)

    @study
    def observations(self) -> pd.DataFrame | None:
        """Imported counts, as frames.load_observations."""
        return load_observations(self._source, accounts=self._names)

    @study
    def reads(self) -> dict[str, float]:
        """The latest read count of each article that has one, by article_id."""
        return load_reads(self._source, accounts=self._names)

    @study
    def profiles(self) -> pd.DataFrame:
        """The layout of every body that is held, as layout.load.load_profiles."""
        return load_profiles(self._source, accounts=self._names, on_progress=self._on_progress)

    @study
    def leads(self) -> pd.DataFrame | None:
        """Where each article leads its readers, as content.load.load_leads."""
        return load_leads(self._source, accounts=self._names, on_progress=self._on_progress)

    @study
    def body_sketches(self) -> pd.DataFrame | None:
        """A sketch of each body's text, as content.text_sketches.load_sketches."""
        return load_sketches(self._source, accounts=self._names)

    @study
    def pointers(self) -> pd.DataFrame:
        """Links of articles to other accounts, as peers.mentions.load_pointers."""
        return load_pointers(self._source, accounts=self._names)

    @study
    def all_accounts(self) -> pd.DataFrame:
        """Every account of the store, in this group or not, as frames.load_accounts."""
        return load_accounts(self._source)

    @property
    def own_ids(self) -> frozenset[str]:
        """The account_ids of the reader's own accounts."""
        return frozenset(self.accounts.loc[self.accounts["role"] == "own", "account_id"])

    # How it is put together

    @study
    def _history(self) -> pd.DataFrame:
        return load_articles(self._source, accounts=self._names)

    @study
    def _assignment(self) -> tuple[pd.DataFrame, tuple[ColumnEdit, ...]]:
        """Columns and themes of the whole history after a person's corrections, which may name a
        theme, and the corrections that changed nothing.
        """
        edits = load_edits(self._edits) if self._edits else ()
        assigned = assign(
            add_attributes(self._history, self.profiles), themes=self._themes or bool(edits)
        )
        assigned, idle = apply_edits(assigned, edits)
        return (assigned if self._themes else drop_themes(assigned)), tuple(idle)

    def _windowed(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows of a frame in the order of `_history` that are in the window."""
        since, until = self._bounds
        if since is None and until is None:
            return frame
        times = self._history["published_at"]
        inside = times.notna()
        if since is not None:
            inside &= times >= since
        if until is not None:
            inside &= times < until
        return frame[inside.to_numpy()].reset_index(drop=True)

    def _ids(self, names: Sequence[str]) -> list[str]:
        return [account["account_id"] for account in self._source.find_accounts(names)]

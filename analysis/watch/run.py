"""One look at a store: what is new and what changed in some accounts since the last look, kept
before it is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from analysis.group import AccountGroup
from analysis.watch.news import WatchedFrames, detect_news
from analysis.watch.state import WatchState, load_state, save_state
from crawler.records import BEIJING
from crawler.store import Store

__all__ = ["run_watch"]


def run_watch(store: Store, accounts: Sequence[str], *, listeners: Sequence[str]) -> WatchState:
    """Look at these accounts (account_ids), and keep what is news for every listener, old and new
    ones. Raises StoreError.
    """
    memory = load_state(store)
    for listener in listeners:
        memory.listen(listener)
    _follow_renamed(store, memory)
    if accounts:
        today = datetime.fromtimestamp(store.now(), BEIJING).date()
        news, memory.accounts = detect_news(
            _load(store, accounts), memory.accounts, today=today, after=memory.last
        )
        memory.add(news)
    save_state(store, memory)
    return memory


def _follow_renamed(store: Store, memory: WatchState) -> None:
    """An account known by name that has got its biz since stays the same account."""
    for row in store.accounts():
        for old in (row["user_name"], *row.get("names", ()), row["name"]):
            if old in memory.accounts and row["account_id"] not in memory.accounts:
                memory.accounts[row["account_id"]] = memory.accounts.pop(old)


def _load(store: Store, accounts: Sequence[str]) -> WatchedFrames:
    group = AccountGroup(store, accounts=accounts, themes=False)
    return WatchedFrames(
        articles=group.articles,
        columns=group.columns_and_themes,
        assigned=group.column_articles,
        changes=group.changes,
        redesigns=group.layout.redesigns,
    )

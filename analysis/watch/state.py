"""What a watch stores between two runs: how far each account was seen, what was reported, and which
listener has received it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date

from crawler.store import Store

__all__ = ["MAX_NEWS", "Link", "WatchState", "News", "Seen", "load_state", "save_state"]

MAX_NEWS = 2000  # news that wait for a listener that is away; the oldest go first
_MIN_NEWS = 100  # already delivered ones, for the feed
_KEY = "watch"


@dataclass(frozen=True, slots=True)
class Link:
    """An article to look at."""

    title: str
    url: str | None


@dataclass(frozen=True, slots=True)
class News:
    """One thing to report: `number` counts from 1 in this store, `day` is the ISO day it holds
    from, `sentence` one Chinese sentence without the name.
    """

    number: int
    told_on: str
    account_id: str
    account: str
    kind: str
    day: str
    sentence: str
    links: tuple[Link, ...] = ()


@dataclass(slots=True)
class Seen:
    """How far one account was seen; days are ISO days, None where no article has one."""

    number: int  # the highest article number
    began: str | None  # the account's newest day at the first run
    newest: str | None  # and at the last run
    told: list[tuple[str, str, str]] = field(
        default_factory=list
    )  # the changes known so far: kind, what, day
    silent: dict[str, str] = field(
        default_factory=dict
    )  # column_ids that rest -> day of the last issue
    waiting: list[tuple[str, str, str, str]] = field(
        default_factory=list
    )  # not yet confirmed: kind, what, day, the account's last day then

    def knows(self, kind: str, what: str, day: date, *, within: int | None) -> bool:
        """Whether this change, or one of its kind within so many days of it, is known; None for any
        day.
        """
        days = [
            date.fromisoformat(day_then)
            for other, name, day_then in self.told
            if (other, name) == (kind, what)
        ]
        return any(within is None or abs((day - day_then).days) <= within for day_then in days)


@dataclass(slots=True)
class WatchState:
    """The whole state: accounts by id, the news so far, and up to which number each listener has
    received them.
    """

    accounts: dict[str, Seen] = field(default_factory=dict)
    news: list[News] = field(default_factory=list)
    heard: dict[str, int] = field(default_factory=dict)
    last: int = 0

    def add(self, news: Sequence[News]) -> None:
        """Add news, numbered already, and drop what every listener has received."""
        self.news += news
        self.last = max([self.last, *(entry.number for entry in news)])
        behind = min(self.heard.values(), default=self.last)
        waiting = sum(entry.number > behind for entry in self.news)
        self.news = self.news[-min(max(waiting, _MIN_NEWS), MAX_NEWS) :]

    def unheard(self, listener: str) -> list[News]:
        """What this listener has not received yet. A listener is registered by its first
        `listen`.
        """
        return [entry for entry in self.news if entry.number > self.heard.get(listener, self.last)]

    def listen(self, listener: str) -> None:
        """Register a listener: news are stored for it from now on."""
        self.heard.setdefault(listener, self.last)


def load_state(store: Store) -> WatchState:
    """The state of the last run; empty before the first."""
    stored = json.loads(store.read_meta(_KEY) or "{}")
    accounts = {
        key: Seen(
            **fields | {name: [tuple(row) for row in fields[name]] for name in ("told", "waiting")}
        )
        for key, fields in stored.get("accounts", {}).items()
    }
    news = [
        News(**{**fields, "links": tuple(Link(**link) for link in fields["links"])})
        for fields in stored.get("news", [])
    ]
    return WatchState(accounts, news, stored.get("heard", {}), stored.get("last", 0))


def save_state(store: Store, state: WatchState) -> None:
    """Store it, in one write."""
    store.write_meta(_KEY, json.dumps(asdict(state), ensure_ascii=False, sort_keys=True))

"""What a watch remembers between two looks: how far each account was seen, what was told, and who
still has to hear it. Kept in the store.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date

from crawler.store import Store

__all__ = ["MAX_KEPT", "Link", "WatchState", "News", "Seen", "load_state", "save_state"]

MAX_KEPT = 2000  # news that wait for a listener that is away; the oldest go first
_LEAST_KEPT = 100  # told ones, for the feed
_KEY = "watch"


@dataclass(frozen=True, slots=True)
class Link:
    """An article to look at."""

    title: str
    url: str | None


@dataclass(frozen=True, slots=True)
class News:
    """One thing to tell: `number` counts from 1 in this store, `day` is the ISO day it holds from,
    `sentence` one Chinese sentence without the name.
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
    began: str | None  # the account's newest day when it was first looked at
    newest: str | None  # and at the last look
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
            date.fromisoformat(told)
            for other, name, told in self.told
            if (other, name) == (kind, what)
        ]
        return any(within is None or abs((day - one).days) <= within for one in days)


@dataclass(slots=True)
class WatchState:
    """Everything kept: accounts by id, the news so far, and up to which number each listener has
    heard them.
    """

    accounts: dict[str, Seen] = field(default_factory=dict)
    news: list[News] = field(default_factory=list)
    heard: dict[str, int] = field(default_factory=dict)
    last: int = 0

    def add(self, found: Sequence[News]) -> None:
        """Take in news, numbered already, and let go of what everybody has heard."""
        self.news += found
        self.last = max([self.last, *(one.number for one in found)])
        behind = min(self.heard.values(), default=self.last)
        waiting = sum(one.number > behind for one in self.news)
        self.news = self.news[-min(max(waiting, _LEAST_KEPT), MAX_KEPT) :]

    def unheard(self, listener: str) -> list[News]:
        """What this listener has not heard yet. A listener is known from its first `listen` on."""
        return [one for one in self.news if one.number > self.heard.get(listener, self.last)]

    def listen(self, listener: str) -> None:
        """Begin to keep news for a listener, from now on."""
        self.heard.setdefault(listener, self.last)


def load_state(store: Store) -> WatchState:
    """What the last look left; empty before the first."""
    held = json.loads(store.read_meta(_KEY) or "{}")
    accounts = {
        key: Seen(**one | {name: [tuple(row) for row in one[name]] for name in ("told", "waiting")})
        for key, one in held.get("accounts", {}).items()
    }
    news = [
        News(**{**one, "links": tuple(Link(**link) for link in one["links"])})
        for one in held.get("news", [])
    ]
    return WatchState(accounts, news, held.get("heard", {}), held.get("last", 0))


def save_state(store: Store, memory: WatchState) -> None:
    """Keep it, in one write."""
    store.write_meta(_KEY, json.dumps(asdict(memory), ensure_ascii=False, sort_keys=True))

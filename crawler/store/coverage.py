"""How much of each account's history is held, and how that is known. Pure: rows from the store in,
statements out.

What is missing is counted where something says so: an album that claims more articles than are
known, numbers left out in a numbered album, slots left out in a push whose size or last slot is
known. Albums hold only what the owner tagged, so a share is an upper bound; where no album says
anything it is unknown, not 100 %.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["COVERAGE_READS", "AccountCoverage", "state_coverage"]

COVERAGE_READS = (
    "account_id",
    "published_at",
    "status",
    "url",
    "mid",
    "idx",
    "more",
)  # what is read of each article


@dataclass(slots=True)
class AccountCoverage:
    """One account: counts of articles, unix seconds, and what is known to be missing."""

    account_id: str
    account: str
    role: str | None = None
    articles: int = 0
    by_status: dict[str, int] = field(default_factory=dict)
    by_source: dict[str, int] = field(
        default_factory=dict
    )  # articles each kind of source knows; one article may have several
    first: int | None = None
    last: int | None = None
    albums: int = 0
    album_held: int = 0  # articles known in albums that state their size
    album_claimed: int = 0  # what those albums claim to hold
    number_gaps: int = 0  # numbers left out in numbered albums
    pushes: int = 0
    pushes_sized: int = 0  # pushes whose number of articles a page states
    slot_gaps: int = 0  # slots left out in known pushes
    missing: int = 0  # articles known to exist and not held
    coverage: float | None = (
        None  # at most this share is held: held ÷ (held + missing); None where no album tells
    )
    basis: str = ""  # how it is known
    to_fetch: int = 0  # known articles whose page a crawl would still fetch
    names: list[str] = field(default_factory=list)
    permissions: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


def state_coverage(
    accounts: Sequence[dict[str, Any]],
    articles: Iterable[dict[str, Any]],
    origins: Iterable[tuple[int, str, int]],
    albums: Sequence[dict[str, Any]],
    items: Iterable[tuple[str, int, int | None]],
    permissions: Iterable[tuple[int, str]] = (),
) -> list[AccountCoverage]:
    """One statement an account, in the order of `accounts`; rows as crawler.store gives them,
    articles with COVERAGE_READS.
    """
    rows: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in articles:
        rows[row["account_id"]].append(row)
    sources: dict[int, dict[str, int]] = defaultdict(dict)
    for number, origin, count in origins:
        sources[number][origin] = count
    numbers: dict[str, set[int]] = defaultdict(set)
    for album_id, _, pos_num in items:
        if pos_num:
            numbers[album_id].add(pos_num)
    allowed: dict[int, list[str]] = defaultdict(list)
    for number, permission in permissions:
        allowed[number].append(permission)
    stated = []
    for account in accounts:
        number = account["number"]
        own = [album for album in albums if album["account_id"] == number]
        one = AccountCoverage(
            account["account_id"],
            account["name"],
            account.get("role"),
            names=account.get("names", []),
        )
        one.by_source = dict(sorted(sources[number].items()))
        one.permissions = sorted(set(allowed[number]))
        _count_articles(one, rows[number])
        _count_albums(one, own, numbers)
        _count_slots(one, rows[number])
        _conclude(one)
        stated.append(one)
    return stated


def _count_articles(one: AccountCoverage, rows: list[dict[str, Any]]) -> None:
    times = [row["published_at"] for row in rows if row["published_at"] is not None]
    one.articles = len(rows)
    one.by_status = dict(sorted(Counter(row["status"] for row in rows).items()))
    one.first, one.last = (min(times), max(times)) if times else (None, None)
    one.to_fetch = sum(row["status"] == "listed" and bool(row["url"]) for row in rows)


def _count_albums(
    one: AccountCoverage, albums: list[dict[str, Any]], numbers: dict[str, set[int]]
) -> None:
    one.albums = len(albums)
    for album in albums:
        if album["article_count"]:
            one.album_claimed += album["article_count"]
            one.album_held += min(album["known"], album["article_count"])
        known = numbers.get(album["album_id"])
        if album["numbered"] and known:
            one.number_gaps += max(known) - len(known)


def _count_slots(one: AccountCoverage, rows: list[dict[str, Any]]) -> None:
    pushes: dict[str, set[int]] = defaultdict(set)
    sizes: dict[str, int] = {}
    for row in rows:
        if row["mid"] and row["idx"]:
            pushes[row["mid"]].add(row["idx"])
            size = (
                json.loads(row["more"]).get("push_size") if '"push_size"' in row["more"] else None
            )
            if size and size <= 20:
                sizes[row["mid"]] = max(size, sizes.get(row["mid"], 0))
    one.pushes, one.pushes_sized = len(pushes), len(sizes)
    one.slot_gaps = sum(
        max(max(slots), sizes.get(mid, 0)) - len(slots)
        for mid, slots in pushes.items()
        if max(slots) <= 20
    )


def _conclude(one: AccountCoverage) -> None:
    """Missing ones are counted once: an article missing in an album is also the missing slot of its
    push.
    """
    told = []
    if one.album_claimed:
        told.append(f"合集写明 {one.album_claimed} 篇，已知 {one.album_held} 篇")
    if one.number_gaps:
        told.append(f"合集编号缺 {one.number_gaps} 个")
    if one.pushes_sized:
        told.append(f"{one.pushes} 次推送中 {one.pushes_sized} 次写明条数")
    if one.slot_gaps:
        told.append(f"已知推送里缺 {one.slot_gaps} 条")
    one.missing = max(one.album_claimed - one.album_held, one.slot_gaps)
    if one.articles and one.album_claimed:
        one.coverage = one.articles / (one.articles + one.missing)
    if not one.articles:
        told = ["还没有文章"]
    elif not one.album_claimed:
        told.append("没有合集可对照，全貌未知")
    one.basis = "；".join(told)

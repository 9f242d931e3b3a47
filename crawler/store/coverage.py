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
    for account_pk, origin, count in origins:
        sources[account_pk][origin] = count
    numbers: dict[str, set[int]] = defaultdict(set)
    for album_id, _, pos_num in items:
        if pos_num:
            numbers[album_id].add(pos_num)
    allowed: dict[int, list[str]] = defaultdict(list)
    for account_pk, permission in permissions:
        allowed[account_pk].append(permission)
    stated = []
    for account in accounts:
        account_pk = account["account_pk"]
        own = [album for album in albums if album["account_id"] == account_pk]
        coverage = AccountCoverage(
            account["account_id"],
            account["name"],
            account.get("role"),
            names=account.get("names", []),
        )
        coverage.by_source = dict(sorted(sources[account_pk].items()))
        coverage.permissions = sorted(set(allowed[account_pk]))
        _count_articles(coverage, rows[account_pk])
        _count_albums(coverage, own, numbers)
        _count_slots(coverage, rows[account_pk])
        _conclude(coverage)
        stated.append(coverage)
    return stated


def _count_articles(coverage: AccountCoverage, rows: list[dict[str, Any]]) -> None:
    times = [row["published_at"] for row in rows if row["published_at"] is not None]
    coverage.articles = len(rows)
    coverage.by_status = dict(sorted(Counter(row["status"] for row in rows).items()))
    coverage.first, coverage.last = (min(times), max(times)) if times else (None, None)
    coverage.to_fetch = sum(row["status"] == "listed" and bool(row["url"]) for row in rows)


def _count_albums(
    coverage: AccountCoverage, albums: list[dict[str, Any]], numbers: dict[str, set[int]]
) -> None:
    coverage.albums = len(albums)
    for album in albums:
        if album["article_count"]:
            coverage.album_claimed += album["article_count"]
            coverage.album_held += min(album["known"], album["article_count"])
        listed = numbers.get(album["album_id"])
        if album["numbered"] and listed:
            coverage.number_gaps += max(listed) - len(listed)


def _count_slots(coverage: AccountCoverage, rows: list[dict[str, Any]]) -> None:
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
    coverage.pushes, coverage.pushes_sized = len(pushes), len(sizes)
    coverage.slot_gaps = sum(
        max(max(slots), sizes.get(mid, 0)) - len(slots)
        for mid, slots in pushes.items()
        if max(slots) <= 20
    )


def _conclude(account: AccountCoverage) -> None:
    """Missing ones are counted once: an article missing in an album is also the missing slot of its
    push.
    """
    reasons = []
    if account.album_claimed:
        reasons.append(f"合集写明 {account.album_claimed} 篇，已知 {account.album_held} 篇")
    if account.number_gaps:
        reasons.append(f"合集编号缺 {account.number_gaps} 个")
    if account.pushes_sized:
        reasons.append(f"{account.pushes} 次推送中 {account.pushes_sized} 次写明条数")
    if account.slot_gaps:
        reasons.append(f"已知推送里缺 {account.slot_gaps} 条")
    account.missing = max(account.album_claimed - account.album_held, account.slot_gaps)
    if account.articles and account.album_claimed:
        account.coverage = account.articles / (account.articles + account.missing)
    if not account.articles:
        reasons = ["还没有文章"]
    elif not account.album_claimed:
        reasons.append("没有合集可对照，全貌未知")
    account.basis = "；".join(reasons)

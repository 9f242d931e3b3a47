"""One write transaction on a store: sightings in, articles new, updated or unchanged out. Ids are
identity.py's, merging merge.py's.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, update

from crawler.records import Account, Album, Article, Observation, account_aliases, title_key
from crawler.store import schema as t
from crawler.store.contents import merge_albums, put_album_claim, put_bodies, put_counts, save_items
from crawler.store.identity import Resolver, chunks
from crawler.store.merge import ARTICLE_FIELDS, STRENGTH, Claim, merge_account, merge_article
from crawler.store.names import existing_accounts, resolve_names
from crawler.store.raw_pages import RawPage, RawPages

__all__ = ["UNKNOWN_ACCOUNT", "Sighting", "Tally", "Writer", "claim_text"]

UNKNOWN_ACCOUNT = 0  # owns the articles of which only a link is known

_COLUMNS = (
    "mid",
    "idx",
    "title",
    "digest",
    "author",
    "published_at",
    "time_precision",
    "kind",
    "original",
    "url",
    "status",
)
_ACCOUNT_FIELDS = tuple(f.name for f in fields(Account))
_MORE = tuple(
    name
    for name in ARTICLE_FIELDS
    if name not in {*_COLUMNS, "user_name", "account_name", "album_titles", "album_ids"}
)

_NOTE = (
    update(t.sources)
    .where(t.sources.c.source_id == bindparam("number"))
    .values(note=bindparam("text"))
)
_CLAIMS = select(
    *(
        t.claims.c[name]
        for name in ("article_id", "source_id", "account_id", "origin", "seen_at", "said")
    )
).where(t.one_of(t.claims.c.article_id))


@dataclass(frozen=True, slots=True)
class Sighting:
    """One article as one source showed it at one time (unix seconds), with its page and body where
    there are any.
    """

    article: Article
    origin: str
    seen_at: int
    account: Account | None = None
    page: RawPage | None = None
    body: str | None = None
    counts: tuple[Observation, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredClaim:
    """One claim in the store: who made it, of whose article."""

    source_id: int
    account_id: int
    claim: Claim


@dataclass(slots=True)
class Tally:
    """What became of the sightings; new + updated + unchanged = sightings put."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.new + other.new, self.updated + other.updated, self.unchanged + other.unchanged
        )

    @property
    def total(self) -> int:
        """Sightings put."""
        return self.new + self.updated + self.unchanged


@dataclass(slots=True)
class Writer:
    """Writes to one store inside one transaction or one part of it; made by Store.writing() and
    parts.Parts.
    """

    conn: Connection
    now: int
    raw_pages: RawPages
    later: set[int] | None = (
        # accounts to be made anew when the whole transaction ends; None: when this writer does
        None
    )
    resolver: Resolver = field(init=False)
    shared_names: dict[str, int] = field(
        default_factory=dict
    )  # names that several accounts have, met in this transaction; known when it closes
    _account_claims: dict[int, dict[tuple[int, str, str], tuple[int, int]]] = field(
        default_factory=lambda: defaultdict(dict)
    )  # -> seen_at, born
    _albums: set[str] = field(default_factory=set)  # of which something new is claimed

    def __post_init__(self) -> None:
        self.resolver = Resolver(self.conn)

    def close(self) -> None:
        """Merge what has changed and write the counters; the transaction is committed
        by its owner.
        """
        merge_albums(self.conn, self._albums)  # once: an album has a claim from each of its pages
        self._merge_accounts()
        self._settle_names()
        if self.resolver.articles_merged:
            self._save_articles({})
        if self.later is None:
            self.resolver.save_counters()

    def _settle_names(self) -> None:
        """See to whom the names met lead, now that all is said."""
        merged = len(self.resolver.accounts_merged)
        settled = resolve_names(self.conn, self.resolver, self.resolver.names_met)
        self.shared_names = settled.shared
        if settled.articles:
            self.rebuild_articles(settled.articles)
        if settled.accounts or len(self.resolver.accounts_merged) > merged:
            self._rebuild_later(
                existing_accounts(
                    self.conn,
                    settled.accounts | {kept for kept, _ in self.resolver.accounts_merged[merged:]},
                )
            )

    # sources

    def source(
        self,
        kind: str,
        label: str,
        *,
        digest: str | None = None,
        permission: str | None = None,
        note: dict[str, Any] | None = None,
    ) -> int:
        """Register where claims come from, and get its id."""
        self.resolver.next_source()
        row = {
            "kind": kind,
            "label": label,
            "digest": digest,
            "permission": permission,
            "added_at": self.now,
        }
        result = self.conn.execute(t.add(t.sources), {**row, "note": _json(note) if note else None})
        return t.new_key(result)

    def crawl_source(self, label: str, permission: str | None) -> int:
        """The one source of an account's crawls under one permission: runs over an unchanged
        history then add nothing.
        """
        c = t.sources.c
        allowed = c.permission == permission if permission else c.permission.is_(None)
        held = self.conn.execute(
            select(c.source_id).where(c.kind == "crawl", c.label == label, allowed)
        ).scalar()
        return int(held) if held is not None else self.source("crawl", label, permission=permission)

    def note_source(self, source_id: int, note: dict[str, Any]) -> None:
        """Keep what a source brought."""
        self.conn.execute(_NOTE, {"number": source_id, "text": _json(note)})

    # accounts

    def put_account(self, source_id: int, account: Account, *, origin: str, seen_at: int) -> int:
        """Keep what a source says of an account; gives the account's id."""
        number = self.resolver.account(account)
        said = {
            key: value for key in _ACCOUNT_FIELDS if (value := getattr(account, key)) is not None
        }
        key = (source_id, origin, _json(said))
        before = self._account_claims[number].get(key)
        if before is None or before[0] < seen_at:
            self._account_claims[number][key] = (seen_at, before[1] if before else number)
        return number

    def state_account(self, source_id: int, account: Account, *, seen_at: int) -> int:
        """Keep what the accounts file says of an account today, in place of what it said before;
        gives the account's id.
        """
        number = self.resolver.account(account)
        c = t.account_claims.c
        self.conn.execute(
            delete(t.account_claims).where(
                c.account_id == number, c.source_id == source_id, c.origin == "accounts file"
            )
        )
        return self.put_account(source_id, account, origin="accounts file", seen_at=seen_at)

    def _merge_accounts(self) -> None:
        """Write the accounts' claims and what they come to."""
        for kept, gone in self.resolver.accounts_merged:
            for key, (seen_at, born) in self._account_claims.pop(gone, {}).items():
                held = self._account_claims[kept].get(key, (-1, born))
                self._account_claims[kept][key] = (max(seen_at, held[0]), held[1])
        dirty = set(self._account_claims) | {kept for kept, _ in self.resolver.accounts_merged}
        self._save_account_claims()
        self._rebuild_later(dirty - {gone for _, gone in self.resolver.accounts_merged})
        self._account_claims.clear()

    def _rebuild_later(self, numbers: set[int]) -> None:
        """Nothing written before the transaction ends looks at what accounts come to."""
        if self.later is None:
            self.rebuild_accounts(numbers)
        else:
            self.later |= numbers
            self.later &= existing_accounts(self.conn, self.later)

    def _save_account_claims(self) -> None:
        held: dict[tuple[int, int, str, str], tuple[int, int]] = {}
        c = t.account_claims.c
        for some in chunks(
            sorted({key[0] for pending in self._account_claims.values() for key in pending})
        ):  # an account has a claim a page: only these sources'
            for row in self.conn.execute(select(t.account_claims).where(c.source_id.in_(some))):
                held[row.account_id, row.source_id, row.origin, row.said] = (
                    row.claim_id,
                    row.seen_at,
                )
        fresh = []
        for number, pending in self._account_claims.items():
            for key, (seen_at, born) in pending.items():
                known = held.get((number, *key))
                if known is None:
                    filed = {"account_id": number, "born_id": born, "seen_at": seen_at}
                    fresh.append({**filed, "source_id": key[0], "origin": key[1], "said": key[2]})
                elif known[1] < seen_at:
                    self.conn.execute(
                        update(t.account_claims)
                        .where(t.account_claims.c.claim_id == known[0])
                        .values(seen_at=seen_at)
                    )
        if fresh:
            self.conn.execute(t.add(t.account_claims), fresh)

    def rebuild_accounts(self, numbers: Iterable[int]) -> None:
        """Make accounts anew from what is claimed of them; one of which nothing is
        claimed is gone.
        """
        wanted = sorted(numbers)
        claims: dict[int, list[Claim]] = defaultdict(list)
        c = t.account_claims.c
        for some in chunks(
            wanted
            # a thousand pages say the same of their account: only the newest of these tells
            # anything
        ):
            newest = select(
                c.account_id, c.origin, c.said, func.max(c.seen_at).label("seen_at")
            ).where(c.account_id.in_(some))
            for row in self.conn.execute(
                newest.group_by(c.account_id, c.origin, c.said).order_by(
                    c.account_id, c.origin, c.said
                )
            ):
                claims[row.account_id].append(Claim(row.origin, row.seen_at, json.loads(row.said)))
        made = []
        for number in sorted(claims):
            merged = merge_account(claims[number])
            known = {
                key: merged.pop(key, None) for key in ("biz", "user_name", "name", "role", "brand")
            }
            made.append({"account_id": number, "more": _json(merged), **known})
        for some in chunks(wanted):
            self.conn.execute(delete(t.accounts).where(t.accounts.c.account_id.in_(some)))
        if made:
            self.conn.execute(t.add(t.accounts), made)

    # articles

    def put(
        self, source_id: int, sightings: Sequence[Sighting], *, page_id: int | None = None
    ) -> Tally:
        """Keep what a source says of articles, and merge it with what is known; `page_id` is the
        page they were read from.
        """
        tally = Tally()
        for some in chunks(sightings):
            tally += self._put_chunk(source_id, some, page_id)
        return tally

    def _put_chunk(
        self, source_id: int, sightings: Sequence[Sighting], page_id: int | None
    ) -> Tally:
        merges = len(self.resolver.accounts_merged)
        self.resolver.meet_accounts([_account_of(s) for s in sightings])
        owners = [self._owner(source_id, s) for s in sightings]
        if (
            len(self.resolver.accounts_merged) > merges
        ):  # an account met on the way may have been merged since
            owners = [self._owner(source_id, s) for s in sightings]
        ids = self.resolver.articles(
            [(s.article, owner) for s, owner in zip(sightings, owners, strict=True)]
        )
        page_ids = [
            self.raw_pages.put(source_id, s.page, number) if s.page else page_id
            for s, number in zip(sightings, ids, strict=True)
        ]
        held = self._load_claims(set(ids) - self.resolver.articles_made)
        tally = self._file(source_id, sightings, ids, owners, page_ids, held)
        self._save_articles(held)
        pairs = list(zip(ids, sightings, strict=True))
        put_bodies(
            self.conn, source_id, [(number, s.seen_at, s.body) for number, s in pairs if s.body]
        )
        put_counts(
            self.conn, source_id, [(number, count) for number, s in pairs for count in s.counts]
        )
        return tally

    def _file(
        self,
        source_id: int,
        sightings: Sequence[Sighting],
        ids: list[int],
        owners: list[int],
        page_ids: list[int | None],
        held: dict[int, list[StoredClaim]],
    ) -> Tally:
        """Add the new claims to the store and to `held`, and tell what each sighting changed."""
        before = {
            number: merge_article([one.claim for one in some]) for number, some in held.items()
        }
        known = {
            (number, one.source_id, one.claim.origin, _json(one.claim.said))
            for number, some in held.items()
            for one in some
        }
        tally, fresh, rows = Tally(), set(), []
        for s, number, owner, page_id in zip(sightings, ids, owners, page_ids, strict=True):
            said = _plain(s.article.said())
            key = (number, source_id, s.origin, _json(said))
            if key not in known:
                known.add(key)
                held.setdefault(number, []).append(
                    StoredClaim(source_id, owner, Claim(s.origin, s.seen_at, said))
                )
                born = {
                    "article_id": number,
                    "born_id": number,
                    "account_id": owner,
                    "account_born_id": owner,
                }
                rows.append(
                    {
                        **born,
                        "source_id": source_id,
                        "page_id": page_id,
                        "origin": s.origin,
                        "seen_at": s.seen_at,
                        "said": key[3],
                    }
                )
            if number not in before:
                before[number] = {}
                fresh.add(number)
                tally.new += 1
            elif (
                number in fresh
                or (merged := merge_article([one.claim for one in held[number]])) == before[number]
            ):
                tally.unchanged += 1
            else:
                before[number] = merged
                tally.updated += 1
        if rows:
            self.conn.execute(t.add(t.claims), rows)
        return tally

    def retract(self, claim_ids: Sequence[int]) -> set[int]:
        """Take claims back; articles are merged anew from the rest, and those nobody claims any
        more are gone. Gives the articles touched.
        """
        c = t.claims.c
        touched: set[int] = set()
        for some in chunks(claim_ids):
            touched |= set(
                self.conn.execute(select(c.article_id).where(c.claim_id.in_(some))).scalars()
            )
            self.conn.execute(delete(t.claims).where(c.claim_id.in_(some)))
        self.rebuild_articles(touched)
        return touched

    def rebuild_articles(self, numbers: Iterable[int]) -> None:
        """Make articles anew from what is claimed of them; one of which nothing is
        claimed is gone.
        """
        touched = set(numbers)
        left = self._load_claims(touched)
        for some in chunks(sorted(touched)):
            self.conn.execute(delete(t.album_items).where(t.album_items.c.article_id.in_(some)))
        self._save_articles(left)
        for some in chunks(sorted(touched - left.keys())):
            for table in (t.articles, t.aliases, t.bodies, t.observations):
                self.conn.execute(delete(table).where(table.c.article_id.in_(some)))

    def claims_of_page(self, page_id: int) -> list[tuple[int, str, str]]:
        """(claim_id, origin, said as JSON) of everything read from one page."""
        c = t.claims.c
        rows = self.conn.execute(select(c.claim_id, c.origin, c.said).where(c.page_id == page_id))
        return [(row.claim_id, row.origin, row.said) for row in rows]

    def set_page_status(self, page_id: int, status: str) -> None:
        """Note what a page turned out to be when it was read again."""
        self.conn.execute(update(t.pages).where(t.pages.c.page_id == page_id).values(status=status))

    def _owner(self, source_id: int, sighting: Sighting) -> int:
        if not any(account_aliases(_account_of(sighting))):
            return UNKNOWN_ACCOUNT
        return self.put_account(
            source_id, _account_of(sighting), origin=sighting.origin, seen_at=_name_time(sighting)
        )

    def _load_claims(self, ids: Iterable[int]) -> dict[int, list[StoredClaim]]:
        found: dict[int, list[StoredClaim]] = {}
        for some in chunks(sorted(ids)):
            for row in self.conn.execute(_CLAIMS, {"some": some}):
                claim = Claim(row.origin, row.seen_at, json.loads(row.said))
                found.setdefault(row.article_id, []).append(
                    StoredClaim(row.source_id, row.account_id, claim)
                )
        return found

    def _save_articles(self, held: dict[int, list[StoredClaim]]) -> None:
        """Write articles as their claims have them; those that were merged meanwhile are read
        again.
        """
        merged = {kept for kept, _ in self.resolver.articles_merged} - held.keys()
        held |= self._load_claims(merged)
        self.resolver.articles_merged.clear()
        old = sorted(held.keys() - self.resolver.articles_made)
        for some in chunks(old):
            self.conn.execute(delete(t.articles).where(t.articles.c.article_id.in_(some)))
        self.resolver.articles_made.difference_update(held)
        if held:
            self.conn.execute(
                t.add(t.articles), [_article_row(number, some) for number, some in held.items()]
            )
        save_items(
            self.conn, {number: [one.claim for one in some] for number, some in held.items()}
        )

    # albums and pages

    def put_album(
        self, source_id: int, album: Album, *, origin: str, seen_at: int, owner: int | None = None
    ) -> None:
        """Keep what a source says of an album: newer claims win, missing ones keep
        what is known.
        """
        if owner is None and (album.biz or album.user_name or album.account_name):
            owner = self.put_account(
                source_id,
                Account(biz=album.biz, user_name=album.user_name, name=album.account_name),
                origin=origin,
                seen_at=seen_at,
            )
        put_album_claim(self.conn, source_id, album, origin=origin, seen_at=seen_at, owner=owner)
        self._albums.add(album.album_id)

    def put_page(self, source_id: int, page: RawPage) -> int:
        """Keep a raw page that belongs to no article (a listing, a notice without ids)."""
        return self.raw_pages.put(source_id, page, None)


def _account_of(sighting: Sighting) -> Account:
    a = sighting.article
    return sighting.account or Account(biz=a.biz, user_name=a.user_name, name=a.account_name)


def _name_time(sighting: Sighting) -> int:
    """When the account was called so: the day of the article for lists, which name accounts as they
    were then.
    """
    at = sighting.article.published_at
    return int(at.timestamp()) if at and sighting.page is None else sighting.seen_at


def claim_text(article: Article) -> str:
    """A record as its claim is stored."""
    return _json(_plain(article.said()))


def _plain(said: dict[str, Any]) -> dict[str, Any]:
    """Record values as JSON values: times as unix seconds, tuples as lists; "listed" is what goes
    without saying.
    """
    plain = {
        k: int(v.timestamp()) if isinstance(v, datetime) else list(v) if isinstance(v, tuple) else v
        for k, v in said.items()
    }
    if plain.get("status") == "listed":
        del plain["status"]
    return plain


def _article_row(number: int, held: list[StoredClaim]) -> dict[str, Any]:
    claims = [one.claim for one in held]
    merged = merge_article(claims)
    title = merged.get("title")
    row = {key: merged.get(key) for key in _COLUMNS}
    row |= {
        "article_id": number,
        "account_id": _owner_of(held),
        "title_key": title_key(title) if title else None,
    }
    row |= {
        "status": merged.get("status", "listed"),
        "time_precision": merged.get("time_precision", "none"),
    }
    row["albums"] = _json(merged["album_ids"]) if merged.get("album_ids") else None
    row["source"] = min(claims, key=lambda c: (c.seen_at, c.origin)).origin
    row["more"] = _json({key: merged[key] for key in _MORE if key in merged})
    return row


def _owner_of(held: list[StoredClaim]) -> int:
    """The account its claims name; a link that names none leaves the article with the account it
    has.
    """
    if len(held) == 1:
        return held[0].account_id
    named = [one for one in held if one.account_id != UNKNOWN_ACCOUNT]
    return max(named, key=_ownership).account_id if named else UNKNOWN_ACCOUNT


def _ownership(one: StoredClaim) -> tuple[int, bool, bool, str, int]:
    """The stronger source decides, of equals the one that identifies the account better; the rest
    only has to be the same in any order.
    """
    said = one.claim.said
    return (
        STRENGTH[one.claim.origin],
        "biz" in said,
        "user_name" in said,
        _json(said),
        -one.account_id,
    )


def _json(value: Any) -> str:
    return _ENCODER.encode(value)


_ENCODER = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":")
)  # made once: json.dumps makes one a call

"""One write transaction on a store: sightings in, articles new, updated or unchanged out. Ids are identity.py's, merging merge.py's."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, CursorResult, delete, insert, select, update

from crawler import schema as t
from crawler.identity import Resolver, chunks
from crawler.merge import ARTICLE_FIELDS, Claim, merge_account, merge_article
from crawler.records import Account, Album, Article, account_aliases, title_key
from crawler.vault import Vault, pack, pack_dictionary, unpack

__all__ = ["UNKNOWN_ACCOUNT", "RawPage", "Sighting", "Tally", "Writer", "claim_text"]

_DAY_S = 86400
UNKNOWN_ACCOUNT = 0  # owns the articles of which only a link is known

_COLUMNS = ("mid", "idx", "title", "digest", "author", "published_at", "time_precision", "kind", "original", "url", "status")
_ACCOUNT_FIELDS = tuple(f.name for f in fields(Account))
_MORE = tuple(name for name in ARTICLE_FIELDS if name not in {*_COLUMNS, "user_name", "account_name", "album_titles", "album_ids"})


@dataclass(frozen=True, slots=True)
class RawPage:
    """Bytes as they came. kind: article, album (HTML) or listing (JSON); status: what the page turned out to be."""

    raw: bytes
    kind: str
    url: str | None
    status: str
    seen_at: int


@dataclass(frozen=True, slots=True)
class Sighting:
    """One article as one source showed it at one time (unix seconds), with its page and body where there are any."""

    article: Article
    origin: str
    seen_at: int
    account: Account | None = None
    page: RawPage | None = None
    body: str | None = None


@dataclass(slots=True)
class Tally:
    """What became of the sightings; new + updated + unchanged = sightings put."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.new + other.new, self.updated + other.updated, self.unchanged + other.unchanged)

    @property
    def total(self) -> int:
        """Sightings put."""
        return self.new + self.updated + self.unchanged


@dataclass(slots=True)
class Writer:
    """Writes to one store inside one transaction; made by Store.writing()."""

    conn: Connection
    now: int
    resolver: Resolver = field(init=False)
    vault: Vault = field(init=False)
    _account_claims: dict[int, dict[tuple[int, str, str], int]] = field(default_factory=lambda: defaultdict(dict))

    def __post_init__(self) -> None:
        self.resolver = Resolver(self.conn)
        self.vault = Vault(self._load_dictionary, self._save_dictionary)
        c = t.dictionaries.c.dictionary_id
        self.vault.recent = list(self.conn.execute(select(c).order_by(c.desc()).limit(8)).scalars())

    def close(self) -> None:
        """Merge what has changed and write the counters; the transaction is committed by its owner."""
        self._merge_accounts()
        self.resolver.save_counters()

    # sources

    def source(self, kind: str, label: str, *, digest: str | None = None, permission: str | None = None, note: dict[str, Any] | None = None) -> int:
        """Register where claims come from, and get its id."""
        row = {"kind": kind, "label": label, "digest": digest, "permission": permission, "added_at": self.now}
        result = self.conn.execute(insert(t.sources).values(**row, note=_json(note) if note else None))
        return _new_key(result)

    def crawl_source(self, label: str, permission: str | None) -> int:
        """The one source of an account's crawls under one permission: runs over an unchanged history then add nothing."""
        c = t.sources.c
        allowed = c.permission == permission if permission else c.permission.is_(None)
        held = self.conn.execute(select(c.source_id).where(c.kind == "crawl", c.label == label, allowed)).scalar()
        return int(held) if held is not None else self.source("crawl", label, permission=permission)

    def note_source(self, source_id: int, note: dict[str, Any]) -> None:
        """Keep what a source brought."""
        self.conn.execute(update(t.sources).where(t.sources.c.source_id == source_id).values(note=_json(note)))

    # accounts

    def put_account(self, source_id: int, account: Account, *, origin: str, seen_at: int) -> int:
        """Keep what a source says of an account; gives the account's id."""
        number = self.resolver.account(account)
        said = {key: value for key in _ACCOUNT_FIELDS if (value := getattr(account, key)) is not None}
        key = (source_id, origin, _json(said))
        if self._account_claims[number].get(key, -1) < seen_at:
            self._account_claims[number][key] = seen_at
        return number

    def _merge_accounts(self) -> None:
        """Write the accounts' claims and what they come to."""
        for kept, gone in self.resolver.accounts_merged:
            for key, seen_at in self._account_claims.pop(gone, {}).items():
                self._account_claims[kept][key] = max(seen_at, self._account_claims[kept].get(key, -1))
        dirty = set(self._account_claims) | {kept for kept, _ in self.resolver.accounts_merged}
        for number in sorted(dirty - {gone for _, gone in self.resolver.accounts_merged}):
            c = t.account_claims.c
            rows = self.conn.execute(select(t.account_claims).where(c.account_id == number)).all()
            held = {(row.source_id, row.origin, row.said): row for row in rows}
            pending = self._account_claims.get(number, {})
            for key, seen_at in pending.items():
                source_id, origin, text = key
                if key not in held:
                    self.conn.execute(insert(t.account_claims).values(account_id=number, source_id=source_id, origin=origin, seen_at=seen_at, said=text))
                elif held[key].seen_at < seen_at:
                    self.conn.execute(update(t.account_claims).where(c.claim_id == held[key].claim_id).values(seen_at=seen_at))
            times = {key: row.seen_at for key, row in held.items()}
            times |= {key: max(seen_at, times.get(key, -1)) for key, seen_at in pending.items()}
            merged = merge_account([Claim(origin, seen_at, json.loads(text)) for (_, origin, text), seen_at in times.items()])
            known = {key: merged.pop(key, None) for key in ("biz", "user_name", "name", "role", "brand")}
            self.conn.execute(delete(t.accounts).where(t.accounts.c.account_id == number))
            self.conn.execute(insert(t.accounts).values(account_id=number, more=_json(merged), **known))
        self._account_claims.clear()

    # articles

    def put(self, source_id: int, sightings: Sequence[Sighting], *, page_id: int | None = None) -> Tally:
        """Keep what a source says of articles, and merge it with what is known; `page_id` is the page they were read from."""
        tally = Tally()
        for some in chunks(sightings):
            tally += self._put_chunk(source_id, some, page_id)
        return tally

    def _put_chunk(self, source_id: int, sightings: Sequence[Sighting], page_id: int | None) -> Tally:
        owners = [self._owner(source_id, s) for s in sightings]
        merges = len(self.resolver.accounts_merged)
        ids = self.resolver.articles([(s.article, owner) for s, owner in zip(sightings, owners, strict=True)])
        if len(self.resolver.accounts_merged) > merges:
            owners = [self._owner(source_id, s) for s in sightings]
        owners = self._keep_owners(ids, owners)
        page_ids = [self._put_page(source_id, s.page, number) if s.page else page_id for s, number in zip(sightings, ids, strict=True)]
        before = self._load_claims(set(ids) - self.resolver.articles_made)
        held = {number: merge_article([claim for _, claim in rows]) for number, rows in before.items()}
        outcome: dict[int, str] = {}
        rows, claims = [], defaultdict(list, {number: [claim for _, claim in some] for number, some in before.items()})
        known = {(number, source, claim.origin, _json(claim.said)) for number, some in before.items() for source, claim in some}
        tally = Tally()
        for s, number, read_from in zip(sightings, ids, page_ids, strict=True):
            said = _plain(s.article.said())
            text = _json(said)
            if (number, source_id, s.origin, text) not in known:
                known.add((number, source_id, s.origin, text))
                claims[number].append(Claim(s.origin, s.seen_at, said))
                rows.append({"article_id": number, "born_id": number, "source_id": source_id, "page_id": read_from, "origin": s.origin, "seen_at": s.seen_at, "said": text})  # fmt: skip
            if number in self.resolver.articles_made and number not in held:
                outcome[number] = "new"
                held[number] = {}
                tally.new += 1
                continue
            merged = merge_article(claims[number])
            if merged == held[number] or outcome.get(number) == "new":
                tally.unchanged += 1
            else:
                tally.updated += 1
                held[number] = merged
        if rows:
            self.conn.execute(insert(t.claims), rows)
        self._save_articles(claims, dict(zip(ids, owners, strict=True)))
        self._put_albums(ids, sightings)
        self._put_bodies(ids, sightings)
        return tally

    def retract(self, claim_ids: Sequence[int]) -> None:
        """Take claims back; articles are merged anew from the rest, and those nobody claims any more are gone."""
        c = t.claims.c
        touched: set[int] = set()
        for some in chunks(claim_ids):
            touched |= set(self.conn.execute(select(c.article_id).where(c.claim_id.in_(some))).scalars())
            self.conn.execute(delete(t.claims).where(c.claim_id.in_(some)))
        left = {number: [claim for _, claim in rows] for number, rows in self._load_claims(touched).items()}
        owners: dict[int, int] = {}
        for some in chunks(sorted(touched)):
            rows = self.conn.execute(select(t.articles.c.article_id, t.articles.c.account_id).where(t.articles.c.article_id.in_(some)))
            owners.update({row.article_id: row.account_id for row in rows})
        self._save_articles(left, owners)
        for some in chunks(sorted(touched - left.keys())):
            for table in (t.articles, t.aliases, t.album_items, t.bodies, t.observations):
                self.conn.execute(delete(table).where(table.c.article_id.in_(some)))

    def claims_of_page(self, page_id: int) -> list[tuple[int, str, str]]:
        """(claim_id, origin, said as JSON) of everything read from one page."""
        c = t.claims.c
        rows = self.conn.execute(select(c.claim_id, c.origin, c.said).where(c.page_id == page_id))
        return [(row.claim_id, row.origin, row.said) for row in rows]

    def set_page_status(self, page_id: int, status: str) -> None:
        """Note what a page turned out to be when it was read again."""
        self.conn.execute(update(t.pages).where(t.pages.c.page_id == page_id).values(status=status))

    def _keep_owners(self, ids: list[int], owners: list[int]) -> list[int]:
        """A sighting that names no account leaves the article with the account it has."""
        blank = sorted({number for number, owner in zip(ids, owners, strict=True) if owner == UNKNOWN_ACCOUNT} - self.resolver.articles_made)
        held: dict[int, int] = {}
        for some in chunks(blank):
            c = t.articles.c
            rows = self.conn.execute(select(c.article_id, c.account_id).where(c.article_id.in_(some)))
            held.update({row.article_id: row.account_id for row in rows})
        return [held.get(number, owner) if owner == UNKNOWN_ACCOUNT else owner for number, owner in zip(ids, owners, strict=True)]

    def _owner(self, source_id: int, sighting: Sighting) -> int:
        if not any(account_aliases(_account_of(sighting))):
            return UNKNOWN_ACCOUNT
        return self.put_account(source_id, _account_of(sighting), origin=sighting.origin, seen_at=_name_time(sighting))

    def _load_claims(self, ids: Iterable[int]) -> dict[int, list[tuple[int, Claim]]]:
        found: dict[int, list[tuple[int, Claim]]] = defaultdict(list)
        c = t.claims.c
        for some in chunks(sorted(ids)):
            query = select(c.article_id, c.source_id, c.origin, c.seen_at, c.said).where(c.article_id.in_(some))
            for row in self.conn.execute(query):
                found[row.article_id].append((row.source_id, Claim(row.origin, row.seen_at, json.loads(row.said))))
        return found

    def _save_articles(self, claims: dict[int, list[Claim]], owners: dict[int, int]) -> None:
        for kept, _ in self.resolver.articles_merged:
            if kept not in claims:
                claims[kept] = [claim for _, claim in self._load_claims([kept])[kept]]
                owner = self.conn.execute(select(t.articles.c.account_id).where(t.articles.c.article_id == kept)).scalar()
                owners[kept] = owner or 0
        self.resolver.articles_merged.clear()
        rows = [_article_row(number, owners[number], some) for number, some in claims.items()]
        old = [row["article_id"] for row in rows if row["article_id"] not in self.resolver.articles_made]
        for some in chunks(old):
            self.conn.execute(delete(t.articles).where(t.articles.c.article_id.in_(some)))
        remade = [number for number in claims if number in self.resolver.articles_made]
        self.resolver.articles_made.difference_update(remade)
        if rows:
            self.conn.execute(insert(t.articles), rows)

    def _put_albums(self, ids: list[int], sightings: Sequence[Sighting]) -> None:
        """Membership as the sightings state it; the newest number inside the album wins."""
        items = {
            (album_id, number): (s.article.pos_num, s.seen_at)
            for number, s in sorted(zip(ids, sightings, strict=True), key=lambda pair: pair[1].seen_at)
            for album_id in s.article.album_ids
        }  # fmt: skip
        c = t.album_items.c
        for some in chunks(sorted(items)):
            numbers = sorted({number for _, number in some})
            held = {(r.album_id, r.article_id): r for r in self.conn.execute(select(t.album_items).where(c.article_id.in_(numbers)))}
            fresh = [{"album_id": a, "article_id": n, "pos_num": items[a, n][0], "seen_at": items[a, n][1]} for a, n in some if (a, n) not in held]
            if fresh:
                self.conn.execute(insert(t.album_items), fresh)
            for key in some:
                pos, seen_at = items[key]
                if key in held and pos is not None and seen_at >= held[key].seen_at and pos != held[key].pos_num:
                    self.conn.execute(update(t.album_items).where(c.album_id == key[0], c.article_id == key[1]).values(pos_num=pos, seen_at=seen_at))

    def _put_bodies(self, ids: list[int], sightings: Sequence[Sighting]) -> None:
        for number, s in zip(ids, sightings, strict=True):
            if s.body:
                raw = s.body.encode("utf-8", "replace")
                row = {"seen_at": s.seen_at, "sha256": hashlib.sha256(raw).hexdigest(), "blob": pack(raw)}
                c = t.bodies.c
                held = self.conn.execute(select(c.seen_at).where(c.article_id == number)).scalar()
                if held is None:
                    self.conn.execute(insert(t.bodies).values(article_id=number, **row))
                elif held <= s.seen_at:
                    self.conn.execute(update(t.bodies).where(c.article_id == number).values(**row))

    # albums and pages

    def put_album(self, source_id: int, album: Album, *, origin: str, seen_at: int, owner: int | None = None) -> None:
        """Keep what a source says of an album: newer claims win, missing ones keep what is known."""
        if owner is None and (album.biz or album.user_name or album.account_name):
            owner = self.put_account(source_id, Account(biz=album.biz, user_name=album.user_name, name=album.account_name), origin=origin, seen_at=seen_at)
        said = {"account_id": owner, **{key: getattr(album, key) for key in ("title", "article_count", "numbered", "description", "reads")}}
        said = {key: value for key, value in said.items() if value is not None}
        c = t.albums.c
        held = self.conn.execute(select(t.albums).where(c.album_id == album.album_id)).first()
        walked = {"walked_at": seen_at} if album.complete else {}
        if held is None:
            self.conn.execute(insert(t.albums).values(album_id=album.album_id, seen_at=seen_at, **said, **walked))
        elif seen_at >= held.seen_at + (_DAY_S if origin == "page" else 0):  # a list knows its album better than a page of the same day
            self.conn.execute(update(t.albums).where(c.album_id == album.album_id).values(seen_at=seen_at, **said, **walked))
        else:
            gaps = {key: value for key, value in said.items() if getattr(held, key) is None}
            if gaps:
                self.conn.execute(update(t.albums).where(c.album_id == album.album_id).values(**gaps))

    def put_page(self, source_id: int, page: RawPage) -> int:
        """Keep a raw page that belongs to no article (a listing, a notice without ids)."""
        return self._put_page(source_id, page, None)

    def _put_page(self, source_id: int, page: RawPage, article_id: int | None) -> int:
        sha = hashlib.sha256(page.raw).hexdigest()
        c = t.pages.c
        same_url = c.url == page.url if page.url is not None else c.url.is_(None)
        held = self.conn.execute(select(c.page_id).where(c.sha256 == sha, same_url)).scalar()
        if held is not None:
            return int(held)
        dictionary_id, blob = self.vault.pack_page(page.raw)
        result = self.conn.execute(
            insert(t.pages).values(
                article_id=article_id,
                source_id=source_id,
                kind=page.kind,
                url=page.url,
                status=page.status,
                seen_at=page.seen_at,
                sha256=sha,
                size=len(page.raw),
                dictionary_id=dictionary_id,
                blob=blob,
            )
        )
        return _new_key(result)

    def _load_dictionary(self, number: int) -> bytes:
        c = t.dictionaries.c
        return unpack(self.conn.execute(select(c.blob).where(c.dictionary_id == number)).scalar_one())

    def _save_dictionary(self, raw: bytes) -> int:
        sha = hashlib.sha256(raw).hexdigest()
        c = t.dictionaries.c
        held = self.conn.execute(select(c.dictionary_id).where(c.sha256 == sha)).scalar()
        if held is not None:
            return int(held)
        result = self.conn.execute(insert(t.dictionaries).values(sha256=sha, blob=pack_dictionary(raw)))
        return _new_key(result)


def _account_of(sighting: Sighting) -> Account:
    a = sighting.article
    return sighting.account or Account(biz=a.biz, user_name=a.user_name, name=a.account_name)


def _name_time(sighting: Sighting) -> int:
    """When the account was called so: the day of the article for lists, which name accounts as they were then."""
    at = sighting.article.published_at
    return int(at.timestamp()) if at and sighting.page is None else sighting.seen_at


def _new_key(result: CursorResult[Any]) -> int:
    key = result.inserted_primary_key
    assert key is not None  # every table here numbers its rows
    return int(key[0])


def claim_text(article: Article) -> str:
    """A record as its claim is stored."""
    return _json(_plain(article.said()))


def _plain(said: dict[str, Any]) -> dict[str, Any]:
    """Record values as JSON values: times as unix seconds, tuples as lists; "listed" is what goes without saying."""
    plain = {k: int(v.timestamp()) if isinstance(v, datetime) else list(v) if isinstance(v, tuple) else v for k, v in said.items()}
    if plain.get("status") == "listed":
        del plain["status"]
    return plain


def _article_row(number: int, owner: int, claims: list[Claim]) -> dict[str, Any]:
    merged = merge_article(claims)
    title = merged.get("title")
    row = {key: merged.get(key) for key in _COLUMNS}
    row |= {"article_id": number, "account_id": owner, "title_key": title_key(title) if title else None}
    row |= {"status": merged.get("status", "listed"), "time_precision": merged.get("time_precision", "none")}
    row["albums"] = _json(merged["album_ids"]) if merged.get("album_ids") else None
    row["source"] = min(claims, key=lambda c: (c.seen_at, c.origin)).origin
    row["more"] = _json({key: merged[key] for key in _MORE if key in merged})
    return row


def _json(value: Any) -> str:
    return _ENCODER.encode(value)


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))  # made once: json.dumps makes one a call

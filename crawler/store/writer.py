"""One write transaction on a store: sightings in, articles new, updated or unchanged out. Ids are
identity.py's, merging merge.py's.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, update

from crawler.records import Account, Album, account_aliases
from crawler.store import schema as t
from crawler.store.claims import (
    UNKNOWN_ACCOUNT,
    Sighting,
    StoredClaim,
    Tally,
    account_of,
    article_row,
    encode_json,
    name_time,
    plain_fields,
)
from crawler.store.contents import merge_albums, put_album_claim, put_bodies, put_counts, save_items
from crawler.store.identity import Resolver, chunks
from crawler.store.merge import Claim, merge_account, merge_article
from crawler.store.names import existing_accounts, resolve_names
from crawler.store.raw_pages import RawPage, RawPages

__all__ = ["Writer"]


_ACCOUNT_FIELDS = tuple(f.name for f in fields(Account))

_NOTE = (
    update(t.sources)
    .where(t.sources.c.source_id == bindparam("source_pk"))
    .values(note=bindparam("text"))
)
_CLAIM_COLUMNS = ("article_id", "source_id", "account_id", "origin", "seen_at", "said")
_CLAIMS = select(*(t.claims.c[name] for name in _CLAIM_COLUMNS)).where(
    t.any_of(t.claims.c.article_id)
)


@dataclass(slots=True)
class Writer:
    """Writes to one store in one transaction or savepoint; made by Store and Savepoints."""

    conn: Connection
    now: int
    raw_pages: RawPages
    # accounts to rebuild when the whole transaction ends; None: when this writer does
    later: set[int] | None = None
    resolver: Resolver = field(init=False)
    # names that several accounts have, met in this transaction; complete when it closes
    shared_names: dict[str, int] = field(default_factory=dict)
    # by account and claim: seen_at, born
    _account_claims: dict[int, dict[tuple[int, str, str], tuple[int, int]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    _albums: set[str] = field(default_factory=set)  # of which something new is claimed

    def __post_init__(self) -> None:
        self.resolver = Resolver(self.conn)

    def close(self) -> None:
        """Merge what has changed and write the counters; its owner commits."""
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
                    settled.accounts
                    | {survivor for survivor, _ in self.resolver.accounts_merged[merged:]},
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
        result = self.conn.execute(
            t.add(t.sources), {**row, "note": encode_json(note) if note else None}
        )
        return t.new_key(result)

    def lasting_source(self, kind: str, label: str, permission: str | None = None) -> int:
        """The one source of an account's crawls under one permission, or of what is stated by hand:
        doing the same again then adds nothing.
        """
        c = t.sources.c
        allowed = c.permission == permission if permission else c.permission.is_(None)
        source_pk = self.conn.execute(
            select(c.source_id).where(c.kind == kind, c.label == label, allowed)
        ).scalar()
        return (
            int(source_pk)
            if source_pk is not None
            else self.source(kind, label, permission=permission)
        )

    def note_source(self, source_id: int, note: dict[str, Any]) -> None:
        """Keep what a source brought."""
        self.conn.execute(_NOTE, {"source_pk": source_id, "text": encode_json(note)})

    # accounts

    def put_account(self, source_id: int, account: Account, *, origin: str, seen_at: int) -> int:
        """Keep what a source says of an account; gives the account's id."""
        account_pk = self.resolver.account(account)
        fields = {
            key: value for key in _ACCOUNT_FIELDS if (value := getattr(account, key)) is not None
        }
        key = (source_id, origin, encode_json(fields))
        before = self._account_claims[account_pk].get(key)
        if before is None or before[0] < seen_at:
            self._account_claims[account_pk][key] = (seen_at, before[1] if before else account_pk)
        return account_pk

    def state_account(self, source_id: int, account: Account, *, seen_at: int) -> int:
        """Keep what the accounts file says of an account today, in place of what it said before;
        gives the account's id.
        """
        account_pk = self.resolver.account(account)
        c = t.account_claims.c
        self.conn.execute(
            delete(t.account_claims).where(
                c.account_id == account_pk, c.source_id == source_id, c.origin == "accounts file"
            )
        )
        return self.put_account(source_id, account, origin="accounts file", seen_at=seen_at)

    def _merge_accounts(self) -> None:
        """Write the accounts' claims and what they come to."""
        for survivor, gone in self.resolver.accounts_merged:
            for key, (seen_at, born) in self._account_claims.pop(gone, {}).items():
                claim = self._account_claims[survivor].get(key, (-1, born))
                self._account_claims[survivor][key] = (max(seen_at, claim[0]), claim[1])
        dirty = set(self._account_claims) | {
            survivor for survivor, _ in self.resolver.accounts_merged
        }
        self._save_account_claims()
        self._rebuild_later(dirty - {gone for _, gone in self.resolver.accounts_merged})
        self._account_claims.clear()

    def _rebuild_later(self, account_pks: set[int]) -> None:
        """Nothing written before the transaction ends looks at what accounts come to."""
        if self.later is None:
            self.rebuild_accounts(account_pks)
        else:
            self.later |= account_pks
            self.later &= existing_accounts(self.conn, self.later)

    def _save_account_claims(self) -> None:
        stored: dict[tuple[int, int, str, str], tuple[int, int]] = {}
        c = t.account_claims.c
        for chunk in chunks(
            sorted({key[0] for pending in self._account_claims.values() for key in pending})
        ):  # an account has a claim a page: only these sources'
            for row in self.conn.execute(select(t.account_claims).where(c.source_id.in_(chunk))):
                stored[row.account_id, row.source_id, row.origin, row.said] = (
                    row.claim_id,
                    row.seen_at,
                )
        fresh = []
        for account_pk, pending in self._account_claims.items():
            for key, (seen_at, born) in pending.items():
                claim = stored.get((account_pk, *key))
                if claim is None:
                    filed = {"account_id": account_pk, "born_id": born, "seen_at": seen_at}
                    fresh.append({**filed, "source_id": key[0], "origin": key[1], "said": key[2]})
                elif claim[1] < seen_at:
                    self.conn.execute(
                        update(t.account_claims)
                        .where(t.account_claims.c.claim_id == claim[0])
                        .values(seen_at=seen_at)
                    )
        if fresh:
            self.conn.execute(t.add(t.account_claims), fresh)

    def rebuild_accounts(self, account_pks: Iterable[int]) -> None:
        """Make accounts anew from what is claimed of them; one of which nothing is
        claimed is gone.
        """
        wanted = sorted(account_pks)
        claims: dict[int, list[Claim]] = defaultdict(list)
        c = t.account_claims.c
        for chunk in chunks(
            wanted
            # a thousand pages say the same of their account: only the newest of these tells
            # anything
        ):
            newest = select(
                c.account_id, c.origin, c.said, func.max(c.seen_at).label("seen_at")
            ).where(c.account_id.in_(chunk))
            for row in self.conn.execute(
                newest.group_by(c.account_id, c.origin, c.said).order_by(
                    c.account_id, c.origin, c.said
                )
            ):
                claims[row.account_id].append(Claim(row.origin, row.seen_at, json.loads(row.said)))
        rows = []
        for account_pk in sorted(claims):
            merged = merge_account(claims[account_pk])
            columns = {
                key: merged.pop(key, None) for key in ("biz", "user_name", "name", "role", "brand")
            }
            rows.append({"account_id": account_pk, "more": encode_json(merged), **columns})
        for chunk in chunks(wanted):
            self.conn.execute(delete(t.accounts).where(t.accounts.c.account_id.in_(chunk)))
        if rows:
            self.conn.execute(t.add(t.accounts), rows)

    # articles

    def put(
        self, source_id: int, sightings: Sequence[Sighting], *, page_id: int | None = None
    ) -> Tally:
        """Keep what a source says of articles, and merge it with what is known; `page_id` is the
        page they were read from.
        """
        tally = Tally()
        for chunk in chunks(sightings):
            tally += self._put_chunk(source_id, chunk, page_id)
        return tally

    def _put_chunk(
        self, source_id: int, sightings: Sequence[Sighting], page_id: int | None
    ) -> Tally:
        merges = len(self.resolver.accounts_merged)
        self.resolver.meet_accounts([account_of(s) for s in sightings])
        owners = [self._owner(source_id, s) for s in sightings]
        if len(self.resolver.accounts_merged) > merges:  # one met on the way may be merged since
            owners = [self._owner(source_id, s) for s in sightings]
        ids = self.resolver.articles(
            [(s.article, owner) for s, owner in zip(sightings, owners, strict=True)]
        )
        page_ids = [
            self.raw_pages.put(source_id, s.page, article_pk) if s.page else page_id
            for s, article_pk in zip(sightings, ids, strict=True)
        ]
        claims = self._load_claims(set(ids) - self.resolver.new_articles)
        tally = self._file(source_id, sightings, ids, owners, page_ids, claims)
        self._save_articles(claims)
        pairs = list(zip(ids, sightings, strict=True))
        bodies = [(article_pk, s.seen_at, s.body) for article_pk, s in pairs if s.body]
        counts = [(article_pk, count) for article_pk, s in pairs for count in s.counts]
        put_bodies(self.conn, source_id, bodies)
        put_counts(self.conn, source_id, counts)
        return tally

    def _file(
        self,
        source_id: int,
        sightings: Sequence[Sighting],
        ids: list[int],
        owners: list[int],
        page_ids: list[int | None],
        claims_of_article: dict[int, list[StoredClaim]],
    ) -> Tally:
        """Add the new claims to the store and to `held`, and tell what each sighting changed."""
        before = {
            article_pk: merge_article([stored.claim for stored in claims_of])
            for article_pk, claims_of in claims_of_article.items()
        }
        stored_claims = {
            (article_pk, stored.source_id, stored.claim.origin, encode_json(stored.claim.said))
            for article_pk, claims_of in claims_of_article.items()
            for stored in claims_of
        }
        tally, fresh, rows = Tally(), set(), []
        for s, article_pk, owner, page_id in zip(sightings, ids, owners, page_ids, strict=True):
            fields = plain_fields(s.article.said())
            key = (article_pk, source_id, s.origin, encode_json(fields))
            if key not in stored_claims:
                stored_claims.add(key)
                claims_of_article.setdefault(article_pk, []).append(
                    StoredClaim(source_id, owner, Claim(s.origin, s.seen_at, fields))
                )
                born = {
                    "article_id": article_pk,
                    "born_id": article_pk,
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
            if article_pk not in before:
                before[article_pk] = {}
                fresh.add(article_pk)
                tally.new += 1
            elif (
                article_pk in fresh
                or (
                    merged := merge_article(
                        [stored.claim for stored in claims_of_article[article_pk]]
                    )
                )
                == before[article_pk]
            ):
                tally.unchanged += 1
            else:
                before[article_pk] = merged
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
        for chunk in chunks(claim_ids):
            touched |= set(
                self.conn.execute(select(c.article_id).where(c.claim_id.in_(chunk))).scalars()
            )
            self.conn.execute(delete(t.claims).where(c.claim_id.in_(chunk)))
        self.rebuild_articles(touched)
        return touched

    def rebuild_articles(self, article_pks: Iterable[int]) -> None:
        """Make articles anew from what is claimed of them; one of which nothing is
        claimed is gone.
        """
        touched = set(article_pks)
        left = self._load_claims(touched)
        for chunk in chunks(sorted(touched)):
            self.conn.execute(delete(t.album_items).where(t.album_items.c.article_id.in_(chunk)))
        self._save_articles(left)
        for chunk in chunks(sorted(touched - left.keys())):
            for table in (t.articles, t.aliases, t.bodies, t.observations):
                self.conn.execute(delete(table).where(table.c.article_id.in_(chunk)))

    def claims_of_page(self, page_id: int) -> list[tuple[int, str, str]]:
        """(claim_id, origin, said as JSON) of everything read from one page."""
        c = t.claims.c
        rows = self.conn.execute(select(c.claim_id, c.origin, c.said).where(c.page_id == page_id))
        return [(row.claim_id, row.origin, row.said) for row in rows]

    def set_page_status(self, page_id: int, status: str) -> None:
        """Note what a page turned out to be when it was read again."""
        self.conn.execute(update(t.pages).where(t.pages.c.page_id == page_id).values(status=status))

    def _owner(self, source_id: int, sighting: Sighting) -> int:
        if not any(account_aliases(account_of(sighting))):
            return UNKNOWN_ACCOUNT
        return self.put_account(
            source_id, account_of(sighting), origin=sighting.origin, seen_at=name_time(sighting)
        )

    def _load_claims(self, ids: Iterable[int]) -> dict[int, list[StoredClaim]]:
        claims: dict[int, list[StoredClaim]] = {}
        for chunk in chunks(sorted(ids)):
            for row in self.conn.execute(_CLAIMS, {"some": chunk}):
                claim = Claim(row.origin, row.seen_at, json.loads(row.said))
                claims.setdefault(row.article_id, []).append(
                    StoredClaim(row.source_id, row.account_id, claim)
                )
        return claims

    def _save_articles(self, claims: dict[int, list[StoredClaim]]) -> None:
        """Write articles as their claims have them; those that were merged meanwhile are read
        again.
        """
        merged = {survivor for survivor, _ in self.resolver.articles_merged} - claims.keys()
        claims |= self._load_claims(merged)
        self.resolver.articles_merged.clear()
        old = sorted(claims.keys() - self.resolver.new_articles)
        for chunk in chunks(old):
            self.conn.execute(delete(t.articles).where(t.articles.c.article_id.in_(chunk)))
        self.resolver.new_articles.difference_update(claims)
        if claims:
            self.conn.execute(
                t.add(t.articles),
                [article_row(article_pk, claims_of) for article_pk, claims_of in claims.items()],
            )
        save_items(
            self.conn,
            {
                article_pk: [stored.claim for stored in claims_of]
                for article_pk, claims_of in claims.items()
            },
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

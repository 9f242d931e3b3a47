"""Taking a source back: everything it said goes, and what its word had joined comes apart again.

What is left is grouped anew from the claims that remain: claims that share a key belong together, and a claim that was filed by title
and time alone stays with the article it was filed under.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from crawler import schema as t
from crawler.attachments import merge_albums
from crawler.identity import chunks
from crawler.records import Account, Article, account_aliases, article_aliases
from crawler.writer import Writer

__all__ = ["Forgotten", "forget_source"]


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What a source had brought: claims taken back, articles that are gone with them, raw pages removed."""

    claims: int
    articles: int
    pages: int


def forget_source(writer: Writer, source_id: int) -> Forgotten:
    """Take back everything one source said, inside the writer's transaction."""
    conn = writer.conn
    articles = _numbers(conn, select(t.claims.c.article_id).where(t.claims.c.source_id == source_id))
    accounts = _numbers(conn, select(t.account_claims.c.account_id).where(t.account_claims.c.source_id == source_id))
    albums = list(conn.execute(select(t.album_claims.c.album_id).where(t.album_claims.c.source_id == source_id)).scalars())
    claims = len(list(conn.execute(select(t.claims.c.claim_id).where(t.claims.c.source_id == source_id)).scalars()))
    pages = _remove_pages(conn, source_id)
    for table in (t.claims, t.account_claims, t.album_claims, t.bodies, t.observations):
        conn.execute(delete(table).where(table.c.source_id == source_id))
    conn.execute(delete(t.sources).where(t.sources.c.source_id == source_id))
    moved = _regroup_accounts(conn, accounts)
    articles |= _numbers(conn, select(t.claims.c.article_id).where(t.claims.c.account_id.in_(sorted(moved)))) if moved else set()
    regrouped = _regroup_articles(conn, articles)
    writer.remake_articles(articles | regrouped)
    merge_albums(conn, [*albums, *conn.execute(select(t.albums.c.album_id).where(t.albums.c.account_id.in_(sorted(accounts | moved)))).scalars()])
    writer.remake_accounts(accounts | moved)
    left = _numbers(conn, select(t.articles.c.article_id).where(t.articles.c.article_id.in_(sorted(articles)))) if articles else set()
    return Forgotten(claims, len(articles - left), pages)


def _numbers(conn: Connection, query: Any) -> set[int]:
    return {int(number) for number in conn.execute(query.distinct()).scalars()}


def _remove_pages(conn: Connection, source_id: int) -> int:
    """A page that another source's claims were read from as well becomes that source's."""
    removed = 0
    for page_id in _numbers(conn, select(t.pages.c.page_id).where(t.pages.c.source_id == source_id)):
        c = t.claims.c
        heir = conn.execute(select(c.source_id).where(c.page_id == page_id, c.source_id != source_id).order_by(c.source_id)).scalar()
        if heir is not None:
            conn.execute(update(t.pages).where(t.pages.c.page_id == page_id).values(source_id=heir))
        else:
            conn.execute(delete(t.pages).where(t.pages.c.page_id == page_id))
            removed += 1
    return removed


# articles


def _regroup_articles(conn: Connection, numbers: Iterable[int]) -> set[int]:
    """Group the claims of these articles anew; gives every article id in use afterwards."""
    wanted = set(numbers)
    rows = [
        row for some in chunks(sorted(wanted)) for row in conn.execute(select(t.claims).where(t.claims.c.article_id.in_(some)).order_by(t.claims.c.claim_id))
    ]
    keys = [list(article_aliases(_article(json.loads(row.said)), row.account_id)) for row in rows]
    ids = _components(rows, keys, lambda row: row.born_id)
    for some in chunks(sorted(wanted)):
        conn.execute(delete(t.aliases).where(t.aliases.c.article_id.in_(some)))
    aliases = {key: number for some, number in zip(keys, ids, strict=True) for key in some}
    aliases |= {f"id:{row.born_id}": number for row, number in zip(rows, ids, strict=True) if row.born_id not in ids}
    if aliases:
        conn.execute(insert(t.aliases), [{"alias": key, "article_id": number} for key, number in aliases.items()])
    for row, number in zip(rows, ids, strict=True):
        if number != row.article_id:
            conn.execute(update(t.claims).where(t.claims.c.claim_id == row.claim_id).values(article_id=number))
            if row.page_id is not None and row.origin in ("page", "evaluated page"):
                conn.execute(update(t.pages).where(t.pages.c.page_id == row.page_id).values(article_id=number))
            for table in (t.bodies, t.observations):
                same = (table.c.article_id == row.article_id, table.c.source_id == row.source_id)
                conn.execute(update(table).where(*same).values(article_id=number))
    return set(ids)


def _article(said: dict[str, Any]) -> Article:
    """As much of a claim's record as its keys are made of."""
    at = said.get("published_at")
    names = ("biz", "mid", "idx", "token", "user_name", "account_name", "url", "title")
    known: dict[str, Any] = {name: said.get(name) for name in names}
    return Article(**known, published_at=datetime.fromtimestamp(at, UTC) if at is not None else None)


def _components(rows: Sequence[Any], keys: Sequence[Sequence[Hashable]], born: Callable[[Any], int]) -> list[int]:
    """An id for each row: rows that share a key share it, and each group takes the oldest id it was born with that is still free."""
    group = _union(keys)
    members: dict[int, list[int]] = defaultdict(list)
    for at, root in enumerate(group):
        members[root].append(at)
    taken: dict[int, int] = {}  # id -> group
    named: dict[int, int] = {}  # group -> id
    for root in sorted(members, key=lambda root: min(members[root])):
        births = sorted({born(rows[at]) for at in members[root]})
        free = next((number for number in births if number not in taken), None)
        named[root] = free if free is not None else births[0]  # none free: it was filed there by title and time
        taken.setdefault(named[root], root)
    return [named[root] for root in group]


def _union(keys: Sequence[Sequence[Hashable]]) -> list[int]:
    parent = list(range(len(keys)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    first: dict[Hashable, int] = {}
    for at, some in enumerate(keys):
        for key in some:
            one, other = sorted((root(first.setdefault(key, at)), root(at)))
            parent[other] = one
    return [root(at) for at in range(len(keys))]


# accounts


def _regroup_accounts(conn: Connection, numbers: set[int]) -> set[int]:
    """Group what is claimed of these accounts anew; gives every account id in use afterwards that is not as it was."""
    c = t.account_claims.c
    rows = [row for some in chunks(sorted(numbers)) for row in conn.execute(select(t.account_claims).where(c.account_id.in_(some)).order_by(c.claim_id))]
    said = [Account(**{key: value for key, value in json.loads(row.said).items() if key in ("biz", "user_name", "name")}) for row in rows]
    names = [list(account_aliases(account)) for account in said]
    strong = [
        [key for key in some if not key.startswith("name:")] or [f"{key}@{row.account_id}" for key in some] for row, some in zip(rows, names, strict=True)
    ]
    ids = _components(rows, _with_names(strong, names, rows), lambda row: row.born_id)
    for some in chunks(sorted(numbers)):
        conn.execute(delete(t.account_aliases).where(t.account_aliases.c.account_id.in_(some)))
    pairs = {(key, number) for some, number in zip(names, ids, strict=True) for key in some}
    if pairs:
        conn.execute(insert(t.account_aliases), [{"alias": key, "account_id": number} for key, number in sorted(pairs)])
    births = {row.born_id: number for row, number in zip(rows, ids, strict=True)}
    moved = set()
    for row, number in zip(rows, ids, strict=True):
        if number != row.account_id:
            conn.execute(update(t.account_claims).where(c.claim_id == row.claim_id).values(account_id=number))
            moved |= {number, row.account_id}
    for old in sorted(numbers):
        for birth, number in births.items():
            same = (t.claims.c.account_id == old, t.claims.c.account_born_id == birth)
            if number != old:
                conn.execute(update(t.claims).where(*same).values(account_id=number))
    return moved


def _with_names(strong: list[list[str]], names: list[list[str]], rows: Sequence[Any]) -> list[list[str]]:
    """A claim with a name alone stays with the account it was filed under, where one of that name and birth has an id of its own."""
    owners: dict[tuple[str, int], list[tuple[int, str]]] = defaultdict(list)
    found = []
    for keys, some, row in zip(strong, names, rows, strict=True):
        if not keys[0].startswith("name:"):
            for key in some:
                owners[key, row.account_id].append((row.born_id, keys[0]))
    for keys, some, row in zip(strong, names, rows, strict=True):
        known = owners.get((some[-1], row.account_id), []) if keys[0].startswith("name:") else []
        extra = [key for _, key in sorted(known, key=lambda pair: (pair[0] != row.born_id, pair))[:1]]
        found.append([*keys, *extra])
    return found

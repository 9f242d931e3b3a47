"""Taking a source back: everything it said goes, and what its word had joined comes apart again.

What is left is grouped anew from the claims that remain: claims that share a key belong together,
and a claim that was filed by title and time alone stays with the article it was filed under.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, select, update

from crawler.store import schema as t
from crawler.store.contents import merge_albums
from crawler.store.regroup import regroup_accounts, regroup_articles
from crawler.store.writer import Writer

__all__ = ["Forgotten", "forget_source"]


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What a source had brought: claims taken back, articles that are gone with them, raw pages
    removed.
    """

    claims: int
    articles: int
    pages: int


def forget_source(writer: Writer, source_id: int) -> Forgotten:
    """Take back everything one source said, inside the writer's transaction."""
    conn = writer.conn
    articles = _numbers(
        conn, select(t.claims.c.article_id).where(t.claims.c.source_id == source_id)
    )
    accounts = _numbers(
        conn, select(t.account_claims.c.account_id).where(t.account_claims.c.source_id == source_id)
    )
    albums = list(
        conn.execute(
            select(t.album_claims.c.album_id).where(t.album_claims.c.source_id == source_id)
        ).scalars()
    )
    claims = len(
        list(
            conn.execute(
                select(t.claims.c.claim_id).where(t.claims.c.source_id == source_id)
            ).scalars()
        )
    )
    pages = _remove_pages(conn, source_id)
    for table in (t.claims, t.account_claims, t.album_claims, t.bodies, t.observations):
        conn.execute(delete(table).where(table.c.source_id == source_id))
    conn.execute(delete(t.sources).where(t.sources.c.source_id == source_id))
    moved = regroup_accounts(conn, accounts)
    articles |= (
        _numbers(conn, select(t.claims.c.article_id).where(t.among(t.claims.c.account_id, moved)))
        if moved
        else set()
    )
    regrouped = regroup_articles(conn, writer.resolver, articles)
    writer.resolver.accounts_regrouped |= moved
    writer.rebuild_articles(articles | regrouped)
    merge_albums(
        conn,
        [
            *albums,
            *conn.execute(
                select(t.albums.c.album_id).where(t.among(t.albums.c.account_id, accounts | moved))
            ).scalars(),
        ],
    )
    writer.rebuild_accounts(accounts | moved)
    left = (
        _numbers(
            conn, select(t.articles.c.article_id).where(t.among(t.articles.c.article_id, articles))
        )
        if articles
        else set()
    )
    return Forgotten(claims, len(articles - left), pages)


def _numbers(conn: Connection, query: Any) -> set[int]:
    return {int(pk) for pk in conn.execute(query.distinct()).scalars()}


def _remove_pages(conn: Connection, source_id: int) -> int:
    """A page that another source's claims were read from as well becomes that source's."""
    removed = 0
    for page_id in _numbers(
        conn, select(t.pages.c.page_id).where(t.pages.c.source_id == source_id)
    ):
        c = t.claims.c
        heir = conn.execute(
            select(c.source_id)
            .where(c.page_id == page_id, c.source_id != source_id)
            .order_by(c.source_id)
        ).scalar()
        if heir is not None:
            conn.execute(update(t.pages).where(t.pages.c.page_id == page_id).values(source_id=heir))
        else:
            conn.execute(delete(t.pages).where(t.pages.c.page_id == page_id))
            removed += 1
    return removed

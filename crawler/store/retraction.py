"""Taking a source back: everything it said goes, and what its word had joined comes apart again. Or
giving what it brought to the account that a person says it is of.

What is left is grouped anew from the claims that remain: claims that share a key belong together,
and a claim that was filed by title and time alone stays with the article it was filed under.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, delete, select, update

from crawler.records import Account
from crawler.store import schema as t
from crawler.store.claims import UNKNOWN_ACCOUNT, encode_json
from crawler.store.contents import merge_albums
from crawler.store.regroup import regroup_accounts, regroup_articles, with_twins
from crawler.store.writer import Writer

__all__ = ["Forgotten", "accounts_of_source", "forget_source", "refile_source"]


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


def refile_source(
    writer: Writer, source_id: int, owner: Account, guessed: Collection[str] = ()
) -> int:
    """Give the owner what a source brought that names nobody, or whose account was `guessed`; gives
    how many articles that are.
    """
    owner_pk = writer.put_account(source_id, owner, origin="accounts file", seen_at=writer.now)
    wrong = set(guessed) - {owner.name}
    accounts = _correct_accounts(writer, source_id, owner, wrong)
    c = t.claims.c
    articles = set()
    for row in writer.conn.execute(
        select(c.claim_id, c.article_id, c.account_id, c.said).where(c.source_id == source_id)
    ).all():
        fields = json.loads(row.said)
        misnamed = fields.get("account_name") in wrong
        if row.account_id != UNKNOWN_ACCOUNT and not misnamed:
            continue
        values: dict[str, Any] = {}
        if misnamed:
            fields["account_name"] = owner.name
            values["said"] = encode_json({k: v for k, v in fields.items() if v is not None})
        if not (fields.get("biz") or fields.get("user_name")):
            values |= {"account_id": owner_pk, "account_born_id": owner_pk}
        writer.conn.execute(update(t.claims).where(c.claim_id == row.claim_id).values(values))
        articles.add(row.article_id)
    moved = regroup_accounts(writer.conn, accounts)
    touched = with_twins(writer.conn, articles)
    regrouped = regroup_articles(writer.conn, writer.resolver, touched)
    writer.resolver.accounts_regrouped |= moved | {owner_pk}
    writer.rebuild_articles(touched | regrouped)
    writer.rebuild_accounts(accounts | moved)
    return len(articles)


def _correct_accounts(
    writer: Writer, source_id: int, owner: Account, wrong: Collection[str]
) -> set[int]:
    """Take back what the source said of accounts by a wrong name; gives these accounts."""
    c = t.account_claims.c
    accounts = set()
    for row in writer.conn.execute(select(t.account_claims).where(c.source_id == source_id)).all():
        fields = json.loads(row.said)
        if fields.get("name") not in wrong:
            continue
        accounts.add(row.account_id)
        writer.conn.execute(delete(t.account_claims).where(c.claim_id == row.claim_id))
        if fields.get("biz") or fields.get("user_name"):
            said = replace(owner, biz=fields.get("biz"), user_name=fields.get("user_name"))
            writer.put_account(source_id, said, origin=row.origin, seen_at=row.seen_at)
    return accounts


def accounts_of_source(writer: Writer, source_id: int) -> list[Account]:
    """The accounts a source brought articles of, as they are identified."""
    a, c = t.accounts.c, t.claims.c
    named = select(c.account_id).where(c.source_id == source_id, c.account_id != UNKNOWN_ACCOUNT)
    rows = writer.conn.execute(
        select(a.biz, a.user_name, a.name).where(a.account_id.in_(named)).order_by(a.account_id)
    )
    return [Account(biz=row.biz, user_name=row.user_name, name=row.name) for row in rows]

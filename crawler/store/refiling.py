"""Filing anew what one source brought, once a person says whose it is: what was filed under no
account, or under one that was only guessed from a name.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sqlalchemy import delete, select, update

from crawler.records import Account
from crawler.store import schema as t
from crawler.store.claims import UNKNOWN_ACCOUNT, encode_json
from crawler.store.regroup import regroup_accounts, regroup_articles
from crawler.store.writer import Writer

__all__ = ["accounts_of_source", "refile_source"]


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
    regrouped = regroup_articles(writer.conn, writer.resolver, articles)
    writer.resolver.accounts_regrouped |= moved | {owner_pk}
    writer.rebuild_articles(articles | regrouped)
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

"""One name, one account or several: decided from all that is known, whatever came first.

What names its account by its name alone belongs to the one identified account (biz or gh_id) that
was called so. Where two were, it belongs to neither: it is kept under an account that is a mere
name, and the name is reported.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from crawler.records import name_alias
from crawler.store import schema as t
from crawler.store.identity import Resolver, SimilarRow, chunks
from crawler.store.regroup import is_mere_name, regroup_accounts, regroup_articles

__all__ = ["Settled", "existing_accounts", "resolve_names"]


@dataclass(slots=True)
class Settled:
    """What was decided anew: articles and accounts to make again, and names that several identified
    accounts have.
    """

    articles: set[int] = field(default_factory=set)
    accounts: set[int] = field(default_factory=set)
    shared: dict[str, int] = field(default_factory=dict)  # name -> how many accounts


def resolve_names(conn: Connection, resolver: Resolver, names: Collection[str]) -> Settled:
    """Settle to whom these names lead, by all claims in the store; then join articles that only now
    turn out to be one account's.
    """
    settled = Settled()
    for name, account_pks in _holders(conn, names).items():
        identified = _identified(conn, account_pks)
        mere = sorted(account_pks - identified)
        if len(identified) == 1:
            for account_pk in mere:
                resolver.merge_accounts(min(identified), account_pk)
        elif identified:
            settled.shared[name] = len(identified)
            if _has_adopted(conn, name, identified):
                settled.accounts |= regroup_accounts(conn, identified)
    if settled.accounts:
        touched = set(
            conn.execute(
                select(t.claims.c.article_id)
                .where(t.among(t.claims.c.account_id, settled.accounts))
                .distinct()
            ).scalars()
        )
        settled.articles |= touched | regroup_articles(conn, resolver, touched)
    for account_pk in sorted(
        existing_accounts(
            conn,
            {survivor for survivor, _ in resolver.accounts_merged}
            | resolver.accounts_regrouped
            | settled.accounts,
        )
    ):
        _join_alike(conn, resolver, account_pk)
    return settled


def existing_accounts(conn: Connection, account_pks: Collection[int]) -> set[int]:
    """Those of these accounts that something is known by: one that was merged into another may have
    come apart again under its old account_pk.
    """
    c = t.account_aliases.c
    return set(
        conn.execute(
            select(c.account_id).where(t.among(c.account_id, account_pks)).distinct()
        ).scalars()
    )


def _holders(conn: Connection, names: Collection[str]) -> dict[str, set[int]]:
    """The accounts that were called by each of these names, where there are several."""
    holders: dict[str, set[int]] = defaultdict(set)
    c = t.account_aliases.c
    for chunk in chunks(sorted({name_alias(name) for name in names})):
        several = (
            select(c.alias).where(c.alias.in_(chunk)).group_by(c.alias).having(func.count() > 1)
        )
        for row in conn.execute(select(c.alias, c.account_id).where(c.alias.in_(several))):
            holders[row.alias[5:]].add(row.account_id)
    return dict(sorted(holders.items()))


def _identified(conn: Connection, account_pks: set[int]) -> set[int]:
    c = t.account_aliases.c
    return set(
        conn.execute(
            select(c.account_id).where(t.among(c.account_id, account_pks), ~c.alias.like("name:%"))
        ).scalars()
    )


def _has_adopted(conn: Connection, name: str, identified: Collection[int]) -> bool:
    """Whether what names its account by this name alone was given to one of several
    that have it.
    """
    c = t.account_claims.c
    rows = conn.execute(select(c.said).where(t.among(c.account_id, identified))).scalars()
    return any(
        is_mere_name(fields) and name_alias(fields.get("name") or "") == name_alias(name)
        for fields in map(json.loads, rows)
    )


def _join_alike(conn: Connection, resolver: Resolver, account: int) -> None:
    """Join the account's articles that different sources know by title and time alone, where each
    has one partner only.
    """
    c = t.articles.c
    several = (
        select(c.title_key)
        .where(c.account_id == account, c.title_key.is_not(None))
        .group_by(c.title_key)
        .having(func.count() > 1)
    )
    rows = conn.execute(
        select(c.article_id, c.title_key, c.published_at, c.time_precision, c.mid, c.idx).where(
            c.account_id == account, c.title_key.in_(several)
        )
    ).all()
    ids = [row.article_id for row in rows]
    tokens, sources = resolver.tokens(ids), _sources(conn, ids)
    alike: dict[int, list[SimilarRow]] = defaultdict(list)
    for row in rows:
        alike[row.title_key].append(
            SimilarRow(
                row.article_id,
                row.published_at,
                row.time_precision,
                row.mid,
                row.idx,
                tokens.get(row.article_id),
            )
        )
    for group in alike.values():
        partners = {
            row.article_id: [
                other
                for other in group
                if other is not row
                and row.may_be(other)
                and not sources[row.article_id] & sources[other.article_id]
            ]
            for row in group
        }
        for article_pk, twins in sorted(partners.items()):
            if (
                len(twins) == 1
                and len(partners[twins[0].article_id]) == 1
                and article_pk < twins[0].article_id
            ):
                resolver.merge_articles(article_pk, twins[0].article_id)


def _sources(conn: Connection, ids: list[int]) -> dict[int, set[int]]:
    sources: dict[int, set[int]] = defaultdict(set)
    for chunk in chunks(ids):
        for row in conn.execute(
            select(t.claims.c.article_id, t.claims.c.source_id).where(
                t.claims.c.article_id.in_(chunk)
            )
        ):
            sources[row.article_id].add(row.source_id)
    return sources

"""Reading records from a store: accounts, articles, albums, sources, claims, counts, coverage."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, func, select

from crawler.store import schema as t
from crawler.store.claims import UNKNOWN_ACCOUNT
from crawler.store.connection import StoreConnection
from crawler.store.coverage import COVERAGE_READS, AccountCoverage, state_coverage
from crawler.store.engines import StoreError
from crawler.store.merge import Claim, disagreements, field_origins
from crawler.store.savepoints import find_sources

__all__ = ["RecordReader", "shown_id"]


@dataclass(slots=True)
class RecordReader(StoreConnection):
    """Reads of what is stored, committed data only."""

    def accounts(self) -> list[dict[str, Any]]:
        """All accounts by shown name: account_pk, account_id (biz, else gh_id, else name), name,
        names, role, brand, alias, signature, facts…
        """
        with self._reading() as conn:
            rows = [dict(row._mapping) for row in conn.execute(select(t.accounts))]
        for row in rows:
            row |= json.loads(row.pop("more"))
            row["account_pk"] = row.pop("account_id")
            row["account_id"] = (
                row["biz"] or row["user_name"] or row["name"] or f"account-{row['account_pk']}"
            )
            row["name"] = row["name"] or row["account_id"]
        return sorted(rows, key=lambda row: (row["name"], row["account_id"]))

    def find_accounts(self, wanted: Sequence[str]) -> list[dict[str, Any]]:
        """The accounts meant by names (old ones too), biz, gh_id, 微信号 or brand.

        Raises StoreError for a word that fits none, or a name that fits several accounts.
        """
        matched: dict[int, dict[str, Any]] = {}
        everybody = self.accounts()
        for word in wanted:
            exact = [
                a
                for a in everybody
                if word in (a["biz"], a["user_name"], a.get("alias"), a["brand"])
            ]
            fits = (
                exact
                or [a for a in everybody if word in (a["name"], a["account_id"])]
                or [a for a in everybody if word in a.get("names", ())]
            )
            if not fits:
                near = "、".join(a["name"] for a in everybody if word in a["name"])[:80]
                raise StoreError(
                    f"存储里没有账号 {word!r}"
                    + (f"；名字里有它的：{near}" if near else "；duibiao status 列出所有账号")
                )
            if len(fits) > 1 and not exact:
                raise StoreError(
                    f"{word!r} 是 {len(fits)} 个账号的名字：请用 "
                    f"{'、'.join(a['account_id'] for a in fits[:5])} 之一"
                )
            matched.update({a["account_pk"]: a for a in fits})
        return list(matched.values())

    def articles(
        self,
        *,
        accounts: Sequence[int] | None = None,
        since: int | None = None,
        until: int | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Merged articles as plain dicts, by account number, time, push and position; `since` ≤
        time < `until` in unix seconds.
        """
        c = t.articles.c
        order = (
            c.account_id,
            c.published_at.nulls_first(),
            c.mid.nulls_first(),
            c.idx.nulls_first(),
            c.article_id,
        )
        query = select(t.articles).order_by(*order).where(*_within(accounts, since, until))
        with self._streaming(query) as rows:
            for row in rows:
                yield dict(row._mapping)

    def article_columns(
        self,
        names: Sequence[str],
        *,
        accounts: Sequence[int] | None = None,
        since: int | None = None,
        until: int | None = None,
    ) -> Iterator[Sequence[tuple[Any, ...]]]:
        """Only these columns of the merged articles, for a million of them: blocks of rows by
        article_id; `since` ≤ time < `until` in unix seconds.
        """
        c = t.articles.c
        query = (
            select(*(c[name] for name in names))
            .order_by(c.article_id)
            .where(*_within(accounts, since, until))
        )
        with self._streaming(query, ahead=20_000) as rows:
            for block in rows.partitions():
                yield list(map(tuple, block))

    def albums(self) -> list[dict[str, Any]]:
        """All albums with how many of their articles are known: album_id, account_id, title,
        article_count, walked_at, known…
        """
        listed = (
            select(t.album_items.c.album_id, func.count().label("known"))
            .group_by(t.album_items.c.album_id)
            .subquery()
        )
        query = (
            select(t.albums, listed.c.known)
            .join(listed, listed.c.album_id == t.albums.c.album_id, isouter=True)
            .order_by(t.albums.c.album_id)
        )
        with self._reading() as conn:
            return [{**row._mapping, "known": row.known or 0} for row in conn.execute(query)]

    def album_items(self) -> list[tuple[str, int, int | None]]:
        """(album_id, article_id, pos_num) of every membership."""
        c = t.album_items.c
        with self._reading() as conn:
            return [
                tuple(row)
                for row in conn.execute(
                    select(c.album_id, c.article_id, c.pos_num).order_by(c.album_id, c.article_id)
                )
            ]

    def sources(self) -> list[dict[str, Any]]:
        """Every file, feed and crawl that brought something, in order of arrival, with how many
        claims it made.
        """
        counted = (
            select(t.claims.c.source_id, func.count().label("claims"))
            .group_by(t.claims.c.source_id)
            .subquery()
        )
        query = (
            select(t.sources, counted.c.claims)
            .join(counted, counted.c.source_id == t.sources.c.source_id, isouter=True)
            .order_by(t.sources.c.source_id)
        )
        with self._reading() as conn:
            return [
                {
                    **row._mapping,
                    "claims": row.claims or 0,
                    "note": json.loads(row.note) if row.note else {},
                }
                for row in conn.execute(query)
            ]

    def find_sources(self, digests: Sequence[str]) -> dict[str, dict[str, Any]]:
        """The first source with each of these contents, where one was taken in
        before, by digest.
        """
        with self._reading() as conn:
            return find_sources(conn, digests)

    def claims(self, article_id: int) -> list[dict[str, Any]]:
        """What each source said of one article: origin, source, seen_at, said."""
        query = select(t.claims, t.sources.c.kind, t.sources.c.label).join(
            t.sources, t.sources.c.source_id == t.claims.c.source_id
        )
        with self._reading() as conn:
            rows = conn.execute(
                query.where(t.claims.c.article_id == article_id).order_by(t.claims.c.claim_id)
            )
            return [{**row._mapping, "said": json.loads(row.said)} for row in rows]

    def origin_counts(self) -> list[tuple[int, str, int]]:
        """(account number, origin, articles) — how many articles of an account each kind of source
        knows.
        """
        c = t.claims.c
        query = select(t.articles.c.account_id, c.origin, func.count(func.distinct(c.article_id)))
        with self._reading() as conn:
            rows = conn.execute(
                query.join(t.articles, t.articles.c.article_id == c.article_id).group_by(
                    t.articles.c.account_id, c.origin
                )
            )
            return sorted(tuple(row) for row in rows)

    def field_origins(self, article_id: int) -> dict[str, str]:
        """Which kind of source each field of an article comes from."""
        return field_origins(
            [Claim(row["origin"], row["seen_at"], row["said"]) for row in self.claims(article_id)]
        )

    def disagreements(self) -> dict[int, Counter[str]]:
        """By account number: on which fields how many articles' sources differ; the stronger source
        stands.
        """
        c = t.claims.c
        several = select(c.article_id).group_by(c.article_id).having(func.count() > 1).subquery()
        query = select(c.article_id, t.articles.c.account_id, c.origin, c.seen_at, c.said)
        query = query.join(several, several.c.article_id == c.article_id).join(
            t.articles, t.articles.c.article_id == c.article_id
        )
        counts: dict[int, Counter[str]] = {}
        with self._streaming(query.order_by(c.article_id, c.claim_id)) as rows:
            for _, of_article in groupby(rows, key=lambda row: row.article_id):
                claims = list(of_article)
                differing = disagreements(
                    [Claim(row.origin, row.seen_at, json.loads(row.said)) for row in claims]
                )
                if differing:
                    counts.setdefault(claims[0].account_id, Counter()).update(differing)
        return counts

    def observations(self, *, accounts: Sequence[int] | None = None) -> Iterator[dict[str, Any]]:
        """Every count: article_id, metric, value, censored, seen_at, flag, source_id, by article,
        metric and time.
        """
        c = t.observations.c
        query = select(t.observations).order_by(
            c.article_id, c.metric, c.seen_at.nulls_first(), c.source_id
        )
        if accounts is not None:
            query = query.join(t.articles, t.articles.c.article_id == c.article_id).where(
                t.among(t.articles.c.account_id, accounts)
            )
        with self._streaming(query) as rows:
            for row in rows:
                yield dict(row._mapping)

    def article_origins(self) -> dict[str, list[str]]:
        """article_id (as shown) -> the kinds of source that know it, sorted."""
        c = t.claims.c
        origins: dict[str, list[str]] = {}
        with self._reading() as conn:
            for article_pk, origin in conn.execute(
                select(c.article_id, c.origin).distinct().order_by(c.article_id, c.origin)
            ):
                origins.setdefault(shown_id(article_pk), []).append(origin)
        return origins

    def coverage(self, *, accounts: Sequence[int] | None = None) -> list[AccountCoverage]:
        """How much of each account's history is held, and how that is known."""
        wanted = [a for a in self.accounts() if accounts is None or a["account_pk"] in accounts]
        if accounts is None and next(self.articles(accounts=[UNKNOWN_ACCOUNT]), None) is not None:
            wanted.append(
                {"account_pk": UNKNOWN_ACCOUNT, "account_id": "未知账号", "name": "未知账号"}
            )  # links that name no account
        blocks = self.article_columns(COVERAGE_READS, accounts=accounts)
        rows = (dict(zip(COVERAGE_READS, row, strict=True)) for block in blocks for row in block)
        return state_coverage(
            wanted,
            rows,
            self.origin_counts(),
            self.albums(),
            self.album_items(),
            self._permissions(),
        )

    def _permissions(self) -> list[tuple[int, str]]:
        """(account number, permission) under which anything of an account was fetched."""
        query = select(t.claims.c.account_id, t.sources.c.permission).join(
            t.sources, t.sources.c.source_id == t.claims.c.source_id
        )
        query = query.where(t.sources.c.permission.is_not(None)).distinct()
        with self._reading() as conn:
            return [tuple(row) for row in conn.execute(query)]


def _within(
    accounts: Sequence[int] | None, since: int | None, until: int | None
) -> list[ColumnElement[bool]]:
    """What narrows articles to these accounts and since ≤ time < until."""
    c = t.articles.c
    wanted: list[ColumnElement[bool]] = (
        [] if accounts is None else [t.among(c.account_id, accounts)]
    )
    wanted += [] if since is None else [c.published_at >= since]
    return wanted if until is None else [*wanted, c.published_at < until]


def shown_id(article_pk: int) -> str:
    """An article's number as it is shown everywhere."""
    return f"a{article_pk:07d}"

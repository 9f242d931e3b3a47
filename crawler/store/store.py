"""The store: open it, write to it in transactions, read from it. SQLite file by default, PostgreSQL
by URL.

What differs between the two is databases.py's, what is written inside a transaction writer.py's,
how much of a history is held coverage.py's.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    CursorResult,
    Engine,
    Select,
    func,
    insert,
    inspect,
    or_,
    select,
    update,
)
from sqlalchemy.exc import SQLAlchemyError

from crawler.html_depth import shallow
from crawler.store import schema as t
from crawler.store.compression import DictionaryPool, PageCompressor, unpack
from crawler.store.coverage import COVERAGE_READS, AccountCoverage, state_coverage
from crawler.store.engines import StoreError, explain, make_engine, set_up, shown_url
from crawler.store.identity import put_fact
from crawler.store.merge import Claim, disagreements, field_origins
from crawler.store.raw_pages import RawPages, load_dictionary
from crawler.store.savepoints import Savepoints, find_sources
from crawler.store.writer import UNKNOWN_ACCOUNT, Writer

__all__ = [
    "DEFAULT_STORE",
    "AccountCoverage",
    "StoredPage",
    "Store",
    "StoreError",
    "open_store",
    "shown_id",
]

DEFAULT_STORE = "sqlite:///data/duibiao.sqlite3"
_ROWS_AHEAD, _BODIES_AHEAD = 5000, 500


@dataclass(frozen=True, slots=True)
class StoredPage:
    """One raw page as it came."""

    page_id: int
    article_id: int | None
    source_id: int
    kind: str
    url: str | None
    status: str
    seen_at: int
    raw: bytes


def open_store(
    url: str = DEFAULT_STORE, *, create: bool = True, clock: Callable[[], float] = time.time
) -> Store:
    """Open a store and bring it up to this version; `create` makes a new one where there is none.

    Raises StoreError: not found, no store, damaged, locked, read-only, not reached, or written by a
    newer version.
    """
    store = Store(make_engine(url, create=create), clock)
    try:
        with store.clear_errors():
            store.prepare(create=create)
    except StoreError:
        store.close()
        raise
    return store


@dataclass(slots=True)
class Store:
    """One store. Reads see committed data only; `writing()` is the one way to change it."""

    engine: Engine
    clock: Callable[[], float] = time.time
    _templates: DictionaryPool = field(default_factory=DictionaryPool, repr=False)

    @property
    def name(self) -> str:
        """The store's address without its password."""
        return shown_url(self.engine.url)

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def now(self) -> int:
        """Unix seconds by the store's clock."""
        return int(self.clock())

    @contextmanager
    def clear_errors(self) -> Iterator[None]:
        """Turn database errors into one clear line."""
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise StoreError(explain(error, self.name)) from error

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self.clear_errors(), self.engine.connect() as conn:
            yield conn

    @contextmanager
    def _streaming(
        self, query: Select[Any], *, ahead: int = _ROWS_AHEAD
    ) -> Iterator[CursorResult[Any]]:
        """The rows of a query, read `ahead` at a time."""
        with (
            self._reading() as conn,
            conn.execution_options(yield_per=ahead).execute(query) as rows,
        ):
            yield rows

    @contextmanager
    def _changing(self) -> Iterator[Connection]:
        with (
            self.clear_errors(),
            self.engine.connect().execution_options(writes=True) as conn,
            conn.begin(),
        ):
            yield conn

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """One write transaction: all of it is kept, or none."""
        with self._changing() as conn:
            writer = Writer(conn, self.now(), RawPages(conn, self._templates))
            yield writer
            writer.close()

    @contextmanager
    def writing_savepoints(self) -> Iterator[Savepoints]:
        """One write transaction of several parts: what a part wrote is kept with the others',
        unless it failed.
        """
        with self._changing() as conn:
            savepoints = Savepoints(conn, self.now, self._templates)
            yield savepoints
            savepoints.close()

    # versions

    def prepare(self, *, create: bool = True) -> None:
        """Make the tables of a new store, where `create` allows it, or migrate an older one in
        place.
        """
        with self.engine.connect() as conn:
            tables = inspect(conn).get_table_names()
        if "meta" in tables:
            self._migrate()
        elif tables:
            raise StoreError(f"{self.name} 是别的程序的数据库（有表 {min(tables)}），不会改动它")
        elif (
            not create and self.engine.dialect.name != "sqlite"
        ):  # an empty file is a store that somebody began to make
            raise StoreError(f"{self.name} 里还没有存储：先运行 duibiao import 或 duibiao collect")
        else:
            set_up(self.engine)
            with self._changing() as conn:
                t.metadata.create_all(conn)
                if not conn.execute(select(t.meta.c.key).where(t.meta.c.key == "schema")).first():
                    conn.execute(insert(t.meta).values(key="schema", value=str(t.SCHEMA_VERSION)))

    def _migrate(self) -> None:
        found = int(self.read_meta("schema") or 0)
        if found > t.SCHEMA_VERSION:
            raise StoreError(
                f"{self.name} 由更新版本的 duibiao 写成（结构 {found}，本版只到 "
                f"{t.SCHEMA_VERSION}）：请升级 duibiao"
            )
        while found < t.SCHEMA_VERSION:
            try:
                found = self._bring_up()
            except StoreError as error:
                raise StoreError(
                    f"存储是旧结构（{found}），打开时要改成 {t.SCHEMA_VERSION}，没有改成：{error}"
                ) from None

    def _bring_up(self) -> int:
        """Bring the store's structure one version up; gives the version it then has."""
        with self._changing() as conn:
            found = int(
                conn.execute(select(t.meta.c.value).where(t.meta.c.key == "schema")).scalar_one()
            )  # another process may have been first
            if found < t.SCHEMA_VERSION:
                t.MIGRATIONS[found](conn)
                found += 1
                conn.execute(
                    update(t.meta).where(t.meta.c.key == "schema").values(value=str(found))
                )
        return found

    # small facts the crawl keeps between runs

    def read_meta(self, key: str) -> str | None:
        """A kept fact, or None."""
        with self._reading() as conn:
            return conn.execute(select(t.meta.c.value).where(t.meta.c.key == key)).scalar()

    def write_meta(self, key: str, value: str) -> None:
        """Keep a fact under `key`."""
        with self._changing() as conn:
            put_fact(conn, key, value)

    def count_up(self, key: str, *, limit: int) -> bool:
        """Count one more under `key`, looking and counting in one step; False, and nothing counted,
        where `limit` is reached.
        """
        with self._changing() as conn:
            count = int(
                conn.execute(select(t.meta.c.value).where(t.meta.c.key == key)).scalar() or 0
            )
            if count < limit:
                put_fact(conn, key, str(count + 1))
        return count < limit

    # reading

    def accounts(self) -> list[dict[str, Any]]:
        """All accounts by shown name: number, account_id (biz, else gh_id, else name), name, names,
        role, brand, alias, signature, facts…
        """
        with self._reading() as conn:
            rows = [dict(row._mapping) for row in conn.execute(select(t.accounts))]
        for row in rows:
            row |= json.loads(row.pop("more"))
            row["number"] = row.pop("account_id")
            row["account_id"] = (
                row["biz"] or row["user_name"] or row["name"] or f"account-{row['number']}"
            )
            row["name"] = row["name"] or row["account_id"]
        return sorted(rows, key=lambda row: (row["name"], row["account_id"]))

    def find_accounts(self, wanted: Sequence[str]) -> list[dict[str, Any]]:
        """The accounts meant by names (old ones too), biz, gh_id, 微信号 or brand.

        Raises StoreError for a word that fits none, or a name that fits several accounts.
        """
        found: dict[int, dict[str, Any]] = {}
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
            found.update({a["number"]: a for a in fits})
        return list(found.values())

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
        known = (
            select(t.album_items.c.album_id, func.count().label("known"))
            .group_by(t.album_items.c.album_id)
            .subquery()
        )
        query = (
            select(t.albums, known.c.known)
            .join(known, known.c.album_id == t.albums.c.album_id, isouter=True)
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
        found: dict[int, Counter[str]] = {}
        with self._streaming(query.order_by(c.article_id, c.claim_id)) as rows:
            for _, some in groupby(rows, key=lambda row: row.article_id):
                claims = list(some)
                differing = disagreements(
                    [Claim(row.origin, row.seen_at, json.loads(row.said)) for row in claims]
                )
                if differing:
                    found.setdefault(claims[0].account_id, Counter()).update(differing)
        return found

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
        found: dict[str, list[str]] = {}
        with self._reading() as conn:
            for number, origin in conn.execute(
                select(c.article_id, c.origin).distinct().order_by(c.article_id, c.origin)
            ):
                found.setdefault(shown_id(number), []).append(origin)
        return found

    def coverage(self, *, accounts: Sequence[int] | None = None) -> list[AccountCoverage]:
        """How much of each account's history is held, and how that is known."""
        wanted = [a for a in self.accounts() if accounts is None or a["number"] in accounts]
        if accounts is None and next(self.articles(accounts=[UNKNOWN_ACCOUNT]), None) is not None:
            wanted.append(
                {"number": UNKNOWN_ACCOUNT, "account_id": "未知账号", "name": "未知账号"}
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

    def bodies(
        self, *, accounts: Sequence[int] | None = None, articles: Sequence[int] | None = None
    ) -> Iterator[tuple[int, str]]:
        """(article_id, inner HTML of the article's body as last seen), by article; of some
        accounts, or of some articles.

        Safe to parse: where tags nest deeper than any real page's, text only (nesting.shallow).
        """
        c = t.bodies.c
        query = _newest_bodies(c.blob, accounts)
        if articles is not None:
            query = query.where(t.among(c.article_id, articles))
        with self._streaming(query, ahead=_BODIES_AHEAD) as rows:
            last = None
            for number, blob in map(tuple, rows):
                if number != last:  # the newest of each article
                    yield number, shallow(unpack(blob).decode("utf-8", "replace"))
                last = number

    def body_digests(self, *, accounts: Sequence[int] | None = None) -> dict[int, str]:
        """The digest of the body that `bodies` gives of each article, by article_id: tells whether
        it is new without unpacking it.
        """
        held: dict[int, str] = {}
        with self._reading() as conn:
            for number, digest in conn.execute(_newest_bodies(t.bodies.c.sha256, accounts)):
                held.setdefault(number, digest)
        return held

    def owners(self, *, accounts: Sequence[int] | None = None) -> dict[int, int]:
        """The account number of every article, by article_id."""
        c = t.articles.c
        with self._reading() as conn:
            return dict(
                map(
                    tuple,
                    conn.execute(
                        select(c.article_id, c.account_id).where(*_within(accounts, None, None))
                    ),
                )
            )

    def extras(
        self, names: Sequence[str], *, accounts: Sequence[int] | None = None
    ) -> dict[int, dict[str, Any]]:
        """What sources said beyond the articles' columns, by article_id, of articles with any of
        these names: cover, cover_square, source_url…
        """
        c = t.articles.c
        query = select(c.article_id, c.more).where(
            or_(*(c.more.contains(f'"{name}":') for name in names)), *_within(accounts, None, None)
        )
        with self._reading() as conn:
            told = {number: json.loads(more) for number, more in conn.execute(query)}
        return {
            number: {name: more[name] for name in names if more.get(name)}
            for number, more in told.items()
        }

    def pages(self) -> Iterator[StoredPage]:
        """Every raw page, byte for byte, in order of arrival."""
        with self._reading() as conn:
            numbers = list(
                conn.execute(select(t.pages.c.page_id).order_by(t.pages.c.page_id)).scalars()
            )
            vault = PageCompressor(lambda number: load_dictionary(conn, number), _never_saved)
            for number in numbers:
                row = conn.execute(select(t.pages).where(t.pages.c.page_id == number)).one()
                raw = vault.unpack_page(row.dictionary_id, row.blob)
                yield StoredPage(
                    row.page_id,
                    row.article_id,
                    row.source_id,
                    row.kind,
                    row.url,
                    row.status,
                    row.seen_at,
                    raw,
                )

    def page_sizes(self) -> dict[str, int]:
        """Pages held, their raw bytes, and the bytes they take with their dictionaries."""
        with self._reading() as conn:
            count, raw, packed = conn.execute(
                select(
                    func.count(), func.sum(t.pages.c.size), func.sum(func.length(t.pages.c.blob))
                )
            ).one()
            shared = conn.execute(select(func.sum(func.length(t.dictionaries.c.blob)))).scalar()
        return {
            "pages": count,
            "raw_bytes": int(raw or 0),
            "stored_bytes": int(packed or 0) + int(shared or 0),
        }

    # what a crawl needs to go on where it stopped

    def read_keys(self, account: int) -> set[str]:
        """The keys (aliases) of an account's articles whose page was read, gone ones included."""
        c = t.aliases.c
        query = select(c.alias).join(t.articles, t.articles.c.article_id == c.article_id)
        with self._reading() as conn:
            return set(
                conn.execute(
                    query.where(t.articles.c.account_id == account, t.articles.c.status != "listed")
                ).scalars()
            )

    def read_count(self, account: int) -> int:
        """How many of an account's articles were read, gone ones included."""
        c = t.articles.c
        with self._reading() as conn:
            return int(
                conn.execute(
                    select(func.count()).where(c.account_id == account, c.status != "listed")
                ).scalar_one()
            )

    def account_of(self, keys: Sequence[str]) -> int | None:
        """The account that owns the article known by one of these keys."""
        c = t.aliases.c
        query = select(t.articles.c.account_id).join(
            c.alias.table, c.article_id == t.articles.c.article_id
        )
        with self._reading() as conn:
            return conn.execute(
                query.where(c.alias.in_(list(keys))).order_by(c.article_id).limit(1)
            ).scalar()

    def pending(self, account: int, *, since: int | None = None) -> list[str]:
        """Links of an account's articles that are known and not read, newest first."""
        c = t.articles.c
        query = select(c.url).where(
            c.account_id == account, c.status == "listed", c.url.is_not(None)
        )
        if since is not None:
            query = query.where((c.published_at >= since) | c.published_at.is_(None))
        with self._reading() as conn:
            return list(
                conn.execute(
                    query.order_by(
                        c.published_at.desc().nulls_last(), c.idx.nulls_first(), c.article_id
                    )
                ).scalars()
            )


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


def _newest_bodies(what: Column[Any], accounts: Sequence[int] | None) -> Select[tuple[int, Any]]:
    """article_id and `what` of every body, the newest of each article first."""
    c = t.bodies.c
    query = select(c.article_id, what).order_by(c.article_id, c.seen_at.desc(), c.source_id)
    if accounts is None:
        return query
    return query.join(t.articles, t.articles.c.article_id == c.article_id).where(
        t.among(t.articles.c.account_id, accounts)
    )


def shown_id(number: int) -> str:
    """An article's number as it is shown everywhere."""
    return f"a{number:07d}"


def _never_saved(_: bytes, __: str) -> int:
    raise AssertionError("reading never saves a dictionary")

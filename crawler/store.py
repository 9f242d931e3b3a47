"""The store: open it, write to it in transactions, read from it. SQLite file by default, any SQLAlchemy URL otherwise.

What is written inside a transaction is writer.py's; how much of a history is held is coverage.py's.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Engine, Select, create_engine, event, func, insert, inspect, or_, select, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from crawler import schema as t
from crawler.coverage import AccountCoverage, state_coverage
from crawler.merge import Claim, disagreements, field_origins
from crawler.vault import Vault, unpack
from crawler.writer import UNKNOWN_ACCOUNT, Writer

__all__ = ["DEFAULT_STORE", "AccountCoverage", "StoredPage", "Store", "StoreError", "open_store", "shown_id"]

DEFAULT_STORE = "sqlite:///data/duibiao.sqlite3"
_BUSY_S = 30.0
_READ_AHEAD = 500


class StoreError(RuntimeError):
    """The store can't be opened, read or written; says what is wrong and what to do."""


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


def open_store(url: str = DEFAULT_STORE, *, create: bool = True, clock: Callable[[], float] = time.time) -> Store:
    """Open a store and bring it up to this version; `create` makes a new one where there is none.

    Raises StoreError: not found, no store, damaged, locked, read-only, or written by a newer version.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreError(f"存储地址 {url!r} 不对：写成 sqlite:///文件 或 postgresql+psycopg://…") from None
    sqlite = parsed.get_backend_name() == "sqlite"
    file = parsed.database if sqlite else None
    if sqlite and (not file or file == ":memory:"):
        raise StoreError(f"存储地址 {url!r} 里没有文件，存了也留不下：写成 sqlite:///文件")
    if file:
        path = Path(file)
        if not path.exists() and not create:
            raise StoreError(f"还没有存储 {file}：先运行 duibiao import 或 duibiao collect")
        if path.is_dir():
            raise StoreError(f"{file} 是文件夹，不是存储文件")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"建不了存储所在的文件夹 {path.parent}：{error.strerror}") from None
    try:
        engine = create_engine(parsed, connect_args={"timeout": _BUSY_S} if file else {})
    except (NoSuchModuleError, ImportError) as error:
        raise StoreError(f"打不开 {parsed.render_as_string()}：缺少驱动（{error}）；PostgreSQL 请安装 duibiao[postgres]") from None
    if file:
        _tune_sqlite(engine)
    store = Store(engine, clock)
    with store.clear_errors():
        store.prepare()
    return store


def _tune_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None  # BEGIN is said below: writers must take the lock at once, or two of them deadlock
        connection.execute(f"PRAGMA busy_timeout={int(_BUSY_S * 1000)}")
        connection.execute("PRAGMA cache_size=-65536")

    @event.listens_for(engine, "begin")
    def begun(conn: Connection) -> None:
        conn.exec_driver_sql("BEGIN IMMEDIATE" if conn.get_execution_options().get("writes") else "BEGIN")


@dataclass(slots=True)
class Store:
    """One store. Reads see committed data only; `writing()` is the one way to change it."""

    engine: Engine
    clock: Callable[[], float] = time.time

    @property
    def name(self) -> str:
        """The store's address without its password."""
        return self.engine.url.render_as_string()

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
            raise StoreError(_explain(error, self.name)) from error

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self.clear_errors(), self.engine.connect() as conn:
            yield conn

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """One write transaction: all of it is kept, or none."""
        with self.clear_errors(), self.engine.connect().execution_options(writes=True) as conn, conn.begin():
            writer = Writer(conn, self.now())
            yield writer
            writer.close()

    # versions

    def prepare(self) -> None:
        """Make the tables of a new store, or migrate an older one in place."""
        with self.engine.connect() as conn:
            tables = inspect(conn).get_table_names()
        if "meta" in tables:
            self._migrate()
        elif tables:
            raise StoreError(f"{self.name} 是别的程序的数据库（有表 {tables[0]}），不会改动它")
        else:
            if self.engine.dialect.name == "sqlite":
                self.engine.raw_connection().cursor().execute("PRAGMA journal_mode=WAL")  # outside any transaction
            with self.engine.connect().execution_options(writes=True) as conn, conn.begin():
                t.metadata.create_all(conn)
                if not conn.execute(select(t.meta.c.key).where(t.meta.c.key == "schema")).first():
                    conn.execute(insert(t.meta).values(key="schema", value=str(t.SCHEMA_VERSION)))

    def _migrate(self) -> None:
        found = int(self.read_meta("schema") or 0)
        if found > t.SCHEMA_VERSION:
            raise StoreError(f"{self.name} 由更新版本的 duibiao 写成（结构 {found}，本版只到 {t.SCHEMA_VERSION}）：请升级 duibiao")
        for version in range(found, t.SCHEMA_VERSION):
            with self.engine.connect().execution_options(writes=True) as conn, conn.begin():
                t.MIGRATIONS[version](conn)
                conn.execute(update(t.meta).where(t.meta.c.key == "schema").values(value=str(version + 1)))

    # small facts the crawl keeps between runs

    def read_meta(self, key: str) -> str | None:
        """A kept fact, or None."""
        with self._reading() as conn:
            return conn.execute(select(t.meta.c.value).where(t.meta.c.key == key)).scalar()

    def write_meta(self, key: str, value: str) -> None:
        """Keep a fact under `key`."""
        with self.clear_errors(), self.engine.connect().execution_options(writes=True) as conn, conn.begin():
            if not conn.execute(update(t.meta).where(t.meta.c.key == key).values(value=value)).rowcount:
                conn.execute(insert(t.meta).values(key=key, value=value))

    # reading

    def accounts(self) -> list[dict[str, Any]]:
        """All accounts by shown name: number, account_id (biz, else gh_id, else name), name, names, role, brand, alias, signature, facts…"""
        with self._reading() as conn:
            rows = [dict(row._mapping) for row in conn.execute(select(t.accounts))]
        for row in rows:
            row |= json.loads(row.pop("more"))
            row["number"] = row.pop("account_id")
            row["account_id"] = row["biz"] or row["user_name"] or row["name"] or f"account-{row['number']}"
            row["name"] = row["name"] or row["account_id"]
        return sorted(rows, key=lambda row: (row["name"], row["account_id"]))

    def find_accounts(self, wanted: Sequence[str]) -> list[dict[str, Any]]:
        """The accounts meant by names (old ones too), biz, gh_id, 微信号 or brand.

        Raises StoreError for a word that fits none, or a name that fits several accounts.
        """
        found: dict[int, dict[str, Any]] = {}
        everybody = self.accounts()
        for word in wanted:
            exact = [a for a in everybody if word in (a["biz"], a["user_name"], a.get("alias"), a["brand"])]
            fits = exact or [a for a in everybody if word in (a["name"], a["account_id"])] or [a for a in everybody if word in a.get("names", ())]
            if not fits:
                near = "、".join(a["name"] for a in everybody if word in a["name"])[:80]
                raise StoreError(f"存储里没有账号 {word!r}" + (f"；名字里有它的：{near}" if near else "；duibiao status 列出所有账号"))
            if len(fits) > 1 and not exact:
                raise StoreError(f"{word!r} 是 {len(fits)} 个账号的名字：请用 {'、'.join(a['account_id'] for a in fits[:5])} 之一")
            found.update({a["number"]: a for a in fits})
        return list(found.values())

    def articles(self, *, accounts: Sequence[int] | None = None, since: int | None = None, until: int | None = None) -> Iterator[dict[str, Any]]:
        """Merged articles as plain dicts, by account number, time, push and position; `since` ≤ time < `until` in unix seconds."""
        c = t.articles.c
        query = select(t.articles).order_by(c.account_id, c.published_at, c.mid, c.idx, c.article_id).where(*_within(accounts, since, until))
        with self._reading() as conn:
            for row in conn.execution_options(yield_per=5000).execute(query):
                yield dict(row._mapping)

    def sendings(
        self, *, accounts: Sequence[int] | None = None, since: int | None = None, until: int | None = None
    ) -> Iterator[Sequence[tuple[int, str | None, int | None, int | None, str, str | None]]]:
        """Only what says when articles went out, for a million of them: blocks of (account number, mid, idx, unix seconds, precision, kind)."""
        c = t.articles.c
        query = select(c.account_id, c.mid, c.idx, c.published_at, c.time_precision, c.kind).order_by(c.article_id)
        query = query.where(*_within(accounts, since, until))
        with self._reading() as conn:
            for block in conn.execution_options(yield_per=20_000).execute(query).partitions():
                yield [tuple(row) for row in block]

    def albums(self) -> list[dict[str, Any]]:
        """All albums with how many of their articles are known: album_id, account_id, title, article_count, walked_at, known…"""
        known = select(t.album_items.c.album_id, func.count().label("known")).group_by(t.album_items.c.album_id).subquery()
        query = select(t.albums, known.c.known).join(known, known.c.album_id == t.albums.c.album_id, isouter=True).order_by(t.albums.c.album_id)
        with self._reading() as conn:
            return [{**row._mapping, "known": row.known or 0} for row in conn.execute(query)]

    def album_items(self) -> list[tuple[str, int, int | None]]:
        """(album_id, article_id, pos_num) of every membership."""
        c = t.album_items.c
        with self._reading() as conn:
            return [tuple(row) for row in conn.execute(select(c.album_id, c.article_id, c.pos_num).order_by(c.album_id, c.article_id))]

    def sources(self) -> list[dict[str, Any]]:
        """Every file, feed and crawl that brought something, in order of arrival, with how many claims it made."""
        counted = select(t.claims.c.source_id, func.count().label("claims")).group_by(t.claims.c.source_id).subquery()
        query = select(t.sources, counted.c.claims).join(counted, counted.c.source_id == t.sources.c.source_id, isouter=True).order_by(t.sources.c.source_id)
        with self._reading() as conn:
            return [{**row._mapping, "claims": row.claims or 0, "note": json.loads(row.note) if row.note else {}} for row in conn.execute(query)]

    def find_source(self, digest: str) -> dict[str, Any] | None:
        """The source with this content, if it was taken in before."""
        with self._reading() as conn:
            row = conn.execute(select(t.sources).where(t.sources.c.digest == digest)).first()
        return {**row._mapping, "note": json.loads(row.note) if row.note else {}} if row else None

    def claims(self, article_id: int) -> list[dict[str, Any]]:
        """What each source said of one article: origin, source, seen_at, said."""
        query = select(t.claims, t.sources.c.kind, t.sources.c.label).join(t.sources, t.sources.c.source_id == t.claims.c.source_id)
        with self._reading() as conn:
            rows = conn.execute(query.where(t.claims.c.article_id == article_id).order_by(t.claims.c.claim_id))
            return [{**row._mapping, "said": json.loads(row.said)} for row in rows]

    def origin_counts(self) -> list[tuple[int, str, int]]:
        """(account number, origin, articles) — how many articles of an account each kind of source knows."""
        c = t.claims.c
        query = select(t.articles.c.account_id, c.origin, func.count(func.distinct(c.article_id)))
        with self._reading() as conn:
            rows = conn.execute(query.join(t.articles, t.articles.c.article_id == c.article_id).group_by(t.articles.c.account_id, c.origin))
            return sorted(tuple(row) for row in rows)

    def field_origins(self, article_id: int) -> dict[str, str]:
        """Which kind of source each field of an article comes from."""
        return field_origins([Claim(row["origin"], row["seen_at"], row["said"]) for row in self.claims(article_id)])

    def disagreements(self) -> dict[int, Counter[str]]:
        """By account number: on which fields how many articles' sources differ; the stronger source stands."""
        c = t.claims.c
        several = select(c.article_id).group_by(c.article_id).having(func.count() > 1).subquery()
        query = select(c.article_id, t.articles.c.account_id, c.origin, c.seen_at, c.said)
        query = query.join(several, several.c.article_id == c.article_id).join(t.articles, t.articles.c.article_id == c.article_id)
        found: dict[int, Counter[str]] = {}
        with self._reading() as conn:
            rows = conn.execution_options(yield_per=5000).execute(query.order_by(c.article_id))
            for _, some in groupby(rows, key=lambda row: row.article_id):
                claims = list(some)
                differing = disagreements([Claim(row.origin, row.seen_at, json.loads(row.said)) for row in claims])
                if differing:
                    found.setdefault(claims[0].account_id, Counter()).update(differing)
        return found

    def observations(self, *, accounts: Sequence[int] | None = None) -> Iterator[dict[str, Any]]:
        """Every count: article_id, metric, value, censored, seen_at, flag, source_id, by article, metric and time."""
        c = t.observations.c
        query = select(t.observations).order_by(c.article_id, c.metric, c.seen_at, c.source_id)
        if accounts is not None:
            query = query.join(t.articles, t.articles.c.article_id == c.article_id).where(t.articles.c.account_id.in_(list(accounts)))
        with self._reading() as conn:
            for row in conn.execution_options(yield_per=5000).execute(query):
                yield dict(row._mapping)

    def article_origins(self) -> dict[str, list[str]]:
        """article_id (as shown) -> the kinds of source that know it, sorted."""
        c = t.claims.c
        found: dict[str, list[str]] = {}
        with self._reading() as conn:
            for number, origin in conn.execute(select(c.article_id, c.origin).distinct().order_by(c.article_id, c.origin)):
                found.setdefault(shown_id(number), []).append(origin)
        return found

    def coverage(self, *, accounts: Sequence[int] | None = None) -> list[AccountCoverage]:
        """How much of each account's history is held, and how that is known."""
        wanted = [a for a in self.accounts() if accounts is None or a["number"] in accounts]
        if accounts is None and next(self.articles(accounts=[UNKNOWN_ACCOUNT]), None) is not None:
            wanted.append({"number": UNKNOWN_ACCOUNT, "account_id": "未知账号", "name": "未知账号"})  # links that name no account
        return state_coverage(wanted, self.articles(accounts=accounts), self.origin_counts(), self.albums(), self.album_items(), self._permissions())

    def _permissions(self) -> list[tuple[int, str]]:
        """(account number, permission) under which anything of an account was fetched."""
        query = select(t.claims.c.account_id, t.sources.c.permission).join(t.sources, t.sources.c.source_id == t.claims.c.source_id)
        query = query.where(t.sources.c.permission.is_not(None)).distinct()
        with self._reading() as conn:
            return [tuple(row) for row in conn.execute(query)]

    def bodies(self, *, accounts: Sequence[int] | None = None, articles: Sequence[int] | None = None) -> Iterator[tuple[int, str]]:
        """(article_id, inner HTML of the article's body as last seen), by article; of some accounts, or of some articles."""
        c = t.bodies.c
        query = _newest_bodies(c.blob, accounts)
        if articles is not None:
            query = query.where(c.article_id.in_(list(articles)))
        with self._reading() as conn:
            last = None
            for number, blob in conn.execution_options(yield_per=_READ_AHEAD).execute(query):
                if number != last:  # the newest of each article
                    yield number, unpack(blob).decode("utf-8", "replace")
                last = number

    def body_digests(self, *, accounts: Sequence[int] | None = None) -> dict[int, str]:
        """The digest of the body that `bodies` gives of each article, by article_id: tells whether it is new without unpacking it."""
        held: dict[int, str] = {}
        with self._reading() as conn:
            for number, digest in conn.execute(_newest_bodies(t.bodies.c.sha256, accounts)):
                held.setdefault(number, digest)
        return held

    def owners(self, *, accounts: Sequence[int] | None = None) -> dict[int, int]:
        """The account number of every article, by article_id."""
        c = t.articles.c
        with self._reading() as conn:
            return {row.article_id: row.account_id for row in conn.execute(select(c.article_id, c.account_id).where(*_within(accounts, None, None)))}

    def extras(self, names: Sequence[str], *, accounts: Sequence[int] | None = None) -> dict[int, dict[str, Any]]:
        """What sources said beyond the articles' columns, by article_id, of articles with any of these names: cover, cover_square, source_url…"""
        c = t.articles.c
        query = select(c.article_id, c.more).where(or_(*(c.more.contains(f'"{name}":') for name in names)), *_within(accounts, None, None))
        with self._reading() as conn:
            told = {number: json.loads(more) for number, more in conn.execute(query)}
        return {number: {name: more[name] for name in names if more.get(name)} for number, more in told.items()}

    def pages(self) -> Iterator[StoredPage]:
        """Every raw page, byte for byte, in order of arrival."""
        with self._reading() as conn:
            numbers = list(conn.execute(select(t.pages.c.page_id).order_by(t.pages.c.page_id)).scalars())
            vault = Vault(lambda number: self._dictionary(conn, number), _never_saved)
            for number in numbers:
                row = conn.execute(select(t.pages).where(t.pages.c.page_id == number)).one()
                raw = vault.unpack_page(row.dictionary_id, row.blob)
                yield StoredPage(row.page_id, row.article_id, row.source_id, row.kind, row.url, row.status, row.seen_at, raw)

    @staticmethod
    def _dictionary(conn: Connection, number: int) -> bytes:
        return unpack(conn.execute(select(t.dictionaries.c.blob).where(t.dictionaries.c.dictionary_id == number)).scalar_one())

    def page_sizes(self) -> dict[str, int]:
        """Pages held, their raw bytes, and the bytes they take with their dictionaries."""
        with self._reading() as conn:
            count, raw, packed = conn.execute(select(func.count(), func.sum(t.pages.c.size), func.sum(func.length(t.pages.c.blob)))).one()
            shared = conn.execute(select(func.sum(func.length(t.dictionaries.c.blob)))).scalar()
        return {"pages": count, "raw_bytes": int(raw or 0), "stored_bytes": int(packed or 0) + int(shared or 0)}

    # what a crawl needs to go on where it stopped

    def read_keys(self, account: int) -> set[str]:
        """The keys (aliases) of an account's articles whose page was read, gone ones included."""
        c = t.aliases.c
        query = select(c.alias).join(t.articles, t.articles.c.article_id == c.article_id)
        with self._reading() as conn:
            return set(conn.execute(query.where(t.articles.c.account_id == account, t.articles.c.status != "listed")).scalars())

    def read_count(self, account: int) -> int:
        """How many of an account's articles were read, gone ones included."""
        c = t.articles.c
        with self._reading() as conn:
            return int(conn.execute(select(func.count()).where(c.account_id == account, c.status != "listed")).scalar_one())

    def account_of(self, keys: Sequence[str]) -> int | None:
        """The account that owns the article known by one of these keys."""
        c = t.aliases.c
        query = select(t.articles.c.account_id).join(c.alias.table, c.article_id == t.articles.c.article_id)
        with self._reading() as conn:
            return conn.execute(query.where(c.alias.in_(list(keys))).limit(1)).scalar()

    def pending(self, account: int, *, since: int | None = None) -> list[str]:
        """Links of an account's articles that are known and not read, newest first."""
        c = t.articles.c
        query = select(c.url).where(c.account_id == account, c.status == "listed", c.url.is_not(None))
        if since is not None:
            query = query.where((c.published_at >= since) | c.published_at.is_(None))
        with self._reading() as conn:
            return list(conn.execute(query.order_by(c.published_at.desc(), c.idx, c.article_id)).scalars())


def _within(accounts: Sequence[int] | None, since: int | None, until: int | None) -> list[ColumnElement[bool]]:
    """What narrows articles to these accounts and since ≤ time < until."""
    c = t.articles.c
    wanted: list[ColumnElement[bool]] = [] if accounts is None else [c.account_id.in_(list(accounts))]
    wanted += [] if since is None else [c.published_at >= since]
    return wanted if until is None else [*wanted, c.published_at < until]


def _newest_bodies(what: Column[Any], accounts: Sequence[int] | None) -> Select[tuple[int, Any]]:
    """article_id and `what` of every body, the newest of each article first."""
    c = t.bodies.c
    query = select(c.article_id, what).order_by(c.article_id, c.seen_at.desc(), c.source_id)
    if accounts is None:
        return query
    return query.join(t.articles, t.articles.c.article_id == c.article_id).where(t.articles.c.account_id.in_(list(accounts)))


def shown_id(number: int) -> str:
    """An article's number as it is shown everywhere."""
    return f"a{number:07d}"


def _never_saved(_: bytes) -> int:
    raise AssertionError("reading never saves a dictionary")


def _explain(error: Exception, name: str) -> str:
    text = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    told = {
        "database is locked": f"存储 {name} 被另一个进程占用超过 {_BUSY_S:.0f} 秒：等它结束再运行",
        "readonly": f"存储 {name} 是只读的：检查文件和文件夹的权限",
        "not a database": f"{name} 不是存储文件，或已经损坏：换一个路径，或从备份恢复",
        "malformed": f"存储 {name} 已损坏：从备份恢复；原文件没有被改动",
        "disk is full": f"写不进存储 {name}：磁盘满了；已存的都在，腾出空间再运行",
        "disk i/o error": f"读写存储 {name} 时磁盘出错：检查磁盘空间和权限",
        "unable to open": f"打不开存储 {name}：检查路径和权限",
        "could not connect": f"连不上存储 {name}：检查数据库是否在运行",
        "connection": f"与存储 {name} 的连接断了：已提交的都在，再运行一次即可",
    }
    for mark, line in told.items():
        if mark in text.lower():
            return line
    kind = type(error).__name__ if isinstance(error, DBAPIError) else "数据库错误"
    return f"存储 {name}：{text[:160]}（{kind}）"

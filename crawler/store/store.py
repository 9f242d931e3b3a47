"""The store: open it, write to it in transactions, read from it. SQLite file by default, PostgreSQL
by URL.

What differs between the two is engines.py's, what is written inside a transaction writer.py's,
how much of a history is held coverage.py's.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection, insert, inspect, select, update

from crawler.places import default_store
from crawler.store import schema as t
from crawler.store.compression import DictionaryPool
from crawler.store.coverage import AccountCoverage
from crawler.store.engines import StoreError, make_engine, set_up
from crawler.store.identity import put_fact
from crawler.store.raw_pages import RawPages
from crawler.store.reading import shown_id
from crawler.store.reading_pages import PageReader, StoredPage
from crawler.store.savepoints import Savepoints
from crawler.store.writer import Writer

__all__ = ["AccountCoverage", "StoredPage", "Store", "StoreError", "open_store", "shown_id"]


def open_store(
    url: str | None = None, *, create: bool = True, clock: Callable[[], float] = time.time
) -> Store:
    """Open a store and bring it up to this version; `create` makes a new one where there is none.
    Without an address it is places.default_store().

    Raises StoreError: not found, no store, damaged, locked, read-only, not reached, or written by a
    newer version.
    """
    store = Store(make_engine(url or default_store(), create=create), clock)
    try:
        with store.clear_errors():
            store.prepare(create=create)
    except StoreError:
        store.close()
        raise
    return store


@dataclass(slots=True)
class Store(PageReader):
    """One store. Reads see committed data only; `writing()` is the one way to change it."""

    _templates: DictionaryPool = field(default_factory=DictionaryPool, repr=False)

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
        version = int(self.read_meta("schema") or 0)
        if version > t.SCHEMA_VERSION:
            raise StoreError(
                f"{self.name} 由更新版本的 duibiao 写成（结构 {version}，本版只到 "
                f"{t.SCHEMA_VERSION}）：请升级 duibiao"
            )
        while version < t.SCHEMA_VERSION:
            try:
                version = self._bring_up()
            except StoreError as error:
                raise StoreError(
                    f"存储是旧结构（{version}），打开时要改成 {t.SCHEMA_VERSION}，没有改成：{error}"
                ) from None

    def _bring_up(self) -> int:
        """Bring the store's structure one version up; gives the version it then has."""
        with self._changing() as conn:
            version = int(
                conn.execute(select(t.meta.c.value).where(t.meta.c.key == "schema")).scalar_one()
            )  # another process may have been first
            if version < t.SCHEMA_VERSION:
                t.MIGRATIONS[version](conn)
                version += 1
                conn.execute(
                    update(t.meta).where(t.meta.c.key == "schema").values(value=str(version))
                )
        return version

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

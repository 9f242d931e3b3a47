"""Several parts of one write transaction, such as the files of an import: each is kept whole or not
at all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, select

from crawler.store import schema as t
from crawler.store.compression import DictionaryPool
from crawler.store.raw_pages import RawPages
from crawler.store.writer import Writer

__all__ = ["Savepoints", "find_sources"]


def find_sources(conn: Connection, digests: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The first source with each of these contents, where one was taken in before, by digest, its
    note read.
    """
    rows = conn.execute(
        select(t.sources)
        .where(t.sources.c.digest.in_(digests))
        .order_by(t.sources.c.source_id.desc())
    ).all()
    return {
        row.digest: {**row._mapping, "note": json.loads(row.note) if row.note else {}}
        for row in rows
    }


class Savepoints:
    """The parts of one transaction, such as its files: each is kept whole or not at all, and one
    that fails leaves the others.

    What a writer knows of identity lasts for its part, as if each were a transaction of its own;
    the counters, the packed pages' dictionaries and the accounts to be made anew are the whole
    transaction's.
    """

    def __init__(self, conn: Connection, now: Callable[[], int], templates: DictionaryPool) -> None:
        self._conn, self._now, self._templates = conn, now, templates
        self._later: set[int] = set()
        self._raw_pages: RawPages | None = None
        self._counters: dict[str, int] = {}

    def find_sources(self, digests: Sequence[str]) -> dict[str, dict[str, Any]]:
        """The first source with each of these contents, as find_sources."""
        return find_sources(self._conn, digests)

    @contextmanager
    def savepoint(self) -> Iterator[Writer]:
        """A writer for one part."""
        raw_pages, self._raw_pages = (
            self._raw_pages or RawPages(self._conn, self._templates),
            None,
        )  # what a part that fails had kept is gone with it
        with self._conn.begin_nested():
            writer = Writer(self._conn, self._now(), raw_pages, self._later)
            writer.resolver.counters = dict(self._counters)
            yield writer
            writer.close()
        self._raw_pages, self._counters = raw_pages, writer.resolver.counters

    def close(self) -> None:
        """Make the accounts anew of which the parts said something, and write the counters."""
        writer = Writer(self._conn, self._now(), RawPages(self._conn, self._templates))
        writer.rebuild_accounts(self._later)
        writer.resolver.counters = self._counters
        writer.resolver.save_counters()

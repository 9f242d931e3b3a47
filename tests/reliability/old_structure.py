"""A store of an older structure than any there was, and the step that brings it up: long enough to
be killed in the middle.

python -m tests.reliability.old_structure make|open FILE. Structure 0 has every article's albums
under another name, and lacks two indexes.
"""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing

from sqlalchemy import Connection

from crawler.store import open_store, schema

__all__ = ["make_old", "open_old"]


def make_old(file: str) -> None:
    """Turn a store back into structure 0."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("ALTER TABLE articles RENAME COLUMN albums TO album_list")
        connection.execute("DROP INDEX articles_title")
        connection.execute("DROP INDEX ix_account_aliases_account_id")
        connection.execute("UPDATE meta SET value = '0' WHERE key = 'schema'")
        connection.commit()


def bring_up(connection: Connection) -> None:
    """From 0 to 1, slowly."""
    connection.exec_driver_sql("ALTER TABLE articles RENAME COLUMN album_list TO albums")
    for (number,) in list(
        connection.exec_driver_sql("SELECT article_id FROM articles ORDER BY article_id")
    ):
        for _ in range(200):
            connection.exec_driver_sql(
                "UPDATE articles SET title_key = title_key WHERE article_id = ?", (number,)
            )
    connection.exec_driver_sql("CREATE INDEX articles_title ON articles (account_id, title_key)")


def open_old(file: str) -> int:
    """Open it as this version does, with that step known; gives how many articles it holds."""
    schema.MIGRATIONS[0] = bring_up
    with open_store(f"sqlite:///{file}", create=False) as store:
        return sum(1 for _ in store.articles())


if __name__ == "__main__":
    make_old(sys.argv[2]) if sys.argv[1] == "make" else print(open_old(sys.argv[2]))

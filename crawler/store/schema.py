"""The store's tables, their version and how an older store is brought up to it. Reading and writing
them is store.py's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    CursorResult,
    Dialect,
    Index,
    Insert,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    bindparam,
    func,
    insert,
)
from sqlalchemy.types import TypeEngine

__all__ = [
    "MIGRATIONS",
    "SCHEMA_VERSION",
    "account_aliases",
    "account_claims",
    "accounts",
    "add",
    "album_claims",
    "album_items",
    "albums",
    "aliases",
    "among",
    "articles",
    "bodies",
    "claims",
    "dictionaries",
    "meta",
    "metadata",
    "observations",
    "new_key",
    "any_of",
    "pages",
    "sources",
]

SCHEMA_VERSION = 2


class Words(TypeDecorator[str]):
    """Text of any length, in the order of its bytes whatever the server's language. NUL, which no
    text means and PostgreSQL refuses, is left out.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        return dialect.type_descriptor(
            Text(collation="C") if dialect.name == "postgresql" else Text()
        )

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return value.replace("\0", "") if value and "\0" in value else value


@cache
def add(table: Table) -> Insert:
    """INSERT INTO the table; made once, as SQLAlchemy takes longer to make a statement than to run
    it.
    """
    return insert(table)


def new_key(result: CursorResult[Any]) -> int:
    """The number that an inserted row was given."""
    key = result.inserted_primary_key
    assert key is not None  # every table here numbers its rows
    return int(key[0])


def any_of(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """The column is one of the values given as `some`, in a statement made once."""
    return column.in_(bindparam("some", expanding=True))


def among(column: ColumnElement[int], pks: Iterable[int]) -> ColumnElement[bool]:
    """`column IN (numbers)` for any count of numbers: written out, as databases limit the
    parameters of a statement.
    """
    return column.in_(
        bindparam(None, sorted({int(pk) for pk in pks}), expanding=True, literal_execute=True)
    )


metadata = MetaData()
_Id = BigInteger().with_variant(
    Integer, "sqlite"
)  # SQLite numbers rows itself, and keeps them in order, only by an INTEGER key

meta = Table(
    "meta",
    metadata,
    Column("key", Words(), primary_key=True),
    Column("value", Words(), nullable=False),
)

# One row for each file taken in, each feed, each crawl: where claims come from.
sources = Table(
    "sources",
    metadata,
    Column("source_id", _Id, primary_key=True),
    Column("kind", Words(), nullable=False),
    Column("label", Words(), nullable=False),
    Column("digest", Words()),
    Column("added_at", BigInteger, nullable=False),
    Column("permission", Words()),
    Column("note", Words()),
    Index("sources_digest", "digest"),
)

accounts = Table(
    "accounts",
    metadata,
    Column("account_id", _Id, primary_key=True, autoincrement=False),
    Column("biz", Words()),
    Column("user_name", Words()),
    Column("name", Words()),
    Column("role", Words()),
    Column("brand", Words()),
    Column("more", Words(), nullable=False),
)

account_aliases = Table(
    "account_aliases",
    metadata,
    Column("alias", Words(), primary_key=True),
    Column("account_id", BigInteger, primary_key=True, index=True),
)

account_claims = Table(
    "account_claims",
    metadata,
    Column("claim_id", _Id, primary_key=True),
    Column("account_id", BigInteger, nullable=False, index=True),
    Column(
        "born_id", BigInteger, nullable=False
    ),  # the account it was first filed under, before any merge
    Column("source_id", BigInteger, nullable=False, index=True),
    Column("origin", Words(), nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("said", Words(), nullable=False),
)

# What is held to be true of an article: merged from its claims, and made again whenever they
# change.
articles = Table(
    "articles",
    metadata,
    Column("article_id", _Id, primary_key=True, autoincrement=False),
    Column("account_id", BigInteger, nullable=False),
    Column("mid", Words()),
    Column("idx", BigInteger),
    Column("title", Words()),
    Column("title_key", BigInteger),
    Column("digest", Words()),
    Column("author", Words()),
    Column("published_at", BigInteger),
    Column("time_precision", Words(), nullable=False),
    Column("kind", Words()),
    Column("original", Boolean),
    Column("url", Words()),
    Column("status", Words(), nullable=False),
    Column("albums", Words()),
    Column("source", Words(), nullable=False),
    Column("more", Words(), nullable=False),
    Index("articles_account", "account_id", "published_at"),
    Index("articles_title", "account_id", "title_key"),
)

aliases = Table(
    "aliases",
    metadata,
    Column("alias", Words(), primary_key=True),
    Column("article_id", BigInteger, nullable=False, index=True),
)

claims = Table(
    "claims",
    metadata,
    Column("claim_id", _Id, primary_key=True),
    Column("article_id", BigInteger, nullable=False, index=True),
    Column(
        "born_id", BigInteger, nullable=False
    ),  # the article it was first filed under, before any merge
    Column("account_id", BigInteger, nullable=False, index=True),
    Column("account_born_id", BigInteger, nullable=False),
    Column("source_id", BigInteger, nullable=False, index=True),
    Column("page_id", BigInteger, index=True),
    Column("origin", Words(), nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("said", Words(), nullable=False),
)

albums = Table(
    "albums",
    metadata,
    Column("album_id", Words(), primary_key=True),
    Column("account_id", BigInteger),
    Column("title", Words()),
    Column("article_count", BigInteger),
    Column("numbered", Boolean),
    Column("description", Words()),
    Column("reads", BigInteger),
    Column("seen_at", BigInteger, nullable=False),
    Column("walked_at", BigInteger),  # when its listing was last read to the end
)

album_claims = Table(
    "album_claims",
    metadata,
    Column("album_id", Words(), primary_key=True),
    Column("source_id", BigInteger, primary_key=True),
    Column("origin", Words(), primary_key=True),
    Column("account_id", BigInteger),
    Column("seen_at", BigInteger, nullable=False),
    Column("walked_at", BigInteger),
    Column("said", Words(), nullable=False),
)

album_items = Table(
    "album_items",
    metadata,
    Column("album_id", Words(), primary_key=True),
    Column("article_id", BigInteger, primary_key=True),
    Column("pos_num", BigInteger),
    Column("seen_at", BigInteger, nullable=False),
    Index("album_items_article", "article_id"),
)

pages = Table(
    "pages",
    metadata,
    Column("page_id", _Id, primary_key=True),
    Column("article_id", BigInteger, index=True),
    Column("source_id", BigInteger, nullable=False, index=True),
    Column("kind", Words(), nullable=False),
    Column("url", Words()),
    Column("status", Words(), nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("sha256", Words(), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("dictionary_id", BigInteger),
    Column("blob", LargeBinary, nullable=False),
    UniqueConstraint("sha256", "url", name="pages_content").ddl_if(dialect="sqlite"),
)
# An address can be longer than what PostgreSQL takes into an index.
Index("pages_content", pages.c.sha256, func.md5(pages.c.url), unique=True).ddl_if(
    dialect="postgresql"
)

dictionaries = Table(
    "dictionaries",
    metadata,
    Column("dictionary_id", _Id, primary_key=True),
    Column("sha256", Words(), nullable=False, unique=True),
    Column("blob", LargeBinary, nullable=False),
)

bodies = Table(
    "bodies",
    metadata,
    Column("article_id", BigInteger, primary_key=True),
    Column("source_id", BigInteger, primary_key=True),
    Column("seen_at", BigInteger, nullable=False),
    Column("sha256", Words(), nullable=False),
    Column("blob", LargeBinary, nullable=False),
)

observations = Table(
    "observations",
    metadata,
    Column("observation_id", _Id, primary_key=True),
    Column("article_id", BigInteger, nullable=False, index=True),
    Column("source_id", BigInteger, nullable=False, index=True),
    Column("metric", Words(), nullable=False),
    Column("value", BigInteger, nullable=False),
    Column("censored", Boolean, nullable=False),  # at least this many
    Column("seen_at", BigInteger),
    Column("flag", Words()),  # why it is kept out of figures
)


def _index_accounts(connection: Connection) -> None:
    """From 1 to 2: what an account is known by was read from the keys of all accounts."""
    for index in account_aliases.indexes:
        index.create(connection, checkfirst=True)


MIGRATIONS: dict[int, Callable[[Connection], None]] = {
    1: _index_accounts
}  # from version n to n + 1, run in order, one transaction each

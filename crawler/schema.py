"""The store's tables, their version and how an older store is brought up to it. Reading and writing them is store.py's."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import BigInteger, Boolean, Column, Connection, Index, Integer, LargeBinary, MetaData, String, Table, Text, UniqueConstraint

__all__ = [
    "MIGRATIONS",
    "SCHEMA_VERSION",
    "account_aliases",
    "account_claims",
    "accounts",
    "album_claims",
    "album_items",
    "albums",
    "aliases",
    "articles",
    "bodies",
    "claims",
    "dictionaries",
    "meta",
    "metadata",
    "observations",
    "pages",
    "sources",
]

SCHEMA_VERSION = 1
MIGRATIONS: dict[int, Callable[[Connection], None]] = {}  # from version n to n + 1, run in order, one transaction each

metadata = MetaData()
_Id = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows itself only in an INTEGER key

meta = Table("meta", metadata, Column("key", String(80), primary_key=True), Column("value", Text, nullable=False))

# One row for each file taken in, each feed, each crawl: where claims come from.
sources = Table(
    "sources",
    metadata,
    Column("source_id", _Id, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("label", Text, nullable=False),
    Column("digest", String(64)),
    Column("added_at", BigInteger, nullable=False),
    Column("permission", Text),
    Column("note", Text),
    Index("sources_digest", "digest"),
)

accounts = Table(
    "accounts",
    metadata,
    Column("account_id", _Id, primary_key=True),
    Column("biz", String(40)),
    Column("user_name", String(80)),
    Column("name", Text),
    Column("role", String(20)),
    Column("brand", Text),
    Column("more", Text, nullable=False),
)

account_aliases = Table("account_aliases", metadata, Column("alias", String(200), primary_key=True), Column("account_id", BigInteger, primary_key=True))

account_claims = Table(
    "account_claims",
    metadata,
    Column("claim_id", _Id, primary_key=True),
    Column("account_id", BigInteger, nullable=False, index=True),
    Column("born_id", BigInteger, nullable=False),  # the account it was first filed under, before any merge
    Column("source_id", BigInteger, nullable=False, index=True),
    Column("origin", String(20), nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("said", Text, nullable=False),
)

# What is held to be true of an article: merged from its claims, and made again whenever they change.
articles = Table(
    "articles",
    metadata,
    Column("article_id", _Id, primary_key=True),
    Column("account_id", BigInteger, nullable=False),
    Column("mid", String(24)),
    Column("idx", Integer),
    Column("title", Text),
    Column("title_key", BigInteger),
    Column("digest", Text),
    Column("author", Text),
    Column("published_at", BigInteger),
    Column("time_precision", String(8), nullable=False),
    Column("kind", String(12)),
    Column("original", Boolean),
    Column("url", Text),
    Column("status", String(16), nullable=False),
    Column("albums", Text),
    Column("source", String(20), nullable=False),
    Column("more", Text, nullable=False),
    Index("articles_account", "account_id", "published_at"),
    Index("articles_title", "account_id", "title_key"),
)

aliases = Table("aliases", metadata, Column("alias", String(400), primary_key=True), Column("article_id", BigInteger, nullable=False, index=True))

claims = Table(
    "claims",
    metadata,
    Column("claim_id", _Id, primary_key=True),
    Column("article_id", BigInteger, nullable=False, index=True),
    Column("born_id", BigInteger, nullable=False),  # the article it was first filed under, before any merge
    Column("account_id", BigInteger, nullable=False, index=True),
    Column("account_born_id", BigInteger, nullable=False),
    Column("source_id", BigInteger, nullable=False, index=True),
    Column("page_id", BigInteger, index=True),
    Column("origin", String(20), nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("said", Text, nullable=False),
)

albums = Table(
    "albums",
    metadata,
    Column("album_id", String(40), primary_key=True),
    Column("account_id", BigInteger),
    Column("title", Text),
    Column("article_count", Integer),
    Column("numbered", Boolean),
    Column("description", Text),
    Column("reads", BigInteger),
    Column("seen_at", BigInteger, nullable=False),
    Column("walked_at", BigInteger),  # when its listing was last read to the end
)

album_claims = Table(
    "album_claims",
    metadata,
    Column("album_id", String(40), primary_key=True),
    Column("source_id", BigInteger, primary_key=True),
    Column("origin", String(20), primary_key=True),
    Column("account_id", BigInteger),
    Column("seen_at", BigInteger, nullable=False),
    Column("walked_at", BigInteger),
    Column("said", Text, nullable=False),
)

album_items = Table(
    "album_items",
    metadata,
    Column("album_id", String(40), primary_key=True),
    Column("article_id", BigInteger, primary_key=True),
    Column("pos_num", Integer),
    Column("seen_at", BigInteger, nullable=False),
    Index("album_items_article", "article_id"),
)

pages = Table(
    "pages",
    metadata,
    Column("page_id", _Id, primary_key=True),
    Column("article_id", BigInteger, index=True),
    Column("source_id", BigInteger, nullable=False, index=True),
    Column("kind", String(12), nullable=False),
    Column("url", Text),
    Column("status", String(16), nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("dictionary_id", BigInteger),
    Column("blob", LargeBinary, nullable=False),
    UniqueConstraint("sha256", "url", name="pages_content"),
)

dictionaries = Table(
    "dictionaries",
    metadata,
    Column("dictionary_id", _Id, primary_key=True),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("blob", LargeBinary, nullable=False),
)

bodies = Table(
    "bodies",
    metadata,
    Column("article_id", BigInteger, primary_key=True),
    Column("source_id", BigInteger, primary_key=True),
    Column("seen_at", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("blob", LargeBinary, nullable=False),
)

observations = Table(
    "observations",
    metadata,
    Column("observation_id", _Id, primary_key=True),
    Column("article_id", BigInteger, nullable=False, index=True),
    Column("source_id", BigInteger, nullable=False, index=True),
    Column("metric", String(16), nullable=False),
    Column("value", BigInteger, nullable=False),
    Column("censored", Boolean, nullable=False),  # at least this many
    Column("seen_at", BigInteger),
    Column("flag", String(20)),  # why it is kept out of figures
)

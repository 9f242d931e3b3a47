"""The database files (SQLite) of wewe-rss and we-mp-rss -> batches: their tables `feeds` and
`articles`, and of these only the columns named here.

Their other tables hold the keeper's logins and are never looked at. The file is opened read-only
and immutable, or as a copy in memory where it lies in a ZIP or is compressed; nothing beside it is
read or made. The file is as hostile as any other: no view, no virtual table, a bound on steps.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from crawler.batch import Batch, Reject
from crawler.files import ArchiveError, Document
from crawler.formats.row_ids import link_of_row_id
from crawler.records import (
    Account,
    ArticleUrl,
    biz_of_number,
    clean_text,
    number,
    parse_article_url,
)
from crawler.store.claims import Sighting
from crawler.wechat.redaction import scrub
from crawler.wechat.values import to_link, to_moment

__all__ = ["is_database", "read_database"]

_MAGIC = b"SQLite format 3\0"
_BATCH_ROWS = 2000
_STEPS, _MOST_TICKS = 100_000, 20_000  # of SQLite's machine between two looks; two thousand million
_MOST_FEEDS = 20_000
_MAX_VALUE = 64 * 1024**2
_WAL_FORMAT, _MEMORY_FORMAT = slice(18, 20), b"\1\1"
_TOOLS = {"feeds": {"id", "mp_name"}, "articles": {"id", "mp_id", "title", "publish_time"}}
_FEED_COLUMNS = ("id", "mp_name", "mp_cover", "mp_intro", "faker_id")
_ARTICLE_COLUMNS = (
    "id",
    "mp_id",
    "title",
    "publish_time",
    "pic_url",
    "url",
    "description",
    "content",
    "content_html",
)
_BOOK = re.compile(r"MP_WXS_(\d{6,12})")
_MARKUP = re.compile(r"\s*<[A-Za-z!]")


def is_database(head: bytes) -> bool:
    """True for an SQLite file, whosever it is."""
    return head.startswith(_MAGIC)


def read_database(document: Document) -> Iterator[Batch]:
    """The accounts and articles of a wewe-rss or we-mp-rss database.

    Raises ArchiveError: another tool's, damaged, or without articles.
    """
    try:
        with closing(_open(document)) as database:
            yield from _read(database, _notes(document.path, document.member))
    except (sqlite3.Error, UnicodeDecodeError) as error:  # names in it may be no text
        why = "查询太久，像是做过手脚的文件" if "interrupt" in str(error) else f"已损坏（{error}）"
        raise ArchiveError(f"SQLite 数据库读不了：{why}") from None


def _open(document: Document) -> sqlite3.Connection:
    """A connection that can write nothing and waits for nobody."""
    plain = document.path is not None and document.member is None
    with document.open() as stream:
        plain = plain and getattr(stream, "name", None) is not None  # not compressed
    if plain and document.path is not None:
        address = document.path.resolve().as_uri() + "?mode=ro&immutable=1"
        database = sqlite3.connect(address, uri=True)
    else:
        content = bytearray(document.read())
        content[_WAL_FORMAT] = _MEMORY_FORMAT  # a copy in memory has no write-ahead log
        database = sqlite3.connect(":memory:")
        database.deserialize(bytes(content))
    database.text_factory = lambda text: text.decode("utf-8", "replace")
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_VALUE)
    database.execute("PRAGMA trusted_schema = OFF")
    database.execute("PRAGMA query_only = ON")
    ticks = iter(range(_MOST_TICKS))
    database.set_progress_handler(lambda: int(next(ticks, None) is None), _STEPS)
    return database


def _notes(path: Path | None, member: str | None) -> list[str]:
    log = path.with_name(path.name + "-wal") if path and member is None else None
    if log is None or not log.is_file() or not log.stat().st_size:
        return []
    return [
        f"旁边的 {log.name} 里还有没合并进来的内容，没有读：正常停掉那个工具（它自己会合并）再导入"
    ]


def _read(database: sqlite3.Connection, notes: list[str]) -> Iterator[Batch]:
    columns = {table: _columns_of(database, table) for table in _TOOLS}
    if any(not needed <= columns[table] for table, needed in _TOOLS.items()):
        raise ArchiveError(_foreign(database))
    accounts = _accounts(database, columns["feeds"])
    at = _newest(database)
    opening = Batch("database", "fetched", notes=notes)
    opening.accounts = [(account, "feed", at) for account in accounts.values() if account.biz]
    yield opening
    batch = Batch("database", "fetched")
    for row_number, row in enumerate(_rows(database, "articles", columns["articles"]), 1):
        sighting = _sighting(row, accounts, at)
        if sighting is None:
            title = clean_text(row.get("title")) or ""
            batch.rejects.append(Reject(f"第 {row_number} 行", "没有公众号文章的链接", title[:200]))
        else:
            batch.sightings.append(sighting)
        if len(batch.sightings) + len(batch.rejects) == _BATCH_ROWS:
            yield batch
            batch = Batch("database", "fetched")
    yield batch


def _columns_of(database: sqlite3.Connection, table: str) -> set[str]:
    """The stored columns of a real table; a view or a virtual table has none here."""
    statement = "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?"
    schema = database.execute(statement, (table,)).fetchone()
    if schema is None or "VIRTUAL" in str(schema[0])[:200].upper():
        return set()
    info = database.execute(f"PRAGMA table_xinfo({table})").fetchall()
    return {str(column[1]).lower() for column in info if not column[6]}


def _foreign(database: sqlite3.Connection) -> str:
    names = database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' LIMIT 6")
    tables = "、".join(str(name[0])[:30] for name in names) or "没有表"
    return (
        f"是 SQLite 数据库，但不是 wewe-rss 或 we-mp-rss 的（里面有 {tables}）：在存它的工具里导出 "
        "CSV 或 JSON 再导入"
    )


def _rows(database: sqlite3.Connection, table: str, columns: set[str]) -> Iterator[dict[str, Any]]:
    wanted = [
        name
        for name in (_FEED_COLUMNS if table == "feeds" else _ARTICLE_COLUMNS)
        if name in columns
    ]
    for row in database.execute(f"SELECT {', '.join(wanted)} FROM {table}"):
        yield dict(zip(wanted, row, strict=True))


def _accounts(database: sqlite3.Connection, columns: set[str]) -> dict[str, Account]:
    """The accounts by the id that articles name them with; we-mp-rss's drawer of single articles
    is none.
    """
    accounts = {}
    for count, row in enumerate(_rows(database, "feeds", columns)):
        if count == _MOST_FEEDS:
            raise ArchiveError(f"数据库里的公众号超过上限 {_MOST_FEEDS}")
        key = _text(row.get("id"))
        biz = _biz_of_feed(key) or biz_of_number(_text(row.get("faker_id")))
        if biz:
            accounts[key] = Account(
                biz=biz,
                name=clean_text(_text(row.get("mp_name"))),
                signature=clean_text(_text(row.get("mp_intro"))),
                avatar=to_link(row.get("mp_cover")),
            )
    return accounts


def _newest(database: sqlite3.Connection) -> int:
    """When the newest article came out: so old is what the file says."""
    statement = (
        "SELECT max(publish_time) FROM articles WHERE typeof(publish_time) = 'integer' "
        "AND publish_time < 4000000000"
    )
    return int(database.execute(statement).fetchone()[0] or 0)


def _sighting(row: dict[str, Any], accounts: dict[str, Account], at: int) -> Sighting | None:
    links = _links(row)
    if links is None:
        return None
    address, numbered = links
    feed = _text(row.get("mp_id"))
    account = accounts.get(feed)
    seconds = number(row.get("publish_time")) or 0
    published = to_moment(seconds // 1000 if seconds > 10**11 else seconds)
    article = address.article(
        biz=numbered.biz or (account.biz if account else _biz_of_feed(feed)),
        mid=numbered.mid,
        idx=numbered.idx,
        account_name=account.name if account else None,
        title=clean_text(_text(row.get("title"))),
        digest=clean_text(_text(row.get("description")))
        if not _MARKUP.match(_text(row.get("description")))
        else None,
        published_at=published,
        time_precision="second" if published else "none",
        cover=to_link(row.get("pic_url")),
    )
    bodies = (_text(row.get(name)) for name in ("content_html", "content"))
    body = next((body for body in bodies if _MARKUP.match(body)), None)
    plain = scrub(body.encode("utf-8", "replace")).decode() if body else None
    return Sighting(article, "feed", at, body=plain)


def _links(row: dict[str, Any]) -> tuple[ArticleUrl, ArticleUrl] | None:
    """The article's link, and the one that numbers it where either does: a short link has no
    numbers, we-mp-rss's id has them.
    """
    stated = parse_article_url(_text(row.get("url")))
    named = link_of_row_id(_text(row.get("id")))
    address = named if stated is None or stated.temporary else stated
    if address is None:
        return None
    return address, named if named and named.mid and address.mid is None else address


def _biz_of_feed(feed: str) -> str | None:
    book = _BOOK.fullmatch(feed)
    return biz_of_number(book[1]) if book else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""

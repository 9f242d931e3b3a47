"""The database files of wewe-rss and we-mp-rss (all names invented)."""

from __future__ import annotations

import sqlite3
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.batch import Batch, Reject
from crawler.files import ArchiveError, Document, list_documents
from crawler.formats.detect import Options, find_reader
from crawler.importer import import_files
from crawler.records import Account, Article
from crawler.store import Store

WEWE = """
CREATE TABLE accounts (id TEXT PRIMARY KEY, token TEXT, name TEXT, status INTEGER);
CREATE TABLE feeds (id TEXT PRIMARY KEY, mp_name TEXT NOT NULL, mp_cover TEXT NOT NULL,
  mp_intro TEXT NOT NULL, status INTEGER, sync_time INTEGER, update_time INTEGER,
  created_at DATETIME, updated_at DATETIME, has_history INTEGER);
CREATE TABLE articles (id TEXT PRIMARY KEY, mp_id TEXT NOT NULL, title TEXT NOT NULL,
  pic_url TEXT NOT NULL, publish_time INTEGER NOT NULL, created_at DATETIME, updated_at DATETIME);
INSERT INTO accounts VALUES ('1', 'sEcretToken', '读书账号甲', 1);
INSERT INTO feeds VALUES ('MP_WXS_3900000002', '青石灶间', 'https://a.example/0', '一口灶', 1, 0, 0,
  '', '', 1);
INSERT INTO articles VALUES ('AbCdEfGhIjKlMnOpQrStUv', 'MP_WXS_3900000002', '第一锅',
  'https://a.example/1', 1763347927, '', '');
INSERT INTO articles VALUES ('BbCdEfGhIjKlMnOpQrStUv', 'MP_WXS_3900000009', '没有订阅的',
  '', 1763115660, '', '');
INSERT INTO articles VALUES ('17', 'MP_WXS_3900000002', '没有链接的', '', 1763115660, '', '');
"""
WE_MP = """
CREATE TABLE feeds (id VARCHAR, mp_name VARCHAR, mp_cover VARCHAR, mp_intro VARCHAR,
  status INTEGER, faker_id VARCHAR);
CREATE TABLE articles (id VARCHAR, mp_id VARCHAR, title VARCHAR, pic_url VARCHAR, url VARCHAR,
  description TEXT, content TEXT, publish_time INTEGER, status INTEGER);
INSERT INTO feeds VALUES ('MP_WXS_3900000002', '青石灶间', '', '', 1, 'MzkwMDAwMDAwMg==');
INSERT INTO feeds VALUES ('MP_WXS_FEATURED_ARTICLES', '精选文章', '', '手动添加的', 1,
  'MP_WXS_FEATURED_ARTICLES');
INSERT INTO articles VALUES ('3900000002-2247480701_2', 'MP_WXS_3900000002', '第二锅', '',
  'https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv', '慢火',
  '<section>正文 <a href="https://a.example/?pass_ticket=1234567890abcdef">x</a></section>',
  1763347927000, 1);
INSERT INTO articles VALUES ('x', 'MP_WXS_FEATURED_ARTICLES', '别家的', '',
  'https://mp.weixin.qq.com/s/BbCdEfGhIjKlMnOpQrStUv', NULL, NULL, 1763115660, 1000);
"""


def database(path: Path, script: str, *, wal: bool = False) -> Path:
    connection = sqlite3.connect(path)
    if wal:
        connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(script)
    connection.close()
    return path


def read(document: Document) -> Batch:
    whole = Batch("database")
    for batch in find_reader(document).read(document, Options()):
        whole.extend(batch)
    return whole


def test_wewe_rss_gives_accounts_and_articles_by_the_end_of_their_links(tmp_path: Path) -> None:
    path = database(tmp_path / "wewe-rss.db", WEWE)
    before = path.read_bytes()
    batch = read(Document(str(path), path))
    assert batch.accounts == [
        (
            Account(
                biz="MzkwMDAwMDAwMg==",
                name="青石灶间",
                signature="一口灶",
                avatar="https://a.example/0",
            ),
            "feed",
            1763347927,
        )
    ]
    first, second = batch.sightings
    assert first.article == Article(
        biz="MzkwMDAwMDAwMg==",
        token="AbCdEfGhIjKlMnOpQrStUv",
        url="https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv",
        account_name="青石灶间",
        title="第一锅",
        published_at=datetime(2025, 11, 17, 2, 52, 7, tzinfo=UTC),
        time_precision="second",
        cover="https://a.example/1",
    )
    assert (first.origin, first.seen_at, first.body) == ("feed", 1763347927, None)
    assert (second.article.biz, second.article.account_name) == ("MzkwMDAwMDAwOQ==", None)
    assert batch.rejects == [Reject("第 3 行", "没有公众号文章的链接", "没有链接的")]
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["wewe-rss.db"]


def test_we_mp_rss_adds_mid_and_place_and_the_body(tmp_path: Path) -> None:
    path = database(tmp_path / "db.db", WE_MP)
    batch = read(Document(str(path), path))
    first, second = batch.sightings
    assert first.article == Article(
        biz="MzkwMDAwMDAwMg==",
        mid="2247480701",
        idx=2,
        token="AbCdEfGhIjKlMnOpQrStUv",
        url="https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv",
        account_name="青石灶间",
        title="第二锅",
        digest="慢火",
        published_at=datetime(2025, 11, 17, 2, 52, 7, tzinfo=UTC),
        time_precision="second",
    )
    assert first.body is not None
    assert "正文" in first.body
    assert "1234567890abcdef" not in first.body
    assert (second.article.biz, second.article.account_name) == (None, None)
    assert [account.name for account, _, _ in batch.accounts] == ["青石灶间"]


def test_a_database_in_a_zip_or_packed_is_read_from_memory(tmp_path: Path) -> None:
    path = database(tmp_path / "a.db", WEWE, wal=True)
    pack = tmp_path / "a.zip"
    with zipfile.ZipFile(pack, "w") as archive:
        archive.write(path, "data/wewe-rss.db")
    (document,) = list_documents(pack)
    assert len(read(document).sightings) == 2
    assert len(read(Document("a", data=path.read_bytes())).sightings) == 2


def test_what_waits_in_the_write_ahead_log_is_noted(tmp_path: Path) -> None:
    path = database(tmp_path / "a.db", WEWE, wal=True)
    (tmp_path / "a.db-wal").write_bytes(b"x")
    batch = read(Document(str(path), path))
    assert len(batch.sightings) == 2
    (note,) = batch.notes
    assert note.startswith("旁边的 a.db-wal 里还有没合并进来的内容")
    assert (tmp_path / "a.db-wal").read_bytes() == b"x"


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("CREATE TABLE moz_places (url TEXT); CREATE TABLE x (y);", "（里面有 moz_places、x）"),
        ("CREATE TABLE feeds (id, mp_name); CREATE TABLE articles (id, title);", "feeds、articles"),
        ("VACUUM;", "（里面有 没有表）"),
        (
            "CREATE TABLE feeds (id, mp_name); CREATE VIEW articles AS WITH RECURSIVE n(i) AS "
            "(SELECT 1 UNION ALL SELECT i FROM n) SELECT i id, i mp_id, i title, i publish_time "
            "FROM n;",
            "（里面有 feeds）",
        ),
    ],
)
def test_a_database_of_something_else_is_one_line(tmp_path: Path, script: str, told: str) -> None:
    path = database(tmp_path / "a.db", script)
    with pytest.raises(ArchiveError) as raised:
        read(Document(str(path), path))
    assert told in str(raised.value)
    assert "不是 wewe-rss 或 we-mp-rss 的" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_damaged_database_is_one_line(tmp_path: Path) -> None:
    path = database(tmp_path / "a.db", WEWE)
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(ArchiveError, match="SQLite 数据库读不了：已损坏"):
        read(Document(str(path), path))


def test_the_keepers_logins_are_nowhere_in_the_store(store: Store, tmp_path: Path) -> None:
    path = database(tmp_path / "wewe-rss.db", WEWE)
    (report,) = import_files(store, [path])
    assert (report.error, report.tally.new, len(report.rejects)) == (None, 2, 1)
    assert {account["name"] for account in store.accounts()} >= {"青石灶间"}
    everything = str([*store.accounts(), *store.articles(), *store.sources()])
    assert "sEcretToken" not in everything
    assert "读书账号甲" not in everything

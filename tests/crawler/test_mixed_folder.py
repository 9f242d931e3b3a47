"""A folder of everything people hold: all of it comes in, rows add up, one article is one."""

from __future__ import annotations

import io
import json
import sqlite3
from html import escape
from pathlib import Path

import openpyxl
import pytest

from crawler.importer import FileReport, import_files
from crawler.store import Store
from tests.support.places import PAGES
from tests.support.recordings import charles_entry, entry, har, wacz, warc, warc_record

RECORD = json.loads((PAGES / "g2_2023.json").read_text(encoding="utf-8"))["article"]
URL, TITLE, ACCOUNT = RECORD["url"], RECORD["title"], RECORD["account_name"]
PAGE = (PAGES / "g2_2023.html").read_bytes()
OTHER = "https://mp.weixin.qq.com/s?__biz=MzkwMDAwMDAwMg==&mid=2247480{}&idx=1&sn=aa{}"
DAY = "2023-07-21 12:05"


def database() -> bytes:
    memory = sqlite3.connect(":memory:")
    memory.executescript(
        "CREATE TABLE feeds (id TEXT, mp_name TEXT, mp_intro TEXT);"
        "CREATE TABLE articles (id TEXT, mp_id TEXT, title TEXT, publish_time INTEGER);"
        f"INSERT INTO feeds VALUES ('MP_WXS_3900000002', '{ACCOUNT}', '');"
        "INSERT INTO articles VALUES ('DbDbDbDbDbDbDbDbDbDbDb', 'MP_WXS_3900000002', '库里的一篇', "
        "1700000000);"
    )
    raw: bytes = memory.serialize()
    return raw


def spreadsheet() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["公众号", "标题", "发布时间"])
    sheet.append([ACCOUNT, TITLE, DAY])
    sheet.cell(2, 2).hyperlink = URL
    sheet.append(["合计", 1, None])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def link(number: int) -> str:
    return OTHER.format(number, number)


def everything() -> dict[str, bytes]:
    """A file of every kind; those of `SAME` hold the same article."""
    front = f"---\ntitle: {TITLE}\nurl: {URL}\ncreated: 2026-01-01\n---\n\n正文。\n"
    feed = f"<title>{TITLE}</title><link>{escape(URL)}</link><description>短短一句。</description>"
    ours = f"<title>{ACCOUNT}</title><item>{feed}</item>"
    html_table = f"<table><tr><td>标题<td>链接<tr><td><a href='{link(601)}'>表里<td>打开</table>"
    note = f"<note><title>印象里</title><note-attributes><source-url>{escape(link(602))}"
    row = f"{ACCOUNT},{TITLE},{URL},{DAY}"
    plain = warc(warc_record("response", URL, PAGE), packed=False)
    return {
        "page.html": PAGE,
        "page.har": har(entry(URL, PAGE.decode())),
        "page.chlsj": json.dumps(
            [charles_entry("/s", URL.split("?")[1], {"text": PAGE.decode()})]
        ).encode(),
        "page.warc.gz": warc(warc_record("response", URL, PAGE)),
        "page.wacz": wacz({"archive/a.warc": plain}),
        "page.mhtml": b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\n"
        b"Content-Type: text/html; charset=utf-8\nContent-Location: "
        + URL.encode()
        + b"\n\n"
        + PAGE
        + b"\n--x--\n",
        "note.md": front.encode(),
        "header.md": f"# {TITLE}\n\n> 公众号: {ACCOUNT}\n> 原文链接: {URL}\n\n正文。\n".encode(),
        "feed.xml": f"<rss version='2.0'><channel>{ours}</channel></rss>".encode(),
        "list.csv": f"公众号,标题,链接,发布时间\n{row}\n合计,1,,\n".encode(),
        "list.xlsx": spreadsheet(),
        "links.txt": f"{TITLE} {URL}\n".encode(),
        "list.json": json.dumps({"data": {"items": [{"title": TITLE, "url": URL}]}}).encode(),
        "table.xls": html_table.encode(),
        "notes.enex": "<?xml version='1.0'?><en-export>"
        f"{note}</source-url></note-attributes></note></en-export>".encode(),
        "wewe-rss.db": database(),
        "bookmarks.html": "<!DOCTYPE NETSCAPE-Bookmark-file-1><DL><DT>"
        f"<A HREF='{link(603)}' ADD_DATE='1763400000'>书签里</A></DL>".encode(),
        "feeds.opml": "<?xml version='1.0'?><opml version='2.0'><body><outline text='北窗家居' "
        "xmlUrl='http://a.example/feeds/MP_WXS_3900000003.atom'/></body></opml>".encode(),
    }


SAME = {
    "page.html",
    "page.har",
    "page.chlsj",
    "page.warc.gz",
    "page.wacz",
    "page.mhtml",
    "note.md",
    "header.md",
    "feed.xml",
    "list.csv",
    "list.xlsx",
    "links.txt",
    "list.json",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "everything"
    folder.mkdir()
    for name, raw in everything().items():
        (folder / name).write_bytes(raw)
    return folder


def taken(store: Store, folder: Path) -> dict[str, FileReport]:
    return {Path(report.file).name: report for report in import_files(store, [folder])}


def test_every_kind_comes_in_and_rows_add_up(store: Store, folder: Path) -> None:
    reports = list(import_files(store, [folder]))
    assert [(report.file, report.error) for report in reports if report.error] == []
    articles = [row for row in store.articles() if row["title"]]
    new = sum(report.tally.new for report in reports)
    assert new == len(articles) == 5, "the page, and one each of table, note, database, bookmarks"
    assert len(list(store.articles())) == 6, "and one that the page links to"
    assert sum(report.tally.total for report in reports) >= len(everything()) - 1
    assert sum(len(report.rejects) for report in reports) == 0


def test_one_article_of_many_sources_is_one(store: Store, folder: Path) -> None:
    reports = taken(store, folder)
    assert reports.keys() | {"page.wacz"} > SAME
    (article,) = [row for row in store.articles() if row["mid"] == RECORD["mid"]]
    assert (article["title"], article["original"]) == (TITLE, True)
    assert article["time_precision"] == "second"
    assert {row["name"] for row in store.accounts()} >= {ACCOUNT, "北窗家居"}


def test_the_same_folder_again_changes_nothing(store: Store, folder: Path) -> None:
    taken(store, folder)
    before = (list(store.articles()), store.accounts())
    again = taken(store, folder)
    assert {(report.tally.new, report.tally.updated) for report in again.values()} == {(0, 0)}
    assert (list(store.articles()), store.accounts()) == before

"""Files people have -> batches for the store. One reader a format, chosen by content; to add a
format, add a reader to READERS.

Readers parse and never write; parsing of WeChat's own pages is page.py's and listing.py's.
"""

from __future__ import annotations

import email
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from crawler.batch import Batch, take_saved_page
from crawler.files import ArchiveError, Document
from crawler.formats.feeds import is_feed, take_feed
from crawler.formats.link_lists import is_link_list, take_link_list, take_link_page
from crawler.formats.markdown import is_markdown, take_markdown
from crawler.formats.options import Options
from crawler.formats.recordings.answers import take_recording
from crawler.formats.recordings.har import is_charles, is_har, read_charles, read_har
from crawler.formats.recordings.warc import is_warc, read_warc
from crawler.formats.site_files import take_account_page
from crawler.formats.table import is_table, is_table_page, read_table
from crawler.formats.tools.account_lists import is_opml, take_opml
from crawler.formats.tools.databases import is_database, read_database
from crawler.formats.tools.enex import is_enex, read_enex
from crawler.formats.tools.json_files import read_json_file
from crawler.formats.tools.unreadable import advice_for
from crawler.wechat.encoding import declared_encoding, is_wide, to_utf8
from crawler.wechat.page import is_article_page

__all__ = ["READERS", "ArchiveError", "Options", "Reader", "find_reader"]

_JSON = re.compile(rb"[\xef\xbb\xbf\s]*(?:\{|\[\s*(?:[{\[\"\d-]|\]\s*\Z))")


@dataclass(frozen=True, slots=True)
class Reader:
    """One format: its name for people, whether a file's first bytes are of it, how it is read, and
    whether what stands before a break is worth having.
    """

    kind: str
    title: str
    fits: Callable[[bytes], bool]
    read: Callable[[Document, Options], Iterator[Batch]]
    partial: bool = False


def find_reader(document: Document) -> Reader:
    """The reader that fits a document, by its content.

    Raises ArchiveError: unreadable, empty, or of no known kind.
    """
    head = document.head
    if not head.strip():
        raise ArchiveError("空文件")
    if advice := advice_for(head):
        raise ArchiveError(advice)
    if is_wide(head):
        head = to_utf8(head) or head
    for reader in READERS:
        if reader.fits(head):
            return reader
    raise ArchiveError(
        "认不出格式：能导入文章网页、合集、表格（CSV、XLSX…）、订阅、列表 JSON、链接清单、HAR、"
        "Markdown、印象笔记（ENEX）、OPML、wewe-rss 的数据库"
    )


def read_html(document: Document, options: Options) -> Iterator[Batch]:
    """A saved page: an article, an album, an account's profile or home page, the notice in place of
    an article, or a page of links.
    """
    yield _take_html(document.read())


def _take_html(raw: bytes, url: str | None = None) -> Batch:
    page = take_account_page(raw) or (None if is_article_page(raw) else take_link_page(raw))
    return page or take_saved_page(raw, url=url)


def read_mhtml(document: Document, options: Options) -> Iterator[Batch]:
    """A page saved as one file (.mhtml): its HTML part, with the address it was saved from."""
    message = email.message_from_bytes(
        document.read()
    )  # the older policy: the newer one reads headers in quadratic time, and recurses
    for part in message.walk():
        if part.get_content_type() == "text/html":
            payload = part.get_payload(decode=True)
            html = payload if isinstance(payload, bytes) else b""
            if declared_encoding(html) is None:  # the page states none, the container may
                html = to_utf8(html, part.get_content_charset()) or html
            where = str(
                part.get("Content-Location") or message.get("Snapshot-Content-Location") or ""
            )
            url = "".join(where.split()) or None  # a long one is folded
            yield _take_html(html, url)
            return
    raise ArchiveError("MHTML 里没有网页")


def read_json(document: Document, options: Options) -> Iterator[Batch]:
    """JSON of any kind."""
    yield from read_json_file(document, options.for_tables())


def read_feed(document: Document, options: Options) -> Iterator[Batch]:
    """RSS, Atom or JSON Feed, saved as a file."""
    yield take_feed(document.read())


def read_markdown(document: Document, options: Options) -> Iterator[Batch]:
    """Markdown with front matter."""
    yield take_markdown(document.read())


def read_spreadsheet(document: Document, options: Options) -> Iterator[Batch]:
    """A table of any kind."""
    yield from read_table(document, options.for_tables())


def read_link_list(document: Document, options: Options) -> Iterator[Batch]:
    """A list of links: articles that exist and are to be fetched."""
    yield take_link_list(document.read())


def _read_har(document: Document, options: Options) -> Iterator[Batch]:
    with document.open() as stream:
        yield from take_recording(read_har(stream))


def _read_charles(document: Document, options: Options) -> Iterator[Batch]:
    with document.open() as stream:
        yield from take_recording(read_charles(stream))


def _read_warc(document: Document, options: Options) -> Iterator[Batch]:
    with document.open() as stream:
        yield from take_recording(read_warc(stream))


def _read_database(document: Document, options: Options) -> Iterator[Batch]:
    yield from read_database(document)


def _read_enex(document: Document, options: Options) -> Iterator[Batch]:
    yield from read_enex(document)


def _read_opml(document: Document, options: Options) -> Iterator[Batch]:
    yield take_opml(document.read())


def _is_mhtml(head: bytes) -> bool:
    return b"multipart/related" in head[:4096] and b"MIME-Version" in head[:4096]


def _is_html(head: bytes) -> bool:
    start = head[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith(
        (
            b"<!doctype html",
            b"<!doctype netscape",
            b"<html",
            b"<!--",
            b"<head",
            b"<div",
            b"<meta",
            b"<body",
            b"<dl",
            b"<ul",
            b"<ol",
            b"<a ",
        )
    ) or (start.startswith(b"<") and b"<html" in start)


def _is_json(head: bytes) -> bool:
    """True for an object or a list; `[title](link)` is Markdown."""
    return _JSON.match(head) is not None


READERS = (
    Reader("database", "wewe-rss、we-mp-rss 数据库", is_database, _read_database),
    Reader("enex", "印象笔记（ENEX）", is_enex, _read_enex),
    Reader("opml", "订阅清单（OPML）", is_opml, _read_opml),
    Reader("table", "表格", is_table_page, read_spreadsheet),
    Reader("mhtml", "MHTML 网页", _is_mhtml, read_mhtml),
    Reader("har", "HAR（浏览器录制）", is_har, _read_har, partial=True),
    Reader("charles", "Charles 录制", is_charles, _read_charles, partial=True),
    Reader("warc", "WARC（网页存档）", is_warc, _read_warc, partial=True),
    Reader("feed", "订阅（RSS、Atom、JSON Feed）", is_feed, read_feed),
    Reader("html", "网页", _is_html, read_html),
    Reader("json", "JSON", _is_json, read_json),
    Reader("markdown", "Markdown", is_markdown, read_markdown),
    Reader("urls", "链接清单", is_link_list, read_link_list),
    Reader("table", "表格", is_table, read_spreadsheet),
)

"""Files people have -> batches for the store. One reader a format, chosen by content; to add a
format, add a reader to READERS.

Readers parse and never write; parsing of WeChat's own pages is page.py's and listing.py's.
"""

from __future__ import annotations

import email
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from crawler.batch import Batch, Reject, take_album_json, take_evaluated, take_saved_page
from crawler.files import ArchiveError, Document
from crawler.formats.backend_lists import (
    is_list,
    is_profile_page,
    is_publish_page,
    parse_payload,
    take_list,
    take_profile_page,
    take_publish_page,
)
from crawler.formats.feeds import is_feed, take_feed
from crawler.formats.homepages import is_homepage, take_homepage
from crawler.formats.markdown import is_markdown, take_markdown
from crawler.formats.recordings.answers import take_recording
from crawler.formats.recordings.har import is_charles, is_har, read_charles, read_har
from crawler.formats.recordings.warc import is_warc, read_warc
from crawler.formats.table import TableOptions, is_table, read_records, read_table
from crawler.records import Account, Article, parse_article_url
from crawler.store.claims import Sighting
from crawler.wechat.listing import ListingError
from crawler.wechat.redaction import scrub

__all__ = ["READERS", "ArchiveError", "Options", "Reader", "find_reader"]


@dataclass(frozen=True, slots=True)
class Options:
    """How a file is to be read: names for columns nobody knows, whose the articles are, today (unix
    seconds).
    """

    mapping: dict[str, str] = field(default_factory=dict)
    owner: Account | None = None
    now: int = 4_000_000_000


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
    for reader in READERS:
        if reader.fits(head):
            return reader
    raise ArchiveError(
        "认不出格式：能导入文章网页、合集、表格（CSV、XLSX…）、订阅、列表 JSON、链接清单、HAR、"
        "Markdown"
    )


def read_html(document: Document, options: Options) -> Iterator[Batch]:
    """A saved page: an article, an album, an account's profile or home page, or the notice in place
    of an article.
    """
    raw = document.read()
    if is_profile_page(raw):
        yield take_profile_page(raw)
    elif is_publish_page(raw):
        yield take_publish_page(raw)
    elif is_homepage(raw):
        yield take_homepage(raw)
    else:
        yield take_saved_page(raw)


def read_mhtml(document: Document, options: Options) -> Iterator[Batch]:
    """A page saved as one file (.mhtml): its HTML part, with the address it was saved from."""
    message = email.message_from_bytes(
        document.read()
    )  # the older policy: the newer one reads headers in quadratic time, and recurses
    for part in message.walk():
        if part.get_content_type() == "text/html":
            payload = part.get_payload(decode=True)
            html = payload if isinstance(payload, bytes) else b""
            where = str(
                part.get("Content-Location") or message.get("Snapshot-Content-Location") or ""
            )
            url = "".join(where.split()) or None  # a long one is folded
            yield take_saved_page(html, url=url)
            return
    raise ArchiveError("MHTML 里没有网页")


def read_json(document: Document, options: Options) -> Iterator[Batch]:
    """Album JSON, lists of the tools that died, window.cgiDataNew as exporters keep it, or a list
    of flat objects.
    """
    raw = scrub(document.read())
    data = parse_payload(raw)
    if isinstance(data, dict) and "getalbum_resp" in data:
        try:
            yield take_album_json(raw)
        except ListingError as error:
            raise ArchiveError(str(error)) from None
    elif isinstance(data, dict) and {"user_name", "nick_name", "title"} <= data.keys():
        batch = take_evaluated(raw, data)
        if not batch.sightings:
            raise ArchiveError("JSON 里的文章没有编号（mid）也没有链接")
        yield batch
    elif is_list(data):
        yield take_list(data, raw)
    elif isinstance(data, list) and data and isinstance(data[0], dict):
        yield from read_records(data, _table_options(options))
    else:
        keys = "、".join(list(data)[:5]) if isinstance(data, dict) else type(data).__name__
        raise ArchiveError(f"认不出的 JSON（{keys}）")


def read_feed(document: Document, options: Options) -> Iterator[Batch]:
    """RSS, Atom or JSON Feed, saved as a file."""
    yield take_feed(document.read())


def read_markdown(document: Document, options: Options) -> Iterator[Batch]:
    """Markdown with front matter."""
    yield take_markdown(document.read())


def read_spreadsheet(document: Document, options: Options) -> Iterator[Batch]:
    """A table of any kind."""
    yield from read_table(document, _table_options(options))


def _table_options(options: Options) -> TableOptions:
    return TableOptions(mapping=options.mapping, owner=options.owner, now=options.now)


def read_urls(document: Document, options: Options) -> Iterator[Batch]:
    """A list of links, one a line: articles that exist and are to be fetched."""
    batch = Batch("urls")
    for number, line in enumerate(document.read().decode("utf-8-sig", "replace").splitlines(), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        link = parse_article_url(text.split()[0])
        if link is None or link.temporary:
            why = "临时链接会过期，打开后复制永久链接" if link else "不是公众号文章链接"
            batch.rejects.append(Reject(f"第 {number} 行", why, text[:200]))
            continue
        article = Article(
            biz=link.biz, mid=link.mid, idx=link.idx, sn=link.sn, token=link.token, url=link.url
        )
        batch.sightings.append(
            Sighting(article, "url", 0, Account(biz=link.biz) if link.biz else None)
        )
    yield batch


def _read_har(document: Document, options: Options) -> Iterator[Batch]:
    with document.open() as stream:
        yield from take_recording(read_har(stream))


def _read_charles(document: Document, options: Options) -> Iterator[Batch]:
    with document.open() as stream:
        yield from take_recording(read_charles(stream))


def _read_warc(document: Document, options: Options) -> Iterator[Batch]:
    with document.open() as stream:
        yield from take_recording(read_warc(stream))


def _is_mhtml(head: bytes) -> bool:
    return b"multipart/related" in head[:4096] and b"MIME-Version" in head[:4096]


def _is_html(head: bytes) -> bool:
    start = head[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith(
        (b"<!doctype html", b"<html", b"<!--", b"<head", b"<div", b"<meta", b"<body")
    ) or (start.startswith(b"<") and b"<html" in start)


def _is_json(head: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def _is_urls(head: bytes) -> bool:
    lines = [
        line.strip()
        for line in head.splitlines()[:50]
        if line.strip() and not line.startswith(b"#")
    ]
    links = [
        line
        for line in lines
        if line.removeprefix(b"\xef\xbb\xbf").startswith(
            (b"http://", b"https://", b"mp.weixin.qq.com/")
        )
    ]
    if links and lines[0] != links[0] and is_table(head):  # a header above a first column of links
        return False
    return (
        b"\0" not in head
        and any(b"mp.weixin.qq.com/s" in line for line in links)
        and 2 * len(links) >= len(lines)
    )


READERS = (
    Reader("mhtml", "MHTML 网页", _is_mhtml, read_mhtml),
    Reader("har", "HAR（浏览器录制）", is_har, _read_har, partial=True),
    Reader("charles", "Charles 录制", is_charles, _read_charles, partial=True),
    Reader("warc", "WARC（网页存档）", is_warc, _read_warc, partial=True),
    Reader("feed", "订阅（RSS、Atom、JSON Feed）", is_feed, read_feed),
    Reader("html", "网页", _is_html, read_html),
    Reader("json", "JSON", _is_json, read_json),
    Reader("markdown", "Markdown", is_markdown, read_markdown),
    Reader("urls", "链接清单", _is_urls, read_urls),
    Reader("table", "表格", is_table, read_spreadsheet),
)

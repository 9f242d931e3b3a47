"""Files people have -> batches for the store. One reader a format, chosen by content; to add a format, add a reader to READERS.

Readers parse and never write; parsing of WeChat's own pages is page.py's and listing.py's.
"""

from __future__ import annotations

import base64
import binascii
import email
import email.policy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from crawler.intake import Batch, Reject, take_album_json, take_evaluated, take_page
from crawler.listing import ListingError, is_album_page
from crawler.page import PageError
from crawler.records import HOST, Account, Article, album_url, parse_album_id, parse_article_url
from crawler.writer import Sighting

__all__ = ["READERS", "ArchiveError", "Reader", "list_files", "read_archive"]

MAX_FILE_BYTES = 512 * 1024 * 1024
_HEAD = 64 * 1024


class ArchiveError(ValueError):
    """The file can't be read or is of no known kind; says what was found and what to do."""


@dataclass(frozen=True, slots=True)
class Reader:
    """One format: its name for people, whether a file's first bytes are of it, and how it is read."""

    kind: str
    title: str
    fits: Callable[[bytes], bool]
    read: Callable[[bytes], Iterator[Batch]]


def list_files(path: Path) -> list[Path]:
    """The files below a path, sorted; hidden ones and links that lead out are left out.

    Raises ArchiveError when there is nothing there.
    """
    if not path.exists():
        raise ArchiveError(f"没有这个文件：{path}")
    if path.is_file():
        return [path]
    root = path.resolve()
    files = [f for f in sorted(path.rglob("*")) if f.is_file() and f.resolve().is_relative_to(root)]
    files = [f for f in files if not any(part.startswith(".") for part in f.relative_to(path).parts)]
    if not files:
        raise ArchiveError(f"文件夹里没有文件：{path}")
    return files


def read_archive(path: Path) -> tuple[Reader, bytes]:
    """The reader that fits a file, and the file's bytes.

    Raises ArchiveError: unreadable, too large, or of no known kind.
    """
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise ArchiveError(f"文件有 {size / 1e6:.0f} MB，超过上限 {MAX_FILE_BYTES / 1e6:.0f} MB")
        raw = path.read_bytes()
    except OSError as error:
        raise ArchiveError(f"读不了：{error.strerror}") from None
    if not raw.strip():
        raise ArchiveError("空文件")
    head = raw[:_HEAD]
    for reader in READERS:
        if reader.fits(head):
            return reader, raw
    raise ArchiveError("认不出格式：能导入文章网页（HTML、MHTML）、合集（HTML、JSON）、文章链接清单、浏览器录制的 HAR")


def read_html(raw: bytes) -> Iterator[Batch]:
    """A saved page: an article, an album, or the notice in place of an article."""
    yield _page(raw, None)


def _page(raw: bytes, url: str | None, seen_at: int | None = None) -> Batch:
    try:
        batch = take_page(raw, url=url, seen_at=seen_at)
    except (PageError, ListingError) as error:
        raise ArchiveError(str(error)) from None
    if batch.status == "verification":
        batch.rejects[:] = [Reject(url or "", f"是验证页，不是文章（{batch.rejects[0].reason}）：在浏览器里过了验证再保存")]
    elif batch.status == "unknown":
        seen = f"（{batch.rejects[0].reason[:30]}）" if batch.rejects[0].reason else ""
        batch.rejects[:] = [Reject(url or "", f"不是公众号文章页{seen}")]
    return batch


def read_mhtml(raw: bytes) -> Iterator[Batch]:
    """A page saved as one file (.mhtml): its HTML part, with the address it was saved from."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    for part in message.walk():
        if part.get_content_type() == "text/html" and isinstance(part, EmailMessage):
            payload = part.get_payload(decode=True)
            html = payload if isinstance(payload, bytes) else b""
            url = str(part.get("Content-Location") or message.get("Snapshot-Content-Location") or "") or None
            yield _page(html, url)
            return
    raise ArchiveError("MHTML 里没有网页")


def read_json(raw: bytes) -> Iterator[Batch]:
    """Album JSON, or window.cgiDataNew as exporters keep it."""
    data = _load_json(raw)
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
    else:
        keys = "、".join(list(data)[:5]) if isinstance(data, dict) else type(data).__name__
        raise ArchiveError(f"认不出的 JSON（{keys}）")


def read_urls(raw: bytes) -> Iterator[Batch]:
    """A list of links, one a line: articles that exist and are to be fetched."""
    batch = Batch("urls")
    for number, line in enumerate(raw.decode("utf-8-sig", "replace").splitlines(), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        link = parse_article_url(text.split()[0])
        if link is None or link.temporary:
            why = "临时链接会过期，打开后复制永久链接" if link else "不是公众号文章链接"
            batch.rejects.append(Reject(f"第 {number} 行", why, text[:200]))
            continue
        article = Article(biz=link.biz, mid=link.mid, idx=link.idx, sn=link.sn, token=link.token, url=link.url)
        batch.sightings.append(Sighting(article, "url", 0, Account(biz=link.biz) if link.biz else None))
    yield batch


def read_har(raw: bytes) -> Iterator[Batch]:
    """What a person's own browser loaded: article pages, album pages and album lists. Nothing else of it is looked at."""
    data = _load_json(raw)
    entries = data.get("log", {}).get("entries") if isinstance(data, dict) and isinstance(data.get("log"), dict) else None
    if not isinstance(entries, list):
        raise ArchiveError("HAR 里没有 log.entries")
    for number, entry in enumerate(entries, 1):
        if not isinstance(entry, dict) or not isinstance(entry.get("request"), dict):
            continue
        url = str(entry["request"].get("url") or "")
        if parse_article_url(url) or parse_album_id(url):
            yield _har_entry(number, entry, url)


def _har_entry(number: int, entry: dict[str, Any], url: str) -> Batch:
    where = f"第 {number} 条"
    content = (entry.get("response") or {}).get("content") or {}
    raw = _har_body(content)
    album_id = parse_album_id(url)
    batch = Batch("listing" if album_id else "article")
    if not raw:
        batch.rejects.append(Reject(where, "没有保存响应内容：导出 HAR 时请选“包含内容”", _public(url)))
        return batch
    seen_at = _har_time(entry.get("startedDateTime"))
    try:
        if album_id and not is_album_page(raw):
            return take_album_json(raw, url=_public(url), seen_at=seen_at)
        return _page(raw, _public(url), seen_at)
    except (ListingError, ArchiveError) as error:
        batch.rejects.append(Reject(where, str(error), _public(url)))
        return batch


def _har_body(content: dict[str, Any]) -> bytes:
    text = content.get("text")
    if not isinstance(text, str):
        return b""
    if content.get("encoding") != "base64":
        return text.encode("utf-8", "replace")
    try:
        return base64.b64decode(text)
    except (binascii.Error, ValueError):
        return b""


def _har_time(value: object) -> int | None:
    try:
        return int(datetime.fromisoformat(str(value).replace("Z", "+00:00")).timestamp())
    except ValueError:
        return None


def _public(url: str) -> str:
    """The address without anything of the reader's session in it."""
    album_id = parse_album_id(url)
    if album_id:
        return album_url(album_id)
    link = parse_article_url(url)
    return link.url if link and not link.temporary else f"https://{HOST}/s"


def _load_json(raw: bytes) -> Any:
    try:
        return json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ArchiveError("JSON 不是 UTF-8 编码") from None
    except RecursionError:
        raise ArchiveError("JSON 嵌套太深") from None
    except ValueError as error:
        raise ArchiveError(f"JSON 不完整或已损坏：{error}") from None


def _is_mhtml(head: bytes) -> bool:
    return b"multipart/related" in head[:4096] and b"MIME-Version" in head[:4096]


def _is_html(head: bytes) -> bool:
    start = head[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html", b"<!--", b"<head", b"<div", b"<meta", b"<body")) or (start.startswith(b"<") and b"<html" in start)


def _is_har(head: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and b'"log"' in head[:4096] and (b'"creator"' in head or b'"entries"' in head)


def _is_json(head: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def _is_urls(head: bytes) -> bool:
    lines = [line for line in head.splitlines() if line.strip() and not line.startswith(b"#")]
    return b"\0" not in head and any(b"mp.weixin.qq.com/s" in line for line in lines[:20]) and all(len(line) < 4000 for line in lines[:20])


READERS = (
    Reader("mhtml", "MHTML 网页", _is_mhtml, read_mhtml),
    Reader("html", "网页", _is_html, read_html),
    Reader("har", "HAR（浏览器录制）", _is_har, read_har),
    Reader("json", "JSON", _is_json, read_json),
    Reader("urls", "链接清单", _is_urls, read_urls),
)

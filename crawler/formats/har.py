"""HAR files: what a person's own browser or client loaded. Pages, lists and metrics are taken;
nothing else of it is looked at.

Requests' headers and cookies are never read, answers are kept without session secrets, addresses
without their keys.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from crawler.batch import Batch, Reject, take_album_json, take_saved_page
from crawler.files import ArchiveError
from crawler.formats.backend_lists import parse_payload, take_list, take_metrics
from crawler.records import HOST, album_url, parse_album_id, parse_article_url
from crawler.wechat.listing import ListingError, is_album_page
from crawler.wechat.redaction import scrub

__all__ = ["read_har"]

_LISTS = ("/mp/profile_ext", "/cgi-bin/appmsgpublish", "/cgi-bin/appmsg")
_METRICS = "/mp/getappmsgext"


def read_har(raw: bytes) -> Iterator[Batch]:
    """One batch for each answer that holds articles, albums, lists or counts.

    Raises ArchiveError when it is no HAR.
    """
    try:
        data = json.loads(raw.decode("utf-8-sig", "replace"))
    except RecursionError:
        raise ArchiveError("HAR 嵌套太深") from None
    except ValueError as error:
        raise ArchiveError(f"HAR 不完整或已损坏：{str(error)[:80]}") from None
    entries = (
        data.get("log", {}).get("entries")
        if isinstance(data, dict) and isinstance(data.get("log"), dict)
        else None
    )
    if not isinstance(entries, list):
        raise ArchiveError("HAR 里没有 log.entries")
    for number, entry in enumerate(entries, 1):
        if isinstance(entry, dict) and isinstance(entry.get("request"), dict):
            batch = _read_entry(f"第 {number} 条", entry)
            if batch is not None:
                yield batch


def _read_entry(where: str, entry: dict[str, Any]) -> Batch | None:
    url = str(entry["request"].get("url") or "")
    what = _what(url)
    if what is None:
        return None
    content = _dict(_dict(entry.get("response")).get("content"))
    raw = scrub(
        _body(content)
    )  # before anything is read of it: links in lists carry the session too
    batch = Batch(what)
    if not raw:
        batch.rejects.append(
            Reject(where, "没有保存响应内容：导出 HAR 时请选“包含内容”", _public(url))
        )
        return batch
    try:
        return _take(what, url, raw, entry)
    except (ListingError, ArchiveError) as error:
        batch.rejects.append(Reject(where, str(error), _public(url)))
        return batch


def _what(url: str) -> str | None:
    """What the address answers with: article, album, list or metrics; None for everything else."""
    if parse_article_url(url):
        return "article"
    if parse_album_id(url):
        return "album"
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.hostname != HOST:
        return None
    if parts.path == _METRICS:
        return "metrics"
    asks = dict(parse_qsl(parts.query))
    return (
        "list"
        if parts.path in _LISTS and asks.get("action") in (None, "getmsg", "list_ex")
        else None
    )


def _take(what: str, url: str, raw: bytes, entry: dict[str, Any]) -> Batch:
    seen_at = _time(entry.get("startedDateTime"))
    if what == "album" and not is_album_page(raw):
        return take_album_json(raw, url=_public(url), seen_at=seen_at)
    if what == "list":
        return take_list(parse_payload(raw), raw, seen_at=seen_at)
    if what == "metrics":
        asked = dict(parse_qsl(urlsplit(url).query)) | _posted(entry["request"])
        return take_metrics(raw, asked, seen_at or 0)
    return take_saved_page(raw, url=_public(url), seen_at=seen_at)


def _posted(request: dict[str, Any]) -> dict[str, str]:
    """The fields of a form that was sent; only those that name an article are ever used."""
    data = _dict(request.get("postData"))
    pairs = [
        (str(p.get("name")), str(p.get("value") or ""))
        for p in data.get("params") or ()
        if isinstance(p, dict)
    ]
    return dict(pairs) if pairs else dict(parse_qsl(str(data.get("text") or "")[:20_000]))


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _body(content: dict[str, Any]) -> bytes:
    text = content.get("text")
    if not isinstance(text, str):
        return b""
    if content.get("encoding") != "base64":
        return text.encode("utf-8", "replace")
    try:
        return base64.b64decode(text)
    except (binascii.Error, ValueError):
        return b""


def _time(value: object) -> int | None:
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
    return link.url if link and not link.temporary else f"https://{HOST}{urlsplit(url).path}"

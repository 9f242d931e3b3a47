"""Listings -> listed articles and where the listing goes on. Pure. Single article pages are
page.py's.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from crawler.html_depth import shallow
from crawler.records import (
    Album,
    Article,
    ArticleUrl,
    album_url,
    clean_text,
    digits,
    number,
    parse_album_id,
    parse_article_url,
    user_name_of,
)
from crawler.times import read_single_time
from crawler.wechat.js_literals import JsError, parse_literal
from crawler.wechat.values import KIND_OF_TYPE, to_moment

__all__ = [
    "PAGE_SIZE",
    "Listing",
    "ListingError",
    "album_json_url",
    "is_album_page",
    "parse_album_json",
    "parse_album_page",
]

PAGE_SIZE = 20  # WeChat's own maximum
_CGI = re.compile(r"window\.cgiData\s*=\s*(?=\{)")
_ALBUM_TITLES = (".album__label-title", "#js_tag_name", ".album__title")
_ALBUM_AUTHORS = (".album__author-name", ".album__author .author-name")


class ListingError(ValueError):
    """The text is no listing, or WeChat answered with an error code; says which."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a listing. `cursor` is (msgid, itemidx) of its last row, None at the end."""

    articles: tuple[Article, ...] = ()
    album: Album | None = None
    cursor: tuple[str, str] | None = None
    missing: tuple[str, ...] = field(default=())


def album_json_url(
    album_id: str, biz: str | None = None, cursor: tuple[str, str] | None = None
) -> str:
    """The address of one JSON page of an album, newest first."""
    at = f"&begin_msgid={cursor[0]}&begin_itemidx={cursor[1]}" if cursor else ""
    return f"{album_url(album_id, biz)}&f=json&count={PAGE_SIZE}&is_reverse=1{at}"


def is_album_page(raw: bytes) -> bool:
    """True for an album's HTML page, by structure."""
    return b"js_album_item" in raw or (
        b"window.cgiData" in raw and b"albumId:" in raw and b"articleList" in raw
    )


def parse_album_page(raw: bytes, *, url: str | None = None) -> Listing:
    """An album's HTML page: the album itself and its articles, the ten it comes with and those that
    were scrolled to before it was saved. `url` is where it was found: a page without its scripts
    doesn't name its album otherwise.

    Raises ListingError when it is no album page.
    """
    text = raw.decode("utf-8", "replace")
    match = _CGI.search(text)
    try:
        data = parse_literal(text, match.end()) if match else {}
    except JsError as error:
        raise ListingError(f"合集页读不出来：{error}") from None
    tree = LexborHTMLParser(shallow(text))
    shown = _rows_of_tree(tree)
    fields = data if isinstance(data, dict) else {}
    album_id = digits(fields.get("albumId")) or (_album_id_of(tree, url) if shown else None)
    if album_id is None:
        raise ListingError("不是合集页：没有合集编号")
    album = Album(
        album_id=album_id,
        title=clean_text(fields.get("title")) or _text_of(tree, *_ALBUM_TITLES),
        user_name=user_name_of(fields.get("user_name")),
        account_name=clean_text(fields.get("nick_name")) or _text_of(tree, *_ALBUM_AUTHORS),
        description=clean_text(fields.get("desc")),
        **_counts(fields, "read_count"),
    )
    listed = fields.get("articleList")
    rows = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
    there = {_key_of(row) for row in rows}
    rows += [row for row in shown if _key_of(row) not in there]
    return _listing(rows, album, bool(number(fields.get("continue_flag"))))


def _key_of(row: dict[str, Any]) -> tuple[str | None, str | None]:
    return digits(row.get("msgid")) or clean_text(row.get("url")), digits(row.get("itemidx"))


def _album_id_of(tree: LexborHTMLParser, url: str | None) -> str | None:
    """The album's number from an address the page carries, else from where it was found."""
    nodes = tree.css("link[rel=canonical], meta[property='og:url']")
    written = [node.attributes.get("href") or node.attributes.get("content") for node in nodes]
    return next(filter(None, map(parse_album_id, [*written, url])), None)


def _text_of(tree: LexborHTMLParser, *selectors: str) -> str | None:
    nodes = filter(None, map(tree.css_first, selectors))
    return next((text for node in nodes if (text := clean_text(node.text()))), None)


def _rows_of_tree(tree: LexborHTMLParser) -> list[dict[str, Any]]:
    rows = []
    for node in tree.css("li.js_album_item"):
        attrs = node.attributes
        at = node.css_first(".js_article_create_time")
        rows.append(
            {
                "msgid": attrs.get("data-msgid"),
                "itemidx": attrs.get("data-itemidx"),
                "url": attrs.get("data-link"),
                "title": attrs.get("data-title"),
                "pos_num": attrs.get("data-pos_num"),
                "create_time": at.text().strip() if at is not None else None,
            }
        )
    return rows


def parse_album_json(text: str | bytes, album_id: str | None = None) -> Listing:
    """One JSON page of an album. All its numbers are strings; one article comes as an object
    instead of a list.

    Raises ListingError on JSON that is cut off, on an error code, and where there is no album in
    it.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ListingError(f"合集 JSON 不完整或已损坏：{str(error)[:80]}") from None
    if not isinstance(data, dict):
        raise ListingError("合集 JSON 不是对象")
    code = number(_dict(data.get("base_resp")).get("ret"))
    if code:
        raise ListingError(f"微信返回错误码 {code}" + ("（没有这个合集）" if code == 10004 else ""))
    answer = data.get("getalbum_resp")
    if not isinstance(answer, dict):
        raise ListingError("JSON 里没有合集（缺 getalbum_resp）")
    base = _dict(answer.get("base_info"))
    listed = answer.get("article_list") or []
    rows = (
        [listed]
        if isinstance(listed, dict)
        else [row for row in listed if isinstance(row, dict)]
        if isinstance(listed, list)
        else []
    )
    album_id = album_id or next(
        (i for i in (parse_album_id(row.get("url")) for row in rows) if i), None
    )
    album = None
    if album_id or base.get("title"):
        album = Album(
            album_id=album_id or "",
            title=clean_text(base.get("title")),
            user_name=user_name_of(base.get("username")),
            account_name=clean_text(base.get("nickname")),
            description=clean_text(base.get("description")),
            **_counts(base, "read_count"),
        )
    return _listing(rows, album, answer.get("continue_flag") in ("1", 1))


def _listing(rows: list[dict[str, Any]], album: Album | None, more: bool) -> Listing:
    articles, missing = [], []
    links = [parse_article_url(row.get("url")) for row in rows]
    owners = Counter(link.biz for link in links if link and link.biz)
    owner = (
        owners.most_common(1)[0][0] if owners else None
    )  # an album may hold a guest's article: it is not the album's account's
    for row, link in zip(rows, links, strict=True):
        article = _article(row, link, album, guest=bool(link and link.biz and link.biz != owner))
        if article is None:
            missing.append("url")
            continue
        missing += [name for name in ("title", "published_at") if getattr(article, name) is None]
        articles.append(article)
    last = rows[-1] if rows and more else {}
    link = links[-1] if rows and more else None
    cursor = (
        digits(last.get("msgid")) or (link.mid if link else None),
        digits(last.get("itemidx")) or (str(link.idx) if link and link.idx else None),
    )
    owned = album and replace(album, biz=album.biz or owner)
    return Listing(
        tuple(articles),
        owned,
        (cursor[0], cursor[1]) if cursor[0] and cursor[1] else None,
        tuple(missing),
    )


def _article(
    row: dict[str, Any], link: ArticleUrl | None, album: Album | None, *, guest: bool
) -> Article | None:
    if link is None or link.temporary:
        return None
    at, precision = _created(row.get("create_time"))
    paid = number(row.get("is_pay_subscribe"))
    return link.article(
        mid=link.mid or digits(row.get("msgid")),
        idx=link.idx or number(row.get("itemidx")),
        user_name=album.user_name if album and not guest else None,
        account_name=album.account_name if album and not guest else None,
        title=clean_text(row.get("title")),
        published_at=at,
        time_precision=precision,
        kind=KIND_OF_TYPE.get(number(row.get("item_show_type")) or 0),
        cover_square=clean_text(row.get("cover_img_1_1")),
        item_show_type=number(row.get("item_show_type")),
        paid=bool(paid) if paid is not None else None,
        pos_num=number(row.get("pos_num")),
        album_ids=(album.album_id,) if album and album.album_id else (),
        album_titles=(album.title,) if album and album.title else (),
    )


def _created(value: Any) -> tuple[datetime | None, str]:
    """Unix seconds, or the day in words that the page's script made of them; 昨天 is no day."""
    if at := to_moment(value):
        return at, "second"
    return read_single_time(clean_text(value)) if isinstance(value, str) else (None, "none")


def _counts(data: dict[str, Any], reads: str) -> dict[str, Any]:
    numbered, read_count = data.get("is_numbered"), number(data.get(reads))
    return {
        "article_count": number(data.get("article_count")),
        "numbered": None if numbered in (None, "") else bool(number(numbered)),
        "reads": read_count if read_count and read_count > 0 else None,
    }


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}

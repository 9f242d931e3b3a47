"""RSS, Atom and JSON Feed of WeChat accounts -> batches. Pure: bytes in, `Batch` out. Fetching them
is spiders/feed.py's.

Read are the feeds of wewe-rss, we-mp-rss, Wechat2RSS, RSSHub and wechat-feeds, which name the
account in the feed's title and say the rest, the account's biz among it, in addresses and ids.
"""

from __future__ import annotations

import codecs
import io
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import feedparser

from crawler.batch import Batch, Reject
from crawler.files import ArchiveError
from crawler.formats.teasers import first_image, is_teaser
from crawler.records import (
    Album,
    Article,
    ArticleUrl,
    biz_of_number,
    clean_text,
    is_biz,
    parse_album_id,
    parse_article_url,
)
from crawler.store.claims import Sighting
from crawler.store.raw_pages import RawPage
from crawler.times import read_single_time
from crawler.wechat.redaction import scrub

__all__ = ["MAX_ITEMS", "is_feed", "take_feed"]

MAX_ITEMS = 50_000  # wechat-feeds kept 20 an account, wewe-rss gives what it holds: a few thousand
_ROOT = re.compile(r"<(?:\w+:)?(?:rss|feed|RDF)[\s>]")
_PROLOG = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*>", re.S | re.I)
_DECLARATION = re.compile(r"<!ENTITY|<!DOCTYPE[^>]{0,2000}\[", re.I)
_XML_HEAD = re.compile(r"\A\s*<\?xml[^>]*\?>")
_ENCODING = re.compile(rb"""\A[\s\xef\xbb\xbf]*<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9._-]+)""")
_ENCODINGS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5",
}  # anything else is read as UTF-8
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")

_SUFFIX = re.compile(
    r"\s*(?:[-|–—·_]\s*(?:wewe[- ]?rss|we[- ]?rss|we-?mp-?rss|wechat2rss|wechat-feeds|rsshub|rss|"
    r"微信公众号|公众号)|的?(?:微信)?公众号)\s*$",
    re.I,
)
_PREFIX = re.compile(r"^\s*(?:微信公众号|公众号|WeChat)\s*[-|–—·:：]\s*", re.I)
_NO_ACCOUNT = re.compile(
    r"^(?:wewe[- ]?rss|we[- ]?rss(?:订阅)?|mp-we-rss|we-?mp-?rss|wechat2rss|wechat-feeds|rsshub|"
    r"all|全部(?:文章)?)$",
    re.I,
)
_BOOK = re.compile(r"MP_WXS_(\d{6,12})")
_ARTICLE_ID = re.compile(
    r"(?:^|[/=])(?:MP_WXS_)?(\d{6,12})-(\d{6,})_(\d{1,2})(?=$|[?#/.])"
)  # we-mp-rss: <account number>-<mid>_<idx>
_WORDS = re.compile(r"[A-Za-z0-9]{8,22}={0,2}")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_LAID_OUT = re.compile(r"<(?:img|section|div|h[1-6]|table)\b", re.I)
_DIGEST = 500


@dataclass(frozen=True, slots=True)
class _Item:
    """One entry, whatever the format of its feed."""

    title: str | None
    addresses: tuple[str, ...]  # link, guid, id…: where the article's address or id may stand
    time: str | None
    summary: str | None
    content: str | None
    author: str | None
    account: str | None = None  # in feeds of several accounts
    image: str | None = None


@dataclass(frozen=True, slots=True)
class _Channel:
    """What the feed says of itself."""

    items: list[_Item]
    name: str | None = None  # the account's
    biz: str | None = None
    album: Album | None = None
    mixed: bool = False  # of several accounts, each named where its articles' author would stand


def is_feed(head: bytes) -> bool:
    """True when a file begins like RSS, Atom or JSON Feed."""
    text = _text(head[:8192])
    if text.lstrip().startswith("{"):
        return "jsonfeed.org/version/" in text.replace("\\/", "/")
    return text.lstrip().startswith("<") and _is_xml_feed(text)


def _is_xml_feed(text: str) -> bool:
    at = 0
    while match := _PROLOG.match(text, at):
        at = match.end()
    if (
        text[at : at + 9].upper() == "<!DOCTYPE"
    ):  # with declarations of its own; refused when it is read
        return _ROOT.search(text, at) is not None
    return _ROOT.match(text, at) is not None


def take_feed(raw: bytes, *, url: str | None = None, seen_at: int | None = None) -> Batch:
    """A feed's articles. `url` is where it was read, `seen_at` when; without it the newest
    article's time.

    Raises ArchiveError when it is no feed, can't be read, has more than 50,000 entries or declares
    entities of its own.
    """
    text = _text(raw)
    channel = _read_json(text, url) if text.lstrip().startswith("{") else _read_xml(text, url)
    if len(channel.items) > MAX_ITEMS:
        raise ArchiveError(f"订阅源有 {len(channel.items)} 条，超过上限 {MAX_ITEMS}")
    batch = Batch("feed", "fetched")
    entries: list[tuple[Article, str | None]] = []
    for number, item in enumerate(channel.items, 1):
        article = _article(item, channel)
        if article is None:
            batch.rejects.append(
                Reject(
                    f"第 {number} 条",
                    "没有公众号文章的链接",
                    " ".join(filter(None, (item.title, *item.addresses[:1])))[:200],
                )
            )
            continue
        entries.append((article, _body(item)))
        batch.missing.update(
            field for field in ("title", "published_at") if getattr(article, field) is None
        )
    at = seen_at or max(
        (int(article.published_at.timestamp()) for article, _ in entries if article.published_at),
        default=0,
    )
    batch.sightings = [Sighting(article, "feed", at, body=body) for article, body in entries]
    batch.albums = [(channel.album, "feed", at)] if channel.album else []
    batch.loose_pages.append(RawPage(scrub(raw), "feed", _public(url), "fetched", at))
    return batch


def _text(raw: bytes) -> str:
    """The document as text, read the way its byte-order mark or XML head says, so that what is
    checked is what is parsed.
    """
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if raw.startswith(mark):
            return raw.decode(encoding, "replace")
    declared = _ENCODING.match(raw[:512])
    return raw.decode(
        _ENCODINGS.get(declared[1].decode().lower(), "utf-8") if declared else "utf-8", "replace"
    )


# XML


def _read_xml(text: str, url: str | None) -> _Channel:
    _refuse_declarations(text)
    if not _is_xml_feed(text[:8192]):
        raise ArchiveError("不是订阅源（RSS、Atom 或 JSON Feed）")
    if (
        text.count("<item") + text.count("<entry") > 2 * MAX_ITEMS
    ):  # before the parser holds them all; bodies may show some
        raise ArchiveError(f"订阅源的条目超过上限 {MAX_ITEMS}")
    plain = _CONTROL.sub("", _XML_HEAD.sub("", text)).encode("utf-8", "replace")
    try:
        parsed = feedparser.parse(
            io.BytesIO(plain), sanitize_html=False, resolve_relative_uris=False
        )
    except (
        ValueError,
        OverflowError,
        RecursionError,
        LookupError,
        AttributeError,
        TypeError,
    ) as error:  # it minds elements at odd places
        raise ArchiveError(f"订阅源读不出来：{str(error)[:80]}") from None
    if not parsed.get("version") and not parsed.entries:
        raise ArchiveError(
            f"订阅源读不出来：{str(parsed.get('bozo_exception') or '没有条目')[:80]}"
        )
    feed = parsed.feed
    addresses = [
        feed.get("link"),
        feed.get("id"),
        *(link.get("href") for link in feed.get("links", ())),
    ]
    return _channel(
        feed.get("title"),
        _strings([*addresses, url]),
        [_xml_item(entry) for entry in parsed.entries],
    )


def _refuse_declarations(text: str) -> None:
    root = _ROOT.search(text)
    head = text[: root.start()] if root else text
    if _DECLARATION.search(head) or _DECLARATION.search(_without_cdata(text)):
        raise ArchiveError(
            "订阅源里声明了实体（<!ENTITY 或 <!DOCTYPE … [），像 XML 实体炸弹，没有读"
        )


def _without_cdata(text: str) -> str:
    """The markup alone: an article about XML may show a declaration in its body."""
    parts, at = [], 0
    while (begin := text.find("<![CDATA[", at)) >= 0:
        parts.append(text[at:begin])
        at = text.find("]]>", begin)
        if at < 0:
            return "".join(parts)
    return "".join([*parts, text[at:]])


def _xml_item(entry: Any) -> _Item:
    content = next(
        (part.get("value") for part in entry.get("content", ()) if part.get("value")), None
    )
    images = [
        thing.get("href")
        for thing in entry.get("enclosures", ())
        if str(thing.get("type", "")).startswith("image/")
    ]
    return _Item(
        title=entry.get("title"),
        addresses=_strings(
            [
                entry.get("link"),
                entry.get("id"),
                *(link.get("href") for link in entry.get("links", ())),
            ]
        ),
        time=entry.get("published") or entry.get("updated") or entry.get("created"),
        summary=entry.get("summary"),
        content=content,
        author=entry.get("author_detail", {}).get("name") or entry.get("author"),
        account=entry.get("source", {}).get("title"),
        image=next(iter(_strings(images)), None),
    )


# JSON Feed


def _read_json(text: str, url: str | None) -> _Channel:
    try:
        data = json.loads(text)
    except RecursionError:
        raise ArchiveError("JSON 嵌套太深") from None
    except ValueError as error:
        raise ArchiveError(f"JSON 不完整或已损坏：{str(error)[:80]}") from None
    if (
        not isinstance(data, dict)
        or "jsonfeed.org" not in str(data.get("version"))
        or not isinstance(data.get("items"), list)
    ):
        raise ArchiveError("不是 JSON Feed（缺 version 或 items）")
    addresses = _strings([data.get("feed_url"), data.get("home_page_url"), url])
    return _channel(
        _string(data.get("title")),
        addresses,
        [_json_item(item if isinstance(item, dict) else {}) for item in data["items"]],
    )


def _json_item(item: dict[str, Any]) -> _Item:
    authors = item.get("authors") if isinstance(item.get("authors"), list) else [item.get("author")]
    names = [author.get("name") if isinstance(author, dict) else author for author in authors or []]
    feed = item.get("feed")
    return _Item(
        title=_string(item.get("title")),
        addresses=_strings(item.get(key) for key in ("url", "id", "external_url", "link")),
        time=_string(item.get("date_published") or item.get("date_modified")),
        summary=_string(item.get("summary") or item.get("content_text")),
        content=_string(item.get("content_html")),
        author=next(iter(_strings(names)), None),
        account=_string(item.get("channel_name"))
        or (_string(feed.get("name") or feed.get("title")) if isinstance(feed, dict) else None),
        image=_string(item.get("image")),
    )


# articles


def _article(item: _Item, channel: _Channel) -> Article | None:
    """The entry as an article; None where neither a link nor an id tells which one it is."""
    link = next(
        (link for link in map(parse_article_url, item.addresses) if link and not link.temporary),
        None,
    )
    link = link or _link_of_id(item.addresses)
    if link is None:
        return None
    at, precision = read_single_time(item.time)
    title, author = clean_text(item.title), clean_text(item.author)
    owner = _account_name(item.account) or channel.name or (author if channel.mixed else None)
    return link.article(
        biz=link.biz or _biz(item.addresses) or channel.biz,
        account_name=owner,
        title=title,
        digest=_digest(item, title),
        author=author if author != owner else None,
        published_at=at,
        time_precision=precision,
        cover=_cover(item),
        album_ids=(channel.album.album_id,) if channel.album else (),
        album_titles=(channel.album.title,) if channel.album and channel.album.title else (),
    )


def _link_of_id(addresses: Iterable[str]) -> ArticleUrl | None:
    """we-mp-rss may link to its own copy; its id still names account, mid and idx."""
    for address in addresses:
        match = _ARTICLE_ID.search(address)
        if match and (biz := biz_of_number(match[1])):
            return parse_article_url(
                f"https://mp.weixin.qq.com/s?__biz={biz}&mid={match[2]}&idx={match[3]}"
            )
    return None


def _digest(item: _Item, title: str | None) -> str | None:
    """The summary as text, or the teaser in its place, unless it is the title again or the article
    itself.
    """
    for html in filter(None, (item.summary, item.content)):
        if _LAID_OUT.search(html) and not is_teaser(html):
            continue
        text = clean_text(_TAG.sub(" ", html))
        if text and text != title and len(text) <= _DIGEST:
            return text
    return None


def _body(item: _Item) -> str | None:
    """The full text where the feed carries it, as content or in the description's place. Bare text
    and teasers are no body.
    """
    if item.content and _TAG.search(item.content) and not is_teaser(item.content):
        return item.content
    summary = item.summary or ""
    whole = _TAG.search(summary) and (_LAID_OUT.search(summary) or len(summary) > 2 * _DIGEST)
    return summary if whole and not is_teaser(summary) else None


def _cover(item: _Item) -> str | None:
    """The picture the feed names, or a teaser's only one."""
    teaser = next((html for html in (item.summary, item.content) if html and is_teaser(html)), "")
    addresses = (item.image, first_image(teaser))
    return next((url for url in addresses if url and url.startswith(("http://", "https://"))), None)


def _channel(title: str | None, addresses: tuple[str, ...], items: list[_Item]) -> _Channel:
    biz, album_id = _biz(addresses), next(filter(None, map(parse_album_id, addresses)), None)
    album = None
    if album_id:  # RSSHub's feed of an album is called account|album
        title, _, label = (title or "").partition("|")
        album = Album(
            album_id=album_id,
            title=clean_text(label.strip().lstrip("#")),
            biz=biz,
            account_name=clean_text(title),
        )
    return _Channel(
        items,
        _account_name(title),
        biz,
        album,
        mixed=_NO_ACCOUNT.match(clean_text(title) or "") is not None,
    )


def _account_name(title: str | None) -> str | None:
    """The account in a feed's title, freed of what the tool added; None where the title is the
    tool's own.
    """
    text = clean_text(title) or ""
    while (
        not _NO_ACCOUNT.match(text)
        and (shorter := _SUFFIX.sub("", _PREFIX.sub("", text)).strip()) != text
        and shorter
    ):
        text = shorter
    return None if not text or _NO_ACCOUNT.match(text) else text


def _biz(addresses: Iterable[str]) -> str | None:
    """The account's biz where an address carries it: as WeRead's book id, as `__biz`, or as the
    name of a file or host.
    """
    for address in addresses:
        if book := _BOOK.search(address):
            return biz_of_number(book[1])
        for word in _WORDS.findall(unquote(address)):
            padded: str = word.rstrip("=") + "=" * (-len(word.rstrip("=")) % 4)
            if is_biz(padded):
                return padded
    return None


def _public(url: str | None) -> str | None:
    """The feed's address without its query, where keys stand."""
    return url.partition("?")[0].partition("#")[0] if url and "@" not in url else None


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _strings(values: Iterable[Any]) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(value.strip() for value in values if isinstance(value, str) and value.strip())
    )

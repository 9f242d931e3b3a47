"""What is known of accounts, articles and albums: frozen records, their identity and their URLs.
Standard library only.

Parsing pages is page.py's and listing.py's; keeping records is store.py's.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime, timedelta, timezone
from operator import attrgetter
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

__all__ = [
    "BEIJING",
    "HOST",
    "KINDS",
    "PRECISIONS",
    "ROLES",
    "STATUSES",
    "Account",
    "Album",
    "Article",
    "ArticleUrl",
    "Observation",
    "account_aliases",
    "album_url",
    "article_aliases",
    "biz_of_number",
    "clean_text",
    "digits",
    "is_biz",
    "name_alias",
    "number",
    "parse_album_id",
    "parse_article_url",
    "title_key",
    "user_name_of",
]

HOST = "mp.weixin.qq.com"
BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
ROLES = ("own", "direct", "adjacent", "benchmark")
KINDS = ("article", "image", "video", "audio", "text", "repost")
PRECISIONS = ("second", "minute", "day", "none")
STATUSES = (
    "listed",
    "fetched",
    "deleted",
    "violation",
    "complaint",
    "unavailable",
    "expired",
    "migrated",
    "closed",
)

_SPACE = re.compile(r"[\s\u200b-\u200d\u2060\ufeff]+")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_INTEGER = re.compile(r"-?[0-9]{1,15}")
_LONGEST_URL = 4000
_LONGEST_ALIAS = 600  # 2,400 bytes at most: PostgreSQL takes 2,704 into an index
_LONGEST_ID = 64  # gh_ and twelve digits; old accounts chose up to 20 characters
_HUGE_ENTITY = re.compile(r"&#x?[0-9a-fA-F]{8,}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One official account as one source shows it. Every field may be missing; `biz`, `user_name`
    and `name` identify it.
    """

    biz: str | None = None
    user_name: str | None = None  # gh_…
    name: str | None = None
    label: str | None = None  # what the person in charge calls it
    same_as: tuple[str, ...] | None = None  # names that mean it too, as that person states
    alias: str | None = None  # 微信号
    signature: str | None = None  # 简介
    avatar: str | None = None
    subject: str | None = None  # 账号主体
    brand: str | None = None
    role: str | None = None
    facts: dict[str, Any] | None = None  # what a person knows and no page tells
    about: dict[str, str] | None = None  # what WeChat's page about the account states, by its words


@dataclass(frozen=True, slots=True, kw_only=True)
class Album:
    """One 合集 as one source shows it; `article_count` is what WeChat claims it holds."""

    album_id: str
    title: str | None = None
    biz: str | None = None
    user_name: str | None = None
    account_name: str | None = None
    article_count: int | None = None
    numbered: bool | None = None
    description: str | None = None
    reads: int | None = None  # reads of the whole album, public
    complete: bool = False  # the listing was walked to its end


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article as one source shows it. Times are UTC; what the source does not say is None,
    never "".
    """

    biz: str | None = None
    mid: str | None = None
    idx: int | None = None
    sn: str | None = None
    token: str | None = None  # /s/<token>
    user_name: str | None = None
    account_name: str | None = None
    url: str | None = None
    title: str | None = None
    digest: str | None = None
    author: str | None = None
    published_at: datetime | None = None
    time_precision: str = "none"
    modified_at: datetime | None = None
    kind: str | None = None
    original: bool | None = None
    status: str = "listed"
    status_reason: str | None = None
    cover: str | None = None
    cover_square: str | None = None
    source_url: str | None = None  # 阅读原文
    place: str | None = None  # IP属地
    push_size: int | None = None  # articles in the push
    daily_idx: int | None = None  # nth push of the day
    item_show_type: int | None = None
    copyright_stat: int | None = None
    comment_id: str | None = None
    paid: bool | None = None
    reward: bool | None = None
    source_name: str | None = None  # whose article a repost is
    source_biz: str | None = None
    reprint_url: str | None = None
    style_type: str | None = None
    template_version: str | None = None
    pictures: int | None = None
    media_seconds: int | None = None
    pos_num: int | None = None  # number inside a numbered album
    album_ids: tuple[str, ...] = ()
    album_titles: tuple[str, ...] = ()
    aside: dict[str, str] | None = (
        None  # columns of a table that nobody here knows, by their own names
    )

    def said(self) -> dict[str, Any]:
        """The fields this source does say, by name."""
        pairs = zip(_FIELDS, _values_of(self), strict=True)
        return {
            name: value
            for name, value in pairs
            if value is not None and value != () and value != "none"
        }


_FIELDS = tuple(f.name for f in fields(Article))
_values_of = attrgetter(*_FIELDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One count of one article at one time. `censored` means "at least this many" (10万+)."""

    metric: str  # read, like (点赞), wow (在看), share, favourite, comment
    value: int
    censored: bool = False
    seen_at: datetime | None = None
    flag: str | None = None  # why it is kept out of figures: impossible, constant


@dataclass(frozen=True, slots=True)
class ArticleUrl:
    """What an article's URL tells, and its canonical form."""

    url: str
    biz: str | None = None
    mid: str | None = None
    idx: int | None = None
    sn: str | None = None
    token: str | None = None
    temporary: bool = False

    def article(self, **fields: Any) -> Article:
        """The article it leads to; `fields` are what else is known of it, and count first."""
        names = ("biz", "mid", "idx", "sn", "token", "url")
        return Article(**({name: getattr(self, name) for name in names} | fields))


def clean_text(value: object) -> str | None:
    """One line of text as shown: entities decoded, white space folded, controls and lone surrogates
    dropped; None if empty.
    """
    if value is None:
        return None
    text = str(value)
    if "&" in text:
        text = _HUGE_ENTITY.sub(
            "", text
        )  # no character has so large a number, and int() refuses it
        text = html.unescape(html.unescape(text))
    text = _SURROGATE.sub("", _CONTROL.sub("", text))
    return _SPACE.sub(" ", text).strip() or None


def is_biz(value: str | None) -> bool:
    """True for base64 of a decimal account number, WeChat's public account id."""
    if not value or len(value) % 4 or not 8 <= len(value) <= 24:
        return False
    try:
        return base64.b64decode(value, validate=True).decode("ascii").isdigit()
    # binascii.Error and UnicodeDecodeError are ValueErrors, and non-ASCII text raises the plain one
    except ValueError:
        return False


def biz_of_number(number: str | int | None) -> str | None:
    """The biz of a decimal account number (bizuin, fakeid); a value that already is a biz comes
    back as it is.
    """
    text = str(number or "").strip()
    if text.isdigit() and 6 <= len(text) <= 12:
        return base64.b64encode(text.encode()).decode()
    return text if is_biz(text) else None


def parse_article_url(url: object) -> ArticleUrl | None:
    """Read an article URL in any of its forms; None when it is not an article's.

    Ampersands may arrive as `&amp;`, doubly so, or as `\\x26amp;`; the scheme may be http or
    missing.
    """
    text = str(url or "")[:_LONGEST_URL].strip().replace("\\x26", "&")
    while "&amp;" in text:
        text = text.replace("&amp;", "&")
    if text.startswith("//"):
        text = "https:" + text
    if text.startswith(HOST):
        text = "https://" + text
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or parts.hostname != HOST:
        return None
    if parts.path.startswith("/s/"):
        return _short_url(parts.path[3:].strip("/"))
    if parts.path not in ("/s", "/mp/appmsg/show"):
        return None
    return _long_url(
        {key: values[-1] for key, values in parse_qs(parts.query).items()}, parts.query
    )


def _short_url(token: str) -> ArticleUrl | None:
    return ArticleUrl(f"https://{HOST}/s/{token}", token=token) if _TOKEN.fullmatch(token) else None


def _long_url(query: dict[str, str], raw: str) -> ArticleUrl | None:
    if query.get("signature") and query.get("timestamp"):
        return ArticleUrl(f"https://{HOST}/s?{raw}", temporary=True)
    biz = biz_of_number(unquote(query.get("__biz", "")).replace(" ", "+"))
    mid = query.get("mid") or query.get("appmsgid")
    idx = query.get("idx") or query.get("itemidx") or "1"
    sn = (
        _SURROGATE.sub("", _CONTROL.sub("", query.get("sn") or query.get("sign") or ""))[:64]
        or None
    )
    if not (
        biz
        and mid
        and mid.isascii()
        and mid.isdigit()
        and len(mid) < 24
        and idx.isascii()
        and idx.isdigit()
        and len(idx) < 4
    ):
        return None
    canonical = f"https://{HOST}/s?__biz={quote(biz, safe='=')}&mid={mid}&idx={int(idx)}" + (
        f"&sn={quote(sn)}" if sn else ""
    )
    return ArticleUrl(canonical, biz, mid, int(idx), sn)


def user_name_of(value: object) -> str | None:
    """An account's gh_id as text; what is longer than any id is none, and a store has no room for
    it.
    """
    text = clean_text(value)
    return text if text and len(text) <= _LONGEST_ID else None


def digits(value: object) -> str | None:
    """A positive decimal number as text, however it was typed: spreadsheets write 12 as 12.0."""
    text = str(value or "").strip().removesuffix(".0")
    return text if text.isascii() and text.isdigit() and text != "0" and len(text) <= 20 else None


def number(value: object) -> int | None:
    """A whole number, however it was typed; one too long for a store is none."""
    text = "" if value is None or isinstance(value, bool) else str(value).strip().removesuffix(".0")
    return int(text) if _INTEGER.fullmatch(text) else None


def parse_album_id(url: object) -> str | None:
    """The id in an album URL, or None when it is not one."""
    text = str(url or "")[:_LONGEST_URL].replace("\\x26", "&")
    while "&amp;" in text:
        text = text.replace("&amp;", "&")
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    if parts.hostname not in (HOST, None) or parts.path != "/mp/appmsgalbum":
        return None
    album_id = parse_qs(parts.query).get("album_id", [""])[0]
    return digits(album_id)


def album_url(album_id: str, biz: str | None = None) -> str:
    """The public page of an album."""
    owner = f"&__biz={quote(biz, safe='=')}" if biz else ""
    return f"https://{HOST}/mp/appmsgalbum?action=getalbum{owner}&album_id={album_id}"


def article_aliases(article: Article, account_id: int) -> Iterator[str]:
    """The keys an article is known by, strongest first. Two records that share one are the same
    article.
    """
    if article.biz and article.mid and article.idx:
        yield f"m:{article.biz}:{article.mid}:{article.idx}"
    if article.token:
        yield f"t:{article.token}"
    if article.mid and article.idx:
        yield f"a:{account_id}:{article.mid}:{article.idx}"
    elif not article.token and article.url:
        yield f"u:{account_id}:{_digest(article.url)}"
    elif not article.token and article.title:
        at = int(article.published_at.timestamp()) if article.published_at else ""
        yield f"x:{account_id}:{_digest(article.title)}:{at}"


def title_key(title: str) -> int:
    """A signed 63-bit hash of a title, the same on every machine."""
    return (
        int.from_bytes(
            hashlib.blake2b(title.encode("utf-8", "replace"), digest_size=8).digest(), "big"
        )
        >> 1
    )


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=12).hexdigest()


def account_aliases(account: Account) -> Iterator[str]:
    """The keys an account is known by: biz, gh_id and 微信号 are unique, a name (`name:`) may fit
    several accounts.
    """
    if account.biz:
        yield f"biz:{account.biz}"
    if account.user_name:
        yield f"gh:{account.user_name}"[:_LONGEST_ALIAS]
    names = [account.name] if account.name else []
    yield from map(name_alias, dict.fromkeys([*names, *(account.same_as or ())]))


def name_alias(name: str) -> str:
    """The key of an account's name; what is longer than any name counts by its beginning, as
    databases take no key of any length.
    """
    return f"name:{name}"[:_LONGEST_ALIAS]

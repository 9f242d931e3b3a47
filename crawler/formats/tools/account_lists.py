"""Lists of accounts to follow: OPML of feed readers, and JSON lists of accounts or their feeds.
They hold no article; what they tell of accounts is kept, and the way to go on is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crawler.batch import Batch
from crawler.files import ArchiveError
from crawler.formats.tools.xml_stream import parse_chunks
from crawler.records import (
    HOST,
    Account,
    biz_of_number,
    clean_text,
    is_biz,
    parse_article_url,
    user_name_of,
)
from crawler.wechat.encoding import to_utf8
from crawler.wechat.values import to_link

__all__ = ["account_of_row", "are_accounts", "is_opml", "take_account_rows", "take_opml"]

_MOST_ENTRIES = 20_000
_MOST_SHOWN = 5
_LOOKED_AT = 200
_BOOK = re.compile(r"MP_WXS_(\d{6,12})(?!\d)")
_GH_ID = re.compile(r"gh_[A-Za-z0-9]{6,20}")
_WORD = re.compile(r"[A-Za-z0-9+]{8,22}={0,2}")
_FEED = re.compile(
    r"\.(?:xml|rss|atom|json)(?:$|[?#])|/(?:feeds?|rss|wechat|channels?)/|rsshub|/mp/profile_ext\?",
    re.I,
)
_OPML = re.compile(rb"<opml[\s>]", re.I)
_XML_HEAD = re.compile(rb"\A[\s\xef\xbb\xbf]*(?:<\?xml[^>]{0,200}\?>)?")
_BARE_AMPERSAND = re.compile(
    rb"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9A-Fa-f]{1,6});)"
)  # tools write names and addresses as they are
_NAME_KEYS = (
    "name",
    "mpname",
    "nickname",
    "accountname",
    "account",
    "title",
    "text",
    "公众号",
    "公众号名称",
    "名称",
)
_BIZ_KEYS = ("biz", "fakeid", "fakerid", "mpid", "id", "bizuin", "feedid")
_GH_KEYS = ("ghid", "username", "id", "原始id")
_ALIAS_KEYS = ("alias", "wechatid", "微信号")
_SIGNATURE_KEYS = ("signature", "intro", "mpintro", "description")
_FEED_KEYS = ("xmlurl", "feedurl", "feed", "rss", "rssurl", "links", "link", "url")
_ID_KEYS = ("biz", "fakeid", "fakerid", "mpid", "bizuin", "ghid", "原始id", "username", "id")


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line of such a list."""

    account: Account
    feed: str | None = None


def is_opml(head: bytes) -> bool:
    """True for an OPML file by its beginning."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and bool(_OPML.search(head[:4096]))


def take_opml(raw: bytes) -> Batch:
    """The accounts of an OPML file. Raises ArchiveError: damaged, too long, or none is an account
    that can be told.
    """
    outlines = _Outlines()
    plain = _XML_HEAD.sub(b"", to_utf8(raw) or raw)
    for _ in parse_chunks(outlines, [_BARE_AMPERSAND.sub(b"&amp;", plain)], "OPML"):
        if len(outlines.entries) > _MOST_ENTRIES:
            raise ArchiveError(f"OPML 里的订阅超过上限 {_MOST_ENTRIES}")
    if not outlines.entries:
        raise ArchiveError("OPML 里没有一个订阅（xmlUrl）")
    return _batch(outlines.entries, "OPML 订阅清单")


def are_accounts(rows: Sequence[Mapping[str, Any]]) -> bool:
    """True for rows that are accounts or their feeds: each with a name, and with an id of its own
    or a feed of its own; none leads to an article.
    """
    sample = rows[:_LOOKED_AT]
    if any(_leads_to_article(value) for row in sample for value in row.values()):
        return False
    entries = [_entry(row) for row in sample]
    named = [entry for entry in entries if entry.account.name]
    if 2 * len(named) < len(sample) or not named:
        return False
    titled = any("title" in _plain_keys(row) for row in sample)
    ids = {entry.account.biz or entry.account.user_name for entry in named}
    feeds = {entry.feed for entry in named if entry.feed and _FEED.search(entry.feed)}
    names = {entry.account.name for entry in named}
    distinct = len(names) == len(named)
    return distinct and (len(feeds) == len(named) or (not titled and ids != {None}))


def account_of_row(row: Mapping[str, Any]) -> Account:
    """The account that one object tells of, by its own fields and by its feed's address."""
    return _entry(row).account


def take_account_rows(rows: Iterable[Mapping[str, Any]]) -> Batch:
    """The accounts of a JSON list. Raises ArchiveError where none has an id that is its own."""
    return _batch([_entry(row) for row in rows], "公众号清单")


def _batch(entries: Sequence[_Entry], what: str) -> Batch:
    identified = [entry for entry in entries if entry.account.biz or entry.account.user_name]
    feed = next((entry.feed for entry in identified or entries if entry.feed), None)
    address = feed.partition("?")[0] if feed else "https://…"  # keys stand behind the question mark
    way = f'要文章，在 ACCOUNTS.toml 里给账号写 feeds = ["{address}"] 再运行 duibiao collect'
    if not identified:
        names = _shown([entry.account.name for entry in entries])
        raise ArchiveError(f"{what}（{len(entries)} 个：{names}），里面没有文章：{way}")
    others = len(entries) - len(identified)
    batch = Batch("accounts", "fetched")
    batch.accounts = [(entry.account, "feed", 0) for entry in identified]
    batch.notes = [
        f"{what}，里面没有文章：记下 {len(identified)} 个账号（"
        f"{_shown([entry.account.name for entry in identified])}）"
        + (f"，另有 {others} 个看不出是哪个公众号" if others else "")
        + f"；{way}"
    ]
    return batch


def _shown(names: Sequence[str | None]) -> str:
    shown = [name[:20] for name in names if name]
    return "、".join(shown[:_MOST_SHOWN]) + ("……" if len(shown) > _MOST_SHOWN else "")


def _entry(row: Mapping[str, Any]) -> _Entry:
    fields = {key: value for key, value in _plain_keys(row).items() if isinstance(value, str | int)}
    feed = next((text for key in _FEED_KEYS if (text := to_link(fields.get(key)))), None)
    ids = [str(fields[key]) for key in _ID_KEYS if key in fields]
    account = Account(
        biz=next(filter(None, map(_biz_of_id, ids)), None) or _biz_of_address(feed),
        user_name=next(filter(None, map(_gh_id, ids)), None) or _gh_id(feed or ""),
        name=clean_text(next((fields[key] for key in _NAME_KEYS if fields.get(key)), None)),
        alias=clean_text(next((fields[key] for key in _ALIAS_KEYS if fields.get(key)), None)),
        signature=clean_text(
            next((fields[key] for key in _SIGNATURE_KEYS if fields.get(key)), None)
        ),
    )
    return _Entry(account, feed)


def _plain_keys(row: Mapping[str, Any]) -> dict[str, Any]:
    return {re.sub(r"[\s_-]", "", str(key)[:60]).lower(): value for key, value in row.items()}


def _leads_to_article(value: Any) -> bool:
    return isinstance(value, str) and HOST in value and parse_article_url(value) is not None


def _biz_of_id(text: str) -> str | None:
    book = _BOOK.search(text)
    return biz_of_number(book[1]) if book else text if is_biz(text) else None


def _gh_id(text: str) -> str | None:
    match = _GH_ID.search(text)
    return user_name_of(match[0]) if match else None


def _biz_of_address(address: str | None) -> str | None:
    """The biz in a feed's address: WeRead's book id, or the biz itself as a part of the path."""
    if not address:
        return None
    if book := _BOOK.search(address):
        return biz_of_number(book[1])
    words = (word.rstrip("=") for word in _WORD.findall(address.replace("%3D", "=")))
    return next((biz for word in words if is_biz(biz := word + "=" * (-len(word) % 4))), None)


class _Outlines:
    """Collects the outlines that have a feed."""

    def __init__(self) -> None:
        self.entries: list[_Entry] = []

    def start(self, name: str, attributes: dict[str, str], parents: list[str]) -> None:
        fields = {key.lower(): value for key, value in attributes.items()}
        if name.lower() == "outline" and fields.get("xmlurl"):
            title = fields.get("text") or fields.get("title")
            self.entries.append(_entry({"xmlurl": fields["xmlurl"], "name": title}))

    def text(self, content: str) -> None:
        """Outlines have none."""

    def end(self, name: str) -> None:
        """Their attributes are all there is of them."""

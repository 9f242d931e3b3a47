"""One raw page or listing -> what goes into the store. Import, crawl and reparse meet here. Reading
is pure; `write_batch` writes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from crawler.files import ArchiveError
from crawler.records import Account, Album, Article, parse_album_id, parse_article_url
from crawler.store.claims import Sighting, Tally
from crawler.store.raw_pages import RawPage
from crawler.store.writer import Writer
from crawler.wechat.about import is_about_page, parse_about_page
from crawler.wechat.encoding import is_wide, to_utf8
from crawler.wechat.listing import (
    Listing,
    ListingError,
    is_album_page,
    parse_album_json,
    parse_album_page,
)
from crawler.wechat.page import Page, PageError, article_of_cgi_data, parse_page
from crawler.wechat.redaction import scrub
from crawler.wechat.saver_note import read_saver_note

__all__ = [
    "Batch",
    "Reject",
    "main_sightings",
    "own_sightings",
    "take_album_json",
    "take_evaluated",
    "take_missing",
    "take_page",
    "take_saved_page",
    "write_batch",
]

_POINTED_TO = ("link", "neighbour")  # what a page only points to


@dataclass(frozen=True, slots=True)
class Reject:
    """A row or page that was not taken: where it stands, why, and what it held."""

    where: str
    reason: str
    text: str = ""


@dataclass(slots=True)
class Batch:
    """What one file, page or listing brought."""

    what: str  # article, album, listing, urls, har…: the kind of file
    status: str = ""  # for pages: what the page turned out to be
    sightings: list[Sighting] = field(default_factory=list)
    accounts: list[tuple[Account, str, int]] = field(
        default_factory=list
    )  # account, origin, seen_at
    albums: list[tuple[Album, str, int]] = field(default_factory=list)
    loose_pages: list[RawPage] = field(
        default_factory=list
    )  # raw pages that belong to no single article
    rejects: list[Reject] = field(default_factory=list)
    missing: Counter[str] = field(default_factory=Counter)  # expected fields not found, by name
    neighbours: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    moved_to: str | None = None
    cursor: tuple[str, str] | None = None
    notes: list[str] = field(
        default_factory=list
    )  # what was decided while reading, once a file, for people
    guessed: str | None = None  # the account of rows that name none, by the name of their file

    def extend(self, other: Batch) -> None:
        """Take another batch's content into this one."""
        for name in (
            "sightings",
            "accounts",
            "albums",
            "loose_pages",
            "rejects",
            "neighbours",
            "links",
            "notes",
        ):
            getattr(self, name).extend(getattr(other, name))
        self.missing += other.missing


def own_sightings(sightings: Iterable[Sighting], owner: Account) -> list[Sighting]:
    """Sightings that name no account, as the owner's: notices in place of articles,
    and bare links.
    """
    bare = Account(biz=owner.biz, user_name=owner.user_name, name=owner.name)
    return [
        s
        if s.account or s.article.biz or s.article.user_name or s.article.account_name
        else replace(s, account=bare)
        for s in sightings
    ]


def take_page(raw: bytes, *, url: str | None = None, seen_at: int | None = None) -> Batch:
    """An HTML page of any kind. `seen_at` is when it was fetched; without it the page's own clock,
    else its publish time.

    Raises PageError or ListingError when the bytes are no page.
    """
    raw = scrub((to_utf8(raw) or raw) if is_wide(raw) else raw)
    url = url or read_saver_note(raw).url
    if b'"js_article"' not in raw and is_album_page(raw):
        return _take_listing(
            parse_album_page(raw, url=url),
            RawPage(raw, "album", _album_page_url(url), "fetched", seen_at or 0),
            "album",
        )
    if is_about_page(raw):
        return _take_about(raw, url, seen_at or 0)
    page = parse_page(raw, url=url)
    at = (
        seen_at
        or _seconds(page.captured_at)
        or _seconds(page.article.published_at if page.article else None)
        or 0
    )
    batch = Batch(
        "article",
        page.status,
        missing=Counter(page.missing),
        links=list(page.links),
        moved_to=page.moved_to,
    )
    if page.status in ("verification", "unknown"):
        batch.rejects.append(Reject(url or "", page.reason or "", page.status))
        return batch
    parsed = parse_article_url(url)
    stored = RawPage(raw, "article", parsed.url if parsed else None, page.status, at)
    if page.article is None:
        batch.loose_pages.append(stored)
        if page.account:
            batch.accounts.append((page.account, "page", at))
        return batch
    batch.sightings.append(Sighting(page.article, "page", at, page.account, stored, page.body))
    batch.albums += [(album, "page", at) for album in page.albums]
    batch.sightings += _linked(page, at)
    batch.neighbours = [link.url for link in map(parse_article_url, page.neighbours) if link]
    return batch


def _take_about(raw: bytes, url: str | None, seen_at: int) -> Batch:
    """The page about an account. Raises PageError where it doesn't tell whose."""
    account = parse_about_page(to_utf8(raw) or raw, url=url)
    if account is None:
        raise PageError("是“关于公众号”页，但没写是哪个号：换用从浏览器地址栏保存的页面")
    batch = Batch("about", "about", accounts=[(account, "page", seen_at)])
    batch.loose_pages.append(RawPage(raw, "about", None, "about", seen_at))
    return batch


def take_evaluated(raw: bytes, data: dict[str, Any], *, seen_at: int | None = None) -> Batch:
    """An already evaluated window.cgiDataNew; no sightings where it names no id."""
    batch = Batch("evaluated", "fetched")
    page = article_of_cgi_data(data)
    if page.article is None or not (page.article.mid or page.article.token):
        return batch
    at = seen_at or _seconds(page.captured_at) or _seconds(page.article.published_at) or 0
    batch.sightings.append(
        Sighting(
            page.article,
            "evaluated page",
            at,
            page.account,
            RawPage(scrub(raw), "evaluated", None, "fetched", at),
            page.body,
        )
    )
    batch.albums += [(album, "page", at) for album in page.albums]
    return batch


def take_saved_page(raw: bytes, *, url: str | None = None, seen_at: int | None = None) -> Batch:
    """A page that a person saved. Raises ArchiveError when it is none; one that holds no article is
    a batch with a reject.
    """
    try:
        batch = take_page(raw, url=url, seen_at=seen_at)
    except (PageError, ListingError) as error:
        raise ArchiveError(str(error)) from None
    if batch.status == "verification":
        batch.rejects[:] = [
            Reject(
                url or "",
                f"是验证页，不是文章（{batch.rejects[0].reason}）：在浏览器里过了验证再保存",
            )
        ]
    elif batch.status == "unknown":
        seen = f"（{batch.rejects[0].reason[:30]}）" if batch.rejects[0].reason else ""
        batch.rejects[:] = [Reject(url or "", f"不是公众号文章页{seen}")]
    return batch


def take_missing(url: str, reason: str, *, seen_at: int) -> Batch:
    """An article whose address the site no longer knows."""
    batch = Batch("article", "unavailable")
    link = parse_article_url(url)
    if link is not None:
        article = link.article(status="unavailable", status_reason=reason)
        batch.sightings.append(Sighting(article, "page", seen_at))
    return batch


def _linked(page: Page, at: int) -> Iterable[Sighting]:
    """Articles of the same account that the page points to: they exist, and that is all that is
    known of them.
    """
    assert page.article is not None
    own = page.article.biz
    for origin, urls in (("neighbour", page.neighbours), ("link", page.links)):
        for link in filter(None, map(parse_article_url, urls)):
            if (
                own
                and link.biz == own
                and link.mid
                and (link.mid, link.idx) != (page.article.mid, page.article.idx)
            ):
                target = Article(
                    biz=own,
                    mid=link.mid,
                    idx=link.idx,
                    sn=link.sn,
                    url=link.url,
                    user_name=page.article.user_name,
                )
                yield Sighting(target, origin, at)


def take_album_json(raw: bytes, *, url: str | None = None, seen_at: int | None = None) -> Batch:
    """One JSON page of an album. Raises ListingError when it is none."""
    raw = scrub(raw)
    listing = parse_album_json(raw, parse_album_id(url))
    return _take_listing(listing, RawPage(raw, "listing", url, "fetched", seen_at or 0), "listing")


def _take_listing(listing: Listing, page: RawPage, what: str) -> Batch:
    newest = max((_seconds(a.published_at) or 0 for a in listing.articles), default=0)
    at = page.seen_at or newest
    batch = Batch(what, "fetched", missing=Counter(listing.missing), cursor=listing.cursor)
    batch.loose_pages.append(RawPage(page.raw, page.kind, page.url, page.status, at))
    if listing.album and listing.album.album_id:
        batch.albums.append((listing.album, "album", at))
    batch.sightings += [Sighting(article, "album", at) for article in listing.articles]
    return batch


def _album_page_url(url: str | None) -> str | None:
    album_id = parse_album_id(url)
    return (
        f"https://mp.weixin.qq.com/mp/appmsgalbum?action=getalbum&album_id={album_id}"
        if album_id
        else None
    )


def _seconds(at: datetime | None) -> int | None:
    return int(at.timestamp()) if at else None


def main_sightings(batch: Batch) -> list[Sighting]:
    """What the batch is about: not the links and neighbours in it."""
    return [s for s in batch.sightings if s.origin not in _POINTED_TO]


def write_batch(writer: Writer, source_id: int, batch: Batch) -> Tally:
    """Put one batch into the store. Links and neighbours count as rows only where they are all
    there is.
    """
    for account, origin, seen_at in batch.accounts:
        writer.put_account(source_id, account, origin=origin, seen_at=seen_at)
    page_id: int | None = None
    for page in batch.loose_pages:
        page_id = writer.put_page(source_id, page)
    main = main_sightings(batch)
    tally = writer.put(source_id, main, page_id=page_id)
    if pointed_to := [s for s in batch.sightings if s.origin in _POINTED_TO]:
        if main and main[0].page:
            page_id = writer.put_page(source_id, main[0].page)
        writer.put(source_id, pointed_to, page_id=page_id)
    for album, origin, seen_at in batch.albums:
        writer.put_album(source_id, album, origin=origin, seen_at=seen_at)
    return tally

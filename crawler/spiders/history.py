"""Walks over one account's public history: seeds -> albums -> listings -> neighbours -> pages.
Parsing is page.py's and listing.py's.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from scrapy import Request, Spider
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.utils.defer import deferred_from_coro
from twisted.python.failure import Failure

from crawler.accounts_file import Watched
from crawler.batch import Batch, own_sightings, take_album_json, take_missing, take_page
from crawler.records import HOST, Account, ArticleUrl, clean_text, parse_article_url
from crawler.store import Store, StoreError
from crawler.store.claims import Tally
from crawler.wechat.listing import ListingError, album_json_url
from crawler.wechat.page import MAX_PAGE_BYTES, PageError

__all__ = ["Budget", "CrawlItem", "CrawlState", "HistorySpider", "Walk", "article_keys"]

_IGNORED = {
    "max redirections": "跳转没有尽头，没有跟完",
    "Ignored response": f"解压后超过 {MAX_PAGE_BYTES / 1e6:.0f} MB（像压缩炸弹），没有读",
}  # Scrapy's words, by their beginning
_SEED, _LISTING, _PAGE = 30, 20, 0  # priorities: know what there is before fetching it
# rows of one album: eight articles a day for thirteen years; a site that goes on listing is making
# them up
_MOST_LISTED = 40_000
# requests waiting at once take some 40 MB; what is left is known to the store and asked for by the
# next run
_MOST_WAITING = 20_000
_MOST_SILENT = (
    20  # addresses in a row that gave no answer at all, each tried three times: the site is gone
)


@dataclass(slots=True)
class Budget:
    """Requests left today; `None` means no cap. Kept in the store, so that several
    runs share it.
    """

    store: Store
    cap: int | None
    key: str

    def take(self) -> bool:
        """True while one more request may go out."""
        if self.cap is None:
            return True
        return self.store.count_up(self.key, limit=self.cap)


@dataclass(slots=True)
class Walk:
    """One account on its way: what is known, asked for and done."""

    watched: Watched
    source_id: int
    account: int | None = None
    biz: str | None = None
    done: set[str] = field(default_factory=set)  # keys of articles read or asked for
    albums: set[str] = field(default_factory=set)
    fetched: int = 0
    asked: int = 0

    @property
    def owner(self) -> Account:
        """The account as far as it is known, for notices that name none."""
        return replace(self.watched.account, biz=self.biz or self.watched.account.biz)

    @property
    def full(self) -> bool:
        """True when the limit of the accounts file is reached."""
        return self.watched.limit is not None and self.fetched + self.asked >= self.watched.limit

    def too_old(self, published_at: float | None) -> bool:
        """True for an article from before the `since` of the accounts file."""
        return bool(
            self.watched.since and published_at and published_at < self.watched.since.timestamp()
        )


@dataclass(slots=True)
class CrawlState:
    """What a crawl has come to; read by whoever started it."""

    tally: Tally = field(default_factory=Tally)
    pages: int = 0
    listings: int = 0
    to_go: int = 0
    gone: Counter[str] = field(default_factory=Counter)
    failed: list[tuple[str, str]] = field(default_factory=list)
    missing: Counter[str] = field(default_factory=Counter)
    forbidden: int = 0
    robots_silent: bool = False
    store_error: str | None = None
    stopped: str | None = None  # verification, daily cap…
    silent: int = 0  # addresses that gave no answer, in a row
    left: int = 0  # articles that are known and were not asked for: too many were waiting
    began: float = field(default_factory=time.monotonic)


@dataclass(frozen=True, slots=True)
class CrawlItem:
    """One response's content on its way to the store."""

    batch: Batch
    walk: Walk


class HistorySpider(Spider):
    """Asks for public pages of the accounts in `walks`, at `base_url`'s host only."""

    name = "history"
    handle_httpstatus_list = (404,)

    def __init__(
        self,
        *,
        store: Store,
        walks: list[Walk],
        state: CrawlState,
        budget: Budget,
        base_url: str,
        permission: str | None,
        cool_down: Callable[[str], None],
        report: Callable[[CrawlState], None],
    ) -> None:
        super().__init__()
        self.store, self.walks, self.state, self.budget, self.permission = (
            store,
            walks,
            state,
            budget,
            permission,
        )
        self.base_url = base_url.rstrip("/")
        self._cool_down, self._report = cool_down, report

    # going out

    async def start(self) -> AsyncIterator[Request]:
        """Seeds first, then what the store knows: albums to list again, articles not yet read."""
        try:
            for request in self._begin():
                yield request
        except StoreError as error:
            self.lose_store(error)

    def _begin(self) -> Iterator[Request]:
        for walk in self.walks:
            for url in walk.watched.urls:
                yield from self._ask_page(walk, url, priority=_SEED)
            album_ids = [
                a["album_id"]
                for a in self.store.albums()
                if walk.account is not None and a["account_id"] == walk.account
            ]
            for album_id in (*walk.watched.albums, *album_ids):
                yield from self._ask_album(walk, album_id)
            if walk.account is not None:
                since = int(walk.watched.since.timestamp()) if walk.watched.since else None
                for url in self.store.pending(walk.account, since=since):
                    yield from self._ask_page(walk, url)

    def _ask_page(self, walk: Walk, url: str, *, priority: int = _PAGE) -> Iterator[Request]:
        link = parse_article_url(url)
        if link is None or link.temporary or (walk.biz and link.biz and link.biz != walk.biz):
            return
        keys = set(_keys(link))
        if keys & walk.done or walk.full or self.state.stopped:
            return
        if self.state.to_go >= _MOST_WAITING:
            self.state.left += 1
            return
        walk.done |= keys
        walk.asked += 1
        self.state.to_go += 1
        yield self._request(
            link.url, self.parse_article, priority, {"walk": walk, "url": link.url, "counted": True}
        )

    def _ask_album(self, walk: Walk, album_id: str) -> Iterator[Request]:
        if album_id in walk.albums or walk.full:
            return
        walk.albums.add(album_id)
        yield self._request(
            album_json_url(album_id, walk.biz),
            self.parse_listing,
            _LISTING,
            {"walk": walk, "album_id": album_id, "seen": set()},
        )

    def _request(
        self, url: str, callback: Callable[..., Any], priority: int, about: dict[str, Any]
    ) -> Request:
        return Request(
            url.replace(f"https://{HOST}", self.base_url, 1),
            callback=callback,
            errback=self.failed,
            priority=priority,
            cb_kwargs=about,
            dont_filter=True,
        )

    # coming back

    def parse_article(
        self, response: Response, walk: Walk, url: str, counted: bool = False
    ) -> Iterator[CrawlItem | Request]:
        """One article page: keep it, then follow its albums, neighbours and links."""
        self._page_done(walk)
        if response.status == 404:
            self.state.gone["unavailable"] += 1
            gone = take_missing(url, "HTTP 404", seen_at=self.store.now())
            gone.sightings = own_sightings(gone.sightings, walk.owner)
            yield CrawlItem(gone, walk)
            return
        try:
            batch = take_page(response.body, url=url, seen_at=self.store.now())
        except (PageError, ListingError) as error:
            self._fail(url, str(error))
            return
        if batch.status == "verification":
            self.cool_down("验证页")
            return
        if batch.status == "unknown":
            self._fail(url, "不是文章页")
            return
        article = batch.sightings[0].article if batch.sightings else None
        if article and article.biz and not self._is_own(walk, article.biz, url):
            return
        if batch.status != "fetched":
            self.state.gone[batch.status] += 1
        walk.fetched += 1
        batch.sightings = own_sightings(batch.sightings, walk.owner)
        if article:
            walk.done |= set(article_keys(article.biz, article.mid, article.idx, article.token))
        yield CrawlItem(batch, walk)
        for album, _, _ in batch.albums:
            yield from self._ask_album(walk, album.album_id)
        at = article.published_at if article else None
        if walk.too_old(at.timestamp() if at else None):
            return
        for link in (*batch.neighbours, *batch.links):
            if (own := parse_article_url(link)) and own.biz == walk.biz:
                yield from self._ask_page(walk, link)

    def _is_own(self, walk: Walk, biz: str, url: str) -> bool:
        """Only the account's own biz is followed; the first page of an account known by name or
        link says which that is.
        """
        walk.biz = walk.biz or biz
        if walk.biz != biz:
            self._fail(url, f"属于别的账号（{biz}），没有存")
            return False
        return True

    def parse_listing(
        self, response: Response, walk: Walk, album_id: str, seen: set[tuple[str, str]]
    ) -> Iterator[CrawlItem | Request]:
        """One page of an album: keep it, ask for its articles, then for the next page by the last
        row's cursor.

        `seen` are the rows (mid, position) of the pages before, one set for the whole album.
        """
        self.state.listings, self.state.silent = self.state.listings + 1, 0
        url = album_json_url(album_id, walk.biz)
        try:
            if response.status == 404:
                raise ListingError("HTTP 404")
            batch = take_album_json(
                response.body,
                url=f"https://{HOST}/mp/appmsgalbum?action=getalbum&album_id={album_id}",
                seen_at=self.store.now(),
            )
        except ListingError as error:
            self._fail(url, str(error))
            return
        if walk.biz is None:
            walk.biz = next((s.article.biz for s in batch.sightings if s.article.biz), None)
        rows = {(str(s.article.mid), str(s.article.idx)) for s in batch.sightings if s.article.mid}
        batch.sightings = [s for s in batch.sightings if s.article.biz in (None, walk.biz)]
        cursor = batch.cursor
        if cursor and (why := _endless(cursor, rows, seen)):
            self._fail(url, why)
            cursor = None
        elif cursor is None:
            batch.albums = [
                (replace(album, complete=True), origin, at) for album, origin, at in batch.albums
            ]
        yield CrawlItem(batch, walk)
        published = [
            s.article.published_at.timestamp() for s in batch.sightings if s.article.published_at
        ]
        for sighting in batch.sightings:
            at = sighting.article.published_at
            if sighting.article.url and not walk.too_old(at.timestamp() if at else None):
                yield from self._ask_page(walk, sighting.article.url)
        if cursor and not walk.full and not (published and walk.too_old(max(published))):
            seen |= rows | {cursor}
            about = {"walk": walk, "album_id": album_id, "seen": seen}
            yield self._request(
                album_json_url(album_id, walk.biz, cursor), self.parse_listing, _LISTING, about
            )

    def failed(self, failure: Failure) -> None:
        """A request that brought nothing: forbidden, stopped, or broken."""
        request = failure.request  # type: ignore[attr-defined]
        if request.cb_kwargs.get("counted"):
            request.cb_kwargs["walk"].asked -= 1
            self.state.to_go -= 1
        reason = str(failure.value)
        if isinstance(failure.value, IgnoreRequest):
            if "robots.txt" in reason:
                self.state.forbidden += 1
            elif reason not in ("daily cap", "verification", "store"):
                self._fail(request.url, _IGNORED.get(reason[:16], reason))
            return
        response = getattr(failure.value, "response", None)
        self._fail(
            request.url, f"HTTP {response.status}" if response is not None else _short(failure)
        )
        self.state.silent = self.state.silent + 1 if response is None else 0
        if self.state.silent >= _MOST_SILENT:
            self.stop("silent")

    # keeping count

    def _page_done(self, walk: Walk) -> None:
        walk.asked -= 1
        self.state.to_go -= 1
        self.state.pages, self.state.silent = self.state.pages + 1, 0
        self._report(self.state)

    def _fail(self, url: str, reason: str) -> None:
        self.state.failed.append(
            (url.replace(self.base_url, f"https://{HOST}", 1), clean_text(reason) or "?")
        )

    def stop(self, why: str) -> None:
        """End the crawl: nothing more goes out."""
        if self.state.stopped is None:
            self.state.stopped = why
            deferred_from_coro(self.crawler.engine.close_spider_async(reason=why))

    def cool_down(self, why: str) -> None:
        """The site asked us to stop: note it and end."""
        try:
            self._cool_down(why)
        except StoreError as error:
            self.lose_store(error)
        self.stop("verification")

    def lose_store(self, error: StoreError) -> None:
        """What can't be kept must not be fetched: note why and end."""
        self.state.store_error = self.state.store_error or str(error)
        self.stop("store")


def _keys(link: ArticleUrl) -> Iterator[str]:
    return article_keys(link.biz, link.mid, link.idx, link.token)


def article_keys(
    biz: str | None, mid: str | None, idx: int | None, token: str | None
) -> Iterator[str]:
    """The keys a crawl knows an article by, as the store does."""
    if biz and mid and idx:
        yield f"m:{biz}:{mid}:{idx}"
    if token:
        yield f"t:{token}"


def _endless(
    cursor: tuple[str, str], rows: set[tuple[str, str]], seen: set[tuple[str, str]]
) -> str | None:
    """Why a listing is not to be followed any further: it comes back to where it was, or never
    ends.
    """
    if cursor in seen or (rows and rows <= seen):
        return "合集翻页原地打转，停在这里"
    return (
        f"合集列出了 {_MOST_LISTED} 行还没有完，停在这里"
        if len(seen) + len(rows) > _MOST_LISTED
        else None
    )


def _short(failure: Failure) -> str:
    name = type(failure.value).__name__
    reasons = {
        "DownloadTimeoutError": "太慢，超时",
        "DownloadConnectionRefusedError": "连接被拒绝",
        "CannotResolveHostError": "找不到这个站点",
        "DownloadFailedError": "连接中断，或回应不合 HTTP 的写法",
        "DownloadCancelledError": f"内容超过 {MAX_PAGE_BYTES / 1e6:.0f} MB，没有收完",
        "ResponseDataLossError": "内容没有收全",
        "BadGzipFile": "压缩的内容已损坏",
        "EOFError": "压缩的内容已损坏",
        "error": "压缩的内容已损坏",  # zlib's
        "ZstdError": "压缩的内容已损坏",
    }
    return reasons.get(name, f"{name}：{str(failure.value)[:100]}")

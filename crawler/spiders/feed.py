"""Reads the feeds an account names, at the hosts named there and nowhere else. Parsing is
feeds.py's.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from scrapy import Request, Spider
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.batch import own_sightings
from crawler.files import ArchiveError
from crawler.formats.feeds import take_feed
from crawler.spiders.history import Budget, CrawlItem, CrawlState, Walk
from crawler.store import Store

__all__ = ["FeedSpider"]


class FeedSpider(Spider):
    """One request a feed; what a feed lists belongs to the account that names it."""

    name = "feed"

    def __init__(
        self,
        *,
        store: Store,
        walks: list[Walk],
        state: CrawlState,
        cool_down: Callable[[str], None],
    ) -> None:
        super().__init__()
        self.store, self.walks, self.state, self._cool_down = store, walks, state, cool_down
        self.budget = Budget(store, None, "")

    async def start(self) -> AsyncIterator[Request]:
        """Every feed of every account."""
        for walk in self.walks:
            for url in walk.watched.feeds:
                yield Request(
                    url,
                    callback=self.parse_feed,
                    errback=self.failed,
                    cb_kwargs={"walk": walk, "url": url},
                    dont_filter=True,
                )

    def parse_feed(self, response: Response, walk: Walk, url: str) -> Iterator[CrawlItem]:
        """One feed: keep what it lists."""
        self.state.listings += 1
        try:
            batch = take_feed(response.body, url=url, seen_at=self.store.now())
        except ArchiveError as error:
            self.state.failed.append((url, str(error)))
            return
        batch.sightings = own_sightings(batch.sightings, walk.owner)
        self.state.failed += [
            (url, f"{reject.where}：{reject.reason}") for reject in batch.rejects[:3]
        ]
        yield CrawlItem(batch, walk)

    def failed(self, failure: Failure) -> None:
        """A feed that could not be read."""
        request: Any = failure.request  # type: ignore[attr-defined]
        if isinstance(failure.value, IgnoreRequest) and "robots.txt" in str(failure.value):
            self.state.failed.append((request.url, "robots.txt 不允许"))
        else:
            self.state.failed.append(
                (request.url, str(failure.value)[:100] or type(failure.value).__name__)
            )

    def stop(self, why: str) -> None:
        """Feeds end by themselves: there is one request each."""
        self.state.stopped = self.state.stopped or why

    def cool_down(self, why: str) -> None:
        """A feed's host asked us to stop; it is told as a failure and the others go on."""
        self.state.failed.append(("feed", why))

"""From the spider to the store: count the gaps field by field, then write, one transaction a
response.
"""

from __future__ import annotations

from typing import Any

from crawler.batch import write_batch
from crawler.spiders.history import CrawlItem, HistorySpider
from crawler.store import StoreError

__all__ = ["StorePipeline"]


class StorePipeline:
    """Writes each response's batch at once: whatever happens next, what was fetched is kept."""

    def __init__(self, spider: HistorySpider) -> None:
        self.spider = spider

    @classmethod
    def from_crawler(cls, crawler: Any) -> StorePipeline:
        return cls(crawler.spider)

    def process_item(self, item: CrawlItem) -> CrawlItem:
        state, batch = self.spider.state, item.batch
        state.missing += batch.missing
        try:
            with self.spider.store.writing() as writer:
                state.tally += write_batch(writer, item.walk.source_id, batch)
        except StoreError as error:  # what can't be kept must not be fetched
            state.store_error = state.store_error or str(error)
            self.spider.stop("store")
        return item

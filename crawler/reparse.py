"""Every raw page read again with today's parsers: what they now say replaces what they said, and
nothing is fetched.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from crawler.batch import Batch, take_album_json, take_evaluated, take_page, write_batch
from crawler.files import ArchiveError
from crawler.formats.backend_lists import parse_payload, take_list, take_profile_page
from crawler.formats.feeds import take_feed
from crawler.formats.homepages import take_homepage
from crawler.formats.markdown import take_markdown
from crawler.store import Store
from crawler.store.claims import Tally, claim_text
from crawler.store.store import StoredPage
from crawler.wechat.listing import ListingError
from crawler.wechat.page import PageError

__all__ = ["Reparse", "reparse"]

_PAGES_A_TRANSACTION = 50


@dataclass(slots=True)
class Reparse:
    """What reading again came to."""

    pages: int = 0
    tally: Tally = field(default_factory=Tally)
    # claims that today's parsers no longer make; what replaces them is told apart by no count of
    # its own
    retracted: int = 0
    unreadable: list[tuple[str, str]] = field(default_factory=list)


def reparse(store: Store) -> Iterator[Reparse]:
    """Read every held page again; yields the running count after each transaction. Raises
    StoreError.
    """
    done = Reparse()
    waiting: list[tuple[StoredPage, Batch]] = []
    for page in store.pages():
        done.pages += 1
        try:
            waiting.append((page, _read(page)))
        except (ArchiveError, PageError, ListingError) as error:
            done.unreadable.append((page.url or f"page {page.page_id}", str(error)))
        if len(waiting) >= _PAGES_A_TRANSACTION:
            _write(store, waiting, done)
            waiting = []
            yield done
    _write(store, waiting, done)
    yield done


def _read(page: StoredPage) -> Batch:
    if page.kind == "listing":
        return take_album_json(page.raw, url=page.url, seen_at=page.seen_at)
    if page.kind == "list":
        return take_list(parse_payload(page.raw), page.raw, seen_at=page.seen_at)
    if page.kind == "profile":
        return take_profile_page(page.raw, seen_at=page.seen_at)
    if page.kind == "homepage":
        return take_homepage(page.raw, seen_at=page.seen_at)
    if page.kind == "feed":
        return take_feed(page.raw, url=page.url, seen_at=page.seen_at)
    if page.kind == "markdown":
        return take_markdown(page.raw)
    if page.kind == "evaluated":
        return take_evaluated(page.raw, json.loads(page.raw), seen_at=page.seen_at)
    return take_page(page.raw, url=page.url, seen_at=page.seen_at)


def _write(store: Store, pages: list[tuple[StoredPage, Batch]], done: Reparse) -> None:
    with store.writing() as writer:
        for page, batch in pages:
            stated = {(s.origin, claim_text(s.article)) for s in batch.sightings}
            before = writer.claims_of_page(page.page_id)
            done.tally += write_batch(writer, page.source_id, batch)
            gone = [number for number, origin, text in before if (origin, text) not in stated]
            if gone:
                writer.retract(gone)
                done.retracted += len(gone)
            if batch.status and batch.status != page.status:
                writer.set_page_status(page.page_id, batch.status)

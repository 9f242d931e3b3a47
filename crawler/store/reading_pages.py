"""Reading bodies and raw pages from a store, and what a crawl has read or has still to fetch."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, case, func, or_, select

from crawler.html_depth import shallow
from crawler.store import schema as t
from crawler.store.compression import PageCompressor, unpack
from crawler.store.raw_pages import load_dictionary
from crawler.store.reading import RecordReader

__all__ = ["PAGE_SOURCES", "PageReader", "StoredPage"]

_BODIES_AHEAD = 500
PAGE_SOURCES = ("crawl", "html", "mhtml", "har", "charles", "warc")  # sources that hold pages


@dataclass(frozen=True, slots=True)
class StoredPage:
    """One raw page as it came."""

    page_id: int
    article_id: int | None
    source_id: int
    kind: str
    url: str | None
    status: str
    seen_at: int
    raw: bytes


@dataclass(slots=True)
class PageReader(RecordReader):
    """Reads of bodies and pages, one at a time."""

    def bodies(
        self, *, accounts: Sequence[int] | None = None, articles: Sequence[int] | None = None
    ) -> Iterator[tuple[int, str]]:
        """(article_id, inner HTML of the article's body as last seen, its page's own before any
        copy), by article; of some accounts, or of some articles.

        Safe to parse: where tags nest deeper than any real page's, text only (html_depth.shallow).
        """
        c = t.bodies.c
        query = _newest_bodies(c.blob, accounts)
        if articles is not None:
            query = query.where(t.among(c.article_id, articles))
        with self._streaming(query, ahead=_BODIES_AHEAD) as rows:
            last = None
            for article_pk, blob in map(tuple, rows):
                if article_pk != last:  # the newest of each article
                    yield article_pk, shallow(unpack(blob).decode("utf-8", "replace"))
                last = article_pk

    def body_digests(self, *, accounts: Sequence[int] | None = None) -> dict[int, str]:
        """The digest of the body that `bodies` gives of each article, by article_id: tells whether
        it is new without unpacking it.
        """
        digests: dict[int, str] = {}
        with self._reading() as conn:
            for article_pk, digest in conn.execute(_newest_bodies(t.bodies.c.sha256, accounts)):
                digests.setdefault(article_pk, digest)
        return digests

    def copied_bodies(self, *, accounts: Sequence[int] | None = None) -> set[int]:
        """The articles whose body, as `bodies` gives it, comes from no page but from a feed, a list
        or a note: it may have lost the page's styling.
        """
        copied: dict[int, bool] = {}
        with self._reading() as conn:
            for article_pk, kind in conn.execute(_newest_bodies(t.sources.c.kind, accounts)):
                copied.setdefault(article_pk, kind not in PAGE_SOURCES)
        return {article_pk for article_pk, is_copy in copied.items() if is_copy}

    def owners(self, *, accounts: Sequence[int] | None = None) -> dict[int, int]:
        """The account number of every article, by article_id."""
        c = t.articles.c
        with self._reading() as conn:
            return dict(
                map(
                    tuple,
                    conn.execute(
                        select(c.article_id, c.account_id).where(*_within(accounts, None, None))
                    ),
                )
            )

    def extras(
        self, names: Sequence[str], *, accounts: Sequence[int] | None = None
    ) -> dict[int, dict[str, Any]]:
        """What sources said beyond the articles' columns, by article_id, of articles with any of
        these names: cover, cover_square, source_url…
        """
        c = t.articles.c
        query = select(c.article_id, c.more).where(
            or_(*(c.more.contains(f'"{name}":') for name in names)), *_within(accounts, None, None)
        )
        with self._reading() as conn:
            extras_of = {article_pk: json.loads(more) for article_pk, more in conn.execute(query)}
        return {
            article_pk: {name: more[name] for name in names if more.get(name)}
            for article_pk, more in extras_of.items()
        }

    def pages(self) -> Iterator[StoredPage]:
        """Every raw page, byte for byte, in order of arrival."""
        with self._reading() as conn:
            page_pks = list(
                conn.execute(select(t.pages.c.page_id).order_by(t.pages.c.page_id)).scalars()
            )
            compressor = PageCompressor(
                lambda dictionary_pk: load_dictionary(conn, dictionary_pk), _never_saved
            )
            for page_pk in page_pks:
                row = conn.execute(select(t.pages).where(t.pages.c.page_id == page_pk)).one()
                raw = compressor.unpack_page(row.dictionary_id, row.blob)
                yield StoredPage(
                    row.page_id,
                    row.article_id,
                    row.source_id,
                    row.kind,
                    row.url,
                    row.status,
                    row.seen_at,
                    raw,
                )

    def page_sizes(self) -> dict[str, int]:
        """Pages held, their raw bytes, and the bytes they take with their dictionaries."""
        with self._reading() as conn:
            count, raw, packed = conn.execute(
                select(
                    func.count(), func.sum(t.pages.c.size), func.sum(func.length(t.pages.c.blob))
                )
            ).one()
            shared = conn.execute(select(func.sum(func.length(t.dictionaries.c.blob)))).scalar()
        return {
            "pages": count,
            "raw_bytes": int(raw or 0),
            "stored_bytes": int(packed or 0) + int(shared or 0),
        }

    def read_keys(self, account: int) -> set[str]:
        """The keys (aliases) of an account's articles whose page was read, gone ones included."""
        c = t.aliases.c
        query = select(c.alias).join(t.articles, t.articles.c.article_id == c.article_id)
        with self._reading() as conn:
            return set(
                conn.execute(
                    query.where(t.articles.c.account_id == account, t.articles.c.status != "listed")
                ).scalars()
            )

    def read_count(self, account: int) -> int:
        """How many of an account's articles were read, gone ones included."""
        c = t.articles.c
        with self._reading() as conn:
            return int(
                conn.execute(
                    select(func.count()).where(c.account_id == account, c.status != "listed")
                ).scalar_one()
            )

    def account_of(self, keys: Sequence[str]) -> int | None:
        """The account that owns the article known by one of these keys."""
        c = t.aliases.c
        query = select(t.articles.c.account_id).join(
            c.alias.table, c.article_id == t.articles.c.article_id
        )
        with self._reading() as conn:
            return conn.execute(
                query.where(c.alias.in_(list(keys))).order_by(c.article_id).limit(1)
            ).scalar()

    def pending(self, account: int, *, since: int | None = None) -> list[str]:
        """Links of an account's articles that are known and not read, newest first."""
        c = t.articles.c
        query = select(c.url).where(
            c.account_id == account, c.status == "listed", c.url.is_not(None)
        )
        if since is not None:
            query = query.where((c.published_at >= since) | c.published_at.is_(None))
        with self._reading() as conn:
            return list(
                conn.execute(
                    query.order_by(
                        c.published_at.desc().nulls_last(), c.idx.nulls_first(), c.article_id
                    )
                ).scalars()
            )


def _within(
    accounts: Sequence[int] | None, since: int | None, until: int | None
) -> list[ColumnElement[bool]]:
    """What narrows articles to these accounts and since ≤ time < until."""
    c = t.articles.c
    wanted: list[ColumnElement[bool]] = (
        [] if accounts is None else [t.among(c.account_id, accounts)]
    )
    wanted += [] if since is None else [c.published_at >= since]
    return wanted if until is None else [*wanted, c.published_at < until]


def _newest_bodies(what: Column[Any], accounts: Sequence[int] | None) -> Select[tuple[int, Any]]:
    """article_id and `what` of every body, of each article a page's own first, then the newest."""
    c = t.bodies.c
    of_page = case((t.sources.c.kind.in_(PAGE_SOURCES), 0), else_=1)
    query = (
        select(c.article_id, what)
        .join(t.sources, t.sources.c.source_id == c.source_id)
        .order_by(c.article_id, of_page, c.seen_at.desc(), c.source_id)
    )
    if accounts is None:
        return query
    return query.join(t.articles, t.articles.c.article_id == c.article_id).where(
        t.among(t.articles.c.account_id, accounts)
    )


def _never_saved(_: bytes, __: str) -> int:
    raise AssertionError("reading never saves a dictionary")

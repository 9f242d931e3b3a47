"""Raw pages in the store: each content at an address once, packed by compression.py. Rows in one
transaction.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from sqlalchemy import Connection, bindparam, select

from crawler.store import schema as t
from crawler.store.compression import RECENT, DictionaryPool, PageCompressor, pack, unpack

__all__ = ["RawPage", "RawPages", "load_dictionary"]

_SAME_PAGE = select(t.pages.c.page_id).where(t.pages.c.sha256 == bindparam("sha256"))
_PAGE_AT, _PAGE_WITHOUT_URL = (
    _SAME_PAGE.where(t.pages.c.url == bindparam("url")),
    _SAME_PAGE.where(t.pages.c.url.is_(None)),
)


@dataclass(frozen=True, slots=True)
class RawPage:
    """Bytes as they came. kind: article, album (HTML) or listing (JSON); status: what the page
    turned out to be.
    """

    raw: bytes
    kind: str
    url: str | None
    status: str
    seen_at: int
    sha256: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sha256", hashlib.sha256(self.raw).hexdigest())


class RawPages:
    """Keeps raw pages inside one transaction; of no use after a part of it that was taken back."""

    def __init__(self, conn: Connection, templates: DictionaryPool) -> None:
        self._conn, self._templates = conn, templates
        self._compressor: PageCompressor | None = None
        self._known: dict[tuple[str, str | None], int] = {}  # (digest, address) -> id, of those met

    def put(self, source_id: int, page: RawPage, article_id: int | None) -> int:
        """Keep a page, of an article or of none; gives the page's id, that of before where it is
        held.
        """
        key = page.sha256, page.url
        if key not in self._known:
            self._known[key] = self._find(page) or self._add(source_id, page, article_id)
        return self._known[key]

    def _find(self, page: RawPage) -> int | None:
        key = (
            {"sha256": page.sha256}
            if page.url is None
            else {"sha256": page.sha256, "url": page.url}
        )
        return self._conn.execute(_PAGE_WITHOUT_URL if page.url is None else _PAGE_AT, key).scalar()

    def _add(self, source_id: int, page: RawPage, article_id: int | None) -> int:
        if self._compressor is None:
            c = t.dictionaries.c
            newest = self._conn.execute(
                select(c.dictionary_id, c.sha256).order_by(c.dictionary_id.desc()).limit(RECENT)
            )
            self._compressor = PageCompressor(
                lambda dictionary_pk: load_dictionary(self._conn, dictionary_pk),
                self._save_dictionary,
                dict(map(tuple, newest)),
                self._templates,
            )
        dictionary_id, blob = self._compressor.pack_page(page.raw)
        columns = {
            "article_id": article_id,
            "source_id": source_id,
            "kind": page.kind,
            "url": page.url,
            "status": page.status,
            "seen_at": page.seen_at,
        }
        return t.new_key(
            self._conn.execute(
                t.add(t.pages),
                {
                    **columns,
                    "sha256": page.sha256,
                    "size": len(page.raw),
                    "dictionary_id": dictionary_id,
                    "blob": blob,
                },
            )
        )

    def _save_dictionary(self, raw: bytes, sha: str) -> int:
        c = t.dictionaries.c
        dictionary_pk = self._conn.execute(select(c.dictionary_id).where(c.sha256 == sha)).scalar()
        return (
            int(dictionary_pk)
            if dictionary_pk is not None
            else t.new_key(
                self._conn.execute(t.add(t.dictionaries), {"sha256": sha, "blob": pack(raw)})
            )
        )


def load_dictionary(conn: Connection, dictionary_pk: int) -> bytes:
    """A dictionary's bytes."""
    return unpack(
        conn.execute(
            select(t.dictionaries.c.blob).where(t.dictionaries.c.dictionary_id == dictionary_pk)
        ).scalar_one()
    )

"""Small invented tables, read as an import reads them."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl

from crawler.batch import Batch
from crawler.files import Document
from crawler.formats.detect import Options, find_reader
from crawler.records import Article

__all__ = ["LINKS", "articles_of", "build_workbook", "import_text", "titles_of"]

NOW = 1_796_000_000  # November 2026
LINKS = [f"https://mp.weixin.qq.com/s/MuShaoZhuLan{letter * 10}" for letter in "ABCDEFGH"]


def import_text(text: str | bytes, name: str = "t.csv", **options: Any) -> Batch:
    """All that a file brings, by the reader that its content asks for; it is one of tables."""
    document = Document(name, data=text if isinstance(text, bytes) else text.encode())
    reader = find_reader(document)
    assert reader.kind == "table"
    whole = Batch("table")
    for batch in reader.read(document, Options(now=NOW, **options)):
        whole.extend(batch)
        whole.guessed = whole.guessed or batch.guessed
    return whole


def articles_of(batch: Batch) -> list[Article]:
    return [sighting.article for sighting in batch.sightings]


def titles_of(batch: Batch) -> list[str | None]:
    return [article.title for article in articles_of(batch)]


def build_workbook(fill: Callable[[Any, Any], None]) -> bytes:
    """An XLSX; `fill` gets its first sheet and the whole."""
    book, sink = openpyxl.Workbook(), io.BytesIO()
    fill(book.active, book)
    book.save(sink)
    return sink.getvalue()

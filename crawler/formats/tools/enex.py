"""Evernote's and Yinxiang's export (.enex) -> batches: each note that leads to an article of WeChat
is that article, known by its link and its title, and by WeChat's own line at the top of the text.

When the note was made says when it was clipped, never when the article came out. Attachments are
passed over unread, and the text is no body: programs lay it out anew.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from crawler.batch import Batch
from crawler.files import ArchiveError, Document
from crawler.formats.byline import find_byline
from crawler.formats.tools.xml_stream import parse_chunks
from crawler.records import Article, ArticleUrl, clean_text, parse_article_url
from crawler.store.claims import Sighting

__all__ = ["is_enex", "read_enex"]

_ROOT = re.compile(rb"<en-export[\s>]")
_CHUNK = 256 * 1024
_BATCH_NOTES = 1000
_LONGEST = {"title": 2000, "content": 1024**2, "created": 40, "source-url": 8000}
_READ_OF_CONTENT = 200_000  # characters in which the line at the top is looked for
_MOST_LINKS = 500
_LINK = re.compile(
    r"https?://mp\.weixin\.qq\.com/(?:s[/?]|mp/appmsg/show\?)[^\s\"'<>\\）)]{1,1000}"
)
_BREAK = re.compile(
    r"<(?:/?(?:div|p|h[1-6]|li|ul|ol|tr|table|section|blockquote)|br)\b[^<>]{0,4000}>", re.I
)
_TAG = re.compile(r"<[^<>]{0,8000}>")
_TIME_FORMAT = "%Y%m%dT%H%M%SZ"


@dataclass(slots=True)
class _Note:
    """What is read of one note."""

    texts: dict[str, list[str]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    def text(self, name: str) -> str:
        return "".join(self.texts.get(name, ()))


def is_enex(head: bytes) -> bool:
    """True for an Evernote export by its beginning."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and bool(_ROOT.search(head[:4096]))


def read_enex(document: Document) -> Iterator[Batch]:
    """The articles that notes lead to, at most 1,000 notes a batch.

    Raises ArchiveError: damaged, or no note leads to an article.
    """
    notes, others, any_articles = _Notes(), 0, False
    batch = Batch("enex", "fetched")
    with document.open() as stream:
        for _ in parse_chunks(notes, iter(partial(stream.read, _CHUNK), b""), "ENEX"):
            for note in notes.take():
                sightings = list(_sightings(note))
                others += not sightings
                batch.sightings += sightings
            if len(batch.sightings) >= _BATCH_NOTES:
                any_articles = True
                yield batch
                batch = Batch("enex", "fetched")
    if not (batch.sightings or any_articles):
        raise ArchiveError(f"笔记里没有公众号文章的链接（看了 {others} 条笔记）")
    if others:
        batch.notes.append(f"{others} 条笔记里没有公众号文章的链接，略过")
    yield batch


def _sightings(note: _Note) -> Iterator[Sighting]:
    """The article a note is of; where it only lists several, each by its link alone."""
    content = note.text("content")
    clipped_at = _clipped_at(note.text("created"))
    link = _lasting(note.text("source-url").strip())
    if link is None:
        links = list(_links(content))
        if len(links) > 1:
            yield from (Sighting(link.article(), "url", 0) for link in links)
            return
        link = next(iter(links), None)
    if link is not None:
        yield Sighting(_article(link, note.text("title"), content), "table", clipped_at)


def _article(link: ArticleUrl, title: str, content: str) -> Article:
    byline = find_byline(_lines(content))
    if byline is None:
        return link.article(title=clean_text(title))
    return link.article(
        title=clean_text(title),
        author=byline.author,
        account_name=byline.account,
        original=byline.original,
        published_at=byline.published_at,
        time_precision=byline.precision,
        place=byline.place,
    )


def _links(content: str) -> Iterator[ArticleUrl]:
    """The distinct articles the text leads to."""
    seen: set[str] = set()
    for match in _LINK.finditer(content):
        link = _lasting(html.unescape(match[0]))
        if link is not None and link.url not in seen and len(seen) < _MOST_LINKS:
            seen.add(link.url)
            yield link


def _lasting(address: str) -> ArticleUrl | None:
    link = parse_article_url(address)
    return None if link is None or link.temporary else link


def _lines(content: str) -> str:
    """The text, one line a block."""
    text = _BREAK.sub("\n", " ".join(content[:_READ_OF_CONTENT].split()))
    return html.unescape(_TAG.sub(" ", text)).replace("\xa0", " ")


def _clipped_at(text: str) -> int:
    """When the note was made, in unix seconds; 0 where it does not say."""
    try:
        moment = datetime.strptime(text.strip(), _TIME_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return 0
    return max(int(moment.timestamp()), 0)


class _Notes:
    """Collects the notes' fields, each up to its bound; what belongs to their attachments and tasks
    is passed over.
    """

    def __init__(self) -> None:
        self._ready: list[_Note] = []
        self._note: _Note | None = None
        self._field: str | None = None

    def take(self) -> list[_Note]:
        """The notes that are whole, once."""
        notes, self._ready = self._ready, []
        return notes

    def start(self, name: str, attributes: dict[str, str], parents: list[str]) -> None:
        if name == "note":
            self._note = _Note()
        own = name in _LONGEST and parents[-1:] in (["note"], ["note-attributes"])
        self._field = name if own and self._note is not None else None

    def end(self, name: str) -> None:
        self._field = None
        if name == "note" and self._note is not None:
            self._ready.append(self._note)
            self._note = None

    def text(self, content: str) -> None:
        if self._field is None or self._note is None:
            return
        size = self._note.sizes.get(self._field, 0)
        if size < _LONGEST[self._field]:
            self._note.sizes[self._field] = size + len(content)
            self._note.texts.setdefault(self._field, []).append(content)

"""XML from outside, read piece by piece: no entity of its own, nothing fetched, no tree built."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol
from xml.parsers import expat

from crawler.files import ArchiveError

__all__ = ["Elements", "parse_chunks"]

_MOST_DEPTH = 200
_LONGEST_TOKEN = 16 * 1024**2  # a tag with all its attributes; the parser holds one whole


class Elements(Protocol):
    """What takes the elements in. `parents` are the names of those around it, outermost first."""

    def start(self, name: str, attributes: dict[str, str], parents: list[str]) -> None:
        """An element begins."""

    def text(self, content: str) -> None:
        """A piece of the text of the element that began or ended last."""

    def end(self, name: str) -> None:
        """An element ends."""


def parse_chunks(elements: Elements, chunks: Iterable[bytes], what: str) -> Iterator[None]:
    """Hand a document on chunk by chunk; yields after each, so that what was collected can be taken
    away. A document type is allowed, as note programs write one; it is not fetched.

    Raises ArchiveError: not well formed, nested deeply, or with entities of its own. `what` names
    the document.
    """
    parents: list[str] = []
    parser = expat.ParserCreate()

    def start(name: str, attributes: dict[str, str]) -> None:
        elements.start(name, attributes, parents)
        parents.append(name)
        if len(parents) > _MOST_DEPTH:
            raise ArchiveError(f"{what} 嵌套超过 {_MOST_DEPTH} 层，没有读")

    def end(name: str) -> None:
        parents.pop()
        elements.end(name)

    def refuse(*_: object) -> None:
        raise ArchiveError(f"{what} 里声明了实体（<!ENTITY），像 XML 实体炸弹，没有读")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = elements.text
    parser.EntityDeclHandler = refuse
    read = 0
    try:
        for chunk in chunks:
            read += len(chunk)
            parser.Parse(chunk, False)
            if read - max(parser.CurrentByteIndex, 0) > _LONGEST_TOKEN + len(chunk):
                raise ArchiveError(f"{what} 里有一个标签大得反常，没有读")
            yield
        parser.Parse(b"", True)
        yield
    except ArchiveError:
        raise
    except (expat.ExpatError, ValueError, LookupError) as error:  # an encoding that there is not
        raise ArchiveError(f"{what} 不完整或已损坏：{str(error)[:80]}") from None

"""Text with its emphasis, links and line breaks, before it is a page's markup or a workbook's plain
text: both are made from the same pieces.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from string import Formatter
from typing import TypeAlias

from markupsafe import Markup, escape

from analysis.report.safe_text import clamp, is_article_url, safe_text
from analysis.report.translation import look_up

__all__ = [
    "BREAK",
    "NEW_LINE",
    "Content",
    "Element",
    "bold",
    "element",
    "faint",
    "isolated",
    "join",
    "link",
    "rich",
    "small",
    "to_markup",
    "to_text",
    "unbroken",
]


@dataclass(frozen=True, slots=True)
class Element:
    """A piece of text set apart: an HTML element with its attributes."""

    tag: str
    content: Content = ""
    attributes: tuple[tuple[str, str], ...] = ()


Content: TypeAlias = "str | Element | tuple[Content, ...]"

BREAK = Element("br")
NEW_LINE: Content = (" ", BREAK)
_SPACES = re.compile(r"\s+")


def element(tag: str, *content: Content, style: str = "") -> Element:
    """The content in an element, of a class where one is named."""
    return Element(tag, content, (("class", style),) if style else ())


def small(*content: Content) -> Element:
    """Less important than what it stands beside."""
    return element("small", *content)


def faint(*content: Content) -> Element:
    """In grey: nothing is known, or it does not count."""
    return element("span", *content, style="faint")


def unbroken(*content: Content) -> Element:
    """On one line, as a date is."""
    return element("span", *content, style="date")


def bold(*content: Content) -> Element:
    """The figure that counts."""
    return element("b", *content)


def isolated(text: str, longest: int, *, style: str = "") -> Element:
    """Text from outside, whose direction of writing stays its own; at most `longest` characters."""
    return element("bdi", clamp(text, longest), style=style)


def link(content: Content, url: str | None) -> Content:
    """The content as a link where the address is an article's, else as it is."""
    if url is None or not is_article_url(url):
        return content
    attributes = (("href", url), ("rel", "noopener noreferrer"), ("target", "_blank"))
    return Element("a", content, attributes)


def join(parts: Iterable[Content], separator: Content) -> Content:
    """The parts with the separator between them."""
    joined: list[Content] = []
    for part in parts:
        joined += [separator, part] if joined else [part]
    return tuple(joined)


def rich(words: str, /, **values: Content | float) -> Content:
    """A sentence in the current language with its values filled in. Raises KeyError as
    translate.
    """
    parts: list[Content] = []
    for literal, name, spec, _ in Formatter().parse(look_up(words, values)):
        parts.append(literal)
        if name is None:
            continue
        value = values[name]
        if isinstance(value, str | Element | tuple):
            parts.append(value)
        else:
            parts.append(format(value, spec or ""))
    return tuple(parts)


def to_markup(content: Content) -> Markup:
    """The content as HTML, escaped and cleaned."""
    return Markup("").join(_markup(piece) for piece in _pieces(content))


def _markup(piece: str | Element) -> Markup:
    if isinstance(piece, str):
        return escape(piece)
    attributes = Markup("").join(
        Markup(' {}="{}"').format(name, safe_text(value)) for name, value in piece.attributes
    )
    start = Markup("<{}{}>").format(piece.tag, attributes)
    if piece.tag == "br":
        return start
    return Markup("{}{}</{}>").format(start, to_markup(piece.content), piece.tag)


def to_text(content: Content) -> str:
    """The content as one line of plain text; where it has line breaks, spaces stand between its
    pieces.
    """
    separator = " " if _is_broken(content) else ""
    return _SPACES.sub(" ", separator.join(_texts(content))).strip()


def _texts(content: Content) -> Iterator[str]:
    for piece in _pieces(content):
        if isinstance(piece, str):
            yield piece
        else:
            yield from _texts(piece.content)


def _is_broken(content: Content) -> bool:
    elements = [piece for piece in _pieces(content) if isinstance(piece, Element)]
    return any(piece.tag == "br" or _is_broken(piece.content) for piece in elements)


def _pieces(content: Content) -> list[str | Element]:
    """The content without nesting: no empty text, no text beside text."""
    pieces: list[str | Element] = []
    for piece in _flatten(content):
        if isinstance(piece, str) and pieces and isinstance(pieces[-1], str):
            pieces[-1] += piece
        elif piece != "":
            pieces.append(piece)
    return pieces


def _flatten(content: Content) -> Iterator[str | Element]:
    if isinstance(content, tuple):
        for part in content:
            yield from _flatten(part)
    else:
        yield content if isinstance(content, Element) else safe_text(content)

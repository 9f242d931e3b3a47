"""The headings inside an article's text: which paragraphs are headings, how they are set, how they
are numbered. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from analysis.layout.body.paragraphs import Paragraph, Reading
from analysis.layout.css.boxes import Box
from analysis.layout.css.colors import Color, distance, is_grey, over

__all__ = [
    "HEADING_NAMES",
    "NUMBERINGS",
    "Heading",
    "decorations",
    "find_headings",
    "numbering_of",
    "shows_color",
]

HEADING_NAMES = {
    "filled": "色块",
    "bar": "左侧竖条",
    "boxed": "方框",
    "underline": "底线",
    "number": "数字在上",
    "centered": "居中",
    "coloured": "变色",
    "large": "放大",
    "bold": "加粗",
}
NUMBERINGS = {
    "PART 01": re.compile(r"(?:part|chapter|step|vol|no)\s*[.．·]?\s*\d{1,2}\b", re.IGNORECASE),
    "01": re.compile(r"0\d(?!\d)|^\d{1,2}$|\d{1,2}\s*[|丨/]"),
    "一、": re.compile(r"[一二三四五六七八九十]{1,3}\s*[、.．]"),
    "（一）": re.compile(r"[（(](?:[一二三四五六七八九十]{1,3}|\d{1,2})[）)]"),
    "第一": re.compile(r"第[一二三四五六七八九十\d]{1,3}(?:[章节步条部篇幕]|部分|，|,|、|：)"),
    "1.": re.compile(r"\d{1,2}\s*[.．、]\s*(?!\d)"),
    "①": re.compile(r"[①-⑳❶-❿⓵-⓾]"),
}
_LONGEST = 40
_LONGEST_DECORATED = 30
_LARGER = 1.1  # times the body's type size
_NUMBER_LABEL = 8
_CLIMB = 20  # boxes around a line that may be its frame
_WRAPPED = 12  # characters a heading's frame may hold beside the heading itself: its number
_ENDS_A_SENTENCE = re.compile(r"[。；;，,、…]$|[。！？].*[。！？]")
_TAGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LISTED = frozenset({"li", "td", "th", "a", "pre", "code", "table"})
_WHITE = Color(255, 255, 255)


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading; `style` is a key of HEADING_NAMES, `numbering` of NUMBERINGS; `mark` the colour
    of its frame, `label` the number line above it.
    """

    paragraph: Paragraph
    style: str
    numbering: str | None
    mark: Color | None = None
    label: Paragraph | None = None


def find_headings(reading: Reading, body_size: float) -> list[Heading]:
    """The headings in their order: short lines that are larger than the body, wholly bold, tagged
    or framed, and end no sentence.

    The last paragraph heads nothing. A short number line right above a heading is its label, not
    another heading.
    """
    headings: list[Heading] = []
    label: Paragraph | None = None
    for paragraph in reading.paragraphs[:-1]:
        text = paragraph.text
        numbering = numbering_of(text)
        if (
            numbering
            and paragraph.chars <= _NUMBER_LABEL
            and numbering in ("PART 01", "01")
            and _rest(text, numbering) == 0
        ):
            label = paragraph
            continue
        if _is_heading(reading, paragraph, text, body_size):
            numbered = numbering or (numbering_of(label.text) if label else None)
            style, mark = _style_of(reading, paragraph, label, body_size)
            headings.append(Heading(paragraph, style, numbered, mark, label))
        label = None
    return headings


def numbering_of(text: str) -> str | None:
    """How a line is numbered, by what it begins with."""
    return next((name for name, pattern in NUMBERINGS.items() if pattern.match(text)), None)


def _rest(text: str, numbering: str) -> int:
    numbered = NUMBERINGS[numbering].match(text)
    return len(text[numbered.end() :].strip(" .．|丨/·-—")) if numbered else len(text)


def _is_heading(reading: Reading, paragraph: Paragraph, text: str, body_size: float) -> bool:
    if paragraph.chars > _LONGEST or paragraph.chars < 2 or _ENDS_A_SENTENCE.search(text):
        return False
    tags = {box.tag for box in _around(reading, paragraph)}
    size = paragraph.style.size
    if tags & _TAGS:
        return True
    if tags & _LISTED or size < body_size:
        return False
    bold = (
        sum(run.chars for run in paragraph.runs if run.style.weight >= 600) >= paragraph.chars * 0.8
    )
    if size >= body_size * _LARGER and (bold or paragraph.chars <= _LONGEST_DECORATED):
        return True
    return bold or (
        paragraph.chars <= _LONGEST_DECORATED
        and bool(decorations(reading, paragraph).keys() & {"bar", "filled", "boxed"})
    )


def _around(reading: Reading, paragraph: Paragraph) -> Iterator[Box]:
    """The boxes around a paragraph's first text as long as they hold little else."""
    number = reading.boxes[paragraph.runs[0].box].parent
    for _ in range(_CLIMB):
        if not number or reading.chars_in(number) > paragraph.chars + _WRAPPED:
            break
        yield reading.boxes[number]
        number = reading.boxes[number].parent


def decorations(reading: Reading, paragraph: Paragraph) -> dict[str, Color]:
    """How a paragraph's own frame is drawn (filled, bar, boxed, underline), each
    with its colour.
    """
    by_kind: dict[str, Color] = {}
    for box in _around(reading, paragraph):
        style = box.style
        drawn = [width >= 1 and color.alpha > 0 for width, color in style.border]
        if shows_color(style.background):
            by_kind.setdefault("filled", style.background)
        if drawn[3] and style.border[3][0] >= 2 and not drawn[1]:
            by_kind.setdefault("bar", style.border[3][1])
        if drawn[2] and not drawn[0]:
            by_kind.setdefault("underline", style.border[2][1])
        if all(drawn):
            by_kind.setdefault("boxed", style.border[0][1])
    return by_kind


def shows_color(color: Color) -> bool:
    """Whether a background is seen on white paper."""
    return color.alpha > 0 and distance(over(color, _WHITE), _WHITE) > 12


def _style_of(
    reading: Reading, paragraph: Paragraph, label: Paragraph | None, body_size: float
) -> tuple[str, Color | None]:
    drawn = decorations(reading, paragraph)
    framed = next((name for name in ("filled", "bar", "boxed", "underline") if name in drawn), None)
    if framed:
        return framed, over(drawn[framed], _WHITE)
    style = paragraph.style
    if label is not None and label.style.size > style.size:
        return "number", over(label.style.color, _WHITE)
    if style.align.endswith("center"):
        return "centered", None
    if not is_grey(style.color):
        return "coloured", None
    return "large" if style.size >= body_size * _LARGER else "bold", None

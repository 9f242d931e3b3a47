"""Styled boxes -> what a reader sees: runs of text, paragraphs, blank lines. Pure.

A run is one piece of text in one style; a paragraph is what stands between two line ends (a block's
edge or <br>), as the eye has it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from analysis.layout.css.boxes import Box, Style

__all__ = ["Paragraph", "Reading", "Run", "count_visible", "read_boxes"]

# JavaScript's white space and the marks without width, so that a character counts here where it
# counts for the browser
_BLANK = re.compile(r"[\t-\r \u00a0\u1680\u2000-\u200f\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]+")
_NOT_LAID_OUT = re.compile(r"[^\n\r\t ]")
_LEADING_SPACE = re.compile(r"\u3000|\u00a0{2}|\u2003")
_SPACERS = re.compile(r"[\u00a0\u3000\u2000-\u200b]")
_PICTURED = frozenset(
    {
        "img",
        "svg",
        "iframe",
        "video",
        "audio",
        "mpvoice",
        "qqmusic",
        "mpvideosnap",
        "hr",
        "canvas",
        "table",
    }
)


@dataclass(slots=True)
class Run:
    """A piece of visible text in one style: `chars` without white space; `block` is the box of its
    block.
    """

    box: int
    block: int
    style: Style
    chars: int
    text: str


@dataclass(slots=True)
class Paragraph:
    """One line of thought to the eye."""

    block: int
    chars: int = 0
    runs: list[Run] = field(default_factory=list)
    _text: str | None = field(default=None, repr=False)

    @property
    def text(self) -> str:
        """Its text, white space drawn together; to be asked for once all its runs are known."""
        if self._text is None:
            self._text = " ".join("".join(run.text for run in self.runs).split())
        return self._text

    @property
    def style(self) -> Style:
        """The style of most of its characters."""
        return max(self.runs, key=lambda run: run.chars).style


@dataclass(slots=True)
class Reading:
    """An article as it is read: its boxes, runs, paragraphs with text, and how many lines are left
    blank between them.
    """

    boxes: list[Box]
    blocks: list[int]
    runs: list[Run]
    paragraphs: list[Paragraph]
    blank_lines: int
    chars: int
    _indents: _Indents = field(repr=False)
    _places: list[int] = field(default_factory=list, repr=False)
    _before: list[int] = field(default_factory=list, repr=False)

    def chars_before(self, box: int) -> int:
        """Visible characters before a box."""
        return self._before[bisect_left(self._places, box)]

    def chars_in(self, box: int) -> int:
        """Visible characters inside a box."""
        return self.chars_before(self.boxes[box].end) - self.chars_before(box)

    def indent_of(self, run: Run) -> str | None:
        """How the first line of a run's block is indented by a character or more: "em"
        (text-indent), "space" (wide spaces) or None.
        """
        return self._indents.of(run.block, run.style)


def count_visible(text: str) -> int:
    """Characters that are no white space."""
    return len(_BLANK.sub("", text))


def read_boxes(boxes: list[Box]) -> Reading:
    """The runs and paragraphs of styled boxes, in their order."""
    blocks = _blocks(boxes)
    indents = _Indents(boxes)
    runs, paragraphs, blank_lines = [], [], 0
    line = Paragraph(0)
    seen_space, pictured = False, False
    for number, box in enumerate(boxes):
        block = blocks[number]
        if block != line.block:
            blank_lines += not line.chars and seen_space and not pictured
            line, seen_space, pictured = Paragraph(block), False, False
        if box.tag:
            if box.tag == "br" and box.style.shown:
                blank_lines += not line.chars and not pictured
                line, seen_space, pictured = Paragraph(block), False, False
            pictured = pictured or (box.tag in _PICTURED and box.style.shown)
            continue
        chars = count_visible(box.text) if box.style.drawn else 0
        if not chars:
            seen_space = seen_space or (box.style.drawn and _SPACERS.search(box.text) is not None)
            continue
        run = Run(number, block, box.style, chars, box.text)
        runs.append(run)
        if not line.chars:
            paragraphs.append(line)
        line.chars += chars
        line.runs.append(run)
    blank_lines += not line.chars and seen_space and not pictured
    counted = [0, *accumulate(run.chars for run in runs)]
    return Reading(
        boxes,
        blocks,
        runs,
        paragraphs,
        blank_lines,
        counted[-1],
        indents,
        [run.box for run in runs],
        counted,
    )


def _blocks(boxes: Sequence[Box]) -> list[int]:
    """For each box the block it flows in: itself where it is one, else its
    nearest block ancestor.
    """
    blocks = [0] * len(boxes)
    for number, box in enumerate(boxes):
        if number:
            blocks[number] = blocks[box.parent] if not box.tag or box.style.inline else number
    return blocks


class _Indents:
    """Whether a block's first line is indented; by text-indent, or by the wide spaces its text
    begins with.
    """

    def __init__(self, boxes: Sequence[Box]) -> None:
        self.boxes = boxes
        self.text = "".join(box.text for box in boxes)
        self.known: dict[int, bool] = {}
        self.asked, self.found = 0, -1  # between these two nothing is laid out

    def of(self, block: int, style: Style) -> str | None:
        """ "em", "space" or None."""
        if self.boxes[block].style.indent >= style.size:
            return "em"
        if block not in self.known:
            self.known[block] = self._begins_wide(block)
        return "space" if self.known[block] else None

    def _begins_wide(self, block: int) -> bool:
        begin, after = self.boxes[block].start, self.boxes[block].end
        end = self.boxes[after].start if after < len(self.boxes) else len(self.text)
        if (
            not self.asked <= begin <= self.found
        ):  # thousands of nested blocks begin at the same place
            first = _NOT_LAID_OUT.search(self.text, begin)
            self.asked, self.found = begin, first.start() if first else len(self.text)
        return _LEADING_SPACE.match(self.text, self.found, end) is not None

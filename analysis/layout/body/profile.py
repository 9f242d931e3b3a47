"""One article's HTML -> its layout profile: type, spacing, alignment, colours, pictures, parts, as
a browser shows them. Pure.

Every run of text counts by its characters. What CSS means is the css package's; fixed
parts, lead-ins and editors are fixed_parts.py's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from analysis.layout.body.fixed_parts import find_editors, find_lead_ins, find_parts
from analysis.layout.body.headings import Heading, find_headings, shows_color
from analysis.layout.body.media import count_media, describe_cover, place_images
from analysis.layout.body.palette import (
    MIN_SHARE_COUNTED,
    WHITE,
    find_accents,
    find_backgrounds,
    find_distinct,
    find_palette,
    tally,
)
from analysis.layout.body.paragraphs import Paragraph, Reading, Run, read_boxes
from analysis.layout.css.boxes import Box, style_body, style_page
from analysis.layout.css.colors import over
from analysis.layout.entries import Share, Word

__all__ = ["PHONE_PX", "SCREEN_PX", "StyleProfile", "measure_page", "measure_style"]

SCREEN_PX = 677.0  # WeChat's column on a computer
PHONE_PX = 343.0  # a phone of 375 CSS px less WeChat's 16 px on either side
_CHARS_A_MINUTE = 400  # a common estimate of silent reading; 300 to 500 are named
_WORDS_A_MINUTE = (
    238  # silent reading of English: Brysbaert (2019), "How many words do we read per minute?"
)
_ALIGN = {
    "start": "left",
    "end": "right",
    "-webkit-left": "left",
    "-webkit-right": "right",
    "-webkit-center": "center",
}
_BLOCK_CHARS = 40  # of an opening or closing paragraph: a fixed line is told by its beginning
_CLIMB = 8  # blocks around a paragraph that may add to the space before it
_NARROW = re.compile(r"[\u0000-\u10ff\u2000-\u2e7f]")
_NARROW_LESS = 0.45  # of their size that narrow characters leave free
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_WORD = re.compile(r"[A-Za-zÀ-ÿА-я][\w'’-]*")


@dataclass(frozen=True, slots=True)
class StyleProfile:
    """One article's measures. Lengths in CSS px, shares 0 to 1 of the visible characters; what
    can't be told is None.

    Medians are weighted by characters. Lists come most characters first; `a:b` entries pair a value
    with its share.
    """

    chars: int  # of visible text, white space not counted
    minutes: float  # to read it: 400 Han characters or 238 words a minute
    han_share: float | None
    font_size_px: float | None  # the most common
    font_size_share: float | None
    sizes: list[str]  # entries.Share of px
    n_sizes: int  # of those with half a per cent of the characters
    heading_px: float | None  # median of the headings
    line_height: float | None  # ÷ type size; normal is 1.2
    letter_spacing_px: float | None
    text_align: str | None  # left, right, center, justify
    align_share: float | None
    indent_share: (
        float | None
    )  # characters in blocks whose first line is indented by a character or more
    indent: str | None  # em (text-indent) or space (wide spaces) where most paragraphs are indented
    side_px: float | None  # from the article's edge to the text, the mean of both sides
    paragraphs: int
    paragraph_chars: float | None  # median of the paragraphs of running text
    paragraph_lines: float | None  # the same at 677 px
    paragraph_lines_phone: float | None  # and on a phone 375 px wide
    blank_lines: int
    blank_share: float | None  # blank lines per paragraph
    paragraph_gap: str | None  # blank, margin or none: how paragraphs are set apart
    bold_share: float | None  # weight ≥ 600
    bold_color: (
        str | None
    )  # #rrggbb of most bold text outside headings; None where hardly any is bold
    highlight_share: float | None  # on a coloured background inside the line
    underline_share: float | None
    text_color: str | None  # #rrggbb, the most common
    accents: list[
        str
    ]  # entries.Share of #rrggbb, text in other colours than grey or the text's own
    n_colors: int  # of text, near ones taken together
    backgrounds: list[str]  # entries.Share of #rrggbb, the characters on it
    palette: list[str]  # #rrggbb: the text's, accents, backgrounds and lines
    images: int
    images_per_1000: float | None  # per 1,000 characters
    gifs: int
    videos: int
    audios: int
    first_image_at: float | None  # share of the text before it
    image_thirds: list[int]  # images in the first, middle and last third of the text
    cover_in_text: (
        bool | None
    )  # whether the cover is one of the images; None where the cover is not known
    cover_shape: str | None
    heading_style: str | None  # the most common: see headings.HEADING_NAMES
    heading_color: str | None  # of its text
    heading_mark: str | None  # of its frame, bar or number
    heading_align: str | None
    headings: int
    numbered: str | None  # PART 01, 01, 一、 …: how headings are numbered
    parts: list[str]  # see fixed_parts.PART_NAMES, in the order of that list
    part_words: list[str]  # entries.Word
    lead_ins: list[str]  # see fixed_parts.LEAD_IN_NAMES
    lead_in_words: list[str]  # entries.Word
    editors: list[str]  # what it was made with, the most marks first; none is unknown
    editor_marks: list[str]  # entries.Word
    opening: (
        str | None
        # how the first paragraph with words begins, and the last: what stands at every issue's top
        # and end
    )
    closing: str | None
    newspaper_signs: list[
        str
    ]  # indent, large: two-character first-line indents, body text of 18 to 20 px


def measure_style(
    body: str, *, cover: str | None = None, square: str | None = None
) -> StyleProfile:
    """The profile of one article's body (its inner HTML) under WeChat's base style; `cover` and
    `square` are its covers' addresses.
    """
    return _measure(style_body(body), cover, square)


def measure_page(
    raw: bytes, *, cover: str | None = None, square: str | None = None
) -> StyleProfile:
    """The profile of a saved page's #js_content under the page's own style sheets; of all of <body>
    where there is no #js_content.
    """
    return _measure(style_page(raw), cover, square)


def _measure(boxes: list[Box], cover: str | None, square: str | None) -> StyleProfile:
    reading = read_boxes(boxes)
    sizes = tally((round(run.style.size, 2), run.chars) for run in reading.runs)
    size = sizes[0][0] if sizes else None
    headings = find_headings(reading, size or 0.0)
    running = _running(reading, headings, size)
    parts = find_parts(reading, headings)
    return StyleProfile(
        **_type(reading, sizes),
        **_paragraphs(reading, running, size),
        **_emphasis(reading, running),
        **_colors(boxes, reading),
        **_media(boxes, reading),
        **describe_cover(boxes, cover, square),
        **_headings(headings, numbered="numbered" in parts),
        **_fixed(boxes, reading, parts),
    )


def _type(reading: Reading, sizes: Sequence[tuple[float, int]]) -> dict[str, Any]:
    """How much text and how it is set: sizes, line height, spacing, alignment."""
    runs, chars = reading.runs, reading.chars
    aligns = tally((_ALIGN.get(run.style.align, run.style.align), run.chars) for run in runs)
    return {
        "chars": chars,
        "minutes": _minutes(runs),
        "han_share": _share_of(sum(len(_HAN.findall(run.text)) for run in runs), chars),
        "font_size_px": sizes[0][0] if sizes else None,
        "font_size_share": _share_of(sizes[0][1], chars) if sizes else None,
        "sizes": [
            str(Share(f"{px:g}", count / chars))
            for px, count in sizes
            if count >= chars * MIN_SHARE_COUNTED
        ],
        "n_sizes": sum(count >= chars * MIN_SHARE_COUNTED for _, count in sizes),
        "line_height": _median((run.style.line_height, run.chars) for run in runs),
        "letter_spacing_px": _median((run.style.spacing, run.chars) for run in runs),
        "text_align": aligns[0][0] if aligns else None,
        "align_share": _share_of(aligns[0][1], chars) if aligns else None,
    }


def _paragraphs(
    reading: Reading, running: Sequence[Paragraph], size: float | None
) -> dict[str, Any]:
    """How paragraphs stand: indented, how long, how far apart."""
    chars, indents = reading.chars, _indents(reading)
    return {
        "indent_share": _share_of(sum(indents.values()), chars),
        "indent": max(indents, key=lambda kind: indents[kind])
        if sum(indents.values()) * 2 > chars
        else None,
        "side_px": _median(
            ((run.style.left + run.style.right) / 2, run.chars)
            for run in reading.runs
            if round(run.style.size, 2) == size
        ),
        "paragraphs": len(reading.paragraphs),
        "paragraph_chars": _median((float(paragraph.chars), 1) for paragraph in running),
        "paragraph_lines": _median((_lines(paragraph, SCREEN_PX), 1) for paragraph in running),
        "paragraph_lines_phone": _median((_lines(paragraph, PHONE_PX), 1) for paragraph in running),
        "blank_lines": reading.blank_lines,
        "blank_share": _share_of(reading.blank_lines, len(reading.paragraphs)),
        "paragraph_gap": _gap(reading, running),
        "opening": _first_words(reading.paragraphs),
        "closing": _first_words(reversed(reading.paragraphs)),
        "newspaper_signs": _newspaper_signs(size, sum(indents.values()), chars),
    }


def _emphasis(reading: Reading, running: Sequence[Paragraph]) -> dict[str, Any]:
    """What is bold, on a coloured background, underlined."""
    runs, chars = reading.runs, reading.chars
    return {
        "bold_share": _share_of(sum(run.chars for run in runs if run.style.weight >= 600), chars),
        "bold_color": _bold_colour(running, chars),
        "highlight_share": _share_of(
            sum(run.chars for run in runs if shows_color(run.style.marked)), chars
        ),
        "underline_share": _share_of(sum(run.chars for run in runs if run.style.underline), chars),
    }


def _colors(boxes: list[Box], reading: Reading) -> dict[str, Any]:
    """The colours of text, backgrounds and lines."""
    chars, colors = reading.chars, tally((run.style.color, run.chars) for run in reading.runs)
    accents, backgrounds = find_accents(colors, chars), find_backgrounds(reading)
    return {
        "text_color": colors[0][0].hex if colors else None,
        "accents": [str(Share(color.hex, share)) for color, share in accents],
        "n_colors": len(
            find_distinct(color for color, count in colors if count >= chars * MIN_SHARE_COUNTED)
        ),
        "backgrounds": [str(Share(color.hex, share)) for color, share in backgrounds],
        "palette": find_palette(boxes, colors, accents, backgrounds),
    }


def _media(boxes: list[Box], reading: Reading) -> dict[str, Any]:
    """Pictures, videos and audios, and where the pictures stand."""
    media, chars = count_media(boxes), reading.chars
    counts = {
        "images": media.images,
        "gifs": media.gifs,
        "videos": media.videos,
        "audios": media.audios,
    }
    return {
        **counts,
        "images_per_1000": media.images / chars * 1000 if chars else None,
        **place_images(reading),
    }


def _headings(headings: Sequence[Heading], *, numbered: bool) -> dict[str, Any]:
    """How many headings there are and how most look."""
    return {
        "headings": len(headings),
        "heading_px": _median((heading.paragraph.style.size, 1) for heading in headings),
        "heading_style": _commonest(heading.style for heading in headings),
        "heading_color": _commonest(
            over(heading.paragraph.style.color, WHITE).hex for heading in headings
        ),
        "heading_mark": _commonest(
            heading.mark.hex for heading in headings if heading.mark is not None
        ),
        "heading_align": _commonest(
            _ALIGN.get(heading.paragraph.style.align, heading.paragraph.style.align)
            for heading in headings
        ),
        "numbered": _commonest(heading.numbering for heading in headings if heading.numbering)
        if numbered
        else None,
    }


def _fixed(
    boxes: list[Box], reading: Reading, parts: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """Fixed parts, lead-ins and editors, with the words and marks they were known by."""
    lead_ins, editors = find_lead_ins(reading), find_editors(boxes)
    return {
        "parts": list(parts),
        "part_words": _entries(parts),
        "lead_ins": list(lead_ins),
        "lead_in_words": _entries(lead_ins),
        "editors": list(editors),
        "editor_marks": [str(Word(editor, mark)) for editor, mark in editors.items()],
    }


def _entries(words: Mapping[str, Sequence[str]]) -> list[str]:
    return [str(Word(name, word)) for name in words for word in words[name]]


def _median(pairs: Iterable[tuple[float, int]]) -> float | None:
    """The weighted lower median: a value that occurs."""
    ordered = sorted(pairs)
    half = sum(count for _, count in ordered) / 2
    for value, count in ordered:
        half -= count
        if half <= 0:
            return round(value, 4)
    return None


def _share_of(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _commonest(words: Iterable[str]) -> str | None:
    counts = tally((word, 1) for word in words)
    return counts[0][0] if counts else None


def _minutes(runs: Sequence[Run]) -> float:
    text = "".join(run.text for run in runs)
    return round(
        len(_HAN.findall(text)) / _CHARS_A_MINUTE + len(_WORD.findall(text)) / _WORDS_A_MINUTE, 2
    )


def _indents(reading: Reading) -> dict[str, int]:
    """Characters in blocks whose first line is indented, by how."""
    indents = {"em": 0, "space": 0}
    for run in reading.runs:
        kind = reading.indent_of(run)
        if kind:
            indents[kind] += run.chars
    return indents


def _running(reading: Reading, headings: Sequence[Heading], size: float | None) -> list[Paragraph]:
    """The paragraphs of running text: in the body's size, and no headings."""
    apart = {id(heading.paragraph) for heading in headings}
    return [
        paragraph
        for paragraph in reading.paragraphs
        if id(paragraph) not in apart and round(paragraph.style.size, 2) == size
    ]


def _bold_colour(running: Sequence[Paragraph], chars: int) -> str | None:
    bold = tally(
        (over(run.style.color, WHITE).hex, run.chars)
        for paragraph in running
        for run in paragraph.runs
        if run.style.weight >= 600
    )
    return (
        bold[0][0]
        if bold and sum(count for _, count in bold) >= chars * MIN_SHARE_COUNTED
        else None
    )


def _lines(paragraph: Paragraph, width: float) -> float:
    """How many lines a paragraph takes in a column: a wide character takes its size and the
    spacing, others about half.
    """
    style, text = paragraph.style, paragraph.text
    taken = (len(text) - _NARROW_LESS * len(_NARROW.findall(text))) * style.size + len(
        text
    ) * style.spacing
    return float(max(ceil(taken / max(width - style.left - style.right, style.size, 1.0)), 1))


def _gap(reading: Reading, running: Sequence[Paragraph]) -> str | None:
    """How paragraphs are set apart: a blank line, a margin of at least a third of a line, or
    nothing.
    """
    if len(running) < 2:
        return None
    if reading.blank_lines >= len(running) / 3:
        return "blank"
    spaced = sum(
        _space_around(reading.boxes, paragraph.block)
        >= paragraph.style.size * paragraph.style.line_height / 3
        for paragraph in running
    )
    return "margin" if spaced * 2 > len(running) else "none"


def _space_around(boxes: Sequence[Box], block: int) -> float:
    """The vertical space of a block and of those it alone fills."""
    space = 0.0
    for _ in range(_CLIMB):
        if not block:
            break
        style = boxes[block].style
        space += max(style.margin[0], style.margin[2]) + max(style.padding[0], style.padding[2])
        parent = boxes[block].parent
        if boxes[parent].end - parent > (boxes[block].end - block) + 3:
            break
        block = parent
    return space


def _first_words(paragraphs: Iterable[Paragraph]) -> str | None:
    """The beginning of the first of these paragraphs that has words."""
    return next(
        (
            paragraph.text[:_BLOCK_CHARS]
            for paragraph in paragraphs
            if sum(c.isalpha() for c in paragraph.text) > 1
        ),
        None,
    )


def _newspaper_signs(size: float | None, indented: int, chars: int) -> list[str]:
    """Signs of newspaper-style layout, each named: two-character first-line indents, body text of
    18 to 20 px.
    """
    if size is None:
        return []
    return ["indent"] * (indented * 2 > chars) + ["large"] * (18 <= size <= 20)

"""The colours of one article: accents, backgrounds, the palette, tallies by how much they cover."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeVar

from analysis.layout.body.headings import shows_color
from analysis.layout.body.paragraphs import Reading
from analysis.layout.css.boxes import Box
from analysis.layout.css.colors import Color, distance, is_grey, over

__all__ = []

WHITE = Color(255, 255, 255)


_LINK = Color(
    0, 0, 238
)  # a browser's own; WeChat's sheet, mostly not in the file, paints links in its own colour


_NEAR = 60.0  # of about 765: colours nearer than this count as one


MIN_SHARE_COUNTED = 0.005  # a size or colour of fewer characters is a slip, not a choice


_PALETTE = 6


Key = TypeVar("Key")


def tally(pairs: Iterable[tuple[Key, int]]) -> list[tuple[Key, int]]:
    """Each key with its characters, most first, the first met of two equals first."""
    counts: Counter[Key] = Counter()
    for key, count in pairs:
        counts[key] += count
    return counts.most_common()


def find_accents(colors: Sequence[tuple[Color, int]], chars: int) -> list[tuple[Color, float]]:
    """Text in colours with a hue that are not the text's own, near ones taken together."""
    if not colors:
        return []
    own = colors[0][0]
    hued = [
        (color, count)
        for color, count in colors[1:]
        if not is_grey(color) and distance(color, own) > _NEAR and color != _LINK
    ]
    return [
        (color, count / chars)
        for color, count in _gather(hued)
        if count >= chars * MIN_SHARE_COUNTED / 2
    ][:_PALETTE]


def _gather(counted: Sequence[tuple[Color, int]]) -> list[tuple[Color, int]]:
    """Near colours taken together under the most used of them, most first."""
    gathered: dict[Color, int] = {}
    for color, count in counted:
        near = next((near for near in gathered if distance(near, color) <= _NEAR), color)
        gathered[near] = gathered.get(near, 0) + count
    return sorted(gathered.items(), key=lambda entry: -entry[1])


def find_distinct(colors: Iterable[Color]) -> list[Color]:
    distinct: list[Color] = []
    for color in colors:
        seen = over(color, WHITE)
        if all(distance(seen, other) > _NEAR / 2 for other in distinct):
            distinct.append(seen)
    return distinct


def find_backgrounds(reading: Reading) -> list[tuple[Color, float]]:
    """Background colours that show on white, with the share of the characters on each: a character
    lies on the nearest one.
    """
    under: list[Color | None] = []
    for number, box in enumerate(reading.boxes):
        own = over(box.style.background, WHITE) if box.tag and box.style.background.alpha else None
        under.append(
            (own if shows_color(own) else None)
            if own is not None
            else under[box.parent]
            if number
            else None
        )
    counts = tally(
        (color, run.chars) for run in reading.runs if (color := under[run.box]) is not None
    )
    return [
        (color, count / reading.chars)
        for color, count in counts
        if count >= reading.chars * MIN_SHARE_COUNTED / 2
    ][:_PALETTE]


def find_palette(
    boxes: Sequence[Box],
    colors: Sequence[tuple[Color, int]],
    accents: Sequence[tuple[Color, float]],
    backgrounds: Sequence[tuple[Color, float]],
) -> list[str]:
    """The colours that make the look: the text's, then accents, backgrounds and
    lines, each once.
    """
    lines = tally(
        (color, 1)
        for box in boxes
        if box.tag and box.style.shown
        for width, color in box.style.border
        if width >= 1 and color.alpha
    )
    wanted = [color for color, _ in [*colors[:1], *accents[:3], *backgrounds[:2], *lines[:2]]]
    palette: list[Color] = []
    for color in (over(color, WHITE) for color in wanted):
        if all(distance(color, other) > _NEAR / 4 for other in palette):
            palette.append(color)
    return [color.hex for color in palette[:_PALETTE]]

"""Names beside an axis: how wide they are, and cut to what fits.

The renderer's own cutting counts in halves of characters: a name cut within an emoji is no text any
more, and the whole chart is lost.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from itertools import accumulate, chain, count

from analysis.charts.base import alt

__all__ = ["LABEL_SIZE", "NAME_WIDTH", "fit_labels", "measure_label", "name_axis"]

LABEL_SIZE = 11
NAME_WIDTH = 100  # pixels beside an axis
_CAPITAL, _SMALL = 0.75, 0.58  # of the size, on the wide side
_JOINERS = "\u200d\ufe0e\ufe0f"  # what makes one sign of several, and is nothing at an end


def measure_label(text: str) -> float:
    """Pixels of a name at the label's size, on the wide side: a Chinese character is a square."""
    return sum(map(_width, text))


def name_axis(width: int = NAME_WIDTH, *, grid: bool = False) -> alt.Axis:
    """An axis of names that fit in `width` pixels: so much is left for them, whatever they are."""
    return alt.Axis(
        labelLimit=0, minExtent=width, maxExtent=width, domain=False, ticks=False, grid=grid
    )


def fit_labels(names: Mapping[str, str], width: float = NAME_WIDTH) -> dict[str, str]:
    """Each name, by what it is known by, as it is shown in `width` pixels: whole, or with … where
    it is cut; of those that look alike all but the first are numbered.
    """
    shown: dict[str, str] = {}
    taken: set[str] = set()
    for key, name in names.items():
        tried = chain(
            [_cut(name, width)],
            (_cut(name, width - measure_label(f"{n}")) + f"{n}" for n in count(2)),
        )
        shown[key] = next(text for text in tried if text not in taken)
        taken.add(shown[key])
    return shown


def _cut(text: str, width: float) -> str:
    if measure_label(text) <= width:
        return text
    fits = sum(end <= width - _width("…") for end in accumulate(map(_width, text)))
    return text[:fits].rstrip(_JOINERS + " ") + "…"


def _width(character: str) -> float:
    share = (
        1
        if unicodedata.east_asian_width(character) in "WFA"
        else _CAPITAL
        if character.isupper()
        else _SMALL
    )
    return LABEL_SIZE * share

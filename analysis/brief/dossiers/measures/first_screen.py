"""What a reader sees of an article before the text begins, and at its end, over an account's newest
articles. Pure.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pandas as pd

from analysis.evidence import MIN_ARTICLES

__all__ = ["FirstScreen", "measure_first_screens"]

_NEWEST = 50  # articles: what it looks like today
_SCREEN_CHARS = 150  # before an image, for it to stand on the first screen of a phone
_FIXED = 0.3  # the share of articles with the same line, from which it is a fixed one


@dataclass(frozen=True, slots=True)
class FirstScreen:
    """Of the newest `n` articles with a body: how many have an image on the first screen, of them
    only moving ones; how many invite to follow above the text; how many show the cover again, of
    `covers_known`; the line that opens and the one that closes three in ten or more.
    """

    n: int
    images: int
    moving: int
    guided: int
    covers: int
    covers_known: int
    opening: str | None
    opening_n: int
    closing: str | None
    closing_n: int


def measure_first_screens(profiled: pd.DataFrame) -> dict[str, FirstScreen]:
    """The first screen of each account with ten articles with a body, by account_id; `profiled` is
    layout.report's.
    """
    newest = profiled.sort_values(["published_at", "article_id"], ascending=[False, True])
    return {
        str(key): _measure(part.head(_NEWEST))
        for key, part in newest.groupby("account_id", sort=True)
        if len(part) >= MIN_ARTICLES
    }


def _measure(part: pd.DataFrame) -> FirstScreen:
    before = part["first_image_at"] * part["chars"]
    shown = (before <= _SCREEN_CHARS) & part["first_image_at"].notna()
    covers = part["cover_in_text"].dropna()
    opening, closing = (_commonest(part[name]) for name in ("opening", "closing"))
    return FirstScreen(
        n=len(part),
        images=int(shown.sum()),
        moving=int((shown & (part["gifs"] > 0) & (part["gifs"] == part["images"])).sum()),
        guided=sum("top_guide" in parts for parts in part["parts"]),
        covers=int(covers.sum()),
        covers_known=len(covers),
        opening=opening[0],
        opening_n=opening[1],
        closing=closing[0],
        closing_n=closing[1],
    )


def _commonest(lines: pd.Series) -> tuple[str | None, int]:
    """The line that most articles share and in how many; none below _FIXED of them."""
    counts = Counter(line for line in lines if isinstance(line, str))
    line = min(counts, key=lambda text: (-counts[text], text), default=None)
    if line is None or counts[line] < max(_FIXED * len(lines), 3):
        return None, 0
    return line, counts[line]

"""What a body says, as a sketch of a few numbers: enough to tell whether two articles are one text.
Kept while the body is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from selectolax.lexbor import LexborHTMLParser

from analysis.compute.bodies import BodyReading, load_readings
from analysis.compute.cache import FrameCache
from analysis.evidence import MIN_CHARS
from analysis.frames import fill_column
from analysis.text.normalize import normalize_words
from crawler.store import Store

__all__ = ["SKETCHES", "SKETCH_SIZE", "load_sketches", "sketch_bodies", "sketch_text"]

SKETCHES = {"article_id": "str", "chars": "int64", "sketch": "object"}
SKETCH_SIZE = 64
_SHINGLE = 8  # characters: shorter runs are shared by articles that have nothing else in common
_MIX = np.uint64(0x9E3779B97F4A7C15)


def sketch_text(text: str) -> npt.NDArray[np.int64]:
    """The 64 smallest of the hashed runs of eight characters of a folded text, sorted (bottom-k
    sketch, Broder 1997); fewer of a short text, none below 100 characters.
    """
    points = np.frombuffer(
        normalize_words(text).replace(" ", "").encode("utf-32-le", "replace"), dtype="<u4"
    ).astype(np.uint64)
    if len(points) < MIN_CHARS:
        return np.zeros(0, dtype=np.int64)
    hashed = np.zeros(len(points) - _SHINGLE + 1, dtype=np.uint64)
    for offset in range(_SHINGLE):
        hashed = (hashed ^ points[offset : len(points) - _SHINGLE + 1 + offset]) * _MIX
        hashed ^= hashed >> np.uint64(29)
    smallest: npt.NDArray[np.int64] = np.unique((hashed >> np.uint64(1)).astype(np.int64))[
        :SKETCH_SIZE
    ]
    return smallest


def sketch_bodies(bodies: Iterable[tuple[str, str]]) -> pd.DataFrame:
    """The sketch of each body, given as (article_id, inner HTML): article_id str, chars int64 of
    its text, sketch, an int64 array; sorted by article_id.
    """
    return _as_arrays(
        _READING.frame(
            row for article_id, body in bodies for row in _sketch(article_id, body, None)
        ).sort_values("article_id", ignore_index=True)
    )


def load_sketches(
    store: Store, *, accounts: Sequence[str] | None = None, cache: FrameCache | None = None
) -> pd.DataFrame:
    """The sketches of a store's bodies (of some accounts'), made anew only where a body is new. The
    same frame as sketch_bodies gives. Raises StoreError.
    """
    numbers = (
        None
        if accounts is None
        else [account["account_pk"] for account in store.find_accounts(accounts)]
    )
    return _as_arrays(load_readings(store, _READING, accounts=numbers, context={}, cache=cache))


def _sketch(article_id: str, body: str, _: None) -> Iterator[dict[str, Any]]:
    text = LexborHTMLParser(body).text(separator=" ") if body else ""
    yield {"article_id": article_id, "chars": len(text), "sketch": sketch_text(text).tolist()}


def _as_arrays(sketches: pd.DataFrame) -> pd.DataFrame:
    return sketches.assign(
        sketch=fill_column(
            (np.asarray(sketch, dtype=np.int64) for sketch in sketches["sketch"]), "object"
        )
    )


_READING = BodyReading("body_sketches", SKETCHES, _sketch)

"""What a body says, as a sketch of a few numbers: enough to tell whether two articles are one text. Kept while the article's profile is the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from selectolax.lexbor import LexborHTMLParser

from analysis.frames import iter_bodies
from analysis.grams import fold_words
from analysis.kept import Kept, kept_beside, key_of_code
from crawler.store import Store

__all__ = ["SKETCHES", "SKETCH_SIZE", "load_sketches", "sketch_bodies", "sketch_text"]

SKETCHES = {"article_id": "str", "chars": "int64", "sketch": "object"}
SKETCH_SIZE = 64
_SHINGLE = 8  # characters: shorter runs are shared by articles that have nothing else in common
_LEAST_CHARS = 100  # a body of pictures with a line of thanks is no text
_NAME = "body_sketches"
_MIX = np.uint64(0x9E3779B97F4A7C15)


def sketch_text(text: str) -> npt.NDArray[np.int64]:
    """The 64 smallest of the hashed runs of eight characters of a folded text, sorted (bottom-k sketch, Broder 1997); fewer of a short text, none below 100 characters."""
    points = np.frombuffer(fold_words(text).replace(" ", "").encode("utf-32-le", "replace"), dtype="<u4").astype(np.uint64)
    if len(points) < _LEAST_CHARS:
        return np.zeros(0, dtype=np.int64)
    hashed = np.zeros(len(points) - _SHINGLE + 1, dtype=np.uint64)
    for offset in range(_SHINGLE):
        hashed = (hashed ^ points[offset : len(points) - _SHINGLE + 1 + offset]) * _MIX
        hashed ^= hashed >> np.uint64(29)
    smallest: npt.NDArray[np.int64] = np.unique((hashed >> np.uint64(1)).astype(np.int64))[:SKETCH_SIZE]
    return smallest


def sketch_bodies(bodies: Iterable[tuple[str, str]]) -> pd.DataFrame:
    """The sketch of each body, given as (article_id, inner HTML): article_id str, chars int64 of its text, sketch, an int64 array; sorted by article_id."""
    rows = []
    for article_id, body in bodies:
        text = LexborHTMLParser(body).text(separator=" ") if body else ""
        rows.append({"article_id": article_id, "chars": len(text), "sketch": sketch_text(text)})
    return _frame(rows)


def load_sketches(store: Store, profiles: pd.DataFrame, *, accounts: Sequence[str] | None = None, kept: Kept | None = None) -> pd.DataFrame:
    """The sketches of the articles in `profiles` (profiles.load_profiles), made anew only where one is new or its profile has changed.

    A body whose characters, pictures, headings and links all count the same as before is not read again. Raises StoreError.
    """
    shelf = kept or kept_beside(store)
    code = key_of_code(("body_sketches.py", "grams.py"))
    marks = dict(zip(profiles["article_id"], _marks(profiles), strict=True))
    old = shelf.load(_NAME, code)
    held: dict[str, dict[Any, Any]] = {} if old is None else {row["article_id"]: row for row in old.to_dict("records")}
    if any(held.get(key, {}).get("mark") != mark for key, mark in marks.items()):
        fresh = sketch_bodies(pair for pair in iter_bodies(store, accounts=accounts) if held.get(pair[0], {}).get("mark") != marks.get(pair[0]))
        held |= {row["article_id"]: {**row, "mark": marks.get(row["article_id"], 0)} for row in fresh.to_dict("records")}
        shelf.save(_NAME, code, pd.DataFrame([{**held[key], "sketch": list(held[key]["sketch"])} for key in sorted(held)]))
    return _frame([held[key] for key in sorted(marks) if key in held])


def _marks(profiles: pd.DataFrame) -> list[int]:
    plain = profiles[[column for column in profiles.columns if str(profiles[column].dtype) in ("int64", "float64")]]
    return [int(mark) >> 1 for mark in pd.util.hash_pandas_object(plain, index=False)]


def _frame(rows: Sequence[dict[Any, Any]]) -> pd.DataFrame:
    ordered = sorted(rows, key=lambda row: str(row["article_id"]))
    held = np.empty(len(ordered), dtype=object)
    for at, row in enumerate(ordered):
        held[at] = np.asarray(row["sketch"], dtype=np.int64)
    sketches = pd.Series(held, dtype="object")
    return pd.DataFrame({
        "article_id": pd.Series([row["article_id"] for row in ordered], dtype="str"), "chars": pd.Series([row["chars"] for row in ordered], dtype="int64"), "sketch": sketches,
    })  # fmt: skip

"""The similarity of other accounts to one in content columns, cadence and layout: one number each,
0 to 1, missing where too little is known.

Each function takes the frame of that analysis and compares it; none looks at articles. Similarity
of content is similar.py's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import pandas as pd

from analysis.evidence import MIN_ARTICLES
from analysis.frames import check_frame

__all__ = [
    "SIMILARITY_FIELDS",
    "add_similarity",
    "cadence_similarity",
    "column_similarity",
    "layout_similarity",
]

SIMILARITY_FIELDS = {"columns": "float64", "cadence": "float64", "layout": "float64"}
_AMOUNTS = ("pushes_per_week", "articles_per_push", "active_day_share")
_CADENCE = {
    "account_id": "str",
    "regularity": "str",
    "busiest_hour": "Int64",
    **dict.fromkeys(_AMOUNTS, "float64"),
}
_COLUMNS = {"account_id": "str", "content_column": "str", "share": "float64"}
_SIZES = ("font_size_px", "images_per_1000", "chars")
_LAYOUT = {
    "account_id": "str",
    "n_text": "int64",
    "text_align": "str",
    **dict.fromkeys(_SIZES, "float64"),
}


def cadence_similarity(figures: pd.DataFrame, account_id: str) -> pd.Series:
    """Similarity of cadence: the mean, over the figures known of both, of smaller / larger of
    pushes a week, articles a push and the share of days with a push, and of 1 − hours apart / 12 of
    the busiest hours (round the clock).

    `figures` as describe_cadence gives them. Returns float64 by account_id, in the order given;
    missing where either has too few pushes for their regularity to be named. Raises FrameError.
    """
    check_frame(figures, _CADENCE, name="figures")
    enough = figures.assign(
        known=figures["pushes_per_week"].mask(figures["regularity"] == "样本不足")
    )
    return _compare_rows(enough, account_id, _cadence_row_similarity, needed="known")


def layout_similarity(layouts: pd.DataFrame, account_id: str) -> pd.Series:
    """Similarity of layout: the mean, over the figures known of both, of smaller / larger of type
    size, images per 1,000 characters and characters an article, and of 1 or 0 for the same
    alignment or another.

    `layouts` as measure_layouts gives them. Returns float64 by account_id, in the order given;
    missing where either has fewer than MIN_LAID_OUT articles of text with a body. Raises
    FrameError.
    """
    check_frame(layouts, _LAYOUT, name="layouts")
    enough = layouts.assign(known=layouts["n_text"].where(layouts["n_text"] >= MIN_ARTICLES))
    return _compare_rows(enough, account_id, _layout_row_similarity, needed="known")


def column_similarity(columns: pd.DataFrame, account_id: str) -> pd.Series:
    """Similarity of content columns: how well the names of one account's columns match those of
    the other's, weighted by the share of articles in each, as the mean of both directions.
    Two names are as alike as the pairs of characters they share (Dice).

    `columns` as describe_columns gives them. Returns float64 by account_id, sorted; accounts with
    no column are not in it, and all is missing where the account itself has none. Raises
    FrameError.
    """
    check_frame(columns, _COLUMNS, name="columns")
    shares = {
        str(key): _named_shares(part) for key, part in columns.groupby("account_id", sort=True)
    }
    mine = shares.get(account_id)
    similarities = {
        key: None
        if mine is None
        else (_matched_share(mine, other) + _matched_share(other, mine)) / 2
        for key, other in shares.items()
    }
    return pd.Series(similarities, dtype="float64").rename_axis("account_id")


def add_similarity(ranked: pd.DataFrame, similarities: Mapping[str, pd.Series]) -> pd.DataFrame:
    """The ranked accounts with the columns of SIMILARITY_FIELDS: float64 each, missing where it is
    not given or not known. The order stays.
    """
    columns = {
        name: ranked["account_id"]
        .map(similarities.get(name, pd.Series(dtype="float64")))
        .astype("float64")
        for name in SIMILARITY_FIELDS
    }
    return ranked.assign(**columns)


def _compare_rows(
    frame: pd.DataFrame, account_id: str, similarity: Any, *, needed: str
) -> pd.Series:
    rows = {
        str(row["account_id"]): row for row in frame.to_dict("records") if pd.notna(row[needed])
    }
    mine = rows.get(account_id)
    similarities = [
        similarity(mine, rows[key]) if mine is not None and key in rows else None
        for key in frame["account_id"]
    ]
    return pd.Series(
        similarities, index=pd.Index(frame["account_id"], name="account_id"), dtype="float64"
    )


def _cadence_row_similarity(a: Mapping[Any, Any], b: Mapping[Any, Any]) -> float:
    similarities = [_ratio(a[name], b[name]) for name in _AMOUNTS if _both(a, b, name)]
    if _both(a, b, "busiest_hour"):
        apart = abs(int(a["busiest_hour"]) - int(b["busiest_hour"]))
        similarities.append(1 - min(apart, 24 - apart) / 12)
    return sum(similarities) / len(similarities)


def _layout_row_similarity(a: Mapping[Any, Any], b: Mapping[Any, Any]) -> float:
    similarities = [_ratio(a[name], b[name]) for name in _SIZES if _both(a, b, name)]
    if _both(a, b, "text_align"):
        similarities.append(float(a["text_align"] == b["text_align"]))
    return sum(similarities) / len(similarities)


def _both(a: Mapping[Any, Any], b: Mapping[Any, Any], name: str) -> bool:
    return bool(pd.notna(a[name]) and pd.notna(b[name]))


def _ratio(a: float, b: float) -> float:
    return 1.0 if a == b else min(a, b) / max(a, b)


def _named_shares(part: pd.DataFrame) -> list[tuple[frozenset[str], float]]:
    return [
        (_pairs(name), share)
        for name, share in zip(part["content_column"], part["share"], strict=True)
    ]


def _pairs(name: str) -> frozenset[str]:
    """The pairs of neighbouring characters of a name, with its ends."""
    return frozenset(a + b for a, b in pairwise(f" {name.casefold()} "))


def _matched_share(
    these: Sequence[tuple[frozenset[str], float]], those: Sequence[tuple[frozenset[str], float]]
) -> float:
    best = [
        (max(2 * len(pairs & other) / (len(pairs) + len(other)) for other, _ in those), share)
        for pairs, share in these
    ]
    return sum(dice * share for dice, share in best) / sum(share for _, share in best)

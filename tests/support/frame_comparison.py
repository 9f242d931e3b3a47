"""What the analyses hand to a comparison, in a few visible figures, for tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.peers.dimensions import DIMENSIONS
from analysis.peers.matrix import build_matrix
from analysis.peers.measured import NEEDED, Measured
from tests.support.small_frames import accounts

USUAL: Mapping[str, Mapping[str, Any]] = {
    "sizes": {
        "articles": 40,
        "first": pd.Timestamp("2026-01-01", tz="Asia/Shanghai"),
        "last": pd.Timestamp("2026-06-30", tz="Asia/Shanghai"),
    },
    "coverage": {"coverage": None},
    "cadence": {
        "pushes": 30,
        "pushes_per_week": 2.0,
        "pushes_per_week_low": 1.8,
        "pushes_per_week_high": 2.2,
        "articles_per_push": 1.5,
        "regularity": "不规律",
        "busiest_hour": 20,
        "busiest_hour_share": 0.5,
        "pushes_timed": 30,
    },
    "columns": {
        "columns": 3,
        "column_share": 0.4,
        "main_column": "避坑",
        "main_column_n": 12,
        "main_interval_days": 7.0,
    },
    "purposes": {
        "purpose_n": 40,
        "top_purposes": {"干货教程": 0.5},
        "reader_share": 0.6,
        "self_share": 0.1,
    },
    "titles": {
        "titles": 40,
        "length_median": 15.0,
        "with_brackets_share": 0.2,
        "with_digits_share": 0.3,
        "question_share": 0.1,
        "original_known": 40,
        "original_share": 0.8,
    },
    "layouts": {
        "layout_n": 40,
        "text_n": 38,
        "font_size_px": 15.0,
        "line_height": 1.75,
        "chars": 900.0,
        "images": 4.0,
        "consistency": 0.9,
        "consistency_n": 40,
        "made_with": {"秀米": 0.5},
    },
}


def measured(names: list[str], **changed: Mapping[str, Mapping[str, Any]]) -> Measured:
    """The frames of accounts by name, alike but for `changed`: frame → name → figures."""
    frames = {}
    for part, usual in USUAL.items():
        rows = [
            {"account_id": f"id-{name}", **usual, **changed.get(part, {}).get(name, {})}
            for name in names
        ]
        frames[part] = pd.DataFrame(
            {
                column: pd.Series([row[column] for row in rows], dtype=dtype)
                for column, dtype in NEEDED[part].items()
            }
        )
    ids = [f"id-{name}" for name in names]
    formats = pd.DataFrame(
        {
            "account_id": pd.Series(ids * 2, dtype="str"),
            "kind": pd.Series(["article"] * len(ids) + ["image"] * len(ids), dtype="str"),
            "articles": [30] * len(ids) + [10] * len(ids),
        }
    )
    slots = pd.DataFrame(
        {
            "account_id": pd.Series(ids * 2, dtype="str"),
            "position": [1] * len(ids) + [2] * len(ids),
            "articles": [30] * len(ids) + [10] * len(ids),
        }
    )
    return Measured(
        **frames,
        titled=pd.Series(40, index=ids),
        formats=formats.astype(NEEDED["formats"]),
        slots=slots.astype(NEEDED["slots"]),
    )


def matrix_of(figures: Mapping[str, Mapping[str, Any]], *, own: str | None = None) -> pd.DataFrame:
    """A matrix of accounts by name with some figures of DIMENSIONS as given and the others missing;
    n are 40.
    """
    owners = accounts(
        *({"account": name, "role": "own" if name == own else "direct"} for name in figures)
    )
    matrix = build_matrix(owners, measured(list(figures)))
    columns = {
        key: pd.Series([figures[name].get(key) for name in matrix["account"]], dtype="float64")
        for key in DIMENSIONS
    }
    return matrix.assign(**columns)

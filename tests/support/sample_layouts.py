"""The sample's articles and layout profiles, straight from its bodies, with the planted template of
each.
"""

from __future__ import annotations

import gzip
import json
from datetime import datetime
from functools import lru_cache
from typing import Any

import pandas as pd

from analysis.layout.load import profile_bodies
from crawler.records import BEIJING
from tests.support.places import SAMPLE
from tests.support.small_frames import article, articles

__all__ = ["SAMPLE", "read_sample_layouts", "read_sample_truth"]


@lru_cache(maxsize=1)
def read_sample_layouts() -> tuple[pd.DataFrame, pd.DataFrame, dict[str, str]]:
    """(articles, profiles, planted template by article_id) of every article that has a planted
    template; article_id is the token.
    """
    with gzip.open(SAMPLE / "articles.jsonl.gz", "rt", encoding="utf-8") as file:
        rows: list[dict[str, Any]] = [
            row for row in map(json.loads, file) if row["template"] and row["body"]
        ]
    rows.sort(key=lambda row: (row["account"], row["published_at"], row["idx"], row["token"]))
    times = [
        f"{datetime.fromtimestamp(row['published_at'], BEIJING):%Y-%m-%d %H:%M:%S}" for row in rows
    ]
    frame = articles(
        article(
            at,
            row["title"],
            account=row["account"],
            article_id=row["token"],
            position=row["idx"],
            kind=row["kind"],
        )
        for at, row in zip(times, rows, strict=True)
    )
    profiles = profile_bodies(
        [(row["token"], row["body"]) for row in rows],
        covers={row["token"]: (row["cover"], None) for row in rows},
    )
    return frame, profiles, {row["token"]: row["template"] for row in rows}


def read_sample_truth() -> dict[str, Any]:
    """truth.json's accounts."""
    found: dict[str, Any] = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))[
        "accounts"
    ]
    return found

"""The sample's articles as the articles frame, straight from its file: quick, for tests that need
no store.
"""

from __future__ import annotations

import gzip
import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from tests.support.places import SAMPLE
from tests.support.small_frames import article, articles


def sample_rows() -> list[dict[str, Any]]:
    """The sample's rows as they were planted, in the file's order."""
    with gzip.open(SAMPLE / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def sample_truth() -> dict[str, Any]:
    """What was planted: columns, rhythm, life-cycles."""
    truth: dict[str, Any] = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))
    return truth


def sample_frame() -> pd.DataFrame:
    """The articles frame; an account's id is its key in the truth, an article's its token."""
    owners = {
        owner["key"]: owner
        for owner in json.loads((SAMPLE / "accounts.json").read_text(encoding="utf-8"))
    }
    albums = {album["id"]: album["title"] for owner in owners.values() for album in owner["albums"]}
    rows = []
    for row in sample_rows():
        at = datetime.fromtimestamp(row["published_at"], ZoneInfo("Asia/Shanghai")).strftime(
            "%Y-%m-%d %H:%M:%S"
        )
        titles = [albums.get(str(album), str(album)) for album in row["albums"]]
        more = {
            "account": owners[row["account"]]["name"],
            "account_id": row["account"],
            "push_id": row["mid"],
            "position": row["idx"],
            "kind": row["kind"],
        }
        rows.append(
            article(
                at,
                row["title"],
                article_id=row["token"],
                albums=titles,
                url=f"https://mp.weixin.qq.com/s/{row['token']}",
                **{k: v for k, v in more.items() if k != "account"},
                account=more["account"],
            )
        )
    return articles(rows)

"""The invented sample as an articles frame, accounts by their key, without the store between."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from crawler.records import BEIJING
from crawler.replica.content import read_sample
from tests.support.places import SAMPLE
from tests.support.small_frames import article, articles


def sample_articles() -> pd.DataFrame:
    """Every article of the sample."""
    return articles(_row(row) for row in read_sample(SAMPLE))


def _row(row: dict[str, object]) -> dict[str, object]:
    at = row["published_at"]
    moment = (
        datetime.fromisoformat(at)
        if isinstance(at, str)
        else datetime.fromtimestamp(float(str(at)), BEIJING)
    )
    shown = f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"
    return article(
        shown,
        str(row["title"]),
        account=str(row["account"]),
        push_id=str(row["mid"]),
        position=row["idx"],
        kind=row["kind"],
    )

"""The invented sample as an articles frame, accounts by their key, without the store between."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pandas as pd
from small_frames import article, articles

from crawler.records import BEIJING
from crawler.shelf import read_sample

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "sample"


def sample_articles() -> pd.DataFrame:
    """Every article of the sample."""
    return articles(_row(row) for row in read_sample(SAMPLE))


def _row(row: dict[str, object]) -> dict[str, object]:
    at = row["published_at"]
    moment = datetime.fromisoformat(at) if isinstance(at, str) else datetime.fromtimestamp(float(str(at)), BEIJING)
    shown = f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"
    return article(shown, str(row["title"]), account=str(row["account"]), push_id=str(row["mid"]), position=row["idx"], kind=row["kind"])

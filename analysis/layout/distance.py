"""How far an account's layout lies from its peers'. Pure."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.evidence import MIN_ACCOUNTS, MIN_ARTICLES
from analysis.frames import check_frame
from analysis.layout.measures import MEASURES, Feature
from analysis.rows import frame_of

__all__ = ["DISTANCES", "measure_distances", "shown_figure"]


DISTANCES = {
    "account_id": "str",
    "account": "str",
    "feature": "str",
    "n": "int64",
    "median": "float64",
    "peers": "int64",
    "peer_median": "float64",
    "peer_low": "float64",
    "peer_high": "float64",
    "gap": "float64",
    "outside": "boolean",
}
_NONE = np.zeros(0)


def measure_distances(measures: pd.DataFrame) -> pd.DataFrame:
    """Each account's medians beside those of the other accounts, feature by feature.

    `measures` is measures.measure_features'. Peers are the other accounts with at least 10 articles
    that have the figure. Returns median and n as there; peers how many; peer_median the median of
    their medians, peer_low and peer_high the lowest and highest of them, gap = median −
    peer_median, outside whether it lies beyond all of them: missing below three peers or 10 own
    articles. Units as in `measures`; its order. Raises FrameError.
    """
    check_frame(measures, MEASURES, name="measures")
    enough = measures[measures["n"] >= MIN_ARTICLES]
    by_feature = {
        str(name): (part["account_id"].to_numpy(dtype=object), part["median"].to_numpy())
        for name, part in enough.groupby("feature")
    }
    rows = []
    for row in measures.to_dict("records"):
        owners, medians = by_feature.get(row["feature"], (_NONE, _NONE))
        others = medians[owners != row["account_id"]]
        comparable = len(others) >= MIN_ACCOUNTS and row["n"] >= MIN_ARTICLES
        median, low, high = (
            (float(np.median(others)), float(others.min()), float(others.max()))
            if comparable
            else (None, None, None)
        )
        rows.append(
            {
                **{name: row[name] for name in ("account_id", "account", "feature", "n", "median")},
                "peers": len(others),
                "peer_median": median,
                "peer_low": low,
                "peer_high": high,
                "gap": None if median is None else row["median"] - median,
                "outside": None
                if low is None or high is None
                else not low <= row["median"] <= high,
            }
        )
    return frame_of(rows, DISTANCES)


def shown_figure(feature: Feature, value: float) -> str:
    """A figure with its unit for people; shares as per cent."""
    number = value * 100 if feature.unit == "%" else value
    text = f"{number:.{feature.digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{text}{'' if feature.unit == '%' else ' '}{feature.unit}".strip()

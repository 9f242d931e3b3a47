"""When an account changed its template families, and how consistently it uses them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import chdtrc

from analysis.evidence import MIN_ARTICLES, MIN_REDESIGN_ARTICLES
from analysis.frames import TIME, check_frame
from analysis.layout.entries import Change
from analysis.layout.templates import ASSIGNED, NUMERIC_FEATURES, TEMPLATES, frame_of_rows

__all__ = ["REDESIGNS", "CONSISTENCIES", "find_redesigns", "measure_consistency"]

REDESIGNS = {
    "account_id": "str",
    "account": "str",
    "at": TIME,
    "article_id": "str",
    "before": "int64",
    "after": "int64",
    "n_before": "int64",
    "n_after": "int64",
    "share_before": "float64",
    "share_after": "float64",
    "changed": "object",
}


CONSISTENCIES = {
    "account_id": "str",
    "account": "str",
    "n": "int64",
    "since": TIME,
    "templates": "int64",
    "consistency": "float64",
}


_MOVED = 0.5  # of the share of families that a redesign moves


_DOUBT = 0.001


def find_redesigns(assigned: pd.DataFrame, templates: pd.DataFrame) -> pd.DataFrame:
    """When an account changed its templates for good, to the article.

    A redesign is a split of the dated articles at which the mix of families differs most
    (likelihood ratio of two multinomials against one, kept where χ² gives it less than 0.001 ÷ n by
    chance; sought again on both sides), the leading family changes and at least half of the mix
    moves. `at` and `article_id` are the first article of the new leading family from the split on;
    before, after are the leading families with their shares of n_before and n_after articles (to
    the neighbouring redesigns); changed lists what differs (entries.Change). Sorted by
    account, account_id, at. Raises FrameError.
    """
    check_frame(assigned, ASSIGNED, name="assigned")
    check_frame(templates, TEMPLATES, name="templates")
    rows = []
    for (account, account_id), own in assigned[assigned["published_at"].notna()].groupby(
        ["account", "account_id"]
    ):
        families = own["template"].to_numpy()
        edges = [0, *_splits(families), len(families)]
        looks = {
            row["template"]: row
            for row in templates[templates["account_id"] == account_id].to_dict("records")
        }
        for begin, cut, end in zip(edges, edges[1:], edges[2:], strict=False):
            before, after = _leading(families[begin:cut]), _leading(families[cut:end])
            first = own.iloc[cut + int(np.argmax(families[cut:end] == after[0]))]
            rows.append(
                {
                    "account_id": account_id,
                    "account": account,
                    "at": first["published_at"],
                    "article_id": first["article_id"],
                    "before": before[0],
                    "after": after[0],
                    "n_before": cut - begin,
                    "n_after": end - cut,
                    "share_before": before[1],
                    "share_after": after[1],
                    "changed": _entries(looks[before[0]], looks[after[0]]),
                }
            )
    return frame_of_rows(rows, REDESIGNS)


def _leading(families: NDArray[np.int64]) -> tuple[int, float]:
    counts = np.bincount(families)
    return int(counts.argmax()), float(counts.max() / len(families))


def _splits(families: NDArray[np.int64]) -> list[int]:
    """Where the mix of families changes for good: binary segmentation, then the weakest split that
    moves too little goes until all stand.
    """
    splits, todo = [], [(0, len(families))]
    while todo:
        low, high = todo.pop()
        cut = _best_split(families[low:high])
        if cut is not None:
            splits.append(low + cut)
            todo += [(low, low + cut), (low + cut, high)]
    splits.sort()
    while splits:
        edges = [0, *splits, len(families)]
        moved = [
            _moved(families[a:b], families[b:c])
            for a, b, c in zip(edges, edges[1:], edges[2:], strict=False)
        ]
        if min(moved) >= _MOVED:
            break
        del splits[moved.index(min(moved))]
    return splits


def _moved(before: NDArray[np.int64], after: NDArray[np.int64]) -> float:
    """The share of the mix that moves between two stretches; 0 where the leading family stays."""
    size = int(max(before.max(), after.max())) + 1
    shares = (
        np.bincount(before, minlength=size) / len(before),
        np.bincount(after, minlength=size) / len(after),
    )
    return (
        float(np.abs(shares[0] - shares[1]).sum() / 2)
        if shares[0].argmax() != shares[1].argmax()
        else 0.0
    )


def _best_split(families: NDArray[np.int64]) -> int | None:
    """The split with the highest likelihood ratio, if it is no chance."""
    size = len(families)
    if size < 2 * MIN_REDESIGN_ARTICLES:
        return None
    kinds = np.unique(families)
    before = np.cumsum(families[:, None] == kinds[None, :], axis=0)[:-1].astype(float)
    whole = before[-1] + (families[-1] == kinds)
    after = whole - before
    n_before = np.arange(1, size, dtype=float)
    gain = (
        _log_likelihood(before, n_before)
        + _log_likelihood(after, size - n_before)
        - _log_likelihood(whole[None, :], np.array([float(size)]))
    )
    gain[: MIN_REDESIGN_ARTICLES - 1] = gain[size - MIN_REDESIGN_ARTICLES :] = -np.inf
    best = int(gain.argmax())
    by_chance = (
        float(chdtrc(max(len(kinds) - 1, 1), 2 * gain[best])) * size
    )  # the chi-squared tail, without scipy.stats: 0.7 s to load
    return best + 1 if by_chance < _DOUBT else None


def _log_likelihood(counts: NDArray[np.float64], sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    shares = np.where(counts > 0, counts / sizes[:, None], 1.0)
    likelihood: NDArray[np.float64] = (counts * np.log(shares)).sum(axis=1)
    return likelihood


def _entries(before: Mapping[Any, Any], after: Mapping[Any, Any]) -> list[str]:
    return [str(change) for change in _changes(before, after)]


def _changes(before: Mapping[Any, Any], after: Mapping[Any, Any]) -> Iterator[Change]:
    """What differs between two families."""
    for name, (_, same) in {**NUMERIC_FEATURES, "heading_px": (0.0, 0.6)}.items():
        if (
            pd.notna(before[name])
            and pd.notna(after[name])
            and abs(before[name] - after[name]) > same
        ):
            yield Change(name, f"{before[name]:g}", f"{after[name]:g}")
    for name in ("text_align", "text_color", "indent", "paragraph_gap", "heading_style", "editor"):
        old, new = ("" if pd.isna(look[name]) else str(look[name]) for look in (before, after))
        if old != new:
            yield Change(name, old, new)


def measure_consistency(assigned: pd.DataFrame, redesigns: pd.DataFrame) -> pd.DataFrame:
    """How consistently an account uses its templates now: the chance, 0 to 1, that two of its
    articles are of one family.

    Counted over the dated articles since the last redesign (all where there is none), each pair
    once: Σ nᵢ(nᵢ−1) ÷ n(n−1), Simpson's index. 1 is one template for everything; two used half and
    half give 0.5. Returns n, since (the last redesign, missing where there is none), templates that
    stand in it, consistency (missing below 10 articles); sorted by account, account_id.
    Raises FrameError.
    """
    check_frame(assigned, ASSIGNED, name="assigned")
    check_frame(redesigns, REDESIGNS, name="redesigns")
    last = redesigns.groupby("account_id")["at"].max()
    rows = []
    for (account, account_id), own in assigned.groupby(["account", "account_id"]):
        since = last.get(account_id)
        part = own if since is None else own[own["published_at"] >= since]
        counts, n = part["template"].value_counts(), len(part)
        value = float((counts * (counts - 1)).sum() / (n * (n - 1))) if n >= MIN_ARTICLES else None
        rows.append(
            {
                "account_id": account_id,
                "account": account,
                "n": n,
                "since": since,
                "templates": len(counts),
                "consistency": value,
            }
        )
    return frame_of_rows(rows, CONSISTENCIES)

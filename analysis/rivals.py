"""All there is to say of rivals together: how they began, gaps, overlaps. From frames, or from a store, where it is kept while nothing changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from analysis.beginnings import compare_steady, cut_phases, judge_beginnings, judge_steady
from analysis.body_sketches import load_sketches
from analysis.cadence import build_pushes
from analysis.column_runs import list_runs
from analysis.columns.matching import match_columns
from analysis.frames import ACCOUNTS, ARTICLES, check_frame
from analysis.gaps import find_gaps
from analysis.kept import kept_beside, key_of, key_of_code
from analysis.layout_families import assign_templates, describe_templates, find_redesigns
from analysis.overlap import find_overlaps
from analysis.timing.changes import find_changes
from crawler.store import Store

__all__ = ["Rivals", "load_rivals", "measure_rivals"]

_NAME = "rivals"
_MADE_BY = (
    "rivals.py", "beginnings.py", "body_sketches.py", "cadence.py", "column_runs.py", "columns/*.py", "gaps.py", "grams.py", "layout_families.py", "marks.py",
    "overlap.py", "timing/*.py", "title_vectors.py",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Rivals:
    """Frames about the same accounts: see beginnings.py (began, phases, steady, shared), gaps.find_gaps and overlap.find_overlaps."""

    began: pd.DataFrame
    phases: pd.DataFrame
    steady: pd.DataFrame
    shared: pd.DataFrame
    gaps: pd.DataFrame
    overlaps: pd.DataFrame


def measure_rivals(
    articles: pd.DataFrame, assigned: pd.DataFrame, accounts: pd.DataFrame, coverage: pd.DataFrame, profiles: pd.DataFrame, *,
    since: datetime | None = None, sketches: pd.DataFrame | None = None,
) -> Rivals:  # fmt: skip
    """Everything of Rivals, of frames as load_articles, assign_columns (themes included), load_accounts, load_coverage and load_profiles give them.

    `since` is where the window asked for begins, `sketches` the articles' bodies (body_sketches.load_sketches). Accounts with the role
    "own" are the own side, all others rivals. Raises FrameError.
    """
    check_frame(articles, ARTICLES, name="articles")
    check_frame(accounts, ACCOUNTS, name="accounts")
    pushes, runs = build_pushes(articles), list_runs(assigned)
    changes = find_changes(pushes)
    shares = (
        {}
        if coverage.empty
        else {str(key): None if pd.isna(share) else float(share) for key, share in zip(coverage["account_id"], coverage["coverage"], strict=True)}
    )
    began = judge_beginnings(articles, pushes, coverage=shares, since=None if since is None else pd.Timestamp(since))
    templates = assign_templates(articles, profiles)
    layouts = templates[["article_id", "template"]].merge(profiles[["article_id", "font_size_px", "images"]], on="article_id")
    redesigns = find_redesigns(templates, describe_templates(templates, profiles))
    phases = cut_phases(articles, pushes, assigned, began=began, changes=changes, runs=runs, layouts=layouts, redesigns=redesigns)
    steady = judge_steady(pushes, phases, changes)
    own = [str(key) for key in accounts.loc[accounts["role"] == "own", "account_id"]]
    rivals = [str(key) for key in articles["account_id"].unique() if key not in own]
    gaps = find_gaps(assigned, runs, match_columns(assigned), own=own, rivals=rivals)
    return Rivals(began, phases, steady, compare_steady(phases, steady), gaps, find_overlaps(articles, sketches=sketches))


def load_rivals(
    store: Store, articles: pd.DataFrame, assigned: pd.DataFrame, accounts: pd.DataFrame, coverage: pd.DataFrame, profiles: pd.DataFrame, *,
    since: datetime | None = None, wanted: Sequence[str] | None = None,
) -> Rivals:  # fmt: skip
    """measure_rivals, kept beside the store: computed anew only where a frame, the window or this code is another. `wanted` names the accounts asked for.

    Raises StoreError and FrameError.
    """
    shelf = kept_beside(store)
    key = key_of(
        [key_of_code(_MADE_BY), repr(since), *(_digest(frame) for frame in (articles, assigned, accounts[["account_id", "role"]], coverage, profiles))]
    )
    names = [field.name for field in fields(Rivals)]
    held = {name: shelf.load(f"{_NAME}_{name}", key) for name in names}
    if all(frame is not None for frame in held.values()):
        return Rivals(**{name: _restore(frame) for name, frame in held.items() if frame is not None})
    sketches = load_sketches(store, profiles, accounts=wanted)
    made = measure_rivals(articles, assigned, accounts, coverage, profiles, since=since, sketches=sketches)
    for name in names:
        shelf.save(f"{_NAME}_{name}", key, getattr(made, name))
    return made


def _digest(frame: pd.DataFrame) -> bytes:
    """What a frame holds, lists by their words."""
    plain = frame.assign(**{name: [_words(value) for value in frame[name]] for name in frame.columns if frame[name].dtype == object})
    hashed: bytes = pd.util.hash_pandas_object(plain, index=False).to_numpy().tobytes()
    return hashed


def _words(value: Any) -> str:
    return "\0".join(map(str, value)) if isinstance(value, Iterable) and not isinstance(value, str) else str(value)


def _restore(frame: pd.DataFrame) -> pd.DataFrame:
    """Lists as lists again, which Parquet gives back as arrays."""
    return frame.assign(**{name: pd.Series([_listed(value) for value in frame[name]], dtype="object") for name in frame.columns if frame[name].dtype == object})


def _listed(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value

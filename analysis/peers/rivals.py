"""All there is to say of rivals together: how they began, gaps, overlaps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from analysis.cadence.changes import find_changes
from analysis.cadence.pushes import build_pushes
from analysis.columns.matching import match_columns
from analysis.columns.runs import list_runs
from analysis.frames import ACCOUNTS, ARTICLES, check_frame
from analysis.layout.templates import assign_templates, describe_templates, find_redesigns
from analysis.peers.beginnings import (
    classify_beginnings,
    classify_steady,
    compare_steady,
    cut_phases,
)
from analysis.peers.gaps import find_gaps
from analysis.peers.overlap import find_overlaps

__all__ = ["Rivals", "measure_rivals"]


@dataclass(frozen=True, slots=True, eq=False)
class Rivals:
    """Frames about the same accounts: see beginnings.py (began, phases, steady, shared),
    gaps.find_gaps and overlap.find_overlaps.
    """

    began: pd.DataFrame
    phases: pd.DataFrame
    steady: pd.DataFrame
    shared: pd.DataFrame
    gaps: pd.DataFrame
    overlaps: pd.DataFrame


def measure_rivals(
    articles: pd.DataFrame,
    assigned: pd.DataFrame,
    accounts: pd.DataFrame,
    coverage: pd.DataFrame,
    profiles: pd.DataFrame,
    *,
    since: datetime | None = None,
    sketches: pd.DataFrame | None = None,
) -> Rivals:
    """Everything of Rivals, of frames as load_articles, assign_columns (themes included),
    load_accounts, load_coverage and load_profiles give them.

    `since` is where the window asked for begins, `sketches` the articles' bodies
    (body_sketches.load_sketches). Accounts with the role "own" are the own side, all others rivals.
    Raises FrameError.
    """
    check_frame(articles, ARTICLES, name="articles")
    check_frame(accounts, ACCOUNTS, name="accounts")
    pushes, runs = build_pushes(articles), list_runs(assigned)
    changes = find_changes(pushes)
    shares = (
        {}
        if coverage.empty
        else {
            str(key): None if pd.isna(share) else float(share)
            for key, share in zip(coverage["account_id"], coverage["coverage"], strict=True)
        }
    )
    began = classify_beginnings(
        articles, pushes, coverage=shares, since=None if since is None else pd.Timestamp(since)
    )
    templates = assign_templates(articles, profiles)
    layouts = templates[["article_id", "template"]].merge(
        profiles[["article_id", "font_size_px", "images"]], on="article_id"
    )
    redesigns = find_redesigns(templates, describe_templates(templates, profiles))
    phases = cut_phases(
        articles,
        pushes,
        assigned,
        began=began,
        changes=changes,
        runs=runs,
        layouts=layouts,
        redesigns=redesigns,
    )
    steady = classify_steady(pushes, phases, changes)
    own = [str(key) for key in accounts.loc[accounts["role"] == "own", "account_id"]]
    rivals = [str(key) for key in articles["account_id"].unique() if key not in own]
    gaps = find_gaps(assigned, runs, match_columns(assigned), own=own, rivals=rivals)
    return Rivals(
        began,
        phases,
        steady,
        compare_steady(phases, steady),
        gaps,
        find_overlaps(articles, sketches=sketches),
    )

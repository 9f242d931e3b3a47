"""The phases of an account's time: its first 90 days, then from change to change, each with its
cadence, columns, formats and layout.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from analysis.cadence.changes import CHANGES
from analysis.cadence.pushes import PUSHES
from analysis.columns.runs import RUNS
from analysis.compute.cache import cached_by_account
from analysis.frames import TIME, check_frame
from analysis.peers.history.beginnings import BEGINNINGS, FIRST_DAYS, NEAR_CUT_DAYS
from analysis.rows import frame_of

__all__ = ["PHASES", "cut_phases"]

PHASES = {
    "account_id": "str",
    "account": "str",
    "phase": "int64",
    "kind": "str",
    "since": TIME,
    "until": TIME,
    "days": "int64",
    "week_from": "float64",
    "week_to": "float64",
    "pushes": "int64",
    "pushes_per_week": "float64",
    "articles": "int64",
    "articles_per_push": "float64",
    "n_kinds": "int64",
    "article_share": "float64",
    "image_share": "float64",
    "video_share": "float64",
    "columns": "int64",
    "column_share": "float64",
    "started": "object",
    "started_on": "object",
    "dropped": "object",
    "dropped_on": "object",
    "hours_moved": "object",
    "redesigns": "object",
    "n_bodies": "int64",
    "template": "Int64",
    "template_share": "float64",
    "font_size_px": "float64",
    "images": "float64",
}
_LEAST_PUSHES, _LEAST_DAYS = 5, 28  # below either a phase has no rate
_SETTLED_DAYS, _LEAST_BODIES = 60, 5
_FORMATS = {"article": ("article", "repost"), "image": ("image",), "video": ("video",)}


@cached_by_account(
    PHASES,
    {
        "articles": ("article_id", "published_at", "kind"),
        "pushes": PUSHES,
        "assigned": ("article_id", "content_column", "kind", "column_id"),
        "began": BEGINNINGS,
        "changes": CHANGES,
        "runs": RUNS,
        "layouts": ("article_id", "template", "font_size_px", "images"),
        "redesigns": ("account_id", "at"),
    },
)
def cut_phases(
    articles: pd.DataFrame,
    pushes: pd.DataFrame,
    assigned: pd.DataFrame,
    *,
    began: pd.DataFrame,
    changes: pd.DataFrame,
    runs: pd.DataFrame,
    layouts: pd.DataFrame | None = None,
    redesigns: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Each account's time in phases: the first 90 days where its beginning is stored, then from
    change to change of its rate, pauses between.

    `pushes`, `changes` (cadence.changes.find_changes), `runs` (columns.runs.list_runs), `began`
    (classify_beginnings) and `assigned` (columns.assign.assign_columns) are of `articles`;
    `layouts` are article_id, template, font_size_px, images of articles whose body is stored,
    `redesigns` account_id and at. Changes of the usual hour and redesigns cut nothing: they are
    listed in the phase they fall in.

    Returns one row per account and phase from 1: kind str "beginning", "run" or "pause"; since,
    until (Beijing midnights, until is not in it), days int64; week_from, week_to float64 weeks
    since the first push's day; pushes int64, pushes_per_week float64, missing below 5 pushes or 28
    days; articles int64, articles_per_push float64; n_kinds int64 articles whose format is known,
    article_, image_, video_share float64 of them; columns int64 content columns (no themes) that
    ran in it, column_share float64 of its articles in them; started, dropped lists of columns with
    the days of their first and last issue in started_on, dropped_on (what ran from a cut history's
    first 60 days on did not start there); hours_moved, redesigns lists of ISO days; n_bodies int64,
    template Int64 the commonest with template_share, font_size_px, images float64 medians, missing
    below 5 bodies. Sorted by account, phase. Raises FrameError.
    """
    check_frame(
        articles,
        {"article_id": "str", "account_id": "str", "published_at": TIME, "kind": "category"},
        name="articles",
    )
    check_frame(began, BEGINNINGS, name="began")
    check_frame(changes, CHANGES, name="changes")
    check_frame(runs, RUNS, name="runs")
    described = _describe_articles(articles, assigned, layouts)
    rows = []
    for beginning in began.to_dict("records"):
        own = _AccountFrames(
            beginning["account_id"],
            described,
            pushes,
            runs[runs["kind"] != "theme"],
            changes,
            redesigns,
        )
        edges = _find_edges(beginning, own.changes)
        for phase, (kind, begin, end) in enumerate(edges, 1):
            row = {
                "account_id": beginning["account_id"],
                "account": beginning["account"],
                "phase": phase,
                "kind": kind,
            }
            rows.append(
                row
                | _measure_phase(
                    own, begin, end, first=edges[0][1], complete=bool(beginning["held"])
                )
            )
    return frame_of(rows, PHASES)


def _describe_articles(
    articles: pd.DataFrame, assigned: pd.DataFrame, layouts: pd.DataFrame | None
) -> pd.DataFrame:
    """Dated articles with their day, whether they are in a content column, and their layout where a
    body is stored.
    """
    dated = articles.loc[
        articles["published_at"].notna(), ["article_id", "account_id", "published_at", "kind"]
    ]
    inside = assigned.loc[
        assigned["content_column"].notna() & (assigned["kind"] != "theme"),
        ["article_id", "column_id"],
    ]
    joined = dated.merge(inside, on="article_id", how="left")
    empty = pd.DataFrame(
        {
            "article_id": pd.Series(dtype="str"),
            **{name: pd.Series(dtype="float64") for name in ("template", "font_size_px", "images")},
        }
    )
    return joined.merge(empty if layouts is None else layouts, on="article_id", how="left").assign(
        day=_days(joined["published_at"])
    )


def _days(times: Any) -> Any:
    return pd.Series(times).dt.tz_localize(None).to_numpy("datetime64[D]").astype(np.int64)


class _AccountFrames:
    """What of each frame is one account's, by day (days since 1970 in Beijing)."""

    def __init__(
        self,
        account_id: str,
        described: pd.DataFrame,
        pushes: pd.DataFrame,
        runs: pd.DataFrame,
        changes: pd.DataFrame,
        redesigns: pd.DataFrame | None,
    ) -> None:
        self.articles = described[described["account_id"] == account_id]
        self.push_days = _days(pushes.loc[pushes["account_id"] == account_id, "published_at"])
        self.runs = runs[runs["account_id"] == account_id]
        self.run_days = _days(self.runs["first"]), _days(self.runs["last"])
        own = changes[changes["account_id"] == account_id]
        self.changes = list(
            zip(
                own["kind"],
                own["date"].to_numpy("datetime64[D]").astype(np.int64).tolist(),
                strict=True,
            )
        )
        self.redesigns = (
            []
            if redesigns is None
            else _days(redesigns.loc[redesigns["account_id"] == account_id, "at"]).tolist()
        )


def _find_edges(
    beginning: Mapping[Any, Any], changes: Sequence[tuple[str, int]]
) -> list[tuple[str, int, int]]:
    """The kind, first day and day after the last of each phase."""
    begin, end = int(_days([beginning["first"]])[0]), int(_days([beginning["last"]])[0]) + 1
    grown = (
        begin + FIRST_DAYS
        if beginning["held"] and end - begin > FIRST_DAYS + NEAR_CUT_DAYS
        else None
    )
    cuts = {
        day
        for kind, day in changes
        if kind in ("pause", "resume")
        or (kind == "rate" and (grown is None or abs(day - grown) > NEAR_CUT_DAYS))
    }
    cuts |= {grown} if grown is not None else set()
    edges = [begin, *sorted(day for day in cuts if begin < day < end), end]
    silent = {day for kind, day in changes if kind == "pause"}
    young = end if grown is None else grown
    return [
        (
            "pause"
            if low in silent
            else "beginning"
            if beginning["held"] and high <= young
            else "run",
            low,
            high,
        )
        for low, high in pairwise(edges)
    ]


def _measure_phase(
    own: _AccountFrames, begin: int, end: int, *, first: int, complete: bool
) -> dict[str, Any]:
    part = own.articles[(own.articles["day"] >= begin) & (own.articles["day"] < end)]
    pushes, days = int(((own.push_days >= begin) & (own.push_days < end)).sum()), end - begin
    kinds = part["kind"].dropna()
    shares = {
        f"{name}_share": float(kinds.isin(which).mean()) if len(kinds) else None
        for name, which in _FORMATS.items()
    }
    moved = [_iso(day) for kind, day in own.changes if kind == "hour" and begin <= day < end]
    return {
        "since": _midnight(begin),
        "until": _midnight(end),
        "days": days,
        "week_from": (begin - first) / 7,
        "week_to": (end - first) / 7,
        "pushes": pushes,
        "pushes_per_week": pushes / days * 7
        if pushes >= _LEAST_PUSHES and days >= _LEAST_DAYS
        else None,
        "articles": len(part),
        "articles_per_push": len(part) / pushes if pushes else None,
        "n_kinds": len(kinds),
        **shares,
        "columns": part["column_id"].nunique(),
        "column_share": float(part["column_id"].notna().mean()) if len(part) else None,
        **_started_and_dropped(own, begin, end, first=first, complete=complete),
        "hours_moved": moved,
        "redesigns": [_iso(day) for day in own.redesigns if begin <= day < end],
        **_measure_layout(part),
    }


def _started_and_dropped(
    own: _AccountFrames, begin: int, end: int, *, first: int, complete: bool
) -> dict[str, list[str]]:
    firsts, lasts = own.run_days
    began = (firsts >= begin) & (firsts < end) & (complete | (firsts - first > _SETTLED_DAYS))
    ended = (
        (lasts >= begin)
        & (lasts < end)
        & (own.runs["status"] == "ended").fillna(False).to_numpy(dtype=bool)
    )
    names = own.runs["content_column"].to_numpy()
    return {
        "started": [str(name) for name in names[began]],
        "started_on": [_iso(int(day)) for day in firsts[began]],
        "dropped": [str(name) for name in names[ended]],
        "dropped_on": [_iso(int(day)) for day in lasts[ended]],
    }


def _measure_layout(part: pd.DataFrame) -> dict[str, Any]:
    laid_out = part.dropna(subset=["template"])
    enough = len(laid_out) >= _LEAST_BODIES
    common = laid_out["template"].value_counts().sort_index()
    return {
        "n_bodies": len(laid_out),
        "template": int(common.index[int(common.argmax())]) if enough else None,
        "template_share": common.max() / len(laid_out) if enough else None,
        "font_size_px": laid_out["font_size_px"].median() if enough else None,
        "images": laid_out["images"].median() if enough else None,
    }


def _midnight(day: int) -> pd.Timestamp:
    return pd.Timestamp(day * 86_400, unit="s").tz_localize("Asia/Shanghai").as_unit("us")


def _iso(day: int) -> str:
    return f"{pd.Timestamp(day * 86_400, unit='s'):%Y-%m-%d}"

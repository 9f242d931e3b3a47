"""What rivals run and the own account doesn't, and what only the own account runs: kinds of content
columns, and themes.

Columns of one kind come matched (columns/across/matching.py); themes are matched here, by what
their titles are made of. A theme is weaker than a column, and stays so here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.columns.across.matching import COLUMN_TYPES
from analysis.columns.assign import ASSIGNED
from analysis.columns.reuse import classify_reuse
from analysis.columns.runs import RUNS
from analysis.compute.cache import cached
from analysis.evidence import MIN_ISSUES
from analysis.frames import TIME, check_frame
from analysis.rows import frame_of
from analysis.text.normalize import normalize_words
from analysis.text.title_vectors import group_alike, sum_groups, weigh_titles

__all__ = ["GAPS", "GAP_RIVALS", "MONTHLY_DAYS", "find_gaps"]

GAPS = {
    "side": "str",
    "level": "str",
    "name": "str",
    "why": "str",
    "accounts": "int64",
    "account_ids": "object",
    "names": "object",
    "columns": "object",
    "n": "int64",
    "per_month": "float64",
    "interval_days": "float64",
    "running": "int64",
    "first": TIME,
    "last": TIME,
    "nearest": "str",
    "nearest_alike": "float64",
    "own_articles": "int64",
    "examples": "object",
    "reuse": "str",
}
GAP_RIVALS = 3
MONTHLY_DAYS = 31
_MIN_STRENGTH = 0.6  # strength of a column, on the whole, from which it alone is evidence of a gap
# mean cosine of two themes' summed titles: by hand on real accounts, below it they share words, not
# a matter
_SAME_THEME = 0.22
_SIMILAR = (
    0.3  # a column or theme of the other side this similar is the same thing under another name
)
_SIMILAR_THEME = 0.2  # themes have no name of their own to tell them apart
_SIMILAR_TITLE = 0.08  # a title less alike to the sum of many has only common words with them
_COHESIVE = 0.03  # mean cosine of a theme's titles: by hand, below it they are a mixed bag
_LEAST_THEME = 6  # articles of a theme, all accounts together
_MOST_THEMES = 1500
_UNNAMED = "未命名主题"
_EXAMPLES = 3
_TITLES_READ = 12  # of a column, the newest, for whether it can be copied


class _Kind(NamedTuple):
    """Columns (or themes) of one kind: their rows in runs, and a name."""

    level: str
    name: str
    rows: list[int]


@cached(GAPS, {"assigned": ASSIGNED, "runs": RUNS, "matched": COLUMN_TYPES})
def find_gaps(
    assigned: pd.DataFrame,
    runs: pd.DataFrame,
    matched: pd.DataFrame,
    *,
    own: Sequence[str],
    rivals: Sequence[str],
) -> pd.DataFrame:
    """The gaps between the `own` accounts, taken together, and `rivals` (account_ids); nothing
    without either.

    `assigned` are their articles with columns and themes, `runs` those as columns.runs.list_runs
    gives them, `matched` their columns' kinds (columns.matching.match_columns). side "missing": a
    kind of columns or themes that at least three rivals run ("three"), or one at least monthly and
    still ("monthly": median of 31 days or less between at least four issues), where the own ones
    have none of the kind and nothing alike (cosine of summed titles below 0.3). side "own only":
    columns and themes of the own account that run monthly, where no rival has any of the kind or
    alike.

    Returns level "column" or "theme"; name; accounts int64 that run it, account_ids, names, columns
    lists (of theirs); n int64 articles; per_month float64, median over its columns of articles a
    month while they ran; interval_days float64, median over its columns; running int64, columns
    that have not ended or paused; first, last; nearest str, what of the other side is most like it,
    nearest_alike float64 (0 to 1); own_articles int64, articles of the own account outside it whose
    titles are like it; examples, lists of up to three article_ids, the newest of each account;
    reuse str, why most of its columns are nothing to copy (columns.reuse.REASONS), missing where
    another account could run them.
    Missing first, columns before themes, then by accounts and n. Raises FrameError.
    """
    check_frame(assigned, ASSIGNED, name="assigned")
    check_frame(runs, RUNS, name="runs")
    check_frame(matched, COLUMN_TYPES, name="matched")
    if not own or not rivals:
        return _frame([])
    inside = [*own, *rivals]
    assigned, runs = (
        frame[frame["account_id"].isin(inside)].reset_index(drop=True) for frame in (assigned, runs)
    )
    titles = _Titles(assigned, runs, own)
    kinds = [*_column_kinds(runs, matched), *_theme_kinds(titles)]
    rows = [
        row for kind in kinds for row in (_missing(kind, titles) or _own_only(kind, titles),) if row
    ]
    return _frame(rows)


class _Titles:
    """All titles as vectors, the direction of every run, and how alike the runs are."""

    def __init__(self, assigned: pd.DataFrame, runs: pd.DataFrame, own: Sequence[str]) -> None:
        self.assigned, self.runs = assigned, runs
        self.mine = runs["account_id"].isin(list(own)).to_numpy()
        titles = [
            normalize_words(title) if isinstance(title, str) else ""
            for title in assigned["title"].tolist()
        ]
        self.vectors = weigh_titles(titles).weights
        place = {column_id: position for position, column_id in enumerate(runs["column_id"])}
        self.run_of = np.array(
            [place.get(column_id, -1) for column_id in assigned["column_id"].tolist()],
            dtype=np.int64,
        )
        self.directions = sum_groups(self.vectors, self.run_of, n=len(runs))
        self.own_rows = np.flatnonzero(assigned["account_id"].isin(list(own)).to_numpy())

    def direction(self, rows: list[int]) -> Any:
        """The direction of several runs together."""
        groups = np.where(np.isin(self.run_of, rows), 0, -1).astype(np.int64)
        return sum_groups(self.vectors, groups, n=1)

    def count_similar(self, rows: list[int], direction: Any) -> int:
        """How many own titles are as similar to a direction as three quarters of its own titles
        are.
        """
        theirs = np.asarray(
            (self.vectors[np.isin(self.run_of, rows)] @ direction.T).todense()
        ).ravel()
        usual = max(float(np.quantile(theirs, 0.25)) if len(theirs) else 1.0, _SIMILAR_TITLE)
        return int(
            (
                np.asarray((self.vectors[self.own_rows] @ direction.T).todense()).ravel() >= usual
            ).sum()
        )

    def cohesion(self, run: int) -> float:
        """The mean cosine of two titles of a run: 0 to 1."""
        summed = np.asarray(self.vectors[self.run_of == run].sum(axis=0)).ravel()
        n = int((self.run_of == run).sum())
        return (float(summed @ summed) - n) / (n * (n - 1)) if n > 1 else 0.0

    def nearest(self, direction: Any, among: npt.NDArray[np.bool_]) -> tuple[int | None, float]:
        """The run most like a direction, of those in `among`."""
        alike = np.where(among, np.asarray((self.directions @ direction.T).todense()).ravel(), -1.0)
        run = int(alike.argmax()) if len(alike) and among.any() else None
        return run, float(alike[run]) if run is not None else 0.0


def _column_kinds(runs: pd.DataFrame, matched: pd.DataFrame) -> list[_Kind]:
    place = {column_id: run for run, column_id in enumerate(runs["column_id"])}
    kinds, used = [], set()
    for _, part in matched.groupby("type_id"):
        rows = [place[column_id] for column_id in part["column_id"] if column_id in place]
        used |= set(rows)
        if rows:
            kinds.append(_Kind("column", str(part["column_type"].iat[0]), rows))
    alone = [run for run, kind in enumerate(runs["kind"]) if kind != "theme" and run not in used]
    return [
        *kinds,
        *(_Kind("column", str(runs["content_column"].iat[run]), [run]) for run in alone),
    ]


def _theme_kinds(titles: _Titles) -> list[_Kind]:
    """Themes of all accounts whose titles are alike, most articles first; unnamed ones are left
    out, as nobody could recognize them.
    """
    runs = titles.runs
    named = (runs["kind"] == "theme") & ~runs["content_column"].str.startswith(_UNNAMED)
    largest = (
        runs[named & ~_names_itself(runs)]
        .sort_values(["n", "column_id"], ascending=[False, True])
        .index[:_MOST_THEMES]
    )
    rows = np.array(
        [int(run) for run in largest if titles.cohesion(int(run)) >= _COHESIVE], dtype=np.int64
    )
    if not len(rows):
        return []
    directions = titles.directions[rows]
    labels = group_alike(np.asarray((directions @ directions.T).todense()), least=_SAME_THEME)
    grouped = [
        [int(run) for run in rows[labels == label]] for label in range(int(labels.max()) + 1)
    ]
    large = [members for members in grouped if int(runs["n"].iloc[members].sum()) >= _LEAST_THEME]
    return [
        _Kind("theme", str(runs["content_column"].iat[members[0]]), members)
        for members in sorted(large)
    ]


def _names_itself(runs: pd.DataFrame) -> pd.Series:
    """Whether a theme is only the account's own name, which stands in its titles."""
    pairs = zip(runs["content_column"].tolist(), runs["account"].tolist(), strict=True)
    return pd.Series(
        [
            normalize_words(name).split(" ")[0] in normalize_words(account)
            for name, account in pairs
        ],
        index=runs.index,
        dtype="bool",
    )


def _missing(kind: _Kind, titles: _Titles) -> dict[str, Any] | None:
    if titles.mine[kind.rows].any():
        return None
    part = titles.runs.iloc[kind.rows]
    why = (
        "three"
        if part["account_id"].nunique() >= GAP_RIVALS
        else "monthly"
        if _is_monthly(part)
        else None
    )
    if why is None:
        return None
    direction = titles.direction(kind.rows)
    run, alike = titles.nearest(direction, titles.mine)
    own_articles = titles.count_similar(kind.rows, direction)
    if alike >= (_SIMILAR if kind.level == "column" else _SIMILAR_THEME) or (
        kind.level == "theme" and own_articles >= MIN_ISSUES
    ):
        return None
    return _describe_gap(kind, titles, "missing", why, run, alike) | {"own_articles": own_articles}


def _own_only(kind: _Kind, titles: _Titles) -> dict[str, Any] | None:
    part = titles.runs.iloc[kind.rows]
    if not titles.mine[kind.rows].all() or not _is_monthly(part):
        return None
    run, alike = titles.nearest(titles.direction(kind.rows), ~titles.mine)
    return (
        None
        if alike >= _SIMILAR
        else _describe_gap(kind, titles, "own only", "monthly", run, alike) | {"own_articles": 0}
    )


def _is_monthly(part: pd.DataFrame) -> bool:
    running = (
        part["status"].isin(["new", "active"])
        & (part["days"] >= MIN_ISSUES)
        & (part["interval_days"] <= MONTHLY_DAYS)
    )
    return bool((running & (part["strength"] >= _MIN_STRENGTH)).any())


def _describe_gap(
    kind: _Kind, titles: _Titles, side: str, why: str, nearest: int | None, alike: float
) -> dict[str, Any]:
    part = titles.runs.iloc[kind.rows]
    articles = titles.assigned[np.isin(titles.run_of, kind.rows)].dropna(subset=["published_at"])
    newest = articles.sort_values(
        ["published_at", "article_id"], ascending=[False, True]
    ).drop_duplicates("account_id")
    owners = part.drop_duplicates("account_id")
    return {
        "side": side,
        "level": kind.level,
        "name": kind.name,
        "why": why,
        "accounts": len(owners),
        "account_ids": list(owners["account_id"]),
        "names": list(owners["account"]),
        "columns": list(dict.fromkeys(part["content_column"])),
        "n": int(part["n"].sum()),
        "per_month": part["per_month"].median(),
        "interval_days": part["interval_days"].median(),
        "running": int(part["status"].isin(["new", "active"]).sum()),
        "first": part["first"].min(),
        "last": part["last"].max(),
        "nearest": None
        if nearest is None
        else f"{titles.runs['account'].iat[nearest]}：{titles.runs['content_column'].iat[nearest]}",
        "nearest_alike": max(alike, 0.0),
        "examples": list(newest["article_id"].head(_EXAMPLES)),
        "reuse": _classify(kind, titles),
    }


def _classify(kind: _Kind, titles: _Titles) -> str | None:
    """The reason that at least half of a kind's columns have for not being copied."""
    reasons = Counter(
        classify_reuse(
            str(titles.runs["content_column"].iat[row]),
            titles.assigned["title"][titles.run_of == row].dropna().tail(_TITLES_READ).tolist(),
            owner=str(titles.runs["account"].iat[row]),
        )
        for row in kind.rows
    )
    reason = max(reasons, key=lambda reason: (reasons[reason], reason or ""))
    return reason if 2 * reasons[reason] >= len(kind.rows) else None


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    frame = frame_of(rows, GAPS)
    order = ["side", "level", "accounts", "n", "name"]
    return frame.sort_values(order, ascending=[True, True, False, False, True], ignore_index=True)

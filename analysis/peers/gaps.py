"""What rivals run and the own account doesn't, and what only the own account runs: kinds of content
columns, and themes.

Columns of one kind come matched (columns/matching.py); themes are matched here, by what their
titles are made of. A theme is weaker than a column, and stays so here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.columns.assign import ASSIGNED
from analysis.columns.matching import COLUMN_TYPES
from analysis.columns.runs import RUNS
from analysis.compute.cache import cached
from analysis.frames import TIME, check_frame
from analysis.text.ngrams import fold_words
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
}
GAP_RIVALS = 3
MONTHLY_DAYS = 31
_LEAST_ISSUES = 4  # days a column appeared on before its interval is one
_SURE = 0.6  # how well founded a column is on the whole before it alone is held against anybody
# mean cosine of two themes' summed titles: by hand on real accounts, below it they share words, not
# a matter
_SAME_THEME = 0.22
_LIKE = 0.3  # a column or theme of the other side this alike is the same thing under another name
_LIKE_THEME = 0.2  # themes have no name of their own to tell them apart
_LIKE_TITLE = 0.08  # a title less alike to the sum of many has only common words with them
_COHESIVE = 0.03  # mean cosine of a theme's titles: by hand, below it they are a mixed bag
_LEAST_THEME = 6  # articles of a theme, all accounts together
_MOST_THEMES = 1500
_UNNAMED = "未命名主题"
_EXAMPLES = 3


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

    `assigned` are their articles with columns and themes, `runs` those as column_runs.list_runs
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
    titles are like it; examples, lists of up to three article_ids, the newest of each account.
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
    seen = _Seen(assigned, runs, own)
    kinds = [*_column_kinds(runs, matched), *_theme_kinds(seen)]
    rows = [
        row for kind in kinds for row in (_missing(kind, seen) or _own_only(kind, seen),) if row
    ]
    return _frame(rows)


class _Seen:
    """All titles as vectors, the direction of every run, and how alike the runs are."""

    def __init__(self, assigned: pd.DataFrame, runs: pd.DataFrame, own: Sequence[str]) -> None:
        self.assigned, self.runs = assigned, runs
        self.mine = runs["account_id"].isin(list(own)).to_numpy()
        titles = [
            fold_words(title) if isinstance(title, str) else ""
            for title in assigned["title"].tolist()
        ]
        self.vectors = weigh_titles(titles).weights
        place = {column_id: at for at, column_id in enumerate(runs["column_id"])}
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

    def count_likely(self, rows: list[int], direction: Any) -> int:
        """How many own titles are as alike to a direction as three quarters of the titles it is
        made of.
        """
        theirs = np.asarray(
            (self.vectors[np.isin(self.run_of, rows)] @ direction.T).todense()
        ).ravel()
        usual = max(float(np.quantile(theirs, 0.25)) if len(theirs) else 1.0, _LIKE_TITLE)
        return int(
            (
                np.asarray((self.vectors[self.own_rows] @ direction.T).todense()).ravel() >= usual
            ).sum()
        )

    def cohesion(self, at: int) -> float:
        """The mean cosine of two titles of a run: 0 to 1."""
        summed = np.asarray(self.vectors[self.run_of == at].sum(axis=0)).ravel()
        n = int((self.run_of == at).sum())
        return (float(summed @ summed) - n) / (n * (n - 1)) if n > 1 else 0.0

    def nearest(self, direction: Any, among: npt.NDArray[np.bool_]) -> tuple[int | None, float]:
        """The run most like a direction, of those in `among`."""
        alike = np.where(among, np.asarray((self.directions @ direction.T).todense()).ravel(), -1.0)
        at = int(alike.argmax()) if len(alike) and among.any() else None
        return at, float(alike[at]) if at is not None else 0.0


def _column_kinds(runs: pd.DataFrame, matched: pd.DataFrame) -> list[_Kind]:
    place = {column_id: at for at, column_id in enumerate(runs["column_id"])}
    kinds, used = [], set()
    for _, part in matched.groupby("type_id"):
        rows = [place[column_id] for column_id in part["column_id"] if column_id in place]
        used |= set(rows)
        if rows:
            kinds.append(_Kind("column", str(part["column_type"].iat[0]), rows))
    alone = [at for at, kind in enumerate(runs["kind"]) if kind != "theme" and at not in used]
    return [*kinds, *(_Kind("column", str(runs["content_column"].iat[at]), [at]) for at in alone)]


def _theme_kinds(seen: _Seen) -> list[_Kind]:
    """Themes of all accounts whose titles are alike, most articles first; unnamed ones are no theme
    anybody could be told of.
    """
    runs = seen.runs
    named = (runs["kind"] == "theme") & ~runs["content_column"].str.startswith(_UNNAMED)
    largest = (
        runs[named & ~_names_itself(runs)]
        .sort_values(["n", "column_id"], ascending=[False, True])
        .index[:_MOST_THEMES]
    )
    rows = np.array(
        [int(at) for at in largest if seen.cohesion(int(at)) >= _COHESIVE], dtype=np.int64
    )
    if not len(rows):
        return []
    directions = seen.directions[rows]
    labels = group_alike(np.asarray((directions @ directions.T).todense()), least=_SAME_THEME)
    grouped = [[int(at) for at in rows[labels == label]] for label in range(int(labels.max()) + 1)]
    large = [members for members in grouped if int(runs["n"].iloc[members].sum()) >= _LEAST_THEME]
    return [
        _Kind("theme", str(runs["content_column"].iat[members[0]]), members)
        for members in sorted(large)
    ]


def _names_itself(runs: pd.DataFrame) -> pd.Series:
    """Whether a theme is only the account's own name, which stands in its titles."""
    pairs = zip(runs["content_column"].tolist(), runs["account"].tolist(), strict=True)
    return pd.Series(
        [fold_words(name).split(" ")[0] in fold_words(account) for name, account in pairs],
        index=runs.index,
        dtype="bool",
    )


def _missing(kind: _Kind, seen: _Seen) -> dict[str, Any] | None:
    if seen.mine[kind.rows].any():
        return None
    part = seen.runs.iloc[kind.rows]
    why = (
        "three"
        if part["account_id"].nunique() >= GAP_RIVALS
        else "monthly"
        if _is_monthly(part)
        else None
    )
    if why is None:
        return None
    direction = seen.direction(kind.rows)
    at, alike = seen.nearest(direction, seen.mine)
    likely = seen.count_likely(kind.rows, direction)
    if alike >= (_LIKE if kind.level == "column" else _LIKE_THEME) or (
        kind.level == "theme" and likely >= _LEAST_ISSUES
    ):
        return None
    return _tell(kind, seen, "missing", why, at, alike) | {"own_articles": likely}


def _own_only(kind: _Kind, seen: _Seen) -> dict[str, Any] | None:
    part = seen.runs.iloc[kind.rows]
    if not seen.mine[kind.rows].all() or not _is_monthly(part):
        return None
    at, alike = seen.nearest(seen.direction(kind.rows), ~seen.mine)
    return (
        None
        if alike >= _LIKE
        else _tell(kind, seen, "own only", "monthly", at, alike) | {"own_articles": 0}
    )


def _is_monthly(part: pd.DataFrame) -> bool:
    running = (
        part["status"].isin(["new", "active"])
        & (part["days"] >= _LEAST_ISSUES)
        & (part["interval_days"] <= MONTHLY_DAYS)
    )
    return bool((running & (part["strength"] >= _SURE)).any())


def _tell(
    kind: _Kind, seen: _Seen, side: str, why: str, nearest: int | None, alike: float
) -> dict[str, Any]:
    part = seen.runs.iloc[kind.rows]
    articles = seen.assigned[np.isin(seen.run_of, kind.rows)].dropna(subset=["published_at"])
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
        else f"{seen.runs['account'].iat[nearest]}：{seen.runs['content_column'].iat[nearest]}",
        "nearest_alike": max(alike, 0.0),
        "examples": list(newest["article_id"].head(_EXAMPLES)),
    }


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            column: pd.Series([row[column] for row in rows], dtype=dtype)
            for column, dtype in GAPS.items()
        }
    )
    order = ["side", "level", "accounts", "n", "name"]
    return frame.sort_values(order, ascending=[True, True, False, False, True], ignore_index=True)

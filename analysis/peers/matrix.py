"""Accounts or brands side by side (对比): one row each, one column per dimension with its n, group
medians, places within the group.

Nothing is measured here: every figure comes from the analysis of its subject (measured.Measured).
Figures are never added up into a score.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from analysis.evidence import MIN_ACCOUNTS, MIN_ARTICLES, MIN_ISSUES
from analysis.frames import TIME, check_frame
from analysis.peers.dimensions import DIMENSIONS, check_axes
from analysis.peers.measured import NEEDED, Measured
from analysis.rows import frame_of

__all__ = [
    "CELLS",
    "MATRIX",
    "MEDIANS",
    "POSITIONS",
    "build_matrix",
    "measure_medians",
    "place_accounts",
    "rank_cells",
]

_ACCOUNTS = {"account_id": "str", "account": "str", "brand": "str", "role": "category"}
_COUNTS = (
    "articles",
    "pushes",
    "pushes_timed",
    "positions_known",
    "n_titled",
    "main_column_n",
    "purpose_n",
    "titles",
    "layout_n",
    "text_n",
    "consistency_n",
    "formats_known",
    "original_known",
)
MATRIX: Mapping[str, str] = {
    "account": "str",
    "account_id": "str",
    "brand": "str",
    "role": "str",
    "own": "bool",
    "articles": "int64",
    "first": TIME,
    "last": TIME,
    "coverage": "float64",
    "pushes": "int64",
    "pushes_per_week": "float64",
    "pushes_per_week_low": "float64",
    "pushes_per_week_high": "float64",
    "regularity": "str",
    "busiest_hour": "Int64",
    "busiest_hour_share": "float64",
    "pushes_timed": "int64",
    "articles_per_push": "float64",
    "headline_share": "float64",
    "positions_known": "int64",
    "columns": "float64",
    "column_share": "float64",
    "n_titled": "int64",
    "main_column": "str",
    "main_column_n": "int64",
    "main_interval_days": "float64",
    "top_purposes": "object",
    "reader_share": "float64",
    "self_share": "float64",
    "purpose_n": "int64",
    "title_length": "float64",
    "brackets_share": "float64",
    "digits_share": "float64",
    "question_share": "float64",
    "titles": "int64",
    "font_size_px": "float64",
    "line_height": "float64",
    "text_n": "int64",
    "chars": "float64",
    "images": "float64",
    "layout_n": "int64",
    "consistency": "float64",
    "consistency_n": "int64",
    "made_with": "object",
    "formats": "object",
    "article_share": "float64",
    "formats_known": "int64",
    "original_share": "float64",
    "original_known": "int64",
}
CELLS = {
    "account": "str",
    "account_id": "str",
    "role": "str",
    "own": "bool",
    "dimension": "str",
    "value": "float64",
    "n": "int64",
    "quantile": "float64",
    "accounts": "int64",
}
MEDIANS = {"scope": "str", "dimension": "str", "median": "float64", "accounts": "int64"}
POSITIONS = {
    "account": "str",
    "account_id": "str",
    "own": "bool",
    "x": "float64",
    "x_n": "int64",
    "y": "float64",
    "y_n": "int64",
    "x_side": "str",
    "y_side": "str",
}
_ROLE_ORDER = {"own": 0, "direct": 1, "adjacent": 2, "benchmark": 3}
_TOTALLED = ("formats", "slots")
_RENAMED = {
    "length_median": "title_length",
    "with_brackets_share": "brackets_share",
    "with_digits_share": "digits_share",
}


def build_matrix(accounts: pd.DataFrame, measured: Measured) -> pd.DataFrame:
    """Everything about each account in one row, its own account like the others.

    `accounts` as frames.load_accounts. Returns MATRIX: who (account, account_id, brand, role, own),
    stored articles from first to last and coverage; then every figure of DIMENSIONS with the count
    its Dimension names, shares 0–1; words (regularity, main_column), dicts of shares (top_purposes,
    made_with, formats). Missing is what rests on fewer than MIN_ARTICLES (pushes, titles,
    articles) or is not known, the interval of the main column below four issues; cadence where
    regularity is 样本不足. Sorted: own, direct, adjacent, benchmark, others; most articles first.
    Raises
    FrameError.
    """
    check_frame(accounts, _ACCOUNTS, name="accounts")
    measured.check()
    rows = accounts[list(_ACCOUNTS)].astype({"role": "str"})
    rows["own"] = rows["role"].eq("own").fillna(False)
    for part in _narrow(measured):
        rows = rows.merge(part, on="account_id", how="left")
    rows = rows.rename(columns=_RENAMED)
    rows["n_titled"] = rows["account_id"].map(measured.titled)
    for column in _COUNTS:
        rows[column] = rows[column].fillna(0).astype("int64")
    without_columns = rows["columns"].isna() & (rows["n_titled"] > 0)
    for column in ("columns", "column_share"):
        rows[column] = rows[column].mask(without_columns, 0.0)
    rows = _hide_small(rows)
    rows["_role"] = rows["role"].map(_ROLE_ORDER).fillna(4)
    rows = rows.sort_values(
        ["_role", "articles", "account", "account_id"],
        ascending=[True, False, True, True],
        ignore_index=True,
    )
    return rows[list(MATRIX)].astype(dict(MATRIX))


def _narrow(measured: Measured) -> Iterator[pd.DataFrame]:
    """Of each frame what a matrix takes, one row per account."""
    for name, contract in NEEDED.items():
        if name not in _TOTALLED:
            yield getattr(measured, name)[list(contract)]
    yield _total_formats(measured.formats)
    yield _total_slots(measured.slots)


def _total_formats(formats: pd.DataFrame) -> pd.DataFrame:
    """Shares of the formats over all months, of the articles whose format is known."""
    rows = []
    for account_id, part in formats[formats["kind"] != "unknown"].groupby("account_id"):
        counts = (
            part.groupby("kind")["articles"]
            .sum()
            .sort_index()
            .sort_values(ascending=False, kind="stable")
        )
        shares = {str(kind): float(n / counts.sum()) for kind, n in counts.items()}
        rows.append(
            {
                "account_id": account_id,
                "formats": shares,
                "article_share": shares.get("article", 0.0),
                "formats_known": int(counts.sum()),
            }
        )
    dtypes = {
        "account_id": "str",
        "formats": "object",
        "article_share": "float64",
        "formats_known": "int64",
    }
    return frame_of(rows, dtypes)


def _total_slots(slots: pd.DataFrame) -> pd.DataFrame:
    """The share of headlines among the articles whose slot is known."""
    totals = slots.groupby("account_id")["articles"].sum()
    heads = (
        slots[slots["position"] == 1]
        .groupby("account_id")["articles"]
        .sum()
        .reindex(totals.index, fill_value=0)
    )
    return pd.DataFrame(
        {
            "account_id": totals.index.astype("str"),
            "headline_share": (heads / totals).to_numpy(),
            "positions_known": totals.to_numpy(),
        }
    )


def _hide_small(rows: pd.DataFrame) -> pd.DataFrame:
    """Figures that rest on too little, taken out."""
    short = rows["regularity"].isna() | rows["regularity"].eq("样本不足").fillna(True)
    cadence = [
        "pushes_per_week",
        "pushes_per_week_low",
        "pushes_per_week_high",
        "articles_per_push",
    ]
    for name in cadence:
        rows[name] = rows[name].mask(short.to_numpy(dtype=bool))
    rows["regularity"] = rows["regularity"].fillna("样本不足")
    for name in ("busiest_hour", "busiest_hour_share"):
        rows[name] = rows[name].mask(rows["pushes_timed"] < MIN_ARTICLES)
    rows["main_interval_days"] = rows["main_interval_days"].mask(rows["main_column_n"] < MIN_ISSUES)
    for key, dimension in DIMENSIONS.items():
        if dimension.n not in ("pushes", "main_column_n"):
            rows[key] = rows[key].mask(rows[dimension.n] < MIN_ARTICLES)
    return rows


def rank_cells(matrix: pd.DataFrame) -> pd.DataFrame:
    """The matrix as cells: every account and dimension with value, n, and its place among the
    accounts that have a value.

    quantile float64: 0 the lowest, 1 the highest, what looks alike at the shown precision shares
    the middle of its places, missing below LEAST_ACCOUNTS values or where all are alike; `accounts`
    int64 have a value. A place is high or low, not good or bad. Returns CELLS in the order of the
    matrix, then of DIMENSIONS. Raises FrameError.
    """
    check_frame(matrix, MATRIX, name="matrix")
    parts = []
    for key, dimension in DIMENSIONS.items():
        value = matrix[key]
        shown = value.map(dimension.rounded)
        n_values = int(value.notna().sum())
        place = (shown.rank(method="average") - 1) / max(n_values - 1, 1)
        part = matrix[["account", "account_id", "role", "own"]].assign(
            dimension=key, value=value, n=matrix[dimension.n], accounts=n_values
        )
        part["quantile"] = (
            place if n_values >= MIN_ACCOUNTS and shown.nunique() > 1 else float("nan")
        )
        parts.append(part.assign(_row=range(len(part))))
    cells = pd.concat(parts, ignore_index=True).sort_values(
        "_row", kind="stable", ignore_index=True
    )
    return cells[list(CELLS)].astype(CELLS)


def measure_medians(matrix: pd.DataFrame) -> pd.DataFrame:
    """The group's median of every dimension, with the own accounts (scope "all") and without them
    ("others").

    Returns scope, dimension str; median float64, missing below LEAST_ACCOUNTS accounts with a
    value; accounts int64 that have one. Sorted by scope ("all" first) and the order of DIMENSIONS.
    Raises FrameError.
    """
    check_frame(matrix, MATRIX, name="matrix")
    rows = []
    for scope, part in (("all", matrix), ("others", matrix[~matrix["own"]])):
        for key in DIMENSIONS:
            values = part[key].dropna()
            rows.append(
                {
                    "scope": scope,
                    "dimension": key,
                    "median": values.median() if len(values) >= MIN_ACCOUNTS else None,
                    "accounts": len(values),
                }
            )
    return frame_of(rows, MEDIANS)


def place_accounts(matrix: pd.DataFrame, axes: tuple[str, str]) -> pd.DataFrame:
    """The accounts on two dimensions (定位图): those that have both figures, and on which side of
    the two medians each is.

    Returns account, account_id str, own bool; x, y float64 with x_n, y_n int64; x_side, y_side str:
    high, low, or middle at the median itself, missing below LEAST_ACCOUNTS accounts. In the order
    of the matrix. Raises FrameError, AxesError.
    """
    check_frame(matrix, MATRIX, name="matrix")
    x, y = check_axes(axes)
    complete = matrix.dropna(subset=[x, y]).reset_index(drop=True)
    positions = complete[["account", "account_id", "own"]].copy()
    for name, key in (("x", x), ("y", y)):
        positions[name], positions[f"{name}_n"] = complete[key], complete[DIMENSIONS[key].n]
        middle = complete[key].median()
        sides = [
            "high" if value > middle else "low" if value < middle else "middle"
            for value in complete[key]
        ]
        positions[f"{name}_side"] = pd.Series(
            sides if len(complete) >= MIN_ACCOUNTS else [None] * len(complete), dtype="str"
        )
    return positions[list(POSITIONS)].astype(POSITIONS)

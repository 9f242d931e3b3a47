"""The accounts side by side, as a brief shows them: the matrix as cells with a shade each, group
medians, the map on two axes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pandas as pd

from analysis.brief.sections.cadence import Cadence
from analysis.brief.sections.columns import Columned
from analysis.brief.sections.layout import Layout
from analysis.brief.sections.words import Purposes, Titles
from analysis.cadence.formats import count_formats, count_slots
from analysis.evidence import MIN_ARTICLES, MIN_SHOWN_PUSHES
from analysis.frames import ACCOUNTS, empty_frame
from analysis.peers.dimensions import DEFAULT_AXES
from analysis.peers.matrix import MATRIX, build_matrix, measure_medians, place_accounts, rank_cells
from analysis.peers.measured import NEEDED, Measured, summarize_sizes
from analysis.rows import frame_of, plain_rows

__all__ = [
    "BLOCKS",
    "STEPS",
    "Comparison",
    "MapPoint",
    "MatrixCell",
    "MatrixRow",
    "Sections",
    "measure_comparison",
    "no_comparison",
]

BLOCKS: Mapping[str, tuple[str, ...]] = {  # what fits beside a name on a phone
    "发文": (
        "pushes_per_week",
        "articles_per_push",
        "headline_share",
        "article_share",
        "original_share",
    ),
    "栏目和目的": ("columns", "column_share", "main_interval_days", "reader_share", "self_share"),
    "标题": ("title_length", "brackets_share", "digits_share", "question_share"),
    "排版": ("font_size_px", "line_height", "chars", "images", "consistency"),
}
STEPS = 5  # shades, from the lowest fifth of the group to the highest


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """One figure of one account with its n; `step` 0 to 4 is its fifth of the group, None where
    there is no group to speak of.
    """

    value: float | None
    n: int
    step: int | None
    quantile: float | None


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One account of the matrix: its words beside its cells (by dimension)."""

    account_id: str
    account: str
    role: str | None
    own: bool
    articles: int
    first: datetime | None
    last: datetime | None
    regularity: str
    busiest_hour: int | None
    busiest_hour_share: float | None
    top_purposes: tuple[tuple[str, float], ...]
    cells: Mapping[str, MatrixCell]


@dataclass(frozen=True, slots=True)
class MapPoint:
    """One account on the map; sides are high, low or middle of the medians, None below three
    accounts.
    """

    account_id: str
    account: str
    own: bool
    x: float
    x_n: int
    y: float
    y_n: int
    x_side: str | None
    y_side: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """All accounts with at least ten articles, and the own ones; `medians` by scope (all, others)
    and dimension, `left_out` have fewer.
    """

    rows: tuple[MatrixRow, ...]
    medians: Mapping[str, Mapping[str, float | None]]
    axes: tuple[str, str]
    places: tuple[MapPoint, ...]
    left_out: int
    frame: pd.DataFrame = field(repr=False)

    @property
    def known(self) -> frozenset[str]:
        """The dimensions that at least one account has a figure for."""
        return frozenset(
            key for row in self.rows for key, cell in row.cells.items() if cell.value is not None
        )


@dataclass(frozen=True, slots=True)
class Sections:
    """The records of the other sections by account_id: the matrix takes its figures from them."""

    cadences: Mapping[str, Cadence]
    columns: Mapping[str, Columned]
    purposes: Mapping[str, Purposes]
    titles: Mapping[str, Titles]
    layouts: Mapping[str, Layout]


def no_comparison() -> Comparison:
    """Nothing to compare."""
    return Comparison((), {"all": {}, "others": {}}, DEFAULT_AXES, (), 0, empty_frame(MATRIX))


def measure_comparison(
    articles: pd.DataFrame,
    accounts: Mapping[str, Mapping[str, Any]],
    coverage: Mapping[str, Mapping[str, Any]],
    sections: Sections,
    *,
    axes: tuple[str, str] | None = None,
) -> Comparison:
    """The comparison of `accounts` (rows of the accounts frame by account_id) from what the other
    sections found. Raises AxesError.
    """
    seen = articles["title"].notna() | articles["albums"].map(bool).astype(bool)
    measured = Measured(
        sizes=summarize_sizes(articles),
        coverage=frame_of(
            [{"account_id": key, "coverage": row.get("coverage")} for key, row in coverage.items()],
            NEEDED["coverage"],
        ),
        cadence=_cadence(sections.cadences),
        columns=_columns(sections.columns),
        titled=articles.loc[seen.to_numpy(dtype=bool), "account_id"].value_counts(),
        purposes=_purposes(sections.purposes),
        titles=_titles(sections.titles),
        layouts=_layouts(sections.layouts),
        formats=count_formats(articles),
        slots=count_slots(articles),
    )
    owners = frame_of(
        [
            {**dict.fromkeys(_OWNERS), **{name: row.get(name) for name in _OWNERS}}
            for row in accounts.values()
        ],
        _OWNERS,
    )
    matrix = build_matrix(owners, measured)
    enough = matrix["own"] | (matrix["articles"] >= MIN_ARTICLES)
    compared = matrix[enough].reset_index(drop=True)
    chosen = axes or DEFAULT_AXES
    places = tuple(MapPoint(**row) for row in plain_rows(place_accounts(compared, chosen)))
    return Comparison(
        _rows(compared), _medians(compared), chosen, places, int((~enough).sum()), compared
    )


def _rows(matrix: pd.DataFrame) -> tuple[MatrixRow, ...]:
    cells: dict[str, dict[str, MatrixCell]] = {}
    for row in plain_rows(rank_cells(matrix)):
        step = None if row["quantile"] is None else min(int(row["quantile"] * STEPS), STEPS - 1)
        cells.setdefault(row["account_id"], {})[row["dimension"]] = MatrixCell(
            row["value"], row["n"], step, row["quantile"]
        )
    names = [
        name for name in MatrixRow.__dataclass_fields__ if name not in ("cells", "top_purposes")
    ]
    return tuple(
        MatrixRow(
            **{name: row[name] for name in names},
            top_purposes=tuple((row["top_purposes"] or {}).items()),
            cells=cells[row["account_id"]],
        )
        for row in plain_rows(matrix)
    )


def _medians(matrix: pd.DataFrame) -> dict[str, dict[str, float | None]]:
    medians: dict[str, dict[str, float | None]] = {"all": {}, "others": {}}
    for row in plain_rows(measure_medians(matrix)):
        medians[row["scope"]][row["dimension"]] = row["median"]
    return medians


_OWNERS = {name: ACCOUNTS[name] for name in ("account_id", "account", "brand", "role")}
_FROM_TITLES = [name for name in NEEDED["titles"] if name != "account_id"]
_FROM_CADENCE = [
    name
    for name in NEEDED["cadence"]
    if name not in ("account_id", "busiest_hour", "busiest_hour_share")
]


def _cadence(cadences: Mapping[str, Cadence]) -> pd.DataFrame:
    rows = []
    for key, cadence in cadences.items():
        timed = cadence.pushes_timed >= MIN_SHOWN_PUSHES
        hours = {
            "busiest_hour": cadence.hour if timed else None,
            "busiest_hour_share": cadence.hour_share if timed else None,
        }
        rows.append(
            {"account_id": key, **{name: getattr(cadence, name) for name in _FROM_CADENCE}, **hours}
        )
    return frame_of(rows, NEEDED["cadence"])


def _columns(columns: Mapping[str, Columned]) -> pd.DataFrame:
    rows = []
    for key, columned in columns.items():
        if columned.shown:
            main = {
                "main_column": columned.shown[0].content_column,
                "main_column_n": columned.shown[0].n,
                "main_interval_days": columned.shown[0].interval_days,
            }
            rows.append(
                {"account_id": key, "columns": columned.n, "column_share": columned.share, **main}
            )
    return frame_of(rows, NEEDED["columns"])


def _purposes(purposes: Mapping[str, Purposes]) -> pd.DataFrame:
    rows = []
    for key, mixed in purposes.items():
        mix = {part.purpose: part.share for part in mixed.mix[:3] if part.share is not None}
        rows.append(
            {
                "account_id": key,
                "purpose_n": mixed.articles,
                "top_purposes": mix,
                "reader_share": mixed.reader_share,
                "self_share": mixed.self_share,
            }
        )
    return frame_of(rows, NEEDED["purposes"])


def _titles(titles: Mapping[str, Titles]) -> pd.DataFrame:
    return frame_of(
        [
            {"account_id": key, **{name: getattr(habits, name) for name in _FROM_TITLES}}
            for key, habits in titles.items()
        ],
        NEEDED["titles"],
    )


def _layouts(layouts: Mapping[str, Layout]) -> pd.DataFrame:
    rows = []
    for key, layout in layouts.items():
        figures = {
            name: getattr(layout, name)
            for name in (
                "font_size_px",
                "line_height",
                "chars",
                "images",
                "consistency",
                "consistency_n",
            )
        }
        editors = {part.name: part.share for part in layout.editors}
        rows.append(
            {
                "account_id": key,
                "layout_n": layout.n,
                "text_n": layout.n_text,
                **figures,
                "made_with": editors,
            }
        )
    return frame_of(rows, NEEDED["layouts"])

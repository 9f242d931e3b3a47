"""What every analysis measured of each account, brought together for the matrix."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.cadence.formats import count_formats, count_slots
from analysis.content.audience import measure_self_talk
from analysis.content.purpose import count_purposes
from analysis.layout.body.fixed_parts import EDITOR_NAMES
from analysis.layout.measures import measure_layouts
from analysis.layout.report import LayoutReport
from analysis.peers.matrix import build_matrix
from analysis.peers.measured import Measured, summarize_sizes, total_columns

__all__ = ["measure_matrix"]

_TOP_PURPOSES = 3


def measure_matrix(
    accounts: pd.DataFrame,
    coverage: pd.DataFrame,
    articles: pd.DataFrame,
    *,
    cadence: pd.DataFrame,
    columns: pd.DataFrame,
    purposes: pd.DataFrame,
    title_habits: pd.DataFrame,
    layout: LayoutReport,
    profiles: pd.DataFrame,
) -> pd.DataFrame:
    """One row per account with its figures on every dimension: see matrix.build_matrix. Frames are
    an AccountGroup's studies of the same names, `columns` with its themes.
    """
    in_scope = articles["title"].notna() | articles["albums"].map(bool).astype(bool)
    measured = Measured(
        sizes=summarize_sizes(articles),
        coverage=coverage.astype({"coverage": "float64", "account_id": "str"}),
        cadence=cadence,
        columns=total_columns(columns),
        titled=articles.loc[in_scope.to_numpy(dtype=bool), "account_id"].value_counts(),
        purposes=_purposes(purposes),
        titles=title_habits,
        layouts=_layouts(layout, measure_layouts(articles, profiles)),
        formats=count_formats(articles),
        slots=count_slots(articles),
    )
    return build_matrix(accounts, measured)


def _purposes(purposes: pd.DataFrame) -> pd.DataFrame:
    talk = measure_self_talk(purposes).rename(columns={"articles": "purpose_n"})
    mix = count_purposes(purposes)
    return talk.assign(
        top_purposes=_objects([_top_purposes(mix, key) for key in talk["account_id"]])
    )


def _top_purposes(mix: pd.DataFrame, account_id: str) -> dict[str, float]:
    """An account's largest purposes with their shares, from purpose.count_purposes; none below its
    least articles, 不确定 left out.
    """
    own = (
        mix[(mix["account_id"] == account_id) & (mix["purpose"] != "不确定")]
        .dropna(subset=["share"])
        .head(_TOP_PURPOSES)
    )
    return {
        str(purpose): float(share)
        for purpose, share in zip(own["purpose"], own["share"], strict=True)
    }


def _layouts(report: LayoutReport, layouts: pd.DataFrame) -> pd.DataFrame:
    line = report.measures[report.measures["feature"] == "line_height"].set_index("account_id")[
        "median"
    ]
    consistency = report.consistency.set_index("account_id")
    editors = report.parts[report.parts["kind"] == "editor"]
    rows = layouts.rename(columns={"n": "layout_n", "n_text": "text_n"})
    rows = rows.assign(
        line_height=rows["account_id"].map(line),
        consistency=rows["account_id"].map(consistency["consistency"]),
    )
    rows["consistency_n"] = rows["account_id"].map(consistency["n"]).fillna(0).astype("int64")
    shares = [editors[editors["account_id"] == key] for key in rows["account_id"]]
    rows["made_with"] = _objects(
        [
            {
                EDITOR_NAMES[name]: float(share)
                for name, share in zip(rows["name"], rows["share"], strict=True)
            }
            for rows in shares
        ]
    )
    return rows.astype({"line_height": "float64", "consistency": "float64"})


def _objects(values: Sequence[object]) -> pd.Series:
    return pd.Series(list(values), dtype="object")

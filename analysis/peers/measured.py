"""The figures that a comparison takes from the analyses, one frame a subject, and what it adds up
of their frames itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.frames import TIME, check_frame

__all__ = ["NEEDED", "Measured", "summarize_sizes", "total_columns"]

_SIZES = {"account_id": "str", "articles": "int64", "first": TIME, "last": TIME}
_COVERAGE = {"account_id": "str", "coverage": "float64"}
_CADENCE = {
    "account_id": "str",
    "pushes": "int64",
    "pushes_per_week": "float64",
    "pushes_per_week_low": "float64",
    "pushes_per_week_high": "float64",
    "articles_per_push": "float64",
    "regularity": "str",
    "busiest_hour": "Int64",
    "busiest_hour_share": "float64",
    "pushes_timed": "int64",
}
_COLUMNS = {
    "account_id": "str",
    "columns": "int64",
    "column_share": "float64",
    "main_column": "str",
    "main_column_n": "int64",
    "main_interval_days": "float64",
}
_PURPOSES = {
    "account_id": "str",
    "purpose_n": "int64",
    "top_purposes": "object",
    "reader_share": "float64",
    "self_share": "float64",
}
_TITLES = {
    "account_id": "str",
    "titles": "int64",
    "length_median": "float64",
    "with_brackets_share": "float64",
    "with_digits_share": "float64",
    "question_share": "float64",
    "original_known": "int64",
    "original_share": "float64",
}
_LAYOUTS = {
    "account_id": "str",
    "layout_n": "int64",
    "text_n": "int64",
    "font_size_px": "float64",
    "line_height": "float64",
    "chars": "float64",
    "images": "float64",
    "consistency": "float64",
    "consistency_n": "int64",
    "made_with": "object",
}
_FORMATS = {"account_id": "str", "kind": "str", "articles": "int64"}
_SLOTS = {"account_id": "str", "position": "int64", "articles": "int64"}


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """The results of the analyses, one row per account (formats and slots: as formats.count_formats
    and count_slots give them).

    The columns are those of the functions that compute them: cadence summary.describe_cadence;
    columns total_columns; titles titles.measure_habits; purposes audience.measure_self_talk with
    the largest purposes as a dict of shares; layouts measures.measure_layouts with line height,
    template consistency and the editors' shares. `titled` counts the articles with a title
    or an album.
    """

    sizes: pd.DataFrame
    coverage: pd.DataFrame
    cadence: pd.DataFrame
    columns: pd.DataFrame
    titled: pd.Series
    purposes: pd.DataFrame
    titles: pd.DataFrame
    layouts: pd.DataFrame
    formats: pd.DataFrame
    slots: pd.DataFrame

    def check(self) -> None:
        """Raises FrameError naming the frame and what it lacks."""
        for name, contract in NEEDED.items():
            check_frame(getattr(self, name), contract, name=name)


NEEDED = {
    "sizes": _SIZES,
    "coverage": _COVERAGE,
    "cadence": _CADENCE,
    "columns": _COLUMNS,
    "purposes": _PURPOSES,
    "titles": _TITLES,
    "layouts": _LAYOUTS,
    "formats": _FORMATS,
    "slots": _SLOTS,
}


def summarize_sizes(articles: pd.DataFrame) -> pd.DataFrame:
    """Stored articles and the window they span, per account: account_id, articles int64, first,
    last (NaT without times). Sorted by account_id.
    """
    grouped = articles.groupby("account_id", as_index=False).agg(
        articles=("article_id", "size"), first=("published_at", "min"), last=("published_at", "max")
    )
    return grouped.astype(_SIZES)


def total_columns(described: pd.DataFrame) -> pd.DataFrame:
    """columns.assign.describe_columns in one row per account that has a column: how many, their
    share, and the largest; themes are none.

    Returns account_id, columns int64, column_share float64 (0–1 of its articles with a title or an
    album), main_column str, main_column_n int64, main_interval_days float64 (median days between
    its issues, missing below two). Sorted by account_id. Raises FrameError.
    """
    check_frame(
        described,
        {
            "account_id": "str",
            "content_column": "str",
            "kind": "str",
            "n": "int64",
            "share": "float64",
            "interval_days": "float64",
        },
    )
    real = described[described["kind"] != "theme"].sort_values(
        ["account_id", "n", "content_column"], ascending=[True, False, True]
    )
    totals = real.groupby("account_id").agg(columns=("n", "size"), column_share=("share", "sum"))
    names = {
        "content_column": "main_column",
        "n": "main_column_n",
        "interval_days": "main_interval_days",
    }
    largest = (
        real.drop_duplicates("account_id")
        .set_index("account_id")[list(names)]
        .rename(columns=names)
    )
    return totals.join(largest).reset_index()[list(_COLUMNS)].astype(_COLUMNS)

"""What gaps and beginnings share: their rows in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.commands.headings import View, load_words
from analysis.commands.options import frame_rows, show_rows

if TYPE_CHECKING:
    import pandas as pd


__all__ = ["show_rivals"]

_CODED = ("level", "why", "kind", "because", "against", "figure")


def show_rivals(frame: pd.DataFrame, view: View, *, format: str, output: Any, force: bool) -> None:
    figures = [
        key
        for key in ("pushes_per_week", "rate_first", "rate_last", "steady", "p", "holds")
        if key in view.table
    ]

    words = load_words("rivals")

    def format_row(row: dict[str, Any]) -> dict[str, Any]:
        cells = {}
        for key, value in row.items():
            values = value if isinstance(value, list) else [value]
            if key in _CODED:
                cells[key] = "、".join(words.get(str(code), str(code)) for code in values)
            else:
                cells[key] = "、".join(map(str, value)) if isinstance(value, list) else value
        return cells | {key: "样本不足" for key in figures if row[key] is None}

    show_rows(
        frame_rows(frame, view.columns),
        view,
        format_row=format_row,
        format=format,
        output=output,
        force=force,
    )

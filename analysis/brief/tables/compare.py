"""The matrix: every account beside the others, a table for each block of dimensions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis.brief.sections.compare import BLOCKS, Comparison, MatrixCell, MatrixRow
from analysis.brief.tables.cells import account_parts, heading, linked_account, part
from analysis.peers.dimensions import DIMENSIONS, Dimension
from analysis.report.rich_text import NEW_LINE, Content, rich, small, to_text
from analysis.report.tables import Table, TableCell, TableHeading, TablePart, TableRow
from analysis.report.translation import translate, translate_phrase
from analysis.report.value_formats import format_count

__all__ = ["tabulate_matrix"]


def tabulate_matrix(comparison: Comparison, places: Mapping[str, int]) -> tuple[Table, ...]:
    """A table for each block with a dimension that some account has a figure for; `places` of the
    accounts in the brief by account_id.
    """
    if not comparison.rows:
        return ()
    blocks = {
        name: [key for key in keys if key in comparison.known] for name, keys in BLOCKS.items()
    }
    return tuple(_block(name, keys, comparison, places) for name, keys in blocks.items() if keys)


def _block(
    name: str, keys: Sequence[str], comparison: Comparison, places: Mapping[str, int]
) -> Table:
    headings = (heading("公众号"), *(_dimension(DIMENSIONS[key]) for key in keys))
    accounts = tuple(
        TableRow(
            (
                linked_account(row, places.get(row.account_id, 0)),
                NEW_LINE,
                small(_sizes(row, keys)),
            ),
            tuple(_figure(key, row.cells[key]) for key in keys),
            "own" if row.own else "",
            account_parts(row.account, row.role),
        )
        for row in comparison.rows
    )
    medians = tuple(
        TableRow(
            title, tuple(_median(key, comparison.medians[scope][key]) for key in keys), "median"
        )
        for scope, title in _scopes(comparison.rows)
    )
    place, caption = rich("对比矩阵"), translate_phrase(name)
    return Table(place, headings, accounts + medians, style="heat", caption=caption)


def _sizes(row: MatrixRow, keys: Sequence[str]) -> Content:
    """What the figures of a row rest on: one n, or from the smallest to the largest."""
    sizes = sorted(row.cells[key].n for key in keys)
    least, most = format_count(sizes[0]), format_count(sizes[-1])
    return f"n {least}" if least == most else f"n {least}–{most}"


def _dimension(dimension: Dimension) -> TableHeading:
    name = translate_phrase(dimension.name)
    if dimension.unit in ("%", ""):
        return TableHeading(name, numeric=True)
    unit = small(translate_phrase(dimension.unit))
    return TableHeading((name, NEW_LINE, unit), numeric=True)


def _scopes(rows: Sequence[MatrixRow]) -> tuple[tuple[str, Content], ...]:
    """Over whom medians are taken, in words: the own account makes a difference."""
    if any(row.own for row in rows):
        return (("all", rich("中位数，含自己")), ("others", rich("中位数，不含自己")))
    return (("all", rich("中位数")),)


def _figure(key: str, cell: MatrixCell) -> TableCell:
    counted = TablePart(f"{to_text(translate_phrase(DIMENSIONS[key].name))} n", cell.n)
    if cell.value is None:
        few = small(rich("样本不足"), NEW_LINE, f"n {format_count(cell.n)}")
        parts = (part("", translate("样本不足")), counted)
        return TableCell(few, numeric=True, style="none", parts=parts)
    value = translate_phrase(DIMENSIONS[key].shown(cell.value))
    shade = "" if cell.step is None else f"q{cell.step}"
    parts = (part("", cell.value), counted)
    return TableCell(value, numeric=True, style=shade, parts=parts)


def _median(key: str, value: float | None) -> TableCell:
    if value is None:
        return TableCell(small(rich("样本不足")), numeric=True)
    shown = translate_phrase(DIMENSIONS[key].shown(value))
    return TableCell(shown, numeric=True, parts=(part("", value),))

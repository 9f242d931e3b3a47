"""Where a grid's header stands, and the rows below it: evened, with their links in place, without
those that are no articles.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from crawler.files import ArchiveError
from crawler.formats.grids.cell_links import has_link
from crawler.formats.grids.grid import Grid
from crawler.formats.tables.cells import cell_text, is_error, unwrap_formula
from crawler.formats.tables.columns import SAMPLE_ROWS, could_be_title, settle_columns
from crawler.formats.tables.fillers import REPEATED_HEADER, filler_kind
from crawler.formats.tables.headers import HeaderMap, is_known, looks_like_header, map_headers
from crawler.formats.tables.link_columns import place_links
from crawler.formats.tables.survey import ACCOUNT_FIELDS
from crawler.records import clean_text
from crawler.times import parse_time

__all__ = ["MOST_COLUMNS", "Body", "find_body", "find_header", "map_names", "tell_no_header"]

MOST_COLUMNS = 2000
_HEADER_ROWS = 10
_LONGEST_NAME = 30
_FILLED = (*ACCOUNT_FIELDS, "published", "albums")  # what a merged cell says of each row it covers


@dataclass(frozen=True, slots=True)
class Body:
    """The rows of a grid below the line its header ends on; `above`: the texts over the header."""

    grid: Grid
    line: int
    header: HeaderMap
    above: tuple[str, ...] = ()

    @classmethod
    def of(cls, grid: Grid, line: int, header: HeaderMap, above: Sequence[str] = ()) -> Body:
        """The body with what its first rows tell of columns whose names don't."""
        body = cls(grid, line, header, tuple(above))
        settled = settle_columns(header, body.sample(), attached=bool(grid.links))
        return replace(body, header=settled)

    def sample(self) -> list[list[Any]]:
        """The first rows, as they stand."""
        return [cells for _, cells in islice(self._evened(Counter()), SAMPLE_ROWS)]

    def names_accounts(self) -> bool:
        """True when a column says whose the articles are."""
        return any(name in self.header.columns for name in ACCOUNT_FIELDS)

    def likely_title(self) -> str:
        """The name of the column that a person would call the titles'."""
        return could_be_title(self.header, self.sample())

    def articles(self, fillers: Counter[str] | None = None) -> Iterator[tuple[int, list[Any]]]:
        """The rows that are articles; what else there was is counted in `fillers`."""
        counts = Counter[str]() if fillers is None else fillers
        links, order = self.grid.links, None
        for line, plain in self._evened(counts):
            cells = plain if order is None else [plain[n] if n >= 0 else "" for n in order]
            cells = place_links([*cells], self.header, links.get(line, {}))
            kind = filler_kind(cells, self.header)
            if kind is None:
                yield line, cells
                continue
            counts[kind] += 1
            if kind == REPEATED_HEADER:
                order = _reordered(self.header, plain)

    def _evened(self, counts: Counter[str]) -> Iterator[tuple[int, list[Any]]]:
        """Rows of at least the header's width, their texts without white space around them, and ""
        where nothing is or a formula failed.
        """
        width = self.header.width - self.header.virtual
        for line, cells in self._lines():
            try:
                plain: list[Any] = list(map(str.strip, cells))
            except TypeError:  # a spreadsheet's numbers and times
                plain = [
                    cell.strip() if isinstance(cell, str) else "" if cell is None else cell
                    for cell in cells
                ]
            failed = _clear_formulas(plain)
            counts["error"] += failed
            if len(plain) < width:
                plain += [""] * (width - len(plain))
            if any(cell != "" for cell in plain):
                yield line, plain
            elif failed:
                counts["只有错误值"] += 1

    def _lines(self) -> Iterator[tuple[int, Sequence[Any]]]:
        """The rows below the header; a cell merged downwards is filled in where it says
        whose or when.
        """
        columns = self.header.columns
        filled = {number for name in _FILLED for number in columns.get(name, ())}
        starts = {
            (first, column): last for column, first, last in self.grid.fills if column in filled
        }
        running: dict[int, tuple[int, Any]] = {}
        for line, cells in self.grid.rows():
            if line <= self.line:
                continue
            if starts:
                cells = list(cells)
                for column in filled:
                    if column < len(cells) and (line, column) in starts:
                        running[column] = (starts[line, column], cells[column])
                    elif column in running and line <= running[column][0] and column < len(cells):
                        cells[column] = running[column][1]
            yield line, cells


def _reordered(header: HeaderMap, cells: Sequence[Any]) -> list[int] | None:
    """Where the columns of the header are in the one that comes later, -1 where nowhere; None where
    it is the same.
    """
    names = [cell_text(cell) for cell in cells]
    later = map_headers(names).columns
    order = [names.index(name) if name in names else -1 for name in header.names]
    for field, numbers in header.columns.items():
        for number, other in zip(numbers, later.get(field, ()), strict=False):
            if number < len(order) and order[number] < 0:
                order[number] = other
    return None if order == list(range(len(names))) else order


_MARKS = frozenset("=#Ee")


def _clear_formulas(cells: list[Any]) -> int:
    """Take formulas for what they say, and those that failed for nothing; gives how many failed."""
    failed = 0
    for number, cell in enumerate(cells):
        if type(cell) is str and cell[:1] in _MARKS and cell:
            cells[number] = unwrap_formula(cell)
            if is_error(cell):
                cells[number] = ""
                failed += 1
    return failed


def map_names(cells: Sequence[Any], mapping: Mapping[str, str]) -> HeaderMap:
    """What the columns of a header are. Raises ArchiveError when a --map names no field."""
    try:
        return map_headers([cell_text(cell) for cell in cells], mapping)
    except ValueError as error:
        raise ArchiveError(str(error)) from None


def find_body(grid: Grid, mapping: Mapping[str, str]) -> Body | None:
    """The rows under the header; where no names tell which articles they are, what stands in the
    columns may.
    """
    found = find_header(grid, mapping)
    if found is None:
        return _body_by_content(grid, mapping)
    first, header, line = found
    top = islice(grid.rows(), first)
    return Body.of(grid, line, header, _texts_above(top))


def find_header(grid: Grid, mapping: Mapping[str, str]) -> tuple[int, HeaderMap, int] | None:
    """The best header among the first lines: the one that names most fields, the first of equals; a
    header may take two lines. Gives how many rows stand above it, the header, its last line.
    """
    top = list(islice(grid.rows(), _HEADER_ROWS))
    best: tuple[int, HeaderMap, int] | None = None
    for index, (line, cells) in enumerate(top):
        if best and len(best[1].columns) > 1 and _is_article(cells):
            break  # a header below it is that of what was appended
        choices = [cells] if len(cells) <= MOST_COLUMNS else []
        if index and choices and (joined := _joined(top[index - 1][1], cells)):
            choices.append(joined)
        for names in choices:
            if looks_like_header(names, mapping):
                header = map_names(names, mapping)
                if best is None or _fullness(header) > _fullness(best[1]):
                    best = (index - (names is not cells), header, line)
    return best


def _is_article(cells: Sequence[Any]) -> bool:
    """True for a row with a link or a time in it, which no header has."""
    return any(has_link(cell) or parse_time(cell) is not None for cell in cells[:50] if cell)


def _fullness(header: HeaderMap) -> tuple[int, int]:
    """How much a header names: fields, then columns."""
    return len(header.columns), sum(map(bool, header.names))


def _texts_above(rows: Iterable[tuple[int, Sequence[Any]]]) -> list[str]:
    """What stands alone in its line above a header."""
    lines = ([clean_text(cell_text(cell)) for cell in cells[:50]] for _, cells in rows)
    alone = (list(filter(None, texts)) for texts in lines)
    return [texts[0] for texts in alone if len(texts) == 1]


def _joined(upper: Sequence[Any], lower: Sequence[Any]) -> list[str] | None:
    """Two lines as one header: the names below, else those above, which may reach over several
    columns; None where the lower line is no part of a header.
    """
    tops, names = [cell_text(cell) for cell in upper], [cell_text(cell) for cell in lower]
    names += [""] * (len(tops) - len(names))
    tops += [""] * (len(names) - len(tops))
    if not any(names) or len(names) > MOST_COLUMNS:
        return None
    over, joined = "", []
    for above, name in zip(tops, names, strict=True):
        over = above or (over if name else "")
        if name and not is_known(name) and not is_known(over + name):
            return None
        joined.append((over + name if is_known(over + name) else name) if name else above)
    return joined


def _body_by_content(grid: Grid, mapping: Mapping[str, str]) -> Body | None:
    top = list(islice(grid.rows(), _HEADER_ROWS))
    for index, (line, cells) in enumerate(top):
        if not _may_be_header(cells):
            continue
        body = Body.of(grid, line, map_names(cells, mapping), _texts_above(top[:index]))
        columns = body.header.columns
        if body.header.is_of_articles() and (len(columns) > 1 or "url" in columns):
            return body
    return None


def _may_be_header(cells: Sequence[Any]) -> bool:
    """True for several short, different words."""
    names = [cell for cell in cells if cell != "" and cell is not None]
    texts = [name.strip() for name in names if isinstance(name, str)]
    return 1 < len(texts) == len(names) == len(set(texts)) <= MOST_COLUMNS and all(
        0 < len(text) <= _LONGEST_NAME and "://" not in text and not text[:1].isdigit()
        for text in texts
    )


def tell_no_header(grids: Sequence[Grid], mapping: Mapping[str, str]) -> str:
    """Why nothing was read, and how to say which column is what."""
    grid = next((grid for grid in grids if next(grid.rows(), None)), None)
    if grid is None:
        return "空表格"
    top = list(islice(grid.rows(), _HEADER_ROWS))
    line, cells = next((row for row in top if _may_be_header(row[1])), top[0])
    texts = [clean_text(cell_text(cell)) for cell in cells[:MOST_COLUMNS]]
    shown = "、".join(text[:20] for text in texts[:8] if text) or "空的"
    body = Body(grid, line, map_names(cells[:MOST_COLUMNS], mapping))
    name = body.likely_title()[:_LONGEST_NAME] or "列名"
    return (
        f"没有认出表头：前 {_HEADER_ROWS} 行里没有一行有标题、链接或 mid 列（第一行是 {shown}）；"
        f"用 --map 说明哪一列是什么，例如 --map {name}=标题"
    )

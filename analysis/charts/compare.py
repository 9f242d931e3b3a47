"""The map of accounts on two axes (定位图), with labels that don't cover each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import pandas as pd

from analysis.charts.base import FAINT, GRID, INK, OTHER, OWN, WIDTH, alt
from analysis.charts.labels import LABEL_SIZE, measure_label

__all__ = ["HEIGHT", "PLOT", "Label", "draw_positions", "place_labels"]

PLOT, HEIGHT = WIDTH - 52, 300  # pixels of the plane between the axes
_LINE, _DOT, _EDGE = 14, 6, 2
_MARGIN = 0.08  # of the span, beyond the outermost account
_REACH = (
    0,
    14,
    -14,
    28,
    -28,
    42,
    -42,
    56,
    -56,
)  # pixels a label may move up or down from beside its dot


@dataclass(frozen=True, slots=True)
class Label:
    """A name and its box: left, top, right, bottom in pixels from the top left of the plane."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    far: bool = False  # more than a line away from its dot, so that a thin line has to join them

    def covers(self, other: Label) -> bool:
        """Whether the two boxes share any pixel."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


def place_labels(names: Sequence[str], points: Sequence[tuple[float, float]]) -> list[Label | None]:
    """A place for each name beside its point (pixels), inside the plane, on no other label and on
    no point; None where there is none.

    First come, first served, nearest places first: right, left, then above and below in steps of a
    line.
    """
    dots = [Label("", x - _DOT, y - _DOT, x + _DOT, y + _DOT) for x, y in points]
    placed: list[Label | None] = []
    for name, (x, y) in zip(names, points, strict=True):
        width = measure_label(name)
        lefts = (x + _DOT + 2, x - _DOT - 2 - width, x - width / 2)
        tried = (
            Label(
                name,
                left,
                y + shift - _LINE / 2,
                left + width,
                y + shift + _LINE / 2,
                abs(shift) > _LINE,
            )
            for shift, left in product(_REACH, lefts)
        )
        taken = [*(label for label in placed if label), *dots]
        placed.append(
            next(
                (
                    label
                    for label in tried
                    if _inside(label) and not any(label.covers(other) for other in taken)
                ),
                None,
            )
        )
    return placed


def _inside(label: Label) -> bool:
    return (
        label.left >= _EDGE
        and label.right <= PLOT - _EDGE
        and label.top >= _EDGE
        and label.bottom <= HEIGHT - _EDGE
    )


def draw_positions(
    positions: pd.DataFrame, *, x: str, y: str, x_percent: bool = False, y_percent: bool = False
) -> alt.LayerChart:
    """Accounts as dots on two figures, from peers.matrix.place_accounts; the own one a diamond in
    its colour, dashed lines the medians.

    `x`, `y` are the axes' titles with their units. Labels are `account` as given, each on free
    ground; a name that finds none is left out.
    """
    rows = positions[["account", "own", "x", "y"]].reset_index(drop=True)
    across, up = _domain(rows["x"]), _domain(rows["y"])
    points = [
        (_share(x_value, across) * PLOT, (1 - _share(y_value, up)) * HEIGHT)
        for x_value, y_value in zip(rows["x"], rows["y"], strict=True)
    ]
    order = sorted(
        range(len(rows)), key=lambda index: (not rows["own"][index], index)
    )  # the own name is never the one left out
    placed = zip(
        place_labels(
            [rows["account"][index] for index in order], [points[index] for index in order]
        ),
        order,
        strict=True,
    )
    labels = [(label, index) for label, index in placed if label]
    texts = pd.DataFrame(
        {
            "text": pd.Series([label.text for label, _ in labels], dtype="str"),
            "x": pd.Series(
                [across[0] + label.left / PLOT * (across[1] - across[0]) for label, _ in labels],
                dtype="float64",
            ),
            "y": pd.Series(
                [
                    up[1] - (label.top + label.bottom) / 2 / HEIGHT * (up[1] - up[0])
                    for label, _ in labels
                ],
                dtype="float64",
            ),
        }
    )
    joined = texts.assign(
        dot_x=[float(rows["x"][index]) for _, index in labels],
        dot_y=[float(rows["y"][index]) for _, index in labels],
    )[[label.far for label, _ in labels]]
    xs = alt.X(
        "x:Q",
        title=x,
        scale=alt.Scale(domain=list(across), nice=False, zero=False),
        axis=_axis(percent=x_percent),
    )
    ys = alt.Y(
        "y:Q",
        title=y,
        scale=alt.Scale(domain=list(up), nice=False, zero=False),
        axis=_axis(percent=y_percent),
    )
    shape = alt.Shape(
        "own:N", scale=alt.Scale(domain=[False, True], range=["circle", "diamond"]), legend=None
    )
    color = alt.Color(
        "own:N", scale=alt.Scale(domain=[False, True], range=[OTHER, OWN]), legend=None
    )
    size = alt.Size("own:N", scale=alt.Scale(domain=[False, True], range=[60, 130]), legend=None)
    dots = (
        alt.Chart(rows)
        .mark_point(filled=True, opacity=1, aria=False)
        .encode(x=xs, y=ys, shape=shape, color=color, size=size)
    )
    leaders = (
        alt.Chart(joined)
        .mark_rule(color=FAINT, strokeWidth=0.7, aria=False)
        .encode(x=xs, y=ys, x2="dot_x:Q", y2="dot_y:Q")
    )
    base = alt.Chart(texts).encode(x=xs, y=ys, text="text:N")
    ground = base.mark_text(
        align="left",
        baseline="middle",
        fontSize=LABEL_SIZE,
        stroke="white",
        strokeWidth=3,
        aria=False,
    )  # lines don't run through names
    names = base.mark_text(
        align="left", baseline="middle", fontSize=LABEL_SIZE, color=INK, aria=False
    )
    chart: alt.LayerChart = alt.LayerChart(
        layer=[*_medians(rows, xs, ys), leaders, ground, dots, names]
    ).properties(width=PLOT, height=HEIGHT)
    return chart


def _medians(rows: pd.DataFrame, xs: alt.X, ys: alt.Y) -> list[alt.Chart]:
    if len(rows) < 3:
        return []
    middle = pd.DataFrame({"x": [rows["x"].median()], "y": [rows["y"].median()]})
    rule = alt.Chart(middle).mark_rule(strokeDash=[3, 3], color=FAINT, aria=False)
    return [rule.encode(x=xs), rule.encode(y=ys)]


def _axis(*, percent: bool) -> alt.Axis:
    return alt.Axis(format=".0%" if percent else ",~f", tickCount=5, grid=True, gridColor=GRID)


def _domain(values: pd.Series) -> tuple[float, float]:
    """The span of the values with a margin, of one value or none with room around it."""
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
    room = (high - low) * _MARGIN or abs(high) * 0.5 or 1.0
    return low - room, high + room


def _share(value: float, domain: tuple[float, float]) -> float:
    return (value - domain[0]) / (domain[1] - domain[0])

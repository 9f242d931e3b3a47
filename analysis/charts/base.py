"""What all charts share: colours, the time axis, and a chart -> SVG that needs no script.

Charts are at most 360 px wide, so that their text is as large on a phone as it is on paper.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

import pandas as pd
import vl_convert

from analysis.compute.keys import key_frame, key_of, key_of_code

if TYPE_CHECKING:
    import altair as alt
else:

    class _Altair:
        """Altair, loaded by what is first used of it: it takes 0.3 s, and charts that are
        remembered need none of it.
        """

        def __getattr__(self, name: str) -> Any:
            return getattr(import_module("altair"), name)

    alt = _Altair()

__all__ = [
    "FAINT",
    "FONTS",
    "GRID",
    "INK",
    "OTHER",
    "OWN",
    "OWN_SCALE",
    "SCALE",
    "WIDTH",
    "alt",
    "draw_svg",
    "remember_charts",
    "render_svg",
    "shades",
    "time_axis",
    "utc_days",
]

WIDTH = 340
FONTS = (
    '"PingFang SC","Hiragino Sans GB","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans '
    'SC",sans-serif'
)
# the renderer brings it, and need not open a font of 20 MB for each label: half of its time
_MEASURED = "Liberation Sans"
INK, FAINT, GRID = "#333333", "#666666", "#e4e4e0"
OWN, OTHER = (
    "#b5541c",
    "#2f6690",
)  # told apart by lightness and in every common colour blindness, and on a grey printer
SCALE = ["#e3edf4", "#a9c8dd", "#6a9fc4", "#3a73a0", "#173f5f"]
OWN_SCALE = ["#f8e8dd", "#efc3a4", "#dd9364", "#b5541c", "#6f2f0c"]
_THEME: dict[str, Any] = {
    "background": None,
    "padding": 2,
    "font": _MEASURED,
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
        "labelColor": INK,
        "titleColor": FAINT,
        "gridColor": GRID,
        "domainColor": "#999999",
        "tickColor": "#999999",
        "tickSize": 4,
        "labelPadding": 3,
    },
    "legend": {"labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": "normal"},
}
_ROLES = re.compile(r' (?:class|role|aria-[a-z]+|pointer-events)="[^"]*"')
_IDS = re.compile(r'(\bid="|url\(#|href="#)([^")]+)')
_DECIMALS = re.compile(r"-?\d+\.\d+(?:e[-+]?\d+)?")
_FAMILY = re.compile(r' font-family="[^"]*"')
_RUN = re.compile(r'(?:<path d="[^"]*" fill="[^"]*"(?: opacity="[^"]*")?/>){2,}')
_CELL = re.compile(r'<path d="([^"]*)" (fill="[^"]*"(?: opacity="[^"]*")?)/>')
_SIZE = re.compile(r'<svg [^>]*?viewBox="([^"]+)"[^>]*>')
_REMEMBERED: ContextVar[tuple[Mapping[str, str], dict[str, str], str] | None] = ContextVar(
    "remembered charts", default=None
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ufffe\uffff\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def shades(own: bool) -> alt.Scale:
    return alt.Scale(range=OWN_SCALE if own else SCALE, zero=True, interpolate="rgb")


def time_axis(field: str, since: date, until: date, *, unit: str = "utcyearmonthdate") -> alt.X:
    months = (until.year - since.year) * 12 + until.month - since.month
    form = "%Y" if months > 30 else "%y/%-m" if months > 2 else "%-m/%-d"
    ticks = alt.Axis(
        format=form,
        tickCount="year" if months > 30 else 5,
        grid=False,
        labelOverlap=True,
        labelFlush=True,
    )
    scale = alt.Scale(type="utc", domain=[_stamp(since), _stamp(until)], nice=False)
    return alt.X(f"{unit}({field}):T", title=None, scale=scale, axis=ticks)


def _stamp(day: date) -> Any:
    return alt.DateTime(year=day.year, month=day.month, date=day.day, utc=True)


def utc_days(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Days as UTC midnights: without a zone the renderer's own would move them."""
    return frame.assign(**{column: frame[column].dt.tz_localize("UTC")})


@contextmanager
def remember_charts(before: Mapping[str, str], *, salt: str) -> Iterator[dict[str, str]]:
    """Inside, draw_svg takes from `before` what it holds; gives the charts drawn inside by their
    key, in their order. `salt` is what else they rest on.

    The renderer takes up to a tenth of a second a chart, most of it for measuring labels.
    """
    drawn: dict[str, str] = {}
    token = _REMEMBERED.set((before, drawn, salt))
    try:
        yield drawn
    finally:
        _REMEMBERED.reset(token)


def draw_svg(
    draw: Callable[..., alt.Chart | alt.LayerChart],
    *args: Any,
    name: str,
    text: str,
    **options: Any,
) -> str:
    """render_svg of draw(*args, **options), taken from what is remembered where the same was drawn
    from the same frames and values.
    """
    remembered = _REMEMBERED.get()
    if remembered is None:
        return render_svg(_draw(draw, args, options), name=name, text=text)
    before, drawn, salt = remembered
    given = [*args, *(value for _, value in sorted(options.items()))]
    key = key_of(
        [
            key_of_code(draw.__module__),
            salt,
            draw.__name__,
            repr(sorted(options)),
            name,
            text,
            *map(_key_given, given),
        ]
    )
    drawn[key] = before.get(key) or render_svg(_draw(draw, args, options), name=name, text=text)
    return drawn[key]


def _draw(
    draw: Callable[..., alt.Chart | alt.LayerChart], args: Sequence[Any], options: Mapping[str, Any]
) -> alt.Chart | alt.LayerChart:
    """The chart; what it is made of is not held against the schema at each step, which tests do."""
    from altair.utils.schemapi import (
        debug_mode,
    )  # here, as Altair is loaded only where a chart is new

    with debug_mode(False):
        return draw(*args, **options)


def _key_given(value: Any) -> str:
    if isinstance(value, pd.Series):
        value = value.to_frame()
    return (
        key_frame(value)
        if isinstance(value, pd.DataFrame)
        else value.__name__
        if callable(value)
        else repr(value)
    )


def render_svg(chart: alt.Chart | alt.LayerChart, *, name: str, text: str) -> str:
    """A chart as inline SVG: the same bytes for the same chart, ids led by `name`, `text` as what a
    screen reader says.
    """
    spec = _clean(chart.to_dict(validate=False)) | {
        "config": _THEME
    }  # tests validate; doing it again takes half as long as drawing
    svg = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    svg = _name_ids(_shorten(_ROLES.sub("", svg)), name)
    box = _SIZE.match(svg)
    if box is None:
        raise ValueError(f"chart {name!r}: no SVG came back but {svg[:60]!r}")
    label = _CONTROL.sub("", text)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" font-family={quoteattr(FONTS)} '
        f'viewBox="{box[1]}" width="{box[1].split()[2]}" role="img" '
        f"aria-label={quoteattr(label)}>"
    )
    return f"{head}<title>{escape(label)}</title>{svg[box.end() :]}"


def _name_ids(svg: str, name: str) -> str:
    """Ids numbered as they come: the renderer counts on over all that a process draws."""
    seen: dict[str, str] = {}
    return _IDS.sub(lambda match: match[1] + seen.setdefault(match[2], f"{name}-{len(seen)}"), svg)


def _shorten(svg: str) -> str:
    """The same picture in a third of the bytes: fonts named once, tenths of a pixel, cells of one
    colour as one path. Text stays as it is.
    """
    parts = re.split(r"(<[^>]*>)", svg.replace(' opacity="1"', ""))
    tags = (
        _FAMILY.sub("", _DECIMALS.sub(_tenths, part)) if part.startswith("<") else part
        for part in parts
    )
    return _RUN.sub(_join_cells, "".join(tags))


def _tenths(match: re.Match[str]) -> str:
    return f"{round(float(match[0]), 1) + 0.0:g}"


def _join_cells(run: re.Match[str]) -> str:
    """Side by side cells by their colour, in the order the colours come."""
    cells: dict[str, list[str]] = {}
    for path, look in _CELL.findall(run[0]):
        cells.setdefault(look, []).append(path)
    return "".join(f'<path d="{"".join(paths)}" {look}/>' for look, paths in cells.items())


def _clean(value: Any) -> Any:
    """The specification without control characters, which XML has no way to write, and bidi
    controls, which would turn the labels round.
    """
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean(item) for item in value]
    return _CONTROL.sub("", value) if isinstance(value, str) else value

"""A small picture of an account: its page as a phone shows it, in its own sizes and colours, beside
the pushes of its last weeks. Plain SVG, written here: forty bytes a bar need no renderer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from analysis.charts.base import FAINT, GRID, OTHER, OWN

__all__ = ["draw_portrait"]

_WIDTH, _HEIGHT = 92, 40
_PHONE = 30  # px of the page's width; the rest is for the bars
_COLOR = re.compile(r"#[0-9a-f]{6}")
_USUAL_SIZE, _USUAL_LEADING = 16.0, 1.75


def draw_portrait(
    weeks: Sequence[int], *, most: int, look: Mapping[str, Any] | None, own: bool, text: str
) -> str:
    """The picture as SVG: on the left a page with a cover and, for each line of text, a stroke as
    thick and as far apart as its size and line height; headings in their colour. On the right a bar
    a week, `most` pushes high at the top. Without a `look` (a row of layout.templates.TEMPLATES)
    the page is empty.
    """
    color = OWN if own else OTHER
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'width="{_WIDTH}" height="{_HEIGHT}" role="img" aria-label="{escape(text)}">',
        f'<rect x=".5" y=".5" width="{_PHONE - 1}" height="{_HEIGHT - 1}" rx="3" fill="#fff" '
        f'stroke="{GRID}"/>',
        *(_draw_page(look) if look else ()),
        *_draw_weeks(weeks, most, color),
        "</svg>",
    ]
    return "".join(parts)


def _draw_page(look: Mapping[str, Any]) -> list[str]:
    size = min(max(_number(look.get("font_size_px"), _USUAL_SIZE), 10.0), 24.0)
    leading = min(max(_number(look.get("line_height"), _USUAL_LEADING), 1.0), 3.0)
    accent = _accent(look)
    stroke = round(size / 10, 1)
    step = round(stroke * leading * 1.35, 1)
    drawn = [f'<rect x="3" y="3" width="{_PHONE - 6}" height="9" fill="{accent}" opacity=".35"/>']
    y, line = 15.0, 0
    while y + stroke <= _HEIGHT - 3:
        heading = line % 5 == 0
        width = 12 if heading else (_PHONE - 6 if line % 5 < 4 else 16)
        fill = accent if heading else "#b4b9be"
        drawn.append(f'<rect x="3" y="{y:g}" width="{width}" height="{stroke:g}" fill="{fill}"/>')
        y = round(y + step, 1)
        line += 1
    return drawn


def _accent(look: Mapping[str, Any]) -> str:
    """The colour of its headings, else its first accent, else grey."""
    accents = look.get("accents")
    first = accents[0] if isinstance(accents, (list, tuple)) and accents else None
    for color in (look.get("heading_color"), first):
        if isinstance(color, str) and _COLOR.fullmatch(color[:7].lower()):
            return color[:7].lower()
    return FAINT


def _number(value: Any, usual: float) -> float:
    return float(value) if isinstance(value, (int, float)) and value == value else usual


def _draw_weeks(weeks: Sequence[int], most: int, color: str) -> list[str]:
    left = _PHONE + 6
    room = (_WIDTH - left) / max(len(weeks), 1)
    base = f'<path d="M{left} {_HEIGHT - 0.5}H{_WIDTH}" stroke="{GRID}"/>'
    bars = []
    for index, pushes in enumerate(weeks):
        height = round((_HEIGHT - 4) * min(pushes, most) / max(most, 1), 1)
        if height:
            bars.append(
                f"M{left + index * room:.1f} {_HEIGHT - 1}v-{height:g}h{room * 0.7:.1f}v{height:g}z"
            )
    return [base, f'<path d="{"".join(bars)}" fill="{color}"/>' if bars else ""]

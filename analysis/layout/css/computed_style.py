"""The style computed for one element: what it inherits and what of its own box matters to a layout.
Pure.
"""

from __future__ import annotations

from dataclasses import dataclass

from analysis.layout.css.colors import BLACK, Color

__all__ = ["CLEAR", "NO_BORDER", "PLAIN_BOX", "Style"]

CLEAR = Color(0, 0, 0, 0.0)
PLAIN_BOX = (0.0, 0.0, 0.0, 0.0)
NO_BORDER: tuple[tuple[float, Color], ...] = ((0.0, CLEAR),) * 4


@dataclass(frozen=True, slots=True)
class Style:
    """What is computed for one element. Lengths in CSS px; four-tuples go top,
    right, bottom, left.
    """

    size: float = 16.0
    absolute: bool = (
        False  # whether the type size was set in units that don't depend on the reader's own
    )
    mono: bool = False  # font-family: monospace alone, which browsers set smaller
    line: float | None = None  # line height in type sizes where a number set it
    line_px: float | None = None  # or in px where a length did
    spacing: float = 0.0
    align: str = "start"
    color: Color = BLACK
    weight: int = 400
    italic: bool = False
    underline: bool = False
    indent: float = 0.0
    visible: bool = True
    shown: bool = True  # no display: none at or above it
    display: str = "inline"
    background: Color = CLEAR  # its own
    painted: bool = False  # a background image or gradient
    marked: Color = CLEAR  # the nearest background of an inline box around it
    margin: tuple[float, ...] = PLAIN_BOX
    padding: tuple[float, ...] = PLAIN_BOX
    border: tuple[tuple[float, Color], ...] = NO_BORDER
    radius: float = 0.0
    height: float | None = None
    left: float = 0.0  # from the article's edge to its content
    right: float = 0.0
    holds: str = ""  # flex or ruby: what its children are laid out in
    drawing: str = "html"  # html, svg (text is not drawn) or text (inside <svg><text>)
    variables: tuple[tuple[str, str], ...] = ()

    @property
    def inline(self) -> bool:
        """Whether it flows inside a line."""
        return self.display.startswith("inline")

    @property
    def line_height(self) -> float:
        """Line height ÷ type size; normal counts as 1.2."""
        if self.line is not None:
            return self.line
        return 1.2 if self.line_px is None or not self.size else self.line_px / self.size

    @property
    def drawn(self) -> bool:
        """Whether text directly in it is seen."""
        return self.shown and self.visible and self.size > 0 and self.drawing != "svg"

"""The cascade: from everything said of an element, and its parent's style, to the style a browser
computes for it. Pure.

A browser's own sheet, presentational attributes, the page's sheets by specificity, style
attributes, !important the other way round; then inheritance. Chromium is the model where browsers
differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from analysis.layout.css.colors import BLACK, Color
from analysis.layout.css.computed_style import CLEAR, NO_BORDER, PLAIN_BOX, Style
from analysis.layout.css.declarations import (
    INHERITED,
    SIZE_KEYWORDS,
    WIDE,
    Declaration,
    parse_declarations,
    parse_value,
    substitute,
)
from analysis.layout.css.lengths import VIEWPORT, Length
from analysis.layout.css.stylesheets import Rule
from analysis.layout.css.user_agent_sheet import HINTED, browser_block, hint_block

__all__ = ["Cascade"]

_MAX_SIZE = 10_000.0  # px, where browsers stop
_MONO = 13 / 16  # a browser's default size of monospace type to that of other type
_MONO_KEYWORDS = dict(
    zip(SIZE_KEYWORDS, (9.0, 10.0, 12.0, 13.0, 16.0, 20.0, 26.0, 39.0), strict=True)
)
_MAX_LENGTH = 33_554_432.0  # px, where Chromium stops
_SILENT = frozenset(
    {"script", "style", "noscript", "template"}
)  # their text is no text of the article
_REPLACED = frozenset(
    {"iframe", "video", "audio", "canvas", "select"}
)  # what they hold is shown only where they can't be
_BLOCKIFIED = {
    **dict.fromkeys(
        (
            "table-cell",
            "table-row",
            "table-row-group",
            "table-header-group",
            "table-footer-group",
            "table-column",
            "table-column-group",
            "table-caption",
        ),
        "block",
    ),
    "ruby": "block ruby",
    "inline": "block",
    "inline-block": "block",
    "inline-flex": "flex",
    "inline-grid": "grid",
    "inline-table": "table",
    "-webkit-inline-box": "-webkit-box",
    "-webkit-inline-flex": "-webkit-flex",
}
_INLINIFIED = {
    "block": "inline-block",
    "flex": "inline-flex",
    "grid": "inline-grid",
    "table": "inline-table",
    "list-item": "inline-block",
    "flow-root": "inline-block",
}
_INITIAL: dict[str, Any] = {
    "font-size": "medium",
    "font-family": "initial",
    "font-weight": 400,
    "font-style": "normal",
    "line-height": "normal",
    "letter-spacing": "normal",
    "text-align": "start",
    "text-indent": Length(0.0, "px"),
    "color": BLACK,
    "visibility": "visible",
    "display": "inline",
}
_SIDE_NAMES = {
    what: tuple(f"{what}-{side}" for side in ("top", "right", "bottom", "left"))
    for what in ("margin", "padding")
}
_BORDER_STYLES = tuple(f"border-{side}-style" for side in ("top", "right", "bottom", "left"))


_MOST_CACHED = 20_000  # styles: some twenty megabytes


class Cascade:
    """Computes styles; the same element under the same parent is computed once, as articles repeat
    themselves and each other.
    """

    def __init__(self, rules: Sequence[Rule], *, quirks: bool) -> None:
        self.rules = rules
        self.quirks = quirks
        self.root = 16.0  # the page's type size
        self.ink = BLACK  # <body>'s colour
        self.known: dict[
            tuple[Any, ...], tuple[Style, Style]
        ] = {}  # with the parent, which must live as long as its number is in a key

    def compute(
        self,
        parent: Style,
        tag: str,
        attributes: Mapping[str, str | None],
        reached: tuple[int, ...] = (),
    ) -> Style:
        """The style of an element under a parent's; `reached` are the places of the rules that
        reach it, weakest first.
        """
        hints = (
            tuple((name, attributes[name] or "") for name in attributes if name in HINTED)
            if attributes
            else ()
        )
        text = attributes.get("style") or "" if attributes else ""
        key = (id(parent), tag, text, hints, reached)
        style = self.known.get(key)
        if style is None:
            style = self.known[key] = parent, self._compute(parent, tag, dict(hints), text, reached)
        return style[1]

    def open(self, own: Style) -> Style:
        """The style of the content as a reader has it: shown, whatever hides it until the page is
        loaded, and with the whole width.
        """
        entry = self.known.get((id(own),))
        if entry is None:
            entry = self.known[id(own),] = own, replace(own, visible=True, left=0.0, right=0.0)
        return entry[1]

    def forget_many(self) -> None:
        """Begin anew where much is known."""
        if len(self.known) > _MOST_CACHED:
            self.known.clear()

    def _compute(
        self, parent: Style, tag: str, hints: Mapping[str, str], text: str, reached: tuple[int, ...]
    ) -> Style:
        browser = browser_block(tag, parent, self.ink if self.quirks else None)
        layers = [
            browser,
            hint_block(tag, hints, parent),
            *(self.rules[place].declarations for place in reached),
            parse_declarations(text, quirks=self.quirks) if text else (),
        ]
        if all(not layer for layer in layers):
            return self._resolve(parent, tag, {}, parent.variables)
        ordered = [
            declaration for layer in layers for declaration in layer if not declaration.important
        ] + [declaration for layer in layers for declaration in layer if declaration.important]
        variables = parent.variables
        if any(declaration.raw for declaration in ordered):
            variables = _variables(ordered, parent.variables)
            ordered = list(self._substituted(ordered, dict(variables)))
        values: dict[str, Any] = {}
        defaults = {declaration.name: declaration.value for declaration in browser}
        for declaration in ordered:
            value = declaration.value
            if isinstance(value, str) and value in ("revert", "revert-layer"):
                value = defaults.get(declaration.name, "unset")
            values[declaration.name] = value
        return self._resolve(parent, tag, values, variables)

    def _substituted(
        self, ordered: Sequence[Declaration], variables: dict[str, str]
    ) -> Iterator[Declaration]:
        for declaration in ordered:
            if not declaration.raw:
                yield declaration
            elif not declaration.name.startswith("--"):
                value = substitute(str(declaration.value), variables)
                longhands = (
                    parse_value(declaration.name, value, quirks=self.quirks)
                    if value is not None
                    else []
                )
                for name, parsed in longhands or parse_value(
                    declaration.name, "unset"
                ):  # invalid at computed-value time
                    yield Declaration(name, parsed, declaration.important)

    def _resolve(
        self,
        parent: Style,
        tag: str,
        values: dict[str, Any],
        variables: tuple[tuple[str, str], ...],
    ) -> Style:
        values = {name: _begin(name, value) for name, value in values.items()}
        size, absolute, mono = self._font(values, parent)
        line, line_px = self._line(values, size, parent)
        color = values.get("color")
        color = color if isinstance(color, Color) else parent.color
        display = self._display(values, parent)
        own_left, own_right = 0.0, 0.0
        margin: tuple[float, ...] = PLAIN_BOX
        padding: tuple[float, ...] = PLAIN_BOX
        border = NO_BORDER
        if values:
            margin, padding = (
                self._around("margin", values, size),
                self._around("padding", values, size),
            )
            border = self._border(values, size, color)
            own_left, own_right = (
                max(margin[side], 0.0) + padding[side] + border[side][0] for side in (3, 1)
            )
        inline = display.startswith("inline")
        background = values.get("background-color")
        background = (
            color
            if background == "currentcolor"
            else background
            if isinstance(background, Color)
            else CLEAR
        )
        return Style(
            size=size,
            absolute=absolute,
            mono=mono,
            line=line,
            line_px=line_px,
            spacing=self._inherited(values.get("letter-spacing"), parent.spacing, size, size),
            align=_align(values.get("text-align"), parent),
            color=color,
            weight=_weigh(values.get("font-weight"), parent.weight),
            italic=values["font-style"] != "normal"
            if values.get("font-style") not in (None, *WIDE)
            else parent.italic,
            underline=parent.underline
            or "underline" in str(values.get("text-decoration-line", "")),
            indent=self._inherited(values.get("text-indent"), parent.indent, size, VIEWPORT[0]),
            visible=values["visibility"] == "visible"
            if values.get("visibility") in ("visible", "hidden", "collapse")
            else parent.visible,
            shown=parent.shown
            and display != "none"
            and tag not in _SILENT
            and parent.display != "-replaced",
            display="-replaced" if tag in _REPLACED and display != "none" else display,
            background=background,
            painted=values.get("background-image") is True,
            marked=background
            if inline and background.alpha
            else parent.marked
            if inline
            else CLEAR,
            margin=margin,
            padding=padding,
            border=border,
            radius=self._length(values.get("border-radius"), size, 100.0),
            height=self._length(values["height"], size, 0.0)
            if isinstance(values.get("height"), Length)
            else None,
            left=parent.left + (0.0 if inline else own_left),
            right=parent.right + (0.0 if inline else own_right),
            holds=_holds(display, parent),
            drawing=_drawing(tag, parent),
            variables=variables,
        )

    def _length(self, value: Any, size: float, whole: float) -> float:
        if not isinstance(value, Length):
            return float(value) if isinstance(value, float) else 0.0
        return min(max(value.px(size, self.root, whole), -_MAX_LENGTH), _MAX_LENGTH)

    def _inherited(self, value: Any, otherwise: float, size: float, whole: float) -> float:
        if value is None or (isinstance(value, str) and value in WIDE):
            return otherwise
        return self._length(value, size, whole)

    def _font(self, values: Mapping[str, Any], parent: Style) -> tuple[float, bool, bool]:
        """The type size, whether it is absolute, and whether the type is monospace alone: then a
        size that is not absolute shrinks by 13/16.
        """
        value, family = values.get("font-size"), values.get("font-family")
        mono = (
            parent.mono
            if family is None or family in ("inherit", "unset")
            else family == "monospace"
        )
        if mono and value in _MONO_KEYWORDS:
            return _MONO_KEYWORDS[value], False, mono
        size, absolute = self._size(value, parent), _is_absolute(value, parent)
        if mono != parent.mono and not absolute and value not in SIZE_KEYWORDS:
            size = size * _MONO if mono else size / _MONO
        return size, absolute, mono

    def _size(self, value: Any, parent: Style) -> float:
        if value is None or value in ("inherit", "unset"):
            return parent.size
        if isinstance(value, str):
            return (
                parent.size / 1.2
                if value == "smaller"
                else parent.size * 1.2
                if value == "larger"
                else SIZE_KEYWORDS[value]
            )
        if isinstance(value, float):
            return value
        px: float = value.px(parent.size, self.root, parent.size)
        return min(max(px, 0.0), _MAX_SIZE)

    def _line(
        self, values: Mapping[str, Any], size: float, parent: Style
    ) -> tuple[float | None, float | None]:
        value = values.get("line-height")
        if value is None or value in ("inherit", "unset"):
            return parent.line, parent.line_px
        if isinstance(value, str):
            return None, None
        if isinstance(value, float):
            return value, None
        return None, max(self._length(value, size, size), 0.0)

    def _display(self, values: Mapping[str, Any], parent: Style) -> str:
        display = values.get("display") or "inline"
        if display == "inherit":
            display = parent.display
        if (
            values.get("float") in ("left", "right")
            or values.get("position") in ("absolute", "fixed")
            or parent.holds == "flex"
        ):
            return str(_BLOCKIFIED.get(display, display))
        return str(_INLINIFIED.get(display, display) if parent.holds == "ruby" else display)

    def _around(self, what: str, values: Mapping[str, Any], size: float) -> tuple[float, ...]:
        names = _SIDE_NAMES[what]
        if not any(name in values for name in names):
            return PLAIN_BOX
        return tuple(self._length(values.get(name), size, VIEWPORT[0]) for name in names)

    def _border(
        self, values: Mapping[str, Any], size: float, color: Color
    ) -> tuple[tuple[float, Color], ...]:
        if not any(name in values for name in _BORDER_STYLES):
            return NO_BORDER
        sides = []
        for side in ("top", "right", "bottom", "left"):
            seen = values.get(f"border-{side}-style", "none") not in ("none", "hidden", *WIDE)
            stated_color = values.get(f"border-{side}-color")
            width = (
                self._length(values.get(f"border-{side}-width", 3.0), size, 0.0) if seen else 0.0
            )
            sides.append((width, stated_color if isinstance(stated_color, Color) else color))
        return tuple(sides)


def _variables(
    ordered: Sequence[Declaration], inherited: tuple[tuple[str, str], ...]
) -> tuple[tuple[str, str], ...]:
    """The custom properties an element has: its own over those it inherits, resolved."""
    variables = dict(inherited)
    own = {
        declaration.name: str(declaration.value)
        for declaration in ordered
        if declaration.raw and declaration.name.startswith("--") and len(declaration.value) < 2000
    }
    variables.update(own)
    for name in own:
        value = substitute(own[name], variables) if "var(" in own[name] else own[name]
        if value is None:
            variables.pop(name)
        else:
            variables[name] = value
    return tuple(variables.items())[:500]


def _begin(name: str, value: Any) -> Any:
    """A value with `initial` (and `unset`, where nothing is inherited) made plain."""
    if isinstance(value, str) and (
        value == "initial" or (value == "unset" and name not in INHERITED)
    ):
        return _INITIAL.get(name)
    return value


def _drawing(tag: str, parent: Style) -> str:
    if tag == "svg":
        return "svg"
    if tag == "foreignObject":
        return "html"
    return "text" if tag == "text" and parent.drawing == "svg" else parent.drawing


def _is_absolute(value: Any, parent: Style) -> bool:
    if isinstance(value, Length):
        return parent.absolute or not value.relative
    return (
        parent.absolute
        if value is None or value in ("inherit", "unset", "larger", "smaller")
        else False
    )


def _holds(display: str, parent: Style) -> str:
    if display == "contents" or (display == "inline" and parent.holds == "ruby"):
        return parent.holds
    return "flex" if display.endswith(("flex", "grid")) else "ruby" if "ruby" in display else ""


def _align(value: Any, parent: Style) -> str:
    if value is None or value in ("inherit", "unset"):
        return parent.align
    if value == "-webkit-match-parent":
        return "left" if parent.align == "start" else parent.align
    return str(value)


def _weigh(value: Any, parent: int) -> int:
    if isinstance(value, int):
        return value
    if value == "bolder":
        return 400 if parent < 350 else 700 if parent < 550 else 900 if parent < 900 else parent
    if value == "lighter":
        return parent if parent < 100 else 100 if parent < 550 else 400 if parent < 750 else 700
    return parent

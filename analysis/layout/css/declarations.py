"""CSS text -> declarations of the properties that make a layout, each value parsed and checked as a
browser does. Pure; no tree here.

Units, calc(), colours and shorthands are read as CSS Values 4, Color 4 and Fonts 4 have them; what
a browser would refuse is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from analysis.layout.css.colors import Color, parse_color
from analysis.layout.css.lengths import Length, parse_length, parse_number

__all__ = ["INHERITED", "WIDE", "Declaration", "parse_declarations", "parse_value", "substitute"]

WIDE = frozenset({"inherit", "initial", "unset", "revert", "revert-layer"})
INHERITED = frozenset(
    {
        "font-size",
        "font-family",
        "font-weight",
        "font-style",
        "line-height",
        "letter-spacing",
        "text-align",
        "text-indent",
        "color",
        "visibility",
    }
)
_SIDES = ("top", "right", "bottom", "left")
_ALIGN = frozenset(
    {
        "left",
        "right",
        "center",
        "justify",
        "start",
        "end",
        "-webkit-left",
        "-webkit-right",
        "-webkit-center",
        "-webkit-match-parent",
    }
)
_WEIGHTS = {"normal": 400, "bold": 700}
SIZE_KEYWORDS = {
    "xx-small": 9.0,
    "x-small": 10.0,
    "small": 13.0,
    "medium": 16.0,
    "large": 18.0,
    "x-large": 24.0,
    "xx-large": 32.0,
    "xxx-large": 48.0,
}
_SYSTEM_FONTS = frozenset({"caption", "icon", "menu", "message-box", "small-caption", "status-bar"})
_LINE_STYLES = frozenset(
    {"none", "hidden", "dotted", "dashed", "solid", "double", "groove", "ridge", "inset", "outset"}
)
_THICKNESS = {"thin": 1.0, "medium": 3.0, "thick": 5.0}
_DISPLAYS = re.compile(r"(?:-webkit-)?[a-z]+(?:-[a-z]+)*(?: [a-z]+(?:-[a-z]+)*)*")
_DISPLAY_VALUES = frozenset(
    re.findall(
        r"\S+",
        "none block inline inline-block flex inline-flex grid inline-grid table inline-table "
        "table-row table-cell table-row-group table-header-group "
        "table-footer-group table-column table-column-group table-caption list-item contents "
        "flow-root ruby ruby-text -webkit-box -webkit-inline-box "
        "-webkit-flex -webkit-inline-flex math",
    )
)
_LAYERS = re.compile(r",(?![^(]*\))")
_MAX_STYLE = 200_000
_TOKENS = re.compile(r"""["'();{}]|\\.""", re.DOTALL)
_COMMENT = re.compile(r"/\*.*?(?:\*/|$)", re.DOTALL)
_IMPORTANT = re.compile(r"!\s*important\s*$")
_VAR = re.compile(r"\bvar\(", re.IGNORECASE)
_PARTS = re.compile(r"""(?:[^\s"'()]|"[^"]*"|'[^']*'|\((?:[^()]|\([^()]*\))*\))+""")


class Declaration(NamedTuple):
    """One longhand with its parsed value. `value` is a CSS-wide keyword, a property's own value, or
    text with var() in it (`raw`).
    """

    name: str
    value: Any
    important: bool = False
    raw: bool = False


@lru_cache(maxsize=16384)
def parse_declarations(text: str, *, quirks: bool = False) -> tuple[Declaration, ...]:
    """The known declarations of a style attribute or a rule's block in their order, shorthands
    expanded, invalid ones left out.
    """
    if "/*" in text:
        text = _COMMENT.sub(" ", text)
    declarations: list[Declaration] = []
    for declaration in _split(text[:_MAX_STYLE]):
        name, colon, value = declaration.partition(":")
        name = name.strip()
        if not colon:
            continue
        value = value.strip()
        important = "!" in value and _IMPORTANT.search(value.lower()) is not None
        if important:
            value = value[: value.rindex("!")].rstrip()
        if name.startswith("--"):
            declarations.append(Declaration(name, value, important, raw=True))
        elif (name := name.lower()) in _PROPERTIES or name in _SHORTHANDS:
            if _VAR.search(value):
                declarations.append(Declaration(name, value, important, raw=True))
            else:
                declarations += [
                    Declaration(longhand, computed, important)
                    for longhand, computed in parse_value(name, value, quirks=quirks)
                ]
    return tuple(declarations)


def _split(text: str) -> Iterator[str]:
    """The declarations of a block: a semicolon inside quotes or brackets ends none."""
    if (
        "(" not in text
        and '"' not in text
        and "'" not in text
        and "\\" not in text
        and "{" not in text
    ):
        yield from text.split(";")
        return
    start, depth, quote = 0, 0, ""
    for piece in _TOKENS.finditer(text):
        token = piece[0]
        if quote:
            quote = "" if token == quote else quote
        elif token in ('"', "'"):
            quote = token
        elif token in "({":
            depth += 1
        elif token in ")}":
            depth = max(depth - 1, 0)
        elif token == ";" and not depth:
            yield text[start : piece.start()]
            start = piece.end()
    yield text[start:]


def parse_value(name: str, value: str, *, quirks: bool = False) -> list[tuple[str, Any]]:
    """One property's value as longhands; empty where a browser would refuse it."""
    value = " ".join(value.lower().split())
    if name in _SHORTHANDS:
        longhands, parse = _SHORTHANDS[name]
        return [(longhand, value) for longhand in longhands] if value in WIDE else parse(value)
    if value in WIDE:
        return [(name, value)]
    parsed = _PROPERTIES[name](value)
    if parsed is None and quirks and name in _QUIRKY:
        parsed = parse_color(f"#{value}") if name.endswith("color") else parse_length(f"{value}px")
    return [] if parsed is None else [(name, parsed)]


def substitute(value: str, variables: dict[str, str], depth: int = 0) -> str | None:
    """A value with its var() replaced; None where one is unknown and has no fallback, or they grow
    or nest without end.
    """
    while (reference := _VAR.search(value)) is not None:
        end = _closing(value, reference.end())
        name, comma, fallback = value[reference.end() : end].partition(",")
        replacement = variables.get(name.strip(), fallback.strip() if comma else None)
        inner = (
            None
            if replacement is None or depth > 8
            else substitute(replacement, variables, depth + 1)
        )
        if inner is None:
            return None
        value = f"{value[: reference.start()]}{inner}{value[end + 1 :]}"
        if len(value) > _MAX_STYLE:
            return None
    return value


def _closing(text: str, start: int) -> int:
    depth = 1
    for at in range(start, len(text)):
        depth += (text[at] == "(") - (text[at] == ")")
        if not depth:
            return at
    return len(text)


# one parser per property; None is an invalid value


def _positive(value: str) -> Length | None:
    length = parse_length(value, percent=True)
    return length if length is not None and not length.negative else None


def _font_size(value: str) -> Length | str | None:
    return value if value in SIZE_KEYWORDS or value in ("smaller", "larger") else _positive(value)


def _line_height(value: str) -> float | Length | str | None:
    if value == "normal":
        return value
    number = parse_number(value)
    if number is not None:
        return number if number >= 0 else None
    return _positive(value)


def _letter_spacing(value: str) -> Length | str | None:
    return value if value == "normal" else parse_length(value, percent=True)


def _weight(value: str) -> int | str | None:
    if value in ("bolder", "lighter"):
        return value
    number = parse_number(value)
    return _WEIGHTS.get(value) if number is None else int(number) if 1 <= number <= 1000 else None


def _indent(value: str) -> Length | None:
    return parse_length(value.replace("hanging", "").replace("each-line", "").strip(), percent=True)


def _margin(value: str) -> Length | str | None:
    return value if value == "auto" else parse_length(value, percent=True)


def _display(value: str) -> str | None:
    return (
        value if value in _DISPLAY_VALUES or (" " in value and _DISPLAYS.fullmatch(value)) else None
    )


def _line_width(value: str) -> Length | float | None:
    return _THICKNESS[value] if value in _THICKNESS else _positive(value)


def _image(value: str) -> bool | None:
    return None if not value else value != "none"


def _any_of(*words: str) -> Callable[[str], str | None]:
    return lambda value: value if value in words else None


_PROPERTIES: dict[str, Callable[[str], Any]] = {
    "font-size": _font_size,
    "font-family": lambda value: value or None,
    "font-weight": _weight,
    "font-style": lambda value: (
        value if value.startswith(("normal", "italic", "oblique")) else None
    ),
    "line-height": _line_height,
    "letter-spacing": _letter_spacing,
    "text-align": lambda value: value if value in _ALIGN else None,
    "text-indent": _indent,
    "text-decoration-line": lambda value: value if re.fullmatch(r"[a-z -]+", value) else None,
    "color": parse_color,
    "visibility": _any_of("visible", "hidden", "collapse"),
    "display": _display,
    "float": _any_of("left", "right", "none", "inline-start", "inline-end"),
    "position": _any_of("static", "relative", "absolute", "fixed", "sticky", "-webkit-sticky"),
    "background-color": parse_color,
    "background-image": _image,
    "border-radius": _positive,
    "height": lambda value: (
        value
        if value in ("auto", "max-content", "min-content", "fit-content")
        else _positive(value)
    ),
    **{
        f"{box}-{side}": _margin if box == "margin" else _positive
        for box in ("margin", "padding")
        for side in _SIDES
    },
    **{f"border-{side}-width": _line_width for side in _SIDES},
    **{
        f"border-{side}-style": lambda value: value if value in _LINE_STYLES else None
        for side in _SIDES
    },
    **{f"border-{side}-color": parse_color for side in _SIDES},
}
_QUIRKY = frozenset(
    {
        "font-size",
        "letter-spacing",
        "text-indent",
        "color",
        "background-color",
        "height",
        *(f"{b}-{s}" for b in ("margin", "padding") for s in _SIDES),
    }
)


def _font(value: str) -> list[tuple[str, Any]]:
    """font: [style variant weight stretch]? size[/line-height]? family."""
    if value in _SYSTEM_FONTS:
        return [
            ("font-size", SIZE_KEYWORDS["medium"]),
            ("font-weight", 400),
            ("font-style", "normal"),
            ("line-height", "normal"),
            ("font-family", "system"),
        ]
    parts = _PARTS.findall(re.sub(r"\s*/\s*", "/", value))
    weight: int | str | None = None
    style = "normal"
    for at, part in enumerate(parts):
        size_text, slash, line_text = part.partition("/")
        weighed = _weight(part) if part != "normal" else None
        if weighed is not None and at < 4:
            if weight is not None:
                return []
            weight = weighed
        elif part in ("italic", "oblique"):
            style = part
        elif part not in ("normal", "small-caps") and not part.endswith(("condensed", "expanded")):
            size, line = _font_size(size_text), _line_height(line_text) if slash else "normal"
            if size is None or line is None or at + 1 >= len(parts):
                return []
            family = " ".join(parts[at + 1 :])
            return [
                ("font-size", size),
                ("font-weight", weight or 400),
                ("font-style", style),
                ("line-height", line),
                ("font-family", family),
            ]
    return []


def _background(value: str) -> list[tuple[str, Any]]:
    """The colour, which only the last layer may have, and whether any layer has an image."""
    layers = [parse_color(part) for part in _PARTS.findall(_LAYERS.split(value)[-1])]
    color = next((color for color in layers if color is not None), Color(0, 0, 0, 0.0))
    return [
        ("background-color", color),
        ("background-image", "url(" in value or "gradient(" in value),
    ]


def _four(
    names: tuple[str, ...], parse: Callable[[str], Any]
) -> Callable[[str], list[tuple[str, Any]]]:
    def expand(value: str) -> list[tuple[str, Any]]:
        sides = [parse(part) for part in _PARTS.findall(value)]
        if not 1 <= len(sides) <= 4 or any(side is None for side in sides):
            return []
        around = (sides * 4)[:4] if len(sides) < 3 else [*sides, sides[1]][:4]
        return list(zip(names, around, strict=True))

    return expand


def _border(sides: tuple[str, ...]) -> Callable[[str], list[tuple[str, Any]]]:
    def expand(value: str) -> list[tuple[str, Any]]:
        width: Any = 3.0
        style, color = "none", parse_color("currentcolor")
        for part in _PARTS.findall(value):
            measured, coloured = _line_width(part), parse_color(part)
            if part in _LINE_STYLES:
                style = part
            elif measured is not None:
                width = measured
            elif coloured is not None:
                color = coloured
            else:
                return []
        return [
            pair
            for side in sides
            for pair in (
                (f"border-{side}-width", width),
                (f"border-{side}-style", style),
                (f"border-{side}-color", color),
            )
        ]

    return expand


def _decoration(value: str) -> list[tuple[str, Any]]:
    lines = [
        part for part in value.split() if part in ("none", "underline", "overline", "line-through")
    ]
    return [("text-decoration-line", " ".join(lines) or "none")]


def _names(*names: str) -> tuple[str, ...]:
    return names


_SHORTHANDS: dict[str, tuple[tuple[str, ...], Callable[[str], list[tuple[str, Any]]]]] = {
    "font": (_names("font-size", "font-weight", "font-style", "line-height", "font-family"), _font),
    "background": (_names("background-color", "background-image"), _background),
    "text-decoration": (_names("text-decoration-line"), _decoration),
    "all": (tuple(_PROPERTIES), lambda value: []),
    **{
        box: (
            names := tuple(f"{box}-{side}" for side in _SIDES),
            _four(names, _PROPERTIES[names[0]]),
        )
        for box in ("margin", "padding")
    },
    **{
        f"border-{what}": (
            names := tuple(f"border-{side}-{what}" for side in _SIDES),
            _four(names, _PROPERTIES[names[0]]),
        )
        for what in ("width", "style", "color")
    },
    "border": (
        tuple(f"border-{side}-{what}" for side in _SIDES for what in ("width", "style", "color")),
        _border(_SIDES),
    ),
    **{
        f"border-{side}": (
            tuple(f"border-{side}-{what}" for what in ("width", "style", "color")),
            _border((side,)),
        )
        for side in _SIDES
    },
}

"""What a browser itself says of an element, and what presentational attributes say, as
declarations. Pure.

The sheet is Chromium's html.css as far as it shows in a layout. Margins are left out, because
WeChat's own sheet sets them all to nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from analysis.layout.css.colors import Color, parse_legacy_color
from analysis.layout.css.computed_style import Style
from analysis.layout.css.declarations import Declaration, parse_declarations

__all__ = ["HINTED", "browser_block", "hint_block"]


def _tags(text: str) -> list[str]:
    return text.split()


_BROWSER: dict[str, str] = {
    **dict.fromkeys(
        _tags(
            "html body address article aside blockquote dd details div dl dt fieldset figcaption "
            "figure footer form header hgroup hr legend listing main menu nav "
            "ol optgroup option p plaintext pre search section ul xmp dir frameset"
        ),
        "display:block",
    ),
    **dict.fromkeys(
        _tags(
            "head link meta script style title base template area datalist noembed noframes param "
            "rp dialog"
        ),
        "display:none",
    ),
    **{
        f"h{level}": f"display:block;font-weight:bold;font-size:{size}em"
        for level, size in zip(range(1, 7), (2, 1.5, 1.17, 1, 0.83, 0.67), strict=True)
    },
    **dict.fromkeys(("ul", "ol", "menu", "dir"), "display:block;padding-left:40px"),
    **dict.fromkeys(("b", "strong"), "font-weight:bolder"),
    **dict.fromkeys(("i", "em", "cite", "var", "address", "dfn"), "font-style:italic"),
    **dict.fromkeys(("u", "ins"), "text-decoration:underline"),
    **dict.fromkeys(("small", "sub", "sup"), "font-size:smaller"),
    **dict.fromkeys(
        ("input", "textarea", "select"),
        "font:13.3333px x;color:#000;letter-spacing:normal;text-indent:0;display:inline-block;"
        "text-align:start",
    ),
    "button": (
        "font:13.3333px x;color:#000;letter-spacing:normal;text-indent:0;"
        "display:inline-block;text-align:center"
    ),
    "address": "display:block;font-style:italic",
    "big": "font-size:larger",
    "mark": "background-color:yellow;color:black",
    "summary": "display:list-item",
    "li": "display:list-item",
    "center": "display:block;text-align:-webkit-center",
    "table": "display:table;text-indent:0",
    "tr": "display:table-row",
    "td": "display:table-cell",
    "th": "display:table-cell;font-weight:bold",
    "tbody": "display:table-row-group",
    "thead": "display:table-header-group",
    "tfoot": "display:table-footer-group",
    "caption": "display:table-caption;text-align:-webkit-center",
    "col": "display:table-column",
    "colgroup": "display:table-column-group",
    "ruby": "display:ruby;text-indent:0",
    "meter": "display:inline-block",
    "progress": "display:inline-block",
    "marquee": "display:inline-block;text-align:start",
    "slot": "display:contents",
    "optgroup": "display:block;font-weight:bolder",
    **dict.fromkeys(("code", "kbd", "samp", "tt"), "font-family:monospace"),
    **dict.fromkeys(("pre", "listing", "xmp", "plaintext"), "display:block;font-family:monospace"),
    "rt": "line-height:normal;text-indent:0",
    "hr": "display:block;border-top:1px solid gray",
    "body": "display:block",
}
_SVG_HIDDEN = frozenset(
    {"title", "desc", "metadata", "defs", "symbol", "clipPath", "mask", "marker", "pattern"}
)
_SVG_HINTS = (
    "font-size",
    "font-weight",
    "font-style",
    "letter-spacing",
    "color",
    "display",
    "visibility",
)
_ALIGN_ELSEWHERE = frozenset(
    _tags(
        "table img iframe embed object input hr caption canvas video button textarea select marquee"
    )
)  # there it floats the box instead
_ALIGN_HINTS = {
    "center": "center",
    "middle": "center",
    "absmiddle": "center",
    "left": "left",
    "right": "right",
    "justify": "justify",
    "start": "start",
    "end": "end",
}
_FONT_SIZES = ("x-small", "small", "medium", "large", "x-large", "xx-large", "xxx-large")
_BACKGROUND_TAGS = frozenset({"table", "tr", "td", "th", "tbody", "thead", "tfoot", "body"})
_QUIRK_TABLE = (
    "font-size:medium;font-weight:normal;font-style:normal;line-height:normal;text-align:start"
)
HINTED = frozenset({"align", "color", "size", "bgcolor", "hidden", "open", "href", *_SVG_HINTS})


@lru_cache(maxsize=512)
def _browser_declarations(tag: str, more: str) -> tuple[Declaration, ...]:
    return parse_declarations(f"{_BROWSER.get(tag, '')};{more}")


def browser_block(tag: str, parent: Style, ink: Color | None) -> tuple[Declaration, ...]:
    more = ""
    if tag == "rt" and parent.holds == "ruby" and parent.display != "ruby-text":
        more = "display:ruby-text;font-size:50%;text-align:start"
    elif tag == "th" and parent.align == "start":
        more = "text-align:center"
    elif tag == "table" and ink is not None:
        more = f"{_QUIRK_TABLE};color:rgb({ink.red} {ink.green} {ink.blue} / {ink.alpha})"
    elif parent.drawing == "svg" and tag == "text":
        more = "display:block;text-indent:0"
    elif parent.drawing != "html" and tag in _SVG_HIDDEN:
        more = "display:none"
    return _browser_declarations(tag, more) if more or tag in _BROWSER else ()


def hint_block(tag: str, hints: Mapping[str, str], parent: Style) -> tuple[Declaration, ...]:
    """Presentational attributes as declarations."""
    if not hints:
        return ()
    declarations = []
    align = _ALIGN_HINTS.get(hints.get("align", "").strip().lower())
    if align and tag not in _ALIGN_ELSEWHERE:
        declarations.append(f"text-align:{align}")
    if "hidden" in hints:
        declarations.append("display:none")
    if tag == "dialog" and "open" in hints:
        declarations.append("display:block")
    if tag == "a" and "href" in hints:
        declarations.append("color:#0000ee")  # no underline: WeChat takes it away
    if tag == "font":
        declarations.append(_font_hints(hints))
    if tag in _BACKGROUND_TAGS and (color := parse_legacy_color(hints.get("bgcolor", ""))):
        declarations.append(f"background-color:{color.hex}")
    if parent.drawing != "html" or tag == "svg":
        svg = ";".join(f"{name}:{hints[name]}" for name in _SVG_HINTS if name in hints)
        return parse_declarations(svg, quirks=True)
    return parse_declarations(";".join(declarations)) if declarations else ()


def _font_hints(hints: Mapping[str, str]) -> str:
    color = parse_legacy_color(hints.get("color", ""))
    declarations = f"color:{color.hex};" if color else ""
    size = re.match(r"\s*([+-]?)(\d{1,3})", hints.get("size", ""))
    if size:
        number = int(size[2]) if not size[1] else 3 + int(size[1] + size[2])
        declarations += f"font-size:{_FONT_SIZES[min(max(number, 1), 7) - 1]}"
    return declarations

"""One article's body HTML -> what it measures: visible characters, type size, images, alignment. Pure.

First version: of CSS it knows size, alignment and visibility, inherited as a browser does. All style of an article is inline (WeChat
strips style sheets), so nothing else is needed for these.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode

__all__ = ["BASE_SIZE_PX", "StyleProfile", "measure_style"]

BASE_SIZE_PX = 17.0  # .rich_media_content in WeChat's own style sheet
_ROOT_SIZE_PX = 16.0  # what rem counts from: the page sets no size on <html>
_MAX_SIZE_PX = 10_000.0  # where browsers stop
_BASE_ALIGN = "justify"
_UNIT_PX = {"px": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4, "q": 96 / 101.6, "rem": _ROOT_SIZE_PX}
_KEYWORD_PX = {"xx-small": 9.0, "x-small": 10.0, "small": 13.0, "medium": 16.0, "large": 18.0, "x-large": 24.0, "xx-large": 32.0, "xxx-large": 48.0}
_TAG_SIZE_EM = {"h1": 2.0, "h2": 1.5, "h3": 1.17, "h5": 0.83, "h6": 0.67, "small": 1 / 1.2, "sub": 1 / 1.2, "sup": 1 / 1.2, "big": 1.2}
_ALIGN = {"start": "left", "left": "left", "end": "right", "right": "right", "center": "center", "justify": "justify", "-webkit-center": "center"}
_HIDDEN_TAGS = frozenset({"script", "style", "noscript", "template", "textarea", "select", "title", "head", "iframe", "video", "audio"})
_KNOWN = ("font-size", "text-align", "display", "visibility")
_LENGTH = re.compile(r"([+]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(px|pt|pc|in|cm|mm|q|rem|em|ex|ch|%)?")
_BLANK = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_MAX_STYLE = 20_000


@dataclass(frozen=True, slots=True)
class StyleProfile:
    """One article's measures. What can't be told (no visible text) is None."""

    chars: int  # of visible text, white space not counted
    font_size_px: float | None  # the most common by characters, the smaller of two
    font_size_share: float | None  # of the characters
    text_align: str | None  # the most common by characters: left, right, center, justify
    images: int
    images_per_1000: float | None  # per 1,000 characters


@dataclass(frozen=True, slots=True)
class _Style:
    size: float = BASE_SIZE_PX
    align: str = _BASE_ALIGN
    visible: bool = True
    shown: bool = True


def measure_style(body: str) -> StyleProfile:
    """The profile of one article's body (its inner HTML); never raises, whatever the HTML holds."""
    sizes: Counter[float] = Counter()
    aligns: Counter[str] = Counter()
    images = 0
    for node, style in _walk(LexborHTMLParser(body)):
        if node.tag == "img":
            images += 1
        elif node.is_text_node and style.visible and style.shown and style.size > 0:
            count = len(_BLANK.sub("", node.text_content or ""))
            sizes[style.size] += count
            aligns[style.align] += count
    chars = sizes.total()
    size = min(sizes, key=lambda px: (-sizes[px], px)) if chars else None
    return StyleProfile(
        chars=chars,
        font_size_px=size,
        font_size_share=sizes[size] / chars if size is not None else None,
        text_align=min(aligns, key=lambda align: (-aligns[align], align)) if chars else None,
        images=images,
        images_per_1000=images / chars * 1000 if chars else None,
    )


def _walk(tree: LexborHTMLParser) -> Iterator[tuple[LexborNode, _Style]]:
    """Every node in document order with its computed style; a stack of our own, since articles nest thousands deep."""
    node = tree.body.child if tree.body else None
    styles = [_Style()]
    while node is not None:  # styles[-1] is that of the node's parent
        style = _compute(node, styles[-1]) if node.is_element_node else styles[-1]
        yield node, style
        if node.is_element_node and node.child is not None:
            styles.append(style)
            node = node.child
            continue
        while node is not None and node.next is None:
            node = node.parent if len(styles) > 1 else None
            styles.pop()
        node = node.next if node is not None else None


def _compute(node: LexborNode, parent: _Style) -> _Style:
    tag = node.tag or ""
    attributes = node.attributes
    said = _declarations((attributes.get("style") or "")[:_MAX_STYLE])
    align = _ALIGN.get((attributes.get("align") or "").strip().lower()) or ("center" if tag == "center" else parent.align)
    if (wanted := said.get("text-align")) is not None:
        align = _BASE_ALIGN if wanted == "unset" else _ALIGN.get(wanted, parent.align if wanted == "inherit" else align)
    visibility = said.get("visibility")
    return _Style(
        size=_size(said.get("font-size"), parent.size, parent.size * _TAG_SIZE_EM.get(tag, 1.0)),
        align=align,
        visible=visibility == "visible" if visibility in ("visible", "hidden", "collapse") else parent.visible,
        shown=parent.shown and tag not in _HIDDEN_TAGS and said.get("display") != "none" and ("hidden" not in attributes or "display" in said),
    )


@lru_cache(maxsize=4096)
def _declarations(style: str) -> dict[str, str]:
    """The known properties of one style attribute: the last valid one wins, !important before it."""
    said: dict[str, str] = {}
    important: set[str] = set()
    for declaration in style.split(";"):
        name, colon, value = declaration.partition(":")
        name, value = name.strip().lower(), value.strip().lower()
        if not colon or name not in _KNOWN:
            continue
        loud = value.endswith("!important") or bool(re.search(r"!\s*important$", value))
        value = value.partition("!")[0].strip() if loud else value
        if _is_valid(name, value) and (loud or name not in important):
            said[name] = value
            important |= {name} if loud else set()
    return said


def _is_valid(name: str, value: str) -> bool:
    if value in ("inherit", "initial", "unset"):
        return True
    if name == "font-size":
        return _size(value, 1.0, -1.0) >= 0
    return value in _ALIGN if name == "text-align" else bool(re.fullmatch(r"[a-z][a-z -]*", value))


def _size(value: str | None, parent: float, otherwise: float) -> float:
    """A font-size in px against the parent's; `otherwise` where there is none or it is no size."""
    if value is None:
        return otherwise
    if value in _KEYWORD_PX or value in ("initial", "inherit", "unset"):
        return _KEYWORD_PX.get(value, _KEYWORD_PX["medium"] if value == "initial" else parent)
    if value in ("smaller", "larger"):
        return parent / 1.2 if value == "smaller" else parent * 1.2
    found = _LENGTH.fullmatch(value)
    if not found or (not found[2] and float(found[1]) != 0):
        return otherwise
    number, unit = float(found[1]), found[2] or "px"
    per = {"em": parent, "%": parent / 100, "ex": parent / 2, "ch": parent / 2}.get(unit) or _UNIT_PX.get(unit, 0.0)
    return round(min(number * per, _MAX_SIZE_PX), 4) if math.isfinite(number) else otherwise

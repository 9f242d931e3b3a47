"""An article's HTML -> its boxes in document order, each with the style a browser computes for it.
Pure.

Nothing here recurses: articles nest thousands deep.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from selectolax.lexbor import LexborHTMLParser, LexborNode

from analysis.layout.css.cascade import Cascade
from analysis.layout.css.computed_style import Style
from analysis.layout.css.stylesheets import BASE_SHEET, match_rules, parse_sheet, sets_own_base
from crawler.html_depth import shallow

__all__ = ["Box", "Style", "style_body", "style_page"]

_DOCTYPE = re.compile(
    rb"(?is)(?:\xef\xbb\xbf)?(?:\s|<!--.*?-->|<\?[^>]*>)*<!doctype\s+html\b([^>]*)>"
)
_OUTSIDE = Style()  # what the page itself inherits


@dataclass(slots=True)
class Box:
    """An element, or a run of text (`tag` is ""). Boxes stand in document order; those inside box i
    are i + 1 … end - 1.
    """

    tag: str
    parent: int
    attributes: Mapping[str, str | None]
    text: str = ""
    end: int = 0
    style: Style = _OUTSIDE
    start: int = 0  # where its text begins in the text of the whole body


def style_body(body: str) -> list[Box]:
    """The boxes of an article's inner HTML; the first is #js_content itself, under WeChat's base
    style.
    """
    tree = LexborHTMLParser(
        '<!doctype html><html><body><div id="js_content" '
        f'class="rich_media_content">{shallow(body)}'
    )
    content = tree.css_first("#js_content")
    if content is None:
        return []
    above = _above(content)
    plain = not any(
        element.attributes for element in above
    )  # else the body says something of the page
    cascade = _shared_cascade() if plain else _base_cascade()
    cascade.forget_many()
    return _style(tree, content, above, cascade)


def _base_cascade() -> Cascade:
    return Cascade(parse_sheet(BASE_SHEET, quirks=False), quirks=False)


@cache
def _shared_cascade() -> Cascade:
    """The one for all bodies on a plain page: an account's articles are set alike."""
    return _base_cascade()


def style_page(raw: bytes) -> list[Box]:
    """The boxes of a saved page's #js_content under the page's own sheets, or of the whole <body>
    where there is no #js_content.
    """
    tree = LexborHTMLParser(shallow(raw))
    content = tree.css_first("#js_content") or tree.body
    if content is None:
        return []
    sheets = [node.text(deep=True) for node in tree.css("style") if _media_applies(node)]
    doctype = _DOCTYPE.match(raw)
    quirks = doctype is None or any(
        old in doctype[1].lower()
        for old in (b"html 3.2", b"//ietf", b'4.0 transitional//en">', b"html 4.0 frameset")
    )
    if not sets_own_base(sheets):
        sheets.insert(0, BASE_SHEET)
        classes = content.attributes.get("class") or ""
        content.attrs["class"] = f"{classes} rich_media_content"
    return _style(
        tree,
        content,
        _above(content),
        Cascade(
            [rule for sheet in sheets for rule in parse_sheet(sheet, quirks=quirks)], quirks=quirks
        ),
    )


def _media_applies(node: LexborNode) -> bool:
    media = (node.attributes.get("media") or "").strip().lower()
    return media in ("", "all") or "screen" in media


def _above(content: LexborNode) -> list[LexborNode]:
    """The elements around the content, the nearest first."""
    above = []
    node: LexborNode | None = content.parent
    while node is not None and node.is_element_node:
        above.append(node)
        node = node.parent
    return above


def _style(
    tree: LexborHTMLParser, content: LexborNode, above: Sequence[LexborNode], cascade: Cascade
) -> list[Box]:
    boxes, marks = _flatten(content)
    present = (
        frozenset(_names(boxes, above))
        if len(cascade.rules) > 1
        else frozenset({".rich_media_content"})
    )
    reached = match_rules(tree, cascade.rules, present)
    around = _OUTSIDE
    for number, element in enumerate(reversed(above)):
        around = cascade.compute(
            around, element.tag or "", element.attributes, reached.get(element.mem_id, ())
        )
        if number == 0:
            cascade.root = around.size
        if element.tag == "body":
            cascade.ink = around.color
    own = cascade.compute(around, boxes[0].tag, boxes[0].attributes, reached.get(marks[0], ()))
    if boxes[0].tag == "body":
        cascade.ink = own.color
    boxes[0].style = cascade.open(own)
    for number, box in enumerate(boxes[1:], 1):
        parent = boxes[box.parent].style
        box.style = (
            cascade.compute(parent, box.tag, box.attributes, reached.get(marks[number], ()))
            if box.tag
            else parent
        )
    return boxes


def _names(boxes: Sequence[Box], above: Sequence[LexborNode]) -> Iterator[str]:
    """Every id, class and tag there is."""
    for tag, attributes in [
        *((box.tag, box.attributes) for box in boxes if box.tag),
        *((node.tag or "", node.attributes) for node in above),
    ]:
        yield tag
        if attributes:
            yield f"#{attributes.get('id')}"
            for name in (attributes.get("class") or "").split():
                yield f".{name}"


def _flatten(content: LexborNode) -> tuple[list[Box], list[int]]:
    """The boxes under an element in document order, without styles, and the mem_id
    of each element.
    """
    boxes = [Box(content.tag or "", -1, content.attributes)]
    marks = [content.mem_id]
    open_boxes = [0]
    length = 0
    node = content.child
    while node is not None:
        tag = node.tag or ""
        if tag == "-text":
            text = node.text_content or ""
            boxes.append(Box("", open_boxes[-1], {}, text, len(boxes) + 1, start=length))
            marks.append(0)
            length += len(text)
        elif node.is_element_node:
            boxes.append(Box(tag, open_boxes[-1], node.attributes, start=length))
            marks.append(node.mem_id)
            if tag != "template" and (child := node.child) is not None:
                open_boxes.append(len(boxes) - 1)
                node = child
                continue
            boxes[-1].end = len(boxes)
        following = node.next
        while following is None and len(open_boxes) > 1:
            boxes[open_boxes.pop()].end = len(boxes)
            node = node.parent
            assert node is not None
            following = node.next
        node = following
    boxes[0].end = len(boxes)
    return boxes, marks

"""The fixed parts of an article, where it leads its readers, and what it was made with; each with
the words or the mark found. Pure.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

from analysis.layout.body.headings import Heading, shows_color
from analysis.layout.body.paragraphs import Paragraph, Reading
from analysis.layout.css.boxes import Box

__all__ = [
    "EDITOR_NAMES",
    "LEAD_IN_NAMES",
    "PART_NAMES",
    "find_editors",
    "find_lead_ins",
    "find_parts",
]

PART_NAMES = {
    "top_guide": "顶部关注引导",
    "divider": "分割线",
    "numbered": "编号小标题",
    "quote": "引用框",
    "name_card": "公众号名片",
    "qr": "二维码",
    "related": "往期推荐",
    "read_more": "阅读原文",
    "looking": "在看/分享提示",
    "mini_program": "小程序卡片",
    "product": "商品卡片",
    "vote": "投票",
    "reward": "赞赏",
    "ad": "广告",
    "contact": "合作与版权",
}
LEAD_IN_NAMES = {
    "group": "加群",
    "draw": "抽奖",
    "leads": "留资",
    "coupon": "优惠券",
    "download": "下载",
    "signup": "报名",
    "reply": "回复关键词",
    "add_person": "加微信",
    "buy": "购买",
    "follow": "关注",
}
EDITOR_NAMES = {
    "135": "135编辑器",
    "xiumi": "秀米",
    "96": "96编辑器",
    "yiban": "壹伴",
    "mdnice": "mdnice",
    "doocs": "doocs/md",
    "xmt": "新媒体管家",
    "xmyeditor": "小蚂蚁",
    "ipaiban": "i排版",
    "365": "365编辑器",
    "wechat": "公众号自带编辑器",
}
_TOP_PARAGRAPHS = 3
_END_SHARE = 0.8  # the closing part is the last fifth of the text
_CODE_PX = 600  # the largest QR code WeChat makes for an account has 430, a poster more
_EVIDENCE = 5  # words kept of each kind
_LONGEST_WORD = 24
_CARDS = {
    "name_card": (frozenset({"mp-common-profile"}), ("mp_profile_iframe", "mp-common-profile")),
    "mini_program": (
        frozenset({"mp-miniprogram", "mp-common-miniprogram", "mp-weapp"}),
        ("weapp_image_link", "weapp_text_link", "weapp_display_element", "weapp_card"),
    ),
    "product": (
        frozenset({"mp-common-product", "mpcps", "mp-common-cpsad", "mp-common-shop"}),
        ("mpcps", "product_card", "js_product", "cps_card"),
    ),
    "vote": (frozenset({"mpvote", "mp-common-vote"}), ("vote_iframe", "vote_area")),
    "ad": (frozenset({"mpad", "mp-common-ad", "mpcpc"}), ("js_ad_link", "mpad_")),
}
# (attribute, what its value holds) or ("", words of a style) -> editor; values are matched in lower
# case
_EDITOR_MARKS: tuple[tuple[str, str, str], ...] = (
    ("data-tools", "135编辑器", "135"),
    ("label", "powered by 135editor", "135"),
    ("class", "_135editor", "135"),
    ("class", "135brush", "135"),
    ("powered-by", "xiumi.us", "xiumi"),
    ("class", "powered-by-xiumi", "xiumi"),
    ("data-source", "96weixin.com", "96"),
    ("data-tools", "96", "96"),
    ("data-mpa-powered-by", "yiban.io", "yiban"),
    ("mpa-powered-by", "yiban", "yiban"),
    ("data-mpa-template-id", "", "yiban"),
    ("data-tool", "mdnice", "mdnice"),
    ("data-website", "mdnice.com", "mdnice"),
    ("data-tools", "新媒体", "xmt"),
    ("data-label", "xmt.cn", "xmt"),
    ("class", "xmteditor", "xmt"),
    ("class", "xmyeditor", "xmyeditor"),
    ("data-tools", "小蚂蚁", "xmyeditor"),
    ("data-src-by", "ipaiban", "ipaiban"),
    ("class", "ipaiban", "ipaiban"),
    ("label", "ipaiban.com", "ipaiban"),
    ("data-tools", "365", "365"),
    ("class", "code__pre", "doocs"),
    ("class", "md-blockquote", "doocs"),
    ("style", "margin: 1.5em 8px;letter-spacing: 0.1em;color: #3f3f3f", "doocs"),
    ("style", "margin: 1.5em 8px; letter-spacing: 0.1em; color: rgb(63, 63, 63)", "doocs"),
)
_WECHAT_MARKS = frozenset({"leaf", "nodeleaf", "data-pm-slice"})


def _compact(style: str) -> str:
    """A style without what savers that minify pages leave out."""
    return style.replace(" ", "").replace(":0.", ":.")


_BY_ATTRIBUTE: dict[str, list[tuple[str, str, str]]] = {}
for _attribute, _marker, _editor in _EDITOR_MARKS:
    _sought = _compact(_marker) if _attribute == "style" else _marker
    _BY_ATTRIBUTE.setdefault(_attribute, []).append((_sought, _marker, _editor))


@lru_cache(maxsize=1)
def _words() -> dict[str, dict[str, tuple[str, re.Pattern[str]]]]:
    words: dict[str, Any] = tomllib.loads(
        files("analysis").joinpath("lexicons", "layout_words.toml").read_text(encoding="utf-8")
    )
    return {
        kind: {
            name: (
                entry.get("where", "anywhere"),
                re.compile("|".join(entry["words"]), re.MULTILINE),
            )
            for name, entry in words[kind].items()
        }
        for kind in ("parts", "lead_ins")
    }


def find_parts(reading: Reading, headings: Sequence[Heading]) -> dict[str, list[str]]:
    """The fixed parts there are, in the order of PART_NAMES, each with the words, tags or
    numberings that show it.
    """
    parts: dict[str, list[str]] = {name: [] for name in PART_NAMES}
    standing = {where: _texts(_standing(reading, where)) for where in ("top", "end", "anywhere")}
    for name, (where, pattern) in _words()["parts"].items():
        parts[name] += _matches(pattern, standing[where])
    for number, box in enumerate(reading.boxes):
        if box.tag:
            for name in _cards_of(box):
                parts[name].append(box.tag)
            if box.tag == "blockquote" or _is_quote_box(reading, number, box):
                parts["quote"].append(box.tag)
            if box.tag == "img" and _is_code(reading, number, box):
                parts["qr"].append("末尾方图")
            if _is_divider(reading, number, box):
                parts["divider"].append("hr" if box.tag == "hr" else "线")
    parts["divider"] += [
        paragraph.text
        for paragraph in reading.paragraphs
        if re.fullmatch(r"[\s\-—–_=*·.•~～─━◆◇■□▼▽END]{3,60}", paragraph.text)
    ]
    numbers = [heading.numbering for heading in headings if heading.numbering]
    parts["numbered"] = numbers if len(numbers) > 1 else []
    return {name: list(dict.fromkeys(words))[:_EVIDENCE] for name, words in parts.items() if words}


def find_lead_ins(reading: Reading) -> dict[str, list[str]]:
    """Where readers are led, in the order of LEAD_IN_NAMES, each with the words found."""
    texts = _texts(reading.paragraphs)
    lead_ins = {
        name: _matches(pattern, texts) for name, (_, pattern) in _words()["lead_ins"].items()
    }
    return {
        name: list(dict.fromkeys(lead_ins[name]))[:_EVIDENCE]
        for name in LEAD_IN_NAMES
        if lead_ins.get(name)
    }


def _standing(reading: Reading, where: str) -> Sequence[Paragraph]:
    if where == "top":
        return reading.paragraphs[:_TOP_PARAGRAPHS]
    if where == "end":
        edge = reading.chars * _END_SHARE
        return [
            paragraph
            for paragraph in reading.paragraphs
            if reading.chars_before(paragraph.runs[0].box) >= edge
        ] or reading.paragraphs[-1:]
    return reading.paragraphs


def _texts(paragraphs: Sequence[Paragraph]) -> str:
    return "\n".join(paragraph.text[:2000] for paragraph in paragraphs)


def _matches(pattern: re.Pattern[str], texts: str) -> list[str]:
    """What is found, in paragraphs a line each."""
    if not pattern.search(texts):  # as nearly always: one search of the whole, not one a paragraph
        return []
    return [
        match[0][:_LONGEST_WORD] for text in texts.split("\n") for match in pattern.finditer(text)
    ]


def _cards_of(box: Box) -> Iterator[str]:
    classes = box.attributes.get("class") or ""
    for name, (tags, marks) in _CARDS.items():
        if box.tag in tags or (classes and any(mark in classes for mark in marks)):
            yield name
    if "data-miniprogram-appid" in box.attributes:
        yield "mini_program"


def _is_divider(reading: Reading, number: int, box: Box) -> bool:
    """A line between blocks: <hr>, or an empty box that shows nothing but a border or a thin strip
    of colour.
    """
    style = box.style
    if box.tag == "hr":
        return style.shown
    if box.end - number > 3 or not style.shown or style.inline or reading.chars_in(number):
        return False
    if any(inner.tag for inner in reading.boxes[number + 1 : box.end]):
        return False
    lines = [
        width
        for width, color in (style.border[0], style.border[2])
        if 0 < width <= 6 and color.alpha
    ]
    strip = (
        style.height is not None
        and 0 < style.height <= 4
        and (shows_color(style.background) or style.painted)
    )
    return (bool(lines) and not style.border[3][0]) or strip


def _is_code(reading: Reading, number: int, box: Box) -> bool:
    """A small square picture in the closing part, which is where QR codes stand."""
    attrs = box.attributes
    try:
        square, small = (
            0.97 <= float(attrs.get("data-ratio") or 0) <= 1.03,
            float(attrs.get("data-w") or 0) <= _CODE_PX,
        )
    except ValueError:
        return False
    return (
        square
        and small
        and reading.chars > 0
        and reading.chars_before(number) >= reading.chars * _END_SHARE
    )


def _is_quote_box(reading: Reading, number: int, box: Box) -> bool:
    """A frame around running text: a bar on the left, or a background or border with padding."""
    style = box.style
    if style.inline or not (style.padding[3] or style.padding[0]):
        return False
    framed = (
        (style.border[3][0] >= 2 and not style.border[1][0])
        or shows_color(style.background)
        or all(width for width, _ in style.border)
    )
    return framed and 40 < reading.chars_in(number) < reading.chars * 0.6


def find_editors(boxes: Sequence[Box]) -> dict[str, str]:
    """The editors whose marks are in the HTML, most marks first, each with its commonest mark;
    WeChat's own only where no other is.
    """
    editors: dict[str, dict[str, int]] = {}
    plain: dict[str, int] = {}
    for box in boxes:
        for name, value in box.attributes.items():
            if name in _BY_ATTRIBUTE:
                lowered = (value or "").lower()
                lowered = _compact(lowered) if name == "style" else lowered
                for sought, marker, editor in _BY_ATTRIBUTE[name]:
                    if sought in lowered:
                        mark = f"{name}={marker}" if marker else name
                        editors.setdefault(editor, {}).setdefault(mark, 0)
                        editors[editor][mark] += 1
            elif name in _WECHAT_MARKS:
                plain[name] = plain.get(name, 0) + 1
    if not editors and plain:
        editors["wechat"] = plain
    ranked = sorted(editors, key=lambda editor: (-sum(editors[editor].values()), editor))
    return {editor: _commonest(editors[editor]) for editor in ranked}


def _commonest(marks: Mapping[str, int]) -> str:
    return max(marks, key=lambda mark: (marks[mark], mark))

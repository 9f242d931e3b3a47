"""Layout figures -> a style card: a specimen (排版样张) with the real sizes, spacing and colours on
neutral text, beside its palette. Pure.

The card is an HTML fragment without script, class or outside resource; every style in it is made
from checked figures, all text is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping
from html import escape
from math import isfinite
from typing import Any

from analysis.evidence import MIN_ARTICLES
from analysis.layout.body.headings import HEADING_NAMES

__all__ = ["draw_specimen", "render_style_card"]

_WIDTH = 375  # CSS px: a phone
_PAGE_MARGIN = 16  # px that WeChat leaves on either side on a phone
_COLOR = re.compile(r"#[0-9a-f]{6}")
_ALIGNS = frozenset({"left", "right", "center", "justify"})
_FONT = (
    "-apple-system,BlinkMacSystemFont,'PingFang SC','Hiragino Sans GB','Microsoft YaHei',"
    "'Noto Sans CJK SC',sans-serif"
)
_INK = "#1a1a1a"
_TEXTS = (
    (
        "这是一段样文，只用来看字号、行高、字距和颜色，不是任何文章里的话。一行能排几个字，"
        "几行成一段，在手机上一眼就能看出来。",
        "一眼就能看出来",
    ),
    ("段与段之间留多少空，首行缩不缩进，文字靠哪边对齐，也都照着量出来的数排。", ""),
    (
        "小标题怎么排、用什么颜色，看上面那一行；强调的话用什么颜色，看这一段。",
        "强调的话用什么颜色",
    ),
)
_LABELS = {
    "PART 01": ("PART 01", ""),
    "01": ("01", ""),
    "一、": ("", "一、"),
    "（一）": ("", "（一）"),
    "第一": ("", "第一，"),
    "1.": ("", "1. "),
    "①": ("", "① "),
}


def render_style_card(
    account: str,
    template: Mapping[str, Any],
    *,
    n: int,
    window: str,
    translate: Callable[..., str] = str.format,
) -> str:
    """The card of one account's template, from a row of layout.templates.describe_templates (or any
    mapping with its figures).

    `n` articles in `window` stand behind it; below 10 the card says 样本不足 and shows nothing
    else. `say` fills figures into a sentence, in another language where it knows one; the specimen
    is Chinese, as what it stands for.
    """
    head = (
        f'<figcaption style="margin:0 0 8px;font:600 14px/1.5 {_FONT};'
        f'color:{_INK}">{escape(account)}</figcaption>'
    )
    if n < MIN_ARTICLES:
        too_few = escape(translate("样本不足（n = {n}），不画样张。", n=n))
        return (
            f'<figure style="margin:0">{head}<p style="margin:0;font:14px/1.5 {_FONT};'
            f'color:#666666">{too_few}</p></figure>'
        )
    caption = translate(
        "{figures}；n = {n} 篇，{window}", figures=_figures(template, translate), n=n, window=window
    )
    figures = f'<p style="margin:8px 0 0;font:12px/1.6 {_FONT};color:#555555">{escape(caption)}</p>'
    body = (
        '<div style="display:flex;flex-wrap:wrap;gap:16px;'
        f'align-items:flex-start">{draw_specimen(template)}{_palette(template)}</div>'
    )
    return f'<figure style="margin:0;max-width:560px">{head}{body}{figures}</figure>'


def draw_specimen(template: Mapping[str, Any]) -> str:
    """The specimen alone: a phone's width of neutral text set by the figures."""
    size = _number(template, "font_size_px", 17.0, 6.0, 60.0)
    spacing = _number(template, "letter_spacing_px", 0.0, -5.0, 20.0)
    side = _number(template, "side_px", 0.0, 0.0, 80.0)
    align = _word(template, "text_align", _ALIGNS) or "justify"
    style = (
        f"box-sizing:border-box;width:{_WIDTH}px;max-width:100%;padding:16px "
        f"{side + _PAGE_MARGIN:g}px;background:#ffffff;border:1px solid #dddddd;overflow:hidden;"
        "overflow-wrap:anywhere;"
        f"font-family:{_FONT};font-size:{size:g}px;"
        f"line-height:{_number(template, 'line_height', 1.6, 0.5, 6.0):g};"
        f"letter-spacing:{spacing:g}px;"
        f"text-align:{align};color:{_color(template, 'text_color') or _INK}"
    )
    blocks = [
        _paragraph(template, *_TEXTS[0]),
        _heading(template),
        _paragraph(template, *_TEXTS[1]),
        _paragraph(template, *_TEXTS[2]),
    ]
    return f'<div style="{style}">{"".join(blocks)}</div>'


def _paragraph(template: Mapping[str, Any], text: str, strong: str) -> str:
    """A paragraph, indented and set apart as measured, one phrase as its bold text is, or else in
    its first accent colour.
    """
    bold = _color(template, "bold_color")
    color = bold or next(iter(_colors(template.get("accents"))), "inherit")
    marked = f'<span style="font-weight:{700 if bold else 400};color:{color}">{strong}</span>'
    shown = text.replace(strong, marked) if strong else text
    indent, gap = template.get("indent"), template.get("paragraph_gap")
    style = (
        f"margin:0 0 {'1em' if gap == 'margin' else '0'};"
        f"text-indent:{'2em' if indent == 'em' else '0'}"
    )
    blank = '<p style="margin:0"><br></p>' if gap == "blank" else ""
    return f'<p style="{style}">{"　　" if indent == "space" else ""}{shown}</p>{blank}'


def _heading(template: Mapping[str, Any]) -> str:
    """A heading in the measured way; nothing where the articles have none."""
    kind = _word(template, "heading_style", HEADING_NAMES)
    if kind is None:
        return ""
    above, before = _LABELS.get(str(template.get("numbered")), ("", ""))
    size = _number(
        template, "heading_px", _number(template, "font_size_px", 17.0, 6.0, 60.0), 6.0, 80.0
    )
    color, accent = (
        _color(template, "heading_color") or _INK,
        _color(template, "heading_mark") or _INK,
    )
    align = "center" if kind == "centered" or template.get("heading_align") == "center" else "left"
    frames = {
        "filled": f"display:inline-block;padding:4px 16px;background:{accent}",
        "bar": f"padding:0 0 0 10px;border-left:4px solid {accent}",
        "boxed": f"display:inline-block;padding:4px 12px;border:1px solid {accent}",
        "underline": f"display:inline-block;padding:0 8px 4px;border-bottom:2px solid {accent}",
    }
    label_size = size * 1.4 if kind == "number" else max(size * 0.7, 10.0)
    label = (
        f'<p style="margin:0;text-indent:0;line-height:1.3;font-size:{label_size:g}px;'
        f'color:{accent if kind == "number" else color}">{above}</p>'
        if above
        else ""
    )
    text = (
        f'<span style="{frames.get(kind, "")};font-size:{size:g}px;font-weight:700;'
        f'color:{color}">{before}小标题样张</span>'
    )
    if kind == "bar":
        text = (
            f'<span style="display:block;{frames["bar"]};font-size:{size:g}px;font-weight:700;'
            f'color:{color}">{before}小标题样张</span>'
        )
    return f'<div style="margin:1em 0 .8em;text-align:{align};text-indent:0">{label}{text}</div>'


def _palette(template: Mapping[str, Any]) -> str:
    """The colours as swatches with their values."""
    swatches = "".join(
        '<div style="display:flex;align-items:center;gap:6px;margin:0 0 6px"><span '
        'style="display:inline-block;width:28px;height:28px;border:1px solid #cccccc;'
        f'background:{color}">'
        f'</span><span style="font:12px/1.4 {_FONT};color:#555555">{color}</span></div>'
        for color in _colors(template.get("palette"))
    )
    return f"<div>{swatches}</div>"


def _figures(template: Mapping[str, Any], translate: Callable[..., str]) -> str:
    figures = [
        translate("字号 {size} px", size=f"{_number(template, 'font_size_px', 0, 0, 1e4):g}"),
        translate("行高 {height}", height=f"{_number(template, 'line_height', 0, 0, 1e4):.3g}"),
        translate(
            "字间距 {spacing} px",
            spacing=f"{_number(template, 'letter_spacing_px', 0, -1e4, 1e4):.3g}",
        ),
        translate("两侧边距 {side} px", side=f"{_number(template, 'side_px', 0, 0, 1e4):.3g}"),
    ]
    heading = HEADING_NAMES.get(str(template.get("heading_style")))
    return translate("，").join(
        [
            *figures,
            translate("小标题{heading}", heading=translate(heading))
            if heading
            else translate("没有小标题"),
        ]
    )


def _number(
    template: Mapping[str, Any], name: str, otherwise: float, low: float, high: float
) -> float:
    value = template.get(name)
    if not isinstance(value, (int, float)) or not isfinite(value):
        return otherwise
    return round(min(max(float(value), low), high), 3)


def _color(template: Mapping[str, Any], name: str) -> str | None:
    value = template.get(name)
    return value if isinstance(value, str) and _COLOR.fullmatch(value) else None


def _word(template: Mapping[str, Any], name: str, words: Container[str]) -> str | None:
    value = template.get(name)
    return value if isinstance(value, str) and value in words else None


def _colors(values: object) -> list[str]:
    """The #rrggbb of a list."""
    listed = map(str, values) if isinstance(values, list) else ()
    return [color for color in listed if _COLOR.fullmatch(color)]

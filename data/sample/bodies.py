"""The blocks of an article as the HTML an editor would leave in #js_content, in one of the plan's
layout templates.
"""

from __future__ import annotations

import html
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from accounts import picture_address
from plan import Row
from shapes import Block
from words import SENTENCE_END

__all__ = ["Page", "draw_body"]

HEADINGS = {
    "part": '<section style="margin: 30px 0px 16px;text-align: center;">'
    '<p style="font-size: 12px;color: {colour};letter-spacing: 2px;">PART {no}</p>'
    '<p style="font-size: 17px;border-bottom: 2px solid {colour};display: inline-block;padding: '
    '0px 8px 4px;">'
    "<strong>{text}</strong></p></section>",
    "cn": (
        '<p style="margin: 24px 0px 12px;font-size: 17px;color: {colour};"><strong>{cn}、{text}</'
        "strong></p>"
    ),
    "num": '<section style="margin: 32px 0px 14px;">'
    '<p style="font-size: 26px;color: {colour};line-height: 1;"><strong>{no}</strong></p>'
    '<p style="font-size: 18px;color: rgb(34, 34, 34);"><strong>{text}</strong></p></section>',
    "bar": '<section style="margin: 24px 0px 14px;padding: 0px 0px 0px 10px;border-left: 4px solid '
    '{colour};">'
    '<p style="font-size: 16px;text-align: left;color: {colour};"><strong>{text}</strong></p></'
    "section>",
    "pill": '<section style="margin: 24px 0px 12px;text-align: center;">'
    '<section style="display: inline-block;padding: 4px 16px;border-radius: 16px;background-color: '
    '{colour};">'
    '<p style="font-size: 16px;color: rgb(255, 255, 255);"><strong>{text}</strong></p></section></'
    "section>",
    "md": '<h2 style="margin: 30px 0px 15px;font-size: 20px;border-bottom: 1px solid {colour};'
    'color: {colour};">'
    '<span class="prefix"></span><span class="content">{text}</span></h2>',
    "red": (
        '<p style="margin: 16px 0px;text-align: center;font-size: 22px;color: {colour};'
        '"><strong>{text}</strong></p>'
    ),
    "plain": (
        '<p style="margin: 16px 0px;text-align: {align};font-size: 17px;color: {colour};'
        '"><strong>{text}</strong></p>'
    ),
}


def css(**rules: str) -> str:
    """Inline style from keyword arguments, underscores as hyphens."""
    return "".join(f"{name.replace('_', '-')}: {value};" for name, value in rules.items())


@dataclass
class Page:
    """Turns the blocks of one article into the inner HTML of #js_content, in
    one layout template.
    """

    template: Row
    account: Row
    rng: random.Random
    heads: int = 0

    def text_rules(self) -> dict[str, str]:
        """The values that make the body text."""
        t = self.template
        return {
            "font_size": f"{t['size']}px",
            "line_height": t["line_height"],
            "letter_spacing": t["letter_spacing"],
            "color": t["color"],
        }

    def accent(self) -> str:
        """The main colour of the template."""
        accents = self.template["accents"]
        return str(accents[0]) if accents else str(self.template["color"])

    def paragraph(self, text: str) -> str:
        """A body paragraph; where the style sits depends on the template's host."""
        t, inner = self.template, self.emphasise(text)
        rules = {
            "margin": "0px 0px 16px" if t["gap"] == "margin" else "0px",
            "text_align": t["align"],
        }
        if t["indent"] == "2em":
            rules["text_indent"] = "2em"
        inner = "　　" + inner if t["indent"] == "fullwidth" else inner
        if t["host"] == "p":
            return f'<p style="{css(**rules, **self.text_rules())}">{inner}</p>'
        if t["host"] == "wrap":
            return f'<p style="{css(**rules)}">{inner}</p>'
        own = {
            k: v
            for k, v in self.text_rules().items()
            if k in ("font_size", "color", "letter_spacing")
        }
        rules["line_height"] = t["line_height"]
        return f'<p style="{css(**rules)}"><span style="{css(**own)}">{inner}</span></p>'

    def emphasise(self, text: str) -> str:
        """Now and then one short sentence in bold, in the accent colour where the
        template has one.
        """
        parts = SENTENCE_END.split(text)
        if len(parts) < 2 or self.rng.random() > 0.16:
            return html.escape(text, quote=False)
        i = min(range(len(parts)), key=lambda k: (not 8 <= len(parts[k]) <= 34, k))
        escaped = [html.escape(p, quote=False) for p in parts]
        escaped[i] = f'<strong style="color: {self.accent()};">{escaped[i]}</strong>'
        return "".join(escaped)

    def heading(self, text: str) -> str:
        """A section heading in the template's way, numbered where it numbers."""
        self.heads += 1
        return HEADINGS[self.template["heading"]].format(
            text=html.escape(text, quote=False),
            colour=self.accent(),
            no=f"{self.heads:02d}",
            cn="一二三四五六七八九十"[(self.heads - 1) % 10],
            align=self.template["align"],
        )

    def image(self) -> str:
        """A picture as WeChat stores it, with an invented address."""
        width = self.rng.choice([1080, 1080, 1280, 900, 1440])
        ratio = self.rng.choice([0.6666666666666666, 0.75, 1.3333333333333333, 0.5625])
        address = picture_address(self.account, self.rng)
        return (
            '<p style="margin: 0px 0px 16px;text-align: center;"><img class="rich_pages wxw-img" '
            f'data-src="{address}" '
            f'data-ratio="{ratio}" data-s="300,640" data-type="jpeg" data-w="{width}" '
            'style="width: 100%;height: auto;"></p>'
        )

    def quote(self, text: str) -> str:
        """A reader's words in a box."""
        return (
            '<blockquote style="margin: 0px 0px 16px;padding: 12px 14px;border-left: 3px solid '
            f"{self.accent()};"
            f'background-color: rgb(247, 247, 247);">{self.paragraph(text)}</blockquote>'
        )

    def offer(self, text: str) -> str:
        """A product box."""
        return (
            '<section style="margin: 16px 0px;padding: 12px 14px;border: 1px solid '
            f'{self.accent()};border-radius: 4px;">{self.paragraph(text)}</section>'
        )

    def small(self, text: str, colour: str = "rgb(153, 153, 153)") -> str:
        """A centred line of small print."""
        return (
            f'<p style="margin: 0px;text-align: center;font-size: 12px;color: {colour};'
            f'line-height: 2;">{text}</p>'
        )

    def body(self, blocks: Iterable[Block]) -> list[str]:
        """The blocks between the top and the closing part."""
        draw = {"p": self.paragraph, "h": self.heading, "quote": self.quote, "offer": self.offer}
        blank = '<p style="margin: 0px;"><br></p>'
        out: list[str] = []
        for kind, text in blocks:
            if kind != "img" and not text:
                continue
            out.append(self.image() if kind == "img" else draw[kind](text))
            if self.template["gap"] == "blank" and kind == "p":
                out.append(blank)
        return out

    def wrap(self, parts: Sequence[str]) -> str:
        """The outer sections with the editor's fingerprint."""
        t, inner = self.template, "".join(parts)
        side = {"padding": f"0px {t['side']}px"} if t["side"] else {}
        if t["editor"] == "135":
            tools = css(font_size="16px", **side)
            return (
                f'<section data-tools="135编辑器" data-id="{90000 + t["size"]}" '
                f'style="{tools}">{inner}</section>'
            )
        if t["editor"] == "xiumi":
            own = self.text_rules() if t["host"] == "wrap" else {}
            return (
                f'<section style="box-sizing: border-box;{css(**own)}"><section '
                'class="Powered-by-XIUMI V5" '
                f'style="{css(box_sizing="border-box", **side)}" powered-by="xiumi.us">{inner}</'
                "section></section>"
            )
        if t["editor"] == "mdnice":
            rules = css(font_family="Optima, PingFang SC, serif", word_break="break-word", **side)
            return f'<section id="nice" data-tool="mdnice编辑器" style="{rules}">{inner}</section>'
        if t["editor"] == "yiban":
            rules = css(box_sizing="border-box", **side)
            return f'<section data-mpa-powered-by="yiban.io" style="{rules}">{inner}</section>'
        return f'<section style="{css(**side)}">{inner}</section>' if side else inner


def account_card(card: Row) -> list[str]:
    """A QR code and WeChat's account card."""
    code = f"https://mmbiz.qpic.cn/mmbiz_png/{card['picture_key']}qrcode000000/640?wx_fmt=png"
    return [
        f'<p style="text-align: center;"><img class="rich_pages wxw-img" data-src="{code}" '
        'data-ratio="1" '
        'data-type="png" data-w="430" style="width: 150px;height: auto;"></p>',
        '<section class="mp_profile_iframe_wrp"><mp-common-profile class="js_uneditable '
        "custom_select_card "
        f'mp_profile_iframe" data-pluginname="mpprofile" data-id="{card["biz"]}" '
        f'data-nickname="{card["name"]}" '
        f'data-alias="{card["alias"]}" data-signature="{card["intro"]}"></mp-common-profile></'
        "section>",
    ]


def closing_block(page: Page, voice: Row, accounts: Row, earlier: Sequence[Row]) -> list[str]:
    """Divider, older articles, QR code and account card, small print; a brand's accounts share card
    and first lines.
    """
    account = page.account
    out = [
        '<section style="margin: 24px 0px 12px;border-top: 1px solid rgb(219, 219, 219);"></'
        "section>"
    ]
    if earlier:
        out.append(page.small("<strong>往期推荐</strong>"))
    for old in earlier:
        link = (
            '<a href="https://mp.weixin.qq.com/s/'
            f'{old["token"]}">{html.escape(old["title"], quote=False)}</a>'
        )
        out.append(page.small(link, page.accent()))
    if account["key"] not in ("hongya", "zaobian"):
        out += account_card(accounts["tangyu"] if account["brand"] == "tangyu" else account)
    return out + [page.small(html.escape(line, quote=False)) for line in voice["tail"]]


def draw_body(
    page: Page, blocks: Sequence[Block], voice: Row, accounts: Row, earlier: Sequence[Row]
) -> str:
    """The whole inner HTML: follow line, body, closing block."""
    guide = (
        [page.small(html.escape(voice["guide"], quote=False), page.accent())]
        if voice["guide"]
        else []
    )
    parts = guide + page.body(blocks) + closing_block(page, voice, accounts, earlier)
    return (
        page.wrap(parts)
        + '<p style="display: none;"><mp-style-type data-value="3"></mp-style-type></p>'
    )

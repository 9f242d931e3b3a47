"""The measures of a page held against a real browser's computed style: pages made for it, random
ones, and the shared real ones.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.layout.body.profile import measure_page
from tests.support.layout_truth import FIGURES, MEASURE, WIDTH, disagreements

PAGE = (
    '<!doctype html><html><head><meta charset="utf-8">{head}</head><body><div id="js_content" '
    'style="visibility:hidden">{body}</div></body></html>'
)
BODIES = [
    '<section style="font-size:1.2em"><section style="font-size:90%;'
    'text-align:center"><span>一二三</span></section></section>',
    '<p style="font-size:14px;font-size:banana">一</p>',
    '<p style="font-size:14px!important;font-size:20px;text-align:end">一</p>',
    "<h1>一</h1><section><h1>二三</h1></section>",
    "<h2>一</h2>",
    "<p><small>一</small></p>",
    "<p><sup>一</sup></p>",
    '<p style="font-size:smaller">一</p>',
    '<p style="font-size:12pt">一</p>',
    '<p style="font-size:1.5rem">一</p>',
    '<p style="font-size:x-large">一</p>',
    '<p style="font-size:initial">一</p>',
    '<p style="font-size:-1px">一</p>',
    '<p style="font-size:1e1px">一</p>',
    '<p style="font-size:3vw;text-indent:5vw">一</p>',
    '<p style="font-size:1e9px">一</p>',
    '<p style="font-size:calc(1em + 3px);line-height:calc(1 + .5)">一</p>',
    '<p style="font-size:min(3vw, 30px)">一</p>',
    '<p style="font-size:clamp(12px,2vw,30px)">一</p>',
    '<section style="--s:18px;--c:rgb(1,2,3)"><p style="font-size:var(--s);color:var(--c)">一</'
    'p><p style="font-size:var(--t,15px)">二三四</p></section>',
    '<p style="font:italic bold .8em/1.2 serif">一</p>',
    '<p style="font:normal normal 14px/30px a,b">一</p>',
    '<p style="font:bold 20px">一</p>',
    '<p style="font:menu">一</p>',
    '<p style="line-height:150%"><span style="font-size:10px">一</span></p>',
    '<p style="line-height:2em"><span style="font-size:10px">一</span></p>',
    '<p style="line-height:normal">一</p>',
    '<p style="letter-spacing:.1em"><span style="font-size:30px">一</span></p>',
    '<p style="letter-spacing:normal">一</p>',
    '<p style="text-align:inherit"><center>一二</center></p>',
    '<div align="right"><p>一</p></div>',
    '<section align="middle">一</section>',
    '<p style="text-align:initial">一</p>',
    "<table><tr><td align=center>一二</td><th>三</th></tr></table>",
    '<table style="text-align:start"><tr><th>三</th></tr></table>',
    "<table><caption>一</caption></table>",
    '<p style="color:hsla(200deg 30% 50% / 40%)">一</p>',
    '<p style="color:rgb(10% 20% 30%)">一</p>',
    '<p style="color:RebeccaPurple">一</p>',
    '<p style="color:#abcd">一</p>',
    '<p style="color:hwb(30 10% 10%)">一</p>',
    '<p style="color:currentcolor">一</p>',
    '<p style="color:rgb(300,-5,20)">一</p>',
    '<p style="color:#12">一</p>',
    '<font color="chucknorris" size="5">一</font>',
    '<font size="+1">一</font>',
    '<font color="#abc" size="-2">一</font>',
    '<a href="x">一</a>',
    "<a>一</a>",
    "<mark>一</mark>",
    '<b style="font-weight:300">一<b>二三四</b></b>',
    '<strong>一<span style="font-weight:lighter">二三</span></strong>',
    '<p style="font-weight:650">一</p>',
    '<p style="text-indent:2em">一</p><p>二三</p>',
    "<p>\u3000\u3000一</p><p>&nbsp;&nbsp;二三</p><p>四&nbsp;&nbsp;五</p>",
    '<section style="text-indent:2em"><p><span>一</span></p></section>',
    '<p style="text-indent:2em"><span style="display:inline-block">一</span></p>',
    '<div style="display:flex;text-indent:2em"><span style="text-indent:0">一二</span></div>',
    '<span style="position:absolute;text-indent:2em">一</span>二',
    '<span style="float:left;text-indent:2em">一</span>二三',
    '<p style="all:initial">一</p>二',
    '<p style="visibility:hidden">一二<b style="visibility:visible">三</b></p><p '
    'style="display:none">四五六</p>',
    "<div hidden>一二</div><div hidden style='display:block'>三</div>",
    '<svg><text font-size="20" letter-spacing="3">一二</text></svg>',
    "<svg><defs><text>一</text></defs><title>二</title></svg><p>三</p>",
    "<svg><foreignObject><p>一</p></foreignObject></svg>",
    "<noscript><p>一<img></p></noscript><template>二<img></template><script>三</script><p>四<img></"
    "p>",
    "<ruby>一<rt>二三四</rt></ruby>",
    "<code>一</code>",
    "<button>一二</button>三",
    '<div style="font-size:medium"><code>一二三</code></div>',
    '<p style="font-size:0">一二</p><p>三</p>',
    '<p style="COLOR:RED;FONT-SIZE:14PX">一</p>',
    '<p style="/* a;b */color:red/**/;;">一</p>',
    '<p style="background:url(data:image/png;base64,a;b);color:red">一</p>',
    "<dl><dt>一</dt><dd>二</dd></dl>",
    "<p>English words, mostly.</p>",
    "<details><summary>一</summary>二三</details>",
]
SHEETS = [
    "p{font-size:14px}.a{font-size:15px}#x{font-size:16px}",
    "#js_content p{color:red}.a{color:blue}",
    ".a{color:red!important}#x{color:blue}",
    "p:first-child{color:red}p + p{color:blue}",
    "@media (min-width:900px){p{color:red}}@media screen and (max-width:700px)"
    "{p{font-size:20px}}@media print{p{color:blue}}",
    "p::before{color:red}.a,p:foo{color:blue}",
    ".rich_media_content{font-size:16px;color:#333}.rich_media_content p{line-height:2}",
    "html{font-size:62.5%}p{font-size:1.6rem}",
    "body{text-indent:2em;letter-spacing:2px}",
    ".rich_media_content{letter-spacing:1px}",
    "*{line-height:1.9}",
    "section > p, [class~=a]{text-align:right}",
    "p:not(.a){font-weight:bold}a:link{color:#576b95}",
    '@import "x.css";@font-face{font-family:x;src:url(y)}p{color:red}',
    "p{color:red",
    "}p{color:red}p{font-size:13px}",
    "<!-- p{color:red} -->",
]
SHEET_BODY = (
    '<p class="a" id="x">一二</p><p class="a">三四五</p><section><p>六七八九</p></'
    'section><p style="color:green">十</p><a href="x">链接</a>'
)


@pytest.fixture
def ask(browser: Any, tmp_path: Path) -> Callable[[str | Path], dict[str, Any]]:
    """The browser's figures of a page, from one tab: scripts off, nothing but the page itself
    loaded.
    """
    context = browser.new_context(
        java_script_enabled=False, offline=True, viewport={"width": WIDTH, "height": 1000}
    )
    context.route(
        "**/*",
        lambda route: (
            route.continue_()
            if route.request.resource_type == "document" and route.request.url.startswith("file:")
            else route.abort()
        ),
    )
    page = context.new_page()

    def answer(source: str | Path) -> dict[str, Any]:
        path = source if isinstance(source, Path) else tmp_path / "page.html"
        if isinstance(source, str):
            path.write_text(source, encoding="utf-8")
        page.goto(path.as_uri(), wait_until="domcontentloaded", timeout=60_000)
        found: dict[str, Any] = page.evaluate(MEASURE)
        return found

    return answer


def wrong_among(pages: list[str], ask: Callable[..., dict[str, Any]]) -> list[Any]:
    return [
        (page, wrong)
        for page in pages
        if (wrong := disagreements(ask(page), measure_page(page.encode())))
    ]


def test_bodies_measure_what_the_browser_computes(ask: Callable[..., dict[str, Any]]) -> None:
    assert wrong_among([PAGE.format(head="", body=body) for body in BODIES], ask) == []


def test_a_pages_own_sheets_apply_as_in_the_browser(ask: Callable[..., dict[str, Any]]) -> None:
    assert (
        wrong_among(
            [PAGE.format(head=f"<style>{sheet}</style>", body=SHEET_BODY) for sheet in SHEETS], ask
        )
        == []
    )


def test_drafts_without_a_doctype_are_read_in_quirks_mode_as_the_browser_does(
    ask: Callable[..., dict[str, Any]],
) -> None:
    drafts = [
        '<p style="font-size:15;color:3f3f3f">一</p>',
        '<body style="color:red"><table style="color:blue"><tr><td>一</td></tr></table><div '
        'style="font-size:20px"><table><tr><td>二三',
    ]
    assert wrong_among(drafts, ask) == []


SIZES = (
    "14px",
    "1.2em",
    "120%",
    ".9rem",
    "12pt",
    "3vw",
    "small",
    "larger",
    "inherit",
    "unset",
    "0",
    "-3px",
    "calc(1em + 2px)",
    "var(--s)",
    "var(--t,15px)",
    "15",
    "bogus",
)
CHOICES = {
    "font-size": SIZES,
    "line-height": ("1.5", "normal", "150%", "2em", "28px", "inherit", "-1", "bogus"),
    "letter-spacing": ("1px", ".1em", "normal", "-1px", "inherit", "10"),
    "text-align": (
        "left",
        "center",
        "right",
        "justify",
        "start",
        "end",
        "inherit",
        "bogus",
        "unset",
    ),
    "--s": ("18px", "1.5em", "bogus"),
    "color": (
        "red",
        "#333",
        "rgb(62, 62, 62)",
        "rgba(0,0,0,.5)",
        "hsl(120,50%,40%)",
        "currentcolor",
        "inherit",
        "initial",
        "#12",
        "transparent",
    ),
    "font-weight": ("bold", "normal", "600", "bolder", "lighter", "inherit", "0"),
    "text-indent": ("2em", "0", "30px", "10px", "inherit", "5vw"),
    "display": ("block", "inline", "inline-block", "none", "flex", "table", "list-item", "bogus"),
    "visibility": ("hidden", "visible"),
    "float": ("left", "none"),
    "font": (
        "bold 20px/1.5 serif",
        "italic 14px Arial",
        "20px",
        "inherit",
        "normal 500 1.2em/30px a, b",
    ),
    "position": ("absolute", "relative"),
}
TAGS = (
    "p",
    "section",
    "span",
    "div",
    "strong",
    "em",
    "h1",
    "h2",
    "h4",
    "small",
    "sup",
    "blockquote",
    "ul",
    "li",
    "a",
    "center",
    "code",
    "u",
    "figure",
    "dd",
)
SELECTORS = (
    ".a",
    ".b",
    "p",
    "span",
    "p.a",
    "section .b",
    "div > p",
    "*",
    "p:first-child",
    ".a ~ .b",
    "#js_content p",
    "strong",
    "p:not(.a)",
    "h1,h2",
    "body",
    "html",
    ".rich_media_content",
)


def random_style(chance: random.Random, most: int) -> str:
    names = chance.choices(list(CHOICES), k=chance.randint(1, most))
    return ";".join(
        f"{name}:{chance.choice(CHOICES[name])}{' !important' if chance.random() < 0.07 else ''}"
        for name in names
    )


def random_node(chance: random.Random, depth: int) -> str:
    if depth == 0 or chance.random() < 0.25:
        return chance.choice(("", "", "", "\u3000\u3000", "&nbsp;&nbsp;")) + "".join(
            chance.choice("天地玄黄宇宙洪荒abc ") for _ in range(chance.randint(1, 9))
        )
    tag, inner = (
        chance.choice(TAGS),
        "".join(random_node(chance, depth - 1) for _ in range(chance.randint(1, 3))),
    )
    style = f' style="{random_style(chance, 4)}"' if chance.random() < 0.6 else ""
    return f'<{tag}{style} class="{chance.choice(("a", "b", "a b", "c"))}">{inner}</{tag}>'


def random_page(seed: int) -> str:
    chance = random.Random(seed)
    sheet = "".join(
        f"{chance.choice(SELECTORS)}{{{random_style(chance, 3)}}}"
        for _ in range(chance.randint(0, 5))
    )
    return PAGE.format(
        head=f"<style>{sheet}</style>",
        body="".join(
            random_node(chance, chance.randint(2, 5)) for _ in range(chance.randint(1, 5))
        ),
    )


def test_random_pages_measure_what_the_browser_computes(ask: Callable[..., dict[str, Any]]) -> None:
    assert wrong_among([random_page(seed) for seed in range(120)], ask) == []


def test_text_inside_svg_counts_where_it_is_drawn(browser: Any) -> None:
    """getClientRects names boxes for text that stands in <svg> outside <text>; the screen shows
    none.
    """
    page = browser.new_page(viewport={"width": 200, "height": 100})
    shots = []
    for inner in ("", "一二三四五六", "<text y='40'>一二三四五六</text>"):
        page.set_content(
            f"<!doctype html><meta charset=utf-8><svg width=200 height=100>{inner}</svg>"
        )
        shots.append(page.screenshot())
    assert shots[0] == shots[1] != shots[2]
    chars = [
        measure_page(f"<!doctype html><body><svg>{inner}</svg>".encode()).chars
        for inner in ("一二三四五六", "<text>一二三四五六</text>")
    ]
    assert chars == [0, 6]


def test_real_pages_agree_with_the_browser(
    ask: Callable[..., dict[str, Any]], shared_pages: Path
) -> None:
    pages = [
        path
        for path in sorted(shared_pages.rglob("*.html"))
        if b'id="js_content"' in path.read_bytes()
    ]
    wrong: dict[str, int] = dict.fromkeys(FIGURES, 0)
    measured = 0
    for path in pages:
        truth = ask(path)
        if truth["chars"]:
            measured += 1
            for name in disagreements(truth, measure_page(path.read_bytes())):
                wrong[name] += 1
    assert measured >= 80
    assert 1 - sum(wrong.values()) / (measured * len(FIGURES)) >= 0.98
    assert all(
        wrong[name] <= 0.01 * measured
        for name in ("font_size_px", "text_align", "text_color", "images")
    ), wrong

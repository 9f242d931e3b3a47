"""What one article's body measures, as a browser would see it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.layout.body.profile import measure_page, measure_style


def size_of(style: str, *, parent: str = "font-size:20px") -> float | None:
    return measure_style(
        f'<section style="{parent}"><p style="{style}">字</p></section>'
    ).font_size_px


def test_a_whole_profile() -> None:
    body = (
        '<p style="font-size:15px;text-align:center">一二三 四五</p><p>六</p><img><p '
        'style="font-size:15px">七八九十</p><img src="x">'
    )
    found = measure_style(body)
    assert (
        found.chars,
        found.font_size_px,
        found.font_size_share,
        found.text_align,
        found.images,
        found.images_per_1000,
    ) == (10, 15.0, 0.9, "center", 2, 200.0)


@pytest.mark.parametrize(
    ("style", "px"),
    [
        ("", 20),
        ("font-size:16px", 16),
        ("font-size: 1.5em", 30),
        ("font-size:1.5rem", 24),
        ("font-size:80%", 16),
        ("font-size:12pt", 16),
        ("FONT-SIZE:14PX", 14),
        ("font-size:small", 13),
        ("font-size:medium", 16),
        ("font-size:x-large", 24),
        ("font-size:larger", 24),
        ("font-size:inherit", 20),
        ("font-size:initial", 16),
        ("font-size:14px;font-size:15px", 15),
        ("font-size:14px !important;font-size:15px", 14),
        ("font-size:.5em", 10),
        ("font-size:1e1px", 10),
        ("font-size:99999px", 10000),
    ],
)
def test_a_size_is_resolved_against_its_parent(style: str, px: float) -> None:
    assert size_of(style) == px


@pytest.mark.parametrize(
    "garbage",
    [
        "font-size:-3px",
        "font-size:NaNpx",
        "font-size:px",
        "font-size:15",
        "font-size:calc(1px + 1)",
        "font-size:calc(1px+1em)",
        "font-size:;",
        ":::;;;",
        "font-size:14px;font-size:oops",
    ],
)
def test_garbage_is_ignored_as_a_browser_does(garbage: str) -> None:
    assert size_of(garbage) == (14 if "14px" in garbage else 20)


def test_sizes_multiply_down_the_tree_and_text_outside_falls_back_to_wechats_base() -> None:
    assert (
        measure_style(
            '<section style="font-size:2em"><section style="font-size:50%"><b>字</b></section></'
            "section>"
        ).font_size_px
        == 17
    )
    assert measure_style("字").font_size_px == 17


def test_the_most_common_size_is_by_characters_not_by_elements() -> None:
    assert (
        measure_style(
            '<p style="font-size:12px">一</p><p style="font-size:12px">二</p><p '
            'style="font-size:15px">三四五</p>'
        ).font_size_px
        == 15
    )


@pytest.mark.parametrize(
    "hidden",
    [
        '<p style="display:none">字</p>',
        '<p style="visibility:hidden">字</p>',
        "<p hidden>字</p>",
        '<p style="font-size:0">字</p>',
        "<script>字</script>",
        "<style>字</style>",
        "\u200b \u3000",
    ],
)
def test_what_nobody_sees_is_not_counted(hidden: str) -> None:
    found = measure_style(hidden)
    assert (
        found.chars,
        found.font_size_px,
        found.text_align,
        found.bold_share,
        found.paragraphs,
    ) == (0, None, None, None, 0)


def test_a_visible_part_of_a_hidden_block_is_counted() -> None:
    assert (
        measure_style(
            '<p style="visibility:hidden">一二<b style="visibility:visible">三</b></p>'
        ).chars
        == 1
    )


@pytest.mark.parametrize(
    ("body", "align"),
    [
        ("<p>字</p>", "justify"),
        ('<p style="text-align:left">字</p>', "left"),
        ('<p style="text-align:start">字</p>', "left"),
        ("<center>字</center>", "center"),
        ('<p align="right">字</p>', "right"),
        ('<section style="text-align:center"><p>字</p></section>', "center"),
        ('<p style="text-align:sideways">字</p>', "justify"),
    ],
)
def test_alignment_is_inherited(body: str, align: str) -> None:
    assert measure_style(body).text_align == align


@pytest.mark.parametrize(
    "body",
    [
        '<section style="font-size:1.01em">' * 20_000 + "字" + "</section>" * 20_000,
        "<b><i>" * 20_000 + "字",
        '<section style="text-indent:2em">段' * 20_000,
        "<p>" + "字" * 700_000 + "</p>",
        '<p style="' + "a:b;" * 500_000 + '">字</p>',
        "<" * 100_000,
        "<p style='font-size:14px'>字</p>" * 30_000,
    ],
    ids=[
        "nested",
        "unclosed",
        "nested with text",
        "one long paragraph",
        "one long style",
        "angle brackets",
        "many paragraphs",
    ],
)
def test_monstrous_bodies_are_measured(body: str) -> None:
    assert measure_style(body).chars > 0


@given(st.text(max_size=200))
def test_any_body_is_measured(body: str) -> None:
    profile = measure_style(body)
    assert profile.chars >= 0
    assert (profile.font_size_px is None) == (profile.chars == 0)


@given(st.text(max_size=60))
def test_any_style_is_survived(style: str) -> None:
    quoted = style.replace('"', "'")
    assert measure_style(f'<p style="{quoted}">字</p>').chars in (0, 1)


BODY = (
    '<p style="font-size:12px;text-align:center">点击上方蓝字关注</p><h2 style="font-size:20px;'
    'border-left:4px solid #c00000">一、开头</h2>'
    '<p style="color:#3f3f3f;font-size:15px;line-height:1.75;letter-spacing:1px;margin:0 8px '
    '16px">正文里的一段话，长短刚好。<strong style="color:rgb(255,0,0)">强调</strong>的也有。</p>'
    '<p><br></p><p style="color:#3f3f3f;font-size:15px;line-height:1.75;letter-spacing:1px;'
    'margin:0 8px">第二段，<span style="background:#ffff00">标出来</span>，再写几句凑个长短。</'
    'p><img data-ratio="0.75"><p>尾</p>'
)
texts = st.lists(
    st.sampled_from(
        [
            "一段话。",
            "<b>粗</b>",
            "<img>",
            "<p>段</p>",
            '<p style="font-size:20px;color:red">大</p>',
            "<br>",
            "\u3000\u3000缩进",
            BODY,
        ]
    ),
    max_size=6,
)


@given(texts)
def test_a_neutral_section_around_a_body_changes_nothing(parts: list[str]) -> None:
    body = "".join(parts)
    assert measure_style(f"<section>{body}</section>") == measure_style(body)


@given(st.integers(6, 60), st.integers(6, 60))
def test_px_and_em_measure_the_same(outer: int, inner: int) -> None:
    style = (
        '<section style="font-size:{}px"><p style="font-size:{};text-indent:{};'
        'letter-spacing:{};line-height:{}">一二三</p></section>'
    )
    in_px = style.format(
        outer, f"{inner}px", f"{inner * 2}px", f"{inner / 10}px", f"{inner * 1.5}px"
    )
    in_em = style.format(outer, f"{inner / outer:.12f}em", "2em", ".1em", "150%")
    assert measure_style(in_px) == measure_style(in_em)


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_hex_and_rgb_measure_the_same(rgb: tuple[int, int, int]) -> None:
    red, green, blue = rgb
    body = '<p style="color:{};background:{}">一二三</p><p>四</p>'
    as_hex, as_rgb = f"#{red:02X}{green:02x}{blue:02x}", f"rgb({red}, {green}, {blue})"
    assert measure_style(body.format(as_hex, as_rgb)) == measure_style(body.format(as_rgb, as_hex))


@given(
    st.permutations(
        [
            "font-size:15px",
            "color:#123456",
            "line-height:2",
            "text-align:center",
            "text-indent:2em",
            "padding:0 9px",
            "font-weight:bold",
            "letter-spacing:1px",
        ]
    )
)
def test_the_order_of_declarations_that_do_not_compete_does_not_matter(
    declarations: list[str],
) -> None:
    assert measure_style(f'<p style="{";".join(declarations)}">一二三</p>') == measure_style(
        f'<p style="{";".join(sorted(declarations))}">一二三</p>'
    )


def test_a_bodys_figures_are_those_one_sees() -> None:
    found = measure_style(BODY)
    assert (
        found.font_size_px,
        found.line_height,
        found.letter_spacing_px,
        found.side_px,
        found.text_color,
    ) == (15.0, 1.75, 1.0, 8.0, "#3f3f3f")
    assert (
        found.headings,
        found.heading_px,
        found.heading_style,
        found.heading_mark,
        found.numbered,
    ) == (1, 20.0, "bar", "#c00000", None)
    assert (
        found.accents[0].partition(":")[0],
        found.bold_color,
        found.blank_lines,
        found.images,
    ) == ("#ff0000", "#ff0000", 1, 1)
    assert found.highlight_share == pytest.approx(3 / found.chars)
    assert found.backgrounds == [f"#ffff00:{3 / found.chars:.4f}"]
    assert (found.parts, found.lead_ins, found.newspaper_signs) == (["top_guide"], ["follow"], [])


def test_a_paragraphs_lines_follow_its_column() -> None:
    found = measure_style(f'<p style="font-size:10px;letter-spacing:0">{"字" * 100}</p>')
    assert (found.paragraph_chars, found.paragraph_lines, found.paragraph_lines_phone) == (
        100,
        2,
        3,
    )  # 67 in 677 px, 34 in 343 px
    narrow = measure_style(
        '<section style="padding:0 100px"><p style="font-size:10px;'
        f'letter-spacing:0">{"字" * 100}</p></section>'
    )
    assert (narrow.side_px, narrow.paragraph_lines) == (100, 3)


@pytest.mark.parametrize(
    ("body", "gap"),
    [
        ("<p>一段话</p><p><br></p><p>二段话</p><p><br></p><p>三段话</p>", "blank"),
        ('<p style="margin-bottom:1em">一段话</p>' * 3, "margin"),
        ("<p>一段话</p>" * 3, "none"),
        ("一段话<br><br>二段话<br><br>三段话", "blank"),
    ],
)
def test_how_paragraphs_are_set_apart(body: str, gap: str) -> None:
    assert measure_style(body).paragraph_gap == gap


def test_newspaper_style_is_named_by_its_signs() -> None:
    assert measure_style(
        '<p style="font-size:18px;text-indent:2em">一二三</p>'
    ).newspaper_signs == ["indent", "large"]
    assert measure_style('<p style="font-size:16px">\u3000\u3000一二三</p>').newspaper_signs == [
        "indent"
    ]
    assert measure_style('<p style="font-size:20px">一二三</p>').newspaper_signs == ["large"]
    assert measure_style('<p style="font-size:24px">一二三</p>').newspaper_signs == []


def test_pictures_and_where_they_stand() -> None:
    body = (
        '<img data-type="gif"><p>一二三四五六</p><img data-src="x?wx_fmt=gif"><p>七八九十</'
        'p><iframe class="video_iframe" data-src="https://v.qq.com/x"></iframe><mpvoice></'
        "mpvoice><img>"
    )
    found = measure_style(body)
    assert (
        found.images,
        found.gifs,
        found.videos,
        found.audios,
        found.first_image_at,
        found.image_thirds,
    ) == (3, 2, 1, 1, 0.0, [1, 1, 1])


def test_the_cover_is_found_among_the_images_by_its_key_whatever_its_size() -> None:
    body = (
        '<p>一</p><img data-src="https://mmbiz.qpic.cn/mmbiz_jpg/KEY1/640?wx_fmt=jpeg" '
        'data-ratio="0.4255">'
    )
    shown = measure_style(body, cover="http://mmbiz.qpic.cn/sz_mmbiz_jpg/KEY1/0?wx_fmt=jpeg")
    assert (shown.cover_in_text, shown.cover_shape) == (True, "2.35:1")
    other = measure_style(
        body,
        cover="http://mmbiz.qpic.cn/mmbiz_jpg/KEY2/0",
        square="http://mmbiz.qpic.cn/mmbiz_jpg/KEY3/0",
    )
    assert (other.cover_in_text, other.cover_shape) == (False, "2.35:1")
    assert (measure_style(body).cover_in_text, measure_style(body).cover_shape) == (None, None)


def test_other_languages_and_pictures_alone_are_measured() -> None:
    english = measure_style("<p>" + "plain words " * 238 + "</p>")
    assert (english.minutes, english.han_share) == (2.0, 0.0)
    pictures = measure_style("<p><img></p>" * 5)
    assert (
        pictures.chars,
        pictures.images,
        pictures.images_per_1000,
        pictures.minutes,
        pictures.palette,
    ) == (0, 5, None, 0.0, [])


def test_a_page_is_measured_under_its_own_sheet_and_a_draft_without_js_content_as_a_whole() -> None:
    sheet = (
        "<style>.rich_media_content{font-size:16px;color:#333}#js_content p{color:#111111}</style>"
    )
    page = (
        f'<!doctype html><head>{sheet}</head><body><p>外面</p><div id="js_content" '
        'class="rich_media_content"><p>一二</p></div>'
    )
    found = measure_page(page.encode())
    assert (found.chars, found.font_size_px, found.text_color, found.line_height) == (
        2,
        16.0,
        "#111111",
        1.2,
    )
    draft = measure_page('<!doctype html><p style="font-size:15px">一二三'.encode())
    assert (draft.chars, draft.font_size_px, draft.line_height) == (3, 15.0, 1.6)


@pytest.mark.parametrize(
    "page",
    [
        "<style>" + "p{color:red}" * 20_000 + '</style><div id="js_content"><p>字</p></div>',
        "<style>" + "@media screen{" * 5000 + '</style><div id="js_content">字</div>',
        "<style>" + "a" * 300_000 + '{color:red}</style><div id="js_content">字</div>',
        "<style>:is(" * 3000 + '</style><div id="js_content">字</div>',
        '<div id="js_content">' + '<section style="padding:1px;--a:var(--a)">' * 3000 + "字",
        '<div id="js_content"><p style="width:' + "calc(" * 9000 + '">字</p></div>',
        '<style>p{--a:var(--b);--b:var(--a);color:var(--a)}</style><div id="js_content"><p>字</p></'
        "div>",
    ],
    ids=[
        "many rules",
        "nested media",
        "one long selector",
        "nested selector",
        "nested variables",
        "nested formula",
        "circle of variables",
    ],
)
def test_hostile_sheets_are_survived_in_bounded_time(page: str) -> None:
    began = time.perf_counter()
    assert measure_page(page.encode()).chars == 1
    assert time.perf_counter() - began < 20  # seconds on a busy machine; alone they take a tenth

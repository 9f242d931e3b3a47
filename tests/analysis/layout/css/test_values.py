"""CSS text read as a browser reads it: declarations, lengths, formulas, colours, variables."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analysis.layout.css.colors import (
    Color,
    distance,
    is_grey,
    over,
    parse_color,
    parse_legacy_color,
)
from analysis.layout.css.declarations import parse_declarations, parse_value, substitute
from analysis.layout.css.lengths import parse_length, parse_number


def said(style: str, *, quirks: bool = False) -> dict[str, object]:
    return {one.name: one.value for one in parse_declarations(style, quirks=quirks)}


@pytest.mark.parametrize(
    ("text", "px"),
    [
        ("16px", 16),
        ("1.5em", 30),
        ("150%", 60),
        ("2rem", 32),
        ("12pt", 16),
        ("1pc", 16),
        ("1in", 96),
        ("2.54cm", 96),
        ("25.4mm", 96),
        ("10vw", 67.7),
        ("1vh", 10),
        ("2vmin", 13.54),
        ("0", 0),
        ("-3px", -3),
        ("1e1px", 10),
        (".5em", 10),
        ("+4px", 4),
        ("calc(1em + 2px)", 22),
        ("calc(2 * (3px + 1px))", 8),
        ("calc(10px / 4)", 2.5),
        ("min(20px, 2em)", 20),
        ("max(1em, 14px)", 20),
        ("clamp(12px, 2vw, 30px)", 13.54),
        ("calc(100% - 10px)", 30),
    ],
)
def test_a_length_resolves_against_a_type_size_of_20_a_root_of_16_and_a_whole_of_40(
    text: str, px: float
) -> None:
    length = parse_length(text, percent=True)
    assert length is not None
    assert length.px(20, 16, 40) == pytest.approx(px)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "15",
        "px",
        "1 px",
        "1xx",
        "calc()",
        "calc(1px+2px)",
        "calc(1px + 2)",
        "calc(1px * 2px)",
        "calc(1 / 2px)",
        "calc(1px",
        "min()",
        "1e999px",
        "1px2",
        "min(1px,2)",
    ],
)
def test_what_is_no_length_is_refused(text: str) -> None:
    assert parse_length(text) is None


def test_a_formula_of_plain_numbers_is_a_number_and_deep_ones_are_refused() -> None:
    assert parse_number("calc(1 + .5)") == 1.5
    assert parse_number("calc(1px + 2px)") is None
    assert parse_number("calc(1 / 0)") == 0
    assert parse_length("calc(" * 5000 + "1px" + ")" * 5000) is None


@pytest.mark.parametrize(
    ("text", "color"),
    [
        ("red", (255, 0, 0, 1)),
        ("#3f3", (51, 255, 51, 1)),
        ("#3f3f3f", (63, 63, 63, 1)),
        ("#12345680", (18, 52, 86, 0.502)),
        ("rgb(1, 2, 3)", (1, 2, 3, 1)),
        ("rgba(1,2,3,.5)", (1, 2, 3, 0.5)),
        ("rgb(1 2 3 / 50%)", (1, 2, 3, 0.5)),
        ("rgb(10%,20%,30%)", (26, 51, 77, 1)),
        ("rgb(300,-5,20)", (255, 0, 20, 1)),
        ("hsl(120,100%,50%)", (0, 255, 0, 1)),
        ("hsla(-120deg 100% 50% / .2)", (0, 0, 255, 0.2)),
        ("hsl(.5turn 100% 50%)", (0, 255, 255, 1)),
        ("hwb(0 0% 0%)", (255, 0, 0, 1)),
        ("hwb(0 60% 60%)", (128, 128, 128, 1)),
        ("transparent", (0, 0, 0, 0)),
        ("rgb(none 0 0)", (0, 0, 0, 1)),
    ],
)
def test_a_colour_is_read_in_every_way_it_is_written(text: str, color: tuple[float, ...]) -> None:
    assert parse_color(text) == pytest.approx(color)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "reddish",
        "#12",
        "#12345",
        "#ggg",
        "rgb(1,2)",
        "rgb(1,2,3,4,5)",
        "rgb(1,2%,3)",
        "hsl(1,2,3)",
        "rgb (1,2,3)",
        "oklch(.5 .1 30)",
    ],
)
def test_what_is_no_colour_is_refused(text: str) -> None:
    assert parse_color(text) is None


def test_the_font_tags_colours_are_read_the_old_way() -> None:
    assert parse_legacy_color("chucknorris") == Color(192, 0, 0)
    assert parse_legacy_color("#abc") == Color(170, 187, 204)
    assert parse_legacy_color("336699") == Color(51, 102, 153)
    assert parse_legacy_color(" ") is None


def test_colours_to_the_eye() -> None:
    assert over(Color(0, 0, 0, 0.9), Color(255, 255, 255)).hex == "#191919"
    assert is_grey(Color(70, 66, 60))
    assert not is_grey(Color(91, 112, 101))
    assert distance(Color(1, 2, 3), Color(1, 2, 3)) == 0 < distance(Color(0, 0, 0), Color(9, 0, 0))


def test_shorthands_become_longhands() -> None:
    found = said(
        "font: bold 14px/1.5 serif; margin: 1px 2px; border-left: 4px solid red; background: url(a;"
        "b) #fff"
    )
    assert (found["font-weight"], found["line-height"]) == (700, 1.5)
    assert [found[f"margin-{side}"].px(0, 0, 0) for side in ("top", "right", "bottom", "left")] == [
        1,
        2,
        1,
        2,
    ]  # type: ignore[attr-defined]
    assert (found["border-left-style"], found["border-left-color"]) == ("solid", Color(255, 0, 0))
    assert (found["background-color"], found["background-image"]) == (Color(255, 255, 255), True)


@pytest.mark.parametrize(
    "style",
    [
        "font: 14px",
        "font: bold",
        "font: bold italic 700 14px a",
        "margin: 1px 2px 3px 4px 5px",
        "border: 1px solid nothing",
        "color: ",
        "color",
        ":red",
        "display: sideways",
    ],
)
def test_what_a_browser_refuses_is_left_out(style: str) -> None:
    assert said(style) == {}


def test_semicolons_in_quotes_brackets_and_comments_end_nothing() -> None:
    assert list(said("background-image:url('a;b');/* color:blue; */color:red")) == [
        "background-image",
        "color",
    ]


def test_important_is_seen_and_taken_off() -> None:
    found = parse_declarations("color:red ! IMPORTANT;color:blue!importan")
    assert [(one.value, one.important) for one in found] == [(Color(255, 0, 0), True)]


def test_bare_numbers_and_digits_pass_in_quirks_mode_only() -> None:
    assert said("font-size:15;color:3f3f3f") == {}
    assert sorted(said("font-size:15;color:3f3f3f", quirks=True)) == ["color", "font-size"]


def test_variables_are_filled_in_with_their_fallbacks_and_never_without_end() -> None:
    assert substitute("var(--a) var(--b, 2px)", {"--a": "1px"}) == "1px 2px"
    assert substitute("calc(var(--a, var(--b, 3px)) + 1px)", {}) == "calc(3px + 1px)"
    assert substitute("var(--a)", {}) is None
    assert substitute("var(--a)", {"--a": "var(--a)"}) is None
    bombs = {f"--v{n}": f"var(--v{n + 1}) " * 10 for n in range(9)} | {"--v9": "x" * 1000}
    assert substitute("var(--v0)", bombs) is None


@given(st.text(max_size=80))
def test_any_declarations_are_read_to_known_properties_or_left_out(style: str) -> None:
    found = parse_declarations(style)
    assert found == parse_declarations(style)
    assert all(
        one.name and one.name == one.name.lower() for one in found if not one.name.startswith("--")
    )


@given(
    st.sampled_from(
        ["font-size", "line-height", "font", "margin", "color", "border", "background", "display"]
    ),
    st.text(alphabet="0123456789.%pxem()+-*/, calcminrgbhsl#", max_size=30),
)
def test_any_value_is_read_the_same_inside_a_declaration(name: str, value: str) -> None:
    """A value that is none leaves no trace; one that is some is what a declaration of it says."""
    assume("/*" not in value)  # a comment, which only a declaration can hold
    assert [(one.name, one.value) for one in parse_declarations(f"{name}:{value}")] == list(
        parse_value(name, value)
    )

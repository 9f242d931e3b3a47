"""Rich text: what it is as markup and as plain text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from analysis.report.rich_text import (
    BREAK,
    NEW_LINE,
    Content,
    Element,
    bold,
    faint,
    isolated,
    join,
    link,
    rich,
    small,
    to_markup,
    to_text,
)
from analysis.report.translation import translate_on_page, using_language


def test_text_is_escaped_and_cleaned_and_emphasis_is_markup() -> None:
    content = ("<甲>\u202e", NEW_LINE, small("乙", bold("&")), faint("丙"))
    assert to_markup(content) == (
        '&lt;甲&gt; <br><small>乙<b>&amp;</b></small><span class="faint">丙</span>'
    )
    assert to_text(content) == "<甲> 乙 & 丙"
    assert to_text(("甲", small("乙"))) == "甲乙"


def test_only_an_article_is_a_link() -> None:
    url = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA"
    assert 'href="https://mp.weixin.qq.com/s/A' in to_markup(link("甲", url))
    assert to_markup(link("甲", "javascript:alert(1)")) == "甲"
    assert to_markup(link("甲", None)) == "甲"


def test_a_sentence_takes_rich_values_in_each_language() -> None:
    values: dict[str, Content] = {"articles": isolated("1", 5)}
    assert to_markup(rich("{articles} 篇", **values)) == "<bdi>1</bdi> 篇"
    with using_language("en"):
        assert to_text(rich("{n:,} 篇", n=1)) == "1 article"
        assert to_text(rich("{n:,} 篇", n=2)) == "2 articles"
        with pytest.raises(KeyError):
            rich("没有这一句")


@given(st.text())
def test_plain_values_read_as_in_a_template(value: str) -> None:
    sentence = "覆盖率{coverage}"
    assert to_markup(rich(sentence, coverage=value)) == translate_on_page(sentence, coverage=value)


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]))
contents = st.recursive(
    st.one_of(texts, st.just(BREAK)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(tuple),
        st.builds(Element, st.sampled_from(["small", "b", "bdi"]), inner),
    ),
)


@given(contents)
def test_plain_text_is_the_text_of_the_markup(content: Content) -> None:
    body = LexborHTMLParser(f"<body><p>{to_markup(content)}</p></body>").css_first("p")
    assert body is not None
    separator = " " if body.css_first("br") else ""
    assert to_text(content) == " ".join(body.text(separator=separator).split())


def test_parts_are_joined_and_of_none_there_is_none() -> None:
    assert to_text(join(["甲", "乙", "丙"], "、")) == "甲、乙、丙"
    assert not join([], "、")

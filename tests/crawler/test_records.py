"""Identity and URLs."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.records import (
    Account,
    Article,
    account_aliases,
    article_aliases,
    biz_of_number,
    clean_text,
    is_biz,
    parse_album_id,
    parse_article_url,
    title_key,
)

LONG = "https://mp.weixin.qq.com/s?__biz=MzkwMDAwMDAwMQ==&mid=2650000101&idx=2&sn=ab"


@pytest.mark.parametrize(
    "url",
    [
        LONG,
        LONG.replace("https", "http") + "&chksm=99&scene=27#rd",
        LONG.replace("&", "&amp;"),
        LONG.replace("&", "&amp;amp;"),
        LONG.replace("&", "\\x26amp;"),
        "//mp.weixin.qq.com/s?__biz=MzkwMDAwMDAwMQ%3D%3D&mid=2650000101&idx=2&sn=ab",
        "mp.weixin.qq.com/s?__biz=MzkwMDAwMDAwMQ==&appmsgid=2650000101&itemidx=2&sign=ab",
        "https://mp.weixin.qq.com/mp/appmsg/"
        "show?__biz=MzkwMDAwMDAwMQ==&appmsgid=2650000101&itemidx=2&sign=ab#wechat_redirect",
    ],
)
def test_every_form_of_a_long_link_is_one_link(url: str) -> None:
    link = parse_article_url(url)
    assert link is not None
    assert (link.url, link.biz, link.mid, link.idx, link.sn) == (
        LONG,
        "MzkwMDAwMDAwMQ==",
        "2650000101",
        2,
        "ab",
    )


def test_a_short_link_keeps_its_token_and_loses_its_parameters() -> None:
    link = parse_article_url("http://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAA01?scene=1#rd")
    assert link is not None
    assert (link.url, link.token, link.biz) == (
        "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAA01",
        "AAAAAAAAAAAAAAAAAAAA01",
        None,
    )


def test_a_temporary_link_is_told_apart() -> None:
    link = parse_article_url(
        "https://mp.weixin.qq.com/s?src=11&timestamp=1&ver=2&signature=abc&new=1"
    )
    assert link is not None
    assert link.temporary


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "文章",
        "https://example.com/s/AAAAAAAAAAAAAAAAAAAA01",
        "https://mp.weixin.qq.com.evil.test/s/AAAAAAAAAAAAAAAAAAAA01",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://mp.weixin.qq.com/s?__biz=x&mid=1&idx=1",
        "https://mp.weixin.qq.com/s/short",
        "https://mp.weixin.qq.com/s?__biz=MzkwMDAwMDAwMQ==&mid=a&idx=1",
        "http://[::1",
    ],
)
def test_what_is_no_article_link_is_refused(url: str | None) -> None:
    assert parse_article_url(url) is None


@given(st.text())
def test_any_text_is_read_or_refused_without_an_error(text: str) -> None:
    link = parse_article_url(text)
    assert link is None or link.url.startswith("https://mp.weixin.qq.com/s")
    assert parse_album_id(text) is None or str(parse_album_id(text)).isdigit()


@given(st.integers(min_value=100_000, max_value=999_999_999_999))
def test_an_account_number_and_its_biz_are_the_same_account(number: int) -> None:
    biz = biz_of_number(number)
    assert is_biz(biz)
    assert biz_of_number(biz) == biz


def test_album_links_give_their_id() -> None:
    assert (
        parse_album_id(
            "https://mp.weixin.qq.com/mp/appmsgalbum?__biz=MzkwMDAwMDAwMg==&amp;"
            "action=getalbum&amp;album_id=20001#wechat_redirect"
        )
        == "20001"
    )
    assert parse_album_id("https://example.com/mp/appmsgalbum?album_id=20001") is None


@given(st.text())
def test_cleaned_text_is_one_line_and_cleaning_it_again_changes_nothing(text: str) -> None:
    once = clean_text(text.replace("&", ""))
    assert once is None or (once == once.strip() and "\n" not in once and "\x00" not in once)
    assert once is None or clean_text(once) == once
    assert once is None or once.encode("utf-8")


def test_aliases_go_from_strong_to_weak() -> None:
    at = datetime(2025, 1, 1, tzinfo=UTC)
    full = Article(
        biz="MzkwMDAwMDAwMQ==",
        mid="1",
        idx=1,
        token="t" * 22,
        url="https://mp.weixin.qq.com/s/x",
        title="标题",
        published_at=at,
    )
    assert list(article_aliases(full, 7)) == ["m:MzkwMDAwMDAwMQ==:1:1", "t:" + "t" * 22, "a:7:1:1"]
    assert [
        key[:4]
        for key in article_aliases(Article(url="https://mp.weixin.qq.com/s/x", title="标题"), 7)
    ] == ["u:7:"]
    assert [key[:4] for key in article_aliases(Article(title="标题", published_at=at), 7)] == [
        "x:7:"
    ]
    assert [key[-1] for key in article_aliases(Article(title="标题"), 7)] == [":"]
    assert list(article_aliases(Article(digest="摘要"), 7)) == []
    assert list(account_aliases(Account(biz="b", user_name="gh_1", name="名"))) == [
        "biz:b",
        "gh:gh_1",
        "name:名",
    ]


def test_a_title_has_the_same_key_everywhere() -> None:
    assert title_key("一间半大的厨房") == 8534277024285004547
    assert 0 <= title_key("") < 2**63

"""Articles that downloaders and note programs keep as Markdown without front matter, and WeChat's
own line in copied text.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.formats.byline import Byline, find_byline, read_byline
from crawler.formats.markdown import is_markdown, take_markdown
from crawler.records import Article

SHORT = "https://mp.weixin.qq.com/s/QsZaoJianMuShaoPaoShui"
LONG = "https://mp.weixin.qq.com/s?__biz=MzkwMDAwMDAwMQ==&mid=2650000777&idx=2&sn=ab12"
TEXT = "\n先看木纹，再看把手。\n\n## 第二步\n\n时间：2030年1月1日\n"
SENT = datetime(2025, 11, 17, 2, 52, tzinfo=UTC)


def article(text: str) -> Article:
    raw = text.encode()
    assert is_markdown(raw)
    (sighting,) = take_markdown(raw).sightings
    assert sighting.body is None or "公众号" not in sighting.body
    return sighting.article


@pytest.mark.parametrize(
    "header",
    [
        f"# 木勺泡水之前\n\n> 公众号: 青石灶间\n> 发布时间: 2025-11-17 10:52\n> 原文链接: {SHORT}\n\n---\n",
        f"# 木勺泡水之前\n> 作者: 青石灶间\n> 发布时间: 2025年11月17日 10:52\n> 原文链接: {SHORT}\n",
        f"# 木勺泡水之前\n\n**公众号:** 青石灶间\n\n**发布时间:** 2025-11-17 10:52\n\n"
        f"**原文链接:** [{SHORT}]({SHORT})\n",
        f"# 木勺泡水之前\n\n- **公众号**：青石灶间\n- **发布时间**：2025-11-17 10:52\n"
        f"- **链接**：<{SHORT}>\n- **标签**：木器\n",
        f"# 木勺泡水之前\n\n| 项 | 值 |\n|---|---|\n| 公众号 | 青石灶间 |\n"
        f"| 发布时间 | 2025-11-17 10:52 |\n| 原文链接 | {SHORT} |\n",
        f"title:: 木勺泡水之前\nurl:: {SHORT}\ndate:: [[2025-11-17 10:52]]\naccount:: [[青石灶间]]\n",
        f"# 木勺泡水之前\n\n青石灶间 *2025年11月17日 10:52*\n\n[阅读原文]({SHORT})\n",
        f"# 木勺泡水之前\n\n![rw](https://a.example/x)\n\n## Metadata\n- Account: [[青石灶间]]\n"
        f"- Category: #articles\n- URL: {SHORT}\n- Published: 2025-11-17 10:52\n\n## Highlights\n- 一句\n",
    ],
)
def test_the_usual_headers_name_the_article(header: str) -> None:
    read = article(header + TEXT)
    assert (read.title, read.account_name) == ("木勺泡水之前", "青石灶间")
    assert (read.published_at, read.url) == (SENT, SHORT)


def test_a_tool_that_keeps_no_link_keeps_wechats_line() -> None:
    read = article(
        "# 木勺泡水之前  \n原创 石榴 [青石灶间](javascript:void(0);) 2025-11-17 10:52  \n"
        "收录于话题 #木器 #新手课  \n" + TEXT
    )
    assert (read.title, read.account_name, read.author) == ("木勺泡水之前", "青石灶间", "石榴")
    assert (read.published_at, read.original) == (SENT, True)
    assert read.album_titles == ("木器", "新手课")


def test_an_address_with_backslashes_is_one() -> None:
    escaped = LONG.replace("_", r"\_").replace("&", r"\&")
    read = article(f"> 原文地址: [{escaped}]({LONG}#rd)\n{TEXT}")
    assert (read.biz, read.mid, read.idx) == ("MzkwMDAwMDAwMQ==", "2650000777", 2)


def test_labels_in_the_text_are_the_articles_own() -> None:
    read = article(f"# 木勺泡水之前\n\n> 原文链接: {SHORT}\n{TEXT}")
    assert read.published_at is None


@pytest.mark.parametrize(
    "text",
    [
        "# 周会\n\n时间：2025年11月17日\n地点：三楼\n",
        f"# 青石灶间 2025\n\n- [木勺泡水之前]({SHORT}) 2025-11-17\n",
        "# 随手记\n\n今天看了 [一篇文章](https://a.example/1)。\n",
        f"| 标题 | 链接 |\n|---|---|\n| 木勺 | {SHORT} |\n",
    ],
)
def test_other_notes_and_lists_are_no_article(text: str) -> None:
    assert not is_markdown(text.encode())


@pytest.mark.parametrize("key", ["created", "updated", "saved", "收藏时间", "创建时间", "clipped"])
def test_the_time_of_saving_is_not_the_time_of_publishing(key: str) -> None:
    front = f"---\ntitle: 木勺泡水之前\nsource: {SHORT}\n{key}: 2025-11-20 08:00\n---\n"
    assert article(front + TEXT).published_at is None
    with_line = article(front + "原创 石榴 青石灶间 *2025年11月17日 10:52*\n" + TEXT)
    assert (with_line.published_at, with_line.account_name) == (SENT, "青石灶间")


def test_the_sites_name_is_no_author() -> None:
    front = f'---\ntitle: 木勺\nurl: {SHORT}\nauthor:\n  - "[[Weixin Official Accounts Platform]]"\n---\n'
    assert article(front).author is None


@pytest.mark.parametrize(
    ("line", "original", "author", "account", "place"),
    [
        ("原创 石榴 青石灶间 *2025年11月17日 10:52*", True, "石榴", "青石灶间", None),
        ("Original 石榴 青石灶间 *2025年11月17日 10:52* *浙江*", True, "石榴", "青石灶间", "浙江"),
        ("青石灶间 2025-11-17 10:52 发表于浙江", None, None, "青石灶间", "浙江"),
        ("原创 石榴 *2025年11月17日 10:52*", True, "石榴", None, None),
        ("2025年11月17日 10:52", None, None, None, None),
        ("石榴 青石灶间 *Nov 17, 2025, 10:52 AM*", None, "石榴", "青石灶间", None),
        (
            "原创 Ann Lee [Stone Kitchen](javascript:void\\(0\\);) 2025-11-17 10:52",
            True,
            "Ann Lee",
            "Stone Kitchen",
            None,
        ),
    ],
)
def test_wechats_own_line_is_read(
    line: str, original: bool | None, author: str | None, account: str | None, place: str | None
) -> None:
    assert read_byline(line) == Byline(SENT, "minute", original, author, account, place)


@pytest.mark.parametrize(
    "line",
    [
        "我们2025年11月17日去了浙江",
        "发布时间：2025-11-17 10:52",
        "2025年11月17日，工厂第一次开门，来了三百人。",
        "截至 2025年11月17日 共 12 家",
        "原创 石榴 青石灶间 昨天",
        "x" * 5000 + " 2025-11-17",
    ],
)
def test_sentences_with_dates_are_no_such_line(line: str) -> None:
    assert read_byline(line) is None


def test_a_bare_date_counts_only_above_the_text() -> None:
    assert find_byline("# 题\n\n![图](x)\n\n2025年11月17日 10:52\n\n正文") is not None
    assert find_byline("正文第一段。\n\n2025年11月17日 10:52\n\n活动开始") is None


def test_a_blogs_own_post_is_no_article_of_an_account() -> None:
    batch = take_markdown("---\ntitle: 换了主题\ndate: 2021-10-09\n---\n\n正文。\n".encode())
    assert batch.sightings == []
    assert "没有公众号文章链接" in batch.rejects[0].reason


def test_what_an_exporter_says_of_every_article_is_not_read() -> None:
    read = article(
        f"# 木勺\n\n原创 青石灶间 2025-11-17 10:52 浙江\n\n> 原文地址: [{SHORT}]({SHORT})\n"
    )
    assert (read.account_name, read.author, read.original) == ("青石灶间", None, None)
    assert (read.place, read.published_at) == ("浙江", SENT)


def test_styles_gone_astray_and_underlined_headings_are_passed() -> None:
    css = ".\\_\\_bottom-bar\\_\\_ .btn { margin-right: 4px; } .x { color: red; }"
    read = article(f"{css}\n\n木勺泡水之前\n=====\n\n> 原文地址: [{SHORT}]({SHORT})\n{TEXT}")
    assert (read.title, read.url) == ("木勺泡水之前", SHORT)


def test_a_pages_empty_anchors_stand_in_no_name() -> None:
    read = article(
        '# 木勺\n\n<a id="copyright_logo"></a>Original 石榴 <a id="js_name"></a>青石灶间 '
        '*2025-11-17 10:52* *Posted on <a id="js_ip_wording"></a>浙江*\n\n'
        '<a id="js_tag"></a>收录于合集 #木器 <a id="x"></a>25个\n\n正文\n'
    )
    assert (read.author, read.account_name, read.place) == ("石榴", "青石灶间", "浙江")
    assert (read.published_at, read.original, read.album_titles) == (SENT, True, ("木器",))


@pytest.mark.parametrize(("word", "original"), [("原创 ", True), ("转载-", False), ("", None)])
def test_names_and_time_may_stand_on_lines_of_their_own(word: str, original: bool | None) -> None:
    read = article(
        f"#  木勺\n\n{word} 石榴  [ 青石灶间 ](javascript:void\\(0\\);)\n\n**青石灶间** ![]()\n\n"
        "微信号 gh_0000000000a1\n\n功能介绍 一口锅\n\n____\n\n_2025-11-17 10:52_ _发表于 浙江_\n\n正文\n"
    )
    assert (read.author, read.account_name, read.original) == ("石榴", "青石灶间", original)
    assert (read.published_at, read.place) == (SENT, "浙江")

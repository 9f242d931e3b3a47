"""Where articles lead: each way by its mark, hosts as text, nothing in plain prose, counted by
account, and read once.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analysis.compute import bodies as kept_bodies
from analysis.compute.cache import FrameCache
from analysis.content import load as module
from analysis.content.leads import COUNTED, KINDS, LEADS, count_leads, read_leads, rows_of_leads
from analysis.content.load import load_leads
from analysis.evidence import MIN_ARTICLES
from analysis.frames import FrameError
from analysis.rows import plain_rows
from crawler.importer import import_files
from crawler.store import Store
from tests.support.places import PAGES
from tests.support.small_frames import article, articles

BIZ, OTHER = "MzAwMDAwMDAwMQ==", "MzAwMDAwMDAwMg=="
OWN = (BIZ, "慢巷")
PICTURE = '<p><img data-src="https://mmbiz.qpic.cn/a"></p>'


def kinds(body: str, **more: str | None) -> list[str]:
    return list(read_leads(body, own=OWN, **more))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>点击上方<b>蓝字</b>，关注慢巷</p>", "follow"),
        ("<p>长按下图，关注我们</p>", "follow"),
        (f'<mp-common-profile data-id="{BIZ}" data-nickname="慢巷"></mp-common-profile>', "follow"),
        (f'<mp-common-profile data-id="{OTHER}" data-nickname="灶台"></mp-common-profile>', "card"),
        ("<p>点击文末“阅读原文”报名</p>", "source"),
        (
            '<mp-miniprogram data-miniprogram-appid="wx1" data-miniprogram-nickname="慢巷小店"></'
            "mp-miniprogram>",
            "mini_program",
        ),
        ('<a class="weapp_text_link" data-miniprogram-appid="wx1">去看看</a>', "mini_program"),
        ("<mp-common-product></mp-common-product>", "product"),
        ("<p>长 按 二 维 码 即 可 购 买</p>" + PICTURE, "buy"),
        ("<p>扫码领取装修清单</p>", "claim"),
        ("<p>留言区抽3位送一只杯子</p>", "draw"),
        ("<p>备注城市，拉你进群</p>", "group"),
        ("<p>加小助手微信，备注姓名</p>", "add_person"),
        ("<p>后台回复“清单”</p>", "reply"),
        ("<p>点击报名，名额有限</p>", "signup"),
        ("<p>下载链接在这里</p>", "download"),
        ("<p>服务热线：400-000-0000</p>", "contact"),
        ("<p>往期推荐</p>", "articles"),
        (
            f'<a href="http://mp.weixin.qq.com/s?__biz={BIZ}&amp;mid=2650000001&amp;idx=1&amp;'
            'sn=0123456789abcdef0123456789abcdef">旧文</a>',
            "articles",
        ),
        (
            f'<a href="http://mp.weixin.qq.com/s?__biz={OTHER}&amp;mid=2650000001&amp;idx=1&amp;'
            'sn=0123456789abcdef0123456789abcdef">别家</a>',
            "other_articles",
        ),
        ('<a href="https://shop.example/a?b">店</a>', "site"),
        ("<p>广告</p>", "ad"),
    ],
)
def test_each_way_is_known_by_its_mark(body: str, expected: str) -> None:
    assert expected in kinds(f"<p>正文。</p>{body}")


def test_a_code_needs_a_picture_beside_its_words() -> None:
    words = "<p>长按识别二维码</p>"
    assert kinds(words + PICTURE) == ["qr"]
    assert kinds(words) == []
    assert kinds(words + "<p>一</p><p>二</p><p>三</p>" + PICTURE) == []


@pytest.mark.parametrize(
    "prose",
    [
        "他加了她的微信。",
        "手机上的二维码在闸机上刷不开。",
        "大家一直很关注这件事。",
        "网友群嘲了一番。",
        "这间商店已经不卖了。",
        "申请转载请后台回复“转载”。",
        "编辑器可以自动下载字体。",
    ],
)
def test_prose_that_uses_the_same_words_leads_nowhere(prose: str) -> None:
    assert kinds(f"<p>{prose}</p>{PICTURE}") == []


def test_hosts_are_text_and_what_is_no_web_address_has_none() -> None:
    assert read_leads("", source_url="https://Shop.Example/path?q=1")["source"] == [
        ("shop.example", "shop.example")
    ]
    assert read_leads("", source_url="javascript:alert(1)")["source"] == [("链接", None)]
    assert (
        read_leads(
            '<a href="javascript:;">x</a><a href="#top">y</a><a href="mailto:a@b.example">z</a>'
        )
        == {}
    )
    assert read_leads("", source_url=None) == {}


def test_kinds_come_in_one_order_with_three_marks_at_most() -> None:
    found = read_leads("".join(f"<p>回复“词{n}”</p>" for n in range(9)) + "<p>关注我们</p>")
    assert list(found) == ["follow", "reply"]
    assert len(found["reply"]) == 3
    assert set(found) <= set(KINDS)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<",
        "<p>" * 3000 + "关注我们",
        "\x00<p>关注我们</p>",
        "<script>回复“词”</script>",
        "😀" * 5000,
    ],
)
def test_any_body_is_read(body: str) -> None:
    assert set(read_leads(body)) <= {"follow"}


def held(
    account: str, n: int, kind: str | None, *, start: int = 0
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    keys = [f"{account}{number:03d}" for number in range(start, start + n)]
    rows = [
        row for key in keys for row in rows_of_leads(key, {kind: [("词", None)]} if kind else {})
    ]
    return [
        article(f"2026-03-{1 + number % 28:02d} 20:00", account=account, article_id=key)
        for number, key in enumerate(keys)
    ], rows


def counted(*parts: tuple[list[dict[str, object]], list[dict[str, object]]]) -> list[list[object]]:
    leads = pd.DataFrame(
        {
            column: pd.Series([row[column] for _, rows in parts for row in rows], dtype=dtype)
            for column, dtype in LEADS.items()
        }
    )
    found = count_leads(leads, articles([row for rows, _ in parts for row in rows]))
    assert {column: str(dtype) for column, dtype in found.dtypes.items()} == dict(COUNTED)
    return [
        [row["account"], row["kind"], row["n"], row["bodies"], row["share"]]
        for row in plain_rows(found)
    ]


def test_shares_are_of_the_articles_with_a_body() -> None:
    assert counted(held("甲", 3, "group"), held("甲", 9, None, start=3)) == [
        ["甲", "group", 3, 12, 0.25]
    ]


@pytest.mark.parametrize("n", [0, 1, 2, MIN_ARTICLES - 1])
def test_below_ten_bodies_there_is_no_share(n: int) -> None:
    assert counted(held("甲", n, "group")) == ([["甲", "group", n, n, None]] if n else [])


def test_another_frame_is_refused() -> None:
    with pytest.raises(FrameError, match="leads"):
        count_leads(articles([]), articles([]))


def test_a_stores_bodies_are_read_once_and_again_where_the_code_changed(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    list(import_files(store, [PAGES / "g1_2018.html", PAGES / "g2_2023.html"]))
    kept = FrameCache(tmp_path / "kept")
    first = load_leads(store, cache=kept)
    assert {column: str(dtype) for column, dtype in first.dtypes.items()} == dict(LEADS)
    assert first["article_id"].nunique() == 2
    read: list[str] = []
    really = module.read_leads
    monkeypatch.setattr(
        module, "read_leads", lambda body, **more: (read.append(body), really(body, **more))[1]
    )
    assert load_leads(store, cache=kept).equals(first)
    assert read == []
    monkeypatch.setattr(kept_bodies, "key_of_code", lambda *_: "another")
    assert load_leads(store, cache=kept).equals(first)
    assert len(read) == 2


def test_one_account_asked_for_keeps_what_is_known_of_the_others(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    list(import_files(store, [PAGES / "g1_2018.html", PAGES / "g2_2023.html"]))
    kept = FrameCache(tmp_path / "kept")
    names = [account["account_id"] for account in store.accounts() if account["account_pk"]]
    for name in names:
        assert load_leads(store, accounts=[name], cache=kept)["article_id"].nunique() == 1
    monkeypatch.setattr(module, "read_leads", None)  # nothing is left to read
    assert load_leads(store, cache=kept)["article_id"].nunique() == 2

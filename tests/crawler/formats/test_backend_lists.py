"""Lists of the login era, from payloads in WeChat's own shapes (all names invented) and from the
real files where they are here.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.batch import Batch, Reject
from crawler.files import ArchiveError
from crawler.formats.backend_lists import (
    counts_of_appmsgext,
    is_list,
    is_metrics,
    is_profile_page,
    parse_payload,
    take_list,
    take_metrics,
    take_profile_page,
)
from crawler.records import Account, Article, Observation
from tests.support.places import SHARED

BIZ, FAKEID = "MzkwMDAwMDAwMg==", "3900000002"
AT = 1_569_578_220
WHEN = datetime.fromtimestamp(AT, UTC)


def url(mid: int = 2650000001, idx: int = 1) -> str:
    return (
        f"http:\\/\\/mp.weixin.qq.com\\/s?__biz={BIZ}&amp;mid={mid}&amp;idx={idx}&amp;"
        f"sn=0a{idx}b&amp;chksm=be&amp;scene=27#wechat_redirect"
    )


def sub(title: str, **more: Any) -> dict[str, Any]:
    said = {
        "title": title,
        "digest": "",
        "content_url": url(),
        "author": "",
        "copyright_stat": 100,
        "del_flag": 1,
        "item_show_type": 0,
        "duration": 0,
    }
    return said | more


def push(*articles: dict[str, Any], at: int = AT, **common: Any) -> dict[str, Any]:
    item: dict[str, Any] = {
        "comm_msg_info": {
            "id": 1000000001,
            "type": 49,
            "datetime": at,
            "fakeid": FAKEID,
            "status": 2,
            "content": "",
        }
        | common
    }
    if articles:
        item["app_msg_ext_info"] = articles[0] | {
            "subtype": 9,
            "is_multi": int(len(articles) > 1),
            "multi_app_msg_item_list": list(articles[1:]),
        }
    return item


def getmsg(*items: dict[str, Any], as_text: bool = True) -> dict[str, Any]:
    held: Any = {"list": list(items)}
    return {
        "ret": 0,
        "errmsg": "ok",
        "msg_count": len(items),
        "can_msg_continue": 1,
        "general_msg_list": json.dumps(held) if as_text else held,
        "next_offset": 10,
    }


def take(data: Any) -> Batch:
    raw = json.dumps(data, ensure_ascii=False).encode()
    assert is_list(data)
    return take_list(parse_payload(raw), raw)


def said(batch: Batch) -> list[dict[str, Any]]:
    return [sighting.article.said() for sighting in batch.sightings]


TWO = push(
    sub(
        "山脚下的&amp;灯",
        digest="一句话",
        author="阿禾",
        copyright_stat=11,
        cover="http:\\/\\/mmbiz.qpic.cn\\/a?wx_fmt=jpeg",
    ),
    sub("次条", content_url=url(idx=2)),
)


def test_a_push_gives_its_articles_in_order_with_its_time() -> None:
    batch = take(getmsg(TWO))
    assert [s.article for s in batch.sightings] == [
        Article(
            biz=BIZ,
            mid="2650000001",
            idx=1,
            sn="0a1b",
            url=f"https://mp.weixin.qq.com/s?__biz={BIZ}&mid=2650000001&idx=1&sn=0a1b",
            title="山脚下的&灯",
            digest="一句话",
            author="阿禾",
            published_at=WHEN,
            time_precision="second",
            kind="article",
            original=True,
            cover="http://mmbiz.qpic.cn/a?wx_fmt=jpeg",
            push_size=2,
            item_show_type=0,
        ),
        Article(
            biz=BIZ,
            mid="2650000001",
            idx=2,
            sn="0a2b",
            url=f"https://mp.weixin.qq.com/s?__biz={BIZ}&mid=2650000001&idx=2&sn=0a2b",
            title="次条",
            published_at=WHEN,
            time_precision="second",
            kind="article",
            original=False,
            push_size=2,
            item_show_type=0,
        ),
    ]
    assert {(s.origin, s.seen_at) for s in batch.sightings} == {("list", AT)}
    assert [(page.kind, page.url, page.status, page.seen_at) for page in batch.loose_pages] == [
        ("list", None, "fetched", AT)
    ]


def test_every_wrapping_of_the_same_pushes_reads_the_same() -> None:
    later = push(sub("后来", content_url=url(2650000009)), at=AT + 86400)
    shapes: list[Any] = [
        getmsg(TWO, later),
        getmsg(TWO, later, as_text=False),
        {"list": [TWO, later]},
        [TWO, later],
        [[TWO], [later]],
        [getmsg(TWO), getmsg(later)],
    ]
    assert all(said(take(shape)) == said(take(shapes[0])) for shape in shapes)
    lines = "\ufeff" + json.dumps(TWO) + "\n\n" + json.dumps(later) + "\n"
    raw = lines.encode()
    assert said(take_list(parse_payload(raw), raw)) == said(take(shapes[0]))
    assert said(take(TWO)) == said(take(shapes[0]))[:2]


def test_a_broken_line_is_one_reject_and_the_others_are_taken() -> None:
    raw = (json.dumps(TWO) + '\n{"comm_msg_info": {"da\n' + json.dumps(TWO)).encode()
    batch = take_list(parse_payload(raw), raw)
    assert len(batch.sightings) == 4
    assert batch.rejects == [Reject("第 2 项", "不是完整的一条 JSON", '{"comm_msg_info": {"da')]


@pytest.mark.parametrize(
    ("stat", "original"),
    [
        (11, True),
        (100, False),
        (101, False),
        (12, None),
        (14, None),
        (201, None),
        (1, None),
        (0, None),
    ],
)
def test_getmsg_marks_originals_on_a_scale_of_its_own(stat: int, original: bool | None) -> None:
    assert (
        take(getmsg(push(sub("题", copyright_stat=stat)))).sightings[0].article.original is original
    )


def test_what_has_no_link_is_rejected_with_its_place_and_its_title() -> None:
    deleted = push(
        sub("删了的头条", content_url=""),
        sub("次条还在", content_url=url(idx=2)),
        sub("标了删除", content_url=url(idx=3), del_flag=4),
    )
    batch = take(getmsg(TWO, deleted))
    assert [(s.article.title, s.article.idx, s.article.push_size) for s in batch.sightings][2:] == [
        ("次条还在", 2, 3)
    ]
    assert batch.rejects == [
        Reject("第 2 次推送 第 1 篇", "没有链接，多半已被删除", "删了的头条"),
        Reject(
            "第 2 次推送 第 3 篇",
            "标记为已删除（del_flag 4）",
            f"标了删除 https://mp.weixin.qq.com/s?__biz={BIZ}&mid=2650000001&idx=3&sn=0a3b",
        ),
    ]


def test_a_text_push_is_kept_and_a_picture_push_is_rejected() -> None:
    batch = take(getmsg(push(type=1, content="今晚八点&lt;直播&gt;\n不见不散"), push(type=3)))
    assert said(batch) == [
        {
            "biz": BIZ,
            "idx": 1,
            "title": "今晚八点<直播> 不见不散",
            "published_at": WHEN,
            "time_precision": "second",
            "kind": "text",
            "push_size": 1,
            "status": "listed",
        }
    ]
    assert batch.sightings[0].body == "今晚八点&lt;直播&gt;\n不见不散"
    assert [(r.where, r.reason) for r in batch.rejects] == [
        ("第 2 次推送", "不是图文（类型 3），没有标题也没有链接")
    ]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"ret": -3, "errmsg": "no session", "cookie_count": 0}, ("-3", "会话已失效")),
        ({"ret": -6, "errmsg": "unknown error", "home_page_list": []}, ("-6", "限制")),
        ({"base_resp": {"ret": 200003, "err_msg": "invalid session"}}, ("200003", "登录已失效")),
        ({"base_resp": {"ret": 200013, "err_msg": "freq control"}}, ("200013", "频繁")),
        (
            {"base_resp": {"ret": 200040, "err_msg": "odd thing"}, "app_msg_list": []},
            ("200040", "odd thing"),
        ),
        (
            {"ret": 0, "errmsg": "ok", "msg_count": 0, "can_msg_continue": 0, "home_page_list": []},
            ("空列表",),
        ),
        (
            {"ret": 0, "errmsg": "ok", "msg_count": 0, "general_msg_list": '{"list":[]}'},
            ("空列表",),
        ),
        ({"app_msg_cnt": 3, "app_msg_list": [], "base_resp": {"ret": 0}}, ("空的",)),
        (
            {"base_resp": {"ret": 0}, "publish_page": '{"total_count":3,"publish_list":[]}'},
            ("空的",),
        ),
        ({"base_resp": {"ret": 0}, "publish_page": '{"total_count":3,"publish'}, ("不完整",)),
        ({"ret": 0, "general_msg_list": "[" * 100_000}, ("不完整",)),
    ],
)
def test_a_refusal_says_which_and_what_it_means(
    answer: dict[str, Any], words: tuple[str, ...]
) -> None:
    with pytest.raises(ArchiveError) as caught:
        take(answer)
    assert all(word in str(caught.value) for word in words)
    assert "\n" not in str(caught.value)
    batch = take(
        [getmsg(TWO), answer]
    )  # among others it is one reject, or nothing where it merely ends
    assert len(batch.sightings) == 2
    assert len(batch.rejects) <= 1


def row(**more: Any) -> dict[str, Any]:
    held = {
        "aid": "2650000001_1",
        "appmsgid": 2650000001,
        "itemidx": 1,
        "title": "田埂上的早饭",
        "link": "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv",
        "digest": "摘",
        "cover": "https://mmbiz.qpic.cn/c",
        "author_name": "阿禾",
        "create_time": AT - 500,
        "update_time": AT,
        "item_show_type": 8,
        "copyright_stat": 1,
        "copyright_type": 1,
        "is_deleted": False,
        "is_pay_subscribe": 0,
        "appmsg_album_infos": [
            {
                "album_id": 1375870284640911400,
                "id": "1375870284640911361",
                "title": "#早饭地图",
                "tagSource": 0,
            }
        ],
    }
    return held | more


def published(*rows: dict[str, Any], time: int = AT + 5) -> dict[str, Any]:
    info = {
        "type": 9,
        "msgid": 1,
        "sent_info": {"time": time, "is_published": 1},
        "appmsgex": list(rows),
    }
    return {"publish_type": 1, "publish_info": json.dumps(info)}


def test_appmsgpublish_is_json_in_json_in_json() -> None:
    gone = row(
        aid="2650000002_2",
        itemidx=2,
        appmsgid=2650000002,
        link="",
        is_deleted=True,
        title="撤下的",
        copyright_stat=0,
        appmsg_album_infos=[],
    )
    page = {
        "total_count": 2,
        "publish_list": [published(row(), gone), {"publish_type": 101, "publish_info": ""}],
    }
    batch = take({"base_resp": {"err_msg": "ok", "ret": 0}, "publish_page": json.dumps(page)})
    first, second = (sighting.article for sighting in batch.sightings)
    assert first == Article(
        mid="2650000001",
        idx=1,
        token="AbCdEfGhIjKlMnOpQrStUv",
        url="https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv",
        title="田埂上的早饭",
        digest="摘",
        author="阿禾",
        published_at=datetime.fromtimestamp(AT + 5, UTC),
        time_precision="second",
        kind="image",
        original=True,
        cover="https://mmbiz.qpic.cn/c",
        push_size=2,
        item_show_type=8,
        copyright_stat=1,
        paid=False,
        album_ids=("1375870284640911361",),
        album_titles=("早饭地图",),
    )
    assert (second.mid, second.idx, second.status, second.original, second.url) == (
        "2650000002",
        2,
        "deleted",
        False,
        None,
    )
    assert [(album.album_id, album.title, origin) for album, origin, _ in batch.albums] == [
        ("1375870284640911361", "早饭地图", "list")
    ]
    assert [(r.where, r.reason) for r in batch.rejects] == [
        ("第 2 次推送", "没有内容（publish_info 是空的），多半已被删除")
    ]


def test_list_ex_rows_and_their_single_object() -> None:
    rows = [row(link=url(2650000007, 2).replace("\\/", "/"), aid="2650000007_2"), row()]
    listed = take(
        {"app_msg_cnt": 9, "app_msg_list": rows, "base_resp": {"err_msg": "ok", "ret": 0}}
    )
    assert [(s.article.biz, s.article.mid, s.article.idx) for s in listed.sightings] == [
        (BIZ, "2650000007", 2),
        (None, "2650000001", 1),
    ]
    alone = take(
        {"app_msg_cnt": 9, "app_msg_list": rows[0], "base_resp": {"err_msg": "ok", "ret": 0}}
    )
    assert said(alone) == said(listed)[:1]


def test_exporter_rows_name_their_account_and_carry_counts_without_a_time() -> None:
    counted = row(
        fakeid=BIZ,
        _accountName="青石灶间",
        readNum=100001,
        oldLikeNum=32,
        likeNum=7,
        shareNum=0,
        commentNum=None,
        content="只有文字",
    )
    batch = take([counted, row(aid="", appmsgid=None, itemidx=None, link="", title="", fakeid=BIZ)])
    (sighting,) = batch.sightings
    assert (sighting.article.biz, sighting.article.account_name) == (BIZ, "青石灶间")
    assert sighting.counts == (
        Observation(metric="read", value=100_000, censored=True),
        Observation(metric="like", value=32),
        Observation(metric="wow", value=7),
        Observation(metric="share", value=0),
    )
    assert sighting.body is None
    assert [(r.where, r.reason) for r in batch.rejects] == [
        ("第 2 项", "没有链接、编号，也没有标题和时间")
    ]
    kept = take([counted | {"content": "<div><p>有排版</p></div>"}]).sightings[0]
    assert kept.body == "<div><p>有排版</p></div>"


def test_an_album_number_rounded_by_javascript_is_not_believed() -> None:
    article = (
        take([row(appmsg_album_infos=[{"album_id": 1375870284640911400, "title": "早饭地图"}])])
        .sightings[0]
        .article
    )
    assert (article.album_ids, article.album_titles) == ((), ())


def test_numbers_that_no_store_can_hold_are_not_taken() -> None:
    article = (
        take(
            [
                row(
                    itemidx=10**18,
                    aid="x",
                    item_show_type="7" * 30,
                    update_time=10**17,
                    create_time="1569578220.0",
                )
            ]
        )
        .sightings[0]
        .article
    )
    assert (article.idx, article.item_show_type, article.published_at) == (None, None, WHEN)


@pytest.mark.parametrize(
    "data",
    [
        {"getalbum_resp": {}, "base_resp": {"ret": 0}},
        {"base_resp": {"ret": 10004}},
        {"appmsgstat": {}},
        {"title": "x", "link": "", "nick_name": "", "user_name": "", "create_time": 1},
        [],
        [1],
        "x",
        None,
        {"list": []},
    ],
)
def test_other_json_is_no_list(data: Any) -> None:
    assert not is_list(data)
    with pytest.raises(ArchiveError):
        take_list(data, b"")


@pytest.mark.parametrize(
    ("raw", "word"),
    [(b"{", "不完整"), (b"\xc4\xe3", "UTF-8"), (b"[" * 100_000, "嵌套"), (b'"a"\n"b"', "不完整")],
)
def test_what_is_no_json_is_refused(raw: bytes, word: str) -> None:
    with pytest.raises(ArchiveError, match=word):
        parse_payload(raw)


def test_session_keys_are_not_kept() -> None:
    held = row(
        link=(
            f"http://mp.weixin.qq.com/s?__biz={BIZ}&mid=2650000001&idx=1&uin=MTIzNDU2Nzg5MA%3D%3D&"
            "key=0123456789abcdef0123&pass_ticket=tick12345678"
        )
    )
    for raw in (json.dumps([held]).encode(), json.dumps([held]).replace("&", "\\u0026").encode()):
        batch = take_list(parse_payload(raw), raw)
        kept = batch.loose_pages[0].raw
        assert not any(
            secret in kept
            for secret in (b"MTIzNDU2Nzg5MA", b"0123456789abcdef0123", b"tick12345678")
        )
        assert parse_payload(kept)[0]["title"] == "田埂上的早饭"
        assert (
            batch.sightings[0].article.url
            == f"https://mp.weixin.qq.com/s?__biz={BIZ}&mid=2650000001&idx=1"
        )


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "list",
                        "title",
                        "link",
                        "aid",
                        "comm_msg_info",
                        "app_msg_ext_info",
                        "datetime",
                        "content_url",
                        "general_msg_list",
                        "publish_page",
                        "publish_list",
                        "publish_info",
                        "appmsgex",
                        "app_msg_list",
                        "base_resp",
                        "ret",
                        "multi_app_msg_item_list",
                        "appmsg_album_infos",
                        "msg_count",
                        "update_time",
                    ]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_any_json_is_taken_or_refused(data: Any) -> None:
    try:
        batch = take_list(data, json.dumps(data).encode())
    except ArchiveError:
        return
    assert batch.sightings or batch.rejects


@given(st.lists(st.integers(1, 8), min_size=1, max_size=6), st.randoms())
def test_every_article_of_every_push_is_one_row_wherever_it_stands(
    sizes: list[int], shuffle: Any
) -> None:
    items = [
        push(
            *(sub(f"{n}·{i}", content_url=url(2650000001 + n, i)) for i in range(1, size + 1)),
            at=AT + n,
        )
        for n, size in enumerate(sizes)
    ]
    whole = {s.article for s in take(getmsg(*items)).sightings}
    shuffle.shuffle(items)
    assert len(whole) == sum(sizes)
    assert {s.article for s in take(items).sightings} == whole


# getappmsgext

METRICS = {
    "appmsgstat": {
        "show": True,
        "is_login": True,
        "read_num": 4321,
        "like_num": 12,
        "old_like_num": 34,
        "share_num": 5,
        "collect_num": 6,
        "ret": 0,
    },
    "comment_count": 7,
    "nick_name": "看的人",
}


def test_metrics_are_dated_observations_of_the_article_in_the_request() -> None:
    raw, seen_at = json.dumps(METRICS).encode(), AT + 3600
    params = {
        "__biz": "MzkwMDAwMDAwMg%3D%3D",
        "mid": "2650000001",
        "idx": "1",
        "sn": "0a1b",
        "ct": str(AT),
        "key": "secret",
        "pass_ticket": "secret",
    }
    batch = take_metrics(raw, params, seen_at)
    at = datetime.fromtimestamp(seen_at, UTC)
    values = {"read": 4321, "like": 34, "wow": 12, "share": 5, "favourite": 6, "comment": 7}
    assert said(batch) == [
        {
            "biz": BIZ,
            "mid": "2650000001",
            "idx": 1,
            "sn": "0a1b",
            "url": f"https://mp.weixin.qq.com/s?__biz={BIZ}&mid=2650000001&idx=1&sn=0a1b",
            "published_at": WHEN,
            "time_precision": "second",
            "status": "listed",
        }
    ]
    assert batch.sightings[0].counts == tuple(
        Observation(metric=metric, value=value, seen_at=at) for metric, value in values.items()
    )
    assert batch.loose_pages == []  # it names the reader
    old_names = take_metrics(
        raw,
        {"__biz": BIZ, "appmsgid": "2650000001", "itemidx": "1", "sn": "0a1b", "ct": str(AT)},
        seen_at,
    )
    assert old_names.sightings == batch.sightings


@pytest.mark.parametrize("value", [100001, "100001", "100000+", "10万+"])
def test_a_capped_count_is_censored(value: Any) -> None:
    assert counts_of_appmsgext({"appmsgstat": {"read_num": value}}) == (
        Observation(metric="read", value=100_000, censored=True),
    )


def test_before_wow_there_was_only_like_and_hidden_counts_are_none() -> None:
    assert counts_of_appmsgext({"appmsgstat": {"show": True, "read_num": 9, "like_num": 2}}) == (
        Observation(metric="read", value=9),
        Observation(metric="like", value=2),
    )
    assert counts_of_appmsgext({"appmsgstat": {"show": False, "read_num": 0}}) == ()
    assert (
        counts_of_appmsgext({"appmsgstat": {"read_num": -1, "like_num": None, "old_like_num": "?"}})
        == ()
    )


def test_metrics_without_an_article_or_without_counts() -> None:
    assert is_metrics(METRICS)
    assert [
        r.reason for r in take_metrics(json.dumps(METRICS).encode(), {"mid": "1"}, AT).rejects
    ] == ["请求里没有说是哪篇文章（__biz、mid、idx）"]
    with pytest.raises(ArchiveError, match="-3"):
        take_metrics(b'{"base_resp": {"ret": -3}}', {}, AT)
    with pytest.raises(ArchiveError, match="appmsgstat"):
        take_metrics(b"{}", {}, AT)


# the profile page


def profile(msg_list: str) -> bytes:
    return f"""<html><body><strong class="profile_nickname"> 青石灶间 </strong><p class="profile_account">微信号: qingshi2015</p>
    <ul><li><label class="profile_desc_label">功能介绍</label><div class="profile_desc_value">柴火饭</div></li>
    <li><label class="profile_desc_label">帐号主体</label><div class="profile_desc_value"><img>青石餐饮</div></li></ul>
    <script>var biz = "{BIZ}" || ""; var msgList = {msg_list}; seajs.use("x");</script></body></html>""".encode()


def test_a_profile_page_gives_titles_and_times_but_not_its_expired_links() -> None:
    link = "/s?timestamp=1569600000&amp;src=3&amp;ver=1&amp;signature=Abc*1-2="
    raw = profile(
        json.dumps(
            {
                "list": [
                    push(
                        sub("头条", content_url=link, copyright_stat=11),
                        sub("次条", content_url=link),
                    )
                ]
            },
            ensure_ascii=False,
        )
    )
    assert is_profile_page(raw)
    batch = take_profile_page(raw)
    about = {
        "biz": BIZ,
        "account_name": "青石灶间",
        "published_at": WHEN,
        "time_precision": "second",
        "kind": "article",
        "push_size": 2,
        "item_show_type": 0,
    }
    assert said(batch) == [
        about | {"idx": 1, "title": "头条", "original": True, "status": "listed"},
        about | {"idx": 2, "title": "次条", "original": False, "status": "listed"},
    ]
    account = Account(
        biz=BIZ, name="青石灶间", alias="qingshi2015", signature="柴火饭", subject="青石餐饮"
    )
    assert batch.accounts == [(account, "list", 1_569_600_000)]
    assert {s.seen_at for s in batch.sightings} == {1_569_600_000}  # the page's own clock
    assert [page.kind for page in batch.loose_pages] == ["profile"]


def test_the_clients_history_page_keeps_its_list_in_an_escaped_string() -> None:
    text = (
        json.dumps({"list": [TWO]})
        .replace("&", "&amp;")
        .replace('"', "&quot;")
        .replace("\\", "\\\\")
    )
    batch = take_profile_page(profile(f"'{text}'"))
    assert [(s.article.mid, s.article.idx, s.article.title) for s in batch.sightings] == [
        ("2650000001", 1, "山脚下的&灯"),
        ("2650000001", 2, "次条"),
    ]


def test_a_page_without_a_list_is_refused() -> None:
    assert not is_profile_page(b"<html></html>")
    for raw in (b"<html></html>", profile("{}"), profile('{"list":[]}')):
        with pytest.raises(ArchiveError):
            take_profile_page(raw)


# real files


@pytest.fixture(scope="module")
def real_getmsg() -> list[Path]:
    files = sorted((SHARED / "sets" / "getmsg").glob("*.json"))
    if not files:
        pytest.skip("real lists (../shared/sets/getmsg) are not here")
    return files


def test_real_lists_agree_with_a_plain_loop(real_getmsg: list[Path]) -> None:
    counted = {}
    for path in real_getmsg:
        raw = path.read_bytes()
        batch = take_list(parse_payload(raw), raw)
        assert batch.rejects == []
        expected = []
        for line in path.read_text(encoding="utf-8").splitlines():
            item = json.loads(line)
            main = item["app_msg_ext_info"]
            for position, one in enumerate([main, *main["multi_app_msg_item_list"]], 1):
                expected.append(
                    (item["comm_msg_info"]["datetime"], position, one["copyright_stat"] == 11)
                )
        found = [
            (int(s.article.published_at.timestamp()), s.article.idx, bool(s.article.original))
            for s in batch.sightings
            if s.article.published_at
        ]
        assert found == expected
        assert {s.article.biz for s in batch.sightings} == {
            s.article.biz
            for s in batch.sightings
            if s.article.mid and s.article.sn and s.article.title
        }
        pushes = Counter(s.article.mid for s in batch.sightings)
        assert all(s.article.push_size == pushes[s.article.mid] for s in batch.sightings)
        counted[path.stem] = (
            len(pushes),
            len(found),
            min(found)[0],
            max(found)[0],
            len({s.article.biz for s in batch.sightings}),
        )
    assert counted == {
        "AppSo": (30, 53, 1568715636, 1569578220, 1),
        "共青团中央": (30, 73, 1569292877, 1569796508, 1),
        "极客之选": (30, 57, 1567516258, 1570025927, 1),
    }


def test_an_evaluated_page_is_no_list(shared_pages: Path) -> None:
    pages = [parse_payload(path.read_bytes()) for path in shared_pages.rglob("parse-*.json")]
    assert len(pages) == 23
    assert not any(is_list(page) for page in pages)


def test_what_is_kept_of_a_real_list_reads_the_same_again(real_getmsg: list[Path]) -> None:
    for path in real_getmsg:
        raw = path.read_bytes()
        batch = take_list(parse_payload(raw), raw)
        kept = batch.loose_pages[0].raw
        assert take_list(parse_payload(kept), kept).sightings == batch.sightings


def test_the_real_profile_page(shared_pages: Path) -> None:
    raw = (shared_pages / "airyland__we-extract" / "links" / "profile.html").read_bytes()
    batch = take_profile_page(raw)
    found = json.loads(raw.decode().split("var msgList = ", 1)[1].split("};", 1)[0] + "}")["list"]
    expected = [
        (
            item["comm_msg_info"]["datetime"],
            1 + len(item["app_msg_ext_info"]["multi_app_msg_item_list"]),
        )
        for item in found
    ]
    assert len(expected) == 10
    assert len(batch.sightings) == sum(size for _, size in expected) == 64
    assert Counter(
        int(s.article.published_at.timestamp()) for s in batch.sightings if s.article.published_at
    ) == dict(expected)
    assert {(s.article.url, s.article.biz) for s in batch.sightings} == {(None, "MjM5NzQwNjcyMQ==")}
    assert batch.sightings[0].seen_at == 1535378066

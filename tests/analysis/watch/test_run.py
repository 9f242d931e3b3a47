"""Watching: told once, nothing invented, nothing lost. Frames made here; chat robots and WeChat are
servers on loopback.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pandas as pd
import pytest

from analysis.cadence.changes import find_changes
from analysis.cadence.pushes import build_pushes
from analysis.columns.assign import assign_columns, describe_columns
from analysis.layout.redesigns import find_redesigns
from analysis.layout.templates import assign_templates, describe_templates
from analysis.watch.news import WatchedFrames, detect_news
from analysis.watch.render import as_feed, as_text
from analysis.watch.state import MAX_NEWS, Link, News, WatchState, load_state, save_state
from analysis.watch.webhooks import Webhook, WebhookError
from crawler.store import Store
from tests.support.chat_robot import robot
from tests.support.small_frames import article, articles, profiles

START = datetime(2025, 9, 1)  # a Monday
TODAY = date(2026, 9, 1)
_SUBJECTS = ("收纳盒", "餐边柜", "落地灯", "羊毛毯", "窗帘杆", "置物架", "洗碗布", "花器")
_WORDS = ("怎么选", "三步换新", "旧物改造", "避坑指南", "省钱办法")


def history(
    days: int,
    *,
    hour: int = 20,
    rate_until: int | None = None,
    new_column_from: int | None = None,
    column_until: int | None = None,
    look_from: int | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Daily articles, Mondays in 「周一开箱」; what changes begins or ends on that day of the
    history.
    """
    rows: list[dict[str, Any]] = []
    looks: list[dict[str, Any]] = []
    for day in range(days):
        at = START + timedelta(days=day, hours=hour, minutes=day * 7 % 11)
        if rate_until is not None and day >= rate_until and day % 7 in (1, 3, 4, 6):
            continue
        mark = "周一开箱｜" if day % 7 == 0 and (column_until is None or day < column_until) else ""
        mark = (
            "街区来信｜"
            if new_column_from is not None and day >= new_column_from and day % 7 == 2
            else mark
        )
        title = f"{mark}{_SUBJECTS[day % 8]}{_WORDS[day % 5]}：第 {day * 37 % 100} 户人家"
        rows.append(
            article(
                f"{at:%Y-%m-%d %H:%M}",
                title,
                article_id=f"a{day:07d}",
                push_id=f"p{day}",
                position=1,
                url=f"https://mp.weixin.qq.com/s/{day:022d}",
            )
        )
        look = (
            {"font_size_px": 14.0, "line_height": 1.5}
            if look_from is None or day < look_from
            else {"font_size_px": 17.0, "line_height": 2.0, "text_align": "justify"}
        )
        looks.append({"article_id": f"a{day:07d}", **look})
    return articles(rows), profiles(*looks)


_FRAMES: dict[str, WatchedFrames] = {}


def frames_of(frame: pd.DataFrame, looks: pd.DataFrame) -> WatchedFrames:
    """What a look finds in these articles, worked out once for equal ones: histories that change
    late are equal until they do.
    """
    looks = looks[looks["article_id"].isin(frame["article_id"])].reset_index(drop=True)
    key = frame.to_csv() + looks.to_csv()
    if key not in _FRAMES:
        assigned = assign_columns(frame)
        templates = assign_templates(frame, looks)
        redesigns = find_redesigns(templates, describe_templates(templates, looks))
        _FRAMES[key] = WatchedFrames(
            frame,
            describe_columns(frame, assigned),
            assigned,
            find_changes(build_pushes(frame)),
            redesigns,
        )
    return _FRAMES[key]


def watched(frame: pd.DataFrame, looks: pd.DataFrame, *, first: int, every: int = 7) -> list[News]:
    """Everything told by looks from day `first` on, once a week, without 'begin' and 'articles'."""
    state = WatchState()
    reported: list[News] = []
    days = (frame["published_at"].dt.tz_localize(None) - START).dt.days
    for day in range(first, int(days.max()) + 2, every):
        news, state.accounts = detect_news(
            frames_of(frame[days < day].reset_index(drop=True), looks),
            state.accounts,
            today=TODAY,
            after=state.last,
        )
        state.add(news)
        reported += [one for one in news if one.kind not in ("begin", "articles")]
    return reported


def test_thirty_quiet_looks_tell_nothing_but_articles() -> None:
    assert watched(*history(420), first=210) == []


def test_a_changed_rhythm_is_told_once() -> None:
    reported = watched(*history(420, rate_until=280), first=238, every=14)
    assert [one.kind for one in reported] == ["rate"]
    assert "降到" in reported[0].sentence
    assert (
        abs((date.fromisoformat(reported[0].day) - (START + timedelta(days=280)).date()).days) <= 7
    )


def test_a_moved_hour_is_told_once() -> None:
    before, looks = history(280)
    after, _ = history(420, hour=12)
    frame = pd.concat([before, after.iloc[280:]], ignore_index=True)
    reported = watched(frame, history(420)[1], first=238, every=14)
    assert [one.kind for one in reported] == ["hour"]
    assert "20:0" in reported[0].sentence
    assert "12:0" in reported[0].sentence
    assert len(looks) == 280


def test_a_new_column_is_told_once_with_links() -> None:
    reported = watched(*history(420, new_column_from=301), first=238, every=14)
    assert [(one.kind, one.sentence[:9]) for one in reported] == [
        ("column_new", "新栏目「街区来信」")
    ]
    assert all(link.title.startswith("街区来信｜") and link.url for link in reported[0].links)


def test_a_column_that_falls_silent_is_told_once_and_again_when_it_is_back() -> None:
    reported = watched(*history(420, column_until=301), first=238, every=14)
    assert [one.kind for one in reported] == ["column_silent"]
    assert "「周一开箱」停了" in reported[0].sentence
    assert date.fromisoformat(reported[0].day) == (START + timedelta(days=294)).date()
    silent, looks = history(378, column_until=301)
    back = pd.concat([silent, history(420)[0].iloc[378:]], ignore_index=True)
    assert [one.kind for one in watched(back, history(420)[1], first=238, every=14)] == [
        "column_silent",
        "column_back",
    ]
    assert len(looks) == 378


def test_a_redesign_is_told_once() -> None:
    reported = watched(*history(420, look_from=300), first=266, every=14)
    assert [one.kind for one in reported] == ["redesign"]
    assert "字号 14 px → 17 px" in reported[0].sentence
    assert reported[0].day == f"{START + timedelta(days=300):%Y-%m-%d}"


def test_what_older_articles_bring_to_light_is_no_news() -> None:
    frame, looks = history(420, rate_until=140, look_from=150)
    late = frame.iloc[frame.index[frame["published_at"] >= "2026-05-01"][0] :].reset_index(
        drop=True
    )
    late["article_id"] = [f"a{number:07d}" for number in range(len(late))]
    older = frame.iloc[: len(frame) - len(late)].reset_index(drop=True)
    older["article_id"] = [f"a{len(late) + number:07d}" for number in range(len(older))]
    ids = dict(zip(frame["article_id"], [*older["article_id"], *late["article_id"]], strict=True))
    looks = looks.assign(article_id=looks["article_id"].map(ids))
    state = WatchState()
    news, state.accounts = detect_news(frames_of(late, looks), {}, today=TODAY, after=0)
    assert [one.kind for one in news] == ["begin"]
    whole = pd.concat([older, late], ignore_index=True)
    news, state.accounts = detect_news(
        frames_of(whole, looks), state.accounts, today=TODAY, after=1
    )
    assert [one.kind for one in news] == ["backfill"]
    again, _ = detect_news(frames_of(whole, looks), state.accounts, today=TODAY, after=2)
    assert again == []


@pytest.mark.parametrize("count", [1, 2, 9])
def test_few_articles_or_none_with_a_time_are_watched_too(count: int) -> None:
    frame, looks = history(count)
    undated = articles([article(None, f"无日期{n}", article_id=f"a{n:07d}") for n in range(count)])
    for one in (frames_of(frame, looks), frames_of(undated, looks.iloc[:0])):
        news, seen = detect_news(one, {}, today=TODAY, after=0)
        assert [one.kind for one in news] == ["begin"]
        assert detect_news(one, seen, today=TODAY, after=1)[0] == []


def test_new_articles_are_told_with_titles_newest_first() -> None:
    frame, looks = history(30)
    _, seen = detect_news(
        frames_of(frame.iloc[:20].reset_index(drop=True), looks), {}, today=TODAY, after=0
    )
    news, _ = detect_news(frames_of(frame, looks), seen, today=TODAY, after=1)
    assert [(one.kind, one.sentence, one.number) for one in news] == [("articles", "新发 10 篇", 2)]
    assert [link.url for link in news[0].links] == [
        f"https://mp.weixin.qq.com/s/{day:022d}" for day in (29, 28, 27, 26, 25)
    ]


# memory


def numbered_news(count: int, first: int = 1) -> list[News]:
    return [
        News(number, "2026-09-01", "id", "半间厨房", "articles", "2026-09-01", f"新发 {number} 篇")
        for number in range(first, first + count)
    ]


def test_memory_comes_back_as_it_was_kept(store: Store) -> None:
    frame, looks = history(60)
    state = WatchState()
    state.listen("stdout")
    news, state.accounts = detect_news(frames_of(frame, looks), {}, today=TODAY, after=0)
    state.add(news)
    save_state(store, state)
    assert load_state(store) == state
    assert [one.number for one in load_state(store).unheard("stdout")] == [1]


def test_news_wait_for_the_slowest_listener_and_no_longer() -> None:
    state = WatchState()
    state.listen("away")
    state.add(numbered_news(150))
    state.listen("late")
    state.add(numbered_news(150, 151))
    assert len(state.unheard("away")) == 300
    assert [one.number for one in state.unheard("late")] == list(range(151, 301))
    state.heard = {"away": 300, "late": 300}
    state.add(numbered_news(1, 301))
    assert len(state.news) == 100
    state.add(numbered_news(MAX_NEWS + 50, 302))
    assert len(state.news) == MAX_NEWS


# telling


def test_words_from_outside_stay_words() -> None:
    hostile = News(
        1,
        "2026-09-01",
        "id",
        "甲\n乙",
        "articles",
        "2026-09-01",
        '新<at user_id="all">发',
        (Link("题\u202e目\x00\n换行", "javascript:alert(1)"),),
    )
    text = as_text([hostile])
    assert text.splitlines() == ["【甲 乙】", '新＜at user_id="all"＞发', "　　题目 换行"]
    item = ElementTree.fromstring(as_feed([hostile])).find("channel/item")
    assert item is not None
    assert item.find("link") is None


def test_the_feed_is_newest_first_and_keeps_its_guids() -> None:
    one, two = as_feed(numbered_news(2)), as_feed(numbered_news(3))
    guids = [
        [item.findtext("guid") for item in ElementTree.fromstring(feed).iter("item")]
        for feed in (one, two)
    ]
    assert guids == [
        ["duibiao-id-2", "duibiao-id-1"],
        ["duibiao-id-3", "duibiao-id-2", "duibiao-id-1"],
    ]
    assert as_feed(numbered_news(2)) == one


# webhooks


@pytest.mark.parametrize(
    ("form", "answer", "path"),
    [
        ("wecom", b'{"errcode":0,"errmsg":"ok"}', ["text", "content"]),
        ("feishu", b'{"StatusCode":0,"code":0}', ["content", "text"]),
        ("dingtalk", b'{"errcode":0}', ["text", "content"]),
    ],
)
def test_each_robot_gets_its_own_form(form: str, answer: bytes, path: list[str]) -> None:
    with robot(answer) as (url, got):
        assert list(Webhook(url, form=form).send(numbered_news(3), now=1_788_000_000)) == [3]
    message = got[0][1]
    assert message["msg_type" if form == "feishu" else "msgtype"] == "text"
    assert message[path[0]][path[1]] == "【半间厨房】\n新发 1 篇\n新发 2 篇\n新发 3 篇"


def test_plain_json_carries_every_field() -> None:
    with robot(b"thanks") as (url, got):
        assert list(Webhook(url).send(numbered_news(1), now=0)) == [1]
    assert got[0][1]["news"][0]["sentence"] == "新发 1 篇"


def test_long_news_go_in_several_messages_each_within_the_limit() -> None:
    with robot() as (url, got):
        assert list(Webhook(url, form="wecom").send(numbered_news(200), now=0))[-1] == 200
    texts = [message["text"]["content"] for _, message in got]
    assert len(texts) > 1
    assert all(len(text.encode()) <= 2048 for text in texts)
    assert sum(text.count("新发") for text in texts) == 200


def test_signatures_are_what_the_robots_check() -> None:
    with robot() as (url, got):
        list(Webhook(url, form="dingtalk", secret="S").send(numbered_news(1), now=1_788_000_000))
        list(Webhook(url, form="feishu", secret="S").send(numbered_news(1), now=1_788_000_000))
    query = parse_qs(urlsplit(got[0][0]).query)
    wanted = hmac.new(b"S", b"1788000000000\nS", hashlib.sha256).digest()
    assert (query["timestamp"], query["sign"]) == (
        ["1788000000000"],
        [base64.b64encode(wanted).decode()],
    )
    wanted = hmac.new(b"1788000000\nS", b"", hashlib.sha256).digest()
    assert (got[1][1]["timestamp"], got[1][1]["sign"]) == (
        "1788000000",
        base64.b64encode(wanted).decode(),
    )


@pytest.mark.parametrize(
    ("answer", "status", "said"),
    [
        (b'{"errcode":93000}', 200, "93000"),
        (b"<html>", 200, "读不懂"),
        (b"", 500, "HTTP 500"),
        (b"", 302, "HTTP 302"),
    ],
)
def test_a_refusal_is_an_error_that_tells_no_secret(answer: bytes, status: int, said: str) -> None:
    with robot(answer, status) as (url, _), pytest.raises(WebhookError) as error:
        list(Webhook(url, form="wecom").send(numbered_news(1), now=0))
    assert said in str(error.value)
    assert "PLANTED" not in str(error.value)


@pytest.mark.parametrize(
    "url", ["http://example.com/x", "ftp://127.0.0.1/x", "https://", "qyapi.weixin.qq.com/cgi-bin"]
)
def test_only_https_or_this_machine(url: str) -> None:
    with pytest.raises(WebhookError, match="https"):
        Webhook(url)

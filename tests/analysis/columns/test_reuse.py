"""What is nothing to copy, and what is."""

from __future__ import annotations

import pytest

from analysis.columns.reuse import REASONS, classify_reuse, event_key

TITLES = ["杯子怎么洗", "窗台上的猫", "一盏灯修三次"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("直播预约", "活动"),
        ("陶土读书会", "活动"),
        ("ECRT'26", "活动"),
        ("ECRT 2025 Oral", "活动"),
        ("双11", "节庆"),
        ("招聘", "招聘"),
        ("放假通知", "通知"),
        ("评论送书", "抽奖"),
        ("上新", "自家推广"),
        ("厂史一页", "自家新闻"),
    ],
)
def test_a_name_that_says_it_decides(name: str, reason: str) -> None:
    assert classify_reuse(name, TITLES) == reason
    assert reason in REASONS


@pytest.mark.parametrize(
    "name",
    ["避坑", "读者来信", "拆箱报告", "人物", "一周要闻", "活动策划课", "招聘季怎么面试", "论文"],
)
def test_what_others_could_run_too_has_no_reason(name: str) -> None:
    assert classify_reuse(name, TITLES) is None


def test_a_hint_in_the_name_needs_half_of_the_titles() -> None:
    events = ["第七届研讨会开幕", "周六的讲座报名", "杯子怎么洗"]
    assert classify_reuse("活动策划课", events) == "活动"
    assert classify_reuse("活动策划课", [*events, *TITLES]) is None


def test_titles_alone_need_three_and_three_fifths() -> None:
    sale = ["今晚八点开抢", "满减怎么凑", "新品预售"]
    assert classify_reuse("干货", sale) == "自家推广"
    assert classify_reuse("干货", sale[:2]) is None
    assert classify_reuse("干货", [*sale, *TITLES]) is None


def test_the_name_itself_is_left_out_of_the_titles() -> None:
    assert classify_reuse("活动策划课", [f"活动策划课｜{title}" for title in TITLES]) is None


def test_a_latin_name_met_as_a_place_is_an_event_and_a_journal_is_none() -> None:
    place = ["ECRT现场：人很多", "逛了趟ECRT", "三家公司亮相ECRT"]
    journal = ["JOCX：一种新膜", "JOCX｜裂纹会长大", "JOCX：土怎么变成砖"]
    assert classify_reuse("ECRT", place) == "活动"
    assert classify_reuse("JOCX", journal) is None


def test_an_accounts_own_people_are_its_own_news() -> None:
    assert classify_reuse("红崖人", TITLES, owner="红崖搪瓷") == "自家新闻"
    assert classify_reuse("红崖人", TITLES, owner="别家") is None
    assert classify_reuse("红崖问答", TITLES, owner="红崖搪瓷") is None


def test_one_title_is_judged_by_itself() -> None:
    assert classify_reuse("", ["关于春季停水的通知"]) == "通知"
    assert classify_reuse("", ["春天怎么养猫"]) is None
    assert classify_reuse("", []) is None


def test_one_event_over_years_has_one_key() -> None:
    keys = {event_key(name) for name in ("ECRT 2025", "ECRT'26", "第十三届 ECRT", "ecrt2024")}
    assert keys == {"ecrt"}
    assert event_key("避坑") == "避坑"

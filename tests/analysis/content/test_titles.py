"""How titles are written: forms counted by hand, shares as a loop counts them, words weighed as the
paper's formula says.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.content import distinctive_words, titles
from analysis.content.distinctive_words import compare_words
from analysis.content.titles import SIGNALS, count_signals, describe_titles, measure_habits
from analysis.frames import ARTICLES, FrameError, empty_frame
from analysis.text.lexicon import parse_rules
from analysis.text.normalize import normalize_word
from analysis.text.tokens import cut_words, stop_words
from tests.support.small_frames import article, articles


def described(*found: str | None, **more: Any) -> pd.DataFrame:
    return describe_titles(articles([article(title=title, **more) for title in found]))


def test_the_form_of_a_title_is_counted() -> None:
    row = described("【收纳】 3个抽屉，“真的”够吗？！😀《家》12.5元")
    counted = row.iloc[0][
        [
            "length",
            "digits",
            "questions",
            "exclamations",
            "brackets",
            "emoji",
            "quotes",
            "punctuation_kinds",
        ]
    ]
    assert dict(counted) == {
        "length": 26,
        "digits": 2,
        "questions": 1,
        "exclamations": 1,
        "brackets": 2,
        "emoji": 1,
        "quotes": 1,
        "punctuation_kinds": 10,
    }


def test_names_are_persons_places_and_organisations() -> None:
    assert list(described("陈晓明去上海看展", "怎么洗锅")["names"]) == [2, 0]


@pytest.mark.parametrize(
    ("title", "formulas"),
    [
        ("如何换水龙头", ["how_to"]),
        ("值得囤的9样：5款锅", ["list"]),
        ("你家该换锅了吗？", ["question"]),
        ("不是你懒，而是柜子太深", ["contrast"]),
        ("刚刚，新标准公布", ["flash"]),
        ("教你3招，为什么还不学", ["how_to", "list", "question"]),
        ("秋日来信", []),
        ("第3个月会员日", []),
    ],
)
def test_formulas_have_names(title: str, formulas: list[str]) -> None:
    row = described(title).iloc[0]
    assert [name for name in titles.FORMULAS if row[name]] == formulas


def test_signals_name_the_words_that_made_them() -> None:
    found = described("震惊！竟然没人赶紧换！", "空气炸锅刚刚好", "满100元")["signals"]
    assert [sorted(signals) for signals in found] == [
        ["催促：赶紧", "夸大标点：!竟然没人赶紧换!", "夸张：震惊", "悬念：竟然"],
        [],
        [],
    ]


def test_a_users_signals_count_too() -> None:
    rules = parse_rules("热点 标题 搪瓷节", purposes=SIGNALS, source="试")
    assert list(
        describe_titles(articles([article(title="搪瓷节来了")]), rules=rules)["signals"]
    ) == [["热点：搪瓷节"]]


def test_the_same_title_again_is_repeated_whatever_the_order_of_rows() -> None:
    rows = [
        article("2026-03-05", "秋日  来信"),
        article("2026-03-02", "秋日  来信"),
        article("2026-03-02", "秋日  来信", account="乙"),
    ]
    assert list(describe_titles(articles(rows))["repeated"]) == [True, False, False]


def test_original_and_reposted_are_shares_of_what_is_known() -> None:
    rows = [article(title=f"题{n}", original=True) for n in range(8)] + [
        article(title=f"转{n}", original=False, kind="repost") for n in range(4)
    ]
    rows += [article(title=f"不知{n}") for n in range(5)]
    habits = measure_habits(describe_titles(articles(rows))).iloc[0]
    assert (habits["titles"], habits["original_known"], habits["reposted_known"]) == (17, 12, 12)
    assert habits["original_share"] == pytest.approx(8 / 12)
    assert habits["reposted_share"] == pytest.approx(4 / 12)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("甲乙"),
            st.sampled_from(["如何洗锅", "竟然？", "秋日来信", "3招【新】", "早报｜开张"]),
        ),
        min_size=1,
        max_size=40,
    )
)
def test_shares_are_what_a_loop_counts_and_need_ten_titles(drawn: list[tuple[str, str]]) -> None:
    frame = describe_titles(
        articles(
            [
                article(f"2026-03-01 08:{minute:02}", title, account=account)
                for minute, (account, title) in enumerate(drawn)
            ]
        )
    )
    for row in measure_habits(frame).to_dict("records"):
        own = [title for account, title in drawn if account == row["account"]]
        assert row["titles"] == len(own)
        if len(own) < 10:
            assert math.isnan(row["how_to_share"])
            continue
        assert row["how_to_share"] == pytest.approx(
            sum("如何" in title for title in own) / len(own)
        )
        assert row["clickbait_share"] == pytest.approx(
            sum("竟然" in title for title in own) / len(own)
        )
        assert row["with_brackets_share"] == pytest.approx(
            sum("【" in title for title in own) / len(own)
        )
        assert row["repeated_share"] == pytest.approx((len(own) - len(set(own))) / len(own))
        assert row["aggregated_share"] == pytest.approx(
            sum("早报" in title for title in own) / len(own)
        )
        lengths = sorted(len(title) for title in own)
        assert row["length_median"] == pytest.approx(
            (lengths[(len(own) - 1) // 2] + lengths[len(own) // 2]) / 2
        )


def test_signals_come_with_words_and_the_newest_examples() -> None:
    rows = [article(f"2026-03-{day:02}", f"竟然第{day}天") for day in range(1, 6)] + [
        article("2026-03-09", "居然下雨")
    ]
    found = count_signals(describe_titles(articles(rows)))
    assert found.iloc[0][["signal", "n", "titles", "words", "examples"]].tolist() == [
        "悬念",
        6,
        6,
        ["竟然", "居然"],
        ["居然下雨", "竟然第5天", "竟然第4天"],
    ]
    assert found["share"].isna().all()


def two_accounts() -> pd.DataFrame:
    own = [f"搪瓷锅第{'甲乙丙丁戊己庚辛壬癸'[n]}回，厨房搪瓷" for n in range(10)]
    other = [f"书店第{'甲乙丙丁戊己庚辛壬癸'[n]}夜，厨房读书" for n in range(10)]
    return articles(
        [article(title=title, account="甲") for title in own]
        + [article(title=title, account="乙") for title in other]
    )


def test_distinctive_words_are_weighed_as_monroe_colaresi_and_quinn_do() -> None:
    frame = two_accounts()
    found = compare_words(frame, prior_words=50.0)
    counts = {account: Counter[str]() for account in ("甲", "乙")}
    for account, words in zip(frame["account"], cut_words(frame["title"]), strict=True):
        counts[account].update(
            w for word in words if len(w := normalize_word(word)) > 1 and w not in stop_words()
        )
    together = counts["甲"] + counts["乙"]
    assert {"甲", "乙"} == set(found["account"])
    for row in found.to_dict("records"):
        mine, rest, word = (
            counts[row["account"]],
            counts["乙" if row["account"] == "甲" else "甲"],
            row["word"],
        )
        prior = 50 * together[word] / together.total()
        odds = [
            math.log((c[word] + prior) / (c.total() + 50 - c[word] - prior)) for c in (mine, rest)
        ]
        spread = math.sqrt(1 / (mine[word] + prior) + 1 / (rest[word] + prior))
        assert row["log_odds"] == pytest.approx(odds[0] - odds[1])
        assert row["z"] == pytest.approx((odds[0] - odds[1]) / spread)
        assert (row["n"], row["n_others"], row["words"], row["words_others"]) == (
            mine[word],
            rest[word],
            mine.total(),
            rest.total(),
        )
    assert "搪瓷" in set(found.loc[found["account"] == "甲", "word"])
    assert "厨房" not in set(found["word"])


def test_one_account_alone_or_few_titles_have_no_distinctive_words() -> None:
    frame = two_accounts()
    assert compare_words(frame[frame["account"] == "甲"]).empty
    assert set(compare_words(frame.iloc[3:], prior_words=10.0)["account"]) == {"乙"}


def test_one_word_in_all_titles_has_nothing_to_be_held_against() -> None:
    assert compare_words(
        articles([article(title="搪瓷", account="甲"), article(title="搪瓷", account="乙")])
    ).empty


def test_both_tokenizers_and_any_order_give_the_same_words() -> None:
    frame = two_accounts()
    pd.testing.assert_frame_equal(
        compare_words(frame), compare_words(frame.sample(frac=1, random_state=5), tokenizer="jieba")
    )


def test_empty_frames_keep_their_columns() -> None:
    nothing = describe_titles(empty_frame(ARTICLES))
    for frame, contract in (
        (nothing, titles.TITLES),
        (measure_habits(nothing), titles.HABITS),
        (count_signals(nothing), titles.SIGNAL_USE),
        (compare_words(empty_frame(ARTICLES)), distinctive_words.DISTINCTIVE),
    ):
        assert {column: str(dtype) for column, dtype in frame.dtypes.items()} == contract
    with pytest.raises(FrameError, match="title"):
        describe_titles(empty_frame({"account": "str"}))


def test_titles_that_are_missing_are_left_out() -> None:
    assert len(described("题目", None)) == 1

"""What recurs in titles, before anybody decides what it is."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.columns.candidates import FORMS, collect_candidates, read_titles
from analysis.columns.scoring import FEATURES, History, measure_features, score_candidates

UNLIKE = [
    "换季衣服怎么放",
    "三只锅能用多久",
    "雨天的鞋柜",
    "搬家前夜",
    "阳台上的番茄红了",
    "谁在半夜洗碗",
]


def recurring(
    titles: list[str], albums: list[list[str]] | None = None
) -> dict[str, tuple[str, int]]:
    found = collect_candidates(read_titles(titles), albums or [[] for _ in titles])
    return {candidate.name: (candidate.form, len(candidate.members)) for candidate in found}


def test_variants_of_one_mark_are_one_candidate() -> None:
    assert recurring(
        ["【避坑】铁锅", "避坑｜瓷碗", "避坑丨木瓢", "[避 坑] 铝盆", "避坑：竹筷"]
    ) == {"避坑": ("bracket", 5)}
    assert recurring(["讀者來信｜铁锅", "读者来信｜瓷碗"]) == {"读者来信": ("bar", 2)}


def test_an_advertisement_sent_again_is_no_candidate() -> None:
    assert recurring(["招聘｜来做客服"] * 5) == {}


def test_an_album_is_one_even_of_a_few() -> None:
    assert recurring(UNLIKE[:3], [["厨房"], [], []]) == {"厨房": ("album", 1)}


def test_a_shared_ending_is_found_whatever_sign_stands_before_it() -> None:
    titles = [
        f"{title}{'，' if n % 2 else '：'}一篇讲清楚{'。' if n % 3 else ''}"
        for n, title in enumerate(UNLIKE)
    ]
    assert recurring(titles) == {"一篇讲清楚": ("tail", 6)}


def test_a_shared_ending_inside_a_sentence_needs_to_be_long() -> None:
    assert recurring(["今天吃什么好", "明年去哪里好", "后来他们很好"]) == {}
    assert recurring([f"{title}就是今天的大新闻" for title in UNLIKE]) == {
        "就是今天的大新闻": ("tail", 6)
    }


def test_titles_that_differ_in_numbers_only_share_a_wording() -> None:
    found = recurring(
        ["6月2日收盘分析", "6月3日收盘分析", "6月12日收盘分析", "龟.甲 1（上）", "龟.甲 2（下）"]
    )
    assert sorted(found.values()) == [("wording", 2), ("wording", 3)]


def test_a_list_counted_on_is_one_and_numbers_that_jump_are_none() -> None:
    counted = [f"{n}.{title}" for n, title in enumerate(UNLIKE, 51)]
    assert recurring(counted)["编号清单"] == ("numbered", 6)
    assert "编号清单" not in recurring(
        [f"{n}.{title}" for n, title in zip([90, 3, 71, 20, 8, 2], UNLIKE, strict=True)]
    )


TITLES = st.text(alphabet="避坑｜丨|【】：:，,·—-一二12①第期 a！", max_size=14)


@settings(max_examples=60, deadline=None)
@given(st.lists(TITLES, max_size=14))
def test_any_titles_give_candidates_with_names_and_finite_signs(titles: list[str]) -> None:
    read = read_titles(titles)
    found = collect_candidates(read, [()] * len(titles))
    history = History("甲", [None] * len(titles), list(range(len(titles))), [None] * len(titles))
    signs = measure_features(found, read, history)
    assert signs.shape == (len(found), len(FEATURES))
    assert abs(signs).max(initial=0) < 100
    assert all(0 <= probability <= 1 for probability in score_candidates(found, read, history))
    assert all(
        candidate.name and candidate.form in FORMS and candidate.members <= set(range(len(titles)))
        for candidate in found
    )
    assert [candidate.key for candidate in found] == sorted(candidate.key for candidate in found)

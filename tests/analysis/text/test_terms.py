"""What titles are about."""

from __future__ import annotations

import pytest

from analysis.text.terms import find_terms, general_share


def test_words_that_belong_together_are_one_term() -> None:
    terms = find_terms([f"深海采矿，{n}" for n in "甲乙丙丁"])
    assert all("深海采矿" in found for found in terms)


def test_words_that_only_happen_to_meet_stay_apart() -> None:
    met = ["窗帘收纳"]
    apart = [f"{word}{place}" for word in ("窗帘", "收纳") for place in ("客厅", "厨房", "阳台")]
    assert "窗帘收纳" not in find_terms(met + apart)[0]


@pytest.mark.parametrize(
    ("title", "term"),
    [
        ("GPT-4o 上手一周", "GPT-4o"),
        ("SK-II 换了瓶子", "SK-II"),
        ("Llama 3 和它的前辈", "Llama 3"),
        ("用 LoRA 微调", "LoRA"),
    ],
)
def test_latin_names_are_whole_as_they_are_written(title: str, term: str) -> None:
    assert term in find_terms([title])[0]


def test_one_name_with_and_without_a_space_is_one_term() -> None:
    first, second, third = find_terms(["Llama 3 来了", "Llama3 来了", "Llama 3 走了"])
    assert first == second == third == ["Llama 3"]


@pytest.mark.parametrize(
    "title", ["重磅！最新发布", "2026 年第 3 期", "如何为什么怎么", "", "！？…"]
)
def test_the_wording_of_headlines_is_no_term(title: str) -> None:
    assert find_terms([title]) == [[]]


def test_terms_stand_once_in_the_order_they_begin() -> None:
    assert find_terms(["台灯、窗帘、台灯"]) == [["台灯", "窗帘"]]


def test_a_common_word_is_commoner_than_a_rare_one() -> None:
    assert general_share("中国") > general_share("台灯") > general_share("没有这个词的词")
    assert 0 < general_share("没有这个词的词") < 1e-6

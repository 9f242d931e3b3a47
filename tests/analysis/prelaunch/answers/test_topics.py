"""Topics of a text: words and Latin terms as people write them, and what two names share."""

from __future__ import annotations

import pytest

from analysis.prelaunch.answers.topics import (
    find_term,
    find_terms,
    name_pieces,
    spell_terms,
    without_pieces,
)


@pytest.mark.parametrize(
    ("title", "terms"),
    [
        ("用LoRA微调", ["lora"]),
        ("SK-II神仙水空瓶", ["sk-ii"]),
        ("GPT-4o 到底强在哪", ["gpt-4o"]),
        ("Python入门", ["python"]),
        ("ＧＰＴ－４ｏ来了", ["gpt-4o"]),
        ("Stable Diffusion 出图", ["stable diffusion"]),
        ("3D打印一只挂钩", ["3d"]),
        ("C++ 还要学吗", ["c++"]),
        ("Llama-3.1 本地跑", ["llama-3.1"]),
    ],
)
def test_a_latin_term_is_a_topic_with_its_digits_and_hyphens(title: str, terms: list[str]) -> None:
    assert [term for term in find_terms([title])[0] if term.isascii()] == terms


@pytest.mark.parametrize("title", ["Vol.3 how to", "www.example.com", "2026-09-01", "a b c", "20%"])
def test_words_of_sentences_links_and_numbering_are_no_topics(title: str) -> None:
    assert find_terms([title])[0] == []


def test_a_term_is_shown_as_most_write_it() -> None:
    titles = [
        "lora 入门",
        "LoRA 微调",
        "用 LoRA",
        "LORA",
        "Python",
        "python",
        "sk-II",
        "SK-II",
        "SK-II",
    ]
    spelled = spell_terms(titles)
    assert (spelled["lora"], spelled["sk-ii"], spelled["python"]) == ("LoRA", "SK-II", "Python")


def test_a_latin_term_is_met_as_a_word_and_a_chinese_one_anywhere() -> None:
    assert find_term("ai", "用ai写周报")
    assert not find_term("ai", "aigc 周报")
    assert not find_term("lora", "exploration")
    assert find_term("台面", "租房厨房的台面")


def test_names_share_the_longest_runs_of_two_characters() -> None:
    assert name_pieces("青石茶室", ["青石家居", "老茶室"]) == ("茶室", "青石")
    assert name_pieces("青石茶室", ["石青家居", "茶"]) == ()
    assert name_pieces(None, ["青石家居"]) == ()
    assert without_pieces("AIGC青石小课", ["青石", "aigc"]).split() == ["小课"]

"""Words: the same from both tokenizers, whole where a dictionary says so, and no configuration
leaking into another.
"""

from __future__ import annotations

import csv
import gzip
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.text.normalize import normalize_word, simplify
from analysis.text.tokens import TOKENIZERS, WordsError, cut_words, read_words, stop_words
from tests.bench.tokens import OUR_OWN, Agreement, agree, compare
from tests.support.places import SHARED

HAN = st.text(
    alphabet=[chr(code) for code in range(0x4E00, 0x4F80)]
    + list("公众号的了是在中国人工智能学习新年快乐全太哈"),
    max_size=20,
)
MIXED = st.text(alphabet=list("公众号视频号打造开源aZ09.-_&+@#%/ ，！【】｜😀é太"), max_size=20)


def cut(text: str, *, tokenizer: str = "rjieba", user_words: tuple[str, ...] = ()) -> str:
    return "/".join(cut_words([text], tokenizer=tokenizer, user_words=user_words)[0])


@pytest.mark.parametrize("tokenizer", TOKENIZERS)
def test_domain_words_stay_whole_and_signs_are_no_words(tokenizer: str) -> None:
    assert (
        cut("【开张】我的公众号，接小程序！", tokenizer=tokenizer) == "开张/我/的/公众号/接/小程序"
    )


@pytest.mark.parametrize("tokenizer", TOKENIZERS)
def test_ascii_runs_stay_whole(tokenizer: str) -> None:
    assert (
        cut("看github.com上的ＧＰＴ-4o，涨了8.5%，C++还行", tokenizer=tokenizer)
        == "看/github.com/上/的/GPT-4o/涨/了/8.5%/C++/还/行"
    )


@pytest.mark.parametrize("tokenizer", TOKENIZERS)
def test_user_words_count_for_their_own_call_only(tokenizer: str) -> None:
    title = "半间厨坊出新款阿橘锅 Pro·Max"
    user = ("半间厨坊 20 nz", "阿橘锅", "锅 Pro·Max")
    assert cut(title, tokenizer=tokenizer, user_words=user) == "半间厨坊/出/新款/阿橘/锅 Pro·Max"
    assert cut(title, tokenizer=tokenizer, user_words=user[:2]) == "半间厨坊/出/新款/阿橘锅/Pro/Max"
    assert "半间厨坊" not in cut(title, tokenizer=tokenizer)


def test_repetition_and_rare_letters_are_words() -> None:
    assert cut("也太太太甜了 café 㐂") == "也/太太太/甜/了/café/㐂"


@pytest.mark.parametrize("tokenizer", TOKENIZERS)
def test_added_words_do_not_shift_the_odds_between_others(tokenizer: str) -> None:
    assert (
        cut("王力宏最弱", tokenizer=tokenizer) == "王力宏/最/弱"
    )  # 0.0004 apart in log probability from 最弱 whole


def test_letters_no_dictionary_holds_part_from_those_it_holds() -> None:
    assert cut("周末の公众号") == "周末/の/公众号"


def test_texts_cut_together_keep_to_themselves() -> None:
    texts = ["公众\n号", "", "\0GPT-4o\0", "太太太甜", "的", "café 公众号", "e", "\u0301公众号"]
    together = cut_words(texts * 300)
    assert together == [cut_words([text])[0] for text in texts] * 300
    assert together[:4] == [["公众", "号"], [], ["GPT-4o"], ["太太太", "甜"]]


def test_nothing_gives_nothing() -> None:
    assert cut_words([]) == []
    assert cut_words(["", "，！😀"]) == [[], []]


def test_another_tokenizer_is_refused() -> None:
    with pytest.raises(ValueError, match="pkuseg"):
        cut_words(["题目"], tokenizer="pkuseg")


@settings(max_examples=150, deadline=None)
@given(HAN | MIXED)
def test_both_tokenizers_give_the_same_words_and_lose_no_letter(text: str) -> None:
    words = cut_words([text])[0]
    assert words == cut_words([text], tokenizer="jieba")[0]
    assert [c for c in "".join(words) if c.isalnum()] == [c for c in text if c.isalnum()]


def test_words_match_whatever_their_script_case_and_width() -> None:
    assert normalize_word("發佈ＡＩ") == normalize_word("发布ai") == "发布ai"
    assert simplify("點擊查看") == "点击查看"
    assert {"的", "什么", "the"} <= stop_words()


def test_a_file_of_words_is_read_or_refused_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "words.txt"
    file.write_text("\ufeff半间厨坊 20 nz\n\n 阿橘锅 \n", encoding="utf-8")
    assert read_words(file) == ("半间厨坊 20 nz", "阿橘锅")
    file.write_bytes("半间".encode("gbk"))
    with pytest.raises(WordsError, match="UTF-8"):
        read_words(file)
    with pytest.raises(WordsError, match="读不了"):
        read_words(tmp_path / "none.txt")


def test_the_bench_prints_how_both_cut(capsys: pytest.CaptureFixture[str]) -> None:
    only_han, whole = compare("our own sentences", OUR_OWN)
    assert (only_han.texts, only_han.f1, whole.same, whole.f1) == (3, 1.0, len(OUR_OWN), 1.0)
    assert "times faster" in capsys.readouterr().out


def test_agreement_counts_words_by_where_they_stand() -> None:
    assert agree([["公众号", "好"]], [["公众", "号", "好"]]) == Agreement(texts=1, same=0, f1=0.4)


def test_real_titles_are_cut_the_same_way_by_both() -> None:
    source = SHARED / "sets" / "feeds_2021.csv.gz"
    if not source.is_file():
        pytest.skip("real titles (../shared/sets) are not here")
    with gzip.open(source, "rt", encoding="utf-8") as lines:
        titles = [row["title"] for row in islice(csv.DictReader(lines), 0, 60_000, 30)]
    ours, reference = cut_words(titles), cut_words(titles, tokenizer="jieba")
    assert sum(a == b for a, b in zip(ours, reference, strict=True)) / len(titles) >= 0.999

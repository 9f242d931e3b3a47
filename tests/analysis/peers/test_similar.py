"""Likeness to an account, a text or words: against plain loops, on small accounts that can be seen,
and on real introductions.
"""

from __future__ import annotations

import csv
import io
import math
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.frames import ARTICLES, FrameError, empty_frame
from analysis.peers.similar import (
    RANKED,
    WEIGHTS,
    ContentIndex,
    index_content,
    rank_like_account,
    rank_texts,
)
from analysis.peers.similarity import (
    SIMILARITY_FIELDS,
    add_similarity,
    cadence_similarity,
    column_similarity,
    layout_similarity,
)
from analysis.text.ngrams import count_grams, fit_grams, hash_gram, load_intro_weights, spell_gram
from analysis.text.normalize import normalize_words
from tests.support.command import Run
from tests.support.places import ROOT, SHARED
from tests.support.small_frames import accounts, article, articles

HELD = {
    "厨房日记": ["周末炖一锅汤", "炖汤要不要焯水", "铸铁锅怎么养"],
    "小城房产": ["新盘开盘价出来了", "二手房怎么谈价", "开盘当天去看房"],
    "育儿手记": ["三岁宝宝爱哭怎么办", "宝宝的绘本怎么选"],
    "空号": [],
}
WORDS = st.text(alphabet="汤锅房价宝 ab,", max_size=12)


def small_index(held: dict[str, list[str]] = HELD, **about: str) -> ContentIndex:
    owners = [{"account": name, "signature": about.get(name)} for name in held]
    return index_content(
        articles(
            article(title=title, account=name) for name, titles in held.items() for title in titles
        ),
        accounts(*owners),
    )


def ask(index: ContentIndex, *texts: str | None, top: int = 10) -> pd.DataFrame:
    return rank_texts(
        index,
        pd.DataFrame({"query": [f"q{i}" for i in range(len(texts))], "text": list(texts)}).astype(
            "str"
        ),
        top=top,
    )


def naive_grams(text: str) -> Counter[str]:
    words = normalize_words(text).split(" ")
    return Counter(
        [c for word in words for c in word]
        + [word[i : i + 2] for word in words for i in range(len(word) - 1)]
    )


def naive_likeness(text: str, documents: dict[str, str]) -> dict[str, float]:
    """The cosine as rank_texts states it, gram by gram."""
    counts = {name: naive_grams(document) for name, document in documents.items()}
    holders = Counter(gram for grams in counts.values() for gram in grams)
    rarity = {gram: math.log(1 + len(documents) / n) for gram, n in holders.items()}
    known = load_intro_weights()
    asked = {
        g: (1 + math.log(n)) * rarity[g] * known.get(hash_gram(g), 1.0)
        for g, n in naive_grams(text).items()
        if g in rarity
    }
    found = {}
    for name, grams in counts.items():
        own = {g: (1 + math.log(n)) * rarity[g] for g, n in grams.items()}
        lengths = math.sqrt(sum(v * v for v in asked.values()) * sum(v * v for v in own.values()))
        found[name] = (
            sum(v * own.get(g, 0.0) for g, v in asked.items()) / lengths if lengths else 0.0
        )
    return found


def test_likenesses_are_what_plain_loops_find() -> None:
    text = "欢迎关注！专注厨房：炖汤、选锅，宝宝也能喝的汤"
    found = ask(small_index(), text).set_index("account")
    titles = naive_likeness(text, {name: " ".join(held) for name, held in HELD.items()})
    names = naive_likeness(text, {name: name for name in HELD})
    for name, row in found.iterrows():
        assert row["title_likeness"] == pytest.approx(titles[str(name)])
        assert row["name_likeness"] == pytest.approx(names[str(name)])
        mean = sum(WEIGHTS[view] * row[view] for view in WEIGHTS) / sum(WEIGHTS.values())
        assert row["content"] == pytest.approx(mean, abs=1e-9)
    assert found.index[0] == "厨房日记"


def test_the_answer_has_the_columns_it_promises_even_when_there_is_none() -> None:
    for answer in (
        ask(small_index(), "炖汤"),
        ask(small_index(), "", None),
        ask(small_index()),
        ask(small_index({}), "炖汤"),
    ):
        assert {column: str(dtype) for column, dtype in answer.dtypes.items()} == RANKED
    assert ask(small_index(), "", None).empty
    assert ask(small_index({}), "炖汤").empty


def test_ranks_run_from_one_for_each_query_in_the_order_asked() -> None:
    found = ask(small_index(), "宝宝绘本", "房价", top=2)
    assert found.groupby("query", sort=False)["rank"].agg(list).to_dict() == {
        "q0": [1, 2][: len(found[found["query"] == "q0"])],
        "q1": [1, 2],
    }
    assert found[found["rank"] == 1]["account"].tolist() == ["育儿手记", "小城房产"]


def test_an_account_without_titles_is_found_by_its_name_and_by_its_introduction() -> None:
    assert ask(small_index(), "空号")["account"].iat[0] == "空号"
    assert ask(small_index(空号="跑步和马拉松"), "马拉松")["account"].iat[0] == "空号"


def test_an_account_is_not_like_itself_and_most_like_the_one_that_writes_the_same() -> None:
    index = small_index({**HELD, "另一个厨房": HELD["厨房日记"]})
    found = rank_like_account(index, "id-厨房日记")
    assert found["account"].iat[0] == "另一个厨房"
    assert "厨房日记" not in set(found["account"])
    assert found["title_likeness"].iat[0] == pytest.approx(1.0)
    with pytest.raises(KeyError):
        rank_like_account(index, "id-谁")


def test_one_text_has_the_same_answer_alone_and_among_others() -> None:
    many = ask(small_index(), "房价", "炖汤", "宝宝")
    alone = ask(small_index(), "房价")
    pd.testing.assert_frame_equal(many[many["query"] == "q0"].reset_index(drop=True), alone)


def test_the_order_of_rows_does_not_matter() -> None:
    frame = articles(
        article(title=title, account=name) for name, titles in HELD.items() for title in titles
    )
    owners = accounts(*({"account": name} for name in HELD))
    turned = index_content(
        frame.iloc[::-1].reset_index(drop=True), owners.iloc[::-1].reset_index(drop=True)
    )
    pd.testing.assert_frame_equal(
        ask(turned, "炖汤和宝宝"), ask(index_content(frame, owners), "炖汤和宝宝")
    )


def test_a_frame_of_another_shape_is_refused() -> None:
    with pytest.raises(FrameError, match="title"):
        index_content(empty_frame(ARTICLES).drop(columns="title"), accounts())


@given(st.lists(WORDS, max_size=6))
def test_grams_are_counted_as_plain_loops_count_them(texts: list[str]) -> None:
    folded = [normalize_words(text) for text in texts]
    grams = fit_grams(folded)
    spelled = [spell_gram(int(code)) for code in grams.codes]
    for row, text in enumerate(folded):
        counts = grams.counts[[row]].toarray().ravel()
        assert {gram: int(n) for gram, n in zip(spelled, counts, strict=True) if n} == dict(
            naive_grams(text)
        )
    assert np.array_equal(count_grams(folded, grams.codes).toarray(), grams.counts.toarray())


def test_grams_outside_the_known_ones_are_left_out() -> None:
    known = fit_grams(["汤锅"]).codes
    assert count_grams(["房汤", "价"], known).toarray().tolist() == [
        [1.0, 0.0, 0.0],
        [0.0, 0.0, 0.0],
    ]


def rhythm(
    account: str,
    week: float | None,
    push: float,
    days: float,
    hour: int | None,
    regularity: str = "不规律",
) -> dict[str, object]:
    figures = {"pushes_per_week": week, "articles_per_push": push, "active_day_share": days}
    return {"account_id": account, "regularity": regularity, "busiest_hour": hour, **figures}


def test_cadence_is_compared_figure_by_figure() -> None:
    rows = [
        rhythm("a", 7, 2, 1, 23),
        rhythm("b", 3.5, 4, 0.5, 1),
        rhythm("c", 7, 2, 1, None),
        rhythm("d", None, 1, 0.1, None, "样本不足"),
    ]
    figures = pd.DataFrame(rows).astype(
        {
            "account_id": "str",
            "regularity": "str",
            "busiest_hour": "Int64",
            "articles_per_push": "float64",
            "pushes_per_week": "float64",
            "active_day_share": "float64",
        }
    )
    found = cadence_similarity(figures, "a")
    assert found["b"] == pytest.approx((0.5 + 0.5 + 0.5 + (1 - 2 / 12)) / 4)
    assert (found["a"], found["c"]) == (1.0, 1.0)
    assert pd.isna(found["d"])
    assert cadence_similarity(figures, "d").isna().all()
    assert cadence_similarity(figures, "nobody").isna().all()


def test_layout_is_compared_from_ten_articles_on() -> None:
    columns = ["account_id", "n_text", "text_align", "font_size_px", "images_per_1000", "chars"]
    rows = [
        ("a", 10, "justify", 15.0, 0.0, 1000.0),
        ("b", 30, "center", 15.0, 0.0, 500.0),
        ("c", 9, "justify", 15.0, 0.0, 1000.0),
    ]
    layouts = pd.DataFrame(rows, columns=columns).astype({"account_id": "str", "text_align": "str"})
    found = layout_similarity(layouts, "a")
    assert found["b"] == pytest.approx((1 + 1 + 0.5 + 0) / 4)
    assert pd.isna(found["c"])


def test_columns_are_alike_by_their_names_and_shares() -> None:
    rows = [("a", "早安", 0.3), ("a", "招聘", 0.1), ("b", "早安", 0.2), ("c", "房价", 0.5)]
    columns = pd.DataFrame(rows, columns=["account_id", "content_column", "share"]).astype(
        {"account_id": "str", "content_column": "str"}
    )
    found = column_similarity(columns, "a")
    assert found.to_dict() == {"a": 1.0, "b": pytest.approx((0.75 + 1) / 2), "c": 0.0}
    assert column_similarity(columns, "nobody").isna().all()


def test_likenesses_stand_beside_the_order_and_do_not_change_it() -> None:
    ranked = rank_like_account(small_index(), "id-厨房日记")
    found = add_similarity(ranked, {"cadence": pd.Series({"id-育儿手记": 0.5})})
    pd.testing.assert_frame_equal(found[list(RANKED)], ranked)
    assert found.set_index("account")["cadence"].dropna().to_dict() == {"育儿手记": 0.5}
    assert found[["columns", "layout"]].isna().all(axis=None)
    assert {name: str(found[name].dtype) for name in SIMILARITY_FIELDS} == SIMILARITY_FIELDS


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def held(duibiao: Run, tmp_path: Path) -> Run:
    lines = [
        f"{name},{title},2026-03-0{day} 20:00"
        for name, titles in HELD.items()
        for day, title in enumerate(titles, 1)
    ]
    (tmp_path / "list.csv").write_text(
        "公众号,标题,发布时间\n" + "\n".join(lines) + "\n", encoding="utf-8"
    )
    duibiao("import", tmp_path / "list.csv", check=0)
    return duibiao


def test_the_command_takes_an_account_a_text_or_many(held: Run, tmp_path: Path) -> None:
    by_account = read(held("similar", "厨房日记", "--format", "csv", check=0).stdout)
    assert {row["query"] for row in by_account} == {"厨房日记"}
    assert "厨房日记" not in {row["account"] for row in by_account}
    by_words = held("similar", "宝宝", "绘本", "--format", "csv", check=0)
    assert read(by_words.stdout)[0]["account"] == "育儿手记"
    assert "当作一段文字" in by_words.stderr
    (tmp_path / "texts.csv").write_text(
        "query,text\n甲,炖汤\n乙,看房谈价\n丙,\n", encoding="utf-8-sig"
    )
    done = held("similar", "--texts", "texts.csv", "--top", "1", "--format", "csv", check=0)
    rows = read(done.stdout)
    assert [(row["query"], row["rank"], row["account"]) for row in rows] == [
        ("甲", "1", "厨房日记"),
        ("乙", "1", "小城房产"),
    ]
    assert list(rows[0])[:4] == ["query", "rank", "account", "content"]
    assert "account_id" in rows[0]
    assert "1 行没有文字，没有答案：丙" in done.stderr


def test_too_little_is_said_in_the_table(held: Run) -> None:
    shown = held("similar", "厨房日记", check=0).stdout
    assert "样本不足" in shown
    assert "名次只按内容" in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "三样选一样"),
        (("炖汤", "--candidates"), "三样选一样"),
        (("--texts", "none.csv"), "读不了"),
        (("--texts", "list.csv"), "缺少列 query、text"),
        (("--texts", "twice.csv"), "相同的 query"),
        (("--texts", "blank.csv"), "里没有一行"),
        (("--texts", "gbk.csv"), "编码不是 UTF-8"),
    ],
)
def test_what_can_not_be_asked_is_said_in_one_line(
    held: Run, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "twice.csv").write_text("query,text\n甲,炖汤\n甲,看房\n", encoding="utf-8")
    (tmp_path / "blank.csv").write_text("query,text\n", encoding="utf-8")
    (tmp_path / "gbk.csv").write_bytes("query,text\n甲,炖汤\n".encode("gbk"))
    assert said in held("similar", *arguments, check=2).stderr


# of introductions find their own account among the first ten; character TF-IDF over titles reaches
# .37
FLOOR = 0.50


def test_real_introductions_find_their_own_account() -> None:
    if not (SHARED / "sets" / "feeds_2021_accounts.csv.gz").exists():
        pytest.skip("real accounts (../shared/sets) are not here")
    sys.path.insert(0, str(ROOT / "tests" / "eval"))
    import similar as measured

    titles, cases, _ = measured.load_introductions()
    assert (measured.find_ranks(cases, titles) <= 10).mean() >= FLOOR

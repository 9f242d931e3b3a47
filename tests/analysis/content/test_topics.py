"""What accounts write about, and what is rising."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from analysis.content.topics import ARTICLE_TERMS, assign_terms, count_topics, find_rising
from analysis.frames import FrameError
from tests.support.small_frames import article, articles

UNTIL = datetime(2026, 8, 31, 20)
OTHER = ("门", "窗", "墙", "砖", "灯", "床", "柜", "伞", "桌", "椅", "杯", "碗")


def sent(account: str, titles: list[str], *, last: datetime = UNTIL, every: int = 1) -> list[Any]:
    """The titles, a day or `every` days apart, the last one on `last`."""
    first = last - timedelta(days=every * (len(titles) - 1))
    return [
        article(f"{first + timedelta(days=every * n):%Y-%m-%d %H:%M}", title, account=account)
        for n, title in enumerate(titles)
    ]


def plain(account: str, n: int) -> list[str]:
    """Titles of nothing in particular, no two alike."""
    return [f"{account}{OTHER[i % 12]}{OTHER[i // 12 % 12]}{i}" for i in range(n)]


def long_before(account: str) -> list[Any]:
    return sent(account, plain(account, 280), last=UNTIL - timedelta(days=40))


def columns_of(frame: pd.DataFrame, names: dict[str, str] | None = None) -> pd.DataFrame:
    named = frame["title"].map(names or {}).astype("str")
    return frame[["article_id"]].assign(
        content_column=named.where(named.isin((names or {}).values()))
    )


def rising(rows: list[Any], **options: Any) -> pd.DataFrame:
    frame = articles(rows)
    return find_rising(frame, assign_terms(frame, columns_of(frame)), **options)


def test_a_topic_that_two_accounts_take_up_is_rising() -> None:
    rows = [
        row
        for account in ("甲", "乙")
        for row in long_before(account) + sent(account, [f"空气炸锅，{OTHER[n]}" for n in range(6)])
    ]
    (row,) = rising(rows).to_dict("records")
    assert (row["topic"], row["n"], row["n_before"]) == ("空气炸锅", 12, 0)
    assert row["accounts"] == ["id-乙", "id-甲"]
    assert row["counts"] == [6, 6]
    assert row["p"] < 1e-5
    assert len(row["examples"]) == 3


def test_what_was_always_written_about_does_not_rise() -> None:
    rows = [
        row
        for account in ("甲", "乙")
        for row in sent(account, [f"空气炸锅，{OTHER[n % 12]}{n}" for n in range(300)])
    ]
    assert rising(rows).empty


def test_a_topic_of_one_account_is_not_the_groups_but_its_own() -> None:
    own = long_before("甲") + sent("甲", [f"空气炸锅，{OTHER[n]}" for n in range(12)])
    others = long_before("乙") + sent("乙", [*plain("乙", 11), "空气炸锅"])
    assert rising(own + others).empty
    assert rising(own, least_accounts=1)["topic"].tolist() == ["空气炸锅"]


def test_a_new_account_brings_no_rising_topic() -> None:
    rows = [
        row
        for account in ("甲", "乙")
        for row in sent(account, [f"空气炸锅，{OTHER[n]}" for n in range(12)])
    ]
    assert rising(rows).empty


@pytest.mark.parametrize("title", ["ECRT 2026｜论文{}", "论文{}｜ECRT", "【ECRT】论文{}"])
def test_a_label_is_no_topic(title: str) -> None:
    rows = [
        row
        for account in ("甲", "乙")
        for row in long_before(account) + sent(account, [title.format(OTHER[n]) for n in range(6)])
    ]
    assert "ECRT" not in "".join(rising(rows)["topic"])


def test_the_name_of_a_column_or_an_account_is_no_topic() -> None:
    titles = [f"避坑指北｜台灯{n}" for n in OTHER]
    frame = articles(sent("台灯社", titles))
    terms = assign_terms(frame, columns_of(frame, dict.fromkeys(titles, "避坑指北")))
    assert not set(terms["term"]) & {"避坑", "指北", "避坑指北", "台灯"}
    assert list(terms.columns) == list(ARTICLE_TERMS)


def test_topics_of_an_account_are_counted_with_the_newest_as_examples() -> None:
    frame = articles(sent("甲", [*plain("甲", 20), "台灯亮", "台灯暗", "台灯修好了", "台灯坏了"]))
    counted = count_topics(frame, assign_terms(frame, columns_of(frame)))
    (row,) = counted.to_dict("records")
    assert (row["topic"], row["n"], row["titles"]) == ("台灯", 4, 24)
    assert row["share"] == pytest.approx(4 / 24)
    assert row["examples"] == ["a0000023", "a0000022", "a0000021"]


def test_two_names_in_the_same_titles_are_one_topic_by_the_longer_name() -> None:
    frame = articles(sent("甲", [*plain("甲", 20), *(f"深海采矿，{n}" for n in OTHER[:4])]))
    counted = count_topics(frame, assign_terms(frame, columns_of(frame)))
    assert counted["topic"].tolist() == ["深海采矿"]


def test_order_of_rows_does_not_matter() -> None:
    frame = articles(
        [
            row
            for account in ("甲", "乙")
            for row in long_before(account)
            + sent(account, [f"空气炸锅，{OTHER[n]}" for n in range(6)])
        ]
    )
    turned = frame.iloc[::-1].reset_index(drop=True)
    one, two = (find_rising(part, assign_terms(part, columns_of(part))) for part in (frame, turned))
    pd.testing.assert_frame_equal(one, two)


def test_nothing_gives_nothing_and_a_wrong_frame_is_named() -> None:
    frame = articles([])
    terms = assign_terms(frame, columns_of(frame))
    assert find_rising(frame, terms).empty
    assert count_topics(frame, terms).empty
    with pytest.raises(FrameError, match="articles"):
        find_rising(pd.DataFrame(), terms)

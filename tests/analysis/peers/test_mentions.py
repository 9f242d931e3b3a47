"""Accounts that held articles point to and that are not held: read from bodies and from what is
known of articles, counted.
"""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import pandas as pd

from analysis.peers.mentions import MENTIONS, POINTERS, count_mentions, read_pointers
from tests.support.command import Run
from tests.support.small_frames import accounts, article, articles

OURS, THEIRS, OTHER = "MzA3NTUyOTMxNg==", "MzkyMTg0NjU3MA==", "MzkzNDQxNjA4Mg=="
CARD = (
    '<p>看</p><mp-common-profile class="mp_profile_iframe" data-id="{biz}" '
    'data-nickname="{name}" data-signature="{intro}"></mp-common-profile>'
)
LINK = '<a href="http://mp.weixin.qq.com/s?__biz={biz}&amp;mid=1&amp;idx=1&amp;sn=a">往期</a>'
SHORT = '<a href="https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv">短</a>'


def card(biz: str, name: str, intro: str = "") -> str:
    return CARD.format(biz=biz, name=name, intro=intro)


def two_accounts() -> tuple[pd.DataFrame, pd.DataFrame]:
    rows = [
        article(
            article_id=f"a{n}",
            account=account,
            account_id=OURS if account == "甲" else "乙",
            url=f"u{n}",
        )
        for n, account in enumerate("甲甲乙", 1)
    ]
    return articles(rows), accounts(
        {"account": "甲", "account_id": OURS, "names": ["甲", "旧甲"]},
        {"account": "乙", "account_id": "乙", "names": ["乙"]},
    )


def test_cards_links_and_sources_are_read_once_an_article() -> None:
    bodies = [
        ("a1", card(THEIRS, "丙", "简介") * 2 + LINK.format(biz=OTHER) + SHORT),
        ("a2", "<p>profile href</p>"),
    ]
    said = [
        (
            "a2",
            {
                "source_name": "丙",
                "source_biz": THEIRS,
                "source_url": f"https://mp.weixin.qq.com/s?__biz={OTHER}&mid=5&idx=1",
            },
        ),
        ("a3", {"reprint_url": f"https://mp.weixin.qq.com/s?__biz={THEIRS}&mid=5&idx=2"}),
        ("a4", {}),
    ]
    found = read_pointers(bodies, said)
    assert {column: str(dtype) for column, dtype in found.dtypes.items()} == POINTERS
    rows = (
        found.astype(object)
        .where(found.notna(), None)
        .drop(columns="signature")
        .to_numpy()
        .tolist()
    )
    assert rows == [
        ["a1", "card", THEIRS, "丙", None],
        ["a1", "link", OTHER, None, None],
        ["a1", "link", None, None, "https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv"],
        ["a2", "link", OTHER, None, None],
        ["a2", "repost", THEIRS, "丙", None],
        ["a3", "repost", THEIRS, None, None],
    ]
    assert found["signature"].dropna().tolist() == ["简介"]


def test_candidates_are_counted_by_account_article_and_way() -> None:
    bodies = [
        ("a1", card(THEIRS, "丙", "简介") + LINK.format(biz=OTHER)),
        ("a2", card(THEIRS, "丙")),
        ("a3", LINK.format(biz=OTHER) + SHORT),
    ]
    found = count_mentions(read_pointers(bodies, [("a3", {"source_name": "丁"})]), *two_accounts())
    assert {column: str(dtype) for column, dtype in found.dtypes.items()} == MENTIONS
    assert found.astype(object).where(found.notna(), None).to_numpy().tolist() == [
        [None, OTHER, 2, 2, 0, 0, 2, ["乙", "甲"], ["u1", "u3"], None],
        ["丙", THEIRS, 1, 2, 2, 0, 0, ["甲"], ["u1", "u2"], "简介"],
        ["丁", None, 1, 1, 0, 1, 0, ["乙"], ["u3"], None],
    ]


def test_a_name_goes_with_the_one_id_it_has_and_stays_alone_where_it_has_two() -> None:
    one = read_pointers([("a1", card(THEIRS, "丙"))], [("a2", {"source_name": "丙"})])
    assert count_mentions(one, *two_accounts())["articles"].tolist() == [2]
    two = read_pointers(
        [("a1", card(THEIRS, "丙") + card(OTHER, "丙"))], [("a2", {"source_name": "丙"})]
    )
    assert count_mentions(two, *two_accounts())["articles"].tolist() == [1, 1, 1]


def test_accounts_of_the_store_are_no_candidates() -> None:
    held = read_pointers(
        [("a1", card(OURS, "新甲") + card(THEIRS, "乙"))],
        [("a2", {"source_name": "旧甲"}), ("a3", {"source_name": "乙"})],
    )
    assert count_mentions(
        held, *two_accounts()
    ).empty  # by id; by name, as 乙 is held without a biz; by an old name
    namesake = read_pointers([("a3", card(THEIRS, "甲"))], [])
    assert count_mentions(namesake, *two_accounts())["candidate_id"].tolist() == [THEIRS]


def test_nothing_points_nowhere() -> None:
    found = count_mentions(read_pointers([], []), *two_accounts())
    assert {column: str(dtype) for column, dtype in found.dtypes.items()} == MENTIONS
    assert found.empty


def test_the_command_lists_whom_real_pages_repost(
    duibiao: Run, imported_pages: Path, tmp_path: Path
) -> None:
    shutil.copy(imported_pages, tmp_path / "d.sqlite3")
    done = duibiao("similar", "--candidates", "--format", "csv", check=0)
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert len(rows) == 4
    assert all(
        row["reposts"] == "1" and row["candidate_id"] and row["pointed_from"] for row in rows
    )
    assert [row["links"] for row in rows].count("1") == 1
    assert "短链接" in done.stderr

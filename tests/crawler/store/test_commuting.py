"""The order in which sources come must not matter: not of columns, not of files, not of the second
time.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import select

from crawler.importer import import_files
from crawler.store import Store, open_store
from crawler.store import schema as t
from tests.support.postgres import Databases, law

NOW = 1_780_000_000.0
# Three accounts, two of which were called the same for a while.
NAMES = {0: ("半间厨房", "厨房半间"), 1: ("半间厨房", "阳台研究所"), 2: ("北窗家居",)}
BIZES = {0: "MzkwMDAwMDAwMQ==", 1: "MzkwMDAwMDAwMg==", 2: "MzkwMDAwMDAwMw=="}
GHS = {0: "gh_00000000000a", 1: "gh_00000000000b", 2: "gh_00000000000c"}
IDENTITIES = ("biz", "gh_id", "公众号")
COLUMNS = ("链接", "短链", "mid", "标题", "发布时间", "日期", "作者", "阅读")


def article(account: int, number: int) -> dict[str, str]:
    """One of an account's articles; titles come back, pushes hold two."""
    mid, idx, day = 2_650_000_100 + number // 2, number % 2 + 1, 1 + number // 2
    return {
        "biz": BIZES[account],
        "gh_id": GHS[account],
        "mid": str(mid),
        "位置": str(idx),
        "标题": f"第{number % 4}种收法",
        "链接": (
            f"http://mp.weixin.qq.com/s?__biz={BIZES[account]}&mid={mid}&idx={idx}&sn=a"
            f"{account}{number}"
        ),
        "短链": f"https://mp.weixin.qq.com/s/{f'T{account}x{number}':_<22}",
        "发布时间": f"2025-03-{day:02d} 20:0{number % 2}:05",
        "日期": f"2025-03-{day:02d}",
        "作者": "阿满",
        "阅读": str(100 * account + number),
    }


def tells(columns: set[str], bare_titles: bool) -> bool:
    """Whether these columns say which article a row is about."""
    return bool(columns & {"链接", "短链", "mid"}) or (
        "标题" in columns and (bare_titles or bool(columns & {"发布时间", "日期"}))
    )


@st.composite
def tables(draw: st.DrawFn, *, bare_titles: bool = True) -> str:
    """A table that somebody may hold: some of the columns, some of the rows, accounts named in one
    way or another.
    """
    who = draw(st.sets(st.sampled_from(IDENTITIES), min_size=1, max_size=3))
    what = draw(
        st.sets(st.sampled_from(COLUMNS), min_size=1, max_size=5).filter(
            lambda some: (
                tells(some, bare_titles)
                and not {"链接", "短链"} <= some
                and not {"发布时间", "日期"} <= some
            )
        )
    )
    columns = draw(st.permutations(sorted(who | what | ({"位置"} if "mid" in what else set()))))
    rows = draw(
        st.lists(
            st.tuples(st.sampled_from(sorted(BIZES)), st.integers(0, 7)), min_size=1, max_size=6
        )
    )
    called = {account: draw(st.sampled_from(names)) for account, names in NAMES.items()}
    return written(
        columns,
        [article(account, number) | {"公众号": called[account]} for account, number in rows],
    )


def written(columns: Sequence[str], rows: Sequence[dict[str, str]]) -> str:
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(["链接" if column == "短链" else column for column in columns])
    lines.writerows([row[column] for column in columns] for row in rows)
    return out.getvalue()


def taken(databases: Databases, files: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The store that these files make, one after the other, in words that know no number of the
    store's own.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        open_store(databases.fresh(), clock=lambda: NOW) as store,
    ):
        for name, text in files:
            path = Path(folder, name)
            path.write_text(text, encoding="utf-8")
            for report in import_files(store, [path]):
                assert report.error is None, report.error
        return told(store)


def told(store: Store) -> dict[str, Any]:
    """Accounts, articles, claims and counts without ids."""
    with store.engine.connect() as conn:
        accounts: dict[int, list[str]] = {0: []}
        for row in conn.execute(select(t.account_aliases)):
            accounts.setdefault(row.account_id, []).append(row.alias)
        names = {number: "+".join(sorted(keys)) for number, keys in accounts.items()}
        claims: dict[int, list[str]] = {}
        for row in conn.execute(select(t.claims)):
            claims.setdefault(row.article_id, []).append(f"{row.origin} {row.said}")
        counts: dict[int, list[str]] = {}
        for row in conn.execute(select(t.observations)):
            counts.setdefault(row.article_id, []).append(f"{row.metric} {row.value}")
        hidden = {"article_id", "account_id"}
        articles = [
            json.dumps(
                {k: v for k, v in row._mapping.items() if k not in hidden},
                sort_keys=True,
                default=str,
                ensure_ascii=False,
            )
            + f" of {names[row.account_id]} by {sorted(claims[row.article_id])} with "
            f"{sorted(counts.get(row.article_id, []))}"
            for row in conn.execute(select(t.articles))
        ]
        known = [
            f"{names[row.account_id]}: {row.name} {row.more}"
            for row in conn.execute(select(t.accounts))
        ]
    return {"accounts": sorted(known), "articles": sorted(articles)}


@law(60, tables(), tables(), shrink=False)
def test_two_tables_make_the_same_store_in_either_order(
    databases: Databases, one: str, other: str
) -> None:
    assert taken(databases, [("a.csv", one), ("b.csv", other)]) == taken(
        databases, [("b.csv", other), ("a.csv", one)]
    )


@law(
    60,
    st.lists(tables(bare_titles=False), min_size=3, max_size=3),
    st.permutations([0, 1, 2]),
    shrink=False,
)
def test_three_tables_make_the_same_store_in_any_order(
    databases: Databases, some: list[str], order: list[int]
) -> None:
    """A bare title is left out here: it belongs to the one article of that title, as long as there
    is one only.
    """
    files = [(f"{number}.csv", text) for number, text in enumerate(some)]
    assert taken(databases, files) == taken(databases, [files[number] for number in order])


@law(60, tables(), tables(), shrink=False)
def test_a_table_taken_in_again_changes_nothing(databases: Databases, one: str, other: str) -> None:
    assert taken(databases, [("a.csv", one), ("b.csv", other)]) == taken(
        databases, [("a.csv", one), ("b.csv", other), ("c.csv", one), ("d.csv", other)]
    )


@law(60, tables(), st.randoms(use_true_random=False), shrink=False)
def test_the_order_of_columns_means_nothing(databases: Databases, text: str, random: Any) -> None:
    rows = list(csv.reader(io.StringIO(text)))
    order = list(range(len(rows[0])))
    random.shuffle(order)
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(
        [row[number] for number in order] for row in rows
    )
    assert taken(databases, [("a.csv", text)]) == taken(databases, [("a.csv", out.getvalue())])


def test_an_account_that_comes_apart_again_is_whole_again(databases: Databases) -> None:
    """A mere name is taken for the one account that is called so, until the same table names a
    second one.
    """
    first = written(["gh_id", "标题", "短链", "日期"], [article(0, 7), article(1, 6)])
    named = written(["公众号", "标题", "短链", "日期"], [article(1, 3) | {"公众号": "半间厨房"}])
    both = written(
        ["gh_id", "biz", "公众号", "短链"],
        [article(0, 1) | {"公众号": "半间厨房"}, article(1, 7) | {"公众号": "半间厨房"}],
    )
    files = [("a.csv", first), ("b.csv", named), ("c.csv", both)]
    stores = [
        taken(databases, [files[number] for number in order])
        for order in ((0, 1, 2), (2, 0, 1), (1, 2, 0))
    ]
    assert stores[0] == stores[1] == stores[2]
    assert (
        sum(account.startswith("name:半间厨房: 半间厨房") for account in stores[0]["accounts"]) == 1
    )

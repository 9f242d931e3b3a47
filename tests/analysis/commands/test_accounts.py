"""The accounts command: what is stated by hand is kept, shown, and no import undoes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import Run
from tests.support.places import PAGES

OWN, OTHER = "青石灶间", "半间厨房"


@pytest.fixture
def filled(duibiao: Run, tmp_path: Path) -> str:
    store = f"sqlite:///{tmp_path / 'store.sqlite3'}"
    duibiao("import", PAGES / "g1_2018.html", PAGES / "g2_2023.html", store=store)
    return store


def listed(duibiao: Run, store: str) -> dict[str, dict[str, Any]]:
    rows = json.loads(duibiao("accounts", "--format", "json", store=store).stdout)
    return {row["account"]: row for row in rows}


def test_roles_brands_and_facts_are_stated_one_by_one(duibiao: Run, filled: str) -> None:
    duibiao("accounts", "set", OWN, "--role", "自己", "--brand", "青石", store=filled)
    duibiao("accounts", "set", OWN, "--fact", "followers=12000", store=filled)
    duibiao("accounts", "set", OWN, "--fact", "menu=三栏", store=filled)
    duibiao("import", PAGES / "g1_2018.html", store=filled)
    row = listed(duibiao, filled)[OWN]
    assert (row["role"], row["brand"]) == ("own", "青石")
    assert row["facts"] == {"followers": "12000", "menu": "三栏"}
    duibiao("accounts", "set", OWN, "--role", "-", "--fact", "menu=-", store=filled)
    row = listed(duibiao, filled)[OWN]
    assert (row["role"], row["facts"]) == (None, {"followers": "12000"})
    table = duibiao("accounts", store=filled).stdout
    assert "followers：12000" in table


def test_a_name_to_show_stays_and_the_old_one_is_known(duibiao: Run, filled: str) -> None:
    duibiao("accounts", "rename", OTHER, "厨房（旧号）", store=filled)
    duibiao("import", PAGES / "g2_2023.html", store=filled)
    assert set(listed(duibiao, filled)) == {OWN, "厨房（旧号）"}
    duibiao("accounts", "set", OTHER, "--role", "direct", store=filled)
    duibiao("accounts", "rename", OTHER, "-", store=filled)
    assert listed(duibiao, filled)[OTHER]["role"] == "direct"


def test_two_entries_of_one_account_become_one(duibiao: Run, filled: str, tmp_path: Path) -> None:
    table = tmp_path / "list.csv"
    table.write_text(
        "公众号,标题,发布时间\n青石厨房,竹篮怎么晒,2019-05-03 18:00\n", encoding="utf-8"
    )
    duibiao("import", table, store=filled)
    assert "青石厨房" in listed(duibiao, filled)
    duibiao("accounts", "merge", OWN, "青石厨房", store=filled)
    rows = listed(duibiao, filled)
    assert set(rows) == {OWN, OTHER}
    assert "青石厨房" in rows[OWN]["names"]
    articles = rows[OWN]["articles"]
    table.write_text("公众号,标题,发布时间\n青石厨房,木勺,2019-06-03 18:00\n", encoding="utf-8")
    duibiao("import", table, store=filled)
    assert listed(duibiao, filled)[OWN]["articles"] == articles + 1


def test_a_merge_of_mere_names_outlives_imports_that_are_taken_back(
    duibiao: Run, tmp_path: Path
) -> None:
    store = f"sqlite:///{tmp_path / 'store.sqlite3'}"
    for name, owner in (("a", "北窗家居"), ("b", "北窗家居服务号"), ("c", "北窗家居服务号")):
        row = f"{owner},第{name}篇,https://mp.weixin.qq.com/s/{name * 22},2024-01-02 20:00\n"
        (tmp_path / f"{name}.csv").write_text(f"公众号,标题,链接,发布时间\n{row}", encoding="utf-8")
    duibiao("import", tmp_path / "a.csv", tmp_path / "b.csv", store=store, check=0)
    duibiao("accounts", "set", "北窗家居服务号", "--brand", "北窗", store=store, check=0)
    duibiao("accounts", "merge", "北窗家居", "北窗家居服务号", store=store, check=0)
    duibiao("accounts", "own", "北窗家居", store=store, check=0)
    duibiao("import", tmp_path / "c.csv", store=store, check=0)
    for source in ("2", "1"):
        duibiao("forget", source, store=store, check=0)
    duibiao("import", tmp_path / "a.csv", store=store, check=0)
    rows = listed(duibiao, store)
    assert set(rows) == {"北窗家居"}
    row = rows["北窗家居"]
    assert (row["articles"], row["role"], row["brand"]) == (2, "own", "北窗")
    duibiao("forget", "3", store=store, check=0)
    rows = listed(duibiao, store)
    assert {name: row["articles"] for name, row in rows.items()} == {
        "北窗家居": 1,
        "北窗家居服务号": 1,
    }


def test_the_accounts_file_holds_for_watch_too_without_a_crawl(
    duibiao: Run, filled: str, tmp_path: Path
) -> None:
    (tmp_path / "accounts.toml").write_text(
        f'[[accounts]]\nname = "{OTHER}"\nrole = "direct"\nbrand = "半间"\n'
        '[accounts.facts]\nfollowers = 9000\n[[accounts]]\nname = "没有听过的号"\n',
        encoding="utf-8",
    )
    for _ in range(2):
        duibiao("watch", tmp_path / "accounts.toml", "--no-collect", store=filled, check=0)
    rows = listed(duibiao, filled)
    assert set(rows) == {OWN, OTHER}
    row = rows[OTHER]
    assert (row["role"], row["brand"], row["facts"]) == ("direct", "半间", {"followers": "9000"})


def test_what_is_stated_can_be_taken_back(duibiao: Run, filled: str) -> None:
    duibiao("accounts", "set", OWN, "--role", "own", store=filled)
    sources = json.loads(duibiao("imports", "--format", "json", store=filled).stdout)
    (by_hand,) = [row["source_id"] for row in sources if row["kind"] == "by hand"]
    duibiao("forget", str(by_hand), store=filled)
    assert listed(duibiao, filled)[OWN]["role"] is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("merge", OWN, OTHER), "是两个号"),
        (("merge", OWN, OWN), "本来就是同一个号"),
        (("set", "没有这个号", "--role", "own"), "没有账号"),
        (("set", OWN, "--role", "boss"), "own（自己）"),
        (("set", OWN, "--fact", "followers"), "名称=内容"),
        (("set", OWN), "要写 --role"),
        (("rename", OWN, " "), "名称是空的"),
    ],
)
def test_what_cannot_be_is_one_clear_line_and_changes_nothing(
    duibiao: Run, filled: str, arguments: tuple[str, ...], message: str
) -> None:
    before = listed(duibiao, filled)
    result = duibiao("accounts", *arguments, store=filled, check=None)
    assert result.returncode != 0
    assert message in result.stderr
    assert listed(duibiao, filled) == before

"""Whose articles a file holds, told when it is imported or later."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from crawler.importer import FileReport, import_files
from crawler.records import Account
from crawler.store import Store
from crawler.store.claims import Tally
from crawler.store.retraction import forget_source
from tests.support.tables import LINKS

ROWS = f"标题,链接,发布时间\n木勺怎么养,{LINKS[0]},2025-11-01 10:00\n竹篮怎么洗,,2025-11-02 10:00\n"


def take(store: Store, path: Path, **options: Any) -> FileReport:
    (report,) = import_files(store, [path], **options)
    assert report.error is None
    return report


def write(path: Path, text: str = ROWS) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def accounts(store: Store) -> list[tuple[str | None, str | None]]:
    return sorted(((a["name"], a["role"]) for a in store.accounts()), key=str)


def articles(store: Store) -> list[tuple[str, int]]:
    return sorted((row["title"], row["account_id"]) for row in store.articles())


def test_an_account_given_later_takes_what_was_nobodys(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv")
    assert take(store, path).tally == Tally(new=2)
    owner = Account(name="青石灶间", role="own")
    report = take(store, path, owner=owner)
    assert report.tally == Tally(updated=2)
    assert report.notes == ["这个文件导入过；其中 2 篇没写账号，现在归给所写的账号"]
    assert accounts(store) == [("青石灶间", "own")]
    assert len({account for _, account in articles(store)}) == 1
    assert take(store, path, owner=owner).tally == Tally(unchanged=2)
    assert len(articles(store)) == 2


def test_it_is_as_if_it_had_been_given_at_once(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv")
    lines = ["青石灶间," + line for line in ROWS.splitlines()[1:]]
    other = write(tmp_path / "u.csv", "\n".join(["公众号," + ROWS.splitlines()[0], *lines]))
    take(store, other)
    take(store, path)
    take(store, path, owner=Account(name="青石灶间"))
    assert len(articles(store)) == 2
    assert accounts(store) == [("青石灶间", None)]


def test_an_account_that_was_guessed_is_corrected_and_gone(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path / "灯下小铺.csv")
    assert take(store, path).guessed == {"灯下小铺"}
    assert accounts(store) == [("灯下小铺", None)]
    assert take(store, path, owner=Account(name="青石灶间")).tally == Tally(updated=2)
    assert accounts(store) == [("青石灶间", None)]
    assert take(store, path, owner=Account(name="灯下小铺")).tally == Tally(unchanged=2)
    with store.writing() as writer:
        forget_source(writer, store.sources()[-1]["source_id"])
    assert articles(store) == []


def test_a_guessed_name_of_an_account_with_a_number_is_corrected(
    store: Store, tmp_path: Path
) -> None:
    link = "https://mp.weixin.qq.com/s?__biz=MzkwMDAwMDAwMg==&mid=2247480704&idx=1&sn=ab12"
    path = write(tmp_path / "灯下小铺.csv", f"标题,链接\n木勺怎么养,{link}\n竹篮怎么洗,\n")
    take(store, path)
    take(store, path, owner=Account(name="青石灶间"))
    assert accounts(store) == [("青石灶间", None)]
    (account,) = store.accounts()
    assert account["biz"] == "MzkwMDAwMDAwMg=="
    assert len(articles(store)) == 2


def test_a_role_is_that_of_all_accounts_of_a_file(store: Store, tmp_path: Path) -> None:
    text = "公众号,标题\n青石灶间,木勺\n灯下小铺,竹篮\n"
    path = write(tmp_path / "t.csv", text)
    take(store, path, role="benchmark")
    assert accounts(store) == [("灯下小铺", "benchmark"), ("青石灶间", "benchmark")]
    take(store, path, role="direct")
    assert {role for _, role in accounts(store)} == {"direct"}


def test_a_role_without_an_account_is_not_lost_silently(store: Store, tmp_path: Path) -> None:
    report = take(store, write(tmp_path / "t.csv"), role="own")
    assert "没写是哪个公众号，角色没有记下：和 --account 一起用" in report.notes

"""Files are written together, and each is taken whole or not at all."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import event

from crawler.importer import FileReport, import_files
from crawler.records import Account
from crawler.store import Store, open_store
from tests.support.places import PAGES

OWNER = Account(biz="MzAwMDAwMDAwMQ==", name="甲号")
GOOD = (
    "https://mp.weixin.qq.com/s/aaaaaaaaaaaaaaaaaaaaa1\nhttps://mp.weixin.qq.com/s/"
    "aaaaaaaaaaaaaaaaaaaaa2\n"
)
BAD = "https://mp.weixin.qq.com/s/aaaaaaaaaaaaaaaaaaaaa3\nhttps://example.org/\n"


def told(store: Store) -> list[tuple[object, ...]]:
    return [
        (row["article_id"], row["account_id"], row["title"], row["status"])
        for row in store.articles()
    ]


def folder(tmp_path: Path) -> Path:
    """One beside the store's file."""
    made = tmp_path / "files"
    made.mkdir(exist_ok=True)
    return made


def test_many_files_need_few_transactions_and_come_to_the_same_as_one_by_one(
    store: Store, tmp_path: Path
) -> None:
    begun: list[str] = []
    event.listen(store.engine, "commit", lambda conn: begun.append("commit"))
    together = list(import_files(store, [PAGES]))
    assert len(begun) == 1
    with open_store(f"sqlite:///{tmp_path}/one-by-one.sqlite3", clock=store.clock) as other:
        alone = [
            report
            for path in sorted(PAGES.rglob("*"))
            if path.is_file()
            for report in import_files(other, [path])
        ]
        assert told(store) == told(other)
        assert store.accounts() == other.accounts()
        assert store.page_sizes()["pages"] == other.page_sizes()["pages"]
    assert [(report.status, report.tally) for report in together] == [
        (report.status, report.tally) for report in alone
    ]


def test_a_file_that_is_refused_leaves_those_beside_it(store: Store, tmp_path: Path) -> None:
    for name, text in (("1.txt", GOOD), ("2.txt", BAD), ("3.txt", GOOD.replace("a2", "a4"))):
        (folder(tmp_path) / name).write_text(text, encoding="utf-8")
    reports = list(import_files(store, [folder(tmp_path)], owner=OWNER, strict=True))
    assert [report.error is None for report in reports] == [True, False, True]
    assert [str(row["url"])[-1] for row in store.articles()] == ["1", "2", "4"]
    assert [row["kind"] for row in store.sources()] == ["urls", "urls"]


def test_content_that_comes_twice_in_one_folder_is_taken_once(store: Store, tmp_path: Path) -> None:
    for name in ("1.txt", "2.txt"):
        (folder(tmp_path) / name).write_text(GOOD, encoding="utf-8")
    reports: list[FileReport] = list(import_files(store, [folder(tmp_path)], owner=OWNER))
    assert [report.repeated for report in reports] == [False, True]
    assert len(store.sources()) == 1


def test_no_statement_of_an_import_reads_a_whole_table(tmp_path: Path) -> None:
    """A page must not cost more the more there are: every statement has an index to go by."""
    rows = [(f"号{n % 3}", f"题目{n}", f"2025-01-{n % 28 + 1:02d}") for n in range(60)]
    linked = "公众号,标题,链接,发布时间,阅读数\n" + "".join(
        f"{name},{title},https://mp.weixin.qq.com/s/{n:022d},{day} 08:00,{n * 7 + 100}\n"
        for n, (name, title, day) in enumerate(rows)
    )
    (folder(tmp_path) / "1.csv").write_text(linked, encoding="utf-8")
    (folder(tmp_path) / "2.csv").write_text(
        "公众号,标题,发布时间\n" + "".join(",".join(row) + "\n" for row in rows), encoding="utf-8"
    )
    seen: set[str] = set()
    with open_store(f"sqlite:///{tmp_path}/store.sqlite3") as store:
        event.listen(
            store.engine, "before_cursor_execute", lambda conn, cursor, text, *_: seen.add(text)
        )
        reports = [
            report
            for path in (PAGES, folder(tmp_path) / "1.csv", folder(tmp_path) / "2.csv")
            for report in import_files(store, [path])
        ]
        assert sum(report.tally.total for report in reports) > 120
    with closing(sqlite3.connect(tmp_path / "store.sqlite3")) as held:
        plans = {
            f"{step[3]}: {text}"
            for text in seen
            if text.startswith(("SELECT", "UPDATE", "DELETE"))
            for step in held.execute(f"EXPLAIN QUERY PLAN {text}", [1] * text.count("?"))
        }
    assert len(plans) > 20
    whole = [
        plan
        for plan in plans
        if plan.startswith("SCAN") and not plan.startswith(("SCAN CONSTANT", "SCAN (subquery"))
    ]
    ranges = [
        plan
        for plan in plans
        if "INTEGER PRIMARY KEY (rowid<?)" in plan or "INTEGER PRIMARY KEY (rowid>?)" in plan
    ]
    assert [
        plan
        for plan in [*whole, *ranges]
        if "FROM dictionaries ORDER BY" not in plan.replace("\n", " ").replace("  ", " ")
    ] == []

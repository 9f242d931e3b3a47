"""Files are written together, and each is taken whole or not at all."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import event

from crawler.importing import FileReport, import_files
from crawler.records import Account
from crawler.store import Store, open_store

PAGES = Path(__file__).parent / "pages"
OWNER = Account(biz="MzAwMDAwMDAwMQ==", name="甲号")
GOOD = "https://mp.weixin.qq.com/s/aaaaaaaaaaaaaaaaaaaaa1\nhttps://mp.weixin.qq.com/s/aaaaaaaaaaaaaaaaaaaaa2\n"
BAD = "https://mp.weixin.qq.com/s/aaaaaaaaaaaaaaaaaaaaa3\nhttps://example.org/\n"


def told(store: Store) -> list[tuple[object, ...]]:
    return [(row["article_id"], row["account_id"], row["title"], row["status"]) for row in store.articles()]


def folder(tmp_path: Path) -> Path:
    """One beside the store's file."""
    made = tmp_path / "files"
    made.mkdir(exist_ok=True)
    return made


def test_many_files_need_few_transactions_and_come_to_the_same_as_one_by_one(store: Store, tmp_path: Path) -> None:
    begun: list[str] = []
    event.listen(store.engine, "commit", lambda conn: begun.append("commit"))
    together = list(import_files(store, [PAGES]))
    assert len(begun) == 1
    with open_store(f"sqlite:///{tmp_path}/one-by-one.sqlite3", clock=store.clock) as other:
        alone = [report for path in sorted(PAGES.rglob("*")) if path.is_file() for report in import_files(other, [path])]
        assert told(store) == told(other)
        assert store.accounts() == other.accounts()
        assert store.page_sizes()["pages"] == other.page_sizes()["pages"]
    assert [(report.status, report.tally) for report in together] == [(report.status, report.tally) for report in alone]


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

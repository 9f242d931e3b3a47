"""Every real file that has a known format goes into a store, and what is then held agrees with a
plain count of the file.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from crawler.importer import FileReport, import_files
from crawler.records import BEIJING
from crawler.store import Store, open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store whose clock stands still after the newest article of these files."""
    with open_store(f"sqlite:///{tmp_path}/store.sqlite3", clock=lambda: 1_795_000_000.0) as opened:
        yield opened


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def take(store: Store, path: Path) -> FileReport:
    (report,) = import_files(store, [path])
    assert report.error is None
    return report


def held(store: Store) -> tuple[int, int, int | None, int | None]:
    """Articles, accounts that have any, first and last time."""
    rows = list(store.articles())
    times = [row["published_at"] for row in rows if row["published_at"] is not None]
    return (
        len(rows),
        len({row["account_id"] for row in rows}),
        min(times, default=None),
        max(times, default=None),
    )


def seconds(text: str) -> int:
    at = datetime.fromisoformat(text)
    return int((at if at.tzinfo else at.replace(tzinfo=BEIJING)).timestamp())


Key = Callable[[dict[str, str]], object]
TABLES: dict[
    str, tuple[Key, Key, Callable[[dict[str, str]], int | None]]
] = {  # which article, whose, when
    "scholar_histories": (
        lambda r: (r["gh_id"], r["mid"], int(r["idx"])),
        lambda r: r["gh_id"],
        lambda r: seconds(r["publish_time"]),
    ),
    "feeds_2021": (lambda r: r["url"], lambda r: r["biz"], lambda r: seconds(r["publish_time"])),
    "ai_accounts_2024": (
        lambda r: (r["account"], r["mid"], int(r["idx"])),
        lambda r: r["account"],
        lambda r: seconds(r["publish_time"]) if r["publish_time"] else None,
    ),
    "columns_by_hand": (
        lambda r: r["url"],
        lambda r: r["account_id"],
        lambda r: seconds(r["published_at"]),
    ),
}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_real_table_is_held_whole_and_a_second_time_changes_nothing(
    store: Store, sets: Path, name: str
) -> None:
    key, owner, when = TABLES[name]
    keys, owners, times, count = set(), set(), [], 0
    for row in rows_of(sets / f"{name}.csv.gz"):
        count += 1
        keys.add(key(row))
        owners.add(owner(row))
        at = when(row)
        times += [] if at is None else [at]
    report = take(store, sets / f"{name}.csv.gz")
    assert (report.tally.total, report.rejects) == (count, [])
    assert report.tally.new == len(keys)
    assert held(store) == (len(keys), len(owners), min(times), max(times))
    again = take(store, sets / f"{name}.csv.gz")
    assert (again.tally.new, again.tally.updated, again.tally.unchanged) == (0, 0, count)


def test_the_trap_is_one_account_at_local_time_with_its_junk_set_aside(
    store: Store, sets: Path
) -> None:
    rows = list(rows_of(sets / "trap_times_and_junk_reads.csv.gz"))
    report = take(store, sets / "trap_times_and_junk_reads.csv.gz")
    times = [seconds(row["p_date"].removesuffix("Z")[:19]) for row in rows]
    assert report.tally.total == len(rows)
    assert held(store)[1:] == (1, min(times), max(times))
    hours = [datetime.fromtimestamp(at, BEIJING).hour for at in times]
    assert {hour for hour, _ in Counter(hours).most_common(2)} == {17, 18}
    assert {row["flag"] for row in store.observations() if row["metric"] in ("read", "like")} == {
        "constant"
    }


def test_real_lists_of_pushes_are_held_whole(store: Store, sets: Path) -> None:
    for path in sorted((sets / "getmsg").glob("*.json")):
        before = {row["account_id"] for row in store.articles()}
        pushes = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        expected = sum(
            1 + len(push["app_msg_ext_info"]["multi_app_msg_item_list"]) for push in pushes
        )
        times = [push["comm_msg_info"]["datetime"] for push in pushes]
        report = take(store, path)
        assert (report.tally.new, report.rejects) == (expected, [])
        mine = [row for row in store.articles() if row["account_id"] not in before]
        assert (len(mine), len({row["account_id"] for row in mine})) == (expected, 1)
        assert (
            min(row["published_at"] for row in mine),
            max(row["published_at"] for row in mine),
        ) == (min(times), max(times))


def test_real_bodies_come_with_days_and_no_hours(store: Store, sets: Path) -> None:
    with gzip.open(sets / "gov_bodies.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    report = take(store, sets / "gov_bodies.jsonl.gz")
    days = sorted(
        "-".join(part.zfill(2) for part in row["date"].replace("/", "-").split("-"))
        for row in rows
        if row["date"]
    )
    articles = list(store.articles())
    assert report.tally.total == len(rows)
    assert len(articles) == report.tally.new
    assert {row["time_precision"] for row in articles} <= {"day", "none"}
    assert len({row["account_id"] for row in articles}) == len({row["account"] for row in rows})
    shown = sorted(
        datetime.fromtimestamp(row["published_at"], BEIJING).date().isoformat()
        for row in articles
        if row["published_at"]
    )
    assert (shown[0], shown[-1]) == (days[0], days[-1])

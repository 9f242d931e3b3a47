"""Where a group of accounts comes from: a store, files as people have them, the invented sample."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import weakref
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from pathlib import Path

from analysis.group import AccountGroup
from crawler.importer import import_files
from crawler.places import DATA, demo_folder
from crawler.records import BEIJING
from crawler.store import Store, StoreError, open_store

__all__ = ["open_group", "open_sample", "sample_plan"]

_SQLITE = b"SQLite format 3\0"

Day = str | date | datetime


def open_group(
    source: str | Path | Store,
    *,
    accounts: Sequence[str] | None = None,
    since: Day | None = None,
    until: Day | None = None,
    own: str | None = None,
    edits: Path | None = None,
    on_progress: Callable[[str], None] | None = None,
) -> AccountGroup:
    """The accounts of a store (its URL or SQLite file), or of a file or folder as `duibiao import`
    takes it, which is read into a temporary store that goes with the group.

    `accounts` are names, ids or brands, `own` the reader's account or brand, `since` (inclusive)
    and `until` (exclusive) days such as "2025-01-31" or moments; days are Beijing's. Raises
    StoreError where the source can't be read, ValueError for a day that is none.
    """
    folder = None
    if isinstance(source, Store):
        store = source
    elif _is_store(source):
        store = open_store(_url(source), create=False)
    else:
        folder = tempfile.TemporaryDirectory(prefix="duibiao-")
        try:
            store = _import(Path(source), Path(folder.name))
        except BaseException:
            folder.cleanup()
            raise
    group = AccountGroup(
        store,
        accounts=accounts,
        since=_moment(since),
        until=_moment(until),
        own=own,
        edits=edits,
        on_progress=on_progress,
    )
    if folder is not None:
        weakref.finalize(group, _discard, store, folder)
    return group


def open_sample(*, own: str | None = None, accounts: Sequence[str] | None = None) -> AccountGroup:
    """The invented sample's accounts. It is made on first use, which takes a minute or two. Raises
    StoreError.
    """
    folder = demo_folder()
    path = folder / "demo.sqlite3"
    if not path.exists():
        command = [sys.executable, "-m", "analysis.cli", "demo", "--folder", str(folder)]
        # a process of its own: a crawl is part of it
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode:
            lines = result.stderr.strip().splitlines()
            raise StoreError(f"示例没做成：{lines[-1] if lines else '没有说明原因'}")
    return open_group(path, own=own, accounts=accounts)


def sample_plan() -> Path:
    """The launch plan that goes with the sample."""
    return DATA / "plan.example.toml"


def _is_store(source: str | Path) -> bool:
    if isinstance(source, str) and "://" in source:
        return True
    path = Path(source)
    if not path.exists():
        raise StoreError(f"没有 {path}：写存储的地址，或者手里的文件、文件夹")
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(_SQLITE)) == _SQLITE


def _url(source: str | Path) -> str:
    named = isinstance(source, str) and "://" in source
    return str(source) if named else f"sqlite:///{Path(source).resolve()}"


def _import(path: Path, folder: Path) -> Store:
    """A store in `folder` with what a file or folder brings. Raises StoreError for nothing."""
    store = open_store(f"sqlite:///{folder}/imported.sqlite3")
    reports = list(import_files(store, [path]))
    if not any(report.tally.total for report in reports):
        store.close()
        reasons = [report.error for report in reports if report.error]
        raise StoreError(f"{path} 里没有读到文章：{reasons[0] if reasons else '没有认得的文件'}")
    return store


def _discard(store: Store, folder: tempfile.TemporaryDirectory[str]) -> None:
    store.close()
    folder.cleanup()


def _moment(day: Day | None) -> datetime | None:
    if day is None:
        return None
    moment = datetime.fromisoformat(day) if isinstance(day, str) else day
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    return moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)

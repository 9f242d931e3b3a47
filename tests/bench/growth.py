"""What an article costs as their number grows: CPU time and peak memory of each part at 10,000,
100,000 and a million made-up articles.

python -m tests.bench.growth [SIZE…] default: 1000 10000 100000; `full` is 1000 10000 100000 1000000

Titles, bodies and the times between pushes are the sample's, accounts are as large as real ones:
half have fewer than 300 articles, one in a hundred has 3,000. Bodies and pages are measured up to
100,000, everything else from 10,000 (or the sizes asked for). Each figure comes from a process of
its own; making the articles is not counted in its time, but in its memory.
"""

from __future__ import annotations

import csv
import gzip
import itertools
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.frames import ACCOUNTS, ARTICLES, empty_frame
from crawler.replica.content import read_sample
from tests.bench.brief import SAMPLE, _retitle
from tests.bench.made_pages import save_sample

__all__ = ["PARTS", "make_articles", "main", "measure", "measure_here"]

_SMALLEST, _LARGEST_OF_BODIES = 10_000, 100_000
_WITHIN, _MEMORY_MB = 1.3, 2048
_USUAL, _SPREAD, _LARGEST = 300, 1.0, 20_000  # articles of an account: lognormal
_BLOCK = 50_000
_END = 1_788_000_000 // 86400 * 86400


@cache
def _played() -> list[list[dict[str, Any]]]:
    by_account: dict[str, list[dict[str, Any]]] = {}
    for row in read_sample(SAMPLE):
        if row["title"] and row["body"]:
            by_account.setdefault(str(row["account"]), []).append(row)
    return [rows for rows in by_account.values() if len(rows) >= 100]


def make_articles(count: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """Plain articles, account by account: account, title, body's row, seconds, push, position,
    column.
    """
    rng = random.Random(seed)
    made = 0
    for account in itertools.count():
        size = min(int(rng.lognormvariate(np.log(_USUAL), _SPREAD)) + 1, _LARGEST, count - made)
        rows = _played()[account % len(_played())]
        at, slots, hour = _END, rng.randint(1, 4), rng.gauss(14, 4) % 24 * 3600
        slots = max(slots, min(-(-size // 2500), 8))
        pace = min(
            7 / rng.uniform(1, 7), max(4000 / (size / slots) - 1, 0.01)
        )  # days between pushes, beyond one: nothing is older than WeChat's accounts
        for number in range(size):
            push, slot = divmod(number, slots)
            if not slot:
                at -= int(max(rng.expovariate(1 / pace), 0)) * 86400 + 86400
            row = rows[(number * 7 + account) % len(rows)]
            yield {
                "account": f"号{account:05d}",
                "account_id": f"gh_{account:012x}",
                "title": _retitle(row, rows, rng),
                "row": row,
                "seconds": int(at + hour + rng.gauss(0, 900)),
                "push": f"{2_000_000_000 + account * 100_000 + push}",
                "position": slot + 1,
                "column": row["column"],
                "number": made + number,
            }
        made += size
        if made == count:
            return


def _frame(count: int) -> pd.DataFrame:
    """The articles as a frame, some at a time: a million rows as Python has them are a gigabyte,
    and none of the work's.
    """
    made = make_articles(count)
    parts = iter(lambda: list(itertools.islice(made, _BLOCK)), [])
    return pd.concat([_frame_of(rows) for rows in parts], ignore_index=True)


def _frame_of(rows: list[dict[str, Any]]) -> pd.DataFrame:
    at = pd.to_datetime([row["seconds"] for row in rows], unit="s", utc=True).tz_convert(
        "Asia/Shanghai"
    )
    given: dict[str, Any] = {
        "article_id": [f"a{row['number']:08d}" for row in rows],
        "account": [row["account"] for row in rows],
        "account_id": [row["account_id"] for row in rows],
        "push_id": [row["push"] for row in rows],
        "position": [row["position"] for row in rows],
        "title": [row["title"] for row in rows],
        "digest": [row["row"]["digest"] or None for row in rows],
        "author": [row["row"]["author"] for row in rows],
        "published_at": at,
        "time_precision": "second",
        "kind": "article",
        "original": True,
        "url": [f"https://mp.weixin.qq.com/s/{row['number']:022d}" for row in rows],
        "status": "fetched",
        "albums": [[] for _ in rows],
        "source": "table",
    }
    empty = empty_frame(ARTICLES).drop(columns="source")
    frame = pd.DataFrame(
        {
            name: pd.Series(given[name], index=range(len(rows)), dtype=empty[name].dtype)
            for name in empty
        }
    )
    return frame.assign(source=pd.Categorical([given["source"]] * len(rows)))[list(ARTICLES)]


def _assigned(articles: pd.DataFrame, columns: list[str | None]) -> pd.DataFrame:
    from analysis.columns.assign import ASSIGNED

    names = pd.Series(columns, dtype="str")
    ids = (articles["account_id"] + names).where(names.notna())
    told = {
        "content_column": names,
        "kind": pd.Series("marker", index=names.index, dtype="str").where(names.notna()),
        "strength": names.notna() * 0.9,
        "column_id": ids,
    }
    return articles.assign(**told).astype(ASSIGNED)[list(ASSIGNED)]


def _ready_import(count: int, folder: Path) -> Callable[[], int]:
    from crawler.importer import import_files
    from crawler.store import open_store

    file = folder / "articles.csv.gz"
    with gzip.open(file, "wt", encoding="utf-8", newline="", compresslevel=1) as out:
        lines = csv.writer(out)
        lines.writerow(["公众号", "标题", "链接", "发布时间", "摘要", "位置"])
        for row in make_articles(count):
            link = (
                f"https://mp.weixin.qq.com/s?__biz={row['account_id'][3:]}==&mid={row['push']}&"
                f"idx={row['position']}&sn={row['number']:032x}"
            )
            lines.writerow(
                [
                    row["account"],
                    row["title"],
                    link,
                    f"{datetime.fromtimestamp(row['seconds'], UTC):%Y-%m-%d %H:%M:%S}",
                    row["row"]["digest"],
                    row["position"],
                ]
            )

    def work() -> int:
        with open_store(f"sqlite:///{folder}/store.sqlite3") as store:
            (report,) = import_files(store, [file])
            return report.tally.new

    return work


def _ready_pages(count: int, folder: Path) -> Callable[[], int]:
    from crawler.importer import import_files
    from crawler.store import open_store

    save_sample(folder / "pages", count, accounts=max(count // _USUAL, 1))

    def work() -> int:
        with open_store(f"sqlite:///{folder}/store.sqlite3") as store:
            return sum(report.tally.new for report in import_files(store, [folder / "pages"]))

    return work


def _ready_cadence(count: int, folder: Path) -> Callable[[], int]:
    from analysis.cadence.pushes import build_pushes
    from analysis.cadence.summary import describe_cadence

    articles = _frame(count)
    return lambda: int(describe_cadence(build_pushes(articles))["articles"].sum())


def _ready_marks(count: int, folder: Path) -> Callable[[], int]:
    from analysis.text.title_marks import find_marks

    titles = [str(row["title"]) for row in make_articles(count)]
    return lambda: sum(bool(find_marks(title)) >= 0 for title in titles)


def _ready_columns(count: int, folder: Path) -> Callable[[], int]:
    from analysis.columns.assign import assign_columns

    articles = _frame(count)
    return lambda: len(assign_columns(articles))


def _ready_compare(count: int, folder: Path) -> Callable[[], int]:
    from analysis.cadence.pushes import build_pushes
    from analysis.content.purpose import ASSIGNED
    from analysis.content.titles import describe_titles
    from analysis.group import AccountGroup
    from analysis.layout.load import profile_bodies

    articles = _frame(count)
    columns = [row["column"] or None for row in make_articles(count)]
    few = profile_bodies(
        (f"{place}", rows[place]["body"]) for rows in _played() for place in range(20)
    )
    profiles = (
        few.iloc[np.arange(count) % len(few)]
        .assign(article_id=articles["article_id"].to_numpy())
        .reset_index(drop=True)
    )
    owners = articles[["account_id", "account"]].drop_duplicates(ignore_index=True)
    accounts = empty_frame(ACCOUNTS).drop(columns=["account_id", "account"])
    accounts = owners.join(accounts).assign(
        role=pd.Categorical(["direct"] * len(owners), dtype=accounts["role"].dtype),
        names=[[] for _ in range(len(owners))],
    )
    purposes = articles.assign(
        **{
            name: pd.Series(index=articles.index, dtype=dtype)
            for name, dtype in ASSIGNED.items()
            if name not in articles
        }
    )[list(ASSIGNED)]
    purposes = purposes.assign(purpose="how_to") if "purpose" in purposes else purposes
    group = AccountGroup.from_frames(
        accounts=accounts.astype({"account_id": "str", "account": "str"}),
        coverage=owners.assign(coverage=0.5),
        articles=articles,
        column_articles=_assigned(articles, columns),
        profiles=profiles,
        pushes=build_pushes(articles),
        purposes=purposes,
        titles=describe_titles(articles),
    )

    def work() -> int:
        assert len(group.matrix)
        return count

    return work


def _bodies(count: int) -> Iterator[tuple[str, str]]:
    return (
        (f"a{row['number']:08d}", f"{row['row']['body']}<p>{row['number']}</p>")
        for row in make_articles(count)
    )


def _ready_tokens(count: int, folder: Path) -> Callable[[], int]:
    from selectolax.lexbor import LexborHTMLParser

    from analysis.text.tokens import cut_words

    texts = (LexborHTMLParser(body).text() for _, body in _bodies(count))

    def work() -> int:
        return sum(
            len(cut_words(some)) for some in iter(lambda: list(itertools.islice(texts, 500)), [])
        )

    return work


def _ready_profiles(count: int, folder: Path) -> Callable[[], int]:
    from analysis.layout.load import profile_bodies

    return lambda: len(profile_bodies(_bodies(count)))


PARTS: dict[str, tuple[bool, Callable[[int, Path], Callable[[], int]]]] = {
    "import": (False, _ready_import),
    "import of pages": (True, _ready_pages),
    "cadence": (False, _ready_cadence),
    "title marks": (False, _ready_marks),
    "columns": (False, _ready_columns),
    "compare": (False, _ready_compare),
    "tokens of bodies": (True, _ready_tokens),
    "layout profiles": (True, _ready_profiles),
}


def measure(part: str, count: int) -> dict[str, float]:
    """CPU seconds and peak MB of one part on so many articles, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.bench.growth", "--one", part, str(count)],
        check=True,
        capture_output=True,
        text=True,
    )
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def measure_here(part: str, count: int) -> dict[str, float]:
    """The same in this process, whose memory is then everything's."""
    with tempfile.TemporaryDirectory() as folder:
        work = PARTS[part][1](count, Path(folder))
        began = time.process_time()
        done = work()
        cpu = time.process_time() - began
    assert done == count, f"{part}: {done} of {count}"
    return {"cpu": cpu, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def main(sizes: list[int], *, measure: Callable[[str, int], dict[str, float]] = measure) -> None:
    """Print the table."""
    least = min(_SMALLEST, max(sizes))
    print(
        f"{'':18}"
        + "".join(f"{count:>30,}" for count in sizes)
        + f"   most growth from step to step (aim {_WITHIN}), peak (aim {_MEMORY_MB} MB)"
    )
    for part, (of_bodies, _) in PARTS.items():
        wanted = [
            count
            for count in sizes
            if (count <= _LARGEST_OF_BODIES if of_bodies else count >= least)
        ]
        told = {count: measure(part, count) for count in wanted}
        each = [told[count]["cpu"] / count for count in wanted]
        growth = max(
            (after / before for before, after in itertools.pairwise(each)), default=float("nan")
        )
        cells = [
            f"{told[count]['cpu']:8.1f} s {told[count]['cpu'] / count * 1000:7.3f} ms each"
            if count in told
            else ""
            for count in sizes
        ]
        print(
            f"{part:18}"
            + "".join(f"{cell:>30}" for cell in cells)
            + f"   {growth:.2f}, {max(one['peak'] for one in told.values()):.0f} MB",
            flush=True,
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measure_here(sys.argv[2], int(sys.argv[3]))))
    else:
        asked = [int(text) for text in sys.argv[1:] if text != "full"]
        main(asked or [1000, 10_000, 100_000] + [1_000_000] * ("full" in sys.argv))

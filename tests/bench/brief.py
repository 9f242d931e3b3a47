"""Seconds and peak memory of a brief from a new store, from a warm one, and when one article in a
hundred is new; and the bytes of the page.

python -m tests.bench.brief [FOLDER [ACCOUNTS [ARTICLES]]] default: a temporary folder, 20 accounts
  of 2000 articles

A FOLDER keeps its store, so that the next run measures the same one. Articles are the sample's,
played again further back in time under new titles; one in four has a body.
"""

from __future__ import annotations

import base64
import itertools
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from crawler.records import Account, Article
from crawler.replica.content import read_sample
from crawler.store import open_store
from crawler.store.claims import Sighting

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample"
_LOOP = timedelta(
    weeks=80
)  # a little more than the sample's span; whole weeks leave weekdays as they are
_LEAST = 100  # articles of a sample account that is worth playing again
_BODY_EVERY = 4
_JOINT = re.compile(r"(?<=[｜|】，：！？])")
_MADE_ON = date(2026, 9, 1)
_NOW = datetime(2026, 9, 1, tzinfo=UTC).timestamp()


def make_store(url: str, *, accounts: int, articles: int, seed: int = 1) -> None:
    """Fill a new store with accounts of so many articles each: the sample's accounts in turn, one
    of them the reader's own.
    """
    with open_store(url, create=True, clock=lambda: _NOW) as store, store.writing() as writer:
        source = writer.source("file", "bench")
        for number, (rows, owner) in enumerate(_accounts(accounts)):
            writer.put_account(source, owner, origin="accounts file", seen_at=0)
            writer.put(
                source, list(_sightings(rows, owner, articles, random.Random(f"{seed}-{number}")))
            )


def add_news(url: str, *, accounts: int, articles: int) -> None:
    """So many newer articles for each account of the store: the sample's newest again, a week
    later.
    """
    with open_store(url, clock=lambda: _NOW) as store, store.writing() as writer:
        source = writer.source("file", "news")
        for number, (rows, owner) in enumerate(_accounts(accounts)):
            played = _sightings(rows, owner, articles, random.Random(f"news-{number}"))
            writer.put(source, [replace(one, article=_later(one.article)) for one in played])


def _later(article: Article) -> Article:
    assert article.published_at is not None
    return replace(
        article,
        published_at=article.published_at + timedelta(weeks=1),
        mid=str(int(article.mid or 0) + 500_000),
        token=f"n{(article.token or '')[1:]}",
    )


def _accounts(count: int) -> Iterator[tuple[list[dict[str, Any]], Account]]:
    """The sample's accounts in turn under new names, with the rows each plays; the first is the
    reader's own.
    """
    played: dict[str, list[dict[str, Any]]] = {}
    for row in read_sample(SAMPLE):
        played.setdefault(str(row["account"]), []).append(row)
    bases = sorted((rows for rows in played.values() if len(rows) >= _LEAST), key=len, reverse=True)
    for number, rows in enumerate(itertools.islice(itertools.cycle(bases), count)):
        biz = base64.b64encode(str(3_000_000_000 + number).encode()).decode()
        yield rows, Account(biz=biz, name=f"号{number:02d}", role="direct" if number else "own")


def _sightings(
    rows: Sequence[dict[str, Any]], owner: Account, articles: int, rng: random.Random
) -> Iterator[Sighting]:
    played = ((row, loop) for loop in itertools.count() for row in reversed(rows))
    for n, (row, loop) in enumerate(itertools.islice(played, articles)):
        at = datetime.fromtimestamp(int(row["published_at"]), UTC) - loop * _LOOP
        article = Article(
            biz=owner.biz,
            account_name=owner.name,
            mid=str(9_000_000 - loop * 100_000 + int(row["mid"]) % 100_000),
            idx=int(row["idx"]),
            token=f"{owner.biz}{n:08d}"[-22:],
            title=_retitle(row, rows, rng) if loop else row["title"] or None,
            digest=row["digest"] or None,
            author=row["author"],
            published_at=at,
            time_precision="second",
            kind=row["kind"],
            original=row["original"],
            status="fetched",
        )
        body = f"{row['body']}<p>{n}</p>" if n % _BODY_EVERY == 0 and row["body"] else None
        yield Sighting(article, "page", int(_NOW), body=body)


def _retitle(row: dict[str, Any], rows: Sequence[dict[str, Any]], rng: random.Random) -> str | None:
    """The title with its end from another of the same column: the mark stays, what
    follows is new.
    """
    if not row["title"]:
        return None
    other = next(
        (one for one in rng.choices(rows, k=20) if one["column"] == row["column"] and one["title"]),
        row,
    )
    head, tail = _JOINT.split(row["title"]), _JOINT.split(other["title"])
    return "".join([*head[: max(len(head) // 2, 1)], *tail[len(tail) // 2 :]])


def _run_once(url: str, page: Path) -> dict[str, Any]:
    """`duibiao brief` in a process of its own: seconds with the interpreter's start, seconds of its
    cores, peak memory.
    """
    began = time.perf_counter()
    code = (
        "import atexit,json,resource,sys;from analysis.cli import main\n"
        "def tell():\n"
        " own,below=(resource.getrusage(who) for who in (resource.RUSAGE_SELF,"
        "resource.RUSAGE_CHILDREN))\n"
        " print(json.dumps("
        "{'cpu':own.ru_utime+own.ru_stime+below.ru_utime+below.ru_stime,'peak':(own.ru_maxrss+below.ru_maxrss)/1024}"
        "))\n"
        "atexit.register(tell);main()"
    )
    brief = ["brief", "--store", url, "-o", str(page), "--date", _MADE_ON.isoformat(), "--force"]
    done = subprocess.run(
        [sys.executable, "-c", code, *brief], check=True, capture_output=True, text=True
    )
    return {"seconds": time.perf_counter() - began, **json.loads(done.stdout.splitlines()[-1])}


def main(folder: Path, accounts: int, articles: int) -> None:
    """Print the figures."""
    file = folder / f"brief-{accounts}x{articles}.sqlite3"
    url, page = f"sqlite:///{file}", folder / "brief.html"
    if not file.exists():
        make_store(url, accounts=accounts, articles=articles)
        print(f"cold: {_run_once(url, page)['seconds']:.1f} s (columns found, layouts measured)")
    runs = [_run_once(url, page) for _ in range(3)]
    best = min(runs, key=lambda run: run["seconds"])
    print(
        f"{accounts} accounts of {articles} articles, warm: {best['seconds']:.1f} s (best of 3), "
        f"{best['cpu']:.1f} s of its cores, peak {best['peak']:.0f} MB at most, "
        f"{page.stat().st_size / 1e6:.2f} MB of HTML"
    )
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary) / file.name
        shutil.copy(file, copy)
        shutil.copytree(f"{file}.cache", f"{copy}.cache")
        add_news(f"sqlite:///{copy}", accounts=accounts, articles=max(articles // 100, 1))
        fresh = _run_once(f"sqlite:///{copy}", page)
        print(
            f"one article in a hundred new: {fresh['seconds']:.1f} s, {fresh['cpu']:.1f} s of its "
            "cores"
        )


if __name__ == "__main__":
    numbers = [int(text) for text in sys.argv[2:4]]
    wanted = (numbers + [20, 2000][len(numbers) :])[:2]
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]), *wanted)
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(Path(temporary), *wanted)

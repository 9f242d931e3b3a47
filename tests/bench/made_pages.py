"""Saved pages to measure on: the shared real ones, again and again with changes, and any number of
the sample's shape.
"""

from __future__ import annotations

import base64
import itertools
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from crawler.records import Article
from crawler.replica.content import SiteAlbum, SiteContent, read_sample, sample_page
from crawler.wechat.page import PageError, parse_page
from tests.bench.brief import SAMPLE, _retitle

__all__ = ["save_real", "save_sample"]

_LOOP = timedelta(weeks=80)


@dataclass(frozen=True, slots=True)
class _Source:
    raw: bytes
    article: Article


def save_real(pages: Path, folder: Path, count: int) -> int:
    """Save `count` pages made from the article pages in `pages`, none equal to another in ids,
    time, title or text, a folder for each of those; gives their bytes.
    """
    sources = list(_article_pages(pages))
    return sum(
        _save(folder / f"{number % len(sources):03d}", number, _changed(sources, number))
        for number in range(count)
    )


def _article_pages(pages: Path) -> Iterator[_Source]:
    for path in sorted(pages.rglob("*.html")):
        raw = path.read_bytes()
        try:
            article = parse_page(raw).article
        except PageError:
            continue
        if (
            article is not None
            and article.mid
            and article.title
            and article.published_at
            and article.account_name
            and b'id="js_content"' in raw
        ):
            yield _Source(raw, article)


def _changed(sources: list[_Source], number: int) -> bytes:
    loop, place = divmod(number, len(sources))
    source, other = sources[place], sources[(place + 7 * loop) % len(sources)]
    raw, article = source.raw, source.article
    if not loop:
        return raw
    assert article.mid
    assert article.title
    assert article.published_at
    assert other.article.title
    seconds = int(article.published_at.timestamp())
    title = (
        article.title[: len(article.title) // 2]
        + other.article.title[len(other.article.title) // 2 :]
    )
    swaps = {
        article.mid: str(int(article.mid) - loop * 1000),
        str(seconds): str(seconds - loop * 86400),
        article.title: title,
    }
    if article.token:
        swaps[article.token] = article.token[loop % 22 :] + article.token[: loop % 22]
    for before, after in swaps.items():
        raw = raw.replace(before.encode(), after.encode())
    at = raw.find(b">", raw.find(b'id="js_content"')) + 1
    return raw[:at] + f"<p>{number}</p>".encode() + raw[at:]


def save_sample(folder: Path, count: int, *, accounts: int = 20, seed: int = 1) -> int:
    """Save `count` pages of so many accounts, made from the sample's articles under new titles, ids
    and times; gives their bytes.
    """
    owners = {
        one["key"]: one
        for one in json.loads((SAMPLE / "accounts.json").read_text(encoding="utf-8"))
    }
    content = SiteContent(
        albums={
            album["id"]: SiteAlbum(
                album["id"], album["title"], one["name"], one["gh_id"], one["biz"]
            )
            for one in owners.values()
            for album in one["albums"]
        }
    )
    played: dict[str, list[dict[str, Any]]] = {}
    for row in read_sample(SAMPLE):
        if row["status"] == "fetched" and row["kind"] == "article":
            played.setdefault(str(row["account"]), []).append(row)
    bases = sorted((rows for rows in played.values() if len(rows) >= 100), key=len, reverse=True)
    numbers = itertools.count()
    total = 0
    for account, rows in enumerate(itertools.islice(itertools.cycle(bases), accounts)):
        rng = random.Random(f"{seed}-{account}")
        owner = owners[rows[0]["account"]] | {
            "biz": base64.b64encode(str(3_000_000_000 + account).encode()).decode(),
            "gh_id": f"gh_{account:012x}",
            "name": f"号{account:02d}",
        }
        each = count // accounts + (account < count % accounts)
        for (loop, row), number in zip(
            itertools.islice(
                ((loop, row) for loop in itertools.count() for row in reversed(rows)), each
            ),
            numbers,
            strict=False,
        ):
            total += _save(
                folder / f"{account:03d}",
                number,
                sample_page(_again(row, loop, number, _retitle(row, rows, rng)), owner, content),
            )
    return total


def _again(row: dict[str, Any], loop: int, number: int, title: str | None) -> dict[str, Any]:
    return row | {
        "mid": str(int(row["mid"]) - loop * 1_000_000),
        "token": f"{number:022d}",
        "sn": f"{number:032x}",
        "published_at": row["published_at"] - int(loop * _LOOP.total_seconds()),
        "title": title if loop else row["title"],
        "body": f"{row['body']}<p>{number}</p>",
    }


def _save(folder: Path, number: int, raw: bytes) -> int:
    path = folder / f"{number:06d}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.write_bytes(raw)

"""Pages a second and peak memory of crawler.wechat.page against parsel over the whole page, side by
side in one run.

python -m tests.bench.page [FOLDER]     default: the shared real pages above 1 MB
"""

from __future__ import annotations

import multiprocessing
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from crawler.records import clean_text
from crawler.wechat.page import Page, parse_page
from tests.bench.parsel_page import FIELDS, parse_with_parsel

ROUNDS = 3


def fields_of(page: Page) -> dict[str, Any]:
    """crawler.wechat.page's answer in the yardstick's terms."""
    import re

    from selectolax.lexbor import LexborHTMLParser

    article = page.article
    assert article is not None
    tree = LexborHTMLParser(f"<div>{page.body or ''}</div>")
    for node in tree.css("script, style"):
        node.decompose()
    return {
        "biz": article.biz,
        "mid": article.mid,
        "idx": article.idx,
        "title": article.title,
        "digest": article.digest,
        "author": article.author,
        "account_name": article.account_name,
        "user_name": article.user_name,
        "published_at": article.published_at,
        "item_show_type": article.item_show_type,
        "cover": article.cover,
        "original": article.original,
        "albums": sorted(set(article.album_ids)),
        "links": list(page.links),
        "body_text": re.sub(r"\s+", "", tree.body.text()) if tree.body else "",
    }


def differences(raw: bytes) -> dict[str, tuple[Any, Any]]:
    """Fields on which page.py and parsel over the whole page differ: name
    -> (page.py's, parsel's).
    """
    from crawler.records import parse_article_url

    mine, theirs = fields_of(parse_page(raw)), parse_with_parsel(raw)
    links = [parse_article_url(link) for link in theirs["links"]]
    theirs["links"] = list(dict.fromkeys(link.url for link in links if link and not link.temporary))
    if mine["item_show_type"] in (
        8,
        10,
    ):  # their text is in the script; #js_content is a frame or missing
        mine["body_text"] = theirs["body_text"] = ""
    theirs["user_name"] = clean_text(theirs["user_name"])
    return {
        name: (mine[name], theirs[name])
        for name in FIELDS
        if (mine[name] or None) != (theirs[name] or None)
    }


def _run(parse: Callable[[bytes], Any], paths: list[Path], answer: Any) -> None:
    began = time.perf_counter()
    for path in paths:
        parse(path.read_bytes())
    answer.send(
        (time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    )


def measure(parse: Callable[[bytes], Any], paths: list[Path]) -> tuple[float, float]:
    """(seconds, peak MB) of reading and parsing all pages once, in a process of its own."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_run, args=(parse, paths, theirs))
    process.start()
    seconds, megabytes = ours.recv()
    process.join()
    return seconds, megabytes


def main(folder: Path) -> None:
    """Print the comparison."""
    paths = [path for path in sorted(folder.rglob("*.html")) if path.stat().st_size > 1_000_000]
    rows = {"crawler.wechat.page": parse_page, "parsel, whole page": parse_with_parsel}
    rounds = [{name: measure(parse, paths) for name, parse in rows.items()} for _ in range(ROUNDS)]
    print(
        f"{len(paths)} pages above 1 MB, {sum(path.stat().st_size for path in paths) / 1e6:.0f} MB,"
        f" best of {ROUNDS} rounds"
    )
    for name in rows:
        seconds = min(one[name][0] for one in rounds)
        print(
            f"{name:20} {len(paths) / seconds:8.0f} pages/s  {seconds / len(paths) * 1000:7.2f} ms/"
            f"page  peak {max(one[name][1] for one in rounds):6.0f} MB"
        )
    ratios = [one["parsel, whole page"][0] / one["crawler.wechat.page"][0] for one in rounds]
    print(
        f"ratio {statistics.median(ratios):.1f} (median of "
        f"{', '.join(f'{ratio:.1f}' for ratio in ratios)})"
    )


if __name__ == "__main__":
    main(
        Path(sys.argv[1])
        if len(sys.argv) > 1
        else Path(__file__).resolve().parents[3] / "shared" / "pages"
    )

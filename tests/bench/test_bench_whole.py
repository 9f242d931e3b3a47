"""The benches in their quick forms: both sides come to the same articles, and every table is
printed. Never how long it took.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from crawler.store import open_store
from crawler.wechat.page import parse_page
from tests.bench import growth
from tests.bench.end_to_end import compare
from tests.bench.made_pages import save_real, save_sample

PAGES = 20


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    save_sample(folder, PAGES, accounts=2)
    return folder


def test_both_sides_read_the_same_articles(pages: Path, tmp_path: Path) -> None:
    from tests.bench import our_way, peer

    theirs = peer.analyse(sorted(pages.rglob("*.html")))
    with open_store(f"sqlite:///{tmp_path}/s.sqlite3") as store:
        ours = our_way.analyse(store, pages)
    keys = ["account", "published_at", "title"]
    mine = (
        ours["articles"]
        .merge(ours["profiles"], on="article_id")
        .sort_values(keys, ignore_index=True)
    )
    other = theirs["articles"].sort_values(keys, ignore_index=True)
    assert len(mine) == len(other) == PAGES
    for column in (*keys, "chars", "images"):
        assert mine[column].tolist() == other[column].tolist(), column
    sizes = pd.to_numeric(other["font_size"].str.removesuffix("px"))
    assert (sizes.to_numpy() == mine["font_size_px"].to_numpy()).mean() > 0.9
    assert ours["cadence"]["pushes"].tolist() == theirs["cadence"]["pushes"].tolist()


def test_the_whole_way_prints_ratios_and_limits(
    pages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = compare("few", pages, tmp_path)
    told = capsys.readouterr().out
    assert runs["warm"].told["rows"] == runs["cold"].told["rows"]
    assert all(one.peak > 10 for one in runs.values())
    for part in (
        f"few: {PAGES} pages",
        "the peer",
        "duibiao, cold",
        "duibiao, warm",
        "times faster",
        "of the peer's",
        "limits, CPU s",
    ):
        assert part in told


def test_real_pages_made_anew_differ_in_all_that_tells_them_apart(
    shared_pages: Path, tmp_path: Path
) -> None:
    some = tmp_path / "some"
    some.mkdir()
    for path in sorted(
        path for path in shared_pages.rglob("*.html") if path.stat().st_size < 200_000
    )[:6]:
        (some / path.name).write_bytes(path.read_bytes())
    save_real(some, tmp_path / "made", 12)
    articles = [
        parse_page(path.read_bytes()).article
        for path in sorted((tmp_path / "made").rglob("*.html"))
    ]
    assert len(articles) == 12
    assert len({(one.biz, one.mid, one.idx) for one in articles if one}) == 12


def test_growth_prints_every_part(capsys: pytest.CaptureFixture[str]) -> None:
    growth.main([60], measure=growth.measure_here)
    lines = capsys.readouterr().out.splitlines()
    assert [line[:18].strip() for line in lines] == ["", *growth.PARTS]
    assert all("ms each" in line for line in lines[1:])


def test_made_articles_are_the_same_every_time_and_as_many_as_asked() -> None:
    some = list(growth.make_articles(700))
    assert some == list(growth.make_articles(700))
    assert len(some) == len({one["number"] for one in some}) == 700
    assert len({one["account_id"] for one in some}) > 1

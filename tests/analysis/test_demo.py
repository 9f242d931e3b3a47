"""The sample and the whole way on it: what comes out of both doors is what the grammar planted."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from crawler.records import clean_text
from crawler.store import Store, open_store
from tests.support.places import SAMPLE


@pytest.fixture(scope="module")
def planted() -> dict[str, dict[str, Any]]:
    """The sample's articles by token."""
    with gzip.open(SAMPLE / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        return {row["token"]: row for row in map(json.loads, lines)}


@pytest.fixture
def filled(demo: tuple[Path, str]) -> Iterator[Store]:
    with open_store(f"sqlite:///{demo[0]}/demo.sqlite3") as store:
        yield store


def test_the_last_line_is_the_briefs_path(demo: tuple[Path, str]) -> None:
    path = Path(demo[1].strip().splitlines()[-1])
    assert path == (demo[0] / "brief.html").resolve()
    text = path.read_text(encoding="utf-8")
    assert all(
        account["name"] in text
        for account in json.loads((SAMPLE / "accounts.json").read_text(encoding="utf-8"))
    )
    assert path.stat().st_size < 3_000_000


def test_the_example_plan_is_held_against_the_sample(demo: tuple[Path, str]) -> None:
    text = (demo[0] / "prelaunch.html").read_text(encoding="utf-8")
    assert all(
        name in text for name in ("半檐日用", "小家收纳", "收纳小课", "退货实录", "家事七点半")
    )
    assert "计划里对不上的地方" not in text
    assert "没看到同类" in text
    assert "照各自工作日的频率" in text
    assert "国庆" in text


def test_every_planted_article_is_held_once_and_right(
    filled: Store, planted: dict[str, dict[str, Any]]
) -> None:
    accounts = {
        account["key"]: account["biz"]
        for account in json.loads((SAMPLE / "accounts.json").read_text(encoding="utf-8"))
    }
    owners = {account["account_pk"]: account["biz"] for account in filled.accounts()}
    held = list(filled.articles())
    assert len(held) == len(planted)
    shown = Counter((owners[row["account_id"]], row["status"]) for row in held)
    assert shown == Counter((accounts[row["account"]], row["status"]) for row in planted.values())
    by_key = {
        (accounts[row["account"]], row["mid"], row["idx"]): row
        for row in planted.values()
        if row["status"] == "fetched"
    }
    for row in held:
        if row["status"] != "fetched":
            continue
        truth = by_key.pop((owners[row["account_id"]], row["mid"], row["idx"]))
        title = truth["title"] or clean_text(
            truth["body"]
        )  # WeChat shows a text post's words as its title
        assert (row["title"], row["published_at"], row["kind"]) == (
            title,
            truth["published_at"],
            truth["kind"],
        )
        assert json.loads(row["albums"] or "[]") == sorted(truth["albums"])
    assert by_key == {}


def test_album_coverage_of_the_sample_is_known(filled: Store) -> None:
    stated = {one.account: one for one in filled.coverage()}
    with_albums = [one for one in stated.values() if one.album_claimed]
    assert with_albums
    assert all(one.album_held == one.album_claimed for one in with_albums)
    assert all(set(one.by_source) & {"page"} for one in stated.values())


def test_the_grammar_writes_the_sample_again_to_the_byte(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(SAMPLE / "grammar.py"), "--out", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    for name in ("accounts.json", "truth.json"):
        assert (tmp_path / name).read_bytes() == (SAMPLE / name).read_bytes()
    with (
        gzip.open(tmp_path / "articles.jsonl.gz") as made,
        gzip.open(SAMPLE / "articles.jsonl.gz") as kept,
    ):
        assert made.read() == kept.read()  # gzip's own bytes depend on the zlib it was built with


def test_the_sample_is_small_and_its_frames_are_many() -> None:
    assert (
        sum(
            path.stat().st_size
            for path in SAMPLE.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        )
        < 5_000_000
    )
    frames: set[str] = set()

    def collect(value: Any) -> None:
        if isinstance(value, str):
            if len(value) >= 12 and re.search(r"[，。！？、]", value):
                frames.add(value)
        elif isinstance(value, dict):
            for inner in value.values():
                collect(inner)
        elif isinstance(value, list):
            for inner in value:
                collect(inner)

    for path in sorted((SAMPLE / "frames").glob("*.toml")):
        collect(tomllib.loads(path.read_text(encoding="utf-8")))
    assert len(frames) >= 300


def test_the_sample_reads_varied(planted: dict[str, dict[str, Any]]) -> None:
    """No sentence twice in one article, and no sentence in more than one article in fifty."""
    seen: Counter[str] = Counter()
    for row in planted.values():
        text = re.sub(r"<[^>]+>", "\n", row["body"])
        sentences = [s.strip() for s in re.split(r"[。！？\n]", text) if len(s.strip()) >= 14]
        article = Counter(sentences)
        assert not article or max(article.values()) == 1, (row["token"], article.most_common(1))
        seen.update(article.keys())
    fixed_blocks = {sentence for sentence, count in seen.most_common(40)}
    assert (
        max(count for sentence, count in seen.items() if sentence not in fixed_blocks)
        <= len(planted) / 50
    )


def test_a_demo_leaves_other_peoples_files_alone(
    duibiao: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "mine.html").write_text("mine", encoding="utf-8")
    done = duibiao("demo", "--folder", tmp_path, check=1)
    assert "空文件夹" in done.stderr
    assert (tmp_path / "saved" / "mine.html").read_text(encoding="utf-8") == "mine"

"""`duibiao layout` as a person runs it: on saved pages, on drafts, on the store."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from analysis.cli import app
from analysis.frames import load_articles
from crawler.records import Account, Article
from crawler.store import open_store
from crawler.store.claims import Sighting
from tests.support.places import PAGES

LOOKS = {
    "甲": "font-size:15px;color:#3f3f3f",
    "乙": "font-size:15px;color:#333333",
    "丙": "font-size:16px;color:#333333",
}
Run = Callable[..., Any]


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `duibiao layout` in this process, in an empty folder without a store."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DUIBIAO_STORE", raising=False)

    def run(*arguments: str | Path, check: int = 0) -> Any:
        done = CliRunner().invoke(app, ["layout", *map(str, arguments)])
        assert done.exit_code == check, (
            f"exit {done.exit_code}\n{done.stdout}\n{done.stderr}\n{done.exception!r}"
        )
        return done

    return run


@pytest.fixture
def filled(tmp_path: Path) -> str:
    """A store of three accounts, twelve articles each, all of an account in one look."""
    url = f"sqlite:///{tmp_path}/layouts.sqlite3"
    text = "<p>" + "这一段是样文，只占地方。" * 12 + "</p>"
    sightings = [
        seen(name, order * 100 + day, f'<section style="{look}">{text}</section>', day)
        for order, (name, look) in enumerate(LOOKS.items())
        for day in range(12)
    ]
    with open_store(url) as store, store.writing() as writer:
        writer.put(writer.source("page", "sample"), sightings)
    return url


def seen(name: str, number: int, body: str, day: int) -> Sighting:
    biz = f"Mz{ord(name):08d}=="
    article = Article(
        biz=biz,
        mid=str(2_650_000_000 + number),
        idx=1,
        title=f"{name}{day}",
        account_name=name,
        published_at=datetime(2026, 1, day + 1, 12, tzinfo=UTC),
        time_precision="second",
        kind="article",
        status="fetched",
    )
    return Sighting(
        article, origin="page", seen_at=day, account=Account(biz=biz, name=name), body=body
    )


def test_files_become_rows_with_their_names_as_given(layout: Run, tmp_path: Path) -> None:
    draft = tmp_path / "草稿.html"
    draft.write_text('<p style="font-size:15px;text-align:center">一二三</p>', encoding="utf-8")
    found = rows(layout("草稿.html", PAGES / "g2_2023.html", "--format", "csv").stdout)
    assert [row["file"] for row in found] == ["草稿.html", str(PAGES / "g2_2023.html")]
    expected = {
        "chars": "3",
        "font_size_px": "15.0",
        "line_height": "1.6",
        "letter_spacing_px": "0.578",
        "text_align": "center",
        "text_color": "#000000",
        "bold_share": "0.0",
        "images": "0",
    }
    assert {key: found[0][key] for key in expected} == expected
    assert int(found[1]["chars"]) == 16
    assert json.loads(layout("草稿.html", "--format", "json").stdout)[0]["sizes"] == ["15:1.0000"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "空文件"),
        (b"\x00\x01\x02", "不是网页"),
        ("没有标签".encode(), "不是网页"),
        ("<p>汉字</p>".encode("gbk"), "不是 UTF-8"),
        (b"<html><body><p>\xff</p></body></html>", "不是 UTF-8"),
    ],
)
def test_a_file_that_holds_no_article_is_one_clear_line(
    layout: Run, tmp_path: Path, content: bytes, message: str
) -> None:
    (tmp_path / "x.html").write_bytes(content)
    done = layout("x.html", check=1)
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert message in done.stderr


def test_good_files_are_measured_beside_bad_ones(layout: Run, tmp_path: Path) -> None:
    (tmp_path / "good.html").write_text("<p>好</p>", encoding="utf-8")
    done = layout("good.html", "none.html", "--format", "csv", check=3)
    assert [row["file"] for row in rows(done.stdout)] == ["good.html"]
    assert "没有这个文件" in done.stderr


def test_pages_of_nothing_but_pictures_and_of_no_text_are_measured(
    layout: Run, tmp_path: Path
) -> None:
    (tmp_path / "a.html").write_text(
        '<html><div id="js_content"><img><img></div></html>', encoding="utf-8"
    )
    (tmp_path / "b.html").write_text('<html><div id="js_content"></div></html>', encoding="utf-8")
    found = rows(layout("a.html", "b.html", "--format", "csv").stdout)
    assert [(row["chars"], row["images"], row["font_size_px"]) for row in found] == [
        ("0", "2", ""),
        ("0", "0", ""),
    ]


def test_a_draft_is_told_what_is_unusual_beside_the_group(
    layout: Run, tmp_path: Path, filled: str
) -> None:
    (tmp_path / "draft.html").write_text(
        '<p style="font-size:24px">' + "字" * 1600 + "</p>", encoding="utf-8"
    )
    done = layout("draft.html", "--store", filled)
    assert "与 3 个账号的 36 篇文章比（2026-01-01～2026-01-12）" in done.stdout
    assert "正文字号 24 px：同组的中位数是 15 px，没有一篇这么大" in done.stdout
    assert "教程说：正文 14–16 px" in done.stdout
    assert "没有存储可比" in layout("draft.html").stdout


def test_the_accounts_of_a_store_and_one_of_them(layout: Run, filled: str) -> None:
    found = rows(layout("--store", filled, "--format", "csv").stdout)
    assert [
        (row["account"], row["n"], row["font_size_px"], row["templates"], row["consistency"])
        for row in found
    ] == [
        ("丙", "12", "16.0", "1", "1.0"),
        ("乙", "12", "15.0", "1", "1.0"),
        ("甲", "12", "15.0", "1", "1.0"),
    ]
    assert [
        row["account"]
        for row in rows(layout("--store", filled, "--account", "甲", "--format", "csv").stdout)
    ] == ["甲"]
    assert "样本不足" in layout("--store", filled, "--until", "2026-01-05").stdout


def test_articles_carry_link_account_and_template(layout: Run, filled: str) -> None:
    found = rows(
        layout("--articles", "--store", filled, "--account", "丙", "--format", "csv").stdout
    )
    assert len(found) == 12
    assert {"article_id", "account_id", "url", "template", "font_size_px", "parts"} <= found[
        0
    ].keys()
    with open_store(filled) as store:
        assert {row["article_id"] for row in found} <= set(load_articles(store)["article_id"])


@pytest.mark.parametrize(
    ("show", "columns"),
    [
        ("templates", ["template", "n", "share", "now"]),
        ("redesigns", ["at", "before", "after", "title"]),
        ("distance", ["feature", "peer_median", "outside"]),
        ("conventions", ["says", "verdict", "sources", "year"]),
        ("parts", ["kind", "name", "words"]),
    ],
)
def test_one_thing_can_be_shown(
    layout: Run, filled: str, show: str, columns: Sequence[str]
) -> None:
    table = layout("--show", show, "--store", filled)
    assert table.stdout
    head = (
        layout("--show", show, "--store", filled, "--format", "csv")
        .stdout.splitlines()[0]
        .split(",")
    )
    assert set(columns) <= set(head)


def test_output_goes_to_a_file_and_never_over_another(
    layout: Run, filled: str, tmp_path: Path
) -> None:
    assert layout("--store", filled, "-o", "l.xlsx").stdout.strip() == "l.xlsx"
    assert (tmp_path / "l.xlsx").stat().st_size > 1000
    assert CliRunner().invoke(app, ["layout", "--store", filled, "-o", "l.xlsx"]).exit_code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("--show", "nothing"),
        ("--format", "xml"),
        ("--since", "yesterday"),
        ("--since", "2026-02-01", "--until", "2026-01-01"),
    ],
)
def test_wrong_options_are_refused(layout: Run, filled: str, arguments: tuple[str, ...]) -> None:
    done = layout("--store", filled, *arguments, check=2)
    assert (done.stdout, arguments[0] in done.stderr) == ("", True)


def test_the_same_store_gives_the_same_bytes(duibiao: Run, fresh_duibiao: Run, filled: str) -> None:
    first = duibiao("layout", "--format", "csv", store=filled, check=0)
    assert fresh_duibiao("layout", "--format", "csv", store=filled, check=0).stdout == first.stdout
    assert duibiao("layout", "no.html", store=filled, check=1).stderr.startswith("没量：no.html")

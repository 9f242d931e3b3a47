"""Article pages: golden ones made for the tests, and the real ones where they are here."""

from __future__ import annotations

import csv
import dataclasses
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.records import BEIJING, clean_text
from crawler.replica.content import notice_page
from crawler.wechat.page import MAX_PAGE_BYTES, Page, PageError, parse_page
from tests.support.places import PAGES

GOLDEN = sorted(path.stem for path in PAGES.glob("*.html"))


def plain(page: Page) -> dict[str, Any]:
    """A page as JSON values, without what it does not say."""
    data = json.loads(
        json.dumps(
            dataclasses.asdict(page), default=lambda value: value.isoformat(), ensure_ascii=False
        )
    )
    return {
        name: {k: v for k, v in value.items() if v not in (None, [])}
        if isinstance(value, dict)
        else value
        for name, value in data.items()
        if value not in (None, [])
    }


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_pages_give_their_records(name: str, request: pytest.FixtureRequest) -> None:
    found = plain(parse_page((PAGES / f"{name}.html").read_bytes()))
    expected = PAGES / f"{name}.json"
    if request.config.getoption("--update-golden"):
        expected.write_text(
            json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
    assert found == json.loads(expected.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "status",
    [
        "deleted",
        "violation",
        "complaint",
        "unavailable",
        "expired",
        "closed",
        "migrated",
        "verification",
    ],
)
def test_a_notice_is_told_by_its_structure(status: str) -> None:
    page = parse_page(notice_page(status), url="https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAA09")
    assert page.status == status
    assert (page.article is None) == (status == "verification")
    assert page.article is None or (page.article.status, page.article.token) == (
        status,
        "AAAAAAAAAAAAAAAAAAAA09",
    )


def test_words_of_a_notice_in_an_article_are_just_words() -> None:
    raw = (
        (PAGES / "g2_2023.html")
        .read_text(encoding="utf-8")
        .replace("最怕锈和晃", "该内容已被发布者删除，此内容因违规无法查看，环境异常")
    )
    assert parse_page(raw.encode()).status == "fetched"


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "空文件"),
        (b" \n ", "空文件"),
        (b"\x89PNG\r\n\x1a\n\0\0<", "不是网页"),
        (b"just words", "不是网页"),
        (b"<html>" + b"x" * MAX_PAGE_BYTES, "超过上限"),
        (b"<html>" + b"\x81\xff\xfe\x80" * 90 + b"</html>", "不是网页"),
        ((PAGES / "g2_2023.html").read_bytes()[:1500], "不完整"),
    ],
)
def test_what_is_no_page_is_refused_with_its_reason(raw: bytes, told: str) -> None:
    with pytest.raises(PageError, match=told):
        parse_page(raw)


@settings(max_examples=150)
@given(st.sampled_from(GOLDEN), st.integers(0, 4000), st.binary(max_size=12), st.integers(0, 200))
def test_a_damaged_page_is_a_page_or_a_pageerror(
    name: str, at: int, inserted: bytes, removed: int
) -> None:
    raw = (PAGES / f"{name}.html").read_bytes()
    try:
        page = parse_page(raw[:at] + inserted + raw[at + removed :])
    except PageError:
        return
    assert page.status


def test_a_body_that_closes_early_falls_back_to_the_whole_page() -> None:
    raw = (PAGES / "g2_2023.html").read_bytes()
    early = raw.replace("水池边的".encode(), b"</p></section></div><div id='js_content2'>")
    page = parse_page(early)
    assert page.body is not None
    assert "最怕锈" not in page.body


def test_an_unclosed_body_is_read_as_a_browser_reads_it() -> None:
    raw = (PAGES / "g2_2023.html").read_bytes()
    unclosed = raw.replace(b"</section>\n</div>", b"</section>")
    page = parse_page(unclosed)
    assert page.body is not None
    assert (
        'id="js_pc_qr_code"' in page.body
    )  # the content was never closed, so all that follows is inside


# the real pages

# Where the index took the page's <title>, which on these pages is a bare word for the type, or the
# account's name; the page itself carries the title it was sent under.
INDEX_IS_WRONG = {
    "airyland__we-extract/links/20190624002.html": "半月谈《基层说》",
    "airyland__we-extract/links/image.html": "分享图片",
    "airyland__we-extract/links/video.html": "今天的推送，会动！",
}
STATUS_OF_KIND = {
    "deleted": "deleted",
    "violation": "violation",
    "unavailable": "unavailable",
    "expired": "expired",
    "verify": "verification",
}


def index_rows(folder: Path, kinds: set[str]) -> list[dict[str, str]]:
    with (folder / "index.tsv").open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines, delimiter="\t") if row["kind"] in kinds]


def test_all_real_article_pages_give_account_time_and_title(shared_pages: Path) -> None:
    rows = index_rows(shared_pages, {"article"})
    wrong = []
    for row in rows:
        page = parse_page((shared_pages / row["file"]).read_bytes())
        article = page.article
        assert article is not None, row["file"]
        assert article.published_at is not None, row["file"]
        title = (
            INDEX_IS_WRONG.get(row["file"]) or clean_text(row["title"].replace("\\n", "\n")) or ""
        )
        at = datetime.strptime(row["publish_time"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)
        cut = len(title) >= 90  # the index cuts long titles
        fits = (
            (article.title or "").startswith(title) if cut or not title else article.title == title
        )
        if (article.account_name, article.published_at, fits, page.missing) != (
            row["account"],
            at,
            True,
            (),
        ):
            wrong.append(
                (
                    row["file"],
                    article.account_name,
                    article.published_at,
                    article.title,
                    page.missing,
                )
            )
        if row["item_show_type"] and article.item_show_type != int(row["item_show_type"]):
            wrong.append((row["file"], article.item_show_type))
    assert not wrong
    assert len(rows) == 99
    assert sum(bool(row["title"]) for row in rows) == 95


def test_all_real_pages_without_an_article_give_their_status(shared_pages: Path) -> None:
    rows = index_rows(shared_pages, set(STATUS_OF_KIND))
    found = {
        row["file"]: parse_page((shared_pages / row["file"]).read_bytes()).status for row in rows
    }
    assert found == {row["file"]: STATUS_OF_KIND[row["kind"]] for row in rows}
    assert len(rows) == 12


def test_the_evaluated_data_of_real_pages_is_what_the_parser_reads(shared_pages: Path) -> None:
    """An exporter ran the pages' scripts and kept window.cgiDataNew: the parser, which runs
    nothing, must read the same.
    """
    from crawler.wechat.js_literals import parse_literal

    compared = 0
    for evaluated in sorted(shared_pages.glob("*/history-samples/samples/*/parse-*.json")):
        page = Path(
            str(evaluated).replace("/history-samples", "").replace("parse-", "")
        ).with_suffix(".html")
        text = page.read_text(encoding="utf-8")
        data = parse_literal(
            text, text.index("window.cgiDataNew = {") + len("window.cgiDataNew = ")
        )
        expected = json.loads(evaluated.read_text(encoding="utf-8"))
        differing = {
            key for key in data.keys() | expected.keys() if data.get(key) != expected.get(key)
        }
        assert differing <= {"bizuin", "user_info"}, evaluated  # redacted, and the reader's own
        compared += 1
    assert compared >= 19

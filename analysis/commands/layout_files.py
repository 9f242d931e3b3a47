"""Saved pages and drafts for the layout command: measured one by one, compared with the store's
accounts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from analysis.commands.headings import load_view
from analysis.commands.layout_words import format_days, format_share
from analysis.commands.options import DEFAULT_STORE, analysing, echo_err, show_rows
from analysis.labels import STATUS_NAMES
from crawler.errors import DuibiaoError

if TYPE_CHECKING:
    import pandas as pd

    from analysis.layout.body.profile import StyleProfile
    from crawler.files import Document

__all__ = ["LayoutFileError", "show_files"]

_PARTLY = 3
_MAX_REVIEWED = 5  # files


class LayoutFileError(DuibiaoError, ValueError):
    """A file that holds no article to measure; says what it holds."""


def show_files(
    files: Sequence[Path], *, store: str, format: str, output: Path | None, force: bool
) -> None:
    """A row for each file that is an article, then what is unusual about the first. Exits with 3
    where some could not be measured, 1 where none could.
    """
    measured, failed = [], 0
    for path in files:
        for name, profile, problem in _measure_path(path):
            if profile is not None:
                measured.append((name, profile))
            else:
                echo_err(f"没量：{name}：{problem}")
                failed += 1
    rows: list[dict[str, Any]] = [{"file": name, **asdict(profile)} for name, profile in measured]
    if rows:
        view = load_view("layout", "files")._replace(columns={key: key for key in rows[0]})
        show_rows(rows, view, format_row=_format_file, format=format, output=output, force=force)
    if rows and format == "table" and not output:
        _print_review(measured[:_MAX_REVIEWED], store)
    if failed:
        raise typer.Exit(_PARTLY if rows else 1)


def _measure_path(path: Path) -> list[tuple[str, StyleProfile | None, str]]:
    """(name as given, profile, or why there is none) of a file, of every page of a folder or ZIP,
    or of standard input.
    """
    from crawler.files import ArchiveError, list_documents

    measured: list[tuple[str, StyleProfile | None, str]] = []
    try:
        for document in list_documents(path):
            if path.is_dir() and not document.name.lower().endswith((".html", ".htm", ".mhtml")):
                continue
            try:
                measured.append((document.name, _measure_document(document), ""))
            except (LayoutFileError, ArchiveError) as error:
                measured.append((document.name, None, str(error)))
    except ArchiveError as error:
        measured.append((str(path), None, str(error)))
    return measured or [(str(path), None, "文件夹里没有网页")]


def _measure_document(document: Document) -> StyleProfile:
    """One page's profile: a saved article under its own sheets, anything else as a draft. Raises
    LayoutFileError.
    """
    from analysis.layout.body.profile import measure_page, measure_style
    from crawler.wechat.page import MAX_PAGE_BYTES, PageError, parse_page

    raw = document.read()
    if problem := _unfit(raw, MAX_PAGE_BYTES):
        raise LayoutFileError(problem)
    try:
        page = parse_page(raw)
    except PageError:  # a draft has no need to be a whole page
        page = None
    cover, square = (
        (page.article.cover, page.article.cover_square) if page and page.article else (None, None)
    )
    if b"js_content" in raw or page is None or page.status == "unknown":
        return measure_page(raw, cover=cover, square=square)
    if page.body:
        return measure_style(page.body, cover=cover, square=square)
    raise LayoutFileError(
        "不是文章，是提示页（"
        f"{(STATUS_NAMES | {'verification': '环境异常，要验证'}).get(page.status, page.status)}）"
    )


def _unfit(raw: bytes, limit: int) -> str | None:
    """Why these bytes are no HTML to measure."""
    if not raw.strip():
        return "空文件"
    if len(raw) > limit:
        return f"有 {len(raw) / 1e6:.0f} MB，超过上限 {limit / 1e6:.0f} MB：不像一篇文章"
    if b"\0" in raw[:4096] or b"<" not in raw:
        return "不是网页（二进制文件，或没有任何 HTML 标签）"
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"编码不是 UTF-8（第 {error.start} 字节起）：请先转成 UTF-8"
    return None


def _format_file(row: dict[str, Any]) -> dict[str, Any]:
    from analysis.labels import ALIGN_NAMES
    from analysis.layout.body.fixed_parts import EDITOR_NAMES
    from analysis.layout.body.headings import HEADING_NAMES

    return row | {
        "bold_share": format_share(row["bold_share"]),
        "indent_share": format_share(row["indent_share"]),
        "text_align": ALIGN_NAMES.get(row["text_align"] or "", ""),
        "heading_style": HEADING_NAMES.get(row["heading_style"] or "", "没有"),
        "editors": "、".join(EDITOR_NAMES[editor] for editor in row["editors"]) or "未知",
    }


def _print_review(measured: Sequence[tuple[str, StyleProfile]], store: str) -> None:
    """Below the table: what is unusual among the store's accounts, and what guides would say."""
    from analysis.layout.conventions import find_departures
    from analysis.layout.distance import shown_figure
    from analysis.layout.draft import review_draft
    from analysis.layout.measures import FEATURES

    peers = _load_peers(store)
    for name, profile in measured:
        print(f"\n{name}")
        if peers is None:
            print("  没有存储可比：先 duibiao import 同类账号的文章")
        else:
            lines = review_draft(profile, peers)
            days = format_days(peers["published_at"].min(), peers["published_at"].max())
            accounts = peers["account_id"].nunique()
            print(f"  与 {accounts} 个账号的 {len(peers)} 篇文章比（{days}）")
            for line in lines or ["与同组的文章比，没有少见的地方"]:
                print(f"  · {line}")
        for convention, value, _ in find_departures(profile):
            year = convention.year or "未注明年份"
            feature = FEATURES[convention.feature]
            print(
                f"  ○ {feature.name} {shown_figure(feature, value)}；教程说："
                f"{convention.says}（{convention.sources}，{year}）"
            )


def _load_peers(url: str) -> pd.DataFrame | None:
    """The ordinary articles of every account but one's own, with profiles; None where there is no
    store at the default place.
    """
    from sqlalchemy.engine import make_url

    if url == DEFAULT_STORE and not Path(make_url(url).database or "").exists():
        return None
    from analysis.frames import load_accounts, load_articles
    from analysis.layout.measures import join_profiles, load_profiles

    with analysing(url) as opened:
        owners = load_accounts(opened)
        own = set(owners.loc[owners["role"] == "own", "account_id"])
        joined = join_profiles(load_articles(opened), load_profiles(opened, on_progress=echo_err))
    return joined[~joined["account_id"].isin(own)]

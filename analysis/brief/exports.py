"""A finished brief -> files, by their endings: HTML, PDF, long pictures, XLSX, and its figures as
JSON.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from pathlib import Path

from analysis.brief.changes import SinceLast
from analysis.brief.page import BriefError
from analysis.brief.record import pack_record
from analysis.brief.summary import BriefSummary
from analysis.brief.tables.collect import brief_sheets
from analysis.files import check_free, save_file
from analysis.report.browser import ChromiumError, draw_pictures, print_pdf
from analysis.report.workbook import pack_workbook

__all__ = ["ENDINGS", "check_paths", "save_exports"]

ENDINGS = (".html", ".pdf", ".png", ".xlsx", ".json")


def check_paths(paths: Sequence[Path], *, force: bool = False) -> None:
    """Whether a brief could be written to all of these, before any work is
    done. Raises BriefError, OutputError.
    """
    for path in paths:
        if _ending(path) not in ENDINGS:
            raise BriefError(f"认不出 {path.name} 的格式：简报可以写成 {'、'.join(ENDINGS)}")
        check_free(path, force=force)
        if _ending(path) == ".png":
            check_free(_numbered(path, 1), force=force)


def save_exports(
    brief: BriefSummary,
    page: str,
    paths: Sequence[Path],
    *,
    since: SinceLast | None = None,
    lang: str = "zh",
    force: bool = False,
) -> list[Path]:
    """Write the brief to each path; gives the files written. Pictures too tall for one file are
    numbered: X-1.png, X-2.png… `since` and `lang` are those the page was rendered with.

    What needs no browser is written first. Raises BriefError, and ChromiumError where a PDF or a
    picture was wanted and there is no browser to draw it: the page is then written as HTML, beside
    the first of them where no HTML was asked for.
    """
    check_paths(paths, force=force)
    plain = {
        ".html": lambda: page.encode(),
        ".json": lambda: pack_record(brief),
        ".xlsx": lambda: pack_workbook(
            brief_sheets(brief, since=since, lang=lang),
            date=_midnight(brief),
            title=f"公众号竞品简报 {brief.date:%Y-%m-%d}",
        ),
    }
    written = []
    for path in (path for path in paths if _ending(path) in plain):
        save_file(path, plain[_ending(path)](), force=force)
        written.append(path)
    drawn = [path for path in paths if _ending(path) not in plain]
    try:
        for path in drawn:
            written += _save_drawn(brief, page, path, force=force)
    except ChromiumError as error:
        raise ChromiumError(
            f"{error}。网页写在 {_fall_back(page, paths, drawn[0], force=force)}，"
            "用浏览器打开可以另存为 PDF"
        ) from None
    return written


def _save_drawn(brief: BriefSummary, page: str, path: Path, *, force: bool) -> list[Path]:
    if _ending(path) == ".pdf":
        save_file(path, print_pdf(page, day=brief.date), force=force)
        return [path]
    pictures = draw_pictures(page)
    names = (
        [path]
        if len(pictures) == 1
        else [_numbered(path, number) for number in range(1, len(pictures) + 1)]
    )
    check_paths(names, force=force)
    for name, picture in zip(names, pictures, strict=True):
        save_file(name, picture, force=force)
    return names


def _numbered(path: Path, number: int) -> Path:
    """The name of one of several pictures."""
    return path.with_name(f"{path.stem}-{number}{path.suffix}")


def _fall_back(page: str, paths: Sequence[Path], wanted: Path, *, force: bool) -> Path:
    """The HTML that stands in for what could not be drawn."""
    already = next((path for path in paths if _ending(path) == ".html"), None)
    if already is None:
        already = wanted.with_suffix(".html")
        save_file(already, page, force=force)
    return already


def _ending(path: Path) -> str:
    ending = path.suffix.lower()
    return ".html" if ending == ".htm" else ending


def _midnight(brief: BriefSummary) -> datetime:
    return datetime.combine(brief.date, time())

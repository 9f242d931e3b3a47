"""Commands about how articles look: layout, of saved pages, of one's own drafts, of the accounts in
the store.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analysis.commands.options import (
    DEFAULT_STORE,
    AccountOption,
    ForceOption,
    FormatOption,
    OutOption,
    SinceOption,
    StoreOption,
    UntilOption,
    analysing,
    check_format,
    clustered,
    echo_err,
    frame_rows,
    show_rows,
    window,
)
from analysis.labels import STATUS_NAMES
from crawler.errors import DuibiaoError

if TYPE_CHECKING:
    import pandas as pd

    from analysis.layout.profile import StyleProfile
    from analysis.layout.report import LayoutReport
    from crawler.files import Document
    from crawler.store import Store

__all__ = ["LayoutFileError", "app"]

app = typer.Typer()

_PARTLY = 3
_REVIEWED = 5  # files told about one by one
_SHOWN = ("templates", "redesigns", "distance", "conventions", "parts")
_FEW = "样本不足"
_FILE_TABLE = {
    "file": "文件",
    "chars": "字数",
    "font_size_px": "字号 px",
    "line_height": "行高",
    "letter_spacing_px": "字间距 px",
    "text_align": "对齐",
    "text_color": "文字颜色",
    "bold_share": "加粗",
    "indent_share": "缩进",
    "images": "图片",
    "heading_style": "小标题",
    "editors": "编辑器",
}
_ARTICLE_TABLE = {
    "account": "账号",
    "published_at": "发布时间",
    "title": "标题",
    "template": "模板",
    "chars": "字数",
    "font_size_px": "字号 px",
    "line_height": "行高",
    "text_align": "对齐",
    "text_color": "文字颜色",
    "images": "图片",
    "editors": "编辑器",
}
_ACCOUNT_TABLE = {
    "account": "账号",
    "n": "n（篇）",
    "window": "时间",
    "font_size_px": "字号 px",
    "line_height": "行高",
    "letter_spacing_px": "字间距 px",
    "text_align": "对齐",
    "text_color": "文字颜色",
    "side_px": "边距 px",
    "images": "图/篇",
    "templates": "模板",
    "consistency": "一致度",
    "redesigns": "改版",
    "newspaper_share": "报纸味",
    "editors": "编辑器",
}
_TEMPLATE_TABLE = {
    "account": "账号",
    "template": "模板",
    "now": "现用",
    "n": "n（篇）",
    "share": "占比",
    "first": "首次",
    "last": "末次",
    "font_size_px": "字号 px",
    "line_height": "行高",
    "letter_spacing_px": "字间距 px",
    "text_align": "对齐",
    "text_color": "文字颜色",
    "side_px": "边距 px",
    "heading_style": "小标题",
    "accents": "强调色",
    "editor": "编辑器",
}
_REDESIGN_TABLE = {
    "account": "账号",
    "at": "改版",
    "title": "第一篇",
    "before": "原模板",
    "share_before": "原占比",
    "after": "新模板",
    "share_after": "新占比",
    "n_before": "前 n",
    "n_after": "后 n",
    "changed": "变了什么",
}
_DISTANCE_TABLE = {
    "account": "账号",
    "feature": "项目",
    "n": "n（篇）",
    "median": "中位数",
    "peers": "同组账号",
    "peer_median": "同组中位数",
    "peer_low": "同组最低",
    "peer_high": "同组最高",
    "gap": "差",
    "outside": "在同组之外",
}
_CONVENTION_TABLE = {
    "account": "账号",
    "feature": "项目",
    "n": "n（篇）",
    "median": "中位数",
    "says": "教程怎么说",
    "verdict": "对照",
    "sources": "来源",
    "year": "年份",
}
_PART_TABLE = {
    "account": "账号",
    "kind": "类",
    "name": "名称",
    "n": "n（篇）",
    "articles": "共（篇）",
    "share": "占比",
    "words": "找到的词",
}
_KIND_NAMES = {"part": "固定部分", "lead_in": "引流", "editor": "编辑器", "newspaper": "报纸味"}
_VERDICT_NAMES = {"within": "在范围内", "below": "低于", "above": "高于"}


class LayoutFileError(DuibiaoError, ValueError):
    """A file that holds no article to measure; says what it holds."""


@app.command()
@clustered
def layout(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILE]…",
            help="保存的文章页或自己的草稿；不写就看存储里的账号",
            show_default=False,
        ),
    ] = None,
    account: AccountOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    store: StoreOption = DEFAULT_STORE,
    format: FormatOption = "table",
    output: OutOption = None,
    force: ForceOption = False,
    articles: Annotated[bool, typer.Option("--articles", help="每篇文章一行")] = False,
    show: Annotated[
        str | None, typer.Option("--show", help=f"只看一项：{'、'.join(_SHOWN)}")
    ] = None,
) -> None:
    """排版：字号、行高、颜色、图片、固定部分；账号的模板、改版、一致度，与同组和教程的差别。"""
    check_format(format)
    begin, end = window(since, until)
    if show is not None and show not in _SHOWN:
        raise typer.BadParameter(f"{show!r} 不行；可以用 {'、'.join(_SHOWN)}", param_hint="--show")
    if files:
        _tell_files(files, store=store, format=format, output=output, force=force)
        return
    with analysing(store) as opened:
        report, held = _load_report(opened, account=account, since=begin, until=end)
    rows, columns, worded = (
        _article_rows(report, held) if articles else _rows_of(report, held, show)
    )
    show_rows(
        rows,
        columns,
        _TABLES["articles" if articles else show or ""],
        worded=worded,
        format=format,
        output=output,
        force=force,
    )


_TABLES = {
    "": _ACCOUNT_TABLE,
    "articles": _ARTICLE_TABLE,
    "templates": _TEMPLATE_TABLE,
    "redesigns": _REDESIGN_TABLE,
    "distance": _DISTANCE_TABLE,
    "conventions": _CONVENTION_TABLE,
    "parts": _PART_TABLE,
}


# files


def _tell_files(
    files: Sequence[Path], *, store: str, format: str, output: Path | None, force: bool
) -> None:
    measured, failed = [], 0
    for path in files:
        for name, profile, problem in _measure_path(path):
            if profile is not None:
                measured.append((name, profile))
            else:
                echo_err(f"没量：{name}：{problem}")
                failed += 1
    rows: list[dict[str, Any]] = [{"file": name, **asdict(profile)} for name, profile in measured]
    columns = {key: key for key in rows[0]} if rows else dict(_FILE_TABLE)
    if rows:
        show_rows(
            rows,
            columns,
            _FILE_TABLE,
            worded=_shown_file,
            format=format,
            output=output,
            force=force,
        )
    if rows and format == "table" and not output:
        _tell_unusual(measured[:_REVIEWED], store)
    if failed:
        raise typer.Exit(_PARTLY if rows else 1)


def _measure_path(path: Path) -> list[tuple[str, StyleProfile | None, str]]:
    """(name as given, profile, or why there is none) of a file, of every page of a folder or ZIP,
    or of standard input.
    """
    from crawler.files import ArchiveError, list_documents

    found: list[tuple[str, StyleProfile | None, str]] = []
    try:
        for document in list_documents(path):
            if path.is_dir() and not document.name.lower().endswith((".html", ".htm", ".mhtml")):
                continue
            try:
                found.append((document.name, _measure_document(document), ""))
            except (LayoutFileError, ArchiveError) as error:
                found.append((document.name, None, str(error)))
    except ArchiveError as error:
        found.append((str(path), None, str(error)))
    return found or [(str(path), None, "文件夹里没有网页")]


def _measure_document(document: Document) -> StyleProfile:
    """One page's profile: a saved article under its own sheets, anything else as a draft. Raises
    LayoutFileError.
    """
    from analysis.layout.profile import measure_page, measure_style
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


def _shown_file(row: dict[str, Any]) -> dict[str, Any]:
    from analysis.labels import ALIGN_NAMES
    from analysis.layout.fixed_parts import EDITOR_NAMES
    from analysis.layout.headings import HEADING_NAMES

    return row | {
        "bold_share": _percent(row["bold_share"]),
        "indent_share": _percent(row["indent_share"]),
        "text_align": ALIGN_NAMES.get(row["text_align"] or "", ""),
        "heading_style": HEADING_NAMES.get(row["heading_style"] or "", "没有"),
        "editors": "、".join(EDITOR_NAMES[one] for one in row["editors"]) or "未知",
    }


def _tell_unusual(measured: Sequence[tuple[str, StyleProfile]], store: str) -> None:
    """Below the table: what is unusual beside the store's accounts, and what guides would say."""
    from analysis.layout.distance import find_departures, review_draft, shown_figure
    from analysis.layout.measures import FEATURES

    peers = _load_peers(store)
    for name, profile in measured:
        print(f"\n{name}")
        if peers is None:
            print("  没有存储可比：先 duibiao import 同类账号的文章")
        else:
            lines = review_draft(profile, peers)
            print(
                f"  与 {peers['account_id'].nunique()} 个账号的 {len(peers)} "
                f"篇文章比（{_window(peers['published_at'].min(), peers['published_at'].max())}）"
            )
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


# the store


def _load_report(
    opened: Store, *, account: list[str] | None, since: Any, until: Any
) -> tuple[LayoutReport, pd.DataFrame]:
    """The report over the whole group, so that distances have peers, cut to the accounts asked for;
    and the articles.
    """
    from analysis.frames import load_articles
    from analysis.layout.measures import load_profiles
    from analysis.layout.report import report_layouts

    wanted = (
        None if account is None else {one["account_id"] for one in opened.find_accounts(account)}
    )
    held = load_articles(opened, since=since, until=until)
    report = report_layouts(held, load_profiles(opened, on_progress=echo_err))
    return (report if wanted is None else report.only(wanted)), held


def _rows_of(
    report: LayoutReport, held: pd.DataFrame, show: str | None
) -> tuple[list[dict[str, Any]], dict[str, str], Callable[[dict[str, Any]], dict[str, Any]]]:
    from analysis.layout.report import ACCOUNT_COLUMNS, list_accounts

    if show is None:
        return list_accounts(report), {name: name for name in ACCOUNT_COLUMNS}, _shown_account
    frame = {
        "templates": report.templates,
        "redesigns": report.redesigns,
        "distance": report.distances,
        "conventions": report.conventions,
        "parts": report.parts,
    }[show]
    if show == "redesigns":
        frame = frame.merge(held[["article_id", "title", "url"]], on="article_id", how="left")
    rows = frame_rows(frame)
    return rows, {str(name): str(name) for name in frame.columns}, _shown


def _article_rows(
    report: LayoutReport, held: pd.DataFrame
) -> tuple[list[dict[str, Any]], dict[str, str], Callable[[dict[str, Any]], dict[str, Any]]]:
    frame = report.profiled.merge(
        report.assigned[["article_id", "template"]].astype({"template": "Int64"}),
        on="article_id",
        how="left",
    )
    leading = ["account_id", "account", "published_at", "title", "url", "article_id", "template"]
    names = leading + [
        name for name in frame.columns if name not in leading and name not in set(held.columns)
    ]
    rows = frame_rows(frame, names)
    return rows, {name: name for name in names}, _shown


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"


def _shown_account(row: dict[str, Any]) -> dict[str, Any]:
    """An account's row for the table: medians with quartiles, 样本不足 below ten articles."""
    from analysis.labels import ALIGN_NAMES
    from analysis.layout.fixed_parts import EDITOR_NAMES
    from analysis.layout.measures import MIN_ARTICLES

    shown = {"account": row["account"], "n": row["n"], "window": _window(row["first"], row["last"])}
    if row["n"] < MIN_ARTICLES:
        return shown | {"font_size_px": _FEW}
    shown |= {
        name: _spread(row, name)
        for name in ("font_size_px", "line_height", "letter_spacing_px", "side_px", "images")
    }
    return shown | {
        "text_align": (
            f"{ALIGN_NAMES.get(row['text_align'], '')} {_percent(row['text_align_share'])}"
        ),
        "text_color": f"{row['text_color']} {_percent(row['text_color_share'])}",
        "templates": f"{row['templates']} 套，现用 {row['template_now']}"
        if row["template_now"]
        else f"{row['templates']} 套",
        "consistency": row["consistency"] if row["consistency"] is not None else _FEW,
        "redesigns": "、".join(row["redesigns"]) or "没发现",
        "newspaper_share": _percent(row["newspaper_share"]),
        "editors": "、".join(
            f"{EDITOR_NAMES[name]} {share:.0%}" for name, share in row["editors"].items()
        )
        or "未知",
    }


def _window(first: Any, last: Any) -> str:
    """From day to day; None or NaT where no article has a time."""
    return "时间未知" if first is None or first != first else f"{first:%Y-%m-%d}～{last:%Y-%m-%d}"


def _spread(row: dict[str, Any], name: str) -> str:
    median, low, high = (row[key] for key in (name, f"{name}_q25", f"{name}_q75"))
    if median is None:
        return ""
    return f"{median:.4g}" if low == high else f"{median:.4g}（{low:.4g}–{high:.4g}）"


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """A row of any other table with Chinese names, shares as per cent and 样本不足 where there is
    too little.
    """
    from analysis.labels import ALIGN_NAMES
    from analysis.layout.distance import shown_figure
    from analysis.layout.fixed_parts import EDITOR_NAMES, LEAD_IN_NAMES, PART_NAMES
    from analysis.layout.headings import HEADING_NAMES
    from analysis.layout.measures import FEATURES, NEWSPAPER_NAMES

    found = dict(row)
    for name in ("share", "share_before", "share_after", "recent_share"):
        if name in found:
            found[name] = _percent(found[name])
    if (feature := FEATURES.get(str(row.get("feature")))) is not None:
        found["feature"] = feature.name
        found |= {
            name: "" if row.get(name) is None else shown_figure(feature, row[name])
            for name in ("median", "peer_median", "peer_low", "peer_high", "gap")
            if name in row
        }
        if "outside" in row:
            found["outside"] = _FEW if row["outside"] is None else row["outside"]
        if "verdict" in row:
            found |= {
                "verdict": _VERDICT_NAMES.get(row["verdict"] or "", _FEW),
                "year": row["year"] or "未注明",
            }
    names = {
        "text_align": ALIGN_NAMES,
        "heading_style": HEADING_NAMES,
        "editor": EDITOR_NAMES,
        "kind": _KIND_NAMES,
        "name": EDITOR_NAMES | PART_NAMES | LEAD_IN_NAMES | NEWSPAPER_NAMES,
    }
    for key, known in names.items():
        if isinstance(found.get(key), str):
            found[key] = known.get(found[key], found[key])
    if isinstance(found.get("editors"), list):
        found["editors"] = "、".join(EDITOR_NAMES[one] for one in found["editors"]) or "未知"
    if "changed" in found:
        found["changed"] = [_shown_change(entry) for entry in found["changed"]]
    return found


def _shown_change(entry: str) -> str:
    from analysis.labels import ALIGN_NAMES
    from analysis.layout.fixed_parts import EDITOR_NAMES
    from analysis.layout.headings import HEADING_NAMES
    from analysis.layout.measures import FEATURES

    name, _, change = entry.partition(": ")
    words = {
        "text_align": ("对齐", ALIGN_NAMES),
        "text_color": ("文字颜色", {}),
        "indent": ("首行缩进", {"em": "缩进", "space": "空格"}),
        "editor": ("编辑器", EDITOR_NAMES),
        "paragraph_gap": ("段落间", {"blank": "空行", "margin": "段距", "none": "没有"}),
        "heading_style": ("小标题", HEADING_NAMES),
    }
    if name not in words:
        return f"{FEATURES[name].name} {change}"
    shown, known = words[name]
    before, _, after = change.partition("→")
    return f"{shown} {known.get(before, before) or '无'}→{known.get(after, after) or '无'}"

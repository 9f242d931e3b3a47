"""The command about how articles look: layout, of the accounts in the store. Saved pages and drafts
are measured in layout_files.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analysis.commands.headings import load_view
from analysis.commands.layout_files import show_files
from analysis.commands.layout_words import format_days, format_share
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
    check_output,
    clustered,
    echo_err,
    frame_rows,
    show_rows,
    window,
)
from analysis.evidence import MIN_ARTICLES

if TYPE_CHECKING:
    import pandas as pd

    from analysis.layout.report import LayoutReport
    from crawler.store import Store

__all__ = ["app"]

app = typer.Typer()

_MOST_NAMES = 5
_SHOWN = ("templates", "redesigns", "distance", "conventions", "parts")
_FEW = "样本不足"
_KIND_NAMES = {"part": "固定部分", "lead_in": "引流", "editor": "编辑器", "newspaper": "报纸味"}
_VERDICT_NAMES = {"within": "在范围内", "below": "低于", "above": "高于"}


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
    check_output(output, force=force)
    begin, end = window(since, until)
    if show is not None and show not in _SHOWN:
        raise typer.BadParameter(f"{show!r} 不行；可以用 {'、'.join(_SHOWN)}", param_hint="--show")
    if files:
        show_files(files, store=store, format=format, output=output, force=force)
        return
    with analysing(store) as opened:
        report, loaded = _load_report(opened, account=account, since=begin, until=end)
    format_row = _format_row
    if articles:
        rows, columns = _list_articles(report, loaded)
    elif show is None:
        from analysis.layout.report import ACCOUNT_COLUMNS, list_accounts

        rows, columns, format_row = list_accounts(report), list(ACCOUNT_COLUMNS), _format_account
    else:
        rows, columns = _list_rows(report, loaded, show)
    view = load_view("layout", "articles" if articles else show or "accounts")
    show_rows(
        rows,
        view._replace(columns={name: name for name in columns}),
        format_row=format_row,
        format=format,
        output=output,
        force=force,
    )


def _load_report(
    opened: Store, *, account: list[str] | None, since: Any, until: Any
) -> tuple[LayoutReport, pd.DataFrame]:
    """The report over the whole group, so that distances have peers, cut to the accounts asked for;
    and the articles.
    """
    from analysis.frames import load_articles
    from analysis.layout.measures import load_profiles
    from analysis.layout.report import report_layouts

    loaded = load_articles(opened, since=since, until=until)
    report = report_layouts(loaded, load_profiles(opened, on_progress=echo_err))
    asked = loaded
    if account is not None:
        ids = {row["account_id"] for row in opened.find_accounts(account)}
        report, asked = report.only(ids), loaded[loaded["account_id"].isin(ids)]
    without = asked[~asked["account_id"].isin(report.profiled["account_id"])]["account"].unique()
    if len(without):
        shown = "、".join(without[:_MOST_NAMES]) + ("等" if len(without) > _MOST_NAMES else "")
        echo_err(f"{shown}：没有带排版的正文（n = 0），网页、MHTML 和 HAR 里才有")
    return report, loaded


_Rows = tuple[list[dict[str, Any]], list[str]]  # and the names of their columns


def _list_rows(report: LayoutReport, loaded: pd.DataFrame, show: str) -> _Rows:
    frame = {
        "templates": report.templates,
        "redesigns": report.redesigns,
        "distance": report.distances,
        "conventions": report.conventions,
        "parts": report.parts,
    }[show]
    if show == "redesigns":
        frame = frame.merge(loaded[["article_id", "title", "url"]], on="article_id", how="left")
    return frame_rows(frame), [str(name) for name in frame.columns]


def _list_articles(report: LayoutReport, loaded: pd.DataFrame) -> _Rows:
    frame = report.profiled.merge(
        report.assigned[["article_id", "template"]].astype({"template": "Int64"}),
        on="article_id",
        how="left",
    )
    leading = ["account_id", "account", "published_at", "title", "url", "article_id", "template"]
    names = leading + [
        name for name in frame.columns if name not in leading and name not in set(loaded.columns)
    ]
    return frame_rows(frame, names), names


def _format_account(row: dict[str, Any]) -> dict[str, Any]:
    """The cells of an account: medians with quartiles, 样本不足 below ten articles."""
    from analysis.labels import ALIGN_NAMES
    from analysis.layout.body.fixed_parts import EDITOR_NAMES

    cells = {
        "account": row["account"],
        "n": row["n"],
        "window": format_days(row["first"], row["last"]),
    }
    if row["n"] < MIN_ARTICLES:
        return cells | {"font_size_px": _FEW}
    cells |= {
        name: _format_quartiles(row, name)
        for name in ("font_size_px", "line_height", "letter_spacing_px", "side_px", "images")
    }
    align = ALIGN_NAMES.get(row["text_align"], "")
    current = f"，现用 {row['template_now']}" if row["template_now"] else ""
    editors = [f"{EDITOR_NAMES[name]} {share:.0%}" for name, share in row["editors"].items()]
    return cells | {
        "text_align": f"{align} {format_share(row['text_align_share'])}",
        "text_color": f"{row['text_color']} {format_share(row['text_color_share'])}",
        "templates": f"{row['templates']} 套{current}",
        "consistency": row["consistency"] if row["consistency"] is not None else _FEW,
        "redesigns": "、".join(row["redesigns"]) or "没发现",
        "newspaper_share": format_share(row["newspaper_share"]),
        "editors": "、".join(editors) or "未知",
    }


def _format_quartiles(row: dict[str, Any], name: str) -> str:
    median, low, high = (row[key] for key in (name, f"{name}_q25", f"{name}_q75"))
    if median is None:
        return ""
    return f"{median:.4g}" if low == high else f"{median:.4g}（{low:.4g}–{high:.4g}）"


def _format_row(row: dict[str, Any]) -> dict[str, Any]:
    """The cells of a row of any other table: Chinese names, shares in per cent, 样本不足 where
    there is too little.
    """
    from analysis.labels import ALIGN_NAMES
    from analysis.layout.body.fixed_parts import EDITOR_NAMES, LEAD_IN_NAMES, PART_NAMES
    from analysis.layout.body.headings import HEADING_NAMES
    from analysis.layout.distance import shown_figure
    from analysis.layout.measures import FEATURES, NEWSPAPER_NAMES

    cells = dict(row)
    for name in ("share", "share_before", "share_after", "recent_share"):
        if name in cells:
            cells[name] = format_share(cells[name])
    if (feature := FEATURES.get(str(row.get("feature")))) is not None:
        cells["feature"] = feature.name
        cells |= {
            name: "" if row.get(name) is None else shown_figure(feature, row[name])
            for name in ("median", "peer_median", "peer_low", "peer_high", "gap")
            if name in row
        }
        if "outside" in row:
            cells["outside"] = _FEW if row["outside"] is None else row["outside"]
        if "verdict" in row:
            cells |= {
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
    for key, labels in names.items():
        if isinstance(cells.get(key), str):
            cells[key] = labels.get(cells[key], cells[key])
    if isinstance(cells.get("editors"), list):
        cells["editors"] = "、".join(EDITOR_NAMES[editor] for editor in cells["editors"]) or "未知"
    if "changed" in cells:
        cells["changed"] = [_format_change(entry) for entry in cells["changed"]]
    return cells


def _format_change(entry: str) -> str:
    from analysis.labels import ALIGN_NAMES
    from analysis.layout.body.fixed_parts import EDITOR_NAMES
    from analysis.layout.body.headings import HEADING_NAMES
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
    feature, labels = words[name]
    before, _, after = change.partition("→")
    before, after = (labels.get(value, value) or "无" for value in (before, after))
    return f"{feature} {before}→{after}"

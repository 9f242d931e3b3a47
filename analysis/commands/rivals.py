"""What gaps and beginnings share: their rows in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.commands.options import frame_rows, show_rows

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["show_rivals"]

_WORDS = {
    "column": "栏目",
    "theme": "主题",
    "three": "三家在做",
    "monthly": "每月都出",
    "same_text": "同文（正文）",
    "same_title": "同文（标题）",
    "same_topic": "同题",
    "beginning": "头 90 天",
    "run": "阶段",
    "pause": "停更",
    "number": "推送编号",
    "first issue": "第一期",
    "opening": "开张的话",
    "late issue": "连载不从头",
    "together": "一起开始",
    "limit": "篇数一样",
    "since": "起始日",
    "coverage": "收录不到一半",
    "pushes_per_week": "每周推送",
    "articles_per_push": "每次篇数",
    "columns": "栏目个数",
    "column_share": "在栏目里",
    "article_share": "图文",
    "image_share": "贴图",
    "video_share": "视频",
    "font_size_px": "正文字号",
    "images": "每篇图片",
}
_CODED = ("level", "why", "kind", "because", "against", "figure")


def show_rivals(
    frame: pd.DataFrame,
    columns: dict[str, str],
    table: tuple[str, ...],
    *,
    format: str,
    output: Any,
    force: bool,
) -> None:
    figures = [
        key
        for key in ("pushes_per_week", "rate_first", "rate_last", "steady", "p", "holds")
        if key in table
    ]

    def worded(row: dict[str, Any]) -> dict[str, Any]:
        said = {
            key: _word(value)
            if key in _CODED
            else "、".join(map(str, value))
            if isinstance(value, list)
            else value
            for key, value in row.items()
        }
        return said | {key: "样本不足" for key in figures if row[key] is None}

    show_rows(
        frame_rows(frame, columns),
        columns,
        {key: columns[key] for key in table},
        worded=worded,
        format=format,
        output=output,
        force=force,
    )


def _word(value: Any) -> str:
    return (
        "、".join(_word(one) for one in value)
        if isinstance(value, list)
        else _WORDS.get(str(value), str(value))
    )

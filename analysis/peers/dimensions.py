"""What accounts are compared by (对比的维度): names, units, and which of them can be an axis. Knows
no frame, so that a command's help can list them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crawler.errors import DuibiaoError

__all__ = [
    "DEFAULT_AXES",
    "DIMENSIONS",
    "AxesError",
    "Dimension",
    "check_axes",
    "describe_axes",
    "parse_axes",
]


class AxesError(DuibiaoError, ValueError):
    """The axes asked for are not two different dimensions; says which there are."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """One figure to compare: its Chinese name and unit, the matrix column of its n, and how many
    digits people are shown ("%" is a share).
    """

    name: str
    unit: str
    n: str
    digits: int = 1

    def shown(self, value: float) -> str:
        """The figure as people read it, without its unit but for percent."""
        if self.unit == "%":
            return "不到 1%" if 0 < value < 0.005 else f"{int(value * 100 + 0.5)}%"
        half = value % 1 == 0.5 and value < 100  # the median of an even number of counts
        return f"{value:,.{self.digits or int(half)}f}"

    def rounded(self, value: float) -> float:
        """The figure at the precision people are shown."""
        return round(value, 2 if self.unit == "%" else self.digits)

    def with_unit(self, value: float) -> str:
        """The figure with its unit, for a sentence."""
        return self.shown(value) + (f" {self.unit}" if self.unit not in ("", "%") else "")


DIMENSIONS: Mapping[str, Dimension] = {
    "pushes_per_week": Dimension("更新频率", "次/周", "pushes"),
    "articles_per_push": Dimension("每次篇数", "篇", "pushes"),
    "headline_share": Dimension("头条占比", "%", "positions_known"),
    "columns": Dimension("栏目数", "个", "n_titled", 0),
    "column_share": Dimension("栏目化程度", "%", "n_titled"),
    "main_interval_days": Dimension("主栏目间隔", "天", "main_column_n"),
    "reader_share": Dimension("服务读者", "%", "purpose_n"),
    "self_share": Dimension("自说自话", "%", "purpose_n"),
    "title_length": Dimension("标题字数", "字", "titles", 0),
    "brackets_share": Dimension("带括号标题", "%", "titles"),
    "digits_share": Dimension("带数字标题", "%", "titles"),
    "question_share": Dimension("提问标题", "%", "titles"),
    "font_size_px": Dimension("正文字号", "px", "text_n"),
    "line_height": Dimension("行高", "倍", "text_n", 2),
    "chars": Dimension("文章字数", "字/篇", "layout_n", 0),
    "images": Dimension("配图", "张/篇", "layout_n", 0),
    "consistency": Dimension("版式统一", "%", "consistency_n"),
    "article_share": Dimension("图文占比", "%", "formats_known"),
    "original_share": Dimension("原创占比", "%", "original_known"),
}
# how much, and how ordered: the two that every account with a history has
DEFAULT_AXES = ("pushes_per_week", "column_share")


def parse_axes(text: str) -> tuple[str, str]:
    """Two dimensions by their Chinese names or codes, between them a comma or ×. Raises AxesError,
    which lists them all.
    """
    codes = {dimension.name: key for key, dimension in DIMENSIONS.items()}
    words = [word.strip() for word in text.replace("，", ",").replace("×", ",").split(",")]
    return check_axes(tuple(codes.get(word, word) for word in words))


def check_axes(axes: tuple[str, ...]) -> tuple[str, str]:
    """The axes themselves, where they are two different dimensions. Raises AxesError."""
    unknown = [word for word in axes if word not in DIMENSIONS]
    if unknown:
        raise AxesError(f"没有 {unknown[0][:40]!r} 这个坐标轴；可以用 {describe_axes()}")
    if len(axes) != 2 or axes[0] == axes[1]:
        raise AxesError(
            f"坐标轴要两个不同的，用逗号隔开，如 更新频率,栏目化程度；可以用 {describe_axes()}"
        )
    return axes[0], axes[1]


def describe_axes() -> str:
    """All axes by name and code, for help and messages."""
    return "、".join(f"{dimension.name} {key}" for key, dimension in DIMENSIONS.items())
